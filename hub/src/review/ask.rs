//! Asking: a question is opened once, and an answered one again only where its answer says so.

use chrono::{Datelike as _, Days, TimeZone as _, Weekday};
use chrono_tz::Asia::Seoul;
use dedup::{Model, Profile, Relation};
use rustc_hash::FxHashMap;
use serde_json::json;
use store::case::Case;
use store::decision::Decision;
use store::{StoreError, Tx};

use super::{Family, Question, ReviewError, Stickiness};
use crate::pipeline::settle::{Judge, hash_text};
use crate::settings::ReviewSettings;
use crate::view::PostingId;
use crate::world::{World, instant};

/// Openings of one posting that count as exposure, at most.
const OPENINGS_MAX: u16 = 50;
/// Harm of a family that the settings do not name.
const HARM: f64 = 1.0;

/// Opens the questions that are not open and not answered for good. Gives how many were opened.
///
/// # Errors
/// When the store fails.
pub async fn ask(tx: &Tx, as_of_ms: i64, questions: &[Question]) -> Result<u64, StoreError> {
    if questions.is_empty() {
        return Ok(0);
    }
    let keys: Vec<i64> = questions.iter().map(|q| q.key).collect();
    let known: FxHashMap<i64, Case> = tx.cases_by_id(&keys).await?.into_iter().map(|c| (c.id, c)).collect();
    let settled: Vec<i64> = known.values().filter(|c| c.state == "settled").map(|c| c.id).collect();
    let mut answers: FxHashMap<i64, Decision> = FxHashMap::default();
    if !settled.is_empty() {
        let standing = tx.decisions_on_all(&settled).await?.into_iter().filter(|d| d.state == "standing");
        answers.extend(standing.map(|d| (d.case_id, d)));
    }
    let silenced = silenced(tx, questions).await?;
    let mut put: FxHashMap<i64, Case> = FxHashMap::default();
    for question in questions {
        let case = match known.get(&question.key) {
            None if silenced.contains(&question.body["scope"].as_i64().unwrap_or_default()) => continue,
            None => new_case(question, as_of_ms),
            Some(case) => match again(case, question, answers.get(&case.id), as_of_ms) {
                Some(case) => case,
                None => continue,
            },
        };
        put.insert(case.id, case);
    }
    let mut cases: Vec<Case> = put.into_values().collect();
    cases.sort_by_key(|case| case.id);
    tx.put_cases(&cases).await?;
    Ok(cases.len() as u64)
}

/// Scopes in which stewards do not want to be asked.
async fn silenced(tx: &Tx, questions: &[Question]) -> Result<Vec<i64>, StoreError> {
    let mut scopes: Vec<i64> =
        questions.iter().filter_map(|q| q.body["scope"].as_i64()).filter(|scope| *scope != 0).collect();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Ok(scopes);
    }
    Ok(tx.standing_at(&scopes).await?.into_iter().map(|row| row.subject).collect())
}

fn new_case(question: &Question, as_of_ms: i64) -> Case {
    let weight = question.value * question.risk;
    Case {
        id: question.key,
        family: question.family.name().to_owned(),
        source: question.source,
        run: question.run,
        vacancy: question.vacancy,
        a: question.a,
        b: question.b,
        state: "open".to_owned(),
        opened_ms: as_of_ms,
        body: body_of(question),
        value: question.value,
        risk: question.risk,
        weight,
        due_ms: question.due_ms,
        version: 1,
        until_ms: None,
        assignee: None,
        blind: 0,
        reopened: 0,
        settled_ms: None,
    }
}

fn body_of(question: &Question) -> String {
    let mut body = question.body.clone();
    if let Some(object) = body.as_object_mut() {
        object.insert("content".to_owned(), json!(question.content));
        if let Some(decision) = question.against {
            object.insert("against".to_owned(), json!(decision));
        }
    }
    body.to_string()
}

/// What becomes of a case whose question comes up again.
fn again(case: &Case, question: &Question, answer: Option<&Decision>, as_of_ms: i64) -> Option<Case> {
    let before: serde_json::Value = serde_json::from_str(&case.body).unwrap_or_default();
    let same_content = before["content"].as_i64() == Some(question.content);
    let fresh = new_case(question, as_of_ms);
    let kept = Case {
        version: case.version + 1,
        reopened: case.reopened,
        blind: case.blind,
        assignee: case.assignee.clone(),
        settled_ms: case.settled_ms,
        ..fresh.clone()
    };
    match case.state.as_str() {
        // what it rests on has changed: whoever has it before them should see that
        "open" | "held" | "disputed" if !same_content => Some(Case {
            state: case.state.clone(),
            opened_ms: case.opened_ms,
            due_ms: case.due_ms,
            until_ms: case.until_ms,
            ..kept
        }),
        "settled" => {
            let asked_again = match answer {
                Some(answer) if question.against == Some(answer.id) => !same_content,
                Some(answer) => !same_content && answer.stickiness == Stickiness::Suggest.name(),
                // its answer has expired, or nothing stands of it
                None => true,
            };
            asked_again.then(|| Case { reopened: case.reopened + 1, ..kept })
        }
        "moot" => Some(kept),
        _ => None,
    }
}

