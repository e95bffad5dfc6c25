//! Licences and certificates asked for: their names, one by one, without the words around them.

use crate::reading::Reading;
use crate::{RawField, contact, text};

/// Most licences kept of one posting.
const LICENCES_MAX: usize = 20;
/// Longest name kept, in characters.
const NAME_CHARS_MAX: usize = 40;

/// Words behind a name that are no part of it.
const REMARKS: &[&str] = &[
    "소지자 우대",
    "보유자 우대",
    "취득자 우대",
    "소지자에 한함",
    "소지자",
    "보유자",
    "취득자",
    "소지",
    "보유",
    "취득",
    "우대",
    "필수",
    "필요",
    "이상",
    "(우대)",
    "(필수)",
    "자격증",
];

/// Reads `licences`. The text itself stays among the qualifications.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let Some(raw) = reading.line(RawField::Licences) else { return };
    let raw = contact::take(&raw, &mut reading.out.contact).into_owned();
    let licences = said(&raw);
    if !licences.is_empty() {
        reading.took("licences", &raw, "licences.list", 900);
        reading.out.posting.licences = licences;
    }
}

/// Names of licences in a text, in its order, without repeats; empty where none is asked for.
pub fn said(raw: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for part in raw.split([',', '/', '|', ';', '\n', '·']) {
        let name =
            bare(part.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '*' | '•' | '○')).trim_end());
        let word = text::compact(name);
        let none = ["무관", "없음", "관계없음", "해당없음", "상관없음", "불문"].contains(&word.as_str());
        if word.chars().count() < 2 || none || name.chars().count() > NAME_CHARS_MAX {
            continue;
        }
        if !out.iter().any(|known| text::compact(known) == word) {
            out.push(name.to_owned());
        }
        if out.len() == LICENCES_MAX {
            break;
        }
    }
    out
}

/// A name without the remarks behind it; `운전면허증` is the paper, `운전면허` the licence.
fn bare(name: &str) -> &str {
    let mut name = name;
    while let Some(rest) = REMARKS.iter().find_map(|remark| name.strip_suffix(remark))
        && !rest.trim().is_empty()
    {
        name = rest.trim();
    }
    match name.strip_suffix('증') {
        Some(rest) if rest.ends_with("면허") => rest,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_named_one_by_one() {
        for (raw, want) in [
            ("지게차운전기능사, 1종보통운전면허", "지게차운전기능사|1종보통운전면허"),
            ("요양보호사 자격증 필수", "요양보호사"),
            ("운전면허증 소지자 우대", "운전면허"),
            ("정보처리기사 / 정보처리산업기사 이상", "정보처리기사|정보처리산업기사"),
            ("간호사 면허증, 간호사면허", "간호사 면허"),
            ("컴퓨터활용능력 1급 (우대)", "컴퓨터활용능력 1급"),
            ("무관", ""),
            ("-", ""),
            ("우대", "우대"),
        ] {
            assert_eq!(said(raw).join("|"), want, "{raw}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics_and_a_name_read_again_is_the_same(raw in "\\PC{0,60}") {
            for name in said(&raw) {
                proptest::prop_assert_eq!(said(&name), vec![name.clone()]);
            }
        }
    }
}
