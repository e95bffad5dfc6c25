//! The step of the pipeline: changed postings and their neighbourhood in; relations, vacancies and questions out.
//! After any sequence of calls the groups equal those of one call on the final state, if the neighbourhood is whole.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::cluster::{self, Link, Rulings, ordered};
use crate::compare::{self, Levels, exclusive};
use crate::profile::{Profile, SEED};
use crate::weigh::Model;
use crate::{PostingId, VacancyId};

/// What two postings are to each other: the classes of the European challenge for online job advertisements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// One vacancy in the same words.
    Full,
    /// One vacancy in other words.
    Semantic,
    /// One vacancy at another time: a repost.
    Temporal,
    /// Not decidable for want of information.
    Partial,
    /// Two vacancies.
    Distinct,
}

impl RelationKind {
    /// The word in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            RelationKind::Full => "full",
            RelationKind::Semantic => "semantic",
            RelationKind::Temporal => "temporal",
            RelationKind::Partial => "partial",
            RelationKind::Distinct => "distinct",
        }
    }
}

/// Two postings compared, kept by the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// The smaller id.
    pub a: PostingId,
    /// The larger id.
    pub b: PostingId,
    /// The class.
    pub kind: RelationKind,
    /// Score, in thousandths of a bit.
    pub millibits: i32,
    /// Levels the score came from.
    pub levels: Levels,
}

/// A steward's decision on two postings; outlives every re-run. Of two on one pair the last holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// One posting.
    pub a: PostingId,
    /// The other.
    pub b: PostingId,
    /// One vacancy, or two.
    pub same: bool,
    /// The class, where the steward named one.
    pub kind: Option<RelationKind>,
}

/// What the hub loaded around the changed postings.
///
/// To begin with: every posting that shares a key with a changed one (the [`crate::KEY_CAP`] newest of each key), the
/// members of all their vacancies, and all stored relations of the changed ones. Then, until [`needs`] gives nothing:
/// the profiles, stored relations and vacancy mates of the postings it names. `rulings` given along are all that
/// touch a loaded posting. A new or withdrawn ruling makes both its postings changed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Neighbourhood {
    /// Profiles, in any order; those of changed postings may be absent or stale.
    pub profiles: Vec<Profile>,
    /// Vacancies before this step.
    pub vacancy_of: FxHashMap<PostingId, VacancyId>,
    /// When each of these vacancies was founded, in milliseconds.
    pub founded: FxHashMap<VacancyId, i64>,
    /// Stored relations.
    pub relations: Vec<Relation>,
    /// Candidate pairs: (changed, other) that share a key.
    pub shared_keys: Vec<(PostingId, PostingId)>,
    /// Postings of which everything is here: profile, all stored relations, all vacancy mates. Only [`needs`] reads it.
    pub loaded: FxHashSet<PostingId>,
    /// Ids that are or were a vacancy's and are not among `founded`. It is enough to look up
    /// [`Resolution::new_vacancies`] and, on a hit, to add it here and resolve again.
    pub taken: FxHashSet<VacancyId>,
}

/// What follows for the store. Every list is sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// New or changed relations.
    pub relations_upsert: Vec<Relation>,
    /// Relations that no longer hold.
    pub relations_delete: Vec<(PostingId, PostingId)>,
    /// New or changed vacancies of postings.
    pub assignments: Vec<(PostingId, VacancyId)>,
    /// Vacancies that did not exist.
    pub new_vacancies: Vec<VacancyId>,
    /// Vacancies that ended in another: (old, survivor); the old id redirects for ever.
    pub merged: Vec<(VacancyId, VacancyId)>,
    /// Vacancies that lost postings to a new one: (from, new).
    pub split: Vec<(VacancyId, VacancyId)>,
    /// Pairs a steward should look at, closest to the threshold first; contradictions of rulings before all.
    pub grey: Vec<Relation>,
}

/// Everything at hand, indexed; built alike by [`needs`] and [`resolve`].
struct Scene<'a> {
    profiles: FxHashMap<PostingId, &'a Profile>,
    changed: FxHashSet<PostingId>,
    rulings: Rulings,
    fresh: FxHashMap<(PostingId, PostingId), Relation>,
    /// Links between postings: stored ones that stand and fresh ones.
    links: Vec<(PostingId, PostingId, i32)>,
    touched: FxHashSet<PostingId>,
}

/// Postings that must be loaded (profile, stored relations, vacancy mates, rulings) before [`resolve`] may run; sorted.
/// The hub loads them, adds them to `near.loaded` and asks again until none is named; it may stop after a few rounds,
/// at the price of groups that a later step corrects.
pub fn needs(changed: &[Profile], near: &Neighbourhood, rulings: &[Ruling], model: &Model) -> Vec<PostingId> {
    let scene = Scene::of(changed, near, rulings, model);
    let mut missing: Vec<PostingId> = scene.touched.iter().copied().filter(|id| !near.loaded.contains(id)).collect();
    missing.sort_unstable();
    missing
}

