//! Handing out: which case is next, who has it before them and how long, and what they had begun to answer.
//!
//! Cases are ordered by value × risk × urgency, urgency being one by the hours left. Two of the three do not change with
//! the hour and are kept in an index; the order is exact all the same: the index by weight and the one by due time are
//! read until no unread case can beat the best one found. One hand-out in ten is the oldest case, one in twenty is decided
//! without a suggestion, one in twenty is a second opinion.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::case::{Case, CaseFilter, Order, Waiting};
use store::case_lease::CaseLease;
use store::{Store, StoreError};

use super::case_view::Facts;
use super::{Family, ReviewError};
use crate::people::Actor;
use crate::pipeline::source_number;
use crate::settings::ReviewSettings;
use crate::world::World;

/// Counter of cases handed out.
const HANDED_OUT: &str = "handed_out";
/// Rows of an index read at a time.
const STEP: i64 = 200;
/// Rows of an index read at most; beyond them the best one found is good enough.
const ROWS_MAX: i64 = 4_000;
/// Time left counts as at least this: what is late does not become infinitely urgent.
const LEFT_MS_MIN: i64 = 15 * 60_000;
/// An hour, the unit of urgency.
const HOUR_MS: f64 = 3_600_000.0;
/// Longest draft, in bytes.
const DRAFT_BYTES_MAX: usize = 64 << 10;
/// Cases shown of a queue, at most.
const QUEUE_MAX: usize = 1_000;

/// Which cases somebody wants.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Only this family.
    pub family: Option<Family>,
    /// Only of this source, by name.
    pub source: Option<String>,
    /// Not these: seen and left.
    pub skip: Vec<i64>,
    /// The session asking, where one person has several.
    pub session: Option<String>,
}

/// Why it is a case's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// It has the highest value × risk × urgency.
    Priority,
    /// It waits longest.
    Oldest,
    /// To be decided without a suggestion, and by a second person as well.
    Blind,
    /// The second opinion on a case that was decided without a suggestion, or hastily.
    Second,
}

impl Slot {
    /// The slot of the n-th hand-out.
    fn of(number: i64, settings: &ReviewSettings) -> Slot {
        let every = |n: i64, at: i64| n > 0 && number.rem_euclid(n) == at.rem_euclid(n);
        if every(settings.oldest_every, settings.oldest_every - 1) {
            Slot::Oldest
        } else if every(settings.blind_every, 4) {
            Slot::Blind
        } else if every(settings.blind_every, settings.blind_every / 2 + 4) {
            Slot::Second
        } else {
            Slot::Priority
        }
    }

    fn name(self) -> &'static str {
        match self {
            Slot::Priority => "priority",
            Slot::Oldest => "oldest",
            Slot::Blind => "blind",
            Slot::Second => "second",
        }
    }
}

/// A case handed out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Leased {
    /// Case.
    pub case: i64,
    /// Who has it.
    pub holder: String,
    /// Until when.
    pub expires_ms: i64,
    /// Why it was its turn.
    pub slot: Slot,
}

/// A case in the queue, with the three numbers its place comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Queued {
    /// The case.
    pub case: Case,
    /// One by the hours left.
    pub urgency: f64,
    /// value × risk × urgency.
    pub score: f64,
    /// Why it would be its turn.
    pub slot: Slot,
    /// Who has it before them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
}

/// One by the hours left.
pub fn urgency(due_ms: i64, now_ms: i64) -> f64 {
    HOUR_MS / (due_ms - now_ms).max(LEFT_MS_MIN) as f64
}

/// Hands out the next case: the one the asking session already has, or else the first of the queue that nobody has.
///
/// # Errors
/// When the actor decides no cases, or the store fails.
pub async fn next(world: &World, actor: &Actor, filter: &Filter) -> Result<Option<Leased>, ReviewError> {
    if !actor.decides() {
        return Err(ReviewError::NotAllowed(format!("{} decides no cases", actor.name)));
    }
    let now_ms = world.clock.now().timestamp_millis();
    let holder = holder(actor, filter.session.as_deref());
    if let Some(lease) = in_hand(world, filter, &holder, now_ms).await? {
        return Ok(Some(lease));
    }
    if world.store.review_is_due(now_ms).await? {
        super::undo::tick(world).await?;
    }
    // two who ask at the same instant may be given the same number: then one slot is given twice
    let number = world.store.slots_taken(HANDED_OUT).await? + 1;
    let mut slot = Slot::of(number, &world.settings.review);
    let mut skip = filter.skip.clone();
    loop {
        let found = find(&world.store, actor, filter, &holder, &skip, slot, now_ms).await?;
        let Some(case) = found else {
            if slot != Slot::Priority {
                slot = Slot::Priority;
                continue;
            }
            return Ok(None);
        };
        if let Some(leased) = grant(world, case, &holder, slot, now_ms, true).await? {
            return Ok(Some(leased));
        }
        // somebody else was faster
        skip.push(case);
    }
}

