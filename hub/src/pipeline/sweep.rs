//! What a complete list means for the postings that are not on it, whether that can be believed, and what the hub learns
//! from it about the source.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use store::posting::Standing;
use store::tally::Tally;
use store::{StoreError, Tx};

use super::Running;
use crate::lifecycle::calibrate::{BINS, bin_of};
use crate::lifecycle::evidence::{AGREED, Kind, New, Said};
use crate::lifecycle::guard::{self, Limits, Part};
use crate::lifecycle::hazard::ended_within;
use crate::lifecycle::rules::what;
use crate::lifecycle::{self, At, Changes, Rules, freshness, reason};

const DAY_MS: f64 = 86_400_000.0;
/// Half of what was counted is forgotten after so many days: sources change their ways.
const HALF_LIFE_DAYS: f64 = 45.0;
/// Chance of a loss below which it is believed, but each of its rows needs more to be closed.
const DOUBTFUL: f64 = 0.02;
/// Parts of a list shown in a case.
const PARTS_SHOWN: usize = 12;

/// What the sweep does to postings that were not on the list.
#[derive(Default)]
pub(super) struct Sweep {
    /// Open and on the list.
    pub(super) seen: u64,
    /// Not on it: now unconfirmed …
    pub(super) unconfirmed: u64,
    /// … closed …
    pub(super) closed: u64,
    /// … or as they were: held by the law or a steward, or found alive.
    pub(super) kept: u64,
    /// Not on it, and left alone because the list is not believed.
    pub(super) guarded: Vec<i64>,
    /// How many of these would have been closed.
    pub(super) would_close: u64,
    /// What the list and its parts lost.
    pub(super) parts: Vec<Part>,
    /// Why it is not believed.
    pub(super) why: Option<String>,
    /// More went at once than history explains, and it is believed only because lists agree.
    agreed: bool,
    missing: Vec<Standing>,
    /// Open before, by closing kind and absences: what there was to lose.
    at_risk: BTreeMap<(String, i64), (u64, u64)>,
}

impl Sweep {
    /// Leaves everything that is missing as it is.
    pub(super) fn guard(&mut self) {
        self.guarded = self.missing.drain(..).map(|row| row.id).collect();
    }
}

/// Which postings were not on the list, and whether that can be believed. `released` = it is, whatever it lost.
pub(super) async fn plan(
    sync: &Running<'_>,
    tx: &Tx,
    seen: &FxHashSet<i64>,
    before: Option<&store::source::Source>,
    released: bool,
) -> Result<Sweep, StoreError> {
    let mut sweep = Sweep::default();
    let rules = sync.world.lifecycle.rules();
    let to_close = rules.of(sync.number).absences_to_close;
    for row in tx.not_closed(sync.number).await? {
        let lost = !seen.contains(&row.id);
        let key = (row.close_kind.clone().unwrap_or_default(), row.absences);
        let risk = sweep.at_risk.entry(key).or_default();
        risk.0 += 1;
        risk.1 += u64::from(lost);
        if lost {
            sweep.would_close += u64::from(row.absences + 1 >= to_close);
            sweep.missing.push(row);
        } else {
            sweep.seen += 1;
        }
    }
    if sweep.missing.is_empty() {
        return Ok(sweep);
    }
    sweep.parts = judge_parts(sync, tx, &sweep, before).await?;
    let guarded = tx.guarded_of(sync.number, before.and_then(|b| b.complete_run).unwrap_or(0)).await?;
    let missing: FxHashSet<i64> = sweep.missing.iter().map(|row| row.id).collect();
    let still = guarded.iter().filter(|id| missing.contains(id)).count();
    // with days the loss of one looks like that of many: what tripped once trips until it is back or decided
    let still_missing = !guarded.is_empty() && still * 2 >= guarded.len();
    sweep.agreed = still_missing || sweep.parts.first().is_some_and(|whole| whole.chance < DOUBTFUL);
    if released {
        return Ok(sweep);
    }
    // the whole list says it best; parts are by how unlikely they are
    if let Some(worst) = sweep.parts.iter().find(|part| part.trips) {
        let of = if worst.name.is_empty() { String::new() } else { format!(" of part {}", worst.name) };
        sweep.why = Some(format!(
            "{} of {} open postings{of} are not on the list; {:.1} % is usual, the chance of this is {:.1e}",
            worst.lost,
            worst.had,
            worst.expected * 100.0,
            worst.chance
        ));
    }
    if sweep.why.is_none() && still_missing {
        sweep.why = Some("what was missing from the guarded list before is missing still".to_owned());
    }
    sweep.parts.truncate(PARTS_SHOWN);
    Ok(sweep)
}

