//! Many answers at once: a filter, an answer and a reason. A dry run says what would happen; what it showed is what is
//! applied, or nothing; and one undo takes all of it back.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::bulk_rule::BulkRule;
use store::case::{Case, CaseFilter};
use store::decision::{Decision, DecisionFilter};
use store::{Store, Tx};

use super::case_view::Facts;
use super::decide::{Deciding, fits};
use super::undo::{may_undo, take_back};
use super::{Answer, Change, Family, ReviewError, Verb, case_name, read};
use crate::people::{Actor, Role, audit};
use crate::pipeline::source_number;
use crate::world::World;

/// Cases of one rule, at most: they are decided in one transaction.
pub const CASES_MAX: usize = 2_000;
/// Cases looked through for those that fit.
const SCANNED_MAX: usize = 200_000;
/// Cases read at a time.
const PAGE: i64 = 5_000;
/// Cases shown of a dry run.
const SAMPLE: usize = 20;
/// Rules looked at when new questions are answered.
const RULES_MAX: i64 = 500;
/// Past decisions that a rule is held against.
const PAST_MAX: i64 = 20_000;
/// A day.
const DAY_MS: i64 = 86_400_000;

/// Which cases; all that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BulkFilter {
    /// Of this family; has to be given.
    pub family: Option<Family>,
    /// Of this source, by name.
    pub source: Option<String>,
    /// About a finding of this rule.
    pub rule: Option<String>,
    /// About this field.
    pub field: Option<String>,
    /// The probability in the question is at least this.
    pub probability_min: Option<f64>,
    /// … and at most this.
    pub probability_max: Option<f64>,
    /// About pairs of this employer and occupation, as one question of them says in `scope`.
    pub scope: Option<i64>,
}

/// What a rule would do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DryRun {
    /// Cases that fit.
    pub count: usize,
    /// Some of them, chosen by chance with a seed that is the rule's number.
    pub sample: Vec<String>,
    /// Past decisions of people on the same subjects that said otherwise.
    pub conflicts: Vec<BulkConflict>,
    /// Whether a second person has to let it pass.
    pub needs_second: bool,
}

/// A past decision that says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkConflict {
    /// Case the rule would answer.
    pub case: String,
    /// Decision that said otherwise.
    pub decision: i64,
    /// What it said.
    pub verb: String,
}

/// A rule that was proposed, applied or undone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bulk {
    /// Its number, and the batch of its decisions.
    pub rule: i64,
    /// proposed, applied, refused or undone.
    pub state: String,
    /// What the dry run found.
    pub dry_run: DryRun,
    /// Cases answered, or whose answers were undone.
    pub applied: usize,
}

/// Dry run without keeping anything.
///
/// # Errors
/// When filter or answer do not fit, or the store fails.
pub async fn dry_run(
    world: &World,
    actor: &Actor,
    filter: &BulkFilter,
    answer: &Answer,
) -> Result<DryRun, ReviewError> {
    check(world, actor, filter, answer)?;
    let tx = world.store.write().await?;
    let rule = tx.next_bulk_rule().await?;
    drop(tx);
    Ok(plan(world, filter, answer, rule).await?.0)
}

