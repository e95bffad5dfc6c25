//! What speaks for or against a job being open: its kinds, what each weighs when nothing is learned yet, and how a piece
//! of it becomes a row. Pure but for the types of the store.

use store::evidence::{Evidence as Row, POSTING, VACANCY};

use super::Steward;

/// A kind of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A list has it. Kept only where it changes something; otherwise the source's last complete list says it.
    Listed,
    /// A complete list did not have it.
    Absent,
    /// The source's own flag.
    SourceFlag,
    /// Its last day is over (`at` is the end of that day, Seoul).
    Deadline,
    /// The certification behind 채용시까지 is over (`at` is the end of its last day).
    Certification,
    /// It can be applied to from `at` on.
    Opens,
    /// Its own page was looked at.
    Probe,
    /// The same job was posted anew by the same employer on the same portal.
    Repost,
    /// Another portal took its posting of the same job down early.
    Sibling,
    /// The employer says so.
    EmployerReport,
    /// Employment insurance: people were hired at that workplace in that occupation.
    EiFill,
    /// EPS: a part of the headcount went to a foreign hire.
    Permit,
    /// NTS: the business is closed.
    BusinessClosed,
    /// NTS: the business is suspended.
    BusinessSuspended,
    /// EPS: the posting is a statutory test and must stay visible until `until`.
    LabourMarketTest,
    /// A steward's word.
    Steward,
}

/// All kinds.
pub const KINDS: [Kind; 16] = [
    Kind::Listed,
    Kind::Absent,
    Kind::SourceFlag,
    Kind::Deadline,
    Kind::Certification,
    Kind::Opens,
    Kind::Probe,
    Kind::Repost,
    Kind::Sibling,
    Kind::EmployerReport,
    Kind::EiFill,
    Kind::Permit,
    Kind::BusinessClosed,
    Kind::BusinessSuspended,
    Kind::LabourMarketTest,
    Kind::Steward,
];

impl Kind {
    /// As the store spells it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Listed => "listed",
            Kind::Absent => "absent",
            Kind::SourceFlag => "source_flag",
            Kind::Deadline => "deadline",
            Kind::Certification => "certification",
            Kind::Opens => "opens",
            Kind::Probe => "probe",
            Kind::Repost => "repost",
            Kind::Sibling => "sibling",
            Kind::EmployerReport => "employer_report",
            Kind::EiFill => "ei_fill",
            Kind::Permit => "permit",
            Kind::BusinessClosed => "business_closed",
            Kind::BusinessSuspended => "business_suspended",
            Kind::LabourMarketTest => "labour_market_test",
            Kind::Steward => "steward",
        }
    }

    /// Whether it only makes it likelier, by its weight.
    pub fn is_soft(self) -> bool {
        use Kind::{BusinessClosed, BusinessSuspended, Certification, EiFill, EmployerReport, Permit, Repost, Sibling};
        matches!(
            self,
            Certification | Repost | Sibling | EmployerReport | EiFill | Permit | BusinessClosed | BusinessSuspended
        )
    }

    /// From the store's spelling.
    pub fn parse(name: &str) -> Option<Kind> {
        KINDS.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a piece of evidence says of the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Said {
    /// One cannot apply.
    Closed,
    /// One can.
    Open,
    /// It is filled.
    Filled,
    /// It is in doubt.
    Suspended,
    /// It must stay as it is.
    Hold,
}

impl Said {
    /// As the store spells it.
    pub fn name(self) -> &'static str {
        match self {
            Said::Closed => "closed",
            Said::Open => "open",
            Said::Filled => "filled",
            Said::Suspended => "suspended",
            Said::Hold => "hold",
        }
    }

    /// From the store's spelling; states of stewards mean the nearest word.
    pub fn parse(name: &str) -> Said {
        match name {
            "open" | "scheduled" => Said::Open,
            "filled" | "suspected_filled" => Said::Filled,
            "suspended" | "unconfirmed" | "suspected_stale" => Said::Suspended,
            "hold" => Said::Hold,
            _ => Said::Closed,
        }
    }
}

