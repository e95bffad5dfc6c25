//! `--config`: tables of any records, people for example, through the same core.

use std::path::Path;

use anyhow::{Context as _, Result};
use dedup::eval::{Evaluation, evaluate};
use dedup::generic::{Config, Grouped, group, table};
use rustc_hash::FxHashMap;

use crate::cli::context::Code;
use crate::cli::refusal::Refusal;

/// Most rows of a table.
const ROWS_MAX: usize = 2_000_000;

/// A table that was grouped.
pub(super) struct Done {
    /// Ids of the rows, in order.
    pub(super) ids: Vec<String>,
    /// Group of each row; a group is numbered by its first row, from 1.
    pub(super) groups: Vec<i64>,
    /// How it came out.
    pub(super) grouped: Grouped,
}

/// Groups a CSV file by a config.
///
/// # Errors
/// When either cannot be read, or they do not fit.
pub(super) fn grouped(config: &Path, records: &Path, threads: usize) -> Result<Done> {
    let text = std::fs::read_to_string(config).with_context(|| format!("cannot read {}", config.display()))?;
    let config: Config = toml::from_str(&text).map_err(|error| {
        Refusal::new(error.to_string(), config.display().to_string(), "dedup/data/febrl.toml is an example")
            .ending(Code::Invalid)
    })?;
    let place = || records.display().to_string();
    let mut reader = csv::Reader::from_path(records)
        .map_err(|error| Refusal::new(format!("cannot read the records: {error}"), place(), "name a CSV file"))?;
    let header: Vec<String> = reader.headers()?.iter().map(|name| name.trim().to_owned()).collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| Refusal::new(error.to_string(), place(), "give every row all columns"))?;
        rows.push(row.iter().map(|cell| cell.trim().to_owned()).collect());
        if rows.len() > ROWS_MAX {
            return Err(Refusal::new(format!("more than {ROWS_MAX} rows"), place(), "split the table").into());
        }
    }
    let misfit = |what: String| Refusal::new(what, place(), "name the table's own columns").ending(Code::Invalid);
    let id = header.iter().position(|name| *name == config.id);
    let id = id.ok_or_else(|| misfit(format!("the table has no column {:?}", config.id)))?;
    let table = table(&config, &header, &rows).map_err(|error| misfit(error.to_string()))?;
    let grouped = group(&table, threads);
    let mut groups = vec![0; rows.len()];
    for members in &grouped.groups {
        let first = members.iter().min().map_or(0, |at| *at as i64 + 1);
        members.iter().for_each(|at| groups[*at] = first);
    }
    Ok(Done { ids: rows.into_iter().map(|mut row| row.swap_remove(id)).collect(), groups, grouped })
}

/// Scores a grouping against a truth of ids and words.
///
/// # Errors
/// When the truth cannot be read, or knows none of the rows.
pub(super) fn scored(done: &Done, truth: &Path) -> Result<Evaluation> {
    let mut reader = csv::Reader::from_path(truth).with_context(|| format!("cannot read {}", truth.display()))?;
    let mut numbers: FxHashMap<String, i64> = FxHashMap::default();
    let mut of: FxHashMap<String, i64> = FxHashMap::default();
    for row in reader.records() {
        let row = row.with_context(|| format!("{} is no CSV", truth.display()))?;
        let (Some(id), Some(group)) = (row.get(0), row.get(1)) else { continue };
        let next = numbers.len() as i64;
        of.insert(id.trim().to_owned(), *numbers.entry(group.trim().to_owned()).or_insert(next));
    }
    let known = done.ids.iter().enumerate().filter_map(|(at, id)| Some((at as i64, *of.get(id)?)));
    let known: FxHashMap<i64, i64> = known.collect();
    if known.is_empty() {
        let remedy = "the truth's first column must hold the table's ids";
        return Err(Refusal::new("no row is in the truth", truth.display().to_string(), remedy).into());
    }
    let clusters: Vec<(i64, i64)> = done.groups.iter().enumerate().map(|(at, group)| (at as i64, *group)).collect();
    Ok(evaluate(&clusters, &known))
}
