//! Everything that goes wrong at real portals, one variant each, switched on per portal; what a quirk does to the view of a
//! dialect is decided here, what it does on the wire is done by the server.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;

use crate::shelf::Arrangement;
use crate::world::chance::{Chance, Facet};
use crate::{Failure, Portal, Reply, Request};

/// Something that a portal does wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Quirk {
    /// A failure in the portal's own envelope, inside HTTP 200, for the first `requests` pages (0 = for ever).
    ErrorEnvelope {
        failure: Failure,
        requests: u64,
    },
    /// Claims another total than it has: `claimed`, or none of the truth at 0.
    WrongTotal {
        claimed: u64,
    },
    /// Between two requests `rows` rows come in at the top or go: pages repeat rows and miss rows.
    Shifting {
        rows: usize,
    },
    /// Whatever page is asked for, the first one comes again, for ever.
    RepeatPage,
    /// Only the first `rows` rows can be reached; the total says how many there really are when `tells`.
    Cap {
        rows: usize,
        tells: bool,
    },
    /// 429 with Retry-After for the first `requests` pages.
    TooMany {
        requests: u64,
        retry_after_seconds: u32,
        as_date: bool,
    },
    /// An error status (5xx) for the first `requests` pages (0 = for ever).
    Unavailable {
        status: u16,
        requests: u64,
    },
    /// An error status for this share of requests, by their number.
    Flaky {
        status: u16,
        share: f64,
    },
    /// Every answer takes this long.
    Slow {
        delay_ms: u64,
    },
    /// The body ends early; honestly (Content-Length says so) or by breaking off the connection.
    Truncated {
        share: f64,
        honest: bool,
    },
    /// A log-in page instead of data, with 200.
    HtmlInstead,
    /// No rows, and nothing else is wrong.
    EmptyList,
    /// Fields have new names since last night's release.
    SchemaChange,
    /// This share of the rows is missing, quietly.
    RowDrop {
        share: f64,
    },
    /// A few kilobytes that unpack to this many mebibytes.
    GzipBomb {
        mebibytes: u32,
    },
    Redirect(Target),
    /// Content-Type without a charset.
    NoCharset,
    /// The oldest row comes first.
    OldestFirst,
    Robots(Robots),
    /// The connection is reset in the middle of the request.
    Reset,
    /// The page of a posting that is gone is 200 and a script that shows an alert.
    ClosedDetailAlert,
}

/// Where a redirect leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A host of somebody else.
    OtherHost,
    /// The metadata address of a cloud, as an attacker would have it.
    Internal,
    /// The same address.
    Loop,
}

/// What robots.txt does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Robots {
    ServerError,
    Missing,
    /// Everything is disallowed for everyone.
    Disallow,
    /// `Crawl-delay` in seconds.
    CrawlDelay(u32),
    /// An HTML page with status 200.
    Html,
    /// More than half a mebibyte, the rule that counts at the end.
    Huge,
    /// Leads to itself.
    RedirectLoop,
}

/// Which portals have quirks from the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuirkMix {
    #[default]
    None,
    /// A handful of portals have mild ones that a good client gets over.
    Default,
    /// About one portal in three has one, mild or not.
    All,
}

impl QuirkMix {
    /// By its name: none, default, all.
    pub fn named(name: &str) -> Option<QuirkMix> {
        match name {
            "none" => Some(QuirkMix::None),
            "default" => Some(QuirkMix::Default),
            "all" => Some(QuirkMix::All),
            _ => None,
        }
    }

    /// The quirks of a fleet of this seed.
    pub(crate) fn choose(self, portals: &[Portal], seed: u64) -> Vec<(&str, Quirk)> {
        let (mut wearers, quirks): (Vec<&Portal>, Vec<Quirk>) = match self {
            QuirkMix::None => return Vec::new(),
            QuirkMix::Default => (portals.iter().filter(|p| p.class == "local").collect(), mild()),
            QuirkMix::All => {
                (portals.iter().filter(|p| p.class != "linked").collect(), mild().into_iter().chain(wild()).collect())
            }
        };
        let rounds = if self == QuirkMix::All { 2 } else { 1 };
        let mut c = Chance::new(seed, Facet::Quirk, 1);
        let mut chosen = Vec::new();
        for quirk in std::iter::repeat_n(quirks, rounds).flatten() {
            if !wearers.is_empty() {
                chosen.push((wearers.swap_remove(c.below(wearers.len())).name.as_str(), quirk));
            }
        }
        chosen
    }
}

