//! The four verification steps of a posting: the local office, the call centre, the rules, and coherence with other
//! systems. Which a source's postings go through is a setting of its class; only what did not simply pass is stored.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use store::stage::{Decided, Stage};
use store::{StoreError, Tx};
use utoipa::ToSchema;

use super::{facts, window};
use crate::pipeline::settle::{Fresh, hash_text};
use crate::pipeline::{Body, source_number};
use crate::review::{self, Family, Question};
use crate::world::{World, instant, seoul_day, seoul_instant};

/// Names of the steps, in order.
pub const STEPS: [&str; 4] = [OFFICE, CALL_CENTRE, ALGORITHM, COHERENCE];
/// The local office certifies.
pub const OFFICE: &str = "office";
/// The call centre checks a share of the previous day's a second time.
pub const CALL_CENTRE: &str = "call_centre";
/// Rules judge reliability and law.
pub const ALGORITHM: &str = "algorithm";
/// Other systems are asked.
pub const COHERENCE: &str = "coherence";

/// It passed.
pub const PASSED: &str = "passed";
/// It is not shown until somebody looks.
pub const HELD: &str = "held";
/// It must not be shown.
pub const REJECTED: &str = "rejected";
/// A person is asked; it is shown meanwhile unless its policy says otherwise.
pub const WAITING: &str = "waiting";
/// Its source does not go through this step.
pub const SKIPPED: &str = "skipped";

/// Whose word a row is when no person said it.
const BY_RULES: &str = "rules";

/// Who certifies the postings of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Office {
    /// Nobody.
    None,
    /// The source's own office, before it publishes.
    #[default]
    Source,
    /// A person here, where a rule asks for one.
    Asked,
    /// A person here, before anything is shown.
    All,
}

/// Which steps the postings of a class go through; rules and coherence always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The first step.
    pub office: Office,
    /// Share of the previous day's postings that is checked a second time, 0 to 1.
    pub call_centre: f64,
}

/// `[stages]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageSettings {
    /// National portals.
    pub public: Policy,
    /// Local governments.
    pub local: Policy,
    /// Private portals.
    pub private: Policy,
    /// Questions opened in one day, at most.
    pub questions_a_day: usize,
}

impl StageSettings {
    /// The policy of a class.
    pub fn of(&self, class: &str) -> Policy {
        match class {
            "public" => self.public,
            "local" => self.local,
            "private" => self.private,
            _ => Policy { office: Office::None, call_centre: 0.0 },
        }
    }
}

/// Policies by source number.
pub type Policies = FxHashMap<i64, Policy>;

/// The policies of all sources of the catalog.
pub fn policies(settings: &StageSettings) -> Policies {
    adapters::catalog().iter().map(|s| (source_number(s.name()), settings.of(s.class().name()))).collect()
}

/// A verdict under the steps that did not pass: the strictest holds. `waiting` hides only what may not be shown before
/// its office has looked.
pub fn verdict_under<'v>(base: &'v str, rows: &[&Stage], policy: Policy) -> &'v str {
    let hides = |row: &&&Stage| {
        row.state == HELD || (row.state == WAITING && row.stage == OFFICE && policy.office == Office::All)
    };
    match base {
        "publish" if rows.iter().any(|row| row.state == REJECTED) => "reject",
        "publish" if rows.iter().any(|row| hides(&row)) => "hold",
        other => other,
    }
}

