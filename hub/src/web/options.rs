//! Settings of the web: `[web]` of `hub.toml`, with the limits every fetch is held to (R15).

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How the hub fetches.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebOptions {
    /// `User-Agent` header; its first word up to `/` is the name looked up in robots.txt.
    pub user_agent: String,
    /// Whether loopback and private addresses may be contacted: only for a deployment whose portals run beside it.
    pub allow_private: bool,
    /// What one fetch may cost.
    pub limits: Limits,
    /// By source: the base address that is contacted instead of the source's hosts, e.g. `http://saramin.localhost:4100`.
    pub base_overrides: HashMap<String, String>,
    /// Whether robots.txt is obeyed for sources that are crawled (sources under a contract never ask it).
    pub respect_robots: bool,
    /// Multiplies every rate, also those of robots.txt; 1 except where the portals are ours.
    pub pace_factor: f64,
    /// Least pause between two requests to one registrable domain, for sources that name no rate of their own.
    pub default_interval_ms: u64,
    /// A longer `Crawl-delay` is cut to this, with a warning.
    pub crawl_delay_secs_max: u64,
    /// How long a robots.txt is believed; never above 24 (RFC 9309, 2.4).
    pub robots_hours_max: u64,
    /// How soon an unreachable robots.txt is asked for again.
    pub robots_retry_secs: u64,
    /// When and how a failed request is repeated.
    pub retry: RetryOptions,
    /// When a failing host is left alone.
    pub breaker: BreakerOptions,
}

impl Default for WebOptions {
    fn default() -> Self {
        Self {
            user_agent: concat!("Jobhub/", env!("CARGO_PKG_VERSION")).to_owned(),
            allow_private: false,
            limits: Limits::default(),
            base_overrides: HashMap::new(),
            respect_robots: true,
            pace_factor: 1.0,
            default_interval_ms: 1_000,
            crawl_delay_secs_max: 60,
            robots_hours_max: 24,
            robots_retry_secs: 600,
            retry: RetryOptions::default(),
            breaker: BreakerOptions::default(),
        }
    }
}

/// What one fetch may cost. Seconds may be fractions.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a body as sent.
    pub body_bytes_max: u64,
    /// Bytes of a body after decoding.
    pub decoded_bytes_max: u64,
    /// Decoded bytes for each byte sent, once a body is larger than `decoded_ratio_from_bytes`.
    pub decoded_ratio_max: u64,
    /// Bodies decoded to less than this may have any ratio: small lists repeat themselves a lot.
    pub decoded_ratio_from_bytes: u64,
    /// Bytes of all names and values of the response's headers.
    pub header_bytes_max: u64,
    /// Redirects followed by one fetch.
    pub redirects_max: u32,
    /// Seconds to resolve, connect and shake hands.
    pub connect_secs: f64,
    /// Seconds from a sent request to the response's headers.
    pub answer_secs: f64,
    /// Seconds for a whole body.
    pub body_secs: f64,
    /// Least mean speed of a body.
    pub bytes_per_sec_min: u64,
    /// Seconds a body may take before its speed counts.
    pub slow_secs: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 20 << 20,
            decoded_bytes_max: 200 << 20,
            decoded_ratio_max: 10,
            decoded_ratio_from_bytes: 16 << 20,
            header_bytes_max: 64 << 10,
            redirects_max: 5,
            connect_secs: 30.0,
            answer_secs: 60.0,
            body_secs: 120.0,
            bytes_per_sec_min: 1024,
            slow_secs: 5.0,
        }
    }
}

/// Repeats of one request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetryOptions {
    /// Requests for one page, the first included.
    pub attempts_max: u32,
    /// Back-off before the first repeat is drawn from zero to this; the span doubles each time (full jitter).
    pub backoff_ms: u64,
    /// The span never grows beyond this.
    pub backoff_ms_max: u64,
}

impl Default for RetryOptions {
    fn default() -> Self {
        Self { attempts_max: 4, backoff_ms: 500, backoff_ms_max: 60_000 }
    }
}

/// Circuit breaker of a host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerOptions {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open at first; doubled each time the probe fails.
    pub open_secs: u64,
    /// It never stays open longer than this without a probe.
    pub open_secs_max: u64,
}

impl Default for BreakerOptions {
    fn default() -> Self {
        Self { failures: 10, open_secs: 30, open_secs_max: 3_600 }
    }
}

/// A configured number of seconds; nonsense (negative, not a number, endless) becomes `fallback`.
pub(super) fn seconds(value: f64, fallback: u64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or(Duration::from_secs(fallback))
}
