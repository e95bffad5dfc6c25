//! One transaction's worth of deciding: which vacancy each changed posting belongs to, what the touched vacancies say
//! now, and which events follow. The rules are `dedup`'s and `lifecycle`'s; this file brings them what they need.

mod naming;

use std::collections::{BTreeMap, BTreeSet};

use dedup::compare::COMPARISONS;
use dedup::{KEY_CAP, Levels, Model, Neighbourhood, Profile, RelationKind, Resolution, Ruling};
use normalizer::Posting;
use rustc_hash::{FxHashMap, FxHashSet};
use store::event::NewEvent;
use store::posting::Member;
use store::vacancy::Vacancy;
use store::{StoreError, Tx};

use crate::lifecycle::{self, Life, Standing};
use crate::linked::{stages, window};
use crate::review::{self, doubt, standing};
use crate::settings::ReviewSettings;
use naming::{Age, Named, Placed};

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
    /// When and how often people are asked.
    pub(crate) review: &'a ReviewSettings,
    /// What evidence weighs.
    pub(crate) rules: std::sync::Arc<lifecycle::Rules>,
    /// Verification steps by source number.
    pub(crate) policies: &'a stages::Policies,
}

impl<'a> Judge<'a> {
    /// As the world is now.
    pub(crate) fn of(world: &'a crate::world::World, as_of_ms: i64, run: Option<i64>) -> Judge<'a> {
        let rules = world.lifecycle.rules();
        let policies = &*world.policies;
        Judge {
            model: &world.model,
            trust: &world.trust,
            as_of_ms,
            run,
            review: &world.settings.review,
            rules,
            policies,
        }
    }
}

/// Canonical posting with its findings, as kept in `posting.body`.
#[derive(Default, serde::Serialize, serde::Deserialize)]
pub struct Body {
    /// Canonical form.
    pub posting: Posting,
    /// Findings of reading and vetting.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<normalizer::Finding>,
}

/// A posting whose relations are decided anew.
struct Changed {
    profile: Profile,
    placed: Placed,
    body_hash: i64,
}

/// Everything a decision depends on, and what was decided.
#[derive(Default)]
struct Scene {
    near: Neighbourhood,
    changed: FxHashSet<i64>,
    placed: FxHashMap<i64, Placed>,
    body_hash: FxHashMap<i64, i64>,
    /// What stewards decided about the postings at hand.
    standing: Vec<store::standing::Standing>,
    rulings: Vec<Ruling>,
    resolution: Resolution,
    named: Named,
}

/// What a decision, or its undoing, changes.
#[derive(Default)]
pub(crate) struct Shift {
    /// Postings whose relations are decided anew.
    pub(crate) postings: Vec<i64>,
    /// Pairs that no longer are, or never were, related by a steward's word.
    pub(crate) lifted: Vec<(i64, i64)>,
    /// Postings whose vacancies say something else now.
    pub(crate) about: Vec<i64>,
}

/// Assigns vacancies to fresh postings and writes them with everything that follows.
/// `touched` are vacancies whose postings changed state in this transaction.
pub(crate) async fn settle(
    tx: &Tx,
    judge: &Judge<'_>,
    fresh: &mut [Fresh],
    mut touched: BTreeSet<i64>,
) -> Result<(), StoreError> {
    let mut scene = Scene::default();
    if !fresh.is_empty() {
        stages::before_showing(tx, judge.policies, judge.as_of_ms, fresh).await?;
        scene.near.shared_keys = index(tx, fresh).await?;
        let changed: Vec<Changed> = fresh.iter().map(Changed::of).collect();
        resolve(tx, judge, &changed, &mut scene).await?;
    }
    let placed: FxHashMap<i64, i64> = scene.named.moves.iter().copied().collect();
    let new: FxHashSet<i64> = fresh.iter().filter(|f| f.new).map(|f| f.row.id).collect();
    for item in fresh.iter_mut() {
        touched.insert(item.row.vacancy);
        item.row.vacancy = placed.get(&item.row.id).copied().unwrap_or(item.row.vacancy);
        touched.insert(item.row.vacancy);
    }
    let changed: Vec<i64> = fresh.iter().filter(|f| !f.new).map(|f| f.row.id).collect();
    let rows: Vec<store::posting::Posting> = fresh.iter().map(|f| f.row.clone()).collect();
    tx.put_postings(&rows, &changed, judge.as_of_ms).await?;
    let moves: Vec<(i64, i64)> = scene.named.moves.iter().copied().filter(|(id, _)| !new.contains(id)).collect();
    let restored = write_resolution(tx, judge, &scene, &moves, &mut touched).await?;
    open_grey_cases(tx, judge, &scene, fresh).await?;
    refresh(tx, judge, fresh, &touched, &scene.named, &restored).await
}

/// Decides anew after a steward's word, without anything new from a source: what is stored of the postings' relations is
/// what is compared, so that taking the word back gives what was there before.
pub(crate) async fn resettle(tx: &Tx, judge: &Judge<'_>, shift: &Shift) -> Result<BTreeSet<i64>, StoreError> {
    let mut scene = Scene::default();
    let mut touched: BTreeSet<i64> = tx.known(&shift.about).await?.into_iter().map(|k| k.vacancy).collect();
    if !shift.postings.is_empty() {
        let records = tx.records(&shift.postings).await?;
        let changed: Vec<Changed> = records.iter().map(Changed::from_record).collect::<Result<_, _>>()?;
        scene.near.shared_keys = stored_pairs(tx, shift).await?;
        resolve(tx, judge, &changed, &mut scene).await?;
        touched.extend(changed.iter().filter_map(|c| c.placed.vacancy));
    }
    let moves = scene.named.moves.clone();
    let restored = write_resolution(tx, judge, &scene, &moves, &mut touched).await?;
    open_grey_cases(tx, judge, &scene, &[]).await?;
    refresh(tx, judge, &[], &touched, &scene.named, &restored).await?;
    let retired: BTreeSet<i64> = scene.named.merged.iter().map(|(old, _)| *old).collect();
    Ok(touched.difference(&retired).copied().collect())
}

/// Writes who is where now; gives the ids that had been retired and are borne again.
async fn write_resolution(
    tx: &Tx,
    judge: &Judge<'_>,
    scene: &Scene,
    moves: &[(i64, i64)],
    touched: &mut BTreeSet<i64>,
) -> Result<BTreeSet<i64>, StoreError> {
    let Scene { resolution, named, placed, .. } = scene;
    touched.extend(named.moves.iter().flat_map(|(id, new)| placed[id].vacancy.into_iter().chain([*new])));
    tx.assign(moves).await?;
    let relations: Vec<_> = resolution.relations_upsert.iter().map(to_row).collect();
    tx.put_relations(&relations, &resolution.relations_delete).await?;
    if !named.merged.is_empty() {
        tx.redirect(&named.merged, judge.as_of_ms).await?;
    }
    let begun: Vec<i64> = named.split.iter().map(|(_, new)| *new).collect();
    let moved: Vec<i64> = moves.iter().map(|(id, _)| *id).collect();
    Ok(tx.follow_redirects(&begun, &moved).await?.into_iter().collect())
}

impl Changed {
    fn of(fresh: &Fresh) -> Changed {
        let row = &fresh.row;
        // one that is not known yet was first seen on the page it comes from
        let age = Age { first_seen_ms: row.first_seen_ms, arrived: row.page, id: row.id };
        let placed = Placed { age, vacancy: (!fresh.new).then_some(row.vacancy) };
        Changed { profile: fresh.profile.clone(), placed, body_hash: row.body_hash }
    }