/// The steps before anything of these postings is shown: their business is looked up, their office is asked, and what a
/// labour-market test keeps visible stays so.
///
/// # Errors
/// When the store fails.
pub(crate) async fn before_showing(
    tx: &Tx,
    policies: &Policies,
    as_of_ms: i64,
    fresh: &mut [Fresh],
) -> Result<(), StoreError> {
    let ids: Vec<i64> = fresh.iter().map(|f| f.row.id).collect();
    let known: Vec<i64> = fresh.iter().filter(|f| !f.new).map(|f| f.row.id).collect();
    let held_open =
        if known.is_empty() { FxHashMap::default() } else { window::holding(tx, &known, instant(as_of_ms)).await? };
    let shown: FxHashSet<i64> = if held_open.is_empty() {
        FxHashSet::default()
    } else {
        tx.known(&known).await?.into_iter().filter(|k| k.verdict == "publish").map(|k| k.id).collect()
    };
    let mut numbers: Vec<String> = fresh.iter().filter_map(|f| f.row.business_number.clone()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let halted: FxHashMap<String, store::business::BusinessState> = if numbers.is_empty() {
        FxHashMap::default()
    } else {
        tx.business_states(&numbers).await?.into_iter().map(|b| (b.number.clone(), b)).collect()
    };
    let mut stored: FxHashMap<i64, Vec<Stage>> = FxHashMap::default();
    for row in tx.stages_at(&ids).await? {
        stored.entry(row.posting).or_default().push(row);
    }
    let mut put = Vec::new();
    for item in fresh.iter_mut() {
        let posting = item.row.id;
        let policy = policies.get(&item.row.source).copied().unwrap_or_default();
        let rows = stored.entry(posting).or_default();
        let row = |stage: &str, state: &str, reason: String| Stage {
            posting,
            stage: stage.to_owned(),
            state: state.to_owned(),
            at_ms: as_of_ms,
            by_whom: BY_RULES.to_owned(),
            reason,
            case_id: Some(case_of(stage, posting)),
        };
        let held = held_open.contains_key(&posting);
        let business = item.row.business_number.as_ref().and_then(|n| halted.get(n));
        if let Some(business) = business.filter(|_| !rows.iter().any(|r| r.stage == COHERENCE)) {
            let state = if held { WAITING } else { HELD };
            rows.push(row(COHERENCE, state, business_reason(&business.state).to_owned()));
            put.extend(rows.last().cloned());
        }
        if item.new && policy.office == Office::All {
            rows.push(row(OFFICE, WAITING, "every posting of this class is looked at".to_owned()));
            put.extend(rows.last().cloned());
        }
        let now = verdict_under(&item.row.verdict, &rows.iter().collect::<Vec<_>>(), policy).to_owned();
        if held && now != "publish" && shown.contains(&posting) {
            // what was published for a statutory test stays; a person decides
            put.push(row(ALGORITHM, WAITING, format!("{now} by the rules inside the window of a labour-market test")));
            "publish".clone_into(&mut item.row.verdict);
        } else {
            item.row.verdict = now;
        }
    }
    tx.put_stages(&put).await
}

/// Reason code of a business that does not go on.
fn business_reason(state: &str) -> &'static str {
    if state == "03" { "business_closed" } else { "business_suspended" }
}

/// Takes over what the tax office says of businesses; postings of those that go on again are let go.
///
/// # Errors
/// When the store fails.
pub(crate) async fn take_businesses(world: &World, source: i64, since_ms: i64) -> Result<(), StoreError> {
    let now = world.clock.now();
    let tx = world.store.write().await?;
    let changed = tx.take_business_states(source, since_ms).await?;
    if changed.is_empty() {
        return Ok(());
    }
    let halted: FxHashSet<String> = tx.business_states(&changed).await?.into_iter().map(|b| b.number).collect();
    let back: Vec<String> = changed.into_iter().filter(|n| !halted.contains(n)).collect();
    let postings = if back.is_empty() { Vec::new() } else { tx.postings_of_businesses(&back).await? };
    let ids: Vec<i64> = postings.iter().map(|(id, _)| *id).collect();
    let mut told = facts::Facts::of(world);
    if !ids.is_empty() {
        tx.drop_stages(&ids, COHERENCE).await?;
        judge_again(world, &tx, &ids).await?;
        told.business_goes_on(&tx, &ids).await?;
        postings.iter().for_each(|(_, vacancy)| told.touch(*vacancy));
    }
    told.settle(world, &tx, now).await?;
    tx.commit().await
}

