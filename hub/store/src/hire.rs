//! Which vacancies people went to: what was concluded from acquisitions and permits, to be read with its confidence.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids, texts};
use crate::{Reads, Result, Store, Tx};

/// A row of `hire`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Hire {
    /// Batch that reported it.
    pub batch: i64,
    /// Row of the batch.
    pub nr: i64,
    /// Vacancy.
    pub vacancy: i64,
    /// 사업자등록번호 of the row.
    pub business_number: String,
    /// acquired, daily, permit_issued or change_reported.
    pub record: String,
    /// How many; negative where a slot is free again.
    pub people: i64,
    /// That somebody was hired for this vacancy, thousandths.
    pub confidence: i64,
    /// First day of the week.
    pub week_from: String,
    /// Last day of it.
    pub week_until: String,
    /// stands or contradicted.
    pub standing: String,
}

impl Store {
    /// Hires for some vacancies, by vacancy and week.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn hires_for(&self, vacancies: &[i64]) -> Result<Vec<Hire>> {
        hires_for(self, vacancies).await
    }

    /// All hires, by vacancy and week.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn hires(&self) -> Result<Vec<Hire>> {
        self.models("SELECT * FROM hire ORDER BY vacancy, week_from, batch, nr", vec![]).await
    }

    /// Vacancies with hires that stand and with postings that are still open: (vacancy, last day of the last week).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn filled_by_insurance(&self) -> Result<Vec<(i64, String)>> {
        let sql = "SELECT h.vacancy, max(h.week_until) FROM hire h JOIN vacancy v ON v.id = h.vacancy \
                   WHERE h.standing = 'stands' AND h.record IN ('acquired', 'daily') AND v.open_postings > 0 \
                   AND v.state <> 'merged' GROUP BY h.vacancy ORDER BY h.vacancy";
        let rows = self.all(sql, vec![]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?))).collect()
    }

    /// What a batch's rows came to: (record, standing, rows, people).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn hires_by_batch(&self, batch: i64) -> Result<Vec<(String, String, i64, i64)>> {
        let sql = "SELECT record, standing, CAST(count(*) AS BIGINT), CAST(sum(people) AS BIGINT) FROM hire \
                   WHERE batch = $1 GROUP BY record, standing ORDER BY record, standing";
        let rows = self.all(sql, vec![batch.into()]).await?;
        rows.iter()
            .map(|r| {
                Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?, r.try_get_by_index(3)?))
            })
            .collect()
    }
}

async fn hires_for(reads: &impl Reads, vacancies: &[i64]) -> Result<Vec<Hire>> {
    let sql = format!(
        "SELECT * FROM hire WHERE vacancy IN {} ORDER BY vacancy, week_from, batch, nr",
        ids(reads.backend(), 1)
    );
    reads.models(&sql, vec![id_list(vacancies)]).await
}

impl Tx {
    /// As [`Store::hires_for`], within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn hires_for(&self, vacancies: &[i64]) -> Result<Vec<Hire>> {
        hires_for(self, vacancies).await
    }

    /// Vacancies that the insurance rows of some businesses are booked on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn hired_at(&self, numbers: &[String]) -> Result<Vec<i64>> {
        let sql = format!(
            "SELECT DISTINCT vacancy FROM hire WHERE business_number IN {} ORDER BY 1",
            texts(self.backend(), 1)
        );
        let list = serde_json::to_string(numbers).unwrap_or_else(|_| "[]".to_owned());
        let rows = self.all(&sql, vec![list.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// Forgets what was concluded from the insurance rows of some businesses.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forget_hires_at(&self, numbers: &[String]) -> Result<()> {
        let sql = format!(
            "DELETE FROM hire WHERE business_number IN {} AND record IN ('acquired', 'daily')",
            texts(self.backend(), 1)
        );
        let list = serde_json::to_string(numbers).unwrap_or_else(|_| "[]".to_owned());
        self.run(&sql, vec![list.into()]).await?;
        Ok(())
    }

    /// Books hires.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_hires(&self, hires: &[Hire]) -> Result<()> {
        let mut values = Vec::with_capacity(hires.len() * 10);
        for h in hires {
            values.extend([
                h.batch.into(),
                h.nr.into(),
                h.vacancy.into(),
                h.business_number.as_str().into(),
                h.record.as_str().into(),
                h.people.into(),
                h.confidence.into(),
                h.week_from.as_str().into(),
                h.week_until.as_str().into(),
                h.standing.as_str().into(),
            ]);
        }
        let into =
            "hire (batch, nr, vacancy, business_number, record, people, confidence, week_from, week_until, standing)";
        self.insert(into, 10, "ON CONFLICT DO NOTHING", values).await?;
        Ok(())
    }

    /// Notes that newer evidence speaks against the hires of some vacancies, or no longer does.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_standing(&self, vacancies: &[i64], standing: &str) -> Result<()> {
        let sql = format!("UPDATE hire SET standing = $2 WHERE vacancy IN {}", ids(self.backend(), 1));
        self.run(&sql, vec![id_list(vacancies), standing.into()]).await?;
        Ok(())
    }
}
