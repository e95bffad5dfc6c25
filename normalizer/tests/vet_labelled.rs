//! Precision and recall of the lexical rules on labelled texts written for the project (`tests/vet/*.tsv`). The developed part
//! has been looked at while the rules were made; a held-out part was written before any rule ran on it and is not tuned on
//! (docs/vetting.md has what was measured when). A flag counts only where it names the labelled words.

#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot read")]

use normalizer::{Context, Effect, Finding, RawField, RawPosting, normalize, vet};

/// Least precision and recall, in thousandths.
const PRECISION_MIN: u32 = 970;
const RECALL_MIN: u32 = 950;
/// Fewest texts of a family over all its parts, and in a held-out one.
const TEXTS_MIN: usize = 400;
const HELD_OUT_MIN: usize = 100;
/// Letters by which a flag's words may be longer than the labelled ones, when it holds all of them.
const WIDER_MAX: usize = 6;

/// A labelled text.
struct Labelled {
    text: String,
    /// The words that make it a violation; any of them may be named.
    spans: Vec<String>,
}

fn labelled(table: &str) -> Vec<Labelled> {
    let rows = table.lines().filter(|l| !l.starts_with('#')).skip(1);
    rows.map(|line| {
        let (label, marked) = line.split_once('\t').unwrap();
        let spans: Vec<String> =
            marked.split('«').skip(1).map(|part| part.split_once('»').unwrap().0.to_owned()).collect();
        assert_eq!(label == "bad", !spans.is_empty(), "{line}");
        Labelled { text: marked.replace(['«', '»'], ""), spans }
    })
    .collect()
}

fn flags(rule: &str, text: &str) -> Vec<Finding> {
    let day = "2026-11-24".parse().unwrap();
    let context = Context { source: "labelled", fetched_on: day };
    let mut row = RawPosting::at(0);
    row.set(RawField::Title, "사원 모집");
    row.set(RawField::Company, "한빛전자");
    row.set(RawField::Description, format!("함께 일할 분을 찾습니다.\n{text}\n주 5일 근무"));
    let found = vet(&normalize(&row, &context), day);
    let flags: Vec<Finding> = found.into_iter().filter(|f| f.rule == rule && f.effect >= Effect::Reviews).collect();
    for flag in &flags {
        assert!(!flag.span.is_empty() && flag.article.is_some(), "{text}: {flag:?}");
    }
    flags
}

/// Letters and digits, as labels and flags are compared: tricks with spaces, signs and jamo are no difference.
fn letters(text: &str) -> Vec<char> {
    let folded = normalizer::text::line(text).replace(|c: char| !c.is_alphanumeric(), "");
    folded.to_lowercase().chars().collect()
}

/// Whether a flag names the labelled words: it holds them with little around, or shares the greater half with them.
fn names(flag: &str, span: &str) -> bool {
    let (flag, span) = (letters(flag), letters(span));
    if span.iter().any(|c| ('ㄱ'..='ㅣ').contains(c)) {
        // taken-apart syllables are put together in the flag
        return flag.len() <= span.len() + WIDER_MAX;
    }
    let holds = flag.windows(span.len().max(1)).any(|part| part == span);
    let mut shared = 0;
    for from in 0..flag.len() {
        for to in from + 1..=flag.len() {
            if to - from > shared && span.windows(to - from).any(|part| part == &flag[from..to]) {
                shared = to - from;
            }
        }
    }
    (holds && flag.len() <= span.len() + WIDER_MAX) || shared * 2 >= flag.len().max(span.len())
}

