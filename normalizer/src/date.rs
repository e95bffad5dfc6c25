//! Days in every spelling portals use (PORTALS §27.4): numbers, words, relative days, instants shifted to Asia/Seoul.
//! A day without a year is resolved against the day of fetching. Holds no meaning of the field it stands in.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta};
use smallvec::SmallVec;

/// Most bytes of a text that are looked at for a date.
pub const DATE_BYTES_MAX: usize = 200;
/// Most tokens of a text.
const TOKENS_MAX: usize = 64;
/// Asia/Seoul is nine hours ahead of UTC, without summer time since 1988.
const SEOUL_MINUTES: i32 = 9 * 60;
/// Days into the past up to which a day without a year is taken for the past; beyond, it is next year's.
const YEARLESS_PAST_DAYS: i64 = 90;
/// Earliest and latest year taken for a date at all.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=9999;

/// A day, and how it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// In Asia/Seoul.
    pub date: NaiveDate,
    /// `date.full`, `date.short_year`, `date.yearless`, `date.relative`, `date.instant`, `date.unix`, `date.words`.
    pub rule: &'static str,
    /// Thousandths.
    pub confidence: u16,
}

/// The first day named in a text.
pub fn first(text: &str, on: NaiveDate) -> Option<Day> {
    all(text, on).first().copied()
}

/// Every day named in a text, in its order; a relative one (`D-3`, 오늘) counts only where no absolute one stands.
pub fn all(text: &str, on: NaiveDate) -> SmallVec<[Day; 2]> {
    let text = crate::text::cut(text.trim(), DATE_BYTES_MAX);
    let mut days = SmallVec::new();
    let tokens = tokens(text);
    let mut at = 0;
    while at < tokens.len() {
        match absolute(&tokens[at..], on).or_else(|| dotted(&tokens, at, on)) {
            Some((day, used)) => {
                days.push(day);
                at += used.max(1);
            }
            None => at += refused(&tokens[at..]),
        }
    }
    if days.is_empty() {
        days.extend(relative(text, &tokens, on));
    }
    days
}

