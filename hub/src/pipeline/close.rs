//! How a run ends: the certificate, and in the same transaction what follows from it. Absence closes a posting only
//! here, and only under a certificate that says complete (R4, R5, R6).

use std::collections::BTreeSet;

use adapters::certificate::{Certificate, Seen, SliceSeen};
use adapters::profile::FieldProfile;
use rustc_hash::FxHashSet;
use store::StoreError;
use store::Tx;

use super::fetch::Trouble;
use super::settle::{Judge, hash_text, settle};
use super::{Body, Counts, RunReport, Running, from_json, imbalance};
use crate::lifecycle::{self, reason, state};
use crate::review;
use crate::terms::Terms;
use crate::world::{instant, seoul_day};

/// Postings closed by deadline in one transaction.
const DEADLINES_MAX: i64 = 5_000;
/// Earlier runs that the guard looks at: a day of a source that is read every quarter of an hour.
const RUNS_LOOKED_AT: i64 = 100;
/// A clock this far from the source's last run is not believed before the next run: one wrong clock must not expire a
/// store (R12). After real downtime the second run closes what the first did not.
const CLOCK_STEP_DAYS_MAX: i64 = 14;

/// What the sweep does to postings that were not on the list.
#[derive(Default)]
struct Sweep {
    seen: i64,
    unconfirmed: Vec<(i64, i64)>,
    closed: Vec<i64>,
    guarded: i64,
    touched: BTreeSet<i64>,
    tripwire: Option<String>,
}

/// Ends a run whose slices were all read or given up.
pub(super) async fn close(sync: &mut Running<'_>) -> Result<RunReport, StoreError> {
    let world = sync.world;
    let before = world.store.source(sync.number).await?;
    let runs =
        world.store.runs(Some(sync.number), RUNS_LOOKED_AT.max(world.settings.lifecycle.drop_guard_runs)).await?;
    let slices = world.store.slices(sync.run.id).await?;
    let tx = world.store.write().await?;
    tx.fence(&sync.lease, i64::from(world.settings.run.lease_seconds) * 1000).await?;
    let pages = tx.seen_in(sync.run.id).await?;
    let seen: FxHashSet<i64> = pages.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    let released = enough_agree(sync, &runs, seen.len() as u64);
    let mut certificate = Certificate::of(&what_was_seen(sync, &slices, &pages, before.as_ref(), released));
    certificate.incremental = sync.run.since_ms.is_some();
    if let Some(drift) = drift(sync, before.as_ref()).filter(|_| !released) {
        trip(&mut certificate, &drift);
    }
    // what ran out today is not missing
    let mut touched = BTreeSet::new();
    let past = if clock_is_plausible(sync, &runs) { close_deadlines(sync, &tx, &mut touched).await? } else { 0 };
    let mut sweep = Sweep::default();
    if certificate.complete && sync.run.since_ms.is_none() && sync.source.absence_counts() && !sync.source.is_signal() {
        sweep = plan_sweep(sync, &tx, &seen, released).await?;
        if let Some(why) = &sweep.tripwire {
            trip(&mut certificate, why);
        }
    }
    apply_sweep(sync, &tx, &mut sweep).await?;
    touched.append(&mut sweep.touched);
    let judge = judge(sync);
    settle(&tx, &judge, &mut [], touched).await?;
    let done = Counts {
        closed: sweep.closed.len() as u64 + past,
        unconfirmed: sweep.unconfirmed.len() as u64,
        ..Counts::default()
    };
    sync.counts.add(&done);
    tx.add_ledger(sync.run.id, &sweep_ledger(&sweep)).await?;
    open_tripwire(sync, &tx, &certificate).await?;
    if certificate.complete {
        // a profile of a part of the list would look like a change of schema the next time
        let whole = sync.counts.not_modified == 0 && sync.profile.rows + sync.counts.failed == sync.counts.rows;
        let before = before.and_then(|b| b.profile).filter(|_| !whole);
        let profile = before.unwrap_or_else(|| serde_json::to_string(&sync.profile).unwrap_or_default());
        let full = sync.run.since_ms.is_none().then_some((sync.run.id, seen.len() as i64));
        tx.mark_source(sync.number, sync.run.as_of_ms, full, &profile).await?;
    }
    let state = if certificate.complete {
        "complete"
    } else if certificate.tripwire.is_some() {
        "guarded"
    } else {
        "partial"
    };
    let error = (!certificate.complete).then(|| certificate.reasons.join("; "));
    finish(sync, tx, state, error, Some(certificate), None).await
}

/// Ends a run that had to stop before it had read everything. Nothing is closed and no mark moves.
pub(super) async fn stop(sync: &mut Running<'_>, trouble: Trouble) -> Result<RunReport, StoreError> {
    if matches!(trouble, Trouble::Cancelled) {
        // nothing to write: the run is resumed from its mark
        return Ok(report(sync, "cancelled", Some("cancelled; the next sync resumes it".to_owned()), None));
    }
    let tx = sync.world.store.write().await?;
    tx.fence(&sync.lease, i64::from(sync.world.settings.run.lease_seconds) * 1000).await?;
    let (state, until) = match &trouble {
        Trouble::Wait { until, .. } => ("waiting", Some(until.timestamp_millis())),
        _ => ("failed", None),
    };
    finish(sync, tx, state, Some(trouble.message().to_owned()), None, until).await
}

