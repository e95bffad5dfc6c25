//! Deciding: an answer becomes a row that is never changed, and what follows from it is written in the same transaction.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use store::case::Case;
use store::decision::Decision;
use store::standing::Standing;
use store::{StoreError, Tx};

use super::case_view::Facts;
use super::effects::effects;
use super::lease::{holder, take};
use super::standing::{RunWord, kind};
use super::{Answer, Change, Family, Outcome, ReviewError, Scope, Stickiness, Verb, json as text, read, suggest};
use crate::lifecycle::{self, At, Changes, state};
use crate::people::{Actor, audit};
use crate::pipeline::settle::{Judge, Shift, resettle, settle};
use crate::world::World;

/// Longest note, in characters.
const NOTE_CHARS_MAX: usize = 4_000;
/// Most picks in one answer.
const PICKS_MAX: usize = 40;
/// Who a flagged case is handed to: anybody who leads.
pub(crate) const TO_LEADS: &str = "@lead";

/// Answers a case.
///
/// # Errors
/// When somebody else has it, it changed since it was looked at, the answer does not fit, or the actor may not.
pub async fn decide(world: &World, actor: &Actor, case: i64, mut answer: Answer) -> Result<Outcome, ReviewError> {
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let row = tx.case(case).await?.ok_or(ReviewError::NoCase(case))?;
    let family: Family = row.family.parse().map_err(|_| ReviewError::NoCase(case))?;
    may_decide(actor, family, &row)?;
    fits(world, family, Some(&row), &answer)?;
    let facts = Facts::load(&tx, &row).await?;
    let lease = tx.case_lease(case).await?;
    let by = holder(actor, answer.session.as_deref());
    if let Some(lease) = lease.as_ref().filter(|l| l.expires_ms > now_ms && l.holder != by) {
        return Err(ReviewError::Leased { holder: lease.holder.clone(), until_ms: lease.expires_ms });
    }
    let granted_ms = lease.as_ref().filter(|l| l.holder == by).map(|l| l.granted_ms);
    let then = lease.filter(|l| l.holder == by).and_then(|l| serde_json::from_str::<Value>(&l.seen).ok());
    if answer.screen_ms <= 0 {
        answer.screen_ms = granted_ms.map_or(0, |at| now_ms - at);
    }
    // who does not say what was on screen answers what they were handed
    let handed = || then.as_ref().and_then(|seen| seen["token"].as_str()).map(str::to_owned);
    if let Some(token) = &answer.token.clone().or_else(handed)
        && *token != facts.token()
    {
        return Err(ReviewError::Conflict(what_changed(&tx, &row, &facts, then.as_ref(), token).await?));
    }
    if !matches!(row.state.as_str(), "open" | "second" | "disputed" | "held") {
        return Err(ReviewError::Conflict(what_changed(&tx, &row, &facts, None, "").await?));
    }
    let (verb, reason) = (answer.verb.name(), answer.reason.clone());
    let outcome = if answer.verb.answers() {
        let scene = Deciding { world, actor, now_ms, batch: None };
        scene.record(&tx, row, &facts, &answer).await?
    } else {
        move_case(&tx, actor, now_ms, row, &answer).await?
    };
    tx.free_case(case).await?;
    tx.drop_draft(case, &actor.name).await?;
    let detail = json!({ "decision": outcome.decision, "state": outcome.state, "verb": verb, "reason": reason });
    audit::record(&tx, now_ms, actor, "case.decide", &subject_of(case), &detail).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// A case in the audit log.
pub(crate) fn subject_of(case: i64) -> String {
    format!("case:{}", super::case_name(case))
}

fn may_decide(actor: &Actor, family: Family, case: &Case) -> Result<(), ReviewError> {
    if !actor.decides() {
        return Err(ReviewError::NotAllowed(format!("{} decides no cases", actor.name)));
    }
    if case.state == "disputed" && !actor.leads() {
        return Err(ReviewError::NotAllowed("two people disagree on this case; a lead decides it".to_owned()));
    }
    let _ = family;
    Ok(())
}

/// Whether an answer fits its question; a bulk rule's has no one case.
pub(crate) fn fits(world: &World, family: Family, case: Option<&Case>, answer: &Answer) -> Result<(), ReviewError> {
    let invalid = |why: String| Err(ReviewError::Invalid(why));
    let verb = answer.verb;
    if verb == Verb::Undo || verb.answers() && !family.verbs().contains(&verb) {
        let verbs: Vec<&str> = family.verbs().iter().map(|v| v.name()).collect();
        return invalid(format!("`{verb}` does not answer a {family} case; say {}", verbs.join(", ")));
    }
    if verb.needs_reason() && answer.reason.is_empty() {
        return invalid(format!("`{verb}` needs a reason, one of review.reasons"));
    }
    if !answer.reason.is_empty() && !world.settings.review.reasons.contains(&answer.reason) {
        return invalid(format!("`{}` is no reason code; review.reasons lists them", answer.reason));
    }
    if answer.note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX) {
        return invalid(format!("a note has at most {NOTE_CHARS_MAX} characters"));
    }
    if answer.picks.len() > PICKS_MAX {
        return invalid(format!("an answer has at most {PICKS_MAX} picks"));
    }
    if verb == Verb::Pick && answer.picks.is_empty() {
        return invalid("`pick` needs at least one field and its value".to_owned());
    }
    if answer.picks.iter().any(|p| matches!(p.choice, dedup::Choice::Fixed(_))) && answer.reason.is_empty() {
        return invalid("a typed value needs a reason".to_owned());
    }
    if answer.scope != Scope::These && (verb != Verb::Distinct || case.is_none_or(|case| scope_in(case) == 0)) {
        return invalid("this scope is for `distinct` on two postings of one employer and occupation".to_owned());
    }
    match verb {
        Verb::Later if answer.until_ms.is_none() => invalid("`later` needs a time to come back".to_owned()),
        Verb::HandOver if answer.to.as_deref().unwrap_or_default().is_empty() => {
            invalid("`hand_over` needs somebody to hand it to".to_owned())
        }
        _ => Ok(()),
    }
}

