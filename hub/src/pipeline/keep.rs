//! The one transaction of a batch of pages: bodies, rows, rejects, postings, vacancies, events, ledger and the mark,
//! together or not at all.

use std::collections::{BTreeMap, BTreeSet};

use adapters::RawField;
use rustc_hash::{FxHashMap, FxHashSet};
use store::StoreError;
use store::page::{NewPage, Reject};
use store::posting::Known;
use store::run::Slice as SliceRow;
use store::signal::Signal;

use super::fetch::{Answered, BadPage, Trouble, address};
use super::intake::{DetailPage, Draft, ReadDraft};
use super::settle::{Fresh, Judge, settle};
use super::standing::Lives;
use super::{Counts, Running, Taken};
use crate::lifecycle::evidence::{Kind, New, Said};
use crate::lifecycle::{self, At, reason, state};
use crate::linked::batch::System;
use crate::review::doubt;
use crate::settings::RunSettings;
use crate::verdicts::rejudge::kept;

/// Pages of one run are numbered; the page's id is run × this + its number.
pub(super) const PAGES_PER_RUN: i64 = 1_000_000;

/// Pages that are written together, with the slices they move: small slices share a transaction.
#[derive(Default)]
pub(super) struct Batch {
    slices: Vec<SliceRow>,
    pages: Vec<(usize, Taken)>,
    rows: usize,
}

impl Batch {
    /// What is pushed from now on belongs to this slice.
    pub(super) fn begin(&mut self, row: SliceRow) {
        self.slices.push(row);
    }

    /// Adds a page of the current slice. With the slice's last page its end is written too: in a transaction of its own
    /// a cut would read the slice twice.
    pub(super) fn push(&mut self, page: Taken, last: bool) {
        let Some(row) = self.slices.last_mut() else { return };
        move_mark(row, &page);
        if last {
            row.state = if page.page.split.is_empty() { "read" } else { "split" }.to_owned();
            row.ask = None;
        }
        self.rows += page.drafts.len();
        self.pages.push((self.slices.len() - 1, page));
    }

    pub(super) fn is_full(&self, settings: &RunSettings) -> bool {
        self.rows >= settings.batch_rows || self.pages.len() >= settings.batch_pages
    }

    /// Empties it, but for the slice that is not at its end.
    fn take(&mut self) -> (Vec<SliceRow>, Vec<(usize, Taken)>) {
        self.rows = 0;
        let pages = std::mem::take(&mut self.pages);
        let slices = std::mem::take(&mut self.slices);
        self.slices.extend(slices.last().filter(|row| row.state == "planned").cloned());
        (slices, pages)
    }
}

/// What a batch writes besides postings.
#[derive(Default)]
struct Writing {
    pages: Vec<NewPage>,
    rejects: Vec<Reject>,
    signals: Vec<(Signal, bool)>,
    reads: Vec<(Box<ReadDraft>, i64)>,
    seen_unchanged: Vec<i64>,
    counts: Counts,
}

