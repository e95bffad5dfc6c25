//! Two values of one field side by side, character by character: what is only spelt otherwise, and what is otherwise.
//! Pure text; knows no field and no language.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

/// Texts longer than this, in characters, are not compared by character: a steward reads them side by side.
pub(crate) const CHARS_MAX: usize = 400;
/// A comparison that takes longer is cut short; it then marks more than it must.
const TIME_MAX: Duration = Duration::from_millis(20);
/// Legal forms as portals write them: with them or without, it is the same employer.
const FORMS: [&str; 14] = [
    "주식회사",
    "유한책임회사",
    "유한회사",
    "합자회사",
    "합명회사",
    "사회복지법인",
    "의료법인",
    "재단법인",
    "사단법인",
    "협동조합",
    "(주)",
    "(유)",
    "(재)",
    "(사)",
];

/// A stretch of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The text as the source wrote it.
    pub(crate) text: String,
    /// How it stands to the record's value.
    pub(crate) kind: Kind,
}

/// How a stretch stands to the record's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In both.
    Same,
    /// Only here, and only a way of writing: spaces, brackets, a legal form.
    Spelling,
    /// Only here.
    Differs,
}

impl Kind {
    /// The class in the page.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Kind::Same => "",
            Kind::Spelling => "spelt",
            Kind::Differs => "differs",
        }
    }
}

/// `value` in stretches, each as it stands to `record`.
pub(crate) fn parts(record: &str, value: &str) -> Vec<Part> {
    let whole = |kind| vec![Part { text: value.to_owned(), kind }];
    if record == value {
        return whole(Kind::Same);
    }
    if record.is_empty() || record.chars().count() > CHARS_MAX || value.chars().count() > CHARS_MAX {
        return whole(if same_but_spelling(record, value) { Kind::Spelling } else { Kind::Differs });
    }
    let (old, new) = (open_forms(record), open_forms(value));
    let (old, new) = (tokens(&old), tokens(&new));
    let diff = TextDiff::configure().timeout(TIME_MAX).diff_slices(&old, &new);
    let mut out: Vec<Part> = Vec::new();
    for change in diff.iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Delete => continue,
            ChangeTag::Equal => Kind::Same,
            ChangeTag::Insert => Kind::Differs,
        };
        match out.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(change.value()),
            _ => out.push(Part { text: change.value().to_owned(), kind }),
        }
    }
    for part in &mut out {
        if part.kind == Kind::Differs && folded(&part.text).is_empty() {
            part.kind = Kind::Spelling;
        }
    }
    // one word that is half marked cannot be read: a legal form split by chance, a name changed in every second letter
    let marks = out.iter().filter(|p| p.kind == Kind::Differs).count();
    if same_but_spelling(record, value) {
        for part in out.iter_mut().filter(|p| p.kind == Kind::Differs) {
            part.kind = Kind::Spelling;
        }
    } else if marks > MARKS_MAX || diff.ratio() < ALIKE_MIN {
        return whole(Kind::Differs);
    }
    out
}

/// What is compared as one: a number with its separators, a Latin word, and every other character by itself.
fn tokens(text: &str) -> Vec<&str> {
    let class = |c: char| match c {
        '0'..='9' => 1,
        'a'..='z' | 'A'..='Z' => 2,
        _ => 0,
    };
    let mut out = Vec::new();
    let mut begin = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let goes_on = chars.peek().is_some_and(|&(_, next)| match class(c) {
            0 if c == ',' => class(next) == 1 && begin < at,
            0 => false,
            1 => class(next) == 1 || (next == ',' && text[end + 1..].starts_with(|d: char| d.is_ascii_digit())),
            own => class(next) == own,
        });
        if !goes_on {
            out.push(&text[begin..end]);
            begin = end;
        }
    }
    out
}

/// Texts less alike than this are marked whole: single letters that they share by chance say nothing.
const ALIKE_MIN: f32 = 0.45;
/// More marked stretches than this say less than marking the whole.
const MARKS_MAX: usize = 6;

/// Whether two texts are the same but for spaces, punctuation, width, case and legal form.
pub(crate) fn same_but_spelling(a: &str, b: &str) -> bool {
    let (a, b) = (folded(a), folded(b));
    a == b && !a.is_empty()
}

/// One character for a legal form becomes the words it stands for, so that characters can be compared.
fn open_forms(text: &str) -> String {
    text.replace(['㈜', '㈐'], "(주)")
}

/// What is left of a text without its ways of writing.
fn folded(text: &str) -> String {
    let mut text = open_forms(text);
    for form in FORMS {
        text = text.replace(form, "");
    }
    normalizer::text::compact(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(record: &str, value: &str) -> String {
        let mark = |part: &Part| match part.kind {
            Kind::Same => part.text.clone(),
            Kind::Spelling => format!("<{}>", part.text),
            Kind::Differs => format!("[{}]", part.text),
        };
        parts(record, value).iter().map(mark).collect()
    }

    #[test]
    fn a_way_of_writing_is_not_a_difference() {
        let table = [
            ("한빛물류 주식회사", "한빛물류(주)", "한빛물류<(주)>"),
            ("한빛물류 주식회사", "㈜한빛로지스", "<(주)>한빛[로지스]"),
            ("물류 작업원", "물류작업원", "물류작업원"),
            ("물류 작업원", "물류 작업원 (야간)", "물류 작업원[ (야간)]"),
            ("CNC 선반", "cnc선반", "<cnc>선반"),
            ("월급 2,850,000원", "월급 3,000,000원", "월급 [3,000,000]원"),
            ("물리치료사 채용", "병동 간호사 모십니다", "[병동 간호사 모십니다]"),
            ("", "조리원", "[조리원]"),
            ("조리원", "", ""),
        ];
        for (record, value, want) in table {
            assert_eq!(marked(record, value), want, "{record} / {value}");
        }
    }

    #[test]
    fn long_texts_are_compared_whole() {
        let long = "가나다라마바사 ".repeat(100);
        assert_eq!(parts(&long, &long.replace(' ', "")).iter().map(|p| p.kind).collect::<Vec<_>>(), [Kind::Spelling]);
        assert_eq!(parts(&long, &long.replace('가', "하")).len(), 1);
    }
}
