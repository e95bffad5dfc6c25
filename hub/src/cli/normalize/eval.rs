//! `normalize eval`: strings of one field, as portals wrote them, counted by what became of them.

use std::path::PathBuf;

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use csv::ByteRecord;
use normalizer::strings::{Heard, StringField, hear};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::{open, percent, share};
use crate::cli::context::{Code, Out, count, cut, note, plain, table};
use crate::cli::refusal::Refusal;

/// Distinct strings that were not understood and are kept to be shown; further ones are only counted.
const KEPT_MAX: usize = 50_000;
/// Longest string that is read, in bytes: no cell of any portal is longer.
const STRING_BYTES_MAX: usize = 64 * 1024;
/// Bad rows that are named on the error stream.
const BAD_SHOWN: usize = 5;

/// Which file, and how to read it.
#[derive(Args, Debug)]
#[command(
    after_help = "The file is CSV with a header that has the columns source, raw and count (source and count may be absent).\n\n\
Examples:\n  jobhub normalize eval salary.csv\n  jobhub normalize eval strings.csv --field closing --fetched 2024-12-03 --json\n  \
jobhub normalize eval region.csv --readings | less"
)]
pub struct EvalArgs {
    /// CSV of strings, `-` for the standard input.
    pub file: PathBuf,
    /// The field (default: from the file's name): pay, closing, region, career, education, employment, headcount.
    #[arg(long)]
    pub field: Option<String>,
    /// Day on which the strings were fetched: it gives days without a year theirs (default: today in Seoul).
    #[arg(long, value_name = "DATE")]
    pub fetched: Option<NaiveDate>,
    /// How many of the commonest strings that were not understood are shown.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub top: usize,
    /// Print what every distinct string was read as, too.
    #[arg(long)]
    pub readings: bool,
}

/// Strings of one source.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Tally {
    rows: u64,
    strings: u64,
    understood: u64,
    none: u64,
    foreign: u64,
    not_understood: u64,
    #[serde(skip)]
    understood_strings: u64,
    #[serde(skip)]
    none_strings: u64,
    #[serde(skip)]
    foreign_strings: u64,
}

impl Tally {
    fn add(&mut self, heard: &Heard, rows: u64, new: bool) {
        let strings = u64::from(new);
        self.rows += rows;
        self.strings += strings;
        let (slot, distinct) = match heard {
            Heard::Understood(_) => (&mut self.understood, Some(&mut self.understood_strings)),
            Heard::None => (&mut self.none, Some(&mut self.none_strings)),
            Heard::Foreign => (&mut self.foreign, Some(&mut self.foreign_strings)),
            Heard::Not => (&mut self.not_understood, None),
        };
        *slot += rows;
        if let Some(distinct) = distinct {
            *distinct += strings;
        }
    }

    /// Rows that are of this field at all.
    fn own(&self) -> u64 {
        self.rows - self.foreign
    }

    fn own_strings(&self) -> u64 {
        self.strings - self.foreign_strings
    }
}

/// A string with how often it stands.
#[derive(Debug, Serialize)]
struct Counted {
    raw: String,
    count: u64,
    source: String,
}

/// What one distinct string was read as.
#[derive(Debug, Serialize)]
struct Read {
    raw: String,
    heard: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    value: String,
}

/// The answer for a program.
#[derive(Debug, Serialize)]
struct Report {
    file: String,
    field: &'static str,
    fetched: NaiveDate,
    rows: u64,
    strings: u64,
    /// Shares are of the rows that are of this field: those of another field are counted apart.
    understood_share_rows: f64,
    none_share_rows: f64,
    not_understood_share_rows: f64,
    understood_share_strings: f64,
    none_share_strings: f64,
    /// Commonest first.
    not_understood: Vec<Counted>,
    /// Strings of another field in this one's bucket, refused.
    of_another_field: Foreign,
    bad_rows: u64,
    sources: Vec<Source>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    readings: Vec<Read>,
}

#[derive(Debug, Serialize)]
struct Foreign {
    rows: u64,
    share_of_all_rows: f64,
    strings: Vec<Counted>,
}

#[derive(Debug, Serialize)]
struct Source {
    source: String,
    #[serde(flatten)]
    tally: Tally,
}

/// What has been counted so far.
#[derive(Default)]
struct Counting {
    all: Tally,
    by_source: FxHashMap<String, Tally>,
    seen: FxHashSet<u64>,
    not_understood: FxHashMap<String, (u64, String)>,
    foreign: FxHashMap<String, (u64, String)>,
    bad_rows: u64,
    readings: Vec<Read>,
}

