//! Experience asked for: newcomers, experienced, and bounds in months.

use crate::reading::Reading;
use crate::{Effect, Experience, RawField, text};

/// A bound of this many years or more is no bound (one portal writes 100).
const YEARS_MAX: u32 = 50;

/// Reads `career` in words and `career_min`/`career_max` in numbers.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let words = reading.line(RawField::Career);
    let mut experience = None;
    if let Some(raw) = &words {
        match said(raw) {
            Some(got) => {
                experience = Some(got);
                reading.took("experience", raw, "career.words", 1000);
            }
            None => {
                let rule = if raw.starts_with('?') { "career.unknown_code" } else { "career.not_understood" };
                reading.doubt(rule, "experience", Effect::Lowers, raw);
            }
        }
    }
    let mut numbers = [None, None];
    for (slot, field) in [(0, RawField::CareerMin), (1, RawField::CareerMax)] {
        if let Some(raw) = reading.line(field) {
            match months(&raw) {
                Some(months) => {
                    numbers[slot] = Some(months).filter(|m| *m > 0 && *m < YEARS_MAX * 12);
                    if slot == 0 || numbers[slot].is_some() {
                        experience.get_or_insert_with(|| Experience {
                            newcomer: months == 0 && slot == 0,
                            experienced: true,
                            ..Experience::default()
                        });
                    }
                    reading.took("experience", &raw, "career.number", 1000);
                }
                None => reading.doubt("career.not_understood", "experience", Effect::Lowers, &raw),
            }
        }
    }
    if let Some(experience) = &mut experience {
        if experience.experienced {
            experience.min_months = numbers[0].or(experience.min_months);
            experience.max_months = numbers[1].or(experience.max_months);
        }
        if let (Some(low), Some(high)) = (experience.min_months, experience.max_months)
            && low > high
        {
            experience.max_months = None;
            reading.doubt("career.bounds", "experience", Effect::Lowers, words.as_deref().unwrap_or(""));
        }
    }
    // a title may have lent it already
    if experience.is_some() {
        reading.out.posting.experience = experience;
    }
}

/// `3` years, `3.5` years, `18m` months.
fn months(raw: &str) -> Option<u32> {
    let raw = raw.trim();
    if let Some(count) = raw.strip_suffix(['m', 'M']) {
        return count.trim().parse::<u32>().ok().filter(|n| *n <= 12_000);
    }
    let years: f64 = raw.trim_end_matches('년').trim().parse().ok()?;
    (0.0..=1000.0).contains(&years).then_some((years * 12.0).round() as u32)
}

/// Reads experience in words; `None` where it is not understood.
pub fn said(raw: &str) -> Option<Experience> {
    let word = text::compact(raw);
    let any = Experience { newcomer: true, experienced: true, ..Experience::default() };
    match word.as_str() {
        "" => return None,
        "무관" | "경력무관" | "관계없음" | "경력관계없음" | "상관없음" | "경력상관없음" | "z" | "제한없음"
        | "경력제한없음" | "any" | "notspecified" | "신입경력" | "신입및경력" | "경력신입" | "주니어" =>
        {
            return Some(any);
        }
        "신입" | "n" | "신입만" | "newcomer" | "entrylevel" | "entry" | "신규" | "졸업예정자" => {
            return Some(Experience { newcomer: true, ..Experience::default() });
        }
        "경력" | "e" | "경력직" | "경력자" | "경력년수무관" | "년수무관" | "경력연수무관" | "경력연차무관"
        | "경력필수" | "experienced" | "시니어" | "미들" | "리더급" | "유경험자" => {
            return Some(Experience { experienced: true, ..Experience::default() });
        }
        _ => {}
    }
    let spans = spans(raw);
    match spans.as_slice() {
        [] => without_years(&word),
        [first, .., last] => Some(with_years(raw, &word, *first, *last, true)),
        [only] => Some(with_years(raw, &word, *only, *only, false)),
    }
}

/// Whether experience counts in favour, and is not asked for: `경력 3년 이상 우대`.
fn is_preference(word: &str) -> bool {
    ["우대", "환영", "선호"].iter().any(|w| word.ends_with(w))
}