/// Keeps a rule with its dry run.
///
/// # Errors
/// When filter or answer do not fit, no case fits or too many do, or the store fails.
pub async fn propose(world: &World, actor: &Actor, filter: &BulkFilter, answer: &Answer) -> Result<Bulk, ReviewError> {
    check(world, actor, filter, answer)?;
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let id = tx.next_bulk_rule().await?;
    let (dry_run, cases) = plan(world, filter, answer, id).await?;
    if cases.is_empty() {
        return Err(ReviewError::Invalid("no open case fits this filter".to_owned()));
    }
    if cases.len() > CASES_MAX {
        return Err(ReviewError::Invalid(format!(
            "{} cases fit, a rule takes at most {CASES_MAX}; narrow the filter",
            cases.len()
        )));
    }
    let mut shown = Vec::with_capacity(cases.len());
    for case in &cases {
        shown.push((case.id, Facts::load(&tx, case).await?.token()));
    }
    let rule = BulkRule {
        id,
        state: "proposed".to_owned(),
        filter: super::json(filter),
        answer: super::json(answer),
        reason: answer.reason.clone(),
        dry_run: super::json(&dry_run),
        cases: super::json(&shown),
        proposed_by: actor.name.clone(),
        proposed_ms: now_ms,
        approved_by: None,
        approved_ms: None,
        expires_ms: now_ms + world.settings.review.bulk_days * DAY_MS,
        undone_by: None,
    };
    tx.put_bulk_rule(&rule).await?;
    let detail = json!({ "cases": dry_run.count });
    audit::record(&tx, now_ms, actor, "bulk.propose", &format!("bulk:{id}"), &detail).await?;
    tx.commit().await?;
    Ok(Bulk { rule: id, state: rule.state, dry_run, applied: 0 })
}

/// Applies a rule: exactly the cases its dry run showed, or none.
///
/// # Errors
/// When a second person is needed and this is not one, the rule has expired, or a case changed since the dry run.
pub async fn approve(world: &World, actor: &Actor, rule: i64) -> Result<Bulk, ReviewError> {
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let mut row = proposed(&tx, rule).await?;
    let dry_run: DryRun = read("bulk_rule", rule, &row.dry_run)?;
    if !actor.decides() {
        return Err(ReviewError::NotAllowed(format!("{} decides no cases", actor.name)));
    }
    if dry_run.needs_second && (actor.name == row.proposed_by || !actor.leads()) {
        let why = "this rule needs a second person, who leads: it takes many cases, or closes or withdraws";
        return Err(ReviewError::NotAllowed(why.to_owned()));
    }
    if row.expires_ms <= now_ms {
        return Err(ReviewError::Invalid(format!("rule {rule} has expired; renew it")));
    }
    let answer: Answer = read("bulk_rule", rule, &row.answer)?;
    let shown: Vec<(i64, String)> = read("bulk_rule", rule, &row.cases)?;
    let cases = unchanged(&tx, &shown).await?;
    let proposer = Actor { name: row.proposed_by.clone(), roles: actor.roles.clone() };
    let deciding = Deciding { world, actor: &proposer, now_ms, batch: Some(rule) };
    for (case, facts) in cases {
        let outcome = deciding.record(&tx, case, &facts, &answer).await?;
        if dry_run.needs_second {
            tx.turn_decision(outcome.decision, "standing", Some(&actor.name), Some(now_ms)).await?;
        }
    }
    row.state = "applied".to_owned();
    row.approved_by = Some(actor.name.clone());
    row.approved_ms = Some(now_ms);
    tx.put_bulk_rule(&row).await?;
    let detail = json!({ "cases": shown.len() });
    audit::record(&tx, now_ms, actor, "bulk.approve", &format!("bulk:{rule}"), &detail).await?;
    tx.commit().await?;
    Ok(Bulk { rule, state: row.state, applied: shown.len(), dry_run })
}

/// Refuses a rule.
///
/// # Errors
/// When it is not waiting, or the store fails.
pub async fn refuse(world: &World, actor: &Actor, rule: i64) -> Result<Bulk, ReviewError> {
    if !actor.decides() {
        return Err(ReviewError::NotAllowed(format!("{} decides no cases", actor.name)));
    }
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let mut row = proposed(&tx, rule).await?;
    row.state = "refused".to_owned();
    row.approved_by = Some(actor.name.clone());
    row.approved_ms = Some(now_ms);
    tx.put_bulk_rule(&row).await?;
    tx.commit().await?;
    Ok(Bulk { rule, state: row.state, dry_run: read("bulk_rule", rule, &row.dry_run)?, applied: 0 })
}

