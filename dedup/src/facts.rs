//! Facts that a description states under their usual labels: pay, openings, kind of contract, education and experience
//! asked for. They fill what a portal's own fields leave open; a field always wins over its text.

use smallvec::SmallVec;

/// What was read; 0 and `None` = not said. Units as in [`crate::Profile`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) pay: Option<(u32, u32)>,
    pub(crate) headcount: u16,
    pub(crate) contract: u16,
    pub(crate) degree: u8,
    pub(crate) career: u8,
}

/// Words of pay with how many of it are a year's (209 hours a month, 22 days), and the bounds in won within which an
/// amount is meant so.
const PAY_WORDS: [(&str, u64, u64, u64); 7] = [
    ("연봉", 1, 8_000_000, 1_000_000_000),
    ("월급여", 12, 500_000, 80_000_000),
    ("월급", 12, 500_000, 80_000_000),
    ("월임금", 12, 500_000, 80_000_000),
    ("시급", 209 * 12, 4_000, 500_000),
    ("일급", 22 * 12, 30_000, 3_000_000),
    ("일당", 22 * 12, 30_000, 3_000_000),
];
const HEADCOUNT_LABELS: [&str; 4] = ["모집인원", "채용인원", "선발인원", "모집정원"];
const CONTRACT_LABELS: [&str; 2] = ["고용형태", "고용유형"];
/// Kinds of contract as bits of [`crate::Profile::contract`]; longer words before those they hold.
const CONTRACTS: [(&str, u16); 9] = [
    ("무기계약직", 1 << 2),
    ("정규직", 1),
    ("계약직", 1 << 1),
    ("파견직", 1 << 3),
    ("일용직", 1 << 4),
    ("시간제", 1 << 5),
    ("아르바이트", 1 << 5),
    ("인턴", 1 << 6),
    ("프리랜서", 1 << 7),
];
/// Words of education with 1 + degree; 0 = any will do.
const DEGREES: [(&str, u8); 12] = [
    ("무관", 0),
    ("고졸", 3),
    ("고등학교", 3),
    ("초대졸", 4),
    ("전문대", 4),
    ("대졸", 5),
    ("대학교", 5),
    ("학사", 5),
    ("석사", 6),
    ("박사", 7),
    ("초졸", 1),
    ("중졸", 2),
];
/// Letters between a label and its value: `모집인원: 총 2명`, `학력 및 …`.
const BETWEEN_MAX: usize = 2;
const DIGITS_MAX: usize = 10;

/// Reads folded text (letters and digits only); of several statements the first counts.
pub(crate) fn read(folded: &[u32]) -> Facts {
    let mut facts = Facts::default();
    let mut at = 0;
    while at < folded.len() {
        let step = match char::from_u32(folded[at]) {
            Some('연' | '월' | '시' | '일') if facts.pay.is_none() => pay(folded, at, &mut facts),
            Some('모' | '채' | '선') if facts.headcount == 0 => headcount(folded, at, &mut facts),
            Some('고') if facts.contract == 0 => contract(folded, at, &mut facts),
            Some('학') if facts.degree == 0 => degree(folded, at, &mut facts),
            Some('경') if facts.career == 0 => career(folded, at, &mut facts),
            _ => 0,
        };
        at += step.max(1);
    }
    facts
}

fn pay(folded: &[u32], at: usize, facts: &mut Facts) -> usize {
    let Some((word, times, least, most)) = PAY_WORDS.iter().find(|(word, ..)| starts_with(folded, at, word)) else {
        return 0;
    };
    let from = at + word.chars().count();
    let Some((number, end)) = number(folded, from) else { return 0 };
    let scale = match folded.get(end).copied().and_then(char::from_u32) {
        Some('만') => 10_000,
        Some('천') if is(folded, end + 1, '만') => 10_000_000,
        Some('원') => 1,
        _ => return 0,
    };
    let won = number.saturating_mul(scale);
    if (*least..=*most).contains(&won)
        && let Ok(year) = u32::try_from(won * times / 1000)
    {
        facts.pay = Some((year, year));
    }
    end - at
}

