//! The fleet in front: options, start and stop, the passing of days, quirks at run time, truth, and what was asked of whom.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use chrono::{NaiveDate, NaiveDateTime};
use rustc_hash::FxHashMap;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::quirk::{Quirk, QuirkMix, Worn};
use crate::recorded::{self, Recorded, RecordedReport};
use crate::shelf::{Arrangement, Shelf};
use crate::world::World;
use crate::{Dialect, Portal, server, truth};

/// Ads written out at once (about 3.5 kB an ad): above it the shelves that nobody uses now are let go.
const SHELVED_ADS_SOFT: usize = 90_000;
/// Above this the shelf that was used longest ago goes even if it is still in use.
const SHELVED_ADS_MAX: usize = 180_000;
/// A shelf asked for within this time is in use: letting it go would mean writing it out again for the next page.
const IN_USE: Duration = Duration::from_secs(3);

/// Which world, and how it is served.
#[derive(Clone, Debug)]
pub struct FleetOptions {
    pub seed: u64,
    /// 1.0 is about 150,000 listed postings over all portals.
    pub scale: f64,
    /// Days after `start`.
    pub day: u32,
    /// Day 0, in Seoul.
    pub start: NaiveDate,
    /// Folder of recorded real rows to serve instead of invented ones where there are any.
    pub recorded: Option<PathBuf>,
    /// 0 = any free port.
    pub port: u16,
    /// Only these portals, by name.
    pub portals: Option<Vec<String>>,
    pub quirks: QuirkMix,
}

impl Default for FleetOptions {
    fn default() -> FleetOptions {
        FleetOptions {
            seed: 1,
            scale: 0.01,
            day: 0,
            start: NaiveDate::from_ymd_opt(2026, 11, 2).unwrap_or_default(),
            recorded: None,
            port: 0,
            portals: None,
            quirks: QuirkMix::None,
        }
    }
}

/// What a portal has been asked so far.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// All requests, robots.txt included.
    pub requests: u64,
    pub robots: u64,
    /// When the last ones came, oldest first; at most [`TIMES_KEPT`].
    pub times: Vec<Instant>,
    /// Most requests that were being answered at the same time.
    pub at_once: u64,
}

/// Request times kept per portal.
pub const TIMES_KEPT: usize = 4_096;

/// One portal at run time.
pub(crate) struct Booth {
    pub(crate) host: String,
    pub(crate) requests: AtomicU64,
    pub(crate) robots: AtomicU64,
    pub(crate) running: AtomicU64,
    pub(crate) at_once: AtomicU64,
    pub(crate) times: Mutex<Vec<Instant>>,
    pub(crate) worn: RwLock<Vec<Arc<Worn>>>,
}

/// Portal, day, arrangement.
type ShelfKey = (usize, i32, Arrangement);
type ShelfCell = std::sync::OnceLock<Arc<Shelf>>;

#[derive(Default)]
pub(crate) struct Shelves {
    /// Each shelf, written out by whoever needs it first, and when it was last used.
    held: FxHashMap<ShelfKey, (Arc<ShelfCell>, Instant)>,
}

/// State shared by the connections.
pub(crate) struct Inner {
    pub(crate) world: RwLock<Arc<World>>,
    pub(crate) portals: Arc<Vec<Portal>>,
    pub(crate) dialects: FxHashMap<&'static str, Box<dyn Dialect>>,
    pub(crate) booths: Vec<Booth>,
    pub(crate) by_host: FxHashMap<String, usize>,
    pub(crate) shelves: Mutex<Shelves>,
    pub(crate) cache: Mutex<server::Cache>,
    pub(crate) recorded: Recorded,
    pub(crate) port: u16,
    pub(crate) seed: u64,
}

/// A lock that a panicking test must not take down for the others.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// A running fleet; stops when dropped.
pub struct Fleet {
    pub(crate) inner: Arc<Inner>,
    task: JoinHandle<()>,
}

impl Fleet {
    /// Creates the world and serves every portal on one loopback port, each under its own host name.
    ///
    /// # Errors
    /// When the port cannot be bound, or a portal is asked for that the catalog does not have.
    pub async fn start(options: FleetOptions) -> io::Result<Fleet> {
        let mut portals = crate::government::portals();
        portals.extend(crate::market::portals());
        let mut dialects = crate::government::dialects();
        dialects.extend(crate::market::dialects());
        Fleet::start_with(options, portals, dialects).await
    }