/// Counts a file.
///
/// # Errors
/// When it cannot be read, or its field or columns are unknown.
pub(super) fn run(out: &Out, json: bool, today: NaiveDate, args: &EvalArgs) -> Result<Code> {
    let field = field_of(args)?;
    let fetched = args.fetched.unwrap_or(today);
    let counting = read(args, field, fetched)?;
    let report = report(args, field, fetched, counting);
    if json {
        out.json(&report)?;
    } else {
        print(out, args, &report)?;
    }
    Ok(Code::Ok)
}

fn field_of(args: &EvalArgs) -> Result<StringField> {
    let name = match &args.field {
        Some(name) => name.clone(),
        None => args.file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
    };
    StringField::of_name(&name).ok_or_else(|| {
        let known: Vec<&str> = StringField::ALL.iter().map(|f| f.name()).collect();
        Refusal::new(
            format!("`{name}` does not say which field its strings are of"),
            if args.field.is_some() { "option --field" } else { "the file's name" },
            format!("give --field with one of {}", known.join(", ")),
        )
        .into()
    })
}

/// Where the columns stand.
struct Columns {
    raw: usize,
    source: Option<usize>,
    count: Option<usize>,
}

fn columns_of(header: &ByteRecord, file: &std::path::Path) -> Result<Columns> {
    let names: Vec<String> = header
        .iter()
        .map(|cell| String::from_utf8_lossy(cell).trim_start_matches('\u{feff}').trim().to_lowercase())
        .collect();
    let at = |words: &[&str]| names.iter().position(|name| words.contains(&name.as_str()));
    let raw = at(&["raw", "string", "text", "value"]).ok_or_else(|| {
        Refusal::new(
            format!("{} has no column `raw`", file.display()),
            format!("its header: {}", names.join(", ")),
            "give a CSV whose first line is source,raw,count",
        )
    })?;
    Ok(Columns { raw, source: at(&["source", "portal"]), count: at(&["count", "rows", "n"]) })
}

fn read(args: &EvalArgs, field: StringField, fetched: NaiveDate) -> Result<Counting> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(open(&args.file)?);
    let columns = columns_of(&reader.byte_headers()?.clone(), &args.file)?;
    let mut counting = Counting::default();
    let mut record = ByteRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) if error.is_io_error() => return Err(error.into()),
            Err(error) => {
                counting.bad(&args.file, line, &error.to_string());
                continue;
            }
        }
        let cell = |at: usize| record.get(at).map(String::from_utf8_lossy);
        let Some(raw) = cell(columns.raw) else {
            counting.bad(&args.file, line, "no cell in column raw");
            continue;
        };
        if raw.len() > STRING_BYTES_MAX {
            counting.bad(
                &args.file,
                line,
                &format!("raw has {} bytes, at most {STRING_BYTES_MAX} are read", raw.len()),
            );
            continue;
        }
        let rows = match columns.count.map(|at| cell(at).unwrap_or_default().trim().parse::<u64>()) {
            None => 1,
            Some(Ok(rows)) => rows,
            Some(Err(_)) => {
                counting.bad(&args.file, line, "count is no number");
                continue;
            }
        };
        let source = columns.source.and_then(cell).unwrap_or_default();
        counting.take(&raw, &source, rows, hear(field, &raw, fetched), args.readings);
    }
    Ok(counting)
}

impl Counting {
    fn bad(&mut self, file: &std::path::Path, line: u64, why: &str) {
        self.bad_rows += 1;
        if self.bad_rows <= BAD_SHOWN as u64 {
            note(&format!("{}, line {line}: {why}: the row is left out", file.display()));
        }
    }

    fn take(&mut self, raw: &str, source: &str, rows: u64, heard: Heard, readings: bool) {
        let new = self.seen.insert(xxhash_rust::xxh3::xxh3_64(raw.as_bytes()));
        self.all.add(&heard, rows, new);
        match self.by_source.get_mut(source) {
            Some(tally) => tally.add(&heard, rows, true),
            None => self.by_source.entry(source.to_owned()).or_default().add(&heard, rows, true),
        }
        let kept = match heard {
            Heard::Not => Some(&mut self.not_understood),
            Heard::Foreign => Some(&mut self.foreign),
            _ => None,
        };
        if let Some(kept) = kept {
            if let Some((count, _)) = kept.get_mut(raw) {
                *count += rows;
            } else if kept.len() < KEPT_MAX {
                kept.insert(raw.to_owned(), (rows, source.to_owned()));
            }
        }
        if readings && new && self.readings.len() < KEPT_MAX {
            let (word, value) = match heard {
                Heard::Understood(value) => ("understood", value),
                Heard::None => ("none", String::new()),
                Heard::Foreign => ("of_another_field", String::new()),
                Heard::Not => ("not_understood", String::new()),
            };
            self.readings.push(Read { raw: raw.to_owned(), heard: word, value });
        }
    }
}