fn without_years(word: &str) -> Option<Experience> {
    let has = |w: &str| word.contains(w);
    let any = Experience { newcomer: true, experienced: true, ..Experience::default() };
    if has("년수무관") || has("연수무관") || (has("연차무관") && has("경력")) {
        return Some(Experience { newcomer: has("신입"), experienced: true, ..Experience::default() });
    }
    let free = has("무관") || has("관계없") || has("상관없");
    if (free && !has("학력")) || has("경력무관") || has("경험무관") || has("무경력") || has("초보") || has("미경험")
    {
        return Some(any);
    }
    let (newcomer, experienced) = (has("신입"), has("경력") || has("유경험"));
    // who is welcome does not keep the other out
    if (newcomer || experienced) && (is_preference(word) || has("신입가능") || has("신입지원가능")) {
        return Some(any);
    }
    if !newcomer && !experienced {
        return english(word);
    }
    Some(Experience { newcomer, experienced: experienced || (newcomer && has("이상")), ..Experience::default() })
}

fn with_years(raw: &str, word: &str, first: u32, last: u32, several: bool) -> Experience {
    let has = |w: &str| word.contains(w);
    if is_preference(word) {
        return Experience { newcomer: true, experienced: true, ..Experience::default() };
    }
    let range = raw.contains(['~', '-', '–']) || has("에서") || has("부터");
    let below = ["이하", "미만", "이내"].iter().any(|w| has(w));
    let up_to = below || raw.contains(['↓', '▼']) || word.starts_with("최대") || has("경력최대");
    let bounded = |months: u32| Some(months).filter(|m| *m < YEARS_MAX * 12);
    let mut experience =
        Experience { newcomer: has("신입") || has("초보"), experienced: true, ..Experience::default() };
    if several && (range || (below && has("이상"))) {
        experience.min_months = bounded(first).filter(|m| *m > 0);
        experience.max_months = bounded(last);
        experience.newcomer |= first == 0;
    } else if up_to || raw.trim_start().starts_with('~') || (experience.newcomer && range) {
        experience.max_months = bounded(last);
        experience.newcomer |= up_to && !has("경력");
    } else {
        experience.min_months = bounded(first).filter(|m| *m > 0);
        experience.newcomer |= first == 0;
    }
    experience
}

/// Every length of time in a text, in months; a bare first number of a range takes the unit of the second.
fn spans(raw: &str) -> Vec<u32> {
    let mut out: Vec<(u32, Unit)> = Vec::new();
    let bytes = raw.as_bytes();
    let mut at = 0;
    while at < bytes.len() && out.len() < 8 {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len()
            && (bytes[at].is_ascii_digit() || (bytes[at] == b'.' && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)))
        {
            at += 1;
        }
        let Ok(number) = raw[start..at].parse::<f64>() else { continue };
        let rest = raw[at..].trim_start();
        // a university of four years
        if rest.starts_with("년제") {
            continue;
        }
        let unit = unit_of(rest);
        let months = match unit {
            Unit::Month => number,
            Unit::Year | Unit::None => number * 12.0,
        };
        if !(0.0..12_000.0).contains(&months) {
            continue;
        }
        // `2년 3개월` is one span
        let joined = unit == Unit::Month
            && matches!(out.last(), Some((_, Unit::Year)))
            && !raw[..start].trim_end().ends_with(['~', '-', '/', ',']);
        match out.last_mut() {
            Some(last) if joined => *last = (last.0 + months.round() as u32, Unit::Month),
            _ => out.push((months.round() as u32, unit)),
        }
    }
    let last_unit = out.last().map_or(Unit::None, |l| l.1);
    // `3~5` and nothing else is a range of years
    let bare = out.len() == 2 && raw.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'~' | b'-' | b' '));
    if last_unit == Unit::None && !bare && !raw.contains("경력") && !raw.contains('+') {
        return Vec::new();
    }
    out.iter()
        .map(|(months, unit)| if *unit == Unit::None && last_unit == Unit::Month { months / 12 } else { *months })
        .collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Unit {
    None,
    Year,
    Month,
}

