//! What every request of the console passes first: who asks (session), whether the form is ours (CSRF), in which language;
//! and what every answer carries: a policy without inline code, and no copy in any cache.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use subtle::ConstantTimeEq as _;

use super::problem::Problem;
use super::words::Lang;
use super::{Console, Shared, page::Page};
use crate::people::password::{fingerprint, secret};
use crate::people::seat::{self, Seat};

/// Largest body of a form, in bytes.
const BODY_BYTES_MAX: usize = 256 << 10;
/// Longest path and query together, in bytes.
const ADDRESS_BYTES_MAX: usize = 4096;
/// Longest secret a cookie may hold, in bytes.
const COOKIE_BYTES_MAX: usize = 128;
/// How long a browser remembers a language or theme, in seconds.
const YEAR: u32 = 31_536_000;
/// The session's cookie; with https it is bound to this host by its prefix.
const SESSION: [&str; 2] = ["jobhub-session", "__Host-jobhub-session"];
/// The cookie that binds a form to a browser before there is a session.
const ENTRY: [&str; 2] = ["jobhub-entry", "__Host-jobhub-entry"];
/// The cookie that binds a sign-on to a browser; it has to come along from the provider's site.
const SIGN_ON: [&str; 2] = ["jobhub-sign-on", "__Host-jobhub-sign-on"];
const LANG: &str = "jobhub-lang";
/// The theme of somebody who has not come in.
pub(super) const THEME: &str = "jobhub-theme";

/// Nothing inline, nothing from elsewhere, in no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const HEADERS: [(&str, &str); 8] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-robots-tag", "noindex, nofollow"),
];

/// One request: who asks for what, how.
#[derive(Clone)]
pub(crate) struct Visit {
    /// Language of the address; of the browser where the address has none.
    pub(crate) lang: Lang,
    /// Path below the language, beginning with a slash.
    pub(crate) path: String,
    /// Query, without the question mark.
    pub(crate) query: String,
    /// Who, if they have come in.
    pub(crate) seat: Option<Arc<Seat>>,
    /// What a form of ours carries.
    pub(crate) csrf: String,
    /// Theme the browser remembers.
    pub(crate) theme: Option<String>,
    /// The request swaps a part of a page.
    pub(crate) htmx: bool,
    /// People come by https.
    pub(crate) https: bool,
    /// Who asks, for throttling.
    pub(crate) address: String,
    /// When, in milliseconds since 1970 UTC.
    pub(crate) now_ms: i64,
    /// State of the sign-on that this browser has under way.
    pub(crate) sign_on: Option<String>,
    /// The address says another language than the browser remembers.
    pub(crate) turned: bool,
}

/// The middleware around all routes.
pub(super) async fn enter(State(console): State<Shared>, mut request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    // a body cannot be shared over a wait: what is needed is read off first
    let (mut visit, token, entry) = asked(&console, &request);
    let entry = seated(&console, &mut visit, token, entry).await;
    let is_asset = request.uri().path().starts_with("/assets/");
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = if length > ADDRESS_BYTES_MAX {
        Problem::new(414, "address").into_response()
    } else if safe {
        request.extensions_mut().insert(visit.clone());
        next.run(request).await
    } else {
        match checked(&visit, request).await {
            Ok(mut request) => {
                request.extensions_mut().insert(visit.clone());
                next.run(request).await
            }
            Err(problem) => problem.into_response(),
        }
    };
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        visit.htmx &= !is_asset;
        response = problem.page(Page::of(&console, &visit));
    }
    let cookie = |response: &mut Response, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    };
    if !is_asset {
        if let Some(entry) = entry {
            cookie(&mut response, set_cookie(&visit, ENTRY[usize::from(visit.https)], &entry, None));
        }
        if safe && visit.turned && response.status().is_success() {
            cookie(&mut response, remember(&visit, LANG, visit.lang.tag()));
        }
    }
    dress(&mut response, &visit);
    response
}

