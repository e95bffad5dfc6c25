//! The free-text fields: description, requirements and what belongs to them, benefits, with personal data taken out.

use std::borrow::Cow;

use crate::reading::Reading;
use crate::{Effect, RawField, contact, text};

/// Reads `description`, `requirements`, `preferences`, `licences`, `languages`, `how_to_apply`, `keywords`, `benefits`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    reading.out.posting.description = one(reading, RawField::Description, "description");
    let mut joined = String::new();
    for field in [
        RawField::Requirements,
        RawField::Preferences,
        RawField::Licences,
        RawField::Languages,
        RawField::HowToApply,
        RawField::Keywords,
    ] {
        if let Some(text) = one(reading, field, "qualifications") {
            if joined.len() + text.len() > text::BLOCK_BYTES_MAX {
                reading.doubt("text.truncated", "qualifications", Effect::Lowers, "");
                break;
            }
            if !joined.is_empty() {
                joined.push('\n');
            }
            joined.push_str(&text);
        }
    }
    reading.out.posting.qualifications = Some(joined).filter(|t| !t.is_empty());
    reading.out.posting.job_benefits = one(reading, RawField::Benefits, "job_benefits");
}

fn one(reading: &mut Reading<'_>, field: RawField, name: &'static str) -> Option<String> {
    let raw = reading.get(field)?;
    let block = text::block(raw);
    if block.truncated {
        reading.doubt("text.truncated", name, Effect::Lowers, "");
    }
    let masked = match contact::take(&block.text, &mut reading.out.contact) {
        Cow::Owned(masked) => Some(masked),
        Cow::Borrowed(_) => None,
    };
    let text = Some(masked.unwrap_or(block.text)).filter(|t| !t.is_empty());
    if text.is_some() {
        // the raw text stays with the row: a provenance does not repeat a page of it
        let rule = if raw.contains(['<', '&']) { "text.markup" } else { "text.plain" };
        reading.took(name, "", rule, 1000);
    }
    text
}