/// Brings verdicts of postings up to date with their findings and steps.
async fn judge_again(world: &World, tx: &Tx, ids: &[i64]) -> Result<(), StoreError> {
    let mut stored: FxHashMap<i64, Vec<Stage>> = FxHashMap::default();
    for row in tx.stages_at(ids).await? {
        stored.entry(row.posting).or_default().push(row);
    }
    let sources: FxHashMap<i64, i64> = tx.known(ids).await?.into_iter().map(|k| (k.id, k.source)).collect();
    let mut by_verdict: BTreeMap<&'static str, Vec<i64>> = BTreeMap::new();
    for (id, text, _) in tx.bodies(ids).await? {
        let Ok(body) = serde_json::from_str::<Body>(&text) else { continue };
        let policy = sources.get(&id).and_then(|s| world.policies.get(s)).copied().unwrap_or_default();
        let rows: Vec<&Stage> = stored.get(&id).into_iter().flatten().collect();
        let verdict = verdict_under(normalizer::Verdict::of(&body.findings).name(), &rows, policy);
        by_verdict.entry(verdict).or_default().push(id);
    }
    for (verdict, ids) in by_verdict {
        tx.set_verdict(&ids, verdict).await?;
    }
    Ok(())
}

/// What is done between runs: postings of businesses that do not go on are held, tests that ended are let go, and people
/// are asked.
///
/// # Errors
/// When the store fails.
pub(crate) async fn pass(world: &World, now: DateTime<Utc>) -> Result<(), StoreError> {
    hold_halted(world, now).await?;
    let_go(world, now).await?;
    draw(world, now).await
}

/// Holds what belongs to a closed or suspended business and asks a steward.
async fn hold_halted(world: &World, now: DateTime<Utc>) -> Result<(), StoreError> {
    let now_ms = now.timestamp_millis();
    let tx = world.store.write().await?;
    let halted = tx.halted().await?;
    if halted.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = halted.iter().map(|h| h.id).collect();
    let stored: FxHashMap<i64, Stage> =
        tx.stages_at(&ids).await?.into_iter().filter(|s| s.stage == COHERENCE).map(|s| (s.posting, s)).collect();
    let held_open = window::holding(&tx, &ids, now).await?;
    let (mut put, mut hide, mut questions) = (Vec::new(), Vec::new(), Vec::new());
    let mut told = facts::Facts::of(world);
    for posting in &halted {
        let reason = business_reason(&posting.business);
        let in_test = held_open.contains_key(&posting.id);
        let state = if in_test { WAITING } else { HELD };
        let before = stored.get(&posting.id);
        let asked = before.is_some_and(|s| s.reason == reason && s.state == state);
        if !asked {
            put.push(Stage {
                posting: posting.id,
                stage: COHERENCE.to_owned(),
                state: state.to_owned(),
                at_ms: now_ms,
                by_whom: "nts_status".to_owned(),
                reason: reason.to_owned(),
                case_id: Some(case_of(COHERENCE, posting.id)),
            });
            if !in_test && posting.verdict == "publish" {
                hide.push(posting.id);
                told.touch(posting.vacancy);
            }
        }
        let heard = format!("{} {}", posting.business, posting.since.as_deref().unwrap_or_default());
        questions.push(question(
            world,
            posting.id,
            posting.source,
            COHERENCE,
            now_ms,
            &heard,
            &format!("its business is {}", word(&posting.business)),
        ));
        told.business(posting.id, posting.business == "03", posting.since.as_deref(), now_ms);
    }
    told.keep_new(&tx).await?;
    tx.put_stages(&put).await?;
    tx.set_verdict(&hide, "hold").await?;
    review::ask(&tx, now_ms, &questions).await?;
    told.settle(world, &tx, now).await?;
    tx.commit().await
}

fn word(business: &str) -> &'static str {
    if business == "03" { "closed (폐업)" } else { "suspended (휴업)" }
}

/// The id of the question about a posting at a step.
fn case_of(step: &str, posting: i64) -> i64 {
    hash_text(&format!("suspicious {step} {posting}"))
}

/// A question about a posting at a step. `content` is what its answer rests on.
fn question(world: &World, posting: i64, source: i64, step: &str, now_ms: i64, content: &str, why: &str) -> Question {
    let settings = &world.settings.review;
    Question {
        family: Family::Suspicious,
        key: case_of(step, posting),
        source: Some(source),
        run: None,
        vacancy: None,
        a: Some(posting),
        b: None,
        value: 1.0,
        risk: if step == CALL_CENTRE { 0.05 } else { 0.5 },
        due_ms: review::ask::due_ms(settings, Family::Suspicious, now_ms),
        content: hash_text(content),
        body: serde_json::json!({ "why": why, "stage": step, "seen": content }),
        against: None,
    }
}

