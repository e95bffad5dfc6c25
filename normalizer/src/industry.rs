//! The employer's industry: a KSIC code as given, or from its own words.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::reading::Reading;
use crate::{Effect, RawField, text};

/// Compact name → code; the shorter (wider) code where two levels share a name.
static NAMES: LazyLock<FxHashMap<String, &'static str>> = LazyLock::new(|| {
    let mut names = FxHashMap::default();
    for (code, name) in rows() {
        let name = name.split('(').next().unwrap_or(name);
        names.entry(text::compact(name)).or_insert(code);
    }
    names
});

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("../data/industries.tsv")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .skip(1)
        .filter_map(|l| l.split_once('\t'))
}

/// Reads `industry_code`, else `industry`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    if let Some(raw) = reading.line(RawField::IndustryCode) {
        match code(&raw) {
            Some(code) => {
                reading.took("industry", &raw, "industry.code", 1000);
                reading.out.posting.industry = Some(code);
                return;
            }
            None => {
                let rule = if raw.starts_with('?') { "industry.unknown_code" } else { "industry.not_understood" };
                reading.doubt(rule, "industry", Effect::Lowers, &raw);
            }
        }
    }
    let Some(raw) = reading.line(RawField::Industry) else { return };
    match said(&raw) {
        Some(code) => {
            reading.took("industry", &raw, "industry.words", 900);
            reading.out.posting.industry = Some(code.to_owned());
        }
        // the portals' own lists of industries are not KSIC: nothing is wrong with the posting
        None => reading.doubt("industry.not_understood", "industry", Effect::None, &raw),
    }
}

/// A KSIC section letter, or 2 to 5 digits, alone or behind the letter (`C26`).
fn code(raw: &str) -> Option<String> {
    let raw = raw.split([',', ' ', '|']).next().unwrap_or("");
    let digits = raw.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(raw);
    let is_section = raw.len() == 1 && raw.as_bytes()[0].is_ascii_uppercase();
    if is_section {
        return Some(raw.to_owned());
    }
    ((2..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && digits != "00")
        .then(|| digits.to_owned())
}

/// The KSIC code of a name, section to group.
pub fn said(raw: &str) -> Option<&'static str> {
    let word = text::compact(raw.split('(').next().unwrap_or(raw));
    NAMES.get(&word).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_known() {
        assert_eq!(code("C26").as_deref(), Some("26"));
        assert_eq!(code("62010").as_deref(), Some("62010"));
        assert_eq!(code("?99"), None);
        assert_eq!(said("제조업"), Some("C"));
        assert_eq!(said("소프트웨어 개발 및 공급업"), Some("582"));
        assert_eq!(said("IT·웹·통신"), None);
    }
}
