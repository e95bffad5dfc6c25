//! Why two postings were, or were not, taken for one job: the picture, the same numbers as a table, and the strongest
//! evidence for the other answer.

use dedup::Explanation;

use super::group::short;
use super::waterfall::{self, Bar, Waterfall, bits, probability};
use crate::console::page::Page;

/// Lines of contrary evidence.
const AGAINST_MAX: usize = 4;

/// A bar with its name.
pub(crate) struct Named {
    pub(crate) bar: Bar,
    pub(crate) name: String,
}

/// A line of the table.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) level: String,
    pub(crate) bits: String,
}

/// What is shown of an explanation.
pub(crate) struct Evidence {
    pub(crate) drawn: Waterfall,
    pub(crate) bars: Vec<Named>,
    pub(crate) axis_y: i32,
    pub(crate) words: String,
    pub(crate) pair: String,
    pub(crate) veto: Option<String>,
    pub(crate) against: Vec<String>,
    pub(crate) table: Vec<Line>,
}

/// Characters of a bar's name that have room.
const NAME_CHARS_MAX: usize = 17;

/// Prepares an explanation for the page.
pub(crate) fn of(explanation: &Explanation, pair: String, page: &Page) -> Evidence {
    let drawn = waterfall::draw(explanation);
    let bars = drawn.bars.iter().map(|bar| Named { bar: bar.clone(), name: name(bar, page) }).collect();
    let table = explanation
        .rows
        .iter()
        .map(|row| Line {
            name: page.word("evidence", row.comparison),
            a: short(&row.a),
            b: short(&row.b),
            level: level(row.level, page),
            bits: if row.millibits == 0 { "0".to_owned() } else { bits(row.millibits) },
        })
        .collect();
    Evidence {
        axis_y: drawn.lines_y + 14,
        words: page.put_all(
            "case-why-words",
            &[
                ("bits", bits(explanation.sum).into()),
                ("percent", percent(probability(explanation.sum)).into()),
                ("auto", bits(explanation.auto).into()),
                ("review", bits(explanation.grey).into()),
                ("model", format!("v{}", explanation.model).into()),
            ],
        ),
        pair,
        veto: explanation.veto.map(|veto| page.word("case-veto", &veto.replace(' ', "-"))),
        against: against(explanation, page),
        table,
        bars,
        drawn,
    }
}

/// The heaviest lines that speak against the two being one.
fn against(explanation: &Explanation, page: &Page) -> Vec<String> {
    let mut rows: Vec<_> = explanation.rows.iter().filter(|row| row.millibits < 0).collect();
    rows.sort_by_key(|row| row.millibits);
    rows.truncate(AGAINST_MAX);
    rows.iter()
        .map(|row| {
            let sides = match (row.a.as_str(), row.b.as_str()) {
                ("" | "given", _) | (_, "" | "given") => String::new(),
                (a, b) => format!(" ({} / {})", short(a), short(b)),
            };
            format!(
                "{} {}{sides} {}",
                page.word("evidence", row.comparison),
                level(row.level, page),
                bits(row.millibits)
            )
        })
        .collect()
}

fn name(bar: &Bar, page: &Page) -> String {
    let comparison = page.word("evidence", bar.what);
    if bar.level.is_empty() {
        return comparison;
    }
    let whole = format!("{comparison} {}", level(bar.level, page));
    if width(&whole) <= NAME_CHARS_MAX { whole } else { comparison }
}

/// Width of a text in Latin letters; a syllable is as wide as nearly two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>()
}

fn level(level: &str, page: &Page) -> String {
    page.word("level", &level.replace(", ", "--").replace(' ', "-"))
}

/// `99.96%`; what is nearly certain is not rounded to certainty.
fn percent(share: f64) -> String {
    let share = (share * 100.0).clamp(0.01, 99.99);
    if (1.0..=99.0).contains(&share) { format!("{share:.0}%") } else { format!("{share:.2}%") }
}
