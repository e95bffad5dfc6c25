//! Questions for a steward.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids};
use crate::{Reads, Result, Store, Tx};

/// A row of `steward_case`.
#[derive(Clone, Debug, PartialEq, FromQueryResult, Serialize)]
pub struct Case {
    /// Id: a hash of what is asked, so that the same question is asked once.
    pub id: i64,
    /// duplicate, conflict, suspicious, filled or tripwire.
    pub family: String,
    /// Source number, for tripwires.
    pub source: Option<i64>,
    /// Run it came from.
    pub run: Option<i64>,
    /// Vacancy it is about.
    pub vacancy: Option<i64>,
    /// Posting.
    pub a: Option<i64>,
    /// Other posting.
    pub b: Option<i64>,
    /// open, held, proposed, second, disputed, settled or moot.
    pub state: String,
    /// When it was opened, or opened again.
    pub opened_ms: i64,
    /// What there is to see, as JSON.
    pub body: String,
    /// Exposure: postings and openings.
    pub value: f64,
    /// Probability of being wrong × harm.
    pub risk: f64,
    /// value × risk.
    pub weight: f64,
    /// When it should be answered.
    pub due_ms: i64,
    /// 1, 2, 3 … with each change of the case.
    pub version: i64,
    /// held: until when.
    pub until_ms: Option<i64>,
    /// Who it was handed to.
    pub assignee: Option<String>,
    /// 1 = decided by two people without a suggestion.
    pub blind: i64,
    /// How often it was opened again.
    pub reopened: i64,
    /// When it was last settled.
    pub settled_ms: Option<i64>,
}

/// What the queue needs of a case.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Waiting {
    /// Id.
    pub id: i64,
    /// Family.
    pub family: String,
    /// Source number.
    pub source: Option<i64>,
    /// value × risk.
    pub weight: f64,
    /// When it should be answered.
    pub due_ms: i64,
    /// When it was opened.
    pub opened_ms: i64,
    /// Who it was handed to.
    pub assignee: Option<String>,
    /// Who has it before them, if their lease has not run out.
    pub holder: Option<String>,
}

/// In which order cases are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Heaviest first.
    Weight,
    /// Soonest due first.
    Due,
    /// Oldest first.
    Age,
}

/// Open cases by family and how late they are.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Backlog {
    /// Family.
    pub family: String,
    /// State.
    pub state: String,
    /// Cases.
    pub cases: i64,
    /// Of them past their due time.
    pub late: i64,
    /// When the oldest was opened.
    pub oldest_ms: i64,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Only this family.
    pub family: Option<String>,
    /// Only this source.
    pub source: Option<i64>,
    /// Only in this state.
    pub state: Option<String>,
    /// Only after this id (keyset paging).
    pub after: Option<i64>,
    /// Most rows.
    pub limit: i64,
}

const WAITING: &str = "c.id, c.family, c.source, c.weight, c.due_ms, c.opened_ms, c.assignee, l.holder";

