//! Occupation: the KECO 2018 code of the source, or one inferred from words, with how sure that is.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use rustc_hash::FxHashMap;

use crate::reading::Reading;
use crate::{Effect, Occupation, RawField, contact, text};

/// Rows of the classification.
static NAMES: LazyLock<FxHashMap<&'static str, &'static str>> =
    LazyLock::new(|| rows(include_str!("../data/occupations.tsv")).collect());

/// Words that name an occupation, and the finder over them.
static WORDS: LazyLock<Words> = LazyLock::new(Words::built);

struct Words {
    finder: AhoCorasick,
    codes: Vec<(&'static str, u16)>,
    words: Vec<String>,
    exact: FxHashMap<String, &'static str>,
}

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|l| !l.starts_with('#')).skip(1).filter_map(|l| l.split_once('\t'))
}

impl Words {
    fn built() -> Words {
        let mut exact: FxHashMap<String, &'static str> = FxHashMap::default();
        let mut phrases: FxHashMap<String, (&'static str, u16)> = FxHashMap::default();
        for (code, name) in rows(include_str!("../data/occupations.tsv")) {
            exact.entry(text::compact(name)).or_insert(code);
            if code.len() != 6 {
                continue;
            }
            // `건축 제도사(캐드원)`: the words before the bracket name it
            let head = text::compact(name.split('(').next().unwrap_or(name));
            if head.chars().count() >= 3 && !head.starts_with("기타") && !head.starts_with("그외") {
                phrases.entry(head).or_insert((code, 600));
            }
        }
        for (word, code) in rows(include_str!("../data/occupation_words.tsv")) {
            phrases.insert(text::compact(word), (code, 700));
        }
        let mut sorted: Vec<(String, (&'static str, u16))> = phrases.into_iter().collect();
        sorted.sort_unstable();
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(sorted.iter().map(|(word, _)| word.as_str()))
            .unwrap_or_else(|_| unreachable!("a fixed list of short words always builds"));
        let codes = sorted.iter().map(|(_, found)| *found).collect();
        Words { finder, codes, words: sorted.into_iter().map(|(word, _)| word).collect(), exact }
    }
}

/// The name of a KECO code.
pub fn name(code: &str) -> Option<&'static str> {
    NAMES.get(code).copied()
}

/// What an occupation was inferred from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inferred {
    /// KECO code.
    pub code: &'static str,
    /// Thousandths.
    pub confidence: u16,
    /// The words it rests on, without spaces.
    pub evidence: String,
}

/// Bytes of the duties that are looked at.
const DUTIES_BYTES: usize = 1_024;
/// Confidence of what only the duties name.
const DUTIES_CONFIDENCE: u16 = 400;

/// Reads `occupation_code` and `occupation`, else infers from the title, else from the duties. Call after the title.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let words =
        reading.line(RawField::Occupation).map(|words| contact::take(&words, &mut reading.out.contact).into_owned());
    if let Some(raw) = reading.line(RawField::OccupationCode) {
        let first = raw.split([',', '|', ' ', ';']).find(|c| !c.is_empty()).unwrap_or("");
        match known(first) {
            Some(code) => {
                let shown = words
                    .as_deref()
                    .map_or_else(|| name(code).unwrap_or_default().to_owned(), |w| text::cut(w, 200).to_owned());
                // a wider code than was written, or one that a table translated to a wider one
                let (rule, confidence) =
                    if code == first { ("occupation.code", 1000) } else { ("occupation.crosswalk", 900) };
                reading.took("occupation", &raw, rule, confidence);
                reading.out.posting.occupation =
                    Some(Occupation { code: Some(code.to_owned()), name: shown, confidence, evidence: None });
                return;
            }
            None => {
                let rule = if raw.starts_with('?') { "occupation.unknown_code" } else { "occupation.no_such_code" };
                reading.doubt(rule, "occupation", Effect::Lowers, &raw);
            }
        }
    }
    if let Some(raw) = &words {
        if let Some(found) = infer(raw) {
            let confidence = found.confidence.saturating_add(150);
            reading.took("occupation", raw, "occupation.words", confidence);
            take(reading, Inferred { confidence, ..found }, Some(raw));
            return;
        }
        reading.took("occupation", raw, "occupation.kept", 0);
        reading.out.posting.occupation =
            Some(Occupation { name: text::cut(raw, 200).to_owned(), ..Occupation::default() });
    }
    let title = std::mem::take(&mut reading.out.posting.title);
    let found = infer(&title);
    if let Some(found) = found {
        reading.took("occupation", &title, "occupation.title", found.confidence);
        take(reading, found, words.as_deref());
    } else if let Some(duties) = reading.get(RawField::Description)
        && let Some(found) = infer(text::cut(duties, DUTIES_BYTES))
    {
        reading.took("occupation", &found.evidence, "occupation.duties", DUTIES_CONFIDENCE);
        take(reading, Inferred { confidence: DUTIES_CONFIDENCE, ..found }, words.as_deref());
    }
    reading.out.posting.title = title;
}

