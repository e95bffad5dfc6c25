//! `dedup`: deduplicate files of records and say how well, without a store; learn weights from the store's decisions.

mod evaluate;
mod learn;
mod read;
mod run;
mod tables;
mod weights;

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
    /// Learn weights anew from the store and its stewards' decisions; nothing changes until they are activated
    Learn(learn::LearnArgs),
    /// Versions of the weights: list, show, activate, revert
    #[command(subcommand)]
    Model(weights::ModelCommand),
}

impl DedupCommand {
    /// Whether it works on files alone.
    pub fn needs_no_store(&self) -> bool {
        matches!(self, DedupCommand::Run(_) | DedupCommand::Eval(_))
    }
}

/// Runs a command that works on files alone; the others need [`run`].
///
/// # Errors
/// When a file cannot be read or written, or a line of it is no record.
pub fn run_on_files(out: &Out, json: bool, command: &DedupCommand) -> Result<Code> {
    match command {
        DedupCommand::Run(args) => run::run(out, json, args),
        DedupCommand::Eval(args) => evaluate::run(out, json, args),
        DedupCommand::Learn(_) | DedupCommand::Model(_) => anyhow::bail!("this command needs a store"),
    }
}

/// Runs the command.
///
/// # Errors
/// When the store fails, or a file cannot be read or written.
pub async fn run(ctx: &Ctx, command: &DedupCommand) -> Result<Code> {
    match command {
        DedupCommand::Learn(args) => learn::run(ctx, args).await,
        DedupCommand::Model(command) => weights::run(ctx, command).await,
        DedupCommand::Run(_) | DedupCommand::Eval(_) => run_on_files(&ctx.out, ctx.json, command),
    }
}
