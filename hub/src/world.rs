//! Time, network and store, built once in `main` and once in the test harness. Everything that does IO gets them from here.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use chrono_tz::Asia::Seoul;
use dedup::SourceTraits;
use rustc_hash::FxHashMap;

use crate::progress::Board;
use crate::settings::Settings;
use crate::web::{Web, WebClock};

/// What the hub needs from outside.
#[derive(Clone)]
pub struct World {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Network.
    pub web: Web,
    /// The time that fetching runs on.
    pub web_clock: Arc<dyn WebClock>,
    /// Database.
    pub store: store::Store,
    /// Settings.
    pub settings: Arc<Settings>,
    /// What runs are doing right now.
    pub board: Arc<Board>,
    /// Weights of deduplication.
    pub model: Arc<dedup::Model>,
    /// What deduplication must know of a source, by source number.
    pub traits: Arc<FxHashMap<i64, SourceTraits>>,
    /// Name and trust (thousandths) by source number.
    pub trust: Arc<FxHashMap<i64, (String, u16)>>,
    /// Which verification steps postings go through, by source number.
    pub policies: Arc<crate::linked::stages::Policies>,
    /// What evidence weighs, as learned so far.
    pub lifecycle: Arc<crate::lifecycle::Learned>,
}

impl World {
    /// The world as the settings describe it, on the machine's clock.
    ///
    /// # Errors
    /// When the store cannot be opened, or a setting cannot be used.
    pub async fn open(settings: Settings) -> anyhow::Result<World> {
        World::build(settings, Arc::new(SystemClock), Arc::new(crate::web::SystemClock::new())).await
    }

    /// The world with clocks of one's own. The store is migrated.
    ///
    /// # Errors
    /// When the store cannot be opened, or a setting cannot be used.
    pub async fn build(
        mut settings: Settings,
        clock: Arc<dyn Clock>,
        web_clock: Arc<dyn WebClock>,
    ) -> anyhow::Result<World> {
        let (mut trust, mut traits) = (FxHashMap::default(), FxHashMap::default());
        for source in adapters::catalog().iter() {
            let class = source.class().name();
            let thousandths = settings.sources.trust.get(class).copied().unwrap_or(DEFAULT_TRUST);
            let number = crate::pipeline::source_number(source.name());
            trust.insert(number, (source.name().to_owned(), thousandths));
            let codes = settings.sources.provider_codes.iter().filter(|(_, of)| *of == source.name());
            let mut provider_codes: Vec<String> = codes.map(|(code, _)| code.clone()).collect();
            provider_codes.sort_unstable();
            traits.insert(
                number,
                SourceTraits {
                    number: u32::try_from(number).unwrap_or_default(),
                    name: source.name().to_owned(),
                    provider_codes,
                    repeats_itself: false,
                },
            );
            if let Some(base) = settings.base_url(source.name()) {
                settings.web.base_overrides.insert(source.name().to_owned(), base);
            }
        }
        let closes_at_once = adapters::catalog()
            .iter()
            .filter(|source| crate::terms::Terms::absence_closes(&***source))
            .map(|source| crate::pipeline::source_number(source.name()))
            .collect();
        let lifecycle = Arc::new(crate::lifecycle::Learned::new(&settings.lifecycle, closes_at_once));
        let policies = Arc::new(crate::linked::stages::policies(&settings.stages));
        let path = settings.store.url.trim_start_matches("sqlite:");
        if !settings.store.url.contains("://")
            && let Some(folder) = std::path::Path::new(path).parent()
        {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let store = store::Store::open(&settings.store.url).await.context("cannot open the store")?;
        store.migrate().await.context("cannot bring the store's schema up to date")?;
        let model = crate::matching::in_use(&store).await?;
        lifecycle.renew(&store).await?;
        let web = Web::new(settings.web.clone(), web_clock.clone())?;
        if let Some(state) = store.web_state().await?.and_then(|text| serde_json::from_str(&text).ok()) {
            web.restore(&state);
        }
        Ok(World {
            clock,
            web,
            web_clock,
            store,
            settings: Arc::new(settings),
            board: Arc::default(),
            model,
            traits: Arc::new(traits),
            trust: Arc::new(trust),
            policies,
            lifecycle,
        })
    }
}

/// Trust of a source whose class has none in the settings, thousandths.
const DEFAULT_TRUST: u16 = 700;

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
