//! One run of one source, top to bottom: plan slices → ask → read → normalize → vet → resolve → keep, page by page;
//! then the certificate, and what follows from it.
//!
//! Every step that writes is one transaction whose first statement checks the lease, and which also moves the mark:
//! a run killed at any instant resumes from its last mark (R1, R2, R3).

mod close;
mod counts;
mod fetch;
pub(crate) mod intake;
pub(crate) mod judge;
pub(crate) mod keep;
pub(crate) mod plan;
pub(crate) mod settle;
mod standing;
mod sweep;

use std::sync::Arc;

use adapters::certificate::Certificate;
use adapters::profile::FieldProfile;
use adapters::{Adapter, Ask, Page, Slice, Source};
use serde::Serialize;
use store::StoreError;
use store::lease::Lease;
use store::run::{Run, Slice as SliceRow};

pub use counts::{Counts, imbalance};
use fetch::{Fetcher, Trouble};
pub(crate) use plan::policy;
pub use settle::Body;

use crate::world::World;

/// How a run is wanted.
#[derive(Clone, Default)]
pub struct RunOptions {
    /// Read the whole list even if what changed would be enough.
    pub full: bool,
    /// Who runs it: the lease's holder.
    pub holder: String,
    /// Ends the run early, resumable.
    pub cancel: tokio_util::sync::CancellationToken,
    /// Where a test stops a run; never set outside tests.
    pub pause: Option<Pause>,
}

/// Holds a run at a stage until its future ends.
pub type Pause = Arc<dyn Fn(Stage) -> futures_util::future::BoxFuture<'static, ()> + Send + std::marker::Sync>;

/// Where a run can be held for a moment by a test: the directed pauses that find what random kills do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A page was fetched and not yet written.
    Fetched,
    /// Everything is read, the closing transaction has not begun.
    BeforeClose,
}

/// What a run came to.
#[derive(Clone, Debug, Serialize)]
pub struct RunReport {
    /// Run id; 0 when there was none.
    pub run: i64,
    /// Source.
    pub source: String,
    /// Class of the source.
    pub class: String,
    /// complete, partial, guarded, failed, waiting, skipped or refused.
    pub state: String,
    /// Why it is not complete.
    pub error: Option<String>,
    /// What became of its rows.
    pub counts: Counts,
    /// What it proved.
    pub certificate: Option<Certificate>,
    /// Wall time, milliseconds.
    pub elapsed_ms: u64,
}

/// What stops a run from being run at all.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The store refused; the run resumes from its mark.
    #[error("{source_name}: the store failed")]
    Store {
        /// Source.
        source_name: String,
        /// What the store said.
        #[source]
        error: StoreError,
    },
}

/// One run while it goes on.
struct Running<'a> {
    world: &'a World,
    source: &'a Arc<Source>,
    number: i64,
    lease: Lease,
    run: Run,
    counts: Counts,
    /// Next page number of the run.
    pages: i64,
    fetcher: Fetcher,
    options: &'a RunOptions,
    /// Detail pages that may still be read.
    details_left: u64,
    /// Fill rates of fields over everything read.
    profile: FieldProfile,
    /// The agreement leaves personal data at the source: contacts are masked in the text and not kept.
    no_contact: bool,
    /// Whether the clock of this run fits the run before it: a wrong one closes nothing by date (R12).
    clock_fits: bool,
    /// Postings closed by what their rows say.
    ended: Vec<crate::lifecycle::stand::Closed>,
    /// Postings that were missing and are back: unconfirmed ones, and those closed as absent.
    missed: (u64, u64),
    /// Whether validators may be sent: not while details are still to be read from rows that a 304 would hide.
    conditional: bool,
}

/// How a run's reading ended.
enum End {
    /// All slices were read or given up.
    Read,
    /// It has to stop: the key is wrong, or a person stopped it.
    Stop(Trouble),
}

/// Syncs one source: begins a run, or resumes the one that was cut.
///
/// # Errors
/// When the store fails; a portal's failures are in the report.
pub async fn run(world: &World, source: &Arc<Source>, options: &RunOptions) -> Result<RunReport, RunError> {
    let started = std::time::Instant::now();
    let outcome = run_inner(world, source, options).await;
    let mut report = match outcome {
        Ok(report) => report,
        Err(StoreError::Fenced(name)) => plan::report_of(source, "skipped", Some(StoreError::Fenced(name).to_string())),
        Err(error) => return Err(RunError::Store { source_name: source.name().to_owned(), error }),
    };
    report.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    world.board.update(source.name(), |line| {
        line.state.clone_from(&report.state);
        line.counts = report.counts;
        line.elapsed_ms = report.elapsed_ms;
    });
    Ok(report)
}

async fn run_inner(world: &World, source: &Arc<Source>, options: &RunOptions) -> Result<RunReport, StoreError> {
    let mut sync = match plan::begin(world, source, options).await? {
        plan::Begun::Run(sync) => *sync,
        plan::Begun::Not(report) => return Ok(report),
    };
    let beat = heartbeat(world, &sync.lease);
    let ended = sync.read_slices().await;
    let report = match ended {
        Ok(End::Read) => {
            sync.pause(Stage::BeforeClose).await;
            close::close(&mut sync).await?
        }
        Ok(End::Stop(trouble)) => close::stop(&mut sync, trouble).await?,
        Err(error) => return Err(error),
    };
    if crate::terms::Terms::is_signal(&**source) {
        crate::linked::coherence::after_run(world, source.name(), &report).await?;
    }
    drop(beat);
    world.store.release(&sync.lease).await?;
    Ok(report)
}

