//! The daily pass: what changes by time alone. Last days that are over, first days that have come, and postings that
//! nothing has confirmed for too long; found by set-based queries, so that what is not concerned is not looked at.

use store::{StoreError, Tx};

use super::evidence::{Kind, New, Said};
use super::stand::{end_of, judge};
use super::{At, Changes, Rules, record};
use crate::world::{instant, seoul_day};

/// Postings closed by their last day in one transaction.
pub const DEADLINES_MAX: i64 = 5_000;

/// Closes the postings, of whatever source, whose last day is over; that needs no certificate. At most
/// [`DEADLINES_MAX`]; the caller settles what is touched.
///
/// # Errors
/// When the store fails.
pub async fn close_deadlines(tx: &Tx, rules: &Rules, at: At) -> Result<Changes, StoreError> {
    let today = seoul_day(instant(at.as_of_ms)).to_string();
    let past = tx.past_deadline(&today, DEADLINES_MAX).await?;
    let ended = |row: &store::posting::Standing| {
        let last = row.valid_through.as_deref()?.parse().ok()?;
        let new = New::posting(row.id, Kind::Deadline, Said::Closed, end_of(last));
        Some(New { source: Some(row.source), detail: serde_json::json!({ "last_day": row.valid_through }), ..new })
    };
    let news: Vec<New> = past.iter().filter_map(ended).collect();
    record(tx, rules, at, &news).await
}

/// Judges what is scheduled again: its first day may have come.
///
/// # Errors
/// When the store fails.
pub async fn open_scheduled(tx: &Tx, rules: &Rules, at: At) -> Result<Changes, StoreError> {
    let due = tx.in_state(super::state::SCHEDULED, DEADLINES_MAX).await?;
    judge(tx, rules, at, &due).await
}
