//! What a day came to, written once a day and again while the day lasts: the numbers of the trend board.

use store::StoreError;

use crate::health;
use crate::pipeline::Counts;
use crate::world::{World, seoul_day, seoul_instant};

/// A day of 24 hours: Seoul has no change of clocks since 1988.
const DAY_MS: i64 = 24 * 3_600_000;
/// Rules of a day that are kept, the most frequent first.
const RULES_KEPT: usize = 20;

/// Measures, as rows of `trend` name them. Shares are kept as their two sums, so that they add up over days and parts.
pub mod measure {
    /// Vacancies one can apply for; parts: the whole, `region:<2 digits>`, `occupation:<1 digit>`.
    pub const ACTIVE: &str = "active";
    /// Postings behind them.
    pub const POSTINGS: &str = "postings";
    /// Postings seen for the first time.
    pub const INFLOW: &str = "inflow";
    /// Vacancies closed.
    pub const CLOSED: &str = "closed";
    /// Postings that joined a vacancy others had made.
    pub const MERGED: &str = "merged";
    /// Questions that wait; parts: families.
    pub const CASES: &str = "cases";
    /// Age of the source that is newer than 5 of 100, in minutes.
    pub const AGE: &str = "age";
    /// Rows by step; parts: `<stage>.<code>` of the ledger.
    pub const STEP: &str = "step";
    /// Postings that are not shown or doubtful; parts: rules.
    pub const RULE: &str = "rule";
    /// Sources that need a person.
    pub const DOWN: &str = "down";
}

/// Writes what today came to so far.
///
/// # Errors
/// When the store fails.
pub async fn snapshot(world: &World) -> Result<(), StoreError> {
    let day = seoul_day(world.clock.now());
    let from_ms = seoul_instant(day, 0).timestamp_millis();
    let until_ms = from_ms + DAY_MS;
    let store = &world.store;
    let mut points: Vec<(String, String, i64)> = Vec::new();
    let mut put = |measure: &str, part: String, value: i64| points.push((measure.to_owned(), part, value));
    let board = health::load(world).await?;
    put(measure::ACTIVE, String::new(), board.active);
    put(measure::POSTINGS, String::new(), board.tiles.iter().map(|tile| tile.published).sum());
    put(measure::DOWN, String::new(), i64::try_from(board.count(&health::State::Down)).unwrap_or(i64::MAX));
    if let Some(age_ms) = board.age_p95_ms {
        put(measure::AGE, String::new(), age_ms / 60_000);
    }
    for (family, count) in &board.cases {
        put(measure::CASES, family.clone(), *count);
    }
    for (region, count) in store.active_by_region().await? {
        put(measure::ACTIVE, format!("region:{region}"), count);
    }
    for (occupation, count) in store.active_by_occupation().await? {
        put(measure::ACTIVE, format!("occupation:{occupation}"), count);
    }
    let mut counts = Counts::default();
    for text in store.run_counts_between(from_ms, until_ms).await? {
        counts.add(&serde_json::from_str(&text).unwrap_or_default());
    }
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    put(measure::INFLOW, String::new(), whole(counts.new));
    put(measure::MERGED, String::new(), whole(counts.merged));
    let events = store.events_between(from_ms, until_ms).await?;
    let closed = events.iter().filter(|(kind, _)| kind == "close").map(|(_, count)| count).sum();
    put(measure::CLOSED, String::new(), closed);
    for entry in store.ledger_between(from_ms, until_ms).await? {
        put(measure::STEP, format!("{}.{}", entry.stage, entry.code), entry.count);
    }
    let mut rules = store.finding_counts().await?;
    rules.sort_by_key(|(rule, _, count)| (-count, rule.clone()));
    for (rule, effect, count) in rules.into_iter().take(RULES_KEPT) {
        put(measure::RULE, format!("{effect}:{rule}"), count);
    }
    let tx = store.write().await?;
    tx.put_trend(&day.to_string(), &points).await?;
    tx.commit().await
}
