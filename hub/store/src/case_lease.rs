//! Who has a case before them, and unfinished answers.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{Reads, Result, Store, Tx};

/// A row of `case_lease`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct CaseLease {
    /// Case.
    pub case_id: i64,
    /// Who, with the session where there is one.
    pub holder: String,
    /// Since when.
    pub granted_ms: i64,
    /// Until when.
    pub expires_ms: i64,
    /// Why it was this case's turn: priority, oldest or blind.
    pub slot: String,
    /// What the holder saw of it, as JSON.
    pub seen: String,
}

impl Store {
    /// The lease of a case, run out or not.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn case_lease(&self, case: i64) -> Result<Option<CaseLease>> {
        self.first("SELECT * FROM case_lease WHERE case_id = $1", vec![case.into()]).await
    }

    /// The leases that somebody holds at an instant, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn case_leases_of(&self, holder: &str, now_ms: i64) -> Result<Vec<CaseLease>> {
        let sql = "SELECT * FROM case_lease WHERE holder = $1 AND expires_ms > $2 ORDER BY granted_ms DESC, case_id";
        self.models(sql, vec![holder.into(), now_ms.into()]).await
    }

    /// Somebody's unfinished answer to a case, as JSON.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn case_draft(&self, case: i64, actor: &str) -> Result<Option<String>> {
        let sql = "SELECT body FROM case_draft WHERE case_id = $1 AND actor = $2";
        let rows = self.all(sql, vec![case.into(), actor.into()]).await?;
        Ok(rows.first().map(|row| row.try_get_by_index(0)).transpose()?)
    }
}

impl Tx {
    /// The lease of a case, run out or not.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn case_lease(&self, case: i64) -> Result<Option<CaseLease>> {
        self.first("SELECT * FROM case_lease WHERE case_id = $1", vec![case.into()]).await
    }

    /// Grants a lease unless another holder has one that has not run out; gives whether it did.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn grant_case(&self, lease: &CaseLease) -> Result<bool> {
        let sql = "INSERT INTO case_lease (case_id, holder, granted_ms, expires_ms, slot, seen) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (case_id) DO UPDATE SET holder = excluded.holder, granted_ms = excluded.granted_ms, \
                   expires_ms = excluded.expires_ms, slot = excluded.slot, seen = excluded.seen \
                   WHERE case_lease.expires_ms <= excluded.granted_ms OR case_lease.holder = excluded.holder";
        let values = vec![
            lease.case_id.into(),
            lease.holder.as_str().into(),
            lease.granted_ms.into(),
            lease.expires_ms.into(),
            lease.slot.as_str().into(),
            lease.seen.as_str().into(),
        ];
        Ok(self.run(sql, values).await? == 1)
    }

    /// Lengthens a lease that its holder still has; gives whether it did.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn extend_case(&self, case: i64, holder: &str, now_ms: i64, expires_ms: i64) -> Result<bool> {
        let sql = "UPDATE case_lease SET expires_ms = $4 WHERE case_id = $1 AND holder = $2 AND expires_ms > $3";
        let values = vec![case.into(), holder.into(), now_ms.into(), expires_ms.into()];
        Ok(self.run(sql, values).await? == 1)
    }

    /// Ends a lease; gives whether the holder had it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn release_case(&self, case: i64, holder: &str) -> Result<bool> {
        let sql = "DELETE FROM case_lease WHERE case_id = $1 AND holder = $2";
        Ok(self.run(sql, vec![case.into(), holder.into()]).await? == 1)
    }

    /// Ends the lease of a case, whoever has it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn free_case(&self, case: i64) -> Result<()> {
        self.run("DELETE FROM case_lease WHERE case_id = $1", vec![case.into()]).await?;
        Ok(())
    }

    /// Keeps an unfinished answer.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_draft(&self, case: i64, actor: &str, body: &str, at_ms: i64) -> Result<()> {
        let sql = "INSERT INTO case_draft (case_id, actor, body, at_ms) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (case_id, actor) DO UPDATE SET body = excluded.body, at_ms = excluded.at_ms";
        self.run(sql, vec![case.into(), actor.into(), body.into(), at_ms.into()]).await?;
        Ok(())
    }

    /// Throws an unfinished answer away.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_draft(&self, case: i64, actor: &str) -> Result<()> {
        self.run("DELETE FROM case_draft WHERE case_id = $1 AND actor = $2", vec![case.into(), actor.into()]).await?;
        Ok(())
    }
}
