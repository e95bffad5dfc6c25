//! How long consumers saw what was over, and how long they did not see what was new: durations in buckets, and quantiles
//! read from them. Pure.

use std::collections::BTreeMap;

use serde::Serialize;
use store::tally::Tally;

use super::rules::what;

/// Upper bounds of the buckets in seconds, with their names in the store.
const BUCKETS: [(i64, &str); 21] = [
    (60, "60"),
    (300, "300"),
    (900, "900"),
    (1800, "1800"),
    (3600, "3600"),
    (7200, "7200"),
    (10_800, "10800"),
    (14_400, "14400"),
    (21_600, "21600"),
    (28_800, "28800"),
    (36_000, "36000"),
    (43_200, "43200"),
    (64_800, "64800"),
    (86_400, "86400"),
    (129_600, "129600"),
    (172_800, "172800"),
    (259_200, "259200"),
    (345_600, "345600"),
    (604_800, "604800"),
    (1_209_600, "1209600"),
    (i64::MAX, "more"),
];
/// What the open bucket is taken to end at: 30 days.
const MORE_SECONDS: f64 = 2_592_000.0;

/// The bucket of a duration.
pub fn bucket(ms: i64) -> &'static str {
    let seconds = ms.max(0) / 1000;
    BUCKETS.iter().find(|(most, _)| seconds <= *most).map_or("more", |(_, name)| name)
}

/// Quantiles of how long something took at most, seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Delay {
    /// Postings.
    pub count: f64,
    /// Half of them took at most so long.
    pub p50_seconds: f64,
    /// Nineteen in twenty did.
    pub p95_seconds: f64,
}

/// What a source's postings took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Freshness {
    /// From its end to being hidden.
    pub close_to_hidden: Option<Delay>,
    /// From its publication to being visible.
    pub published_to_visible: Option<Delay>,
}

/// Freshness by source number, and of all under 0.
pub fn by_source(tallies: &[Tally]) -> BTreeMap<i64, Freshness> {
    let mut counts: BTreeMap<(i64, &str), [f64; BUCKETS.len()]> = BTreeMap::new();
    for tally in tallies.iter().filter(|t| t.what == what::HIDE || t.what == what::SHOW) {
        let Some(at) = BUCKETS.iter().position(|(_, name)| *name == tally.key) else { continue };
        for source in [0, tally.source] {
            let bins = counts.entry((source, tally.what.as_str())).or_insert([0.0; BUCKETS.len()]);
            bins[at] += tally.trials;
        }
    }
    let mut found: BTreeMap<i64, Freshness> = BTreeMap::new();
    for ((source, of), bins) in &counts {
        let fresh = found.entry(*source).or_default();
        let delay = Some(delay(bins));
        if *of == what::HIDE {
            fresh.close_to_hidden = delay;
        } else {
            fresh.published_to_visible = delay;
        }
    }
    found
}

fn delay(bins: &[f64; BUCKETS.len()]) -> Delay {
    let count: f64 = bins.iter().sum();
    Delay { count, p50_seconds: quantile(bins, count * 0.5), p95_seconds: quantile(bins, count * 0.95) }
}

/// Where so many have passed, linear within a bucket.
fn quantile(bins: &[f64; BUCKETS.len()], rank: f64) -> f64 {
    let (mut passed, mut low) = (0.0, 0.0);
    for (count, (most, _)) in bins.iter().zip(BUCKETS) {
        let high = if most == i64::MAX { MORE_SECONDS } else { most as f64 };
        if *count > 0.0 && passed + count >= rank {
            return low + (high - low) * ((rank - passed) / count).clamp(0.0, 1.0);
        }
        passed += count;
        low = high;
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_come_from_buckets_and_all_sources_add_up() {
        let tally = |source, what: &str, seconds: i64, trials| Tally {
            source,
            what: what.to_owned(),
            key: bucket(seconds * 1000).to_owned(),
            trials,
            hits: 0.0,
        };
        let found = by_source(&[
            tally(1, what::HIDE, 3000, 90.0),
            tally(1, what::HIDE, 80_000, 10.0),
            tally(2, what::HIDE, 50, 100.0),
            tally(2, what::SHOW, 3_000_000, 1.0),
        ]);
        let one = found[&1].close_to_hidden.unwrap();
        assert_eq!((one.count, one.p50_seconds, one.p95_seconds), (100.0, 2800.0, 75_600.0));
        assert_eq!(found[&0].close_to_hidden.unwrap().count, 200.0);
        assert!(found[&2].published_to_visible.unwrap().p50_seconds > 1_209_600.0);
        assert_eq!(found[&1].published_to_visible, None);
    }
}
