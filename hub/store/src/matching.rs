//! What deduplication looks things up by: keys, comparison records and stored relations.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids};
use crate::{Reads, Result, Store, Tx};

/// A comparison record with what is needed beside it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Record {
    /// Posting.
    pub id: i64,
    /// Vacancy it is in.
    pub vacancy: i64,
    /// Comparison record.
    pub profile: Vec<u8>,
    /// open, unconfirmed or closed: the record does not say.
    pub state: String,
    /// Hash of what the posting says.
    pub body_hash: i64,
    /// First seen.
    pub first_seen_ms: i64,
    /// Page it was first seen on.
    pub arrived: i64,
}

/// The columns of [`Record`].
pub(crate) const RECORD: &str = "p.id, p.vacancy, b.profile, p.state, p.body_hash, p.first_seen_ms, p.arrived";

/// A row of `relation`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Relation {
    /// The smaller id.
    pub a: i64,
    /// The larger id.
    pub b: i64,
    /// full, semantic, temporal, partial or distinct.
    pub kind: String,
    /// Score in thousandths of a bit.
    pub millibits: i64,
    /// Comparison levels, one byte each.
    pub levels: Vec<u8>,
}

impl Store {
    /// The stored relations of a posting, strongest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn relations_of(&self, posting: i64) -> Result<Vec<Relation>> {
        let sql = "SELECT * FROM relation WHERE a = $1 OR b = $1 ORDER BY millibits DESC, a, b";
        self.models(sql, vec![posting.into()]).await
    }
}

impl Store {
    /// Comparison records of postings.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn records_of(&self, list: &[i64]) -> Result<Vec<Record>> {
        records(self, list).await
    }
}

impl Tx {
    /// Enters and removes match keys: (key, posting).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_keys(&self, added: &[(i64, i64)], removed: &[(i64, i64)]) -> Result<()> {
        let values = added.iter().flat_map(|(key, posting)| [(*key).into(), (*posting).into()]).collect();
        self.insert("match_key (key, posting)", 2, "ON CONFLICT DO NOTHING", values).await?;
        for (key, posting) in removed {
            let values = vec![(*key).into(), (*posting).into()];
            self.run("DELETE FROM match_key WHERE key = $1 AND posting = $2", values).await?;
        }
        Ok(())
    }

    /// Who has these keys: (key, posting), at most `cap + 1` postings a key, so that the caller sees which are over it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn who_has(&self, keys: &[i64], cap: usize) -> Result<Vec<(i64, i64)>> {
        // the list drives, each key is one range of the index, and a hot key is cut inside it
        let list = ids(self.backend(), 1);
        let sql = match self.backend() {
            sea_orm::DbBackend::Sqlite => format!(
                "SELECT k.key, k.posting FROM json_each($1) j CROSS JOIN match_key k ON k.key = j.value \
                 WHERE k.posting <= COALESCE((SELECT posting FROM match_key m WHERE m.key = j.value ORDER BY posting LIMIT 1 OFFSET {cap}), k.posting)"
            ),
            _ => format!(
                "SELECT k.key, k.posting FROM {list} AS j(value) CROSS JOIN LATERAL \
                 (SELECT key, posting FROM match_key m WHERE m.key = j.value ORDER BY posting LIMIT {}) k",
                cap + 1
            ),
        };
        let rows = self.all(&sql, vec![id_list(keys)]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?))).collect()
    }

    /// Comparison records of postings.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn records(&self, list: &[i64]) -> Result<Vec<Record>> {
        records(self, list).await
    }

    /// Comparison records of all members of vacancies.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn records_in(&self, vacancies: &[i64]) -> Result<Vec<Record>> {
        let sql = format!(
            "SELECT {RECORD} FROM posting p JOIN posting_body b ON b.posting = p.id WHERE p.vacancy IN {}",
            ids(self.backend(), 1)
        );
        self.models(&sql, vec![id_list(vacancies)]).await
    }

    /// Stored relations that touch any of these postings.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn relations_at(&self, list: &[i64]) -> Result<Vec<Relation>> {
        let subselect = ids(self.backend(), 1);
        let sql = format!(
            "SELECT a, b, kind, millibits, levels FROM relation WHERE a IN {subselect} \
             UNION SELECT a, b, kind, millibits, levels FROM relation WHERE b IN {subselect}"
        );
        self.models(&sql, vec![id_list(list)]).await
    }

    /// Writes relations and removes others.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_relations(&self, relations: &[Relation], removed: &[(i64, i64)]) -> Result<()> {
        let values = relations
            .iter()
            .flat_map(|r| [r.a.into(), r.b.into(), r.kind.as_str().into(), r.millibits.into(), r.levels.clone().into()])
            .collect();
        let tail = "ON CONFLICT (a, b) DO UPDATE SET kind = excluded.kind, millibits = excluded.millibits, levels = excluded.levels";
        self.insert("relation (a, b, kind, millibits, levels)", 5, tail, values).await?;
        for (a, b) in removed {
            self.run("DELETE FROM relation WHERE a = $1 AND b = $2", vec![(*a).into(), (*b).into()]).await?;
        }
        Ok(())
    }
}

async fn records(reads: &impl Reads, list: &[i64]) -> Result<Vec<Record>> {
    let sql = format!(
        "SELECT {RECORD} FROM posting p JOIN posting_body b ON b.posting = p.id WHERE p.id IN {}",
        ids(reads.backend(), 1)
    );
    reads.models(&sql, vec![id_list(list)]).await
}