/// Keeps a lease alive while its run waits for pages; the writes check it for themselves.
fn heartbeat(world: &World, lease: &Lease) -> tokio_util::task::AbortOnDropHandle<()> {
    let (store, lease, seconds) = (world.store.clone(), lease.clone(), world.settings.run.lease_seconds);
    tokio_util::task::AbortOnDropHandle::new(tokio::spawn(async move {
        let ttl_ms = i64::from(seconds) * 1000;
        loop {
            tokio::time::sleep(std::time::Duration::from_secs(u64::from(seconds) / 3)).await;
            if let Err(StoreError::Fenced(_)) = store.renew(&lease, ttl_ms).await {
                return;
            }
        }
    }))
}

impl Running<'_> {
    /// Reads every slice that is still to be read. A capped slice adds its parts to the list.
    async fn read_slices(&mut self) -> Result<End, StoreError> {
        let mut batch = keep::Batch::default();
        loop {
            let slices = self.world.store.slices(self.run.id).await?;
            let planned: Vec<SliceRow> = slices.into_iter().filter(|s| s.state == "planned").collect();
            if planned.is_empty() {
                return Ok(End::Read);
            }
            for row in planned {
                match self.read_slice(row, &mut batch).await? {
                    None | Some(Trouble::Slice { .. }) => {}
                    Some(stop) => return Ok(End::Stop(stop)),
                }
            }
            self.keep(&mut batch).await?;
        }
    }

    /// Reads one slice from its mark to its end; its last pages may stay in the batch, which then writes them with its end.
    async fn read_slice(&mut self, row: SliceRow, batch: &mut keep::Batch) -> Result<Option<Trouble>, StoreError> {
        let slice: Slice = from_json("slice", &row.name, &row.slice)?;
        let ask = match &row.ask {
            Some(text) => from_json::<Ask>("slice", &row.name, text)?,
            None => self.source.first(&slice, &plan::as_plan(&self.run, self.fetcher.lookup())),
        };
        batch.begin(row);
        let mut waiting = Some(self.fetcher.start(ask, self.conditional));
        while let Some(fetch) = waiting.take() {
            let got = fetch.wait().await;
            self.pause(Stage::Fetched).await;
            match got {
                Ok(got) => {
                    // the next page travels while this one is worked on
                    waiting = got.page.next.clone().map(|next| self.fetcher.start(next, self.conditional));
                    let taken = self.take_in(got).await?;
                    batch.push(taken, waiting.is_none());
                    if batch.is_full(&self.world.settings.run) {
                        self.keep(batch).await?;
                    }
                }
                Err(trouble) => {
                    self.keep(batch).await?;
                    return self.give_up(batch, trouble).await.map(Some);
                }
            }
        }
        Ok(None)
    }

    async fn pause(&self, stage: Stage) {
        if let Some(pause) = &self.options.pause {
            pause(stage).await;
        }
    }
}

/// A page that was asked for and understood.
struct Taken {
    ask: Ask,
    got: fetch::Answered,
    page: Page,
    drafts: Vec<intake::Draft>,
    details: Vec<intake::DetailPage>,
}

fn from_json<T: serde::de::DeserializeOwned>(table: &'static str, id: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt {
        table,
        id: id.to_owned(),
        what: error.to_string(),
    })
}

/// The stable number of a source: 31 bits of a hash of its name.
pub fn source_number(name: &str) -> i64 {
    i64::from(u32::try_from(xxhash_rust::xxh3::xxh3_64(name.as_bytes()) & 0x7fff_ffff).unwrap_or_default())
}

/// Decides anew which postings are one vacancy, for all of them: after new weights, or to see that nothing moves. What is
/// stored of their relations is what is weighed again. Gives the number of postings.
///
/// # Errors
/// When the store fails; what was written before stays.
pub async fn resolve_again(world: &World) -> Result<u64, StoreError> {
    /// Postings of one transaction.
    const BATCH: i64 = 500;
    let (mut after, mut count) = (i64::MIN, 0);
    loop {
        let postings = world.store.posting_ids_after(after, BATCH).await?;
        let Some(last) = postings.last() else { return Ok(count) };
        after = *last;
        count += postings.len() as u64;
        let tx = world.store.write().await?;
        let judge = settle::Judge::of(world, world.clock.now().timestamp_millis(), None);
        settle::resettle(&tx, &judge, &settle::Shift { postings, ..settle::Shift::default() }).await?;
        tx.commit().await?;
    }
}

/// The id of a posting: xxh3-64 of `source NUL external_id`.
pub fn posting_id(source: &str, external_id: &str) -> i64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    hasher.update(source.as_bytes());
    hasher.update(&[0]);
    hasher.update(external_id.as_bytes());
    hasher.digest().cast_signed()
}
