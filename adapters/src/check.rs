//! A page explained field by field, for `jobhub source check`: which path was looked at, what stood there, what became of it,
//! and in how many rows.

use serde::Serialize;
use url::Url;

use crate::profile::FieldProfile;
use crate::{Adapter as _, Answer, Ask, Page, PageError, RawPosting, Row, Source};

/// What a page says, explained.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// Rows of the page.
    pub rows: usize,
    /// Rows that could not be read.
    pub rejects: usize,
    /// Rows the manifest skips.
    pub skipped: u32,
    /// The source's own total, where it is trusted.
    pub total: Option<u64>,
    /// Address that would be asked next.
    pub next: Option<String>,
    /// Why the slice could not be called complete.
    pub incomplete: Option<String>,
    /// Why the first rejected rows were.
    pub why_rejected: Vec<String>,
    /// By field, in the order of the language.
    pub fields: Vec<FieldExplained>,
    /// Counts of the page.
    pub profile: FieldProfile,
}

/// One field of a page.
#[derive(Clone, Debug, Serialize)]
pub struct FieldExplained {
    /// Its name.
    pub field: &'static str,
    /// What it holds, in a sentence.
    pub about: &'static str,
    /// Where it is looked for.
    pub path: String,
    /// What stood there in the first row that has it.
    pub found: Option<String>,
    /// What became of that.
    pub given: Option<String>,
    /// Rows where it holds something.
    pub with: u64,
    /// Rows where it is empty or absent.
    pub without: u64,
}

const REJECTS_SHOWN: usize = 5;

/// Explains a list page.
///
/// # Errors
/// As [`Adapter::read`](crate::Adapter::read).
pub fn explain(source: &Source, ask: &Ask, answer: &Answer<'_>) -> Result<Explanation, PageError> {
    let page = source.read(ask, answer)?;
    let postings: Vec<&RawPosting> = page
        .rows
        .iter()
        .filter_map(|row| match row {
            Row::Posting(posting) => Some(posting),
            Row::Reject(_) => None,
        })
        .collect();
    let profile = FieldProfile::of(postings.iter().copied());
    let found = found(source, ask, answer);
    let fields = source
        .fields
        .iter()
        .zip(found)
        .map(|(field, (found, given))| {
            let with = profile.fields.get(&field.field).map_or(0, |c| c.filled);
            FieldExplained {
                field: field.field.name(),
                about: field.field.about(),
                path: field.shown.clone(),
                found,
                given,
                with,
                without: profile.rows - with,
            }
        })
        .collect();
    Ok(told(&page, fields, profile))
}

fn told(page: &Page, fields: Vec<FieldExplained>, profile: FieldProfile) -> Explanation {
    let why = |row: &Row| match row {
        Row::Reject(reject) => Some(format!("row {}: {}", reject.position, reject.why)),
        Row::Posting(_) => None,
    };
    Explanation {
        rows: page.rows.len(),
        rejects: page.rows.iter().filter_map(why).count(),
        skipped: page.skipped,
        total: page.total,
        next: page.next.as_ref().map(|n| n.url.clone()),
        incomplete: page.incomplete.clone(),
        why_rejected: page.rows.iter().filter_map(why).take(REJECTS_SHOWN).collect(),
        fields,
        profile,
    }
}

/// For every field, the first row's raw text that is not empty and what becomes of it.
fn found(source: &Source, ask: &Ask, answer: &Answer<'_>) -> Vec<(Option<String>, Option<String>)> {
    let address = Url::parse(&ask.url).ok();
    let nothing = || vec![(None, None); source.fields.len()];
    crate::page::with_rows(source, answer, &mut |rows| {
        source
            .fields
            .iter()
            .map(|field| {
                let raw = rows.iter().find_map(|row| field.find(*row).filter(|t| !t.trim().is_empty()));
                let given = match &raw {
                    Some(raw) => field.finish(raw.clone(), address.as_ref()),
                    None => rows.first().and_then(|row| field.read(*row, address.as_ref())),
                };
                (raw, given)
            })
            .collect()
    })
    .unwrap_or_else(nothing)
}
