//! How right the hub was: its closings against what really was, where that is known: precision, recall within one poll,
//! fills, and whether probabilities meant what they said.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use store::StoreError;
use store::evidence::POSTING;

use super::calibrate::{Reliability, wilson};
use super::{reason, stand, state};
use crate::pipeline::{posting_id, source_number};
use crate::world::{World, instant, seoul_day};

/// Beliefs and postings read at a time.
const CHUNK: i64 = 20_000;
/// Most runs of a source that are looked at.
const RUNS_MAX: i64 = 100_000;

/// A line of truth, as the portal fleet writes it; other fields and other lines are passed over.
#[derive(Clone, Debug, Deserialize)]
struct Line {
    what: String,
    portal: Option<String>,
    id: Option<String>,
    id2: Option<String>,
    closed_on: Option<NaiveDate>,
    unlisted_on: Option<NaiveDate>,
    filled_on: Option<NaiveDate>,
}

/// What really became of a posting.
#[derive(Clone, Copy, Debug)]
pub struct Fate {
    /// First day on which one could not apply.
    pub closed_on: Option<NaiveDate>,
    /// First day on which its portal did not list it any more, which may be later.
    pub unlisted_on: Option<NaiveDate>,
    /// Day of the hire.
    pub filled_on: Option<NaiveDate>,
}

/// Hits among trials, with the interval at 95 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Rate {
    /// Trials.
    pub of: u64,
    /// Hits.
    pub hits: u64,
    /// Share; 1 without trials.
    pub share: f64,
    /// Wilson's interval.
    pub low: f64,
    /// Its other end.
    pub high: f64,
}

impl Rate {
    /// A rate with its interval.
    pub fn new(hits: u64, of: u64) -> Rate {
        let (low, high) = wilson(hits as f64, of as f64);
        Rate { of, hits, share: if of == 0 { 1.0 } else { hits as f64 / of as f64 }, low, high }
    }
}

/// What was measured against truth.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Closings that were right, by reason, and of all under `all`.
    pub precision: BTreeMap<String, Rate>,
    /// Postings that their portal no longer lists and that were closed by the first complete list without them.
    pub recall_same_poll: Rate,
    /// … by the one after it.
    pub recall_one_poll: Rate,
    /// Postings that ended and were closed by the second complete list after, also where the portal still listed them.
    pub recall_of_ends: Rate,
    /// Closings as filled whose job was.
    pub fill_precision: Rate,
    /// Filled jobs that are closed or suspected as filled.
    pub fill_recall: Rate,
    /// Forecasts for postings that are not closed.
    pub reliability: Reliability,
    /// Its mean error.
    pub calibration_error: f64,
    /// Wrong closings, at most a few: (source, posting, reason, day).
    pub wrong: Vec<(String, i64, String, NaiveDate)>,
    /// Missed ends, at most a few: (source, posting, day it ended).
    pub missed: Vec<(String, i64, NaiveDate)>,
}

/// Wrong closings and missed ends that are named.
const NAMED: usize = 20;

/// Reads truth: fates by posting id, and by source the ids that are known.
pub fn fates(lines: impl Iterator<Item = String>) -> BTreeMap<i64, (String, Fate)> {
    let mut fates = BTreeMap::new();
    for line in lines {
        let Ok(line) = serde_json::from_str::<Line>(&line) else { continue };
        let (Some(portal), Some(id)) = (line.portal.filter(|_| line.what == "ad"), line.id) else { continue };
        let fate = Fate { closed_on: line.closed_on, unlisted_on: line.unlisted_on, filled_on: line.filled_on };
        for id in [Some(id), line.id2].into_iter().flatten() {
            fates.insert(posting_id(&portal, &id), (portal.clone(), fate));
        }
    }
    fates
}