/// Writes the run's end; a ledger that does not balance breaks the run instead.
async fn finish(
    sync: &mut Running<'_>,
    tx: Tx,
    state: &str,
    error: Option<String>,
    certificate: Option<Certificate>,
    wait_until_ms: Option<i64>,
) -> Result<RunReport, StoreError> {
    let ended_ms = sync.world.clock.now().timestamp_millis();
    let run = sync.run.id;
    if let Some(why) = imbalance(&tx.ledger(run).await?) {
        // nothing that follows from a broken run may last
        drop(tx);
        let why = format!("the ledger does not balance: {why}");
        let tx = sync.world.store.write().await?;
        tx.fence(&sync.lease, i64::from(sync.world.settings.run.lease_seconds) * 1000).await?;
        tx.end_run(run, "failed", ended_ms, None, Some(why.clone()), None).await?;
        tx.commit().await?;
        return Ok(report(sync, "failed", Some(why), None));
    }
    tx.move_run(run, sync.pages, &serde_json::to_string(&sync.counts).unwrap_or_default()).await?;
    let text = certificate.as_ref().and_then(|c| serde_json::to_string(c).ok());
    tx.end_run(run, state, ended_ms, text, error.clone(), wait_until_ms).await?;
    tx.commit().await?;
    Ok(report(sync, state, error, certificate))
}

fn report(sync: &Running<'_>, state: &str, error: Option<String>, certificate: Option<Certificate>) -> RunReport {
    RunReport {
        run: sync.run.id,
        source: sync.source.name().to_owned(),
        class: sync.source.class().name().to_owned(),
        state: state.to_owned(),
        error,
        counts: sync.counts,
        certificate,
        elapsed_ms: 0,
    }
}

fn judge<'a>(sync: &Running<'a>) -> Judge<'a> {
    Judge {
        model: &sync.world.model,
        trust: &sync.world.trust,
        as_of_ms: sync.run.as_of_ms,
        run: Some(sync.run.id),
        review: &sync.world.settings.review,
    }
}

/// What the run saw, for the certificate. An incremental run is judged by what it asked for.
fn what_was_seen(
    sync: &Running<'_>,
    slices: &[store::run::Slice],
    pages: &[(String, Vec<i64>)],
    before: Option<&store::source::Source>,
    released: bool,
) -> Seen {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let distinct = |slice: &str| {
        let ids = pages.iter().filter(|(name, _)| name == slice).flat_map(|(_, ids)| ids);
        ids.collect::<FxHashSet<_>>().len() as u64
    };
    let judged = sync.run.since_ms.is_none() && !released;
    Seen {
        slices_planned: slices.len() as u64,
        slices: slices
            .iter()
            .map(|s| SliceSeen {
                name: s.name.clone(),
                ended: s.state == "read",
                claimed: s.claimed.map(count),
                received: count(s.received + s.skipped),
                distinct: distinct(&s.name),
                rejects: count(s.rejects),
                skipped: count(s.skipped),
                split: s.state == "split",
                incomplete: s.incomplete.clone().filter(|_| s.state != "failed"),
                error: s.incomplete.clone().filter(|_| s.state == "failed"),
            })
            .collect(),
        distinct: pages.iter().flat_map(|(_, ids)| ids).collect::<FxHashSet<_>>().len() as u64,
        incremental: false,
        previous: before.and_then(|b| b.complete_rows).filter(|_| judged).map(count),
    }
}

/// Marks a certificate as suspicious: the list was read, but nothing may follow from it before a person has looked.
fn trip(certificate: &mut Certificate, why: &str) {
    certificate.complete = false;
    certificate.reasons.push(why.to_owned());
    certificate.tripwire.get_or_insert_with(|| why.to_owned());
}

/// What changed in the source's fields since its last complete run (R14).
fn drift(sync: &Running<'_>, before: Option<&store::source::Source>) -> Option<String> {
    let previous: FieldProfile = serde_json::from_str(before?.profile.as_deref()?).ok()?;
    let changes = sync.profile.drift(&previous);
    (!changes.is_empty()).then(|| format!("the source's fields changed: {}", changes.join("; ")))
}

/// Which postings were not on the list, and what becomes of them.
async fn plan_sweep(sync: &Running<'_>, tx: &Tx, seen: &FxHashSet<i64>, released: bool) -> Result<Sweep, StoreError> {
    let settings = &sync.world.settings.lifecycle;
    let to_close = if sync.source.absence_closes() { 1 } else { settings.absences_to_close };
    let mut sweep = Sweep::default();
    let mut absent = Vec::new();
    for (id, vacancy, absences) in tx.not_closed(sync.number).await? {
        if seen.contains(&id) {
            sweep.seen += 1;
        } else {
            absent.push((id, vacancy, absences));
        }
    }
    let (missing, all) = (absent.len() as i64, absent.len() as i64 + sweep.seen);
    let over = missing > settings.drop_guard_rows && missing as f64 > settings.drop_guard_share * all as f64;
    if over && !released {
        sweep.guarded = missing;
        sweep.tripwire = Some(format!("{missing} of {all} open postings are missing from the list"));
        return Ok(sweep);
    }
    for (id, vacancy, absences) in absent {
        let (now, count) = lifecycle::after_absence(absences, to_close);
        sweep.touched.insert(vacancy);
        if now == state::CLOSED {
            sweep.closed.push(id);
        } else {
            sweep.unconfirmed.push((id, count));
        }
    }
    Ok(sweep)
}

