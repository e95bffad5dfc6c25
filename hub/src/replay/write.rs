//! What a replay changed, written in one transaction a batch through the same door as a run: vacancies, keys and events follow.

use std::collections::BTreeSet;

use normalizer::Posting;
use rustc_hash::FxHashMap;
use store::StoreError;
use store::lease::Lease;
use store::posting::Known;

use crate::lifecycle::{self, reason, state};
use crate::pipeline::judge::Judged;
use crate::pipeline::settle::{Fresh, Judge, settle};
use crate::verdicts::rejudge::kept;
use crate::world::{World, seoul_day};

/// Postings to write together.
#[derive(Default)]
pub(super) struct Batch {
    changed: Vec<Changed>,
    restated: Vec<(i64, String)>,
}

struct Changed {
    row: store::posting::Posting,
    judged: Judged,
    /// The row on its page said something else than what was last listed: the next run reads it anew.
    stale: bool,
    kept_verdict: bool,
}

impl Batch {
    pub(super) fn len(&self) -> usize {
        self.changed.len() + self.restated.len()
    }

    /// A posting that says what it said, read by other rules.
    pub(super) fn restate(&mut self, id: i64, body: String) {
        self.restated.push((id, body));
    }

    pub(super) fn push(&mut self, row: store::posting::Posting, judged: Judged, content_hash: i64, kept_verdict: bool) {
        let stale = row.content_hash != content_hash;
        self.changed.push(Changed { row, judged, stale, kept_verdict });
    }
}

/// What became of a batch.
#[derive(Default)]
pub(super) struct Written {
    pub(super) written: u64,
    /// Changed by a run meanwhile; they stay.
    pub(super) busy: u64,
}

pub(super) async fn write(world: &World, lease: &Lease, no_contact: bool, batch: Batch) -> Result<Written, StoreError> {
    let mut outcome = Written::default();
    if batch.len() == 0 {
        return Ok(outcome);
    }
    let as_of_ms = world.clock.now().timestamp_millis();
    let today = seoul_day(world.clock.now());
    let tx = world.store.write().await?;
    tx.fence(lease, i64::from(world.settings.run.lease_seconds) * 1000).await?;
    let ids: Vec<i64> = batch.changed.iter().map(|c| c.row.id).collect();
    let known: FxHashMap<i64, Known> = tx.known(&ids).await?.into_iter().map(|k| (k.id, k)).collect();
    let (mut fresh, mut findings, mut contacts) = (Vec::new(), Vec::new(), Vec::new());
    let mut touched = BTreeSet::new();
    for mut changed in batch.changed {
        let now = known.get(&changed.row.id);
        let Some(now) = now.filter(|k| k.version == changed.row.version && k.state == changed.row.state) else {
            outcome.busy += 1;
            continue;
        };
        touched.insert(now.vacancy);
        findings.extend(kept(changed.row.id, &changed.judged.normalized.findings));
        if !no_contact && !changed.judged.normalized.contact.is_empty() {
            contacts
                .push((changed.row.id, serde_json::to_string(&changed.judged.normalized.contact).unwrap_or_default()));
        }
        let posting = std::mem::take(&mut changed.judged.normalized.posting);
        fresh.push(fresh_of(changed, posting, now, as_of_ms, today));
    }
    let restated: Vec<(i64, &str)> = batch.restated.iter().map(|(id, body)| (*id, body.as_str())).collect();
    tx.restate_bodies(&restated).await?;
    let judge = Judge::of(world, as_of_ms, None);
    settle(&tx, &judge, &mut fresh, touched).await?;
    let changed: Vec<i64> = fresh.iter().map(|f| f.row.id).collect();
    tx.put_beside(&changed, &findings, &contacts).await?;
    tx.commit().await?;
    outcome.written = changed.len() as u64;
    Ok(outcome)
}

fn fresh_of(changed: Changed, posting: Posting, now: &Known, as_of_ms: i64, today: chrono::NaiveDate) -> Fresh {
    let Changed { mut row, judged, stale, kept_verdict } = changed;
    let (state, why, closed_ms) = state_of(&row, &posting, today, as_of_ms);
    if stale {
        row.content_hash = 0;
    }
    row.body = judged.body;
    row.body_hash = judged.body_hash;
    row.business_number = posting.hiring_organization.business_number.clone();
    row.profile = judged.profile.to_bytes();
    row.vacancy = now.vacancy;
    if !kept_verdict {
        row.verdict = judged.verdict.name().to_owned();
    }
    row.valid_through = judged.valid_through;
    row.close_kind = judged.close_kind.map(str::to_owned);
    row.version += 1;
    row.changed_ms = as_of_ms;
    (row.state, row.reason, row.closed_ms) = (state, why, closed_ms);
    Fresh { profile: judged.profile, posting, row, new: false }
}

/// What the new reading makes of a posting's state: what it says itself opens or closes it, all other evidence stands.
fn state_of(
    row: &store::posting::Posting,
    posting: &Posting,
    today: chrono::NaiveDate,
    as_of_ms: i64,
) -> (String, Option<String>, Option<i64>) {
    let says = lifecycle::closed_by_itself(posting, today);
    let by_itself = matches!(row.reason.as_deref(), Some(reason::DEADLINE | reason::SOURCE_CLOSED));
    match says {
        Some(why) if row.state != state::CLOSED => (state::CLOSED.to_owned(), Some(why.to_owned()), Some(as_of_ms)),
        None if row.state == state::CLOSED && by_itself => (state::OPEN.to_owned(), None, None),
        _ => (row.state.clone(), row.reason.clone(), row.closed_ms),
    }
}