pub(super) fn scope_in(case: &Case) -> i64 {
    serde_json::from_str::<Value>(&case.body).ok().and_then(|body| body["scope"].as_i64()).unwrap_or_default()
}

/// What is different from what was on screen.
async fn what_changed(
    tx: &Tx,
    case: &Case,
    now: &Facts,
    seen: Option<&Value>,
    token: &str,
) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    let version: i64 = token.split('-').next().and_then(|text| text.parse().ok()).unwrap_or(0);
    for decision in tx.decisions_on(case.id).await? {
        let at: Value = serde_json::from_str(&decision.subject).unwrap_or_default();
        if at["case_version"].as_i64().unwrap_or_default() >= version {
            let now = format!("{} by {}", decision.verb, decision.actor);
            changes.push(Change { what: "decided".to_owned(), id: decision.id, was: String::new(), now });
        }
    }
    let then = seen.filter(|seen| seen["token"] == token).and_then(|s| serde_json::from_value(s["facts"].clone()).ok());
    match then {
        Some(then) => changes.extend(now.changes(&then)),
        None => {
            let fact = |p: &super::case_view::Fact| Change {
                what: "posting".to_owned(),
                id: p.id,
                was: String::new(),
                now: format!("version {}, {}, in {}", p.version, p.state, crate::view::VacancyId(p.vacancy)),
            };
            changes.extend(now.postings.iter().map(fact));
        }
    }
    Ok(changes)
}

/// Puts a case off, hands it over or flags it. The decision is a note; nothing follows from it.
async fn move_case(
    tx: &Tx,
    actor: &Actor,
    now_ms: i64,
    mut case: Case,
    answer: &Answer,
) -> Result<Outcome, ReviewError> {
    let mut decision = blank(tx, actor, now_ms, &case, answer).await?;
    decision.state = "noted".to_owned();
    decision.subject =
        json!({ "case_version": case.version, "until_ms": answer.until_ms, "to": answer.to }).to_string();
    match answer.verb {
        Verb::Later => {
            case.state = "held".to_owned();
            case.until_ms = answer.until_ms;
        }
        Verb::HandOver => case.assignee.clone_from(&answer.to),
        _ => case.assignee = Some(TO_LEADS.to_owned()),
    }
    case.version += 1;
    tx.append_decisions(std::slice::from_ref(&decision)).await?;
    tx.put_cases(std::slice::from_ref(&case)).await?;
    Ok(Outcome {
        decision: decision.id,
        case: case.id,
        state: decision.state,
        case_state: case.state,
        vacancies: Vec::new(),
        undone: Vec::new(),
    })
}