impl Running<'_> {
    /// Writes a batch and empties it.
    pub(super) async fn keep(&mut self, batch: &mut Batch) -> Result<(), StoreError> {
        if batch.pages.is_empty() {
            return Ok(());
        }
        let (slices, pages) = batch.take();
        let mut writing = Writing::default();
        let mut split = Vec::new();
        let mut in_batch: FxHashSet<i64> = FxHashSet::default();
        for (slice, taken) in pages {
            if !taken.page.split.is_empty() {
                split.extend(super::plan::slice_rows(&taken.page.split, slices[slice].position)?);
            }
            self.lay_out(taken, &slices[slice].name, &mut writing, &mut in_batch);
        }
        let tx = self.world.store.write().await?;
        tx.fence(&self.lease, i64::from(self.world.settings.run.lease_seconds) * 1000).await?;
        self.write(&tx, &mut writing).await?;
        if !split.is_empty() {
            tx.plan_slices(self.run.id, &split).await?;
        }
        for slice in &slices {
            tx.move_slice(slice).await?;
        }
        let mut counts = self.counts;
        counts.add(&writing.counts);
        let text = serde_json::to_string(&counts).unwrap_or_default();
        tx.move_run(self.run.id, self.pages, &text).await?;
        tx.add_ledger(self.run.id, &writing.counts.ledger()).await?;
        tx.commit().await?;
        self.counts = counts;
        let claimed: i64 = slices.iter().filter_map(|slice| slice.claimed).sum();
        self.world.board.update(self.source.name(), |line| {
            line.claimed = line.claimed.max(u64::try_from(claimed).unwrap_or(0)).max(counts.rows);
            line.counts = counts;
        });
        Ok(())
    }

    /// Keeps the page a slice broke at, and notes that the slice is not complete.
    pub(super) async fn give_up(&mut self, batch: &mut Batch, mut trouble: Trouble) -> Result<Trouble, StoreError> {
        let page = trouble.page();
        let Some(mut row) = batch.slices.pop() else { return Ok(trouble) };
        if matches!(trouble, Trouble::Slice { .. }) {
            row.state = "failed".to_owned();
            row.incomplete = Some(trouble.message().to_owned());
        }
        let tx = self.world.store.write().await?;
        tx.fence(&self.lease, i64::from(self.world.settings.run.lease_seconds) * 1000).await?;
        if let Some(bad) = page {
            let kept = self.bad_page(*bad, &row);
            tx.keep_pages(&[kept]).await?;
        }
        tx.move_slice(&row).await?;
        tx.move_run(self.run.id, self.pages, &serde_json::to_string(&self.counts).unwrap_or_default()).await?;
        tx.commit().await?;
        Ok(trouble)
    }

    fn bad_page(&mut self, bad: BadPage, slice: &SliceRow) -> NewPage {
        let BadPage { ask, answer, why } = bad;
        let mut page = self.new_page(&ask, answer, &slice.name, slice.pages);
        page.outcome = why;
        page
    }

    fn new_page(&mut self, ask: &adapters::Ask, answer: Answered, slice: &str, number: i64) -> NewPage {
        let id = self.run.id * PAGES_PER_RUN + self.pages;
        self.pages += 1;
        let (same_as, rows) = match &answer.same_as {
            Some((head, seen)) => (Some(head.same_as.unwrap_or(head.id)), seen.len() as i64),
            None => (None, 0),
        };
        NewPage {
            id,
            run: self.run.id,
            source: self.number,
            slice: slice.to_owned(),
            number,
            ask: serde_json::to_string(ask).unwrap_or_default(),
            address: address(ask),
            status: i64::from(answer.status),
            fetched_ms: answer.at.timestamp_millis(),
            content_type: answer.content_type,
            link: answer.link,
            etag: answer.validators.etag,
            last_modified: answer.validators.last_modified,
            hash: xxhash_rust::xxh3::xxh3_64(&answer.body).cast_signed(),
            same_as,
            body: answer.body,
            rows,
            outcome: "ok".to_owned(),
            ..NewPage::default()
        }
    }

    /// Turns a page and its drafts into rows to write.
    fn lay_out(&mut self, taken: Taken, slice: &str, writing: &mut Writing, in_batch: &mut FxHashSet<i64>) {
        let Taken { ask, got, page, drafts, details } = taken;
        let not_modified = got.same_as.is_some();
        let mut kept = self.new_page(&ask, got, slice, i64::from(ask.at.page));
        kept.claimed = page.total.and_then(|n| i64::try_from(n).ok());
        kept.next_ask = page.next.as_ref().and_then(|next| serde_json::to_string(next).ok());
        kept.rows = kept.rows.max(drafts.len() as i64);
        // a 304 repeats rows and the way on, and nothing else: a page that said more is asked for anew each time
        let rejects = drafts.iter().any(|draft| matches!(draft, Draft::Reject(_)));
        if rejects || page.skipped > 0 || page.incomplete.is_some() || !page.split.is_empty() {
            (kept.etag, kept.last_modified) = (None, None);
        }
        let counts = &mut writing.counts;
        counts.pages += 1;
        counts.not_modified += u64::from(not_modified);
        counts.bytes += kept.body.len() as u64;
        counts.rows += drafts.len() as u64;
        for draft in drafts {
            match draft {
                Draft::Unchanged { id } => {
                    kept.seen.push(id);
                    if in_batch.insert(id) {
                        writing.counts.unchanged += 1;
                        writing.seen_unchanged.push(id);
                    } else {
                        writing.counts.repeated += 1;
                    }
                }
                Draft::Read(read) => {
                    kept.seen.push(read.id);
                    if in_batch.insert(read.id) {
                        writing.reads.push((read, kept.id));
                    } else {
                        writing.counts.repeated += 1;
                    }
                }
                Draft::Reject(reject) => {
                    writing.counts.failed += 1;
                    writing.rejects.push(Reject {
                        page: kept.id,
                        position: i64::from(reject.position),
                        run: self.run.id,
                        field: reject.field.map(|f| f.name().to_owned()),
                        why: reject.why,
                        raw: reject.raw,
                    });
                }
                Draft::Signal { key, raw, hash } => {
                    let id = super::posting_id(self.source.name(), &key);
                    kept.seen.push(id);
                    let first = in_batch.insert(id);
                    writing.signals.push((self.signal(key, &raw, hash, kept.id), first));
                }
            }
        }
        writing.pages.push(kept);
        for DetailPage { of, ask, answer, outcome } in details {
            let mut page = self.new_page(&ask, answer, slice, i64::from(ask.at.page));
            page.detail_of = Some(of);
            page.outcome = outcome;
            writing.counts.details += 1;
            writing.counts.bytes += page.body.len() as u64;
            writing.pages.push(page);
        }
    }

    fn signal(&self, key: String, raw: &adapters::RawPosting, hash: i64, page: i64) -> Signal {
        let fields: serde_json::Map<String, serde_json::Value> =
            raw.iter().map(|(field, text)| (field.name().to_owned(), text.replace('\0', "\u{fffd}").into())).collect();
        let subject = raw.text(RawField::SubjectNumber).map(|text| text.chars().filter(char::is_ascii_digit).collect());
        Signal {
            source: self.number,
            key,
            subject,
            code: raw.text(RawField::SignalCode).map(str::to_owned),
            body: serde_json::Value::Object(fields).to_string(),
            hash,
            page,
            changed_ms: self.run.as_of_ms,
        }
    }

    async fn write(&mut self, tx: &store::Tx, writing: &mut Writing) -> Result<(), StoreError> {
        tx.keep_pages(&writing.pages).await?;
        tx.keep_rejects(&writing.rejects).await?;
        self.write_signals(tx, writing).await?;
        let ids: Vec<i64> =
            writing.reads.iter().map(|(r, _)| r.id).chain(writing.seen_unchanged.iter().copied()).collect();
        let known: FxHashMap<i64, Known> = tx.known(&ids).await?.into_iter().map(|k| (k.id, k)).collect();
        let mut touched = self.reopen(tx, writing, &known).await?;
        let judge = Judge::of(self.world, self.run.as_of_ms, Some(self.run.id));
        let mut lives =
            Lives::load(tx, &judge, self.number, self.clock_fits, &known, writing.reads.iter().map(|(r, _)| r.id))
                .await?;
        let (mut fresh, rehash) = self.rows(writing, &known, &mut touched, &mut lives);
        tx.rehash_postings(&rehash).await?;
        self.ended.extend(lives.write(tx).await?);
        settle(tx, &judge, &mut fresh, touched).await?;
        self.write_beside(tx, &fresh, writing).await?;
        for item in &fresh {
            let counts = &mut writing.counts;
            counts.new += u64::from(item.new);
            counts.changed += u64::from(!item.new);
            // a vacancy bears the id of the posting that founded it
            match item.row.verdict.as_str() {
                "publish" if item.row.vacancy == item.row.id => counts.published += 1,
                "publish" => counts.merged += 1,
                "hold" => counts.held += 1,
                _ => counts.rejected += 1,
            }
        }
        Ok(())
    }

    /// Postings that are listed again, word for word as before: those that were missing are open again, and so are those
    /// that a clock which ran ahead had closed before their last day.
    async fn reopen(
        &mut self,
        tx: &store::Tx,
        writing: &mut Writing,
        known: &FxHashMap<i64, Known>,
    ) -> Result<BTreeSet<i64>, StoreError> {
        let today = crate::world::seoul_day(crate::world::instant(self.run.as_of_ms)).to_string();
        let back: Vec<&Known> = writing
            .seen_unchanged
            .iter()
            .filter_map(|id| known.get(id))
            .filter(|k| k.state != state::OPEN)
            .filter(|k| match k.reason.as_deref() {
                // a clock that runs ahead would close by its date what is back
                Some(reason::ABSENT | reason::STALE) => self.clock_fits,
                Some(reason::DEADLINE) => k.valid_through.as_ref().is_some_and(|last| *last >= today),
                // its page said so while the list did not have it
                Some(reason::PROBE) => self.clock_fits && k.absences > 0,
                _ => false,
            })
            .collect();
        let listed = |k: &&Known| New::posting(k.id, Kind::Listed, Said::Open, self.run.as_of_ms);
        let news: Vec<New> = back.iter().map(listed).map(|new| New { source: Some(self.number), ..new }).collect();
        self.missed.0 += back.iter().filter(|k| k.state == state::UNCONFIRMED).count() as u64;
        self.missed.1 +=
            back.iter().filter(|k| k.state == state::CLOSED && k.reason.as_deref() == Some(reason::ABSENT)).count()
                as u64;
        if news.is_empty() {
            return Ok(BTreeSet::new());
        }
        let at = At { as_of_ms: self.run.as_of_ms, run: Some(self.run.id) };
        let changes = lifecycle::record(tx, &self.world.lifecycle.rules(), at, &news).await?;
        writing.counts.reopened += changes.reopened;
        Ok(changes.touched)
    }

    /// Rows of postings to write; those whose canonical form did not change only get their new raw hash.
    fn rows(
        &self,
        writing: &mut Writing,
        known: &FxHashMap<i64, Known>,
        touched: &mut BTreeSet<i64>,
        lives: &mut Lives<'_>,
    ) -> (Vec<Fresh>, Vec<(i64, i64)>) {
        let as_of = self.run.as_of_ms;
        let (mut fresh, mut rehash) = (Vec::with_capacity(writing.reads.len()), Vec::new());
        for (read, page) in &mut writing.reads {
            let before = known.get(&read.id).filter(|k| k.source == self.number && k.external_id == read.external_id);
            if let Some(k) = before
                && k.body_hash == read.body_hash
                && k.detail == read.detail
                && k.absences == 0
                && lives.says_nothing_new(k, read.keep.closed)
            {
                writing.counts.unchanged += 1;
                rehash.push((read.id, read.content_hash));
                continue;
            }
            let life = lives.judge(read.id, before, &read.keep, &read.normalized.posting);
            if let Some(k) = before {
                touched.insert(k.vacancy);
                writing.counts.reopened += u64::from(k.state != state::OPEN && life.state == state::OPEN);
                writing.counts.closed += u64::from(k.state != state::CLOSED && life.state == state::CLOSED);
            }
            let closed = (life.state == state::CLOSED).then_some(());
            fresh.push(Fresh {
                profile: read.profile.clone(),
                posting: std::mem::take(&mut read.normalized.posting),
                new: before.is_none(),
                row: store::posting::Posting {
                    id: read.id,
                    source: self.number,
                    external_id: read.external_id.clone(),
                    content_hash: read.content_hash,
                    body: std::mem::take(&mut read.body),
                    body_hash: read.body_hash,
                    business_number: read.business_number.take(),
                    profile: read.profile.to_bytes(),
                    vacancy: before.map_or(read.id, |k| k.vacancy),
                    state: life.state.to_owned(),
                    reason: life.reason.map(str::to_owned),
                    verdict: read.verdict.name().to_owned(),
                    detail: read.detail.to_owned(),
                    valid_through: read.keep.valid_through.clone(),
                    absences: 0,
                    version: before.map_or(1, |k| k.version + 1),
                    page: *page,
                    position: i64::from(read.position),
                    first_seen_ms: before.map_or(as_of, |k| k.first_seen_ms),
                    changed_ms: as_of,
                    closed_ms: closed.map(|()| as_of),
                    close_kind: read.keep.close_kind.map(str::to_owned),
                },
            });
        }
        (fresh, rehash)
    }

    /// Findings that ask for a person, and contacts.
    async fn write_beside(&self, tx: &store::Tx, fresh: &[Fresh], writing: &Writing) -> Result<(), StoreError> {
        let written: FxHashSet<i64> = fresh.iter().map(|f| f.row.id).collect();
        let changed: Vec<i64> = fresh.iter().filter(|f| !f.new).map(|f| f.row.id).collect();
        let (mut findings, mut contacts, mut doubts) = (Vec::new(), Vec::new(), Vec::new());
        let judge = Judge::of(self.world, self.run.as_of_ms, Some(self.run.id));
        let records: FxHashMap<i64, &normalizer::Posting> = fresh.iter().map(|f| (f.row.id, &f.posting)).collect();
        let mut reasons: BTreeMap<(String, String), i64> = BTreeMap::new();
        for (read, _) in writing.reads.iter().filter(|(read, _)| written.contains(&read.id)) {
            if let Some(record) = records.get(&read.id).filter(|_| read.keep.closed.is_none()) {
                doubts.extend(doubt::suspicious(&judge, read.id, self.number, record, &read.normalized.findings));
            }
            let strong = kept(read.id, &read.normalized.findings);
            let mut spoke: Vec<(&str, &str)> = strong.iter().map(|f| (f.rule.as_str(), f.effect.as_str())).collect();
            spoke.sort_unstable();
            spoke.dedup();
            for (rule, effect) in spoke {
                *reasons.entry((rule.to_owned(), effect.to_owned())).or_default() += 1;
            }
            findings.extend(strong);
            if !self.no_contact && !read.normalized.contact.is_empty() {
                let text = serde_json::to_string(&read.normalized.contact).unwrap_or_default();
                contacts.push((read.id, text));
            }
        }
        doubt::ask_capped(tx, &judge, doubts).await?;
        let reasons: Vec<_> = reasons.into_iter().map(|((rule, effect), n)| (rule, effect, n)).collect();
        tx.add_reasons(self.run.id, &reasons).await?;
        tx.put_beside(&changed, &findings, &contacts).await
    }

    async fn write_signals(&self, tx: &store::Tx, writing: &mut Writing) -> Result<(), StoreError> {
        if writing.signals.is_empty() {
            return Ok(());
        }
        if !System::of_source(self.source.name()).is_empty() {
            // batches are taken whole from their page, once the run is over; a row alone says nothing
            let (first, again): (Vec<_>, Vec<_>) = writing.signals.drain(..).partition(|(_, first)| *first);
            writing.counts.signals += first.len() as u64;
            writing.counts.repeated += again.len() as u64;
            return Ok(());
        }
        let keys: Vec<String> = writing.signals.iter().map(|(s, _)| s.key.clone()).collect();
        let known: FxHashMap<String, i64> = tx.signal_hashes(self.number, &keys).await?.into_iter().collect();
        let mut put = Vec::new();
        for (signal, first) in writing.signals.drain(..) {
            if !first {
                writing.counts.repeated += 1;
            } else if known.get(&signal.key) == Some(&signal.hash) {
                writing.counts.unchanged += 1;
            } else {
                writing.counts.signals += 1;
                put.push(signal);
            }
        }
        tx.put_signals(&put).await
    }
}

/// Moves a slice's mark past a page.
fn move_mark(row: &mut SliceRow, taken: &Taken) {
    row.pages += 1;
    row.received += match &taken.got.same_as {
        Some((_, seen)) => seen.len() as i64,
        None => taken.drafts.len() as i64,
    };
    row.rejects += taken.drafts.iter().filter(|draft| matches!(draft, Draft::Reject(_))).count() as i64;
    row.skipped += i64::from(taken.page.skipped);
    // the last page's claim counts: a total that moved while it was read is the newer one
    row.claimed = taken.page.total.and_then(|n| i64::try_from(n).ok()).or(row.claimed);
    row.ask = taken.page.next.as_ref().and_then(|next| serde_json::to_string(next).ok());
    if let Some(why) = &taken.page.incomplete {
        row.incomplete = Some(why.clone());
    }
}
