//! Brings evidence and what the store holds of postings to the rules, and what follows back into the store: states, what
//! is believed since when, and which vacancies are touched. All in the caller's transaction.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use store::evidence::{POSTING, VACANCY};
use store::history::Belief;
use store::posting::Standing as Row;
use store::{StoreError, Tx};

use super::evidence::{Evidence, Kind, New, Said};
use super::{Rules, Verdict, fuse, state};
use crate::world::seoul_instant;

/// What everything is dated with, and the run that causes it.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// When the hub learns it.
    pub as_of_ms: i64,
    /// Run.
    pub run: Option<i64>,
}

/// A posting that was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Posting.
    pub posting: i64,
    /// Its source.
    pub source: i64,
    /// Why.
    pub reason: Option<&'static str>,
    /// Since when in the world.
    pub since_ms: i64,
}

/// What became of postings.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Vacancies to be settled.
    pub touched: BTreeSet<i64>,
    /// Newly closed.
    pub closed: Vec<Closed>,
    /// Newly open again.
    pub reopened: u64,
    /// Newly unconfirmed.
    pub unconfirmed: u64,
}

impl Changes {
    /// Takes another's in.
    pub fn extend(&mut self, other: Changes) {
        self.touched.extend(other.touched);
        self.closed.extend(other.closed);
        self.reopened += other.reopened;
        self.unconfirmed += other.unconfirmed;
    }
}

/// Adds evidence and brings the states of the postings it is about up to date. The caller settles `touched`.
///
/// # Errors
/// When the store fails.
pub async fn record(tx: &Tx, rules: &Rules, at: At, new: &[New]) -> Result<Changes, StoreError> {
    let rows: Vec<_> = new.iter().map(|n| n.row(at.as_of_ms, at.run)).collect();
    tx.put_evidence(&rows).await?;
    let subjects = |of_job: bool| new.iter().filter(move |n| n.of_job == of_job).map(|n| n.subject);
    follow(tx, rules, at, subjects(false).collect(), subjects(true).collect()).await
}

/// Takes evidence back and brings back what holds without it. The caller settles `touched`.
///
/// # Errors
/// When the store fails.
pub async fn withdraw(tx: &Tx, rules: &Rules, at: At, list: &[i64]) -> Result<Changes, StoreError> {
    let rows = tx.evidence(list).await?;
    tx.withdraw_evidence(list, at.as_of_ms).await?;
    let subjects = |scope: &str| rows.iter().filter(|e| e.scope == scope).map(|e| e.subject).collect::<Vec<_>>();
    let (postings, jobs) = (subjects(POSTING), subjects(VACANCY));
    for (scope, subjects) in [(POSTING, &postings), (VACANCY, &jobs)] {
        rewind(tx, at, scope, subjects, list).await?;
    }
    follow(tx, rules, at, postings, jobs).await
}

/// Where the last belief rested on what was taken back, what was believed before it holds from there on again; what
/// follows may then say more.
async fn rewind(tx: &Tx, at: At, scope: &str, subjects: &[i64], gone: &[i64]) -> Result<(), StoreError> {
    let mut again = Vec::new();
    for last in tx.last_beliefs(scope, subjects).await? {
        let rests: Vec<i64> = serde_json::from_str(&last.evidence).unwrap_or_default();
        if !rests.iter().any(|id| gone.contains(id)) {
            continue;
        }
        let all = tx.beliefs(scope, last.subject).await?;
        let before = super::history::at(&all, last.valid_ms, last.known_ms - 1);
        again.push(Belief {
            known_ms: at.as_of_ms,
            run: at.run,
            state: before.map_or(state::OPEN, |b| b.state.as_str()).to_owned(),
            reason: before.and_then(|b| b.reason.clone()),
            verdict: before.map_or(last.verdict.clone(), |b| b.verdict.clone()),
            probability: before.map_or(0, |b| b.probability),
            evidence: before.map_or("[]", |b| b.evidence.as_str()).to_owned(),
            ..last
        });
    }
    tx.put_beliefs(&again).await
}

