//! Figures, days and times as the Korean public sector writes them, and as an English reader expects them. Seoul time.

use chrono::{DateTime, Datelike as _, Timelike as _};
use chrono_tz::Asia::Seoul;
use chrono_tz::Tz;

use super::words::Lang;
use crate::world::instant;

fn local(ms: i64) -> DateTime<Tz> {
    instant(ms).with_timezone(&Seoul)
}

const KO_DAYS: [&str; 7] = ["월", "화", "수", "목", "금", "토", "일"];
const EN_DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const EN_MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn pick<const N: usize>(names: [&'static str; N], at: u32) -> &'static str {
    names.get(at as usize).copied().unwrap_or("")
}

/// `2026. 11. 23.(월)`, `Mon 23 Nov 2026`.
pub(crate) fn day(lang: Lang, ms: i64) -> String {
    let at = local(ms);
    let weekday = at.weekday().num_days_from_monday();
    match lang {
        Lang::Ko => format!("{}. {}. {}.({})", at.year(), at.month(), at.day(), pick(KO_DAYS, weekday)),
        Lang::En => format!("{} {} {} {}", pick(EN_DAYS, weekday), at.day(), pick(EN_MONTHS, at.month0()), at.year()),
    }
}

/// `11. 23.`, `23 Nov`.
pub(crate) fn short_day(lang: Lang, ms: i64) -> String {
    let at = local(ms);
    match lang {
        Lang::Ko => format!("{}. {}.", at.month(), at.day()),
        Lang::En => format!("{} {}", at.day(), pick(EN_MONTHS, at.month0())),
    }
}

/// `14:05`.
pub(crate) fn clock(ms: i64) -> String {
    let at = local(ms);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// Day and time.
pub(crate) fn minute(lang: Lang, ms: i64) -> String {
    format!("{} {}", day(lang, ms), clock(ms))
}

/// A span in its two largest units: `1시간 12분`, `1 h 12 min`.
pub(crate) fn span(lang: Lang, ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    let (days, hours, rest) = (minutes / 1440, minutes % 1440 / 60, minutes % 60);
    let (d, h, m) = match lang {
        Lang::Ko => ("일", "시간", "분"),
        Lang::En => (" d", " h", " min"),
    };
    match (days, hours, rest) {
        (0, 0, _) => format!("{rest}{m}"),
        (0, _, 0) => format!("{hours}{h}"),
        (0, _, _) => format!("{hours}{h} {rest}{m}"),
        (_, 0, _) => format!("{days}{d}"),
        _ => format!("{days}{d} {hours}{h}"),
    }
}

/// How long ago, in its largest unit: `47분 전`, `3 h ago`; what is less than a minute is now.
pub(crate) fn ago(lang: Lang, ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    let (n, ko, en) = match minutes {
        0 => return if lang == Lang::Ko { "방금".to_owned() } else { "just now".to_owned() },
        1..60 => (minutes, "분", "min"),
        60..1440 => (minutes / 60, "시간", "h"),
        _ => (minutes / 1440, "일", "d"),
    };
    if lang == Lang::Ko { format!("{n}{ko} 전") } else { format!("{n} {en} ago") }
}

/// With separators of thousands.
pub(crate) fn number(n: i64) -> String {
    crate::cli::context::count(n)
}

/// A share in percent with one decimal, `–` where there is nothing to share.
pub(crate) fn percent(part: i64, whole: i64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.1}%", part as f64 * 100.0 / whole as f64) }
}

/// Won: `2,850,000원`, `₩2,850,000`.
pub(crate) fn won(lang: Lang, n: i64) -> String {
    match lang {
        Lang::Ko => format!("{}원", number(n)),
        Lang::En => format!("₩{}", number(n)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_spans_are_written_as_officials_and_as_english_readers_do() {
        let at = DateTime::parse_from_rfc3339("2026-11-23T14:05:59+09:00").unwrap().timestamp_millis();
        let both = |f: fn(Lang, i64) -> String, ms| (f(Lang::Ko, ms), f(Lang::En, ms));
        let want = |ko: &str, en: &str| (ko.to_owned(), en.to_owned());
        assert_eq!(both(minute, at), want("2026. 11. 23.(월) 14:05", "Mon 23 Nov 2026 14:05"));
        assert_eq!(both(short_day, at), want("11. 23.", "23 Nov"));
        for (ms, ko, en) in [
            (0, "0분", "0 min"),
            (72 * 60_000, "1시간 12분", "1 h 12 min"),
            (120 * 60_000, "2시간", "2 h"),
            (49 * 3_600_000, "2일 1시간", "2 d 1 h"),
        ] {
            assert_eq!(both(span, ms), want(ko, en));
        }
        for (ms, ko, en) in
            [(59_999, "방금", "just now"), (47 * 60_000, "47분 전", "47 min ago"), (90_000_000, "1일 전", "1 d ago")]
        {
            assert_eq!(both(ago, ms), want(ko, en));
        }
        assert_eq!(
            (percent(1, 3), percent(0, 0), won(Lang::Ko, 2_850_000)),
            ("33.3%".into(), "–".into(), "2,850,000원".into())
        );
    }
}
