//! How and when a posting closes: one of four kinds, and a day (until its end, Asia/Seoul).
//! Mixed text, year-less and relative days, and the sentinels that mean "no end" are all met here.

use chrono::{Datelike, NaiveDate};

use crate::reading::Reading;
use crate::{CloseKind, Closing, Effect, RawField, SourceStatus, date, text};

/// A closing day this many days ahead, three years, is no day but a way to say "open".
const FAR_DAYS: i64 = 3 * 365 + 1;
/// A closing day that lies this many days after publication once a year is added was written with the wrong year.
const YEAR_SLIP_DAYS: i64 = 120;
/// 1988118000, the sentinel of one portal: 2033-01-01 in Asia/Seoul.
const SENTINEL: (i32, u32, u32) = (2033, 1, 1);

/// What a closing text says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Kind and day.
    pub closing: Closing,
    /// The rule that read it.
    pub rule: &'static str,
    /// Thousandths.
    pub confidence: u16,
    /// The source says that the posting is over.
    pub closed: bool,
    /// The text says explicitly that there is nothing to say.
    pub none: bool,
}

/// Reads `close_type` and `valid_through`, then `status`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let on = reading.context.fetched_on;
    let kind_text = reading.line(RawField::CloseType);
    let day_text = reading.line(RawField::ValidThrough);
    if let Some(raw) = &day_text {
        match said(raw, on) {
            Some(got) => {
                reading.out.posting.closing = got.closing;
                if got.closed {
                    reading.out.posting.status = SourceStatus::Closed;
                }
                if got.rule == "closing.far" {
                    reading.doubt("closing.far", "closing", Effect::Lowers, raw);
                }
                reading.took("closing", raw, got.rule, got.confidence);
            }
            None => reading.doubt("closing.not_understood", "closing", Effect::Lowers, raw),
        }
    }
    if let Some(raw) = &kind_text {
        match kind(raw) {
            Some(kind) => {
                // a code for "by date" beside a date that means "no end" is a form filled in by default
                let endless =
                    reading.out.posting.closing.kind.is_some() && reading.out.posting.closing.valid_through.is_none();
                if !(endless && kind == CloseKind::ByDate) {
                    reading.out.posting.closing.kind = Some(kind);
                }
                reading.took("closing", raw, "closing.kind", 1000);
            }
            None if raw.starts_with('?') => reading.doubt("closing.unknown_code", "closing", Effect::Lowers, raw),
            None if day_text.is_none() => match said(raw, on) {
                Some(got) => {
                    reading.out.posting.closing = got.closing;
                    reading.took("closing", raw, got.rule, got.confidence);
                }
                None => reading.doubt("closing.not_understood", "closing", Effect::Lowers, raw),
            },
            None => {}
        }
    }
    status(reading);
}

fn status(reading: &mut Reading<'_>) {
    let Some(raw) = reading.line(RawField::Status) else { return };
    let word = text::compact(&raw);
    let closed = [
        "closed",
        "마감",
        "공고종료",
        "모집마감",
        "접수마감",
        "종료",
        "마감됨",
        "채용마감",
        "n",
        "0",
        "inactive",
        "expired",
        "채용완료",
        "모집완료",
        "접수종료",
        "취소",
        "삭제",
        "false",
    ];
    let open = [
        "open",
        "모집중",
        "채용중",
        "접수중",
        "진행중",
        "active",
        "y",
        "1",
        "게시중",
        "공고중",
        "마감임박",
        "접수예정",
        "모집예정",
        "진행예정",
        "true",
        "published",
        "new",
        "updated",
    ];
    if closed.contains(&word.as_str()) {
        reading.out.posting.status = SourceStatus::Closed;
        reading.took("status", &raw, "status.word", 1000);
    } else if open.contains(&word.as_str()) {
        reading.took("status", &raw, "status.word", 1000);
    } else if word.ends_with("마감되었습니다") || word.contains("마감된") || word.contains("종료된") {
        reading.out.posting.status = SourceStatus::Closed;
        reading.took("status", &raw, "status.word", 900);
    } else {
        let rule = if raw.starts_with('?') { "status.unknown_code" } else { "status.not_understood" };
        reading.doubt(rule, "status", Effect::Lowers, &raw);
    }
}

/// One of the four kinds in words or as a code table gives it.
pub fn kind(text: &str) -> Option<CloseKind> {
    let word = text::compact(text);
    match word.as_str() {
        "bydate" | "접수마감일" | "마감일" | "날짜" => return Some(CloseKind::ByDate),
        "untilfilled" => return Some(CloseKind::UntilFilled),
        "alwaysopen" => return Some(CloseKind::AlwaysOpen),
        "rolling" => return Some(CloseKind::Rolling),
        _ => {}
    }
    kind_in(&word)
}

