//! The time that fetching runs on: wall time for dates that others name, a steady time for waiting, and sleep.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

/// Time as the web sees it. Deadlines, quotas and robots ages follow `now`; pauses, pace and breakers follow `uptime`,
/// which a stepped wall clock cannot stretch (R12).
pub trait WebClock: Send + Sync + 'static {
    /// Wall time.
    fn now(&self) -> DateTime<Utc>;

    /// Time since some fixed start; never goes back, and advances while [`sleep`](Self::sleep) sleeps.
    fn uptime(&self) -> Duration;

    /// Ends when `uptime` has advanced by `wait`.
    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The machine's clocks.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose uptime starts now.
    #[must_use]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl WebClock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock the others are given")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(wait))
    }
}
