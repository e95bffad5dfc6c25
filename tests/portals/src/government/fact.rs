//! What a column takes from an ad, and how services spell it: dates, closing words, amounts, codes. Invents nothing.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

use crate::{Ad, View};

use super::region;

type Text<'a> = Cow<'a, str>;

macro_rules! plain {
    ($($name:ident)*) => { $(
        pub(super) fn $name<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> { Cow::Borrowed(&ad.$name) }
    )* };
}

plain! {
    id title company business_number industry occupation_code occupation region_code region address pay
    employment_words career_words education_words work_hours work_days benefits description requirements how_to_apply
    keywords contact_name contact_phone
}

/// A column the service has but never fills.
pub(super) fn nothing<'a>(_: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Borrowed("")
}

/// A field that shows a dash when empty.
pub(super) fn dash<'a>(_: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Borrowed("-")
}

/// Title cut after 30 characters with `...`, as lists print it.
pub(super) fn title_cut<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    match ad.title.char_indices().nth(TITLE_CHARS) {
        Some((end, _)) => Cow::Owned(format!("{}...", &ad.title[..end])),
        None => Cow::Borrowed(&ad.title),
    }
}

/// Characters a list title keeps.
pub(super) const TITLE_CHARS: usize = 30;

/// Absolute address of the page for people, at the site's own host where the portal names one: it must not depend on where
/// the fleet happens to run.
pub(super) fn link<'a>(ad: &'a Ad, view: &View<'_>) -> Text<'a> {
    if ad.url.starts_with("http") {
        return Cow::Borrowed(&ad.url);
    }
    Cow::Owned(match view.portal.params.get("host") {
        Some(host) => format!("https://{host}{}", ad.url),
        None => format!("{}{}", view.base, ad.url),
    })
}

/// Where the posting comes from when it is republished, else the portal's own page.
pub(super) fn origin_or_link<'a>(ad: &'a Ad, view: &View<'_>) -> Text<'a> {
    if ad.origin_url.is_empty() { link(ad, view) } else { Cow::Borrowed(&ad.origin_url) }
}

/// Number of openings; 0 = not said.
pub(super) fn headcount<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Owned(ad.headcount.to_string())
}

/// `3명`.
pub(super) fn headcount_people<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Owned(format!("{}명", ad.headcount))
}

/// `3.0`: a number that went through a spreadsheet.
pub(super) fn headcount_float<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Owned(format!("{}.0", ad.headcount))
}

/// Lower amount in won, `0` when open.
pub(super) fn pay_min<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Owned(ad.pay_min.to_string())
}

/// Upper amount in won, `0` when open.
pub(super) fn pay_max<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Owned(ad.pay_max.to_string())
}

/// 연봉, 월급 …; empty for 면접 후 결정.
pub(super) fn pay_period<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Borrowed(match ad.pay_period {
        'Y' => "연봉",
        'M' => "월급",
        'W' => "주급",
        'D' => "일급",
        'H' => "시급",
        _ => "",
    })
}

/// `238만원 ~ 257만원` by year and month, `10,320원` by day and hour; the ad's own words when nothing is fixed.
pub(super) fn pay_amounts<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    if ad.pay_min <= 0 || ad.pay_period == 'N' {
        return Cow::Borrowed(&ad.pay);
    }
    let mut text = amount(ad.pay_min, ad.pay_period);
    if ad.pay_max > ad.pay_min {
        text.push_str(" ~ ");
        text.push_str(&amount(ad.pay_max, ad.pay_period));
    }
    Cow::Owned(text)
}

/// `시급 / 10030원 ` with the trailing space.
pub(super) fn pay_slash<'a>(ad: &'a Ad, view: &View<'_>) -> Text<'a> {
    if ad.pay_min <= 0 || ad.pay_period == 'N' {
        return Cow::Owned(format!("{} ", ad.pay));
    }
    Cow::Owned(format!("{} / {}원 ", pay_period(ad, view), ad.pay_min))
}

