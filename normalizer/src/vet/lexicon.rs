//! One walk over every free text for all lexical rules: the words of `data/vet_words.tsv`, each judged by its rule's file.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use chrono::NaiveDate;

use super::squash::{Squashed, words_of};
use super::{Sure, advance, age, fee, found, personal, sex};
use crate::{Finding, Normalized};

/// Most hits looked at in one text: a text of nothing but such words has been judged by then.
const HITS_MAX: usize = 400;
/// Characters on either side of a hit in which a word of exception counts.
const EXCEPTION_CHARS: usize = 24;
/// Shortest raw text of a field that is looked at, in bytes: two syllables.
const RAW_BYTES_MIN: usize = 6;
/// Fields whose raw text cannot hold wording, or that are looked at whole.
const NO_WORDING: &[&str] =
    &["url", "date_posted", "closing", "origin", "description", "qualifications", "job_benefits", "work_hours"];

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
    let mut patterns: Vec<String> = Vec::new();
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
        patterns.push(word.to_owned());
        words.push(Word { rule, kind });
    }
    for (rule, made) in [("AGE", age::words()), ("SEX", sex::words())] {
        for word in made {
            patterns.push(word);
            words.push(Word { rule, kind: Kind::Ask });
        }
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

/// What a rule makes of a hit: how sure it is, and the bytes of the squashed text that make the violation.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    sure: Sure,
    from: usize,
    to: usize,
}

impl Mark {
    /// The same over more bytes in front.
    pub(super) fn back(mut self, bytes: usize) -> Mark {
        self.from = self.from.saturating_sub(bytes);
        self
    }

    /// The same over more bytes behind.
    pub(super) fn on(mut self, bytes: usize) -> Mark {
        self.to += bytes;
        self
    }
}

impl<'t> Hit<'t> {
    /// The word.
    pub(super) fn word(&self) -> &'t str {
        &self.squashed.text[self.from..self.to]
    }

    /// A violation in the word itself.
    pub(super) fn clear(&self) -> Mark {
        Mark { sure: Sure::Clear, from: self.from, to: self.to }
    }

    /// Something in the word that a person should look at.
    pub(super) fn doubt(&self) -> Mark {
        Mark { sure: Sure::Doubtful, from: self.from, to: self.to }
    }

    /// Whether a word of the text begins where the hit does: `강남 자동차` has no 남자.
    pub(super) fn begins(&self) -> bool {
        self.squashed.begins(self.from) || self.squashed.text[..self.from].ends_with(|c: char| c.is_ascii())
    }

    /// Whether a word of the text ends where the hit does.
    pub(super) fn ends(&self) -> bool {
        self.squashed.begins(self.to) || !self.squashed.text[self.to..].starts_with(|c: char| !c.is_ascii())
    }

    /// Whether a word of the text begins inside the hit, so many bytes from its start.
    pub(super) fn begins_inside(&self, bytes: usize) -> bool {
        self.squashed.begins(self.from + bytes)
    }

    /// At most so many characters behind the hit, in its sentence.
    pub(super) fn after(&self, chars: usize) -> &'t str {
        self.squashed.after(self.to, chars)
    }

    /// At most so many characters before the hit, in its sentence.
    pub(super) fn before(&self, chars: usize) -> &'t str {
        self.squashed.before(self.from, chars)
    }

    /// The sentence around the hit, at most so many characters on either side.
    pub(super) fn around(&self, chars: usize) -> &'t str {
        let (before, after) = (self.before(chars), self.after(chars));
        &self.squashed.text[self.from - before.len()..self.to + after.len()]
    }
}

/// Whether a text holds one of the words.
pub(super) fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// The longest of the words that a text starts with.
pub(super) fn start<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    words.iter().filter(|word| text.starts_with(**word)).max_by_key(|word| word.len()).copied()
}

/// Where the first of the words ends in a text, in bytes.
pub(super) fn end_of_first(text: &str, words: &[&str]) -> Option<usize> {
    words.iter().filter_map(|word| text.find(word).map(|at| (at, at + word.len()))).min().map(|(_, end)| end)
}

/// The number a text starts with, of at most four digits, and its bytes.
pub(super) fn number(text: &str) -> Option<(u32, usize)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=4).contains(&digits).then(|| text[..digits].parse().ok().map(|n| (n, digits))).flatten()
}

/// The number a text ends with, of at most four digits, and its bytes.
pub(super) fn number_at_end(text: &str) -> Option<(u32, usize)> {
    let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let at = text.len() - digits;
    (1..=4).contains(&digits).then(|| text[at..].parse().ok().map(|n| (n, digits))).flatten()
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
    // what a source wrote into the other fields: `남 2명` as a headcount, `여성우대` as a badge that was taken off a title
    let mut seen: &str = &posting.title;
    for provenance in &posting.provenance {
        let raw = provenance.raw.as_str();
        // words found in the duties were looked at there
        if provenance.rule == "occupation.duties" {
            continue;
        }
        if raw.len() < RAW_BYTES_MIN || raw == seen || NO_WORDING.contains(&provenance.field.as_ref()) {
            continue;
        }
        seen = raw;
        if raw.bytes().any(|b| b >= 0x80) {
            look(field_name(&provenance.field), raw);
        }
    }
    // and what was not understood
    for finding in normalized.findings.iter().filter(|f| f.span.len() >= RAW_BYTES_MIN && f.article.is_none()) {
        if finding.span.bytes().any(|b| b >= 0x80) && !NO_WORDING.contains(&finding.field.as_ref()) {
            look(field_name(&finding.field), &finding.span);
        }
    }
}

/// The canonical field that a finding in a provenance names.
fn field_name(field: &str) -> &'static str {
    const FIELDS: &[&str] = &[
        "title",
        "hiring_organization",
        "job_location",
        "base_salary",
        "employment_type",
        "education",
        "experience",
        "occupation",
        "industry",
        "total_job_openings",
        "weekly_minutes",
        "requisition",
    ];
    FIELDS.iter().find(|name| **name == field).copied().unwrap_or("other")
}

fn look(field: &'static str, text: &str, squashed: &mut Squashed, law_of: NaiveDate, findings: &mut Vec<Finding>) {
    let lexicon = &*LEXICON;
    squashed.fill(text);
    let squashed = &*squashed;
    for found_word in lexicon.finder.find_overlapping_iter(&squashed.text).take(HITS_MAX) {
        let word = &lexicon.words[found_word.pattern().as_usize()];
        let hit = Hit { squashed, from: found_word.start(), to: found_word.end() };
        let mark = match word.kind {
            Kind::Hit if hit.begins() => Some(hit.clear()),
            Kind::Doubt if hit.begins() => Some(hit.doubt()),
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
        let Some(mark) = mark else { continue };
        let marked = Hit {
            squashed,
            from: squashed.text.floor_char_boundary(mark.from),
            to: squashed.text.ceil_char_boundary(mark.to),
        };
        let near = marked.around(EXCEPTION_CHARS);
        if lexicon.exceptions.iter().any(|(rule, exception)| *rule == word.rule && near.contains(exception)) {
            continue;
        }
        found(findings, law_of, word.rule, field, mark.sure, &words_of(text, squashed, marked.from, marked.to));
    }
}
