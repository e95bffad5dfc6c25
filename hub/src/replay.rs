//! The store read again under the present rules: stored pages through adapter, normalizer and vetting, one page in memory
//! at a time. Says what would change, field by field; written only when that is asked for, through the same door as a run.

mod changes;
mod write;

use std::sync::Arc;

use adapters::{Adapter, Answer, Ask, Detail, RawField, RawPosting, Row, Source};
use normalizer::vet::Facts;
use rustc_hash::FxHashMap;
use serde::Serialize;
use store::StoreError;
use store::lease::Lease;
use store::page::PageHead;

pub use changes::{Changes, FieldChange, Sample, VerdictChange};
use write::Batch;

use crate::pipeline::Body;
use crate::pipeline::judge::{Judged, Of, judge};
use crate::pipeline::{intake, posting_id, source_number};
use crate::terms::Terms as _;
use crate::verdicts::rejudge::facts_of;
use crate::world::{World, instant, seoul_day};

/// Postings that are replayed between two looks at the clock, and written together.
const BATCH: usize = 500;

/// What is to be replayed, and how.
#[derive(Clone, Default)]
pub struct ReplayOptions {
    /// One source; all of them where absent.
    pub source: Option<String>,
    /// Write what changed.
    pub apply: bool,
    /// Who writes: the leases' holder.
    pub holder: String,
    /// Examples kept per field.
    pub samples: usize,
}

/// Why postings could not be replayed, and how many.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct NotReplayed {
    /// The page they came from is not kept any more.
    pub page_gone: u64,
    /// The page is there and does not read any more.
    pub page_unreadable: u64,
    /// The page reads and has no such row.
    pub row_gone: u64,
    /// Their detail page is not kept any more, or does not read.
    pub detail_gone: u64,
    /// Their source is not in the catalog any more.
    pub source_unknown: u64,
    /// They changed while they were replayed, or their source was being synced.
    pub busy: u64,
}

impl NotReplayed {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.page_gone + self.page_unreadable + self.row_gone + self.detail_gone + self.source_unknown + self.busy
    }
}

/// What a replay came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReplayReport {
    /// Version of the present reading rules.
    pub rules: u32,
    /// Postings by the version of the rules they were read under.
    pub read_under: std::collections::BTreeMap<u32, u64>,
    /// Postings looked at.
    pub postings: u64,
    /// Said the same again.
    pub unchanged: u64,
    /// Said something else.
    pub changed: u64,
    /// Not replayed; they stay as they are.
    pub not_replayed: NotReplayed,
    /// What changed in which field.
    pub changes: Changes,
    /// Whether it was written.
    pub applied: bool,
    /// Postings written.
    pub written: u64,
}

/// Replays the store, or one source of it. `progress` is told how many postings of how many are done.
///
/// # Errors
/// When the store fails.
pub async fn replay(
    world: &World,
    options: &ReplayOptions,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<ReplayReport, StoreError> {
    let mut report =
        ReplayReport { rules: normalizer::RULES_VERSION, applied: options.apply, ..ReplayReport::default() };
    report.changes.samples_max = options.samples;
    let known = adapters::catalog();
    let numbers: Vec<i64> = match &options.source {
        Some(name) => vec![source_number(name)],
        None => {
            let mut list: Vec<i64> = world.store.posting_counts().await?.iter().map(|c| c.source).collect();
            list.dedup();
            list
        }
    };
    let mut work = Vec::new();
    let mut total = 0;
    for number in numbers {
        let resting = world.store.resting(number).await?;
        total += resting.len() as u64;
        let source = known.iter().find(|s| source_number(s.name()) == number && !s.is_signal()).cloned();
        work.push((number, source, resting));
    }
    for (number, source, resting) in work {
        let Some(source) = source else {
            report.postings += resting.len() as u64;
            report.not_replayed.source_unknown += resting.len() as u64;
            continue;
        };
        let mut one = OneSource::begin(world, options, &source, number, &mut report).await?;
        one.run(&resting, total, progress).await?;
        one.end().await?;
    }
    Ok(report)
}

/// The replay of one source.
struct OneSource<'a> {
    world: &'a World,
    options: &'a ReplayOptions,
    source: &'a Arc<Source>,
    number: i64,
    /// Held while it is written; absent where another process has it.
    lease: Option<Lease>,
    no_contact: bool,
    report: &'a mut ReplayReport,
    batch: Batch,
}

