//! `completions`: a script that completes commands in a shell.

use anyhow::Result;
use clap::Args;
use clap_complete::Shell;

use super::context::{Code, Out};

/// Print a completion script for a shell.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// Which shell.
    pub shell: Shell,
}

/// Runs the command. `command` is the whole command line, as `CommandFactory::command()` gives it.
///
/// # Errors
/// When the output is closed.
pub fn run(out: &Out, args: &CompletionsArgs, mut command: clap::Command) -> Result<Code> {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    out.line(String::from_utf8_lossy(&script).trim_end())?;
    Ok(Code::Ok)
}
