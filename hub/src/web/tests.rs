//! The web against servers on loopback and a clock that only sleeping moves. Each test is a row of the politeness and
//! safety table, or a promise (R12, R15, R18).

mod fetching;
mod guarding;
mod limits;
mod pacing;
mod patience;
mod robots;
mod server;

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapters::{Ask, At, Method};
use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::{Budget, Policy, Web, WebClock, WebOptions};
use server::Server;

/// Stands still until somebody sleeps, and then is at once where the sleeper wanted to be.
pub(super) struct FakeClock(Mutex<Times>);

struct Times {
    now: DateTime<Utc>,
    uptime: Duration,
    slept: Vec<Duration>,
}

impl FakeClock {
    /// Starts at 2026-11-24 09:00 in Korea.
    pub(super) fn new() -> Arc<Self> {
        let now = DateTime::parse_from_rfc3339("2026-11-24T00:00:00Z").unwrap().to_utc();
        Arc::new(Self(Mutex::new(Times { now, uptime: Duration::from_secs(1), slept: Vec::new() })))
    }

    pub(super) fn advance(&self, by: Duration) {
        let mut times = self.0.lock().unwrap();
        times.now += TimeDelta::from_std(by).unwrap();
        times.uptime += by;
    }

    /// The wall clock is set; uptime is not.
    fn step(&self, by: TimeDelta) {
        self.0.lock().unwrap().now += by;
    }

    /// Milliseconds of each sleep so far.
    fn slept_ms(&self) -> Vec<u128> {
        self.0.lock().unwrap().slept.iter().map(Duration::as_millis).collect()
    }

    fn slept_secs(&self) -> f64 {
        self.0.lock().unwrap().slept.iter().map(Duration::as_secs_f64).sum()
    }
}

impl WebClock for FakeClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.lock().unwrap().now
    }

    fn uptime(&self) -> Duration {
        self.0.lock().unwrap().uptime
    }

    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            self.advance(wait);
            self.0.lock().unwrap().slept.push(wait);
            tokio::task::yield_now().await;
        })
    }
}

/// A source called `jobs` at `jobs.example.kr`, whose base is `server`, under a contract: fast, no robots.txt.
fn policy() -> Policy {
    Policy {
        source: "jobs".to_owned(),
        hosts: vec!["jobs.example.kr".to_owned()],
        per_second: 1e6,
        per_day: None,
        concurrent: 4,
        robots: false,
        secrets: HashMap::new(),
    }
}

fn options(server: &Server) -> WebOptions {
    let base = format!("http://jobs.localhost:{}", server.port);
    WebOptions {
        user_agent: "Jobhub/0.1 (test)".to_owned(),
        allow_private: true,
        base_overrides: HashMap::from([("jobs".to_owned(), base)]),
        ..WebOptions::default()
    }
}

fn web(options: WebOptions, clock: &Arc<FakeClock>) -> Web {
    Web::new(options, Arc::clone(clock) as Arc<dyn WebClock>).unwrap()
}

fn ask(url: &str) -> Ask {
    Ask { method: Method::Get, url: url.to_owned(), headers: Vec::new(), body: None, at: At::default() }
}

/// An hour and twenty repeats.
fn budget(clock: &FakeClock) -> Budget {
    Budget::new(clock.now() + TimeDelta::hours(1), 20, CancellationToken::new())
}