fn mild() -> Vec<Quirk> {
    vec![
        Quirk::TooMany { requests: 2, retry_after_seconds: 1, as_date: false },
        Quirk::Unavailable { status: 503, requests: 1 },
        Quirk::Slow { delay_ms: 150 },
        Quirk::NoCharset,
        Quirk::Shifting { rows: 1 },
        Quirk::ErrorEnvelope { failure: Failure::ServerError, requests: 1 },
        Quirk::Robots(Robots::Missing),
        Quirk::ClosedDetailAlert,
    ]
}

fn wild() -> Vec<Quirk> {
    vec![
        Quirk::ErrorEnvelope { failure: Failure::Quota, requests: 0 },
        Quirk::ErrorEnvelope { failure: Failure::Auth, requests: 0 },
        Quirk::WrongTotal { claimed: 0 },
        Quirk::WrongTotal { claimed: 1_000_000 },
        Quirk::RepeatPage,
        Quirk::Cap { rows: 20, tells: true },
        Quirk::TooMany { requests: 1, retry_after_seconds: 2, as_date: true },
        Quirk::Flaky { status: 502, share: 0.2 },
        Quirk::Truncated { share: 0.6, honest: true },
        Quirk::Truncated { share: 0.6, honest: false },
        Quirk::HtmlInstead,
        Quirk::EmptyList,
        Quirk::SchemaChange,
        Quirk::RowDrop { share: 0.5 },
        Quirk::GzipBomb { mebibytes: 256 },
        Quirk::Redirect(Target::OtherHost),
        Quirk::Redirect(Target::Internal),
        Quirk::Redirect(Target::Loop),
        Quirk::OldestFirst,
        Quirk::Robots(Robots::ServerError),
        Quirk::Robots(Robots::Disallow),
        Quirk::Robots(Robots::CrawlDelay(1)),
        Quirk::Reset,
    ]
}

/// A quirk as worn by a portal: with the count of pages since it was put on.
pub(crate) struct Worn {
    pub(crate) quirk: Quirk,
    pages: AtomicU64,
    /// First page served, for [`Quirk::RepeatPage`].
    pub(crate) kept: Mutex<Option<(String, Reply)>>,
}

/// What the dialect is to see.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    pub(crate) arrangement: Arrangement,
    /// Rows hidden at the front.
    pub(crate) skip: usize,
    /// Rows seen at most.
    pub(crate) rows: Option<usize>,
    pub(crate) claimed: Option<u64>,
    /// Claim the true count although fewer can be reached.
    pub(crate) claims_all: bool,
    pub(crate) schema_change: bool,
    pub(crate) failure: Option<Failure>,
}

/// What the server is to do instead of, before or after asking the dialect.
#[derive(Debug)]
pub(crate) enum Act {
    Reply(Reply),
    Delay(Duration),
    Cut { share: f64, honest: bool },
    Bomb { mebibytes: u32 },
    DropCharset,
    Repeat,
    Reset,
    Alert,
}

impl Worn {
    pub(crate) fn new(quirk: Quirk) -> Worn {
        Worn { quirk, pages: AtomicU64::new(0), kept: Mutex::new(None) }
    }

    /// Counts a page request and says what comes of it.
    pub(crate) fn meet(&self, sight: &mut Sight, request: &Request, base: &str, seed: u64, now: &str) -> Option<Act> {
        let page = self.pages.fetch_add(1, Ordering::Relaxed);
        let within = |requests: u64| requests == 0 || page < requests;
        match &self.quirk {
            Quirk::ErrorEnvelope { failure, requests } => sight.failure = within(*requests).then_some(*failure),
            Quirk::WrongTotal { claimed } => sight.claimed = Some(*claimed),
            // Three requests back, none, two back …: both directions of shifting within a few pages.
            Quirk::Shifting { rows } => sight.skip = [3, 0, 2, 1][(page % 4) as usize] * rows,
            Quirk::RepeatPage => return Some(Act::Repeat),
            Quirk::Cap { rows, tells } => (sight.rows, sight.claims_all) = (Some(*rows), *tells),
            Quirk::TooMany { requests, retry_after_seconds, as_date } if page < *requests => {
                let after = if *as_date { after(now, *retry_after_seconds) } else { retry_after_seconds.to_string() };
                let mut reply = Reply::status(429, "Too Many Requests");
                reply.headers.push(("retry-after", after));
                return Some(Act::Reply(reply));
            }
            Quirk::Unavailable { status, requests } if within(*requests) => {
                return Some(Act::Reply(unavailable(*status)));
            }
            Quirk::Flaky { status, share } if Chance::new(seed, Facet::Quirk, page | 1 << 60).happens(*share) => {
                return Some(Act::Reply(unavailable(*status)));
            }
            Quirk::Slow { delay_ms } => return Some(Act::Delay(Duration::from_millis(*delay_ms))),
            Quirk::Truncated { share, honest } => return Some(Act::Cut { share: *share, honest: *honest }),
            Quirk::HtmlInstead => return Some(Act::Reply(log_in_page())),
            Quirk::EmptyList => sight.rows = Some(0),
            Quirk::SchemaChange => sight.schema_change = true,
            Quirk::RowDrop { share } => sight.arrangement.dropped = (share.clamp(0.0, 1.0) * 1_000.0) as u32,
            Quirk::GzipBomb { mebibytes } => return Some(Act::Bomb { mebibytes: *mebibytes }),
            Quirk::Redirect(target) => return Some(Act::Reply(redirect(*target, request, base))),
            Quirk::NoCharset => return Some(Act::DropCharset),
            Quirk::OldestFirst => sight.arrangement.oldest_first = true,
            Quirk::Reset => return Some(Act::Reset),
            Quirk::ClosedDetailAlert => return Some(Act::Alert),
            Quirk::TooMany { .. } | Quirk::Unavailable { .. } | Quirk::Flaky { .. } | Quirk::Robots(_) => {}
        }
        None
    }
}

