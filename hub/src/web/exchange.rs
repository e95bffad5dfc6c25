//! One request and its response: sent, timed, measured, classified. Knows no redirects, robots or retries.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use reqwest::Client;
use url::Url;

use super::body::{self, Encoding};
use super::error::reason;
use super::guard::{GuardedResolver, Refused};
use super::options::{Limits, WebOptions, seconds};
use super::{FetchError, Validators, WebError};

/// Response headers beyond this many are an error of the connection.
const HEADERS_MAX: usize = 256;
/// Idle connections kept to one host.
const IDLE_MAX: usize = 8;
const IDLE_SECS: u64 = 90;

/// What is sent.
pub(super) struct Sent<'a> {
    /// Address really contacted.
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) post: bool,
    pub(super) body: Option<Bytes>,
    pub(super) validators: Option<&'a Validators>,
    /// Stop quietly after so many decoded bytes.
    pub(super) cut_at: Option<usize>,
}

/// What came.
pub(super) struct Received {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) wire_bytes: u64,
}

impl Received {
    /// A header as text; bytes beyond ASCII are read as UTF-8 where they are.
    pub(super) fn text(&self, name: header::HeaderName) -> Option<String> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    }
}

/// Builds the one client of all sources.
///
/// # Errors
/// A user agent that is no header, or no TLS.
pub(super) fn client(options: &WebOptions) -> Result<Client, WebError> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may be faster; then its choice holds.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let mut defaults = HeaderMap::new();
    defaults.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    defaults.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    let agent = HeaderValue::try_from(options.user_agent.as_str()).map_err(|_| WebError::Setting {
        key: "user_agent".to_owned(),
        why: "it holds characters a header cannot".to_owned(),
    })?;
    defaults.insert(header::USER_AGENT, agent);
    let builder = || {
        Client::builder()
            .default_headers(defaults.clone())
            .dns_resolver(GuardedResolver { allow_private: options.allow_private })
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // A proxy would resolve names itself, past the guard.
            .no_proxy()
            .connect_timeout(seconds(options.limits.connect_secs, 30))
            .pool_max_idle_per_host(IDLE_MAX)
            .pool_idle_timeout(Duration::from_secs(IDLE_SECS))
            .http1_max_headers(HEADERS_MAX)
            .http2_max_header_list_size(u32::try_from(options.limits.header_bytes_max).unwrap_or(u32::MAX))
    };
    match builder().build() {
        Ok(client) => Ok(client),
        Err(error) => {
            // A machine without certificates still reaches portals by plain http, as the demo's fleet.
            tracing::warn!(why = reason(&error), "no system certificates: https will be refused");
            builder().tls_certs_only([]).build().map_err(|error| WebError::Client(reason(&error)))
        }
    }
}

/// Sends one request and reads its response whole.
pub(super) async fn exchange(
    client: &Client,
    limits: &Limits,
    host: &str,
    sent: Sent<'_>,
) -> Result<Received, FetchError> {
    let shown = || host.to_owned();
    let method = if sent.post { reqwest::Method::POST } else { reqwest::Method::GET };
    let mut request = reqwest::Request::new(method, sent.url);
    *request.headers_mut() = sent.headers;
    if let Some(validators) = sent.validators {
        validators.put_into(request.headers_mut());
    }
    if let Some(body) = sent.body {
        *request.body_mut() = Some(body.into());
    }
    let patience = seconds(limits.connect_secs, 30) + seconds(limits.answer_secs, 60);
    let mut response = match tokio::time::timeout(patience, client.execute(request)).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(classify(host, &error, limits)),
        Err(_) => return Err(timeout(host, "answer", patience)),
    };
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let header_bytes: u64 = headers.iter().map(|(name, value)| (name.as_str().len() + value.len() + 4) as u64).sum();
    if header_bytes > limits.header_bytes_max {
        let allowed = limits.header_bytes_max;
        return Err(FetchError::Limit { host: shown(), limit: "header_bytes_max", allowed, got: header_bytes });
    }
    if let Some(announced) = response.content_length()
        && announced > limits.body_bytes_max
        && sent.cut_at.is_none()
    {
        let allowed = limits.body_bytes_max;
        return Err(FetchError::Limit { host: shown(), limit: "body_bytes_max", allowed, got: announced });
    }
    let encoding = headers.get(header::CONTENT_ENCODING).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let encoding = match Encoding::of(encoding.as_deref()) {
        Ok(encoding) => encoding,
        Err(why) => return Err(FetchError::Encoding { host: shown(), why }),
    };
    let received = body::read(host, &mut response, encoding, limits, sent.cut_at).await?;
    Ok(Received { status, headers, body: received.decoded, wire_bytes: received.wire_bytes })
}

/// What a failed exchange was. The client's error names the address, so only its causes are shown.
fn classify(host: &str, error: &reqwest::Error, limits: &Limits) -> FetchError {
    let host = || host.to_owned();
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<Refused>() {
            return FetchError::Address { url: host(), why: refused.to_string() };
        }
        cause = error.source();
    }
    if error.is_builder() || error.is_request() && error.is_body() {
        return FetchError::Request { why: reason(error) };
    }
    if error.is_connect() {
        return if error.is_timeout() {
            timeout(&host(), "connect", seconds(limits.connect_secs, 30))
        } else {
            FetchError::Connect { host: host(), why: reason(error) }
        };
    }
    FetchError::Protocol { host: host(), why: reason(error) }
}

fn timeout(host: &str, stage: &'static str, limit: Duration) -> FetchError {
    let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
    FetchError::Timeout { host: host.to_owned(), stage, limit_ms }
}
