//! How often a source fills each field: when one that was always there is suddenly missing, the source has changed its
//! schema and nothing may follow from what it seems to say (R14).

use std::collections::BTreeMap;

use adapters::Row;
use serde::{Deserialize, Serialize};

/// Rows below which a share says nothing.
const ROWS_MIN: u64 = 20;
/// A field counts as usual from this share of rows …
const USUAL: f64 = 0.5;
/// … and as gone when its share falls below this part of the usual one.
const GONE: f64 = 0.25;

/// Fill counts by field.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct FieldProfile {
    rows: u64,
    filled: BTreeMap<String, u64>,
}

impl FieldProfile {
    /// Counts the rows of a page.
    pub(super) fn add(&mut self, rows: &[Row]) {
        for row in rows {
            let Row::Posting(raw) = row else { continue };
            self.rows += 1;
            for (field, text) in raw.iter().filter(|(_, text)| !text.trim().is_empty()) {
                let _: &str = text;
                match self.filled.get_mut(field.name()) {
                    Some(count) => *count += 1,
                    None => {
                        self.filled.insert(field.name().to_owned(), 1);
                    }
                }
            }
        }
    }

    /// Fields that were usual and are gone, one sentence each.
    pub(super) fn drift_from(&self, previous: &FieldProfile) -> Vec<String> {
        if self.rows < ROWS_MIN || previous.rows < ROWS_MIN {
            return Vec::new();
        }
        let share = |profile: &FieldProfile, field: &str| {
            profile.filled.get(field).copied().unwrap_or(0) as f64 / profile.rows as f64
        };
        previous
            .filled
            .keys()
            .map(|field| (field, share(previous, field), share(self, field)))
            .filter(|(_, before, now)| *before >= USUAL && *now < GONE * before)
            .map(|(field, before, now)| {
                format!("{field} was filled in {:.0} % of rows and is in {:.0} %", before * 100.0, now * 100.0)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use adapters::{RawField, RawPosting};

    use super::*;

    fn profile(rows: u32, with_title: u32) -> FieldProfile {
        let mut profile = FieldProfile::default();
        let rows: Vec<Row> = (0..rows)
            .map(|i| {
                let mut raw = RawPosting::at(i);
                raw.set(RawField::ExternalId, i.to_string());
                raw.set(RawField::Title, if i < with_title { "간호사" } else { " " });
                Row::Posting(raw)
            })
            .collect();
        profile.add(&rows);
        profile
    }

    #[test]
    fn only_a_usual_field_that_vanished_is_drift() {
        for (before, now, drifted) in [
            (profile(100, 100), profile(100, 0), true),
            (profile(100, 100), profile(100, 20), true),
            (profile(100, 100), profile(100, 60), false),
            (profile(100, 30), profile(100, 0), false),
            (profile(10, 10), profile(100, 0), false),
        ] {
            assert_eq!(!now.drift_from(&before).is_empty(), drifted, "{before:?} {now:?}");
        }
    }
}
