//! Stages of employment permits for foreign workers, as their batches said.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{Reads, Result, Store, Tx};

/// A row of `permit`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Permit {
    /// Batch it came in.
    pub batch: i64,
    /// Number within the batch, from 1.
    pub nr: i64,
    /// The application's number.
    pub permit_no: String,
    /// labour_market_test, permit_issued, change_reported or withdrawn.
    pub stage: String,
    /// 사업자등록번호, ten digits.
    pub business_number: String,
    /// Name of the workplace.
    pub name: Option<String>,
    /// Region code of the workplace.
    pub region: Option<String>,
    /// KECO code.
    pub occupation: String,
    /// People asked for, allowed, or whose slot is free again.
    pub slots: i64,
    /// First day, or the day of the permit or change.
    pub day_from: String,
    /// Last day of a test.
    pub day_until: Option<String>,
    /// 구인인증번호 of the posting the test is about.
    pub posting_no: Option<String>,
}

impl Store {
    /// Rows of a batch, in its order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn permits_in(&self, batch: i64, limit: i64) -> Result<Vec<Permit>> {
        let sql = "SELECT * FROM permit WHERE batch = $1 ORDER BY nr LIMIT $2";
        self.models(sql, vec![batch.into(), limit.into()]).await
    }

    /// What is known of an application, in the order of its days.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn permit_stages(&self, permit_no: &str) -> Result<Vec<Permit>> {
        let sql = "SELECT * FROM permit WHERE permit_no = $1 ORDER BY day_from, batch, nr";
        self.models(sql, vec![permit_no.into()]).await
    }
}

impl Tx {
    /// Enters rows.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_permits(&self, rows: &[Permit]) -> Result<()> {
        let mut values = Vec::with_capacity(rows.len() * 12);
        for p in rows {
            values.extend([
                p.batch.into(),
                p.nr.into(),
                p.permit_no.as_str().into(),
                p.stage.as_str().into(),
                p.business_number.as_str().into(),
                p.name.clone().into(),
                p.region.clone().into(),
                p.occupation.as_str().into(),
                p.slots.into(),
                p.day_from.as_str().into(),
                p.day_until.clone().into(),
                p.posting_no.clone().into(),
            ]);
        }
        let into = "permit (batch, nr, permit_no, stage, business_number, name, region, occupation, slots, day_from, \
                    day_until, posting_no)";
        self.insert(into, 12, "", values).await?;
        Ok(())
    }

    /// Stages after the test whose slots have not been booked on a vacancy yet, of applications whose posting is known:
    /// (permit row, vacancy).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn unbooked_permits(&self) -> Result<Vec<(Permit, i64)>> {
        let sql = "SELECT m.*, p.vacancy AS vacancy FROM permit m JOIN labour_window w ON w.permit_no = m.permit_no \
                   JOIN posting p ON p.id = w.posting WHERE m.stage IN ('permit_issued', 'change_reported') \
                   AND NOT EXISTS (SELECT 1 FROM hire h WHERE h.batch = m.batch AND h.nr = m.nr) ORDER BY m.batch, m.nr";
        let rows = self.all(sql, vec![]).await?;
        rows.iter().map(|row| Ok((Permit::from_query_result(row, "")?, row.try_get("", "vacancy")?))).collect()
    }
}
