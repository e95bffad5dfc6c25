//! A list service as a value: path, key, paging, columns and envelope. Most government formats differ only in these.
//! An envelope is a function that writes a [`Listing`]; nothing here builds a tree.

use std::borrow::Cow;

use crate::{Ad, Dialect, Reply, Request, View};

use super::gateway::{self, Key};
use super::write::{escaped, json_text, xml_text};

/// Takes a column's text from an ad.
pub(super) type Get = for<'a> fn(&'a Ad, &View<'_>) -> Cow<'a, str>;

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Text; quoted in JSON.
    Text,
    /// Bare number in JSON, `0` when empty; text where it is not a number.
    Number,
    /// Text, or `null` (JSON) and no element (XML) when empty.
    Absent,
    /// Number of the row in the list, not an id.
    RowNumber,
}

/// One field of a row.
#[derive(Clone, Copy)]
pub(super) struct Column {
    name: &'static str,
    form: Form,
    get: Get,
}

/// A text column.
pub(super) const fn text(name: &'static str, get: Get) -> Column {
    Column { name, form: Form::Text, get }
}

/// A number column.
pub(super) const fn number(name: &'static str, get: Get) -> Column {
    Column { name, form: Form::Number, get }
}

/// A column that is missing or null when it has nothing to say.
pub(super) const fn absent(name: &'static str, get: Get) -> Column {
    Column { name, form: Form::Absent, get }
}

/// A row number.
pub(super) const fn row_number(name: &'static str) -> Column {
    Column { name, form: Form::RowNumber, get: super::fact::nothing }
}

/// Which ads a page shows.
pub(super) enum Rows<'a> {
    /// Neighbours in the list.
    Run(&'a [Ad]),
    /// Neighbours, last first.
    Backwards(&'a [Ad]),
    /// Chosen ones.
    Picked(Vec<&'a Ad>),
}

/// A page to be written.
pub(super) struct Listing<'a, 'v> {
    pub(super) view: &'a View<'v>,
    pub(super) columns: &'a [Column],
    pub(super) rows: Rows<'v>,
    /// Rows the service claims to have.
    pub(super) total: u64,
    /// As asked.
    pub(super) page: usize,
    pub(super) size: usize,
    /// 0-based place of the first row in the list.
    pub(super) start: usize,
    /// Further rounds of entity escaping (`params["entities"]`).
    entities: u8,
}

impl<'a, 'v> Listing<'a, 'v> {
    /// A page of chosen or neighbouring ads.
    pub(super) fn new(view: &'a View<'v>, columns: &'a [Column], rows: Rows<'v>, total: usize, span: Span) -> Self {
        let entities = view.portal.params.get("entities").and_then(|n| n.parse().ok()).unwrap_or(0);
        let total = view.claimed_total.unwrap_or(total as u64);
        Listing { view, columns, rows, total, page: span.page, size: span.size, start: span.start, entities }
    }

    /// Rows on this page.
    pub(super) fn count(&self) -> usize {
        match &self.rows {
            Rows::Run(ads) | Rows::Backwards(ads) => ads.len(),
            Rows::Picked(ads) => ads.len(),
        }
    }

    /// Writes the rows as `<element>…</element>`.
    pub(super) fn xml_rows(&self, out: &mut String, element: &str) {
        self.each(|row, ad| {
            out.push('<');
            out.push_str(element);
            out.push('>');
            self.xml_fields(out, ad, row);
            out.push_str("</");
            out.push_str(element);
            out.push('>');
        });
    }

    /// Writes the rows as objects separated by commas, without brackets.
    pub(super) fn json_rows(&self, out: &mut String) {
        self.each(|row, ad| {
            if row > 0 {
                out.push(',');
            }
            self.json_object(out, ad, row);
        });
    }

    /// Writes one ad's fields as XML elements.
    pub(super) fn xml_fields(&self, out: &mut String, ad: &Ad, row: usize) {
        for column in self.columns {
            let value = self.value(column, ad, row);
            if value.is_empty() && column.form == Form::Absent {
                continue;
            }
            out.push('<');
            self.name(out, column);
            out.push('>');
            xml_text(out, &value);
            out.push_str("</");
            self.name(out, column);
            out.push('>');
        }
    }

    /// Writes one ad as a JSON object.
    pub(super) fn json_object(&self, out: &mut String, ad: &Ad, row: usize) {
        out.push('{');
        for (i, column) in self.columns.iter().enumerate() {
            out.push_str(if i == 0 { "\"" } else { ",\"" });
            self.name(out, column);
            out.push_str("\":");
            let value = self.value(column, ad, row);
            match column.form {
                Form::Absent if value.is_empty() => out.push_str("null"),
                Form::Number | Form::RowNumber if value.is_empty() => out.push('0'),
                Form::Number | Form::RowNumber if is_number(&value) => out.push_str(&value),
                _ => json_text(out, &value),
            }
        }
        out.push('}');
    }

    fn value<'b>(&self, column: &Column, ad: &'b Ad, row: usize) -> Cow<'b, str> {
        match column.form {
            Form::RowNumber => Cow::Owned((self.start + row + 1).to_string()),
            _ => escaped((column.get)(ad, self.view), self.entities),
        }
    }

    fn name(&self, out: &mut String, column: &Column) {
        out.push_str(column.name);
        if self.view.schema_change {
            out.push_str("_v2");
        }
    }

    /// Walks the rows with their place on the page.
    pub(super) fn each(&self, mut write: impl FnMut(usize, &'v Ad)) {
        match &self.rows {
            Rows::Run(ads) => ads.iter().enumerate().for_each(|(i, ad)| write(i, ad)),
            Rows::Backwards(ads) => ads.iter().rev().enumerate().for_each(|(i, ad)| write(i, ad)),
            Rows::Picked(ads) => ads.iter().enumerate().for_each(|(i, ad)| write(i, ad)),
        }
    }
}

/// JSON numbers have no leading zeros; ids that look like numbers but have them stay text.
fn is_number(text: &str) -> bool {
    let digits = text.as_bytes();
    (1..=18).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit)
        && (digits[0] != b'0' || digits.len() == 1)
}

