//! The log of who did what: rows that are only ever appended, and the newest of them kept apart.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{Reads, Result, Store, Tx};

/// A row of `audit`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Entry {
    /// Number, growing by one.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// Who.
    pub actor: String,
    /// With which roles, joined by commas.
    pub roles: String,
    /// What, e.g. `case.decide`.
    pub action: String,
    /// To what, e.g. `case:17`.
    pub subject: String,
    /// What else belongs to it, as JSON.
    pub detail: String,
    /// Hash over this row and the hash before it.
    pub hash: String,
}

/// The newest row, as it is kept apart from the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Head {
    /// Its number; 0 for an empty log.
    pub seq: i64,
    /// Its hash; empty for an empty log.
    pub hash: String,
}

/// Which rows of the log.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only of this person.
    pub actor: Option<String>,
    /// Only actions that begin with this.
    pub action: Option<String>,
    /// Only subjects that begin with this.
    pub subject: Option<String>,
    /// Not before.
    pub since_ms: Option<i64>,
    /// Before.
    pub until_ms: Option<i64>,
    /// Only rows with smaller numbers.
    pub before: Option<i64>,
}

impl Store {
    /// Rows after a number, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn audit_after(&self, seq: i64, limit: i64) -> Result<Vec<Entry>> {
        self.models("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2", vec![seq.into(), limit.into()]).await
    }

    /// Rows that match, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn audit_found(&self, filter: &Filter, limit: i64) -> Result<Vec<Entry>> {
        let mut sql = "SELECT * FROM audit WHERE seq < $1".to_owned();
        let mut values: Vec<sea_orm::Value> = vec![filter.before.unwrap_or(i64::MAX).into()];
        let mut also = |text: &str, value: sea_orm::Value| {
            values.push(value);
            sql.push_str(&text.replace("$n", &format!("${}", values.len())));
        };
        if let Some(actor) = &filter.actor {
            also(" AND actor = $n", actor.as_str().into());
        }
        if let Some(action) = &filter.action {
            also(" AND action LIKE $n ESCAPE '!'", prefix(action).into());
        }
        if let Some(subject) = &filter.subject {
            also(" AND subject LIKE $n ESCAPE '!'", prefix(subject).into());
        }
        if let Some(since) = filter.since_ms {
            also(" AND at_ms >= $n", since.into());
        }
        if let Some(until) = filter.until_ms {
            also(" AND at_ms < $n", until.into());
        }
        also(" ORDER BY seq DESC LIMIT $n", limit.into());
        self.models(&sql, values).await
    }

    /// The newest row as kept apart.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn audit_head(&self) -> Result<Head> {
        Ok(self.first("SELECT seq, hash FROM audit_head WHERE id = 1", vec![]).await?.unwrap_or_default())
    }
}

/// A LIKE pattern of what begins with a text.
fn prefix(text: &str) -> String {
    format!("{}%", text.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}

impl Tx {
    /// As [`Store::audit_head`], within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn audit_head(&self) -> Result<Head> {
        Ok(self.first("SELECT seq, hash FROM audit_head WHERE id = 1", vec![]).await?.unwrap_or_default())
    }

    /// Appends a row. Writers are ordered, so that its number is the next one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn append_audit(&self, entry: &Entry) -> Result<()> {
        let values = vec![
            entry.seq.into(),
            entry.at_ms.into(),
            entry.actor.as_str().into(),
            entry.roles.as_str().into(),
            entry.action.as_str().into(),
            entry.subject.as_str().into(),
            entry.detail.as_str().into(),
            entry.hash.as_str().into(),
        ];
        self.insert("audit (seq, at_ms, actor, roles, action, subject, detail, hash)", 8, "", values).await?;
        let sql = "UPDATE audit_head SET seq = $1, hash = $2 WHERE id = 1";
        self.run(sql, vec![entry.seq.into(), entry.hash.as_str().into()]).await?;
        Ok(())
    }

    /// Runs a statement against the log as somebody would who tampers with it (tests of the verification).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tamper_audit(&self, sql: &str) -> Result<u64> {
        self.run(sql, vec![]).await
    }
}
