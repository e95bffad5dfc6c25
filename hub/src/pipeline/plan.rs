//! How a run begins: the lease, the agreement, the run that was cut, or a new one with its slices.

use std::sync::Arc;

use adapters::{Adapter, Plan, Slice, Source};
use store::StoreError;
use store::run::Run;

use super::fetch::Fetcher;
use super::{Counts, RunOptions, RunReport, Running, from_json, source_number};
use crate::terms::Terms;
use crate::web::{Budget, Policy};
use crate::world::{instant, seoul_day};

/// What is asked again before the watermark: a portal's clock and ours differ.
const OVERLAP_MS: i64 = 3_600_000;
/// A clock this far from the source's last run is not believed before the next run: one wrong clock must not expire a
/// store (R12). After real downtime the second run closes what the first did not.
const CLOCK_STEP_DAYS_MAX: i64 = 14;

/// Whether there is something to run.
#[expect(clippy::large_enum_variant, reason = "one value a run, moved once")]
pub(super) enum Begun<'a> {
    Run(Box<Running<'a>>),
    Not(RunReport),
}

/// A report of a run that did not take place.
pub(super) fn report_of(source: &Source, state: &str, error: Option<String>) -> RunReport {
    RunReport {
        run: 0,
        source: source.name().to_owned(),
        class: source.class().name().to_owned(),
        state: state.to_owned(),
        error,
        counts: Counts::default(),
        certificate: None,
        elapsed_ms: 0,
    }
}

/// What an adapter may depend on, from a run's row.
pub(super) fn as_plan<'a>(run: &Run, lookup: &'a [String]) -> Plan<'a> {
    Plan { today: seoul_day(instant(run.as_of_ms)), since: run.since_ms.map(instant), secrets: &no_secret, lookup }
}

/// Secrets stay placeholders until the web sends them.
fn no_secret(_: &str) -> Option<String> {
    None
}

/// Slices as rows; `after` orders the parts of a split slice behind it.
pub(super) fn slice_rows(slices: &[Slice], after: i64) -> Result<Vec<(String, i64, String)>, StoreError> {
    slices
        .iter()
        .enumerate()
        .map(|(i, slice)| {
            let text = serde_json::to_string(slice).map_err(|error| StoreError::Corrupt {
                table: "slice",
                id: slice.name.clone(),
                what: error.to_string(),
            })?;
            Ok((slice.name.clone(), after + 1 + i as i64, text))
        })
        .collect()
}

pub(super) async fn begin<'a>(
    world: &'a crate::world::World,
    source: &'a Arc<Source>,
    options: &'a RunOptions,
) -> Result<Begun<'a>, StoreError> {
    let number = source_number(source.name());
    let Some(row) = world.store.source(number).await? else {
        return Ok(Begun::Not(report_of(
            source,
            "refused",
            Some("not in the store's list: run `jobhub migrate`".to_owned()),
        )));
    };
    if let Some(why) = refusal(world, source, &row).await? {
        return Ok(Begun::Not(report_of(source, "refused", Some(why))));
    }
    let ttl = i64::from(world.settings.run.lease_seconds) * 1000;
    let Some(lease) = world.store.claim(&format!("source:{}", source.name()), &options.holder, ttl).await? else {
        return Ok(Begun::Not(report_of(source, "skipped", Some("another process is syncing it".to_owned()))));
    };
    let lookup = if source.is_signal() {
        world.store.numbers_to_ask(number, world.settings.linked.lookup_max).await?
    } else {
        Vec::new()
    };
    let now_ms = world.clock.now().timestamp_millis();
    let run = match world.store.unfinished_run(number).await? {
        Some(run) if run.wait_until_ms.is_some_and(|until| until > now_ms) => {
            world.store.release(&lease).await?;
            let until = run.wait_until_ms.map(instant).unwrap_or_default();
            return Ok(Begun::Not(report_of(source, "waiting", Some(format!("until {}", until.to_rfc3339())))));
        }
        Some(run) if too_old(world, &run, options, now_ms).is_none() => resume(world, &lease, ttl, run).await?,
        other => {
            if let Some(run) = other {
                let why = too_old(world, &run, options, now_ms).map(str::to_owned);
                let tx = world.store.write().await?;
                tx.fence(&lease, ttl).await?;
                tx.end_run(run.id, "failed", now_ms, None, why, None).await?;
                tx.commit().await?;
            }
            start(world, source, &lease, ttl, &row, options, &lookup).await?
        }
    };
    let clock_fits = clock_fits(world, &run).await?;
    let counts = from_json("run", &run.id.to_string(), &run.counts)?;
    let no_contact = world.store.agreement(number).await?.is_some_and(|a| a.scope == "no_contact");
    let conditional = world.store.details_pending(number).await? == 0;
    let deadline = world.web_clock.now() + chrono::Duration::seconds(world.settings.run.run_seconds_max);
    let budget = Budget::new(deadline, world.settings.run.retries_max, options.cancel.clone());
    let fetcher = Fetcher::new(world, source, number, policy(world, source), budget, lookup);
    world.board.update(source.name(), |line| {
        line.class = source.class().name().to_owned();
        line.state = "running".to_owned();
        line.claimed = line.claimed.max(row.complete_rows.and_then(|n| u64::try_from(n).ok()).unwrap_or(0));
    });
    Ok(Begun::Run(Box::new(Running {
        world,
        source,
        number,
        lease,
        pages: run.pages,
        run,
        counts,
        fetcher,
        options,
        details_left: source.details_per_run(),
        profile: adapters::profile::FieldProfile::default(),
        no_contact,
        clock_fits,
        ended: Vec::new(),
        missed: (0, 0),
        conditional,
    })))
}

