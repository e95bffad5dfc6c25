//! What people and programs see of the store: one read model for the API, the command line and exports.
//! The golden record is computed here, on reading, by `dedup::golden`; nothing is written, and no contact is read except
//! by [`reveal_contact`].

mod id;
mod job;
mod posting;
mod source;
mod vacancy;

use chrono::SecondsFormat;
use chrono_tz::Asia::Seoul;
use store::StoreError;

pub use id::{IdError, PostingId, VacancyId};
pub use job::{Closing, Education, Experience, Job, Occupation, Organization, Origin, Pay, Place};
pub use posting::{
    ContactView, FindingView, PageView, PostingView, ProvenanceView, VersionView, load_posting, reveal_contact,
    view_postings,
};
pub use source::{PostingSums, RunView, SourceView, load_sources, view_run};
pub use vacancy::{Because, Found, MemberView, VacancyView, Withheld, load_vacancy, view_vacancies, withheld};

use crate::pipeline::Body;
use crate::world::instant;

/// For whom something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Anybody: only postings that may be published.
    Public,
    /// Who operates the hub: also what is held or rejected, with findings.
    Operator,
}

/// A time of the store as RFC 3339 in Korea, to the second.
pub fn time(ms: i64) -> String {
    instant(ms).with_timezone(&Seoul).to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// A posting's body, parsed.
pub(crate) fn body_of(row: &store::posting::Posting) -> Result<Body, StoreError> {
    serde_json::from_str(&row.body).map_err(|error| StoreError::Corrupt {
        table: "posting",
        id: PostingId(row.id).to_string(),
        what: error.to_string(),
    })
}

/// Name of a source by its number, `?` for one that left the catalog and the store.
pub(crate) fn source_name(world: &crate::world::World, number: i64) -> &str {
    world.trust.get(&number).map_or("?", |(name, _)| name.as_str())
}
