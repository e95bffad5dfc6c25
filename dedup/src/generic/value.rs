//! One cell of a table and how two of them compare.

use chrono::{Datelike, NaiveDate};

use super::{CompareConfig, How, VALUE_CHARS_MAX};
use crate::fold;

/// A cell, folded.
#[derive(Clone, Debug, Default)]
pub(super) struct Value {
    /// Letters and digits, lower case; `""` = nothing said.
    pub(super) text: String,
    number: Option<f64>,
    day: Option<i32>,
}

impl Value {
    pub(super) fn of(cell: &str) -> Value {
        let text: String = cell.chars().filter_map(fold::fold_char).take(VALUE_CHARS_MAX).collect();
        let day = (text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| NaiveDate::parse_from_str(&text, "%Y%m%d").ok())
            .flatten()
            .map(|day| day.num_days_from_ce());
        Value { number: cell.trim().parse().ok(), day, text }
    }
}

/// Levels of a comparison, `unknown` and `other` included.
pub(super) fn level_count(compare: &CompareConfig) -> usize {
    let bounds = compare.levels.len().max(1);
    bounds + 2 + usize::from(compare.how == How::Date)
}

/// The level of two values: 0 unknown, 1 the most alike.
pub(super) fn level(compare: &CompareConfig, a: &Value, b: &Value) -> u8 {
    if a.text.is_empty() || b.text.is_empty() {
        return 0;
    }
    let bounds = compare.levels.as_slice();
    let other = level_count(compare) as u8 - 1;
    let under = |distance: f64| bounds.iter().position(|most| distance <= *most).map(|at| at as u8 + 1);
    let found = match compare.how {
        _ if a.text == b.text => Some(1),
        How::Exact => None,
        How::JaroWinkler => {
            let likeness = strsim::jaro_winkler(&a.text, &b.text);
            bounds.iter().position(|least| likeness >= *least).map(|at| at as u8 + 1)
        }
        How::Typos => under(strsim::osa_distance(&a.text, &b.text) as f64),
        How::Number => match (a.number, b.number) {
            (Some(x), Some(y)) => under((x - y).abs()),
            _ => None,
        },
        How::Date => {
            let days = a.day.zip(b.day).and_then(|(x, y)| under((f64::from(x) - f64::from(y)).abs()));
            let slip = || (strsim::osa_distance(&a.text, &b.text) == 1).then_some(other - 1);
            days.or_else(slip)
        }
    };
    found.unwrap_or(other)
}
