//! `source probe`: one live page, under the same agreement, pace and limits as a run, explained like a saved one.

use std::path::PathBuf;
use std::time::Duration;

use adapters::check::explain;
use adapters::{Agreement, Source};
use anyhow::{Context as _, Result};
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::super::context::{Code, Ctx};
use super::super::refusal::Refusal;
use super::{check, known};
use crate::pipeline::{self, source_number};
use crate::web::{Budget, FetchError, Fetched};
use crate::world::seoul_day;

/// Longest time a probe takes.
const TIME_MAX: Duration = Duration::from_secs(60);
/// Business numbers a linked system is asked about in a probe.
const LOOKUP: i64 = 1;

/// Which source.
#[derive(Args, Debug)]
pub struct ProbeArgs {
    /// Its name.
    pub source: String,
    /// Keep the page in this file, for `source check`.
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
}

/// Runs the command.
pub(super) async fn run(ctx: &Ctx, args: &ProbeArgs) -> Result<Code> {
    let source = known(&args.source)?;
    allowed(ctx, &source).await?;
    let lookup = ctx.world.store.numbers_to_ask(source_number(source.name()), LOOKUP).await?;
    let ask = check::first_ask(ctx, &source, &lookup)?;
    ctx.say(&format!("asking {}", ask.url));
    let deadline = ctx.world.web_clock.now() + TIME_MAX;
    let budget = Budget::new(deadline, 0, CancellationToken::new());
    let fetched = ctx
        .world
        .web
        .get(&pipeline::policy(&ctx.world, &source), &ask, None, &budget)
        .await
        .map_err(|error| unreachable(&error, &ask.url))?;
    ctx.say(&said(&fetched));
    if let Some(path) = &args.save {
        std::fs::write(path, &fetched.body).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let explanation = explain(&source, &ask, &fetched.answer())
        .map_err(|error| check::unreadable(&error, &fetched.final_url).ending(Code::Unreachable))?;
    check::print(ctx, &explanation)
}

/// Refuses a source that may not be asked now.
async fn allowed(ctx: &Ctx, source: &Source) -> Result<(), anyhow::Error> {
    if source.agreement() != Agreement::Required {
        return Ok(());
    }
    let today = seoul_day(ctx.world.clock.now()).to_string();
    let on_file = ctx.world.store.agreement(source_number(source.name())).await?;
    let good = on_file.is_some_and(|a| a.since <= today && a.until.is_none_or(|until| until >= today));
    if good {
        return Ok(());
    }
    let remedy = format!("`jobhub source agree {} --document … --since …` puts one on file", source.name());
    Err(Refusal::new("no agreement is on file for today; a portal may be read only under one", source.name(), remedy)
        .into())
}

fn said(fetched: &Fetched) -> String {
    format!(
        "{} {}, {} bytes in {:.2} s from {}\n",
        fetched.status,
        fetched.content_type.as_deref().unwrap_or("(no Content-Type)"),
        fetched.body.len(),
        fetched.elapsed.as_secs_f64(),
        fetched.final_url
    )
}

fn unreachable(error: &FetchError, url: &str) -> Refusal {
    let remedy = match error {
        FetchError::Secret { .. } => "set the secret in the environment: JOBHUB_SECRET_<SOURCE>_<NAME>",
        FetchError::Robots { .. } | FetchError::RobotsUnavailable { .. } => {
            "the portal's robots.txt keeps us out: ask its owner for an interface"
        }
        FetchError::Quota { .. } | FetchError::Deferred { .. } | FetchError::Open { .. } => {
            "wait until the portal may be asked again"
        }
        FetchError::Address { .. } | FetchError::Redirect { .. } | FetchError::Request { .. } => {
            "check the address and [requester] hosts in the manifest"
        }
        _ => "check the network, and whether the portal is up",
    };
    Refusal::new(error.to_string(), url, remedy).ending(Code::Unreachable)
}
