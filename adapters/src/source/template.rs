//! `{page}`, `{slice.region}`, `{since:%Y-%m-%d}` in addresses, queries, headers and bodies. Templates substitute, and that is all.
//! A secret stays in the text as `{secret.<name>}` until the hub sends it.

use std::borrow::Cow;
use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use normalizer::{RawField, RawPosting};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::{Wrong, nearest};
use crate::At;

/// Characters that stay as they are in a path or query value: RFC 3986 unreserved.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const NAMES: &[&str] =
    &["page", "size", "offset", "start", "end", "cursor", "since", "today", "slice.", "secret.", "row.", "param."];

/// A text with places for values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Value(Name, Option<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Page,
    Size,
    Offset,
    Start,
    End,
    Cursor,
    Since,
    Today,
    Slice(String),
    Secret(String),
    Row(RawField),
}

/// How a value is written where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// Path or query of an address, or a form body.
    Percent,
    /// Inside a JSON text; slice values as they are, because their `join` may hold quotes.
    Json,
    /// Header or XML body.
    Plain,
}

/// What templates may name in one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Values<'a> {
    pub(crate) at: &'a At,
    /// Number of the page as the source counts.
    pub(crate) page: u64,
    pub(crate) size: Option<u32>,
    pub(crate) offset: u64,
    pub(crate) start: u64,
    pub(crate) row: Option<&'a RawPosting>,
    /// What `{slice.from}` and `{slice.to}` become without a format.
    pub(crate) window: Option<(&'a Template, &'a Template)>,
}

impl Template {
    /// Reads a text. What is not `{name}` or `{name:format}` stays as it is, so that JSON bodies need no escaping.
    pub(crate) fn parse(text: &str) -> Result<Template, Wrong> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            plain.push_str(&rest[..open]);
            let inner = &rest[open + 1..];
            let named = inner.find('}').map(|close| &inner[..close]).filter(|n| is_placeholder(n));
            let Some(placeholder) = named else {
                plain.push('{');
                rest = inner;
                continue;
            };
            let (name, format) = match placeholder.split_once(':') {
                Some((name, format)) => (name, Some(format.to_owned())),
                None => (placeholder, None),
            };
            let name = Name::parse(name)?;
            if let Some(format) = &format {
                check_format(&name, format)?;
            }
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Value(name, format));
            rest = &inner[placeholder.len() + 1..];
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Template { parts })
    }

    /// The text, or `None` when it names something that is absent in this request.
    pub(crate) fn render(&self, values: &Values<'_>, escape: Escape) -> Option<String> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Value(Name::Secret(name), _) => {
                    let _ = write!(out, "{{secret.{name}}}");
                }
                Part::Value(name, format) => {
                    let value = values.get(name, format.as_deref())?;
                    match escape {
                        Escape::Percent => out.extend(utf8_percent_encode(&value, ESCAPED)),
                        Escape::Json if !matches!(name, Name::Slice(_)) => push_json(&mut out, &value),
                        Escape::Json | Escape::Plain => out.push_str(&value),
                    }
                }
            }
        }
        Some(out)
    }

    /// The text, with nothing where it names something that is absent in this request.
    pub(crate) fn render_with_gaps(&self, values: &Values<'_>, escape: Escape) -> String {
        let one = |part: &Part| Template { parts: vec![part.clone()] }.render(values, escape).unwrap_or_default();
        self.parts.iter().map(one).collect()
    }

    /// Whether the number of rows asked for is in it.
    pub(crate) fn names_size(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Value(Name::Size | Name::End, _)))
    }

    /// The constant text before the first placeholder.
    pub(crate) fn prefix(&self) -> &str {
        match self.parts.first() {
            Some(Part::Text(text)) => text,
            _ => "",
        }
    }

    /// Names of the secrets it asks for.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(Name::Secret(name), _) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Names of the slice values it asks for.
    pub(crate) fn slices(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(Name::Slice(name), _) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether it is one secret and nothing else, e.g. the value of an `access-key` parameter.
    pub(crate) fn sole_secret(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Value(Name::Secret(name), _)] => Some(name),
            _ => None,
        }
    }

    /// The row's field when that is the whole template, e.g. `{row.url}`.
    pub(crate) fn sole_field(&self) -> Option<RawField> {
        match self.parts.as_slice() {
            [Part::Value(Name::Row(field), _)] => Some(*field),
            _ => None,
        }
    }

    /// Whether a placeholder of a row is in it.
    pub(crate) fn names_row(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Value(Name::Row(_), _)))
    }

    /// Whether the run's day is in it.
    pub(crate) fn names_today(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Value(Name::Today, _)))
    }
}

