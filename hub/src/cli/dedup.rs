//! `dedup`: deduplicate files of records and say how well, without a store.

mod evaluate;
mod read;
mod run;
mod tables;

use anyhow::Result;
use clap::Subcommand;

use super::context::{Code, Ctx, Out};

/// Deduplicate files of records; learn and compare weights.
#[derive(Subcommand, Debug)]
pub enum DedupCommand {
    /// Write which records of a file are one vacancy. Needs no store
    Run(run::RunArgs),
    /// Say how well a file of records with known truth is deduplicated. Needs no store
    Eval(evaluate::EvalArgs),
}

impl DedupCommand {
    /// Whether it works on files alone.
    pub fn needs_no_store(&self) -> bool {
        matches!(self, DedupCommand::Run(_) | DedupCommand::Eval(_))
    }
}

/// Runs a command that works on files alone.
///
/// # Errors
/// When a file cannot be read or written, or a line of it is no record.
pub fn run_on_files(out: &Out, json: bool, command: &DedupCommand) -> Result<Code> {
    match command {
        DedupCommand::Run(args) => run::run(out, json, args),
        DedupCommand::Eval(args) => evaluate::run(out, json, args),
    }
}

/// Runs the command.
///
/// # Errors
/// When the store fails, or a file cannot be read or written.
#[expect(clippy::unused_async, reason = "commands on the store follow")]
pub async fn run(ctx: &Ctx, command: &DedupCommand) -> Result<Code> {
    match command {
        DedupCommand::Run(_) | DedupCommand::Eval(_) => run_on_files(&ctx.out, ctx.json, command),
    }
}
