//! How fast a source and a host may be asked: rates, daily quotas, and how many requests at once (R18).

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Policy, WebClock};

/// Korea has had no summer time since 1988.
const KST_SECS: i32 = 9 * 3600;
/// Above this rate, requests pass in bursts of [`BURST_SECS`]: timers tick in milliseconds.
const BURST_FROM_PER_SEC: f64 = 50.0;
const BURST_SECS: f64 = 0.02;
/// Longest pause between two requests that a rate may mean.
const INTERVAL_MAX: Duration = Duration::from_secs(24 * 3600);

type Keyed = RateLimiter<Arc<str>, HashMapStateStore<Arc<str>>, Uptime, NoOpMiddleware<Duration>>;

/// governor's view of our clock.
#[derive(Clone)]
struct Uptime(Arc<dyn WebClock>);

impl Clock for Uptime {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.uptime()
    }
}

/// Most requests of one source under way at once, whatever its manifest says.
const CONCURRENT_MAX: u32 = 256;

/// The places of one source.
#[derive(Clone)]
struct Places {
    size: u32,
    key: Arc<str>,
    semaphore: Arc<Semaphore>,
}

/// One place, taken.
pub(super) struct Place {
    /// The source's key for [`Pace::claim`].
    pub(super) key: Arc<str>,
    _permit: Option<OwnedSemaphorePermit>,
}

/// Rates, quotas and concurrency of all sources.
pub(super) struct Pace {
    clock: Arc<dyn WebClock>,
    /// By interval in nanoseconds: a governor has one quota for all its keys.
    limiters: Mutex<BTreeMap<u64, Arc<Keyed>>>,
    usage: Mutex<HashMap<String, (NaiveDate, u64)>>,
    places: Mutex<HashMap<String, Places>>,
    factor: f64,
}

impl Pace {
    pub(super) fn new(clock: Arc<dyn WebClock>, factor: f64) -> Self {
        let factor = if factor.is_finite() && factor > 0.0 { factor } else { 1.0 };
        Self { clock, limiters: Mutex::default(), usage: Mutex::default(), places: Mutex::default(), factor }
    }

    /// Waits for one of the source's places; it is given back when dropped.
    pub(super) async fn enter(&self, policy: &Policy) -> Place {
        let size = policy.concurrent.clamp(1, CONCURRENT_MAX);
        let (key, semaphore) = {
            let mut places = lock(&self.places);
            let known = places.get(&policy.source).filter(|known| known.size == size).cloned();
            let found = known.unwrap_or_else(|| {
                let key = Arc::from(format!("source {}", policy.source));
                let made = Places { size, key, semaphore: Arc::new(Semaphore::new(size as usize)) };
                places.insert(policy.source.clone(), made.clone());
                made
            });
            (found.key, found.semaphore)
        };
        // The semaphore is never closed, so there always is a permit.
        Place { key, _permit: semaphore.acquire_owned().await.ok() }
    }

    /// Takes the next free moment of `key`, which may be used once every `interval`.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub(super) fn claim(&self, key: &Arc<str>, interval: Duration) -> Result<(), Duration> {
        let interval = interval.min(INTERVAL_MAX).div_f64(self.factor);
        let nanos = u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX);
        let Some(quota) = Quota::with_period(interval) else { return Ok(()) };
        let limiter = {
            let mut limiters = lock(&self.limiters);
            let limiter = limiters.entry(nanos).or_insert_with(|| {
                let store = HashMapStateStore::new(Default::default());
                Arc::new(RateLimiter::new(with_burst(quota, interval), store, Uptime(Arc::clone(&self.clock))))
            });
            Arc::clone(limiter)
        };
        limiter.check_key(key).map_err(|not_until| {
            let wait = Duration::from(not_until.earliest_possible().duration_since(self.clock.uptime()));
            wait.max(Duration::from_micros(1))
        })
    }

    /// Counts one request of a source against its day in Korea.
    ///
    /// # Errors
    /// The end of the day, when nothing is left of `per_day`.
    pub(super) fn count(&self, policy: &Policy) -> Result<(), DateTime<Utc>> {
        let now = self.clock.now();
        let today = korean_day(now);
        let mut usage = lock(&self.usage);
        let Some((day, used)) = usage.get_mut(&policy.source) else {
            if policy.per_day == Some(0) {
                return Err(end_of_day(today, now));
            }
            usage.insert(policy.source.clone(), (today, 1));
            return Ok(());
        };
        if *day < today {
            (*day, *used) = (today, 0);
        }
        if policy.per_day.is_some_and(|per_day| *used >= per_day) {
            return Err(end_of_day(*day, now));
        }
        *used += 1;
        Ok(())
    }

    /// Requests by source and day, sorted.
    pub(super) fn usage(&self) -> Vec<(String, NaiveDate, u64)> {
        let usage = lock(&self.usage);
        let mut rows: Vec<_> = usage.iter().map(|(source, (day, used))| (source.clone(), *day, *used)).collect();
        rows.sort();
        rows
    }

    /// Takes back what an earlier process counted; of two counts of one day the larger holds.
    pub(super) fn restore(&self, rows: &[(String, NaiveDate, u64)]) {
        let mut usage = lock(&self.usage);
        for (source, day, used) in rows {
            let known = usage.entry(source.clone()).or_insert((*day, 0));
            *known = (*known).max((*day, *used));
        }
    }

    /// Forgets keys that are as good as new.
    pub(super) fn retain_recent(&self) {
        let mut limiters = lock(&self.limiters);
        limiters.retain(|_, limiter| {
            limiter.retain_recent();
            !limiter.is_empty()
        });
    }

    #[cfg(test)]
    pub(super) fn keys(&self) -> usize {
        lock(&self.limiters).values().map(|limiter| limiter.len()).sum()
    }
}