/// Decides which postings are one vacancy, for the changed postings and all whose vacancy depends on them.
pub fn resolve(changed: &[Profile], near: &Neighbourhood, rulings: &[Ruling], model: &Model) -> Resolution {
    let scene = Scene::of(changed, near, rulings, model);
    let mut out = Resolution::default();
    scene.relations(near, model, &mut out);
    let (groups, conflicts) = scene.groups(model);
    assign(&groups, &scene, near, &mut out);
    scene.questions(&groups, &conflicts, model, &mut out);
    out
}

/// The relation of two postings; `None` when nothing about it is worth keeping.
pub(crate) fn relate(a: &Profile, b: &Profile, ruling: Option<&Ruling>, model: &Model) -> Option<Relation> {
    let levels = model.levels(a, b);
    let millibits = model.score(&levels);
    if millibits < model.keep && ruling.is_none() {
        return None;
    }
    let kind = match ruling {
        Some(Ruling { same: false, .. }) => RelationKind::Distinct,
        Some(Ruling { kind: Some(kind), .. }) => *kind,
        Some(_) => same_kind(a, b, &levels),
        None if exclusive(a, b) => RelationKind::Distinct,
        None if millibits >= model.auto => same_kind(a, b, &levels),
        None if millibits >= model.grey => RelationKind::Partial,
        None => RelationKind::Distinct,
    };
    let (a, b) = ordered(a.id, b.id);
    Some(Relation { a, b, kind, millibits, levels })
}

/// How two postings that are one vacancy are one.
pub(crate) fn same_kind(a: &Profile, b: &Profile, levels: &Levels) -> RelationKind {
    let words = |at: usize| levels.0[at];
    if words(compare::TIMING) >= 4 {
        RelationKind::Temporal
    } else if (1..=2).contains(&words(compare::TEXT)) && (1..=2).contains(&words(compare::TITLE))
        || a.text.whole != 0 && a.text.whole == b.text.whole
    {
        RelationKind::Full
    } else {
        RelationKind::Semantic
    }
}

