//! Runs and their slices: what was planned, how far each part got, and what came of it.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{Reads, Result, Store, Tx};

/// A row of `run`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Run {
    /// Id, growing.
    pub id: i64,
    /// Source number.
    pub source: i64,
    /// full or incremental.
    pub kind: String,
    /// running, complete, partial, failed or waiting.
    pub state: String,
    /// The instant everything in it is dated with: its first start.
    pub as_of_ms: i64,
    /// When it ended.
    pub ended_ms: Option<i64>,
    /// Incremental: since when.
    pub since_ms: Option<i64>,
    /// Pages kept, details included.
    pub pages: i64,
    /// Counts, as JSON.
    pub counts: String,
    /// Certificate, as JSON.
    pub certificate: Option<String>,
    /// Why it failed or is partial.
    pub error: Option<String>,
    /// Until when a quota or a Retry-After makes it wait.
    pub wait_until_ms: Option<i64>,
}

/// A row of `slice`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Slice {
    /// Run.
    pub run: i64,
    /// Name within the source.
    pub name: String,
    /// Order.
    pub position: i64,
    /// planned, read, split or failed.
    pub state: String,
    /// The adapter's slice, as JSON.
    pub slice: String,
    /// What to ask next, as JSON; absent when not begun or at its end.
    pub ask: Option<String>,
    /// Pages kept.
    pub pages: i64,
    /// Rows the source claimed.
    pub claimed: Option<i64>,
    /// Rows received.
    pub received: i64,
    /// Rows among them that could not be read.
    pub rejects: i64,
    /// Rows that are no postings (advertisements, unlisted), not counted as received.
    pub skipped: i64,
    /// Why it is not complete.
    pub incomplete: Option<String>,
}

/// What the board of sources shows of a run.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Past {
    /// Id.
    pub id: i64,
    /// Source number.
    pub source: i64,
    /// State.
    pub state: String,
    /// Its first start.
    pub as_of_ms: i64,
    /// When it ended.
    pub ended_ms: Option<i64>,
    /// Counts, as JSON.
    pub counts: String,
    /// Why it failed or is partial.
    pub error: Option<String>,
}

impl Store {
    /// The newest so many runs of every source, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn past_runs(&self, each: i64) -> Result<Vec<Past>> {
        let sql = "SELECT id, source, state, as_of_ms, ended_ms, counts, error FROM (SELECT r.*, row_number() OVER \
                   (PARTITION BY source ORDER BY id DESC) AS nr FROM run r) AS ranked WHERE nr <= $1 ORDER BY source, id DESC";
        self.models(sql, vec![each.into()]).await
    }

    /// One run.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn run(&self, id: i64) -> Result<Option<Run>> {
        self.first("SELECT * FROM run WHERE id = $1", vec![id.into()]).await
    }

    /// The run of a source that was begun and not ended, if there is one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn unfinished_run(&self, source: i64) -> Result<Option<Run>> {
        let sql = "SELECT * FROM run WHERE source = $1 AND state IN ('running', 'waiting') ORDER BY id DESC LIMIT 1";
        self.first(sql, vec![source.into()]).await
    }

    /// Sources whose waiting run may go on by now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn waited_enough(&self, now_ms: i64) -> Result<Vec<i64>> {
        let sql = "SELECT DISTINCT source FROM run WHERE state = 'waiting' AND wait_until_ms <= $1 ORDER BY source";
        let rows = self.all(sql, vec![now_ms.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// The newest runs, newest first, of one source or of all.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn runs(&self, source: Option<i64>, limit: i64) -> Result<Vec<Run>> {
        match source {
            Some(source) => {
                let sql = "SELECT * FROM run WHERE source = $1 ORDER BY id DESC LIMIT $2";
                self.models(sql, vec![source.into(), limit.into()]).await
            }
            None => self.models("SELECT * FROM run ORDER BY id DESC LIMIT $1", vec![limit.into()]).await,
        }
    }

    /// The newest runs before a run id, newest first, of one source or of all.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn runs_before(&self, source: Option<i64>, before: i64, limit: i64) -> Result<Vec<Run>> {
        match source {
            Some(source) => {
                let sql = "SELECT * FROM run WHERE source = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
                self.models(sql, vec![source.into(), before.into(), limit.into()]).await
            }
            None => {
                let sql = "SELECT * FROM run WHERE id < $1 ORDER BY id DESC LIMIT $2";
                self.models(sql, vec![before.into(), limit.into()]).await
            }
        }
    }

    /// The newest run of every source.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn last_runs(&self) -> Result<Vec<Run>> {
        let sql = "SELECT * FROM run WHERE id IN (SELECT max(id) FROM run GROUP BY source) ORDER BY source";
        self.models(sql, vec![]).await
    }

    /// The slices of a run, in order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn slices(&self, run: i64) -> Result<Vec<Slice>> {
        self.models("SELECT * FROM slice WHERE run = $1 ORDER BY position, name", vec![run.into()]).await
    }
}