/// A page with what it says of the postings that rest on it.
struct Opened {
    head: PageHead,
    rows: FxHashMap<i64, RawPosting>,
}

/// A posting replayed.
enum Outcome {
    /// Read and judged again.
    Again(Box<Judged>, RawPosting),
    /// Could not be, and the counter that says why.
    Not(fn(&mut NotReplayed) -> &mut u64),
}

impl<'a> OneSource<'a> {
    async fn begin(
        world: &'a World,
        options: &'a ReplayOptions,
        source: &'a Arc<Source>,
        number: i64,
        report: &'a mut ReplayReport,
    ) -> Result<OneSource<'a>, StoreError> {
        let ttl = i64::from(world.settings.run.lease_seconds) * 1000;
        let lease = if options.apply {
            world.store.claim(&format!("source:{}", source.name()), &options.holder, ttl).await?
        } else {
            None
        };
        let no_contact = world.store.agreement(number).await?.is_some_and(|a| a.scope == "no_contact");
        Ok(OneSource { world, options, source, number, lease, no_contact, report, batch: Batch::default() })
    }

    /// Page by page, postings in batches.
    async fn run(
        &mut self,
        resting: &[(i64, i64)],
        total: u64,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<(), StoreError> {
        if self.options.apply && self.lease.is_none() {
            self.report.postings += resting.len() as u64;
            self.report.not_replayed.busy += resting.len() as u64;
            return Ok(());
        }
        for on_page in resting.chunk_by(|a, b| a.0 == b.0) {
            let page = on_page[0].0;
            let opened = self.open(page).await?;
            for ids in on_page.chunks(BATCH) {
                let ids: Vec<i64> = ids.iter().map(|(_, id)| *id).collect();
                self.replay_postings(&opened, &ids).await?;
                if self.batch.len() >= BATCH {
                    self.flush().await?;
                }
            }
            progress(self.report.postings, total);
        }
        self.flush().await
    }

    async fn end(mut self) -> Result<(), StoreError> {
        match self.lease.take() {
            Some(lease) => self.world.store.release(&lease).await,
            None => Ok(()),
        }
    }

    /// Reads a page again; the counter to raise where that cannot be done.
    async fn open(&self, page: i64) -> Result<Result<Opened, fn(&mut NotReplayed) -> &mut u64>, StoreError> {
        let Some(head) = self.world.store.page(page).await? else { return Ok(Err(|n| &mut n.page_gone)) };
        let Some(body) = self.world.store.page_body(page).await? else { return Ok(Err(|n| &mut n.page_gone)) };
        let read = ask_of(&head).and_then(|ask| self.source.read(&ask, &answer(&head, &body)).ok());
        let Some(read) = read else { return Ok(Err(|n| &mut n.page_unreadable)) };
        let mut rows = FxHashMap::default();
        for row in read.rows {
            if let Row::Posting(raw) = row
                && let Some(external_id) = raw.get(RawField::ExternalId)
            {
                // the first of a page's repeated rows is the one that counts, as in a run
                rows.entry(posting_id(self.source.name(), external_id)).or_insert(raw);
            }
        }
        Ok(Ok(Opened { head, rows }))
    }

    async fn replay_postings(
        &mut self,
        opened: &Result<Opened, fn(&mut NotReplayed) -> &mut u64>,
        ids: &[i64],
    ) -> Result<(), StoreError> {
        let postings = self.world.store.postings(ids).await?;
        let details: FxHashMap<i64, i64> = match opened {
            Ok(opened) => self.world.store.detail_pages(opened.head.run, ids).await?.into_iter().collect(),
            Err(_) => FxHashMap::default(),
        };
        let later: Vec<i64> = postings.iter().filter(|p| p.version > 1).map(|p| p.id).collect();
        let firsts = facts_of(self.world.store.first_bodies(&later).await?)?;
        for posting in postings {
            self.report.postings += 1;
            let body: Body = serde_json::from_str(&posting.body).map_err(|error| StoreError::Corrupt {
                table: "posting_body",
                id: posting.id.to_string(),
                what: error.to_string(),
            })?;
            *self.report.read_under.entry(body.posting.rules).or_default() += 1;
            let outcome = match opened {
                Ok(opened) => {
                    let facts = firsts.get(&posting.id).cloned().unwrap_or_default();
                    self.again(opened, &posting, details.get(&posting.id).copied(), &facts).await?
                }
                Err(why) => Outcome::Not(*why),
            };
            match outcome {
                Outcome::Not(why) => *why(&mut self.report.not_replayed) += 1,
                Outcome::Again(judged, raw) => self.note(posting, &body, *judged, &raw),
            }
        }
        Ok(())
    }

    /// Reads one posting again from its page and its detail page.
    async fn again(
        &self,
        opened: &Opened,
        posting: &store::posting::Posting,
        detail: Option<i64>,
        facts: &Facts,
    ) -> Result<Outcome, StoreError> {
        let Some(listed) = opened.rows.get(&posting.id) else { return Ok(Outcome::Not(|n| &mut n.row_gone)) };
        let mut raw = listed.clone();
        intake::strip_nul(&mut raw);
        if matches!(posting.detail.as_str(), "read" | "gone") {
            let Some(head) = (match detail {
                Some(page) => self.world.store.page(page).await?,
                None => None,
            }) else {
                return Ok(Outcome::Not(|n| &mut n.detail_gone));
            };
            let Some(body) = self.world.store.page_body(head.id).await? else {
                return Ok(Outcome::Not(|n| &mut n.detail_gone));
            };
            let read = ask_of(&head).map(|ask| self.source.read_detail(&ask, &answer(&head, &body), &mut raw));
            let state = match read {
                Some(Ok(Detail::Read)) => "read",
                Some(Ok(Detail::Closed)) => "gone",
                Some(Err(_)) | None => "",
            };
            if state != posting.detail {
                return Ok(Outcome::Not(|n| &mut n.detail_gone));
            }
        }
        let traits = self.world.traits.get(&self.number).cloned().unwrap_or_default();
        let of = Of {
            source: self.source.name(),
            traits: &traits,
            id: posting.id,
            external_id: &posting.external_id,
            detail: &posting.detail,
        };
        let judged = judge(&raw, &of, seoul_day(instant(opened.head.fetched_ms)), facts);
        Ok(Outcome::Again(Box::new(judged), listed.clone()))
    }

    /// Notes what is different, and keeps it to be written.
    fn note(&mut self, posting: store::posting::Posting, before: &Body, judged: Judged, raw: &RawPosting) {
        let verdict_before = normalizer::Verdict::of(&before.findings);
        let same = posting.body_hash == judged.body_hash
            && posting.profile == judged.profile.to_bytes()
            && verdict_before == judged.verdict;
        if same {
            self.report.unchanged += 1;
            if self.options.apply && posting.body != judged.body {
                self.batch.restate(posting.id, judged.body);
            }
            return;
        }
        self.report.changed += 1;
        self.report.changes.note(
            &format!("{}/{}", self.source.name(), posting.external_id),
            before,
            &judged.normalized,
            (verdict_before, judged.verdict),
        );
        if self.options.apply {
            let kept_verdict = verdict_before == judged.verdict;
            self.batch.push(posting, judged, raw.content_hash().cast_signed(), kept_verdict);
        }
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        let batch = std::mem::take(&mut self.batch);
        let Some(lease) = &self.lease else { return Ok(()) };
        let outcome = write::write(self.world, lease, self.no_contact, batch).await?;
        self.report.written += outcome.written;
        self.report.not_replayed.busy += outcome.busy;
        Ok(())
    }
}

fn ask_of(head: &PageHead) -> Option<Ask> {
    serde_json::from_str(&head.ask).ok()
}

fn answer<'a>(head: &'a PageHead, body: &'a [u8]) -> Answer<'a> {
    Answer {
        status: u16::try_from(head.status).unwrap_or_default(),
        content_type: head.content_type.as_deref(),
        link: head.link.as_deref(),
        body,
    }
}
