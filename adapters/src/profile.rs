//! How full each field is, page by page: what changes when a source changes its schema without saying so.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{RawField, RawPosting};

/// Fewer rows than this say nothing about a rate.
pub const ROWS_MIN: u64 = 50;
/// A fill rate that falls by more than so many percentage points is a drift.
pub const FALL_POINTS: f64 = 30.0;
/// Most unknown codes kept of a field.
pub const CODES_KEPT: usize = 50;

/// Counts of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldCount {
    /// Rows that have it, be it empty.
    pub present: u64,
    /// Rows where it holds something.
    pub filled: u64,
    /// Codes that are not in the field's table.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unknown_codes: BTreeSet<String>,
}

/// Counts of every field over some rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldProfile {
    /// Rows counted.
    pub rows: u64,
    /// By field.
    pub fields: BTreeMap<RawField, FieldCount>,
}

impl FieldProfile {
    /// Counts a row.
    pub fn add(&mut self, row: &RawPosting) {
        self.rows += 1;
        for (field, text) in row.iter() {
            let count = self.fields.entry(field).or_default();
            count.present += 1;
            if !text.trim().is_empty() {
                count.filled += 1;
            }
            if text.contains('?') && has_code(field) {
                for code in text.split([',', ' ', ';', '|']).filter_map(|c| c.trim().strip_prefix('?')) {
                    if count.unknown_codes.len() < CODES_KEPT && !code.is_empty() && code.len() < 40 {
                        count.unknown_codes.insert(code.to_owned());
                    }
                }
            }
        }
    }

    /// Counts of some rows.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a RawPosting>) -> FieldProfile {
        let mut profile = FieldProfile::default();
        rows.into_iter().for_each(|row| profile.add(row));
        profile
    }

    /// Adds another's counts to these.
    pub fn merge(&mut self, other: &FieldProfile) {
        self.rows += other.rows;
        for (field, count) in &other.fields {
            let own = self.fields.entry(*field).or_default();
            own.present += count.present;
            own.filled += count.filled;
            for code in &count.unknown_codes {
                if own.unknown_codes.len() < CODES_KEPT {
                    own.unknown_codes.insert(code.clone());
                }
            }
        }
    }

    /// Share of rows where a field holds something, in per cent.
    pub fn fill_percent(&self, field: RawField) -> f64 {
        let filled = self.fields.get(&field).map_or(0, |c| c.filled);
        if self.rows == 0 { 0.0 } else { filled as f64 * 100.0 / self.rows as f64 }
    }

    /// What is different from before, in words; nothing when either saw too few rows to say.
    pub fn drift(&self, before: &FieldProfile) -> Vec<String> {
        let mut drift = Vec::new();
        for (field, count) in &self.fields {
            let known = before.fields.get(field).map(|c| &c.unknown_codes);
            let new: Vec<&str> = count
                .unknown_codes
                .iter()
                .filter(|c| known.is_none_or(|k| !k.contains(*c)))
                .map(String::as_str)
                .collect();
            if !new.is_empty() && before.rows > 0 {
                drift.push(format!("`{}` has new unknown codes: {}", field.name(), new.join(", ")));
            }
        }
        if self.rows < ROWS_MIN || before.rows < ROWS_MIN {
            return drift;
        }
        for (field, count) in &before.fields {
            let was = before.fill_percent(*field);
            let is = self.fill_percent(*field);
            if count.present > 0 && was >= 5.0 && self.fields.get(field).is_none_or(|c| c.present == 0) {
                drift.push(format!("`{}` is missing; it was filled in {was:.0} % of rows", field.name()));
            } else if was - is > FALL_POINTS {
                drift.push(format!("`{}` is filled in {is:.0} % of rows; it was in {was:.0} %", field.name()));
            }
        }
        drift
    }
}

/// Fields that code tables fill; `?` in any other is a question mark.
fn has_code(field: RawField) -> bool {
    use RawField::*;
    matches!(
        field,
        RegionCode
            | IndustryCode
            | OccupationCode
            | EmploymentType
            | CloseType
            | Career
            | CareerMin
            | Education
            | PayPeriod
            | PayUnit
            | Status
            | Region
            | Occupation
            | Industry
            | OriginProvider
            | SignalCode
            | HowToApply
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize, make: impl Fn(usize, &mut RawPosting)) -> FieldProfile {
        let rows: Vec<RawPosting> = (0..count)
            .map(|i| {
                let mut row = RawPosting::at(0);
                make(i, &mut row);
                row
            })
            .collect();
        FieldProfile::of(&rows)
    }

    #[test]
    fn names_fields_that_vanished_emptied_or_speak_new_codes() {
        let before = rows(100, |i, row| {
            row.set(RawField::Title, "공고?");
            row.set(RawField::Pay, if i % 10 == 0 { "" } else { "월 250" });
            row.set(RawField::Region, "서울");
            row.set(RawField::RegionCode, "11");
        });
        let mut after = rows(60, |_, row| {
            row.set(RawField::Title, "공고?");
            row.set(RawField::Region, "");
            row.set(RawField::RegionCode, "11,?77");
        });
        assert!(before.drift(&before).is_empty());
        assert_eq!(
            after.drift(&before),
            [
                "`region_code` has new unknown codes: 77",
                "`region` is filled in 0 % of rows; it was in 100 %",
                "`pay` is missing; it was filled in 90 % of rows",
            ]
        );
        let few = rows(10, |_, _| {});
        assert!(few.drift(&before).is_empty(), "ten rows say nothing");
        after.merge(&few);
        assert_eq!((after.rows, after.fill_percent(RawField::Title).round()), (70, 86.0));
        let text = serde_json::to_string(&before).unwrap();
        assert_eq!(serde_json::from_str::<FieldProfile>(&text).unwrap(), before);
    }
}
