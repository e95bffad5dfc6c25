//! What a manifest means for a run, in the words the pipeline asks in.

use adapters::{Absence, Agreement, Entity, Format, Source, When};

/// Questions about a source.
pub trait Terms {
    /// Its rows are signals of a linked system, not postings.
    fn is_signal(&self) -> bool;
    /// It may run only under an agreement on file.
    fn needs_agreement(&self) -> bool;
    /// It is read as a crawler reads, by pages meant for people: robots.txt counts. An interface under contract or open licence
    /// is used as its terms say.
    fn is_crawled(&self) -> bool;
    /// A posting missing from complete lists is gone.
    fn absence_counts(&self) -> bool;
    /// A posting missing once is gone: the feed's contract says so.
    fn absence_closes(&self) -> bool;
    /// Detail pages a run may read.
    fn details_per_run(&self) -> u64;
}

impl Terms for Source {
    fn is_signal(&self) -> bool {
        self.entity() == Entity::Signal
    }

    fn needs_agreement(&self) -> bool {
        self.agreement() == Agreement::Required
    }

    fn is_crawled(&self) -> bool {
        matches!(self.format(), Format::Html | Format::Sitemap | Format::Jsonld)
    }

    fn absence_counts(&self) -> bool {
        self.absence() != Absence::Ignored
    }

    fn absence_closes(&self) -> bool {
        self.absence() == Absence::Closes
    }

    fn details_per_run(&self) -> u64 {
        match self.detail_when() {
            None | Some(When::Never) => 0,
            Some(_) => self.detail_per_run().map_or(u64::MAX, u64::from),
        }
    }
}
