//! Weights learned from the store: a new version is kept with a report of what it would change; nothing changes until it is
//! activated, and a version before it can be activated again at any time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dedup::{Common, Model, Profile, Ruling, estimate};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use store::model::MatchingModel;
use store::standing::Standing;
use store::{Store, StoreError};

use crate::lifecycle::state;
use crate::people::{Actor, audit};
use crate::pipeline::settle::{Judge, Shift, resettle};
use crate::review::standing::{RulingWord, kind};
use crate::world::World;

/// Most postings learned from: those with the smallest ids, which are hashes and so a fair sample.
pub const POSTINGS_MAX: usize = 200_000;
/// Most stored pairs that a report looks at.
pub const REPORT_PAIRS_MAX: usize = 50_000;
/// Most pairs remembered as no longer kept by a version.
const DROPPED_MAX: usize = 100_000;
/// Rows read at a time, and postings decided anew in one transaction.
const BATCH: i64 = 1_000;
const RESETTLED: usize = 200;

/// What is done with a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Joined without asking.
    Same,
    /// A steward is asked.
    Asked,
    /// Left apart.
    Apart,
}

/// How many pairs go from one zone to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Under the version in use.
    pub from: Zone,
    /// Under the new one.
    pub to: Zone,
    /// Stored pairs.
    pub pairs: usize,
}

/// What a version would change, on a sample of stored pairs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Version it is compared with.
    pub against: i64,
    /// Postings learned from.
    pub postings: usize,
    /// Decisions learned from.
    pub decisions: usize,
    /// Pairs that say of themselves that they are one vacancy, and that they are two.
    pub free: (usize, usize),
    /// Stored pairs compared.
    pub pairs: usize,
    /// From zone to zone; what stays is here too.
    pub moves: Vec<Move>,
    /// Decisions that the version in use would have given itself, and that the new one would.
    pub agreed: (usize, usize),
}

/// A store's comparison records and the rulings on them.
struct Known {
    profiles: Vec<Profile>,
    rulings: Vec<Ruling>,
}

/// Zone of a pair under a model.
fn zone(a: &Profile, b: &Profile, model: &Model) -> Zone {
    let score = model.score(&model.levels(a, b));
    match score {
        _ if dedup::exclusive(a, b) => Zone::Apart,
        s if s >= model.auto => Zone::Same,
        s if s >= model.grey => Zone::Asked,
        _ => Zone::Apart,
    }
}

/// The weights in use. A version written for other comparison records cannot be read any more: then the shipped ones are used,
/// and the log says so.
///
/// # Errors
/// When the store fails.
pub(crate) async fn in_use(store: &Store) -> Result<Arc<Model>, StoreError> {
    let Some(row) = store.model_in_use().await? else { return Ok(Arc::default()) };
    match Model::from_json(&row.body) {
        Ok(mut model) => {
            model.version = u32::try_from(row.version).unwrap_or(u32::MAX);
            Ok(Arc::new(model))
        }
        Err(error) => {
            tracing::warn!(version = row.version, %error, "the weights in use cannot be read; the shipped ones are used");
            Ok(Arc::default())
        }
    }
}

/// Learns a new version and keeps it. From decisions alone, beside what the version in use joins itself, or, with `free`, from
/// what portals say of one another too.
///
/// # Errors
/// When the store fails.
pub async fn learn(world: &World, actor: &Actor, free: bool, threads: usize) -> Result<(i64, Report), StoreError> {
    let known = known(&world.store).await?;
    let mut base = (*world.model).clone();
    base.common = Common::of(&known.profiles);
    let learned = if free {
        estimate::learn(&known.profiles, &known.rulings, &base, threads)
    } else {
        estimate::relearn(&known.profiles, &known.rulings, &base, threads)
    };
    let mut report = compare(&world.store, &known, &world.model, &learned.model).await?;
    report.against = i64::from(world.model.version);
    report.decisions = learned.decisions;
    report.free = (learned.free_matches, learned.free_others);
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let row = MatchingModel {
        version: 0,
        name: learned.model.name.clone(),
        body: learned.model.to_json(),
        report: serde_json::to_string(&report).unwrap_or_default(),
        made_ms: now_ms,
        actor: actor.name.clone(),
    };
    let version = tx.add_matching_model(&row).await?;
    let detail = serde_json::json!({ "postings": report.postings, "decisions": report.decisions });
    audit::record(&tx, now_ms, actor, "model.learn", &format!("model:{version}"), &detail).await?;
    tx.commit().await?;
    Ok((version, report))
}

async fn known(store: &Store) -> Result<Known, StoreError> {
    let mut profiles = Vec::new();
    let mut after = i64::MIN;
    while profiles.len() < POSTINGS_MAX {
        let rows = store.records_after(after, BATCH).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in &rows {
            profiles.push(profile(row)?);
        }
    }
    let here: FxHashSet<i64> = profiles.iter().map(|p| p.id).collect();
    let rulings = rulings(store.all_standing().await?, &here);
    Ok(Known { profiles, rulings })
}