fn unit_of(rest: &str) -> Unit {
    if rest.starts_with("개월") || rest.starts_with("달") || rest.starts_with("month") {
        Unit::Month
    } else if rest.starts_with('년')
        || rest.starts_with('y')
        || rest.starts_with("years")
        || rest.starts_with("+ y")
        || rest.starts_with("+y")
    {
        Unit::Year
    } else {
        Unit::None
    }
}

fn english(word: &str) -> Option<Experience> {
    let newcomer = ["entry", "junior", "graduate", "intern", "associate"].iter().any(|w| word.contains(w));
    let experienced = ["senior", "midlevel", "lead", "director", "executive", "experienced", "principal"]
        .iter()
        .any(|w| word.contains(w));
    (newcomer || experienced).then_some(Experience { newcomer, experienced, ..Experience::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_ways_portals_write_experience() {
        let table: String = [
            "경력무관",
            "경력1년↑",
            "신입",
            "신입·경력1년↑",
            "경력 3~10년",
            "경력 3-10년",
            "경력1년",
            "신입/경력",
            "경력 5년 이상",
            "3 ~ 10년",
            "경력4년↓",
            "신입/경력1년",
            "신입-경력 2년",
            "3년 이상",
            "신입 이상",
            "경력 2년",
            "관계없음",
            "경력",
            "경력(년수무관)",
            "2년 3개월 이상",
            "6개월 이상",
            "신입·경력",
            "경력 6개월~2년",
            "Z",
            "3+ years",
            "학력무관",
            "무슨 말",
        ]
        .iter()
        .map(|raw| match said(raw) {
            None => format!("{raw} -> ?\n"),
            Some(e) => format!(
                "{raw} -> {}{} {:?}..{:?}\n",
                if e.newcomer { "N" } else { "-" },
                if e.experienced { "E" } else { "-" },
                e.min_months,
                e.max_months
            ),
        })
        .collect();
        insta::assert_snapshot!(table.replace("Some", "").replace("None", ""), @r"
        경력무관 -> NE ..
        경력1년↑ -> -E (12)..
        신입 -> N- ..
        신입·경력1년↑ -> NE (12)..
        경력 3~10년 -> -E (36)..(120)
        경력 3-10년 -> -E (36)..(120)
        경력1년 -> -E (12)..
        신입/경력 -> NE ..
        경력 5년 이상 -> -E (60)..
        3 ~ 10년 -> -E (36)..(120)
        경력4년↓ -> -E ..(48)
        신입/경력1년 -> NE (12)..
        신입-경력 2년 -> NE ..(24)
        3년 이상 -> -E (36)..
        신입 이상 -> NE ..
        경력 2년 -> -E (24)..
        관계없음 -> NE ..
        경력 -> -E ..
        경력(년수무관) -> -E ..
        2년 3개월 이상 -> -E (27)..
        6개월 이상 -> -E (6)..
        신입·경력 -> NE ..
        경력 6개월~2년 -> -E (6)..(24)
        Z -> NE ..
        3+ years -> -E (36)..
        학력무관 -> ?
        무슨 말 -> ?
        ");
    }

    proptest::proptest! {
        #[test]
        fn years_written_in_the_ways_of_portals_read_back(low in 1u32..15, more in 1u32..10) {
            let high = low + more;
            for (raw, newcomer, min, max) in [
                (format!("경력{low}년↑"), false, Some(low), None),
                (format!("경력 {low}년 이상"), false, Some(low), None),
                (format!("{low}년 이상"), false, Some(low), None),
                (format!("경력 (최소 {low}년)"), false, Some(low), None),
                (format!("경력 {low}~{high}년"), false, Some(low), Some(high)),
                (format!("경력 {low}-{high}년"), false, Some(low), Some(high)),
                (format!("{low} ~ {high}년"), false, Some(low), Some(high)),
                (format!("경력{high}년↓"), false, None, Some(high)),
                (format!("신입·경력{low}년↑"), true, Some(low), None),
                (format!("신입-경력 {high}년"), true, None, Some(high)),
            ] {
                let want = Experience { newcomer, experienced: true, min_months: min.map(|n| n * 12), max_months: max.map(|n| n * 12) };
                proptest::prop_assert_eq!(said(&raw), Some(want), "{}", raw);
            }
        }

        #[test]
        fn no_text_panics(raw in "\\PC{0,60}") {
            let _ = said(&raw);
        }
    }
}
