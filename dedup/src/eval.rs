//! How good a clustering is: pairwise and B-cubed precision, recall and F1 against known truth.

mod classes;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::profile::Profile;
use crate::weigh::Model;
use crate::{PostingId, Question, Ruling, estimate, questions};

pub use classes::{ClassScore, Detail, Wrong, detail};

/// Rounds in which simulated stewards are asked.
pub const ASK_ROUNDS: usize = 10;

/// Precision, recall and their harmonic mean, each 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    /// Of what was joined, the share that belongs together.
    pub precision: f64,
    /// Of what belongs together, the share that was joined.
    pub recall: f64,
    /// Harmonic mean.
    pub f1: f64,
}

impl Score {
    pub(crate) fn of(precision: f64, recall: f64) -> Score {
        let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        Score { precision, recall, f1 }
    }
}

/// An evaluation.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Evaluation {
    /// Postings that have both a cluster and a truth.
    pub postings: usize,
    /// Over pairs.
    pub pairs: Score,
    /// Over postings (Bagga and Baldwin 1998).
    pub b_cubed: Score,
    /// Pairs joined wrongly.
    pub false_pairs: u64,
    /// Pairs not joined that should be.
    pub missed_pairs: u64,
}

impl std::fmt::Display for Evaluation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:<10} {:>9} {:>9} {:>9}", "", "precision", "recall", "F1")?;
        for (name, score) in [("pairs", self.pairs), ("B-cubed", self.b_cubed)] {
            writeln!(f, "{name:<10} {:>9.4} {:>9.4} {:>9.4}", score.precision, score.recall, score.f1)?;
        }
        write!(f, "{} postings, {} pairs too many, {} missed", self.postings, self.false_pairs, self.missed_pairs)
    }
}

/// Compares clusters with truth; postings that are in only one of them are left out.
pub fn evaluate(clusters: &[(PostingId, i64)], truth: &FxHashMap<PostingId, i64>) -> Evaluation {
    let rows: Vec<(i64, i64)> = clusters.iter().filter_map(|(id, c)| Some((*c, *truth.get(id)?))).collect();
    let mut by_cluster: FxHashMap<i64, u64> = FxHashMap::default();
    let mut by_truth: FxHashMap<i64, u64> = FxHashMap::default();
    let mut by_both: FxHashMap<(i64, i64), u64> = FxHashMap::default();
    for (c, t) in &rows {
        *by_cluster.entry(*c).or_default() += 1;
        *by_truth.entry(*t).or_default() += 1;
        *by_both.entry((*c, *t)).or_default() += 1;
    }
    let pairs = |n: u64| n * n.saturating_sub(1) / 2;
    let joined: u64 = by_cluster.values().map(|n| pairs(*n)).sum();
    let true_pairs: u64 = by_truth.values().map(|n| pairs(*n)).sum();
    let right: u64 = by_both.values().map(|n| pairs(*n)).sum();
    let ratio = |part: u64, whole: u64| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
    let mut cells: Vec<(&(i64, i64), &u64)> = by_both.iter().collect();
    cells.sort_unstable();
    let (mut precision, mut recall) = (0.0, 0.0);
    for ((c, t), n) in cells {
        let n = *n as f64;
        precision += n * n / by_cluster[c] as f64;
        recall += n * n / by_truth[t] as f64;
    }
    let count = rows.len().max(1) as f64;
    Evaluation {
        postings: rows.len(),
        pairs: Score::of(ratio(right, joined), ratio(right, true_pairs)),
        b_cubed: Score::of(precision / count, recall / count),
        false_pairs: joined - right,
        missed_pairs: true_pairs - right,
    }
}

/// What stewards' decisions bring: answers given by the truth to the most valuable questions, obeyed and learned from.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// The decisions.
    pub rulings: Vec<Ruling>,
    /// The model learned from them.
    pub model: Model,
}

/// Simulates so many decisions in [`ASK_ROUNDS`] rounds; after each the model is learned anew and asks on. `told` hears how
/// many were given.
pub fn simulate(
    profiles: &[Profile],
    truth: &FxHashMap<PostingId, i64>,
    model: &Model,
    decisions: usize,
    threads: usize,
    mut told: impl FnMut(usize),
) -> Labelled {
    let mut out = Labelled { rulings: Vec::new(), model: model.clone() };
    let round = decisions.div_ceil(ASK_ROUNDS).max(1);
    while out.rulings.len() < decisions {
        let most = round.min(decisions - out.rulings.len());
        let asked = questions(profiles, &out.rulings, &out.model, threads, most);
        let answer = |q: &Question| {
            let (a, b) = (truth.get(&q.a)?, truth.get(&q.b)?);
            Some(Ruling { a: q.a, b: q.b, same: a == b, kind: None })
        };
        let before = out.rulings.len();
        out.rulings.extend(asked.iter().filter_map(answer));
        if out.rulings.len() == before {
            break;
        }
        told(out.rulings.len());
        out.model = estimate::relearn(profiles, &out.rulings, model, threads).model;
    }
    out
}

/// Share of true pairs that share a key at all: what no weight can win back.
pub fn blocking_recall(
    profiles: &[crate::Profile],
    candidates: &[(u32, u32)],
    truth: &FxHashMap<PostingId, i64>,
) -> f64 {
    let mut sizes: FxHashMap<i64, u64> = FxHashMap::default();
    for profile in profiles {
        if let Some(t) = truth.get(&profile.id) {
            *sizes.entry(*t).or_default() += 1;
        }
    }
    let all: u64 = sizes.values().map(|n| n * n.saturating_sub(1) / 2).sum();
    let found = candidates
        .iter()
        .filter(|(a, b)| {
            let truth_of = |at: u32| truth.get(&profiles[at as usize].id);
            truth_of(*a).is_some() && truth_of(*a) == truth_of(*b)
        })
        .count();
    if all == 0 { 1.0 } else { found as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_match_a_small_case_by_hand() {
        let truth: FxHashMap<PostingId, i64> = [(1, 1), (2, 1), (3, 1), (4, 2), (5, 3)].into_iter().collect();
        let e = evaluate(&[(1, 10), (2, 10), (3, 30), (4, 30), (5, 50)], &truth);
        assert_eq!((e.postings, e.false_pairs, e.missed_pairs), (5, 1, 2));
        assert_eq!((e.pairs.precision, e.pairs.recall), (0.5, 1.0 / 3.0));
        // precision: 1 1 .5 .5 1; recall: 2/3 2/3 1/3 1 1
        assert!((e.b_cubed.precision - 0.8).abs() < 1e-9);
        assert!((e.b_cubed.recall - (2.0 / 3.0 + 2.0 / 3.0 + 1.0 / 3.0 + 2.0) / 5.0).abs() < 1e-9);
    }
}