/// A decision's row with what every one has.
pub(crate) async fn blank(
    tx: &Tx,
    actor: &Actor,
    now_ms: i64,
    case: &Case,
    answer: &Answer,
) -> Result<Decision, StoreError> {
    let stickiness = answer.stickiness.unwrap_or(match answer.verb {
        Verb::Pick | Verb::KeepOpen => Stickiness::Follow,
        _ => Stickiness::Fixed,
    });
    Ok(Decision {
        id: tx.next_decision().await?,
        case_id: case.id,
        family: case.family.clone(),
        verb: answer.verb.name().to_owned(),
        state: "standing".to_owned(),
        subject: "{}".to_owned(),
        answer: json!({ "picks": answer.picks, "kind": answer.kind }).to_string(),
        reason: answer.reason.clone(),
        note: answer.note.clone().map(|note| note.replace('\0', "\u{fffd}")),
        actor: actor.name.clone(),
        at_ms: now_ms,
        approved_by: None,
        approved_ms: None,
        versions: "{}".to_owned(),
        suggestion: None,
        blind: 0,
        screen_ms: answer.screen_ms.max(0),
        stickiness: stickiness.name().to_owned(),
        scope: answer.scope.name().to_owned(),
        expires_ms: answer.expires_ms,
        inverse: "{}".to_owned(),
        batch: None,
        second_of: None,
        undoes: None,
        undone_by: None,
    })
}

/// Somebody deciding.
pub(crate) struct Deciding<'a> {
    pub(crate) world: &'a World,
    pub(crate) actor: &'a Actor,
    pub(crate) now_ms: i64,
    pub(crate) batch: Option<i64>,
}

impl Deciding<'_> {
    /// Writes an answer and what follows.
    pub(crate) async fn record(
        &self,
        tx: &Tx,
        mut case: Case,
        facts: &Facts,
        answer: &Answer,
    ) -> Result<Outcome, ReviewError> {
        let mut decision = blank(tx, self.actor, self.now_ms, &case, answer).await?;
        decision.batch = self.batch;
        let before = tx.decisions_on(case.id).await?;
        let first = before.iter().rev().find(|d| d.state == "standing");
        if case.state == "second" && before.iter().any(|d| d.actor == self.actor.name && d.state != "undone") {
            return Err(ReviewError::NotAllowed("the second opinion is another person's".to_owned()));
        }
        self.describe(tx, &case, facts, &mut decision).await?;
        let (decided, case_state) = self.place(&case, &decision, first, answer);
        decision.state = decided.to_owned();
        if case.state == "second" {
            decision.second_of = first.map(|d| d.id);
        }
        tx.append_decisions(std::slice::from_ref(&decision)).await?;
        let mut vacancies = Vec::new();
        if decision.state == "standing" {
            vacancies = self.enact(tx, &case, &decision).await?;
        }
        case.state = case_state.to_owned();
        case.version += 1;
        case.assignee = None;
        case.until_ms = None;
        case.settled_ms = (case.state == "settled").then_some(self.now_ms);
        if case.family == Family::Duplicate.name() {
            case.body = with_content(&case.body, facts);
        }
        tx.put_cases(std::slice::from_ref(&case)).await?;
        Ok(Outcome {
            decision: decision.id,
            case: case.id,
            state: decision.state,
            case_state: case.state,
            vacancies,
            undone: Vec::new(),
        })
    }

    /// What state a decision and its case come to.
    fn place(
        &self,
        case: &Case,
        decision: &Decision,
        first: Option<&Decision>,
        answer: &Answer,
    ) -> (&'static str, &'static str) {
        let settings = &self.world.settings.review;
        match (case.state.as_str(), first) {
            ("second", Some(first)) => {
                let agree = first.verb == decision.verb && first.answer == decision.answer;
                ("second", if agree { "settled" } else { "disputed" })
            }
            ("disputed", Some(first)) if first.verb == decision.verb && first.answer == decision.answer => {
                ("second", "settled")
            }
            // a bulk rule has had its two people
            _ if answer.verb.needs_two() && self.batch.is_none() => ("proposed", "proposed"),
            _ => {
                // fast answers to risky questions are taken, and looked at by somebody else
                let fast = (1..settings.hasty_ms).contains(&answer.screen_ms);
                let hasty = fast && case.risk >= settings.risky;
                let second = self.batch.is_none() && case.state != "disputed" && (case.blind != 0 || hasty);
                ("standing", if second { "second" } else { "settled" })
            }
        }
    }

    /// Notes what the decision is about, under which versions it was made and what was shown.
    async fn describe(&self, tx: &Tx, case: &Case, facts: &Facts, decision: &mut Decision) -> Result<(), ReviewError> {
        let explanation = explain(tx, self.world, case).await?;
        let blind = case.blind != 0 && matches!(case.state.as_str(), "open" | "second");
        if !blind {
            let similar = suggest::Similar::default();
            let family = case.family.parse().map_err(|_| ReviewError::NoCase(case.id))?;
            let suggestion = suggest::suggestion(self.world, case, family, explanation.as_ref(), &similar);
            decision.suggestion = suggestion.as_ref().map(text);
        }
        decision.blind = i64::from(blind);
        decision.versions = json!({
            "model": self.world.model.version,
            "rules": env!("CARGO_PKG_VERSION"),
            "profile": dedup::PROFILE_VERSION,
        })
        .to_string();
        decision.subject = json!({
            "case_version": case.version,
            "vacancy": case.vacancy,
            "run": case.run,
            "source": case.source,
            "a": case.a,
            "b": case.b,
            "postings": facts.postings,
            "risk": case.risk,
            "like": suggest::likeness(case, explanation.as_ref()),
        })
        .to_string();
        let was: serde_json::Map<String, Value> =
            facts.postings.iter().map(|p| (p.id.to_string(), json!(p.vacancy))).collect();
        decision.inverse = json!({ "drop_standing_of": decision.id, "vacancies_were": was }).to_string();
        Ok(())
    }

    /// Makes a decision stand; gives the vacancies brought up to date. Earlier ones on the same case stay: the last holds
    /// while it stands.
    pub(crate) async fn enact(&self, tx: &Tx, case: &Case, decision: &Decision) -> Result<Vec<i64>, ReviewError> {
        let rows = effects(tx, case, decision).await?;
        let ends: Vec<(i64, i64)> = decision.expires_ms.iter().map(|at| (decision.id, *at)).collect();
        tx.put_standing(&rows, &ends).await?;
        shift(self.world, tx, self.now_ms, &rows, &[]).await
    }
}

