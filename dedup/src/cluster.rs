//! Groups of postings that are one vacancy: average linkage under must-link, cannot-link and exclusivity.
//! The groups depend only on which postings a component holds, never on the order they came in.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::compare::exclusive;
use crate::profile::Profile;
use crate::weigh::Model;
use crate::{PostingId, Ruling};

/// One joining of two groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Postings of one group, sorted.
    pub left: Vec<PostingId>,
    /// Postings of the other.
    pub right: Vec<PostingId>,
    /// Mean over all cross pairs, relative to the threshold, in thousandths of a bit.
    pub mean_millibits: i64,
    /// A steward's ruling joined them, whatever the mean.
    pub ruled: bool,
}

/// Why two groups that a link connects are two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// A steward said so of two of their postings.
    Ruling,
    /// Two of their postings are live at one time in one source.
    Exclusive,
    /// Taken together, more speaks against than for it.
    Evidence,
    /// Two groups that cannot be one another claim a third alike: the evidence does not say which.
    Rival,
}

/// Two groups that stayed apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Postings of one group, sorted.
    pub left: Vec<PostingId>,
    /// Postings of the other.
    pub right: Vec<PostingId>,
    /// Mean over all cross pairs, relative to the threshold, in thousandths of a bit.
    pub mean_millibits: i64,
    /// Why.
    pub why: Refusal,
}

/// How the groups of a component came about, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct How {
    /// The groups, each sorted.
    pub groups: Vec<Vec<PostingId>>,
    /// What was joined, first to last.
    pub joined: Vec<Joined>,
    /// What stayed apart although some pair of it scores as one vacancy.
    pub refused: Vec<Refused>,
}

/// Most postings clustered together; a larger component is first cut at its weakest links.
pub const COMPONENT_MAX: usize = 400;
/// A cut that leaves only parts smaller than this tells nothing.
const SHATTERED_MAX: usize = 20;
/// By how much links must be stronger at each cut, in thousandths of a bit.
const CUT_STEP: i32 = 2_000;
/// Cuts tried before the strongest links alone decide.
const CUTS_MAX: i32 = 16;

/// Two postings linked strongly enough to be looked at together; indexes into the component's profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// One posting.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Score, in thousandths of a bit.
    pub score: i32,
}

/// What clustering must know of the items it groups; items are numbered from 0. Postings are one kind of item, the records
/// of [`crate::generic`] another.
pub trait Items: Sync {
    /// The id of an item; ties are broken by it.
    fn id(&self, at: usize) -> PostingId;
    /// The score of two, in thousandths of a bit.
    fn score(&self, a: usize, b: usize) -> i32;
    /// The same where only scores from `floor` on matter.
    fn score_from(&self, a: usize, b: usize, floor: i32) -> Option<i32> {
        Some(self.score(a, b)).filter(|score| *score >= floor)
    }
    /// Whether the two can never be one, unless a steward says so.
    fn apart(&self, a: usize, b: usize) -> bool;
}

/// Postings under a model.
pub(crate) struct Postings<'a> {
    pub(crate) profiles: &'a [&'a Profile],
    pub(crate) model: &'a Model,
}

impl Items for Postings<'_> {
    fn id(&self, at: usize) -> PostingId {
        self.profiles[at].id
    }

    fn score(&self, a: usize, b: usize) -> i32 {
        self.model.score(&self.model.levels(self.profiles[a], self.profiles[b]))
    }

    fn score_from(&self, a: usize, b: usize, floor: i32) -> Option<i32> {
        self.model.score_from(self.profiles[a], self.profiles[b], floor)
    }

    fn apart(&self, a: usize, b: usize) -> bool {
        exclusive(self.profiles[a], self.profiles[b])
    }
}

/// Rulings by pair, both orders looked up alike. The last of two rulings on one pair holds.
#[derive(Clone, Debug, Default)]
pub struct Rulings {
    by_pair: FxHashMap<(PostingId, PostingId), bool>,
}

impl Rulings {
    /// Indexes rulings.
    pub fn of(rulings: &[Ruling]) -> Rulings {
        Rulings { by_pair: rulings.iter().map(|r| (ordered(r.a, r.b), r.same)).collect() }
    }

