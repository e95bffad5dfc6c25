//! Languages asked for: an ISO 639 code, how well, and a test's score where one is named.

use std::sync::LazyLock;

use crate::reading::Reading;
use crate::{Effect, Language, LanguageLevel, RawField, text};

/// Most languages kept of one posting.
const LANGUAGES_MAX: usize = 12;

/// Words as they stand compact, the longer before those they contain, and their codes.
static WORDS: LazyLock<Vec<(String, &'static str)>> = LazyLock::new(|| {
    let rows = include_str!("../data/languages.tsv").lines().filter(|l| !l.starts_with('#')).skip(1);
    let mut words: Vec<(String, &'static str)> =
        rows.filter_map(|l| l.split_once('\t')).map(|(word, code)| (text::compact(word), code)).collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    words
});

/// Tests and the language they are of.
const TESTS: &[(&str, &str)] = &[
    ("toeicspeaking", "en"),
    ("토익스피킹", "en"),
    ("toeic", "en"),
    ("토익", "en"),
    ("toefl", "en"),
    ("토플", "en"),
    ("teps", "en"),
    ("텝스", "en"),
    ("opic", "en"),
    ("오픽", "en"),
    ("ielts", "en"),
    ("jlpt", "ja"),
    ("jpt", "ja"),
    ("hsk", "zh"),
    ("topik", "ko"),
    ("토픽", "ko"),
];

/// Reads `languages`. The text itself stays among the qualifications.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let Some(raw) = reading.line(RawField::Languages) else { return };
    let languages = said(&raw);
    if languages.is_empty() {
        if !is_none(&raw) {
            reading.doubt("languages.not_understood", "languages", Effect::None, &raw);
        }
        return;
    }
    reading.took("languages", &raw, "languages.words", 900);
    reading.out.posting.languages = languages;
}

fn is_none(raw: &str) -> bool {
    ["무관", "관계없음", "상관없음", "불필요"].iter().any(|w| raw.contains(w))
}

/// Languages named in a text, in its order, without repeats.
pub fn said(raw: &str) -> Vec<Language> {
    let mut out: Vec<Language> = Vec::new();
    for part in raw.split([',', '/', '|', ';', '\n', '·']).take(LANGUAGES_MAX * 2) {
        let word = text::compact(part);
        let test = TESTS.iter().find(|(name, _)| word.contains(name));
        let named = WORDS.iter().find(|(name, _)| word.contains(name.as_str())).map(|(_, code)| *code);
        let Some(code) = named.or(test.map(|(_, code)| *code)) else { continue };
        let score = test.map(|_| text::cut(part.trim(), 60).to_owned());
        let language = Language { code: code.to_owned(), level: level(&word, part), test: score };
        if let Some(known) = out.iter_mut().find(|l| l.code == language.code) {
            known.level = known.level.max(language.level);
            known.test = known.test.take().or(language.test);
        } else if out.len() < LANGUAGES_MAX {
            out.push(language);
        }
    }
    out
}

/// `part` as written: `영어(상)` is a grade, `이상` is none.
fn level(word: &str, part: &str) -> Option<LanguageLevel> {
    let graded = |grade: char| {
        let end = part.trim_end_matches([')', ' ']);
        end.strip_suffix(grade).is_some_and(|head| head.ends_with(['(', ':', '-', ' ']))
    };
    let has = |words: &[&str]| words.iter().any(|w| word.contains(w));
    if has(&["원어민", "native", "모국어", "네이티브"]) {
        Some(LanguageLevel::Native)
    } else if has(&["능통", "유창", "고급", "비즈니스", "fluent", "business", "advanced"]) || graded('상') {
        Some(LanguageLevel::Fluent)
    } else if has(&["중급", "회화", "일상", "intermediate", "conversational"]) || graded('중') {
        Some(LanguageLevel::Conversational)
    } else if has(&["초급", "기초", "독해", "basic", "beginner"]) || graded('하') {
        Some(LanguageLevel::Basic)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_codes_with_a_level_and_a_test() {
        let table: String = [
            "영어",
            "영어(상), 일본어(중)",
            "영어 회화 가능 / 중국어 능통",
            "TOEIC 800점 이상",
            "영어 TOEIC 700, 영어 비즈니스",
            "JLPT N2 이상",
            "베트남어 원어민",
            "스페인어 초급|서반아어",
            "English (Fluent)",
            "무관",
            "운전면허",
        ]
        .iter()
        .map(|raw| {
            let said: Vec<String> = said(raw)
                .iter()
                .map(|l| {
                    let level = l.level.map(|l| format!(" {l:?}")).unwrap_or_default();
                    let test = l.test.as_deref().map(|t| format!(" [{t}]")).unwrap_or_default();
                    format!("{}{level}{test}", l.code)
                })
                .collect();
            format!("{raw} -> {}\n", said.join(", "))
        })
        .collect();
        insta::assert_snapshot!(table, @r"
        영어 -> en
        영어(상), 일본어(중) -> en Fluent, ja Conversational
        영어 회화 가능 / 중국어 능통 -> en Conversational, zh Fluent
        TOEIC 800점 이상 -> en [TOEIC 800점 이상]
        영어 TOEIC 700, 영어 비즈니스 -> en Fluent [영어 TOEIC 700]
        JLPT N2 이상 -> ja [JLPT N2 이상]
        베트남어 원어민 -> vi Native
        스페인어 초급|서반아어 -> es Basic
        English (Fluent) -> en Fluent
        무관 -> 
        운전면허 -> 
        ");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(raw in "\\PC{0,60}") {
            let _ = said(&raw);
        }
    }
}