/// Postings whose test ended are judged by what holds without it.
async fn let_go(world: &World, now: DateTime<Utc>) -> Result<(), StoreError> {
    let today = seoul_day(now);
    let tx = world.store.write().await?;
    let days = tx.linked_mark("windows").await?;
    let from = chrono::NaiveDate::from_epoch_days(i32::try_from(days).unwrap_or(0)).unwrap_or_default();
    if from >= today {
        return Ok(());
    }
    let ended = tx.windows_that_ended(&from.to_string(), &today.to_string()).await?;
    let postings: Vec<i64> = ended.iter().filter_map(|w| w.posting).collect();
    let mut told = facts::Facts::of(world);
    if !postings.is_empty() {
        tx.drop_waiting(&postings).await?;
        judge_again(world, &tx, &postings).await?;
        told.judge(&postings);
    }
    tx.set_linked_mark("windows", i64::from(today.to_epoch_days())).await?;
    told.settle(world, &tx, now).await?;
    tx.commit().await
}

/// Asks people: the office where a rule asks for one, the call centre about a share of the previous day's.
async fn draw(world: &World, now: DateTime<Utc>) -> Result<(), StoreError> {
    let now_ms = now.timestamp_millis();
    let midnight = seoul_instant(seoul_day(now), 0).timestamp_millis();
    let tx = world.store.write().await?;
    let (office_from, second_from) = (tx.linked_mark(OFFICE).await?, tx.linked_mark(CALL_CENTRE).await?);
    let fresh = tx.seen_between(office_from, now_ms).await?;
    let yesterday = if second_from < midnight { tx.seen_between(second_from, midnight).await? } else { Vec::new() };
    if fresh.is_empty() && yesterday.is_empty() {
        return Ok(());
    }
    let policy = |source: i64| world.policies.get(&source).copied().unwrap_or_default();
    let asked_about: Vec<i64> =
        fresh.iter().filter(|d| policy(d.source).office == Office::Asked).map(|d| d.id).collect();
    let doubtful: FxHashSet<i64> = tx.reviewed_by_rules(&asked_about).await?.into_iter().collect();
    let (mut put, mut questions) = (Vec::new(), Vec::new());
    let mut waits = |posting: i64, source: i64, step: &str, why: &str| {
        if questions.len() >= world.settings.stages.questions_a_day {
            return;
        }
        put.push(Stage {
            posting,
            stage: step.to_owned(),
            state: WAITING.to_owned(),
            at_ms: now_ms,
            by_whom: BY_RULES.to_owned(),
            reason: why.to_owned(),
            case_id: Some(case_of(step, posting)),
        });
        questions.push(question(world, posting, source, step, now_ms, step, why));
    };
    for drawn in &fresh {
        match policy(drawn.source).office {
            Office::Asked if doubtful.contains(&drawn.id) => {
                waits(drawn.id, drawn.source, OFFICE, "a rule asks for a person")
            }
            Office::All => waits(drawn.id, drawn.source, OFFICE, "every posting of this class is looked at"),
            _ => {}
        }
    }
    for drawn in yesterday.iter().filter(|d| d.verdict == "publish") {
        if is_drawn(drawn.id, policy(drawn.source).call_centre) {
            waits(drawn.id, drawn.source, CALL_CENTRE, "drawn for the second check of yesterday's postings");
        }
    }
    tx.put_new_stages(&put).await?;
    review::ask(&tx, now_ms, &questions).await?;
    tx.set_linked_mark(OFFICE, now_ms).await?;
    tx.set_linked_mark(CALL_CENTRE, midnight.max(second_from)).await?;
    tx.commit().await
}

/// Whether a posting is among a share, the same on every machine.
fn is_drawn(posting: i64, share: f64) -> bool {
    let hash = xxhash_rust::xxh3::xxh3_64(&posting.to_le_bytes());
    ((hash >> 11) as f64) < share * (1_u64 << 53) as f64
}

