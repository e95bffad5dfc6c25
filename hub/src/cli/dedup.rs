//! `dedup`: deduplicate files of records; learn and compare weights.

use anyhow::Result;
use clap::Subcommand;

use super::context::{Code, Ctx};

/// Deduplicate files of records; learn and compare weights.
#[derive(Subcommand, Debug)]
pub enum DedupCommand {}

/// Runs the command.
///
/// # Errors
/// When the store fails.
#[expect(clippy::unused_async, reason = "its commands read the store")]
pub async fn run(_: &Ctx, command: &DedupCommand) -> Result<Code> {
    match *command {}
}
