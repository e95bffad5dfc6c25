//! Is this job still open? `fuse` decides for a posting and `vacancy` for the job its postings make up, both purely from
//! evidence, whatever the order it came in; `stand` brings what the store holds to them and back.

pub mod act;
pub mod calibrate;
pub mod evidence;
pub mod freshness;
pub mod fuse;
pub mod guard;
pub mod hazard;
pub mod history;
pub mod job;
pub mod measure;
pub mod page;
pub mod pass;
pub mod probe;
pub mod rules;
pub mod stand;

use chrono::NaiveDate;
use normalizer::{CloseKind, Posting, SourceStatus};

pub use act::{Act, act, daily};
pub use fuse::{Verdict, fuse};
pub use job::{Life, Standing, vacancy};
pub use pass::{block, close_deadlines, release, take_back_release};
pub use rules::{Learned, Rules};
pub use stand::{At, Changes, record, withdraw};

/// State of a posting or vacancy, as the store spells it.
pub mod state {
    /// It can be applied to from a day to come on.
    pub const SCHEDULED: &str = "scheduled";
    /// One can apply.
    pub const OPEN: &str = "open";
    /// Missing from a complete list, not yet often enough to be closed.
    pub const UNCONFIRMED: &str = "unconfirmed";
    /// Probably filled: shown, with a warning.
    pub const SUSPECTED_FILLED: &str = "suspected_filled";
    /// Probably over: shown, with a warning. A vacancy all of whose remaining postings are unconfirmed is so.
    pub const SUSPECTED_STALE: &str = "suspected_stale";
    /// One cannot.
    pub const CLOSED: &str = "closed";

    /// All of them.
    pub const ALL: [&str; 6] = [SCHEDULED, OPEN, UNCONFIRMED, SUSPECTED_FILLED, SUSPECTED_STALE, CLOSED];
}

/// Why a posting or vacancy is closed, suspected or held.
pub mod reason {
    /// Its last day has passed (end of day, Asia/Seoul).
    pub const DEADLINE: &str = "deadline";
    /// The source says so.
    pub const SOURCE_CLOSED: &str = "source_closed";
    /// Missing from complete lists.
    pub const ABSENT: &str = "absent";
    /// Its page says so.
    pub const PROBE: &str = "probe";
    /// Insurance says somebody was hired, and something else that it is over.
    pub const FILLED_EI: &str = "filled_ei";
    /// The employer says it is filled.
    pub const FILLED_REPORT: &str = "filled_report";
    /// The business is closed, and something else says that it is over.
    pub const BUSINESS_CLOSED: &str = "business_closed";
    /// Two people found it illegal.
    pub const WITHDRAWN_ILLEGAL: &str = "withdrawn_illegal";
    /// Nothing has confirmed it for too long.
    pub const STALE: &str = "stale";
    /// A steward said so.
    pub const STEWARD: &str = "steward";
    /// Not a reason to close: what keeps it open.
    pub const LABOUR_MARKET_TEST: &str = "labour_market_test";

    /// Strongest first: among closed postings the strongest names the vacancy's reason.
    pub const ORDER: [&str; 10] = [
        WITHDRAWN_ILLEGAL,
        STEWARD,
        FILLED_REPORT,
        SOURCE_CLOSED,
        PROBE,
        DEADLINE,
        FILLED_EI,
        BUSINESS_CLOSED,
        ABSENT,
        STALE,
    ];
}

/// A steward's word on a posting or a vacancy; it outranks everything but a hold of the law. `state` is one of
/// [`state::ALL`], `reason` one of [`reason::ORDER`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steward {
    /// State it shall have.
    pub state: String,
    /// Why.
    pub reason: String,
}

/// Why a posting is closed by what it says itself on a day, if it is.
pub fn closed_by_itself(posting: &Posting, today: NaiveDate) -> Option<&'static str> {
    if posting.status == SourceStatus::Closed {
        return Some(reason::SOURCE_CLOSED);
    }
    match deadline(posting) {
        Some(last) if last < today => Some(reason::DEADLINE),
        _ => None,
    }
}

/// The day after whose end a posting is closed without further evidence: only `by_date` has one. The date beside
/// 채용시까지 is when its certification ends, and 상시 and 수시 have none.
pub fn deadline(posting: &Posting) -> Option<NaiveDate> {
    match posting.closing.kind {
        Some(CloseKind::ByDate) => posting.closing.valid_through,
        _ => None,
    }
}

/// A closing kind as the store spells it.
pub fn close_kind(kind: CloseKind) -> &'static str {
    match kind {
        CloseKind::ByDate => "by_date",
        CloseKind::UntilFilled => "until_filled",
        CloseKind::AlwaysOpen => "always_open",
        CloseKind::Rolling => "rolling",
    }
}

/// Whether consumers see a vacancy: what is in doubt stays visible.
pub fn visible(state: &str, verdict: &str) -> bool {
    verdict == "publish" && state != state::CLOSED && state != "merged"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_date_that_means_a_deadline_closes() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        for (kind, last, today, want) in [
            (CloseKind::ByDate, Some(day(7)), day(7), None),
            (CloseKind::ByDate, Some(day(7)), day(8), Some("deadline")),
            (CloseKind::UntilFilled, Some(day(7)), day(8), None),
            (CloseKind::AlwaysOpen, None, day(8), None),
        ] {
            let posting = Posting {
                closing: normalizer::Closing { kind: Some(kind), valid_through: last },
                ..Posting::default()
            };
            assert_eq!(closed_by_itself(&posting, today), want, "{kind:?} {last:?} on {today}");
        }
    }
}