fn amount(won: i64, period: char) -> String {
    if matches!(period, 'Y' | 'M') && won % 10_000 == 0 {
        format!("{}만원", grouped(won / 10_000))
    } else {
        format!("{}원", grouped(won))
    }
}

/// Digits in groups of three.
pub(super) fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && c.is_ascii_digit() {
            out.push(',');
        }
        out.push(c);
    }
    out
}

fn two(out: &mut String, number: u32) {
    out.push(char::from(b'0' + u8::try_from(number / 10 % 10).unwrap_or(0)));
    out.push(char::from(b'0' + u8::try_from(number % 10).unwrap_or(0)));
}

/// A day with a separator (or none) and two or four digits of the year.
pub(super) fn day(date: NaiveDate, between: &str, century: bool) -> String {
    let mut out = String::with_capacity(10);
    let year = u32::try_from(date.year()).unwrap_or(0);
    if century {
        two(&mut out, year / 100);
    }
    two(&mut out, year % 100);
    out.push_str(between);
    two(&mut out, date.month());
    out.push_str(between);
    two(&mut out, date.day());
    out
}

fn clock(out: &mut String, at: NaiveDateTime, between: &str, seconds: bool) {
    two(out, at.hour());
    out.push_str(between);
    two(out, at.minute());
    if seconds {
        out.push_str(between);
        two(out, at.second());
    }
}

macro_rules! days {
    ($($name:ident = $field:ident, $between:literal, $century:literal;)*) => { $(
        pub(super) fn $name<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
            Cow::Owned(day(ad.$field.date(), $between, $century))
        }
    )* };
}

days! {
    posted_dashes = posted, "-", true;
    posted_compact = posted, "", true;
    posted_short = posted, "-", false;
    posted_dots = posted, ".", true;
    modified_dashes = modified, "-", true;
}

/// `2019/11/21 16:20:01`.
pub(super) fn posted_slashes<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    let mut out = day(ad.posted.date(), "/", true);
    out.push(' ');
    clock(&mut out, ad.posted, ":", true);
    Cow::Owned(out)
}

/// `2019/11/21 16:20:01` of the last change.
pub(super) fn modified_slashes<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    let mut out = day(ad.modified.date(), "/", true);
    out.push(' ');
    clock(&mut out, ad.modified, ":", true);
    Cow::Owned(out)
}

/// `yyyyMMddHHmm`, no seconds.
pub(super) fn modified_minutes<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    let mut out = day(ad.modified.date(), "", true);
    clock(&mut out, ad.modified, "", false);
    Cow::Owned(out)
}

/// `yyyyMMddHHmmss`.
pub(super) fn modified_seconds<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    let mut out = day(ad.modified.date(), "", true);
    clock(&mut out, ad.modified, "", true);
    Cow::Owned(out)
}

/// `yyyyMMddHHmmss` of the first publication.
pub(super) fn posted_seconds<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    let mut out = day(ad.posted.date(), "", true);
    clock(&mut out, ad.posted, "", true);
    Cow::Owned(out)
}

fn closes(ad: &Ad, between: &str) -> String {
    ad.closes.map(|date| day(date, between, true)).unwrap_or_default()
}

/// `yyyyMMdd`, empty without a date.
pub(super) fn closes_compact<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Owned(closes(ad, ""))
}

/// `yyyy-MM-dd`, empty without a date.
pub(super) fn closes_dashes<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Owned(closes(ad, "-"))
}

/// `yyyy/MM/dd`, empty without a date.
pub(super) fn closes_slashes<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Owned(closes(ad, "/"))
}

/// `yyyy-MM-dd`, or the words `채용시까지`, `상시채용`, `수시채용`.
pub(super) fn closes_or_words<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    match ad.closes {
        Some(date) => Cow::Owned(day(date, "-", true)),
        None => Cow::Borrowed(closing_words(ad)),
    }
}

