//! What to ask a source, and what its pages say. Pure: an adapter asks and reads, the hub fetches.
//! `docs/source-language.md` describes `source.toml`; [`Source`] is one, parsed, checked and compiled.

mod charset;
mod codes;
mod csv;
mod document;
mod envelope;
mod feed;
mod field;
mod html;
mod json;
mod jsonld;
mod page;
mod paging;
mod sitemap;
mod slice;
mod source;
mod transform;
mod xml;

pub mod catalog;
pub mod certificate;
pub mod check;
pub mod contract;
pub mod profile;

#[cfg(test)]
mod tests;

pub use catalog::{Catalog, catalog};
pub use certificate::Certificate;
pub use codes::CodeTable;
pub use normalizer::{RawField, RawPosting};
use serde::{Deserialize, Serialize};
pub use source::manifest::{
    Absence, Action, Agreement, Class, Entity, Format, Kind, Pace, Paging, Place, Repair, Slicing, Stop, Then,
    TotalTrust, When, Wire, schema,
};
pub use source::{Source, SourceError};

/// Turns one source's pages into raw postings.
pub trait Adapter: Send + Sync {
    /// The parts its list is read in, for a run planned on `plan.today`. At least one; names are unique and stable.
    fn slices(&self, plan: &Plan<'_>) -> Vec<Slice>;

    /// What to fetch first in a slice.
    fn first(&self, slice: &Slice, plan: &Plan<'_>) -> Ask;

    /// What a fetched page says. One bad row is a [`Row::Reject`] among the rows, not an error.
    ///
    /// # Errors
    /// [`PageError`] when the page as a whole cannot be taken: a failure inside HTTP 200, an unmapped envelope,
    /// a truncated or foreign body, undecodable text.
    fn read(&self, ask: &Ask, answer: &Answer<'_>) -> Result<Page, PageError>;

    /// What to fetch for a row's detail page; `None` when the source has none, or the row lacks what the address needs.
    fn detail(&self, row: &RawPosting) -> Option<Ask>;

    /// Adds what a detail page says to its row.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    fn read_detail(&self, ask: &Ask, answer: &Answer<'_>, row: &mut RawPosting) -> Result<Detail, PageError>;
}

/// What a run may depend on besides the manifest.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// Day of the run in Asia/Seoul.
    pub today: chrono::NaiveDate,
    /// Incremental runs: what changed since this instant is enough. `None` = the whole list.
    pub since: Option<chrono::DateTime<chrono::Utc>>,
    /// Values of `{secret.<name>}`.
    pub secrets: &'a dyn Fn(&str) -> Option<String>,
    /// Values that `[slices] type = "lookup"` walks through (business numbers the hub wants to know about).
    pub lookup: &'a [String],
}

impl std::fmt::Debug for Plan<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // never the secrets
        f.debug_struct("Plan").field("today", &self.today).field("since", &self.since).finish_non_exhaustive()
    }
}

/// A part of a source's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// Stable name within the source, e.g. `region=11000` or `all`.
    pub name: String,
    /// Values for `{slice.<name>}` in templates.
    pub values: Vec<(String, String)>,
}

/// A request, complete except for secrets, which stay as `{secret.<name>}` until the hub sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// `GET` or `POST`.
    pub method: Method,
    /// Absolute address at the real host, query included.
    pub url: String,
    /// Headers beyond the defaults.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// Body of a POST.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Where in its slice this page is.
    #[serde(default)]
    pub at: At,
}

/// Request method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Some sources read by POST.
    Post,
}

/// Position of a page in its slice; with it, a run that was cut resumes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct At {
    /// Name of the slice.
    pub slice: String,
    /// Slice values, carried along.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<(String, String)>,
    /// 0-based count of pages before this one.
    pub page: u32,
    /// Rows received before this page.
    pub rows_before: u64,
    /// Cursor or next link this page was asked with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Nested documents still to be read (sitemap index → sitemaps).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<String>,
    /// Hashes of the latest pages' rows: a page that comes again ends the slice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<u64>,
}

/// A response as it came.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// Content-Type header, if any.
    pub content_type: Option<&'a str>,
    /// `Link` header, if any.
    pub link: Option<&'a str>,
    /// Body after content decoding (gzip, br), before charset decoding.
    pub body: &'a [u8],
}

/// What one list page said.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Rows in page order.
    pub rows: Vec<Row>,
    /// How many rows the source says the slice has, when it says so and the manifest trusts it.
    pub total: Option<u64>,
    /// What to ask next; `None` when the slice ended.
    pub next: Option<Ask>,
    /// The slice has more rows than the source will give: read these instead (they add up to it).
    pub split: Vec<Slice>,
    /// Rows the manifest skips (ads, unlisted): neither postings nor rejects, but part of what a total counts.
    pub skipped: u32,
    /// Why the slice cannot be called complete although it ended (cap reached, page limit), for the certificate.
    pub incomplete: Option<String>,
}

/// One row of a page.
#[derive(Clone, Debug)]
pub enum Row {
    /// Read.
    Posting(RawPosting),
    /// Could not be read; kept with its text.
    Reject(Reject),
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// 0-based position on the page.
    pub position: u32,
    /// Field that was missing or wrong, if one was.
    pub field: Option<RawField>,
    /// Why, in words, without the row's text.
    pub why: String,
    /// The row's text, at most 8 KiB.
    pub raw: String,
}

/// What a detail page said of its posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Fields were added.
    Read,
    /// The page is the source's way of saying the posting is closed or gone.
    Closed,
}

/// A page that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {message}{}", code.as_deref().map(|c| format!(" (code {c})")).unwrap_or_default())]
pub struct PageError {
    /// What kind of failure, which decides what happens next.
    pub kind: PageErrorKind,
    /// The source's own code, if it gave one.
    pub code: Option<String>,
    /// What was wrong and where, in words.
    pub message: String,
}

/// What happens after a page error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageErrorKind {
    /// Stop the run and tell an operator: the key or the permission is wrong.
    Auth,
    /// Wait until the quota resets.
    Quota,
    /// Try the same page again, with back-off.
    Retry,
    /// The request is wrong: stop the slice.
    Request,
    /// The answer is not what this source sends (HTML for XML, an unknown envelope, a cut body): retried, then the run is partial.
    Format,
    /// The page says the posting is gone (details only).
    Gone,
}

impl std::fmt::Display for PageErrorKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            PageErrorKind::Auth => "auth",
            PageErrorKind::Quota => "quota",
            PageErrorKind::Retry => "retry",
            PageErrorKind::Request => "request",
            PageErrorKind::Format => "format",
            PageErrorKind::Gone => "gone",
        })
    }
}
