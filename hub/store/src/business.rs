//! Businesses that are suspended or closed, and when a linked system was last asked about a number.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::texts;
use crate::{Reads, Result, Store, Tx};

/// A row of `business_state`: one that goes on as usual has none.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct BusinessState {
    /// 사업자등록번호.
    pub number: String,
    /// 02 휴업, 03 폐업.
    pub state: String,
    /// Since which day, where it is known.
    pub since: Option<String>,
    /// When the hub heard of it.
    pub changed_ms: i64,
}

/// A posting of a business that is suspended or closed.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Halted {
    /// Posting.
    pub id: i64,
    /// Its source.
    pub source: i64,
    /// Its vacancy.
    pub vacancy: i64,
    /// Its verdict.
    pub verdict: String,
    /// Number of its business.
    pub business_number: String,
    /// 02 or 03.
    pub business: String,
    /// Since which day.
    pub since: Option<String>,
}

impl Store {
    /// What is known of a business that does not go on as usual.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn business_state(&self, number: &str) -> Result<Option<BusinessState>> {
        self.first("SELECT * FROM business_state WHERE number = $1", vec![number.into()]).await
    }

    /// Business numbers to ask a linked system about: of postings that are not closed, those asked longest ago first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn numbers_to_ask(&self, source: i64, limit: i64) -> Result<Vec<String>> {
        let sql = "SELECT p.business_number FROM (SELECT DISTINCT business_number FROM posting \
                   WHERE business_number IS NOT NULL AND state <> 'closed') p \
                   LEFT JOIN lookup l ON l.source = $1 AND l.subject = p.business_number \
                   ORDER BY COALESCE(l.asked_ms, 0), p.business_number LIMIT $2";
        let rows = self.all(sql, vec![source.into(), limit.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }
}

impl Tx {
    /// Notes that a linked system was asked about numbers.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn asked_about(&self, source: i64, numbers: &[String], at_ms: i64) -> Result<()> {
        let values = numbers.iter().flat_map(|n| [source.into(), n.as_str().into(), at_ms.into()]).collect();
        let tail = "ON CONFLICT (source, subject) DO UPDATE SET asked_ms = excluded.asked_ms";
        self.insert("lookup (source, subject, asked_ms)", 3, tail, values).await?;
        Ok(())
    }

    /// Takes over what a source's signals say of businesses: gives the numbers whose state changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn take_business_states(&self, source: i64, since_ms: i64) -> Result<Vec<String>> {
        let sql = "SELECT s.subject, s.code, s.body FROM signal s LEFT JOIN business_state b ON b.number = s.subject \
                   WHERE s.source = $1 AND s.changed_ms >= $2 AND s.subject IS NOT NULL AND s.code IN ('01', '02', '03') \
                   AND COALESCE(b.state, '01') <> s.code ORDER BY s.subject";
        let rows = self.all(sql, vec![source.into(), since_ms.into()]).await?;
        let mut changed = Vec::with_capacity(rows.len());
        for row in &rows {
            let (number, state, body): (String, String, String) =
                (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            self.run("DELETE FROM business_state WHERE number = $1", vec![number.as_str().into()]).await?;
            if state != "01" {
                let body: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
                let since = body["signal_from"].as_str().filter(|day| day.len() == 8).map(str::to_owned);
                let values = vec![number.as_str().into(), state.into(), since.into(), since_ms.into()];
                self.insert("business_state (number, state, since, changed_ms)", 4, "", values).await?;
            }
            changed.push(number);
        }
        Ok(changed)
    }

    /// The states of some businesses; those that go on as usual are not among them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn business_states(&self, numbers: &[String]) -> Result<Vec<BusinessState>> {
        let sql = format!("SELECT * FROM business_state WHERE number IN {}", texts(self.backend(), 1));
        let list = serde_json::to_string(numbers).unwrap_or_else(|_| "[]".to_owned());
        self.models(&sql, vec![list.into()]).await
    }

    /// Postings, not closed, of businesses that are suspended or closed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn halted(&self) -> Result<Vec<Halted>> {
        let sql = "SELECT p.id, p.source, p.vacancy, p.verdict, p.business_number, b.state AS business, b.since \
                   FROM business_state b JOIN posting p ON p.business_number = b.number WHERE p.state <> 'closed' ORDER BY p.id";
        self.models(sql, vec![]).await
    }

    /// Postings of these businesses that are not closed: (posting, vacancy).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn postings_of_businesses(&self, numbers: &[String]) -> Result<Vec<(i64, i64)>> {
        let sql = format!(
            "SELECT id, vacancy FROM posting WHERE business_number IN {} AND state <> 'closed' ORDER BY id",
            texts(self.backend(), 1)
        );
        let list = serde_json::to_string(numbers).unwrap_or_else(|_| "[]".to_owned());
        let rows = self.all(&sql, vec![list.into()]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?))).collect()
    }
}
