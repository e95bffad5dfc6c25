//! Which id a group of postings bears: that of its oldest posting. So ids depend on what belongs together and on nothing
//! else: the same groups have the same ids whatever was merged, split and undone on the way.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

/// What orders postings by age: first seen, the page it was first seen on, its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Age {
    pub(crate) first_seen_ms: i64,
    pub(crate) arrived: i64,
    pub(crate) id: i64,
}

/// A posting of the neighbourhood.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub(crate) age: Age,
    /// Its vacancy so far; none for a new posting.
    pub(crate) vacancy: Option<i64>,
}

/// What follows for ids.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// Postings and their new vacancies, where these changed.
    pub(crate) moves: Vec<(i64, i64)>,
    /// Ids that ended: (old, the one that answers for it).
    pub(crate) merged: Vec<(i64, i64)>,
    /// Ids that began with postings which had another: (from, new).
    pub(crate) split: Vec<(i64, i64)>,
    /// Ids that were not borne before, the new postings' own included.
    pub(crate) begun: Vec<i64>,
}

/// Names the groups. `group_of` says which of the placed postings are together, by any label; whole vacancies are placed.
pub(crate) fn name(placed: &FxHashMap<i64, Placed>, group_of: &FxHashMap<i64, i64>) -> Named {
    let mut groups: BTreeMap<i64, Vec<Age>> = BTreeMap::new();
    let mut ids: Vec<(&i64, &Placed)> = placed.iter().collect();
    ids.sort_unstable_by_key(|(id, _)| **id);
    for (id, posting) in &ids {
        if let Some(label) = group_of.get(*id) {
            groups.entry(*label).or_default().push(posting.age);
        }
    }
    let (mut new_of, mut borne): (FxHashMap<i64, i64>, BTreeSet<i64>) = Default::default();
    for group in groups.values() {
        let Some(head) = group.iter().min() else { continue };
        borne.insert(head.id);
        new_of.extend(group.iter().map(|age| (age.id, head.id)));
    }
    let mut named = Named::default();
    let mut before: BTreeMap<i64, Age> = BTreeMap::new();
    for (id, posting) in ids {
        let Some(new) = new_of.get(id) else { continue };
        if let Some(old) = posting.vacancy {
            let oldest = before.entry(old).or_insert(posting.age);
            *oldest = posting.age.min(*oldest);
        }
        if posting.vacancy != Some(*new) {
            named.moves.push((*id, *new));
        }
    }
    for (old, oldest) in before.iter().filter(|(old, _)| !borne.contains(old)) {
        // an id is a posting's: it leads where that posting went
        let survivor = new_of.get(old).or_else(|| new_of.get(&oldest.id));
        named.merged.extend(survivor.map(|survivor| (*old, *survivor)));
    }
    for id in borne.iter().filter(|id| !before.contains_key(id)) {
        named.begun.push(*id);
        named.split.extend(placed.get(id).and_then(|head| head.vacancy).map(|from| (from, *id)));
    }
    named.moves.sort_unstable();
    named.split.sort_unstable();
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `id@age:vacancy=label`, a new posting has no vacancy.
    fn named(postings: &[(i64, i64, i64, i64)]) -> Named {
        let place = |(id, first_seen_ms, vacancy, _): &(i64, i64, i64, i64)| {
            let age = Age { first_seen_ms: *first_seen_ms, arrived: 0, id: *id };
            (*id, Placed { age, vacancy: (*vacancy != 0).then_some(*vacancy) })
        };
        name(&postings.iter().map(place).collect(), &postings.iter().map(|p| (p.0, p.3)).collect())
    }

    fn want(moves: &[(i64, i64)], merged: &[(i64, i64)], split: &[(i64, i64)], begun: &[i64]) -> Named {
        Named { moves: moves.to_vec(), merged: merged.to_vec(), split: split.to_vec(), begun: begun.to_vec() }
    }

    #[test]
    fn a_group_bears_the_id_of_its_oldest_posting() {
        // (posting, first seen, vacancy, group)
        for (what, postings, expected) in [
            ("new alone", vec![(5, 10, 0, 1)], want(&[(5, 5)], &[], &[], &[5])),
            ("new joins", vec![(9, 10, 9, 1), (2, 20, 0, 1)], want(&[(2, 9)], &[], &[], &[])),
            ("merge", vec![(9, 10, 9, 1), (2, 20, 2, 1)], want(&[(2, 9)], &[(2, 9)], &[], &[])),
            ("split", vec![(9, 10, 9, 1), (2, 20, 9, 2)], want(&[(2, 2)], &[], &[(9, 2)], &[2])),
            (
                "the founder leaves",
                vec![(9, 20, 9, 1), (2, 30, 9, 2), (3, 31, 9, 2), (4, 10, 4, 1)],
                want(&[(2, 2), (3, 2), (9, 4)], &[(9, 4)], &[(9, 2)], &[2]),
            ),
            (
                "an id of before",
                vec![(9, 10, 77, 1), (2, 20, 77, 1)],
                want(&[(2, 9), (9, 9)], &[(77, 9)], &[(77, 9)], &[9]),
            ),
            ("nothing", vec![(9, 10, 9, 1), (2, 20, 9, 1)], want(&[], &[], &[], &[])),
        ] {
            assert_eq!(named(&postings), expected, "{what}");
        }
    }
}