impl<'a> Scene<'a> {
    fn of(changed: &'a [Profile], near: &'a Neighbourhood, rulings: &[Ruling], model: &Model) -> Scene<'a> {
        let mut profiles: FxHashMap<PostingId, &Profile> = near.profiles.iter().map(|p| (p.id, p)).collect();
        profiles.extend(changed.iter().map(|p| (p.id, p)));
        let mut scene = Scene {
            profiles,
            changed: changed.iter().map(|p| p.id).collect(),
            rulings: Rulings::of(rulings),
            fresh: FxHashMap::default(),
            links: Vec::new(),
            touched: FxHashSet::default(),
        };
        scene.compare_candidates(near, rulings, model);
        scene.link(near, rulings, model);
        scene.touch(near);
        scene
    }

    fn compare_candidates(&mut self, near: &Neighbourhood, rulings: &[Ruling], model: &Model) {
        let ruled: FxHashMap<(PostingId, PostingId), &Ruling> =
            rulings.iter().map(|r| (ordered(r.a, r.b), r)).collect();
        let pairs = near.shared_keys.iter().copied().chain(rulings.iter().map(|r| (r.a, r.b)));
        for (a, b) in pairs {
            let pair = ordered(a, b);
            let fresh = self.changed.contains(&a) || self.changed.contains(&b);
            if a == b || !fresh || self.fresh.contains_key(&pair) {
                continue;
            }
            let (Some(x), Some(y)) = (self.profiles.get(&pair.0), self.profiles.get(&pair.1)) else { continue };
            if let Some(relation) = relate(x, y, ruled.get(&pair).copied(), model) {
                self.fresh.insert(pair, relation);
            }
        }
    }

    fn link(&mut self, near: &Neighbourhood, rulings: &[Ruling], model: &Model) {
        let stored = near.relations.iter().filter(|r| !self.changed.contains(&r.a) && !self.changed.contains(&r.b));
        self.links = stored
            .chain(self.fresh.values())
            .filter(|r| r.millibits >= model.auto && r.kind != RelationKind::Distinct)
            .map(|r| (r.a, r.b, r.millibits))
            .chain(rulings.iter().filter(|r| r.same && r.a != r.b).map(|r| {
                let (a, b) = ordered(r.a, r.b);
                (a, b, model.auto)
            }))
            .collect();
        self.links.sort_unstable();
        self.links.dedup_by_key(|l| (l.0, l.1));
    }

    /// Postings whose group may change: the changed ones, those they were linked to, and all that hang together
    /// with them by links or by a vacancy.
    fn touch(&mut self, near: &Neighbourhood) {
        let mut neighbours: FxHashMap<PostingId, Vec<PostingId>> = FxHashMap::default();
        let mut tie = |a: PostingId, b: PostingId| {
            neighbours.entry(a).or_default().push(b);
            neighbours.entry(b).or_default().push(a);
        };
        for (a, b, _) in &self.links {
            tie(*a, *b);
        }
        let mut first_of: FxHashMap<VacancyId, PostingId> = FxHashMap::default();
        let mut assigned: Vec<(PostingId, VacancyId)> = near.vacancy_of.iter().map(|(p, v)| (*p, *v)).collect();
        assigned.sort_unstable();
        for (posting, vacancy) in assigned {
            let first = *first_of.entry(vacancy).or_insert(posting);
            if first != posting {
                tie(first, posting);
            }
        }
        let once_linked = near
            .relations
            .iter()
            .filter(|r| r.kind != RelationKind::Distinct && r.kind != RelationKind::Partial)
            .filter(|r| self.changed.contains(&r.a) || self.changed.contains(&r.b))
            .flat_map(|r| [r.a, r.b]);
        self.touched = cluster::closure(self.changed.iter().copied().chain(once_linked), &neighbours);
    }

    fn relations(&self, near: &Neighbourhood, model: &Model, out: &mut Resolution) {
        let mut stored: FxHashMap<(PostingId, PostingId), &Relation> = FxHashMap::default();
        for relation in &near.relations {
            if self.changed.contains(&relation.a) || self.changed.contains(&relation.b) {
                stored.insert((relation.a, relation.b), relation);
            }
        }
        let mut upsert: Vec<Relation> = self
            .fresh
            .iter()
            .filter(|(pair, relation)| stored.get(*pair) != Some(relation))
            .map(|(_, relation)| relation.clone())
            .collect();
        upsert.sort_unstable_by_key(|r| (r.a, r.b));
        let mut delete: Vec<(PostingId, PostingId)> =
            stored.keys().copied().filter(|pair| !self.fresh.contains_key(pair)).collect();
        delete.sort_unstable();
        let _ = model;
        out.relations_upsert = upsert;
        out.relations_delete = delete;
    }

    /// Groups of the touched postings, each sorted, in order of their first posting.
    fn groups(&self, model: &Model) -> (Vec<Vec<PostingId>>, Vec<(PostingId, PostingId)>) {
        let mut ids: Vec<PostingId> =
            self.touched.iter().copied().filter(|id| self.profiles.contains_key(id)).collect();
        ids.sort_unstable();
        let number: FxHashMap<PostingId, u32> = ids.iter().enumerate().map(|(at, id)| (*id, at as u32)).collect();
        let links: Vec<Link> = self
            .links
            .iter()
            .filter_map(|(a, b, score)| Some(Link { a: *number.get(a)?, b: *number.get(b)?, score: *score }))
            .collect();
        let roots = cluster::components(ids.len(), links.iter().map(|l| (l.a, l.b)));
        let mut parts: Vec<(Vec<u32>, Vec<Link>)> = Vec::new();
        let mut part_of: FxHashMap<u32, usize> = FxHashMap::default();
        let mut place = vec![0u32; ids.len()];
        for (at, root) in roots.iter().enumerate() {
            let part = *part_of.entry(*root).or_insert_with(|| {
                parts.push(Default::default());
                parts.len() - 1
            });
            place[at] = parts[part].0.len() as u32;
            parts[part].0.push(at as u32);
        }
        for link in &links {
            let part = part_of[&roots[link.a as usize]];
            let (a, b) = (place[link.a as usize], place[link.b as usize]);
            parts[part].1.push(Link { a, b, score: link.score });
        }
        let mut conflicts = Vec::new();
        let mut groups = Vec::new();
        for (members, links) in parts {
            let profiles: Vec<&Profile> = members.iter().map(|at| self.profiles[&ids[*at as usize]]).collect();
            let items = cluster::Postings { profiles: &profiles, model };
            let count = profiles.len();
            for group in cluster::groups(&items, count, &links, &self.rulings, model, &mut conflicts) {
                groups.push(group.into_iter().map(|i| profiles[i].id).collect::<Vec<_>>());
            }
        }
        groups.sort_unstable();
        (groups, conflicts)
    }

    fn questions(
        &self,
        groups: &[Vec<PostingId>],
        conflicts: &[(PostingId, PostingId)],
        model: &Model,
        out: &mut Resolution,
    ) {
        let group_of: FxHashMap<PostingId, usize> =
            groups.iter().enumerate().flat_map(|(at, g)| g.iter().map(move |id| (*id, at))).collect();
        let mut grey: Vec<Relation> = self
            .fresh
            .values()
            .filter(|r| r.millibits >= model.grey && r.kind != RelationKind::Distinct)
            .filter(|r| self.rulings.get(r.a, r.b).is_none() && group_of.get(&r.a) != group_of.get(&r.b))
            .cloned()
            .collect();
        grey.sort_unstable_by_key(|r| ((r.millibits - model.auto).abs(), r.a, r.b));
        let contradictions = conflicts.iter().filter_map(|(a, b)| {
            let (x, y) = (self.profiles.get(a)?, self.profiles.get(b)?);
            let levels = model.levels(x, y);
            let kind = RelationKind::Partial;
            Some(Relation { a: *a, b: *b, kind, millibits: model.score(&levels), levels })
        });
        out.grey = contradictions.chain(grey).collect();
    }
}