/// `yyyyMMdd`, or the sentinel `99991231`.
pub(super) fn closes_or_sentinel<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    match ad.closes {
        Some(date) => Cow::Owned(day(date, "", true)),
        None => Cow::Borrowed("99991231"),
    }
}

/// Work24: `26-04-14`, `채용시까지  26-04-17` with two spaces, or `채용시까지`.
pub(super) fn closes_work24<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    match (ad.closes, ad.close_type) {
        (Some(date), "by_date") => Cow::Owned(day(date, "-", false)),
        (Some(date), _) => Cow::Owned(format!("채용시까지  {}", day(date, "-", false))),
        (None, _) => Cow::Borrowed("채용시까지"),
    }
}

/// Seoul: `마감일 (2025-07-08)` or `채용시까지`.
pub(super) fn closes_seoul<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    match ad.closes {
        Some(date) => Cow::Owned(format!("마감일 ({})", day(date, "-", true))),
        None => Cow::Borrowed(closing_words(ad)),
    }
}

/// `yyyy-MM-dd~yyyy-MM-dd`; the end stays empty without a date.
pub(super) fn term<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Owned(format!("{}~{}", day(ad.posted.date(), "-", true), closes(ad, "-")))
}

fn closing_words(ad: &Ad) -> &'static str {
    match ad.close_type {
        "always_open" => "상시채용",
        "rolling" => "수시채용",
        _ => "채용시까지",
    }
}

/// Whether it is still taking applications on the portal's day.
pub(super) fn open(ad: &Ad, view: &View<'_>) -> bool {
    !ad.closed && ad.closes.is_none_or(|last| last >= view.now.date())
}

/// `Y` while open.
pub(super) fn open_yn<'a>(ad: &'a Ad, view: &View<'_>) -> Text<'a> {
    Cow::Borrowed(if open(ad, view) { "Y" } else { "N" })
}

/// `Y` when there is no closing date.
pub(super) fn always_yn<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Borrowed(if ad.closes.is_none() { "Y" } else { "N" })
}

/// `모집중` / `마감`.
pub(super) fn open_words<'a>(ad: &'a Ad, view: &View<'_>) -> Text<'a> {
    Cow::Borrowed(if open(ad, view) { "모집중" } else { "마감" })
}

/// `채용 중` / `마감` (Boryeong, with the space).
pub(super) fn hiring_words<'a>(ad: &'a Ad, view: &View<'_>) -> Text<'a> {
    Cow::Borrowed(if open(ad, view) { "채용 중" } else { "마감" })
}

/// `관계없음`, `신입`, `경력`.
pub(super) fn career_class<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Borrowed(match ad.career {
        None => "관계없음",
        Some((0, Some(0))) => "신입",
        Some(_) => "경력",
    })
}

/// Work24 empTpCd.
pub(super) fn employment_work24<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Borrowed(match ad.employment {
        "permanent" | "indefinite" => "10",
        "part_time" => "21",
        "temporary" => "4",
        _ => "20",
    })
}

/// ALIO hireTypeLst.
pub(super) fn employment_alio<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Borrowed(match ad.employment {
        "permanent" => "R1010",
        "contract" => "R1020",
        "indefinite" => "R1030",
        "intern" => "R1050",
        _ => "R1040",
    })
}

/// 세누리 emplymShp.
pub(super) fn employment_senuri<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Borrowed(match ad.employment {
        "permanent" | "indefinite" => "CM0101",
        "contract" => "CM0102",
        "part_time" => "CM0103",
        "per_diem" => "CM0104",
        _ => "CM0105",
    })
}

/// Short name of the 시도, empty for the whole country.
pub(super) fn province<'a>(ad: &'a Ad, _: &View<'_>) -> Text<'a> {
    Cow::Borrowed(region::province(&ad.region_code).map_or("", |p| p.name))
}
