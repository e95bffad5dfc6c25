//! What hires are matched against: vacancies with what their postings say of employer and time, without bodies.

use sea_orm::FromQueryResult;

use crate::bulk::{id_list, ids, texts};
use crate::{Reads, Result, Store, Tx};

/// A vacancy that somebody may have been hired for.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Candidate {
    /// Vacancy.
    pub id: i64,
    /// Its state.
    pub state: String,
    /// Why it is closed or suspected.
    pub reason: Option<String>,
    /// Employer as shown.
    pub company: String,
    /// Region code.
    pub region: Option<String>,
    /// KECO code.
    pub occupation: Option<String>,
    /// Employment type.
    pub employment: Option<String>,
    /// When the hub first saw it.
    pub founded_ms: i64,
    /// Since when it is in its state.
    pub state_since_ms: i64,
    /// How it closes.
    pub close_kind: Option<String>,
    /// Last day to apply.
    pub valid_through: Option<String>,
    /// A business number among its postings.
    pub business_number: Option<String>,
    /// When the last of its postings closed, where all have.
    pub closed_ms: Option<i64>,
    /// Postings that are not closed.
    pub open: i64,
    /// When a posting of it last said something new.
    pub changed_ms: i64,
    /// When the newest of its postings was first seen.
    pub newest_ms: i64,
}

/// The columns of a candidate.
const CANDIDATE: &str = "SELECT v.id, v.state, v.reason, v.company, v.region, v.occupation, v.employment, v.founded_ms, \
    v.state_since_ms, v.close_kind, v.valid_through, min(p.business_number) AS business_number, max(p.closed_ms) AS closed_ms, \
    CAST(sum(CASE WHEN p.state <> 'closed' THEN 1 ELSE 0 END) AS BIGINT) AS open, max(p.changed_ms) AS changed_ms, \
    max(p.first_seen_ms) AS newest_ms FROM vacancy v JOIN posting p ON p.vacancy = v.id";

impl Store {
    /// Vacancies after an id that are not closed, or closed since a time.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn candidates_after(&self, after: i64, since_ms: i64, limit: i64) -> Result<Vec<Candidate>> {
        let sql = format!(
            "{CANDIDATE} WHERE v.id > $1 AND v.state <> 'merged' AND (v.state <> 'closed' OR v.state_since_ms >= $2) \
             GROUP BY v.id ORDER BY v.id LIMIT $3"
        );
        self.models(&sql, vec![after.into(), since_ms.into(), limit.into()]).await
    }

    /// When the first of all vacancies was seen.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn watched_since(&self) -> Result<Option<i64>> {
        Ok(Some(self.number("SELECT min(founded_ms) FROM vacancy", vec![]).await?).filter(|ms| *ms > 0))
    }

    /// Some vacancies.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn candidates(&self, vacancies: &[i64]) -> Result<Vec<Candidate>> {
        let sql = format!("{CANDIDATE} WHERE v.id IN {} GROUP BY v.id ORDER BY v.id", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(vacancies)]).await
    }

    /// Bodies of the postings of vacancies: (vacancy, body).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn bodies_in(&self, vacancies: &[i64]) -> Result<Vec<(i64, String)>> {
        let sql = format!(
            "SELECT p.vacancy, b.body FROM posting p JOIN posting_body b ON b.posting = p.id WHERE p.vacancy IN {} ORDER BY p.vacancy, p.id",
            ids(self.backend(), 1)
        );
        let rows = self.all(&sql, vec![id_list(vacancies)]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?))).collect()
    }

    /// Pages of a source after one, that were read well: (page, when it was fetched).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn good_pages_after(&self, source: i64, after: i64, limit: i64) -> Result<Vec<(i64, i64)>> {
        let sql = "SELECT id, fetched_ms FROM page WHERE source = $1 AND id > $2 AND outcome = 'ok' AND detail_of IS NULL \
                   AND same_as IS NULL ORDER BY id LIMIT $3";
        let rows = self.all(sql, vec![source.into(), after.into(), limit.into()]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?))).collect()
    }

    /// Signals of a source that changed at or after a time, after a key, in the order of keys.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn signals_since(
        &self,
        source: i64,
        since_ms: i64,
        after: &str,
        limit: i64,
    ) -> Result<Vec<crate::signal::Signal>> {
        let sql = "SELECT * FROM signal WHERE source = $1 AND changed_ms >= $2 AND key > $3 ORDER BY key LIMIT $4";
        self.models(sql, vec![source.into(), since_ms.into(), after.into(), limit.into()]).await
    }
}

impl Tx {
    /// Open postings of businesses: (posting, business number, vacancy, source, occupation, first seen).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn postings_at(&self, numbers: &[String]) -> Result<Vec<AtBusiness>> {
        let sql = format!(
            "SELECT p.id, p.business_number, p.source, p.first_seen_ms, v.occupation FROM posting p JOIN vacancy v ON v.id = p.vacancy \
             WHERE p.business_number IN {} AND p.state <> 'closed' ORDER BY p.first_seen_ms, p.id",
            texts(self.backend(), 1)
        );
        let list = serde_json::to_string(numbers).unwrap_or_else(|_| "[]".to_owned());
        self.models(&sql, vec![list.into()]).await
    }
}

/// An open posting of a business.
#[derive(Clone, Debug, FromQueryResult)]
pub struct AtBusiness {
    /// Posting.
    pub id: i64,
    /// Number of the business.
    pub business_number: String,
    /// Source.
    pub source: i64,
    /// First seen.
    pub first_seen_ms: i64,
    /// KECO code of its vacancy.
    pub occupation: Option<String>,
}