/// The ids a new vacancy may take: its founding posting's, then hashes of it. All free ids before a taken one are
/// never skipped, so the choice is the same everywhere.
fn id_candidates(founding: PostingId) -> impl Iterator<Item = VacancyId> {
    std::iter::once(founding).chain((1u64..).map(move |n| {
        let mut bytes = [0u8; 16];
        bytes[..8].copy_from_slice(&founding.to_le_bytes());
        bytes[8..].copy_from_slice(&n.to_le_bytes());
        xxh3_64_with_seed(&bytes, SEED).cast_signed()
    }))
}

/// The posting that founds a vacancy: the earliest, then the smallest id.
pub(crate) fn founding<'a>(members: impl Iterator<Item = &'a Profile>) -> Option<PostingId> {
    members.map(|p| (p.first_day.unwrap_or(i32::MAX), p.id)).min().map(|(_, id)| id)
}

/// Gives each group its vacancy: the oldest of those it inherits, or a new one.
fn assign(groups: &[Vec<PostingId>], scene: &Scene<'_>, near: &Neighbourhood, out: &mut Resolution) {
    let age = |vacancy: VacancyId| (near.founded.get(&vacancy).copied().unwrap_or(i64::MAX), vacancy);
    // old vacancy → (old members, group) of the group that inherits it
    let mut heirs: FxHashMap<VacancyId, (usize, usize)> = FxHashMap::default();
    let mut shares: Vec<SmallVec<[(VacancyId, usize); 2]>> = Vec::with_capacity(groups.len());
    for (at, group) in groups.iter().enumerate() {
        let mut share: SmallVec<[(VacancyId, usize); 2]> = SmallVec::new();
        for vacancy in group.iter().filter_map(|id| near.vacancy_of.get(id)) {
            match share.iter_mut().find(|(v, _)| v == vacancy) {
                Some((_, n)) => *n += 1,
                None => share.push((*vacancy, 1)),
            }
        }
        for (vacancy, n) in &share {
            let heir = heirs.entry(*vacancy).or_insert((0, at));
            // groups come in order of their smallest posting, so equals stay with the first
            if *n > heir.0 {
                *heir = (*n, at);
            }
        }
        shares.push(share);
    }
    let mut taken: FxHashSet<VacancyId> = near.taken.clone();
    taken.extend(near.vacancy_of.values());
    taken.extend(near.founded.keys());
    for (at, group) in groups.iter().enumerate() {
        let mut inherited: Vec<VacancyId> =
            shares[at].iter().map(|(v, _)| *v).filter(|v| heirs.get(v).is_some_and(|h| h.1 == at)).collect();
        inherited.sort_unstable_by_key(|v| age(*v));
        let vacancy = match inherited.split_first() {
            Some((survivor, others)) => {
                out.merged.extend(others.iter().map(|old| (*old, *survivor)));
                *survivor
            }
            None => {
                let first = founding(group.iter().filter_map(|id| scene.profiles.get(id).copied()));
                let Some(new) = id_candidates(first.unwrap_or(group[0])).find(|id| !taken.contains(id)) else {
                    continue;
                };
                taken.insert(new);
                out.new_vacancies.push(new);
                if let Some((from, _)) = shares[at].iter().max_by_key(|(v, n)| (*n, std::cmp::Reverse(age(*v)))) {
                    out.split.push((*from, new));
                }
                new
            }
        };
        let moved = group.iter().filter(|id| near.vacancy_of.get(id) != Some(&vacancy));
        out.assignments.extend(moved.map(|id| (*id, vacancy)));
    }
    out.assignments.sort_unstable();
    out.new_vacancies.sort_unstable();
    out.merged.sort_unstable();
    out.split.sort_unstable();
}

#[cfg(test)]
mod tests;
