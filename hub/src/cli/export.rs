//! `export`: the whole store, or what is published of it, as CSV, JSON Lines or Parquet. Read by key in batches, so that
//! memory stays flat; written beside its name and renamed when whole, so that there is never half a file under it.

mod columns;
mod delimited;
mod json_lines;
mod parquet_file;

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::context::{Code, Ctx, count};
use super::refusal::Refusal;
use crate::view::{Audience, PostingView, VacancyView, view_postings, view_vacancies};
use columns::Tabular;

/// Rows read and written at a time.
const BATCH: i64 = 1000;

/// Export vacancies or postings.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub export --format csv --bom --out vacancies.csv\n  jobhub export --format parquet --what postings --out postings.parquet\n  jobhub export --format jsonl --out - | head"
)]
pub struct ExportArgs {
    /// How to write them.
    #[arg(long, value_enum)]
    pub format: Format,
    /// Where to; `-` = the standard output (CSV and JSON Lines).
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// What to write.
    #[arg(long, value_enum, default_value_t = What::Vacancies)]
    pub what: What,
    /// Also closed ones and those that are held or rejected; for use inside only.
    #[arg(long)]
    pub all: bool,
    /// Write over a file that is there.
    #[arg(long)]
    pub force: bool,
    /// CSV: begin with a byte order mark, so that spreadsheets read it as UTF-8.
    #[arg(long)]
    pub bom: bool,
}

/// Forms of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table with a header; cells that a spreadsheet would run are neutralised.
    Csv,
    /// One JSON object a line, whole.
    Jsonl,
    /// A table in columns, compressed.
    Parquet,
}

/// What to export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// One row a job.
    Vacancies,
    /// One row a source's posting.
    Postings,
}

/// Where rows go.
trait Sink<T> {
    /// Takes a batch.
    fn write(&mut self, rows: &[T]) -> Result<()>;
    /// Writes what is left.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// What an export came to.
#[derive(Serialize)]
struct Exported {
    file: String,
    rows: u64,
    bytes: Option<u64>,
}

/// Runs the command. Contacts are never exported.
///
/// # Errors
/// When the file cannot be written or the store fails.
pub async fn run(ctx: &Ctx, args: &ExportArgs) -> Result<Code> {
    let place = args.out.display().to_string();
    let to_stream = place == "-";
    if to_stream && args.format == Format::Parquet {
        return Err(Refusal::new("Parquet cannot be streamed", "option --out -", "name a file").into());
    }
    if !to_stream && args.out.exists() && !args.force {
        return Err(Refusal::new("the file is there already", place, "name another file, or say --force").into());
    }
    let part = part_of(&args.out);
    let stream: Box<dyn Write + Send> = if to_stream {
        Box::new(BufWriter::new(std::io::stdout()))
    } else {
        let file = File::create(&part).map_err(|error| {
            Refusal::new(
                error.to_string(),
                part.display().to_string(),
                "name a file in a folder that can be written to",
            )
        })?;
        Box::new(BufWriter::new(file))
    };
    let bar = bar(ctx, args).await?;
    let written = match args.what {
        What::Vacancies => vacancies(ctx, args, sink(args, stream)?, &bar).await,
        What::Postings => postings(ctx, args, sink(args, stream)?, &bar).await,
    };
    bar.finish_and_clear();
    let rows = match written {
        Ok(rows) => rows,
        Err(error) => {
            if !to_stream {
                // the error matters, not whether its remains could be removed
                let _ = std::fs::remove_file(&part);
            }
            return Err(error);
        }
    };
    if to_stream {
        return Ok(Code::Ok);
    }
    let bytes = put(&part, &args.out)?;
    if ctx.json {
        ctx.print_json(&Exported { file: place, rows, bytes: Some(bytes) })?;
    } else {
        let rows = count(i64::try_from(rows).unwrap_or(i64::MAX));
        ctx.say(&format!("{rows} rows, {} bytes in {place}", count(i64::try_from(bytes).unwrap_or(i64::MAX))));
    }
    Ok(Code::Ok)
}

/// The name a file has until it is whole.
fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    path.with_file_name(name)
}

/// Puts a whole file in its place; gives its length.
fn put(part: &Path, path: &Path) -> Result<u64> {
    let file = File::open(part).with_context(|| format!("{} is gone", part.display()))?;
    file.sync_all().with_context(|| format!("cannot write {}", part.display()))?;
    std::fs::rename(part, path).with_context(|| format!("cannot rename {} to {}", part.display(), path.display()))?;
    Ok(file.metadata().map(|m| m.len()).unwrap_or_default())
}

fn sink<T: Tabular + Serialize + 'static>(
    args: &ExportArgs,
    stream: Box<dyn Write + Send>,
) -> Result<Box<dyn Sink<T>>> {
    Ok(match args.format {
        Format::Csv => Box::new(delimited::Delimited::new(stream, args.bom)?),
        Format::Jsonl => Box::new(json_lines::JsonLines::new(stream)),
        Format::Parquet => Box::new(parquet_file::ParquetFile::new(stream)?),
    })
}

async fn vacancies(
    ctx: &Ctx,
    args: &ExportArgs,
    mut sink: Box<dyn Sink<VacancyView>>,
    bar: &ProgressBar,
) -> Result<u64> {
    let audience = if args.all { Audience::Operator } else { Audience::Public };
    let (mut after, mut written) = (i64::MIN, 0);
    loop {
        let mut rows = ctx.world.store.vacancies_after(after, BATCH).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        bar.inc(rows.len() as u64);
        rows.retain(|row| args.all || crate::lifecycle::visible(&row.state, &row.verdict));
        let views = view_vacancies(&ctx.world, rows, audience, false).await?;
        written += views.len() as u64;
        sink.write(&views)?;
    }
    sink.finish()?;
    Ok(written)
}

async fn postings(
    ctx: &Ctx,
    args: &ExportArgs,
    mut sink: Box<dyn Sink<PostingView>>,
    bar: &ProgressBar,
) -> Result<u64> {
    let (mut after, mut written) = (i64::MIN, 0);
    loop {
        let mut rows = ctx.world.store.postings_after(after, BATCH).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        bar.inc(rows.len() as u64);
        rows.retain(|row| args.all || (row.verdict == "publish" && row.state != crate::lifecycle::state::CLOSED));
        let views = view_postings(&ctx.world, &rows)?;
        written += views.len() as u64;
        sink.write(&views)?;
    }
    sink.finish()?;
    Ok(written)
}

/// A bar on a terminal; hidden elsewhere.
async fn bar(ctx: &Ctx, args: &ExportArgs) -> Result<ProgressBar> {
    if ctx.json || !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let all: i64 = match args.what {
        What::Vacancies => ctx.world.store.vacancy_counts().await?.iter().map(|(_, _, n)| n).sum(),
        What::Postings => ctx.world.store.posting_counts().await?.iter().map(|row| row.count).sum(),
    };
    let style = ProgressStyle::with_template("{bar:32} {human_pos} of {human_len} read, {per_sec}, {eta} left");
    Ok(ProgressBar::new(u64::try_from(all).unwrap_or(0))
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
}
