//! The scratch a row is read on: its fields by name, and what has been read so far.
//! Holds no rule of any field.

use std::borrow::Cow;

use crate::{Context, Effect, Finding, Normalized, Provenance, RawField, RawPosting, contact, text};

/// Number of raw fields.
const FIELDS: usize = RawField::ALL.len();
/// Longest raw text kept in a provenance, in characters.
const RAW_CHARS_MAX: usize = 120;

/// A row being read.
pub(crate) struct Reading<'a> {
    fields: [Option<&'a str>; FIELDS],
    /// What the reading may depend on.
    pub(crate) context: &'a Context<'a>,
    /// What has been read.
    pub(crate) out: Normalized,
}

impl<'a> Reading<'a> {
    /// Nothing read yet.
    pub(crate) fn of(raw: &'a RawPosting, context: &'a Context<'a>) -> Self {
        let mut fields = [None; FIELDS];
        for (field, text) in raw.iter() {
            fields[field as usize] = Some(text);
        }
        let mut out = Normalized::default();
        out.posting.provenance.reserve(16);
        Reading { fields, context, out }
    }

    /// The text of a field without surrounding white space; `None` where the source said nothing, or that it has nothing.
    pub(crate) fn get(&self, field: RawField) -> Option<&'a str> {
        self.fields[field as usize].map(str::trim).filter(|t| !text::is_absent(t))
    }

    /// [`get`](Self::get), folded to one line.
    pub(crate) fn line(&self, field: RawField) -> Option<Cow<'a, str>> {
        self.get(field).map(text::line).filter(|t| !text::is_absent(t))
    }

    /// Notes how a field came about.
    pub(crate) fn took(&mut self, field: &'static str, raw: &str, rule: &'static str, confidence: u16) {
        let raw = contact::masked(head(raw)).into_owned();
        self.out.posting.provenance.push(Provenance {
            field: Cow::Borrowed(field),
            raw,
            rule: Cow::Borrowed(rule),
            confidence,
        });
    }

    /// Notes a doubt; the span is masked.
    pub(crate) fn doubt(&mut self, rule: &'static str, field: &'static str, effect: Effect, span: &str) {
        self.out.findings.push(Finding::new(rule, field, effect, &contact::masked(head(span))));
    }
}

/// At most [`RAW_CHARS_MAX`] characters.
fn head(raw: &str) -> &str {
    if raw.len() <= RAW_CHARS_MAX {
        return raw;
    }
    raw.char_indices().nth(RAW_CHARS_MAX).map_or(raw, |(end, _)| &raw[..end])
}
