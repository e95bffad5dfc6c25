//! What `[transformations]` may do to a field's text, in order. Each is small, total, and named as in the manifest.

use regex::Regex;
use url::Url;

use crate::source::error::{Wrong, nearest};

const NAMES: &[&str] = &[
    "unescape",
    "squeeze",
    "trim",
    "strip_tags",
    "digits",
    "lower",
    "cut_before",
    "cut_after",
    "take",
    "absolute",
    "strip_query",
    "prefix",
];
/// Largest compiled `take` expression, in bytes.
const REGEX_BYTES_MAX: usize = 1 << 18;
/// Ends of host names that are taken for a host where an address has no scheme.
const HOST_ENDS: &[&str] = &["kr", "com", "net", "org", "io", "co", "jobs", "info", "biz", "me"];

/// One step.
#[derive(Clone, Debug)]
pub(crate) enum Transform {
    Unescape,
    Squeeze,
    Trim,
    StripTags,
    Digits,
    Lower,
    CutBefore(String),
    CutAfter(String),
    Take(Regex),
    Absolute,
    StripQuery(Vec<String>),
    Prefix(String),
}

impl Transform {
    pub(crate) fn parse(text: &str) -> Result<Transform, Wrong> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let wanted = |what: &str| {
            argument
                .filter(|a| !a.is_empty())
                .map(str::to_owned)
                .ok_or_else(|| Wrong::new("", format!("`{name}` without {what}"), format!("write `{name}:…`")))
        };
        let step = match name {
            "unescape" => Transform::Unescape,
            "squeeze" => Transform::Squeeze,
            "trim" => Transform::Trim,
            "strip_tags" => Transform::StripTags,
            "digits" => Transform::Digits,
            "lower" => Transform::Lower,
            "absolute" => Transform::Absolute,
            "cut_before" => return wanted("a text").map(Transform::CutBefore),
            "cut_after" => return wanted("a text").map(Transform::CutAfter),
            "prefix" => return wanted("a text").map(Transform::Prefix),
            "strip_query" => {
                return wanted("names")
                    .map(|names| Transform::StripQuery(names.split(',').map(|n| n.trim().to_owned()).collect()));
            }
            "take" => {
                let expression = wanted("an expression")?;
                let regex = regex::RegexBuilder::new(&expression)
                    .size_limit(REGEX_BYTES_MAX)
                    .build()
                    .map_err(|e| Wrong::new("", format!("`{expression}` is no regular expression: {e}"), "mend it"))?;
                if regex.captures_len() != 2 {
                    return Err(Wrong::new("", "`take` needs exactly one group", "put one part into parentheses"));
                }
                return Ok(Transform::Take(regex));
            }
            _ => {
                return Err(Wrong::new(
                    "",
                    format!("`{name}` is no transformation"),
                    nearest(name, NAMES.iter().copied()),
                ));
            }
        };
        match argument {
            None => Ok(step),
            Some(_) => Err(Wrong::new("", format!("`{name}` takes nothing after a colon"), "leave it out")),
        }
    }

    /// The text after this step; `None` leaves the field out (`take` that does not match).
    pub(crate) fn apply(&self, text: String, page: Option<&Url>) -> Option<String> {
        Some(match self {
            Transform::Unescape => unescape(text),
            Transform::Squeeze => squeeze(&text),
            Transform::Trim => text.trim().to_owned(),
            Transform::StripTags => strip_tags(&text),
            Transform::Digits => text.chars().filter(char::is_ascii_digit).collect(),
            Transform::Lower => text.to_lowercase(),
            Transform::CutBefore(mark) => {
                text.split_once(mark.as_str()).map_or_else(|| text.clone(), |(_, after)| after.to_owned())
            }
            Transform::CutAfter(mark) => {
                text.split_once(mark.as_str()).map_or_else(|| text.clone(), |(before, _)| before.to_owned())
            }
            Transform::Take(regex) => regex.captures(&text)?.get(1)?.as_str().to_owned(),
            Transform::Absolute => absolute(text, page),
            Transform::StripQuery(names) => strip_query(&text, names),
            Transform::Prefix(_) if text.trim().is_empty() => text,
            Transform::Prefix(prefix) => format!("{prefix}{text}"),
        })
    }
}

/// Entities resolved once.
pub(crate) fn unescape(text: String) -> String {
    if text.contains('&') { html_escape::decode_html_entities(&text).into_owned() } else { text }
}

fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Without tags; a `<` that starts none (`< 30세`) stays.
fn strip_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let inner = &rest[open + 1..];
        let is_tag = inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match inner.find('>').filter(|_| is_tag) {
            Some(close) => {
                // words on both sides of a tag stay apart
                if !out.is_empty() && !out.ends_with(char::is_whitespace) {
                    out.push(' ');
                }
                rest = &inner[close + 1..];
            }
            None => {
                out.push('<');
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out.trim().to_owned()
}

fn absolute(text: String, page: Option<&Url>) -> String {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed == "-" || trimmed.eq_ignore_ascii_case("null") {
        return text;
    }
    if let Some(rest) = trimmed.strip_prefix("//") {
        return format!("https://{rest}");
    }
    if trimmed.contains("://") || trimmed.starts_with("javascript:") || trimmed.starts_with("mailto:") {
        return trimmed.to_owned();
    }
    if starts_with_host(trimmed) {
        return format!("https://{trimmed}");
    }
    page.and_then(|p| p.join(trimmed).ok()).map_or_else(|| trimmed.to_owned(), String::from)
}

fn starts_with_host(text: &str) -> bool {
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let Some((_, end)) = host.rsplit_once('.') else { return false };
    !host.starts_with('.')
        && HOST_ENDS.contains(&end)
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
}

fn strip_query(text: &str, names: &[String]) -> String {
    let Some((path, rest)) = text.split_once('?') else { return text.to_owned() };
    let (query, fragment) = rest.split_once('#').map_or((rest, None), |(q, f)| (q, Some(f)));
    // `&amp;` inside CDATA is a known defect; the names behind it must not survive
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let name = pair.strip_prefix("amp;").unwrap_or(pair).split('=').next().unwrap_or_default();
            !names.iter().any(|n| n.eq_ignore_ascii_case(name))
        })
        .collect();
    let mut out = path.to_owned();
    if !kept.is_empty() {
        out.push('?');
        out.push_str(&kept.join("&"));
    }
    if let Some(fragment) = fragment {
        out.push('#');
        out.push_str(fragment);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn does_what_the_manifest_names() {
        let page = Url::parse("https://www.x.kr/list/a.do?page=1").unwrap();
        for (step, text, want) in [
            ("unescape", "대전 &gt; 유성구 &amp;amp;", Some("대전 > 유성구 &amp;")),
            ("squeeze", " 최고의    금융그룹\n채용 ", Some("최고의 금융그룹 채용")),
            ("strip_tags", "<p>월 <b>250</b></p>만원 < 300", Some("월 250 만원 < 300")),
            ("digits", "123-45-67890", Some("1234567890")),
            ("lower", "K-A", Some("k-a")),
            ("cut_before:: ", "마감: 5월", Some("5월")),
            ("cut_after: (", "한빛 (주)", Some("한빛")),
            ("take:rec_idx=(\\d+)", "/view?rec_idx=77&x", Some("77")),
            ("take:rec_idx=(\\d+)", "/view", None),
            ("absolute", "/v?id=1", Some("https://www.x.kr/v?id=1")),
            ("absolute", "view.do?id=1", Some("https://www.x.kr/list/view.do?id=1")),
            ("absolute", "www.kohom.or.kr", Some("https://www.kohom.or.kr")),
            ("absolute", "mpva.go.kr/x", Some("https://mpva.go.kr/x")),
            ("absolute", "-", Some("-")),
            ("strip_query:api,Oem_Code", "http://x.kr/1?Oem_Code=C&a=1&amp;api=K#f", Some("http://x.kr/1?a=1#f")),
            ("strip_query:client_id", "http://x.kr/1?client_id=2", Some("http://x.kr/1")),
            ("prefix:K-", "1", Some("K-1")),
            ("prefix:K-", "", Some("")),
        ] {
            let got = Transform::parse(step).unwrap().apply(text.to_owned(), Some(&page));
            assert_eq!(got.as_deref(), want, "{step} of {text}");
        }
        for (step, want) in [
            ("squeze", "squeeze"),
            ("take:x", "one group"),
            ("take:(", "regular"),
            ("trim:x", "colon"),
            ("prefix", "without"),
        ] {
            let wrong = Transform::parse(step).unwrap_err();
            assert!(format!("{} {}", wrong.what, wrong.fix).contains(want), "{step}: {wrong:?}");
        }
    }
}
