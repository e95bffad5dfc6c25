//! Leases: who may write for a source. Time is the database's, so that no process's clock matters.

use crate::{Reads, Result, Store, StoreError, Tx};

/// A held lease. Every write transaction of its holder calls [`Tx::fence`] first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What is leased, e.g. `source:saramin`.
    pub name: String,
    /// Grows by one with every holder: a holder with an older number is fenced off.
    pub epoch: i64,
    /// Who holds it.
    pub holder: String,
}

/// The database's clock in milliseconds since 1970.
fn now(sqlite: bool) -> &'static str {
    if sqlite {
        "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)"
    } else {
        "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
    }
}

impl Store {
    /// The database's clock, milliseconds since 1970.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn now_ms(&self) -> Result<i64> {
        self.number(&format!("SELECT {}", now(self.is_sqlite())), vec![]).await
    }

    /// Takes a lease that is free or expired, for `ttl_ms`; `None` when another holds it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim(&self, name: &str, holder: &str, ttl_ms: i64) -> Result<Option<Lease>> {
        let now = now(self.is_sqlite());
        let tx = self.write().await?;
        let sql = format!(
            "INSERT INTO lease (name, holder, epoch, expires_ms) VALUES ($1, $2, 1, {now} + $3) \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, epoch = lease.epoch + 1, expires_ms = excluded.expires_ms \
             WHERE lease.expires_ms <= {now} RETURNING epoch"
        );
        let row = tx.all(&sql, vec![name.into(), holder.into(), ttl_ms.into()]).await?.into_iter().next();
        let lease = match row {
            Some(row) => {
                Some(Lease { name: name.to_owned(), epoch: row.try_get_by_index(0)?, holder: holder.to_owned() })
            }
            None => None,
        };
        tx.commit().await?;
        Ok(lease)
    }

    /// Makes a held lease last for another `ttl_ms`.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when another has it by now.
    pub async fn renew(&self, lease: &Lease, ttl_ms: i64) -> Result<()> {
        let tx = self.write().await?;
        tx.fence(lease, ttl_ms).await?;
        tx.commit().await
    }

    /// Gives a lease back, unless another has it by now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn release(&self, lease: &Lease) -> Result<()> {
        let tx = self.write().await?;
        tx.run(
            "UPDATE lease SET expires_ms = 0 WHERE name = $1 AND epoch = $2",
            vec![lease.name.as_str().into(), lease.epoch.into()],
        )
        .await?;
        tx.commit().await
    }

    /// Keeps the fetcher's state.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_web_state(&self, body: &str) -> Result<()> {
        let tx = self.write().await?;
        let tail = "ON CONFLICT (name) DO UPDATE SET body = excluded.body";
        tx.insert("web_state (name, body)", 2, tail, vec!["web".into(), body.into()]).await?;
        tx.commit().await
    }

    /// The fetcher's state as last kept.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn web_state(&self) -> Result<Option<String>> {
        let rows = self.all("SELECT body FROM web_state WHERE name = 'web'", vec![]).await?;
        Ok(rows.first().map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// Takes every lease of other holders away (a test's way of making a paused worker late).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn expire_leases(&self) -> Result<u64> {
        let tx = self.write().await?;
        let expired = tx.run("UPDATE lease SET expires_ms = 0 WHERE name <> 'writer'", vec![]).await?;
        tx.commit().await?;
        Ok(expired)
    }
}

impl Tx {
    /// The first statement of a leaseholder's write: renews the lease, and fails if another has it.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when it does.
    pub async fn fence(&self, lease: &Lease, ttl_ms: i64) -> Result<()> {
        let sql = format!(
            "UPDATE lease SET expires_ms = {} + $3 WHERE name = $1 AND epoch = $2",
            now(self.backend() == sea_orm::DbBackend::Sqlite)
        );
        let held = self.run(&sql, vec![lease.name.as_str().into(), lease.epoch.into(), ttl_ms.into()]).await?;
        if held == 1 { Ok(()) } else { Err(StoreError::Fenced(lease.name.clone())) }
    }
}
