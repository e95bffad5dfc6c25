//! `case list`: the questions that wait for a steward.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::context::{Code, Ctx, count, cut, minute, table};
use crate::view::{PostingId, source_name, time};

/// Look at questions that wait for a steward.
#[derive(Subcommand, Debug)]
pub enum CaseCommand {
    /// List open cases, oldest first
    List(ListArgs),
}

/// Which cases.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Only this family.
    #[arg(long, value_parser = ["duplicate", "conflict", "suspicious", "filled", "tripwire"])]
    pub family: Option<String>,
    /// At most so many of each family.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    pub limit: i64,
}

/// A case, for a program.
#[derive(Serialize)]
struct CaseView {
    id: String,
    family: String,
    opened: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<i64>,
    postings: Vec<PostingId>,
    about: serde_json::Value,
    #[serde(skip)]
    opened_ms: i64,
}

/// Runs the command.
///
/// # Errors
/// When the store fails.
pub async fn run(ctx: &Ctx, command: &CaseCommand) -> Result<Code> {
    let CaseCommand::List(args) = command;
    let counts = ctx.world.store.open_cases().await?;
    let mut cases = Vec::new();
    for (family, _) in counts.iter().filter(|(family, _)| args.family.as_ref().is_none_or(|wanted| wanted == family)) {
        for case in ctx.world.store.cases(family, args.limit).await? {
            cases.push(CaseView {
                id: format!("c{:016x}", case.id.cast_unsigned()),
                opened: time(case.opened_ms),
                source: case.source.map(|number| source_name(&ctx.world, number).to_owned()),
                run: case.run,
                postings: case.a.into_iter().chain(case.b).map(PostingId).collect(),
                about: serde_json::from_str(&case.body).unwrap_or_default(),
                opened_ms: case.opened_ms,
                family: case.family,
            });
        }
    }
    if ctx.json {
        ctx.print_json(&cases)?;
        return Ok(Code::Ok);
    }
    if cases.is_empty() {
        ctx.say("no case waits for a steward");
        return Ok(Code::Ok);
    }
    let rows = cases.iter().map(|case| vec![case.id.clone(), case.family.clone(), minute(case.opened_ms), about(case)]);
    ctx.out.line(&table(&["case", "family", "opened", "about"], rows))?;
    let totals: Vec<String> = counts.iter().map(|(family, n)| format!("{} {family}", count(*n))).collect();
    ctx.say(&format!("\nopen: {}", totals.join(", ")));
    Ok(Code::Ok)
}

/// A case in a line.
fn about(case: &CaseView) -> String {
    match (case.family.as_str(), &case.postings[..]) {
        ("duplicate", [a, b]) => {
            let bits = case.about["millibits"].as_f64().unwrap_or(0.0) / 1000.0;
            format!("{bits:+.1} bits; `jobhub vacancy why {a} {b}`")
        }
        _ => {
            let why = case.about["why"].as_str().unwrap_or_default();
            let source = case.source.as_deref().unwrap_or_default();
            let run = case.run.map(|run| format!("; `jobhub run show {run}`")).unwrap_or_default();
            format!("{source}: {}{run}", cut(why, 120))
        }
    }
}
