//! One raw field: where its text is in a row, and what is done to it before it is given on.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, TimeZone as _};
use normalizer::RawField;
use url::Url;

use crate::codes::CodeTable;
use crate::document::{Locator, Row};
use crate::source::error::Wrong;
use crate::source::manifest::{FieldTable, Format, Kind};
use crate::source::template::seoul;
use crate::transform::{Transform, unescape};

/// Most bytes of a field's text.
pub(crate) const FIELD_BYTES_MAX: usize = 1 << 20;
/// Between several texts of one path, unless the manifest says otherwise.
const JOIN: &str = ", ";

/// A field of a source.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) field: RawField,
    /// The path as written, for people.
    pub(crate) shown: String,
    origin: Origin,
    join: Option<String>,
    default: Option<String>,
    split: Option<String>,
    codes: Option<Arc<CodeTable>>,
    map: Vec<(String, String)>,
    kind: Kind,
    never: Vec<String>,
    entities: u8,
    pub(crate) transforms: Vec<Transform>,
}

#[derive(Clone, Debug)]
enum Origin {
    /// The first that is not empty.
    Paths(Vec<Locator>),
    /// All, joined.
    Joined(Vec<Locator>),
    Hash(Vec<Locator>),
    Value(String),
}

/// Finds a code table by name.
pub(crate) type CodesLookup<'a> = &'a dyn Fn(&str) -> Option<Arc<CodeTable>>;

impl Field {
    /// Whether its text is a hash of others.
    pub(crate) fn is_hash(&self) -> bool {
        matches!(self.origin, Origin::Hash(_))
    }

    pub(crate) fn compile(
        field: RawField,
        table: &FieldTable,
        format: Format,
        entities: u8,
        codes: CodesLookup<'_>,
    ) -> Result<Field, Wrong> {
        let locate = |texts: &[String]| -> Result<Vec<Locator>, Wrong> {
            let one = |text: &str| {
                Locator::parse(text, format)
                    .map_err(|why| Wrong::new("", why, "see the paths of this format in docs/source-language.md"))
            };
            let mut locators = Vec::new();
            for text in texts {
                // a java.util.Date is an object whose `time` is the instant; some answers give the number alone
                if table.kind == Kind::JavaDate {
                    locators.push(one(&format!("{text}.time"))?);
                }
                locators.push(one(text)?);
            }
            Ok(locators)
        };
        let single: Vec<String> = table.path.iter().chain(&table.or).cloned().collect();
        let given = [
            !single.is_empty(),
            !table.paths.is_empty(),
            !table.composite.is_empty(),
            !table.hash_of.is_empty(),
            table.value.is_some(),
        ];
        if given.iter().filter(|g| **g).count() != 1 {
            return Err(Wrong::new(
                "",
                "a field needs exactly one of path, paths, composite, hash_of and value",
                "keep one",
            ));
        }
        let (origin, shown) = if let Some(value) = &table.value {
            (Origin::Value(value.0.clone()), format!("= {}", value.0))
        } else if !table.hash_of.is_empty() {
            (Origin::Hash(locate(&table.hash_of)?), format!("hash of {}", table.hash_of.join(", ")))
        } else if !table.composite.is_empty() {
            (Origin::Joined(locate(&table.composite)?), table.composite.join(" + "))
        } else if !table.paths.is_empty() {
            (Origin::Joined(locate(&table.paths)?), table.paths.join(" + "))
        } else {
            (Origin::Paths(locate(&single)?), single.join(" or "))
        };
        let codes = match &table.codes {
            None => None,
            Some(name) => Some(codes(name).ok_or_else(|| {
                Wrong::new("codes", format!("there is no table `{name}`"), format!("add adapters/codes/{name}.tsv"))
            })?),
        };
        let composite = !table.composite.is_empty();
        Ok(Field {
            field,
            shown,
            origin,
            join: table.join.clone().or_else(|| composite.then(|| "-".to_owned())),
            default: table.default.as_ref().map(|d| d.0.clone()),
            split: table.split.clone(),
            codes,
            map: table.map.iter().map(|(from, to)| (from.clone(), to.0.clone())).collect(),
            kind: table.kind,
            never: table.never.iter().map(|n| n.0.clone()).collect(),
            entities,
            transforms: Vec::new(),
        })
    }

    pub(crate) fn locators(&self) -> &[Locator] {
        match &self.origin {
            Origin::Paths(list) | Origin::Joined(list) | Origin::Hash(list) => list,
            Origin::Value(_) => &[],
        }
    }

