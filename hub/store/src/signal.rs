//! Evidence from linked systems, the newest of each key.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::ids;
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

    /// Business numbers that open postings name, for look-ups in linked systems.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn business_numbers(&self, limit: i64) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT business_number FROM posting WHERE business_number IS NOT NULL AND state <> 'closed' \
                   ORDER BY business_number LIMIT $1";
        let rows = self.all(sql, vec![limit.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }
}

impl Tx {
    /// Hashes of the signals that are there, by key, for one source.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn signal_hashes(&self, source: i64, keys: &[String]) -> Result<Vec<(String, i64)>> {
        let list = serde_json::to_string(keys).unwrap_or_else(|_| "[]".to_owned());
        let sub = ids(self.backend(), 2).replace("value::bigint", "value");
        let rows = self
            .all(
                &format!("SELECT key, hash FROM signal WHERE source = $1 AND key IN {sub}"),
                vec![source.into(), list.into()],
            )
            .await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
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