fn kind_in(word: &str) -> Option<CloseKind> {
    let has = |words: &[&str]| words.iter().any(|w| word.contains(w));
    if has(&[
        "채용시",
        "충원시",
        "채용될때",
        "구인시",
        "선발시",
        "untilfilled",
        "모집완료시",
        "모집시까지",
        "채용완료시",
        "채용완료까지",
        "채용까지",
        "소진시",
        "마감시까지",
    ]) {
        Some(CloseKind::UntilFilled)
    } else if has(&["수시", "rolling"]) && !word.contains("상시") {
        Some(CloseKind::Rolling)
    } else if has(&[
        "상시",
        "always",
        "ongoing",
        "연중",
        "무기한",
        "기한없음",
        "기한제한없",
        "마감일없음",
        "제한없음",
        "noexpir",
    ]) {
        Some(CloseKind::AlwaysOpen)
    } else {
        None
    }
}

/// Words that leave the end to when enough have applied; beside a date they are a remark.
fn is_first_come(word: &str) -> bool {
    ["선착순", "조기마감", "인원마감", "정원마감"].iter().any(|w| word.contains(w))
}

/// The part of a text that is about closing: other days that portals write beside it are cut off.
fn about_closing(raw: &str) -> &str {
    const OTHERS: [&str; 8] = ["수정일", "등록일", "게시일", "발표", "입사일", "면접일", "서류발표", "작성일"];
    let digit = |text: &str| text.bytes().any(|b| b.is_ascii_digit());
    let mut part = raw;
    if let Some(at) = ["마감일", "접수마감", "종료일"].iter().filter_map(|w| part.rfind(w)).max()
        && digit(&part[at..])
        && OTHERS.iter().any(|w| part[..at].contains(w))
    {
        part = &part[at..];
    }
    OTHERS.iter().filter_map(|w| part.find(w)).min().map_or(part, |at| &part[..at])
}

/// Reads a closing text; `None` where it is not understood.
pub fn said(raw: &str, on: NaiveDate) -> Option<Said> {
    let nothing = |rule, confidence| Some(Said { rule, confidence, none: true, ..Said::default() });
    if text::is_absent(raw) {
        return nothing("closing.none", 1000);
    }
    let raw = about_closing(raw);
    let days = date::all(raw, on);
    // the common case, a plain date, needs no look at words
    let plain = raw.len() <= 10 && raw.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'/'));
    let word = if plain { String::new() } else { text::compact(raw) };
    let kind = kind_in(&word);
    if let Some(day) = last_day(raw, &days, &word, on) {
        return Some(by_day(day, kind, on));
    }
    if kind.is_some() {
        let closing = Closing { kind, valid_through: None };
        return Some(Said { closing, rule: "closing.words", confidence: 1000, ..Said::default() });
    }
    if plain && is_zero(raw) {
        return nothing("closing.sentinel", 950);
    }
    in_words(&word)
}

/// The last day of a text, unless it is the first day of an open range (`2024-12-03 ~ 채용시까지`).
fn last_day(raw: &str, days: &[date::Day], word: &str, on: NaiveDate) -> Option<date::Day> {
    match days {
        [] => month_end(word, on).or_else(|| days_left(word, on)).or_else(|| of_today(raw, word, on)),
        [only] => {
            // `마감 3일전` is three days ahead
            if only.rule == "date.relative" && only.date < on && word.starts_with("마감") {
                return days_left(word, on);
            }
            let open_end = raw.rsplit_once('~').is_some_and(|(head, tail)| {
                head.bytes().any(|b| b.is_ascii_digit())
                    && !tail.bytes().any(|b| b.is_ascii_digit())
                    && kind_in(&text::compact(tail)).is_some()
            });
            (!open_end).then_some(*only)
        }
        [.., last] => Some(*last),
    }
}

fn by_day(day: date::Day, kind: Option<CloseKind>, on: NaiveDate) -> Said {
    let (rule, confidence, closing) = if is_sentinel(day.date) {
        ("closing.sentinel", 950, Closing { kind: Some(kind.unwrap_or(CloseKind::AlwaysOpen)), valid_through: None })
    } else if (day.date - on).num_days() > FAR_DAYS {
        ("closing.far", 600, Closing { kind: Some(kind.unwrap_or(CloseKind::UntilFilled)), valid_through: None })
    } else {
        let rule = if kind.is_some() { "closing.mixed" } else { day.rule };
        let closing = Closing { kind: Some(kind.unwrap_or(CloseKind::ByDate)), valid_through: Some(day.date) };
        (rule, day.confidence, closing)
    };
    Said { closing, rule, confidence, ..Said::default() }
}

