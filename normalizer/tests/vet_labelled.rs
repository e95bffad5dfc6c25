//! Precision and recall of the lexical rules on labelled texts written for the project, in two halves (rows of even and of
//! odd number). Both halves have been looked at while the rules were made: the floors guard against steps back, they are no
//! estimate for texts never seen.

#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot read")]

use normalizer::{Context, Effect, RawField, RawPosting, normalize, vet};

/// Least precision and recall, in thousandths.
const PRECISION_MIN: u32 = 970;
const RECALL_MIN: u32 = 950;

fn flagged(rule: &str, text: &str) -> bool {
    let day = "2026-11-24".parse().unwrap();
    let context = Context { source: "labelled", fetched_on: day };
    let mut row = RawPosting::at(0);
    row.set(RawField::Title, "사원 모집");
    row.set(RawField::Company, "한빛전자");
    row.set(RawField::Description, format!("함께 일할 분을 찾습니다.\n{text}\n주 5일 근무"));
    let found = vet(&normalize(&row, &context), day);
    let hit = found.iter().find(|f| f.rule == rule && f.effect >= Effect::Reviews);
    if let Some(hit) = hit {
        assert!(!hit.span.is_empty() && hit.article.is_some(), "{text}: {hit:?}");
    }
    hit.is_some()
}

fn measure(rule: &str, table: &str) {
    let mut low = Vec::new();
    for (part, odd) in [("even rows", 0), ("odd rows", 1)] {
        let (mut right, mut wrong, mut missed) = (0u32, 0u32, 0u32);
        for (_, line) in table.lines().filter(|l| !l.starts_with('#')).skip(1).enumerate().filter(|(n, _)| n % 2 == odd)
        {
            let (label, text) = line.split_once('\t').unwrap();
            match (label == "bad", flagged(rule, text)) {
                (true, true) => right += 1,
                (true, false) => {
                    println!("{rule} {part} missed: {text}");
                    missed += 1;
                }
                (false, true) => {
                    println!("{rule} {part} wrongly: {text}");
                    wrong += 1;
                }
                (false, false) => {}
            }
        }
        let (precision, recall) = (right * 1000 / (right + wrong).max(1), right * 1000 / (right + missed).max(1));
        println!(
            "{rule} {part}: precision {precision} recall {recall} (thousandths; {right} right, {wrong} wrong, {missed} missed)"
        );
        if precision < PRECISION_MIN || recall < RECALL_MIN {
            low.push(format!("{part}: precision {precision} recall {recall}"));
        }
    }
    assert!(low.is_empty(), "{rule} {low:?}");
}

#[test]
fn sex_is_found_precisely() {
    measure("SEX", include_str!("vet/sex.tsv"));
}

#[test]
fn age_is_found_precisely() {
    measure("AGE", include_str!("vet/age.tsv"));
}

#[test]
fn private_matters_are_found_precisely() {
    measure("PII", include_str!("vet/pii.tsv"));
}

#[test]
fn fees_are_found_precisely() {
    measure("FEE", include_str!("vet/fee.tsv"));
}
