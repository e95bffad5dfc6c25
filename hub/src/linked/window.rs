//! Labour-market tests: which posting a registered window is about, and what a window forbids while it lasts.

use chrono::{DateTime, Days, NaiveDate, Utc};
use rustc_hash::FxHashMap;
use store::labour_window::LabourWindow;
use store::{StoreError, Tx};

use crate::pipeline::posting_id;
use crate::world::{instant, seoul_day, seoul_instant};

/// The national portal whose 구인인증번호 a registration names.
pub const NATIONAL: &str = "work24";

/// From the first instant of a window's first day to the first after its last, Seoul.
pub fn span(window: &LabourWindow) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let (from, until): (NaiveDate, NaiveDate) = (window.day_from.parse().ok()?, window.day_until.parse().ok()?);
    Some((seoul_instant(from, 0), seoul_instant(until.checked_add_days(Days::new(1))?, 0)))
}

/// Finds the postings of windows that have none yet; gives those that were found. A registration names its posting by
/// 구인인증번호; where it does not, the posting is the employer's oldest in that occupation, the national portal's first.
///
/// # Errors
/// When the store fails.
pub async fn bind(tx: &Tx, now: DateTime<Utc>) -> Result<Vec<LabourWindow>, StoreError> {
    let today = seoul_day(now);
    let mut waiting = tx.windows_without_posting(&today.to_string()).await?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let named: Vec<i64> =
        waiting.iter().filter_map(|w| w.posting_no.as_deref()).map(|no| posting_id(NATIONAL, no)).collect();
    let there: rustc_hash::FxHashSet<i64> = tx.known(&named).await?.into_iter().map(|k| k.id).collect();
    let numbers: Vec<String> =
        waiting.iter().filter(|w| w.posting_no.is_none()).map(|w| w.business_number.clone()).collect();
    let at_business = if numbers.is_empty() { Vec::new() } else { tx.postings_at(&numbers).await? };
    let national = crate::pipeline::source_number(NATIONAL);
    let mut bound = Vec::new();
    for window in &mut waiting {
        let found = match window.posting_no.as_deref() {
            Some(no) => Some(posting_id(NATIONAL, no)).filter(|id| there.contains(id)).map(|id| (id, "number")),
            None => at_business
                .iter()
                .filter(|p| p.business_number == window.business_number && fits(p, window))
                .min_by_key(|p| (p.source != national, p.first_seen_ms, p.id))
                .map(|p| (p.id, "workplace")),
        };
        if let Some((posting, how)) = found {
            tx.bind_window(&window.permit_no, posting, how).await?;
            window.posting = Some(posting);
            window.matched_by = Some(how.to_owned());
            bound.push(window.clone());
        }
    }
    Ok(bound)
}

/// Same minor group of occupations, published before the window ends.
fn fits(posting: &store::candidate::AtBusiness, window: &LabourWindow) -> bool {
    let group = |code: &str| code.get(..3).map(str::to_owned);
    let same = posting.occupation.as_deref().and_then(group) == group(&window.occupation);
    same && seoul_day(instant(posting.first_seen_ms)).to_string() <= window.day_until
}

/// Last days of the windows that hold postings at an instant, by posting.
///
/// # Errors
/// When the store fails.
pub async fn holding(tx: &Tx, postings: &[i64], now: DateTime<Utc>) -> Result<FxHashMap<i64, String>, StoreError> {
    let today = seoul_day(now).to_string();
    let windows = tx.windows_of(postings, &today).await?;
    Ok(windows.into_iter().filter(|(_, from, _)| *from <= today).map(|(posting, _, until)| (posting, until)).collect())
}

/// Postings whose vacancies no other posting may join, and which may join none, while one of theirs is held: pairs of
/// postings at hand that stay apart.
pub(crate) fn keep_apart(
    held: &FxHashMap<i64, String>,
    at_hand: &[i64],
    vacancy_of: &FxHashMap<i64, i64>,
) -> Vec<dedup::Ruling> {
    if held.is_empty() {
        return Vec::new();
    }
    // a posting without a vacancy yet stands for itself
    let home = |id: i64| vacancy_of.get(&id).copied().unwrap_or(id);
    let frozen: rustc_hash::FxHashSet<i64> = held.keys().map(|id| home(*id)).collect();
    let mut ids = at_hand.to_vec();
    ids.sort_unstable();
    let mut apart = Vec::new();
    for a in ids.iter().copied().filter(|id| frozen.contains(&home(*id))) {
        for b in ids.iter().copied().filter(|b| home(*b) != home(a)) {
            apart.push(dedup::Ruling { a: a.min(b), b: a.max(b), same: false, kind: None });
        }
    }
    apart
}
