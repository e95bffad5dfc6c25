//! What a run proved. Absence closes a posting only under a certificate that says complete (R4, R5, R13, R14).

use serde::{Deserialize, Serialize};

/// What a run saw.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    pub(super) slices: Vec<SliceEvidence>,
    pub(super) rows: u64,
    pub(super) distinct: u64,
    pub(super) rejects: u64,
    pub(super) rejects_share_max: f64,
    /// Distinct rows of the last complete full run, for full runs.
    pub(super) previous_rows: Option<u64>,
    pub(super) drop_guard_share: f64,
    pub(super) drop_guard_rows: u64,
    pub(super) drift: Vec<String>,
}

/// What was seen of a slice.
#[derive(Clone, Debug, Default)]
pub(super) struct SliceEvidence {
    pub(super) name: String,
    pub(super) read: bool,
    pub(super) split: bool,
    pub(super) claimed: Option<u64>,
    pub(super) received: u64,
    pub(super) incomplete: Option<String>,
}

/// What a run proved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The whole list was read, nothing contradicts it.
    pub complete: bool,
    /// Why not, one sentence each.
    pub reasons: Vec<String>,
    /// It looks wrong although it was read: a steward must look.
    pub tripwire: Option<String>,
    /// Slices planned, parts of split ones included.
    pub slices_planned: u64,
    /// Slices read to their end.
    pub slices_read: u64,
    /// Rows the source claimed, where it does.
    pub claimed: Option<u64>,
    /// Rows received.
    pub received: u64,
    /// Distinct postings among them.
    pub distinct: u64,
    /// Rows that could not be read.
    pub rejects: u64,
}

impl Certificate {
    /// The certificate of what was seen.
    pub(super) fn of(seen: &Evidence) -> Certificate {
        let whole: Vec<&SliceEvidence> = seen.slices.iter().filter(|s| !s.split).collect();
        let mut certificate = Certificate {
            slices_planned: whole.len() as u64,
            slices_read: whole.iter().filter(|s| s.read).count() as u64,
            claimed: whole.iter().map(|s| s.claimed).sum(),
            received: seen.rows,
            distinct: seen.distinct,
            rejects: seen.rejects,
            ..Certificate::default()
        };
        for slice in &whole {
            certificate.reasons.extend(slice_reasons(slice));
        }
        if seen.rejects as f64 > seen.rejects_share_max * seen.rows as f64 {
            certificate.reasons.push(format!("{} of {} rows could not be read", seen.rejects, seen.rows));
        }
        certificate.complete = certificate.reasons.is_empty();
        if certificate.complete {
            certificate.guard(seen);
        }
        certificate
    }

    /// A list that shrank, or whose fields changed, is not believed yet.
    fn guard(&mut self, seen: &Evidence) {
        if let Some(before) = seen.previous_rows {
            let gone = before.saturating_sub(seen.distinct);
            if seen.distinct == 0 && before > 0 {
                self.trip(&format!("the list is empty; the last complete one had {before} rows"));
            } else if gone > seen.drop_guard_rows && gone as f64 > seen.drop_guard_share * before as f64 {
                self.trip(&format!("{} rows; the last complete list had {before}", seen.distinct));
            }
        }
        if let Some(first) = seen.drift.first() {
            let more = seen.drift.len() - 1;
            self.trip(&format!(
                "fields changed: {first}{}",
                if more > 0 { format!(" and {more} more") } else { String::new() }
            ));
        }
    }

    /// Marks it as suspicious: read, but nothing may follow from it.
    pub(super) fn trip(&mut self, why: &str) {
        self.complete = false;
        self.reasons.push(why.to_owned());
        self.tripwire.get_or_insert_with(|| why.to_owned());
    }
}

fn slice_reasons(slice: &SliceEvidence) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Some(why) = &slice.incomplete {
        reasons.push(format!("slice {}: {why}", slice.name));
    } else if !slice.read {
        reasons.push(format!("slice {} was not read", slice.name));
    }
    if let Some(claimed) = slice.claimed
        && slice.received < claimed
        && slice.incomplete.is_none()
    {
        reasons.push(format!("slice {}: the source says {claimed} rows, {} came", slice.name, slice.received));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(change: impl FnOnce(&mut Evidence)) -> Evidence {
        let slice = SliceEvidence {
            name: "all".into(),
            read: true,
            claimed: Some(100),
            received: 100,
            ..SliceEvidence::default()
        };
        let mut evidence = Evidence {
            slices: vec![slice],
            rows: 100,
            distinct: 100,
            rejects_share_max: 0.1,
            drop_guard_share: 0.2,
            drop_guard_rows: 20,
            previous_rows: Some(100),
            ..Evidence::default()
        };
        change(&mut evidence);
        evidence
    }

    #[test]
    fn a_certificate_is_complete_only_when_nothing_contradicts_it() {
        type Change = fn(&mut Evidence);
        let cases: &[(&str, Change, bool, bool)] = &[
            ("all read", |_| {}, true, false),
            ("a slice was not read", |e| e.slices[0].read = false, false, false),
            ("fewer rows than claimed", |e| e.slices[0].received = 80, false, false),
            ("more rows than claimed", |e| e.slices[0].received = 101, true, false),
            ("a cap was hit", |e| e.slices[0].incomplete = Some("cap".into()), false, false),
            ("11 of 100 rows unreadable", |e| e.rejects = 11, false, false),
            ("10 of 100 rows unreadable", |e| e.rejects = 10, true, false),
            ("30 % fewer than last time", |e| (e.distinct, e.slices[0].claimed) = (70, None), false, true),
            ("20 fewer of 100", |e| (e.distinct, e.slices[0].claimed) = (80, None), true, false),
            (
                "empty",
                |e| {
                    (e.distinct, e.rows, e.slices[0].received, e.slices[0].claimed, e.previous_rows) =
                        (0, 0, 0, None, Some(3))
                },
                false,
                true,
            ),
            ("a field vanished", |e| e.drift = vec!["title".into()], false, true),
            (
                "a split slice counts only by its parts",
                |e| {
                    e.slices.push(SliceEvidence {
                        name: "x".into(),
                        split: true,
                        claimed: Some(999),
                        ..SliceEvidence::default()
                    });
                },
                true,
                false,
            ),
        ];
        for (what, change, complete, tripped) in cases {
            let certificate = Certificate::of(&evidence(change));
            assert_eq!(
                (certificate.complete, certificate.tripwire.is_some()),
                (*complete, *tripped),
                "{what}: {certificate:?}"
            );
        }
    }
}