/// HTTP date of some seconds after another.
fn after(now: &str, seconds: u32) -> String {
    let parsed = chrono::NaiveDateTime::parse_from_str(now, HTTP_DATE).unwrap_or_default();
    (parsed + chrono::Duration::seconds(i64::from(seconds))).format(HTTP_DATE).to_string()
}

/// Form of dates in HTTP headers.
pub(crate) const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

fn unavailable(status: u16) -> Reply {
    match status {
        502 => Reply::status(502, "Error forwarding request to backend server"),
        504 => Reply::status(504, "upstream request timeout"),
        s => Reply::status(s, "Service Temporarily Unavailable"),
    }
}

fn log_in_page() -> Reply {
    const PAGE: &str = "<!DOCTYPE html><html lang=\"ko\"><head><meta charset=\"utf-8\"><title>로그인</title></head><body>\
        <h1>로그인이 필요합니다</h1><p>등록되지 않은 IP에서 접속하였습니다.</p><form action=\"/login\" method=\"post\">\
        <input name=\"id\"><input name=\"pw\" type=\"password\"></form></body></html>";
    Reply::ok("text/html; charset=utf-8", PAGE)
}

fn redirect(target: Target, request: &Request, base: &str) -> Reply {
    let to = match target {
        Target::OtherHost => "https://www.parked-domain.example/landing".to_owned(),
        Target::Internal => "http://169.254.169.254/latest/meta-data/".to_owned(),
        Target::Loop => format!("{base}{}", request.path),
    };
    Reply { status: 302, headers: vec![("location", to)], body: Bytes::new() }
}

/// The page of a posting that is gone, at portals that answer 200 all the same.
pub(crate) fn alert_page() -> Reply {
    const PAGE: &str = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body><script>\
        alert(\"구인정보를 확인할 수 없습니다\");history.back();</script></body></html>";
    Reply::ok("text/html; charset=utf-8", PAGE)
}

/// The gateway's failure, as data.go.kr puts it before services that have no envelope of their own.
pub(crate) fn gateway(failure: Failure) -> Reply {
    let (words, code) = match failure {
        Failure::Quota => ("LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR", "22"),
        Failure::Auth => ("SERVICE_KEY_IS_NOT_REGISTERED_ERROR", "30"),
        Failure::ServerError => ("SERVICETIMEOUT_ERROR", "05"),
    };
    let body = format!(
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>{words}</returnAuthMsg>\
         <returnReasonCode>{code}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
    );
    Reply::ok("text/xml;charset=UTF-8", body)
}

/// What a portal answers to `/robots.txt`.
pub(crate) fn robots(kind: Option<Robots>, allow: &str) -> Reply {
    let text = |body: String| Reply::ok("text/plain; charset=utf-8", body);
    match kind {
        None => text(allow.to_owned()),
        Some(Robots::ServerError) => Reply::status(503, "Service Temporarily Unavailable"),
        Some(Robots::Missing) => Reply::status(404, "Not Found"),
        Some(Robots::Disallow) => text("User-agent: *\nDisallow: /\n".to_owned()),
        Some(Robots::CrawlDelay(seconds)) => text(format!("User-agent: *\nCrawl-delay: {seconds}\nAllow: /\n")),
        Some(Robots::Html) => Reply::ok("text/html", "<html><body>메인으로 이동합니다</body></html>"),
        Some(Robots::Huge) => {
            text(format!("User-agent: *\n{}Disallow: /\n", "# filler line of a generated file\n".repeat(17_000)))
        }
        Some(Robots::RedirectLoop) => {
            Reply { status: 301, headers: vec![("location", "/robots.txt".to_owned())], body: Bytes::new() }
        }
    }
}
