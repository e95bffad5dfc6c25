//! What the hub would answer, and what people answered on cases like this one.

use dedup::Explanation;
use serde::Serialize;
use serde_json::{Value, json};
use store::case::Case;
use store::decision::{Decision, DecisionFilter};
use store::posting::Posting as PostingRow;
use store::{Store, StoreError};

use super::case_view::trust;
use super::standing::Words;
use super::{Family, Verb, case_name};
use crate::lifecycle::state;
use crate::pipeline::Body;
use crate::view::source_name;
use crate::world::World;

/// Past decisions looked at for each case.
const PAST_MAX: i64 = 2_000;
/// Of them the nearest are shown.
const SHOWN_MAX: usize = 5;
/// Comparison levels that may differ in a past case that still counts as like this one.
const DISTANCE_MAX: usize = 6;
/// So many past decisions alike are worth as much as the score.
const PAST_ENOUGH: usize = 3;

/// What the hub would answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// The answer.
    pub verb: Verb,
    /// How sure, thousandths.
    pub confidence: u16,
    /// Why, as codes with their numbers.
    pub because: Vec<Value>,
}

/// What people answered on cases like this one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Similar {
    /// Past decisions alike.
    pub total: usize,
    /// Of them by answer, commonest first: (verb, decisions, of them undone or overturned since).
    pub outcomes: Vec<(String, usize, usize)>,
    /// The nearest.
    pub nearest: Vec<SimilarCase>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SimilarCase {
    /// Case.
    pub case: String,
    /// Decision.
    pub decision: i64,
    /// The answer.
    pub verb: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at_ms: i64,
    /// Whether it still stands.
    pub stands: bool,
    /// The same employer.
    pub same_employer: bool,
    /// Comparisons that came out differently.
    pub distance: usize,
}

/// What a case is like, kept with the decision on it: what later cases are compared with.
pub(crate) fn likeness(case: &Case, explanation: Option<&Explanation>) -> Value {
    let body: Value = serde_json::from_str(&case.body).unwrap_or_default();
    let levels: Vec<&str> = explanation.map(|e| e.rows.iter().map(|r| r.level).collect()).unwrap_or_default();
    let employer = explanation.and_then(|e| e.rows.iter().find(|r| r.comparison == "company")).map(|r| r.a.clone());
    json!({ "levels": levels, "employer": employer, "source": case.source, "rule": body["rule"], "field": body["field"] })
}

/// The past decisions nearest to a case, by comparison vector and employer.
pub(crate) async fn similar(
    store: &Store,
    case: &Case,
    explanation: Option<&Explanation>,
) -> Result<Similar, StoreError> {
    let here = likeness(case, explanation);
    let past = store
        .decisions(&DecisionFilter { family: Some(case.family.clone()), limit: PAST_MAX, ..DecisionFilter::default() })
        .await?;
    let mut near: Vec<(usize, bool, Decision)> = Vec::new();
    for decision in past {
        let answers = decision.verb.parse().is_ok_and(|verb: Verb| verb.answers());
        if !answers || decision.case_id == case.id || matches!(decision.state.as_str(), "proposed" | "refused") {
            continue;
        }
        let subject: Value = serde_json::from_str(&decision.subject).unwrap_or_default();
        let there = &subject["like"];
        let distance = distance(&here, there);
        let same_employer = !here["employer"].is_null() && here["employer"] == there["employer"];
        if distance <= DISTANCE_MAX {
            near.push((distance, same_employer, decision));
        }
    }
    near.sort_by_key(|(distance, same, d)| (*distance, !*same, std::cmp::Reverse(d.id)));
    let mut outcomes: Vec<(String, usize, usize)> = Vec::new();
    for (_, _, decision) in &near {
        let gone = usize::from(matches!(decision.state.as_str(), "undone" | "expired"));
        match outcomes.iter_mut().find(|(verb, ..)| *verb == decision.verb) {
            Some((_, n, overturned)) => {
                *n += 1;
                *overturned += gone;
            }
            None => outcomes.push((decision.verb.clone(), 1, gone)),
        }
    }
    outcomes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let total = near.len();
    let nearest = near.into_iter().take(SHOWN_MAX).map(|(distance, same_employer, d)| SimilarCase {
        case: case_name(d.case_id),
        decision: d.id,
        stands: matches!(d.state.as_str(), "standing" | "second"),
        verb: d.verb,
        actor: d.actor,
        at_ms: d.at_ms,
        same_employer,
        distance,
    });
    Ok(Similar { total, outcomes, nearest: nearest.collect() })
}