fn headcount(folded: &[u32], at: usize, facts: &mut Facts) -> usize {
    let Some(from) = after_label(folded, at, &HEADCOUNT_LABELS) else { return 0 };
    for skip in 0..=BETWEEN_MAX {
        if let Some((number, end)) = number(folded, from + skip) {
            if is(folded, end, '명') || is(folded, end, '인') {
                facts.headcount = u16::try_from(number).unwrap_or(0);
            }
            return end - at;
        }
    }
    0
}

fn contract(folded: &[u32], at: usize, facts: &mut Facts) -> usize {
    let Some(from) = after_label(folded, at, &CONTRACT_LABELS) else { return 0 };
    let found = CONTRACTS.iter().find(|(word, _)| starts_with(folded, from, word));
    facts.contract = found.map_or(0, |(_, bit)| *bit);
    found.map_or(0, |(word, _)| from + word.chars().count() - at)
}

fn degree(folded: &[u32], at: usize, facts: &mut Facts) -> usize {
    let Some(mut from) = after_label(folded, at, &["학력"]) else { return 0 };
    from += if starts_with(folded, from, "사항") { 2 } else { 0 };
    let found = DEGREES.iter().find(|(word, _)| starts_with(folded, from, word));
    facts.degree = found.map_or(0, |(_, degree)| *degree);
    0
}

/// As [`crate::Profile::career`]: `경력 3년 이상`, `경력무관`, `신입`, `신입/경력`.
fn career(folded: &[u32], at: usize, facts: &mut Facts) -> usize {
    let Some(mut from) = after_label(folded, at, &["경력"]) else { return 0 };
    // a label and its value may be one word said twice: 경력: 경력 3년 이상
    from += if starts_with(folded, from, "경력") { 2 } else { 0 };
    if starts_with(folded, from, "무관") || starts_with(folded, from, "신입") {
        facts.career = if starts_with(folded, from, "무관") { 3 } else { 1 };
    } else if let Some((years, end)) = number(folded, from)
        && is(folded, end, '년')
        && years <= 40
    {
        facts.career = 2 + 4 * years as u8;
    }
    0
}

fn after_label(folded: &[u32], at: usize, labels: &[&str]) -> Option<usize> {
    labels.iter().find(|label| starts_with(folded, at, label)).map(|label| at + label.chars().count())
}

fn starts_with(folded: &[u32], at: usize, word: &str) -> bool {
    (at..).zip(word.chars()).all(|(i, c)| folded.get(i) == Some(&(c as u32)))
}

fn is(folded: &[u32], at: usize, c: char) -> bool {
    folded.get(at) == Some(&(c as u32))
}

/// A number that starts here and where it ends; `None` for none or one too long to be meant.
fn number(folded: &[u32], from: usize) -> Option<(u64, usize)> {
    let digits: SmallVec<[u64; 10]> = folded
        .get(from..)?
        .iter()
        .take(DIGITS_MAX)
        .map_while(|c| char::from_u32(*c)?.to_digit(10).map(u64::from))
        .collect();
    let end = from + digits.len();
    let whole = digits.len() < DIGITS_MAX;
    (!digits.is_empty() && whole).then(|| (digits.iter().fold(0, |n, d| n * 10 + d), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read_under_their_labels() {
        let said = |text: &str| read(&crate::sketch::folded(&[text]));
        let table = [
            ("급여: 연봉 3,000만원 ~ 3,600만원", Facts { pay: Some((30_000, 30_000)), ..Facts::default() }),
            ("급여 시급 10,030원", Facts { pay: Some((25_155, 25_155)), ..Facts::default() }),
            ("시급 2026년 기준", Facts::default()),
            ("월급 2800000원", Facts { pay: Some((33_600, 33_600)), ..Facts::default() }),
            ("모집인원 : 총 2명", Facts { headcount: 2, ..Facts::default() }),
            ("모집인원은 상담", Facts::default()),
            ("고용형태 무기계약직", Facts { contract: 4, ..Facts::default() }),
            ("학력: 대졸 / 경력: 경력 3년 이상", Facts { degree: 5, career: 14, ..Facts::default() }),
            ("경력무관", Facts { career: 3, ..Facts::default() }),
            ("연봉 99999999999999원", Facts::default()),
            ("", Facts::default()),
        ];
        for (text, expected) in table {
            assert_eq!(said(text), expected, "{text}");
        }
    }
}
