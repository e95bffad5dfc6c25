//! `serve` and `worker`: the scheduler and the read API. The only loops that wait for time to pass.

use std::sync::Arc;
use std::time::Duration;

use adapters::Source;
use anyhow::{Context as _, Result};
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::context::{Code, Ctx};
use super::sync::{chosen, interrupt, options};
use crate::pipeline::{RunError, RunReport};
use crate::worker;

/// Time between two looks at what is due.
const TICK: Duration = Duration::from_secs(1);

/// Time between two looks at what the day came to: the last one of a day is at most this long before its end.
const MEASURE: Duration = Duration::from_secs(1800);

/// Run the scheduler and the read API.
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// Only the API; another process syncs.
    #[arg(long)]
    pub no_schedule: bool,
}

/// Runs `serve`.
///
/// # Errors
/// When the address is taken or the store fails.
pub async fn run(ctx: &Ctx, args: &ServeArgs) -> Result<Code> {
    let sources = if args.no_schedule { Vec::new() } else { chosen(&ctx.world, &[], true)? };
    serve(ctx, &sources, interrupt()).await?;
    Ok(Code::Ok)
}

/// Runs `worker`: the scheduler without the API.
///
/// # Errors
/// When the store fails.
pub async fn run_worker(ctx: &Ctx) -> Result<Code> {
    let sources = chosen(&ctx.world, &[], true)?;
    worker::list_sources(&ctx.world, &sources).await?;
    schedule(ctx, &sources, interrupt()).await?;
    Ok(Code::Ok)
}

/// Serves until cancelled; with sources, also runs what is due.
///
/// # Errors
/// When the address is taken or the store fails.
pub async fn serve(ctx: &Ctx, sources: &[Arc<Source>], cancel: CancellationToken) -> Result<()> {
    let listen = &ctx.world.settings.serve.listen;
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}; another program has it: set serve.listen in hub.toml to a free address")
    })?;
    let address = listener.local_addr()?;
    ctx.say(&format!("\nServing http://{address}/v1/vacancies, /v1/changes?since=, /v1/sources, /metrics, /openapi.json (Ctrl-C ends)"));
    let stop = cancel.clone();
    ctx.say(&format!("The console is at http://{address}/ (`jobhub user add` makes a login)"));
    let routes = crate::api::router(ctx.world.clone()).merge(crate::console::router(ctx.world.clone()));
    let server = axum::serve(listener, routes.into_make_service_with_connect_info::<std::net::SocketAddr>())
        .with_graceful_shutdown(async move { stop.cancelled().await });
    if sources.is_empty() {
        return server.await.context("the server broke");
    }
    worker::list_sources(&ctx.world, sources).await?;
    let (served, scheduled) = tokio::join!(server, schedule(ctx, sources, cancel));
    served.context("the server broke")?;
    scheduled
}

/// Runs what is due, each source in its own task: a slow or waiting one holds up no other.
async fn schedule(ctx: &Ctx, sources: &[Arc<Source>], cancel: CancellationToken) -> Result<()> {
    let options = options(false, cancel.clone());
    let slots = Arc::new(tokio::sync::Semaphore::new(ctx.world.settings.run.concurrency));
    let tracker = tokio_util::task::TaskTracker::new();
    let mut pruned = None;
    let mut measured: Option<std::time::Instant> = None;
    while !cancel.is_cancelled() {
        let today = crate::world::seoul_day(ctx.world.clock.now());
        if pruned.replace(today) != Some(today)
            && let Err(error) = worker::prune_pages(&ctx.world).await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot drop old pages");
        }
        if measured.is_none_or(|at| at.elapsed() >= MEASURE) {
            measured = Some(std::time::Instant::now());
            if let Err(error) = crate::trend::snapshot(&ctx.world).await {
                tracing::error!(error = &error as &dyn std::error::Error, "cannot write what the day came to");
            }
        }
        let due = worker::due(&ctx.world, sources, ctx.world.clock.now()).await.unwrap_or_else(|error| {
            // a store that is away for a moment must not end the schedule; the tick is caught up
            tracing::error!(error = &error as &dyn std::error::Error, "cannot look up what is due");
            Vec::new()
        });
        for source in due {
            let (world, options, slots) = (ctx.world.clone(), options.clone(), slots.clone());
            tracker.spawn(async move {
                let Ok(_slot) = slots.acquire_owned().await else { return };
                for result in worker::sync_all(&world, &[source], &options).await {
                    log(result);
                }
            });
        }
        tokio::select! {
            () = cancel.cancelled() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
    tracker.close();
    tracker.wait().await;
    Ok(())
}

fn log(result: std::result::Result<RunReport, RunError>) {
    match result {
        Ok(run) => tracing::info!(
            source = run.source,
            state = run.state,
            rows = run.counts.rows,
            error = run.error,
            "run ended"
        ),
        Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "run broke"),
    }
}
