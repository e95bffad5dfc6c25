//! A fetched page → rows and what to ask next: decode, judge the envelope, find the rows, read their fields, go on.

use std::borrow::Cow;

use normalizer::{RawField, RawPosting};
use url::Url;

use crate::document::{self, Document, Locator};
use crate::envelope::{self, Verdict};
use crate::paging::{Next, Said};
use crate::source::Source;
use crate::source::manifest::{Entity, Format, Paging, TotalTrust};
use crate::{Answer, Ask, Detail, Page, PageError, PageErrorKind, Reject, Row, Slice, charset, sitemap};

/// Most bytes of a reject's text.
pub(crate) const REJECT_BYTES_MAX: usize = 8 * 1024;
/// Most rows of a page.
pub(crate) const ROWS_MAX: usize = 500_000;

fn format_error(message: impl Into<String>) -> PageError {
    PageError { kind: PageErrorKind::Format, code: None, message: message.into() }
}

/// The body as text; sitemaps unpacked first.
fn decoded<'a>(
    answer: &Answer<'a>,
    reading: &document::Reading,
    unpacked: &'a mut Vec<u8>,
) -> Result<Cow<'a, str>, PageError> {
    let mut body = answer.body;
    if reading.format == Format::Sitemap
        && let Cow::Owned(bytes) = sitemap::unpack(answer.body).map_err(format_error)?
    {
        *unpacked = bytes;
        body = unpacked;
    }
    let text = charset::decode(body, reading.charset, answer.content_type).map_err(format_error)?;
    // an HTML parser reads every line end as one; done here, the fast tree need not
    if reading.format == Format::Html && memchr::memchr(b'\r', text.as_bytes()).is_some() {
        return Ok(Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")));
    }
    Ok(text)
}

/// Reads a list page.
pub(crate) fn read(source: &Source, ask: &Ask, answer: &Answer<'_>) -> Result<Page, PageError> {
    let mut unpacked = Vec::new();
    let text = match decoded(answer, &source.reading, &mut unpacked) {
        Ok(text) => text,
        // a 502 in another charset is still a 502
        Err(error) if (200..300).contains(&answer.status) => return Err(error),
        Err(_) => Cow::Borrowed(""),
    };
    let parsed = Document::parse(&text, &source.reading);
    match envelope::judge(answer, &text, &parsed, &source.reading, &source.handlers, &source.empty) {
        Verdict::Failed(error) => return Err(error),
        Verdict::Empty => {
            let total = (ask.at.rows_before == 0 && source.total.is_some()).then_some(0);
            return Ok(Page { total, ..Page::default() });
        }
        Verdict::Good => {}
    }
    let doc = parsed.map_err(format_error)?;
    if let Some((must, shown)) = &source.must
        && !must.exists(doc.whole())
    {
        return Err(format_error(format!("no `{shown}` in the answer: not what this source sends")));
    }
    if let Some(sitemaps) = doc.sitemaps(source.reading.format) {
        return go_on(source, ask, Page::default(), Said { sitemaps: on_hosts(source, sitemaps), ..Said::default() });
    }
    let rows = source.rows.rows(&doc, source.reading.format).map_err(format_error)?;
    if rows.len() > ROWS_MAX {
        return Err(format_error(format!("more than {ROWS_MAX} rows on one page")));
    }
    check_columns(source, &doc)?;
    let number = |at: &Option<Locator>| at.as_ref().and_then(|l| l.first(doc.whole())).and_then(|t| whole_number(&t));
    let total = number(&source.total);
    if rows.is_empty() {
        expect_empty(source, ask, &doc, total)?;
    }
    let mut said = Said { rows: rows.len() as u64, total, pages: number(&source.pages), ..Said::default() };
    said.cursor = next_cursor(source, ask, answer, &doc)?;
    let page = read_rows(source, ask, &rows, total, &mut said);
    go_on(source, ask, page, said)
}

/// Gives the rows of a good page to `look`, for explanations.
pub(crate) fn with_rows<T>(
    source: &Source,
    answer: &Answer<'_>,
    look: &mut dyn FnMut(&[document::Row<'_, '_>]) -> T,
) -> Option<T> {
    let mut unpacked = Vec::new();
    let text = decoded(answer, &source.reading, &mut unpacked).ok()?;
    let doc = Document::parse(&text, &source.reading).ok()?;
    let rows = source.rows.rows(&doc, source.reading.format).ok()?;
    Some(look(&rows))
}