/// How a page that was looked at spoke.
pub mod outcome {
    /// The closed form of the source's format, as its manifest has it.
    pub const FORM: &str = "form";
    /// 410.
    pub const GONE: &str = "gone";
    /// 404.
    pub const MISSING: &str = "missing";
    /// Led to the list or the front page.
    pub const REDIRECT: &str = "redirect";
    /// A page that says in words that it is closed.
    pub const WORDING: &str = "wording";
    /// A 200 that shows an alert and goes back.
    pub const ALERT: &str = "alert";
    /// The posting, as it was.
    pub const ALIVE: &str = "alive";
    /// Nothing that says anything: an error, a log-in, a page without the posting.
    pub const UNKNOWN: &str = "unknown";

    /// Whether it says closed by itself; the others need a missing row beside them.
    pub fn is_plain(outcome: &str) -> bool {
        matches!(outcome, FORM | GONE | WORDING | ALERT)
    }
}

/// Word of an absence that the guard held back and people let through: it is as good as any number of them.
pub const RELEASED: &str = "released";

/// Word of an absence among many at once that nobody decided about: lists agreed for long enough. Where pages can be looked
/// at, it takes one of them, or people, to close.
pub const AGREED: &str = "agreed";

/// One piece of evidence, as rules see it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// When it was true in the world.
    pub at_ms: i64,
    /// What kind.
    pub kind: Kind,
    /// What it says.
    pub said: Said,
    /// Id of its row; 0 for what the posting's own row says.
    pub id: i64,
    /// Whether it is about the job itself and not about one source's posting.
    pub of_job: bool,
    /// Until when, for what ends by itself.
    pub until_ms: Option<i64>,
    /// Weight of its own, thousandths of a bit towards closed.
    pub millibits: Option<i64>,
    /// A probe's outcome; a steward's reason; [`RELEASED`] of an absence two people let through; a closing kind of what the
    /// posting's own row says; empty otherwise.
    pub word: String,
    /// A steward's state.
    pub state: String,
}

impl Evidence {
    /// Evidence of a kind at a time.
    pub fn new(kind: Kind, said: Said, at_ms: i64) -> Evidence {
        Evidence {
            at_ms,
            kind,
            said,
            id: 0,
            of_job: false,
            until_ms: None,
            millibits: None,
            word: String::new(),
            state: String::new(),
        }
    }

    /// From a row that stands; `None` for kinds this version does not know.
    pub fn of(row: &Row) -> Option<Evidence> {
        let kind = Kind::parse(&row.kind)?;
        if row.withdrawn_ms.is_some() {
            return None;
        }
        let word = match kind {
            Kind::Probe => "outcome",
            Kind::Steward => "reason",
            Kind::Absent => "by",
            _ => "",
        };
        let detail: serde_json::Value = if word.is_empty() {
            serde_json::Value::Null
        } else {
            serde_json::from_str(&row.detail).unwrap_or_default()
        };
        Some(Evidence {
            at_ms: row.at_ms,
            kind,
            said: Said::parse(&row.said),
            id: row.id,
            of_job: row.scope == VACANCY,
            until_ms: row.until_ms,
            millibits: row.millibits,
            word: detail.get(word).and_then(|w| w.as_str()).unwrap_or_default().to_owned(),
            state: if kind == Kind::Steward { row.said.clone() } else { String::new() },
        })
    }
}

/// A piece of evidence on its way into the store.
#[derive(Clone, Debug)]
pub struct New {
    /// About the job itself (the subject is a vacancy's id) or about one source's posting.
    pub of_job: bool,
    /// Posting or vacancy.
    pub subject: i64,
    /// What kind.
    pub kind: Kind,
    /// What it says; with [`Kind::Steward`], the state.
    pub said: &'static str,
    /// When it was true.
    pub at_ms: i64,
    /// Until when.
    pub until_ms: Option<i64>,
    /// Source that says it.
    pub source: Option<i64>,
    /// Weight of its own, thousandths of a bit towards closed; absent = the kind's.
    pub millibits: Option<i64>,
    /// What there is to see; no personal data.
    pub detail: serde_json::Value,
    /// Tells apart what would otherwise be the same: a decision's id, the key of a linked system's row.
    pub key: String,
}