/// The rulings between these postings, the last on each pair: both sides of a pair have a row.
fn rulings(standing: Vec<Standing>, here: &FxHashSet<i64>) -> Vec<Ruling> {
    let mut last: BTreeMap<(i64, i64), (i64, Ruling)> = BTreeMap::new();
    for row in standing.into_iter().filter(|row| row.kind == kind::RULING) {
        let (Some(other), Ok(word)) = (row.other, serde_json::from_str::<RulingWord>(&row.body)) else { continue };
        let (a, b) = (row.subject.min(other), row.subject.max(other));
        if here.contains(&a) && here.contains(&b) && last.get(&(a, b)).is_none_or(|(before, _)| *before <= row.decision)
        {
            last.insert((a, b), (row.decision, Ruling { a, b, same: word.same, kind: word.kind }));
        }
    }
    last.into_values().map(|(_, ruling)| ruling).collect()
}

/// Vacancies' postings and what is linked to them.
pub(crate) struct Around {
    /// The vacancies' own postings.
    pub(crate) members: Vec<i64>,
    /// Comparison records of them, of what they are linked to and of all of those vacancies' postings.
    pub(crate) profiles: Vec<Profile>,
    /// Rulings between them.
    pub(crate) rulings: Vec<Ruling>,
}

/// Loads vacancies and what is linked to them, so that it can be told how they came about.
///
/// # Errors
/// When the store fails.
pub(crate) async fn around(store: &Store, vacancies: &[i64], model: &Model) -> Result<Around, StoreError> {
    let members: Vec<i64> = store.postings_of_all(vacancies).await?.iter().map(|p| p.id).collect();
    let mut wanted: BTreeSet<i64> = members.iter().copied().collect();
    for id in &members {
        let linked = store.relations_of(*id).await?;
        let linked = linked.iter().filter(|r| r.millibits >= i64::from(model.auto));
        wanted.extend(linked.flat_map(|r| [r.a, r.b]));
        if wanted.len() >= dedup::cluster::COMPONENT_MAX {
            break;
        }
    }
    let list: Vec<i64> = wanted.iter().copied().collect();
    let others: BTreeSet<i64> = store.records_of(&list).await?.iter().map(|r| r.vacancy).collect();
    let others: Vec<i64> = others.into_iter().collect();
    wanted.extend(store.postings_of_all(&others).await?.iter().map(|p| p.id));
    let list: Vec<i64> = wanted.iter().copied().collect();
    let profiles = store.records_of(&list).await?.iter().map(profile).collect::<Result<Vec<_>, _>>()?;
    let here: FxHashSet<i64> = profiles.iter().map(|p| p.id).collect();
    let rulings = rulings(store.standing_at(&list).await?, &here);
    Ok(Around { members, profiles, rulings })
}

fn profile(row: &store::matching::Record) -> Result<Profile, StoreError> {
    let mut profile = Profile::from_bytes(&row.profile).map_err(|error| StoreError::Corrupt {
        table: "posting",
        id: row.id.to_string(),
        what: error.to_string(),
    })?;
    profile.live = row.state != state::CLOSED;
    Ok(profile)
}

async fn compare(store: &Store, known: &Known, before: &Model, after: &Model) -> Result<Report, StoreError> {
    let of: FxHashMap<i64, &Profile> = known.profiles.iter().map(|p| (p.id, p)).collect();
    let mut counts = BTreeMap::new();
    let mut report = Report { postings: known.profiles.len(), ..Report::default() };
    let mut at = (i64::MIN, i64::MIN);
    while report.pairs < REPORT_PAIRS_MAX {
        let rows = store.relations_after(at, BATCH).await?;
        let Some(last) = rows.last() else { break };
        at = (last.a, last.b);
        for row in &rows {
            let (Some(a), Some(b)) = (of.get(&row.a), of.get(&row.b)) else { continue };
            *counts.entry((zone(a, b, before), zone(a, b, after))).or_insert(0) += 1;
            report.pairs += 1;
        }
    }
    report.moves = counts.into_iter().map(|((from, to), pairs)| Move { from, to, pairs }).collect();
    for ruling in &known.rulings {
        let (Some(a), Some(b)) = (of.get(&ruling.a), of.get(&ruling.b)) else { continue };
        let gave = |model: &Model| (zone(a, b, model) == Zone::Same) == ruling.same;
        report.agreed.0 += usize::from(gave(before));
        report.agreed.1 += usize::from(gave(after));
    }
    Ok(report)
}

/// What an activation came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Activated {
    /// Version in use now; 0 = the shipped one.
    pub version: i64,
    /// Pairs of postings whose zone changed.
    pub pairs: usize,
    /// Postings decided anew.
    pub postings: usize,
    /// Vacancies that were touched.
    pub vacancies: usize,
}

