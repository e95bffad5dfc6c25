//! Places below or beside the districts: towns and neighbourhoods by their legal names, and quarters, estates, roads and
//! stations as people call them. Asked only where the region table found no district.

use std::sync::LazyLock;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::{TABLE, canonical};
use crate::text;

/// Words of a text that are looked at.
const WORDS_MAX: usize = 16;
/// Shortest name of a 동, 읍 or 면 that means one without its 시도 beside it, in syllables.
const SYLLABLES_MIN: usize = 3;

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|l| !l.starts_with('#')).skip(1).filter_map(|l| l.split_once('\t'))
}

/// Legal names → codes of the districts that have one, separated by commas.
static LOCALITIES: LazyLock<FxHashMap<&'static str, &'static str>> =
    LazyLock::new(|| rows(include_str!("../../data/localities.tsv")).collect());
/// Compact words → code.
static LANDMARKS: LazyLock<FxHashMap<String, &'static str>> = LazyLock::new(|| {
    rows(include_str!("../../data/landmarks.tsv")).map(|(word, code)| (text::compact(word), code)).collect()
});
/// Stations without 역 → district.
static STATIONS: LazyLock<FxHashMap<&'static str, &'static str>> =
    LazyLock::new(|| rows(include_str!("../../data/stations.tsv")).collect());

/// The district of a subway station, `강남역 3번 출구`.
pub(super) fn station(raw: &str) -> Option<&'static str> {
    raw.split([' ', ',', '(', ')', '>', '/', '|', '·'])
        .filter(|w| !w.is_empty())
        .take(WORDS_MAX)
        .find_map(|word| STATIONS.get(word.find('역').filter(|at| *at > 0).map_or(word, |at| &word[..at])).copied())
}

/// The district that a word of the text means, in force on the day; with `within`, only one of that 시도 (its present code).
pub(super) fn district(raw: &str, within: Option<&str>, on: NaiveDate) -> Option<&'static str> {
    let fits = |code: &'static str| -> Option<&'static str> {
        let now = TABLE.split(code, on, raw).or_else(|| canonical(code, on))?;
        within.is_none_or(|sido| now.starts_with(sido)).then_some(now)
    };
    let words = || {
        raw.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.'))).filter(|w| !w.is_empty()).take(WORDS_MAX)
    };
    words()
        .find_map(|word| legal(word, within, &fits))
        .or_else(|| words().find_map(|word| landmark(word).and_then(fits)).filter(|code| within != Some(*code)))
        .or_else(|| {
            words().find_map(|word| word.strip_suffix('역').and_then(|w| STATIONS.get(w)).and_then(|c| fits(c)))
        })
}

/// A name on the legal list that only one district of the 시도 (or of the country) has.
fn legal(
    word: &str,
    within: Option<&str>,
    fits: &dyn Fn(&'static str) -> Option<&'static str>,
) -> Option<&'static str> {
    if within.is_none() && word.chars().count() < SYLLABLES_MIN {
        return None;
    }
    // `성수동` stands for 성수동1가 and 2가
    let street = || word.ends_with('동').then(|| format!("{word}1가"));
    let codes = LOCALITIES
        .get(word)
        .or_else(|| LOCALITIES.get(plain_dong(word)?.as_str()))
        .or_else(|| LOCALITIES.get(street()?.as_str()))?;
    let mut found = codes.split(',').filter_map(fits);
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// `역삼1동` → 역삼동: an administrative 동 by its legal name.
fn plain_dong(word: &str) -> Option<String> {
    let stem = word.strip_suffix('동')?;
    let name = stem.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    (name.len() < stem.len() && !name.is_empty()).then(|| format!("{name}동"))
}

/// A quarter, an estate or a road: the word whole, up to its first digit, or up to its 로.
fn landmark(word: &str) -> Option<&'static str> {
    let compact = text::compact(word);
    let known = |name: &str| LANDMARKS.get(name).copied();
    let stem = compact.find(|c: char| c.is_ascii_digit()).map_or(compact.as_str(), |at| &compact[..at]);
    let road = compact.find('로').map(|at| &compact[..at + '로'.len_utf8()]).filter(|road| road.len() >= 9);
    known(&compact)
        .or_else(|| known(stem).filter(|_| stem.ends_with('로')))
        .or_else(|| road.and_then(known))
        .or_else(|| compact.strip_suffix("역").and_then(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_lists_is_one_of_the_table() {
        let on = "2025-09-01".parse().unwrap();
        for (name, codes) in rows(include_str!("../../data/localities.tsv"))
            .chain(rows(include_str!("../../data/landmarks.tsv")))
            .chain(rows(include_str!("../../data/stations.tsv")))
        {
            for code in codes.split(',') {
                assert!(canonical(code, on).is_some(), "{name} {code}");
            }
        }
    }

    #[test]
    fn neighbourhoods_quarters_roads_and_stations_have_districts() {
        let on = "2024-12-03".parse().unwrap();
        for (raw, within, want) in [
            ("역삼동", Some("11"), Some("11680")),
            ("역삼1동 823-30", None, Some("11680")),
            ("여의도동", None, Some("11560")),
            ("판교 테크노밸리", None, Some("41135")),
            ("판교", Some("11"), None),
            ("테헤란로7길 22", None, Some("11680")),
            ("홍대입구역 도보 3분", None, Some("11440")),
            ("오송읍", None, Some("43113")),
            // many districts have one
            ("중앙동", None, None),
            ("신흥동", None, None),
            ("좋은 곳", None, None),
        ] {
            assert_eq!(district(raw, within, on), want, "{raw} in {within:?}");
        }
        assert_eq!(station("2호선 강남역 3번 출구"), Some("11680"));
    }
}