/// An empty list must look like one: otherwise it is a failure the manifest does not know.
fn expect_empty(source: &Source, ask: &Ask, doc: &Document<'_>, total: Option<u64>) -> Result<(), PageError> {
    let known = if source.must.is_some() || total == Some(0) {
        true
    } else if source.total.is_some() {
        // beyond the first page a total says that the envelope is right and the list has ended
        total.is_some()
            && (ask.at.rows_before > 0 || source.rows.is_empty_list(doc) || source.trust == TotalTrust::Ignore)
    } else {
        source.rows.is_empty_list(doc) || (ask.at.rows_before > 0 && source.reading.format == Format::Html)
    };
    if known {
        return Ok(());
    }
    let found = total.map_or_else(String::new, |t| format!(", though the total says {t}"));
    Err(format_error(format!("no rows where rows were expected: no {}{found}", source.rows.name())))
}

fn check_columns(source: &Source, doc: &Document<'_>) -> Result<(), PageError> {
    let Document::Table(table) = doc else { return Ok(()) };
    let identity = source.fields.iter().filter(|f| matches!(f.field, RawField::ExternalId | RawField::Title));
    for column in identity.flat_map(|f| f.columns()) {
        if !table.columns().iter().any(|c| c == column) {
            let has: String = table.columns().join(", ").chars().take(200).collect();
            return Err(format_error(format!("no column `{column}`; the header has: {has}")));
        }
    }
    Ok(())
}

fn read_rows(source: &Source, ask: &Ask, rows: &[document::Row<'_, '_>], total: Option<u64>, said: &mut Said) -> Page {
    let address = source.needs_page.then(|| Url::parse(&ask.url).ok()).flatten();
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    let mut page = Page { rows: Vec::with_capacity(rows.len()), ..Page::default() };
    for (position, row) in rows.iter().enumerate() {
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        if source.skips(*row) {
            page.skipped += 1;
            hasher.update(b"skipped");
            continue;
        }
        match read_row(source, *row, position, address.as_ref()) {
            Ok(posting) => {
                match posting.get(RawField::ExternalId) {
                    Some(id) => hasher.update(id.as_bytes()),
                    None => hasher.update(&posting.content_hash().to_le_bytes()),
                }
                hasher.update(&[0x1f]);
                page.rows.push(Row::Posting(posting));
            }
            Err(reject) => {
                hasher.update(reject.raw.as_bytes());
                page.rows.push(Row::Reject(reject));
            }
        }
    }
    said.hash = hasher.digest();
    // below its cap a capped total is a total like any other
    let below_cap = |t: u64| source.pager.cap.is_some_and(|cap| t < cap);
    page.total = total.filter(|t| match source.trust {
        TotalTrust::Reconcile => true,
        TotalTrust::Capped => below_cap(*t),
        TotalTrust::Ignore => false,
    });
    page
}

fn read_row(
    source: &Source,
    row: document::Row<'_, '_>,
    position: u32,
    page: Option<&Url>,
) -> Result<RawPosting, Reject> {
    let reject = |field: Option<RawField>, why: String| {
        let mut raw = row.raw();
        if raw.len() > REJECT_BYTES_MAX {
            let cut = (0..=REJECT_BYTES_MAX).rev().find(|i| raw.is_char_boundary(*i)).unwrap_or(0);
            raw.truncate(cut);
        }
        Reject { position, field, why, raw }
    };
    if let Some(why) = row.broken() {
        return Err(reject(None, why));
    }
    let mut posting = RawPosting::at(position);
    for field in &source.fields {
        if let Some(text) = field.read(row, page) {
            posting.set(field.field, text);
        }
    }
    if source.names_rows && posting.text(RawField::ExternalId).is_none() {
        return Err(reject(Some(RawField::ExternalId), "the row has no id".to_owned()));
    }
    if source.entity() == Entity::Signal && posting.iter().next().is_none() {
        return Err(reject(None, "no field of this source is in the row".to_owned()));
    }
    Ok(posting)
}

/// `"7493"`, `7493`, `1,234`, `1.0`.
fn whole_number(text: &str) -> Option<u64> {
    let text = text.trim();
    let whole =
        text.split_once('.').map_or(text, |(whole, rest)| if rest.bytes().all(|b| b == b'0') { whole } else { text });
    let digits: String = whole.chars().filter(|c| *c != ',').collect();
    digits.parse().ok()
}