    fn from_record(record: &store::matching::Record) -> Result<Changed, StoreError> {
        let mut profile = decode(record)?;
        profile.live = record.state != lifecycle::state::CLOSED;
        Ok(Changed { profile, placed: placed(record), body_hash: record.body_hash })
    }
}

fn placed(record: &store::matching::Record) -> Placed {
    let age = Age { first_seen_ms: record.first_seen_ms, arrived: record.arrived, id: record.id };
    Placed { age, vacancy: Some(record.vacancy) }
}

/// The pairs that are compared again: those with a stored relation, but for what only a steward's word had related.
async fn stored_pairs(tx: &Tx, shift: &Shift) -> Result<Vec<(i64, i64)>, StoreError> {
    let lifted: FxHashSet<(i64, i64)> = shift.lifted.iter().map(|(a, b)| (*a.min(b), *a.max(b))).collect();
    let stored = tx.relations_at(&shift.postings).await?;
    let mut pairs: Vec<(i64, i64)> = stored.iter().map(|r| (r.a, r.b)).filter(|pair| !lifted.contains(pair)).collect();
    if !lifted.is_empty() {
        pairs.extend(sharing_a_key(tx, &lifted).await?);
    }
    let changed: FxHashSet<i64> = shift.postings.iter().copied().collect();
    Ok(pairs.into_iter().map(|(a, b)| if changed.contains(&a) { (a, b) } else { (b, a) }).collect())
}

/// Of some pairs those that share a key which is not hot.
async fn sharing_a_key(tx: &Tx, pairs: &FxHashSet<(i64, i64)>) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut ids: Vec<i64> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut keys_of: FxHashMap<i64, Vec<i64>> = FxHashMap::default();
    for record in tx.records(&ids).await? {
        keys_of.insert(record.id, decode(&record)?.keys().to_vec());
    }
    let shared = |(a, b): &(i64, i64)| -> Vec<i64> {
        let other = keys_of.get(b).map_or(&[][..], Vec::as_slice);
        keys_of.get(a).into_iter().flatten().copied().filter(|key| other.contains(key)).collect()
    };
    let mut keys: Vec<i64> = pairs.iter().flat_map(shared).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut holders: FxHashMap<i64, usize> = FxHashMap::default();
    for (key, _) in tx.who_has(&keys, KEY_CAP).await? {
        *holders.entry(key).or_default() += 1;
    }
    let cool = |key: &i64| holders.get(key).is_some_and(|n| *n <= KEY_CAP);
    let mut out: Vec<(i64, i64)> = pairs.iter().copied().filter(|pair| shared(pair).iter().any(cool)).collect();
    out.sort_unstable();
    Ok(out)
}

