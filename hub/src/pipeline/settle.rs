//! One transaction's worth of deciding: which vacancy each changed posting belongs to, what the touched vacancies say
//! now, and which events follow. The rules are `dedup`'s and `lifecycle`'s; this file brings them what they need.

use std::collections::{BTreeMap, BTreeSet};

use dedup::compare::COMPARISONS;
use dedup::{KEY_CAP, Levels, Model, Neighbourhood, Profile, RelationKind, Resolution};
use normalizer::Posting;
use rustc_hash::{FxHashMap, FxHashSet};
use store::event::NewEvent;
use store::posting::Member;
use store::vacancy::Vacancy;
use store::{StoreError, Tx};

use crate::lifecycle::{self, Life};

/// Rounds in which the neighbourhood may grow before the rest is left to the next change.
const ROUNDS_MAX: usize = 12;

/// One case for so many new or changed postings, at most: 400 to 600 a day at 20,000 new postings.
const CASES_PER: usize = 40;

/// A posting that is new or changed, read and judged.
pub(crate) struct Fresh {
    /// Comparison record.
    pub(crate) profile: Profile,
    /// Canonical form.
    pub(crate) posting: Posting,
    /// The row to write; its vacancy is filled in here.
    pub(crate) row: store::posting::Posting,
    /// Not known before.
    pub(crate) new: bool,
}

/// What the resolver depends on besides the postings.
pub(crate) struct Judge<'a> {
    /// Weights.
    pub(crate) model: &'a Model,
    /// Trust by source number, thousandths.
    pub(crate) trust: &'a FxHashMap<i64, (String, u16)>,
    /// What everything is dated with.
    pub(crate) as_of_ms: i64,
    /// Run that causes the events.
    pub(crate) run: Option<i64>,
}

/// Canonical posting with its findings, as kept in `posting.body`.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Body {
    /// Canonical form.
    pub posting: Posting,
    /// Findings of reading and vetting.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<normalizer::Finding>,
}

/// Assigns vacancies to fresh postings and writes them with everything that follows.
/// `touched` are vacancies whose postings changed state in this transaction.
pub(crate) async fn settle(
    tx: &Tx,
    judge: &Judge<'_>,
    fresh: &mut [Fresh],
    mut touched: BTreeSet<i64>,
) -> Result<(), StoreError> {
    let resolution = if fresh.is_empty() { Resolution::default() } else { resolve(tx, judge, fresh).await? };
    let assigned: FxHashMap<i64, i64> = resolution.assignments.iter().copied().collect();
    let mut moves = Vec::new();
    let mut own: FxHashSet<i64> = FxHashSet::default();
    for item in fresh.iter_mut() {
        own.insert(item.row.id);
        if let Some(&vacancy) = assigned.get(&item.row.id) {
            if !item.new && vacancy != item.row.vacancy {
                touched.insert(item.row.vacancy);
                moves.push((item.row.id, vacancy));
            }
            item.row.vacancy = vacancy;
        }
        touched.insert(item.row.vacancy);
    }
    moves.extend(resolution.assignments.iter().copied().filter(|(posting, _)| !own.contains(posting)));
    touched.extend(resolution.assignments.iter().map(|(_, vacancy)| *vacancy));
    touched.extend(resolution.split.iter().flat_map(|(from, new)| [*from, *new]));

    let changed: Vec<i64> = fresh.iter().filter(|f| !f.new).map(|f| f.row.id).collect();
    let rows: Vec<store::posting::Posting> = fresh.iter().map(|f| f.row.clone()).collect();
    tx.put_postings(&rows, &changed, judge.as_of_ms).await?;
    tx.assign(&moves).await?;
    let relations: Vec<_> = resolution.relations_upsert.iter().map(to_row).collect();
    tx.put_relations(&relations, &resolution.relations_delete).await?;
    if !resolution.merged.is_empty() {
        tx.redirect(&resolution.merged, judge.as_of_ms).await?;
    }
    open_grey_cases(tx, judge, &resolution, fresh.len()).await?;
    refresh(tx, judge, fresh, &touched, &resolution).await
}

