//! Is this job still open? Rules only: states of postings and of the vacancy they make up.

use chrono::NaiveDate;
use normalizer::{CloseKind, Posting, SourceStatus};

/// State of a posting or vacancy, as the store spells it.
pub mod state {
    /// One can apply.
    pub const OPEN: &str = "open";
    /// Missing from a complete list, not yet often enough to be closed.
    pub const UNCONFIRMED: &str = "unconfirmed";
    /// One cannot.
    pub const CLOSED: &str = "closed";
    /// A vacancy all of whose remaining postings are unconfirmed.
    pub const SUSPECTED_STALE: &str = "suspected_stale";
}

/// Why a posting is closed or unconfirmed.
pub mod reason {
    /// Its last day has passed (end of day, Asia/Seoul).
    pub const DEADLINE: &str = "deadline";
    /// The source says so.
    pub const SOURCE_CLOSED: &str = "source_closed";
    /// Missing from complete lists.
    pub const ABSENT: &str = "absent";
    /// Its page says so.
    pub const PROBE: &str = "probe";
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

/// What the lifecycle needs of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life<'a> {
    /// State of the posting.
    pub state: &'a str,
    /// Its reason.
    pub reason: Option<&'a str>,
    /// Its verdict.
    pub verdict: &'a str,
}

/// State, reason and verdict of a vacancy from its postings: open while any of them is; shown while any of those may be.
pub fn vacancy<'a>(members: &[Life<'a>]) -> (&'static str, Option<&'a str>, &'static str) {
    let of = |state: &str| members.iter().filter(|m| m.state == state).copied().collect::<Vec<_>>();
    let (open, unconfirmed) = (of(state::OPEN), of(state::UNCONFIRMED));
    if !open.is_empty() {
        (state::OPEN, None, best_verdict(&open))
    } else if !unconfirmed.is_empty() {
        (state::SUSPECTED_STALE, Some(reason::ABSENT), best_verdict(&unconfirmed))
    } else {
        // the strongest evidence among the postings names the reason
        let order = [reason::SOURCE_CLOSED, reason::PROBE, reason::DEADLINE, reason::ABSENT];
        let why = order.iter().find_map(|r| members.iter().find_map(|m| m.reason.filter(|have| have == r)));
        (state::CLOSED, why.or_else(|| members.iter().find_map(|m| m.reason)), best_verdict(members))
    }
}

fn best_verdict(members: &[Life<'_>]) -> &'static str {
    ["publish", "hold"].into_iter().find(|verdict| members.iter().any(|m| m.verdict == *verdict)).unwrap_or("reject")
}

/// What becomes of a posting that a complete list did not have: its new state and count of absences.
pub fn after_absence(absences: i64, to_close: i64) -> (&'static str, i64) {
    let absences = absences + 1;
    (if absences >= to_close { state::CLOSED } else { state::UNCONFIRMED }, absences)
}

/// Whether consumers see a vacancy.
pub fn visible(state: &str, verdict: &str) -> bool {
    verdict == "publish" && (state == state::OPEN || state == state::SUSPECTED_STALE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(text: &'static str) -> Life<'static> {
        let mut words = text.split(' ');
        Life { state: words.next().unwrap(), verdict: words.next().unwrap(), reason: words.next() }
    }

    #[test]
    fn a_vacancy_is_open_while_any_posting_is() {
        for (members, want) in [
            (vec!["open publish"], ("open", None, "publish")),
            (vec!["open hold", "closed publish deadline"], ("open", None, "hold")),
            (vec!["open reject", "open publish"], ("open", None, "publish")),
            (
                vec!["unconfirmed publish absent", "closed publish deadline"],
                ("suspected_stale", Some("absent"), "publish"),
            ),
            (
                vec!["closed publish absent", "closed publish source_closed"],
                ("closed", Some("source_closed"), "publish"),
            ),
            (vec!["closed reject absent"], ("closed", Some("absent"), "reject")),
        ] {
            let lives: Vec<_> = members.iter().map(|m| life(m)).collect();
            assert_eq!(vacancy(&lives), want, "{members:?}");
        }
    }

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
