//! Statutory windows of labour-market tests: inside its window a posting is not expired, hidden, re-dated or merged away.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids};
use crate::{Reads, Result, Store, Tx};

/// A row of `labour_window`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct LabourWindow {
    /// The application's number.
    pub permit_no: String,
    /// Batch it stands in.
    pub batch: i64,
    /// 사업자등록번호.
    pub business_number: String,
    /// Name of the workplace.
    pub name: Option<String>,
    /// Region code of the workplace.
    pub region: Option<String>,
    /// KECO code.
    pub occupation: String,
    /// People asked for.
    pub slots: i64,
    /// First day.
    pub day_from: String,
    /// Last day.
    pub day_until: String,
    /// 구인인증번호 of the posting.
    pub posting_no: Option<String>,
    /// The posting, once it was found.
    pub posting: Option<i64>,
    /// number or workplace: how it was found.
    pub matched_by: Option<String>,
}

impl Store {
    /// All windows, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn labour_windows(&self, limit: i64) -> Result<Vec<LabourWindow>> {
        let sql = "SELECT * FROM labour_window ORDER BY day_from DESC, permit_no LIMIT $1";
        self.models(sql, vec![limit.into()]).await
    }

    /// The window of an application.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn labour_window(&self, permit_no: &str) -> Result<Option<LabourWindow>> {
        self.first("SELECT * FROM labour_window WHERE permit_no = $1", vec![permit_no.into()]).await
    }

    /// Windows of the postings of a vacancy, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn windows_of_vacancy(&self, vacancy: i64) -> Result<Vec<LabourWindow>> {
        let sql = "SELECT w.* FROM labour_window w JOIN posting p ON p.id = w.posting WHERE p.vacancy = $1 \
                   ORDER BY w.day_from, w.permit_no";
        self.models(sql, vec![vacancy.into()]).await
    }
}

impl Tx {
    /// Enters or renews windows; the posting that was found stays unless the number it is found by changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_labour_windows(&self, windows: &[LabourWindow]) -> Result<()> {
        let values = windows
            .iter()
            .flat_map(|w| {
                [
                    w.permit_no.as_str().into(),
                    w.batch.into(),
                    w.business_number.as_str().into(),
                    w.name.clone().into(),
                    w.region.clone().into(),
                    w.occupation.as_str().into(),
                    w.slots.into(),
                    w.day_from.as_str().into(),
                    w.day_until.as_str().into(),
                    w.posting_no.clone().into(),
                    w.posting.into(),
                    w.matched_by.clone().into(),
                ]
            })
            .collect();
        let into = "labour_window (permit_no, batch, business_number, name, region, occupation, slots, day_from, day_until, \
                    posting_no, posting, matched_by)";
        let tail = "ON CONFLICT (permit_no) DO UPDATE SET batch = excluded.batch, business_number = excluded.business_number, \
                    name = excluded.name, region = excluded.region, occupation = excluded.occupation, slots = excluded.slots, \
                    day_from = excluded.day_from, day_until = excluded.day_until, posting_no = excluded.posting_no";
        self.insert(into, 12, tail, values).await?;
        Ok(())
    }

    /// Ends windows of applications that were withdrawn, on a day.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_labour_windows(&self, ended: &[(String, String)]) -> Result<()> {
        for (permit, day) in ended {
            let sql = "UPDATE labour_window SET day_until = $2 WHERE permit_no = $1 AND day_until > $2";
            self.run(sql, vec![permit.as_str().into(), day.as_str().into()]).await?;
        }
        Ok(())
    }

    /// Windows not over on a day whose posting is not known yet.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn windows_without_posting(&self, day: &str) -> Result<Vec<LabourWindow>> {
        let sql = "SELECT * FROM labour_window WHERE posting IS NULL AND day_until >= $1 ORDER BY permit_no";
        self.models(sql, vec![day.into()]).await
    }

    /// Notes which posting a window is about.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn bind_window(&self, permit_no: &str, posting: i64, matched_by: &str) -> Result<()> {
        let sql = "UPDATE labour_window SET posting = $2, matched_by = $3 WHERE permit_no = $1";
        self.run(sql, vec![permit_no.into(), posting.into(), matched_by.into()]).await?;
        Ok(())
    }

    /// Windows that are bound to one of these postings and not over on a day: (posting, first day, last day).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn windows_of(&self, postings: &[i64], day: &str) -> Result<Vec<(i64, String, String)>> {
        let sql = format!(
            "SELECT posting, day_from, day_until FROM labour_window WHERE posting IN {} AND day_until >= $2 ORDER BY posting",
            ids(self.backend(), 1)
        );
        let rows = self.all(&sql, vec![id_list(postings), day.into()]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?))).collect()
    }

    /// Windows bound to a posting that are not over on a day.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_windows(&self, day: &str) -> Result<Vec<LabourWindow>> {
        let sql = "SELECT * FROM labour_window WHERE posting IS NOT NULL AND day_until >= $1 ORDER BY permit_no";
        self.models(sql, vec![day.into()]).await
    }

    /// Windows bound to a posting that ended before a day, since another: they are to be let go.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn windows_that_ended(&self, from: &str, before: &str) -> Result<Vec<LabourWindow>> {
        let sql = "SELECT * FROM labour_window WHERE posting IS NOT NULL AND day_until >= $1 AND day_until < $2 ORDER BY permit_no";
        self.models(sql, vec![from.into(), before.into()]).await
    }
}
