//! Vacancies: what the unified store says of each job, in columns one can search by. The golden record itself is
//! computed from the postings when it is read, so that it can never differ from them.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids};
use crate::{Reads, Result, Store, Tx};

/// A row of `vacancy`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Vacancy {
    /// Id, stable, never reused.
    pub id: i64,
    /// scheduled, open, suspected_stale, closed, or merged (then `vacancy_redirect` says into which).
    pub state: String,
    /// Why it is closed or suspected.
    pub reason: Option<String>,
    /// publish, hold or reject: whether it may be shown.
    pub verdict: String,
    /// Since when it is in this state.
    pub state_since_ms: i64,
    /// When its first posting was first seen.
    pub founded_ms: i64,
    /// Last change of anything consumers see.
    pub changed_ms: i64,
    /// Postings in it.
    pub postings: i64,
    /// Those of them that are open.
    pub open_postings: i64,
    /// Golden title.
    pub title: String,
    /// Golden company name.
    pub company: String,
    /// Golden region code.
    pub region: Option<String>,
    /// Golden occupation code.
    pub occupation: Option<String>,
    /// Golden employment type.
    pub employment: Option<String>,
    /// Golden pay, as `period min..max`.
    pub pay: Option<String>,
    /// Golden closing kind.
    pub close_kind: Option<String>,
    /// Golden last day to apply.
    pub valid_through: Option<String>,
    /// Hash of the golden record.
    pub golden_hash: i64,
    /// 1, 2, 3 … with each change consumers see.
    pub version: i64,
}

/// What to search vacancies by; all that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Words that must be in title or company.
    pub words: Vec<String>,
    /// Region code: 2 digits (the whole 시도) or 5.
    pub region: Option<String>,
    /// Occupation code or its beginning.
    pub occupation: Option<String>,
    /// State; `None` = open and suspected.
    pub state: Option<String>,
    /// Also held and rejected ones.
    pub unpublished: bool,
    /// Only ids above this (keyset paging).
    pub after: Option<i64>,
    /// Most rows.
    pub limit: i64,
}

