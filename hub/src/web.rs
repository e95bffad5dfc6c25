//! Everything that fetches. [`Web::get`] sends what an adapter asks: to the source's hosts only, at an agreed pace, as
//! robots.txt allows, within limits, with patience for a failing portal, and with nobody else's secrets.
//! The only place that names reqwest and governor.

mod body;
mod breaker;
mod clock;
mod error;
mod exchange;
mod follow;
mod guard;
mod host;
mod options;
mod pace;
pub mod provider;
mod retry;
mod robots;
mod secret;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use adapters::Ask;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use http::{HeaderMap, HeaderValue, header};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use url::Url;

pub use clock::{SystemClock, WebClock};
pub use error::{FetchError, Retry, WebError};
pub use options::{BreakerOptions, Limits, RetryOptions, WebOptions};
pub use robots::kept::{RobotsOutcome, RobotsRecord};

use follow::Call;
use host::Hosts;
use pace::{Pace, lock};
use retry::Again;
use secret::Prepared;

/// Hosts not asked for so long are forgotten.
const HOST_IDLE: Duration = Duration::from_secs(24 * 3600);

/// Who is asking: what a source is allowed.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Name of the source.
    pub source: String,
    /// Hosts it may be asked at, redirects included; `name` or `name:port`.
    pub hosts: Vec<String>,
    /// Requests per second its contract allows; 0 when nobody said, which means the default pause per registrable domain.
    pub per_second: f64,
    /// Requests per day in Korea; `None` = no quota.
    pub per_day: Option<u64>,
    /// Requests under way at once, at least 1.
    pub concurrent: u32,
    /// Whether robots.txt is asked: not for APIs under a contract.
    pub robots: bool,
    /// Values of `{secret.<name>}`, decoded (percent-encoding is ours to do).
    pub secrets: HashMap<String, SecretString>,
}

/// What one run may still spend; shared by its requests.
#[derive(Debug)]
pub struct Budget {
    /// Nothing is waited for beyond this.
    pub deadline: DateTime<Utc>,
    /// Ends every request of the run at once.
    pub cancelled: CancellationToken,
    retries_left: AtomicU32,
}

impl Budget {
    /// A budget that ends at `deadline` and has `retries` repeats to give away.
    #[must_use]
    pub fn new(deadline: DateTime<Utc>, retries: u32, cancelled: CancellationToken) -> Self {
        Self { deadline, cancelled, retries_left: AtomicU32::new(retries) }
    }

    /// Repeats that are left.
    #[must_use]
    pub fn retries_left(&self) -> u32 {
        self.retries_left.load(Ordering::Relaxed)
    }

    fn take_retry(&self) -> bool {
        self.retries_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// What a page was known by; sent back so that an unchanged page costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified`, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl Validators {
    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }

    /// Both are sent: some servers compare only the one, some only the other.
    fn put_into(&self, headers: &mut HeaderMap) {
        let both = [(header::IF_NONE_MATCH, &self.etag), (header::IF_MODIFIED_SINCE, &self.last_modified)];
        for (name, value) in both {
            if let Some(Ok(value)) = value.as_deref().map(HeaderValue::try_from) {
                headers.insert(name, value);
            }
        }
    }
}

/// A response, whole and decoded.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// HTTP status; anything but a redirect.
    pub status: u16,
    /// `Content-Type` header.
    pub content_type: Option<String>,
    /// `Link` headers, joined by commas.
    pub link: Option<String>,
    /// What to send next time.
    pub validators: Validators,
    /// 304 to our validators: what is kept still holds, and the body is empty.
    pub not_modified: bool,
    /// Body, content encoding undone.
    pub body: Bytes,
    /// Where it came from after redirects, at the source's real host, secrets replaced by their names.
    pub final_url: String,
    /// Bytes of the body as sent.
    pub wire_bytes: u64,
    /// From the call to the last byte, waiting included.
    pub elapsed: Duration,
    /// Requests it took, redirects not counted.
    pub attempts: u32,
}

impl Fetched {
    /// The response as adapters read it.
    #[must_use]
    pub fn answer(&self) -> adapters::Answer<'_> {
        adapters::Answer {
            status: self.status,
            content_type: self.content_type.as_deref(),
            link: self.link.as_deref(),
            body: &self.body,
        }
    }
}

/// What has to outlive the process so that a restart is not impolite (R18).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebState {
    /// Requests by source and day in Korea.
    pub usage: Vec<(String, NaiveDate, u64)>,
    /// Hosts that asked to be left alone, and until when.
    pub pauses: Vec<(String, DateTime<Utc>)>,
    /// robots.txt files.
    pub robots: Vec<RobotsRecord>,
}

/// The web, for all sources. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    inner: Arc<Inner>,
}

struct Inner {
    options: WebOptions,
    clock: Arc<dyn WebClock>,
    client: reqwest::Client,
    /// Name looked up in robots.txt.
    agent: String,
    bases: HashMap<String, Url>,
    pace: Pace,
    hosts: Hosts,
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Web").field("agent", &self.inner.agent).finish_non_exhaustive()
    }
}

