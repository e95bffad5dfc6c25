//! `normalize`: how well strings and postings are read. Works on files alone, without a store.

use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result};
use chrono::NaiveDate;
use clap::Subcommand;

use super::context::{Code, Out};
use super::refusal::Refusal;

mod agree;
mod columns;
mod eval;

pub use agree::AgreeArgs;
pub use eval::EvalArgs;

/// How well strings and postings are read.
#[derive(Subcommand, Debug)]
pub enum NormalizeCommand {
    /// Count how many strings of one field are understood
    Eval(EvalArgs),
    /// Compare how several programs read the same postings
    Agree(AgreeArgs),
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read or does not have the columns that are needed.
pub fn run(out: &Out, json: bool, today: NaiveDate, command: &NormalizeCommand) -> Result<Code> {
    match command {
        NormalizeCommand::Eval(args) => eval::run(out, json, today, args),
        NormalizeCommand::Agree(args) => agree::run(out, json, today, args),
    }
}

/// A file for reading; `-` is the standard input.
fn open(path: &Path) -> Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let file = std::fs::File::open(path)
        .map_err(|error| {
            Refusal::new(
                format!("cannot read {}: {error}", path.display()),
                "argument FILE",
                "name a file that exists, or - for the standard input",
            )
        })
        .context("cannot open the file")?;
    Ok(Box::new(file))
}

/// Part of a whole, 0 of nothing.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A share in per cent, with two decimals.
fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}
