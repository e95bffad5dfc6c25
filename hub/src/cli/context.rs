//! What every command has in hand: the world, where to print, and the exit codes.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use comfy_table::{ContentArrangement, Table, presets::UTF8_HORIZONTAL_ONLY};
use serde::Serialize;

use crate::world::World;

/// A command's surroundings.
pub struct Ctx {
    /// Time, network, store.
    pub world: World,
    /// A program reads the output.
    pub json: bool,
}

/// Exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// 0: done.
    Ok,
    /// 1: wrong use, or a bug.
    Bug,
    /// 2: what was checked is not valid.
    Invalid,
    /// 3: a source could not be read.
    Unreachable,
    /// 4: another process has it.
    Conflict,
    /// 130: stopped by Ctrl-C.
    Interrupted,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(match code {
            Code::Ok => 0,
            Code::Bug => 1,
            Code::Invalid => 2,
            Code::Unreachable => 3,
            Code::Conflict => 4,
            Code::Interrupted => 130,
        })
    }
}

impl Ctx {
    /// A command's surroundings.
    pub fn new(world: World, json: bool) -> Ctx {
        Ctx { world, json }
    }

    /// Says something to a person; nothing where a program reads.
    pub fn say(&self, text: &str) {
        if !self.json {
            // a closed pipe ends the talking, not the work
            let _ = writeln!(std::io::stdout().lock(), "{text}");
        }
    }

    /// Prints a value as JSON.
    ///
    /// # Errors
    /// When the output is closed.
    pub fn print_json(&self, value: &impl Serialize) -> Result<()> {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, value)?;
        writeln!(out)?;
        Ok(())
    }
}

/// A table for people.
pub fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_header(head);
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}
