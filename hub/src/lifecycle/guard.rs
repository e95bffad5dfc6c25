//! Does a list that lost rows lose them as this source does, or did something break? A tail probability against the
//! source's own history, for the whole list and for each of its parts. Pure.

use serde::Serialize;

use super::hazard::Share;

/// Share of a list believed to go between two lists a day apart, and how firmly, in rows.
const GOES_A_DAY: f64 = 0.02;
const BELIEVED_ROWS: f64 = 200.0;
/// Overdispersion: closings come in batches (an employer takes ten postings down at once), so that a list behaves as if
/// it had this many times fewer independent rows.
const BATCH: f64 = 3.0;
/// Rows below which losing all of a part says nothing.
const ROWS_MIN: u64 = 4;

/// What a list, or a part of it, lost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Name of the part; `""` = the whole list.
    pub name: String,
    /// Rows it had that were not closed.
    pub had: u64,
    /// Of these, missing now.
    pub lost: u64,
    /// Share expected to be lost.
    pub expected: f64,
    /// Probability of losing so many or more by chance.
    pub chance: f64,
    /// Whether that is too small to be believed.
    pub trips: bool,
}

/// What trips the guard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Lost share above which, together with `rows`, a whole list trips whatever its history.
    pub share: f64,
    /// Lost rows below which that does not.
    pub rows: u64,
    /// Chance below which a part trips by its own history.
    pub chance: f64,
}

/// The share of a list that goes between two lists, as learned.
pub fn usual(trials: f64, hits: f64, days: f64) -> f64 {
    // never below a day's worth: a portal that is read every quarter of an hour may close everything of a day at midnight
    let least = super::hazard::ended_within(GOES_A_DAY, days.clamp(1.0, 14.0));
    Share::believed(least, BELIEVED_ROWS).after(trials, hits).mean().max(least)
}

/// Judges a part.
pub fn judge(name: &str, had: u64, lost: u64, expected: f64, limits: &Limits) -> Part {
    let chance = tail(had, lost, expected);
    let floor = lost > limits.rows && lost as f64 > limits.share * had as f64;
    let trips = floor || (lost >= ROWS_MIN && chance < limits.chance);
    Part { name: name.to_owned(), had, lost, expected, chance, trips }
}

/// Probability that `lost` or more of `had` rows go when each goes with probability `p`, rows going in batches.
fn tail(had: u64, lost: u64, p: f64) -> f64 {
    if lost == 0 || had == 0 {
        return 1.0;
    }
    let (n, k) = (had as f64 / BATCH, lost as f64 / BATCH);
    let p = p.clamp(1e-6, 1.0 - 1e-6);
    if k <= n * p {
        return 1.0;
    }
    if k >= n {
        return p.powf(n);
    }
    // Chernoff's bound: simple, safe on the side of letting pass, and exact enough far out, where decisions are
    let q = k / n;
    let divergence = q * (q / p).ln() + (1.0 - q) * ((1.0 - q) / (1.0 - p)).ln();
    (-n * divergence).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drop_is_judged_by_the_sources_own_history() {
        let limits = Limits { share: 0.20, rows: 20, chance: 1e-4 };
        for (had, lost, expected, trips) in [
            // an ordinary day
            (1000, 20, 0.02, false),
            (1000, 45, 0.02, false),
            // below the fixed floor, but not this source's way
            (1000, 150, 0.02, true),
            (60, 18, 0.02, true),
            // a source that always turns over fast
            (1000, 150, 0.12, false),
            // the floor, whatever the history
            (1000, 300, 0.25, true),
            // too few to say
            (3, 3, 0.02, false),
            (10, 2, 0.02, false),
            // an empty list of some size
            (30, 30, 0.02, true),
        ] {
            let part = judge("", had, lost, expected, &limits);
            assert_eq!(part.trips, trips, "{part:?}");
        }
    }

    #[test]
    fn what_is_usual_follows_the_source() {
        assert!((usual(0.0, 0.0, 1.0) - 0.02).abs() < 1e-9);
        assert!((usual(100_000.0, 10_000.0, 1.0) - 0.1).abs() < 0.001);
        assert!(usual(0.0, 0.0, 7.0) > 0.1, "after a week without a list more is missing");
    }
}