impl Web {
    /// Sets up the one client. Installs ring as rustls' provider where there is none.
    ///
    /// # Errors
    /// A setting that cannot be used.
    pub fn new(options: WebOptions, clock: Arc<dyn WebClock>) -> Result<Web, WebError> {
        let client = exchange::client(&options)?;
        let mut bases = HashMap::with_capacity(options.base_overrides.len());
        for (source, base) in options.base_overrides.iter().collect::<std::collections::BTreeMap<_, _>>() {
            let setting = |why: String| WebError::Setting { key: format!("base_overrides.{source}"), why };
            let url = Url::parse(base).map_err(|error| setting(format!("{base:?} is not an address: {error}")))?;
            guard::check_address(&url, options.allow_private).map_err(|refused| setting(refused.to_string()))?;
            bases.insert(source.clone(), url);
        }
        if !(options.pace_factor.is_finite() && options.pace_factor > 0.0) {
            return Err(WebError::Setting { key: "pace_factor".to_owned(), why: "it must be above 0".to_owned() });
        }
        let agent = options.user_agent.split(['/', ' ']).next().unwrap_or("").to_owned();
        if agent.is_empty() {
            return Err(WebError::Setting {
                key: "user_agent".to_owned(),
                why: "it must begin with a name".to_owned(),
            });
        }
        let pace = Pace::new(Arc::clone(&clock), options.pace_factor);
        let inner = Inner { options, clock, client, agent, bases, pace, hosts: Hosts::default() };
        Ok(Web { inner: Arc::new(inner) })
    }

    /// Fetches what `ask` asks.
    ///
    /// Statuses other than redirects are the adapter's to judge. 408, 429 and 5xx are repeated first, within `budget`
    /// and [`RetryOptions`]; so are requests that failed on the way. `Retry-After` holds for everybody at that host.
    ///
    /// # Errors
    /// [`FetchError`]; its [`retry`](FetchError::retry) says when to come back.
    pub async fn get(
        &self,
        policy: &Policy,
        ask: &Ask,
        validators: Option<&Validators>,
        budget: &Budget,
    ) -> Result<Fetched, FetchError> {
        let fetch = self.inner.get(policy, ask, validators, budget);
        budget.cancelled.run_until_cancelled(fetch).await.unwrap_or(Err(FetchError::Cancelled))
    }

    /// Requests by source and day in Korea, sorted.
    #[must_use]
    pub fn usage(&self) -> Vec<(String, NaiveDate, u64)> {
        self.inner.pace.usage()
    }

    /// What the next process should be given by [`restore`](Self::restore).
    #[must_use]
    pub fn state(&self) -> WebState {
        let (now, uptime) = (self.inner.clock.now(), self.inner.clock.uptime());
        let mut state = WebState { usage: self.usage(), ..WebState::default() };
        for host in self.inner.hosts.sorted() {
            if let Some(until) = host.paused(uptime) {
                state.pauses.push((host.key.to_string(), follow::later(now, until.saturating_sub(uptime))));
            }
            state.robots.extend(lock(&host.robots).record(&host.key));
        }
        state
    }

    /// Takes over what an earlier process, or another one, knew. Newer knowledge of our own is kept.
    pub fn restore(&self, state: &WebState) {
        let (now, uptime) = (self.inner.clock.now(), self.inner.clock.uptime());
        self.inner.pace.restore(&state.usage);
        for (host, until) in &state.pauses {
            if let Ok(wait) = until.signed_duration_since(now).to_std() {
                self.inner.hosts.named(host).pause(uptime.saturating_add(wait));
            }
        }
        for record in &state.robots {
            let host = self.inner.hosts.named(&record.host);
            lock(&host.robots).restore(record, &self.inner.agent);
        }
    }

    /// Forgets hosts and rates that are as good as new. To be called now and then, e.g. hourly.
    pub fn retain_recent(&self) {
        let (now, uptime) = (self.inner.clock.now(), self.inner.clock.uptime());
        self.inner.pace.retain_recent();
        self.inner.hosts.retain_recent(uptime, HOST_IDLE, |robots| robots.is_stale(now, &self.inner.options));
    }

    /// How many hosts are remembered.
    #[must_use]
    pub fn hosts_known(&self) -> usize {
        self.inner.hosts.len()
    }
}

impl Inner {
    async fn get(
        &self,
        policy: &Policy,
        ask: &Ask,
        validators: Option<&Validators>,
        budget: &Budget,
    ) -> Result<Fetched, FetchError> {
        let started = self.clock.uptime();
        let prepared = Prepared::new(policy, ask)?;
        let validators = validators.filter(|validators| !validators.is_empty());
        let place = self.pace.enter(policy).await;
        let call = Call { policy, ask, budget, source_key: &place.key, validators };
        let mut attempts = 0;
        loop {
            attempts += 1;
            let (result, again) = match self.follow(&call, prepared.clone()).await {
                Ok((fetched, again)) => (Ok(fetched), again),
                Err(error) => {
                    let again = if error.is_host_failure() || matches!(error, FetchError::Encoding { .. }) {
                        Again::Backoff
                    } else {
                        Again::No
                    };
                    (Err(error), again)
                }
            };
            if again != Again::No && attempts < self.options.retry.attempts_max && budget.take_retry() {
                tracing::debug!(source = policy.source, attempts, ?again, "asked again");
                if again == Again::Paused {
                    continue; // the host's pause is waited for, or ends the call, before the next request
                }
                let span = retry::backoff_span(attempts, &self.options.retry);
                let wait = retry::jittered(span, retry::chance());
                if follow::later(self.clock.now(), wait) <= budget.deadline {
                    self.clock.sleep(wait).await;
                    continue;
                }
            }
            return result.map(|fetched| Fetched {
                elapsed: self.clock.uptime().saturating_sub(started),
                attempts,
                ..fetched
            });
        }
    }
}

#[cfg(test)]
mod tests;
