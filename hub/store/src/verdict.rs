//! Verdicts: the reasons a run found, postings in order for re-judging, and what a re-judging changed.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids};
use crate::posting::{Finding, Posting};
use crate::{Reads, Result, Store, Tx};

/// A row of `run_reason`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Reason {
    /// Run.
    pub run: i64,
    /// Rule id.
    pub rule: String,
    /// reviews, holds or rejects.
    pub effect: String,
    /// Postings it spoke against.
    pub postings: i64,
}

/// A row of `rejudge`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Rejudge {
    /// Number, growing.
    pub id: i64,
    /// Day whose law was applied.
    pub law_of: String,
    /// Only this source.
    pub source: Option<i64>,
    /// When it began.
    pub began_ms: i64,
    /// When it was through.
    pub ended_ms: Option<i64>,
    /// Last posting judged.
    pub after: i64,
    /// Postings judged.
    pub judged: i64,
    /// Postings whose findings changed.
    pub changed: i64,
}

/// A row of `verdict_change`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Change {
    /// Posting.
    pub posting: i64,
    /// Re-judging that changed it.
    pub rejudge: i64,
    /// When.
    pub known_ms: i64,
    /// Day whose law was applied.
    pub law_of: String,
    /// Verdict before.
    pub was: String,
    /// Verdict since.
    pub now: String,
    /// Rules that had spoken, joined by spaces.
    pub rules_was: String,
    /// Rules that speak now.
    pub rules_now: String,
}

/// A posting's body to be written anew.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Posting.
    pub id: i64,
    /// Canonical posting and its findings, as JSON.
    pub body: String,
    /// Its hash.
    pub body_hash: i64,
    /// Verdict.
    pub verdict: String,
}

const WHOLE: &str = "SELECT p.*, b.body, b.profile FROM posting p JOIN posting_body b ON b.posting = p.id";

impl Store {
    /// The reasons that runs found against postings, most frequent first: of one run, or of all with ids above `after`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn reasons(&self, run: i64) -> Result<Vec<Reason>> {
        let sql = "SELECT * FROM run_reason WHERE run = $1 ORDER BY postings DESC, rule, effect";
        self.models(sql, vec![run.into()]).await
    }

    /// As [`Store::reasons`], summed over runs with ids above `after`; `run` is 0.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn reasons_since(&self, after: i64) -> Result<Vec<Reason>> {
        let sql = "SELECT CAST(0 AS BIGINT) AS run, rule, effect, CAST(sum(postings) AS BIGINT) AS postings FROM run_reason \
                   WHERE run > $1 GROUP BY rule, effect ORDER BY 4 DESC, rule, effect";
        self.models(sql, vec![after.into()]).await
    }

    /// What speaks against the postings of each source that are not closed: (source, rule, effect, postings), most first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn reasons_by_source(&self) -> Result<Vec<(i64, String, String, i64)>> {
        let sql = "SELECT p.source, f.rule, f.effect, CAST(count(DISTINCT f.posting) AS BIGINT) FROM finding f \
                   JOIN posting p ON p.id = f.posting WHERE p.state <> 'closed' \
                   GROUP BY p.source, f.rule, f.effect ORDER BY p.source, 4 DESC, f.rule, f.effect";
        let rows = self.all(sql, vec![]).await?;
        rows.iter()
            .map(|r| {
                Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?, r.try_get_by_index(3)?))
            })
            .collect()
    }

    /// Postings of a source after an id, in the order of ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn postings_of_source_after(&self, source: i64, after: i64, limit: i64) -> Result<Vec<Posting>> {
        let sql = format!("{WHOLE} WHERE p.source = $1 AND p.id > $2 ORDER BY p.id LIMIT $3");
        self.models(&sql, vec![source.into(), after.into(), limit.into()]).await
    }

    /// Which of these postings have a contact with a phone or an e-mail. What it is stays where it is.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn reachable(&self, list: &[i64]) -> Result<Vec<i64>> {
        reachable(self, list).await
    }

    /// What postings said first: (posting, body).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn first_bodies(&self, list: &[i64]) -> Result<Vec<(i64, String)>> {
        first_bodies(self, list).await
    }

    /// What re-judging changed of a posting, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn verdict_changes(&self, posting: i64) -> Result<Vec<Change>> {
        let sql = "SELECT * FROM verdict_change WHERE posting = $1 ORDER BY known_ms DESC, rejudge DESC";
        self.models(sql, vec![posting.into()]).await
    }

    /// The re-judgings that were applied, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn rejudges(&self, limit: i64) -> Result<Vec<Rejudge>> {
        self.models("SELECT * FROM rejudge ORDER BY id DESC LIMIT $1", vec![limit.into()]).await
    }
}

async fn first_bodies(reads: &impl Reads, list: &[i64]) -> Result<Vec<(i64, String)>> {
    let sql = format!(
        "SELECT b.posting, coalesce(v.body, b.body) FROM posting_body b \
         LEFT JOIN posting_version v ON v.posting = b.posting AND v.version = 1 WHERE b.posting IN {} ORDER BY b.posting",
        ids(reads.backend(), 1)
    );
    let rows = reads.all(&sql, vec![id_list(list)]).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

async fn reachable(reads: &impl Reads, list: &[i64]) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT posting FROM contact WHERE posting IN {} AND (body LIKE '%\"phones\"%' OR body LIKE '%\"emails\"%') ORDER BY posting",
        ids(reads.backend(), 1)
    );
    let rows = reads.all(&sql, vec![id_list(list)]).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

