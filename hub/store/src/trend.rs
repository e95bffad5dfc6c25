//! What a day came to: one number a day, measure and part; and the sums it is made of.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{Reads, Result, Store, Tx};

/// A row of `trend`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Point {
    /// Day in Asia/Seoul.
    pub day: String,
    /// What is measured, e.g. `active`.
    pub measure: String,
    /// Of which part; empty for the whole.
    pub part: String,
    /// How much.
    pub value: i64,
}

impl Store {
    /// All points since a day, in the order of days.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn trend(&self, since: &str) -> Result<Vec<Point>> {
        self.models("SELECT * FROM trend WHERE day >= $1 ORDER BY day, measure, part", vec![since.into()]).await
    }

    /// Active, shown vacancies by the first digits of their region.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn active_by_region(&self) -> Result<Vec<(String, i64)>> {
        self.parts("substr(region, 1, 2)").await
    }

    /// Active, shown vacancies by the first digit of their occupation.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn active_by_occupation(&self) -> Result<Vec<(String, i64)>> {
        self.parts("substr(occupation, 1, 1)").await
    }

    async fn parts(&self, part: &str) -> Result<Vec<(String, i64)>> {
        let sql = format!(
            "SELECT COALESCE({part}, '') AS part, CAST(count(*) AS BIGINT) FROM vacancy \
             WHERE state <> 'closed' AND verdict = 'publish' GROUP BY 1 ORDER BY 1"
        );
        let rows = self.all(&sql, vec![]).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// Changes by kind between two instants.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn events_between(&self, from_ms: i64, until_ms: i64) -> Result<Vec<(String, i64)>> {
        let sql = "SELECT kind, CAST(count(*) AS BIGINT) FROM event WHERE at_ms >= $1 AND at_ms < $2 GROUP BY kind ORDER BY kind";
        let rows = self.all(sql, vec![from_ms.into(), until_ms.into()]).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// The ledger summed over the runs that began between two instants.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ledger_between(&self, from_ms: i64, until_ms: i64) -> Result<Vec<crate::ledger::Entry>> {
        let sql = "SELECT CAST(0 AS BIGINT) AS run, l.stage, l.code, CAST(sum(l.count) AS BIGINT) AS count FROM ledger l \
                   JOIN run r ON r.id = l.run WHERE r.as_of_ms >= $1 AND r.as_of_ms < $2 GROUP BY l.stage, l.code \
                   ORDER BY l.stage, l.code";
        self.models(sql, vec![from_ms.into(), until_ms.into()]).await
    }

    /// Counts, as JSON, of the runs that began between two instants.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn run_counts_between(&self, from_ms: i64, until_ms: i64) -> Result<Vec<String>> {
        let sql = "SELECT counts FROM run WHERE as_of_ms >= $1 AND as_of_ms < $2 ORDER BY id";
        let rows = self.all(sql, vec![from_ms.into(), until_ms.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }
}

impl Tx {
    /// Writes what a day came to, over what was written of it before.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_trend(&self, day: &str, points: &[(String, String, i64)]) -> Result<()> {
        self.run("DELETE FROM trend WHERE day = $1", vec![day.into()]).await?;
        let values = points
            .iter()
            .flat_map(|(measure, part, value)| {
                [day.into(), measure.as_str().into(), part.as_str().into(), (*value).into()]
            })
            .collect();
        self.insert("trend (day, measure, part, value)", 4, "ON CONFLICT DO NOTHING", values).await?;
        Ok(())
    }
}