impl Store {
    /// One vacancy, also a retired one (its state is `merged`).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn vacancy(&self, id: i64) -> Result<Option<Vacancy>> {
        self.first("SELECT * FROM vacancy WHERE id = $1", vec![id.into()]).await
    }

    /// The id that answers for a retired one now; chains of merges are followed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn survivor(&self, id: i64) -> Result<Option<i64>> {
        let sql = "WITH RECURSIVE chain(id, depth) AS (SELECT survivor, 1 FROM vacancy_redirect WHERE old = $1 \
                   UNION ALL SELECT r.survivor, c.depth + 1 FROM vacancy_redirect r JOIN chain c ON r.old = c.id WHERE c.depth < 100) \
                   SELECT id FROM chain ORDER BY depth DESC LIMIT 1";
        let rows = self.all(sql, vec![id.into()]).await?;
        Ok(rows.first().map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// Ids that redirect to a vacancy.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn redirected_to(&self, id: i64) -> Result<Vec<i64>> {
        let rows =
            self.all("SELECT old FROM vacancy_redirect WHERE survivor = $1 ORDER BY old", vec![id.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// Ids that redirect to these vacancies, over any number of merges: (retired, survivor).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn redirected_to_all(&self, list: &[i64]) -> Result<Vec<(i64, i64)>> {
        let sql = format!(
            "WITH RECURSIVE gone(old, top, depth) AS (SELECT old, survivor, 1 FROM vacancy_redirect WHERE survivor IN {} \
             UNION ALL SELECT r.old, g.top, g.depth + 1 FROM vacancy_redirect r JOIN gone g ON r.survivor = g.old WHERE g.depth < 100) \
             SELECT DISTINCT old, top FROM gone ORDER BY top, old",
            ids(self.backend(), 1)
        );
        let rows = self.all(&sql, vec![id_list(list)]).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// Vacancies by id, retired ones included, in the order of ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn vacancies(&self, list: &[i64]) -> Result<Vec<Vacancy>> {
        let sql = format!("SELECT * FROM vacancy WHERE id IN {} ORDER BY id", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(list)]).await
    }

    /// Vacancies by words, region, occupation and state, in the order of ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn search(&self, search: &Search) -> Result<Vec<Vacancy>> {
        let mut sql = "SELECT * FROM vacancy WHERE state <> 'merged'".to_owned();
        let mut values: Vec<sea_orm::Value> = Vec::new();
        let mut add = |condition: &str, value: sea_orm::Value| {
            values.push(value);
            sql.push_str(&condition.replace("$n", &format!("${}", values.len())));
        };
        for word in &search.words {
            // wildcards of LIKE mean nothing to who searches
            let pattern = format!("%{}%", word.to_lowercase().replace(['%', '_', '\\'], ""));
            add(" AND (lower(title) LIKE $n OR lower(company) LIKE $n)", pattern.into());
        }
        if let Some(region) = &search.region {
            add(" AND region LIKE $n", format!("{}%", digits(region)).into());
        }
        if let Some(occupation) = &search.occupation {
            add(" AND occupation LIKE $n", format!("{}%", digits(occupation)).into());
        }
        match &search.state {
            Some(state) => add(" AND state = $n", state.as_str().into()),
            None => add(" AND state <> $n", "closed".into()),
        }
        if !search.unpublished {
            add(" AND verdict = $n", "publish".into());
        }
        if let Some(after) = search.after {
            add(" AND id > $n", after.into());
        }
        add(" ORDER BY id LIMIT $n", search.limit.into());
        self.models(&sql, values).await
    }

    /// The ids that were merged into a vacancy, with when each last was.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn redirects_to(&self, id: i64) -> Result<Vec<(i64, i64)>> {
        let rows = self
            .all("SELECT old, at_ms FROM vacancy_redirect WHERE survivor = $1 ORDER BY old", vec![id.into()])
            .await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// Vacancies after an id, closed and held ones included, in the order of ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn vacancies_after(&self, after: i64, limit: i64) -> Result<Vec<Vacancy>> {
        let sql = "SELECT * FROM vacancy WHERE id > $1 AND state <> 'merged' ORDER BY id LIMIT $2";
        self.models(sql, vec![after.into(), limit.into()]).await
    }

    /// Vacancies by state and verdict: (state, verdict, count).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn vacancy_counts(&self) -> Result<Vec<(String, String, i64)>> {
        let sql = "SELECT state, verdict, CAST(count(*) AS BIGINT) FROM vacancy WHERE state <> 'merged' \
                   GROUP BY state, verdict ORDER BY state, verdict";
        let rows = self.all(sql, vec![]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?))).collect()
    }

    /// Ids of vacancies that several postings make up, at most so many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn joined_vacancies(&self, limit: i64) -> Result<Vec<i64>> {
        let sql = "SELECT id FROM vacancy WHERE state <> 'merged' AND postings > 1 ORDER BY id LIMIT $1";
        let rows = self.all(sql, vec![limit.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// How many vacancies have how many postings: (postings, vacancies).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn vacancy_sizes(&self) -> Result<Vec<(i64, i64)>> {
        let sql = "SELECT postings, CAST(count(*) AS BIGINT) FROM vacancy WHERE state <> 'merged' GROUP BY postings ORDER BY postings";
        let rows = self.all(sql, vec![]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?))).collect()
    }
}

/// Only the digits of a code, so that nothing else reaches a LIKE pattern.
fn digits(code: &str) -> String {
    code.chars().filter(char::is_ascii_digit).collect()
}

