//! Where a clustering is right and wrong: by relation class, and pair by pair with the reasons.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::Score;
use crate::cluster::{Rulings, ordered};
use crate::decide::{RelationKind, same_kind};
use crate::explain::{Explanation, explain};
use crate::profile::Profile;
use crate::weigh::Model;
use crate::{PostingId, Ruling, VacancyId};

/// Most members of a group whose pairs are looked at one by one.
const MEMBERS_MAX: usize = 500;

/// How well one class of relation is found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassScore {
    /// full, semantic or temporal: how the two are one vacancy, or would be.
    pub class: &'static str,
    /// Pairs that are one vacancy in truth.
    pub true_pairs: u64,
    /// Pairs that were joined.
    pub joined: u64,
    /// Precision, recall and F1.
    pub score: Score,
}

/// A pair that was decided wrongly.
#[derive(Clone, Debug, Serialize)]
pub struct Wrong {
    /// One posting.
    pub a: PostingId,
    /// The other.
    pub b: PostingId,
    /// Pairs that were wrong in the same group, or between the same two.
    pub pairs: u64,
    /// Why the model scores the two as it does.
    pub explanation: Explanation,
}

/// What there is to see beyond the scores.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Detail {
    /// By relation class.
    pub classes: Vec<ClassScore>,
    /// Pairs joined by the program, without those that a steward joined.
    pub automatic_pairs: u64,
    /// Share of them that are one vacancy in truth.
    pub automatic_precision: f64,
    /// Groups that hold several vacancies, the worst first: in each the wrong pair that scores highest.
    pub over_merged: Vec<Wrong>,
    /// Vacancies in several groups, the worst first: in each the pair apart that scores highest.
    pub over_split: Vec<Wrong>,
}

struct Looked<'a> {
    of: FxHashMap<PostingId, &'a Profile>,
    group: FxHashMap<PostingId, VacancyId>,
    truth: &'a FxHashMap<PostingId, i64>,
    model: &'a Model,
}

/// Looks at every pair that is joined or should be; `examples` of each kind of mistake are explained.
pub fn detail(
    profiles: &[Profile],
    clusters: &[(PostingId, VacancyId)],
    truth: &FxHashMap<PostingId, i64>,
    rulings: &[Ruling],
    model: &Model,
    examples: usize,
) -> Detail {
    let looked = Looked {
        of: profiles.iter().map(|p| (p.id, p)).collect(),
        group: clusters.iter().filter(|(id, _)| truth.contains_key(id)).copied().collect(),
        truth,
        model,
    };
    let joined = looked.pairs(|id| looked.group[&id]);
    let belonging = looked.pairs(|id| truth[&id]);
    let ruled = Rulings::of(rulings);
    let mut out = Detail { classes: looked.classes(&joined, &belonging), ..Detail::default() };
    let automatic = joined.iter().filter(|(a, b)| ruled.get(*a, *b) != Some(true));
    let (mut all, mut right) = (0u64, 0u64);
    for (a, b) in automatic {
        all += 1;
        right += u64::from(truth[a] == truth[b]);
    }
    (out.automatic_pairs, out.automatic_precision) = (all, if all == 0 { 1.0 } else { right as f64 / all as f64 });
    let wrong = joined.iter().filter(|(a, b)| truth[a] != truth[b]);
    out.over_merged = looked.worst(wrong, |id| looked.group[&id], examples);
    let missed = belonging.iter().filter(|(a, b)| looked.group[a] != looked.group[b]);
    out.over_split = looked.worst(missed, |id| truth[&id], examples);
    out
}

impl Looked<'_> {
    /// All pairs of postings that `of` puts together.
    fn pairs(&self, of: impl Fn(PostingId) -> i64) -> Vec<(PostingId, PostingId)> {
        let mut ids: Vec<(i64, PostingId)> = self.group.keys().map(|id| (of(*id), *id)).collect();
        ids.sort_unstable();
        let mut out = Vec::new();
        for same in ids.chunk_by(|x, y| x.0 == y.0) {
            let same = &same[..same.len().min(MEMBERS_MAX)];
            for (i, x) in same.iter().enumerate() {
                out.extend(same[i + 1..].iter().map(|y| ordered(x.1, y.1)));
            }
        }
        out
    }

    fn class(&self, pair: &(PostingId, PostingId)) -> RelationKind {
        let (a, b) = (self.of[&pair.0], self.of[&pair.1]);
        same_kind(a, b, &self.model.levels(a, b))
    }

    fn classes(&self, joined: &[(PostingId, PostingId)], belonging: &[(PostingId, PostingId)]) -> Vec<ClassScore> {
        let kinds = [RelationKind::Full, RelationKind::Semantic, RelationKind::Temporal];
        let mut counts: FxHashMap<RelationKind, (u64, u64, u64)> = FxHashMap::default();
        for pair in joined {
            let count = counts.entry(self.class(pair)).or_default();
            count.0 += 1;
            count.1 += u64::from(self.truth[&pair.0] == self.truth[&pair.1]);
        }
        for pair in belonging {
            counts.entry(self.class(pair)).or_default().2 += 1;
        }
        let ratio = |part: u64, whole: u64| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        kinds
            .into_iter()
            .map(|kind| {
                let (joined, right, true_pairs) = counts.get(&kind).copied().unwrap_or_default();
                let score = Score::of(ratio(right, joined), ratio(right, true_pairs));
                ClassScore { class: kind.name(), true_pairs, joined, score }
            })
            .collect()
    }

    /// Of wrong pairs, for each group the one that scores highest; the groups with most wrong pairs first.
    fn worst<'p>(
        &self,
        wrong: impl Iterator<Item = &'p (PostingId, PostingId)>,
        of: impl Fn(PostingId) -> i64,
        most: usize,
    ) -> Vec<Wrong> {
        let mut by_group: FxHashMap<i64, (u64, i32, (PostingId, PostingId))> = FxHashMap::default();
        for pair in wrong {
            let (a, b) = (self.of[&pair.0], self.of[&pair.1]);
            let score = self.model.score(&self.model.levels(a, b));
            let seen = by_group.entry(of(pair.0)).or_insert((0, score, *pair));
            seen.0 += 1;
            if (score, seen.2) > (seen.1, *pair) {
                (seen.1, seen.2) = (score, *pair);
            }
        }
        let mut groups: Vec<(u64, i32, (PostingId, PostingId))> = by_group.into_values().collect();
        groups.sort_unstable_by_key(|(pairs, score, pair)| (std::cmp::Reverse((*pairs, *score)), *pair));
        let mut shown: FxHashSet<(PostingId, PostingId)> = FxHashSet::default();
        groups
            .into_iter()
            .filter(|(_, _, pair)| shown.insert(*pair))
            .take(most)
            .map(|(pairs, _, (a, b))| Wrong { a, b, pairs, explanation: explain(self.of[&a], self.of[&b], self.model) })
            .collect()
    }
}
