//! One source's postings with what was decided of them. Every query here names the source: there is no way to ask for
//! another's rows along with one's own.

use sea_orm::FromQueryResult;

use crate::{Reads, Result, Store};

/// A posting and its verdict.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Judged {
    /// Posting id.
    pub id: i64,
    /// The source's own id.
    pub external_id: String,
    /// open, unconfirmed or closed.
    pub state: String,
    /// Why it is not open.
    pub reason: Option<String>,
    /// publish, hold or reject.
    pub verdict: String,
    /// Vacancy it belongs to.
    pub vacancy: i64,
    /// Postings of that vacancy.
    pub together: i64,
    /// When it last changed.
    pub changed_ms: i64,
    /// Canonical form, as JSON.
    pub body: String,
}

/// Which postings of the source.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only with this verdict.
    pub verdict: Option<String>,
    /// Only with a finding of this rule.
    pub rule: Option<String>,
    /// Only whose own id begins so.
    pub external_id: Option<String>,
    /// Only with larger ids.
    pub after: Option<i64>,
}

impl Store {
    /// Postings of one source that are not closed, in the order of ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn partner_verdicts(&self, source: i64, wanted: &Wanted, limit: i64) -> Result<Vec<Judged>> {
        let mut sql = "SELECT p.id, p.external_id, p.state, p.reason, p.verdict, p.vacancy, COALESCE(v.postings, 1) AS together, \
                       p.changed_ms, b.body FROM posting p JOIN posting_body b ON b.posting = p.id \
                       LEFT JOIN vacancy v ON v.id = p.vacancy WHERE p.source = $1 AND p.state <> 'closed' AND p.id > $2"
            .to_owned();
        let mut values: Vec<sea_orm::Value> = vec![source.into(), wanted.after.unwrap_or(i64::MIN).into()];
        let mut also = |text: &str, value: sea_orm::Value| {
            values.push(value);
            sql.push_str(&text.replace("$n", &format!("${}", values.len())));
        };
        if let Some(verdict) = &wanted.verdict {
            also(" AND p.verdict = $n", verdict.as_str().into());
        }
        if let Some(rule) = &wanted.rule {
            also(" AND p.id IN (SELECT f.posting FROM finding f WHERE f.rule = $n)", rule.as_str().into());
        }
        if let Some(id) = &wanted.external_id {
            let pattern = format!("{}%", id.replace('!', "!!").replace('%', "!%").replace('_', "!_"));
            also(" AND p.external_id LIKE $n ESCAPE '!'", pattern.into());
        }
        also(" ORDER BY p.id LIMIT $n", limit.into());
        self.models(&sql, values).await
    }

    /// Findings of one source's postings that are not closed: rule, effect, article, postings.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn partner_rules(&self, source: i64) -> Result<Vec<(String, String, Option<String>, i64)>> {
        let sql = "SELECT f.rule, f.effect, max(f.article), CAST(count(DISTINCT f.posting) AS BIGINT) FROM finding f \
                   JOIN posting p ON p.id = f.posting WHERE p.source = $1 AND p.state <> 'closed' \
                   GROUP BY f.rule, f.effect ORDER BY 4 DESC, 1, 2";
        let rows = self.all(sql, vec![source.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.try_get_by_index(0)?,
                    row.try_get_by_index(1)?,
                    row.try_get_by_index(2)?,
                    row.try_get_by_index(3)?,
                ))
            })
            .collect()
    }

    /// One source's postings by state and verdict, and how many of each share their vacancy with others.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn partner_sums(&self, source: i64) -> Result<Vec<(String, String, i64, i64)>> {
        let sql = "SELECT p.state, p.verdict, CAST(count(*) AS BIGINT), CAST(sum(CASE WHEN v.postings > 1 THEN 1 ELSE 0 END) AS BIGINT) \
                   FROM posting p LEFT JOIN vacancy v ON v.id = p.vacancy WHERE p.source = $1 GROUP BY p.state, p.verdict ORDER BY 1, 2";
        let rows = self.all(sql, vec![source.into()]).await?;
        rows.iter()
            .map(|row| {
                let together: Option<i64> = row.try_get_by_index(3)?;
                Ok((
                    row.try_get_by_index(0)?,
                    row.try_get_by_index(1)?,
                    row.try_get_by_index(2)?,
                    together.unwrap_or(0),
                ))
            })
            .collect()
    }
}