/// One step of one posting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepView {
    /// office, call_centre, algorithm or coherence.
    pub step: &'static str,
    /// passed, held, rejected, waiting, or skipped where its source does not go through it.
    pub state: String,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub at: Option<String>,
    /// Who said so: the source, the rules, a linked system, or a person.
    pub by: String,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// The four steps of a posting, from what is stored and from its source's policy.
///
/// # Errors
/// When the store fails.
pub async fn steps_of(
    world: &World,
    posting: &store::posting::Posting,
    body: &Body,
) -> Result<Vec<StepView>, StoreError> {
    let stored = world.store.stages_of(posting.id).await?;
    let policy = world.policies.get(&posting.source).copied().unwrap_or_default();
    let seen = crate::view::time(posting.first_seen_ms);
    let plain = |step, state: &str, by: &str| StepView {
        step,
        state: state.to_owned(),
        at: Some(seen.clone()),
        by: by.to_owned(),
        reason: String::new(),
    };
    Ok(STEPS
        .into_iter()
        .map(|step| match stored.iter().find(|row| row.stage == step) {
            Some(row) => decided(step, row),
            None => match (step, policy.office) {
                (OFFICE, Office::None) => StepView { at: None, ..plain(step, SKIPPED, "settings") },
                (OFFICE, Office::Source) => plain(step, PASSED, "source"),
                (CALL_CENTRE, _) => StepView { at: None, ..plain(step, SKIPPED, "not drawn") },
                (ALGORITHM, _) => algorithm(body, plain(step, PASSED, BY_RULES)),
                _ => plain(step, PASSED, BY_RULES),
            },
        })
        .collect())
}

/// A step that did not simply pass: what a person decided about it, or what it waits for.
fn decided(step: &'static str, row: &Decided) -> StepView {
    let answer = row.verb.as_deref().and_then(|verb| match verb {
        "clear" => Some(PASSED),
        "hold" => Some(HELD),
        "withdraw" => Some(REJECTED),
        _ => None,
    });
    StepView {
        step,
        state: answer.unwrap_or(row.state.as_str()).to_owned(),
        at: Some(crate::view::time(row.decided_ms.filter(|_| answer.is_some()).unwrap_or(row.at_ms))),
        by: row.actor.clone().filter(|_| answer.is_some()).unwrap_or_else(|| row.by_whom.clone()),
        reason: row.reason.clone(),
    }
}

/// The rules' own step follows from the findings.
fn algorithm(body: &Body, passed: StepView) -> StepView {
    let strongest = body.findings.iter().max_by_key(|f| f.effect);
    match (normalizer::Verdict::of(&body.findings), strongest) {
        (normalizer::Verdict::Publish, _) | (_, None) => passed,
        (verdict, Some(finding)) => StepView {
            state: if verdict == normalizer::Verdict::Reject { REJECTED } else { HELD }.to_owned(),
            reason: finding.rule.to_string(),
            ..passed
        },
    }
}

/// How many postings of a source stand at each step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct SourceSteps {
    /// Source.
    pub source: String,
    /// Its class.
    pub class: String,
    /// Its postings that are not closed.
    pub postings: i64,
    /// The steps, in order.
    pub steps: Vec<StepSum>,
    /// Postings that may be shown.
    pub published: i64,
}

/// One step of a source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct StepSum {
    /// office, call_centre, algorithm or coherence.
    pub step: String,
    /// Postings that went through it (those drawn, for the call centre).
    pub looked_at: i64,
    /// Of them passed.
    pub passed: i64,
    /// Held.
    pub held: i64,
    /// Rejected.
    pub rejected: i64,
    /// Waiting for a person.
    pub waiting: i64,
    /// Thousandths of the source's postings that are not kept back by this step or one before it.
    pub left_permille: i64,
}