impl Tx {
    /// Adds to the reasons of a run.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_reasons(&self, run: i64, reasons: &[(String, String, i64)]) -> Result<()> {
        if reasons.is_empty() {
            return Ok(());
        }
        let values = reasons
            .iter()
            .flat_map(|(rule, effect, n)| [run.into(), rule.as_str().into(), effect.as_str().into(), (*n).into()])
            .collect();
        let tail = "ON CONFLICT (run, rule, effect) DO UPDATE SET postings = run_reason.postings + excluded.postings";
        self.insert("run_reason (run, rule, effect, postings)", 4, tail, values).await?;
        Ok(())
    }

    /// These postings, whole.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn whole(&self, list: &[i64]) -> Result<Vec<Posting>> {
        let sql = format!("{WHOLE} WHERE p.id IN {} ORDER BY p.id", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(list)]).await
    }

    /// As [`Store::reachable`], within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn reachable(&self, list: &[i64]) -> Result<Vec<i64>> {
        reachable(self, list).await
    }

    /// As [`Store::first_bodies`], within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn first_bodies(&self, list: &[i64]) -> Result<Vec<(i64, String)>> {
        first_bodies(self, list).await
    }

    /// Writes what postings were judged to be, with the findings that the table keeps; nothing else of them changes.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_judged(&self, judged: &[Judged], findings: &[Finding]) -> Result<()> {
        for row in judged {
            let values = vec![row.id.into(), row.verdict.as_str().into(), row.body_hash.into()];
            self.run("UPDATE posting SET verdict = $2, body_hash = $3 WHERE id = $1", values).await?;
            let values = vec![row.id.into(), row.body.as_str().into()];
            self.run("UPDATE posting_body SET body = $2 WHERE posting = $1", values).await?;
        }
        let list: Vec<i64> = judged.iter().map(|row| row.id).collect();
        let sql = format!("DELETE FROM finding WHERE posting IN {}", ids(self.backend(), 1));
        self.run(&sql, vec![id_list(&list)]).await?;
        let values = findings
            .iter()
            .flat_map(|f| {
                [
                    f.posting.into(),
                    f.nr.into(),
                    f.rule.as_str().into(),
                    f.field.as_str().into(),
                    f.effect.as_str().into(),
                    f.span.as_str().into(),
                    f.article.clone().into(),
                ]
            })
            .collect();
        self.insert("finding (posting, nr, rule, field, effect, span, article)", 7, "", values).await?;
        Ok(())
    }

    /// The re-judging under this law that was cut, or a new one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn begin_rejudge(&self, law_of: &str, source: Option<i64>, at_ms: i64) -> Result<Rejudge> {
        let sql = "SELECT * FROM rejudge WHERE ended_ms IS NULL AND law_of = $1 AND coalesce(source, -1) = $2 ORDER BY id DESC LIMIT 1";
        let cut: Option<Rejudge> = self.first(sql, vec![law_of.into(), source.unwrap_or(-1).into()]).await?;
        if let Some(cut) = cut {
            return Ok(cut);
        }
        let id = self.number("SELECT CAST(coalesce(max(id), 0) + 1 AS BIGINT) FROM rejudge", vec![]).await?;
        let begun = Rejudge {
            id,
            law_of: law_of.to_owned(),
            source,
            began_ms: at_ms,
            ended_ms: None,
            after: i64::MIN,
            judged: 0,
            changed: 0,
        };
        let values = vec![id.into(), law_of.into(), source.into(), at_ms.into(), begun.after.into()];
        let sql = "INSERT INTO rejudge (id, law_of, source, began_ms, ended_ms, after, judged, changed) \
                   VALUES ($1, $2, $3, $4, NULL, $5, 0, 0)";
        self.run(sql, values).await?;
        Ok(begun)
    }

    /// Notes how far a re-judging got, and when it was through.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn move_rejudge(&self, rejudge: &Rejudge) -> Result<()> {
        let values = vec![
            rejudge.id.into(),
            rejudge.after.into(),
            rejudge.judged.into(),
            rejudge.changed.into(),
            rejudge.ended_ms.into(),
        ];
        let sql = "UPDATE rejudge SET after = $2, judged = $3, changed = $4, ended_ms = $5 WHERE id = $1";
        self.run(sql, values).await?;
        Ok(())
    }

    /// Appends what a re-judging changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_verdict_changes(&self, changes: &[Change]) -> Result<()> {
        let values = changes
            .iter()
            .flat_map(|c| {
                [
                    c.posting.into(),
                    c.rejudge.into(),
                    c.known_ms.into(),
                    c.law_of.as_str().into(),
                    c.was.as_str().into(),
                    c.now.as_str().into(),
                    c.rules_was.as_str().into(),
                    c.rules_now.as_str().into(),
                ]
            })
            .collect();
        let into = "verdict_change (posting, rejudge, known_ms, law_of, was, now, rules_was, rules_now)";
        self.insert(into, 8, "ON CONFLICT DO NOTHING", values).await?;
        Ok(())
    }
}
