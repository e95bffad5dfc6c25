//! States of postings and vacancies as they were known: each row says "from then on it is so", as believed from a time on.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids};
use crate::{Reads, Result, Store, Tx};

/// A row of `history`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Belief {
    /// Posting or vacancy.
    pub subject: i64,
    /// [`crate::evidence::POSTING`] or [`crate::evidence::VACANCY`].
    pub scope: String,
    /// Since when the hub believed it.
    pub known_ms: i64,
    /// From when on it is so.
    pub valid_ms: i64,
    /// State.
    pub state: String,
    /// Its reason.
    pub reason: Option<String>,
    /// Verdict, of a vacancy.
    pub verdict: Option<String>,
    /// Fused probability of being closed, thousandths.
    pub probability: i64,
    /// Run that brought it.
    pub run: Option<i64>,
    /// Ids of the evidence it rests on, as JSON.
    pub evidence: String,
}

async fn beliefs(reads: &impl Reads, scope: &str, subject: i64) -> Result<Vec<Belief>> {
    let sql = "SELECT * FROM history WHERE subject = $1 AND scope = $2 ORDER BY known_ms, valid_ms";
    reads.models(sql, vec![subject.into(), scope.into()]).await
}

impl Store {
    /// What was believed of a posting or vacancy, in the order in which it was learnt.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn beliefs(&self, scope: &str, subject: i64) -> Result<Vec<Belief>> {
        beliefs(self, scope, subject).await
    }

    /// Beliefs of a scope learnt after a time, in order, at most so many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn beliefs_since(&self, scope: &str, after_ms: i64, limit: i64) -> Result<Vec<Belief>> {
        let sql =
            "SELECT * FROM history WHERE scope = $1 AND known_ms > $2 ORDER BY known_ms, subject, valid_ms LIMIT $3";
        self.models(sql, vec![scope.into(), after_ms.into(), limit.into()]).await
    }

    /// Changes of state by scope, state and reason: (scope, state, reason, rows).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn belief_counts(&self) -> Result<Vec<(String, String, Option<String>, i64)>> {
        let sql = "SELECT scope, state, reason, CAST(count(*) AS BIGINT) FROM history GROUP BY scope, state, reason \
                   ORDER BY scope, state, reason";
        let rows = self.all(sql, vec![]).await?;
        rows.iter()
            .map(|r| {
                Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?, r.try_get_by_index(3)?))
            })
            .collect()
    }
}

impl Tx {
    /// Notes what is believed from now on; twice in one instant, the last counts.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_beliefs(&self, rows: &[Belief]) -> Result<()> {
        let mut values = Vec::with_capacity(rows.len() * 10);
        for b in rows {
            values.extend([
                b.subject.into(),
                b.scope.as_str().into(),
                b.known_ms.into(),
                b.valid_ms.into(),
                b.state.as_str().into(),
                b.reason.clone().into(),
                b.verdict.clone().into(),
                b.probability.into(),
                b.run.into(),
                b.evidence.as_str().into(),
            ]);
        }
        let into = "history (subject, scope, known_ms, valid_ms, state, reason, verdict, probability, run, evidence)";
        let tail = "ON CONFLICT (subject, scope, known_ms, valid_ms) DO UPDATE SET state = excluded.state, \
                    reason = excluded.reason, verdict = excluded.verdict, probability = excluded.probability, \
                    run = excluded.run, evidence = excluded.evidence";
        self.insert(into, 10, tail, values).await?;
        Ok(())
    }

    /// As [`Store::beliefs`], within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn beliefs(&self, scope: &str, subject: i64) -> Result<Vec<Belief>> {
        beliefs(self, scope, subject).await
    }

    /// The last belief about each of these subjects.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn last_beliefs(&self, scope: &str, subjects: &[i64]) -> Result<Vec<Belief>> {
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT h.* FROM history h WHERE h.scope = $2 AND h.subject IN {} AND NOT EXISTS (SELECT 1 FROM history n \
             WHERE n.subject = h.subject AND n.scope = h.scope AND (n.known_ms > h.known_ms \
             OR (n.known_ms = h.known_ms AND n.valid_ms > h.valid_ms)))",
            ids(self.backend(), 1)
        );
        self.models(&sql, vec![id_list(subjects), scope.into()]).await
    }
}
