//! Benefits by kind: what the words of a list of benefits promise. The text itself is kept as it is in `words.rs`.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::reading::Reading;
use crate::{RawField, text};

/// Most bytes of a text that are looked at.
const BYTES_MAX: usize = 4096;

struct Words {
    finder: AhoCorasick,
    kinds: Vec<&'static str>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let rows: Vec<(&str, &str)> = include_str!("../data/benefits.tsv")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .skip(1)
        .filter_map(|l| l.split_once('\t'))
        .collect();
    let finder = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(rows.iter().map(|(word, _)| word))
        .unwrap_or_else(|_| unreachable!("a fixed list of short words always builds"));
    Words { finder, kinds: rows.into_iter().map(|(_, kind)| kind).collect() }
});

/// Reads the kinds of `benefits`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let Some(raw) = reading.get(RawField::Benefits) else { return };
    let kinds = said(&text::block(text::cut(raw, BYTES_MAX)).text);
    if !kinds.is_empty() {
        reading.took("benefits", "", "benefits.words", 800);
        reading.out.posting.benefits = kinds.into_iter().map(str::to_owned).collect();
    }
}

/// Kinds that a text names, sorted; a word that is denied (`기숙사 없음`) names none.
pub fn said(raw: &str) -> Vec<&'static str> {
    let words = &*WORDS;
    let mut kinds: Vec<&'static str> = Vec::new();
    for part in text::cut(raw, BYTES_MAX).split(['\n', ',', '/', '·', '|', ';']) {
        let word = text::compact(part);
        if ["없음", "불가", "미제공", "미지급", "별도없"].iter().any(|w| word.contains(w)) {
            continue;
        }
        kinds.extend(words.finder.find_iter(&word).map(|m| words.kinds[m.pattern().as_usize()]));
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benefits_have_kinds() {
        for (raw, want) in [
            ("4대보험, 퇴직금, 연차", "leave severance social_insurance"),
            ("국민연금 / 고용보험 / 산재보험 / 건강보험", "social_insurance"),
            ("기숙사 제공, 중식 제공, 통근버스 운행", "commute housing meals"),
            ("기숙사 없음, 식대 지원", "meals"),
            ("배우자출산휴가", "leave parental_leave"),
            ("재택근무·유연근무제·스톡옵션", "flexible_hours remote stock"),
            ("분위기가 좋습니다", ""),
        ] {
            assert_eq!(said(raw).join(" "), want, "{raw}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_order_of_a_list_does_not_matter(mut list in proptest::sample::subsequence(vec!["4대보험", "기숙사 제공", "중식", "통근버스", "상여금", "연차", "재택근무"], 0..7)) {
            let straight = said(&list.join(", ")).join(" ");
            list.reverse();
            proptest::prop_assert_eq!(said(&list.join(" / ")).join(" "), straight);
        }
    }
}
