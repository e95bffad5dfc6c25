//! `dedup eval`: how well a file of records with known truth is deduplicated, with and without simulated decisions.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use dedup::eval::{self, Detail, Evaluation, Wrong};
use dedup::{Model, PostingId, Profile, Ruling};
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::run::{How, model};
use super::{read, tables};
use crate::cli::context::{Code, Out, count, note, plain_lines, table};
use crate::cli::refusal::Refusal;

/// Score a file with known truth.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub dedup eval --records r.jsonl --truth t.csv\n  jobhub --json dedup eval --records r.jsonl --truth t.csv --labels 3000"
)]
pub struct EvalArgs {
    /// Records: one JSON object a line, plain or gzip.
    #[arg(long, value_name = "FILE")]
    pub records: PathBuf,
    /// Truth: CSV with a header, record id and vacancy id in its first two columns.
    #[arg(long, value_name = "FILE")]
    pub truth: PathBuf,
    /// Simulate so many decisions, answered by the truth: the most valuable questions of the grey zone, in rounds.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub labels: usize,
    /// Mistakes of each kind that are explained.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub examples: usize,
    /// How it is decided.
    #[command(flatten)]
    pub how: How,
    /// Score a table of any records, as CSV: a file that names fields, keys and comparisons.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["model", "learn", "decisions", "labels"])]
    pub config: Option<PathBuf>,
}

/// One state of things: clusters under a model and decisions.
#[derive(Serialize)]
struct Stage {
    stage: &'static str,
    decisions: usize,
    model: String,
    evaluation: Evaluation,
    blocking_recall: f64,
    #[serde(flatten)]
    detail: Detail,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read, or a line is no record or no truth.
pub(super) fn run(out: &Out, json: bool, args: &EvalArgs) -> Result<Code> {
    let threads = read::threads(args.how.threads);
    if let Some(config) = &args.config {
        let found = tables::scored(&tables::grouped(config, &args.records, threads)?, &args.truth)?;
        if json {
            out.json(&found)?
        } else {
            out.line(&found.to_string())?
        }
        return Ok(Code::Ok);
    }
    let truth = truth(&args.truth)?;
    let records = read::records(&args.records, threads, args.how.skip_bad, &read::bar(0, "reading", json))?;
    let profiles = &records.profiles;
    let known = profiles.iter().filter(|p| truth.contains_key(&p.id)).count();
    if known == 0 {
        let what = format!("none of the {} records is in the truth", profiles.len());
        let remedy = "the truth's first column must hold the records' rec_id";
        return Err(Refusal::new(what, args.truth.display().to_string(), remedy).ending(Code::Invalid).into());
    }
    let model = model(&args.how, profiles, &[], threads)?;
    let recall = eval::blocking_recall(profiles, &dedup::batch_candidates(profiles), &truth);
    let stage = |stage, model: &Model, rulings: &[Ruling]| {
        let clusters = dedup::cluster_ruled(profiles, rulings, model, threads);
        Stage {
            stage,
            decisions: rulings.len(),
            model: model.name.clone(),
            evaluation: eval::evaluate(&clusters, &truth),
            blocking_recall: recall,
            detail: eval::detail(profiles, &clusters, &truth, rulings, model, args.examples),
        }
    };
    let mut stages = vec![stage("without labels", &model, &[])];
    if args.labels > 0 {
        let bar = read::bar(args.labels as u64, "asking", json);
        let told = |done: usize| bar.set_position(done as u64);
        let labelled = eval::simulate(profiles, &truth, &model, args.labels, threads, told);
        bar.finish_and_clear();
        stages.push(stage("decisions learned from", &labelled.model, &[]));
        stages.push(stage("decisions learned from and obeyed", &labelled.model, &labelled.rulings));
        // the learned stage again, now with the decisions themselves
        let last = stages.len() - 2;
        stages[last].decisions = labelled.rulings.len();
    }
    if json {
        out.json(&stages)?;
    } else {
        print(out, &stages, profiles)?;
    }
    if known < profiles.len() {
        note(&format!("{} records without a truth were deduplicated but not counted", profiles.len() - known));
    }
    if records.left_out > 0 {
        note(&format!("{} lines that are no records were left out", records.left_out));
    }
    Ok(Code::Ok)
}

/// Reads the truth. Vacancies may be named by any word.
fn truth(path: &Path) -> Result<FxHashMap<PostingId, i64>> {
    let place = || path.display().to_string();
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(path)
        .map_err(|error| Refusal::new(format!("cannot read the truth: {error}"), place(), "name a CSV file"))?;
    let mut numbers: FxHashMap<String, i64> = FxHashMap::default();
    let mut out = FxHashMap::default();
    for row in reader.records() {
        let row = row.with_context(|| format!("{} is no CSV", path.display()))?;
        let line = row.position().map_or(0, csv::Position::line);
        let wrong = |what: String| {
            Refusal::new(format!("line {line}: {what}"), place(), "write `rec_id,vacancy_id` and a header")
                .ending(Code::Invalid)
        };
        let id = row.get(0).unwrap_or_default().trim();
        let id: PostingId = id.parse().map_err(|_| wrong(format!("field `rec_id` is {id:?}, not a number")))?;
        let vacancy = row.get(1).map(str::trim).filter(|v| !v.is_empty());
        let vacancy = vacancy.ok_or_else(|| wrong("field `vacancy_id` is missing".to_owned()))?;
        let next = numbers.len() as i64;
        let number = *numbers.entry(vacancy.to_owned()).or_insert(next);
        if out.insert(id, number).is_some_and(|before| before != number) {
            return Err(wrong(format!("record {id} is in two vacancies")).into());
        }
    }
    Ok(out)
}

fn print(out: &Out, stages: &[Stage], profiles: &[Profile]) -> Result<()> {
    out.line(&format!("{} records", count(profiles.len() as i64)))?;
    let share = |value: f64| format!("{value:.4}");
    for stage in stages {
        let e = &stage.evaluation;
        out.line(&format!("\n{} ({} decisions; {})", stage.stage, count(stage.decisions as i64), stage.model))?;
        let mut rows = vec![
            vec!["pairs".to_owned(), share(e.pairs.precision), share(e.pairs.recall), share(e.pairs.f1)],
            vec!["B-cubed".to_owned(), share(e.b_cubed.precision), share(e.b_cubed.recall), share(e.b_cubed.f1)],
        ];
        rows.extend(stage.detail.classes.iter().map(|class| {
            let s = class.score;
            let name = format!("pairs, {} ({} true)", class.class, count(class.true_pairs as i64));
            vec![name, share(s.precision), share(s.recall), share(s.f1)]
        }));
        out.line(&table(&["", "precision", "recall", "F1"], rows))?;
        out.line(&format!(
            "{} pairs too many, {} missed; {} of all true pairs share a key; automatic merges: {} pairs, precision {}",
            count(e.false_pairs as i64),
            count(e.missed_pairs as i64),
            share(stage.blocking_recall),
            count(stage.detail.automatic_pairs as i64),
            share(stage.detail.automatic_precision),
        ))?;
    }
    let Some(last) = stages.last() else { return Ok(()) };
    explained(out, "joined, and two vacancies", &last.detail.over_merged)?;
    explained(out, "one vacancy, and apart", &last.detail.over_split)
}

fn explained(out: &Out, what: &str, wrong: &[Wrong]) -> Result<()> {
    for pair in wrong {
        out.line(&format!("\n{what}: records {} and {} ({} such pairs)", pair.a, pair.b, pair.pairs))?;
        out.line(&plain_lines(&pair.explanation.to_string()))?;
    }
    Ok(())
}
