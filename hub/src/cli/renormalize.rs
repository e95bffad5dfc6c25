//! `renormalize`: replay the store under the present rules.

use anyhow::Result;
use clap::Subcommand;

use super::context::{Code, Ctx};

/// Replay the store under the present rules.
#[derive(Subcommand, Debug)]
pub enum RenormalizeCommand {}

/// Runs the command.
///
/// # Errors
/// When the store fails.
#[expect(clippy::unused_async, reason = "its commands read the store")]
pub async fn run(_: &Ctx, command: &RenormalizeCommand) -> Result<Code> {
    match *command {}
}
