//! The daily pass: what changes by time alone. Last days that are over, first days that have come, and postings that
//! nothing has confirmed for too long; found by set-based queries, so that what is not concerned is not looked at.

use rustc_hash::{FxHashMap, FxHashSet};
use store::evidence::{POSTING, VACANCY};
use store::{StoreError, Tx};

use super::evidence::{KINDS, Kind, New, RELEASED, Said};
use super::stand::{end_of, follow, judge};
use super::{At, Changes, Rules, hazard, record};
use crate::world::{instant, seoul_day};

/// Postings closed by their last day in one transaction.
pub const DEADLINES_MAX: i64 = 5_000;

/// Postings of a group judged again in one pass.
const AGED_MAX: i64 = 50_000;
/// Holds that ended so long ago were looked at by an earlier pass.
const HOLDS_LOOKED_BACK_MS: i64 = 7 * 86_400_000;

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

/// Lets through what a guarded run would have closed: what has not been seen since is absent, and that is enough; its list
/// is what the next is compared with. Two people decide it. The caller settles what is touched.
///
/// # Errors
/// When the store fails.
pub async fn release(tx: &Tx, rules: &Rules, at: At, run: i64) -> Result<Changes, StoreError> {
    let guarded = tx.take_guarded(run).await?;
    let rows = tx.standings(&guarded).await?;
    let Some(source) = rows.first().map(|row| row.source) else { return Ok(Changes::default()) };
    let listed: FxHashSet<i64> = tx.seen_in(run).await?.into_iter().flat_map(|(_, ids)| ids).collect();
    tx.accept_run(source, run, listed.len() as i64).await?;
    let seen: FxHashSet<i64> = tx.seen_since(source, run).await?.into_iter().collect();
    let missing = rows.iter().filter(|row| row.state != super::state::CLOSED && !seen.contains(&row.id));
    let news: Vec<New> = missing
        .map(|row| New {
            source: Some(source),
            detail: serde_json::json!({ "by": RELEASED, "run": run }),
            key: format!("{RELEASED} {run}"),
            ..New::posting(row.id, Kind::Absent, Said::Closed, at.as_of_ms)
        })
        .collect();
    record(tx, rules, at, &news).await
}

/// Takes back a release: what only it closed is as it was, and the run is guarded again. The caller settles what is touched.
///
/// # Errors
/// When the store fails.
pub async fn take_back_release(tx: &Tx, rules: &Rules, at: At, run: i64) -> Result<Changes, StoreError> {
    let rows = tx.evidence_keyed(Kind::Absent.name(), RELEASED, run).await?;
    let postings: Vec<i64> = rows.iter().map(|row| row.subject).collect();
    if let Some(source) = rows.first().and_then(|row| row.source) {
        tx.put_guarded(run, source, &postings).await?;
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    super::withdraw(tx, rules, at, &ids).await
}

/// What a guarded run would have closed stays as it is, for good; the next list is judged anew.
///
/// # Errors
/// When the store fails.
pub async fn block(tx: &Tx, run: i64) -> Result<u64, StoreError> {
    Ok(tx.take_guarded(run).await?.len() as u64)
}

/// Judges again what time alone may have changed and what lists do not: postings of sources that were not read for long,
/// those in doubt, those something was said of, and those whose hold has ended. Everything else is as it was: for it the
/// probability depends on its source, its closing kind and the age of its source's last list only, which is computed once
/// a group.
///
/// # Errors
/// When the store fails.
pub async fn age(tx: &Tx, rules: &Rules, at: At) -> Result<Changes, StoreError> {
    let confirmed: FxHashMap<i64, i64> = tx.confirmed().await?.into_iter().collect();
    let mut ids: Vec<i64> = Vec::new();
    for group in tx.open_groups().await? {
        let own = rules.of(group.source);
        // of a source never read whole, the oldest posting stands for all
        let since = confirmed.get(&group.source).copied().unwrap_or(group.oldest_ms);
        let days = (at.as_of_ms - since).max(0) as f64 / 86_400_000.0;
        let kind = group.close_kind.as_deref().unwrap_or_default();
        let gone = hazard::ended_within(own.hazard_of(kind), days);
        let over = own.common.weights.get(&Kind::Certification).copied().unwrap_or(0.0);
        let most = hazard::probability(hazard::bits(own.lag + (1.0 - own.lag) * gone) + over);
        if own.common.calibration.apply(most) >= own.common.suspect {
            ids.extend(tx.open_of(group.source, group.close_kind.as_deref(), AGED_MAX).await?);
        }
    }
    for state in [
        super::state::UNCONFIRMED,
        super::state::SUSPECTED_FILLED,
        super::state::SUSPECTED_STALE,
        super::state::SCHEDULED,
    ] {
        ids.extend(tx.in_state(state, AGED_MAX).await?);
    }
    let soft: Vec<&str> = KINDS.into_iter().filter(|kind| kind.is_soft()).map(Kind::name).collect();
    ids.extend(tx.open_with(&soft, AGED_MAX).await?);
    ids.sort_unstable();
    ids.dedup();
    let mut changes = judge(tx, rules, at, &ids).await?;
    let since = at.as_of_ms - HOLDS_LOOKED_BACK_MS;
    let ended = tx.ended(Kind::LabourMarketTest.name(), since, at.as_of_ms).await?;
    let of = |scope: &str| ended.iter().filter(|(s, _)| s == scope).map(|(_, id)| *id).collect::<Vec<_>>();
    changes.extend(follow(tx, rules, at, of(POSTING), of(VACANCY)).await?);
    Ok(changes)
}
