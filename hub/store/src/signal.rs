//! Evidence from linked systems, the newest of each key.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::texts;
use crate::{Reads, Result, Store, Tx};

/// A row of `signal`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Signal {
    /// Source number.
    pub source: i64,
    /// The source's own key.
    pub key: String,
    /// Business or workplace number.
    pub subject: Option<String>,
    /// State code.
    pub code: Option<String>,
    /// All fields, as JSON.
    pub body: String,
    /// Content hash.
    pub hash: i64,
    /// Page it came from.
    pub page: i64,
    /// Last change.
    pub changed_ms: i64,
}

impl Store {
    /// Signals about a business number.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn signals_about(&self, subject: &str) -> Result<Vec<Signal>> {
        self.models("SELECT * FROM signal WHERE subject = $1 ORDER BY source, key", vec![subject.into()]).await
    }

    /// Number of signals by source number.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn signal_counts(&self) -> Result<Vec<(i64, i64)>> {
        let rows = self
            .all("SELECT source, CAST(count(*) AS BIGINT) FROM signal GROUP BY source ORDER BY source", vec![])
            .await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// Hashes of the signals that are there, by key, for one source.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn signal_hashes(&self, source: i64, keys: &[String]) -> Result<Vec<(String, i64)>> {
        signal_hashes(self, source, keys).await
    }
}

async fn signal_hashes(reads: &impl Reads, source: i64, keys: &[String]) -> Result<Vec<(String, i64)>> {
    let list = serde_json::to_string(keys).unwrap_or_else(|_| "[]".to_owned());
    let sql = format!("SELECT key, hash FROM signal WHERE source = $1 AND key IN {}", texts(reads.backend(), 2));
    let rows = reads.all(&sql, vec![source.into(), list.into()]).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

impl Tx {
    /// Hashes of the signals that are there, by key, for one source.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn signal_hashes(&self, source: i64, keys: &[String]) -> Result<Vec<(String, i64)>> {
        signal_hashes(self, source, keys).await
    }

    /// Writes signals, new or changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_signals(&self, signals: &[Signal]) -> Result<()> {
        let values = signals
            .iter()
            .flat_map(|s| {
                [
                    s.source.into(),
                    s.key.as_str().into(),
                    s.subject.clone().into(),
                    s.code.clone().into(),
                    s.body.as_str().into(),
                    s.hash.into(),
                    s.page.into(),
                    s.changed_ms.into(),
                ]
            })
            .collect();
        let tail = "ON CONFLICT (source, key) DO UPDATE SET subject = excluded.subject, code = excluded.code, \
                    body = excluded.body, hash = excluded.hash, page = excluded.page, changed_ms = excluded.changed_ms";
        self.insert("signal (source, key, subject, code, body, hash, page, changed_ms)", 8, tail, values).await?;
        Ok(())
    }
}
