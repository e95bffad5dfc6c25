//! Which sources are run when, and how many at a time. `due` decides for one instant; only `cli::serve` loops.

use std::sync::Arc;

use adapters::Source;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};

use crate::lifecycle;
use crate::pipeline::{self, RunError, RunOptions, RunReport, source_number};
use crate::schedule::Schedule;
use crate::terms::Terms;
use crate::world::World;

/// Syncs sources, several at a time; linked systems last, because they are asked about what the others brought.
/// The failure of one never touches another.
pub async fn sync_all(
    world: &World,
    sources: &[Arc<Source>],
    options: &RunOptions,
) -> Vec<Result<RunReport, RunError>> {
    let (linked, portals): (Vec<_>, Vec<_>) = sources.iter().cloned().partition(|s| s.is_signal());
    let mut reports = wave(world, portals, options).await;
    reports.extend(wave(world, linked, options).await);
    // what came after a linked system's run, and what every day brings: samples, tests that end
    if let Err(error) = crate::linked::coherence::catch_up(world).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "linked systems are not caught up with; the next round does it"
        );
    }
    if let Err(error) = crate::review::tick(world).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the review is not brought up to date; the next round does it"
        );
    }
    remember_web(world).await;
    if world.lifecycle.pass_is_due(world.clock.now().timestamp_millis())
        && let Err(error) = lifecycle::daily(world).await
    {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the pass over what time changes failed; the next round tries again"
        );
    }
    if let Err(error) = world.lifecycle.renew(&world.store).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot learn from what was counted; the rules stay");
    }
    reports
}

/// Drops raw pages that are old and that nothing rests on any more; gives how many.
///
/// # Errors
/// When the store fails.
pub async fn prune_pages(world: &World) -> store::Result<u64> {
    let before = world.clock.now() - chrono::Duration::days(world.settings.lifecycle.pages_keep_days);
    let tx = world.store.write().await?;
    let dropped = tx.prune_pages(before.timestamp_millis()).await?;
    tx.commit().await?;
    Ok(dropped)
}

/// Keeps what politeness must not forget over a restart: quotas used, pauses asked for, robots.txt read (R18).
async fn remember_web(world: &World) {
    world.web.retain_recent();
    let text = serde_json::to_string(&world.web.state()).unwrap_or_default();
    if let Err(error) = world.store.keep_web_state(&text).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot keep the state of the web");
    }
}

async fn wave(world: &World, sources: Vec<Arc<Source>>, options: &RunOptions) -> Vec<Result<RunReport, RunError>> {
    stream::iter(sources)
        .map(|source| {
            let (world, options) = (world.clone(), options.clone());
            async move {
                // its own task: a panic there ends that run and no other
                let name = source.name().to_owned();
                let class = source.class().name().to_owned();
                let task = tokio::spawn(async move { run_and_look(&world, &source, &options).await });
                task.await.unwrap_or_else(|error| Ok(broken(name, class, &error.to_string())))
            }
        })
        .buffer_unordered(world.settings.run.concurrency)
        .collect()
        .await
}

/// A run, and then a look at the pages of postings it left in doubt.
async fn run_and_look(world: &World, source: &Arc<Source>, options: &RunOptions) -> Result<RunReport, RunError> {
    let report = pipeline::run(world, source, options).await?;
    if report.state == "complete" {
        let looked = lifecycle::probe::after_run(world, source, report.run, &options.cancel).await;
        looked.map_err(|error| RunError::Store { source_name: source.name().to_owned(), error })?;
    }
    Ok(report)
}

fn broken(source: String, class: String, why: &str) -> RunReport {
    RunReport {
        run: 0,
        source,
        class,
        state: "failed".to_owned(),
        error: Some(format!("the run broke and resumes from its mark: {why}")),
        counts: pipeline::Counts::default(),
        certificate: None,
        elapsed_ms: 0,
    }
}

/// The sources that are due at an instant; each is given its next tick, so that whatever was missed is caught up once.
///
/// # Errors
/// When the store fails.
pub async fn due(world: &World, sources: &[Arc<Source>], now: DateTime<Utc>) -> store::Result<Vec<Arc<Source>>> {
    let now_ms = now.timestamp_millis();
    let rows = world.store.sources().await?;
    let waited = world.store.waited_enough(now_ms).await?;
    let mut due = Vec::new();
    let mut next = Vec::new();
    for source in sources {
        let Ok(schedule) = Schedule::parse(source.schedule()) else { continue };
        let number = source_number(source.name());
        let known = rows.iter().find(|row| row.number == number).and_then(|row| row.next_due_ms);
        if known.is_none_or(|at| at <= now_ms) {
            if let Some(at) = schedule.next_after(now) {
                next.push((number, at.timestamp_millis()));
            }
            due.push(source.clone());
        } else if waited.contains(&number) {
            due.push(source.clone());
        }
    }
    if !next.is_empty() {
        let tx = world.store.write().await?;
        for (number, at) in next {
            tx.set_next_due(number, at).await?;
        }
        tx.commit().await?;
    }
    Ok(due)
}

/// Enters the catalog into the store.
///
/// # Errors
/// When the store fails.
pub async fn list_sources(world: &World, sources: &[Arc<Source>]) -> store::Result<()> {
    let listed: Vec<store::source::Listed<'_>> = sources
        .iter()
        .map(|source| store::source::Listed {
            number: source_number(source.name()),
            name: source.name(),
            class: source.class().name(),
            title: source.title(),
            entity: if source.is_signal() { "signal" } else { "posting" },
        })
        .collect();
    let tx = world.store.write().await?;
    tx.list_sources(&listed).await?;
    tx.commit().await
}
