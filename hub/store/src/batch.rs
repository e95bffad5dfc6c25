//! Batches of the linked systems: which were taken, refused or superseded, and why.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{Reads, Result, Store, Tx};

/// A row of `batch`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Batch {
    /// 1, 2, 3 … in the order of arrival.
    pub number: i64,
    /// ei, eiday, eps or permits.
    pub system: String,
    /// The system's own id of the batch.
    pub id: String,
    /// 1, 2, 3 …: a correction has the next one.
    pub revision: i64,
    /// SHA-256 of the batch's lines, hexadecimal.
    pub hash: String,
    /// taking, taken, superseded or rejected.
    pub state: String,
    /// Day the system made it.
    pub issued: String,
    /// First day it is about.
    pub period_from: String,
    /// Last day it is about.
    pub period_until: String,
    /// When it arrived.
    pub received_ms: i64,
    /// Rows in it.
    pub rows_taken: i64,
    /// People or slots in it.
    pub people: i64,
    /// `file <name>`, or `page <id>` where a sync brought it.
    pub origin: String,
    /// What was found in it, as JSON.
    pub report: String,
}

impl Store {
    /// Batches, newest first, of one system or of all.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn batches(&self, system: Option<&str>, limit: i64) -> Result<Vec<Batch>> {
        let sql = "SELECT * FROM batch WHERE $1 = '' OR system = $1 ORDER BY number DESC LIMIT $2";
        self.models(sql, vec![system.unwrap_or_default().into(), limit.into()]).await
    }

    /// One batch by its number.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn batch(&self, number: i64) -> Result<Option<Batch>> {
        self.first("SELECT * FROM batch WHERE number = $1", vec![number.into()]).await
    }

    /// All that arrived under the system's own id, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn batches_called(&self, id: &str) -> Result<Vec<Batch>> {
        self.models("SELECT * FROM batch WHERE id = $1 ORDER BY number DESC", vec![id.into()]).await
    }
}

impl Tx {
    /// All that arrived under an id, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn batches_called(&self, system: &str, id: &str) -> Result<Vec<Batch>> {
        let sql = "SELECT * FROM batch WHERE system = $1 AND id = $2 ORDER BY number DESC";
        self.models(sql, vec![system.into(), id.into()]).await
    }

    /// The number the next batch gets (all writers are ordered).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_batch(&self) -> Result<i64> {
        Ok(self.number("SELECT max(number) FROM batch", vec![]).await? + 1)
    }

    /// Enters a batch.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_batch(&self, b: &Batch) -> Result<()> {
        let values = vec![
            b.number.into(),
            b.system.as_str().into(),
            b.id.as_str().into(),
            b.revision.into(),
            b.hash.as_str().into(),
            b.state.as_str().into(),
            b.issued.as_str().into(),
            b.period_from.as_str().into(),
            b.period_until.as_str().into(),
            b.received_ms.into(),
            b.rows_taken.into(),
            b.people.into(),
            b.origin.as_str().into(),
            b.report.as_str().into(),
        ];
        let into = "batch (number, system, id, revision, hash, state, issued, period_from, period_until, received_ms, \
                    rows_taken, people, origin, report)";
        self.insert(into, 14, "", values).await?;
        Ok(())
    }

    /// Notes that a batch's rows are all there; those of the revisions before it go. What was concluded from them is to be
    /// matched anew, and the rows stay booked until then.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn finish_batch(&self, number: i64, before: &[i64]) -> Result<()> {
        self.run("UPDATE batch SET state = 'taken' WHERE number = $1", vec![number.into()]).await?;
        for batch in before.iter().copied().chain([number]) {
            let sql = "INSERT INTO rematch (business_number) SELECT DISTINCT business_number FROM acquisition WHERE batch = $1 \
                       ON CONFLICT DO NOTHING";
            self.run(sql, vec![batch.into()]).await?;
        }
        for batch in before {
            self.run("UPDATE batch SET state = 'superseded' WHERE number = $1", vec![(*batch).into()]).await?;
            self.drop_batch_rows(*batch).await?;
            self.run(
                "DELETE FROM hire WHERE batch = $1 AND record NOT IN ('acquired', 'daily')",
                vec![(*batch).into()],
            )
            .await?;
            let sql = "DELETE FROM labour_window WHERE batch = $1 AND permit_no NOT IN (SELECT permit_no FROM permit WHERE batch = $2)";
            self.run(sql, vec![(*batch).into(), number.into()]).await?;
        }
        Ok(())
    }

    /// Removes the rows of a batch, not what was concluded from them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_batch_rows(&self, number: i64) -> Result<()> {
        self.run("DELETE FROM acquisition WHERE batch = $1", vec![number.into()]).await?;
        self.run("DELETE FROM permit WHERE batch = $1", vec![number.into()]).await?;
        Ok(())
    }

    /// Removes a batch that was begun and never finished.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forget_batch(&self, number: i64) -> Result<()> {
        self.drop_batch_rows(number).await?;
        self.run("DELETE FROM batch WHERE number = $1 AND state = 'taking'", vec![number.into()]).await?;
        Ok(())
    }

    /// Replaces a batch's report.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn report_batch(&self, number: i64, report: &str) -> Result<()> {
        self.run("UPDATE batch SET report = $2 WHERE number = $1", vec![number.into(), report.into()]).await?;
        Ok(())
    }
}
