//! A model from postings without labels: what portals say themselves (origins, two live postings of one source) gives
//! the first weights, the clusters these make give the next; a fixed number of rounds, nothing random.

use serde::Serialize;

use crate::batch::{candidates, cluster_all, in_threads};
use crate::compare::{self, COMPARISONS, Levels, TABLE, compare, exclusive};
use crate::profile::Profile;
use crate::weigh::Model;

/// No weight is further from zero than this, in thousandths of a bit: rare levels over-punish otherwise.
pub const CLAMP: i32 = 8_000;
/// Fewest free matches from which weights are estimated at all.
pub const MATCHES_MIN: usize = 50;
/// Rounds of clustering and re-weighing after the first weights.
pub const ROUNDS: usize = 3;

/// An estimated model and what it rests on.
#[derive(Clone, Debug, Serialize)]
pub struct Estimate {
    /// The model; the given one when there was too little to learn from.
    #[serde(skip)]
    pub model: Model,
    /// Candidate pairs.
    pub candidates: usize,
    /// Pairs that name one another as origin.
    pub free_matches: usize,
    /// Pairs live at one time in one source.
    pub free_others: usize,
    /// Pairs joined in each round.
    pub joined: Vec<usize>,
}

/// Counts of each level among matches and others.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    matches: [[f64; 12]; COMPARISONS],
    others: [[f64; 12]; COMPARISONS],
}

impl Tally {
    /// Counts a pair, with a weight.
    pub fn add(&mut self, levels: &Levels, same: bool, weight: f64) {
        let side = if same { &mut self.matches } else { &mut self.others };
        for (at, level) in levels.0.iter().enumerate() {
            side[at][usize::from(*level) % 12] += weight;
        }
    }

    /// Bits of a level: log2 of its share among matches over its share among others, shrunk towards `base` by
    /// `doubt` imagined observations.
    fn weight(&self, comparison: usize, level: usize, base: i32, doubt: f64) -> i32 {
        let levels = TABLE[comparison].levels.len();
        let known = |side: &[f64; 12]| side[1..levels].iter().sum::<f64>();
        let (m_all, u_all) = (known(&self.matches[comparison]), known(&self.others[comparison]));
        if m_all < 1.0 || u_all < 1.0 {
            return base;
        }
        let half = 0.5;
        let share = |n: f64, all: f64| (n + half) / (all + half * (levels - 1) as f64);
        let (m, u) = (self.matches[comparison][level], self.others[comparison][level]);
        let bits = (share(m, m_all) / share(u, u_all)).log2() * 1000.0;
        let seen = m + u;
        let blended = (bits * seen + f64::from(base) * doubt) / (seen + doubt);
        (blended.round() as i32).clamp(-CLAMP, CLAMP)
    }
}

/// Comparisons whose free labels are true by construction or blind: their weights stay the given ones at first.
const HELD: [usize; 3] = [compare::ORIGIN, compare::REQUISITION, compare::TIMING];

/// Estimates a model from profiles. `base` gives the weights that cannot be estimated, the thresholds, and the
/// direction where little was seen.
pub fn estimate(profiles: &[Profile], base: &Model, threads: usize) -> Estimate {
    let pairs = candidates(profiles);
    let levels: Vec<(Levels, bool)> = in_threads(&pairs, threads, |(a, b)| {
        let (a, b) = (&profiles[a as usize], &profiles[b as usize]);
        Some((compare(a, b), exclusive(a, b)))
    });
    let mut first = Tally::default();
    let (mut free_matches, mut free_others) = (0, 0);
    for (levels, apart) in &levels {
        if *apart {
            first.add(levels, false, 1.0);
            free_others += 1;
        } else if matches!(levels.0[compare::ORIGIN], 1 | 2) {
            first.add(levels, true, 1.0);
            free_matches += 1;
        }
    }
    let mut out =
        Estimate { model: base.clone(), candidates: pairs.len(), free_matches, free_others, joined: Vec::new() };
    if free_matches < MATCHES_MIN || free_others < MATCHES_MIN {
        return out;
    }
    weigh(&mut out.model, &first, base, &HELD);
    for _ in 0..ROUNDS {
        let joined = reweigh(profiles, &pairs, &levels, &mut out.model, base, threads);
        out.joined.push(joined);
    }
    out.model.version = base.version + 1;
    out.model.name = format!("estimated without labels on {} postings", profiles.len());
    out
}

fn weigh(model: &mut Model, tally: &Tally, base: &Model, held: &[usize]) {
    for (at, comparison) in TABLE.iter().enumerate() {
        if held.contains(&at) {
            continue;
        }
        for level in 1..comparison.levels.len() {
            let bits = tally.weight(at, level, base.weight(at, level as u8), 20.0);
            model.set_weight(at, level as u8, bits);
        }
    }
}

/// One round: cluster, count levels among joined and other candidates, weigh anew. Gives the number of joined pairs.
fn reweigh(
    profiles: &[Profile],
    pairs: &[(u32, u32)],
    levels: &[(Levels, bool)],
    model: &mut Model,
    base: &Model,
    threads: usize,
) -> usize {
    let clusters = cluster_all(profiles, model, threads);
    let of = |at: u32| {
        let id = profiles[at as usize].id;
        clusters.binary_search_by_key(&id, |c| c.0).map(|i| clusters[i].1).ok()
    };
    let mut tally = Tally::default();
    let mut joined = 0;
    for ((a, b), (levels, _)) in pairs.iter().zip(levels) {
        let same = of(*a).is_some() && of(*a) == of(*b);
        joined += usize::from(same);
        tally.add(levels, same, 1.0);
    }
    weigh(model, &tally, base, &HELD[..2]);
    joined
}