/// Measures the store against truth.
///
/// # Errors
/// When the store fails.
pub async fn measure(world: &World, fates: &BTreeMap<i64, (String, Fate)>) -> Result<Measured, StoreError> {
    let closings = closings(world).await?;
    let (precision, fill_precision, wrong) = precise(fates, &closings);
    let ((recall_same_poll, recall_one_poll, missed), recall_of_ends) = recalled(world, fates, &closings).await?;
    let (reliability, fill_recall) = doubted(world, fates).await?;
    let calibration_error = reliability.error();
    Ok(Measured {
        precision,
        recall_same_poll,
        recall_one_poll,
        recall_of_ends,
        fill_precision,
        fill_recall,
        reliability,
        calibration_error,
        wrong,
        missed,
    })
}

/// When each posting was closed, and why: every closing, also those that were taken back.
async fn closings(world: &World) -> Result<FxHashMap<i64, Vec<(i64, String)>>, StoreError> {
    let mut closings: FxHashMap<i64, Vec<(i64, String)>> = FxHashMap::default();
    let mut after = i64::MIN;
    loop {
        let batch = world.store.beliefs_since(POSTING, after, CHUNK).await?;
        let full = batch.len() as i64 == CHUNK;
        let last = batch.last().map_or(after, |b| b.known_ms);
        // what shares the last instant is read again with the next batch, whole
        let whole = |known: i64| !full || known < last;
        for belief in batch.into_iter().filter(|b| b.state == state::CLOSED && whole(b.known_ms)) {
            closings.entry(belief.subject).or_default().push((belief.known_ms, belief.reason.unwrap_or_default()));
        }
        if !full || last - 1 <= after {
            return Ok(closings);
        }
        after = last - 1;
    }
}

type Precise = (BTreeMap<String, Rate>, Rate, Vec<(String, i64, String, NaiveDate)>);

fn precise(fates: &BTreeMap<i64, (String, Fate)>, closings: &FxHashMap<i64, Vec<(i64, String)>>) -> Precise {
    let mut sums: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let (mut fills, mut wrong) = ((0, 0), Vec::new());
    for (id, (portal, fate)) in fates {
        for (known_ms, why) in closings.get(id).into_iter().flatten() {
            let day = seoul_day(instant(*known_ms));
            let over = |on: Option<NaiveDate>| on.is_some_and(|on| on <= day);
            let right = over(fate.closed_on) || over(fate.filled_on);
            for key in [why.as_str(), "all"] {
                let sum = sums.entry(key.to_owned()).or_default();
                *sum = (sum.0 + u64::from(right), sum.1 + 1);
            }
            if [reason::FILLED_EI, reason::FILLED_REPORT].contains(&why.as_str()) {
                fills = (fills.0 + u64::from(over(fate.filled_on)), fills.1 + 1);
            }
            if !right && wrong.len() < NAMED {
                wrong.push((portal.clone(), *id, why.clone(), day));
            }
        }
    }
    let rates = sums.into_iter().map(|(key, (hits, of))| (key, Rate::new(hits, of))).collect();
    (rates, Rate::new(fills.0, fills.1), wrong)
}

type Recalled = (Rate, Rate, Vec<(String, i64, NaiveDate)>);

