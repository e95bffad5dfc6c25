//! What became of the rows of a run. The same numbers make the ledger, which must balance.

use serde::{Deserialize, Serialize};
use store::ledger::Entry;

/// Counts of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// List pages kept.
    pub pages: u64,
    /// Of these, answered 304.
    pub not_modified: u64,
    /// Detail pages kept.
    pub details: u64,
    /// Bytes of all bodies.
    pub bytes: u64,
    /// Rows received.
    pub rows: u64,
    /// Rows that say what they said before.
    pub unchanged: u64,
    /// Rows that stood on an earlier page of the run as well.
    pub repeated: u64,
    /// Rows that could not be read; kept as rejects.
    pub failed: u64,
    /// Postings not known before (among published, merged, held, rejected).
    pub new: u64,
    /// Postings that changed (likewise).
    pub changed: u64,
    /// Shown, as a vacancy of their own.
    pub published: u64,
    /// Shown, as part of a vacancy that other postings made.
    pub merged: u64,
    /// Kept back until something is cleared.
    pub held: u64,
    /// Must not be shown.
    pub rejected: u64,
    /// Postings closed in this run.
    pub closed: u64,
    /// Postings that are back.
    pub reopened: u64,
    /// Postings missing for the first time.
    pub unconfirmed: u64,
    /// Signals written (linked systems).
    pub signals: u64,
}

impl Counts {
    /// Adds another's numbers.
    pub fn add(&mut self, other: &Counts) {
        for (mine, theirs) in self.slots().into_iter().zip(other.clone().slots()) {
            *mine += *theirs;
        }
    }

    fn slots(&mut self) -> [&mut u64; 18] {
        [
            &mut self.pages,
            &mut self.not_modified,
            &mut self.details,
            &mut self.bytes,
            &mut self.rows,
            &mut self.unchanged,
            &mut self.repeated,
            &mut self.failed,
            &mut self.new,
            &mut self.changed,
            &mut self.published,
            &mut self.merged,
            &mut self.held,
            &mut self.rejected,
            &mut self.closed,
            &mut self.reopened,
            &mut self.unconfirmed,
            &mut self.signals,
        ]
    }

    /// Rows that went on to be normalized and settled.
    fn passed(&self) -> u64 {
        self.published + self.merged + self.held + self.rejected + self.signals
    }

    /// The ledger entries of the row stages.
    pub fn ledger(&self) -> Vec<(&'static str, &'static str, i64)> {
        let rows = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        vec![
            ("read", "in", rows(self.rows)),
            ("read", "unchanged", rows(self.unchanged)),
            ("read", "repeated", rows(self.repeated)),
            ("read", "failed", rows(self.failed)),
            ("read", "passed", rows(self.passed())),
            ("settle", "in", rows(self.passed())),
            ("settle", "published", rows(self.published)),
            ("settle", "merged", rows(self.merged)),
            ("settle", "held", rows(self.held)),
            ("settle", "rejected", rows(self.rejected)),
            ("settle", "signals", rows(self.signals)),
        ]
    }
}

/// Why a ledger does not balance: for each stage, `in` must equal the sum of what became of the rows, and what the
/// first stage passed must be what the second took in.
pub fn imbalance(entries: &[Entry]) -> Option<String> {
    let sum = |stage: &str, keep: &dyn Fn(&str) -> bool| -> i64 {
        entries.iter().filter(|e| e.stage == stage && keep(&e.code)).map(|e| e.count).sum()
    };
    let mut stages: Vec<&str> = entries.iter().map(|e| e.stage.as_str()).collect();
    stages.sort_unstable();
    stages.dedup();
    for stage in stages {
        let (taken, became) = (sum(stage, &|code| code == "in"), sum(stage, &|code| code != "in"));
        if taken != became {
            return Some(format!("stage {stage}: {taken} rows in, {became} accounted for"));
        }
    }
    let (passed, settled) = (sum("read", &|code| code == "passed"), sum("settle", &|code| code == "in"));
    (passed != settled).then(|| format!("{passed} rows passed reading, {settled} were settled"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(counts: &Counts) -> Vec<Entry> {
        let entry =
            |(stage, code, count): (&str, &str, i64)| Entry { run: 1, stage: stage.into(), code: code.into(), count };
        counts.ledger().into_iter().map(entry).collect()
    }

    #[test]
    fn a_ledger_balances_only_when_every_row_is_accounted_for() {
        let mut counts = Counts {
            rows: 10,
            unchanged: 4,
            repeated: 1,
            failed: 1,
            published: 2,
            held: 1,
            merged: 1,
            ..Counts::default()
        };
        assert_eq!(imbalance(&entries(&counts)), None);
        counts.rows = 11;
        assert_eq!(imbalance(&entries(&counts)).as_deref(), Some("stage read: 11 rows in, 10 accounted for"));
    }

    #[test]
    fn adding_counts_adds_every_number() {
        let mut one = Counts::default();
        for slot in one.slots() {
            *slot = 1;
        }
        let mut two = one;
        two.add(&one);
        assert!(two.slots().into_iter().all(|slot| *slot == 2));
        assert_eq!(serde_json::to_value(two).unwrap().as_object().unwrap().len(), two.slots().len());
    }
}
