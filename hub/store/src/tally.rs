//! What happened how often, by source: the numbers that weights, hazards, the drop guard, calibration and freshness are
//! learned from; and the postings that a guarded run would have closed.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{pack_ids, unpack_ids};
use crate::{Reads, Result, Store, Tx};

/// A row of `tally`.
#[derive(Clone, Debug, PartialEq, FromQueryResult, Serialize)]
pub struct Tally {
    /// Source number; 0 = the hub.
    pub source: i64,
    /// What is counted.
    pub what: String,
    /// Of what kind, or which bin.
    pub key: String,
    /// How often it could have happened.
    pub trials: f64,
    /// How often it did.
    pub hits: f64,
}

impl Store {
    /// All tallies, by source.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tallies(&self) -> Result<Vec<Tally>> {
        self.models("SELECT * FROM tally ORDER BY source, what, key", vec![]).await
    }

    /// The tallies of one thing, by source.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tallies_of(&self, what: &str) -> Result<Vec<Tally>> {
        self.models("SELECT * FROM tally WHERE what = $1 ORDER BY source, key", vec![what.into()]).await
    }

    /// Postings a guarded run would have closed, unless somebody decided.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn guarded(&self, run: i64) -> Result<Vec<i64>> {
        guarded(self, run).await
    }
}

async fn guarded(reads: &impl Reads, run: i64) -> Result<Vec<i64>> {
    let rows = reads.all("SELECT postings FROM guarded WHERE run = $1", vec![run.into()]).await?;
    let Some(row) = rows.first() else { return Ok(Vec::new()) };
    Ok(unpack_ids(&row.try_get_by_index::<Vec<u8>>(0)?))
}

impl Tx {
    /// The tallies of one source.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tallies(&self, source: i64) -> Result<Vec<Tally>> {
        self.models("SELECT * FROM tally WHERE source = $1 ORDER BY what, key", vec![source.into()]).await
    }

    /// Adds to tallies; what was there before is first multiplied by `keep` (1 = nothing is forgotten).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_tallies(&self, rows: &[Tally], keep: f64) -> Result<()> {
        for row in rows {
            // a few dozen a run
            let sql = "INSERT INTO tally (source, what, key, trials, hits) VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT (source, what, key) DO UPDATE SET trials = tally.trials * $6 + excluded.trials, \
                       hits = tally.hits * $6 + excluded.hits";
            let values = vec![
                row.source.into(),
                row.what.as_str().into(),
                row.key.as_str().into(),
                row.trials.into(),
                row.hits.into(),
                keep.into(),
            ];
            self.run(sql, values).await?;
        }
        Ok(())
    }

    /// Notes which postings a guarded run of a source would have closed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_guarded(&self, run: i64, source: i64, postings: &[i64]) -> Result<()> {
        let values = vec![run.into(), source.into(), pack_ids(postings).into()];
        let tail = "ON CONFLICT (run) DO UPDATE SET postings = excluded.postings";
        self.insert("guarded (run, source, postings)", 3, tail, values).await?;
        Ok(())
    }

    /// Takes the postings a guarded run would have closed; from then on nothing is guarded of it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn take_guarded(&self, run: i64) -> Result<Vec<i64>> {
        let list = guarded(self, run).await?;
        self.run("DELETE FROM guarded WHERE run = $1", vec![run.into()]).await?;
        Ok(list)
    }

    /// Forgets what runs of a source before `run` would have closed: a newer list says it better.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_guarded(&self, source: i64, before_run: i64) -> Result<()> {
        self.run("DELETE FROM guarded WHERE source = $1 AND run < $2", vec![source.into(), before_run.into()]).await?;
        Ok(())
    }

    /// What the last guarded run of a source after `run` would have closed, unless somebody decided.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn guarded_of(&self, source: i64, run: i64) -> Result<Vec<i64>> {
        let sql = "SELECT max(run) FROM guarded WHERE source = $1 AND run > $2";
        let last = self.number(sql, vec![source.into(), run.into()]).await?;
        if last == 0 { Ok(Vec::new()) } else { guarded(self, last).await }
    }

    /// The two-digit regions of the postings of a source that are not closed: (posting, region).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn regions(&self, source: i64) -> Result<Vec<(i64, String)>> {
        let sql = "SELECT p.id, substr(coalesce(v.region, ''), 1, 2) FROM posting p JOIN vacancy v ON v.id = p.vacancy \
                   WHERE p.source = $1 AND p.state <> 'closed'";
        let rows = self.all(sql, vec![source.into()]).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }
}