/// `0000-00-00`, `1970-01-01`: the zero of a calendar or of a clock.
fn is_zero(raw: &str) -> bool {
    raw.bytes().all(|b| matches!(b, b'0' | b'-' | b'.' | b'/' | b':'))
        || ["1970-01-01", "1900-01-01", "0001-01-01", "1970.01.01", "19700101"].contains(&raw)
}

/// The last day of a month.
fn last_of(year: i32, month: u32) -> Option<date::Day> {
    let date = (28..=31).rev().find_map(|day| NaiveDate::from_ymd_opt(year, month, day))?;
    Some(date::Day { date, rule: "closing.month_end", confidence: 800 })
}

/// `12월 말까지`, `이달 말`, `연말까지`, `2024년 12월`, `이번 주까지`.
fn month_end(word: &str, on: NaiveDate) -> Option<date::Day> {
    let stem = ["까지", "마감", "내", "중"].iter().find_map(|w| word.strip_suffix(w)).unwrap_or(word);
    if matches!(stem, "이번주" | "금주") {
        let ahead = 6 - on.weekday().num_days_from_monday();
        let date = on.checked_add_days(chrono::Days::new(u64::from(ahead)))?;
        return Some(date::Day { date, rule: "closing.week_end", confidence: 800 });
    }
    if let Some((year, month)) = stem.strip_suffix('월').and_then(|head| head.split_once('년')) {
        let year: i32 = year.parse().ok().filter(|y| (2000..2100).contains(y))?;
        return last_of(year, month.parse().ok().filter(|m| (1..=12).contains(m))?);
    }
    let at = word.find('말')?;
    let head = &word[..at];
    let month = if head.ends_with('연') || head.ends_with("올해") {
        12
    } else if head.ends_with("이달") || head.ends_with("금월") || head == "월" {
        on.month()
    } else {
        let number = head.strip_suffix('월')?;
        let digits = number.len() - number.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        number[number.len() - digits..].parse().ok().filter(|m| (1..=12).contains(m))?
    };
    last_of(date::yearless(month, 28, None, on)?.year(), month)
}

/// `마감 3일전`, `마감까지 3일`.
fn days_left(word: &str, on: NaiveDate) -> Option<date::Day> {
    let rest = word
        .strip_prefix("마감까지")
        .or_else(|| word.strip_prefix("접수마감"))
        .or_else(|| word.strip_prefix("마감"))?;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let days: u64 = rest[..digits].parse().ok().filter(|n| *n <= 999)?;
    let unit = &rest[digits..];
    let date = matches!(unit, "일" | "일전" | "일남음" | "일남았습니다" | "일이내")
        .then(|| on.checked_add_days(chrono::Days::new(days)))??;
    Some(date::Day { date, rule: "date.relative", confidence: 900 })
}

/// `18:00 마감`, `5시간 후 마감`, `23:59`: an hour of this day.
fn of_today(raw: &str, word: &str, on: NaiveDate) -> Option<date::Day> {
    let clock = raw.split_once(':').is_some_and(|(hour, minute)| {
        let hour = hour.trim_start_matches(['~', ' ']);
        hour.parse::<u8>().is_ok_and(|h| h <= 24)
            && minute.get(..2).and_then(|m| m.parse::<u8>().ok()).is_some_and(|m| m < 60)
    });
    let later = word.ends_with("마감") && (word.contains("시간후") || word.contains("분후"));
    (clock || later).then_some(date::Day { date: on, rule: "date.relative", confidence: 800 })
}

