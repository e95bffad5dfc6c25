//! One attempt at a page: each hop checked by the guard and by robots.txt, held to the pace, sent, and, when it
//! redirects, followed by hand.

use std::sync::Arc;
use std::time::Duration;

use adapters::Ask;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderValue, header};
use url::Url;

use super::breaker::Pass;
use super::exchange::{self, Received, Sent};
use super::guard::{check_address, is_of};
use super::host::{Held, Host};
use super::pace::{interval_of, lock};
use super::retry::{self, Again};
use super::robots::ROBOTS_BYTES_MAX;
use super::robots::kept::{Found, Verdict};
use super::secret::{Prepared, redact};
use super::{Budget, FetchError, Fetched, Inner, Policy, Validators};

/// Redirects of a robots.txt (RFC 9309, 2.3.1.2: at least five).
const ROBOTS_REDIRECTS_MAX: u32 = 5;
/// Attempts at a robots.txt before its host is closed to us.
const ROBOTS_ATTEMPTS_MAX: u32 = 3;

/// One call of [`super::Web::get`].
pub(super) struct Call<'a> {
    pub(super) policy: &'a Policy,
    pub(super) ask: &'a Ask,
    pub(super) budget: &'a Budget,
    /// Key of the source's own rate.
    pub(super) source_key: &'a Arc<str>,
    pub(super) validators: Option<&'a Validators>,
}

impl Inner {
    /// Sends `request` and follows its redirects. Says whether another attempt may do better.
    pub(super) async fn follow(&self, call: &Call<'_>, mut request: Prepared) -> Result<(Fetched, Again), FetchError> {
        let mut validators = call.validators;
        let mut hops = 0;
        loop {
            let target = self.target(call.policy, &request.url)?;
            let host = self.hosts.of(&target);
            let crawl_delay = self.ask_robots(call, &host, &target, &request.url).await?;
            let received = self.send(call, &host, crawl_delay, target, &request, validators).await?;
            let Some(location) = redirect_of(&received) else {
                let shown = if hops == 0 { &call.ask.url } else { request.url.as_str() };
                let final_url = redact(call.policy, shown);
                return Ok(self.finish(received, validators, final_url));
            };
            hops += 1;
            if hops > self.options.limits.redirects_max {
                return Err(redirect_error(call, format!("more than {} of them", self.options.limits.redirects_max)));
            }
            let next = self.next_url(call, &request.url, &location)?;
            if !same_origin(&request.url, &next) {
                validators = None;
                request.drop_credentials();
            }
            let status = received.status;
            if status == 303 || (request.post && matches!(status, 301 | 302)) {
                request.become_get();
            } else if request.body_is_secret && !same_origin(&request.url, &next) {
                return Err(redirect_error(call, "it would carry a secret to another host".to_owned()));
            }
            request.url = next;
        }
    }

    /// Address to contact for the address `logical` of a source: checked, and moved to its base where it has one.
    fn target(&self, policy: &Policy, logical: &Url) -> Result<Url, FetchError> {
        let refused = |why: String| FetchError::Address { url: redact(policy, logical.as_str()), why };
        // With a base, the real host is never contacted, but a literal or a foreign host is refused all the same.
        let base = self.bases.get(&policy.source);
        check_address(logical, self.options.allow_private).map_err(|error| refused(error.to_string()))?;
        if !is_of(logical, &policy.hosts) {
            return Err(refused(format!("it is not at a host of source {}", policy.source)));
        }
        match base {
            None => Ok(logical.clone()),
            Some(base) => moved(logical, base).ok_or_else(|| refused("its base is no address".to_owned())),
        }
    }

    /// Where `location` leads from `from`. An address at the source's base is read as one at its real host.
    fn next_url(&self, call: &Call<'_>, from: &Url, location: &str) -> Result<Url, FetchError> {
        let next = from.join(location).map_err(|_| redirect_error(call, "its target is not an address".to_owned()))?;
        match self.bases.get(&call.policy.source) {
            Some(base) if same_origin(base, &next) && !is_of(&next, &call.policy.hosts) => {
                let prefix = base.path().trim_end_matches('/');
                let path = next.path().strip_prefix(prefix).unwrap_or(next.path());
                let mut back = from.clone();
                back.set_path(path);
                back.set_query(next.query());
                Ok(back)
            }
            _ => Ok(next),
        }
    }

