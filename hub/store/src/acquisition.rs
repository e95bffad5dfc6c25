//! People insured anew, as counts by workplace, occupation and week.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::texts;
use crate::{Reads, Result, Store, Tx};

/// A row of `acquisition`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Acquisition {
    /// Batch it came in.
    pub batch: i64,
    /// Number within the batch, from 1.
    pub nr: i64,
    /// acquired, daily, transferred or renamed.
    pub record: String,
    /// 사업장관리번호, eleven digits.
    pub workplace: String,
    /// 사업자등록번호, ten digits.
    pub business_number: String,
    /// Name of the workplace.
    pub name: Option<String>,
    /// Region code of the workplace.
    pub region: Option<String>,
    /// KECO code.
    pub occupation: String,
    /// Monday of the week.
    pub week_from: String,
    /// Sunday of the week.
    pub week_until: String,
    /// How many.
    pub people: i64,
    /// The workplace they came from, or that bore the old name.
    pub counterpart: Option<String>,
}

impl Store {
    /// Rows of a batch, in its order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn acquisitions_in(&self, batch: i64, limit: i64) -> Result<Vec<Acquisition>> {
        let sql = "SELECT * FROM acquisition WHERE batch = $1 ORDER BY nr LIMIT $2";
        self.models(sql, vec![batch.into(), limit.into()]).await
    }

    /// Everything standing about some businesses since a day, by business, week and row.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn acquisitions_of(&self, numbers: &[String], since: &str) -> Result<Vec<Acquisition>> {
        let sql = format!(
            "SELECT * FROM acquisition WHERE business_number IN {} AND week_until >= $2 \
             ORDER BY business_number, week_from, occupation, batch, nr",
            texts(self.backend(), 1)
        );
        let list = serde_json::to_string(numbers).unwrap_or_else(|_| "[]".to_owned());
        self.models(&sql, vec![list.into(), since.into()]).await
    }

    /// Businesses whose rows are to be matched anew, in order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn to_rematch(&self) -> Result<Vec<String>> {
        let rows = self.all("SELECT business_number FROM rematch ORDER BY business_number", vec![]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// What workplaces to be matched anew are called: (business number, name, region).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn names_to_rematch(&self) -> Result<Vec<(String, String, Option<String>)>> {
        let sql = "SELECT DISTINCT a.business_number, a.name, a.region FROM rematch r JOIN acquisition a \
                   ON a.business_number = r.business_number WHERE a.name IS NOT NULL ORDER BY 1, 2, 3";
        let rows = self.all(sql, vec![]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?))).collect()
    }
}

impl Tx {
    /// Enters rows.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_acquisitions(&self, rows: &[Acquisition]) -> Result<()> {
        let mut values = Vec::with_capacity(rows.len() * 12);
        for a in rows {
            values.extend([
                a.batch.into(),
                a.nr.into(),
                a.record.as_str().into(),
                a.workplace.as_str().into(),
                a.business_number.as_str().into(),
                a.name.clone().into(),
                a.region.clone().into(),
                a.occupation.as_str().into(),
                a.week_from.as_str().into(),
                a.week_until.as_str().into(),
                a.people.into(),
                a.counterpart.clone().into(),
            ]);
        }
        let into = "acquisition (batch, nr, record, workplace, business_number, name, region, occupation, week_from, \
                    week_until, people, counterpart)";
        self.insert(into, 12, "", values).await?;
        Ok(())
    }

    /// Everything that was reported is to be matched anew.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn rematch_all(&self) -> Result<()> {
        let sql = "INSERT INTO rematch (business_number) SELECT DISTINCT business_number FROM acquisition WHERE 1 = 1 ON CONFLICT DO NOTHING";
        self.run(sql, vec![]).await?;
        Ok(())
    }

    /// Businesses have been matched anew.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn rematched(&self, numbers: &[String]) -> Result<()> {
        let sql = format!("DELETE FROM rematch WHERE business_number IN {}", texts(self.backend(), 1));
        let list = serde_json::to_string(numbers).unwrap_or_else(|_| "[]".to_owned());
        self.run(&sql, vec![list.into()]).await?;
        Ok(())
    }
}
