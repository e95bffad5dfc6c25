//! The proof of publication: on which days of its window a posting was shown, from the events that consumers saw, and a
//! hash over all of it.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use store::StoreError;
use store::event::Event;
use store::labour_window::LabourWindow;

use crate::view::{PostingId, VacancyId, time};
use crate::world::{World, seoul_day, seoul_instant};

/// Longest window that is told day by day.
const DAYS_MAX: usize = 400;

/// A log that can be handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The application's number.
    pub permit_no: String,
    /// 사업자등록번호 of the employer.
    pub business_number: String,
    /// 구인인증번호, where the registration named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posting_no: Option<String>,
    /// The posting.
    pub posting: PostingId,
    /// The vacancy it stands in now.
    pub vacancy: VacancyId,
    /// First day of the window.
    pub from: String,
    /// Last day.
    pub until: String,
    /// Each day up to today, and whether the vacancy was shown on it.
    pub days: Vec<Day>,
    /// Days of the window on which it was shown all the time it was known to the hub.
    pub days_shown: usize,
    /// Days of the window that have come.
    pub days_due: usize,
    /// What consumers were told, in order.
    pub events: Vec<Told>,
    /// SHA-256 over everything above as JSON, hexadecimal.
    pub sha256: String,
}

/// A day of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Day {
    /// The day, Asia/Seoul.
    pub day: String,
    /// shown, hidden, interrupted (shown on a part of it) or unknown (before the hub knew the posting).
    pub state: &'static str,
}

/// A change consumers were told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Its cursor.
    pub seq: i64,
    /// When.
    pub at: String,
    /// upsert, close, merge, split or withdraw.
    pub kind: String,
    /// Reason code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The proof for a window; `None` while its posting is not known.
///
/// # Errors
/// When the store fails.
pub async fn of_window(world: &World, window: &LabourWindow) -> Result<Option<Proof>, StoreError> {
    let Some(posting) = window.posting else { return Ok(None) };
    let Some(row) = world.store.posting(posting).await? else { return Ok(None) };
    let mut ids = world.store.redirected_to(row.vacancy).await?;
    ids.push(row.vacancy);
    let mut events = Vec::new();
    for id in ids {
        events.extend(world.store.events_of(id).await?);
    }
    events.sort_by_key(|e| e.seq);
    let today = seoul_day(world.clock.now());
    let days = days(window, &events, row.first_seen_ms, today);
    let mut proof = Proof {
        permit_no: window.permit_no.clone(),
        business_number: window.business_number.clone(),
        posting_no: window.posting_no.clone(),
        posting: PostingId(posting),
        vacancy: VacancyId(row.vacancy),
        from: window.day_from.clone(),
        until: window.day_until.clone(),
        days_shown: days.iter().filter(|d| d.state == "shown").count(),
        days_due: days.len(),
        days,
        events: events
            .iter()
            .map(|e| Told { seq: e.seq, at: time(e.at_ms), kind: e.kind.clone(), reason: e.reason.clone() })
            .collect(),
        sha256: String::new(),
    };
    let text = serde_json::to_vec(&proof).unwrap_or_default();
    for byte in Sha256::digest(&text) {
        let _ = write!(proof.sha256, "{byte:02x}");
    }
    Ok(Some(proof))
}

/// What was shown on each day of a window that has come.
fn days(window: &LabourWindow, events: &[Event], first_seen_ms: i64, today: NaiveDate) -> Vec<Day> {
    let (Ok(from), Ok(until)) = (window.day_from.parse::<NaiveDate>(), window.day_until.parse::<NaiveDate>()) else {
        return Vec::new();
    };
    let last = until.min(today);
    let known = seoul_day(crate::world::instant(first_seen_ms));
    from.iter_days()
        .take_while(|day| *day <= last)
        .take(DAYS_MAX)
        .map(|day| Day { day: day.to_string(), state: if day < known { "unknown" } else { shown_on(day, events) } })
        .collect()
}

/// Whether the events leave a vacancy visible over a day; before the first of the day what was last told holds.
fn shown_on(day: NaiveDate, events: &[Event]) -> &'static str {
    let begins = seoul_instant(day, 0).timestamp_millis();
    let ends = day.checked_add_days(Days::new(1)).map_or(i64::MAX, |next| seoul_instant(next, 0).timestamp_millis());
    let shows = |event: &Event| match event.kind.as_str() {
        "upsert" | "split" => Some(true),
        "close" | "withdraw" => Some(false),
        // the survivor goes on showing it
        _ => None,
    };
    let mut visible = events.iter().take_while(|e| e.at_ms < begins).filter_map(shows).last();
    let (mut ever, mut always) = (visible == Some(true), visible != Some(false));
    for event in events.iter().filter(|e| (begins..ends).contains(&e.at_ms)) {
        let Some(now) = shows(event) else { continue };
        // on the day it appeared it was shown from then on
        always &= now || visible.is_none();
        visible = Some(now);
        ever |= now;
    }
    match (ever, always && visible == Some(true)) {
        (true, true) => "shown",
        (true, false) => "interrupted",
        (false, _) => "hidden",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: i64, day: &str, hour: u32, kind: &str) -> Event {
        Event {
            seq,
            at_ms: seoul_instant(day.parse().unwrap(), hour).timestamp_millis(),
            kind: kind.to_owned(),
            vacancy: 1,
            other: None,
            reason: None,
            run: None,
        }
    }

    #[test]
    fn each_day_says_whether_the_posting_was_shown() {
        let window = LabourWindow {
            permit_no: "EPS-1".to_owned(),
            batch: 1,
            business_number: "1208147521".to_owned(),
            name: None,
            region: None,
            occupation: "890001".to_owned(),
            slots: 1,
            day_from: "2026-11-01".to_owned(),
            day_until: "2026-11-07".to_owned(),
            posting_no: None,
            posting: Some(1),
            matched_by: None,
        };
        let events = [
            event(1, "2026-11-02", 9, "upsert"),
            event(2, "2026-11-04", 9, "close"),
            event(3, "2026-11-05", 9, "upsert"),
            event(4, "2026-11-05", 10, "upsert"),
        ];
        let first_seen = events[0].at_ms;
        let told: Vec<&str> =
            days(&window, &events, first_seen, "2026-11-06".parse().unwrap()).iter().map(|d| d.state).collect();
        assert_eq!(told, ["unknown", "shown", "shown", "interrupted", "interrupted", "shown"]);
        let hidden = days(&window, &[], first_seen, "2026-11-03".parse().unwrap());
        assert_eq!(hidden.last().unwrap().state, "hidden");
    }
}