/// Puts on what every answer carries.
fn dress(response: &mut Response, visit: &Visit) {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if visit.https {
        let value = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.append(header::VARY, HeaderValue::from_static("cookie, accept-language, hx-request"));
}

/// What is asked for, by nobody yet; with the secrets of the browser's session and of its forms before there is one.
fn asked(console: &Console, request: &Request) -> (Visit, Option<String>, Option<String>) {
    let headers = request.headers();
    let settings = &console.world.settings.console;
    let https = settings.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut parts = request.uri().path().splitn(3, '/').skip(1);
    let in_address = parts.next().and_then(Lang::of);
    let remembered = cookie(headers, LANG).and_then(|tag| Lang::of(&tag));
    let visit = Visit {
        lang: in_address.or(remembered).unwrap_or_else(|| Lang::accepted(accepted)),
        path: if in_address.is_some() { format!("/{}", parts.next().unwrap_or_default()) } else { String::new() },
        query: request.uri().query().unwrap_or_default().to_owned(),
        seat: None,
        csrf: String::new(),
        theme: cookie(headers, THEME),
        htmx: headers.contains_key("hx-request"),
        https,
        address: address(settings.address_header.as_deref(), request),
        now_ms: console.world.web_clock.now().timestamp_millis(),
        sign_on: cookie(headers, SIGN_ON[usize::from(https)]),
        turned: in_address.is_some() && in_address != remembered,
    };
    (visit, cookie(headers, SESSION[usize::from(https)]), cookie(headers, ENTRY[usize::from(https)]))
}

/// Puts who asks and the token of their forms into a visit; gives the secret of a browser that had none.
async fn seated(console: &Console, visit: &mut Visit, token: Option<String>, entry: Option<String>) -> Option<String> {
    let found = match token {
        Some(token) => seat::find(&console.world, &token, visit.now_ms).await.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot look a session up");
            None
        }),
        None => None,
    };
    let Some(seat) = found else {
        let fresh = if entry.is_none() { secret().ok() } else { None };
        if let Some(entry) = entry.as_ref().or(fresh.as_ref()) {
            visit.csrf = fingerprint(&format!("entry:{entry}"));
        }
        return fresh;
    };
    if seat.stale {
        // a page must not wait for the writers' queue
        let (world, token_hash, now_ms) = (console.world.clone(), seat.token_hash.clone(), visit.now_ms);
        tokio::spawn(async move {
            if let Err(error) = seat::touch(&world, &token_hash, now_ms).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot note that a session is used");
            }
        });
    }
    visit.csrf.clone_from(&seat.csrf);
    visit.seat = Some(Arc::new(seat));
    None
}

/// Whose address is throttled: the connection's, or what a trusted proxy says.
fn address(header: Option<&str>, request: &Request) -> String {
    let said = header.and_then(|name| request.headers().get(name)).and_then(|value| value.to_str().ok());
    // the last one is what our own proxy saw; those before it anybody may write
    let said = said.and_then(|list| list.rsplit(',').next()).map(str::trim).filter(|text| text.len() <= 45);
    let connection = || request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
    said.map(str::to_owned).or_else(connection).unwrap_or_else(|| "?".to_owned())
}

/// Lets an action through when its token is ours and its page is.
async fn checked(visit: &Visit, request: Request) -> Result<Request, Problem> {
    let headers = request.headers();
    let elsewhere = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site");
    if elsewhere || visit.csrf.is_empty() {
        return Err(Problem::new(403, "csrf"));
    }
    if let Some(token) = headers.get("x-csrf-token") {
        return if same(token.as_bytes(), visit.csrf.as_bytes()) {
            Ok(request)
        } else {
            Err(Problem::new(403, "csrf"))
        };
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| Problem::new(413, "body"))?;
    let token = url::form_urlencoded::parse(&bytes).find(|(name, _)| name == "csrf").map(|(_, value)| value);
    match token {
        Some(token) if same(token.as_bytes(), visit.csrf.as_bytes()) => {
            Ok(Request::from_parts(parts, Body::from(bytes)))
        }
        _ => Err(Problem::new(403, "csrf")),
    }
}

fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// A cookie of a request.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let value = pairs.find(|(key, _)| *key == name)?.1;
    (!value.is_empty() && value.len() <= COOKIE_BYTES_MAX).then(|| value.to_owned())
}

fn set_cookie(visit: &Visit, name: &str, value: &str, seconds: Option<u32>) -> String {
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if visit.https { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{age}{secure}")
}

/// The header that binds a sign-on to a browser, for as long as one may take.
pub(super) fn sign_on_cookie(visit: &Visit, state: &str) -> String {
    set_cookie(visit, SIGN_ON[usize::from(visit.https)], state, Some(600)).replace("SameSite=Strict", "SameSite=Lax")
}

/// The header that takes it away.
pub(super) fn no_sign_on(visit: &Visit) -> String {
    set_cookie(visit, SIGN_ON[usize::from(visit.https)], "", Some(0))
}

/// The header that gives a browser its session.
pub(super) fn session_cookie(visit: &Visit, token: &str) -> String {
    set_cookie(visit, SESSION[usize::from(visit.https)], token, None)
}

/// The header that takes a session from a browser.
pub(super) fn no_session(visit: &Visit) -> String {
    set_cookie(visit, SESSION[usize::from(visit.https)], "", Some(0))
}

/// The header that lets a browser remember a choice.
pub(super) fn remember(visit: &Visit, name: &str, value: &str) -> String {
    set_cookie(visit, name, value, Some(YEAR))
}
