//! Verdicts: judging a stored posting again, explaining it, and what a partner may read of its own postings.
//! The rules are `normalizer::vet`'s; this brings them what the store holds.

pub mod explain;
pub mod partner;
pub mod rejudge;
pub mod shown;

use chrono::NaiveDate;
use normalizer::vet::{Facts, Terms};
use normalizer::{Contact, Effect, Finding, Normalized, Posting};
use store::StoreError;

use crate::pipeline::Body;

/// Rules that rest on facts from outside the posting: what they found stays when the wording is judged again.
const FACT_RULES: &[&str] = &["FA3", "ARR", "COH"];
/// How the terms of the first version are named in a finding.
const FIRST: &str = "version 1";

/// The word for an effect in tables, JSON and the store.
pub fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::None => "none",
        Effect::Lowers => "lowers",
        Effect::Reviews => "reviews",
        Effect::Holds => "holds",
        Effect::Rejects => "rejects",
    }
}

/// What the first published version of a posting says, as a fact for judging a later one.
///
/// # Errors
/// When the stored body is damaged.
pub(crate) fn first_terms(id: i64, text: &str) -> Result<Facts, StoreError> {
    let body: Body = parse(id, text)?;
    Ok(Facts { before: vec![Terms::of(&body.posting, FIRST)], ..Facts::default() })
}

pub(crate) fn parse(id: i64, text: &str) -> Result<Body, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt {
        table: "posting",
        id: id.to_string(),
        what: error.to_string(),
    })
}

/// The findings of a stored posting under the law of a day: those of its reading as they are, those of the law anew.
/// `reachable` = a phone or an e-mail is kept for it.
pub(crate) fn judged_anew(body: &mut Body, reachable: bool, law_of: NaiveDate, facts: &Facts) -> Vec<Finding> {
    let contact = Contact { phones: vec![String::new(); usize::from(reachable)], ..Contact::default() };
    let (kept, reading): (Vec<Finding>, Vec<Finding>) =
        body.findings.iter().cloned().partition(|f| normalizer::vet::is_rule(&f.rule));
    let mut normalized = Normalized { posting: std::mem::take(&mut body.posting), contact, findings: reading };
    let anew = normalizer::vet_with(&normalized, law_of, facts);
    body.posting = std::mem::take(&mut normalized.posting);
    let mut findings = normalized.findings;
    for finding in anew.into_iter().chain(kept.into_iter().filter(|f| of_facts(f, facts, law_of))) {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

/// Whether a finding rests on a fact that is not at hand now, and on a rule in force on the day.
fn of_facts(finding: &Finding, facts: &Facts, law_of: NaiveDate) -> bool {
    let from_register = finding.rule == "ID" && !finding.span.is_empty();
    let of_first = finding.span.starts_with(FIRST) && !facts.before.is_empty();
    let in_force = normalizer::vet::laws()
        .iter()
        .any(|law| law.id == finding.rule && law.from <= law_of && law.to.is_none_or(|to| law_of < to));
    (FACT_RULES.contains(&finding.rule.as_ref()) || from_register) && !of_first && in_force
}

/// Whether two lists say the same, whatever their order.
pub(crate) fn same_findings(a: &[Finding], b: &[Finding]) -> bool {
    let key = |f: &Finding| (f.rule.to_string(), f.field.to_string(), f.effect, f.span.clone(), f.article.clone());
    let sorted = |list: &[Finding]| {
        let mut keys: Vec<_> = list.iter().map(key).collect();
        keys.sort();
        keys
    };
    a.len() == b.len() && sorted(a) == sorted(b)
}

/// The rules that speak against a posting (reviews and stronger), sorted, without repeats.
pub(crate) fn rules_of(findings: &[Finding]) -> Vec<String> {
    let mut rules: Vec<String> =
        findings.iter().filter(|f| f.effect >= Effect::Reviews).map(|f| f.rule.to_string()).collect();
    rules.sort();
    rules.dedup();
    rules
}

/// The text of a field as the posting holds it, contacts masked; `None` where only the raw text of its reading is known.
pub(crate) fn text_of<'p>(posting: &'p Posting, field: &str) -> Option<&'p str> {
    match field {
        "title" => Some(posting.title.as_str()),
        "description" => posting.description.as_deref(),
        "qualifications" => posting.qualifications.as_deref(),
        "job_benefits" => posting.job_benefits.as_deref(),
        "work_hours" => posting.work_hours.as_deref(),
        "hiring_organization" => Some(posting.hiring_organization.name.as_str()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(description: &str, findings: Vec<Finding>) -> Body {
        let posting =
            Posting {
                title: "사원 모집".to_owned(), description: Some(description.to_owned()), ..Posting::default()
            };
        Body { posting, findings }
    }

    #[test]
    fn judging_again_keeps_what_reading_and_facts_found_and_replaces_the_rest() {
        let law_of = "2026-11-24".parse().unwrap();
        let reading = Finding::new("pay.missing", "base_salary", Effect::Lowers, "");
        let fact = Finding::new("COH", "hiring_organization", Effect::Holds, "폐업 2026-11-01").under("x");
        let stale = Finding::new("AGE", "description", Effect::Holds, "35세 이하").under("y");
        let mut stored = body("여성 우대", vec![reading, fact, stale]);
        let found = judged_anew(&mut stored, false, law_of, &Facts::default());
        let rules: Vec<&str> = found.iter().map(|f| f.rule.as_ref()).collect();
        assert_eq!(rules, ["pay.missing", "SEX", "COH"]);
        assert_eq!(stored.posting.description.as_deref(), Some("여성 우대"), "the posting is left as it was");
        // the rules of facts go out of force like any other
        let before = judged_anew(&mut stored, false, "2009-12-31".parse().unwrap(), &Facts::default());
        assert!(before.iter().all(|f| f.rule != "COH"), "{before:?}");
        stored.findings = found;
        let again = judged_anew(&mut stored, false, law_of, &Facts::default());
        assert!(same_findings(&again, &stored.findings), "judging twice is judging once");
    }
}
