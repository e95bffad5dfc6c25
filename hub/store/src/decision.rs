//! Answers of stewards, append-only.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids};
use crate::{Reads, Result, Store, Tx};

/// A row of `decision`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Decision {
    /// 1, 2, 3 …
    pub id: i64,
    /// Case it answers.
    pub case_id: i64,
    /// Family of the case.
    pub family: String,
    /// What was decided.
    pub verb: String,
    /// proposed, standing, second, noted, refused, undone or expired.
    pub state: String,
    /// What it is about, as JSON: postings, vacancy, run, and what they said then.
    pub subject: String,
    /// The answer's own terms, as JSON: picks, class of relation, reason of closing.
    pub answer: String,
    /// Reason code.
    pub reason: String,
    /// Free text.
    pub note: Option<String>,
    /// Who.
    pub actor: String,
    /// When.
    pub at_ms: i64,
    /// The second of two people.
    pub approved_by: Option<String>,
    /// When they approved or refused.
    pub approved_ms: Option<i64>,
    /// Versions of the model and the rules it was made under, as JSON.
    pub versions: String,
    /// The suggestion that was shown, as JSON.
    pub suggestion: Option<String>,
    /// 1 = nothing was suggested on purpose.
    pub blind: i64,
    /// Milliseconds on screen.
    pub screen_ms: i64,
    /// suggest, follow or fixed.
    pub stickiness: String,
    /// Scope, as JSON.
    pub scope: String,
    /// When it ends by itself.
    pub expires_ms: Option<i64>,
    /// What undoing it does, as JSON.
    pub inverse: String,
    /// Bulk rule it belongs to.
    pub batch: Option<i64>,
    /// The first decision that this one checks without having seen it.
    pub second_of: Option<i64>,
    /// The decision this one undoes.
    pub undoes: Option<i64>,
    /// The decision that undid this one.
    pub undone_by: Option<i64>,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct DecisionFilter {
    /// Only by this actor.
    pub actor: Option<String>,
    /// Only of this family.
    pub family: Option<String>,
    /// Only in this state.
    pub state: Option<String>,
    /// Only of this batch.
    pub batch: Option<i64>,
    /// Only since this instant.
    pub since_ms: Option<i64>,
    /// Only before this id (keyset paging, newest first).
    pub before: Option<i64>,
    /// Most rows.
    pub limit: i64,
}

impl Store {
    /// One decision.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn decision(&self, id: i64) -> Result<Option<Decision>> {
        self.first("SELECT * FROM decision WHERE id = $1", vec![id.into()]).await
    }

    /// The decisions on a case, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn decisions_on(&self, case: i64) -> Result<Vec<Decision>> {
        self.models("SELECT * FROM decision WHERE case_id = $1 ORDER BY id", vec![case.into()]).await
    }

    /// Decisions by id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn decisions_by_id(&self, list: &[i64]) -> Result<Vec<Decision>> {
        let sql = format!("SELECT * FROM decision WHERE id IN {} ORDER BY id", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(list)]).await
    }

    /// Decisions, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn decisions(&self, filter: &DecisionFilter) -> Result<Vec<Decision>> {
        let mut sql = "SELECT * FROM decision WHERE 1 = 1".to_owned();
        let mut values: Vec<sea_orm::Value> = Vec::new();
        let mut add = |condition: &str, value: sea_orm::Value| {
            values.push(value);
            sql.push_str(&condition.replace("$n", &format!("${}", values.len())));
        };
        if let Some(actor) = &filter.actor {
            add(" AND actor = $n", actor.as_str().into());
        }
        if let Some(family) = &filter.family {
            add(" AND family = $n", family.as_str().into());
        }
        if let Some(state) = &filter.state {
            add(" AND state = $n", state.as_str().into());
        }
        if let Some(batch) = filter.batch {
            add(" AND batch = $n", batch.into());
        }
        if let Some(since) = filter.since_ms {
            add(" AND at_ms >= $n", since.into());
        }
        if let Some(before) = filter.before {
            add(" AND id < $n", before.into());
        }
        add(" ORDER BY id DESC LIMIT $n", filter.limit.into());
        self.models(&sql, values).await
    }
}