/// Brings a version into use and decides anew wherever a stored pair changes its zone. 0 is the shipped version.
/// `None` when there is no such version. Processes that run already go on with their version until they are started again.
///
/// # Errors
/// When the store fails; what was decided anew until then stays, and activating again goes on.
pub async fn activate(world: &World, actor: &Actor, version: i64) -> Result<Option<Activated>, StoreError> {
    let mut model = match (version, world.store.matching_model(version).await?) {
        (0, _) => Model::default(),
        (_, None) => return Ok(None),
        (_, Some(row)) => Model::from_json(&row.body).map_err(|error| StoreError::Corrupt {
            table: "matching_model",
            id: version.to_string(),
            what: error.to_string(),
        })?,
    };
    if version > 0 {
        model.version = u32::try_from(version).unwrap_or(u32::MAX);
    }
    let changed = changed_pairs(world, &model).await?;
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let dropped: Vec<_> = changed.dropped.iter().take(DROPPED_MAX).collect();
    let text = serde_json::to_string(&dropped).unwrap_or_default();
    tx.use_matching_model(version, now_ms, &actor.name, &text).await?;
    let detail = serde_json::json!({ "pairs": changed.pairs.len() });
    audit::record(&tx, now_ms, actor, "model.activate", &format!("model:{version}"), &detail).await?;
    tx.commit().await?;
    let mut out = Activated { version, pairs: changed.pairs.len(), ..Activated::default() };
    let mut vacancies = FxHashSet::default();
    let judge = Judge { model: &model, ..Judge::of(world, now_ms, None) };
    let mut pairs = changed.pairs.iter();
    loop {
        // both sides of a pair are decided in one transaction
        let some: Vec<(i64, i64)> = pairs.by_ref().take(RESETTLED / 2).copied().collect();
        if some.is_empty() {
            break;
        }
        let mut postings: Vec<i64> = some.iter().flat_map(|(a, b)| [*a, *b]).collect();
        postings.sort_unstable();
        postings.dedup();
        out.postings += postings.len();
        let lifted = some.iter().filter(|pair| changed.again.contains(pair)).copied().collect();
        let tx = world.store.write().await?;
        vacancies.extend(resettle(&tx, &judge, &Shift { postings, lifted, about: Vec::new() }).await?);
        tx.commit().await?;
    }
    out.vacancies = vacancies.len();
    Ok(Some(out))
}

/// The version that was in use before the present one; 0 when there was none.
///
/// # Errors
/// When the store fails.
pub async fn before(store: &Store) -> Result<Option<i64>, StoreError> {
    let uses = store.model_uses().await?;
    Ok(uses.len().checked_sub(1).map(|last| last.checked_sub(1).map_or(0, |at| uses[at].version)))
}

/// Pairs that a new model decides otherwise.
#[derive(Default)]
struct ChangedPairs {
    /// Sorted.
    pairs: Vec<(i64, i64)>,
    /// Those whose relation the new model does not keep.
    dropped: Vec<(i64, i64)>,
    /// Those that an earlier version dropped and that are looked at again.
    again: FxHashSet<(i64, i64)>,
}

async fn changed_pairs(world: &World, model: &Model) -> Result<ChangedPairs, StoreError> {
    let mut out = ChangedPairs::default();
    for used in world.store.model_uses().await? {
        let dropped: Vec<(i64, i64)> = serde_json::from_str(&used.dropped).unwrap_or_default();
        out.again.extend(dropped);
    }
    let mut at = (i64::MIN, i64::MIN);
    loop {
        let rows = world.store.relations_after(at, BATCH).await?;
        let Some(last) = rows.last() else { break };
        at = (last.a, last.b);
        let mut ids: Vec<i64> = rows.iter().flat_map(|r| [r.a, r.b]).collect();
        ids.sort_unstable();
        ids.dedup();
        let of: FxHashMap<i64, Profile> = world
            .store
            .records_of(&ids)
            .await?
            .iter()
            .map(|row| Ok((row.id, profile(row)?)))
            .collect::<Result<_, StoreError>>()?;
        for row in &rows {
            let (Some(a), Some(b)) = (of.get(&row.a), of.get(&row.b)) else { continue };
            let pair = (row.a, row.b);
            let score = model.score(&model.levels(a, b));
            if score < model.keep {
                out.dropped.push(pair);
            }
            if i64::from(score) != row.millibits && zone(a, b, model) != zone(a, b, &world.model) || score < model.keep
            {
                out.pairs.push(pair);
            }
        }
    }
    let stored: FxHashSet<(i64, i64)> = out.pairs.iter().copied().collect();
    out.again.retain(|pair| !stored.contains(pair));
    out.pairs.extend(out.again.iter().copied());
    out.pairs.sort_unstable();
    Ok(out)
}