/// Lets a rule last for another full time, from now.
///
/// # Errors
/// When there is none, it was refused or undone, or the actor decides no cases.
pub async fn renew(world: &World, actor: &Actor, rule: i64) -> Result<i64, ReviewError> {
    if !actor.decides() {
        return Err(ReviewError::NotAllowed(format!("{} decides no cases", actor.name)));
    }
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let mut row = tx.bulk_rule(rule).await?.ok_or_else(|| no_rule(rule))?;
    if !matches!(row.state.as_str(), "proposed" | "applied") {
        return Err(ReviewError::Invalid(format!("rule {rule} is {}; propose it anew", row.state)));
    }
    row.expires_ms = now_ms + world.settings.review.bulk_days * DAY_MS;
    tx.put_bulk_rule(&row).await?;
    let detail = json!({ "until_ms": row.expires_ms });
    audit::record(&tx, now_ms, actor, "bulk.renew", &format!("bulk:{rule}"), &detail).await?;
    tx.commit().await?;
    Ok(row.expires_ms)
}

/// Lets the applied rules that have not expired answer what was asked since, in their batches: cases that fit and that
/// nobody has ever answered. Gives how many.
///
/// # Errors
/// When the store fails.
pub(crate) async fn answer_new(world: &World) -> Result<usize, ReviewError> {
    let now_ms = world.clock.now().timestamp_millis();
    let mut answered = 0;
    for rule in world.store.bulk_rules(RULES_MAX).await? {
        if rule.state != "applied" || rule.expires_ms <= now_ms {
            continue;
        }
        let filter: BulkFilter = read("bulk_rule", rule.id, &rule.filter)?;
        let answer: Answer = read("bulk_rule", rule.id, &rule.answer)?;
        let cases = matching(&world.store, &filter).await?;
        let tx = world.store.write().await?;
        let ids: Vec<i64> = cases.iter().map(|case| case.id).collect();
        let seen: std::collections::BTreeSet<i64> =
            tx.decisions_on_all(&ids).await?.into_iter().map(|d| d.case_id).collect();
        let proposer = Actor::new(rule.proposed_by.clone(), vec![Role::Lead]);
        let deciding = Deciding { world, actor: &proposer, now_ms, batch: Some(rule.id) };
        let mut count = 0;
        for id in ids.into_iter().filter(|id| !seen.contains(id)).take(CASES_MAX) {
            // what one answer settles may have changed the next case
            let Some(case) = tx.case(id).await?.filter(|case| case.state == "open") else { continue };
            let facts = Facts::load(&tx, &case).await?;
            let outcome = deciding.record(&tx, case, &facts, &answer).await?;
            tx.turn_decision(outcome.decision, "standing", rule.approved_by.as_deref(), Some(now_ms)).await?;
            count += 1;
        }
        if count > 0 {
            let detail = json!({ "cases": count });
            audit::record(&tx, now_ms, &Actor::hub(), "bulk.answer", &format!("bulk:{}", rule.id), &detail).await?;
            tx.commit().await?;
        }
        answered += count;
    }
    Ok(answered)
}