impl Tx {
    /// One decision.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn decision(&self, id: i64) -> Result<Option<Decision>> {
        self.first("SELECT * FROM decision WHERE id = $1", vec![id.into()]).await
    }

    /// The decisions on a case, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn decisions_on(&self, case: i64) -> Result<Vec<Decision>> {
        self.models("SELECT * FROM decision WHERE case_id = $1 ORDER BY id", vec![case.into()]).await
    }

    /// The decisions on several cases, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn decisions_on_all(&self, cases: &[i64]) -> Result<Vec<Decision>> {
        let sql = format!("SELECT * FROM decision WHERE case_id IN {} ORDER BY id", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(cases)]).await
    }

    /// Decisions by id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn decisions_by_id(&self, list: &[i64]) -> Result<Vec<Decision>> {
        let sql = format!("SELECT * FROM decision WHERE id IN {} ORDER BY id", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(list)]).await
    }

    /// The decisions of a batch.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn decisions_in(&self, batch: i64) -> Result<Vec<Decision>> {
        self.models("SELECT * FROM decision WHERE batch = $1 ORDER BY id", vec![batch.into()]).await
    }

    /// The number of the next decision (all writers are ordered).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_decision(&self) -> Result<i64> {
        Ok(self.number("SELECT max(id) FROM decision", vec![]).await? + 1)
    }

    /// Appends decisions.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn append_decisions(&self, decisions: &[Decision]) -> Result<()> {
        let values = decisions
            .iter()
            .flat_map(|d| {
                [
                    d.id.into(),
                    d.case_id.into(),
                    d.family.as_str().into(),
                    d.verb.as_str().into(),
                    d.state.as_str().into(),
                    d.subject.as_str().into(),
                    d.answer.as_str().into(),
                    d.reason.as_str().into(),
                    d.note.clone().into(),
                    d.actor.as_str().into(),
                    d.at_ms.into(),
                    d.approved_by.clone().into(),
                    d.approved_ms.into(),
                    d.versions.as_str().into(),
                    d.suggestion.clone().into(),
                    d.blind.into(),
                    d.screen_ms.into(),
                    d.stickiness.as_str().into(),
                    d.scope.as_str().into(),
                    d.expires_ms.into(),
                    d.inverse.as_str().into(),
                    d.batch.into(),
                    d.second_of.into(),
                    d.undoes.into(),
                    d.undone_by.into(),
                ]
            })
            .collect();
        let into = "decision (id, case_id, family, verb, state, subject, answer, reason, note, actor, at_ms, approved_by, \
                    approved_ms, versions, suggestion, blind, screen_ms, stickiness, scope, expires_ms, inverse, batch, \
                    second_of, undoes, undone_by)";
        self.insert(into, 25, "", values).await?;
        Ok(())
    }

    /// Notes what became of a decision: approved, refused or expired.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn turn_decision(&self, id: i64, state: &str, by: Option<&str>, at_ms: Option<i64>) -> Result<()> {
        let sql = "UPDATE decision SET state = $2, approved_by = COALESCE($3, approved_by), \
                   approved_ms = COALESCE($4, approved_ms) WHERE id = $1";
        let by: Option<String> = by.map(str::to_owned);
        self.run(sql, vec![id.into(), state.into(), by.into(), at_ms.into()]).await?;
        Ok(())
    }

    /// Notes that decisions were undone by another.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn undo_decisions(&self, list: &[i64], by: i64) -> Result<()> {
        let sql =
            format!("UPDATE decision SET state = 'undone', undone_by = $2 WHERE id IN {}", ids(self.backend(), 1));
        self.run(&sql, vec![id_list(list), by.into()]).await?;
        Ok(())
    }
}
