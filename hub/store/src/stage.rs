//! Verification steps of postings, where they did not simply pass: held, rejected, waiting, or passed by a person.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids};
use crate::{Reads, Result, Store, Tx};

/// A row of `stage`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Stage {
    /// Posting.
    pub posting: i64,
    /// office, call_centre, algorithm or coherence.
    pub stage: String,
    /// passed, held, rejected or waiting.
    pub state: String,
    /// Since when.
    pub at_ms: i64,
    /// Who said so: `rules`, a linked system, or a person.
    pub by_whom: String,
    /// Why.
    pub reason: String,
    /// The question a person is asked about it.
    pub case_id: Option<i64>,
}

/// A row of `stage` with what a person decided about it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Decided {
    /// office, call_centre, algorithm or coherence.
    pub stage: String,
    /// passed, held, rejected or waiting.
    pub state: String,
    /// Since when.
    pub at_ms: i64,
    /// Who said so.
    pub by_whom: String,
    /// Why.
    pub reason: String,
    /// clear, hold or withdraw, where that stands.
    pub verb: Option<String>,
    /// Whose decision that is.
    pub actor: Option<String>,
    /// When it was made.
    pub decided_ms: Option<i64>,
}

/// The decision that stands on a step's question.
const STANDING: &str = "LEFT JOIN decision d ON d.id = (SELECT max(x.id) FROM decision x WHERE x.case_id = s.case_id \
                        AND x.state = 'standing' AND x.verb IN ('clear', 'hold', 'withdraw'))";

/// A posting that may be drawn for a second check.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Drawn {
    /// Posting.
    pub id: i64,
    /// Source.
    pub source: i64,
    /// Vacancy.
    pub vacancy: i64,
    /// Verdict.
    pub verdict: String,
    /// When it was first seen.
    pub first_seen_ms: i64,
}

impl Store {
    /// What is not simply passed of a posting's steps, with what people decided.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn stages_of(&self, posting: i64) -> Result<Vec<Decided>> {
        let sql = format!(
            "SELECT s.stage, s.state, s.at_ms, s.by_whom, s.reason, d.verb, d.actor, d.at_ms AS decided_ms \
             FROM stage s {STANDING} WHERE s.posting = $1 ORDER BY s.stage"
        );
        self.models(&sql, vec![posting.into()]).await
    }

    /// Exceptions of open postings by source, step and what became of it: (source, stage, state, postings).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn stage_counts(&self) -> Result<Vec<(i64, String, String, i64)>> {
        let sql = format!(
            "SELECT p.source, s.stage, CASE d.verb WHEN 'clear' THEN 'passed' WHEN 'hold' THEN 'held' \
             WHEN 'withdraw' THEN 'rejected' ELSE s.state END AS state, CAST(count(*) AS BIGINT) \
             FROM stage s JOIN posting p ON p.id = s.posting {STANDING} WHERE p.state <> 'closed' \
             GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        );
        let rows = self.all(&sql, vec![]).await?;
        rows.iter()
            .map(|r| {
                Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?, r.try_get_by_index(3)?))
            })
            .collect()
    }
}