/// Whether the runs before this one were guarded as well, for long enough, and saw about as many rows.
fn enough_agree(sync: &Running<'_>, runs: &[store::run::Run], rows: u64) -> bool {
    let settings = &sync.world.settings.lifecycle;
    let agrees = |run: &&store::run::Run| {
        let certificate: Option<Certificate> =
            run.certificate.as_deref().and_then(|text| serde_json::from_str(text).ok());
        run.state == "guarded" && certificate.is_some_and(|c| c.distinct.abs_diff(rows) * 20 <= rows)
    };
    let before = runs.iter().filter(|run| run.id != sync.run.id).take_while(agrees);
    let (count, first) = before.fold((1, sync.run.as_of_ms), |(count, _), run| (count + 1, run.as_of_ms));
    count >= settings.drop_guard_runs && sync.run.as_of_ms - first >= settings.drop_guard_hours * 3_600_000
}

async fn apply_sweep(sync: &Running<'_>, tx: &Tx, sweep: &mut Sweep) -> Result<(), StoreError> {
    tx.set_state(&sweep.closed, state::CLOSED, Some(reason::ABSENT), 0, Some(sync.run.as_of_ms)).await?;
    let counts: BTreeSet<i64> = sweep.unconfirmed.iter().map(|(_, count)| *count).collect();
    for count in counts {
        let ids: Vec<i64> = sweep.unconfirmed.iter().filter(|(_, c)| *c == count).map(|(id, _)| *id).collect();
        tx.set_state(&ids, state::UNCONFIRMED, Some(reason::ABSENT), count, None).await?;
    }
    Ok(())
}

/// Whether the clock of this run fits the source's run before it.
fn clock_is_plausible(sync: &Running<'_>, runs: &[store::run::Run]) -> bool {
    let before = runs.iter().find(|run| run.id != sync.run.id);
    before.is_none_or(|run| (0..=CLOCK_STEP_DAYS_MAX * 86_400_000).contains(&(sync.run.as_of_ms - run.as_of_ms)))
}

/// Closes the postings, of whatever source, whose last day is over; that needs no certificate.
async fn close_deadlines(sync: &Running<'_>, tx: &Tx, touched: &mut BTreeSet<i64>) -> Result<u64, StoreError> {
    let today = seoul_day(instant(sync.run.as_of_ms));
    let past = tx.past_deadline(&today.to_string(), DEADLINES_MAX).await?;
    let mut closed = Vec::new();
    for (id, vacancy, _source, text) in past {
        let body: Body = from_json("posting", &id.to_string(), &text)?;
        if lifecycle::closed_by_itself(&body.posting, today).is_some() {
            closed.push(id);
            touched.insert(vacancy);
        }
    }
    tx.set_state(&closed, state::CLOSED, Some(reason::DEADLINE), 0, Some(sync.run.as_of_ms)).await?;
    Ok(closed.len() as u64)
}

fn sweep_ledger(sweep: &Sweep) -> Vec<(&'static str, &'static str, i64)> {
    let (unconfirmed, closed) = (sweep.unconfirmed.len() as i64, sweep.closed.len() as i64);
    vec![
        ("sweep", "in", sweep.seen + unconfirmed + closed + sweep.guarded),
        ("sweep", "seen", sweep.seen),
        ("sweep", "unconfirmed", unconfirmed),
        ("sweep", "closed", closed),
        ("sweep", "guarded", sweep.guarded),
    ]
}

/// Asks a steward about a run that looks wrong.
async fn open_tripwire(sync: &Running<'_>, tx: &Tx, certificate: &Certificate) -> Result<(), StoreError> {
    let Some(why) = &certificate.tripwire else { return Ok(()) };
    let settings = &sync.world.settings.review;
    let question = review::Question {
        family: review::Family::Tripwire,
        key: hash_text(&format!("tripwire {} {}", sync.source.name(), sync.run.id)),
        source: Some(sync.number),
        run: Some(sync.run.id),
        vacancy: None,
        a: None,
        b: None,
        value: certificate.distinct.max(1) as f64,
        // half of the runs that look wrong are
        risk: 0.5 * review::ask::harm(settings, review::Family::Tripwire),
        due_ms: review::ask::due_ms(settings, review::Family::Tripwire, sync.run.as_of_ms),
        content: sync.run.id,
        body: serde_json::json!({ "source": sync.source.name(), "why": why, "certificate": certificate }),
        against: None,
    };
    review::ask(tx, sync.run.as_of_ms, &[question]).await.map(|_| ())
}