/// Judges postings, and those of jobs; jobs are touched.
pub(super) async fn follow(
    tx: &Tx,
    rules: &Rules,
    at: At,
    mut postings: Vec<i64>,
    jobs: Vec<i64>,
) -> Result<Changes, StoreError> {
    let mut touched: BTreeSet<i64> = BTreeSet::new();
    if !jobs.is_empty() {
        // a job is named by its founding posting, wherever that is now
        let now: Vec<i64> = tx.standings(&jobs).await?.iter().map(|row| row.vacancy).collect();
        touched.extend(&now);
        postings.extend(tx.members(&now).await?.iter().map(|m| m.id));
    }
    let mut changes = judge(tx, rules, at, &postings).await?;
    changes.touched.extend(touched);
    Ok(changes)
}

/// Brings the states of postings up to date with what stands about them.
///
/// # Errors
/// When the store fails.
pub async fn judge(tx: &Tx, rules: &Rules, at: At, postings: &[i64]) -> Result<Changes, StoreError> {
    if postings.is_empty() {
        return Ok(Changes::default());
    }
    let rows = tx.standings(postings).await?;
    let said = said_of(tx, &rows, at.as_of_ms).await?;
    let confirmed: FxHashMap<i64, i64> = tx.confirmed().await?.into_iter().collect();
    let none = Vec::new();
    let mut verdicts = Vec::new();
    for row in &rows {
        let mut set = said.get(&row.id).unwrap_or(&none).clone();
        set.extend(facts(row, confirmed.get(&row.source).copied()));
        verdicts.push((row, fuse(&set, rules.of(row.source), at.as_of_ms)));
    }
    write(tx, at, &verdicts).await
}

/// The probability that each of these postings is over, as the rules see it now.
///
/// # Errors
/// When the store fails.
pub async fn doubts(tx: &Tx, rules: &Rules, now_ms: i64, rows: &[Row]) -> Result<Vec<(i64, f64)>, StoreError> {
    let said = said_of(tx, rows, now_ms).await?;
    let confirmed: FxHashMap<i64, i64> = tx.confirmed().await?.into_iter().collect();
    let doubt = |row: &Row| {
        let mut set = said.get(&row.id).cloned().unwrap_or_default();
        set.extend(facts(row, confirmed.get(&row.source).copied()));
        (row.id, fuse(&set, rules.of(row.source), now_ms).probability)
    };
    Ok(rows.iter().map(doubt).collect())
}

/// What rows say of each posting, holds of its job included.
///
/// # Errors
/// When the store fails.
pub(crate) async fn said_of(tx: &Tx, rows: &[Row], now_ms: i64) -> Result<FxHashMap<i64, Vec<Evidence>>, StoreError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut said: FxHashMap<i64, Vec<Evidence>> = FxHashMap::default();
    for row in tx.evidence_about(&ids).await?.iter().filter(|row| row.scope == POSTING) {
        // what the posting's own row says today is better than what it said when it closed
        let piece = Evidence::of(row).filter(|e| !matches!(e.kind, Kind::Deadline | Kind::Certification));
        said.entry(row.subject).or_default().extend(piece);
    }
    let holds = tx.subjects_of(Kind::LabourMarketTest.name(), now_ms).await?;
    let jobs: Vec<i64> = holds.iter().filter(|(scope, ..)| scope == VACANCY).map(|(_, subject, _)| *subject).collect();
    if !jobs.is_empty() {
        let held: FxHashMap<i64, i64> = tx.standings(&jobs).await?.iter().map(|row| (row.vacancy, row.id)).collect();
        let rows_of_holds = tx.evidence_about(&jobs).await?;
        for row in rows {
            let Some(job) = held.get(&row.vacancy) else { continue };
            let holds = rows_of_holds.iter().filter(|e| e.subject == *job && e.scope == VACANCY);
            let pieces = holds.filter_map(Evidence::of).filter(|e| e.kind == Kind::LabourMarketTest);
            said.entry(row.id).or_default().extend(pieces);
        }
    }
    Ok(said)
}