    /// Waits until the request may be sent, sends it, and tells the host's breaker and pause what came of it.
    async fn send(
        &self,
        call: &Call<'_>,
        host: &Host,
        crawl_delay: Option<Duration>,
        url: Url,
        request: &Prepared,
        validators: Option<&Validators>,
    ) -> Result<Received, FetchError> {
        let pass = self.hold(call, host, crawl_delay).await?;
        if let Err(until) = self.pace.count(call.policy) {
            return Err(FetchError::Quota {
                source_name: call.policy.source.clone(),
                per_day: call.policy.per_day.unwrap_or(0),
                until,
                wait: until.signed_duration_since(self.clock.now()).to_std().unwrap_or_default(),
            });
        }
        let headers = request.headers.clone();
        let body = request.body.clone();
        let sent = Sent { url, headers, post: request.post, body, validators, cut_at: None };
        self.exchanged(call.policy, host, pass, sent).await
    }

    /// One exchange, with its consequences for the host.
    async fn exchanged(
        &self,
        policy: &Policy,
        host: &Host,
        pass: Pass,
        sent: Sent<'_>,
    ) -> Result<Received, FetchError> {
        let result = exchange::exchange(&self.client, &self.options.limits, &host.key, sent).await;
        let now = self.clock.uptime();
        let (ok, paused) = match &result {
            Ok(received) => {
                let wait = self.asked_to_wait(received);
                if let Some(wait) = wait {
                    tracing::info!(host = %host.key, source = policy.source, wait_ms = wait.as_millis(), "asked to wait");
                    host.pause(now.saturating_add(wait));
                }
                // A host that says when to return is working.
                (received.status < 500 || matches!(received.status, 501 | 505), wait.is_some())
            }
            Err(error) => (!error.is_host_failure(), false),
        };
        if host.report(pass, ok || paused, now, &self.options.breaker) {
            tracing::warn!(host = %host.key, source = policy.source, "failed too often in a row: left alone");
        }
        result
    }

    fn asked_to_wait(&self, received: &Received) -> Option<Duration> {
        if !matches!(received.status, 429 | 503) {
            return None;
        }
        let value = received.text(header::RETRY_AFTER)?;
        retry::retry_after(&value, received.text(header::DATE).as_deref(), self.clock.now())
    }

    /// Waits for the host's pause, the pace and the breaker.
    async fn hold(&self, call: &Call<'_>, host: &Host, crawl_delay: Option<Duration>) -> Result<Pass, FetchError> {
        let own = interval_of(call.policy.per_second);
        let (key, interval) = match own {
            Some(interval) => (call.source_key, interval),
            None => (&host.domain, Duration::from_millis(self.options.default_interval_ms)),
        };
        // The longer pause first: the shorter is over by then.
        let mut claims = [Some((key, interval)), crawl_delay.map(|delay| (&host.key, delay))];
        claims.sort_by_key(|claim| std::cmp::Reverse(claim.map(|(_, interval)| interval)));
        loop {
            if let Some(until) = host.paused(self.clock.uptime()) {
                self.wait_until(call.budget, host, until).await?;
            }
            for (key, interval) in claims.into_iter().flatten() {
                while let Err(wait) = self.pace.claim(key, interval) {
                    self.wait(call.budget, host, wait).await?;
                }
            }
            match host.admit(self.clock.uptime(), &self.options.breaker) {
                Ok(pass) => return Ok(pass),
                Err(Held::Paused(_)) => {}
                Err(Held::Open(until, failures)) => self.wait_open(call.budget, host, until, failures).await?,
            }
        }
    }

    async fn wait_until(&self, budget: &Budget, host: &Host, until: Duration) -> Result<(), FetchError> {
        self.wait(budget, host, until.saturating_sub(self.clock.uptime())).await
    }

    async fn wait(&self, budget: &Budget, host: &Host, wait: Duration) -> Result<(), FetchError> {
        let until = later(self.clock.now(), wait);
        if until > budget.deadline {
            return Err(FetchError::Deferred { host: host.key.to_string(), until, wait });
        }
        self.clock.sleep(wait).await;
        Ok(())
    }

