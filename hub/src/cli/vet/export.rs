//! `vet export`: the verdicts on a source's own postings, as CSV or JSON Lines, for the partner that published them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::super::context::{Code, Ctx, count, plain};
use super::super::refusal::Refusal;
use crate::pipeline::source_number;
use crate::verdicts::partner::{LIMIT_MAX, PartnerVerdict, verdicts};

/// Whose verdicts, and where to.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub vet export --source saramin --out saramin-verdicts.csv\n  jobhub vet export --source saramin --format jsonl --all | head"
)]
pub struct ExportArgs {
    /// Source.
    #[arg(long)]
    pub source: String,
    /// How to write them.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
    /// Where to; left out = the standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Also the postings that nothing speaks against.
    #[arg(long)]
    pub all: bool,
    /// Write over a file that is there.
    #[arg(long)]
    pub force: bool,
}

/// Forms of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table with a header; cells that a spreadsheet would run are neutralised.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// What an export came to.
#[derive(Serialize)]
struct Exported {
    file: String,
    postings: u64,
    rows: u64,
}

/// Columns of the table.
const COLUMNS: [&str; 14] = [
    "external_id",
    "title",
    "state",
    "verdict",
    "rule",
    "about_ko",
    "about_en",
    "effect",
    "field",
    "span",
    "article",
    "todo_ko",
    "todo_en",
    "date",
];

/// Writes the verdicts.
pub(super) async fn run(ctx: &Ctx, args: &ExportArgs) -> Result<Code> {
    let number = source_number(&args.source);
    if ctx.world.store.source(number).await?.is_none() {
        let what = format!("no source is called `{}`", args.source);
        return Err(Refusal::new(what, "option --source", "`jobhub source list` shows them").into());
    }
    let mut text: Vec<u8> = Vec::new();
    let mut file = match &args.out {
        None => None,
        Some(path) => {
            let place = path.display().to_string();
            if path.exists() && !args.force {
                return Err(
                    Refusal::new("the file is there already", place, "name another file, or say --force").into()
                );
            }
            let part = path.with_extension("part");
            let made = File::create(&part).map_err(|error| {
                Refusal::new(error.to_string(), place, "name a file in a folder that can be written to")
            })?;
            Some((BufWriter::new(made), part, path))
        }
    };
    let (mut after, mut postings, mut rows) = (i64::MIN, 0, 0);
    let mut first = true;
    loop {
        let part = verdicts(&ctx.world, number, after, LIMIT_MAX, args.all).await?;
        postings += part.postings;
        rows += part.rows.len() as u64;
        lay_out(&mut text, &part.rows, args.format, std::mem::take(&mut first))?;
        if let Some((file, ..)) = &mut file {
            file.write_all(&text).context("cannot write the file")?;
        } else {
            let piece = std::str::from_utf8(&text).unwrap_or_default().trim_end_matches('\n');
            if !piece.is_empty() {
                ctx.out.line(piece)?;
            }
        }
        text.clear();
        match part.next {
            Some(next) => after = next,
            None => break,
        }
    }
    let Some((file, part, path)) = file else { return Ok(Code::Ok) };
    file.into_inner().map_err(|error| error.into_error()).context("cannot write the file")?.sync_all()?;
    std::fs::rename(&part, path).with_context(|| format!("cannot rename {} to {}", part.display(), path.display()))?;
    let exported = Exported { file: path.display().to_string(), postings, rows };
    if ctx.json {
        ctx.print_json(&exported)?;
    } else {
        let number = |n: u64| count(i64::try_from(n).unwrap_or(i64::MAX));
        ctx.say(&format!("{} reasons about {} postings in {}", number(rows), number(postings), exported.file));
    }
    Ok(Code::Ok)
}

fn lay_out(text: &mut Vec<u8>, rows: &[PartnerVerdict], format: Format, first: bool) -> Result<()> {
    match format {
        Format::Jsonl => {
            for row in rows {
                serde_json::to_writer(&mut *text, row)?;
                text.push(b'\n');
            }
        }
        Format::Csv => {
            let mut table = csv::Writer::from_writer(&mut *text);
            if first {
                table.write_record(COLUMNS)?;
            }
            for row in rows {
                table.write_record(cells(row).map(safe))?;
            }
            table.flush()?;
        }
    }
    Ok(())
}

fn cells(row: &PartnerVerdict) -> [&str; 14] {
    [
        &row.external_id,
        &row.title,
        &row.state,
        &row.verdict,
        &row.rule,
        &row.about_ko,
        &row.about_en,
        &row.effect,
        &row.field,
        &row.span,
        &row.article,
        &row.todo_ko,
        &row.todo_en,
        &row.date,
    ]
}

/// A cell that a spreadsheet does not run.
fn safe(cell: &str) -> String {
    let cell = plain(cell);
    if cell.starts_with(['=', '+', '-', '@', '\t']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_a_spreadsheet_would_run_are_neutralised() {
        for (cell, want) in [("=1+1", "'=1+1"), ("@x", "'@x"), ("여성 우대", "여성 우대"), ("a\nb", "a b")] {
            assert_eq!(safe(cell), want);
        }
    }
}