/// What the list lost, as a whole and by part: the slices of the last complete run, and regions.
async fn judge_parts(
    sync: &Running<'_>,
    tx: &Tx,
    sweep: &Sweep,
    before: Option<&store::source::Source>,
) -> Result<Vec<Part>, StoreError> {
    let settings = &sync.world.settings.lifecycle;
    let floor = u64::try_from(settings.drop_guard_rows).unwrap_or(0);
    let limits = Limits { share: settings.drop_guard_share, rows: floor, chance: settings.drop_guard_chance };
    // what was missing before is expected to be missing again
    let fresh: FxHashSet<i64> = sweep.missing.iter().filter(|row| row.absences == 0).map(|row| row.id).collect();
    let had: u64 = sweep.at_risk.iter().filter(|((_, absences), _)| *absences == 0).map(|(_, (n, _))| n).sum();
    let tallies = tx.tallies(sync.number).await?;
    let lost = tallies.iter().filter(|t| t.what == what::LOST);
    let (trials, hits) = lost.fold((0.0, 0.0), |(n, k), t| (n + t.trials, k + t.hits));
    let days = since_complete(sync, tx, before).await?.unwrap_or(1.0);
    let usual = guard::usual(trials, hits, days);
    let whole = guard::judge("", had, fresh.len() as u64, usual, &limits);
    let mut parts = vec![whole];
    if fresh.len() < 4 {
        return Ok(parts);
    }
    // a part trips by its history only: the floor is made for whole lists
    let limits = Limits { share: 2.0, ..limits };
    let mut names: Vec<(i64, String)> =
        tx.regions(sync.number).await?.into_iter().map(|(id, r)| (id, format!("region {r}"))).collect();
    if let Some(run) = before.and_then(|b| b.complete_run) {
        let slices = tx.seen_in(run).await?;
        if slices.iter().any(|(name, _)| *name != slices[0].0) {
            names.extend(slices.into_iter().flat_map(|(name, ids)| ids.into_iter().map(move |id| (id, name.clone()))));
        }
    }
    let open: FxHashSet<i64> = sweep.missing.iter().map(|row| row.id).collect();
    let mut sums: FxHashMap<String, (u64, u64)> = FxHashMap::default();
    for (id, name) in names {
        if open.contains(&id) && !fresh.contains(&id) {
            continue;
        }
        let sum = sums.entry(name).or_default();
        sum.0 += 1;
        sum.1 += u64::from(fresh.contains(&id));
    }
    // many parts are many chances to be surprised
    let limits = Limits { chance: limits.chance / sums.len().max(1) as f64, ..limits };
    let mut by_part: Vec<Part> =
        sums.into_iter().map(|(name, (had, lost))| guard::judge(&name, had, lost, usual, &limits)).collect();
    by_part.sort_by(|a, b| a.chance.total_cmp(&b.chance).then_with(|| a.name.cmp(&b.name)));
    parts.extend(by_part);
    Ok(parts)
}

/// Days since the source's last complete list.
async fn since_complete(
    sync: &Running<'_>,
    tx: &Tx,
    before: Option<&store::source::Source>,
) -> Result<Option<f64>, StoreError> {
    if before.and_then(|b| b.complete_run).is_none() {
        return Ok(None);
    }
    let last = tx.confirmed().await?.into_iter().find(|(source, _)| *source == sync.number);
    Ok(last.map(|(_, at)| (sync.run.as_of_ms - at).max(0) as f64 / DAY_MS))
}