    /// An open breaker is waited for as a repeat would be: within the run's deadline and out of its repeats.
    async fn wait_open(&self, budget: &Budget, host: &Host, until: Duration, failures: u32) -> Result<(), FetchError> {
        let wait = until.saturating_sub(self.clock.uptime());
        let date = later(self.clock.now(), wait);
        if date > budget.deadline || !budget.take_retry() {
            return Err(FetchError::Open { host: host.key.to_string(), failures, until: date, wait });
        }
        self.clock.sleep(wait).await;
        Ok(())
    }

    fn finish(&self, received: Received, validators: Option<&Validators>, final_url: String) -> (Fetched, Again) {
        let not_modified = received.status == 304 && validators.is_some();
        let mut fresh =
            Validators { etag: received.text(header::ETAG), last_modified: received.text(header::LAST_MODIFIED) };
        if let (true, Some(known)) = (not_modified, validators) {
            // A 304 may leave out what did not change.
            fresh.etag = fresh.etag.or_else(|| known.etag.clone());
            fresh.last_modified = fresh.last_modified.or_else(|| known.last_modified.clone());
        }
        let again = retry::again(received.status, self.asked_to_wait(&received).is_some());
        let fetched = Fetched {
            status: received.status,
            content_type: received.text(header::CONTENT_TYPE),
            link: joined(&received.headers, header::LINK),
            validators: fresh,
            not_modified,
            final_url,
            wire_bytes: received.wire_bytes,
            elapsed: Duration::ZERO,
            attempts: 0,
            body: received.body,
        };
        (fetched, again)
    }

    /// Asks robots.txt about `target`; says its crawl-delay, if it has one.
    async fn ask_robots(
        &self,
        call: &Call<'_>,
        host: &Host,
        target: &Url,
        logical: &Url,
    ) -> Result<Option<Duration>, FetchError> {
        if !call.policy.robots || !self.options.respect_robots {
            return Ok(None);
        }
        let mut verdict = lock(&host.robots).verdict(self.clock.now(), &self.options);
        if matches!(verdict, Verdict::Ask) {
            let _asking = host.asking.lock().await;
            // Somebody may have asked while we waited.
            verdict = lock(&host.robots).verdict(self.clock.now(), &self.options);
            if matches!(verdict, Verdict::Ask) {
                let found = self.fetch_robots(call, host, target).await?;
                let mut robots = lock(&host.robots);
                robots.keep(found, &self.agent, self.clock.now());
                verdict = robots.verdict(self.clock.now(), &self.options);
            }
        }
        match verdict {
            Verdict::Free => Ok(None),
            Verdict::Rules(rules) if !rules.allows(target.as_str()) => {
                let url = redact(call.policy, logical.as_str());
                Err(FetchError::Robots { host: host.key.to_string(), url })
            }
            Verdict::Rules(rules) => Ok(rules.crawl_delay.map(|delay| self.capped(host, delay))),
            Verdict::Closed { why, wait } => {
                Err(FetchError::RobotsUnavailable { host: host.key.to_string(), why, wait })
            }
            Verdict::Ask => Err(FetchError::RobotsUnavailable {
                host: host.key.to_string(),
                why: "robots_hours_max is 0".to_owned(),
                wait: Duration::from_secs(self.options.robots_retry_secs),
            }),
        }
    }

    fn capped(&self, host: &Host, delay: Duration) -> Duration {
        let cap = Duration::from_secs(self.options.crawl_delay_secs_max);
        if delay > cap && lock(&host.robots).warn_once() {
            let (asked_secs, cap_secs) = (delay.as_secs(), cap.as_secs());
            tracing::warn!(host = %host.key, asked_secs, cap_secs, "crawl-delay above the cap: the cap is kept");
        }
        delay.min(cap)
    }

