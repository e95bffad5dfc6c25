//! How and when a posting closes: one of four kinds, and a day (until its end, Asia/Seoul).
//! Mixed text, year-less and relative days, and the sentinels that mean "no end" are all met here.

use chrono::{Datelike, NaiveDate};

use crate::reading::Reading;
use crate::{CloseKind, Closing, Effect, RawField, SourceStatus, date, text};

/// A closing day this many years ahead is no day but a way to say "open".
const FAR_YEARS: i32 = 2;
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
    let has = |w: &str| word.contains(w);
    if has("채용시")
        || has("충원시")
        || has("채용될때")
        || has("구인시")
        || has("선발시")
        || has("untilfilled")
        || has("모집완료시")
    {
        Some(CloseKind::UntilFilled)
    } else if has("상시") || has("always") || has("ongoing") || has("연중") || has("무기한") {
        Some(CloseKind::AlwaysOpen)
    } else if has("수시") || has("rolling") {
        Some(CloseKind::Rolling)
    } else {
        None
    }
}

/// Reads a closing text; `None` where it is not understood.
pub fn said(raw: &str, on: NaiveDate) -> Option<Said> {
    if text::is_absent(raw) {
        return Some(Said { rule: "closing.none", confidence: 1000, none: true, ..Said::default() });
    }
    let days = date::all(raw, on);
    // the common case, a plain date, needs no look at words
    let plain = raw.len() <= 10 && raw.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'/'));
    let word = if plain { String::new() } else { text::compact(raw) };
    let kind = kind_in(&word);
    if let Some(day) = days.last() {
        if is_sentinel(day.date) {
            let closing = Closing { kind: Some(kind.unwrap_or(CloseKind::AlwaysOpen)), valid_through: None };
            return Some(Said { closing, rule: "closing.sentinel", confidence: 950, ..Said::default() });
        }
        if day.date.year() - on.year() > FAR_YEARS {
            let closing = Closing { kind: Some(kind.unwrap_or(CloseKind::UntilFilled)), valid_through: None };
            return Some(Said { closing, rule: "closing.far", confidence: 600, ..Said::default() });
        }
        let closing = Closing { kind: Some(kind.unwrap_or(CloseKind::ByDate)), valid_through: Some(day.date) };
        let rule = if kind.is_some() { "closing.mixed" } else { day.rule };
        return Some(Said { closing, rule, confidence: day.confidence, ..Said::default() });
    }
    if kind.is_some() {
        return Some(Said {
            closing: Closing { kind, valid_through: None },
            rule: "closing.words",
            confidence: 1000,
            ..Said::default()
        });
    }
    match word.as_str() {
        "진행예정" | "접수예정" | "모집예정" | "추후공지" | "미정" | "별도공지" | "공고문참조" | "별도안내" => {
            Some(Said { rule: "closing.none", confidence: 900, none: true, ..Said::default() })
        }
        "마감" | "접수마감" | "모집마감" | "채용마감" | "마감되었습니다" | "종료" | "접수종료" | "채용완료" => {
            Some(Said { rule: "closing.closed", confidence: 950, closed: true, ..Said::default() })
        }
        "마감임박" => Some(Said { rule: "closing.none", confidence: 700, none: true, ..Said::default() }),
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