    /// As [`Fleet::start`], with a catalog of one's own.
    ///
    /// # Errors
    /// As for [`Fleet::start`].
    pub async fn start_with(
        options: FleetOptions,
        portals: Vec<Portal>,
        dialects: Vec<Box<dyn Dialect>>,
    ) -> io::Result<Fleet> {
        // The world is always that of the whole catalog: a subset shows the same ads as it would among all.
        let served: Option<Vec<&str>> = options.portals.as_ref().map(|p| p.iter().map(String::as_str).collect());
        if let Some(unknown) = served.iter().flatten().find(|name| !portals.iter().any(|p| p.name == **name)) {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("no portal is called {unknown}")));
        }
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port))).await?;
        let port = listener.local_addr()?.port();
        let (seed, scale, start, day, folder) =
            (options.seed, options.scale, options.start, options.day, options.recorded);
        let build = move || -> io::Result<(World, Recorded)> {
            let recorded = folder.map(|f| recorded::read(&f, &portals, start)).transpose()?.unwrap_or_default();
            Ok((World::new(seed, scale, start, day, portals), recorded))
        };
        let (world, recorded) = tokio::task::spawn_blocking(build).await.map_err(io::Error::other)??;
        let portals = world.portals.clone();
        let booths: Vec<Booth> = portals.iter().map(|p| Booth::new(p, port)).collect();
        let by_host =
            portals.iter().enumerate().filter(|(_, p)| served.as_ref().is_none_or(|s| s.contains(&p.name.as_str())));
        let by_host = by_host.map(|(i, p)| (host_name(&p.name), i)).collect();
        let inner = Arc::new(Inner {
            world: RwLock::new(Arc::new(world)),
            dialects: dialects.into_iter().map(|d| (d.name(), d)).collect(),
            booths,
            by_host,
            shelves: Mutex::default(),
            cache: Mutex::default(),
            recorded,
            port,
            seed,
            portals,
        });
        for (portal, quirk) in options.quirks.choose(&inner.portals, seed) {
            inner.wear(portal, Some(quirk), false);
        }
        let task = tokio::spawn(server::serve(listener, inner.clone()));
        Ok(Fleet { inner, task })
    }

    pub fn port(&self) -> u16 {
        self.inner.port
    }

    /// Base address of a portal, without a trailing slash: `http://saramin.localhost:4100`.
    pub fn base(&self, portal: &str) -> String {
        format!("http://{}.localhost:{}", host_name(portal), self.inner.port)
    }

    /// All portals of the catalog.
    pub fn portals(&self) -> &[Portal] {
        &self.inner.portals
    }

    /// Lets days pass.
    pub fn advance(&self, days: u32) {
        let mut world = write(&self.inner.world);
        let next = Arc::make_mut(&mut world);
        for _ in 0..days {
            next.step();
        }
        drop(world);
        lock(&self.inner.shelves).held.clear();
        lock(&self.inner.cache).clear();
    }

    pub fn day(&self) -> u32 {
        read(&self.inner.world).day.unsigned_abs()
    }

    pub fn today(&self) -> NaiveDate {
        self.now().date()
    }

    /// The portals' clock: nine in the morning, Seoul.
    pub fn now(&self) -> NaiveDateTime {
        read(&self.inner.world).now()
    }

    /// Gives a portal a quirk in place of all it has, or takes all away. Unknown names are ignored.
    pub fn set_quirk(&self, portal: &str, quirk: Option<Quirk>) {
        self.inner.wear(portal, quirk, false);
    }

    /// Gives a portal one more quirk.
    pub fn add_quirk(&self, portal: &str, quirk: Quirk) {
        self.inner.wear(portal, Some(quirk), true);
    }

    /// The quirks now in force, by portal.
    pub fn quirks(&self) -> BTreeMap<String, Vec<Quirk>> {
        let all = self.inner.portals.iter().zip(&self.inner.booths);
        all.map(|(p, b)| (p.name.clone(), read(&b.worn).iter().map(|w| w.quirk.clone()).collect::<Vec<_>>()))
            .filter(|(_, quirks)| !quirks.is_empty())
            .collect()
    }

    /// What really is, line by line (JSON): postings that are served, then vacancies.
    pub fn truth(&self) -> impl Iterator<Item = String> {
        let inner = self.inner.clone();
        let world = read(&self.inner.world).clone();
        truth::lines(world, inner).map(|line| line.to_string())
    }

    /// Writes [`Fleet::truth`] as JSON Lines.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_truth(&self, out: &mut dyn Write) -> io::Result<()> {
        for line in self.truth() {
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// What became of the recorded rows; empty when none were asked for.
    pub fn recorded(&self) -> &RecordedReport {
        &self.inner.recorded.report
    }

    /// Ads a portal lists today.
    pub fn listed(&self, portal: &str) -> usize {
        let Some(i) = self.inner.portals.iter().position(|p| p.name == portal) else { return 0 };
        if let Some(ads) = self.inner.recorded.ads.get(&i) {
            return ads.len();
        }
        let world = read(&self.inner.world).clone();
        world.by_portal[i].iter().filter(|i| world.posts[**i as usize].listed(world.day)).count()
    }

    /// Requests a portal has answered or refused.
    pub fn requests(&self, portal: &str) -> u64 {
        self.seen(portal).requests
    }

    /// What a portal was asked and when; zero for an unknown portal.
    pub fn seen(&self, portal: &str) -> Seen {
        let booth = self.inner.portals.iter().position(|p| p.name == portal).map(|i| &self.inner.booths[i]);
        booth.map_or_else(Seen::default, |b| Seen {
            requests: b.requests.load(Ordering::Relaxed),
            robots: b.robots.load(Ordering::Relaxed),
            times: lock(&b.times).clone(),
            at_once: b.at_once.load(Ordering::Relaxed),
        })
    }

    /// Stops serving; open connections end.
    pub async fn stop(mut self) {
        self.task.abort();
        // Aborted on purpose: the outcome says nothing.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Booth {
    fn new(portal: &Portal, port: u16) -> Booth {
        Booth {
            host: format!("{}.localhost:{port}", host_name(&portal.name)),
            requests: AtomicU64::new(0),
            robots: AtomicU64::new(0),
            running: AtomicU64::new(0),
            at_once: AtomicU64::new(0),
            times: Mutex::default(),
            worn: RwLock::default(),
        }
    }
}

/// First label of a portal's host: underscores are not allowed in host names.
fn host_name(portal: &str) -> String {
    portal.to_lowercase().replace('_', "-")
}

impl Inner {
    fn wear(&self, portal: &str, quirk: Option<Quirk>, more: bool) {
        let Some(i) = self.portals.iter().position(|p| p.name == portal) else { return };
        let mut worn = write(&self.booths[i].worn);
        if !more {
            worn.clear();
        }
        worn.extend(quirk.map(|q| Arc::new(Worn::new(q))));
    }

    /// Is the shelf there already?
    pub(crate) fn has_shelf(&self, world: &World, portal: usize, arrangement: Arrangement) -> bool {
        lock(&self.shelves).held.get(&(portal, world.day, arrangement)).is_some_and(|(cell, _)| cell.get().is_some())
    }

    /// The shelf of a portal today, written out on first use.
    pub(crate) fn shelf(&self, world: &Arc<World>, portal: usize, arrangement: Arrangement) -> Arc<Shelf> {
        let key = (portal, world.day, arrangement);
        let cell = {
            let now = Instant::now();
            let mut shelves = lock(&self.shelves);
            let entry = shelves.held.entry(key).or_insert_with(|| (Arc::default(), now));
            entry.1 = now;
            entry.0.clone()
        };
        if let Some(shelf) = cell.get() {
            return shelf.clone();
        }
        let shelf = cell.get_or_init(|| Arc::new(self.write_out(world, portal, arrangement))).clone();
        lock(&self.shelves).trim(key);
        shelf
    }
}

impl Inner {
    fn write_out(&self, world: &Arc<World>, portal: usize, arrangement: Arrangement) -> Shelf {
        match self.recorded.ads.get(&portal) {
            Some(ads) => Shelf::ready(ads, arrangement),
            None => Shelf::of(world, portal, arrangement),
        }
    }
}

impl Shelves {
    fn trim(&mut self, keep: ShelfKey) {
        let size = |cell: &ShelfCell| cell.get().map_or(0, |s| s.ads.len());
        let mut total: usize = self.held.values().map(|(c, _)| size(c)).sum();
        while total > SHELVED_ADS_SOFT {
            let others = self.held.iter().filter(|(k, (c, _))| **k != keep && size(c) > 0);
            let Some((key, used)) = others.map(|(k, (_, used))| (*k, *used)).min_by_key(|(_, used)| *used) else {
                break;
            };
            if total <= SHELVED_ADS_MAX && used.elapsed() < IN_USE {
                break;
            }
            total -= self.held.remove(&key).map_or(0, |(c, _)| size(&c));
        }
    }
}

#[cfg(test)]
mod tests;
