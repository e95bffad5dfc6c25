//! Sources on their way in, and reports shared by a link.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{Reads, Result, Store, Tx};

/// A row of `onboarding`.
#[derive(Clone, Debug, Default, FromQueryResult, Serialize)]
pub struct Onboarding {
    /// Source number.
    pub source: i64,
    /// trial, shadow or live.
    pub stage: String,
    /// Who began it.
    pub begun_by: String,
    /// When.
    pub begun_ms: i64,
    /// Since when it runs in the shadow.
    pub shadow_ms: Option<i64>,
    /// Who proposed to let it in.
    pub proposed_by: Option<String>,
    /// When.
    pub proposed_ms: Option<i64>,
    /// Who agreed.
    pub approved_by: Option<String>,
    /// Since when it is in.
    pub live_ms: Option<i64>,
    /// The last report, as JSON.
    pub report: Option<String>,
    /// The one before it.
    pub report_before: Option<String>,
}

/// A row of `share`.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Share {
    /// Hash of the token in the link.
    pub token_hash: String,
    /// report or verdicts.
    pub kind: String,
    /// Source number.
    pub source: i64,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_ms: i64,
    /// When it stops to work.
    pub ends_ms: i64,
}

impl Store {
    /// All sources that are or were on their way in.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn onboardings(&self) -> Result<Vec<Onboarding>> {
        self.models("SELECT * FROM onboarding ORDER BY begun_ms DESC, source", vec![]).await
    }

    /// One of them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn onboarding(&self, source: i64) -> Result<Option<Onboarding>> {
        self.first("SELECT * FROM onboarding WHERE source = $1", vec![source.into()]).await
    }

    /// What a link shares, if it still works.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn share(&self, token_hash: &str, now_ms: i64) -> Result<Option<Share>> {
        let sql = "SELECT * FROM share WHERE token_hash = $1 AND ends_ms > $2";
        self.first(sql, vec![token_hash.into(), now_ms.into()]).await
    }

    /// The links of a source that still work, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn shares_of(&self, source: i64, now_ms: i64) -> Result<Vec<Share>> {
        let sql = "SELECT * FROM share WHERE source = $1 AND ends_ms > $2 ORDER BY made_ms DESC";
        self.models(sql, vec![source.into(), now_ms.into()]).await
    }
}

impl Tx {
    /// As [`Store::onboarding`], within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn onboarding(&self, source: i64) -> Result<Option<Onboarding>> {
        self.first("SELECT * FROM onboarding WHERE source = $1", vec![source.into()]).await
    }

    /// Writes how far a source has come.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_onboarding(&self, row: &Onboarding) -> Result<()> {
        let values = vec![
            row.source.into(),
            row.stage.as_str().into(),
            row.begun_by.as_str().into(),
            row.begun_ms.into(),
            row.shadow_ms.into(),
            row.proposed_by.clone().into(),
            row.proposed_ms.into(),
            row.approved_by.clone().into(),
            row.live_ms.into(),
            row.report.clone().into(),
            row.report_before.clone().into(),
        ];
        let into = "onboarding (source, stage, begun_by, begun_ms, shadow_ms, proposed_by, proposed_ms, approved_by, live_ms, report, report_before)";
        let tail = "ON CONFLICT (source) DO UPDATE SET stage = excluded.stage, begun_by = excluded.begun_by, begun_ms = excluded.begun_ms, \
                    shadow_ms = excluded.shadow_ms, proposed_by = excluded.proposed_by, proposed_ms = excluded.proposed_ms, \
                    approved_by = excluded.approved_by, live_ms = excluded.live_ms, report = excluded.report, \
                    report_before = excluded.report_before";
        self.insert(into, 11, tail, values).await?;
        Ok(())
    }

    /// Shares something by a link; links that are over are dropped.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_share(&self, share: &Share) -> Result<()> {
        self.run("DELETE FROM share WHERE ends_ms <= $1", vec![share.made_ms.into()]).await?;
        let values = vec![
            share.token_hash.as_str().into(),
            share.kind.as_str().into(),
            share.source.into(),
            share.made_by.as_str().into(),
            share.made_ms.into(),
            share.ends_ms.into(),
        ];
        self.insert("share (token_hash, kind, source, made_by, made_ms, ends_ms)", 6, "", values).await?;
        Ok(())
    }

    /// Ends the links of a source.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_shares(&self, source: i64) -> Result<u64> {
        self.run("DELETE FROM share WHERE source = $1", vec![source.into()]).await
    }
}