impl New {
    /// Evidence about one source's posting.
    pub fn posting(posting: i64, kind: Kind, said: Said, at_ms: i64) -> New {
        New {
            of_job: false,
            subject: posting,
            kind,
            said: said.name(),
            at_ms,
            until_ms: None,
            source: None,
            millibits: None,
            detail: serde_json::Value::Null,
            key: String::new(),
        }
    }

    /// Evidence about a job.
    pub fn job(vacancy: i64, kind: Kind, said: Said, at_ms: i64) -> New {
        New { of_job: true, ..New::posting(vacancy, kind, said, at_ms) }
    }

    /// A steward's word on a posting or a job, for as long as decision `key` is not undone.
    pub fn steward(of_job: bool, subject: i64, word: &Steward, at_ms: i64, key: &str) -> New {
        let state = super::state::ALL.into_iter().find(|s| *s == word.state).unwrap_or(super::state::CLOSED);
        New {
            of_job,
            said: state,
            detail: serde_json::json!({ "reason": word.reason }),
            key: key.to_owned(),
            ..New::posting(subject, Kind::Steward, Said::Closed, at_ms)
        }
    }

    /// Its row: the id is a hash of what it says, so that the same evidence twice is one row.
    pub fn row(&self, known_ms: i64, run: Option<i64>) -> Row {
        let scope = if self.of_job { VACANCY } else { POSTING };
        let name = format!(
            "{scope} {} {} {} {} {} {}",
            self.subject,
            self.kind.name(),
            self.said,
            self.at_ms,
            self.source.unwrap_or_default(),
            self.key
        );
        Row {
            id: xxhash_rust::xxh3::xxh3_64(name.as_bytes()).cast_signed(),
            scope: scope.to_owned(),
            subject: self.subject,
            kind: self.kind.name().to_owned(),
            said: self.said.to_owned(),
            at_ms: self.at_ms,
            until_ms: self.until_ms,
            known_ms,
            source: self.source,
            run,
            millibits: self.millibits,
            withdrawn_ms: None,
            detail: if self.detail.is_null() { "{}".to_owned() } else { self.detail.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_spelled_both_ways_and_rows_keep_what_they_say() {
        for kind in KINDS {
            assert_eq!(Kind::parse(kind.name()), Some(kind));
        }
        let mut probe = New::posting(7, Kind::Probe, Said::Closed, 100);
        probe.detail = serde_json::json!({ "outcome": "gone" });
        let row = probe.row(120, Some(3));
        assert_eq!(row, probe.row(120, Some(3)));
        let read = Evidence::of(&row).unwrap();
        assert_eq!((read.kind, read.said, read.at_ms, read.word.as_str()), (Kind::Probe, Said::Closed, 100, "gone"));
        assert_ne!(row.id, New { key: "2".to_owned(), ..probe }.row(120, Some(3)).id);
        let word = Steward { state: "closed".to_owned(), reason: "filled_report".to_owned() };
        let read = Evidence::of(&New::steward(true, 7, &word, 5, "d9").row(6, None)).unwrap();
        assert_eq!((read.state.as_str(), read.word.as_str(), read.of_job), ("closed", "filled_report", true));
    }

    #[test]
    fn what_was_withdrawn_says_nothing() {
        let mut row = New::job(7, Kind::EiFill, Said::Filled, 100).row(120, None);
        assert!(Evidence::of(&row).is_some());
        row.withdrawn_ms = Some(130);
        assert!(Evidence::of(&row).is_none());
    }
}
