//! A dialect is one wire format: it answers requests for a portal from the ads that portal shows.
//! Pure and synchronous; failures that any server can have (5xx, 429, slow, cut …) are put on top by `quirk`.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::NaiveDateTime;

use crate::ad::{Ad, Employer};

/// One of the portals.
#[derive(Clone, Debug, Default)]
pub struct Portal {
    /// Name = the source's name in the catalog.
    pub name: String,
    pub title: String,
    /// public | local | private | linked
    pub class: &'static str,
    /// Name of the dialect that answers for it.
    pub dialect: &'static str,
    /// Dialect parameters (region code, key, root element …).
    pub params: BTreeMap<&'static str, String>,
    /// Region codes its employers are in; empty = the whole country.
    pub regions: Vec<String>,
    /// Share of the world's vacancies it carries, relative to other portals.
    pub weight: f64,
}

/// A failure that a portal reports in its own words, often inside HTTP 200 (quirk `error_envelope`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The day's calls are used up.
    Quota,
    /// The key is not known, expired, or not allowed here.
    Auth,
    /// The agency's own server failed.
    ServerError,
}

/// What a portal shows at this moment.
pub struct View<'a> {
    pub portal: &'a Portal,
    /// Listed ads in the portal's list order (a dialect that lists oldest first reverses).
    pub ads: &'a [Ad],
    /// Finds an ad by id, also closed ones that are no longer listed.
    pub by_id: &'a dyn Fn(&str) -> Option<&'a Ad>,
    /// All employers of the world, sorted by business number (linked systems answer from these).
    pub employers: &'a [Employer],
    /// Portal time, Asia/Seoul.
    pub now: NaiveDateTime,
    /// A total to claim instead of the true one (quirk `wrong_total`).
    pub claimed_total: Option<u64>,
    /// Rows are said to have shifted by this many between pages (quirk `shifting`); already applied to `ads`.
    pub shift: usize,
    /// Field names are renamed as after a release nobody announced (quirk `schema_change`).
    pub schema_change: bool,
    /// The portal is to fail in its own envelope. A dialect that has none may ignore it: when the reply comes back
    /// without the header `x-portal-failure`, the server puts a data.go.kr gateway body in its place.
    pub failure: Option<Failure>,
    /// Base address of this portal, no trailing slash, for absolute links.
    pub base: &'a str,
}

/// A request as it arrived.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// Decoded path.
    pub path: String,
    /// Decoded query pairs in order.
    pub query: Vec<(String, String)>,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// First query value of a name.
    pub fn arg(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// First query value of a name as a number.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.arg(name)?.trim().parse().ok()
    }

    /// A header by lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// Header by which a dialect says that a reply is its own failure envelope; the server takes it off.
pub const FAILURE_MARK: &str = "x-portal-failure";

/// A response before quirks.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

impl Reply {
    /// 200 with a content type (empty = no Content-Type header at all).
    pub fn ok(content_type: &str, body: impl Into<Bytes>) -> Reply {
        let headers = if content_type.is_empty() { vec![] } else { vec![("content-type", content_type.to_owned())] };
        Reply { status: 200, headers, body: body.into() }
    }

    /// Marks this reply as the dialect's own answer to `View::failure` (the mark is never served).
    #[must_use]
    pub fn failing(mut self) -> Reply {
        self.headers.push((FAILURE_MARK, "1".to_owned()));
        self
    }

    /// Another status with a plain text body.
    pub fn status(status: u16, body: &'static str) -> Reply {
        Reply {
            status,
            headers: vec![("content-type", "text/plain".to_owned())],
            body: Bytes::from_static(body.as_bytes()),
        }
    }
}

/// One wire format.
pub trait Dialect: Send + Sync {
    /// Its name, as portals refer to it.
    fn name(&self) -> &'static str;
    /// Answers a request from what the portal shows.
    fn answer(&self, view: &View<'_>, request: &Request) -> Reply;
}