fn next_cursor(
    source: &Source,
    ask: &Ask,
    answer: &Answer<'_>,
    doc: &Document<'_>,
) -> Result<Option<String>, PageError> {
    let found = match (&source.cursor, source.pager.paging) {
        (Some(locator), Paging::Cursor | Paging::NextLink) => locator.first(doc.whole()).map(|t| t.trim().to_owned()),
        (None, Paging::NextLink) => answer.link.and_then(link_next),
        _ => None,
    };
    let Some(found) = found.filter(|f| !f.is_empty() && f != "null" && f != "false") else { return Ok(None) };
    if source.pager.paging == Paging::Cursor {
        return Ok(Some(found));
    }
    let base =
        Url::parse(&ask.url).map_err(|_| format_error("the page has no address to resolve the next link with"))?;
    let next = base.join(&found).map_err(|_| format_error("the next link is no address"))?;
    if !source.may_reach(&next) {
        return Err(format_error(format!(
            "the next link leads to `{}`, no host of this source",
            next.host_str().unwrap_or_default()
        )));
    }
    Ok(Some(source.hide_secrets(next)))
}

/// The address with `rel="next"` of a `Link` header.
fn link_next(header: &str) -> Option<String> {
    header.split(',').find_map(|link| {
        let (address, parameters) = link.split_once(';')?;
        let next = parameters.split(';').any(|p| {
            let p = p.trim().to_ascii_lowercase();
            p == "rel=next" || p == "rel=\"next\""
        });
        next.then(|| address.trim().trim_start_matches('<').trim_end_matches('>').to_owned())
    })
}

fn on_hosts(source: &Source, addresses: Vec<String>) -> Vec<String> {
    addresses.into_iter().filter(|a| Url::parse(a).is_ok_and(|u| source.may_reach(&u))).collect()
}

fn go_on(source: &Source, ask: &Ask, mut page: Page, mut said: Said) -> Result<Page, PageError> {
    let own: Vec<(String, String)> =
        ask.at.values.iter().filter(|(n, _)| n != "today" && n != "since").cloned().collect();
    let today = ask.at.values.iter().find(|(n, _)| n == "today").and_then(|(_, v)| v.parse().ok());
    let pieces: Vec<Slice> = today.map_or_else(Vec::new, |today| source.slicing.split(&ask.at.slice, &own, today));
    said.can_split = !pieces.is_empty();
    let first = ask.at.page == 0;
    match source.pager.next(&ask.at, said)? {
        Next::End(why) => page.incomplete = why,
        Next::Ask(at) => page.next = Some(source.ask(*at)),
        Next::Repeats(why) => {
            page.rows.clear();
            page.skipped = 0;
            page.incomplete = why;
        }
        Next::Split => {
            // the pieces bring these rows again
            if first {
                page.rows.clear();
                page.skipped = 0;
            }
            page.split = pieces;
        }
    }
    Ok(page)
}

/// Reads a detail page into its row.
pub(crate) fn read_detail(
    source: &Source,
    ask: &Ask,
    answer: &Answer<'_>,
    row: &mut RawPosting,
) -> Result<Detail, PageError> {
    let Some(detail) = &source.detail else {
        return Err(format_error("this source has no detail pages"));
    };
    let mut unpacked = Vec::new();
    let text = match decoded(answer, &detail.reading, &mut unpacked) {
        Ok(text) => text,
        Err(error) if (200..300).contains(&answer.status) => return Err(error),
        Err(_) => Cow::Borrowed(""),
    };
    if detail.closed.iter().any(|c| c.path.is_none() && c.matches(answer.status, &text, None)) {
        return Ok(Detail::Closed);
    }
    let parsed = Document::parse(&text, &detail.reading);
    if let Ok(doc) = &parsed
        && detail.closed.iter().any(|c| c.path.is_some() && c.matches(answer.status, &text, Some(doc)))
    {
        return Ok(Detail::Closed);
    }
    match envelope::judge(answer, &text, &parsed, &detail.reading, &detail.handlers, &source.empty) {
        Verdict::Failed(error) => return Err(error),
        Verdict::Empty => {
            return Err(PageError {
                kind: PageErrorKind::Gone,
                code: None,
                message: "the source has nothing under this id".to_owned(),
            });
        }
        Verdict::Good => {}
    }
    let doc = parsed.map_err(format_error)?;
    let place = detail.place(&doc)?;
    if let Some((must, shown)) = &detail.must
        && !must.exists(place)
        && !must.exists(doc.whole())
    {
        return Err(format_error(format!("no `{shown}` in the detail page: not what this source sends")));
    }
    let address = detail.needs_page.then(|| Url::parse(&ask.url).ok()).flatten();
    for field in &detail.fields {
        let Some(text) = field.read(place, address.as_ref()) else { continue };
        // a detail page that leaves a field empty does not undo what the list said
        if !text.trim().is_empty() || row.get(field.field).is_none() {
            row.set(field.field, text);
        }
    }
    Ok(Detail::Read)
}