    /// What a steward said of a pair.
    pub fn get(&self, a: PostingId, b: PostingId) -> Option<bool> {
        if self.by_pair.is_empty() { None } else { self.by_pair.get(&ordered(a, b)).copied() }
    }
}

pub(crate) fn ordered(a: PostingId, b: PostingId) -> (PostingId, PostingId) {
    if a <= b { (a, b) } else { (b, a) }
}

/// Components: postings joined by links of at least `model.auto` or by rulings. Gives each posting's component number.
pub fn components(count: usize, links: impl Iterator<Item = (u32, u32)>) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..count as u32).collect();
    for (a, b) in links {
        let (a, b) = (find(&mut parent, a), find(&mut parent, b));
        if a != b {
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    (0..count as u32).map(|i| find(&mut parent, i)).collect()
}

fn find(parent: &mut [u32], mut i: u32) -> u32 {
    while parent[i as usize] != i {
        parent[i as usize] = parent[parent[i as usize] as usize];
        i = parent[i as usize];
    }
    i
}

/// Groups of one component, as item numbers, each sorted by id, groups by their first. `conflicts` receives must-links
/// that a cannot-link forbids: cases for a second steward.
pub fn groups(
    items: &impl Items,
    count: usize,
    links: &[Link],
    rulings: &Rulings,
    model: &Model,
    conflicts: &mut Vec<(PostingId, PostingId)>,
) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_unstable_by_key(|i| items.id(*i));
    let mut out = Vec::new();
    for part in cut(items, order, links, rulings, model) {
        out.extend(linkage(items, &part, rulings, model, conflicts, None));
    }
    out.sort_unstable_by_key(|group| items.id(group[0]));
    out
}

/// How the groups of some postings come about: the same decisions as [`groups`], told. Meant for a vacancy and what is
/// linked to it; of more than [`COMPONENT_MAX`] postings the ones with the smallest ids are told.
pub fn how(profiles: &[Profile], rulings: &[Ruling], model: &Model) -> How {
    let mut all: Vec<&Profile> = profiles.iter().collect();
    all.sort_unstable_by_key(|p| p.id);
    all.dedup_by_key(|p| p.id);
    all.truncate(COMPONENT_MAX);
    let part: Vec<usize> = (0..all.len()).collect();
    let mut out = How::default();
    if !part.is_empty() {
        let items = Postings { profiles: &all, model };
        let groups = linkage(&items, &part, &Rulings::of(rulings), model, &mut Vec::new(), Some(&mut out));
        out.groups = groups.into_iter().map(|g| g.into_iter().map(|i| all[i].id).collect()).collect();
        out.groups.sort_unstable();
    }
    out
}

/// Cuts a component that is too large at ever stronger links.
fn cut(items: &impl Items, all: Vec<usize>, links: &[Link], rulings: &Rulings, model: &Model) -> Vec<Vec<usize>> {
    let mut pending = vec![(all, 0)];
    let mut out = Vec::new();
    while let Some((part, cuts)) = pending.pop() {
        if part.len() <= COMPONENT_MAX {
            out.push(part);
            continue;
        }
        if cuts == CUTS_MAX {
            // only ruled pairs hold such a part together, or one employer's copies by the hundred: read in order of id
            out.extend(part.chunks(COMPONENT_MAX).map(<[usize]>::to_vec));
            continue;
        }
        let floor = model.auto + CUT_STEP * (cuts + 1);
        let inside: FxHashMap<usize, u32> = part.iter().enumerate().map(|(at, i)| (*i, at as u32)).collect();
        let strong = links.iter().filter_map(|link| {
            let (a, b) = (inside.get(&(link.a as usize))?, inside.get(&(link.b as usize))?);
            let ruled = rulings.get(items.id(link.a as usize), items.id(link.b as usize)) == Some(true);
            (link.score >= floor || ruled).then_some((*a, *b))
        });
        let roots = components(part.len(), strong);
        let mut split: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
        for (at, root) in roots.iter().enumerate() {
            split.entry(*root).or_default().push(part[at]);
        }
        let mut parts: Vec<Vec<usize>> = split.into_values().collect();
        if parts.iter().all(|p| p.len() < SHATTERED_MAX) {
            // hundreds of copies of one posting, all linked alike: no link is the weakest
            out.extend(part.chunks(COMPONENT_MAX).map(<[usize]>::to_vec));
            continue;
        }
        parts.sort_unstable_by_key(|p| items.id(p[0]));
        pending.extend(parts.into_iter().map(|p| (p, cuts + 1)));
    }
    out
}

