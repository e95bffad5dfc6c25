//! `sync`: runs sources now, shows how it goes, and says what came of it.

use std::sync::Arc;

use adapters::Source;
use anyhow::{Context as _, Result, bail};
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::context::{Code, Ctx};
use super::display::Display;
use super::summary::Summary;
use crate::pipeline::{RunOptions, RunReport};
use crate::worker;

/// Sync sources now.
#[derive(Args, Debug)]
pub struct SyncArgs {
    /// Names of sources; see `source list`.
    pub sources: Vec<String>,
    /// All sources of the catalog.
    #[arg(long)]
    pub all: bool,
    /// Read whole lists even where what changed would be enough.
    #[arg(long)]
    pub full: bool,
}

/// Runs the command.
///
/// # Errors
/// When a name is not in the catalog, or the store fails.
pub async fn run(ctx: &Ctx, args: &SyncArgs) -> Result<Code> {
    let sources = chosen(&ctx.world, &args.sources, args.all)?;
    worker::list_sources(&ctx.world, &sources).await?;
    let options = options(args.full, interrupt());
    let summary = sync(ctx, &sources, &options).await?;
    if args.all {
        worker::prune_pages(&ctx.world).await?;
    }
    summary.print(ctx)?;
    Ok(summary.code())
}

/// The sources that are named, or all that this deployment wants.
///
/// # Errors
/// When a name is not in the catalog, or none is given.
pub fn chosen(world: &crate::world::World, names: &[String], all: bool) -> Result<Vec<Arc<Source>>> {
    let catalog = adapters::catalog();
    if all {
        let only = world.settings.sources.only.as_ref();
        return Ok(catalog.iter().filter(|s| only.is_none_or(|o| o.iter().any(|n| n == s.name()))).cloned().collect());
    }
    if names.is_empty() {
        bail!("name one or more sources, or say --all; `jobhub source list` shows them");
    }
    names
        .iter()
        .map(|name| {
            catalog
                .get(name)
                .cloned()
                .with_context(|| format!("no source is called `{name}`; `jobhub source list` shows them"))
        })
        .collect()
}

/// Syncs with a display; gives what there is to say about it.
///
/// # Errors
/// When the store fails.
pub async fn sync(ctx: &Ctx, sources: &[Arc<Source>], options: &RunOptions) -> Result<Summary> {
    let world = &ctx.world;
    let after = world.store.runs(None, 1).await?.first().map_or(0, |run| run.id);
    world.board.clear();
    let display = Display::start(world.board.clone(), totals(sources), ctx.json);
    let started = std::time::Instant::now();
    let results = worker::sync_all(world, sources, options).await;
    display.finish().await;
    let mut reports: Vec<RunReport> = Vec::new();
    for result in results {
        reports.push(result?);
    }
    reports.sort_by(|a, b| a.source.cmp(&b.source));
    crate::trend::snapshot(world).await?;
    Summary::gather(world, reports, after, started.elapsed()).await
}

/// How many sources there are, by class.
fn totals(sources: &[Arc<Source>]) -> Vec<(String, u64)> {
    let mut totals: Vec<(String, u64)> = Vec::new();
    for class in ["public", "local", "private", "linked"] {
        let count = sources.iter().filter(|s| s.class().name() == class).count() as u64;
        if count > 0 {
            totals.push((class.to_owned(), count));
        }
    }
    totals
}

/// How this process runs sources.
pub fn options(full: bool, cancel: CancellationToken) -> RunOptions {
    RunOptions { full, holder: format!("{}-{:08x}", std::process::id(), rand::random::<u32>()), cancel, pause: None }
}

/// A token that Ctrl-C or SIGTERM cancels: runs stop after the page they are at and resume later.
pub fn interrupt() -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        let stopped = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => signal.recv().await.is_some(),
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            Ok(()) = tokio::signal::ctrl_c() => cancelled.cancel(),
            true = stopped => cancelled.cancel(),
            else => {}
        }
    });
    token
}
