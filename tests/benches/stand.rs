//! A hub on a SQLite store of its own in a folder that goes away with it, with the settings a deployment starts with.

use std::sync::Arc;

use adapters::Source;
use anyhow::{Context as _, Result};
use chrono::NaiveDate;
use hub::pipeline::source_number;
use hub::settings::{DEFAULTS, Settings};
use hub::world::{SetClock, World, seoul_instant};
use tempfile::TempDir;

/// Hour of the day at which runs take place, Seoul.
const HOUR: u32 = 9;
/// First day of every agreement.
const SINCE: &str = "2020-01-01";
/// The servers are ours: nobody is to be spared.
const PACE_FACTOR: f64 = 1e6;

/// A hub.
pub(crate) struct Stand {
    pub(crate) world: World,
    /// Removed at the end.
    _folder: TempDir,
}

impl Stand {
    /// A hub whose sources are all at one loopback port, with every agreement on file.
    ///
    /// # Errors
    /// When the store cannot be made.
    pub(crate) async fn set(port: u16, clock: Arc<SetClock>) -> Result<Stand> {
        let folder = tempfile::tempdir()?;
        let mut settings: Settings = DEFAULTS.parse::<toml::Table>()?.try_into()?;
        settings.store.url = format!("sqlite:{}", folder.path().join("hub.sqlite").display());
        settings.sources.base_url_pattern = Some(format!("http://{{source}}.localhost:{port}"));
        settings.web.allow_private = true;
        settings.web.pace_factor = PACE_FACTOR;
        for source in adapters::catalog().iter() {
            let secrets = settings.secrets.entry(source.name().to_owned()).or_default();
            secrets.extend(source.secrets().iter().map(|name| (name.clone(), "bench-key".to_owned().into())));
        }
        let world = World::build(settings, clock, Arc::new(hub::web::SystemClock::new())).await?;
        let sources: Vec<Arc<Source>> = adapters::catalog().iter().cloned().collect();
        hub::worker::list_sources(&world, &sources).await?;
        let tx = world.store.write().await?;
        for source in &sources {
            tx.put_agreement(&store::source::Agreement {
                source: source_number(source.name()),
                scope: "full".to_owned(),
                document: "the benchmark's own portal".to_owned(),
                since: SINCE.to_owned(),
                until: None,
            })
            .await?;
        }
        tx.commit().await?;
        Ok(Stand { world, _folder: folder })
    }
}

/// A clock that stands at the hour of a day's run.
pub(crate) fn clock(day: NaiveDate) -> Arc<SetClock> {
    SetClock::at(seoul_instant(day, HOUR))
}

/// The runtime a hub runs on.
///
/// # Errors
/// When threads cannot be had.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no runtime")
}
