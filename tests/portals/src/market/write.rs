//! Writing text into wire formats: one `String` per page, no trees. Shared by the dialects of this half.

use std::fmt::Write as _;
use std::sync::OnceLock;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};

use crate::{Ad, Reply, Request, View};

/// A JSON string with its quotes.
pub(super) fn json(out: &mut String, text: &str) {
    out.push('"');
    json_inner(out, text);
    out.push('"');
}

/// The inside of a JSON string.
pub(super) fn json_inner(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        if escaped.is_empty() {
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escaped);
        }
        from = at + 1;
    }
    out.push_str(&text[from..]);
}

/// An id as JSON services write it: a number when it is one, else a string.
pub(super) fn json_id(out: &mut String, id: &str) {
    let number = !id.is_empty() && id.len() <= 15 && !id.starts_with('0') && id.bytes().all(|b| b.is_ascii_digit());
    if number { out.push_str(id) } else { json(out, id) }
}

/// `"name":"text",`
pub(super) fn json_pair(out: &mut String, name: &str, text: &str) {
    out.push('"');
    out.push_str(name);
    out.push_str("\":");
    json(out, text);
    out.push(',');
}

/// Text for element content or an attribute: `& < > "` become entities; characters XML forbids are dropped.
pub(super) fn xml(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\t' | b'\n' | b'\r' => continue,
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(escaped);
        from = at + 1;
    }
    out.push_str(&text[from..]);
}

/// `<name>text</name>`
pub(super) fn element(out: &mut String, name: &str, text: &str) {
    raw_element(out, name, |out| xml(out, text));
}

/// `<name><![CDATA[text]]></name>`
pub(super) fn cdata(out: &mut String, name: &str, text: &str) {
    raw_element(out, name, |out| {
        out.push_str("<![CDATA[");
        out.push_str(&text.replace("]]>", "]]]]><![CDATA[>"));
        out.push_str("]]>");
    });
}

/// An element whose content is written by a function.
pub(super) fn raw_element(out: &mut String, name: &str, inside: impl FnOnce(&mut String)) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    inside(out);
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// Plain text as an HTML fragment: escaped, line feeds as `<br>`.
pub(super) fn html_lines(out: &mut String, text: &str) {
    for (at, line) in text.lines().enumerate() {
        if at > 0 {
            out.push_str("<br>\n");
        }
        xml(out, line);
    }
}

/// `yyyy-MM-dd`, `yyyy.MM.dd`, `yyyyMMdd`: the day with a separator.
pub(super) fn day(out: &mut String, day: NaiveDate, separator: &str) {
    let _ = write!(out, "{:04}{separator}{:02}{separator}{:02}", day.year(), day.month(), day.day());
}

/// A day as text.
pub(super) fn day_text(of: NaiveDate, separator: &str) -> String {
    let mut out = String::with_capacity(10);
    day(&mut out, of, separator);
    out
}

/// `yyyy-MM-dd HH:mm:ss`.
pub(super) fn second(out: &mut String, at: NaiveDateTime) {
    day(out, at.date(), "-");
    let _ = write!(out, " {:02}:{:02}:{:02}", at.hour(), at.minute(), at.second());
}

/// `Tue, 24 Nov 2026 09:00:00 +0900` (RFC 822 with a four-digit year, as feeds write it).
pub(super) fn rfc822(out: &mut String, at: NaiveDateTime) {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let weekday = DAYS[at.weekday().num_days_from_monday() as usize];
    let month = MONTHS[at.month0() as usize];
    let _ = write!(
        out,
        "{weekday}, {:02} {month} {} {:02}:{:02}:{:02} +0900",
        at.day(),
        at.year(),
        at.hour(),
        at.minute(),
        at.second()
    );
}

/// Unix seconds of a Seoul wall time.
pub(super) fn unix(at: NaiveDateTime) -> i64 {
    at.and_utc().timestamp() - 9 * 3600
}

/// The last second of a day in Seoul.
pub(super) fn end_of_day(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default())
}

/// The closing date in the words Korean boards use: `2026-12-01`, `채용시까지 2026-12-01`, `채용시까지`, `상시채용`, `수시채용`.
pub(super) fn closing_words(ad: &Ad, separator: &str) -> String {
    let date = ad.closes.map(|d| day_text(d, separator));
    match (ad.close_type, date) {
        ("until_filled", Some(date)) => format!("채용시까지 {date}"),
        ("until_filled", None) => "채용시까지".to_owned(),
        ("always_open", _) => "상시채용".to_owned(),
        ("rolling", Some(date)) => format!("수시채용 {date}"),
        ("rolling", None) => "수시채용".to_owned(),
        (_, Some(date)) => date,
        (_, None) => "상시채용".to_owned(),
    }
}

/// The slice of a list that a page shows; empty beyond the end.
pub(super) fn page<T>(all: &[T], start: usize, size: usize) -> &[T] {
    let start = start.min(all.len());
    let end = start.saturating_add(size).min(all.len());
    &all[start..end]
}

