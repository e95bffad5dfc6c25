//! What speaks for or against a job being open, and when the hub learnt it. Rows are added and withdrawn, never erased.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids};
use crate::{Reads, Result, Store, Tx};

/// Scope of evidence about one source's posting.
pub const POSTING: &str = "posting";
/// Scope of evidence about the job itself. Its subject is the vacancy's id, which is that of its founding posting, so that
/// the evidence follows that posting through merges and splits.
pub const VACANCY: &str = "vacancy";

/// A row of `evidence`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Evidence {
    /// Hash of what it says, so that the same evidence twice is one row.
    pub id: i64,
    /// [`POSTING`] or [`VACANCY`].
    pub scope: String,
    /// Posting or vacancy.
    pub subject: i64,
    /// What kind of evidence, as `lifecycle::evidence::Kind` names it.
    pub kind: String,
    /// closed, open, filled, suspended or hold; with kind `steward` the state.
    pub said: String,
    /// When it was true in the world.
    pub at_ms: i64,
    /// Until when, for what ends by itself (a hold).
    pub until_ms: Option<i64>,
    /// When the hub learnt it.
    pub known_ms: i64,
    /// Source that says it.
    pub source: Option<i64>,
    /// Run or batch that brought it.
    pub run: Option<i64>,
    /// Weight of its own, thousandths of a bit towards closed; absent = the kind's.
    pub millibits: Option<i64>,
    /// When it was taken back.
    pub withdrawn_ms: Option<i64>,
    /// What there is to see, as JSON; no personal data.
    pub detail: String,
}

const COLUMNS: &str =
    "id, scope, subject, kind, said, at_ms, until_ms, known_ms, source, run, millibits, withdrawn_ms, detail";

async fn about(reads: &impl Reads, subjects: &[i64], standing: bool) -> Result<Vec<Evidence>> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let only = if standing { "AND withdrawn_ms IS NULL" } else { "" };
    let sql = format!(
        "SELECT {COLUMNS} FROM evidence WHERE subject IN {} {only} ORDER BY subject, at_ms, id",
        ids(reads.backend(), 1)
    );
    reads.models(&sql, vec![id_list(subjects)]).await
}

async fn by_id(reads: &impl Reads, list: &[i64]) -> Result<Vec<Evidence>> {
    let sql = format!("SELECT {COLUMNS} FROM evidence WHERE id IN {} ORDER BY at_ms, id", ids(reads.backend(), 1));
    reads.models(&sql, vec![id_list(list)]).await
}

impl Store {
    /// All evidence about postings and vacancies with these ids, withdrawn included, by subject and time.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn evidence_about(&self, subjects: &[i64]) -> Result<Vec<Evidence>> {
        about(self, subjects, false).await
    }

    /// Evidence by id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn evidence(&self, list: &[i64]) -> Result<Vec<Evidence>> {
        by_id(self, list).await
    }

    /// Evidence of a kind learnt since a time, oldest first, withdrawn included.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn evidence_of_kind(&self, kind: &str, since_ms: i64, limit: i64) -> Result<Vec<Evidence>> {
        let sql =
            format!("SELECT {COLUMNS} FROM evidence WHERE kind = $1 AND known_ms >= $2 ORDER BY known_ms, id LIMIT $3");
        self.models(&sql, vec![kind.into(), since_ms.into(), limit.into()]).await
    }

    /// How much evidence of each kind there is: (kind, said, rows, of them withdrawn).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn evidence_counts(&self) -> Result<Vec<(String, String, i64, i64)>> {
        let sql = "SELECT kind, said, CAST(count(*) AS BIGINT), CAST(count(withdrawn_ms) AS BIGINT) FROM evidence \
                   GROUP BY kind, said ORDER BY kind, said";
        let rows = self.all(sql, vec![]).await?;
        rows.iter()
            .map(|r| {
                Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?, r.try_get_by_index(3)?))
            })
            .collect()
    }
}

impl Tx {
    /// Adds evidence; what is there already stays as it was. Gives how much was new.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_evidence(&self, rows: &[Evidence]) -> Result<u64> {
        let mut values = Vec::with_capacity(rows.len() * 13);
        for e in rows {
            values.extend([
                e.id.into(),
                e.scope.as_str().into(),
                e.subject.into(),
                e.kind.as_str().into(),
                e.said.as_str().into(),
                e.at_ms.into(),
                e.until_ms.into(),
                e.known_ms.into(),
                e.source.into(),
                e.run.into(),
                e.millibits.into(),
                e.withdrawn_ms.into(),
                e.detail.replace('\0', "\u{fffd}").into(),
            ]);
        }
        self.insert(&format!("evidence ({COLUMNS})"), 13, "ON CONFLICT DO NOTHING", values).await
    }

    /// Takes evidence back; what was taken back before keeps its time. To make it stand again, add it under another key.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn withdraw_evidence(&self, list: &[i64], at_ms: i64) -> Result<u64> {
        let sql = format!(
            "UPDATE evidence SET withdrawn_ms = $2 WHERE withdrawn_ms IS NULL AND id IN {}",
            ids(self.backend(), 1)
        );
        self.run(&sql, vec![id_list(list), at_ms.into()]).await
    }

    /// Evidence by id, withdrawn included.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn evidence(&self, list: &[i64]) -> Result<Vec<Evidence>> {
        by_id(self, list).await
    }

    /// The standing evidence of a kind whose detail says `{"by": by, "run": run}`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn evidence_keyed(&self, kind: &str, by: &str, run: i64) -> Result<Vec<Evidence>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM evidence WHERE kind = $1 AND withdrawn_ms IS NULL AND detail = $2 ORDER BY subject"
        );
        let detail = serde_json::json!({ "by": by, "run": run }).to_string();
        self.models(&sql, vec![kind.into(), detail.into()]).await
    }

    /// The evidence that stands about postings and vacancies with these ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn evidence_about(&self, subjects: &[i64]) -> Result<Vec<Evidence>> {
        about(self, subjects, true).await
    }

    /// Subjects of the evidence of a kind that stands and ended between two times: (scope, subject).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ended(&self, kind: &str, after_ms: i64, by_ms: i64) -> Result<Vec<(String, i64)>> {
        let sql = "SELECT DISTINCT scope, subject FROM evidence WHERE kind = $1 AND withdrawn_ms IS NULL \
                   AND until_ms > $2 AND until_ms <= $3 ORDER BY scope, subject";
        let rows = self.all(sql, vec![kind.into(), after_ms.into(), by_ms.into()]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?))).collect()
    }

    /// Subjects of the evidence of a kind that stands and has not ended: (scope, subject, until).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn subjects_of(&self, kind: &str, now_ms: i64) -> Result<Vec<(String, i64, Option<i64>)>> {
        let sql = "SELECT scope, subject, max(until_ms) FROM evidence WHERE kind = $1 AND withdrawn_ms IS NULL \
                   AND at_ms <= $2 AND (until_ms IS NULL OR until_ms > $2) GROUP BY scope, subject ORDER BY scope, subject";
        let rows = self.all(sql, vec![kind.into(), now_ms.into()]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?))).collect()
    }
}
