//! `normalize`: how well strings and postings are read.

use anyhow::Result;
use clap::Subcommand;

use super::context::{Code, Ctx};

/// How well strings and postings are read.
#[derive(Subcommand, Debug)]
pub enum NormalizeCommand {}

/// Runs the command.
///
/// # Errors
/// When the store fails.
#[expect(clippy::unused_async, reason = "its commands read the store")]
pub async fn run(_: &Ctx, command: &NormalizeCommand) -> Result<Code> {
    match *command {}
}
