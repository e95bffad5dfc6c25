//! `dedup model`: versions of the weights.

use anyhow::{Context as _, Result};
use clap::Subcommand;

use super::learn;
use crate::cli::case;
use crate::cli::context::{Code, Ctx, count, minute, table};
use crate::cli::refusal::Refusal;
use crate::matching::{self, Report};

/// Versions of the weights.
#[derive(Subcommand, Debug)]
pub enum ModelCommand {
    /// All versions and which is in use
    List,
    /// A version's report, and with --json its weights
    Show {
        /// Its number.
        version: i64,
    },
    /// Bring a version into use and decide anew what it decides otherwise; 0 is the shipped one
    Activate {
        /// Its number.
        version: i64,
    },
    /// Go back to the version that was in use before
    Revert,
}

/// Runs the command.
///
/// # Errors
/// When there is no such version, or the store fails.
pub(super) async fn run(ctx: &Ctx, command: &ModelCommand) -> Result<Code> {
    match command {
        ModelCommand::List => list(ctx).await,
        ModelCommand::Show { version } => show(ctx, *version).await,
        ModelCommand::Activate { version } => activate(ctx, *version).await,
        ModelCommand::Revert => {
            let before = matching::before(&ctx.world.store).await?;
            let remedy = "`jobhub dedup model list` shows what was in use when";
            let before = before.ok_or_else(|| Refusal::new("no version was ever activated", "the store", remedy))?;
            activate(ctx, before).await
        }
    }
}

async fn list(ctx: &Ctx) -> Result<Code> {
    let models = ctx.world.store.matching_models().await?;
    let uses = ctx.world.store.model_uses().await?;
    let in_use = uses.last().map_or(0, |used| used.version);
    if ctx.json {
        let models: Vec<_> = models
            .iter()
            .map(
                |m| serde_json::json!({ "version": m.version, "name": m.name, "made_ms": m.made_ms, "actor": m.actor }),
            )
            .collect();
        ctx.print_json(&serde_json::json!({ "in_use": in_use, "versions": models, "uses": uses }))?;
        return Ok(Code::Ok);
    }
    let mark = |version: i64| if version == in_use { "in use".to_owned() } else { String::new() };
    let shipped = vec!["0".to_owned(), mark(0), String::new(), String::new(), dedup::Model::default().name];
    let rows =
        models.into_iter().map(|m| vec![m.version.to_string(), mark(m.version), minute(m.made_ms), m.actor, m.name]);
    ctx.out.line(&table(&["version", "", "made", "by", "what"], std::iter::once(shipped).chain(rows)))?;
    Ok(Code::Ok)
}

async fn show(ctx: &Ctx, version: i64) -> Result<Code> {
    let row = ctx.world.store.matching_model(version).await?.ok_or_else(|| nowhere(version))?;
    let report: Report =
        serde_json::from_str(&row.report).with_context(|| format!("the report of version {version} is damaged"))?;
    if ctx.json {
        let weights: serde_json::Value = serde_json::from_str(&row.body)?;
        ctx.print_json(&serde_json::json!({ "version": version, "report": report, "model": weights }))?;
    } else {
        learn::print(ctx, &report)?;
    }
    Ok(Code::Ok)
}

async fn activate(ctx: &Ctx, version: i64) -> Result<Code> {
    let done = matching::activate(&ctx.world, &case::own(), version).await?.ok_or_else(|| nowhere(version))?;
    if ctx.json {
        ctx.print_json(&done)?;
        return Ok(Code::Ok);
    }
    ctx.out.line(&format!(
        "version {version} is in use: {} pairs are decided otherwise, {} postings were decided anew, {} vacancies touched",
        count(done.pairs as i64),
        count(done.postings as i64),
        count(done.vacancies as i64)
    ))?;
    ctx.say("processes that run already keep their version until they are started again");
    Ok(Code::Ok)
}

fn nowhere(version: i64) -> Refusal {
    Refusal::new(format!("there is no version {version}"), "the store", "`jobhub dedup model list` shows all")
}