fn commonest(kept: FxHashMap<String, (u64, String)>, top: usize) -> Vec<Counted> {
    let mut list: Vec<Counted> =
        kept.into_iter().map(|(raw, (count, source))| Counted { raw, count, source }).collect();
    list.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.raw.cmp(&b.raw)));
    list.truncate(top);
    list
}

fn report(args: &EvalArgs, field: StringField, fetched: NaiveDate, counting: Counting) -> Report {
    let all = counting.all;
    let mut sources: Vec<Source> =
        counting.by_source.into_iter().map(|(source, tally)| Source { source, tally }).collect();
    sources.sort_unstable_by(|a, b| b.tally.rows.cmp(&a.tally.rows).then_with(|| a.source.cmp(&b.source)));
    Report {
        file: args.file.display().to_string(),
        field: field.name(),
        fetched,
        rows: all.rows,
        strings: all.strings,
        understood_share_rows: share(all.understood, all.own()),
        none_share_rows: share(all.none, all.own()),
        not_understood_share_rows: share(all.not_understood, all.own()),
        understood_share_strings: share(all.understood_strings, all.own_strings()),
        none_share_strings: share(all.none_strings, all.own_strings()),
        not_understood: commonest(counting.not_understood, args.top),
        of_another_field: Foreign {
            rows: all.foreign,
            share_of_all_rows: share(all.foreign, all.rows),
            strings: commonest(counting.foreign, args.top),
        },
        bad_rows: counting.bad_rows,
        sources,
        readings: counting.readings,
    }
}

fn print(out: &Out, args: &EvalArgs, report: &Report) -> Result<()> {
    let rows = |n: u64| count(i64::try_from(n).unwrap_or(i64::MAX));
    out.line(&format!(
        "{} strings in {} rows of the field {}, read as of {}",
        rows(report.strings),
        rows(report.rows),
        report.field,
        report.fetched
    ))?;
    let not_strings = 1.0 - report.understood_share_strings - report.none_share_strings;
    let lines = [
        ("understood", report.understood_share_rows, report.understood_share_strings),
        ("explicitly none", report.none_share_rows, report.none_share_strings),
        ("not understood", report.not_understood_share_rows, not_strings.max(0.0)),
    ]
    .map(|(what, rows, strings)| vec![what.to_owned(), percent(rows), percent(strings)]);
    out.line(&table(&["", "of rows", "of distinct strings"], lines))?;
    let foreign = &report.of_another_field;
    if foreign.rows > 0 {
        let examples: Vec<&str> = foreign.strings.iter().take(3).map(|c| c.raw.as_str()).collect();
        out.line(&format!(
            "left out of the shares: {} rows ({} of all) are of another field, e.g. {}",
            rows(foreign.rows),
            percent(foreign.share_of_all_rows),
            examples.join(" · ")
        ))?;
    }
    if report.bad_rows > 0 {
        out.line(&format!("{} bad rows were left out", rows(report.bad_rows)))?;
    }
    if report.sources.len() > 1 {
        let lines = report.sources.iter().map(|s| {
            let of = |n| percent(share(n, s.tally.own()));
            vec![
                if s.source.is_empty() { "-".to_owned() } else { s.source.clone() },
                rows(s.tally.rows),
                of(s.tally.understood),
                of(s.tally.none),
                of(s.tally.not_understood),
            ]
        });
        out.line(&format!("\n{}", table(&["source", "rows", "understood", "none", "not understood"], lines)))?;
    }
    if !report.not_understood.is_empty() {
        let lines = report.not_understood.iter().map(|c| vec![rows(c.count), c.source.clone(), cut(&c.raw, 100)]);
        out.line(&format!("\n{}", table(&["rows", "source", "not understood"], lines)))?;
    }
    if args.readings {
        // lines that other programs can cut at tabs: a table of thousands would be laid out for minutes
        for read in &report.readings {
            out.line(&format!("{}\t{}\t{}", plain(&read.raw), read.heard, read.value))?;
        }
    }
    Ok(())
}
