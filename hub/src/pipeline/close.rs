//! How a run ends: the certificate, and in the same transaction what follows from it. Absence closes a posting only
//! here, and only under a certificate that says complete (R4, R5, R6).

use adapters::certificate::{Certificate, Seen, SliceSeen};
use adapters::profile::FieldProfile;
use rustc_hash::FxHashSet;
use store::StoreError;
use store::Tx;

use super::fetch::Trouble;
use super::settle::{Judge, hash_text, settle};
use super::sweep::{self, Sweep};
use super::{Counts, RunReport, Running, imbalance};
use crate::lifecycle::{self, At, Changes};
use crate::review;
use crate::terms::Terms;

/// Earlier runs that the guard looks at: a day of a source that is read every quarter of an hour.
const RUNS_LOOKED_AT: i64 = 100;
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
    let judge = Judge::of(world, sync.run.as_of_ms, Some(sync.run.id));
    // what ran out today is not missing
    let mut changes = if sync.clock_fits {
        lifecycle::close_deadlines(&tx, &judge.rules, at(sync)).await?
    } else {
        Changes::default()
    };
    let past = changes.closed.len() as u64;
    // a clock that is not believed says nothing of what is missing either
    let whole =
        sync.clock_fits && sync.run.since_ms.is_none() && sync.source.absence_counts() && !sync.source.is_signal();
    let mut sweep = Sweep::default();
    if whole && (certificate.complete || only_tripped(&certificate)) {
        sweep = sweep::plan(sync, &tx, &seen, before.as_ref(), released || !certificate.complete).await?;
        if let Some(why) = sweep.why.clone() {
            trip(&mut certificate, &why);
        }
    }
    if certificate.complete {
        changes.extend(sweep::apply(sync, &tx, &judge.rules, &mut sweep, before.as_ref()).await?);
    } else {
        sweep.guard();
        if !sweep.guarded.is_empty() {
            tx.put_guarded(sync.run.id, sync.number, &sweep.guarded).await?;
        }
    }
    sync.ended.append(&mut changes.closed);
    settle(&tx, &judge, &mut [], changes.touched).await?;
    let done = Counts { closed: sweep.closed + past, unconfirmed: sweep.unconfirmed, ..Counts::default() };
    sync.counts.add(&done);
    tx.add_ledger(sync.run.id, &sweep_ledger(&sweep)).await?;
    open_tripwire(sync, &tx, &certificate, &sweep).await?;
    sweep::count(sync, &tx, before.as_ref()).await?;
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

fn at(sync: &Running<'_>) -> At {
    At { as_of_ms: sync.run.as_of_ms, run: Some(sync.run.id) }
}

/// Whether everything came and the list only looks wrong: then one can say what would have been closed.
fn only_tripped(certificate: &Certificate) -> bool {
    certificate.tripwire.is_some() && certificate.reasons.len() == 1
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
                twins: if sync.source.makes_ids() {
                    count(s.received - s.rejects).saturating_sub(distinct(&s.name))
                } else {
                    0
                },
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

fn sweep_ledger(sweep: &Sweep) -> Vec<(&'static str, &'static str, i64)> {
    let rows = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let guarded = sweep.guarded.len() as u64;
    vec![
        ("sweep", "in", rows(sweep.seen + sweep.unconfirmed + sweep.closed + sweep.kept + guarded)),
        ("sweep", "seen", rows(sweep.seen)),
        ("sweep", "unconfirmed", rows(sweep.unconfirmed)),
        ("sweep", "closed", rows(sweep.closed)),
        ("sweep", "kept", rows(sweep.kept)),
        ("sweep", "guarded", rows(guarded)),
    ]
}

/// Postings named in a case.
const SAMPLES: usize = 20;

/// Asks a steward about a run that looks wrong, and shows what would have been closed.
async fn open_tripwire(
    sync: &Running<'_>,
    tx: &Tx,
    certificate: &Certificate,
    sweep: &Sweep,
) -> Result<(), StoreError> {
    let Some(why) = &certificate.tripwire else { return Ok(()) };
    let settings = &sync.world.settings.review;
    let samples: Vec<String> =
        sweep.guarded.iter().take(SAMPLES).map(|id| crate::view::PostingId(*id).to_string()).collect();
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
        body: serde_json::json!({
            "source": sync.source.name(),
            "why": why,
            "would_miss": sweep.guarded.len(),
            "would_close": sweep.would_close,
            "samples": samples,
            "parts": sweep.parts,
            "certificate": certificate,
        }),
        against: None,
    };
    review::ask(tx, sync.run.as_of_ms, &[question]).await.map(|_| ())
}