/// All sources that have postings, by name, or one.
///
/// # Errors
/// When the store fails.
pub async fn report(world: &World, only: Option<i64>) -> Result<Vec<SourceSteps>, StoreError> {
    let mut sums: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for count in world.store.posting_counts().await? {
        if count.state == "closed" || only.is_some_and(|o| o != count.source) {
            continue;
        }
        let entry = sums.entry(count.source).or_default();
        entry.0 += count.count;
        entry.1 += if count.verdict == "publish" { count.count } else { 0 };
    }
    let mut stored: BTreeMap<(i64, String), BTreeMap<String, i64>> = BTreeMap::new();
    for (source, step, state, n) in world.store.stage_counts().await? {
        stored.entry((source, step)).or_default().insert(state, n);
    }
    for (source, effect, n) in world.store.held_by_rules().await? {
        let state = if effect == "rejects" { REJECTED } else { HELD };
        *stored.entry((source, ALGORITHM.to_owned())).or_default().entry(state.to_owned()).or_default() += n;
    }
    let mut out: Vec<SourceSteps> = sums
        .into_iter()
        .map(|(source, (postings, published))| source_steps(world, source, postings, published, &stored))
        .collect();
    out.sort_by(|a, b| a.source.cmp(&b.source));
    Ok(out)
}

fn source_steps(
    world: &World,
    source: i64,
    postings: i64,
    published: i64,
    stored: &BTreeMap<(i64, String), BTreeMap<String, i64>>,
) -> SourceSteps {
    let name = crate::view::source_name(world, source).to_owned();
    let class = adapters::catalog().get(&name).map(|s| s.class().name()).unwrap_or_default();
    let policy = world.policies.get(&source).copied().unwrap_or_default();
    let mut left = postings;
    let steps = STEPS
        .into_iter()
        .map(|step| {
            let rows = stored.get(&(source, step.to_owned()));
            let of = |state: &str| rows.and_then(|r| r.get(state)).copied().unwrap_or(0);
            let (held, rejected, waiting) = (of(HELD), of(REJECTED), of(WAITING));
            let looked_at = match step {
                CALL_CENTRE => held + rejected + waiting + of(PASSED),
                OFFICE if policy.office == Office::None => 0,
                _ => postings,
            };
            let hidden = held + rejected + if step == OFFICE && policy.office == Office::All { waiting } else { 0 };
            left = (left - hidden).max(0);
            StepSum {
                step: step.to_owned(),
                looked_at,
                passed: (looked_at - held - rejected - waiting).max(0),
                held,
                rejected,
                waiting,
                left_permille: if postings > 0 { left * 1000 / postings } else { 1000 },
            }
        })
        .collect();
    SourceSteps { source: name, class: class.to_owned(), postings, steps, published }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(stage: &str, state: &str) -> Stage {
        Stage {
            posting: 1,
            stage: stage.to_owned(),
            state: state.to_owned(),
            at_ms: 0,
            by_whom: BY_RULES.to_owned(),
            reason: String::new(),
            case_id: None,
        }
    }

    #[test]
    fn the_strictest_step_decides_and_waiting_hides_only_under_an_office_that_sees_all() {
        let all = Policy { office: Office::All, call_centre: 0.0 };
        let asked = Policy { office: Office::Asked, call_centre: 0.0 };
        for (base, rows, policy, want) in [
            ("publish", vec![], asked, "publish"),
            ("publish", vec![row(OFFICE, WAITING)], asked, "publish"),
            ("publish", vec![row(OFFICE, WAITING)], all, "hold"),
            ("publish", vec![row(OFFICE, PASSED)], all, "publish"),
            ("publish", vec![row(CALL_CENTRE, WAITING)], all, "publish"),
            ("publish", vec![row(COHERENCE, HELD)], asked, "hold"),
            ("publish", vec![row(COHERENCE, HELD), row(OFFICE, REJECTED)], asked, "reject"),
            ("reject", vec![row(OFFICE, PASSED)], asked, "reject"),
        ] {
            let refs: Vec<&Stage> = rows.iter().collect();
            assert_eq!(verdict_under(base, &refs, policy), want, "{base} {rows:?}");
        }
    }

    #[test]
    fn a_share_is_drawn_that_is_about_as_large_as_asked() {
        let drawn = (0..10_000).filter(|id| is_drawn(*id, 0.05)).count();
        assert!((400..600).contains(&drawn), "{drawn}");
        assert!((0..1000).all(|id| !is_drawn(id, 0.0) && is_drawn(id, 1.0)));
    }
}