/// Brings postings and vacancies up to date with rows that now stand, and with rows that no longer do.
pub(crate) async fn shift(
    world: &World,
    tx: &Tx,
    now_ms: i64,
    stand: &[Standing],
    gone: &[Standing],
) -> Result<Vec<i64>, ReviewError> {
    let mut change = Shift::default();
    let rulings = stand.iter().chain(gone).filter(|row| row.kind == kind::RULING);
    change.postings.extend(rulings.map(|row| row.subject));
    let lifted = gone.iter().filter(|row| row.kind == kind::RULING);
    change.lifted.extend(lifted.filter_map(|row| Some((row.subject, row.other?))));
    let about = |row: &&Standing| [kind::PICK, kind::VERDICT, kind::LIFE].contains(&row.kind.as_str());
    change.about.extend(stand.iter().chain(gone).filter(about).map(|row| row.subject));
    for list in [&mut change.postings, &mut change.about] {
        list.sort_unstable();
        list.dedup();
    }
    let judge = Judge::of(world, now_ms, None);
    let mut touched = runs(tx, &judge, stand, gone).await?;
    if !change.postings.is_empty() || !change.about.is_empty() {
        touched.extend(resettle(tx, &judge, &change).await?);
    }
    Ok(touched.into_iter().collect())
}

/// Lets the closings of guarded runs happen, or takes them back.
async fn runs(tx: &Tx, judge: &Judge<'_>, stand: &[Standing], gone: &[Standing]) -> Result<BTreeSet<i64>, ReviewError> {
    let mut changes = Changes::default();
    let at = At { as_of_ms: judge.as_of_ms, run: None };
    for (row, undoing) in stand.iter().map(|row| (row, false)).chain(gone.iter().map(|row| (row, true))) {
        if row.kind != kind::RUN {
            continue;
        }
        let word: RunWord = read("standing", row.decision, &row.body)?;
        match (word.release, undoing) {
            (true, false) => changes.extend(lifecycle::pass::release(tx, &judge.rules, at, row.subject).await?),
            (true, true) => {
                changes.extend(lifecycle::pass::take_back_release(tx, &judge.rules, at, row.subject).await?)
            }
            (false, true) if !word.postings.is_empty() => {
                tx.put_guarded(row.subject, word.source, &word.postings).await?;
            }
            (false, _) => {}
        }
    }
    let touched = changes.touched;
    if !touched.is_empty() {
        settle(tx, judge, &mut [], touched.clone()).await?;
    }
    Ok(touched)
}

fn with_content(body: &str, facts: &Facts) -> String {
    let mut body: Value = serde_json::from_str(body).unwrap_or_default();
    if let (Some(object), [a, b]) = (body.as_object_mut(), &facts.postings[..]) {
        object.insert("content".to_owned(), json!(super::content(&[Some(a.body_hash), Some(b.body_hash)])));
    }
    body.to_string()
}

