//! `vet`: verdicts: why, and under which law.

use anyhow::Result;
use clap::Subcommand;

use super::context::{Code, Ctx};

/// Verdicts: why, and under which law.
#[derive(Subcommand, Debug)]
pub enum VetCommand {}

/// Runs the command.
///
/// # Errors
/// When the store fails.
#[expect(clippy::unused_async, reason = "its commands read the store")]
pub async fn run(_: &Ctx, command: &VetCommand) -> Result<Code> {
    match *command {}
}