/// What a posting's own row says, as evidence.
pub(crate) fn facts(row: &Row, confirmed_ms: Option<i64>) -> Vec<Evidence> {
    let closing = row.close_kind.clone().unwrap_or_default();
    let listed = |at_ms| Evidence { word: closing.clone(), ..Evidence::new(Kind::Listed, Said::Open, at_ms) };
    let mut facts = vec![listed(row.first_seen_ms)];
    if let Some(at_ms) = confirmed_ms
        .filter(|at| *at > row.first_seen_ms && !matches!(row.state.as_str(), state::UNCONFIRMED | state::CLOSED))
    {
        facts.push(listed(at_ms));
    }
    let kind = match row.close_kind.as_deref() {
        // rows written before the kind was kept have a last day only where it is one
        Some("by_date") | None => Some(Kind::Deadline),
        Some("until_filled") => Some(Kind::Certification),
        _ => None,
    };
    let last = row.valid_through.as_deref().and_then(|day| day.parse().ok());
    if let (Some(kind), Some(last)) = (kind, last) {
        facts.push(Evidence::new(kind, Said::Closed, end_of(last)));
    }
    facts
}

/// The end of a day in Seoul, milliseconds.
pub(crate) fn end_of(day: chrono::NaiveDate) -> i64 {
    seoul_instant(day + chrono::Days::new(1), 0).timestamp_millis()
}

/// State, reason, absences and time of closing that several postings get together.
type Group<'a> = (&'a str, Option<&'a str>, i64, Option<i64>);

/// Writes what changed.
async fn write(tx: &Tx, at: At, verdicts: &[(&Row, Verdict)]) -> Result<Changes, StoreError> {
    let mut changes = Changes::default();
    let mut groups: BTreeMap<Group<'_>, Vec<i64>> = BTreeMap::new();
    let mut beliefs = Vec::new();
    for (row, verdict) in verdicts {
        let same = row.state == verdict.state && row.reason.as_deref() == verdict.reason;
        if same && row.absences == verdict.absences {
            continue;
        }
        let was_closed = row.state == state::CLOSED;
        let closed_ms =
            (verdict.state == state::CLOSED).then(|| row.closed_ms.filter(|_| was_closed).unwrap_or(at.as_of_ms));
        groups.entry((verdict.state, verdict.reason, verdict.absences, closed_ms)).or_default().push(row.id);
        if same {
            continue;
        }
        changes.touched.insert(row.vacancy);
        match verdict.state {
            state::CLOSED if !was_closed => {
                let Verdict { reason, since_ms, .. } = *verdict;
                changes.closed.push(Closed { posting: row.id, source: row.source, reason, since_ms });
            }
            state::OPEN => changes.reopened += 1,
            state::UNCONFIRMED => changes.unconfirmed += 1,
            _ => {}
        }
        beliefs.push(belief(row.id, verdict, at));
    }
    for ((state, reason, absences, closed_ms), ids) in groups {
        tx.set_state(&ids, state, reason, absences, closed_ms).await?;
    }
    tx.put_beliefs(&beliefs).await?;
    Ok(changes)
}

/// What is believed of a posting from now on.
pub(crate) fn belief(posting: i64, verdict: &Verdict, at: At) -> Belief {
    Belief {
        subject: posting,
        scope: POSTING.to_owned(),
        known_ms: at.as_of_ms,
        valid_ms: verdict.since_ms,
        state: verdict.state.to_owned(),
        reason: verdict.reason.map(str::to_owned),
        verdict: None,
        probability: (verdict.probability * 1000.0).round() as i64,
        run: at.run,
        evidence: serde_json::to_string(&verdict.evidence).unwrap_or_default(),
    }
}