/// The question whether two postings are one vacancy. Its risk is the probability that the rules, which keep a doubtful
/// pair apart, are wrong.
pub(crate) fn duplicate(judge: &Judge<'_>, relation: &Relation, a: &Profile, b: &Profile, content: i64) -> Question {
    let openings = |p: &Profile| f64::from(p.headcount.clamp(1, OPENINGS_MAX));
    let probability = probability(relation.millibits);
    let settings = judge.review;
    Question {
        family: Family::Duplicate,
        key: duplicate_key(relation.a, relation.b),
        source: Some(i64::from(a.source)),
        run: judge.run,
        vacancy: None,
        a: Some(relation.a),
        b: Some(relation.b),
        value: openings(a) + openings(b),
        risk: wrong(relation.millibits, judge.model) * harm(settings, Family::Duplicate),
        due_ms: due_ms(settings, Family::Duplicate, judge.as_of_ms),
        content,
        body: json!({
            "why": "too near the threshold to decide",
            "millibits": relation.millibits,
            "probability": (probability * 10_000.0).round() / 10_000.0,
            "scope": scope_of(a, b),
        }),
        against: None,
    }
}

/// A question that somebody asks on the spot, about what the store says now.
///
/// # Errors
/// When a posting is not there, or the store fails.
pub async fn by_hand(
    world: &World,
    family: Family,
    a: i64,
    b: Option<i64>,
    why: &str,
) -> Result<Question, ReviewError> {
    let mut ids: Vec<i64> = std::iter::once(a).chain(b).collect();
    ids.sort_unstable();
    let mut rows = Vec::new();
    for id in &ids {
        let row = world.store.posting(*id).await?;
        rows.push(row.ok_or_else(|| ReviewError::Invalid(format!("there is no posting {}", PostingId(*id))))?);
    }
    let profiles: Vec<Profile> = rows.iter().filter_map(|row| Profile::from_bytes(&row.profile).ok()).collect();
    let scope = if let [x, y] = &profiles[..] { scope_of(x, y) } else { 0 };
    let settings = &world.settings.review;
    let now_ms = world.clock.now().timestamp_millis();
    let hashes: Vec<Option<i64>> = rows.iter().map(|row| Some(row.body_hash)).collect();
    let key = match b {
        Some(b) => duplicate_key(a, b),
        None => hash_text(&format!("{family} by hand {a}")),
    };
    Ok(Question {
        family,
        key,
        source: rows.first().map(|row| row.source),
        run: None,
        vacancy: None,
        a: ids.first().copied(),
        b: ids.get(1).copied(),
        value: profiles.iter().map(|p| f64::from(p.headcount.clamp(1, OPENINGS_MAX))).sum(),
        // somebody who asks has a reason to
        risk: 0.5 * harm(settings, family),
        due_ms: due_ms(settings, family, now_ms),
        content: super::content(&hashes),
        body: json!({ "why": why, "scope": scope, "by_hand": true }),
        against: None,
    })
}

/// The key of the question whether two postings are one vacancy.
pub fn duplicate_key(a: i64, b: i64) -> i64 {
    hash_text(&format!("duplicate {} {}", a.min(b), a.max(b)))
}

/// The probability that two postings are one vacancy, from their score.
pub fn probability(millibits: i32) -> f64 {
    1.0 / (1.0 + (-f64::from(millibits) / 1000.0).exp2())
}

/// The probability that what the rules do with a pair is wrong: below the threshold they keep it apart.
fn wrong(millibits: i32, model: &Model) -> f64 {
    let same = probability(millibits);
    if millibits >= model.auto { 1.0 - same } else { same }
}

/// The hash of employer and occupation two postings have in common; 0 where they have not.
pub(crate) fn scope_of(a: &Profile, b: &Profile) -> i64 {
    let employer = |p: &Profile| if p.business != 0 { p.business.to_string() } else { p.company.clone() };
    let same = !employer(a).is_empty() && (a.company == b.company || a.business != 0 && a.business == b.business);
    match (a.occupation, b.occupation) {
        // the first three digits of the code: minor groups of occupations
        (Some(x), Some(y)) if same && minor_group(x) == minor_group(y) => {
            hash_text(&format!("scope {} {}", employer(a), minor_group(x))) | 1
        }
        _ => 0,
    }
}

fn minor_group((code, digits): (u32, u8)) -> String {
    format!("{code:0width$}", width = usize::from(digits)).chars().take(3).collect()
}

/// What a wrong answer to a question of this family costs.
pub(crate) fn harm(settings: &ReviewSettings, family: Family) -> f64 {
    settings.harm.get(family.name()).copied().unwrap_or(HARM)
}

/// When a question of this family should be answered: so many minutes from now, or the same hour of the next working day.
pub fn due_ms(settings: &ReviewSettings, family: Family, now_ms: i64) -> i64 {
    match settings.due_minutes.get(family.name()).copied().unwrap_or(0) {
        0 => next_working_day(now_ms),
        minutes => now_ms + minutes * 60_000,
    }
}

/// The same time of day on the next day that is no Saturday or Sunday in Seoul.
fn next_working_day(now_ms: i64) -> i64 {
    let now = instant(now_ms).with_timezone(&Seoul);
    let next = (1..=3).filter_map(|days| now.date_naive().checked_add_days(Days::new(days)));
    let workday = |day: &chrono::NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let day = next.into_iter().find(workday).unwrap_or_else(|| now.date_naive());
    Seoul.from_local_datetime(&day.and_time(now.time())).earliest().map_or(now_ms, |at| at.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::seoul_instant;

    #[test]
    fn a_working_day_later_skips_the_weekend() {
        let day = |d: u32, hour: u32| {
            seoul_instant(chrono::NaiveDate::from_ymd_opt(2026, 11, d).unwrap(), hour).timestamp_millis()
        };
        for (from, to) in [((24, 9), (25, 9)), ((27, 15), (30, 15)), ((28, 1), (30, 1)), ((29, 23), (30, 23))] {
            assert_eq!(next_working_day(day(from.0, from.1)), day(to.0, to.1), "{from:?}");
        }
    }
}
