//! What runs are doing right now, for the progress display and `/metrics`. Numbers only; nothing is decided by them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::pipeline::Counts;

/// All runs of this process.
#[derive(Default)]
pub struct Board {
    lines: Mutex<BTreeMap<String, Line>>,
}

/// One run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Line {
    /// Class of the source.
    pub class: String,
    /// waiting, running, complete, partial, guarded, failed
    pub state: String,
    /// Rows the source claimed so far, where it does.
    pub claimed: u64,
    /// Counts so far.
    pub counts: Counts,
    /// Wall time spent, milliseconds, once ended.
    pub elapsed_ms: u64,
}

impl Board {
    /// Changes the line of a source.
    pub fn update(&self, source: &str, change: impl FnOnce(&mut Line)) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        change(lines.entry(source.to_owned()).or_default());
    }

    /// All lines by source.
    pub fn lines(&self) -> BTreeMap<String, Line> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets all lines, before a new round.
    pub fn clear(&self) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