async fn resolve(tx: &Tx, judge: &Judge<'_>, fresh: &[Fresh]) -> Result<Resolution, StoreError> {
    let profiles: Vec<Profile> = fresh.iter().map(|f| f.profile.clone()).collect();
    let mut near = Neighbourhood { shared_keys: index(tx, fresh).await?, ..Neighbourhood::default() };
    gather(tx, judge, fresh, &profiles, &mut near).await?;
    let resolution = dedup::resolve(&profiles, &near, &[], judge.model);
    // an id that once was a vacancy's is never given again; that of a posting seen for the first time cannot have been
    let first_seen: FxHashSet<i64> = fresh.iter().filter(|f| f.new).map(|f| f.row.id).collect();
    let doubtful: Vec<i64> = resolution.new_vacancies.iter().copied().filter(|id| !first_seen.contains(id)).collect();
    if doubtful.is_empty() {
        return Ok(resolution);
    }
    let taken: Vec<i64> = tx.vacancies(&doubtful).await?.into_iter().map(|v| v.id).collect();
    if taken.is_empty() {
        return Ok(resolution);
    }
    near.taken.extend(taken);
    Ok(dedup::resolve(&profiles, &near, &[], judge.model))
}

/// Loads what the decision depends on: who shares a key, whole vacancies, stored relations, until nothing is missing.
async fn gather(
    tx: &Tx,
    judge: &Judge<'_>,
    fresh: &[Fresh],
    profiles: &[Profile],
    near: &mut Neighbourhood,
) -> Result<(), StoreError> {
    let mut have: FxHashSet<i64> = fresh.iter().map(|f| f.row.id).collect();
    let known: Vec<i64> = fresh.iter().filter(|f| !f.new).map(|f| f.row.id).collect();
    let mut vacancies: BTreeSet<i64> = BTreeSet::new();
    for item in fresh.iter().filter(|f| !f.new) {
        near.vacancy_of.insert(item.row.id, item.row.vacancy);
        vacancies.insert(item.row.vacancy);
    }
    let mut wanted: Vec<i64> =
        near.shared_keys.iter().map(|(_, other)| *other).filter(|id| !have.contains(id)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    for _ in 0..ROUNDS_MAX {
        let mut records = if wanted.is_empty() { Vec::new() } else { tx.records(&wanted).await? };
        vacancies.extend(records.iter().map(|r| r.vacancy));
        if !vacancies.is_empty() {
            let list: Vec<i64> = std::mem::take(&mut vacancies).into_iter().collect();
            records.extend(tx.records_in(&list).await?);
        }
        for record in records {
            if have.insert(record.id) {
                near.vacancy_of.insert(record.id, record.vacancy);
                let mut profile = decode(&record)?;
                profile.live = record.state != lifecycle::state::CLOSED;
                near.profiles.push(profile);
            }
        }
        let ids: Vec<i64> = near.profiles.iter().map(|p| p.id).chain(known.iter().copied()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        near.relations = tx.relations_at(&ids).await?.iter().map(from_row).collect::<Result<_, _>>()?;
        near.loaded.clone_from(&have);
        wanted = dedup::needs(profiles, near, &[], judge.model);
        if wanted.is_empty() {
            break;
        }
    }
    let mut ids: Vec<i64> = near.vacancy_of.values().copied().collect();
    ids.sort_unstable();
    ids.dedup();
    near.founded = tx.vacancies(&ids).await?.into_iter().map(|v| (v.id, v.founded_ms)).collect();
    Ok(())
}

/// Brings the key index up to date; gives the pairs (fresh posting, other posting) that share a key that is not hot.
async fn index(tx: &Tx, fresh: &[Fresh]) -> Result<Vec<(i64, i64)>, StoreError> {
    let changed: Vec<i64> = fresh.iter().filter(|f| !f.new).map(|f| f.row.id).collect();
    let mut before: FxHashMap<i64, Vec<i64>> = FxHashMap::default();
    if !changed.is_empty() {
        for record in tx.records(&changed).await? {
            before.insert(record.id, decode(&record)?.keys().to_vec());
        }
    }
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    let mut by_key: FxHashMap<i64, Vec<i64>> = FxHashMap::default();
    for item in fresh {
        let keys = item.profile.keys();
        let old = before.get(&item.row.id).map_or(&[][..], Vec::as_slice);
        added.extend(keys.iter().filter(|k| !old.contains(k)).map(|k| (*k, item.row.id)));
        removed.extend(old.iter().filter(|k| !keys.contains(k)).map(|k| (*k, item.row.id)));
        for key in keys {
            by_key.entry(key).or_default().push(item.row.id);
        }
    }
    // in key order the index is appended to, not jumped about in
    added.sort_unstable();
    added.dedup();
    tx.put_keys(&added, &removed).await?;
    let mut keys: Vec<i64> = by_key.keys().copied().collect();
    keys.sort_unstable();
    let mut holders: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (key, posting) in tx.who_has(&keys, KEY_CAP).await? {
        holders.entry(key).or_default().push(posting);
    }
    let mut pairs = Vec::new();
    for (key, holders) in holders.iter().filter(|(_, h)| h.len() > 1 && h.len() <= KEY_CAP) {
        for posting in by_key.get(key).into_iter().flatten() {
            pairs.extend(holders.iter().filter(|other| *other != posting).map(|other| (*posting, *other)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    Ok(pairs)
}

fn decode(record: &store::matching::Record) -> Result<Profile, StoreError> {
    Profile::from_bytes(&record.profile).map_err(|error| StoreError::Corrupt {
        table: "posting",
        id: record.id.to_string(),
        what: error.to_string(),
    })
}

/// Opens a case for the pairs that are too near the threshold to decide, nearest first, as many as stewards can look at;
/// the others stay as stored relations of kind `partial`.
async fn open_grey_cases(tx: &Tx, judge: &Judge<'_>, resolution: &Resolution, fresh: usize) -> Result<(), StoreError> {
    let most = fresh.div_ceil(CASES_PER);
    let cases: Vec<_> = resolution
        .grey
        .iter()
        .take(most)
        .map(|pair| store::case::Case {
            id: xxhash_rust::xxh3::xxh3_64(format!("duplicate {} {}", pair.a, pair.b).as_bytes()).cast_signed(),
            family: "duplicate".to_owned(),
            source: None,
            run: judge.run,
            a: Some(pair.a),
            b: Some(pair.b),
            state: "open".to_owned(),
            opened_ms: judge.as_of_ms,
            body: serde_json::json!({ "millibits": pair.millibits }).to_string(),
        })
        .collect();
    tx.open_cases(&cases).await
}

/// Brings the rows of touched vacancies up to date and appends the events that follow.
async fn refresh(
    tx: &Tx,
    judge: &Judge<'_>,
    fresh: &[Fresh],
    touched: &BTreeSet<i64>,
    resolution: &Resolution,
) -> Result<(), StoreError> {
    if touched.is_empty() {
        return Ok(());
    }
    let retired: BTreeSet<i64> = resolution.merged.iter().map(|(old, _)| *old).collect();
    let list: Vec<i64> = touched.difference(&retired).copied().collect();
    let mut members: BTreeMap<i64, Vec<Member>> = BTreeMap::new();
    for member in tx.members(&list).await? {
        members.entry(member.vacancy).or_default().push(member);
    }
    let loaded = load_missing(tx, fresh, &members).await?;
    let in_hand: FxHashMap<i64, (&Posting, i64)> = fresh
        .iter()
        .map(|f| (f.row.id, (&f.posting, f.row.body_hash)))
        .chain(loaded.iter().map(|(id, (body, hash))| (*id, (&body.posting, *hash))))
        .collect();
    let before: FxHashMap<i64, Vacancy> = tx.vacancies(&list).await?.into_iter().map(|v| (v.id, v)).collect();
    let mut written = Vec::new();
    let mut events: Vec<NewEvent> = resolution
        .merged
        .iter()
        .map(|(old, survivor)| NewEvent { kind: "merge", vacancy: *old, other: Some(*survivor), reason: None })
        .chain(resolution.split.iter().map(|(from, new)| NewEvent {
            kind: "split",
            vacancy: *new,
            other: Some(*from),
            reason: None,
        }))
        .collect();
    for (id, group) in &members {
        let old = before.get(id);
        let now = summarize(*id, group, &in_hand, judge, old);
        events.extend(event_between(old, &now));
        if old != Some(&now) {
            written.push(now);
        }
    }
    tx.put_vacancies(&written).await?;
    tx.append_events(judge.as_of_ms, judge.run, &events).await
}

/// Bodies of members that are not among the fresh ones.
async fn load_missing(
    tx: &Tx,
    fresh: &[Fresh],
    members: &BTreeMap<i64, Vec<Member>>,
) -> Result<BTreeMap<i64, (Body, i64)>, StoreError> {
    let have: FxHashSet<i64> = fresh.iter().map(|f| f.row.id).collect();
    let missing: Vec<i64> = members.values().flatten().map(|m| m.id).filter(|id| !have.contains(id)).collect();
    let mut loaded = BTreeMap::new();
    if missing.is_empty() {
        return Ok(loaded);
    }
    for (id, text, hash) in tx.bodies(&missing).await? {
        let body: Body = serde_json::from_str(&text).map_err(|error| StoreError::Corrupt {
            table: "posting",
            id: id.to_string(),
            what: error.to_string(),
        })?;
        loaded.insert(id, (body, hash));
    }
    Ok(loaded)
}

/// Hash of what a posting says. The raw texts it was read from and the
/// version of the rules are left out: `D-3` is `D-2` a day later, and the same day.
pub(crate) fn hash_body(body: &mut Body) -> i64 {
    let provenance = std::mem::take(&mut body.posting.provenance);
    let rules = std::mem::take(&mut body.posting.rules);
    let hash = hash_text(&serde_json::to_string(&body).unwrap_or_default());
    body.posting.provenance = provenance;
    body.posting.rules = rules;
    hash
}

/// The row of a vacancy from its members.
fn summarize(
    id: i64,
    group: &[Member],
    in_hand: &FxHashMap<i64, (&Posting, i64)>,
    judge: &Judge<'_>,
    old: Option<&Vacancy>,
) -> Vacancy {
    let lives: Vec<Life<'_>> =
        group.iter().map(|m| Life { state: &m.state, reason: m.reason.as_deref(), verdict: &m.verdict }).collect();
    let (state, reason, verdict) = lifecycle::vacancy(&lives);
    let (golden, golden_hash) = golden_of(group, in_hand, judge);
    let founded_ms =
        old.map_or_else(|| group.iter().map(|m| m.first_seen_ms).min().unwrap_or(judge.as_of_ms), |v| v.founded_ms);
    let posting = golden.as_ref();
    let mut now = Vacancy {
        id,
        state: state.to_owned(),
        reason: reason.map(str::to_owned),
        verdict: verdict.to_owned(),
        state_since_ms: old.filter(|v| v.state == state).map_or(judge.as_of_ms, |v| v.state_since_ms),
        founded_ms,
        changed_ms: judge.as_of_ms,
        postings: group.len() as i64,
        open_postings: group.iter().filter(|m| m.state == lifecycle::state::OPEN).count() as i64,
        title: posting.title.clone(),
        company: posting.hiring_organization.name.clone(),
        region: posting.job_location.first().and_then(|place| place.code.clone()),
        occupation: posting.occupation.as_ref().and_then(|o| o.code.clone()),
        employment: posting.employment_type.first().map(word),
        pay: posting.base_salary.as_ref().and_then(pay_words),
        close_kind: posting.closing.kind.as_ref().map(word),
        valid_through: posting.closing.valid_through.map(|day| day.to_string()),
        golden_hash,
        version: old.map_or(1, |v| v.version),
    };
    if let Some(old) = old {
        now.changed_ms = old.changed_ms;
        if now != *old {
            now.changed_ms = judge.as_of_ms;
            now.version += 1;
        }
    }
    now
}

/// The golden posting of a group and its hash; a group of one is that posting itself.
fn golden_of<'a>(
    group: &[Member],
    in_hand: &FxHashMap<i64, (&'a Posting, i64)>,
    judge: &Judge<'_>,
) -> (std::borrow::Cow<'a, Posting>, i64) {
    use std::borrow::Cow;
    if let [only] = group {
        let found = in_hand.get(&only.id);
        return found
            .map_or_else(|| (Cow::Owned(Posting::default()), 0), |(posting, hash)| (Cow::Borrowed(*posting), *hash));
    }
    // what must not be shown gives no value as long as there is anything that may be
    let shown = group.iter().any(|m| m.verdict == "publish");
    let members: Vec<dedup::Member<'_>> = group
        .iter()
        .filter(|m| !shown || m.verdict == "publish")
        .filter_map(|m| {
            let (posting, _) = in_hand.get(&m.id)?;
            let (source, trust) = judge.trust.get(&m.source).map_or(("", 500), |(name, trust)| (name.as_str(), *trust));
            Some(dedup::Member {
                id: m.id,
                source,
                trust,
                posting,
                changed_ms: m.changed_ms,
                open: m.state != lifecycle::state::CLOSED,
            })
        })
        .collect();
    let mut golden = dedup::golden(&members).posting;
    golden.provenance = Vec::new();
    golden.rules = 0;
    let hash = hash_text(&serde_json::to_string(&golden).unwrap_or_default());
    (Cow::Owned(golden), hash)
}

/// The event that consumers need to see between two states of a vacancy.
fn event_between(old: Option<&Vacancy>, now: &Vacancy) -> Option<NewEvent> {
    let seen_before = old.is_some_and(|v| lifecycle::visible(&v.state, &v.verdict));
    let seen_now = lifecycle::visible(&now.state, &now.verdict);
    let event = |kind, reason: Option<String>| Some(NewEvent { kind, vacancy: now.id, other: None, reason });
    match (seen_before, seen_now) {
        (false, true) => event("upsert", Some(if old.is_some() { "reopened" } else { "new" }.to_owned())),
        (true, true) if old.is_some_and(|v| v.golden_hash != now.golden_hash) => {
            event("upsert", Some("changed".to_owned()))
        }
        (true, false) if now.state == lifecycle::state::CLOSED => event("close", now.reason.clone()),
        (true, false) => event("withdraw", Some(now.verdict.clone())),
        _ => None,
    }
}

/// An enum's word in JSON.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Pay as `MONTH 2200000..2500000`.
fn pay_words(pay: &normalizer::Pay) -> Option<String> {
    let period = word(&pay.period?);
    let bound = |amount: Option<i64>| amount.map(|n| n.to_string()).unwrap_or_default();
    Some(format!("{period} {}..{}", bound(pay.min), bound(pay.max)))
}

/// xxh3-64 of a text, as the store keeps hashes.
pub(crate) fn hash_text(text: &str) -> i64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes()).cast_signed()
}

fn to_row(relation: &dedup::Relation) -> store::matching::Relation {
    store::matching::Relation {
        a: relation.a,
        b: relation.b,
        kind: relation.kind.name().to_owned(),
        millibits: i64::from(relation.millibits),
        levels: relation.levels.0.to_vec(),
    }
}

fn from_row(row: &store::matching::Relation) -> Result<dedup::Relation, StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt {
        table: "relation",
        id: format!("{} {}", row.a, row.b),
        what: what.to_owned(),
    };
    let kinds = [
        RelationKind::Full,
        RelationKind::Semantic,
        RelationKind::Temporal,
        RelationKind::Partial,
        RelationKind::Distinct,
    ];
    let levels =
        <[u8; COMPARISONS]>::try_from(row.levels.as_slice()).map_err(|_| corrupt("levels of another version"))?;
    Ok(dedup::Relation {
        a: row.a,
        b: row.b,
        kind: kinds.into_iter().find(|k| k.name() == row.kind).ok_or_else(|| corrupt("unknown kind"))?,
        millibits: i32::try_from(row.millibits).unwrap_or(i32::MAX),
        levels: Levels(levels),
    })
}