/// What a rule came to on a part.
#[derive(Default)]
struct Measure {
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Measure {
    fn precision(&self) -> u32 {
        self.right * 1000 / (self.right + self.wrong).max(1)
    }

    fn recall(&self) -> u32 {
        self.right * 1000 / (self.right + self.missed).max(1)
    }
}

/// Measures a rule on a part; `told` = say which texts it got wrong.
fn measure(rule: &str, part: &str, texts: &[Labelled], told: bool) -> Measure {
    let mut sum = Measure::default();
    for Labelled { text, spans } in texts {
        let flags = flags(rule, text);
        let named = flags.iter().all(|flag| spans.iter().any(|span| names(&flag.span, span)));
        let what = match (spans.is_empty(), flags.is_empty()) {
            (true, true) => continue,
            (false, false) if named => {
                sum.right += 1;
                continue;
            }
            (false, false) => {
                // a flag on other words is neither right nor harmless
                sum.wrong += 1;
                sum.missed += 1;
                "other words"
            }
            (true, false) => {
                sum.wrong += 1;
                "wrongly"
            }
            (false, true) => {
                sum.missed += 1;
                "missed"
            }
        };
        if told {
            let spans: Vec<&str> = flags.iter().map(|f| f.span.as_str()).collect();
            println!("{rule} {part} {what}: {text} {spans:?}");
        }
    }
    let Measure { right, wrong, missed } = sum;
    let (precision, recall) = (sum.precision(), sum.recall());
    let count = texts.len();
    println!(
        "{rule} {part}: {count} texts, {right} right, {wrong} wrong, {missed} missed: precision {precision} recall {recall}"
    );
    sum
}

fn check(rule: &str, parts: &[(&str, &str)]) {
    let mut low = Vec::new();
    let mut all = 0;
    for (part, table) in parts {
        let texts = labelled(table);
        let held_out = part.starts_with("held out");
        assert!(!held_out || texts.len() >= HELD_OUT_MIN, "{rule} {part}");
        all += texts.len();
        let told = std::env::var("JOBHUB_SHOW_HELD_OUT").map_or(!held_out, |shown| *part == shown);
        let sum = measure(rule, part, &texts, told);
        if sum.precision() < PRECISION_MIN || sum.recall() < RECALL_MIN {
            low.push(format!("{part}: precision {} recall {}", sum.precision(), sum.recall()));
        }
    }
    assert!(all >= TEXTS_MIN, "{rule}: {all} texts");
    assert!(low.is_empty(), "{rule} {low:?}");
}

#[test]
fn sex_is_found_precisely() {
    check(
        "SEX",
        &[
            ("developed", include_str!("vet/sex.tsv")),
            ("held out 1", include_str!("vet/sex_heldout_1.tsv")),
            ("held out 2", include_str!("vet/sex_heldout_2.tsv")),
            ("held out 3", include_str!("vet/sex_heldout_3.tsv")),
            ("held out 4", include_str!("vet/sex_heldout_4.tsv")),
            ("held out 5", include_str!("vet/sex_heldout_5.tsv")),
            ("held out 6", include_str!("vet/sex_heldout_6.tsv")),
            ("held out 7", include_str!("vet/sex_heldout_7.tsv")),
            ("held out 8", include_str!("vet/sex_heldout_8.tsv")),
        ],
    );
}

#[test]
fn age_is_found_precisely() {
    check(
        "AGE",
        &[
            ("developed", include_str!("vet/age.tsv")),
            ("held out 1", include_str!("vet/age_heldout_1.tsv")),
            ("held out 2", include_str!("vet/age_heldout_2.tsv")),
            ("held out 3", include_str!("vet/age_heldout_3.tsv")),
            ("held out 4", include_str!("vet/age_heldout_4.tsv")),
            ("held out 5", include_str!("vet/age_heldout_5.tsv")),
        ],
    );
}

#[test]
fn private_matters_are_found_precisely() {
    check(
        "PII",
        &[
            ("developed", include_str!("vet/pii.tsv")),
            ("held out 1", include_str!("vet/pii_heldout_1.tsv")),
            ("held out 2", include_str!("vet/pii_heldout_2.tsv")),
            ("held out 3", include_str!("vet/pii_heldout_3.tsv")),
        ],
    );
}

#[test]
fn fees_are_found_precisely() {
    check(
        "FEE",
        &[
            ("developed", include_str!("vet/fee.tsv")),
            ("held out 1", include_str!("vet/fee_heldout_1.tsv")),
            ("held out 2", include_str!("vet/fee_heldout_2.tsv")),
            ("held out 3", include_str!("vet/fee_heldout_3.tsv")),
        ],
    );
}