/// Hands out one case by name.
///
/// # Errors
/// When somebody else has it, or there is none.
pub async fn take(world: &World, actor: &Actor, case: i64, session: Option<&str>) -> Result<Leased, ReviewError> {
    if !actor.decides() {
        return Err(ReviewError::NotAllowed(format!("{} decides no cases", actor.name)));
    }
    let now_ms = world.clock.now().timestamp_millis();
    world.store.case(case).await?.ok_or(ReviewError::NoCase(case))?;
    let holder = holder(actor, session);
    match grant(world, case, &holder, Slot::Priority, now_ms, false).await? {
        Some(leased) => Ok(leased),
        None => {
            let lease = world.store.case_lease(case).await?;
            let (holder, until_ms) = lease.map_or((String::new(), now_ms), |l| (l.holder, l.expires_ms));
            Err(ReviewError::Leased { holder, until_ms })
        }
    }
}

/// Who holds a lease: the actor, in a session where there is one.
pub(crate) fn holder(actor: &Actor, session: Option<&str>) -> String {
    session.map_or_else(|| actor.name.clone(), |session| format!("{}#{session}", actor.name))
}

/// The case this session already has before it.
async fn in_hand(world: &World, filter: &Filter, holder: &str, now_ms: i64) -> Result<Option<Leased>, StoreError> {
    for lease in world.store.case_leases_of(holder, now_ms).await? {
        if filter.skip.contains(&lease.case_id) {
            continue;
        }
        let Some(case) = world.store.case(lease.case_id).await? else { continue };
        if waits(&case.state) && fits(filter, &case.family, case.source) {
            let slot = serde_json::from_value(Value::from(lease.slot.clone())).unwrap_or(Slot::Priority);
            return Ok(Some(Leased { case: case.id, holder: lease.holder, expires_ms: lease.expires_ms, slot }));
        }
    }
    Ok(None)
}

fn waits(state: &str) -> bool {
    matches!(state, "open" | "second" | "disputed")
}

fn fits(filter: &Filter, family: &str, source: Option<i64>) -> bool {
    filter.family.is_none_or(|wanted| wanted.name() == family)
        && filter.source.as_deref().is_none_or(|name| source == Some(source_number(name)))
}

/// The case whose turn it is in a slot.
async fn find(
    store: &Store,
    actor: &Actor,
    filter: &Filter,
    holder: &str,
    skip: &[i64],
    slot: Slot,
    now_ms: i64,
) -> Result<Option<i64>, StoreError> {
    let free = |w: &Waiting| {
        w.holder.as_deref().is_none_or(|by| by == holder)
            && w.assignee.as_deref().is_none_or(|to| to == actor.name)
            && !skip.contains(&w.id)
            && fits(filter, &w.family, w.source)
    };
    let family = filter.family.map(Family::name);
    match slot {
        Slot::Second => second_opinion(store, actor, filter, skip, now_ms, &free).await,
        Slot::Oldest => {
            let mut at = 0;
            while at < ROWS_MAX {
                let rows = store.waiting(Order::Age, family, now_ms, at, STEP).await?;
                if let Some(found) = rows.iter().find(|w| free(w)) {
                    return Ok(Some(found.id));
                }
                if (rows.len() as i64) < STEP {
                    break;
                }
                at += STEP;
            }
            Ok(None)
        }
        Slot::Priority | Slot::Blind => {
            let found = best(store, family, now_ms, 1, &free).await?.into_iter().next();
            match found {
                Some((w, _)) => Ok(Some(w.id)),
                // nothing else to do: second opinions
                None => second_opinion(store, actor, filter, skip, now_ms, &free).await,
            }
        }
    }
}

