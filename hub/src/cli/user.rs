//! `user`: people who may use the console.

use anyhow::Result;
use clap::Subcommand;

use super::context::{Code, Ctx};

/// People who may use the console.
#[derive(Subcommand, Debug)]
pub enum UserCommand {}

/// Runs the command.
///
/// # Errors
/// When the store fails.
#[expect(clippy::unused_async, reason = "its commands read the store")]
pub async fn run(_: &Ctx, command: &UserCommand) -> Result<Code> {
    match *command {}
}
