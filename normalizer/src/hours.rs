//! Working hours: the words as given, and the weekly minutes they come to where they say enough.

use crate::reading::Reading;
use crate::{RawField, text};

/// A week has no more working minutes than this.
const WEEK_MINUTES_MAX: u32 = 100 * 60;

/// Reads `work_hours` and `work_days`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let hours = reading.line(RawField::WorkHours);
    let days = reading.line(RawField::WorkDays);
    let words = match (&days, &hours) {
        (Some(days), Some(hours)) if days != hours => format!("{days} · {hours}"),
        (_, Some(one)) | (Some(one), None) => one.to_string(),
        (None, None) => return,
    };
    let words = crate::contact::take(text::cut(&words, 1000), &mut reading.out.contact).into_owned();
    reading.out.posting.weekly_minutes = weekly_minutes(&words);
    let compact: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    reading.out.posting.days_a_week = days_a_week(&compact).and_then(|days| u8::try_from(days).ok());
    let rule = if reading.out.posting.weekly_minutes.is_some() { "hours.weekly" } else { "hours.words" };
    reading.took("work_hours", &words, rule, 900);
    reading.out.posting.work_hours = Some(words);
}

/// `주 40시간`, or `주 5일` with `9시~18시` (a break of an hour in a day of eight hours or more).
pub fn weekly_minutes(words: &str) -> Option<u32> {
    let compact: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    for marker in ["주소정근로시간", "주당", "주간", "소정근로", "주"] {
        for (at, _) in compact.match_indices(marker) {
            if let Some((hours, rest)) = leading_number(compact[at + marker.len()..].trim_start_matches([':', '(']))
                && rest.starts_with("시간")
                && hours >= 1.0
            {
                return Some((hours * 60.0) as u32).filter(|m| *m <= WEEK_MINUTES_MAX);
            }
        }
    }
    let days = days_a_week(&compact)?;
    let daily = minutes_a_day(&compact)?;
    Some(daily * days).filter(|m| *m <= WEEK_MINUTES_MAX && *m > 0)
}

fn leading_number(text: &str) -> Option<(f64, &str)> {
    let end = text.bytes().position(|b| !(b.is_ascii_digit() || b == b'.')).unwrap_or(text.len());
    text.get(..end)?.parse().ok().map(|n| (n, &text[end..]))
}

/// `주5일`, `월~금`.
fn days_a_week(compact: &str) -> Option<u32> {
    for (at, _) in compact.match_indices('주') {
        if let Some((days, rest)) = leading_number(&compact[at + '주'.len_utf8()..])
            && rest.starts_with('일')
            && (1.0..=7.0).contains(&days)
        {
            return Some(days as u32);
        }
    }
    for (words, days) in [
        (["월~금", "월-금", "평일"], 5),
        (["월~토", "월-토", "월요일~토요일"], 6),
        (["월~일", "매일", "연중무휴"], 7),
        (["월요일~금요일", "월요일부터금요일", "월금"], 5),
        (["주말", "토,일", "토일"], 2),
    ] {
        if words.iter().any(|w| compact.contains(w)) {
            return Some(days);
        }
    }
    None
}

/// `9시~18시`, `09:00~18:00`, `(오전)9시00분~(오후)6시00분`, or `일8시간`.
pub(crate) fn minutes_a_day(compact: &str) -> Option<u32> {
    for marker in ["1일", "하루", "일"] {
        if let Some(at) = compact.find(marker)
            && let Some((hours, rest)) = leading_number(&compact[at + marker.len()..])
            && rest.starts_with("시간")
            && (1.0..=24.0).contains(&hours)
        {
            return Some((hours * 60.0) as u32);
        }
    }
    let dash = compact
        .find(['~', '-'])
        .into_iter()
        .chain(compact.match_indices(['~', '-']).map(|(at, _)| at))
        .find(|at| clock_before(&compact[..*at]).is_some())?;
    let from = clock_before(&compact[..dash])?;
    let mut to = clock_after(&compact[dash + 1..])?;
    if to <= from {
        to += if to + 12 * 60 > from && to <= 12 * 60 && from < 12 * 60 { 12 * 60 } else { 24 * 60 };
    }
    let span = to - from;
    let paid = if span >= 8 * 60 {
        span - 60
    } else if span > 4 * 60 {
        span - 30
    } else {
        span
    };
    (span <= 24 * 60).then_some(paid)
}

/// The clock time that ends a text, in minutes.
fn clock_before(text: &str) -> Option<u32> {
    let tail = text.char_indices().rev().take(14).last().map_or(text, |(at, _)| &text[at..]);
    let afternoon = tail.contains("오후") || tail.contains("PM");
    let starts = tail
        .char_indices()
        .filter(|(at, c)| c.is_ascii_digit() && !tail[..*at].ends_with(|p: char| p.is_ascii_digit() || p == ':'));
    starts.filter_map(|(at, _)| clock(&tail[at..], afternoon)).next_back().map(|(minutes, _)| minutes)
}

/// The clock time that begins a text, in minutes.
fn clock_after(text: &str) -> Option<u32> {
    let start = text.find(|c: char| c.is_ascii_digit()).filter(|at| *at <= 16)?;
    let afternoon = text[..start].contains("오후") || text[..start].contains("PM");
    clock(&text[start..], afternoon).map(|(minutes, _)| minutes)
}

fn clock(text: &str, afternoon: bool) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=2).contains(&digits) {
        return None;
    }
    let hour: u32 = text[..digits].parse().ok().filter(|h| *h <= 30)?;
    let rest = &text[digits..];
    let rest = rest.strip_prefix("시").or_else(|| rest.strip_prefix(':'))?;
    let minute_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let minute: u32 = if minute_digits == 2 {
        rest[..2].parse().ok().filter(|m| *m < 60)?
    } else if rest.starts_with('반') {
        30
    } else {
        0
    };
    let hour = if afternoon && hour < 12 { hour + 12 } else { hour };
    Some((hour * 60 + minute, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekly_minutes_follow_from_the_words() {
        for (words, want) in [
            ("주 40시간", Some(2400)),
            ("주5일근무 · (근무시간) (오전) 9시 00분 ~ (오후) 6시 00분", Some(2400)),
            ("주 5일(월~금) 09:00~18:00", Some(2400)),
            ("주6일 10:00~20:00", Some(9 * 60 * 6)),
            ("(근무시간) (오전) 10시 30분 ~ (오후) 1시 30분 주 소정근로시간 15시간", Some(900)),
            ("주3일 13:00~17:00", Some(240 * 3)),
            ("주 5일, 1일 8시간", Some(2400)),
            ("협의", None),
            ("22:00~06:00", None),
            ("주말 22:00~06:00", Some(420 * 2)),
        ] {
            assert_eq!(weekly_minutes(words), want, "{words}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(raw in "[0-9 :~시분오전후주월금일\\-]{0,40}") {
            let _ = weekly_minutes(&raw);
        }
    }
}
