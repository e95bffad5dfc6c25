//! Many answers at once: the rule, its dry run, and who let it pass.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{Reads, Result, Store, Tx};

/// A row of `bulk_rule`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct BulkRule {
    /// 1, 2, 3 …; the batch of its decisions.
    pub id: i64,
    /// proposed, applied, refused or undone.
    pub state: String,
    /// Which cases, as JSON.
    pub filter: String,
    /// The answer, as JSON.
    pub answer: String,
    /// Reason code.
    pub reason: String,
    /// What the dry run found, as JSON.
    pub dry_run: String,
    /// The cases of the dry run and what each rested on, as JSON.
    pub cases: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_ms: i64,
    /// Who let it pass.
    pub approved_by: Option<String>,
    /// When.
    pub approved_ms: Option<i64>,
    /// Until when it may be applied.
    pub expires_ms: i64,
    /// Who undid it.
    pub undone_by: Option<String>,
}

impl Store {
    /// One rule.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn bulk_rule(&self, id: i64) -> Result<Option<BulkRule>> {
        self.first("SELECT * FROM bulk_rule WHERE id = $1", vec![id.into()]).await
    }

    /// Rules, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn bulk_rules(&self, limit: i64) -> Result<Vec<BulkRule>> {
        self.models("SELECT * FROM bulk_rule ORDER BY id DESC LIMIT $1", vec![limit.into()]).await
    }
}

impl Tx {
    /// One rule, within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn bulk_rule(&self, id: i64) -> Result<Option<BulkRule>> {
        self.first("SELECT * FROM bulk_rule WHERE id = $1", vec![id.into()]).await
    }

    /// The number of the next rule.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_bulk_rule(&self) -> Result<i64> {
        Ok(self.number("SELECT max(id) FROM bulk_rule", vec![]).await? + 1)
    }

    /// Writes a rule, new or changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_bulk_rule(&self, rule: &BulkRule) -> Result<()> {
        let values = vec![
            rule.id.into(),
            rule.state.as_str().into(),
            rule.filter.as_str().into(),
            rule.answer.as_str().into(),
            rule.reason.as_str().into(),
            rule.dry_run.as_str().into(),
            rule.cases.as_str().into(),
            rule.proposed_by.as_str().into(),
            rule.proposed_ms.into(),
            rule.approved_by.clone().into(),
            rule.approved_ms.into(),
            rule.expires_ms.into(),
            rule.undone_by.clone().into(),
        ];
        let into = "bulk_rule (id, state, filter, answer, reason, dry_run, cases, proposed_by, proposed_ms, approved_by, \
                    approved_ms, expires_ms, undone_by)";
        let tail = "ON CONFLICT (id) DO UPDATE SET state = excluded.state, approved_by = excluded.approved_by, \
                    approved_ms = excluded.approved_ms, expires_ms = excluded.expires_ms, undone_by = excluded.undone_by";
        self.insert(into, 13, tail, values).await?;
        Ok(())
    }
}