    /// Gets a host's robots.txt. The waits of the run apply; what the host does wrong is an outcome, not an error.
    async fn fetch_robots(&self, call: &Call<'_>, host: &Host, target: &Url) -> Result<Found, FetchError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let why = match self.fetch_robots_once(call, host, target).await {
                Ok(Found::Unreachable(why)) => why,
                Ok(found) => return Ok(found),
                Err(error) if error.is_host_failure() => error.to_string(),
                Err(
                    error @ (FetchError::Address { .. }
                    | FetchError::Limit { .. }
                    | FetchError::Encoding { .. }
                    | FetchError::Request { .. }),
                ) => return Ok(Found::Unreachable(error.to_string())),
                // Paused beyond the deadline, breaker open: nothing was learnt about robots.txt.
                Err(error) => return Err(error),
            };
            if attempts >= ROBOTS_ATTEMPTS_MAX || !call.budget.take_retry() {
                tracing::warn!(host = %host.key, why, "robots.txt unavailable: host closed for now");
                return Ok(Found::Unreachable(why));
            }
            let span = retry::backoff_span(attempts, &self.options.retry);
            self.wait(call.budget, host, retry::jittered(span, retry::chance())).await?;
        }
    }

    async fn fetch_robots_once(&self, call: &Call<'_>, host: &Host, target: &Url) -> Result<Found, FetchError> {
        let mut url = target.clone();
        url.set_path("/robots.txt");
        url.set_query(None);
        url.set_fragment(None);
        let validators = lock(&host.robots).etag().map(|etag| Validators { etag: Some(etag), last_modified: None });
        for hop in 0..=ROBOTS_REDIRECTS_MAX {
            let refused = |error: super::guard::Refused| FetchError::Address {
                url: redact(call.policy, url.as_str()),
                why: error.to_string(),
            };
            check_address(&url, self.options.allow_private).map_err(refused)?;
            let at = self.hosts.of(&url);
            let pass = self.hold(call, &at, None).await?;
            let received = self
                .exchanged(
                    call.policy,
                    &at,
                    pass,
                    Sent {
                        url: url.clone(),
                        headers: HeaderMap::new(),
                        post: false,
                        body: None,
                        validators: validators.as_ref().filter(|_| hop == 0),
                        cut_at: Some(ROBOTS_BYTES_MAX),
                    },
                )
                .await?;
            let Some(location) = redirect_of(&received) else { return Ok(robots_found(received)) };
            let Ok(next) = url.join(&location) else { return Ok(Found::Absent) };
            // A site's own hosts are where its base is.
            url = match self.bases.get(&call.policy.source) {
                Some(base) if is_of(&next, &call.policy.hosts) => moved(&next, base).unwrap_or(next),
                _ => next,
            };
        }
        Ok(Found::Absent)
    }
}

/// RFC 9309, 2.3.1: what a final answer for robots.txt means.
fn robots_found(received: Received) -> Found {
    match received.status {
        200..=299 => Found::Text { etag: received.text(header::ETAG), text: received.body },
        304 => Found::Same,
        429 => Found::Unreachable("status 429".to_owned()),
        300..=499 => Found::Absent,
        status => Found::Unreachable(format!("status {status}")),
    }
}

/// Target of a redirect, its bytes beyond ASCII escaped: some portals send them raw, in whatever charset.
fn redirect_of(received: &Received) -> Option<String> {
    if !matches!(received.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let bytes = received.headers.get(header::LOCATION)?.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            0x80.. => out.push_str(&format!("%{byte:02X}")),
            _ => out.push(char::from(*byte)),
        }
    }
    Some(out)
}

fn redirect_error(call: &Call<'_>, why: String) -> FetchError {
    FetchError::Redirect { url: redact(call.policy, &call.ask.url), why }
}

/// `logical` with scheme, host and port of `base`, below its path.
fn moved(logical: &Url, base: &Url) -> Option<Url> {
    let prefix = base.path().trim_end_matches('/');
    let mut out = logical.clone();
    // http before the host, so that an IPv6 or odd host is read by the same rules.
    out.set_scheme(base.scheme()).ok()?;
    out.set_host(base.host_str()).ok()?;
    out.set_port(base.port()).ok()?;
    if !prefix.is_empty() {
        let path = format!("{prefix}{}", logical.path());
        out.set_path(&path);
    }
    Some(out)
}

/// Whether credentials for `a` may go to `b`: same host and port, or the step from http to https at one host.
fn same_origin(a: &Url, b: &Url) -> bool {
    if a.host_str() != b.host_str() {
        return false;
    }
    if a.scheme() == b.scheme() {
        return a.port_or_known_default() == b.port_or_known_default();
    }
    a.scheme() == "http" && b.scheme() == "https" && a.port().is_none() && b.port().is_none()
}

fn joined(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    let all: Vec<_> = headers.get_all(name).iter().map(HeaderValue::as_bytes).map(String::from_utf8_lossy).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// `now + wait`, without overflow.
pub(super) fn later(now: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::days(36_500));
    now.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