fn take(reading: &mut Reading<'_>, found: Inferred, words: Option<&str>) {
    let shown = words.map_or_else(|| name(found.code).unwrap_or_default().to_owned(), |w| text::cut(w, 200).to_owned());
    reading.out.posting.occupation = Some(Occupation {
        code: Some(found.code.to_owned()),
        name: shown,
        confidence: found.confidence,
        evidence: Some(found.evidence),
    });
}

/// The code as the table has it, or the widest part of it that the table knows.
fn known(code: &str) -> Option<&'static str> {
    [6, 3, 2]
        .iter()
        .filter_map(|n| code.get(..*n))
        .find_map(|part| NAMES.get_key_value(part).map(|(code, _)| *code))
        .filter(|_| code.len() <= 6)
}

/// The occupation that words name, how sure that is, and the words it rests on; the longest word wins, the later of equals
/// (Korean puts the head of a phrase last).
pub fn infer(words: &str) -> Option<Inferred> {
    let table = &*WORDS;
    let folded = text::compact(text::cut(words, DUTIES_BYTES));
    if let Some(code) = table.exact.get(&folded) {
        return Some(Inferred { code, confidence: 850, evidence: folded });
    }
    let best = table.finder.find_iter(&folded).max_by_key(|m| m.len())?;
    let at = best.pattern().as_usize();
    let (code, confidence) = table.codes[at];
    Some(Inferred { code, confidence, evidence: table.words[at].clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_lexicon_name_codes_of_the_classification() {
        for (word, code) in rows(include_str!("../data/occupation_words.tsv")) {
            assert!(name(code).is_some(), "{word}: {code} is not in the classification");
        }
    }

    #[test]
    fn a_code_a_crosswalk_words_title_and_duties_are_told_apart() {
        let context = crate::Context { source: "t", fetched_on: "2026-11-24".parse().unwrap() };
        for (field, text, rule, confidence, evidence) in [
            (RawField::OccupationCode, "133200", "occupation.code", 1000, None),
            (RawField::OccupationCode, "133299", "occupation.crosswalk", 900, None),
            (RawField::Occupation, "경리 사무", "occupation.words", 850, Some("경리")),
            (RawField::Title, "지게차 운전원 모집", "occupation.title", 600, Some("지게차운전원")),
            (RawField::Description, "<p>주방 보조 업무를 합니다</p>", "occupation.duties", 400, Some("주방보조")),
        ] {
            let mut row = crate::RawPosting::at(0);
            row.set(RawField::Title, "함께할 가족을 찾습니다");
            row.set(field, text);
            let posting = crate::normalize(&row, &context).posting;
            let how = posting.provenance.iter().find(|p| p.field == "occupation").unwrap();
            let occupation = posting.occupation.unwrap();
            assert_eq!((how.rule.as_ref(), occupation.confidence), (rule, confidence), "{text}");
            assert_eq!(occupation.evidence.as_deref(), evidence, "{text}");
        }
    }

    #[test]
    fn titles_tell_the_occupation() {
        for (title, want) in [
            ("요양보호사 모집합니다", "방문 요양보호사|요양보호사|간병"),
            ("[강남] 백엔드 개발자 (Java)", "개발"),
            ("물류센터 지게차 운전원", "지게차"),
            ("홀서빙 직원", "서빙|음식"),
            ("경리 사원 채용", "경리"),
        ] {
            let found = infer(title).unwrap_or_else(|| panic!("{title}"));
            let got = name(found.code).unwrap();
            assert!(want.split('|').any(|w| got.contains(w)), "{title}: {} {got}", found.code);
            assert!(text::compact(title).contains(&found.evidence), "{title}: {}", found.evidence);
        }
        assert_eq!(infer("함께할 가족을 찾습니다"), None);
    }
}
