//! Changes of vacancies that consumers see, in one order without gaps.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{Reads, Result, Store, Tx};

/// A row of `event`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Event {
    /// The cursor: 1, 2, 3 …
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// upsert, close, merge, split or withdraw.
    pub kind: String,
    /// Vacancy.
    pub vacancy: i64,
    /// merge: the survivor; split: where it came from.
    pub other: Option<i64>,
    /// Reason code.
    pub reason: Option<String>,
    /// Run that caused it.
    pub run: Option<i64>,
}

/// An event to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// upsert, close, merge, split or withdraw.
    pub kind: &'static str,
    /// Vacancy.
    pub vacancy: i64,
    /// merge: the survivor; split: where it came from.
    pub other: Option<i64>,
    /// Reason code.
    pub reason: Option<String>,
}

impl Store {
    /// Events after a cursor.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn events(&self, after: i64, limit: i64) -> Result<Vec<Event>> {
        self.models("SELECT * FROM event WHERE seq > $1 ORDER BY seq LIMIT $2", vec![after.into(), limit.into()]).await
    }

    /// The events of one vacancy.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn events_of(&self, vacancy: i64) -> Result<Vec<Event>> {
        self.models("SELECT * FROM event WHERE vacancy = $1 ORDER BY seq", vec![vacancy.into()]).await
    }

    /// The newest cursor.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn last_event(&self) -> Result<i64> {
        self.number("SELECT max(seq) FROM event", vec![]).await
    }
}

impl Tx {
    /// Appends events; their numbers follow the last one without a gap (all writers are ordered).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn append_events(&self, at_ms: i64, run: Option<i64>, events: &[NewEvent]) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let last = self.number("SELECT max(seq) FROM event", vec![]).await?;
        let values = events
            .iter()
            .zip(last + 1..)
            .flat_map(|(event, seq)| {
                [
                    seq.into(),
                    at_ms.into(),
                    event.kind.into(),
                    event.vacancy.into(),
                    event.other.into(),
                    event.reason.clone().into(),
                    run.into(),
                ]
            })
            .collect();
        self.insert("event (seq, at_ms, kind, vacancy, other, reason, run)", 7, "", values).await?;
        Ok(())
    }
}
