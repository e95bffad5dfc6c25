//! Versions of the weights that decide which postings are one vacancy, and which version was in use when.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::matching::{RECORD, Record, Relation};
use crate::{Reads, Result, Store, Tx};

/// A row of `matching_model`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct MatchingModel {
    /// 1, 2, 3 …; 0 is the shipped one, which has no row.
    pub version: i64,
    /// What it was learned from, in words.
    pub name: String,
    /// The weights, as JSON.
    pub body: String,
    /// What it would change, as JSON.
    pub report: String,
    /// When it was made.
    pub made_ms: i64,
    /// By whom.
    pub actor: String,
}

/// A row of `matching_model_use`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct ModelUse {
    /// 1, 2, 3 …
    pub nr: i64,
    /// Version that came into use.
    pub version: i64,
    /// When.
    pub at_ms: i64,
    /// By whom.
    pub actor: String,
    /// Pairs whose relation was no longer kept, as a JSON list of two ids each.
    pub dropped: String,
}

impl Store {
    /// All versions, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn matching_models(&self) -> Result<Vec<MatchingModel>> {
        self.models("SELECT * FROM matching_model ORDER BY version", vec![]).await
    }

    /// One version.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn matching_model(&self, version: i64) -> Result<Option<MatchingModel>> {
        self.first("SELECT * FROM matching_model WHERE version = $1", vec![version.into()]).await
    }

    /// Which versions were in use, oldest first; the last one is.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn model_uses(&self) -> Result<Vec<ModelUse>> {
        self.models("SELECT * FROM matching_model_use ORDER BY nr", vec![]).await
    }

    /// The version in use; none while it is the shipped one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn model_in_use(&self) -> Result<Option<MatchingModel>> {
        let sql = "SELECT m.* FROM matching_model m WHERE m.version = \
                   (SELECT u.version FROM matching_model_use u ORDER BY u.nr DESC LIMIT 1)";
        self.first(sql, vec![]).await
    }

    /// Comparison records by id, for a pass over all of them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn records_after(&self, after: i64, limit: i64) -> Result<Vec<Record>> {
        let sql = format!(
            "SELECT {RECORD} FROM posting p JOIN posting_body b ON b.posting = p.id WHERE p.id > $1 ORDER BY p.id LIMIT $2"
        );
        self.models(&sql, vec![after.into(), limit.into()]).await
    }

    /// Relations by their pair, for a pass over all of them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn relations_after(&self, after: (i64, i64), limit: i64) -> Result<Vec<Relation>> {
        let sql = "SELECT * FROM relation WHERE a > $1 OR a = $1 AND b > $2 ORDER BY a, b LIMIT $3";
        self.models(sql, vec![after.0.into(), after.1.into(), limit.into()]).await
    }
}

impl Tx {
    /// Keeps a version under the next number, which is given.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_matching_model(&self, model: &MatchingModel) -> Result<i64> {
        let version = 1 + self.number("SELECT max(version) FROM matching_model", vec![]).await?;
        let values = vec![
            version.into(),
            model.name.as_str().into(),
            model.body.as_str().into(),
            model.report.as_str().into(),
            model.made_ms.into(),
            model.actor.as_str().into(),
        ];
        self.insert("matching_model (version, name, body, report, made_ms, actor)", 6, "", values).await?;
        Ok(version)
    }

    /// Enters that a version is in use from now on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn use_matching_model(&self, version: i64, at_ms: i64, actor: &str, dropped: &str) -> Result<()> {
        let nr = 1 + self.number("SELECT max(nr) FROM matching_model_use", vec![]).await?;
        let values = vec![nr.into(), version.into(), at_ms.into(), actor.into(), dropped.into()];
        self.insert("matching_model_use (nr, version, at_ms, actor, dropped)", 5, "", values).await?;
        Ok(())
    }
}