/// Takes everything back that a rule decided and that still stands.
///
/// # Errors
/// When it was not applied, or it is not the actor's to undo.
pub async fn undo(world: &World, actor: &Actor, rule: i64) -> Result<Bulk, ReviewError> {
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let mut row = tx.bulk_rule(rule).await?.ok_or_else(|| no_rule(rule))?;
    if row.state != "applied" {
        return Err(ReviewError::Invalid(format!("rule {rule} is {}; there is nothing to undo", row.state)));
    }
    let mut list: Vec<(Decision, Case)> = Vec::new();
    for decision in tx.decisions_in(rule).await? {
        if matches!(decision.state.as_str(), "standing" | "second") && decision.verb != Verb::Undo.name() {
            may_undo(actor, &decision, now_ms)?;
            let case = tx.case(decision.case_id).await?.ok_or(ReviewError::NoCase(decision.case_id))?;
            list.push((decision, case));
        }
    }
    let applied = list.len();
    if applied > 0 {
        take_back(world, &tx, actor, now_ms, &list).await?;
    }
    row.state = "undone".to_owned();
    row.undone_by = Some(actor.name.clone());
    tx.put_bulk_rule(&row).await?;
    let detail = json!({ "cases": applied });
    audit::record(&tx, now_ms, actor, "bulk.undo", &format!("bulk:{rule}"), &detail).await?;
    tx.commit().await?;
    Ok(Bulk { rule, state: row.state, dry_run: read("bulk_rule", rule, &row.dry_run)?, applied })
}

fn no_rule(rule: i64) -> ReviewError {
    ReviewError::Invalid(format!("there is no bulk rule {rule}"))
}

async fn proposed(tx: &Tx, rule: i64) -> Result<BulkRule, ReviewError> {
    let row = tx.bulk_rule(rule).await?.ok_or_else(|| no_rule(rule))?;
    if row.state != "proposed" {
        return Err(ReviewError::Invalid(format!("rule {rule} is {}, it waits for nobody", row.state)));
    }
    Ok(row)
}

fn check(world: &World, actor: &Actor, filter: &BulkFilter, answer: &Answer) -> Result<(), ReviewError> {
    if !actor.decides() {
        return Err(ReviewError::NotAllowed(format!("{} decides no cases", actor.name)));
    }
    let Some(family) = filter.family else {
        return Err(ReviewError::Invalid("a bulk rule is for one family of cases".to_owned()));
    };
    if !answer.verb.answers() || matches!(answer.verb, Verb::Release | Verb::Block) {
        return Err(ReviewError::Invalid(format!("`{}` cannot be a bulk rule", answer.verb)));
    }
    if answer.reason.is_empty() {
        return Err(ReviewError::Invalid("a bulk rule needs a reason".to_owned()));
    }
    fits(world, family, None, answer)
}

/// What a rule would do, and to which cases.
async fn plan(
    world: &World,
    filter: &BulkFilter,
    answer: &Answer,
    rule: i64,
) -> Result<(DryRun, Vec<Case>), ReviewError> {
    let cases = matching(&world.store, filter).await?;
    let closes = matches!(answer.verb, Verb::Close | Verb::Withdraw);
    let needs_second = closes || cases.len() > world.settings.review.bulk_alone_max;
    let conflicts = conflicts(&world.store, &cases, answer).await?;
    let dry_run = DryRun { count: cases.len(), sample: sample(&cases, rule), conflicts, needs_second };
    Ok((dry_run, cases))
}

/// The open cases that fit, in the order of ids.
async fn matching(store: &Store, filter: &BulkFilter) -> Result<Vec<Case>, ReviewError> {
    let mut list = CaseFilter {
        family: filter.family.map(|f| f.name().to_owned()),
        source: filter.source.as_deref().map(source_number),
        state: Some("open".to_owned()),
        after: None,
        limit: PAGE,
    };
    let mut found = Vec::new();
    let mut scanned = 0;
    loop {
        let page = store.list_cases(&list).await?;
        let Some(last) = page.last() else { break };
        list.after = Some(last.id);
        scanned += page.len();
        found.extend(page.into_iter().filter(|case| fits_filter(filter, case)));
        if scanned >= SCANNED_MAX || found.len() > CASES_MAX {
            break;
        }
    }
    Ok(found)
}

