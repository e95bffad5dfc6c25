//! Everything at once, from a file and without a store; for first loads, comparisons with other tools and audits.

use rustc_hash::FxHashMap;

use crate::cluster::{self, Items, Link, Postings, Rulings};
use crate::decide::founding;
use crate::keys::KEY_CAP;
use crate::profile::Profile;
use crate::weigh::Model;
use crate::{PostingId, VacancyId};

/// Most threads used.
pub const THREADS_MAX: usize = 64;

/// Postings before it in time with which one is paired under a key over [`KEY_CAP`]; narrower keys find the others.
const HOT_NEIGHBOURS: usize = 24;
/// Pairs collected before repeats are taken out.
const PAIRS_TIDIED: usize = 16 << 20;

/// Clusters all profiles; (posting, vacancy), sorted by posting. The vacancy's id is its founding posting's.
/// Equal to any sequence of [`crate::resolve`] over the same postings, as long as no key is over [`KEY_CAP`].
pub fn cluster_all(profiles: &[Profile], model: &Model, threads: usize) -> Vec<(PostingId, VacancyId)> {
    cluster_ruled(profiles, &[], model, threads)
}

/// The same under a steward's rulings.
pub fn cluster_ruled(
    profiles: &[Profile],
    rulings: &[crate::Ruling],
    model: &Model,
    threads: usize,
) -> Vec<(PostingId, VacancyId)> {
    let all: Vec<&Profile> = profiles.iter().collect();
    let items = Postings { profiles: &all, model };
    let groups = join(&items, all.len(), &candidates(profiles), rulings, model, threads);
    let mut out = Vec::with_capacity(profiles.len());
    for group in groups {
        let vacancy = founding(group.iter().map(|at| all[*at])).unwrap_or_default();
        out.extend(group.iter().map(|at| (all[*at].id, vacancy)));
    }
    out.sort_unstable();
    out
}

/// Groups of any items of which these pairs are worth a comparison, in order of their smallest id.
pub(crate) fn join(
    items: &impl Items,
    count: usize,
    pairs: &[(u32, u32)],
    rulings: &[crate::Ruling],
    model: &Model,
    threads: usize,
) -> Vec<Vec<usize>> {
    let ruled = Rulings::of(rulings);
    let mut links = in_threads(pairs, threads, |(a, b)| {
        let (x, y) = (a as usize, b as usize);
        let score = items.score_from(x, y, model.auto)?;
        let apart = || match ruled.get(items.id(x), items.id(y)) {
            Some(same) => !same,
            None => items.apart(x, y),
        };
        (!apart()).then_some(Link { a, b, score })
    });
    if !rulings.is_empty() {
        let at: FxHashMap<PostingId, u32> = (0..count).map(|at| (items.id(at), at as u32)).collect();
        links.extend(
            rulings
                .iter()
                .filter(|r| r.same && r.a != r.b)
                .filter_map(|r| Some(Link { a: *at.get(&r.a)?, b: *at.get(&r.b)?, score: model.auto })),
        );
    }
    let mut groups = by_component(items, count, &links, &ruled, model);
    groups.sort_unstable_by_key(|group| items.id(group[0]));
    groups
}

/// Some items of many, numbered anew.
struct Part<'a, I> {
    items: &'a I,
    members: &'a [(u32, u32)],
}

impl<I: Items> Items for Part<'_, I> {
    fn id(&self, at: usize) -> PostingId {
        self.items.id(self.members[at].1 as usize)
    }

    fn score(&self, a: usize, b: usize) -> i32 {
        self.items.score(self.members[a].1 as usize, self.members[b].1 as usize)
    }

    fn apart(&self, a: usize, b: usize) -> bool {
        self.items.apart(self.members[a].1 as usize, self.members[b].1 as usize)
    }
}