/// The pause that a rate means; `None` when it names none.
pub(super) fn interval_of(per_second: f64) -> Option<Duration> {
    if per_second.is_finite() && per_second > 0.0 {
        Some(Duration::try_from_secs_f64(1.0 / per_second).unwrap_or(INTERVAL_MAX))
    } else {
        None
    }
}

fn with_burst(quota: Quota, interval: Duration) -> Quota {
    let per_second = 1.0 / interval.as_secs_f64();
    if per_second <= BURST_FROM_PER_SEC {
        return quota;
    }
    // `as` saturates, which is what is wanted.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and saturating")]
    let burst = (per_second * BURST_SECS).ceil() as u32;
    quota.allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))
}

/// Day in Asia/Seoul.
fn korean_day(now: DateTime<Utc>) -> NaiveDate {
    match FixedOffset::east_opt(KST_SECS) {
        Some(kst) => now.with_timezone(&kst).date_naive(),
        None => now.date_naive(),
    }
}

/// Midnight in Korea after `day`, and later than `now` in any case.
fn end_of_day(day: NaiveDate, now: DateTime<Utc>) -> DateTime<Utc> {
    let midnight = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN).and_utc();
    (midnight - chrono::TimeDelta::seconds(i64::from(KST_SECS))).max(now + chrono::TimeDelta::seconds(1))
}

/// The name under which a registrant's hosts are one: what is paced together when nobody said how.
///
/// Korea's second-level zones are known (KISA's list); elsewhere the last two labels count, three under the usual
/// `co`, `com`, `ac`, `go`, `or`, `ne`, `org`, `net`, `gov`, `edu`. Taking too many hosts for one only makes us slower.
pub(super) fn registrable_domain(host: &str) -> &str {
    const KR: [&str; 30] = [
        "co",
        "ne",
        "or",
        "re",
        "pe",
        "go",
        "mil",
        "ac",
        "hs",
        "ms",
        "es",
        "sc",
        "kg",
        "seoul",
        "busan",
        "daegu",
        "incheon",
        "gwangju",
        "daejeon",
        "ulsan",
        "gyeonggi",
        "gangwon",
        "chungbuk",
        "chungnam",
        "jeonbuk",
        "jeonnam",
        "gyeongbuk",
        "gyeongnam",
        "jeju",
        "sejong",
    ];
    const ELSEWHERE: [&str; 10] = ["co", "com", "ac", "go", "or", "ne", "org", "net", "gov", "edu"];
    if host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[') {
        return host;
    }
    let mut from_end = host.rsplitn(3, '.');
    let (last, second) = (from_end.next().unwrap_or(host), from_end.next());
    let Some(second) = second else { return host };
    let zone = if last == "kr" {
        KR.contains(&second)
    } else {
        // Each portal of the fleet is a site of its own.
        last == "localhost" || (last.len() == 2 && ELSEWHERE.contains(&second))
    };
    let labels = if zone && last != "localhost" { 3 } else { 2 };
    let start = host.rmatch_indices('.').nth(labels - 1).map_or(0, |(at, _)| at + 1);
    &host[start..]
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What is guarded is counters: still true after a panic elsewhere.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
