//! What stands because of decisions, by the posting or scope it is about. Nothing here that the decisions do not say:
//! a decision's rows are written when it takes effect and removed when it no longer has any.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids};
use crate::{Reads, Result, Store, Tx};

/// A row of `standing`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Standing {
    /// Posting, or the hash of a scope.
    pub subject: i64,
    /// Decision; of two that say something of one thing the later holds.
    pub decision: i64,
    /// Number within the decision.
    pub nr: i64,
    /// ruling, scope, pick, verdict or life.
    pub kind: String,
    /// ruling: the other posting.
    pub other: Option<i64>,
    /// What it says, as JSON.
    pub body: String,
}

impl Store {
    /// What stands about postings or scopes, by decision.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn standing_at(&self, subjects: &[i64]) -> Result<Vec<Standing>> {
        standing_at(self, subjects).await
    }

    /// Everything that stands, by subject.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn all_standing(&self) -> Result<Vec<Standing>> {
        self.models("SELECT * FROM standing ORDER BY subject, decision, nr", vec![]).await
    }
}

async fn standing_at(reads: &impl Reads, subjects: &[i64]) -> Result<Vec<Standing>> {
    let sql =
        format!("SELECT * FROM standing WHERE subject IN {} ORDER BY decision, nr, subject", ids(reads.backend(), 1));
    reads.models(&sql, vec![id_list(subjects)]).await
}

impl Tx {
    /// What stands about postings or scopes, by decision.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn standing_at(&self, subjects: &[i64]) -> Result<Vec<Standing>> {
        standing_at(self, subjects).await
    }

    /// Writes what stands because of a decision, and until when if it ends by itself.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_standing(&self, rows: &[Standing], ends: &[(i64, i64)]) -> Result<()> {
        let values = rows
            .iter()
            .flat_map(|s| {
                [
                    s.subject.into(),
                    s.decision.into(),
                    s.nr.into(),
                    s.kind.as_str().into(),
                    s.other.into(),
                    s.body.as_str().into(),
                ]
            })
            .collect();
        self.insert("standing (subject, decision, nr, kind, other, body)", 6, "ON CONFLICT DO NOTHING", values).await?;
        let values = ends.iter().flat_map(|(decision, at)| [(*decision).into(), (*at).into()]).collect();
        self.insert("standing_until (decision, expires_ms)", 2, "ON CONFLICT DO NOTHING", values).await?;
        Ok(())
    }

    /// Removes what stands because of decisions; gives what it was.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_standing(&self, decisions: &[i64]) -> Result<Vec<Standing>> {
        let list = ids(self.backend(), 1);
        let rows = self
            .models(
                &format!("SELECT * FROM standing WHERE decision IN {list} ORDER BY decision, nr, subject"),
                vec![id_list(decisions)],
            )
            .await?;
        self.run(&format!("DELETE FROM standing WHERE decision IN {list}"), vec![id_list(decisions)]).await?;
        self.run(&format!("DELETE FROM standing_until WHERE decision IN {list}"), vec![id_list(decisions)]).await?;
        Ok(rows)
    }

    /// Decisions whose effect has ended by an instant.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ended_standing(&self, now_ms: i64, limit: i64) -> Result<Vec<i64>> {
        let sql = "SELECT decision FROM standing_until WHERE expires_ms <= $1 ORDER BY expires_ms, decision LIMIT $2";
        let rows = self.all(sql, vec![now_ms.into(), limit.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }
}