/// What the list claims to hold: the truth, or what the quirk says.
pub(super) fn total(view: &View<'_>, truth: usize) -> u64 {
    view.claimed_total.unwrap_or(truth as u64)
}

/// A field name, or the one an unannounced release renamed it to.
pub(super) fn name<'n>(view: &View<'_>, today: &'n str, renamed: &'n str) -> &'n str {
    if view.schema_change { renamed } else { today }
}

/// A portal parameter, or its default.
pub(super) fn param<'v>(view: &'v View<'_>, name: &str, default: &'v str) -> &'v str {
    view.portal.params.get(name).map_or(default, String::as_str)
}

/// A portal parameter as a number.
pub(super) fn param_number(view: &View<'_>, name: &str, default: usize) -> usize {
    view.portal.params.get(name).and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// Where this portal's absolute links point: its real host where `params` name one, as the real service would write it.
pub(super) fn links(view: &View<'_>) -> String {
    match view.portal.params.get("host") {
        Some(host) => format!("https://{host}"),
        None => view.base.to_owned(),
    }
}

/// Whether a key was sent: these servers take any that is not empty.
pub(super) fn has_key(request: &Request, name: &str) -> bool {
    request.arg(name).is_some_and(|key| !key.trim().is_empty())
}

/// Text in a charset; characters it lacks become numeric references. CP949 is what the WHATWG registry calls EUC-KR.
pub(super) fn encoded(text: &str, charset: &str) -> Vec<u8> {
    let charset = if charset.eq_ignore_ascii_case("cp949") { "euc-kr" } else { charset };
    let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    if encoding == encoding_rs::EUC_KR { cp949(text) } else { encoding.encode(text).0.into_owned() }
}

/// CP949 by a table: the general encoder searches for every character, which costs more than writing the page.
fn cp949(text: &str) -> Vec<u8> {
    static TABLE: OnceLock<Vec<[u8; 2]>> = OnceLock::new();
    let table = TABLE.get_or_init(two_byte_characters);
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c as u8);
            continue;
        }
        match table.get(c as usize) {
            Some(pair) if pair[0] != 0 => out.extend_from_slice(pair),
            _ => out.extend_from_slice(format!("&#{};", u32::from(c)).as_bytes()),
        }
    }
    out
}

/// Bytes of every character of the basic plane that CP949 has, zeros for the others.
fn two_byte_characters() -> Vec<[u8; 2]> {
    let mut table = vec![[0, 0]; 0x1_0000];
    for lead in 0x81..=0xfe_u8 {
        for trail in 0x41..=0xfe_u8 {
            let pair = [lead, trail];
            let text = encoding_rs::EUC_KR.decode_without_bom_handling_and_without_replacement(&pair);
            let character = text.as_deref().and_then(|t| t.chars().next().filter(|c| t.len() == c.len_utf8()));
            if let Some(slot) = character.and_then(|c| table.get_mut(c as usize)).filter(|slot| slot[0] == 0) {
                *slot = pair;
            }
        }
    }
    table
}

/// A stable number for a text, for choices that must not change from page to page.
pub(super) fn hash(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}

/// A page for people: 200 while the ad is open, 200 with 마감 when it is closed, 404 when there never was one.
pub(super) fn person_page(ad: Option<&Ad>) -> Reply {
    let Some(ad) = ad else {
        return Reply {
            status: 404,
            ..Reply::ok("text/html; charset=utf-8", "<html><body><h1>페이지를 찾을 수 없습니다.</h1></body></html>")
        };
    };
    let mut out = String::with_capacity(2048 + ad.description.len());
    out.push_str("<!DOCTYPE html>\n<html lang=\"ko\"><head><meta charset=\"utf-8\"><title>");
    xml(&mut out, &ad.title);
    out.push_str("</title></head><body><h1>");
    xml(&mut out, &ad.title);
    out.push_str("</h1><p class=\"company\">");
    xml(&mut out, &ad.company);
    out.push_str("</p>");
    if ad.closed {
        out.push_str("<p class=\"closed\">마감되었습니다</p>");
    }
    out.push_str("<div class=\"body\">");
    html_lines(&mut out, &ad.description);
    out.push_str("</div></body></html>\n");
    Reply::ok("text/html; charset=utf-8", out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_writes_what_the_general_encoder_does() {
        let syllables: String = ('가'..='힣').collect();
        let symbols: String = ('\u{2000}'..='\u{33ff}').chain('金'..='釜').collect();
        for text in [syllables.as_str(), &symbols, "㈜한빛·물류 ○명 <b>R&D</b> 똠펲햏뷁", "이모지 😀 와 é", ""]
        {
            assert_eq!(cp949(text), encoding_rs::EUC_KR.encode(text).0.into_owned(), "{text}");
        }
    }
}
