//! Reads a portal of the fleet through its source's manifest without a network: ask → dialect → read, slice by slice, to the end,
//! then the detail pages. Holds no expectation; the catalog's tests have them.

use adapters::{Adapter as _, Answer, Ask, Detail, Method, PageError, Plan, Reject, Row, Source};
use chrono::{NaiveDate, NaiveDateTime};
use normalizer::{RawField, RawPosting};
use portals::{Ad, Dialect, Failure, Portal, Reply, Request, View};

/// Requests after which a list that does not end is called endless.
const REQUESTS_MAX: usize = 5_000;

/// The day on which everything is read.
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

/// A portal with what it shows.
pub struct Stall<'a> {
    pub portal: &'a Portal,
    pub dialect: &'a dyn Dialect,
    pub ads: &'a [Ad],
    pub failure: Option<Failure>,
    pub schema_change: bool,
}

/// How a source is read.
#[derive(Clone, Copy)]
pub struct How {
    /// What changed since midnight of this day is enough.
    pub since: Option<NaiveDate>,
    /// Detail pages of so many rows.
    pub details_max: usize,
}

impl How {
    /// The whole list with the details of so many rows.
    pub fn whole(details_max: usize) -> How {
        How { since: None, details_max }
    }
}

/// What came of reading it.
#[derive(Debug, Default)]
pub struct Driven {
    pub rows: Vec<RawPosting>,
    pub rejects: Vec<Reject>,
    pub requests: usize,
    /// Sum of the totals that slices claimed, where any did.
    pub total: Option<u64>,
    /// Why slices cannot be called complete.
    pub incomplete: Vec<String>,
    pub closed: usize,
}

impl Stall<'_> {
    /// What the portal answers.
    pub fn answer(&self, ask: &Ask) -> Reply {
        let by_id = |id: &str| self.ads.iter().find(|ad| ad.id == id);
        let view = View {
            portal: self.portal,
            ads: self.ads,
            by_id: &by_id,
            employers: &[],
            now: noon(),
            claimed_total: None,
            shift: 0,
            schema_change: self.schema_change,
            failure: self.failure,
            base: "https://portal.localhost:4100",
        };
        self.dialect.answer(&view, &request(ask))
    }
}

fn noon() -> NaiveDateTime {
    today().and_hms_opt(12, 0, 0).unwrap()
}

/// Reads the whole list and, where the source has them, the detail pages of the first so many rows.
pub fn drive(source: &Source, stall: &Stall<'_>, how: How) -> Result<Driven, PageError> {
    let since = how.since.map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc());
    let plan = Plan { today: today(), since, secrets: &|_| Some("k".to_owned()), lookup: &[] };
    let mut driven = Driven::default();
    let mut slices = source.slices(&plan);
    slices.reverse();
    while let Some(slice) = slices.pop() {
        let mut next = Some(source.first(&slice, &plan));
        let mut first = true;
        while let Some(ask) = next {
            driven.requests += 1;
            assert!(driven.requests < REQUESTS_MAX, "{}: the list does not end at {}", source.name(), ask.url);
            let reply = stall.answer(&ask);
            let page = read(&reply, |answer| source.read(&ask, answer))?;
            for row in page.rows {
                match row {
                    Row::Posting(row) => driven.rows.push(row),
                    Row::Reject(reject) => driven.rejects.push(reject),
                }
            }
            if let (true, Some(total)) = (first, page.total) {
                driven.total = Some(driven.total.unwrap_or(0) + total);
            }
            first = false;
            driven.incomplete.extend(page.incomplete);
            slices.extend(page.split);
            next = page.next;
        }
    }
    if source.detail_when().is_some() {
        details(source, stall, &mut driven, how.details_max)?;
    }
    Ok(driven)
}

fn details(source: &Source, stall: &Stall<'_>, driven: &mut Driven, most: usize) -> Result<(), PageError> {
    for row in driven.rows.iter_mut().take(most) {
        let Some(ask) = source.detail(row) else { panic!("{}: a row without a detail address", source.name()) };
        driven.requests += 1;
        let reply = stall.answer(&ask);
        if read(&reply, |answer| source.read_detail(&ask, answer, row))? == Detail::Closed {
            driven.closed += 1;
        }
    }
    Ok(())
}

/// Reads a first page only, for what the answer as a whole says.
pub fn first_page(source: &Source, stall: &Stall<'_>) -> Result<adapters::Page, PageError> {
    let plan = Plan { today: today(), since: None, secrets: &|_| Some("k".to_owned()), lookup: &[] };
    let slices = source.slices(&plan);
    let ask = source.first(&slices[0], &plan);
    let reply = stall.answer(&ask);
    read(&reply, |answer| source.read(&ask, answer))
}

fn read<T>(reply: &Reply, take: impl FnOnce(&Answer<'_>) -> T) -> T {
    let header = |name: &str| reply.headers.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str());
    take(&Answer {
        status: reply.status,
        content_type: header("content-type"),
        link: header("link"),
        body: &reply.body,
    })
}

/// The request a server sees: secrets filled in, the address taken apart and decoded.
fn request(ask: &Ask) -> Request {
    let url = ask.url.replace("{secret.key}", "k");
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let address = rest.find(['/', '?']).map_or("/", |at| &rest[at..]);
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let pairs = query.split('&').filter(|p| !p.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    Request {
        method: if ask.method == Method::Post { "POST" } else { "GET" }.to_owned(),
        path: decoded(path),
        query: pairs.map(|(name, value)| (decoded(name), decoded(&value.replace('+', " ")))).collect(),
        headers: ask.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect(),
        body: ask.body.clone().unwrap_or_default().into_bytes(),
    }
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = bytes
            .get(i + 1..i + 3)
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match hex.filter(|_| bytes[i] == b'%') {
            Some(byte) => {
                out.push(byte);
                i += 3;
            }
            None => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A field's text, empty where the row has none.
pub fn field(row: &RawPosting, field: RawField) -> &str {
    row.text(field).unwrap_or_default()
}
