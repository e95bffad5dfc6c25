//! Time, network and store, built once in `main` and once in the test harness. Everything that does IO gets them from here.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use chrono_tz::Asia::Seoul;
use rustc_hash::FxHashMap;

use crate::progress::Board;
use crate::settings::Settings;
use crate::web::Web;

/// What the hub needs from outside.
#[derive(Clone)]
pub struct World {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Network.
    pub web: Web,
    /// Database.
    pub store: store::Store,
    /// Settings.
    pub settings: Arc<Settings>,
    /// What runs are doing right now.
    pub board: Arc<Board>,
    /// Weights of deduplication.
    pub model: Arc<dedup::Model>,
    /// Name and trust (thousandths) by source number.
    pub trust: Arc<FxHashMap<i64, (String, u16)>>,
}

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock for the pipeline")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands where it was put; the demo moves it with the fleet's days, tests as they like.
pub struct SetClock(std::sync::Mutex<DateTime<Utc>>);

impl SetClock {
    /// A clock at an instant.
    pub fn at(now: DateTime<Utc>) -> Arc<SetClock> {
        Arc::new(SetClock(std::sync::Mutex::new(now)))
    }

    /// Moves it.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = now;
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The day in Asia/Seoul at an instant.
pub fn seoul_day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Seoul).date_naive()
}

/// The instant of a day and hour in Asia/Seoul (which has no gaps since 1988).
pub fn seoul_instant(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    let wall = day.and_hms_opt(hour, 0, 0).unwrap_or_default();
    Seoul.from_local_datetime(&wall).earliest().map_or_else(|| wall.and_utc(), |at| at.with_timezone(&Utc))
}

/// An instant in the store's milliseconds, as one.
pub fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}
