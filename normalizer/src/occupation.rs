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
        Words { finder, codes: sorted.into_iter().map(|(_, found)| found).collect(), exact }
    }
}

/// The name of a KECO code.
pub fn name(code: &str) -> Option<&'static str> {
    NAMES.get(code).copied()
}

/// Reads `occupation_code` and `occupation`, else infers from the title. Call after the title.
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
                reading.took("occupation", &raw, "occupation.code", 1000);
                reading.out.posting.occupation =
                    Some(Occupation { code: Some(code.to_owned()), name: shown, confidence: 1000 });
                return;
            }
            None => {
                let rule = if raw.starts_with('?') { "occupation.unknown_code" } else { "occupation.no_such_code" };
                reading.doubt(rule, "occupation", Effect::Lowers, &raw);
            }
        }
    }
    if let Some(raw) = &words {
        let found = infer(raw).map(|(code, confidence)| (code, confidence.saturating_add(150)));
        reading.took(
            "occupation",
            raw,
            if found.is_some() { "occupation.words" } else { "occupation.kept" },
            found.map_or(0, |f| f.1),
        );
        let (code, confidence) = found.map_or((None, 0), |(code, confidence)| (Some(code.to_owned()), confidence));
        reading.out.posting.occupation = Some(Occupation { code, name: text::cut(raw, 200).to_owned(), confidence });
        if confidence > 0 {
            return;
        }
    }
    let title = std::mem::take(&mut reading.out.posting.title);
    if let Some((code, confidence)) = infer(&title) {
        reading.took("occupation", &title, "occupation.title", confidence);
        let shown = words
            .as_deref()
            .map_or_else(|| name(code).unwrap_or_default().to_owned(), |w| text::cut(w, 200).to_owned());
        reading.out.posting.occupation = Some(Occupation { code: Some(code.to_owned()), name: shown, confidence });
    }
    reading.out.posting.title = title;
}

/// The code as the table has it, or the widest part of it that the table knows.
fn known(code: &str) -> Option<&'static str> {
    [6, 3, 2]
        .iter()
        .filter_map(|n| code.get(..*n))
        .find_map(|part| NAMES.get_key_value(part).map(|(code, _)| *code))
        .filter(|_| code.len() <= 6)
}

/// The occupation that words name, and thousandths of certainty; the longest word wins, the later of equals
/// (Korean puts the head of a phrase last).
pub fn infer(words: &str) -> Option<(&'static str, u16)> {
    let table = &*WORDS;
    let folded = text::compact(text::cut(words, 400));
    if let Some(code) = table.exact.get(&folded) {
        return Some((code, 850));
    }
    let best = table.finder.find_iter(&folded).max_by_key(|m| m.len())?;
    let (code, confidence) = table.codes[best.pattern().as_usize()];
    Some((code, confidence))
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
    fn titles_tell_the_occupation() {
        for (title, want) in [
            ("요양보호사 모집합니다", "방문 요양보호사|요양보호사|간병"),
            ("[강남] 백엔드 개발자 (Java)", "개발"),
            ("물류센터 지게차 운전원", "지게차"),
            ("홀서빙 직원", "서빙|음식"),
            ("경리 사원 채용", "경리"),
        ] {
            let (code, _) = infer(title).unwrap_or_else(|| panic!("{title}"));
            let got = name(code).unwrap();
            assert!(want.split('|').any(|w| got.contains(w)), "{title}: {code} {got}");
        }
        assert_eq!(infer("함께할 가족을 찾습니다"), None);
    }
}
