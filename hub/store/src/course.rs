//! Training courses, one row a session, in columns they can be found by.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::texts;
use crate::{Reads, Result, Store, Tx};

/// A row of `course`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Course {
    /// trprId-trprDegr-trainstCstId.
    pub id: String,
    /// trprId: the course, whatever its session.
    pub process: String,
    /// trprDegr: which session.
    pub degree: i64,
    /// Name of the institution.
    pub institution: String,
    /// Its number.
    pub institution_no: String,
    /// Title.
    pub title: String,
    /// NCS code, eight digits.
    pub ncs: Option<String>,
    /// KECO code of the occupation it leads to.
    pub keco: Option<String>,
    /// Region code.
    pub region: Option<String>,
    /// First day.
    pub starts: String,
    /// Last day.
    pub ends: Option<String>,
    /// Seats.
    pub seats: Option<i64>,
    /// Seats taken.
    pub taken: Option<i64>,
    /// Employed six months after, thousandths.
    pub rate_permille: Option<i64>,
    /// Page for people.
    pub url: Option<String>,
    /// Last change.
    pub changed_ms: i64,
}

impl Store {
    /// Courses that lead to one of some occupations (KECO codes or their beginnings of 2 or 3 digits are matched by the
    /// first 3) and start within some days, soonest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn courses_to(&self, keco: &str, from: &str, until: &str, limit: i64) -> Result<Vec<Course>> {
        let digits: String = keco.chars().filter(char::is_ascii_digit).collect();
        let (low, high) = (digits.clone(), format!("{digits}~"));
        let sql = "SELECT * FROM course WHERE keco >= $1 AND keco < $2 AND starts >= $3 AND starts <= $4 \
                   ORDER BY starts, id LIMIT $5";
        self.models(sql, vec![low.into(), high.into(), from.into(), until.into(), limit.into()]).await
    }

    /// Newest known employment rates of earlier sessions: (course, thousandths).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn rates_of(&self, processes: &[String]) -> Result<Vec<(String, i64)>> {
        let sql = format!(
            "SELECT process, rate_permille FROM course WHERE process IN {} AND rate_permille IS NOT NULL ORDER BY process, degree, starts",
            texts(self.backend(), 1)
        );
        let list = serde_json::to_string(processes).unwrap_or_else(|_| "[]".to_owned());
        let rows = self.all(&sql, vec![list.into()]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?))).collect()
    }

    /// Number of courses.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn course_count(&self) -> Result<i64> {
        self.number("SELECT count(*) FROM course", vec![]).await
    }
}

impl Tx {
    /// Enters or renews courses.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_courses(&self, courses: &[Course]) -> Result<()> {
        let mut values = Vec::with_capacity(courses.len() * 16);
        for c in courses {
            values.extend([
                c.id.as_str().into(),
                c.process.as_str().into(),
                c.degree.into(),
                c.institution.as_str().into(),
                c.institution_no.as_str().into(),
                c.title.as_str().into(),
                c.ncs.clone().into(),
                c.keco.clone().into(),
                c.region.clone().into(),
                c.starts.as_str().into(),
                c.ends.clone().into(),
                c.seats.into(),
                c.taken.into(),
                c.rate_permille.into(),
                c.url.clone().into(),
                c.changed_ms.into(),
            ]);
        }
        let into = "course (id, process, degree, institution, institution_no, title, ncs, keco, region, starts, ends, seats, \
                    taken, rate_permille, url, changed_ms)";
        let tail = "ON CONFLICT (id) DO UPDATE SET institution = excluded.institution, title = excluded.title, ncs = excluded.ncs, \
                    keco = excluded.keco, region = excluded.region, starts = excluded.starts, ends = excluded.ends, \
                    seats = excluded.seats, taken = excluded.taken, \
                    rate_permille = COALESCE(excluded.rate_permille, course.rate_permille), url = excluded.url, \
                    changed_ms = excluded.changed_ms";
        self.insert(into, 16, tail, values).await?;
        Ok(())
    }
}
