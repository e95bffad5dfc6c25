//! `dedup run`: a file of records in, clusters out.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use dedup::{Common, Model, PostingId, Profile, Ruling, VacancyId};
use serde::Serialize;

use super::{read, tables};
use crate::cli::context::{Code, Out, count, note};
use crate::cli::refusal::Refusal;

/// Deduplicate a file.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub dedup run --records r.jsonl --out clusters.csv\n  jobhub dedup run --records r.jsonl.gz --learn --out - | head\n  jobhub dedup run --config febrl.toml --records people.csv --out clusters.csv"
)]
pub struct RunArgs {
    /// Records: one JSON object a line, plain or gzip; with --config, a table of any records as CSV.
    #[arg(long, value_name = "FILE")]
    pub records: PathBuf,
    /// Where the clusters go, as CSV `record_id,cluster_id`; `-` = the standard output.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// How it is decided.
    #[command(flatten)]
    pub how: How,
    /// Compare records that are no postings: a file that names fields, keys and comparisons.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["model", "learn", "decisions"])]
    pub config: Option<PathBuf>,
}

/// What a file is deduplicated with.
#[derive(Args, Debug)]
pub struct How {
    /// Threads; left out = as many as there are processors.
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Weights; left out = the shipped ones.
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Learn the weights anew from what the records say of one another, without labels.
    #[arg(long)]
    pub learn: bool,
    /// Decisions of stewards, obeyed and learned from: CSV `a,b,same` of two record ids and yes or no.
    #[arg(long, value_name = "FILE")]
    pub decisions: Option<PathBuf>,
    /// Leave lines out that are no records, instead of stopping at the first.
    #[arg(long)]
    pub skip_bad: bool,
}

/// What came out.
#[derive(Serialize)]
struct Done {
    records: usize,
    clusters: usize,
    largest: usize,
    left_out: usize,
    model: String,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read or written, or a line is no record.
pub(super) fn run(out: &Out, json: bool, args: &RunArgs) -> Result<Code> {
    let threads = read::threads(args.how.threads);
    if let Some(config) = &args.config {
        return run_table(out, json, args, config, threads);
    }
    let records = read::records(&args.records, threads, args.how.skip_bad, &read::bar(0, "reading", json))?;
    let rulings = args.how.decisions.as_deref().map(decisions).transpose()?.unwrap_or_default();
    let model = model(&args.how, &records.profiles, &rulings, threads)?;
    let clusters = dedup::cluster_ruled(&records.profiles, &rulings, &model, threads);
    let numbered = clusters.iter().map(|(id, cluster)| (id.to_string(), *cluster));
    write(&args.out, numbered)?;
    let done = Done {
        records: clusters.len(),
        clusters: sizes(&clusters).len(),
        largest: sizes(&clusters).into_iter().max().unwrap_or(0),
        left_out: records.left_out,
        model: model.name.clone(),
    };
    told(out, json, args, &done)?;
    Ok(Code::Ok)
}

fn run_table(out: &Out, json: bool, args: &RunArgs, config: &Path, threads: usize) -> Result<Code> {
    let done = tables::grouped(config, &args.records, threads)?;
    write(&args.out, done.ids.iter().cloned().zip(done.groups.iter().copied()))?;
    let done = Done {
        records: done.ids.len(),
        clusters: done.grouped.groups.len(),
        largest: done.grouped.groups.iter().map(Vec::len).max().unwrap_or(0),
        left_out: 0,
        model: format!("weights learned from {} candidate pairs", done.grouped.candidates),
    };
    told(out, json, args, &done)?;
    Ok(Code::Ok)
}

fn told(out: &Out, json: bool, args: &RunArgs, done: &Done) -> Result<()> {
    let to_stdout = args.out.as_os_str() == "-";
    if json && !to_stdout {
        return out.json(done);
    }
    if !to_stdout {
        note(&format!(
            "{} records in {} clusters (largest {}){}; {}",
            count(done.records as i64),
            count(done.clusters as i64),
            done.largest,
            if done.left_out > 0 { format!(", {} lines left out", done.left_out) } else { String::new() },
            done.model
        ));
    }
    Ok(())
}

fn sizes(clusters: &[(PostingId, VacancyId)]) -> Vec<usize> {
    let mut of: Vec<VacancyId> = clusters.iter().map(|(_, cluster)| *cluster).collect();
    of.sort_unstable();
    of.chunk_by(|a, b| a == b).map(<[VacancyId]>::len).collect()
}

/// The weights to use: given or shipped, with what is common in these records, or learned from them.
pub(super) fn model(how: &How, profiles: &[Profile], rulings: &[Ruling], threads: usize) -> Result<Model> {
    let mut model = match &how.model {
        None => Model::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            Model::from_json(&text).with_context(|| format!("{} holds no weights", path.display()))?
        }
    };
    if how.learn {
        model = dedup::estimate::estimate(profiles, &model, threads).model;
    } else if model.common.is_empty() {
        model.common = Common::of(profiles);
    }
    if !rulings.is_empty() {
        model = dedup::estimate::relearn(profiles, rulings, &model, threads).model;
    }
    Ok(model)
}

/// Reads decisions: `a,b,same` with a header.
fn decisions(path: &Path) -> Result<Vec<Ruling>> {
    let wrong = |line: u64, what: String| {
        Refusal::new(format!("line {line}: {what}"), path.display().to_string(), "write `a,b,same`, e.g. 17,42,yes")
            .ending(Code::Invalid)
    };
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut out = Vec::new();
    for row in reader.records() {
        let row = row.with_context(|| format!("{} is no CSV", path.display()))?;
        let line = row.position().map_or(0, csv::Position::line);
        let number = |at: usize, name: &str| {
            let cell = row.get(at).unwrap_or_default().trim();
            cell.parse::<i64>().map_err(|_| wrong(line, format!("field `{name}` is {cell:?}, not a record's number")))
        };
        let same = match row.get(2).unwrap_or_default().trim() {
            "yes" | "same" | "true" | "1" => true,
            "no" | "different" | "distinct" | "false" | "0" => false,
            other => return Err(wrong(line, format!("field `same` is {other:?}, not yes or no")).into()),
        };
        out.push(Ruling { a: number(0, "a")?, b: number(1, "b")?, same, kind: None });
    }
    Ok(out)
}

/// Writes clusters as CSV; a file appears whole under its name or not at all.
pub(super) fn write(path: &Path, rows: impl Iterator<Item = (String, i64)>) -> Result<()> {
    if path.as_os_str() == "-" {
        let mut stdout = BufWriter::new(std::io::stdout().lock());
        return write_rows(&mut stdout, rows);
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let file = File::create(&beside).with_context(|| format!("cannot write {}", beside.display()))?;
    let mut file = BufWriter::new(file);
    write_rows(&mut file, rows).with_context(|| format!("cannot write {}", beside.display()))?;
    drop(file);
    std::fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))
}

fn write_rows(to: &mut impl Write, rows: impl Iterator<Item = (String, i64)>) -> Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(["record_id", "cluster_id"])?;
    for (record, cluster) in rows {
        csv.write_record([record, cluster.to_string()])?;
    }
    csv.flush()?;
    Ok(())
}
