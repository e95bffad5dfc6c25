//! `report`: freshness, lifecycle, stages: what the hub measured of itself.

pub mod stages;

use anyhow::Result;
use clap::Subcommand;

use super::context::{Code, Ctx};

/// Freshness, lifecycle, stages: what the hub measured of itself.
#[derive(Subcommand, Debug)]
pub enum ReportCommand {
    /// How many postings stand at each verification step, by source
    Stages(stages::StagesArgs),
}

/// Runs the command.
///
/// # Errors
/// When the store fails.
pub async fn run(ctx: &Ctx, command: &ReportCommand) -> Result<Code> {
    match command {
        ReportCommand::Stages(args) => stages::run(ctx, args).await,
    }
}