impl Tx {
    /// Enters a new run; gives its id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn begin_run(&self, source: i64, kind: &str, as_of_ms: i64, since_ms: Option<i64>) -> Result<i64> {
        let id = self.number("SELECT max(id) FROM run", vec![]).await? + 1;
        let sql = "INSERT INTO run (id, source, kind, state, as_of_ms, since_ms, counts) VALUES ($1, $2, $3, 'running', $4, $5, '{}')";
        self.run(sql, vec![id.into(), source.into(), kind.into(), as_of_ms.into(), since_ms.into()]).await?;
        Ok(id)
    }

    /// Marks a waiting run as running again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn resume_run(&self, run: i64) -> Result<()> {
        self.run("UPDATE run SET state = 'running', wait_until_ms = NULL WHERE id = $1", vec![run.into()]).await?;
        Ok(())
    }

    /// Moves a run's page count and counts.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn move_run(&self, run: i64, pages: i64, counts: &str) -> Result<()> {
        self.run("UPDATE run SET pages = $2, counts = $3 WHERE id = $1", vec![run.into(), pages.into(), counts.into()])
            .await?;
        Ok(())
    }

    /// Ends a run, or lets it wait.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_run(
        &self,
        run: i64,
        state: &str,
        ended_ms: i64,
        certificate: Option<String>,
        error: Option<String>,
        wait_until_ms: Option<i64>,
    ) -> Result<()> {
        let sql =
            "UPDATE run SET state = $2, ended_ms = $3, certificate = $4, error = $5, wait_until_ms = $6 WHERE id = $1";
        let values =
            vec![run.into(), state.into(), ended_ms.into(), certificate.into(), error.into(), wait_until_ms.into()];
        self.run(sql, values).await?;
        Ok(())
    }

    /// Enters slices; those that are there stay as they are.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn plan_slices(&self, run: i64, slices: &[(String, i64, String)]) -> Result<()> {
        let values = slices
            .iter()
            .flat_map(|(name, position, slice)| {
                [run.into(), name.as_str().into(), (*position).into(), "planned".into(), slice.as_str().into()]
            })
            .collect();
        self.insert("slice (run, name, position, state, slice)", 5, "ON CONFLICT DO NOTHING", values).await?;
        Ok(())
    }

    /// Moves a slice's mark.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn move_slice(&self, slice: &Slice) -> Result<()> {
        let sql = "UPDATE slice SET state = $3, ask = $4, pages = $5, claimed = $6, received = $7, rejects = $8, skipped = $9, incomplete = $10 \
                   WHERE run = $1 AND name = $2";
        let values = vec![
            slice.run.into(),
            slice.name.as_str().into(),
            slice.state.as_str().into(),
            slice.ask.clone().into(),
            slice.pages.into(),
            slice.claimed.into(),
            slice.received.into(),
            slice.rejects.into(),
            slice.skipped.into(),
            slice.incomplete.as_ref().map(|why| why.replace('\0', "\u{fffd}")).into(),
        ];
        self.run(sql, values).await?;
        Ok(())
    }
}
