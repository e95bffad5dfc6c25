//! Records of any kind, people for example, through the same clustering, weights and estimation as postings: a
//! [`Config`] names fields, keys and comparisons. For showing that the core is sound, and for a hub's other registers.

use serde::Deserialize;

use crate::batch::{in_threads, join, sharing};
use crate::cluster::Items;
use crate::compare::{COMPARISONS, Levels};
use crate::estimate::{Example, Shape, fit_shape};
use crate::profile::hash_text;
use crate::weigh::{LEVELS_MAX, Model};
use crate::{PostingId, fold};

mod value;

use value::Value;

/// Most keys of a config.
pub const GENERIC_KEYS_MAX: usize = 16;
/// Longest value looked at, in characters.
pub const VALUE_CHARS_MAX: usize = 200;
/// How often two records of one thing agree in the first level, until learned: the starting point of estimation.
const AGREE: f64 = 0.9;
/// Rounds of learning from the clusters so far.
const ROUNDS: usize = 3;
/// Pull of the starting weights, in examples.
const PULL: f64 = 4.0;
/// Most candidate pairs learned from.
const EXAMPLES_MAX: usize = 60_000;
/// Pairs this little below the threshold are not taken for two things when learning.
const UNSURE: i32 = 3_000;

/// What to compare. Unknown names in the file are errors.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Column of the record's id.
    pub id: String,
    /// Column by which two records are never one: each of two lists without repeats, for example.
    #[serde(default)]
    pub exclusive: Option<String>,
    /// Keys: records that share one are compared.
    pub key: Vec<KeyConfig>,
    /// Comparisons.
    pub compare: Vec<CompareConfig>,
}

/// A key: parts joined. A record that lacks one of them has no such key.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyConfig {
    /// Columns, as `column` or `column:4` for its first four letters.
    pub parts: Vec<String>,
}

/// How values are likened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Equal or not, letters and digits only.
    Exact,
    /// Jaro-Winkler likeness; levels are least likenesses, 0 to 1.
    JaroWinkler,
    /// Slips of the keyboard between them (optimal string alignment); levels are most slips.
    Typos,
    /// Numbers; levels are the largest differences.
    Number,
    /// Dates as eight digits; levels are the largest differences in days, and one wrong or two swapped digits count as
    /// the first level after them.
    Date,
}

/// A comparison of one column.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompareConfig {
    /// Column.
    pub column: String,
    /// A second column whose value may stand in this one's place: given names and surnames are often swapped.
    #[serde(default)]
    pub or_swapped_with: Option<String>,
    /// How.
    pub how: How,
    /// Bounds of the levels, the most alike first; left out = equal or not.
    #[serde(default)]
    pub levels: Vec<f64>,
}

/// Why a config or a table will not do.
#[derive(Debug, PartialEq, Eq)]
pub enum GenericError {
    /// A column that the table does not have.
    Column(String),
    /// Too many keys, comparisons or levels, or none.
    Limit(&'static str),
    /// Levels that are not in order.
    Levels(String),
}

impl std::fmt::Display for GenericError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            GenericError::Column(name) => write!(f, "the table has no column {name:?}"),
            GenericError::Limit(what) => write!(f, "too many or no {what}"),
            GenericError::Levels(column) => write!(f, "levels of {column:?} are not in order"),
        }
    }
}

impl std::error::Error for GenericError {}

/// Records ready to be compared.
pub struct Table {
    comparisons: Vec<(CompareConfig, usize, Option<usize>)>,
    exclusive: Option<usize>,
    /// Values by record, then column of use.
    values: Vec<Vec<Value>>,
    keys: Vec<(i64, u32)>,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Grouped {
    /// Row numbers of each group, groups by their first row.
    pub groups: Vec<Vec<usize>>,
    /// Pairs that were compared.
    pub candidates: usize,
    /// The weights that were learned, in the order of the config's comparisons.
    pub model: Model,
}

/// Reads a table by a config: `header` names the columns, `rows` hold one cell for each.
///
/// # Errors
/// When the config names a column that is not there, or is over a limit.
pub fn table(config: &Config, header: &[String], rows: &[Vec<String>]) -> Result<Table, GenericError> {
    check(config)?;
    let column =
        |name: &str| header.iter().position(|h| h == name).ok_or_else(|| GenericError::Column(name.to_owned()));
    let mut comparisons = Vec::new();
    for compare in &config.compare {
        let swapped = compare.or_swapped_with.as_deref().map(column).transpose()?;
        comparisons.push((compare.clone(), column(&compare.column)?, swapped));
    }
    let exclusive = config.exclusive.as_deref().map(column).transpose()?;
    let mut keys = Vec::new();
    for (number, key) in config.key.iter().enumerate() {
        let mut parts = Vec::new();
        for part in &key.parts {
            let (name, letters) = match part.split_once(':') {
                Some((name, n)) => (name, n.parse().map_err(|_| GenericError::Column(part.clone()))?),
                None => (part.as_str(), VALUE_CHARS_MAX),
            };
            parts.push((column(name)?, letters));
        }
        keys.extend(rows.iter().enumerate().filter_map(|(at, row)| Some((key_of(row, &parts, number)?, at as u32))));
    }
    let values = rows.iter().map(|row| row.iter().map(|cell| Value::of(cell)).collect()).collect();
    Ok(Table { comparisons, exclusive, values, keys })
}

fn check(config: &Config) -> Result<(), GenericError> {
    let within = |n: usize, most: usize| (1..=most).contains(&n);
    if !within(config.key.len(), GENERIC_KEYS_MAX) {
        return Err(GenericError::Limit("keys"));
    }
    if !within(config.compare.len(), COMPARISONS) {
        return Err(GenericError::Limit("comparisons"));
    }
    for compare in &config.compare {
        // two more: unknown, and other
        if compare.levels.len() + 3 > LEVELS_MAX {
            return Err(GenericError::Limit("levels"));
        }
        let falling = compare.how == How::JaroWinkler;
        let in_order =
            compare.levels.windows(2).all(|pair| if falling { pair[0] > pair[1] } else { pair[0] < pair[1] });
        if !in_order {
            return Err(GenericError::Levels(compare.column.clone()));
        }
    }
    Ok(())
}

fn key_of(row: &[String], parts: &[(usize, usize)], number: usize) -> Option<i64> {
    let mut text = number.to_string();
    for (column, letters) in parts {
        let cell = row.get(*column)?;
        let before = text.len();
        text.push('\u{1}');
        text.extend(cell.chars().filter_map(fold::fold_char).take(*letters));
        if text.len() == before + 1 {
            return None;
        }
    }
    Some(hash_text(&text).cast_signed())
}

/// A table under a model.
struct Judged<'a> {
    table: &'a Table,
    model: &'a Model,
}