/// Sum of margins over the cross pairs of two groups, their number, and whether they may not meet.
#[derive(Clone, Copy, Default)]
struct Cross {
    sum: i64,
    /// Sum of the scores themselves, of which no pair is capped: what tells two strong claims apart.
    scores: i64,
    pairs: i64,
    apart: bool,
    ruled_apart: bool,
}

/// Average linkage over one part, exact: every cross pair is scored.
fn linkage(
    items: &impl Items,
    part: &[usize],
    rulings: &Rulings,
    model: &Model,
    conflicts: &mut Vec<(PostingId, PostingId)>,
    mut how: Option<&mut How>,
) -> Vec<Vec<usize>> {
    let n = part.len();
    if n == 1 {
        return vec![vec![part[0]]];
    }
    let mut cross = vec![Cross::default(); n * n];
    let mut must = Vec::new();
    for i in 0..n {
        for j in i + 1..n {
            let (a, b) = (part[i], part[j]);
            let ruling = rulings.get(items.id(a), items.id(b));
            let apart = match ruling {
                Some(same) => !same,
                None => items.apart(a, b),
            };
            if ruling == Some(true) {
                must.push((i, j));
            }
            let score = if apart { model.auto - model.cap } else { items.score(a, b) };
            let (sum, scores) = (model.margin(score), i64::from(score));
            let pair = Cross { sum, scores, pairs: 1, apart, ruled_apart: ruling == Some(false) };
            cross[i * n + j] = pair;
            cross[j * n + i] = pair;
        }
    }
    let mut groups: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
    let mut at: Vec<usize> = (0..n).collect();
    let ids = |group: &[usize]| {
        let mut ids: Vec<PostingId> = group.iter().map(|i| items.id(part[*i])).collect();
        ids.sort_unstable();
        ids
    };
    let tell = |how: &mut Option<&mut How>, groups: &[Vec<usize>], pair: Cross, a: usize, b: usize, ruled: bool| {
        if let Some(how) = how {
            let mean_millibits = pair.sum / pair.pairs.max(1);
            how.joined.push(Joined { left: ids(&groups[a]), right: ids(&groups[b]), mean_millibits, ruled });
        }
    };
    for (i, j) in must {
        let (a, b) = (at[i].min(at[j]), at[i].max(at[j]));
        if a == b {
            continue;
        }
        if cross[a * n + b].ruled_apart {
            conflicts.push(ordered(items.id(part[i]), items.id(part[j])));
            continue;
        }
        tell(&mut how, &groups, cross[a * n + b], a, b, true);
        join(&mut groups, &mut at, &mut cross, n, a, b);
    }
    while let Some((a, b)) = best_pair(&groups, &cross, n, i64::from(model.rival)) {
        tell(&mut how, &groups, cross[a * n + b], a, b, false);
        join(&mut groups, &mut at, &mut cross, n, a, b);
    }
    if let Some(how) = how {
        let members: Vec<Vec<usize>> = groups.iter().map(|g| g.iter().map(|i| part[*i]).collect()).collect();
        how.refused = refusals(items, &members, &cross, model);
    }
    groups
        .into_iter()
        .filter(|g| !g.is_empty())
        .map(|mut g| {
            g.sort_unstable();
            g.into_iter().map(|i| part[i]).collect()
        })
        .collect()
}

