//! `linked`: batches of the linked systems.

use anyhow::Result;
use clap::Subcommand;

use super::context::{Code, Ctx};

/// Batches of the linked systems.
#[derive(Subcommand, Debug)]
pub enum LinkedCommand {}

/// Runs the command.
///
/// # Errors
/// When the store fails.
#[expect(clippy::unused_async, reason = "its commands read the store")]
pub async fn run(_: &Ctx, command: &LinkedCommand) -> Result<Code> {
    match *command {}
}
