//! `audit`: the hash-chained log of who did what.

use anyhow::Result;
use clap::Subcommand;

use super::context::{Code, Ctx};

/// The hash-chained log of who did what.
#[derive(Subcommand, Debug)]
pub enum AuditCommand {}

/// Runs the command.
///
/// # Errors
/// When the store fails.
#[expect(clippy::unused_async, reason = "its commands read the store")]
pub async fn run(_: &Ctx, command: &AuditCommand) -> Result<Code> {
    match *command {}
}