/// How many comparisons came out differently; for families without them, whether source, rule and field are the same.
fn distance(a: &Value, b: &Value) -> usize {
    let levels = |v: &Value| v["levels"].as_array().cloned().unwrap_or_default();
    let (x, y) = (levels(a), levels(b));
    if x.len() != y.len() {
        return usize::MAX;
    }
    if x.is_empty() {
        return ["source", "rule", "field"].iter().map(|key| 3 * usize::from(a[*key] != b[*key])).sum();
    }
    x.iter().zip(&y).filter(|(a, b)| a != b).count()
}

/// What the hub would answer; nothing where it has no ground.
pub(crate) fn suggestion(
    world: &World,
    case: &Case,
    family: Family,
    explanation: Option<&Explanation>,
    similar: &Similar,
) -> Option<Suggestion> {
    let body: Value = serde_json::from_str(&case.body).unwrap_or_default();
    let mut because = Vec::new();
    let (mut verb, mut confidence) = match family {
        Family::Duplicate => {
            let e = explanation?;
            let same = super::ask::probability(e.sum);
            because.push(json!({ "code": "score", "millibits": e.sum, "auto": e.auto, "grey": e.grey }));
            if let Some(veto) = e.veto {
                because.push(json!({ "code": "veto", "words": veto }));
                (Verb::Distinct, 0.9)
            } else if e.sum >= (world.model.auto + world.model.grey) / 2 {
                (Verb::Merge, same)
            } else {
                (Verb::Distinct, 0.5 + (1.0 - same) / 2.0)
            }
        }
        Family::Conflict => {
            let dissent = body["dissent"].as_f64().unwrap_or(500.0) / 1000.0;
            because.push(json!({ "code": "trust", "dissent": body["dissent"] }));
            (Verb::Pick, (1.0 - dissent).max(0.5))
        }
        Family::Suspicious => {
            because.push(json!({ "code": "rule", "rule": body["rule"], "effect": body["effect"] }));
            match body["effect"].as_str() {
                Some("rejects") => (Verb::Withdraw, 0.7),
                Some("holds") => (Verb::Hold, 0.7),
                _ => (Verb::Clear, 0.6),
            }
        }
        Family::Filled => {
            let filled = body["probability"].as_f64().unwrap_or(0.5);
            because.push(json!({ "code": "probability", "filled": filled }));
            if filled >= 0.5 { (Verb::Close, filled) } else { (Verb::KeepOpen, 1.0 - filled) }
        }
        // a run that looks wrong is not believed unless somebody knows better
        Family::Tripwire => {
            because.push(json!({ "code": "tripwire", "why": body["why"] }));
            (Verb::Block, 0.6)
        }
    };
    if let Some((word, n, overturned)) = similar.outcomes.first()
        && let Ok(past) = word.parse::<Verb>()
        && n - overturned >= PAST_ENOUGH
    {
        let share = (n - overturned) as f64 / similar.total.max(1) as f64;
        because.push(json!({ "code": "past", "verb": past, "of": similar.total, "share": share }));
        if past == verb {
            confidence = confidence.max(share);
        } else if share > confidence {
            (verb, confidence) = (past, share);
        }
    }
    Some(Suggestion { verb, confidence: (confidence.clamp(0.0, 1.0) * 1000.0) as u16, because })
}

/// The record of a case's postings, as if they were one vacancy, under the picks that stand.
pub(crate) fn record(
    world: &World,
    case: &Case,
    group: &[PostingRow],
    bodies: &[Body],
    words: &Words,
) -> dedup::Golden {
    let _ = case;
    let shown = group.iter().any(|p| words.verdict(p.id, &p.verdict) == "publish");
    let members: Vec<dedup::Member<'_>> = group
        .iter()
        .zip(bodies)
        .filter(|(p, _)| !shown || words.verdict(p.id, &p.verdict) == "publish")
        .map(|(p, body)| dedup::Member {
            id: p.id,
            source: source_name(world, p.source),
            trust: trust(world, p.source),
            posting: &body.posting,
            changed_ms: p.changed_ms,
            open: p.state != state::CLOSED,
        })
        .collect();
    dedup::golden_picked(&members, &words.picks(group.iter().map(|p| p.id)))
}
