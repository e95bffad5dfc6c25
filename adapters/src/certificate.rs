//! What a run proved about a source's list. Absence closes a posting only under a certificate that says complete.

use serde::{Deserialize, Serialize};

/// A slice may miss so many of a thousand rows its total claims, because lists change while they are read.
pub const MISSING_PER_THOUSAND: u64 = 2;
/// A list below so many per cent of the last complete one is suspicious …
pub const DROP_BELOW_PERCENT: u64 = 80;
/// … when it is at least so many postings shorter.
pub const DROP_ROWS_MIN: u64 = 20;
/// More rejects than so many per cent make a run incomplete.
pub const REJECTS_PERCENT_MAX: u64 = 10;
/// Most reasons of a kind that are listed one by one.
const REASONS_MAX: usize = 10;

/// What a run saw of one slice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SliceSeen {
    /// Its name.
    pub name: String,
    /// Whether it was read to its end.
    pub ended: bool,
    /// Rows the source says it has.
    pub claimed: Option<u64>,
    /// Rows that came, rejects and skipped ones included.
    pub received: u64,
    /// Different ids among them.
    pub distinct: u64,
    /// Rows that could not be read.
    pub rejects: u64,
    /// Rows the manifest skips.
    pub skipped: u64,
    /// Rows like one before, where the source gives no ids: two postings that say the same are one to us, and both count.
    pub twins: u64,
    /// It was replaced by pieces, which are slices of their own.
    pub split: bool,
    /// Why it is not complete although it ended (a cap, the page limit, a page that repeats).
    pub incomplete: Option<String>,
    /// Why it did not end.
    pub error: Option<String>,
}

/// What a run saw of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// Slices that were planned, pieces of split ones included.
    pub slices_planned: u64,
    /// The slices that were read or tried.
    pub slices: Vec<SliceSeen>,
    /// Different postings over all slices.
    pub distinct: u64,
    /// The run asked only for what changed.
    pub incremental: bool,
    /// Different postings of the last complete run.
    pub previous: Option<u64>,
}

/// What a run proved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Certificate {
    /// The whole list was read: what is not in it is absent.
    pub complete: bool,
    /// Why it is not complete, in words.
    pub reasons: Vec<String>,
    /// The list shrank so much that a person should look; nothing is closed meanwhile.
    pub tripwire: Option<String>,
    /// Slices planned.
    pub slices_planned: u64,
    /// Slices read to their end.
    pub slices_read: u64,
    /// Rows the source claims to have, where every slice said so.
    pub claimed: Option<u64>,
    /// Rows that came.
    pub received: u64,
    /// Different postings.
    pub distinct: u64,
    /// Rows that could not be read.
    pub rejects: u64,
    /// Slices that met the source's cap or the page limit.
    pub caps_hit: u64,
    /// Only changes were asked for.
    pub incremental: bool,
    /// Different postings of the last complete run.
    pub previous: Option<u64>,
}

impl Certificate {
    /// Judges a run.
    pub fn of(seen: &Seen) -> Certificate {
        let read: Vec<&SliceSeen> = seen.slices.iter().filter(|s| !s.split).collect();
        let split = (seen.slices.len() - read.len()) as u64;
        let claimed: Option<u64> = read.iter().map(|s| s.claimed).sum();
        let mut certificate = Certificate {
            slices_planned: seen.slices_planned,
            slices_read: read.iter().filter(|s| s.ended).count() as u64 + split,
            claimed: claimed.filter(|_| !read.is_empty()),
            received: read.iter().map(|s| s.received).sum(),
            distinct: seen.distinct,
            rejects: read.iter().map(|s| s.rejects).sum(),
            caps_hit: read.iter().filter(|s| s.incomplete.is_some()).count() as u64,
            incremental: seen.incremental,
            previous: seen.previous,
            ..Certificate::default()
        };
        certificate.reasons = reasons(seen, &read, &certificate);
        if !seen.incremental {
            certificate.tripwire = tripwire(seen);
            certificate.reasons.extend(certificate.tripwire.clone());
        }
        certificate.complete = certificate.reasons.is_empty();
        certificate
    }
}

fn reasons(seen: &Seen, read: &[&SliceSeen], certificate: &Certificate) -> Vec<String> {
    let mut reasons = Vec::new();
    if seen.incremental {
        reasons.push("only changes were asked for".to_owned());
    }
    if certificate.slices_read < seen.slices_planned || seen.slices_planned == 0 {
        reasons.push(format!("{} of {} slices were read to their end", certificate.slices_read, seen.slices_planned));
    }
    let mut listed = Vec::new();
    for slice in read {
        if let Some(error) = &slice.error {
            listed.push(format!("{}: {error}", slice.name));
        } else if let Some(why) = &slice.incomplete {
            listed.push(format!("{}: {why}", slice.name));
        } else if let Some(missing) = missing(slice) {
            let claimed = slice.claimed.unwrap_or_default();
            listed.push(format!(
                "{}: the source says {claimed} rows, {} came, {missing} are missing",
                slice.name,
                claimed - missing
            ));
        }
    }
    let more = listed.len().saturating_sub(REASONS_MAX);
    listed.truncate(REASONS_MAX);
    reasons.extend(listed);
    if more > 0 {
        reasons.push(format!("and {more} slices more"));
    }
    if certificate.rejects * 100 > certificate.received * REJECTS_PERCENT_MAX {
        reasons.push(format!("{} of {} rows could not be read", certificate.rejects, certificate.received));
    }
    reasons
}

