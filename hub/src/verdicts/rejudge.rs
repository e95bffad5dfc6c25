//! Judging the whole store again under the law of a day: what would change, and, if asked to, making it so.
//! Memory is bounded by a batch; an applied re-judging that was cut goes on where it stopped, and twice is once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use normalizer::vet::Facts;
use normalizer::{Effect, Finding, Verdict};
use serde::Serialize;
use store::posting::Posting as PostingRow;
use store::verdict::{Change, Judged, Rejudge};
use store::{StoreError, Tx};

use super::{effect_name, first_terms, judged_anew, parse, rules_of, same_findings};
use crate::pipeline::settle::{Judge, hash_body, settle};
use crate::view::{PostingId, source_name};
use crate::world::World;

/// Postings judged at a time, and most changed in one transaction.
const BATCH: i64 = 500;
/// Changed postings shown for each transition of verdicts.
const SAMPLES: usize = 5;
/// Batches without a change after which the mark moves all the same.
const IDLE_BATCHES_MAX: u32 = 40;

/// What is to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Day whose law is applied.
    pub law_of: NaiveDate,
    /// Only this source's postings, by its number.
    pub source: Option<i64>,
    /// Write what changes; otherwise only say it.
    pub apply: bool,
}

/// What re-judging came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Day whose law was applied.
    pub law_of: Option<NaiveDate>,
    /// Whether anything was written.
    pub applied: bool,
    /// Postings judged.
    pub judged: u64,
    /// Of these, already done by an earlier, cut re-judging of the same kind.
    pub judged_before: u64,
    /// Postings whose findings change.
    pub changed: u64,
    /// Verdicts before and after, with all postings of each pair.
    pub transitions: Vec<Transition>,
    /// What changes rule by rule.
    pub rules: Vec<RuleChange>,
    /// What changes source by source, most changed first.
    pub sources: Vec<SourceChange>,
    /// Some of the changed postings.
    pub samples: Vec<Sample>,
}

/// Postings that go from one verdict to another (or stay).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// Verdict stored.
    pub was: String,
    /// Verdict under the law of the day.
    pub now: String,
    /// Postings.
    pub postings: u64,
    /// Of these, not closed.
    pub open: u64,
}

/// What a rule finds that it did not, and the other way round; a posting counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    /// Rule id.
    pub rule: String,
    /// Strongest effect of what is new.
    pub effect: String,
    /// Postings it speaks against now and did not before.
    pub gained: u64,
    /// Postings it no longer speaks against.
    pub lost: u64,
    /// Postings it speaks against in other words or with another effect.
    pub altered: u64,
}

/// What changes in a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceChange {
    /// Source.
    pub source: String,
    /// Its postings judged.
    pub judged: u64,
    /// Those whose findings change.
    pub changed: u64,
    /// Shown before, not any more.
    pub withdrawn: u64,
    /// Not shown before, shown now.
    pub released: u64,
}

/// A posting that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// Posting.
    pub posting: PostingId,
    /// Its source.
    pub source: String,
    /// Verdict before.
    pub was: String,
    /// Verdict after.
    pub now: String,
    /// Rule that makes the difference.
    pub rule: String,
    /// The words it rests on, personal data masked.
    pub span: String,
}

/// Sums while the store is gone through.
#[derive(Default)]
struct Sums {
    judged: u64,
    changed: u64,
    transitions: BTreeMap<(String, String), (u64, u64)>,
    rules: BTreeMap<String, (Option<Effect>, RuleChange)>,
    sources: BTreeMap<i64, SourceChange>,
    samples: Vec<Sample>,
}

/// Judges postings anew, all or one source's. `progress` is told how many more were judged.
///
/// # Errors
/// When the store fails or a body is damaged; what was applied before stays, and the next call goes on from there.
pub async fn rejudge(world: &World, options: Options, progress: impl Fn(u64)) -> Result<Report, StoreError> {
    let mut sums = Sums::default();
    let mut mark = if options.apply { Some(begin(world, options).await?) } else { None };
    let judged_before = mark.as_ref().map_or(0, |mark| mark.judged.unsigned_abs());
    let mut after = mark.as_ref().map_or(i64::MIN, |mark| mark.after);
    let mut idle = 0;
    loop {
        let rows = match options.source {
            Some(source) => world.store.postings_of_source_after(source, after, BATCH).await?,
            None => world.store.postings_after(after, BATCH).await?,
        };
        let Some(last) = rows.last() else { break };
        after = last.id;
        let changed = judge_batch(world, &rows, options.law_of, &mut sums).await?;
        if let Some(mark) = &mut mark {
            mark.after = after;
            mark.judged += rows.len() as i64;
            idle += 1;
            if !changed.is_empty() || idle >= IDLE_BATCHES_MAX {
                idle = 0;
                apply(world, options.law_of, &changed, mark).await?;
            }
        }
        progress(rows.len() as u64);
    }
    if let Some(mut mark) = mark {
        mark.ended_ms = Some(world.clock.now().timestamp_millis());
        let tx = world.store.write().await?;
        tx.move_rejudge(&mark).await?;
        tx.commit().await?;
    }
    Ok(sums.report(world, options, judged_before))
}

