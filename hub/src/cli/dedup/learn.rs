//! `dedup learn`: weights anew from the store and its decisions, kept as a version with a report before and after.

use anyhow::Result;
use clap::Args;

use super::read;
use crate::cli::case;
use crate::cli::context::{Code, Ctx, count, table};
use crate::matching::{self, Report, Zone};

/// Learn weights.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  jobhub dedup learn\n  jobhub dedup model activate 1\n  jobhub dedup model revert")]
pub struct LearnArgs {
    /// Learn from what portals say of one another too, not from decisions alone.
    #[arg(long)]
    pub free: bool,
    /// Threads; left out = as many as there are processors.
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// Runs the command.
///
/// # Errors
/// When the store fails.
pub(super) async fn run(ctx: &Ctx, args: &LearnArgs) -> Result<Code> {
    let threads = read::threads(args.threads);
    let (version, report) = matching::learn(&ctx.world, &case::own(), args.free, threads).await?;
    if ctx.json {
        ctx.print_json(&serde_json::json!({ "version": version, "report": report }))?;
        return Ok(Code::Ok);
    }
    ctx.out.line(&format!("version {version} is kept; version {} is in use", report.against))?;
    print(ctx, &report)?;
    ctx.say(&format!("\nto use it: `jobhub dedup model activate {version}`; back again: `jobhub dedup model revert`"));
    Ok(Code::Ok)
}

/// The report as text.
pub(super) fn print(ctx: &Ctx, report: &Report) -> Result<()> {
    ctx.out.line(&format!(
        "learned from {} postings, {} decisions, {} + {} free labels; compared with version {}",
        count(report.postings as i64),
        count(report.decisions as i64),
        count(report.free.0 as i64),
        count(report.free.1 as i64),
        report.against
    ))?;
    let rows =
        report.moves.iter().map(|m| vec![words(m.from).to_owned(), words(m.to).to_owned(), count(m.pairs as i64)]);
    ctx.out.line(&table(&["now", "then", "stored pairs"], rows))?;
    ctx.out.line(&format!(
        "decisions it would have given itself: {} now, {} then",
        count(report.agreed.0 as i64),
        count(report.agreed.1 as i64)
    ))
}

fn words(zone: Zone) -> &'static str {
    match zone {
        Zone::Same => "joined",
        Zone::Asked => "asked",
        Zone::Apart => "apart",
    }
}