/// Rows a slice misses of what its total claims, when they are more than a list loses while it is read.
fn missing(slice: &SliceSeen) -> Option<u64> {
    let claimed = slice.claimed?;
    let came = (slice.distinct + slice.twins + slice.rejects + slice.skipped).min(slice.received.max(slice.distinct));
    let missing = claimed.saturating_sub(came);
    (missing > 0 && missing * 1000 > claimed * MISSING_PER_THOUSAND).then_some(missing)
}

fn tripwire(seen: &Seen) -> Option<String> {
    let before = seen.previous.filter(|p| *p > 0)?;
    let now = seen.distinct;
    if now == 0 {
        return Some(format!("an empty list where the last complete run had {before} postings"));
    }
    let dropped = now * 100 < before * DROP_BELOW_PERCENT && before - now >= DROP_ROWS_MIN;
    dropped.then(|| format!("{now} postings where the last complete run had {before}, below {DROP_BELOW_PERCENT} %"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(claimed: Option<u64>, received: u64) -> SliceSeen {
        SliceSeen { name: "all".to_owned(), ended: true, claimed, received, distinct: received, ..SliceSeen::default() }
    }

    fn seen(slices: Vec<SliceSeen>, previous: Option<u64>) -> Seen {
        let distinct = slices.iter().filter(|s| !s.split).map(|s| s.distinct).sum();
        Seen { slices_planned: slices.len() as u64, slices, distinct, incremental: false, previous }
    }

    #[test]
    fn says_complete_only_when_everything_that_was_promised_came() {
        let failed = SliceSeen { ended: false, error: Some("retry: status 502".to_owned()), ..slice(None, 400) };
        let capped = SliceSeen { incomplete: Some("cap of 500 rows reached".to_owned()), ..slice(None, 500) };
        let split = SliceSeen { split: true, ..slice(Some(700), 0) };
        let rejects = SliceSeen { rejects: 11, distinct: 89, ..slice(Some(100), 100) };
        let twice = SliceSeen { distinct: 90, ..slice(Some(100), 100) };
        let alike = SliceSeen { twins: 10, ..twice.clone() };
        let skipped = SliceSeen { skipped: 20, distinct: 80, ..slice(Some(100), 100) };
        let table: [(Seen, &str); 17] = [
            (seen(vec![slice(Some(1000), 1000)], None), "complete"),
            (seen(vec![slice(None, 7)], None), "complete"),
            (seen(vec![slice(Some(0), 0)], None), "complete"),
            (seen(vec![slice(Some(10_000), 9_990)], None), "complete"),
            (seen(vec![slice(Some(1000), 800)], None), "all: the source says 1000 rows, 800 came, 200 are missing"),
            (seen(vec![twice], None), "all: the source says 100 rows, 90 came, 10 are missing"),
            (seen(vec![alike], None), "complete"),
            (seen(vec![skipped], None), "complete"),
            (seen(vec![failed], None), "0 of 1 slices were read to their end; all: retry: status 502"),
            (seen(vec![capped], None), "all: cap of 500 rows reached"),
            (seen(vec![split, slice(Some(400), 400), slice(Some(300), 300)], None), "complete"),
            (seen(vec![rejects], None), "11 of 100 rows could not be read"),
            (seen(vec![], None), "0 of 0 slices were read to their end"),
            (Seen { incremental: true, ..seen(vec![slice(None, 1)], Some(1000)) }, "only changes were asked for"),
            (seen(vec![slice(None, 79)], Some(100)), "79 postings where the last complete run had 100, below 80 %"),
            (seen(vec![slice(None, 1)], Some(10)), "complete"),
            (seen(vec![slice(None, 0)], Some(3)), "an empty list where the last complete run had 3 postings"),
        ];
        for (seen, want) in table {
            let certificate = Certificate::of(&seen);
            let got = if certificate.complete { "complete".to_owned() } else { certificate.reasons.join("; ") };
            assert_eq!(got, want);
            let text = serde_json::to_string(&certificate).unwrap();
            assert_eq!(serde_json::from_str::<Certificate>(&text).unwrap(), certificate);
        }
    }

    #[test]
    fn the_drop_guard_lets_80_per_cent_through_and_trips_below() {
        for (now, before, trips) in
            [(80, 100, false), (79, 100, true), (1, 20, false), (1, 21, true), (800, 1000, false), (799, 1000, true)]
        {
            let certificate = Certificate::of(&seen(vec![slice(None, now)], Some(before)));
            assert_eq!(certificate.tripwire.is_some(), trips, "{now} of {before}");
            assert_eq!(certificate.complete, !trips);
        }
    }
}
