//! `report`: freshness, lifecycle, stages: what the hub measured of itself.

use anyhow::Result;
use clap::Subcommand;

use super::context::{Code, Ctx};

/// Freshness, lifecycle, stages: what the hub measured of itself.
#[derive(Subcommand, Debug)]
pub enum ReportCommand {}

/// Runs the command.
///
/// # Errors
/// When the store fails.
#[expect(clippy::unused_async, reason = "its commands read the store")]
pub async fn run(_: &Ctx, command: &ReportCommand) -> Result<Code> {
    match *command {}
}
