//! The parts a list is read in: given values, codes, days, or what the hub wants to know; and how a capped part is split
//! so that the pieces add up to it.

use chrono::{Days, NaiveDate};

use crate::source::template::Template;
use crate::{Plan, Slice};

/// Most slices of a source.
pub(crate) const SLICES_MAX: usize = 20_000;
/// Before the first day of any window when a capped slice is split: the pieces must add up to the whole.
const OLDEST: (i32, u32, u32) = (2000, 1, 1);

/// `[slices]`, compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slicing {
    pub(crate) by: By,
    pub(crate) then_windows: bool,
    pub(crate) window: Option<Windows>,
}

/// The way of slicing.
#[derive(Clone, Debug, Default)]
pub(crate) enum By {
    #[default]
    Nothing,
    Values(String, Vec<String>),
    Windows,
    Lookup {
        name: String,
        batch: usize,
        join: String,
    },
}

/// Days of a window.
#[derive(Clone, Debug)]
pub(crate) struct Windows {
    pub(crate) days: u16,
    pub(crate) back: u32,
    pub(crate) ahead: u32,
    pub(crate) from: Option<Template>,
    pub(crate) to: Option<Template>,
}

impl Slicing {
    /// The slices of a run. None for a lookup without anything to look up.
    pub(crate) fn plan(&self, plan: &Plan<'_>) -> Vec<Slice> {
        match &self.by {
            By::Nothing => vec![Slice { name: "all".to_owned(), values: Vec::new() }],
            By::Values(name, values) => values
                .iter()
                .take(SLICES_MAX)
                .map(|v| Slice { name: format!("{name}={v}"), values: vec![(name.clone(), v.clone())] })
                .collect(),
            By::Windows => {
                let Some(windows) = &self.window else { return Vec::new() };
                let first = minus(plan.today, windows.back);
                let last = plan.today.checked_add_days(Days::new(u64::from(windows.ahead))).unwrap_or(plan.today);
                tiles(first, last, windows.days).map(|(from, to)| windowed("", &[], from, to)).collect()
            }
            By::Lookup { name, batch, join } => plan
                .lookup
                .chunks((*batch).max(1))
                .take(SLICES_MAX)
                .enumerate()
                .map(|(i, chunk)| Slice {
                    name: format!("{name}#{}", i + 1),
                    values: vec![(name.clone(), chunk.join(join))],
                })
                .collect(),
        }
    }

    /// The pieces of a slice that has more rows than the source gives; empty when it cannot be split further.
    pub(crate) fn split(&self, name: &str, values: &[(String, String)], today: NaiveDate) -> Vec<Slice> {
        let Some(windows) = self.window.as_ref().filter(|_| self.then_windows || matches!(self.by, By::Windows)) else {
            return Vec::new();
        };
        let rest: Vec<(String, String)> = values.iter().filter(|(n, _)| n != "from" && n != "to").cloned().collect();
        let base = name.split("from=").next().unwrap_or_default().trim_end_matches('/');
        let base = if base == "all" { "" } else { base };
        let day =
            |wanted: &str| values.iter().find(|(n, _)| n == wanted).and_then(|(_, v)| v.parse::<NaiveDate>().ok());
        if let (Some(from), Some(to)) = (day("from"), day("to")) {
            let length = (to - from).num_days();
            if length < 1 {
                return Vec::new();
            }
            let middle = minus(to, u32::try_from((length + 1) / 2).unwrap_or(1));
            return vec![
                windowed(base, &rest, from, middle),
                windowed(base, &rest, middle.succ_opt().unwrap_or(to), to),
            ];
        }
        let oldest = NaiveDate::from_ymd_opt(OLDEST.0, OLDEST.1, OLDEST.2).unwrap_or(today);
        let first = minus(today, windows.back).max(oldest);
        let last = today.checked_add_days(Days::new(u64::from(windows.ahead))).unwrap_or(today);
        let mut pieces: Vec<Slice> = Vec::new();
        if let Some(before) = first.pred_opt().filter(|b| *b >= oldest) {
            pieces.push(windowed(base, &rest, oldest, before));
        }
        pieces.extend(tiles(first, last, windows.days).map(|(from, to)| windowed(base, &rest, from, to)));
        pieces
    }
}

fn minus(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(days))).unwrap_or(day)
}

fn windowed(base: &str, rest: &[(String, String)], from: NaiveDate, to: NaiveDate) -> Slice {
    let separator = if base.is_empty() { "" } else { "/" };
    let mut values = rest.to_vec();
    values.push(("from".to_owned(), from.to_string()));
    values.push(("to".to_owned(), to.to_string()));
    Slice { name: format!("{base}{separator}from={from}..{to}"), values }
}

/// Windows of so many days that cover first to last, both included, without gap or overlap.
fn tiles(first: NaiveDate, last: NaiveDate, days: u16) -> impl Iterator<Item = (NaiveDate, NaiveDate)> {
    let step = u64::from(days.max(1)) - 1;
    let mut next = Some(first).filter(|f| *f <= last);
    std::iter::from_fn(move || {
        let from = next?;
        let to = from.checked_add_days(Days::new(step)).unwrap_or(last).min(last);
        next = to.succ_opt().filter(|n| *n <= last);
        Some((from, to))
    })
    .take(SLICES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn slicing() -> Slicing {
        let window = Some(Windows { days: 7, back: 20, ahead: 0, from: None, to: None });
        Slicing { then_windows: true, window, ..Slicing::default() }
    }

    #[test]
    fn a_capped_slice_splits_into_windows_that_add_up_and_those_split_again() {
        let today = day("2026-11-24");
        let pieces = slicing().split("region=11000", &[("region".to_owned(), "11000".to_owned())], today);
        let names: Vec<&str> = pieces.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "region=11000/from=2000-01-01..2026-11-03",
                "region=11000/from=2026-11-04..2026-11-10",
                "region=11000/from=2026-11-11..2026-11-17",
                "region=11000/from=2026-11-18..2026-11-24",
            ]
        );
        let halves = slicing().split(&pieces[1].name, &pieces[1].values, today);
        assert_eq!(halves[0].name, "region=11000/from=2026-11-04..2026-11-07");
        assert_eq!(halves[1].name, "region=11000/from=2026-11-08..2026-11-10");
        assert_eq!(halves[1].values[0], ("region".to_owned(), "11000".to_owned()));
        let one_day = [("from".to_owned(), "2026-11-04".to_owned()), ("to".to_owned(), "2026-11-04".to_owned())];
        assert!(slicing().split("from=2026-11-04..2026-11-04", &one_day, today).is_empty());
    }

    #[test]
    fn windows_cover_every_day_once() {
        for days in [1u16, 2, 7, 30, 400] {
            let mut expected = day("2026-01-01");
            for (from, to) in tiles(expected, day("2026-12-31"), days) {
                assert_eq!(from, expected);
                assert!(to >= from);
                expected = to.succ_opt().unwrap();
            }
            assert_eq!(expected, day("2027-01-01"), "{days}");
        }
    }
}
