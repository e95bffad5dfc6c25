//! Builds a hub on a store and a portal fleet of the test's own. No fixed port, no shared state, no sleep.

pub mod dump;
pub mod postgres;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use adapters::Source;
use hub::pipeline::{RunOptions, RunReport};
use hub::settings::{DEFAULTS, Settings};
use hub::world::{SetClock, World, seoul_instant};
use portals::{Fleet, FleetOptions};

/// Runs a test on SQLite and on PostgreSQL. A test that could not have a PostgreSQL says so; under `.ci/run` that is a failure.
pub fn on_both<F, Fut>(name: &str, test: F)
where
    F: Fn(String) -> Fut,
    Fut: Future<Output = ()>,
{
    let dir = tempfile::tempdir().unwrap();
    block_on(test(format!("sqlite:{}", dir.path().join("hub.sqlite").display())));
    match postgres::database() {
        Some(url) => block_on(test(url)),
        None => eprintln!("skipped on PostgreSQL: {name} needs initdb and postgres"),
    }
}

/// A copy of a store that nobody has open.
pub fn copy_of(url: &str) -> String {
    static COPIES: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            let copy = format!("{path}.{}", COPIES.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
            std::fs::copy(path, &copy).unwrap();
            format!("sqlite:{copy}")
        }
        None => postgres::copy_of(url),
    }
}

/// Runs a test on a multi-thread runtime, as the hub does.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let value = runtime.block_on(future);
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    value
}

/// A hub, the fleet its sources are on, and the clock both live by.
pub struct Stage {
    pub world: World,
    pub fleet: Option<Fleet>,
    pub clock: Arc<SetClock>,
}

/// A fleet of some portals.
pub async fn fleet(scale: f64, portals: &[&str]) -> Fleet {
    let options = FleetOptions {
        seed: 7,
        scale,
        portals: Some(portals.iter().map(|p| (*p).to_owned()).collect()),
        ..FleetOptions::default()
    };
    Fleet::start(options).await.unwrap()
}

/// Settings of a test: the defaults, sources on a fleet's port, short pauses, no pace.
pub fn settings(store: &str, port: u16) -> Settings {
    let table: toml::Table = DEFAULTS.parse().unwrap();
    let mut settings: Settings = table.try_into().unwrap();
    settings.store.url = store.to_owned();
    settings.sources.base_url_pattern = Some(format!("http://{{source}}.localhost:{port}"));
    settings.web.allow_private = true;
    settings.web.pace_factor = 1e6;
    settings.web.retry.backoff_ms = 1;
    settings.web.retry.backoff_ms_max = 5;
    // a test breaks one host on purpose, again and again
    settings.web.breaker.failures = 1_000_000;
    settings.lifecycle.drop_guard_hours = 0;
    settings.run.retry_base_ms = 1;
    settings.run.batch_pages = 1;
    for source in adapters::catalog().iter() {
        let secrets = settings.secrets.entry(source.name().to_owned()).or_default();
        for name in source.secrets() {
            secrets.insert(name.clone(), "test-key".to_owned().into());
        }
    }
    settings
}

impl Stage {
    /// A hub on a store, with its sources on a fleet.
    pub async fn set(store: &str, fleet: Fleet) -> Stage {
        let port = fleet.port();
        let clock = SetClock::at(seoul_instant(fleet.today(), 9));
        let mut stage = Stage::at(settings(store, port), clock).await;
        stage.fleet = Some(fleet);
        stage
    }

    /// A hub with settings and a clock of the test's own.
    pub async fn at(settings: Settings, clock: Arc<SetClock>) -> Stage {
        let web_clock = Arc::new(hub::web::SystemClock::new());
        let world = World::build(settings, clock.clone(), web_clock).await.unwrap();
        let sources: Vec<Arc<Source>> = adapters::catalog().iter().cloned().collect();
        hub::worker::list_sources(&world, &sources).await.unwrap();
        let tx = world.store.write().await.unwrap();
        for source in &sources {
            tx.put_agreement(&store::source::Agreement {
                source: hub::pipeline::source_number(source.name()),
                scope: "full".into(),
                document: "test".into(),
                since: "2020-01-01".into(),
                until: None,
            })
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        Stage { world, fleet: None, clock }
    }

    pub fn fleet(&self) -> &Fleet {
        self.fleet.as_ref().unwrap()
    }

    /// One run of one source over its whole list.
    pub async fn sync(&self, source: &str) -> RunReport {
        self.sync_with(source, &RunOptions { full: true, ..options() }).await
    }

    pub async fn sync_with(&self, source: &str, options: &RunOptions) -> RunReport {
        let source = adapters::catalog().get(source).unwrap_or_else(|| panic!("no source {source}")).clone();
        hub::pipeline::run(&self.world, &source, options).await.unwrap()
    }

    pub fn clock_now(&self) -> chrono::DateTime<chrono::Utc> {
        self.world.clock.now()
    }

    /// Moves fleet and clock on.
    pub fn advance(&self, days: u32) {
        self.fleet().advance(days);
        self.clock.set(seoul_instant(self.fleet().today(), 9));
    }

    /// How many postings of a source are in a state.
    pub async fn postings(&self, source: &str, state: &str) -> i64 {
        let number = hub::pipeline::source_number(source);
        let counts = self.world.store.posting_counts().await.unwrap();
        counts.iter().filter(|c| c.source == number && c.state == state).map(|c| c.count).sum()
    }
}

/// Options of a run whose holder is this process.
pub fn options() -> RunOptions {
    RunOptions { holder: format!("test-{}", std::process::id()), ..RunOptions::default() }
}

/// The shared data beside the repository, or why the test is skipped.
#[allow(dead_code, reason = "offered to the tests that read recorded answers")]
pub fn shared_data(test: &str) -> Option<PathBuf> {
    let given = std::env::var_os("JOBHUB_SHARED_DATA").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let found = given.into_iter().chain([beside]).find(|path| path.is_dir());
    if found.is_none() {
        eprintln!("skipped: {test} needs shared data");
    }
    found
}