async fn explain(tx: &Tx, world: &World, case: &Case) -> Result<Option<dedup::Explanation>, ReviewError> {
    let (Some(a), Some(b)) = (case.a, case.b) else { return Ok(None) };
    let mut profiles = Vec::new();
    for record in tx.records(&[a, b]).await? {
        let mut profile = dedup::Profile::from_bytes(&record.profile).map_err(|error| StoreError::Corrupt {
            table: "posting",
            id: record.id.to_string(),
            what: error.to_string(),
        })?;
        profile.live = record.state != state::CLOSED;
        profiles.push(profile);
    }
    let of = |id: i64| profiles.iter().find(|p| p.id == id);
    Ok(of(a).zip(of(b)).map(|(a, b)| dedup::explain(a, b, &world.model)))
}

/// Lets a proposed decision stand: the word of the second of two people.
///
/// # Errors
/// When the actor does not lead, is the first of the two, or the decision does not wait for anybody.
pub async fn approve(world: &World, actor: &Actor, decision: i64) -> Result<Outcome, ReviewError> {
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let (mut row, mut case) = proposed(&tx, actor, decision).await?;
    tx.turn_decision(decision, "standing", Some(&actor.name), Some(now_ms)).await?;
    row.approved_ms = Some(now_ms);
    let deciding = Deciding { world, actor, now_ms, batch: row.batch };
    let vacancies = deciding.enact(&tx, &case, &row).await?;
    case.state = "settled".to_owned();
    case.settled_ms = Some(now_ms);
    case.version += 1;
    tx.put_cases(std::slice::from_ref(&case)).await?;
    let detail = json!({ "decision": decision, "verb": row.verb, "first": row.actor });
    audit::record(&tx, now_ms, actor, "case.approve", &subject_of(case.id), &detail).await?;
    tx.commit().await?;
    Ok(Outcome {
        decision,
        case: case.id,
        state: "standing".to_owned(),
        case_state: case.state,
        vacancies,
        undone: Vec::new(),
    })
}

/// Refuses a proposed decision; the case is open again.
///
/// # Errors
/// As [`approve`].
pub async fn refuse(world: &World, actor: &Actor, decision: i64, note: Option<&str>) -> Result<Outcome, ReviewError> {
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let (_, mut case) = proposed(&tx, actor, decision).await?;
    tx.turn_decision(decision, "refused", Some(&actor.name), Some(now_ms)).await?;
    case.state = "open".to_owned();
    case.version += 1;
    if let Some(note) = note {
        let mut body: Value = serde_json::from_str(&case.body).unwrap_or_default();
        if let Some(object) = body.as_object_mut() {
            object.insert("refused".to_owned(), json!(note.chars().take(NOTE_CHARS_MAX).collect::<String>()));
        }
        case.body = body.to_string();
    }
    tx.put_cases(std::slice::from_ref(&case)).await?;
    let detail = json!({ "decision": decision });
    audit::record(&tx, now_ms, actor, "case.refuse", &subject_of(case.id), &detail).await?;
    tx.commit().await?;
    Ok(Outcome {
        decision,
        case: case.id,
        state: "refused".to_owned(),
        case_state: case.state,
        vacancies: Vec::new(),
        undone: Vec::new(),
    })
}

async fn proposed(tx: &Tx, actor: &Actor, decision: i64) -> Result<(Decision, Case), ReviewError> {
    let row = tx.decision(decision).await?.ok_or(ReviewError::NoDecision(decision))?;
    if row.state != "proposed" {
        return Err(ReviewError::Invalid(format!("decision {decision} is {}, it waits for nobody", row.state)));
    }
    if !actor.leads() {
        return Err(ReviewError::NotAllowed("the second of two people has to be a lead".to_owned()));
    }
    if row.actor == actor.name {
        return Err(ReviewError::NotAllowed("the second of two people has to be another person".to_owned()));
    }
    let case = tx.case(row.case_id).await?.ok_or(ReviewError::NoCase(row.case_id))?;
    Ok((row, case))
}

/// Asks something on the spot and hands it out: a merge or split from a vacancy's page, a doubt about a posting.
///
/// # Errors
/// When the actor decides no cases, or somebody else has that very case.
pub async fn raise(
    world: &World,
    actor: &Actor,
    question: &super::Question,
    session: Option<&str>,
) -> Result<super::Leased, ReviewError> {
    if !actor.decides() {
        return Err(ReviewError::NotAllowed(format!("{} decides no cases", actor.name)));
    }
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    super::ask(&tx, now_ms, std::slice::from_ref(question)).await?;
    // one that was answered is looked at again when somebody says so
    if let Some(mut case) = tx.case(question.key).await?.filter(|c| c.state == "settled") {
        case.state = "open".to_owned();
        case.version += 1;
        tx.put_cases(std::slice::from_ref(&case)).await?;
    }
    tx.commit().await?;
    take(world, actor, question.key, session).await
}