impl Tx {
    /// What is not simply passed of these postings' steps.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn stages_at(&self, postings: &[i64]) -> Result<Vec<Stage>> {
        let sql = format!("SELECT * FROM stage WHERE posting IN {} ORDER BY posting, stage", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(postings)]).await
    }

    /// Enters or renews steps.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_stages(&self, stages: &[Stage]) -> Result<()> {
        let values = stages
            .iter()
            .flat_map(|s| {
                [
                    s.posting.into(),
                    s.stage.as_str().into(),
                    s.state.as_str().into(),
                    s.at_ms.into(),
                    s.by_whom.as_str().into(),
                    s.reason.as_str().into(),
                    s.case_id.into(),
                ]
            })
            .collect();
        let tail = "ON CONFLICT (posting, stage) DO UPDATE SET state = excluded.state, at_ms = excluded.at_ms, \
                    by_whom = excluded.by_whom, reason = excluded.reason, case_id = excluded.case_id";
        self.insert("stage (posting, stage, state, at_ms, by_whom, reason, case_id)", 7, tail, values).await?;
        Ok(())
    }

    /// Forgets exceptions: the step is passed again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_stages(&self, postings: &[i64], stage: &str) -> Result<()> {
        let sql = format!("DELETE FROM stage WHERE posting IN {} AND stage = $2", ids(self.backend(), 1));
        self.run(&sql, vec![id_list(postings), stage.into()]).await?;
        Ok(())
    }

    /// Postings first seen within a time that may be drawn for a second check, by id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn seen_between(&self, from_ms: i64, until_ms: i64) -> Result<Vec<Drawn>> {
        let sql = "SELECT id, source, vacancy, verdict, first_seen_ms FROM posting \
                   WHERE first_seen_ms >= $1 AND first_seen_ms < $2 AND state <> 'closed' ORDER BY id";
        self.models(sql, vec![from_ms.into(), until_ms.into()]).await
    }

    /// Gives postings a verdict.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_verdict(&self, postings: &[i64], verdict: &str) -> Result<()> {
        let sql = format!("UPDATE posting SET verdict = $2 WHERE id IN {}", ids(self.backend(), 1));
        self.run(&sql, vec![id_list(postings), verdict.into()]).await?;
        Ok(())
    }

    /// How far a piece of the linked systems' work has come; 0 where it has not begun.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn linked_mark(&self, name: &str) -> Result<i64> {
        self.number("SELECT value FROM linked_mark WHERE name = $1", vec![name.into()]).await
    }

    /// Moves a mark.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_linked_mark(&self, name: &str, value: i64) -> Result<()> {
        let tail = "ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.insert("linked_mark (name, value)", 2, tail, vec![name.into(), value.into()]).await?;
        Ok(())
    }
}

impl Store {
    /// Those of the postings that other systems keep back.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn kept_back_by_coherence(&self, postings: &[i64]) -> Result<Vec<i64>> {
        let sql = format!(
            "SELECT posting FROM stage WHERE posting IN {} AND stage = 'coherence' AND state IN ('held', 'rejected') ORDER BY posting",
            ids(self.backend(), 1)
        );
        let rows = self.all(&sql, vec![id_list(postings)]).await?;
        rows.iter().map(|r| Ok(r.try_get_by_index(0)?)).collect()
    }

    /// As [`Tx::linked_mark`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn linked_mark(&self, name: &str) -> Result<i64> {
        self.number("SELECT value FROM linked_mark WHERE name = $1", vec![name.into()]).await
    }

    /// Open postings that rules hold or reject, by the strongest effect: (source, effect, postings).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn held_by_rules(&self) -> Result<Vec<(i64, String, i64)>> {
        let sql = "SELECT p.source, f.effect, CAST(count(*) AS BIGINT) FROM posting p JOIN \
                   (SELECT posting, max(effect) AS effect FROM finding WHERE effect IN ('holds', 'rejects') GROUP BY posting) f \
                   ON f.posting = p.id WHERE p.state <> 'closed' GROUP BY p.source, f.effect ORDER BY 1, 2";
        let rows = self.all(sql, vec![]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?))).collect()
    }
}

impl Tx {
    /// Those of the postings about which a rule asks for a person.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn reviewed_by_rules(&self, postings: &[i64]) -> Result<Vec<i64>> {
        if postings.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT DISTINCT posting FROM finding WHERE effect IN ('reviews', 'holds') AND posting IN {} ORDER BY posting",
            ids(self.backend(), 1)
        );
        let rows = self.all(&sql, vec![id_list(postings)]).await?;
        rows.iter().map(|r| Ok(r.try_get_by_index(0)?)).collect()
    }

    /// Enters steps where there is no row yet.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_new_stages(&self, stages: &[Stage]) -> Result<()> {
        let values = stages
            .iter()
            .flat_map(|s| {
                [
                    s.posting.into(),
                    s.stage.as_str().into(),
                    s.state.as_str().into(),
                    s.at_ms.into(),
                    s.by_whom.as_str().into(),
                    s.reason.as_str().into(),
                    s.case_id.into(),
                ]
            })
            .collect();
        self.insert(
            "stage (posting, stage, state, at_ms, by_whom, reason, case_id)",
            7,
            "ON CONFLICT DO NOTHING",
            values,
        )
        .await?;
        Ok(())
    }

    /// Steps of postings that waited for the end of a labour-market test are looked at anew.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_waiting(&self, postings: &[i64]) -> Result<()> {
        let sql = format!(
            "DELETE FROM stage WHERE posting IN {} AND stage IN ('algorithm', 'coherence') AND state = 'waiting'",
            ids(self.backend(), 1)
        );
        self.run(&sql, vec![id_list(postings)]).await?;
        Ok(())
    }
}
