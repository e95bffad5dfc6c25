//! `report stages`: how many postings of each source stand at each verification step, and the share that is left after it.

use anyhow::Result;
use clap::Args;

use super::super::context::{Code, Ctx, count, table};
use super::super::refusal::Refusal;
use crate::linked::stages::{self, SourceSteps, StepSum};
use crate::pipeline::source_number;

/// Which sources.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  jobhub report stages saramin")]
pub struct StagesArgs {
    /// Only this source; left out = all that have postings.
    pub source: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When there is no such source, or the store fails.
pub(super) async fn run(ctx: &Ctx, args: &StagesArgs) -> Result<Code> {
    let only = match &args.source {
        None => None,
        Some(name) if adapters::catalog().get(name).is_some() => Some(source_number(name)),
        Some(name) => {
            let what = format!("no source is called `{name}`");
            return Err(Refusal::new(what, "argument SOURCE", "`jobhub source list` shows them").into());
        }
    };
    let report = stages::report(&ctx.world, only).await?;
    if ctx.json {
        ctx.print_json(&report)?;
        return Ok(Code::Ok);
    }
    if report.is_empty() {
        ctx.say("there are no open postings");
        return Ok(Code::Ok);
    }
    let header = [
        "source",
        "postings",
        "office",
        "left",
        "call centre",
        "left",
        "rules",
        "left",
        "coherence",
        "left",
        "published",
    ];
    ctx.out.line(&table(&header, report.iter().map(line)))?;
    ctx.say("\nof each step: held, rejected, waiting (and of how many, for the call centre); left: share not kept back so far");
    Ok(Code::Ok)
}

fn line(source: &SourceSteps) -> Vec<String> {
    let mut cells = vec![source.source.clone(), count(source.postings)];
    for step in &source.steps {
        cells.push(sums(step));
        cells.push(format!("{:.1} %", step.left_permille as f64 / 10.0));
    }
    let share = if source.postings > 0 { source.published * 1000 / source.postings } else { 0 };
    cells.push(format!("{} ({:.1} %)", count(source.published), share as f64 / 10.0));
    cells
}

/// `3 held, 1 rejected, 2 waiting of 40`; nothing where all simply passed.
pub(crate) fn sums(step: &StepSum) -> String {
    let named = [(step.held, "held"), (step.rejected, "rejected"), (step.waiting, "waiting")];
    let words: Vec<String> =
        named.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{} {word}", count(*n))).collect();
    match (step.step.as_str(), step.looked_at) {
        (_, 0) => "–".to_owned(),
        ("call_centre", n) if words.is_empty() => format!("{} passed", count(n)),
        ("call_centre", n) => format!("{} of {}", words.join(", "), count(n)),
        _ => words.join(", "),
    }
}