async fn begin(world: &World, options: Options) -> Result<Rejudge, StoreError> {
    let tx = world.store.write().await?;
    let at_ms = world.clock.now().timestamp_millis();
    let mark = tx.begin_rejudge(&options.law_of.to_string(), options.source, at_ms).await?;
    tx.commit().await?;
    Ok(mark)
}

/// Judges a batch; gives the ids of the postings whose findings change.
async fn judge_batch(
    world: &World,
    rows: &[PostingRow],
    law_of: NaiveDate,
    sums: &mut Sums,
) -> Result<Vec<i64>, StoreError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let reachable: BTreeSet<i64> = world.store.reachable(&ids).await?.into_iter().collect();
    let later: Vec<i64> = rows.iter().filter(|row| row.version > 1).map(|row| row.id).collect();
    let firsts = facts_of(if later.is_empty() { Vec::new() } else { world.store.first_bodies(&later).await? })?;
    let mut changed = Vec::new();
    for row in rows {
        let mut body = parse(row.id, &row.body)?;
        let facts = firsts.get(&row.id).cloned().unwrap_or_default();
        let found = judged_anew(&mut body, reachable.contains(&row.id), law_of, &facts);
        if sums.add(world, row, &body.findings, &found) {
            changed.push(row.id);
        }
    }
    Ok(changed)
}

/// What the first versions say, by posting.
pub(crate) fn facts_of(firsts: Vec<(i64, String)>) -> Result<BTreeMap<i64, Facts>, StoreError> {
    firsts.into_iter().map(|(id, text)| Ok((id, first_terms(id, &text)?))).collect()
}

/// Writes what changes of some postings, and what follows for their vacancies, in one transaction. The postings are read
/// and judged again in it: a run may have changed them meanwhile.
async fn apply(world: &World, law_of: NaiveDate, ids: &[i64], mark: &mut Rejudge) -> Result<(), StoreError> {
    let as_of_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let rows = if ids.is_empty() { Vec::new() } else { tx.whole(ids).await? };
    let reachable: BTreeSet<i64> =
        if ids.is_empty() { BTreeSet::new() } else { tx.reachable(ids).await?.into_iter().collect() };
    let firsts = facts_of(if ids.is_empty() { Vec::new() } else { tx.first_bodies(ids).await? })?;
    let (mut judged, mut findings, mut changes, mut touched) = (Vec::new(), Vec::new(), Vec::new(), BTreeSet::new());
    for row in &rows {
        let mut body = parse(row.id, &row.body)?;
        let facts = firsts.get(&row.id).filter(|_| row.version > 1).cloned().unwrap_or_default();
        let found = judged_anew(&mut body, reachable.contains(&row.id), law_of, &facts);
        if same_findings(&found, &body.findings) {
            continue;
        }
        let verdict = Verdict::of(&found).name().to_owned();
        changes.push(Change {
            posting: row.id,
            rejudge: mark.id,
            known_ms: as_of_ms,
            law_of: law_of.to_string(),
            was: row.verdict.clone(),
            now: verdict.clone(),
            rules_was: rules_of(&body.findings).join(" "),
            rules_now: rules_of(&found).join(" "),
        });
        findings.extend(kept(row.id, &found));
        body.findings = found;
        let body_hash = hash_body(&mut body);
        let text = serde_json::to_string(&body).unwrap_or_default();
        judged.push(Judged { id: row.id, body: text, body_hash, verdict });
        touched.insert(row.vacancy);
    }
    mark.changed += judged.len() as i64;
    write(world, &tx, as_of_ms, &judged, &findings, &changes, touched).await?;
    tx.move_rejudge(mark).await?;
    tx.commit().await
}

