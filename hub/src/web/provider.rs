//! Requests to the provider people sign on with: no redirects, few bytes, little patience, and the guard against internal
//! addresses that holds for sources holds here.

use std::time::Duration;

use bytes::Bytes;
use url::Url;

use super::exchange::{self, Sent};
use super::{FetchError, WebError, WebOptions, guard};

/// Metadata, keys and tokens are some kilobytes.
const BODY_BYTES_MAX: u64 = 1 << 20;
/// Somebody waits at a login page.
const PATIENCE_SECS: u64 = 10;

/// A client of its own: a provider on a private address may be allowed without letting sources go there.
pub struct Provider {
    client: reqwest::Client,
    options: WebOptions,
}

impl Provider {
    /// A client with the hub's name.
    ///
    /// # Errors
    /// A user agent that is no header, or no TLS.
    pub fn new(options: &WebOptions, allow_private: bool) -> Result<Provider, WebError> {
        let mut options = options.clone();
        options.allow_private = allow_private;
        options.limits.body_bytes_max = BODY_BYTES_MAX;
        options.limits.decoded_bytes_max = BODY_BYTES_MAX;
        options.limits.connect_secs = PATIENCE_SECS as f64;
        options.limits.answer_secs = PATIENCE_SECS as f64;
        Ok(Provider { client: exchange::client(&options)?, options })
    }

    /// Sends one request and reads its answer whole.
    ///
    /// # Errors
    /// When the address is refused, the provider does not answer in time, or its answer is too large.
    pub async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, FetchError> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string())
            .map_err(|error| FetchError::Request { why: format!("not an address: {error}") })?;
        let host = url.host_str().unwrap_or_default().to_owned();
        guard::check_address(&url, self.options.allow_private)
            .map_err(|refused| FetchError::Address { url: host.clone(), why: refused.to_string() })?;
        let post = parts.method == http::Method::POST;
        let sent = Sent {
            url,
            headers: parts.headers,
            post,
            body: post.then(|| Bytes::from(body)),
            validators: None,
            cut_at: None,
        };
        let exchange = exchange::exchange(&self.client, &self.options.limits, &host, sent);
        let patience = Duration::from_secs(PATIENCE_SECS * 2);
        let received = tokio::time::timeout(patience, exchange).await.map_err(|_| FetchError::Timeout {
            host: host.clone(),
            stage: "body",
            limit_ms: PATIENCE_SECS * 2000,
        })??;
        let mut response = http::Response::builder().status(received.status);
        if let Some(headers) = response.headers_mut() {
            *headers = received.headers;
        }
        response
            .body(received.body.to_vec())
            .map_err(|error| FetchError::Request { why: format!("not a response: {error}") })
    }
}
