//! The audit log on screen: filtered, exported as CSV, verified. Reading it is open to leads and administrators.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chrono::{Days, NaiveDate};
use http::{HeaderValue, header};
use serde::Deserialize;
use store::audit::{Entry, Filter};

use super::Shared;
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use crate::cli::audit::EntryView;
use crate::people::audit::{self, Verdict};
use crate::world::seoul_instant;

/// Rows of a page.
const ROWS_SHOWN: i64 = 100;
/// Rows of an export.
const ROWS_EXPORTED: i64 = 100_000;
/// Longest text of a filter, in bytes.
const TEXT_BYTES_MAX: usize = 100;

pub(super) fn routes(screens: Screens) -> Screens {
    screens.get("/audit", May::AUDIT, show).get("/audit.csv", May::AUDIT, export).get(
        "/audit/verify",
        May::AUDIT,
        verify,
    )
}

/// What is looked for; everything may be empty.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    actor: String,
    action: String,
    subject: String,
    since: String,
    until: String,
    before: Option<i64>,
}

impl Wanted {
    fn filter(&self) -> Filter {
        let text =
            |text: &str| Some(text.trim()).filter(|t| !t.is_empty() && t.len() <= TEXT_BYTES_MAX).map(str::to_owned);
        let day = |text: &str, add: u64| {
            let day = text.parse::<NaiveDate>().ok()?.checked_add_days(Days::new(add))?;
            Some(seoul_instant(day, 0).timestamp_millis())
        };
        Filter {
            actor: text(&self.actor),
            action: text(&self.action),
            subject: text(&self.subject),
            since_ms: day(&self.since, 0),
            until_ms: day(&self.until, 1),
            before: self.before,
        }
    }

    /// The filter as a query, for the links to its next page and its export.
    fn query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("actor", &self.actor)
            .append_pair("action", &self.action)
            .append_pair("subject", &self.subject)
            .append_pair("since", &self.since)
            .append_pair("until", &self.until)
            .finish()
    }
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage<'a> {
    page: &'a Page,
    wanted: &'a Wanted,
    query: String,
    entries: Vec<Entry>,
    next: Option<i64>,
    verdict: Option<Verdict>,
}

async fn show(State(console): State<Shared>, page: Page, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    list(&console, &page, &wanted, None).await
}

async fn list(console: &Shared, page: &Page, wanted: &Wanted, verdict: Option<Verdict>) -> Result<Response, Problem> {
    let mut entries = console.world.store.audit_found(&wanted.filter(), ROWS_SHOWN + 1).await?;
    let more = entries.len() as i64 > ROWS_SHOWN;
    entries.truncate(usize::try_from(ROWS_SHOWN).unwrap_or(usize::MAX));
    let next = entries.last().filter(|_| more).map(|entry| entry.seq);
    page.show(&AuditPage { page, wanted, query: wanted.query(), entries, next, verdict })
}

async fn verify(State(console): State<Shared>, page: Page) -> Result<Response, Problem> {
    let verdict = audit::verify(&console.world.store, None).await?;
    list(&console, &page, &Wanted::default(), Some(verdict)).await
}

async fn export(State(console): State<Shared>, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let entries = console.world.store.audit_found(&wanted.filter(), ROWS_EXPORTED).await?;
    csv_of("audit.csv", entries.iter().map(EntryView::of))
}

/// A CSV file to keep; spreadsheets read it as UTF-8 because of its mark, and take no cell for a formula.
pub(super) fn csv_of<T: serde::Serialize>(name: &str, rows: impl Iterator<Item = T>) -> Result<Response, Problem> {
    let broken = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "a CSV file could not be written");
        Problem::new(500, "broken")
    };
    let mut writer = csv::Writer::from_writer(vec![0xef, 0xbb, 0xbf]);
    for row in rows {
        writer.serialize(row).map_err(|error| broken(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| broken(&error))?;
    let disposition =
        HeaderValue::try_from(format!("attachment; filename=\"{name}\"")).map_err(|error| broken(&error))?;
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

/// A text of a portal in a cell: one that a spreadsheet would take for a formula is quoted.
pub(super) fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
