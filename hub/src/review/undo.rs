//! Taking back: what stands because of a decision is removed, and what it had changed is decided anew from what remains.
//! Since what stands is a projection of the decisions that are not undone, the order of undoing does not matter.

use serde::Serialize;
use serde_json::{Value, json};
use store::Tx;
use store::case::Case;
use store::decision::Decision;

use super::decide::{blank, shift, subject_of};
use super::{Answer, Outcome, ReviewError, Verb, ask, case_name};
use crate::people::{Actor, audit};
use crate::world::World;

/// Own decisions can be taken back for so long without a lead: a working session.
const OWN_MS: i64 = 12 * 3_600_000;
/// Decisions whose time has come that are ended at once.
const ENDED_MAX: i64 = 200;

/// A decision that rests on another: it was made later, on postings that the other had put together or said something of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dependant {
    /// Decision.
    pub decision: i64,
    /// Its case.
    pub case: String,
    /// What was decided.
    pub verb: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at_ms: i64,
}

/// The standing decisions that rest on one, oldest first: they stay when it is undone, but were made on its ground.
///
/// # Errors
/// When there is no such decision, or the store fails.
pub async fn dependants(world: &World, decision: i64) -> Result<Vec<Dependant>, ReviewError> {
    let store = &world.store;
    let row = store.decision(decision).await?.ok_or(ReviewError::NoDecision(decision))?;
    let subject: Value = serde_json::from_str(&row.subject).unwrap_or_default();
    let own: Vec<i64> = subject["postings"].as_array().into_iter().flatten().filter_map(|p| p["id"].as_i64()).collect();
    let mut vacancies: Vec<i64> = store.known(&own).await?.into_iter().map(|k| k.vacancy).collect();
    vacancies.sort_unstable();
    vacancies.dedup();
    let mut about: Vec<i64> = store.postings_of_all(&vacancies).await?.into_iter().map(|p| p.id).chain(own).collect();
    about.sort_unstable();
    about.dedup();
    let mut later: Vec<i64> =
        store.standing_at(&about).await?.into_iter().map(|s| s.decision).filter(|id| *id > decision).collect();
    later.sort_unstable();
    later.dedup();
    let rows = store.decisions_by_id(&later).await?;
    Ok(rows
        .into_iter()
        .map(|d| Dependant { decision: d.id, case: case_name(d.case_id), verb: d.verb, actor: d.actor, at_ms: d.at_ms })
        .collect())
}

/// Takes a decision back: only this one, whatever was decided since. Its case is open again.
///
/// # Errors
/// When there is none, it does not stand, or it is not the actor's to undo.
pub async fn undo(world: &World, actor: &Actor, decision: i64) -> Result<Outcome, ReviewError> {
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let row = tx.decision(decision).await?.ok_or(ReviewError::NoDecision(decision))?;
    may_undo(actor, &row, now_ms)?;
    let case = tx.case(row.case_id).await?.ok_or(ReviewError::NoCase(row.case_id))?;
    let subject = subject_of(case.id);
    let (outcome, _) = take_back(world, &tx, actor, now_ms, &[(row, case)]).await?;
    let detail = json!({ "decision": decision, "by": outcome.decision });
    audit::record(&tx, now_ms, actor, "case.undo", &subject, &detail).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// Whether somebody may undo a decision.
pub(crate) fn may_undo(actor: &Actor, row: &Decision, now_ms: i64) -> Result<(), ReviewError> {
    if !matches!(row.state.as_str(), "standing" | "proposed" | "second") {
        let by = row.undone_by.map(|by| format!(" by decision {by}")).unwrap_or_default();
        return Err(ReviewError::Invalid(format!(
            "decision {} is {}{by}; there is nothing to undo",
            row.id, row.state
        )));
    }
    let own = row.actor == actor.name && now_ms - row.at_ms <= OWN_MS && actor.decides();
    if own || actor.leads() {
        return Ok(());
    }
    Err(ReviewError::NotAllowed("a lead undoes the decisions of others, and one's own of another day".to_owned()))
}

/// Takes decisions back in one go; gives the outcome of the last and the vacancies of all.
pub(crate) async fn take_back(
    world: &World,
    tx: &Tx,
    actor: &Actor,
    now_ms: i64,
    list: &[(Decision, Case)],
) -> Result<(Outcome, Vec<i64>), ReviewError> {
    let Some((first, case)) = list.first() else {
        return Err(ReviewError::Invalid("there is nothing to undo".to_owned()));
    };
    let ids: Vec<i64> = list.iter().map(|(d, _)| d.id).collect();
    let gone = tx.drop_standing(&ids).await?;
    let vacancies = shift(world, tx, now_ms, &[], &gone).await?;
    let answer = Answer { verb: Verb::Undo, ..Answer::default() };
    let mut undoing = blank(tx, actor, now_ms, case, &answer).await?;
    undoing.state = "noted".to_owned();
    undoing.undoes = Some(first.id);
    undoing.batch = first.batch;
    undoing.subject = json!({ "case_version": case.version, "undone": ids }).to_string();
    tx.append_decisions(std::slice::from_ref(&undoing)).await?;
    tx.undo_decisions(&ids, undoing.id).await?;
    let mut cases = Vec::with_capacity(list.len());
    for (decision, case) in list {
        let mut case = case.clone();
        // the second opinion on a decision that stands is gone: somebody else gives one
        let second = decision.state == "second" && case.state != "disputed";
        case.state = if second { "second" } else { "open" }.to_owned();
        case.version += 1;
        case.settled_ms = None;
        cases.push(case);
    }
    tx.put_cases(&cases).await?;
    let outcome = Outcome {
        decision: undoing.id,
        case: case.id,
        state: "undone".to_owned(),
        case_state: cases.first().map(|c| c.state.clone()).unwrap_or_default(),
        vacancies: vacancies.clone(),
        undone: ids,
    };
    Ok((outcome, vacancies))
}

/// What time alone brings: cases that were put off come back, those that nothing hangs on any more go, decisions whose time
/// is over end, and bulk rules in force answer what was asked since. Between runs, and whenever a case is handed out.
///
/// # Errors
/// When the store fails.
pub async fn tick(world: &World) -> Result<(), ReviewError> {
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    tx.wake_cases(now_ms).await?;
    tx.drop_moot(now_ms).await?;
    end_expired(world, &tx, now_ms).await?;
    tx.commit().await?;
    super::bulk::answer_new(world).await?;
    Ok(())
}

/// Ends the decisions whose time has come; their questions are asked again.
pub(crate) async fn end_expired(world: &World, tx: &Tx, now_ms: i64) -> Result<u64, ReviewError> {
    let ended = tx.ended_standing(now_ms, ENDED_MAX).await?;
    if ended.is_empty() {
        return Ok(0);
    }
    let gone = tx.drop_standing(&ended).await?;
    shift(world, tx, now_ms, &[], &gone).await?;
    let mut cases = Vec::new();
    for decision in tx.decisions_by_id(&ended).await? {
        tx.turn_decision(decision.id, "expired", None, None).await?;
        let Some(mut case) = tx.case(decision.case_id).await? else { continue };
        if case.state == "settled" {
            let family = case.family.parse().map_err(|_| ReviewError::NoCase(case.id))?;
            case.state = "open".to_owned();
            case.version += 1;
            case.reopened += 1;
            case.opened_ms = now_ms;
            case.due_ms = ask::due_ms(&world.settings.review, family, now_ms);
            cases.push(case);
        }
    }
    tx.put_cases(&cases).await?;
    Ok(ended.len() as u64)
}