/// A case that waits for somebody else's word: for a lead first those on which two people disagree.
async fn second_opinion(
    store: &Store,
    actor: &Actor,
    filter: &Filter,
    skip: &[i64],
    now_ms: i64,
    free: &(impl Fn(&Waiting) -> bool + Sync),
) -> Result<Option<i64>, StoreError> {
    if actor.leads() {
        let disputed = CaseFilter {
            family: filter.family.map(|family| family.name().to_owned()),
            state: Some("disputed".to_owned()),
            limit: STEP,
            ..CaseFilter::default()
        };
        let cases = store.list_cases(&disputed).await?;
        // one that somebody has before them cannot be leased, and is skipped then
        let mine = cases.iter().find(|c| !skip.contains(&c.id) && fits(filter, &c.family, c.source));
        if let Some(case) = mine {
            return Ok(Some(case.id));
        }
    }
    let waiting = store.waiting_second(now_ms, &actor.name, STEP).await?;
    Ok(waiting.iter().find(|w| free(w)).map(|w| w.id))
}

/// The so many open cases with the highest score among the free ones, best first, from two indexes: no case that was not
/// read scores more than the lightest read by weight would at the latest read by due time.
async fn best(
    store: &Store,
    family: Option<&str>,
    now_ms: i64,
    count: usize,
    free: &(impl Fn(&Waiting) -> bool + Sync),
) -> Result<Vec<(Waiting, f64)>, StoreError> {
    let score = |w: &Waiting| w.weight * urgency(w.due_ms, now_ms);
    let mut found: Vec<(Waiting, f64)> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    let mut at = 0;
    while at < ROWS_MAX {
        let heavy = store.waiting(Order::Weight, family, now_ms, at, STEP).await?;
        let soon = if family.is_none() { store.waiting(Order::Due, None, now_ms, at, STEP).await? } else { Vec::new() };
        let bound = match (heavy.last(), soon.last()) {
            (Some(w), Some(s)) => w.weight * urgency(s.due_ms, now_ms),
            (Some(w), None) => w.weight * urgency(now_ms, now_ms),
            (None, _) => 0.0,
        };
        let ended = (heavy.len() as i64) < STEP;
        for w in heavy.into_iter().chain(soon) {
            if seen.insert(w.id) && free(&w) {
                let score = score(&w);
                found.push((w, score));
            }
        }
        found.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.due_ms.cmp(&b.due_ms)).then(a.id.cmp(&b.id)));
        if ended || found.get(count - 1).is_some_and(|(_, score)| *score >= bound) {
            break;
        }
        at += STEP;
    }
    found.truncate(count);
    Ok(found)
}

/// Leases a case unless somebody else has it; `counts` when it was its turn.
async fn grant(
    world: &World,
    case: i64,
    holder: &str,
    slot: Slot,
    now_ms: i64,
    counts: bool,
) -> Result<Option<Leased>, ReviewError> {
    let tx = world.store.write().await?;
    let Some(mut row) = tx.case(case).await? else { return Err(ReviewError::NoCase(case)) };
    if slot == Slot::Blind && row.state == "open" && row.blind == 0 {
        row.blind = 1;
        tx.put_cases(std::slice::from_ref(&row)).await?;
    }
    let facts = Facts::load(&tx, &row).await?;
    let expires_ms = now_ms + world.settings.review.lease_seconds * 1000;
    let lease = CaseLease {
        case_id: case,
        holder: holder.to_owned(),
        granted_ms: now_ms,
        expires_ms,
        slot: slot.name().to_owned(),
        seen: json!({ "token": facts.token(), "facts": facts }).to_string(),
    };
    if !tx.grant_case(&lease).await? {
        return Ok(None);
    }
    if counts {
        tx.take_slot(HANDED_OUT).await?;
    }
    tx.commit().await?;
    Ok(Some(Leased { case, holder: holder.to_owned(), expires_ms, slot }))
}

/// Lengthens a lease by its full time; gives when it ends now.
///
/// # Errors
/// When the actor does not have the case (any more).
pub async fn extend(world: &World, actor: &Actor, session: Option<&str>, case: i64) -> Result<i64, ReviewError> {
    let now_ms = world.clock.now().timestamp_millis();
    let expires_ms = now_ms + world.settings.review.lease_seconds * 1000;
    let tx = world.store.write().await?;
    if tx.extend_case(case, &holder(actor, session), now_ms, expires_ms).await? {
        tx.commit().await?;
        return Ok(expires_ms);
    }
    match tx.case_lease(case).await? {
        Some(lease) if lease.expires_ms > now_ms => {
            Err(ReviewError::Leased { holder: lease.holder, until_ms: lease.expires_ms })
        }
        _ => Err(ReviewError::Invalid("the lease has run out; open the case again".to_owned())),
    }
}

