//! Why a fetch failed and what to do about it. No message holds a secret or an address after substitution.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// The web could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// A setting cannot be used.
    #[error("web setting {key}: {why}")]
    Setting {
        /// Its name under `[web]`.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// The HTTP client could not be built.
    #[error("http client: {0}")]
    Client(String),
}

/// A fetch that gave no response to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address is not one this source may be asked at (scheme, host, private address, literal).
    #[error("{url} refused: {why}")]
    Address {
        /// Address, secrets removed.
        url: String,
        /// Which rule it broke.
        why: String,
    },
    /// The request cannot be sent as written (address, header, method).
    #[error("request cannot be sent: {why}")]
    Request {
        /// What is wrong.
        why: String,
    },
    /// The request names a secret the source does not have.
    #[error("secret {name} is not set for source {source_name}")]
    Secret {
        /// Its name.
        name: String,
        /// Whose it should be.
        source_name: String,
    },
    /// robots.txt forbids the address.
    #[error("robots.txt of {host} forbids {url}")]
    Robots {
        /// Whose robots.txt.
        host: String,
        /// Address, secrets removed.
        url: String,
    },
    /// robots.txt cannot be read, so everything is forbidden for now.
    #[error("robots.txt of {host} is unavailable ({why}): nothing may be fetched there until it is back")]
    RobotsUnavailable {
        /// Whose robots.txt.
        host: String,
        /// What happened to it.
        why: String,
        /// When it will be asked for again.
        wait: Duration,
    },
    /// The source's requests for today are used up.
    #[error("quota of {per_day} requests a day for {source_name} is used up until {until}")]
    Quota {
        /// Whose quota.
        source_name: String,
        /// How many there are.
        per_day: u64,
        /// Midnight in Korea.
        until: DateTime<Utc>,
        /// From now to `until`.
        wait: Duration,
    },
    /// The host asked to wait, or its pace demands it, for longer than this run has left.
    #[error("{host} may be asked again at {until}, after the end of this run")]
    Deferred {
        /// Who has to be left alone.
        host: String,
        /// Until when.
        until: DateTime<Utc>,
        /// From now to `until`.
        wait: Duration,
    },
    /// The host failed too often in a row and is left alone.
    #[error("{host} failed {failures} times in a row and is left alone until {until}")]
    Open {
        /// Which host.
        host: String,
        /// Failures in a row.
        failures: u32,
        /// When it is tried again.
        until: DateTime<Utc>,
        /// From now to `until`.
        wait: Duration,
    },
    /// More redirects than allowed, one that leads nowhere, or one that would carry a secret elsewhere.
    #[error("redirect from {url}: {why}")]
    Redirect {
        /// Where it began, secrets removed.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// No connection.
    #[error("no connection to {host}: {why}")]
    Connect {
        /// To which host.
        host: String,
        /// What the network said.
        why: String,
    },
    /// No answer in time.
    #[error("{host} took longer than {limit_ms} ms to {stage}")]
    Timeout {
        /// Which host.
        host: String,
        /// What it was doing: `connect`, `answer` or `send its body`.
        stage: &'static str,
        /// The limit.
        limit_ms: u64,
    },
    /// A limit was passed.
    #[error("answer of {host} breaks {limit} = {allowed} (got {got})")]
    Limit {
        /// Which host.
        host: String,
        /// Key under `[web.limits]`.
        limit: &'static str,
        /// Its value.
        allowed: u64,
        /// What came, at least.
        got: u64,
    },
    /// The body ended early.
    #[error("body of {host} was cut after {received} bytes: {why}")]
    Truncated {
        /// Which host.
        host: String,
        /// Bytes that came.
        received: u64,
        /// What the connection said.
        why: String,
    },
    /// The body is compressed in a way that was not asked for, or not as it says.
    #[error("body of {host} cannot be decoded: {why}")]
    Encoding {
        /// Which host.
        host: String,
        /// What is wrong.
        why: String,
    },
    /// The answer is not HTTP, or the exchange broke before its headers came.
    #[error("no answer from {host}: {why}")]
    Protocol {
        /// Which host.
        host: String,
        /// What is wrong.
        why: String,
    },
    /// The run was cancelled.
    #[error("cancelled")]
    Cancelled,
}

/// When the same request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not before something is changed by a person.
    Never,
    /// After this time.
    After(Duration),
    /// After a back-off of the caller's choice.
    Backoff,
}

impl FetchError {
    /// When the same request may be sent again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            FetchError::Address { .. }
            | FetchError::Request { .. }
            | FetchError::Secret { .. }
            | FetchError::Robots { .. }
            | FetchError::Redirect { .. }
            | FetchError::Cancelled => Retry::Never,
            // A list that is too large stays so; a slow body may be faster next time.
            FetchError::Limit { limit, .. } if *limit != "bytes_per_sec_min" => Retry::Never,
            FetchError::RobotsUnavailable { wait, .. }
            | FetchError::Quota { wait, .. }
            | FetchError::Deferred { wait, .. }
            | FetchError::Open { wait, .. } => Retry::After(*wait),
            FetchError::Limit { .. }
            | FetchError::Connect { .. }
            | FetchError::Timeout { .. }
            | FetchError::Truncated { .. }
            | FetchError::Encoding { .. }
            | FetchError::Protocol { .. } => Retry::Backoff,
        }
    }

    /// Name for the ledger and for metrics.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            FetchError::Address { .. } => "address",
            FetchError::Request { .. } => "request",
            FetchError::Secret { .. } => "secret",
            FetchError::Robots { .. } => "robots",
            FetchError::RobotsUnavailable { .. } => "robots_unavailable",
            FetchError::Quota { .. } => "quota",
            FetchError::Deferred { .. } => "deferred",
            FetchError::Open { .. } => "breaker_open",
            FetchError::Redirect { .. } => "redirect",
            FetchError::Connect { .. } => "connect",
            FetchError::Timeout { .. } => "timeout",
            FetchError::Limit { .. } => "limit",
            FetchError::Truncated { .. } => "truncated",
            FetchError::Encoding { .. } => "encoding",
            FetchError::Protocol { .. } => "protocol",
            FetchError::Cancelled => "cancelled",
        }
    }

    /// Whether the host itself failed, which its breaker counts.
    pub(super) fn is_host_failure(&self) -> bool {
        matches!(
            self,
            FetchError::Connect { .. }
                | FetchError::Timeout { .. }
                | FetchError::Truncated { .. }
                | FetchError::Protocol { .. }
                | FetchError::Limit { limit: "bytes_per_sec_min", .. }
        )
    }
}

/// The innermost reasons of an error in one line. reqwest's own text would name the address, secrets and all.
pub(super) fn reason(error: &(dyn std::error::Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(error) = next {
        let text = error.to_string();
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    if texts.is_empty() { "unknown reason".to_owned() } else { texts.join(": ") }
}