impl Store {
    /// Open cases by family.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_cases(&self) -> Result<Vec<(String, i64)>> {
        let sql = "SELECT family, CAST(count(*) AS BIGINT) FROM steward_case WHERE state = 'open' GROUP BY family ORDER BY family";
        let rows = self.all(sql, vec![]).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    /// Cases of a family, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn cases(&self, family: &str, limit: i64) -> Result<Vec<Case>> {
        let sql = "SELECT * FROM steward_case WHERE family = $1 AND state = 'open' ORDER BY opened_ms, id LIMIT $2";
        self.models(sql, vec![family.into(), limit.into()]).await
    }

    /// One case.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn case(&self, id: i64) -> Result<Option<Case>> {
        self.first("SELECT * FROM steward_case WHERE id = $1", vec![id.into()]).await
    }

    /// Cases by id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn cases_by_id(&self, list: &[i64]) -> Result<Vec<Case>> {
        let sql = format!("SELECT * FROM steward_case WHERE id IN {} ORDER BY id", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(list)]).await
    }

    /// Cases in the order of ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_cases(&self, filter: &CaseFilter) -> Result<Vec<Case>> {
        let mut sql = "SELECT * FROM steward_case WHERE 1 = 1".to_owned();
        let mut values: Vec<sea_orm::Value> = Vec::new();
        let mut add = |condition: &str, value: sea_orm::Value| {
            values.push(value);
            sql.push_str(&condition.replace("$n", &format!("${}", values.len())));
        };
        if let Some(family) = &filter.family {
            add(" AND family = $n", family.as_str().into());
        }
        if let Some(source) = filter.source {
            add(" AND source = $n", source.into());
        }
        if let Some(state) = &filter.state {
            add(" AND state = $n", state.as_str().into());
        }
        if let Some(after) = filter.after {
            add(" AND id > $n", after.into());
        }
        add(" ORDER BY id LIMIT $n", filter.limit.into());
        self.models(&sql, values).await
    }

    /// Cases about a posting or a vacancy, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn cases_about(&self, postings: &[i64]) -> Result<Vec<Case>> {
        let list = ids(self.backend(), 1);
        let sql = format!(
            "SELECT * FROM steward_case WHERE a IN {list} UNION SELECT * FROM steward_case WHERE b IN {list} ORDER BY opened_ms DESC, id"
        );
        self.models(&sql, vec![id_list(postings)]).await
    }

    /// Open cases with who has them, in an order, after so many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn waiting(
        &self,
        order: Order,
        family: Option<&str>,
        now_ms: i64,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<Waiting>> {
        let by = match order {
            Order::Weight => "c.weight DESC, c.id DESC",
            Order::Due => "c.due_ms, c.id",
            Order::Age => "c.opened_ms, c.id",
        };
        let mut values: Vec<sea_orm::Value> = vec![now_ms.into(), limit.into(), offset.into()];
        let of = match family {
            Some(family) => {
                values.push(family.into());
                "AND c.family = $4 "
            }
            None => "",
        };
        let sql = format!(
            "SELECT {WAITING} FROM steward_case c LEFT JOIN case_lease l ON l.case_id = c.id AND l.expires_ms > $1 \
             WHERE c.state = 'open' {of}ORDER BY {by} LIMIT $2 OFFSET $3"
        );
        self.models(&sql, values).await
    }

    /// Cases that wait for the second of two people who decide without seeing each other, with who decided first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn waiting_second(&self, now_ms: i64, actor: &str, limit: i64) -> Result<Vec<Waiting>> {
        let sql = format!(
            "SELECT {WAITING} FROM steward_case c LEFT JOIN case_lease l ON l.case_id = c.id AND l.expires_ms > $1 \
             WHERE c.state = 'second' AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.case_id = c.id AND d.actor = $2) \
             ORDER BY c.weight DESC, c.id DESC LIMIT $3"
        );
        self.models(&sql, vec![now_ms.into(), actor.into(), limit.into()]).await
    }

    /// How many cases there are by family and state.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn backlog(&self, now_ms: i64) -> Result<Vec<Backlog>> {
        let sql = "SELECT family, state, CAST(count(*) AS BIGINT) AS cases, \
                   CAST(sum(CASE WHEN due_ms < $1 THEN 1 ELSE 0 END) AS BIGINT) AS late, min(opened_ms) AS oldest_ms \
                   FROM steward_case GROUP BY family, state ORDER BY family, state";
        self.models(sql, vec![now_ms.into()]).await
    }

    /// When the open cases were opened, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_since(&self, limit: i64) -> Result<Vec<i64>> {
        let sql = "SELECT opened_ms FROM steward_case WHERE state = 'open' ORDER BY opened_ms LIMIT $1";
        let rows = self.all(sql, vec![limit.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// Whether a case that was put off comes back by an instant, or a decision's time is over.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn review_is_due(&self, now_ms: i64) -> Result<bool> {
        let sql = "SELECT (SELECT count(*) FROM (SELECT 1 FROM steward_case WHERE state = 'held' AND until_ms <= $1 LIMIT 1) h) \
                   + (SELECT count(*) FROM (SELECT 1 FROM standing_until WHERE expires_ms <= $1 LIMIT 1) e)";
        Ok(self.number(sql, vec![now_ms.into()]).await? > 0)
    }

    /// How far a counter is.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn slots_taken(&self, name: &str) -> Result<i64> {
        self.number("SELECT number FROM case_slot WHERE name = $1", vec![name.into()]).await
    }

    /// Settled cases and, of them, those settled in time and those opened again, since an instant, by family.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn settled_since(&self, since_ms: i64) -> Result<Vec<(String, i64, i64, i64)>> {
        let sql = "SELECT family, CAST(count(*) AS BIGINT), CAST(sum(CASE WHEN settled_ms <= due_ms THEN 1 ELSE 0 END) AS BIGINT), \
                   CAST(sum(CASE WHEN reopened > 0 THEN 1 ELSE 0 END) AS BIGINT) FROM steward_case \
                   WHERE settled_ms >= $1 GROUP BY family ORDER BY family";
        let rows = self.all(sql, vec![since_ms.into()]).await?;
        rows.iter()
            .map(|r| {
                Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?, r.try_get_by_index(3)?))
            })
            .collect()
    }
}