fn fits_filter(filter: &BulkFilter, case: &Case) -> bool {
    let body: Value = serde_json::from_str(&case.body).unwrap_or_default();
    let is = |wanted: &Option<String>, key: &str| wanted.as_deref().is_none_or(|w| body[key].as_str() == Some(w));
    let probability = body["probability"].as_f64();
    is(&filter.rule, "rule")
        && is(&filter.field, "field")
        && filter.probability_min.is_none_or(|least| probability.is_some_and(|p| p >= least))
        && filter.probability_max.is_none_or(|most| probability.is_some_and(|p| p <= most))
        && filter.scope.is_none_or(|scope| body["scope"].as_i64() == Some(scope))
}

/// Some cases by chance: the smallest hashes of rule and case.
fn sample(cases: &[Case], rule: i64) -> Vec<String> {
    let mut drawn: Vec<(u64, i64)> = cases
        .iter()
        .map(|case| (xxhash_rust::xxh3::xxh3_64_with_seed(&case.id.to_le_bytes(), rule.cast_unsigned()), case.id))
        .collect();
    drawn.sort_unstable();
    drawn.into_iter().take(SAMPLE).map(|(_, id)| case_name(id)).collect()
}

/// Past decisions of people, not of rules, on the same posting, pair or employer's occupation that said otherwise.
async fn conflicts(store: &Store, cases: &[Case], answer: &Answer) -> Result<Vec<BulkConflict>, ReviewError> {
    let Some(first) = cases.first() else { return Ok(Vec::new()) };
    let filter = DecisionFilter { family: Some(first.family.clone()), limit: PAST_MAX, ..DecisionFilter::default() };
    let mut said: std::collections::BTreeMap<i64, (i64, String)> = std::collections::BTreeMap::new();
    for decision in store.decisions(&filter).await? {
        let verb: Option<Verb> = decision.verb.parse().ok();
        let answers = verb.is_some_and(|v| v.answers() && v != answer.verb);
        if !answers || decision.batch.is_some() || decision.state != "standing" {
            continue;
        }
        let subject: Value = serde_json::from_str(&decision.subject).unwrap_or_default();
        for key in ["a", "b"] {
            if let Some(posting) = subject[key].as_i64() {
                said.entry(posting).or_insert((decision.id, decision.verb.clone()));
            }
        }
    }
    let against = |case: &Case| {
        let (decision, verb) = case.a.into_iter().chain(case.b).find_map(|id| said.get(&id))?;
        Some(BulkConflict { case: case_name(case.id), decision: *decision, verb: verb.clone() })
    };
    Ok(cases.iter().filter_map(against).collect())
}

/// The cases of a dry run, if none of them changed since.
async fn unchanged(tx: &Tx, shown: &[(i64, String)]) -> Result<Vec<(Case, Facts)>, ReviewError> {
    let mut out = Vec::with_capacity(shown.len());
    let mut changes = Vec::new();
    for (id, token) in shown {
        let case = tx.case(*id).await?.ok_or(ReviewError::NoCase(*id))?;
        let facts = Facts::load(tx, &case).await?;
        if facts.token() == *token {
            out.push((case, facts));
        } else {
            let now = format!("{} is {} and says something else", case_name(*id), case.state);
            changes.push(Change { what: "case".to_owned(), id: *id, was: String::new(), now });
        }
    }
    if changes.is_empty() { Ok(out) } else { Err(ReviewError::Conflict(changes)) }
}

/// The rules, newest first, as JSON values for screens and programs.
///
/// # Errors
/// When the store fails.
pub async fn list(store: &Store, limit: i64) -> Result<Vec<Value>, ReviewError> {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let value = |r: BulkRule| {
        json!({
            "rule": r.id, "state": r.state, "filter": parsed(&r.filter), "answer": parsed(&r.answer), "reason": r.reason,
            "dry_run": parsed(&r.dry_run), "proposed_by": r.proposed_by, "proposed_ms": r.proposed_ms,
            "approved_by": r.approved_by, "approved_ms": r.approved_ms, "expires_ms": r.expires_ms, "undone_by": r.undone_by,
        })
    };
    Ok(store.bulk_rules(limit).await?.into_iter().map(value).collect())
}