/// Of the postings that were known before they ended, those that were closed in time.
async fn recalled(
    world: &World,
    fates: &BTreeMap<i64, (String, Fate)>,
    closings: &FxHashMap<i64, Vec<(i64, String)>>,
) -> Result<(Recalled, Rate), StoreError> {
    let mut polls: FxHashMap<String, Vec<(NaiveDate, i64)>> = FxHashMap::default();
    let (mut same, mut one, mut of_same, mut of_one, mut missed) = (0, 0, 0, 0, Vec::new());
    let (mut ends, mut of_ends) = (0, 0);
    let ids: Vec<i64> = fates.keys().copied().collect();
    let mut seen: FxHashMap<i64, i64> = FxHashMap::default();
    for chunk in ids.chunks(CHUNK as usize) {
        seen.extend(world.store.known(chunk).await?.into_iter().map(|k| (k.id, k.first_seen_ms)));
    }
    for (id, (portal, fate)) in fates {
        let (Some(ended), Some(first_seen)) = (fate.closed_on, seen.get(id)) else { continue };
        if seoul_day(instant(*first_seen)) >= ended {
            continue;
        }
        if !polls.contains_key(portal) {
            let runs = world.store.runs(Some(source_number(portal)), RUNS_MAX).await?;
            let mut complete: Vec<(NaiveDate, i64)> = runs
                .iter()
                .filter(|run| run.state == "complete" && run.since_ms.is_none())
                .map(|run| (seoul_day(instant(run.as_of_ms)), run.as_of_ms))
                .collect();
            complete.sort_unstable();
            polls.insert(portal.clone(), complete);
        }
        let lists_since = |from: NaiveDate| {
            let mut after = polls[portal].iter().filter(|(day, _)| *day >= from).map(|(_, at)| *at);
            (after.next(), after.next())
        };
        let closed = |by: i64| closings.get(id).is_some_and(|c| c.iter().any(|(known, _)| *known <= by));
        if let (_, Some(by)) = lists_since(ended) {
            of_ends += 1;
            ends += u64::from(closed(by));
        }
        let Some(gone) = fate.unlisted_on else { continue };
        let (first, second) = lists_since(gone);
        if let Some(by) = first {
            of_same += 1;
            same += u64::from(closed(by));
        }
        if let Some(by) = second {
            of_one += 1;
            if closed(by) {
                one += 1;
            } else if missed.len() < NAMED {
                missed.push((portal.clone(), *id, gone));
            }
        }
    }
    Ok(((Rate::new(same, of_same), Rate::new(one, of_one), missed), Rate::new(ends, of_ends)))
}

/// What is forecast for postings that are not closed, and how many filled jobs are known to be.
async fn doubted(world: &World, fates: &BTreeMap<i64, (String, Fate)>) -> Result<(Reliability, Rate), StoreError> {
    let now_ms = world.clock.now().timestamp_millis();
    let today = seoul_day(instant(now_ms));
    let rules = world.lifecycle.rules();
    let mut table = Reliability::default();
    let (mut filled, mut said) = (0, 0);
    let ids: Vec<i64> = fates.keys().copied().collect();
    // nothing is written: the transaction is dropped
    let tx = world.store.write().await?;
    for chunk in ids.chunks(CHUNK as usize) {
        let rows = tx.standings(chunk).await?;
        let vacancies: Vec<i64> = rows.iter().map(|row| row.vacancy).collect();
        let jobs: FxHashMap<i64, (String, Option<String>)> =
            tx.vacancies(&vacancies).await?.into_iter().map(|v| (v.id, (v.state, v.reason))).collect();
        for row in &rows {
            if fates[&row.id].1.filled_on.is_some_and(|on| on <= today) {
                filled += 1;
                let job = jobs.get(&row.vacancy);
                let known = job.is_some_and(|(state, why)| {
                    state == state::SUSPECTED_FILLED || why.as_deref().is_some_and(|why| why.starts_with("filled_"))
                });
                said += u64::from(known);
            }
        }
        let open: Vec<_> = rows.into_iter().filter(|row| row.state != state::CLOSED).collect();
        for (id, p) in stand::doubts(&tx, &rules, now_ms, &open).await? {
            let over = fates[&id].1.closed_on.is_some_and(|on| on <= today);
            table.add(p, 1.0, f64::from(u8::from(over)));
        }
    }
    Ok((table, Rate::new(said, filled)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_is_read_by_both_ids_and_other_lines_are_passed_over() {
        let lines = [
            r#"{"what":"ad","portal":"saramin","id":"1","id2":"2","closed_on":"2026-11-07","extra":1}"#,
            r#"{"what":"vacancy","vacancy":3}"#,
            "not json",
        ];
        let fates = fates(lines.iter().map(|l| (*l).to_owned()));
        assert_eq!(fates.len(), 2);
        assert!(fates[&posting_id("saramin", "2")].1.closed_on.is_some());
        assert_eq!(Rate::new(0, 0).share, 1.0);
    }
}