/// Texts without any day.
fn in_words(word: &str) -> Option<Said> {
    if is_first_come(word) {
        let closing = Closing { kind: Some(CloseKind::UntilFilled), valid_through: None };
        return Some(Said { closing, rule: "closing.first_come", confidence: 800, ..Said::default() });
    }
    let none = |confidence| Some(Said { rule: "closing.none", confidence, none: true, ..Said::default() });
    match word {
        "진행예정" | "접수예정" | "모집예정" | "채용예정" | "추후공지" | "추후안내" | "추후결정" | "추후" | "미정"
        | "별도공지" | "공고문참조" | "공고참조" | "별도안내" | "상세요강참조" | "상세요강" | "asap" | "tbd"
        | "협의" | "추후협의" => none(900),
        // open, and no word of when it ends
        "모집중" | "접수중" | "채용중" | "진행중" | "게시중" | "공고중" | "open" | "active" | "마감임박" | "곧마감"
        | "마감전" => none(700),
        "마감"
        | "접수마감"
        | "모집마감"
        | "채용마감"
        | "공고마감"
        | "마감됨"
        | "마감되었습니다"
        | "마감된공고"
        | "마감된공고입니다"
        | "접수가마감되었습니다"
        | "종료"
        | "접수종료"
        | "채용종료"
        | "공고종료"
        | "모집종료"
        | "채용완료"
        | "모집완료"
        | "closed"
        | "expired" => Some(Said { rule: "closing.closed", confidence: 950, closed: true, ..Said::default() }),
        _ => None,
    }
}

fn is_sentinel(date: NaiveDate) -> bool {
    date.year() >= 2090 || (date.year(), date.month(), date.day()) == SENTINEL
}