/// Pairs of final groups of which some pair of postings scores as one vacancy.
fn refusals(items: &impl Items, groups: &[Vec<usize>], cross: &[Cross], model: &Model) -> Vec<Refused> {
    let ids = |group: &[usize]| {
        let mut ids: Vec<PostingId> = group.iter().map(|at| items.id(*at)).collect();
        ids.sort_unstable();
        ids
    };
    let linked = |x: usize, y: usize| items.score(x, y) >= model.auto;
    let mut out = Vec::new();
    for (a, left) in groups.iter().enumerate() {
        for (b, right) in groups.iter().enumerate().skip(a + 1) {
            if !left.iter().any(|x| right.iter().any(|y| linked(*x, *y))) {
                continue;
            }
            let pair = cross[a * groups.len() + b];
            let why = match pair {
                Cross { ruled_apart: true, .. } => Refusal::Ruling,
                Cross { apart: true, .. } => Refusal::Exclusive,
                Cross { sum: 0.., .. } => Refusal::Rival,
                _ => Refusal::Evidence,
            };
            let mean_millibits = pair.sum / pair.pairs.max(1);
            out.push(Refused { left: ids(left), right: ids(right), mean_millibits, why });
        }
    }
    out
}

/// Whether a third group that may not be one with `b` claims `a` nearly as well as `b` does: by the scores alone it could
/// be either, so it is neither until more is known.
fn has_rival(groups: &[Vec<usize>], cross: &[Cross], n: usize, a: usize, b: usize, gap: i64) -> bool {
    let mean = |pair: &Cross| pair.scores / pair.pairs.max(1);
    let claim = mean(&cross[a * n + b]) - gap;
    (0..n).any(|c| {
        let rival = &cross[a * n + c];
        c != a
            && c != b
            && !groups[c].is_empty()
            && cross[b * n + c].apart
            && !rival.apart
            && rival.sum >= 0
            && mean(rival) >= claim
    })
}

/// The two groups with the highest mean margin, not below zero, that no rival claims; of equals the ones with the
/// smallest posting ids.
fn best_pair(groups: &[Vec<usize>], cross: &[Cross], n: usize, gap: i64) -> Option<(usize, usize)> {
    let mut best: Option<(i64, i64, usize, usize)> = None;
    for a in 0..n {
        if groups[a].is_empty() {
            continue;
        }
        for b in a + 1..n {
            let pair = &cross[a * n + b];
            if groups[b].is_empty() || pair.apart || pair.sum < 0 {
                continue;
            }
            let better = match best {
                None => true,
                Some((sum, pairs, _, _)) => pair.sum * pairs > sum * pair.pairs,
            };
            if better && !has_rival(groups, cross, n, a, b, gap) && !has_rival(groups, cross, n, b, a, gap) {
                best = Some((pair.sum, pair.pairs, a, b));
            }
        }
    }
    best.map(|(_, _, a, b)| (a, b))
}

/// Joins group `b` into group `a`; `a` is the lower index and so holds the smaller posting id.
fn join(groups: &mut [Vec<usize>], at: &mut [usize], cross: &mut [Cross], n: usize, a: usize, b: usize) {
    let moved = std::mem::take(&mut groups[b]);
    for i in &moved {
        at[*i] = a;
    }
    groups[a].extend(moved);
    for other in 0..n {
        if other == a || other == b || groups[other].is_empty() {
            continue;
        }
        let from = cross[b * n + other];
        let into = &mut cross[a * n + other];
        into.sum += from.sum;
        into.scores += from.scores;
        into.pairs += from.pairs;
        into.apart |= from.apart;
        into.ruled_apart |= from.ruled_apart;
        cross[other * n + a] = *into;
    }
}

/// Postings reachable from `start` over links.
pub(crate) fn closure(
    start: impl Iterator<Item = PostingId>,
    neighbours: &FxHashMap<PostingId, Vec<PostingId>>,
) -> FxHashSet<PostingId> {
    let mut seen: FxHashSet<PostingId> = FxHashSet::default();
    let mut pending: Vec<PostingId> = start.collect();
    while let Some(id) = pending.pop() {
        if seen.insert(id)
            && let Some(next) = neighbours.get(&id)
        {
            pending.extend(next.iter().copied().filter(|n| !seen.contains(n)));
        }
    }
    seen
}