    /// The columns a CSV must have for this field.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.locators().iter().filter_map(|l| match l {
            Locator::Column(name) => Some(&**name),
            _ => None,
        })
    }

    /// Whether the page's address is needed.
    pub(crate) fn needs_page(&self) -> bool {
        self.transforms.iter().any(|t| matches!(t, Transform::Absolute))
    }

    /// The field's text in a row, or `None` where the source did not give it.
    pub(crate) fn read(&self, row: Row<'_, '_>, page: Option<&Url>) -> Option<String> {
        let raw = self.find(row);
        match raw.and_then(|raw| self.finish(raw, page)) {
            Some(text) if self.default.is_none() || !text.trim().is_empty() => Some(text),
            other => self.default.clone().or(other),
        }
    }

    /// The text as found, before anything is done to it.
    pub(crate) fn find(&self, row: Row<'_, '_>) -> Option<String> {
        match &self.origin {
            Origin::Value(text) => Some(text.clone()),
            Origin::Paths(paths) => {
                let mut empty = None;
                for path in paths {
                    match self.at(path, row) {
                        Some(text) if !text.trim().is_empty() => return Some(text),
                        other => empty = empty.or(other),
                    }
                }
                empty
            }
            Origin::Joined(paths) => {
                let texts: Vec<String> =
                    paths.iter().map(|p| self.at(p, row).unwrap_or_default().trim().to_owned()).collect();
                if texts.iter().all(String::is_empty) {
                    return None;
                }
                let join = self.join.as_deref().unwrap_or(" ");
                // an id keeps the place of a missing part, words do not
                if self.field == RawField::ExternalId {
                    return Some(texts.join(join));
                }
                Some(texts.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(join))
            }
            Origin::Hash(paths) => {
                let mut hasher = xxhash_rust::xxh3::Xxh3::new();
                let mut any = false;
                for path in paths {
                    let text = self.at(path, row).unwrap_or_default();
                    any |= !text.trim().is_empty();
                    hasher.update(text.trim().as_bytes());
                    hasher.update(&[0x1f]);
                }
                any.then(|| format!("{:016x}", hasher.digest()))
            }
        }
    }

    fn at(&self, path: &Locator, row: Row<'_, '_>) -> Option<String> {
        let join = self.join.as_deref();
        let mut out: Option<String> = None;
        path.texts(row, self.kind == Kind::Html, join.is_none(), &mut |text: Cow<'_, str>| match &mut out {
            None => out = Some(text.into_owned()),
            Some(all) => {
                if !text.trim().is_empty() && all.len() + text.len() < FIELD_BYTES_MAX {
                    if !all.trim().is_empty() {
                        all.push_str(join.unwrap_or(JOIN));
                    }
                    all.push_str(&text);
                }
            }
        });
        out
    }

    /// What is done to a text that was found; `None` leaves the field out.
    pub(crate) fn finish(&self, raw: String, page: Option<&Url>) -> Option<String> {
        if !self.never.is_empty() && self.never.iter().any(|n| n == raw.trim()) {
            return None;
        }
        let mut text = match self.kind {
            Kind::Text | Kind::Html => raw,
            Kind::Unix => instant(&raw, 1).unwrap_or(raw),
            Kind::UnixMs | Kind::JavaDate => instant(&raw, 1000).unwrap_or(raw),
        };
        for _ in 0..self.entities {
            text = unescape(text);
        }
        if self.codes.is_some() || !self.map.is_empty() {
            text = self.translate(&text);
        }
        for step in &self.transforms {
            text = step.apply(text, page)?;
        }
        if self.field == RawField::ExternalId && text.trim().len() != text.len() {
            text = text.trim().to_owned();
        }
        if text.len() > FIELD_BYTES_MAX {
            let cut = (0..=FIELD_BYTES_MAX).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
            text.truncate(cut);
        }
        Some(text)
    }

    fn translate(&self, text: &str) -> String {
        let Some(separator) = self.split.as_deref() else { return self.translate_one(text) };
        let mut out: Vec<String> = Vec::new();
        for part in text.split(separator).map(str::trim).filter(|p| !p.is_empty()) {
            let one = self.translate_one(part);
            if !out.contains(&one) {
                out.push(one);
            }
        }
        out.join(self.join.as_deref().unwrap_or(separator))
    }

    fn translate_one(&self, text: &str) -> String {
        let trimmed = text.trim();
        if let Some((_, to)) = self.map.iter().find(|(from, _)| from == trimmed) {
            return to.clone();
        }
        match &self.codes {
            Some(table) => table.translate(trimmed),
            None => text.to_owned(),
        }
    }
}

/// Seconds (or parts of one) since 1970 as RFC 3339 in Asia/Seoul; `None` for what is no number.
fn instant(text: &str, scale: i64) -> Option<String> {
    let whole = text.trim().split('.').next()?;
    let number: i64 = whole.parse().ok()?;
    let at: DateTime<_> = seoul().timestamp_millis_opt(number.checked_mul(1000 / scale)?).single()?;
    Some(at.to_rfc3339_opts(SecondsFormat::Secs, false))
}
