//! Sources as the store knows them: how far each got, and under which agreement it may run.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{Reads, Result, Store, Tx};

/// A row of `source`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Source {
    /// Stable number: a hash of the name.
    pub number: i64,
    /// Name in the catalog.
    pub name: String,
    /// public, local, private or linked.
    pub class: String,
    /// Title for people.
    pub title: String,
    /// posting or signal.
    pub entity: String,
    /// Why it is paused, if it is.
    pub paused: Option<String>,
    /// Incremental runs ask for what changed since then.
    pub watermark_ms: Option<i64>,
    /// Last run that read the whole list.
    pub complete_run: Option<i64>,
    /// Distinct rows that run saw.
    pub complete_rows: Option<i64>,
    /// Incremental runs since then.
    pub runs_since_full: i64,
    /// When the schedule is due next.
    pub next_due_ms: Option<i64>,
    /// Field profile of the last complete run, as JSON.
    pub profile: Option<String>,
    /// Day of `quota_used`, Asia/Seoul.
    pub quota_day: Option<String>,
    /// Requests made that day.
    pub quota_used: i64,
}

/// What of the catalog is kept in the store.
#[derive(Clone, Debug)]
pub struct Listed<'a> {
    /// Stable number.
    pub number: i64,
    /// Name.
    pub name: &'a str,
    /// Class.
    pub class: &'a str,
    /// Title.
    pub title: &'a str,
    /// posting or signal.
    pub entity: &'a str,
}

/// A row of `agreement`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Agreement {
    /// Source number.
    pub source: i64,
    /// full, no_contact or link_only.
    pub scope: String,
    /// Which document.
    pub document: String,
    /// First day.
    pub since: String,
    /// Last day, if it ends.
    pub until: Option<String>,
}

impl Store {
    /// All sources by name.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn sources(&self) -> Result<Vec<Source>> {
        self.models("SELECT * FROM source ORDER BY name", vec![]).await
    }

    /// One source.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn source(&self, number: i64) -> Result<Option<Source>> {
        self.first("SELECT * FROM source WHERE number = $1", vec![number.into()]).await
    }

    /// All agreements on file.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn agreements(&self) -> Result<Vec<Agreement>> {
        self.models("SELECT * FROM agreement ORDER BY source", vec![]).await
    }

    /// The agreement on file for a source.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn agreement(&self, source: i64) -> Result<Option<Agreement>> {
        self.first("SELECT * FROM agreement WHERE source = $1", vec![source.into()]).await
    }
}

impl Tx {
    /// When each source's last complete list was read: (source, time).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn confirmed(&self) -> Result<Vec<(i64, i64)>> {
        let sql = "SELECT s.number, r.as_of_ms FROM source s JOIN run r ON r.id = s.complete_run";
        let rows = self.all(sql, vec![]).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// Enters the catalog's sources; titles and classes follow the catalog, all else stays.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_sources(&self, sources: &[Listed<'_>]) -> Result<()> {
        let values = sources
            .iter()
            .flat_map(|s| [s.number.into(), s.name.into(), s.class.into(), s.title.into(), s.entity.into()])
            .collect();
        let tail = "ON CONFLICT (number) DO UPDATE SET class = excluded.class, title = excluded.title, entity = excluded.entity";
        self.insert("source (number, name, class, title, entity)", 5, tail, values).await?;
        Ok(())
    }

    /// Puts an agreement on file.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_agreement(&self, agreement: &Agreement) -> Result<()> {
        let values = vec![
            agreement.source.into(),
            agreement.scope.as_str().into(),
            agreement.document.as_str().into(),
            agreement.since.as_str().into(),
            agreement.until.clone().into(),
        ];
        let tail = "ON CONFLICT (source) DO UPDATE SET scope = excluded.scope, document = excluded.document, \
                    since = excluded.since, until = excluded.until";
        self.insert("agreement (source, scope, document, since, until)", 5, tail, values).await?;
        Ok(())
    }

    /// Moves a source's marks at the end of a run that was complete.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_source(
        &self,
        source: i64,
        watermark_ms: i64,
        full: Option<(i64, i64)>,
        profile: &str,
    ) -> Result<()> {
        match full {
            Some((run, rows)) => {
                let sql = "UPDATE source SET watermark_ms = $2, complete_run = $3, complete_rows = $4, runs_since_full = 0, \
                           profile = $5 WHERE number = $1";
                self.run(sql, vec![source.into(), watermark_ms.into(), run.into(), rows.into(), profile.into()])
                    .await?;
            }
            None => {
                let sql =
                    "UPDATE source SET watermark_ms = $2, runs_since_full = runs_since_full + 1 WHERE number = $1";
                self.run(sql, vec![source.into(), watermark_ms.into()]).await?;
            }
        }
        Ok(())
    }

    /// Takes a run's list for the whole one although it was guarded: people let it through.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn accept_run(&self, source: i64, run: i64, rows: i64) -> Result<()> {
        let sql = "UPDATE source SET complete_run = $2, complete_rows = $3 WHERE number = $1 \
                   AND (complete_run IS NULL OR complete_run < $2)";
        self.run(sql, vec![source.into(), run.into(), rows.into()]).await?;
        Ok(())
    }

    /// Sets when a source is due next.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_next_due(&self, source: i64, at_ms: i64) -> Result<()> {
        self.run("UPDATE source SET next_due_ms = $2 WHERE number = $1", vec![source.into(), at_ms.into()]).await?;
        Ok(())
    }

    /// Pauses a source with a reason, or resumes it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn pause_source(&self, source: i64, reason: Option<&str>) -> Result<()> {
        let reason: Option<String> = reason.map(str::to_owned);
        self.run("UPDATE source SET paused = $2 WHERE number = $1", vec![source.into(), reason.into()]).await?;
        Ok(())
    }

    /// Remembers how many requests a source's quota has left today.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_quota(&self, source: i64, day: &str, used: i64) -> Result<()> {
        let sql = "UPDATE source SET quota_day = $2, quota_used = $3 WHERE number = $1";
        self.run(sql, vec![source.into(), day.into(), used.into()]).await?;
        Ok(())
    }
}