impl Tx {
    /// One case, within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn case(&self, id: i64) -> Result<Option<Case>> {
        self.first("SELECT * FROM steward_case WHERE id = $1", vec![id.into()]).await
    }

    /// Cases by id, within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn cases_by_id(&self, list: &[i64]) -> Result<Vec<Case>> {
        let sql = format!("SELECT * FROM steward_case WHERE id IN {} ORDER BY id", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(list)]).await
    }

    /// How many cases of a family were opened since an instant, within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn opened_since(&self, family: &str, since_ms: i64) -> Result<i64> {
        let sql = "SELECT CAST(count(*) AS BIGINT) FROM steward_case WHERE family = $1 AND opened_ms >= $2";
        self.number(sql, vec![family.into(), since_ms.into()]).await
    }

    /// Writes cases, new or changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_cases(&self, cases: &[Case]) -> Result<()> {
        let values = cases
            .iter()
            .flat_map(|c| {
                [
                    c.id.into(),
                    c.family.as_str().into(),
                    c.source.into(),
                    c.run.into(),
                    c.vacancy.into(),
                    c.a.into(),
                    c.b.into(),
                    c.state.as_str().into(),
                    c.opened_ms.into(),
                    c.body.as_str().into(),
                    c.value.into(),
                    c.risk.into(),
                    c.weight.into(),
                    c.due_ms.into(),
                    c.version.into(),
                    c.until_ms.into(),
                    c.assignee.clone().into(),
                    c.blind.into(),
                    c.reopened.into(),
                    c.settled_ms.into(),
                ]
            })
            .collect();
        let into = "steward_case (id, family, source, run, vacancy, a, b, state, opened_ms, body, value, risk, weight, due_ms, \
                    version, until_ms, assignee, blind, reopened, settled_ms)";
        let tail = "ON CONFLICT (id) DO UPDATE SET source = excluded.source, run = excluded.run, vacancy = excluded.vacancy, \
                    state = excluded.state, opened_ms = excluded.opened_ms, body = excluded.body, value = excluded.value, \
                    risk = excluded.risk, weight = excluded.weight, due_ms = excluded.due_ms, version = excluded.version, \
                    until_ms = excluded.until_ms, assignee = excluded.assignee, blind = excluded.blind, \
                    reopened = excluded.reopened, settled_ms = excluded.settled_ms";
        self.insert(into, 20, tail, values).await?;
        Ok(())
    }

    /// Opens the held cases whose time has come.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn wake_cases(&self, now_ms: i64) -> Result<u64> {
        let sql = "UPDATE steward_case SET state = 'open', until_ms = NULL, version = version + 1 \
                   WHERE state = 'held' AND until_ms <= $1";
        self.run(sql, vec![now_ms.into()]).await
    }

    /// Closes the open cases that nothing hangs on any more: about vacancies or postings that are closed, or about a vacancy
    /// that is no more. What somebody asked by hand stays.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_moot(&self, now_ms: i64) -> Result<u64> {
        let over = "UPDATE steward_case SET state = 'moot', version = version + 1, settled_ms = NULL \
                    WHERE state = 'open' AND body NOT LIKE '%\"by_hand\":true%' AND body NOT LIKE '%\"rule\":\"audit\"%' \
                    AND NOT EXISTS (SELECT 1 FROM case_lease l WHERE l.case_id = steward_case.id AND l.expires_ms > $1)";
        let mut dropped = 0;
        for which in [
            "family IN ('conflict', 'filled') AND EXISTS \
             (SELECT 1 FROM vacancy v WHERE v.id = steward_case.vacancy AND v.state IN ('closed', 'merged'))",
            "family = 'suspicious' AND EXISTS \
             (SELECT 1 FROM posting p WHERE p.id = steward_case.a AND p.state = 'closed')",
            "family = 'duplicate' AND EXISTS (SELECT 1 FROM posting p WHERE p.id = steward_case.a AND p.state = 'closed') \
             AND EXISTS (SELECT 1 FROM posting q WHERE q.id = steward_case.b AND q.state = 'closed')",
        ] {
            dropped += self.run(&format!("{over} AND {which}"), vec![now_ms.into()]).await?;
        }
        Ok(dropped)
    }

    /// Takes the next number of a counter.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn take_slot(&self, name: &str) -> Result<i64> {
        self.run("UPDATE case_slot SET number = number + 1 WHERE name = $1", vec![name.into()]).await?;
        self.number("SELECT number FROM case_slot WHERE name = $1", vec![name.into()]).await
    }
}