/// Where a page lies in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) page: usize,
    pub(super) size: usize,
    pub(super) start: usize,
}

/// Names and limits of a service's paging.
#[derive(Clone, Copy)]
pub(super) struct Paging {
    /// Parameter with the page's number.
    pub(super) page: &'static str,
    /// Parameter with the rows per page.
    pub(super) size: &'static str,
    /// Number of the first page.
    pub(super) first: usize,
    pub(super) size_default: usize,
    /// More rows than this are not given, whatever is asked.
    pub(super) size_max: usize,
    /// Parameters that must be there, whatever they say.
    pub(super) needs: &'static [&'static str],
}

impl Paging {
    /// pageNo and numOfRows of data.go.kr, up to 1000 rows.
    pub(super) const GATEWAY: Paging =
        Paging { page: "pageNo", size: "numOfRows", first: 1, size_default: 10, size_max: 1000, needs: &[] };

    /// The page a request asks for; `None` when a parameter is missing or not a number.
    pub(super) fn span(&self, request: &Request) -> Option<Span> {
        if self.needs.iter().any(|name| request.arg(name).is_none()) {
            return None;
        }
        let read = |name: &str, default: usize| match request.arg(name).map(str::trim) {
            None | Some("") => Some(default),
            Some(digits) => digits.parse().ok(),
        };
        let page = read(self.page, self.first)?;
        let size = read(self.size, self.size_default)?.clamp(1, self.size_max);
        let start = page.checked_sub(self.first)?.checked_mul(size)?;
        Some(Span { page, size, start })
    }
}

/// The rows of a page: newest first as the portal lists them, or backwards for services that list the oldest first.
pub(super) fn rows_of(ads: &[Ad], span: Span, oldest_first: bool) -> Rows<'_> {
    let start = span.start.min(ads.len());
    let end = start.saturating_add(span.size).min(ads.len());
    if oldest_first { Rows::Backwards(&ads[ads.len() - end..ads.len() - start]) } else { Rows::Run(&ads[start..end]) }
}

/// A list service.
pub(super) struct Service {
    pub(super) name: &'static str,
    /// End of the path it answers at; empty = the portal's `params["path"]`, or any.
    pub(super) path: &'static str,
    pub(super) key: Key,
    pub(super) paging: Paging,
    pub(super) columns: &'static [Column],
    pub(super) oldest_first: bool,
    /// Content-Type of a page.
    pub(super) content_type: &'static str,
    /// Writes a page.
    pub(super) envelope: fn(&Listing<'_, '_>, &mut String),
    /// What a bad parameter is answered with.
    pub(super) refusal: fn() -> Reply,
}

impl Service {
    /// Whether the request is for this service.
    pub(super) fn serves(&self, view: &View<'_>, request: &Request) -> bool {
        let end = match self.path {
            "" => view.portal.params.get("path").map_or("", String::as_str),
            path => path,
        };
        request.path.trim_end_matches('/').ends_with(end.trim_end_matches('/'))
    }
}

impl Dialect for Service {
    fn name(&self) -> &'static str {
        self.name
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if !self.serves(view, request) {
            return gateway::no_service();
        }
        if let Some(reply) = self.key.refuse(view, request) {
            return reply;
        }
        let Some(span) = self.paging.span(request) else {
            return (self.refusal)();
        };
        let rows = rows_of(view.ads, span, self.oldest_first);
        let listing = Listing::new(view, self.columns, rows, view.ads.len(), span);
        let mut out = String::with_capacity(512 + listing.count() * PAGE_BYTES_A_ROW);
        (self.envelope)(&listing, &mut out);
        Reply::ok(self.content_type, out)
    }
}

/// First guess of a row's length, so that a page is written without growing its buffer often.
const PAGE_BYTES_A_ROW: usize = 1024;