fn by_component(items: &impl Items, count: usize, links: &[Link], rulings: &Rulings, model: &Model) -> Vec<Vec<usize>> {
    let roots = cluster::components(count, links.iter().map(|l| (l.a, l.b)));
    let mut members: Vec<(u32, u32)> = roots.iter().enumerate().map(|(at, root)| (*root, at as u32)).collect();
    members.sort_unstable();
    let mut links: Vec<(u32, Link)> = links.iter().map(|l| (roots[l.a as usize], *l)).collect();
    links.sort_unstable_by_key(|(root, l)| (*root, l.a, l.b));
    let mut out = Vec::with_capacity(count);
    let mut from = 0;
    for component in members.chunk_by(|x, y| x.0 == y.0) {
        let root = component[0].0;
        if component.len() == 1 {
            out.push(vec![component[0].1 as usize]);
            continue;
        }
        let own = links[from..].iter().take_while(|(r, _)| *r == root).count();
        let place = |at: u32| component.binary_search(&(root, at)).unwrap_or(0) as u32;
        let inside: Vec<Link> = links[from..from + own]
            .iter()
            .map(|(_, l)| Link { a: place(l.a), b: place(l.b), score: l.score })
            .collect();
        from += own;
        let part = Part { items, members: component };
        for group in cluster::groups(&part, component.len(), &inside, rulings, model, &mut Vec::new()) {
            out.push(group.into_iter().map(|i| component[i].1 as usize).collect());
        }
    }
    out
}

/// Pairs that share a key, as indexes, each once with the smaller first. A key over [`KEY_CAP`] pairs each posting
/// with the `HOT_NEIGHBOURS` before it in time.
pub fn candidates(profiles: &[Profile]) -> Vec<(u32, u32)> {
    let mut keyed: Vec<(i64, u32)> = Vec::with_capacity(profiles.len() * 13);
    for (at, profile) in profiles.iter().enumerate() {
        keyed.extend(profile.keys().into_iter().map(|key| (key, at as u32)));
    }
    let arrived = |at: u32| {
        let profile = &profiles[at as usize];
        (profile.first_day.unwrap_or(i32::MIN), profile.id)
    };
    sharing(keyed, arrived)
}

/// Pairs of those that share a key; `arrived` orders the holders of one that is over [`KEY_CAP`].
pub(crate) fn sharing<O: Ord>(mut keyed: Vec<(i64, u32)>, arrived: impl Fn(u32) -> O) -> Vec<(u32, u32)> {
    keyed.sort_unstable();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut tidy = PAIRS_TIDIED;
    for same in keyed.chunk_by_mut(|x, y| x.0 == y.0).filter(|same| same.len() > 1) {
        if same.len() > KEY_CAP {
            same.sort_unstable_by_key(|(_, at)| arrived(*at));
        }
        let back = if same.len() > KEY_CAP { HOT_NEIGHBOURS } else { KEY_CAP };
        for i in 1..same.len() {
            for y in &same[i.saturating_sub(back)..i] {
                pairs.push((same[i].1.min(y.1), same[i].1.max(y.1)));
            }
        }
        // a pair often shares several keys: repeats go before they fill the memory
        if pairs.len() > tidy {
            pairs.sort_unstable();
            pairs.dedup();
            tidy = (pairs.len() * 2).max(PAIRS_TIDIED);
        }
    }
    drop(keyed);
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Maps pairs over threads, in order.
pub(crate) fn in_threads<T: Send>(
    pairs: &[(u32, u32)],
    threads: usize,
    map: impl Fn((u32, u32)) -> Option<T> + Sync,
) -> Vec<T> {
    let threads = threads.clamp(1, THREADS_MAX);
    if threads == 1 || pairs.len() < 10_000 {
        return pairs.iter().filter_map(|pair| map(*pair)).collect();
    }
    let size = pairs.len().div_ceil(threads);
    let map = &map;
    std::thread::scope(|scope| {
        let workers: Vec<_> = pairs
            .chunks(size)
            .map(|chunk| scope.spawn(move || chunk.iter().filter_map(|pair| map(*pair)).collect::<Vec<T>>()))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}