/// Notes absences and what follows from them; counts what the list taught.
pub(super) async fn apply(
    sync: &mut Running<'_>,
    tx: &Tx,
    rules: &Rules,
    sweep: &mut Sweep,
    before: Option<&store::source::Source>,
) -> Result<Changes, StoreError> {
    let at = At { as_of_ms: sync.run.as_of_ms, run: Some(sync.run.id) };
    let detail = if sweep.agreed { serde_json::json!({ "by": AGREED }) } else { serde_json::Value::Null };
    let absent = |row: &Standing| New {
        source: Some(sync.number),
        detail: detail.clone(),
        // two lists are two absences, whatever the clock says between them
        key: sync.run.id.to_string(),
        ..New::posting(row.id, Kind::Absent, Said::Closed, at.as_of_ms)
    };
    let missing = std::mem::take(&mut sweep.missing);
    let news: Vec<New> = missing.iter().map(absent).collect();
    let changes = lifecycle::record(tx, rules, at, &news).await?;
    sweep.closed = changes.closed.len() as u64;
    sweep.unconfirmed = changes.unconfirmed;
    sweep.kept = missing.len() as u64 - sweep.closed - sweep.unconfirmed;
    tx.drop_guarded(sync.number, sync.run.id).await?;
    // what is only half believed teaches nothing
    if let Some(days) = since_complete(sync, tx, before).await?.filter(|days| *days > 0.0 && !sweep.agreed) {
        learn(sync, tx, rules, sweep, days).await?;
    }
    Ok(changes)
}

/// What a list teaches: hazards, what a missing row means, what is usual, and whether forecasts came true.
async fn learn(sync: &Running<'_>, tx: &Tx, rules: &Rules, sweep: &Sweep, days: f64) -> Result<(), StoreError> {
    let own = rules.of(sync.number);
    let mut tallies = Vec::new();
    let mut add = |what: &str, key: &str, trials: f64, hits: f64| {
        tallies.push(Tally { source: sync.number, what: what.to_owned(), key: key.to_owned(), trials, hits });
    };
    let (back, wrong) = (sync.missed.0 as f64, sync.missed.1 as f64);
    let (mut gone, mut had, mut lost) = (0.0, 0.0, 0.0);
    let mut forecasts: BTreeMap<usize, (f64, f64, f64)> = BTreeMap::new();
    let mut forecast = |p: f64, trials: f64, hits: f64| {
        let bin = forecasts.entry(bin_of(p)).or_default();
        *bin = (bin.0 + trials, bin.1 + hits, bin.2 + p * trials);
    };
    for ((closing, absences), (n, missing)) in &sweep.at_risk {
        let (n, missing) = (*n as f64, *missing as f64);
        if *absences == 0 {
            add(what::HAZARD, closing, n * days, missing);
            forecast(own.common.calibration.apply(ended_within(own.hazard_of(closing), days)), n, missing);
            (had, lost) = (had + n, lost + missing);
        } else {
            gone += missing;
        }
    }
    // those that are back are not at risk any more when the list is swept: they were unconfirmed before
    forecast(own.common.calibration.apply(own.gone), gone + back, gone);
    add(what::GONE, "", gone + back + wrong, gone);
    add(what::RETURNED, "", sweep.closed as f64, wrong);
    add(what::LOST, "", had, lost);
    for (bin, (trials, hits, sum)) in forecasts {
        let key = BINS[bin].to_string();
        add(what::FORECAST, &key, trials, hits);
        add(what::FORECAST_SUM, &key, sum, 0.0);
    }
    tx.add_tallies(&tallies, 0.5f64.powf(days.min(30.0) / HALF_LIFE_DAYS)).await
}

/// Counts how fresh this run made what consumers see: how long at most a posting that ended was still shown, and how long
/// at most a new one was not.
pub(super) async fn count(
    sync: &Running<'_>,
    tx: &Tx,
    before: Option<&store::source::Source>,
) -> Result<(), StoreError> {
    let interval = since_complete(sync, tx, before).await?.map(|days| (days * DAY_MS) as i64);
    let mut tallies: BTreeMap<(i64, &str, &str), f64> = BTreeMap::new();
    for end in &sync.ended {
        let since = (sync.run.as_of_ms - end.since_ms).max(0);
        // a deadline has its instant; what a list shows happened some time since the list before
        let most = if end.reason == Some(reason::DEADLINE) { since } else { since + interval.unwrap_or(0) };
        *tallies.entry((end.source, what::HIDE, freshness::bucket(most))).or_default() += 1.0;
    }
    if let Some(interval) = interval.filter(|_| sync.counts.new > 0) {
        *tallies.entry((sync.number, what::SHOW, freshness::bucket(interval))).or_default() += sync.counts.new as f64;
    }
    let tallies: Vec<Tally> = tallies
        .into_iter()
        .map(|((source, what, key), trials)| Tally {
            source,
            what: what.to_owned(),
            key: key.to_owned(),
            trials,
            hits: 0.0,
        })
        .collect();
    tx.add_tallies(&tallies, 1.0).await?;
    Ok(())
}
