//! The employer's industry: a KSIC code as given, moved to the revision in force, or one from its own words.

use std::sync::LazyLock;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::reading::Reading;
use crate::{Effect, RawField, text};

/// A class of the classification.
struct Row {
    code: &'static str,
    name: &'static str,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    successors: &'static str,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    include_str!("../data/industries.tsv")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (code, name) = (cells.next()?, cells.next()?);
            let mut day = || cells.next().and_then(|d| d.parse().ok());
            let (from, to) = (day(), day());
            Some(Row { code, name, from, to, successors: cells.next().unwrap_or("") })
        })
        .collect()
});

static BY_CODE: LazyLock<FxHashMap<&'static str, usize>> =
    LazyLock::new(|| ROWS.iter().enumerate().map(|(n, row)| (row.code, n)).collect());

/// Compact name → code; the shorter (wider) code where two levels share a name.
static NAMES: LazyLock<FxHashMap<String, &'static str>> = LazyLock::new(|| {
    let mut names = FxHashMap::default();
    for row in ROWS.iter() {
        let name = row.name.split('(').next().unwrap_or(row.name);
        names.entry(text::compact(name)).or_insert(row.code);
    }
    names
});

/// Reads `industry_code`, else `industry`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let on = reading.context.fetched_on;
    if let Some(raw) = reading.line(RawField::IndustryCode) {
        match digits(&raw).and_then(|code| canonical(code, on).map(|found| (code, found))) {
            Some((code, found)) => {
                let (rule, confidence) =
                    if found == code { ("industry.code", 1000) } else { ("industry.revised", 900) };
                if !BY_CODE.contains_key(code) {
                    reading.doubt("industry.no_such_code", "industry", Effect::Lowers, &raw);
                }
                reading.took("industry", &raw, rule, confidence);
                reading.out.posting.industry = Some(found.to_owned());
                return;
            }
            None => {
                let rule = if raw.starts_with('?') { "industry.unknown_code" } else { "industry.not_understood" };
                reading.doubt(rule, "industry", Effect::Lowers, &raw);
            }
        }
    }
    let Some(raw) = reading.line(RawField::Industry) else { return };
    match said(&raw).and_then(|code| canonical(code, on)) {
        Some(code) => {
            reading.took("industry", &raw, "industry.words", 900);
            reading.out.posting.industry = Some(code.to_owned());
        }
        // the portals' own lists of industries are not KSIC: nothing is wrong with the posting
        None => reading.doubt("industry.not_understood", "industry", Effect::None, &raw),
    }
}

/// The section letter, or the 2 to 5 digits, of a code that may stand behind its letter (`C26`).
fn digits(raw: &str) -> Option<&str> {
    let raw = raw.split([',', ' ', '|']).next().unwrap_or("");
    if raw.len() == 1 && raw.as_bytes()[0].is_ascii_uppercase() {
        return Some(raw);
    }
    let digits = raw.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(raw);
    ((2..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// The code in force on a day: a code of an older revision follows its successors, as far as they share their digits;
/// one that no revision here has is cut to the widest part that is known.
pub fn canonical(code: &str, on: NaiveDate) -> Option<&'static str> {
    let row =
        (1..=code.len()).rev().filter_map(|n| code.get(..n)).find_map(|part| BY_CODE.get(part).map(|n| &ROWS[*n]))?;
    if row.to.is_none_or(|to| on < to) && row.from.is_none_or(|from| from <= on) {
        return Some(row.code);
    }
    if row.to.is_none_or(|to| on < to) {
        // not yet in force: what it was before is not known here, but the division it lies in is
        return row.code.get(..2).and_then(|division| BY_CODE.get(division)).map(|n| ROWS[*n].code);
    }
    let mut successors = row.successors.split(',');
    let first = successors.next()?;
    let shared = successors.fold(first.len(), |shared, other| {
        first.bytes().zip(other.bytes()).take(shared).take_while(|(a, b)| a == b).count()
    });
    let known = |code: &str, n: usize| code.get(..n).and_then(|part| BY_CODE.get(part)).map(|n| &ROWS[*n]);
    let in_force = |row: &&Row| row.to.is_none_or(|to| on < to);
    // successors in several divisions share nothing: what is left of the class around it
    (2..=shared)
        .rev()
        .find_map(|n| known(first, n).filter(in_force))
        .or_else(|| (2..row.code.len()).rev().find_map(|n| known(row.code, n).filter(in_force)))
        .map(|row| row.code)
}

/// The name of a code, of any revision.
pub fn name(code: &str) -> Option<&'static str> {
    BY_CODE.get(code).map(|n| ROWS[*n].name)
}

/// The KSIC code of a name, section to class.
pub fn said(raw: &str) -> Option<&'static str> {
    let word = text::compact(raw.split('(').next().unwrap_or(raw));
    NAMES.get(&word).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_revision_in_force() {
        for (code, day, want) in [
            ("26", "2026-11-24", Some("26")),
            ("62010", "2026-11-24", Some("62010")),
            ("C", "2026-11-24", Some("C")),
            // of the 9th revision: 임대업 moved from 69 to 76
            ("69", "2016-01-01", Some("69")),
            ("69", "2026-11-24", Some("76")),
            ("06210", "2026-11-24", Some("06200")),
            // a class nobody knows is at least its group
            ("58229", "2026-11-24", Some("5822")),
            ("26299", "2026-11-24", Some("26299")),
            ("26999", "2026-11-24", Some("26")),
            ("07112", "2026-11-24", Some("0711")),
            ("00", "2026-11-24", None),
        ] {
            let got = canonical(code, day.parse().unwrap());
            assert_eq!(got, want, "{code} on {day}");
        }
    }

    #[test]
    fn every_successor_is_a_code_in_force() {
        let on = "2026-11-24".parse().unwrap();
        for row in ROWS.iter() {
            let now = canonical(row.code, on);
            assert!(now.is_some_and(|code| canonical(code, on) == Some(code)), "{} -> {now:?}", row.code);
        }
        assert!(ROWS.len() > 2_000);
    }

    #[test]
    fn codes_and_names_are_known() {
        assert_eq!(digits("C26"), Some("26"));
        assert_eq!(digits("?99"), None);
        for (words, want) in [
            ("제조업", Some("C")),
            ("소프트웨어 개발 및 공급업", Some("582")),
            ("응용 소프트웨어 개발 및 공급업", Some("58222")),
            ("한식 일반 음식점업", Some("56111")),
            ("일반 의원", Some("86201")),
            ("IT·웹·통신", None),
        ] {
            assert_eq!(said(words), want, "{words}");
        }
        assert_eq!(name("C"), Some("제조업(10~34)"));
    }
}