fn is_placeholder(inner: &str) -> bool {
    let name = inner.split(':').next().unwrap_or_default();
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
        && !inner.contains(['"', '{', '\n'])
}

fn check_format(name: &Name, format: &str) -> Result<(), Wrong> {
    if !matches!(name, Name::Since | Name::Today | Name::Slice(_)) {
        return Err(Wrong::new("", format!("`:{format}` after a value that is no date"), "leave the format out"));
    }
    let bad = chrono::format::StrftimeItems::new(format).any(|item| matches!(item, chrono::format::Item::Error));
    // a date has no time of day: formats that ask for one would fail when rendered
    if bad || (format != "unix" && format != "unix_ms" && !format.contains('%')) {
        return Err(Wrong::new("", format!("`{format}` is no date format"), "write one such as %Y-%m-%d or %Y%m%d"));
    }
    Ok(())
}

impl Name {
    fn parse(name: &str) -> Result<Name, Wrong> {
        Ok(match name {
            "page" => Name::Page,
            "size" => Name::Size,
            "offset" => Name::Offset,
            "start" => Name::Start,
            "end" => Name::End,
            "cursor" => Name::Cursor,
            "since" => Name::Since,
            "today" => Name::Today,
            _ => match name.split_once('.') {
                Some(("slice", inner)) => Name::Slice(inner.to_owned()),
                Some(("secret", inner)) => Name::Secret(inner.to_owned()),
                Some(("row", inner)) => Name::Row(inner.parse().map_err(|_| {
                    let advice = nearest(inner, RawField::ALL.iter().map(|f| f.name()));
                    Wrong::new("", format!("`{{row.{inner}}}` names no field"), advice)
                })?),
                _ => {
                    let advice = nearest(name, NAMES.iter().copied());
                    return Err(Wrong::new("", format!("`{{{name}}}` is no value of this language"), advice));
                }
            },
        })
    }
}

/// Time zone of every date in the language: Asia/Seoul, which has had no other offset since 1988.
pub(crate) fn seoul() -> FixedOffset {
    FixedOffset::east_opt(9 * 3600).unwrap_or_else(|| unreachable!("nine hours are an offset"))
}

impl Values<'_> {
    fn get(&self, name: &Name, format: Option<&str>) -> Option<Cow<'_, str>> {
        Some(match name {
            Name::Page => self.page.to_string().into(),
            Name::Size => self.size?.to_string().into(),
            Name::Offset => self.offset.to_string().into(),
            Name::Start => self.start.to_string().into(),
            Name::End => (self.start + u64::from(self.size?).saturating_sub(1)).to_string().into(),
            Name::Cursor => self.at.cursor.as_deref()?.into(),
            Name::Since => instant(self.value("since")?, format)?.into(),
            Name::Today => day(self.value("today")?, format.unwrap_or("%Y-%m-%d"))?.into(),
            Name::Slice(slice) => self.slice(slice, format)?,
            Name::Secret(_) => return None,
            Name::Row(field) => self.row?.text(*field)?.into(),
        })
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.at.values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    fn slice(&self, name: &str, format: Option<&str>) -> Option<Cow<'_, str>> {
        let text = self.value(name)?;
        match (format, self.window, name) {
            (Some(format), _, _) => day(text, format).map(Cow::Owned),
            (None, Some((from, _)), "from") => {
                from.render(&Values { window: None, ..*self }, Escape::Plain).map(Cow::Owned)
            }
            (None, Some((_, to)), "to") => to.render(&Values { window: None, ..*self }, Escape::Plain).map(Cow::Owned),
            _ => Some(text.into()),
        }
    }
}

fn day(text: &str, format: &str) -> Option<String> {
    let date: NaiveDate = text.parse().ok()?;
    if format == "unix" || format == "unix_ms" {
        let midnight = date.and_hms_opt(0, 0, 0)?.and_local_timezone(seoul()).single()?;
        let scale = if format == "unix" { 1 } else { 1000 };
        return Some((midnight.timestamp() * scale).to_string());
    }
    formatted(date.and_hms_opt(0, 0, 0)?.and_local_timezone(seoul()).single()?, format)
}

fn instant(text: &str, format: Option<&str>) -> Option<String> {
    let since: DateTime<Utc> = text.parse().ok()?;
    match format {
        Some("unix") => Some(since.timestamp().to_string()),
        Some("unix_ms") => Some(since.timestamp_millis().to_string()),
        _ => formatted(since.with_timezone(&seoul()), format.unwrap_or("%Y-%m-%dT%H:%M:%S%:z")),
    }
}

fn formatted(at: DateTime<FixedOffset>, format: &str) -> Option<String> {
    let mut out = String::new();
    write!(out, "{}", at.format(format)).ok()?;
    Some(out)
}

fn push_json(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if u32::from(c) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}