/// `~ 12.6`, `12.31까지`: month and day with a dot between, where a range sign before or a word behind says that it is a day.
fn dotted(tokens: &[Token<'_>], at: usize, on: NaiveDate) -> Option<(Day, usize)> {
    let [Token::Number(month, 1 | 2), rest @ ..] = &tokens[at..] else { return None };
    let ((day, digits), used, mark) = after_mark(rest)?;
    if mark != '.' || digits > 2 {
        return None;
    }
    let before = tokens[..at].iter().rev().find(|t| **t != Token::Gap);
    let behind = rest[used..].iter().find(|t| !matches!(t, Token::Gap | Token::Mark('.')));
    let says_day = matches!(before, Some(Token::Mark('~')))
        || matches!(behind, Some(Token::Mark('~')))
        || matches!(behind, Some(Token::Word(w)) if ["까지", "마감", "부터"].iter().any(|d| w.starts_with(d)));
    if !says_day {
        return None;
    }
    let date = yearless(u32::try_from(*month).ok()?, u32::try_from(day).ok()?, weekday_of(&rest[used..]), on)?;
    Some((Day { date, rule: "date.yearless", confidence: 850 }, 1 + used))
}

/// Tokens to pass over where no day begins: all of `1974/10/31`, so that its rest is not taken for a day without a year.
fn refused(tokens: &[Token<'_>]) -> usize {
    let mut used = 1;
    if let [Token::Number(_, 3..), ..] = tokens {
        while let Some((_, more, _)) = after_mark(&tokens[used..]) {
            used += more;
        }
    }
    used
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'a> {
    /// Digits, and how many.
    Number(u64, usize),
    /// Letters or syllables.
    Word(&'a str),
    /// Anything else but white space.
    Mark(char),
    /// White space.
    Gap,
}

fn tokens(text: &str) -> SmallVec<[Token<'_>; TOKENS_MAX]> {
    let mut out = SmallVec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() && out.len() < TOKENS_MAX {
        let start = at;
        let byte = bytes[at];
        if byte.is_ascii_digit() {
            while at < bytes.len() && bytes[at].is_ascii_digit() {
                at += 1;
            }
            let number = if at - start <= 18 { text[start..at].parse().unwrap_or(u64::MAX) } else { u64::MAX };
            out.push(Token::Number(number, at - start));
        } else if byte.is_ascii_alphabetic() {
            while at < bytes.len() && bytes[at].is_ascii_alphabetic() {
                at += 1;
            }
            out.push(Token::Word(&text[start..at]));
        } else if byte.is_ascii_whitespace() {
            while at < bytes.len() && bytes[at].is_ascii_whitespace() {
                at += 1;
            }
            out.push(Token::Gap);
        } else if byte.is_ascii() {
            at += 1;
            out.push(Token::Mark(byte as char));
        } else {
            while at < bytes.len() && !bytes[at].is_ascii() {
                at += 1;
            }
            out.push(Token::Word(&text[start..at]));
        }
    }
    out
}

/// A day that begins at the first token, and how many tokens it takes.
fn absolute(tokens: &[Token<'_>], on: NaiveDate) -> Option<(Day, usize)> {
    match tokens {
        [Token::Number(n, digits), rest @ ..] => numbered(*n, *digits, rest, on)
            .or_else(|| in_words(tokens, on))
            .or_else(|| packed(*n, *digits, rest).map(|day| (day, 1))),
        [Token::Word(word), ..] if word.is_ascii() => in_words(tokens, on),
        _ => None,
    }
}

/// `2026-04-14`, `26.4.14`, `27/01/2016`, `12/31(화)`, `2025년 7월 8일`, `7월 8일`, with or without a time behind.
fn numbered(n: u64, digits: usize, rest: &[Token<'_>], on: NaiveDate) -> Option<(Day, usize)> {
    let (second, used_second, mark) = after_mark(rest)?;
    let third = after_mark(&rest[used_second..]).filter(|(_, _, m)| same_kind(mark, *m));
    if let Some(((c, c_digits), used_third, last)) = third
        && !(last == '시' || last == '년')
    {
        let used = 1 + used_second + used_third;
        let tail = &rest[used - 1..];
        if let Some((date, rule, confidence)) = three((n, digits), second, (c, c_digits), mark) {
            return Some(with_time(date, rule, confidence, tail, used));
        }
    }
    let (b, b_digits) = second;
    let short = matches!(digits, 1 | 2) && matches!(b_digits, 1 | 2) && matches!(mark, '/' | '.' | '월' | '-');
    if !short || !(1..=12).contains(&n) || !(1..=31).contains(&b) {
        return None;
    }
    let tail = &rest[used_second..];
    let weekday = weekday_of(tail);
    // `10.5` may be a number: only a day sign, a weekday, a slash or a bare end makes it a date
    let is_day = mark == '월' || mark == '/' || weekday.is_some() || (digits == 2 && b_digits == 2 && tail.is_empty());
    if !is_day {
        return None;
    }
    let date = yearless(n as u32, b as u32, weekday, on)?;
    let confidence = if weekday.is_some() { 950 } else { 850 };
    Some((Day { date, rule: "date.yearless", confidence }, 1 + used_second))
}

/// The separator and number behind a number: `-04`, `. 4`, `년 7`, `/ 12`.
fn after_mark(tokens: &[Token<'_>]) -> Option<((u64, usize), usize, char)> {
    let mut at = 0;
    if tokens.get(at) == Some(&Token::Gap) {
        at += 1;
    }
    let mark = match tokens.get(at)? {
        Token::Mark(c @ ('-' | '.' | '/')) => *c,
        Token::Word(w) => match *w {
            "년" => '년',
            "월" => '월',
            _ => return None,
        },
        _ => return None,
    };
    at += 1;
    if tokens.get(at) == Some(&Token::Gap) {
        at += 1;
    }
    match tokens.get(at)? {
        Token::Number(n, digits) => Some(((*n, *digits), at + 1, mark)),
        _ => None,
    }
}

fn same_kind(first: char, second: char) -> bool {
    first == second || (first == '년' && second == '월')
}

/// Which of three numbers is what.
fn three(a: (u64, usize), b: (u64, usize), c: (u64, usize), mark: char) -> Option<(NaiveDate, &'static str, u16)> {
    let day = |y: u64, m: u64, d: u64| {
        NaiveDate::from_ymd_opt(i32::try_from(y).ok()?, u32::try_from(m).ok()?, u32::try_from(d).ok()?)
    };
    let short_year = |y: u64| if y < 70 { 2000 + y } else { 1900 + y };
    if a.1 == 4 && b.1 <= 2 && c.1 <= 2 && YEARS.contains(&i32::try_from(a.0).ok()?) {
        return day(a.0, b.0, c.0).map(|d| (d, "date.full", 1000));
    }
    if c.1 == 4 && a.1 <= 2 && b.1 <= 2 && mark != '년' && YEARS.contains(&i32::try_from(c.0).ok()?) {
        return match (a.0, b.0) {
            (d, m) if m <= 12 => day(c.0, m, d).map(|d| (d, "date.day_first", 850)),
            (m, d) => day(c.0, m, d).map(|d| (d, "date.month_first", 850)),
        };
    }
    if a.1 > 2 || b.1 > 2 || c.1 > 2 {
        return None;
    }
    // `3/2/16`: an unpadded first number is a month, as spreadsheets write it
    if mark == '/' && a.1 == 1 && c.1 == 2 {
        return day(short_year(c.0), a.0, b.0).map(|d| (d, "date.month_first", 700));
    }
    (a.1 == 2).then(|| day(short_year(a.0), b.0, c.0)).flatten().map(|d| (d, "date.short_year", 950))
}

/// `yyyyMMdd`, `yyyyMMddHHmm`, `yyyyMMddHHmmss`, unix seconds and milliseconds.
fn packed(n: u64, digits: usize, rest: &[Token<'_>]) -> Option<Day> {
    let calendar = |ymd: u64| {
        NaiveDate::from_ymd_opt(i32::try_from(ymd / 10_000).ok()?, (ymd / 100 % 100) as u32, (ymd % 100) as u32)
    };
    if matches!(rest.first(), Some(Token::Word(w)) if w.starts_with(['원', '만', '명', '년', '시', '개'])) {
        return None;
    }
    match digits {
        8 | 12 | 14 | 17 => {
            let ymd = n / 10u64.pow(digits as u32 - 8);
            let date = calendar(ymd).filter(|d| YEARS.contains(&d.year()))?;
            Some(Day { date, rule: "date.full", confidence: 1000 })
        }
        // `2024123118` is an hour; as seconds it would lie beyond any posting
        10 if ((2000..2100).contains(&(n / 1_000_000)) || n / 1_000_000 == 9999)
            && n % 100 <= 24
            && calendar(n / 100).is_some() =>
        {
            calendar(n / 100).map(|date| Day { date, rule: "date.full", confidence: 900 })
        }
        10 | 13 => {
            let seconds = if digits == 13 { n / 1000 } else { n };
            let at = chrono::DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)?.naive_utc();
            let date = seoul(at, 0)?;
            (1995..2110).contains(&date.year()).then_some(Day { date, rule: "date.unix", confidence: 1000 })
        }
        6 => {
            let date = calendar(20_000_000 + n)?;
            (2015..=2045).contains(&date.year()).then_some(Day { date, rule: "date.short_year", confidence: 700 })
        }
        _ => None,
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn month_of(word: &str) -> Option<u32> {
    let head = word.get(..3)?;
    (word.len() <= 9).then(|| MONTHS.iter().position(|m| head.eq_ignore_ascii_case(m))).flatten().map(|n| n as u32 + 1)
}

/// `Mon, 08 Nov 2021 10:00:00 +0900`, `8 Nov 2021`, `Nov 8, 2021`, `Sun Apr 25 00:00:00 UTC 2021`.
fn in_words(tokens: &[Token<'_>], _on: NaiveDate) -> Option<(Day, usize)> {
    let at = |n: usize| {
        tokens.iter().enumerate().filter(|(_, t)| !matches!(t, Token::Gap | Token::Mark(',' | '-' | '.'))).nth(n)
    };
    match (at(0)?.1, at(1)?.1, at(2)) {
        (Token::Number(d, 1 | 2), Token::Word(m), Some((last, Token::Number(y, 4)))) => {
            let date = NaiveDate::from_ymd_opt(i32::try_from(*y).ok()?, month_of(m)?, *d as u32)?;
            Some(with_time(date, "date.words", 1000, &tokens[last + 1..], last + 1))
        }
        (Token::Word(m), Token::Number(d, 1 | 2), third) if month_of(m).is_some() => {
            let month = month_of(m)?;
            if let Some((last, Token::Number(y, 4))) = third {
                let date = NaiveDate::from_ymd_opt(i32::try_from(*y).ok()?, month, *d as u32)?;
                return Some(with_time(date, "date.words", 1000, &tokens[last + 1..], last + 1));
            }
            java(tokens, month, *d as u32)
        }
        _ => None,
    }
}

/// `Apr 25 00:00:00 UTC 2021`, after the weekday.
fn java(tokens: &[Token<'_>], month: u32, day: u32) -> Option<(Day, usize)> {
    let time_at = tokens.iter().position(|t| matches!(t, Token::Mark(':')))?.checked_sub(1)?;
    let (hour, minute) = clock(tokens.get(time_at..)?)?;
    let rest = &tokens[time_at..];
    let zone = rest.iter().find_map(|t| if let Token::Word(w) = t { Some(*w) } else { None }).unwrap_or("UTC");
    let (year_at, year) =
        rest.iter().enumerate().find_map(|(n, t)| if let Token::Number(y, 4) = t { Some((n, *y)) } else { None })?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let shift = if matches!(zone, "KST" | "JST") { SEOUL_MINUTES } else { 0 };
    let date = seoul(date.and_hms_opt(hour, minute, 0)?, shift)?;
    Some((Day { date, rule: "date.instant", confidence: 950 }, time_at + year_at + 1))
}

/// Hour and minute in `T15:00:00.000Z`, `16:20`, from their first number.
fn clock(tokens: &[Token<'_>]) -> Option<(u32, u32)> {
    match tokens {
        [Token::Number(h, 1 | 2), Token::Mark(':'), Token::Number(m, 2), ..] if *h <= 24 && *m < 60 => {
            Some((*h as u32, *m as u32))
        }
        _ => None,
    }
}

/// Shifts a date by the time and zone that follow it, when a zone does.
fn with_time(date: NaiveDate, rule: &'static str, confidence: u16, tail: &[Token<'_>], used: usize) -> (Day, usize) {
    let plain = (Day { date, rule, confidence }, used);
    let skip = tail.iter().take(2).take_while(|t| matches!(t, Token::Gap | Token::Word("T" | "t"))).count();
    let Some((hour, minute)) = clock(&tail[skip..]) else { return plain };
    let mut end = skip + 3;
    while matches!(tail.get(end), Some(Token::Mark(':' | '.') | Token::Number(..))) {
        end += 1;
    }
    let with_clock = (plain.0, used + end);
    let mut at = end;
    if tail.get(at) == Some(&Token::Gap) {
        at += 1;
    }
    let shift = match tail.get(at..) {
        Some([Token::Word("Z" | "z" | "UTC" | "GMT"), ..]) => 0,
        Some([Token::Mark(sign @ ('+' | '-')), Token::Number(zone, 4), ..]) => signed(*sign, *zone / 100, *zone % 100),
        Some([Token::Mark(sign @ ('+' | '-')), Token::Number(h, 2), Token::Mark(':'), Token::Number(m, 2), ..]) => {
            signed(*sign, *h, *m)
        }
        _ => return with_clock,
    };
    let hour = hour.min(23);
    match date.and_hms_opt(hour, minute, 0).and_then(|at| seoul(at, shift)) {
        Some(date) => (Day { date, rule: "date.instant", confidence }, used + at + 1),
        None => with_clock,
    }
}

fn signed(sign: char, hours: u64, minutes: u64) -> i32 {
    let total = (hours.min(14) * 60 + minutes.min(59)) as i32;
    if sign == '-' { -total } else { total }
}

/// The day in Asia/Seoul of a wall time that is `zone_minutes` ahead of UTC.
fn seoul(at: NaiveDateTime, zone_minutes: i32) -> Option<NaiveDate> {
    at.checked_add_signed(TimeDelta::minutes(i64::from(SEOUL_MINUTES - zone_minutes))).map(|t| t.date())
}

/// The weekday in `(화)`, `화요일`; Monday = 0. The 일 of `8월 2일` is none.
fn weekday_of(tokens: &[Token<'_>]) -> Option<u32> {
    tokens.iter().take(4).enumerate().find_map(|(n, token)| {
        let Token::Word(word) = token else { return None };
        let word = if n == 0 { word.strip_prefix('일').unwrap_or(word) } else { word };
        let first = word.chars().next()?;
        let is_day = word.chars().count() == 1 || word[first.len_utf8()..].starts_with("요");
        is_day.then(|| "월화수목금토일".chars().position(|d| d == first)).flatten().map(|n| n as u32)
    })
}

/// A month and day near the day of fetching; the weekday, where one stands, chooses the year.
pub fn yearless(month: u32, day: u32, weekday: Option<u32>, on: NaiveDate) -> Option<NaiveDate> {
    let years = [on.year(), on.year() + 1, on.year() - 1];
    let near = |y: i32| NaiveDate::from_ymd_opt(y, month, day);
    if let Some(weekday) = weekday
        && let Some(date) = years
            .iter()
            .filter_map(|y| near(*y))
            .filter(|d| d.weekday().num_days_from_monday() == weekday)
            .min_by_key(|d| (*d - on).num_days().abs())
    {
        return Some(date);
    }
    years
        .iter()
        .filter_map(|y| near(*y))
        .filter(|d| (*d - on).num_days() >= -YEARLESS_PAST_DAYS)
        .min()
        .or_else(|| (1..=8).find_map(|ahead| near(on.year() + ahead)))
}

/// `D-3`, `오늘마감`, `내일마감`, `22시마감`, `3일전`, `5시간 전`, `Posted 3 Days Ago`.
fn relative(text: &str, tokens: &[Token<'_>], on: NaiveDate) -> Option<Day> {
    let made =
        |date: Option<NaiveDate>, confidence: u16| date.map(|date| Day { date, rule: "date.relative", confidence });
    let forward = |n: u64| on.checked_add_days(Days::new(n.min(3650)));
    let back = |n: u64| on.checked_sub_days(Days::new(n.min(3650)));
    // `D - 7`
    let tokens: SmallVec<[Token<'_>; TOKENS_MAX]> =
        match tokens.iter().position(|t| matches!(t, Token::Word("D" | "d"))) {
            Some(_) => tokens.iter().copied().filter(|t| *t != Token::Gap).collect(),
            None => SmallVec::from_slice(tokens),
        };
    for (n, token) in tokens.iter().enumerate() {
        match (token, tokens.get(n + 1), tokens.get(n + 2)) {
            (Token::Word("D" | "d"), Some(Token::Mark('-')), Some(Token::Number(days, 1..=3))) => {
                return made(forward(*days), 950);
            }
            (Token::Word("D" | "d"), Some(Token::Mark('+')), Some(Token::Number(days, 1..=3))) => {
                return made(back(*days), 950);
            }
            (Token::Word("D" | "d"), Some(Token::Mark('-')), Some(Token::Word(w))) if w.eq_ignore_ascii_case("day") => {
                return made(Some(on), 950);
            }
            (Token::Word(w), _, _) if w.eq_ignore_ascii_case("dday") => return made(Some(on), 950),
            (Token::Number(days, 1..=3), Some(_), _) => {
                if let Some(day) = counted(*days, &tokens[n + 1..], on) {
                    return Some(day);
                }
            }
            _ => {}
        }
    }
    let lower = text.to_ascii_lowercase();
    let has = |word: &str| lower.contains(word);
    if has("오늘") || has("금일") || has("today") || has("방금") || has("just now") {
        made(Some(on), 950)
    } else if has("내일") || has("명일") || has("tomorrow") {
        made(forward(1), 950)
    } else if has("모레") {
        made(forward(2), 900)
    } else if has("어제") || has("yesterday") {
        made(back(1), 950)
    } else if has("요일") {
        made(of_week(&lower, on), 800)
    } else {
        None
    }
}

/// `이번주 금요일`, `다음주 월요일`, `지난주 화요일`; weeks begin on Monday. A weekday alone is not taken for a day.
fn of_week(text: &str, on: NaiveDate) -> Option<NaiveDate> {
    let at = text.find("요일")?;
    let day = text[..at].chars().next_back()?;
    let weekday = "월화수목금토일".chars().position(|d| d == day)? as i64;
    let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
    let weeks = if has(&["다음주", "다음 주", "차주", "내주"]) {
        1
    } else if has(&["이번주", "이번 주", "금주"]) {
        0
    } else if has(&["지난주", "지난 주", "저번주", "저번 주"]) {
        -1
    } else {
        return None;
    };
    let monday = -i64::from(on.weekday().num_days_from_monday());
    on.checked_add_signed(TimeDelta::days(monday + 7 * weeks + weekday))
}

/// A number with a unit and a direction: `3일 후`, `3일전`, `22시마감`, `5시간 전`, `2주 전`, `3 Days Ago`.
fn counted(count: u64, rest: &[Token<'_>], on: NaiveDate) -> Option<Day> {
    let mut said = String::new();
    for token in rest.iter().take(4) {
        match token {
            Token::Word(word) => said.push_str(&word.to_ascii_lowercase()),
            Token::Gap => {}
            _ => break,
        }
    }
    let starts = |words: &[&str]| words.iter().any(|w| said.starts_with(w));
    let days = if starts(&["주전", "주일전", "weekago", "weeksago"]) { count * 7 } else { count }.min(3650);
    let date = if starts(&["일전", "주전", "주일전", "dayago", "daysago", "weekago", "weeksago"]) {
        on.checked_sub_days(Days::new(days))
    } else if starts(&["일후", "일뒤", "일남"]) {
        on.checked_add_days(Days::new(days))
    } else if starts(&[
        "시마감",
        "시까지",
        "시간전",
        "분전",
        "초전",
        "hourago",
        "hoursago",
        "minago",
        "minsago",
        "minutesago",
    ]) {
        Some(on)
    } else {
        None
    };
    date.map(|date| Day { date, rule: "date.relative", confidence: 900 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn reads_every_spelling_of_the_portals() {
        let on = day("2024-12-03");
        for (raw, want) in [
            ("26-04-14", "2026-04-14"),
            ("2024-12-01", "2024-12-01"),
            ("2019/11/21 16:20:01", "2019-11-21"),
            ("21.05.31", "2021-05-31"),
            ("2021.05.31", "2021-05-31"),
            ("2021. 5. 31.", "2021-05-31"),
            ("202603301412", "2026-03-30"),
            ("20260330141259", "2026-03-30"),
            ("20160930", "2016-09-30"),
            ("2024-12-25T15:00:00.000Z", "2024-12-26"),
            ("2024-12-10T11:19:00.000+09:00", "2024-12-10"),
            ("2019-07-07T17:17:17+0900", "2019-07-07"),
            ("2021-03-11T23:41:25-05:00", "2021-03-12"),
            ("27/01/2016", "2016-01-27"),
            ("19/10/2018", "2018-10-19"),
            ("01.03.2019", "2019-03-01"),
            ("3/2/16 14:00", "2016-03-02"),
            ("Sun Apr 25 00:00:00 UTC 2021", "2021-04-25"),
            ("Fri Dec 31 15:00:00 UTC 2021", "2022-01-01"),
            ("Fri Dec 31 15:00:00 KST 2021", "2021-12-31"),
            ("2021-3-8", "2021-03-08"),
            ("Mon, 08 Nov 2021", "2021-11-08"),
            ("Mon, 08 Nov 2021 20:00:00 GMT", "2021-11-09"),
            ("Nov 8, 2021", "2021-11-08"),
            ("1559191564", "2019-05-30"),
            ("1619708400000", "2021-04-30"),
            ("1988118000", "2033-01-01"),
            ("99991231", "9999-12-31"),
            ("9999-12-31 00:00:00", "9999-12-31"),
            ("2025년 7월 8일", "2025-07-08"),
            ("25년 7월 8일(화)", "2025-07-08"),
            ("~ 12/08(일)", "2024-12-08"),
            ("~ 01/03(금)", "2025-01-03"),
            ("~10/10(화)", "2023-10-10"),
            ("11/29", "2024-11-29"),
            ("08.24", "2025-08-24"),
            ("7월 8일", "2025-07-08"),
            ("D-19", "2024-12-22"),
            ("D-day", "2024-12-03"),
            ("오늘마감", "2024-12-03"),
            ("내일마감", "2024-12-04"),
            ("22시마감", "2024-12-03"),
            ("마감일 (2025-07-08)", "2025-07-08"),
            ("2022.12.19 (마감 19일전)", "2022-12-19"),
            ("3일 전 등록", "2024-11-30"),
            ("8월 2일", "2025-08-02"),
            ("12월 8일 일요일", "2024-12-08"),
            ("12월 8일(일)", "2024-12-08"),
            ("Posted 3 Days Ago", "2024-11-30"),
            ("채용시까지  26-04-17", "2026-04-17"),
            ("이번주 금요일까지", "2024-12-06"),
            ("다음 주 월요일 마감", "2024-12-09"),
            ("2024-02-29", "2024-02-29"),
        ] {
            assert_eq!(first(raw, on).map(|d| d.date), Some(day(want)), "{raw}");
        }
    }

    #[test]
    fn counts_days_back() {
        let on = day("2024-12-03");
        assert_eq!(first("3일전", on).map(|d| d.date), Some(day("2024-11-30")));
        assert_eq!(first("어제", on).map(|d| d.date), Some(day("2024-12-02")));
        assert_eq!(first("2주전", on).map(|d| d.date), Some(day("2024-11-19")));
        assert_eq!(first("5시간 전", on).map(|d| d.date), Some(on));
        assert_eq!(first("3일 남음", on).map(|d| d.date), Some(day("2024-12-06")));
    }

    #[test]
    fn a_range_gives_both_its_days() {
        let on = day("2026-10-01");
        let days: Vec<_> = all("2026-10-16 ~ 2026-10-30", on).iter().map(|d| d.date).collect();
        assert_eq!(days, [day("2026-10-16"), day("2026-10-30")]);
        let days: Vec<_> = all("2026-10-16~2026-10-30", on).iter().map(|d| d.date).collect();
        assert_eq!(days, [day("2026-10-16"), day("2026-10-30")]);
    }

    #[test]
    fn what_is_no_date_is_none() {
        let on = day("2026-10-01");
        for raw in [
            "",
            "상시채용",
            "2024-13-01",
            "2024-02-30",
            "3.5%",
            "1,000만원",
            "주 5일",
            "99/99",
            "2099년생",
            "1974/10/31",
            "1901년 9월 10일",
            "abc",
            "24시간",
        ] {
            let got = first(raw, on);
            assert_eq!(got.map(|d| d.date), None, "{raw}");
        }
    }

    #[test]
    fn the_weekday_chooses_the_year() {
        assert_eq!(yearless(12, 31, Some(1), day("2024-12-03")), Some(day("2024-12-31")));
        assert_eq!(yearless(1, 17, Some(4), day("2024-12-03")), Some(day("2025-01-17")));
        assert_eq!(yearless(2, 29, None, day("2025-03-03")), Some(day("2028-02-29")));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(raw in "\\PC{0,60}") {
            let _ = all(&raw, day("2026-11-24"));
        }

        #[test]
        fn written_dates_read_back(y in 1995i32..2060, m in 1u32..13, d in 1u32..29) {
            let date = NaiveDate::from_ymd_opt(y, m, d).unwrap();
            for form in ["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d", "%Y%m%d%H%M", "%Y년 %m월 %d일"] {
                let written = date.and_hms_opt(9, 5, 0).unwrap().format(form).to_string();
                proptest::prop_assert_eq!(first(&written, day("2026-11-24")).map(|d| d.date), Some(date), "{}", written);
            }
        }
    }
}