/// Why a source may not run.
async fn refusal(
    world: &crate::world::World,
    source: &Source,
    row: &store::source::Source,
) -> Result<Option<String>, StoreError> {
    let paused = world.settings.source.get(source.name()).and_then(|s| s.paused.clone()).or_else(|| row.paused.clone());
    if let Some(why) = paused {
        return Ok(Some(format!("paused: {why}")));
    }
    if !source.needs_agreement() {
        return Ok(None);
    }
    let today = seoul_day(world.clock.now()).to_string();
    Ok(match world.store.agreement(row.number).await? {
        None => Some(format!(
            "no agreement on file; a portal's postings may be taken only under one: `jobhub source agree {} --document … --since …`",
            source.name()
        )),
        Some(a) if a.since > today => Some(format!("the agreement begins on {}", a.since)),
        Some(a) if a.until.as_ref().is_some_and(|until| *until < today) => {
            Some(format!("the agreement ended on {}", a.until.unwrap_or_default()))
        }
        Some(_) => None,
    })
}

/// Why a run that was cut is not resumed: what its pages said is too long ago to be called a list of one day, or the whole
/// list is wanted and it asked for changes only.
fn too_old(world: &crate::world::World, run: &Run, options: &RunOptions, now_ms: i64) -> Option<&'static str> {
    let age_ms = now_ms - run.as_of_ms;
    if age_ms > world.settings.lifecycle.resume_hours_max * 3_600_000 {
        Some("cut, and too long ago to be resumed")
    } else if options.full && run.since_ms.is_some() {
        Some("cut; the whole list was wanted instead")
    } else {
        None
    }
}

/// Whether the clock of a run fits the last one of its source, or of any source where it has none.
async fn clock_fits(world: &crate::world::World, run: &Run) -> Result<bool, StoreError> {
    let mut before = world.store.runs_before(Some(run.source), run.id, 1).await?;
    if before.is_empty() {
        before = world.store.runs_before(None, run.id, 1).await?;
    }
    let step = before.first().map(|last| run.as_of_ms - last.as_of_ms);
    Ok(step.is_none_or(|ms| (0..=CLOCK_STEP_DAYS_MAX * 86_400_000).contains(&ms)))
}

async fn resume(
    world: &crate::world::World,
    lease: &store::lease::Lease,
    ttl: i64,
    run: Run,
) -> Result<Run, StoreError> {
    let tx = world.store.write().await?;
    tx.fence(lease, ttl).await?;
    tx.resume_run(run.id).await?;
    tx.commit().await?;
    Ok(run)
}

async fn start(
    world: &crate::world::World,
    source: &Source,
    lease: &store::lease::Lease,
    ttl: i64,
    row: &store::source::Source,
    options: &RunOptions,
    lookup: &[String],
) -> Result<Run, StoreError> {
    let as_of_ms = world.clock.now().timestamp_millis();
    let whole = options.full || row.complete_run.is_none() || row.runs_since_full + 1 >= i64::from(source.full_every());
    let since_ms = if whole { None } else { row.watermark_ms.map(|ms| ms - OVERLAP_MS) };
    let slices = {
        let plan =
            Plan { today: seoul_day(instant(as_of_ms)), since: since_ms.map(instant), secrets: &no_secret, lookup };
        slice_rows(&source.slices(&plan), 0)?
    };
    let kind = if since_ms.is_none() { "full" } else { "incremental" };
    let tx = world.store.write().await?;
    tx.fence(lease, ttl).await?;
    let id = tx.begin_run(row.number, kind, as_of_ms, since_ms).await?;
    tx.plan_slices(id, &slices).await?;
    tx.commit().await?;
    Ok(Run {
        id,
        source: row.number,
        kind: kind.to_owned(),
        state: "running".to_owned(),
        as_of_ms,
        ended_ms: None,
        since_ms,
        pages: 0,
        counts: "{}".to_owned(),
        certificate: None,
        error: None,
        wait_until_ms: None,
    })
}

/// What a source is allowed, from its manifest and the deployment's secrets.
pub(crate) fn policy(world: &crate::world::World, source: &Source) -> Policy {
    let pace = source.pace();
    Policy {
        source: source.name().to_owned(),
        hosts: source.hosts().to_vec(),
        per_second: pace.per_second.unwrap_or(0.0),
        per_day: pace.per_day.map(u64::from),
        concurrent: pace.concurrent.map_or(1, u32::from),
        robots: source.is_crawled(),
        secrets: world.settings.secrets_of(source.name(), source.secrets()),
    }
}