impl Tx {
    /// Vacancies that are there.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn vacancies(&self, list: &[i64]) -> Result<Vec<Vacancy>> {
        let sql = format!("SELECT * FROM vacancy WHERE id IN {}", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(list)]).await
    }

    /// Writes vacancies, new or changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_vacancies(&self, vacancies: &[Vacancy]) -> Result<()> {
        let mut values = Vec::with_capacity(vacancies.len() * 19);
        for v in vacancies {
            values.extend([
                v.id.into(),
                v.state.as_str().into(),
                v.reason.clone().into(),
                v.verdict.as_str().into(),
                v.state_since_ms.into(),
                v.founded_ms.into(),
                v.changed_ms.into(),
                v.postings.into(),
                v.open_postings.into(),
                v.title.as_str().into(),
                v.company.as_str().into(),
                v.region.clone().into(),
                v.occupation.clone().into(),
                v.employment.clone().into(),
                v.pay.clone().into(),
                v.close_kind.clone().into(),
                v.valid_through.clone().into(),
                v.golden_hash.into(),
                v.version.into(),
            ]);
        }
        let into = "vacancy (id, state, reason, verdict, state_since_ms, founded_ms, changed_ms, postings, open_postings, title, \
                    company, region, occupation, employment, pay, close_kind, valid_through, golden_hash, version)";
        let tail = "ON CONFLICT (id) DO UPDATE SET state = excluded.state, reason = excluded.reason, verdict = excluded.verdict, \
                    state_since_ms = excluded.state_since_ms, founded_ms = excluded.founded_ms, changed_ms = excluded.changed_ms, \
                    postings = excluded.postings, open_postings = excluded.open_postings, title = excluded.title, \
                    company = excluded.company, region = excluded.region, occupation = excluded.occupation, \
                    employment = excluded.employment, pay = excluded.pay, close_kind = excluded.close_kind, \
                    valid_through = excluded.valid_through, golden_hash = excluded.golden_hash, version = excluded.version";
        self.insert(into, 19, tail, values).await?;
        Ok(())
    }

    /// Notes that vacancies were merged into others; the old ids redirect for ever.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn redirect(&self, merged: &[(i64, i64)], at_ms: i64) -> Result<()> {
        let values = merged.iter().flat_map(|(old, new)| [(*old).into(), (*new).into(), at_ms.into()]).collect();
        let tail = "ON CONFLICT (old) DO UPDATE SET survivor = excluded.survivor, at_ms = excluded.at_ms";
        self.insert("vacancy_redirect (old, survivor, at_ms)", 3, tail, values).await?;
        let old: Vec<i64> = merged.iter().map(|(old, _)| *old).collect();
        let sql = format!(
            "UPDATE vacancy SET state = 'merged', postings = 0, open_postings = 0, changed_ms = $2 WHERE id IN {}",
            ids(self.backend(), 1)
        );
        self.run(&sql, vec![id_list(&old), at_ms.into()]).await?;
        Ok(())
    }

    /// Retired ids that are borne again stop redirecting, and those that are postings' lead where these are now.
    /// Gives the ones borne again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn follow_redirects(&self, begun: &[i64], moved: &[i64]) -> Result<Vec<i64>> {
        let list = ids(self.backend(), 1);
        let mut again = Vec::new();
        if !begun.is_empty() {
            let sql = format!("SELECT old FROM vacancy_redirect WHERE old IN {list} ORDER BY old");
            for row in self.all(&sql, vec![id_list(begun)]).await? {
                again.push(row.try_get_by_index(0)?);
            }
        }
        if !again.is_empty() {
            self.run(&format!("DELETE FROM vacancy_redirect WHERE old IN {list}"), vec![id_list(&again)]).await?;
        }
        if !moved.is_empty() {
            let sql = format!(
                "UPDATE vacancy_redirect SET survivor = (SELECT p.vacancy FROM posting p WHERE p.id = vacancy_redirect.old) \
                 WHERE old IN {list}"
            );
            self.run(&sql, vec![id_list(moved)]).await?;
        }
        Ok(again)
    }
}