/// Decides and names.
async fn resolve(tx: &Tx, judge: &Judge<'_>, changed: &[Changed], scene: &mut Scene) -> Result<(), StoreError> {
    let profiles: Vec<Profile> = changed.iter().map(|c| c.profile.clone()).collect();
    gather(tx, judge, changed, &profiles, scene).await?;
    scene.resolution = dedup::resolve(&profiles, &scene.near, &scene.rulings, judge.model);
    let mut group_of: FxHashMap<i64, i64> = scene.near.vacancy_of.clone();
    group_of.extend(scene.resolution.assignments.iter().copied());
    scene.named = naming::name(&scene.placed, &group_of);
    Ok(())
}

/// Loads what the decision depends on: who shares a key, whole vacancies, stored relations, stewards' rulings, until
/// nothing is missing.
async fn gather(
    tx: &Tx,
    judge: &Judge<'_>,
    changed: &[Changed],
    profiles: &[Profile],
    scene: &mut Scene,
) -> Result<(), StoreError> {
    let mut have: FxHashSet<i64> = changed.iter().map(|c| c.profile.id).collect();
    let mut known: Vec<i64> = Vec::new();
    let mut vacancies: BTreeSet<i64> = BTreeSet::new();
    for item in changed {
        let id = item.profile.id;
        scene.changed.insert(id);
        scene.placed.insert(id, item.placed);
        scene.body_hash.insert(id, item.body_hash);
        if let Some(vacancy) = item.placed.vacancy {
            scene.near.vacancy_of.insert(id, vacancy);
            vacancies.insert(vacancy);
            known.push(id);
        }
    }
    scene.standing = tx.standing_at(&known).await?;
    let mut wanted = scene.unloaded(&have, scene.near.shared_keys.iter().map(|(_, other)| *other));
    for _ in 0..ROUNDS_MAX {
        let mut records = if wanted.is_empty() { Vec::new() } else { tx.records(&wanted).await? };
        vacancies.extend(records.iter().map(|r| r.vacancy));
        if !vacancies.is_empty() {
            let list: Vec<i64> = std::mem::take(&mut vacancies).into_iter().collect();
            records.extend(tx.records_in(&list).await?);
        }
        let mut loaded = Vec::new();
        for record in records {
            if have.insert(record.id) {
                loaded.push(record.id);
                scene.take(&record)?;
            }
        }
        let ids: Vec<i64> = scene.near.profiles.iter().map(|p| p.id).chain(known.iter().copied()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        scene.near.relations = tx.relations_at(&ids).await?.iter().map(from_row).collect::<Result<_, _>>()?;
        scene.standing.extend(tx.standing_at(&loaded).await?);
        scene.rulings =
            standing::rulings(&scene.standing, profiles, &scene.near.profiles, &scene.body_hash, judge.model);
        // what is a statutory test is not merged away, whatever a steward said
        let members: Vec<i64> = have.iter().copied().collect();
        let frozen = window::holding(tx, &members, crate::world::instant(judge.as_of_ms)).await?;
        scene.rulings.extend(window::keep_apart(&frozen, &members, &scene.near.vacancy_of));
        scene.near.loaded.clone_from(&have);
        let named = dedup::needs(profiles, &scene.near, &scene.rulings, judge.model);
        wanted = scene.unloaded(&have, named.into_iter());
        if wanted.is_empty() {
            break;
        }
    }
    Ok(())
}

impl Scene {
    fn take(&mut self, record: &store::matching::Record) -> Result<(), StoreError> {
        self.near.vacancy_of.insert(record.id, record.vacancy);
        self.placed.insert(record.id, placed(record));
        self.body_hash.insert(record.id, record.body_hash);
        let mut profile = decode(record)?;
        profile.live = record.state != lifecycle::state::CLOSED;
        self.near.profiles.push(profile);
        Ok(())
    }

    /// Of these postings, and of those that rulings name, the ones that are not at hand.
    fn unloaded(&self, have: &FxHashSet<i64>, more: impl Iterator<Item = i64>) -> Vec<i64> {
        let ruled = self.standing.iter().filter(|s| self.changed.contains(&s.subject)).filter_map(|s| s.other);
        let mut out: Vec<i64> = more.chain(ruled).filter(|id| !have.contains(id)).collect();
        out.sort_unstable();
        out.dedup();
        out
    }
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

/// Asks about the pairs that are too near the threshold to decide, those first where a wrong guess costs most, as many as
/// stewards can look at, and
/// about decisions that what the sources say now speaks against; the other pairs stay as stored relations of kind `partial`.
async fn open_grey_cases(tx: &Tx, judge: &Judge<'_>, scene: &Scene, fresh: &[Fresh]) -> Result<(), StoreError> {
    let most = fresh.len().div_ceil(CASES_PER);
    let profiles: FxHashMap<i64, &Profile> =
        scene.near.profiles.iter().chain(fresh.iter().map(|f| &f.profile)).map(|p| (p.id, p)).collect();
    let pair = |relation: &dedup::Relation| {
        let (a, b) = (profiles.get(&relation.a)?, profiles.get(&relation.b)?);
        let content = review::content(&[scene.body_hash.get(&a.id).copied(), scene.body_hash.get(&b.id).copied()]);
        Some(review::ask::duplicate(judge, relation, a, b, content))
    };
    let mut questions: Vec<review::Question> = scene.resolution.grey.iter().filter_map(pair).collect();
    // an answer is worth what a wrong guess would cost
    let worth = |q: &review::Question| q.value * q.risk;
    questions.sort_by(|x, y| worth(y).total_cmp(&worth(x)).then(x.key.cmp(&y.key)));
    questions.truncate(most);
    let changed: FxHashSet<i64> = fresh.iter().map(|f| f.row.id).collect();
    for against in standing::contradicted(&scene.standing, &profiles, &scene.body_hash, &changed, judge.model) {
        questions.extend(pair(&against.relation).map(|question| question.against(against.decision)));
    }
    review::ask(tx, judge.as_of_ms, &questions).await.map(|_| ())
}

/// Brings the rows of touched vacancies up to date and appends the events that follow.
async fn refresh(
    tx: &Tx,
    judge: &Judge<'_>,
    fresh: &[Fresh],
    touched: &BTreeSet<i64>,
    named: &Named,
    restored: &BTreeSet<i64>,
) -> Result<(), StoreError> {
    if touched.is_empty() {
        return Ok(());
    }
    let retired: BTreeSet<i64> = named.merged.iter().map(|(old, _)| *old).collect();
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
    let words = standing_words(tx, fresh, &loaded, &members).await?;
    let before: FxHashMap<i64, Vacancy> = tx.vacancies(&list).await?.into_iter().map(|v| (v.id, v)).collect();
    let said = said_of(tx, &members).await?;
    let (mut written, mut beliefs, mut ruled) = (Vec::new(), Vec::new(), Vec::new());
    let mut events: Vec<NewEvent> = named
        .merged
        .iter()
        .map(|(old, survivor)| NewEvent { kind: "merge", vacancy: *old, other: Some(*survivor), reason: None })
        .chain(named.split.iter().map(|(from, new)| NewEvent {
            kind: "split",
            vacancy: *new,
            other: Some(*from),
            reason: restored.contains(new).then(|| "restored".to_owned()),
        }))
        .collect();
    let mut questions = words.contradicted(judge, fresh);
    for (id, group) in &mut members {
        let old = before.get(id);
        ruled.extend(words.apply(group));
        let standing = standing(group, said.get(id).map_or(&[], Vec::as_slice), words.life(group), judge);
        let (now, record) = summarize(*id, group, &in_hand, judge, old, &standing, &words);
        if let Some(record) = record.filter(|_| now.state != lifecycle::state::CLOSED) {
            let members = golden_members(group, &in_hand, judge);
            questions.extend(doubt::conflicts(judge, *id, &members, &record, &words.picked(group)));
        }
        let suspected = standing.state == lifecycle::state::SUSPECTED_FILLED;
        if suspected && old.is_none_or(|v| v.state != standing.state) && now.verdict == "publish" {
            let record = group.first().and_then(|m| in_hand.get(&m.id)).map(|(posting, _)| *posting);
            questions.extend(record.map(|record| doubt::filled(judge, *id, group.len(), record, &standing)));
        }
        questions.extend(words.overtaken(judge, *id, group));
        events.extend(event_between(old, &now));
        beliefs.extend(belief_between(old, &now, &standing, judge));
        if old != Some(&now) {
            written.push(now);
        }
    }
    tx.set_ruled(&ruled).await?;
    tx.put_vacancies(&written).await?;
    tx.put_beliefs(&beliefs).await?;
    doubt::ask_capped(tx, judge, questions).await?;
    tx.append_events(judge.as_of_ms, judge.run, &events).await
}

/// What stewards said of members, judged by what these say now.
async fn standing_words(
    tx: &Tx,
    fresh: &[Fresh],
    loaded: &BTreeMap<i64, (Body, i64)>,
    members: &BTreeMap<i64, Vec<Member>>,
) -> Result<standing::Words, StoreError> {
    let ids: Vec<i64> = members.values().flatten().map(|m| m.id).collect();
    let rows = tx.standing_at(&ids).await?;
    let test = Some(lifecycle::reason::LABOUR_MARKET_TEST);
    let tested: Vec<i64> = members.values().flatten().filter(|m| m.reason.as_deref() == test).map(|m| m.id).collect();
    if rows.is_empty() && tested.is_empty() {
        return Ok(standing::Words::default());
    }
    let subjects: FxHashSet<i64> = rows.iter().map(|row| row.subject).collect();
    let mut said: FxHashMap<i64, standing::Said> = FxHashMap::default();
    for item in fresh.iter().filter(|f| subjects.contains(&f.row.id)) {
        let body: Body = serde_json::from_str(&item.row.body).unwrap_or_default();
        said.insert(item.row.id, standing::Said::of(&body, item.row.body_hash));
    }
    let of_loaded = loaded.iter().filter(|(id, _)| subjects.contains(id));
    said.extend(of_loaded.map(|(id, (body, hash))| (*id, standing::Said::of(body, *hash))));
    Ok(standing::Words::of(&rows, &said).keeping_dates(tested.into_iter()))
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
    standing: &Standing,
    words: &standing::Words,
) -> (Vacancy, Option<dedup::Golden>) {
    let Standing { state, reason, verdict, .. } = *standing;
    let (golden, golden_hash, record) = golden_of(group, in_hand, judge, &words.picks(group.iter().map(|m| m.id)));
    let founded_ms = group.iter().map(|m| m.first_seen_ms).min().unwrap_or(judge.as_of_ms);
    let posting = golden.as_ref();
    let mut now = Vacancy {
        id,
        state: state.to_owned(),
        reason: reason.map(str::to_owned),
        verdict: verdict.to_owned(),
        state_since_ms: old.filter(|v| v.state == state && v.reason.as_deref() == reason).map_or_else(
            || standing.since_ms.unwrap_or(if state == lifecycle::state::OPEN { founded_ms } else { judge.as_of_ms }),
            |v| v.state_since_ms,
        ),
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
    (now, record)
}

/// The evidence that stands about vacancies and their members, by vacancy.
async fn said_of(
    tx: &Tx,
    members: &BTreeMap<i64, Vec<Member>>,
) -> Result<FxHashMap<i64, Vec<lifecycle::evidence::Evidence>>, StoreError> {
    let of: FxHashMap<i64, i64> = members.iter().flat_map(|(id, group)| group.iter().map(|m| (m.id, *id))).collect();
    let mut ids: Vec<i64> = of.keys().copied().collect();
    ids.sort_unstable();
    let mut said: FxHashMap<i64, Vec<lifecycle::evidence::Evidence>> = FxHashMap::default();
    for row in tx.evidence_about(&ids).await? {
        if let (Some(vacancy), Some(piece)) = (of.get(&row.subject), lifecycle::evidence::Evidence::of(&row)) {
            said.entry(*vacancy).or_default().push(piece);
        }
    }
    Ok(said)
}

/// A steward who says that the job is still there speaks against suspicions only, not against closed postings.
fn standing(
    group: &[Member],
    said: &[lifecycle::evidence::Evidence],
    word: Option<(&'static str, &str)>,
    judge: &Judge<'_>,
) -> Standing {
    let lives: Vec<Life<'_>> =
        group.iter().map(|m| Life { state: &m.state, reason: m.reason.as_deref(), verdict: &m.verdict }).collect();
    let plain = lifecycle::vacancy(&lives, said, None, &judge.rules, judge.as_of_ms);
    let suspected = [lifecycle::state::SUSPECTED_FILLED, lifecycle::state::SUSPECTED_STALE].contains(&plain.state);
    match word {
        Some((state, reason)) if state == lifecycle::state::CLOSED || suspected => {
            let word = lifecycle::Steward { state: state.to_owned(), reason: reason.to_owned() };
            lifecycle::vacancy(&lives, said, Some(&word), &judge.rules, judge.as_of_ms)
        }
        _ => plain,
    }
}

/// What is believed of a vacancy from now on, where that is new; nothing is noted of one that is born open and shown.
fn belief_between(
    old: Option<&Vacancy>,
    now: &Vacancy,
    standing: &Standing,
    judge: &Judge<'_>,
) -> Option<store::history::Belief> {
    let plain = now.state == lifecycle::state::OPEN && now.verdict == "publish" && now.reason.is_none();
    let (news, state_is_new) = match old {
        None => (!plain, true),
        Some(old) => {
            let state = (&old.state, &old.reason) != (&now.state, &now.reason);
            (state || old.verdict != now.verdict, state)
        }
    };
    news.then(|| store::history::Belief {
        subject: now.id,
        scope: store::evidence::VACANCY.to_owned(),
        known_ms: judge.as_of_ms,
        // only the state reaches back; what may be shown changes when it is found out
        valid_ms: if state_is_new { now.state_since_ms } else { judge.as_of_ms },
        state: now.state.clone(),
        reason: now.reason.clone(),
        verdict: Some(now.verdict.clone()),
        probability: (standing.probability * 1000.0).round() as i64,
        run: judge.run,
        evidence: serde_json::to_string(&standing.evidence).unwrap_or_default(),
    })
}

/// The golden posting of a group and its hash; a group of one is that posting itself. Of several, also how it came about.
fn golden_of<'a>(
    group: &[Member],
    in_hand: &FxHashMap<i64, (&'a Posting, i64)>,
    judge: &Judge<'_>,
    picks: &[dedup::Pick],
) -> (std::borrow::Cow<'a, Posting>, i64, Option<dedup::Golden>) {
    use std::borrow::Cow;
    if let ([only], []) = (group, picks) {
        let found = in_hand.get(&only.id);
        let (posting, hash) = found
            .map_or_else(|| (Cow::Owned(Posting::default()), 0), |(posting, hash)| (Cow::Borrowed(*posting), *hash));
        return (posting, hash, None);
    }
    let mut golden = dedup::golden_picked(&golden_members(group, in_hand, judge), picks);
    golden.posting.provenance = Vec::new();
    golden.posting.rules = 0;
    let hash = hash_text(&serde_json::to_string(&golden.posting).unwrap_or_default());
    (Cow::Owned(golden.posting.clone()), hash, Some(golden))
}

/// The members that give values: what must not be shown gives none as long as there is anything that may be.
fn golden_members<'a>(
    group: &[Member],
    in_hand: &FxHashMap<i64, (&'a Posting, i64)>,
    judge: &Judge<'a>,
) -> Vec<dedup::Member<'a>> {
    let shown = group.iter().any(|m| m.verdict == "publish");
    group
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
        .collect()
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
        (true, false) if now.reason.as_deref() == Some(lifecycle::reason::WITHDRAWN_ILLEGAL) => {
            event("withdraw", now.reason.clone())
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
