//! One walk over every free text for all lexical rules: the words of `data/vet_words.tsv`, each judged by its rule's file.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use chrono::NaiveDate;

use super::squash::{Squashed, words_of};
use super::{Sure, advance, age, fee, found, personal, sex};
use crate::{Finding, Normalized};

/// Most hits looked at in one text: a text of nothing but such words has been judged by then.
const HITS_MAX: usize = 200;

/// How a word is to be taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hit,
    Doubt,
    Ask,
}

/// A word of the lexicon.
struct Word {
    rule: &'static str,
    kind: Kind,
}

struct Lexicon {
    finder: AhoCorasick,
    words: Vec<Word>,
    exceptions: Vec<(&'static str, &'static str)>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut patterns = Vec::new();
    let mut words = Vec::new();
    let mut exceptions = Vec::new();
    for line in include_str!("../../data/vet_words.tsv").lines().filter(|l| !l.starts_with('#')).skip(1) {
        let mut cells = line.split('\t');
        let (Some(rule), Some(kind), Some(word)) = (cells.next(), cells.next(), cells.next()) else { continue };
        let kind = match kind {
            "hit" => Kind::Hit,
            "doubt" => Kind::Doubt,
            "ask" => Kind::Ask,
            _ => {
                exceptions.push((rule, word));
                continue;
            }
        };
        patterns.push(word);
        words.push(Word { rule, kind });
    }
    let finder = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .build(&patterns)
        .unwrap_or_else(|_| unreachable!("a fixed list of short words always builds"));
    Lexicon { finder, words, exceptions }
});

/// A word found in a squashed text.
pub(super) struct Hit<'t> {
    pub(super) squashed: &'t Squashed,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl<'t> Hit<'t> {
    /// The word.
    pub(super) fn word(&self) -> &'t str {
        &self.squashed.text[self.from..self.to]
    }

    /// Whether a word of the text begins where the hit does: `강남 자동차` has no 남자.
    pub(super) fn begins(&self) -> bool {
        self.squashed.begins(self.from) || self.squashed.text[..self.from].ends_with(|c: char| c.is_ascii())
    }

    /// The digits right before, at most `digits`.
    pub(super) fn number_before(&self, digits: usize) -> Option<u32> {
        let head = &self.squashed.text.as_bytes()[..self.from];
        let count = head.iter().rev().take(digits).take_while(|b| b.is_ascii_digit()).count();
        let more = head.len() > count && head[head.len() - count - 1].is_ascii_digit();
        if count == 0 || more {
            return None;
        }
        self.squashed.text[self.from - count..self.from].parse().ok()
    }

    pub(super) fn after(&self, chars: usize) -> &'t str {
        self.squashed.after(self.to, chars)
    }

    pub(super) fn before(&self, chars: usize) -> &'t str {
        self.squashed.before(self.from, chars)
    }
}

pub(super) fn judge(normalized: &Normalized, law_of: NaiveDate, findings: &mut Vec<Finding>) {
    let posting = &normalized.posting;
    let mut squashed = Squashed::default();
    let mut look = |field: &'static str, text: &str| look(field, text, &mut squashed, law_of, findings);
    look("title", &posting.title);
    for (field, text) in [
        ("description", &posting.description),
        ("qualifications", &posting.qualifications),
        ("job_benefits", &posting.job_benefits),
        ("work_hours", &posting.work_hours),
    ] {
        if let Some(text) = text {
            look(field, text);
        }
    }
    for provenance in &posting.provenance {
        let field = match provenance.field.as_ref() {
            "base_salary" => "base_salary",
            "employment_type" => "employment_type",
            "education" => "education",
            "experience" => "experience",
            "occupation" => "occupation",
            _ => continue,
        };
        if provenance.raw.len() > 12 {
            look(field, &provenance.raw);
        }
    }
}

fn look(field: &'static str, text: &str, squashed: &mut Squashed, law_of: NaiveDate, findings: &mut Vec<Finding>) {
    let lexicon = &*LEXICON;
    squashed.fill(text);
    let squashed = &*squashed;
    for found_word in lexicon.finder.find_overlapping_iter(&squashed.text).take(HITS_MAX) {
        let word = &lexicon.words[found_word.pattern().as_usize()];
        let hit = Hit { squashed, from: found_word.start(), to: found_word.end() };
        let sure = match word.kind {
            Kind::Hit if word.rule == "SEX" && sex::names_both(&hit) => None,
            Kind::Hit if hit.begins() => Some(Sure::Clear),
            Kind::Doubt if hit.begins() => Some(Sure::Doubtful),
            Kind::Ask => match word.rule {
                "SEX" => sex::ask(&hit, field),
                "AGE" => age::ask(&hit),
                "PII" => personal::ask(&hit),
                "FEE" => fee::ask(&hit),
                "ADV" => advance::ask(&hit),
                _ => None,
            },
            _ => None,
        };
        let Some(sure) = sure else { continue };
        let sentence = squashed.sentence(hit.from);
        let near = near(sentence, squashed, &hit);
        if lexicon.exceptions.iter().any(|(rule, exception)| *rule == word.rule && has_exception(near, exception)) {
            continue;
        }
        found(findings, law_of, word.rule, field, sure, &words_of(text, squashed, hit.from, hit.to));
    }
}

/// The part of the sentence in which an exception counts: the whole, or some sixty characters around in a long one.
fn near<'t>(sentence: &'t str, squashed: &'t Squashed, hit: &Hit<'t>) -> &'t str {
    if sentence.len() <= 360 {
        return sentence;
    }
    let (before, after) = (squashed.before(hit.from, 40), squashed.after(hit.to, 40));
    &squashed.text[hit.from - before.len()..hit.to + after.len()]
}

/// Whether an exception stands in a text; 지원 is support, but 지원자 is an applicant.
fn has_exception(near: &str, exception: &str) -> bool {
    if exception != "지원" {
        return near.contains(exception);
    }
    near.match_indices(exception)
        .any(|(at, word)| !near[at + word.len()..].starts_with(['자', '서', '바', '하', '해', '가']))
}