impl Items for Judged<'_> {
    fn id(&self, at: usize) -> PostingId {
        at as PostingId
    }

    fn score(&self, a: usize, b: usize) -> i32 {
        self.model.score(&self.table.levels(a, b))
    }

    fn apart(&self, a: usize, b: usize) -> bool {
        self.table.exclusive.is_some_and(|column| {
            let (x, y) = (&self.table.values[a][column], &self.table.values[b][column]);
            !x.text.is_empty() && x.text == y.text
        })
    }
}

impl Table {
    fn levels(&self, a: usize, b: usize) -> Levels {
        let mut out = Levels([0; COMPARISONS]);
        let (x, y) = (&self.values[a], &self.values[b]);
        for (at, (compare, column, swapped)) in self.comparisons.iter().enumerate() {
            let level = value::level(compare, &x[*column], &y[*column]);
            out.0[at] = match swapped {
                // crosswise they agree better: as good as the second best level
                Some(other) if level > 2 => {
                    let crossed = value::level(compare, &x[*column], &y[*other]);
                    let back = value::level(compare, &x[*other], &y[*column]);
                    if crossed.max(back) == 1 && crossed.min(back) == 1 { 2 } else { level }
                }
                _ => level,
            };
        }
        out
    }

    fn count(&self) -> usize {
        self.values.len()
    }

    fn level_counts(&self) -> Vec<usize> {
        self.comparisons.iter().map(|(compare, ..)| value::level_count(compare)).collect()
    }

    /// Starting weights: how rarely two values agree by chance says how much it means when they do.
    fn start(&self) -> Model {
        let mut model = Model::blank();
        for (at, (_, column, _)) in self.comparisons.iter().enumerate() {
            let by_chance = self.agreement_by_chance(*column);
            let levels = value::level_count(&self.comparisons[at].0);
            let first = (AGREE / by_chance).log2().min(9.0);
            let last = ((1.0 - AGREE) / (1.0 - by_chance)).log2();
            for level in 1..levels {
                let part = (level - 1) as f64 / (levels - 2).max(1) as f64;
                model.set_weight(at, level as u8, ((first + (last - first) * part) * 1000.0).round() as i32);
            }
        }
        // as many bits against as the table is large: one of all others is meant, if any
        model.prior = -((self.count().max(2) as f64).log2() * 1000.0).round() as i32;
        model
    }

    fn agreement_by_chance(&self, column: usize) -> f64 {
        let mut texts: Vec<&str> =
            self.values.iter().map(|v| v[column].text.as_str()).filter(|t| !t.is_empty()).collect();
        texts.sort_unstable();
        let all = texts.len().max(1) as f64;
        let sum: f64 = texts.chunk_by(|a, b| a == b).map(|same| (same.len() as f64 / all).powi(2)).sum();
        sum.clamp(1e-4, 0.5)
    }
}

/// Groups a table: weights start from how rare values are, are learned from the groups so far, and decide.
pub fn group(table: &Table, threads: usize) -> Grouped {
    let pairs = sharing(table.keys.clone(), |at| at);
    let start = table.start();
    let comparisons = table.level_counts().into_iter().map(|levels| (levels, true)).collect();
    let shape = Shape { comparisons, held: &[], defining: &[] };
    let mut model = start.clone();
    for _ in 0..ROUNDS {
        let examples = examples(table, &pairs, &model, threads);
        let same = examples.iter().filter(|e| e.same).count();
        if same == 0 || same == examples.len() {
            break;
        }
        fit_shape(&mut model, &examples, &start, PULL, &shape);
    }
    let groups = join(&Judged { table, model: &model }, table.count(), &pairs, &[], &model, threads);
    Grouped { groups, candidates: pairs.len(), model }
}

/// Candidates as the model joins them; unsure ones left out.
fn examples(table: &Table, pairs: &[(u32, u32)], model: &Model, threads: usize) -> Vec<Example> {
    let judged = Judged { table, model };
    let mut group_of = vec![0usize; table.count()];
    for (number, group) in join(&judged, table.count(), pairs, &[], model, threads).iter().enumerate() {
        group.iter().for_each(|at| group_of[*at] = number);
    }
    let step = pairs.len().div_ceil(EXAMPLES_MAX).max(1);
    let drawn: Vec<(u32, u32)> = pairs.iter().step_by(step).copied().collect();
    in_threads(&drawn, threads, |(a, b)| {
        let (a, b) = (a as usize, b as usize);
        let levels = table.levels(a, b);
        let same = group_of[a] == group_of[b];
        let unsure = !same && !judged.apart(a, b) && model.score(&levels) > model.auto - UNSURE;
        (!unsure).then_some(Example { levels, same, weight: 1.0 })
    })
}

#[cfg(test)]
mod tests;