/// A posting cannot close before it is published: a year that was added wrongly is put right, anything else is doubted.
/// Call when both days are read.
pub(crate) fn check(reading: &mut Reading<'_>) {
    let posting = &reading.out.posting;
    let (Some(until), Some(from)) = (posting.closing.valid_through, posting.date_posted) else { return };
    if until >= from {
        return;
    }
    let span = format!("{from} … {until}");
    // programs that add the year to `~ 01/27` often add the one of publication
    let next_year =
        until.with_year(until.year() + 1).filter(|day| *day >= from && (*day - from).num_days() <= YEAR_SLIP_DAYS);
    match next_year {
        Some(day) => {
            reading.out.posting.closing.valid_through = Some(day);
            reading.doubt("closing.year_repaired", "closing", Effect::Lowers, &span);
        }
        None => reading.doubt("closing.before_posted", "closing", Effect::Reviews, &span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(on: &str, raws: &[&str]) -> String {
        let on: NaiveDate = on.parse().unwrap();
        raws.iter()
            .map(|raw| match said(raw, on) {
                None => format!("{raw} -> ?\n"),
                Some(s) if s.none => format!("{raw} -> nothing said\n"),
                Some(s) if s.closed => format!("{raw} -> closed\n"),
                Some(s) => {
                    let kind = s.closing.kind.map_or("-".to_owned(), |k| format!("{k:?}"));
                    let day = s.closing.valid_through.map_or("-".to_owned(), |d| d.to_string());
                    format!("{raw} -> {kind} {day}\n")
                }
            })
            .collect()
    }

    #[test]
    fn reads_the_ways_portals_write_closing() {
        let raws = [
            "26-04-14",
            "채용시까지  26-04-17",
            "채용시까지",
            "상시",
            "상시채용",
            "수시",
            "99991231",
            "99991230",
            "9999-12-31 00:00:00",
            "1988118000",
            "~10/10(화)",
            "D-19",
            "오늘마감",
            "내일마감",
            "마감일 (2026-07-08)",
            "2026-12-25T15:00:00.000Z",
            "채용시",
            "None",
            "진행예정",
            "22시마감",
            "2026.12.19 (마감 19일전)",
            "2026-10-16 ~ 2026-10-30",
            "2026-10-16~2026-10-30",
            "2040-01-01",
            "접수마감",
            "무슨 말",
        ];
        insta::assert_snapshot!(table("2026-03-02", &raws), @r"
        26-04-14 -> ByDate 2026-04-14
        채용시까지  26-04-17 -> UntilFilled 2026-04-17
        채용시까지 -> UntilFilled -
        상시 -> AlwaysOpen -
        상시채용 -> AlwaysOpen -
        수시 -> Rolling -
        99991231 -> AlwaysOpen -
        99991230 -> AlwaysOpen -
        9999-12-31 00:00:00 -> AlwaysOpen -
        1988118000 -> AlwaysOpen -
        ~10/10(화) -> ByDate 2026-10-10
        D-19 -> ByDate 2026-03-21
        오늘마감 -> ByDate 2026-03-02
        내일마감 -> ByDate 2026-03-03
        마감일 (2026-07-08) -> ByDate 2026-07-08
        2026-12-25T15:00:00.000Z -> ByDate 2026-12-26
        채용시 -> UntilFilled -
        None -> nothing said
        진행예정 -> nothing said
        22시마감 -> ByDate 2026-03-02
        2026.12.19 (마감 19일전) -> ByDate 2026-12-19
        2026-10-16 ~ 2026-10-30 -> ByDate 2026-10-30
        2026-10-16~2026-10-30 -> ByDate 2026-10-30
        2040-01-01 -> UntilFilled -
        접수마감 -> closed
        무슨 말 -> ?
        ");
    }

    #[test]
    fn a_posting_never_closes_before_it_opens() {
        let context = crate::Context { source: "t", fetched_on: "2024-12-03".parse().unwrap() };
        for (posted, until, want, rule) in [
            ("2024-11-29", "2024-01-27", "2025-01-27", "closing.year_repaired"),
            ("2019-11-01", "2019-02-01", "2020-02-01", "closing.year_repaired"),
            ("2024-11-29", "2024-11-01", "2024-11-01", "closing.before_posted"),
        ] {
            let mut row = crate::RawPosting::at(0);
            row.set(RawField::CloseType, "by_date");
            row.set(RawField::DatePosted, posted);
            row.set(RawField::ValidThrough, until);
            let got = crate::normalize(&row, &context);
            assert_eq!(
                got.posting.closing.valid_through.map(|d| d.to_string()).as_deref(),
                Some(want),
                "{posted} {until}"
            );
            assert!(got.findings.iter().any(|f| f.rule == rule), "{:?}", got.findings);
        }
    }

    #[test]
    fn the_code_and_the_words_are_joined() {
        let context = crate::Context { source: "t", fetched_on: "2026-11-24".parse().unwrap() };
        for (code, words, kind, day) in [
            ("until_filled", "2033-01-01T00:00:00+09:00", CloseKind::UntilFilled, None),
            ("by_date", "99991231", CloseKind::AlwaysOpen, None),
            ("always_open", "2026-12-31", CloseKind::AlwaysOpen, Some("2026-12-31")),
            ("채용시까지", "2026-12-31", CloseKind::UntilFilled, Some("2026-12-31")),
            ("rolling", "", CloseKind::Rolling, None),
        ] {
            let mut row = crate::RawPosting::at(0);
            row.set(RawField::CloseType, code);
            row.set(RawField::ValidThrough, words);
            let closing = crate::normalize(&row, &context).posting.closing;
            assert_eq!(
                (closing.kind, closing.valid_through.map(|d| d.to_string()).as_deref()),
                (Some(kind), day),
                "{code} {words}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn closing_days_written_in_the_ways_of_portals_read_back(ahead in 0u64..270) {
            let on: NaiveDate = "2026-11-24".parse().unwrap();
            let day = on + chrono::Days::new(ahead);
            let weekday = ["월", "화", "수", "목", "금", "토", "일"][day.weekday().num_days_from_monday() as usize];
            for (form, kind) in [
                ("%Y-%m-%d", CloseKind::ByDate),
                ("%y-%m-%d", CloseKind::ByDate),
                ("%y.%m.%d", CloseKind::ByDate),
                ("%Y%m%d", CloseKind::ByDate),
                ("%Y/%m/%d", CloseKind::ByDate),
                ("%Y.%m.%d(요일)", CloseKind::ByDate),
                ("%Y년 %m월 %d일", CloseKind::ByDate),
                ("~ %m/%d(요일)", CloseKind::ByDate),
                ("~%m/%d", CloseKind::ByDate),
                ("%m월 %d일(요일)", CloseKind::ByDate),
                ("%m월 %d일까지", CloseKind::ByDate),
                ("마감일 (%Y-%m-%d)", CloseKind::ByDate),
                ("채용시까지  %y-%m-%d", CloseKind::UntilFilled),
                ("채용시까지 %Y.%m.%d", CloseKind::UntilFilled),
                ("수시채용 %Y-%m-%d", CloseKind::Rolling),
                ("2026-11-01 ~ %Y-%m-%d", CloseKind::ByDate),
                ("%Y-%m-%d 23:59:59", CloseKind::ByDate),
                ("%a, %d %b %Y", CloseKind::ByDate),
            ] {
                let raw = day.format(form).to_string().replace("요일", weekday);
                let got = said(&raw, on).map(|s| s.closing);
                proptest::prop_assert_eq!(got, Some(Closing { kind: Some(kind), valid_through: Some(day) }), "{}", raw);
            }
            let got = said(&format!("D-{ahead}"), on).and_then(|s| s.closing.valid_through);
            proptest::prop_assert_eq!(got, Some(day));
        }

        #[test]
        fn no_text_panics(raw in "\\PC{0,60}") {
            let _ = said(&raw, "2026-11-24".parse().unwrap());
        }
    }
}
