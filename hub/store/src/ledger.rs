//! The ledger: per run and stage, rows by what became of them.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{Reads, Result, Store, Tx};

/// A row of `ledger`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Entry {
    /// Run.
    pub run: i64,
    /// Stage: read, vet, resolve, sweep.
    pub stage: String,
    /// `in`, or what became of a row.
    pub code: String,
    /// Rows.
    pub count: i64,
}

impl Store {
    /// The ledger of a run.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ledger(&self, run: i64) -> Result<Vec<Entry>> {
        self.models("SELECT * FROM ledger WHERE run = $1 ORDER BY stage, code", vec![run.into()]).await
    }

    /// The ledger summed over runs with ids above `after`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ledger_since(&self, after: i64) -> Result<Vec<Entry>> {
        let sql = "SELECT CAST(0 AS BIGINT) AS run, stage, code, CAST(sum(count) AS BIGINT) AS count FROM ledger \
                   WHERE run > $1 GROUP BY stage, code ORDER BY stage, code";
        self.models(sql, vec![after.into()]).await
    }
}

impl Tx {
    /// As [`Store::ledger`], within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ledger(&self, run: i64) -> Result<Vec<Entry>> {
        self.models("SELECT * FROM ledger WHERE run = $1 ORDER BY stage, code", vec![run.into()]).await
    }

    /// Adds to a run's ledger.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_ledger(&self, run: i64, entries: &[(&str, &str, i64)]) -> Result<()> {
        let values = entries
            .iter()
            .filter(|(_, _, count)| *count != 0)
            .flat_map(|(stage, code, count)| [run.into(), (*stage).into(), (*code).into(), (*count).into()])
            .collect();
        let tail = "ON CONFLICT (run, stage, code) DO UPDATE SET count = ledger.count + excluded.count";
        self.insert("ledger (run, stage, code, count)", 4, tail, values).await?;
        Ok(())
    }
}