async fn write(
    world: &World,
    tx: &Tx,
    as_of_ms: i64,
    judged: &[Judged],
    findings: &[store::posting::Finding],
    changes: &[Change],
    touched: BTreeSet<i64>,
) -> Result<(), StoreError> {
    if judged.is_empty() {
        return Ok(());
    }
    tx.put_judged(judged, findings).await?;
    tx.put_verdict_changes(changes).await?;
    settle(tx, &Judge::of(world, as_of_ms, None), &mut [], touched).await
}

/// The rows of `finding` for a posting: those that ask for a person or keep it from being shown.
pub(crate) fn kept(posting: i64, findings: &[Finding]) -> Vec<store::posting::Finding> {
    let strong = findings.iter().filter(|f| f.effect >= Effect::Reviews);
    strong
        .enumerate()
        .map(|(nr, finding)| store::posting::Finding {
            posting,
            nr: nr as i64,
            rule: finding.rule.to_string(),
            field: finding.field.to_string(),
            effect: effect_name(finding.effect).to_owned(),
            span: finding.span.replace('\0', "\u{fffd}"),
            article: finding.article.as_ref().map(ToString::to_string),
        })
        .collect()
}

impl Sums {
    /// Adds a posting; says whether its findings change.
    fn add(&mut self, world: &World, row: &PostingRow, was: &[Finding], now: &[Finding]) -> bool {
        let changes = !same_findings(was, now);
        let verdict = if changes { Verdict::of(now).name() } else { row.verdict.as_str() };
        let open = row.state != crate::lifecycle::state::CLOSED;
        self.judged += 1;
        self.changed += u64::from(changes);
        let pair = self.transitions.entry((row.verdict.clone(), verdict.to_owned())).or_default();
        pair.0 += 1;
        pair.1 += u64::from(open);
        let source = self.sources.entry(row.source).or_default();
        source.judged += 1;
        source.changed += u64::from(changes);
        source.withdrawn += u64::from(row.verdict == "publish" && verdict != "publish");
        source.released += u64::from(row.verdict != "publish" && verdict == "publish");
        if changes {
            self.compare(was, now);
            self.sample(world, row, verdict, was, now);
        }
        changes
    }

    fn compare(&mut self, was: &[Finding], now: &[Finding]) {
        let rules: BTreeSet<&str> = was.iter().chain(now).map(|f| f.rule.as_ref()).collect();
        for rule in rules {
            let of = |list: &[Finding]| list.iter().filter(|f| f.rule == rule).cloned().collect::<Vec<_>>();
            let (before, after) = (of(was), of(now));
            if same_findings(&before, &after) {
                continue;
            }
            let (effect, change) = self.rules.entry(rule.to_owned()).or_default();
            *effect = (*effect).max(after.iter().map(|f| f.effect).max());
            match (before.is_empty(), after.is_empty()) {
                (true, _) => change.gained += 1,
                (_, true) => change.lost += 1,
                _ => change.altered += 1,
            }
        }
    }

    fn sample(&mut self, world: &World, row: &PostingRow, verdict: &str, was: &[Finding], now: &[Finding]) {
        let alike = self.samples.iter().filter(|s| s.was == row.verdict && s.now == verdict).count();
        if alike >= SAMPLES {
            return;
        }
        let new = now.iter().filter(|f| !was.contains(f)).max_by_key(|f| f.effect);
        let Some(why) = new.or_else(|| was.iter().filter(|f| !now.contains(f)).max_by_key(|f| f.effect)) else {
            return;
        };
        self.samples.push(Sample {
            posting: PostingId(row.id),
            source: source_name(world, row.source).to_owned(),
            was: row.verdict.clone(),
            now: verdict.to_owned(),
            rule: why.rule.to_string(),
            span: why.span.clone(),
        });
    }

    fn report(self, world: &World, options: Options, judged_before: u64) -> Report {
        let mut sources: Vec<SourceChange> = self
            .sources
            .into_iter()
            .map(|(number, change)| SourceChange { source: source_name(world, number).to_owned(), ..change })
            .collect();
        sources.sort_by(|a, b| b.changed.cmp(&a.changed).then_with(|| a.source.cmp(&b.source)));
        let rules = self.rules.into_iter().map(|(rule, (effect, change))| RuleChange {
            rule,
            effect: effect.map_or("", effect_name).to_owned(),
            ..change
        });
        Report {
            law_of: Some(options.law_of),
            applied: options.apply,
            judged: self.judged + judged_before,
            judged_before,
            changed: self.changed,
            transitions: self
                .transitions
                .into_iter()
                .map(|((was, now), (postings, open))| Transition { was, now, postings, open })
                .collect(),
            rules: rules.collect(),
            sources,
            samples: self.samples,
        }
    }
}