/// Gives a case back. One that the actor does not have is left as it is.
///
/// # Errors
/// When the store fails.
pub async fn release(world: &World, actor: &Actor, session: Option<&str>, case: i64) -> Result<bool, ReviewError> {
    let tx = world.store.write().await?;
    let had = tx.release_case(case, &holder(actor, session)).await?;
    tx.commit().await?;
    Ok(had)
}

/// Keeps an unfinished answer; it outlives the lease.
///
/// # Errors
/// When it is too long, or the store fails.
pub async fn keep_draft(world: &World, actor: &Actor, case: i64, draft: &Value) -> Result<(), ReviewError> {
    let text = draft.to_string();
    if text.len() > DRAFT_BYTES_MAX {
        return Err(ReviewError::Invalid(format!("a draft has {} bytes, the limit is {DRAFT_BYTES_MAX}", text.len())));
    }
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    tx.keep_draft(case, &actor.name, &text, now_ms).await?;
    Ok(tx.commit().await?)
}

/// The queue as it would be handed out from now on, with the reason for each place. Deterministic.
///
/// # Errors
/// When the store fails.
pub async fn queue(world: &World, filter: &Filter, count: usize) -> Result<Vec<Queued>, ReviewError> {
    let now_ms = world.clock.now().timestamp_millis();
    let count = count.clamp(1, QUEUE_MAX);
    let fit = |w: &Waiting| fits(filter, &w.family, w.source) && !filter.skip.contains(&w.id);
    let family = filter.family.map(Family::name);
    let ranked = best(&world.store, family, now_ms, count, &fit).await?;
    let oldest = world.store.waiting(Order::Age, family, now_ms, 0, count as i64).await?;
    let mut number = world.store.slots_taken(HANDED_OUT).await?;
    let mut order: Vec<(Waiting, Slot)> = Vec::new();
    let mut used = rustc_hash::FxHashSet::default();
    let (mut ranked, mut oldest) = (ranked.into_iter().map(|(w, _)| w), oldest.into_iter().filter(|w| fit(w)));
    while order.len() < count {
        number += 1;
        let slot = Slot::of(number, &world.settings.review);
        let next = match slot {
            Slot::Oldest => oldest.by_ref().find(|w| !used.contains(&w.id)),
            _ => ranked.by_ref().find(|w| !used.contains(&w.id)),
        };
        let Some(next) = next.or_else(|| ranked.by_ref().find(|w| !used.contains(&w.id))) else { break };
        used.insert(next.id);
        // who waits for a second opinion is not in this list
        order.push((next, if slot == Slot::Second { Slot::Priority } else { slot }));
    }
    let ids: Vec<i64> = order.iter().map(|(w, _)| w.id).collect();
    let mut cases: rustc_hash::FxHashMap<i64, Case> =
        world.store.cases_by_id(&ids).await?.into_iter().map(|c| (c.id, c)).collect();
    Ok(order
        .into_iter()
        .filter_map(|(w, slot)| {
            let case = cases.remove(&w.id)?;
            let urgency = urgency(case.due_ms, now_ms);
            Some(Queued { urgency, score: case.weight * urgency, slot, holder: w.holder, case })
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_twenty_cases_two_are_the_oldest_one_is_blind_and_one_a_second_opinion() {
        let settings = crate::settings::Settings::load(None).unwrap().review;
        let slots: Vec<Slot> = (1..=20).map(|n| Slot::of(n, &settings)).collect();
        let count = |slot| slots.iter().filter(|s| **s == slot).count();
        assert_eq!([Slot::Oldest, Slot::Blind, Slot::Second, Slot::Priority].map(count), [2, 1, 1, 16]);
        assert_eq!((1..=20).map(|n| Slot::of(n + 20, &settings)).collect::<Vec<_>>(), slots, "always the same");
    }

    #[test]
    fn urgency_is_one_by_the_hours_left_and_ends_at_a_quarter() {
        for (left_minutes, want) in [(60, 1.0), (120, 0.5), (24 * 60, 1.0 / 24.0), (15, 4.0), (1, 4.0), (-600, 4.0)] {
            assert!((urgency(left_minutes * 60_000, 0) - want).abs() < 1e-9, "{left_minutes}");
        }
    }
}
