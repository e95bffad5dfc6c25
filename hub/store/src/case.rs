//! Questions for a steward.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{Reads, Result, Store, Tx};

/// A row of `steward_case`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Case {
    /// Id: a hash of what is asked, so that the same question is asked once.
    pub id: i64,
    /// duplicate, conflict, suspicious, filled or tripwire.
    pub family: String,
    /// Source number, for tripwires.
    pub source: Option<i64>,
    /// Run, for tripwires.
    pub run: Option<i64>,
    /// Posting.
    pub a: Option<i64>,
    /// Other posting.
    pub b: Option<i64>,
    /// open or settled.
    pub state: String,
    /// When it was opened.
    pub opened_ms: i64,
    /// What there is to see, as JSON.
    pub body: String,
}

impl Store {
    /// Open cases by family.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_cases(&self) -> Result<Vec<(String, i64)>> {
        let sql = "SELECT family, CAST(count(*) AS BIGINT) FROM steward_case WHERE state = 'open' GROUP BY family ORDER BY family";
        let rows = self.all(sql, vec![]).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// Cases of a family, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn cases(&self, family: &str, limit: i64) -> Result<Vec<Case>> {
        let sql = "SELECT * FROM steward_case WHERE family = $1 AND state = 'open' ORDER BY opened_ms, id LIMIT $2";
        self.models(sql, vec![family.into(), limit.into()]).await
    }
}

impl Tx {
    /// Opens cases; one that was asked before is not asked again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_cases(&self, cases: &[Case]) -> Result<()> {
        let values = cases
            .iter()
            .flat_map(|c| {
                [
                    c.id.into(),
                    c.family.as_str().into(),
                    c.source.into(),
                    c.run.into(),
                    c.a.into(),
                    c.b.into(),
                    c.state.as_str().into(),
                    c.opened_ms.into(),
                    c.body.as_str().into(),
                ]
            })
            .collect();
        let into = "steward_case (id, family, source, run, a, b, state, opened_ms, body)";
        self.insert(into, 9, "ON CONFLICT DO NOTHING", values).await?;
        Ok(())
    }
}
