//! Where questions come from besides doubtful pairs: postings of one vacancy that disagree, postings that a rule wants
//! looked at, jobs that are probably taken, and decisions that the sources speak against. Each is asked so often a day, at most.

use std::collections::BTreeMap;

use normalizer::{Effect, Finding, Posting};
use rustc_hash::FxHashSet;
use serde_json::json;
use store::{StoreError, Tx};

use super::ask::{due_ms, harm};
use super::{Family, Question, content};
use crate::pipeline::settle::{Judge, hash_text};
use crate::settings::ReviewSettings;
use crate::world::{instant, seoul_day, seoul_instant};

/// Openings of a vacancy that count as exposure, at most.
const OPENINGS_MAX: u32 = 50;
/// What a wrong value of a field costs, by how much people rely on it.
const FIELD_HARM: [(&str, f64); 3] = [("base_salary", 1.5), ("job_location", 1.3), ("closing", 1.3)];

/// Exposure: postings and openings.
pub(crate) fn exposure(postings: usize, record: &Posting) -> f64 {
    postings as f64 + f64::from(record.total_job_openings.unwrap_or(1).clamp(1, OPENINGS_MAX))
}

/// Postings of one vacancy that disagree on fields.
pub(crate) fn conflicts(
    judge: &Judge<'_>,
    vacancy: i64,
    members: &[dedup::Member<'_>],
    golden: &dedup::Golden,
    picked: &BTreeMap<String, i64>,
) -> Vec<Question> {
    let settings = judge.review;
    let found = dedup::conflicts(members, golden, settings.conflict_dissent);
    let question = |conflict: dedup::Conflict| {
        let costs = FIELD_HARM.iter().find(|(field, _)| *field == conflict.field).map_or(1.0, |(_, costs)| *costs);
        let chosen = members.iter().find(|m| m.id == conflict.chosen);
        Question {
            family: Family::Conflict,
            key: hash_text(&format!("conflict {vacancy} {}", conflict.field)),
            source: members.iter().find(|m| m.id == conflict.against).map(|m| number(m.source)),
            run: judge.run,
            vacancy: Some(vacancy),
            a: chosen.map(|m| m.id),
            b: Some(conflict.against),
            value: exposure(members.len(), &golden.posting),
            risk: f64::from(conflict.dissent) / 1000.0 * costs * harm(settings, Family::Conflict),
            due_ms: due_ms(settings, Family::Conflict, judge.as_of_ms),
            content: values(members, &conflict.field),
            against: picked.get(&conflict.field).copied(),
            body: json!({
                "why": format!("the postings of this vacancy disagree on {}", conflict.field),
                "field": conflict.field,
                "dissent": conflict.dissent,
            }),
        }
    };
    found.into_iter().map(question).collect()
}

fn number(source: &str) -> i64 {
    crate::pipeline::source_number(source)
}

/// Hash of what the members say of a field.
fn values(members: &[dedup::Member<'_>], field: &str) -> i64 {
    let said = |m: &dedup::Member<'_>| {
        let posting = serde_json::to_value(m.posting).unwrap_or_default();
        (m.id, hash_text(&posting[field].to_string()))
    };
    let mut all: Vec<(i64, i64)> = members.iter().filter(|m| m.open).map(said).collect();
    all.sort_unstable();
    content(&all.iter().flat_map(|(id, value)| [Some(*id), Some(*value)]).collect::<Vec<_>>())
}

/// A posting that rules want looked at: one that is shown meanwhile is asked about now and then, one that is held always.
pub(crate) fn suspicious(
    judge: &Judge<'_>,
    posting: i64,
    source: i64,
    record: &Posting,
    findings: &[Finding],
) -> Option<Question> {
    let strong = || findings.iter().filter(|f| f.effect >= Effect::Reviews);
    let strongest = strong().max_by_key(|f| f.effect)?;
    let drawn = xxhash_rust::xxh3::xxh3_64(&posting.to_le_bytes());
    let sampled = drawn.is_multiple_of(judge.review.suspicious_sample.max(1));
    match strongest.effect {
        Effect::Holds => {}
        Effect::Reviews if sampled => {}
        _ => return None,
    }
    let mut rules: Vec<String> = strong().map(|f| f.rule.to_string()).collect();
    rules.sort_unstable();
    rules.dedup();
    // a rule that holds is right more often than one that only wonders
    let probability = if strongest.effect == Effect::Holds { 0.5 } else { 0.2 };
    let settings = judge.review;
    Some(Question {
        family: Family::Suspicious,
        key: suspicious_key(posting),
        source: Some(source),
        run: judge.run,
        vacancy: None,
        a: Some(posting),
        b: None,
        value: exposure(1, record),
        risk: probability * harm(settings, Family::Suspicious),
        due_ms: due_ms(settings, Family::Suspicious, judge.as_of_ms),
        content: hash_text(&rules.join(" ")),
        against: None,
        body: json!({
            "why": format!("{} found something in {}", strongest.rule, strongest.field),
            "rule": strongest.rule,
            "field": strongest.field,
            "effect": if strongest.effect == Effect::Holds { "holds" } else { "reviews" },
            "span": strongest.span,
            "article": strongest.article,
            "rules": rules,
        }),
    })
}

/// The key of the question whether a posting may be shown.
pub(crate) fn suspicious_key(posting: i64) -> i64 {
    hash_text(&format!("suspicious {posting}"))
}

/// A job that is probably taken.
pub(crate) fn filled(
    judge: &Judge<'_>,
    vacancy: i64,
    postings: usize,
    record: &Posting,
    standing: &crate::lifecycle::Standing,
) -> Question {
    let settings = judge.review;
    let p = standing.probability;
    Question {
        family: Family::Filled,
        key: hash_text(&format!("filled {vacancy}")),
        source: None,
        run: judge.run,
        vacancy: Some(vacancy),
        a: None,
        b: None,
        value: exposure(postings, record),
        risk: p.min(1.0 - p).max(0.01) * harm(settings, Family::Filled),
        due_ms: due_ms(settings, Family::Filled, judge.as_of_ms),
        content: content(&standing.evidence.iter().copied().map(Some).collect::<Vec<_>>()),
        against: None,
        body: json!({
            "why": "evidence says that this job is probably taken",
            "probability": (p * 1000.0).round() / 1000.0,
            "reason": standing.reason,
            "evidence": standing.evidence,
        }),
    }
}

/// A decision that what the sources say now speaks against.
pub(crate) fn against(
    judge: &Judge<'_>,
    family: Family,
    subject: i64,
    decision: i64,
    seen: i64,
    why: &str,
) -> Question {
    let settings = judge.review;
    let (key, vacancy, a) = match family {
        Family::Filled => (hash_text(&format!("filled {subject}")), Some(subject), None),
        _ => (suspicious_key(subject), None, Some(subject)),
    };
    Question {
        family,
        key,
        source: None,
        run: judge.run,
        vacancy,
        a,
        b: None,
        value: 2.0,
        risk: 0.5 * harm(settings, family),
        due_ms: due_ms(settings, family, judge.as_of_ms),
        content: seen,
        against: Some(decision),
        body: json!({ "why": why }),
    }
}

/// Asks the weightiest questions of a transaction, as many as a day allows.
pub(crate) async fn ask_capped(tx: &Tx, judge: &Judge<'_>, mut questions: Vec<Question>) -> Result<(), StoreError> {
    if questions.is_empty() {
        return Ok(());
    }
    let weight = |q: &Question| q.value * q.risk;
    questions.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.key.cmp(&b.key)));
    let day = seoul_instant(seoul_day(instant(judge.as_of_ms)), 0).timestamp_millis();
    let keys: Vec<i64> = questions.iter().map(|q| q.key).collect();
    let known: FxHashSet<i64> = tx.cases_by_id(&keys).await?.into_iter().map(|case| case.id).collect();
    let mut chosen = Vec::new();
    for family in [Family::Conflict, Family::Suspicious, Family::Filled] {
        let of = questions.iter().filter(|q| q.family == family).cloned();
        // what was asked before, or speaks against a decision, takes no new question's place
        let (mut before, mut new): (Vec<_>, Vec<_>) = of.partition(|q| q.against.is_some() || known.contains(&q.key));
        if let Some(most) = a_day(judge.review, family).filter(|_| !new.is_empty()) {
            let left = (most - tx.opened_since(family.name(), day).await?).max(0);
            new.truncate(usize::try_from(left).unwrap_or(0));
        }
        chosen.append(&mut before);
        chosen.append(&mut new);
    }
    super::ask(tx, judge.as_of_ms, &chosen).await.map(|_| ())
}

/// How many questions of a family may be opened in a day.
fn a_day(settings: &ReviewSettings, family: Family) -> Option<i64> {
    match family {
        Family::Conflict => Some(settings.conflicts_a_day),
        Family::Suspicious => Some(settings.suspicious_a_day),
        Family::Filled => Some(settings.filled_a_day),
        _ => None,
    }
}
