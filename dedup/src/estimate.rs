//! A model from postings, without labels or with stewards' decisions. Without labels it learns from what portals say
//! themselves: postings that name one another as origin are one vacancy, two live at one time in one source are two.
//! Always the same result for the same postings; nothing is random, nothing depends on their order.

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::batch::{candidates, cluster_all, in_threads};
use crate::common::Common;
use crate::compare::{self, Levels, TABLE, exclusive};
use crate::profile::Profile;
use crate::weigh::Model;
use crate::{PostingId, Ruling};

/// No estimated weight is further from zero than this, in thousandths of a bit: rare levels over-punish otherwise.
pub const CLAMP: i32 = 8_000;
/// Fewest free matches, and fewest free others, from which anything is learned.
pub const FREE_MIN: usize = 50;

/// Pairs this little below the threshold are not taken for two vacancies when a model learns from its own clusters.
const UNSURE: i32 = 4_000;
/// Most of the pairs known to be two that may score as one, in thousandths: the threshold rises until it holds.
const OTHERS_ABOVE_MAX: usize = 20;

/// The threshold rises by this much at most, in thousandths of a bit: siblings of one employer in one source are more
/// alike than what is to be told apart between sources, and cost more than they save beyond it.
const RISE_MAX: i32 = 1_000;

/// Most free labels of each side learned from, chosen by a hash of their postings.
const FREE_MAX: usize = 30_000;
/// Most candidate pairs learned from, chosen by a hash of their postings.
const EXAMPLES_MAX: usize = 60_000;
/// Most passes over all weights, and the change of a weight below which they end, in bits.
const SWEEPS: usize = 30;
const STILL: f64 = 0.01;
/// Pull of the given weights, in examples: a level seen less often than this stays nearer to them than to the data.
const PULL_FREE: f64 = 6.0;
const PULL_DECISIONS: f64 = 1.0;
/// Weight of a pair that nobody decided beside a steward's decision.
const BESIDE_DECISIONS: f64 = 0.1;

/// Comparisons whose free labels are true by construction, or blind to reposts: their weights stay the given ones.
const HELD: [usize; 4] = [compare::ORIGIN, compare::REQUISITION, compare::TIMING, compare::CLOSING];

/// What makes a vacancy another one by definition (another job, branch, place or number of openings does not merge on
/// boilerplate): evidence against is never learned to be weaker than the given model has it.
const DEFINING: [usize; 4] = [compare::PLACE, compare::BRANCH, compare::HEADCOUNT, compare::TITLE];

/// A pair with a known answer.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// How the two compare.
    pub levels: Levels,
    /// One vacancy or two.
    pub same: bool,
    /// How much it counts.
    pub weight: f64,
}

/// An estimated model and what it rests on.
#[derive(Clone, Debug, Serialize)]
pub struct Estimate {
    /// The model; the given one when there was too little to learn from.
    #[serde(skip)]
    pub model: Model,
    /// Candidate pairs.
    pub candidates: usize,
    /// Pairs that are one vacancy because portals say so.
    pub free_matches: usize,
    /// Pairs that are two because portals say so.
    pub free_others: usize,
    /// Stewards' decisions used.
    pub decisions: usize,
}

/// Estimates a model without labels. `base` gives thresholds, the weights that cannot be learned so, and the
/// direction where little was seen.
pub fn estimate(profiles: &[Profile], base: &Model, threads: usize) -> Estimate {
    learn(profiles, &[], base, threads)
}

/// Learns from stewards' decisions too; they count for more than what portals say.
pub fn learn(profiles: &[Profile], decisions: &[Ruling], base: &Model, threads: usize) -> Estimate {
    let pairs = candidates(profiles);
    let mut start = base.clone();
    start.common = Common::of(profiles);
    let (matches, others) = free_labels(profiles, &pairs, &start, threads);
    let mut out = Estimate {
        model: start.clone(),
        candidates: pairs.len(),
        free_matches: matches.len(),
        free_others: others.len(),
        decisions: 0,
    };
    if matches.len() >= FREE_MIN && others.len() >= FREE_MIN {
        // both sides weigh the same together, so that the prior is not the luck of how often portals name origins
        let ratio = (others.len() as f64 / matches.len() as f64).clamp(0.1, 10.0);
        let examples: Vec<Example> = matches
            .iter()
            .map(|levels| Example { levels: *levels, same: true, weight: ratio.sqrt() })
            .chain(others.iter().map(|levels| Example { levels: *levels, same: false, weight: 1.0 / ratio.sqrt() }))
            .collect();
        fit(&mut out.model, &examples, &start, PULL_FREE, &HELD);
        let examples = joined_and_apart(profiles, &pairs, &out.model, threads);
        fit(&mut out.model, &examples, &start, PULL_FREE, &HELD[..2]);
        raise_threshold(&mut out.model, &others);
    }
    add_decisions(&mut out, profiles, &pairs, decisions, threads);
    name(&mut out, profiles.len(), base);
    out
}

/// Learns from stewards' decisions alone, beside what the given model itself joins; nothing is taken from portals.
pub fn relearn(profiles: &[Profile], decisions: &[Ruling], base: &Model, threads: usize) -> Estimate {
    let pairs = candidates(profiles);
    let candidates = pairs.len();
    let mut out = Estimate { model: base.clone(), candidates, free_matches: 0, free_others: 0, decisions: 0 };
    add_decisions(&mut out, profiles, &pairs, decisions, threads);
    name(&mut out, profiles.len(), base);
    out
}

fn add_decisions(out: &mut Estimate, profiles: &[Profile], pairs: &[(u32, u32)], decisions: &[Ruling], threads: usize) {
    let decided = decided(profiles, decisions, &out.model);
    out.decisions = decided.len();
    if !decided.is_empty() {
        // decisions come from the grey zone alone: what is far from it must stay where it is
        let mut examples = joined_and_apart(profiles, pairs, &out.model, threads);
        examples.iter_mut().for_each(|example| example.weight = BESIDE_DECISIONS);
        examples.extend(decided);
        let centre = out.model.clone();
        fit(&mut out.model, &examples, &centre, PULL_DECISIONS, &[]);
    }
}

fn name(out: &mut Estimate, postings: usize, base: &Model) {
    if out.model != *base {
        out.model.version = base.version + 1;
        let free = out.free_matches + out.free_others;
        out.model.name = format!("learned from {postings} postings, {free} free labels, {} decisions", out.decisions);
    }
}

/// Candidates as the model itself joins them, with reposts, of which portals say nothing; unsure ones left out.
fn joined_and_apart(profiles: &[Profile], pairs: &[(u32, u32)], model: &Model, threads: usize) -> Vec<Example> {
    let clusters = cluster_all(profiles, model, threads);
    let of = |at: u32| {
        let found = clusters.binary_search_by_key(&profiles[at as usize].id, |c| c.0);
        found.ok().map(|i| clusters[i].1)
    };
    let keep = (u64::MAX / pairs.len().max(1) as u64).saturating_mul(EXAMPLES_MAX as u64);
    in_threads(pairs, threads, |(a, b)| {
        let (x, y) = (&profiles[a as usize], &profiles[b as usize]);
        if pairs.len() > EXAMPLES_MAX && chance(x, y) > keep {
            return None;
        }
        let levels = model.levels(x, y);
        let same = of(a) == of(b);
        let unsure = !same && !exclusive(x, y) && model.score(&levels) > model.auto - UNSURE;
        (!unsure).then(|| Example { levels: blind(&levels), same, weight: 1.0 })
    })
}

/// A number that depends on the two postings alone, spread evenly: a fair draw that is the same every time.
fn chance(x: &Profile, y: &Profile) -> u64 {
    let mixed = (x.id.min(y.id) ^ x.id.max(y.id).rotate_left(32)).cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 29)
}

/// Raises the threshold until few of the pairs known to be two score above it.
fn raise_threshold(model: &mut Model, others: &[Levels]) {
    let mut scores: Vec<i32> = others.iter().map(|levels| model.score(levels)).collect();
    scores.sort_unstable_by(|a, b| b.cmp(a));
    let rise = scores.get(scores.len() * OTHERS_ABOVE_MAX / 1000).map_or(0, |s| s + 1 - model.auto).clamp(0, RISE_MAX);
    model.auto += rise;
    model.grey += rise;
    model.keep += rise;
}

/// Levels without what the portals say, so that it is not learned from itself.
fn blind(levels: &Levels) -> Levels {
    let mut levels = *levels;
    levels.0[compare::ORIGIN] = 0;
    levels
}

fn decided(profiles: &[Profile], decisions: &[Ruling], model: &Model) -> Vec<Example> {
    let of: FxHashMap<PostingId, &Profile> = profiles.iter().map(|p| (p.id, p)).collect();
    decisions
        .iter()
        .filter_map(|d| {
            let levels = model.levels(of.get(&d.a)?, of.get(&d.b)?);
            Some(Example { levels, same: d.same, weight: 1.0 })
        })
        .collect()
}

/// Levels of pairs that portals say are one vacancy, and of pairs they say are two: live at one time in one source,
/// or one of them a copy of a posting that is. Without the comparison that says so.
fn free_labels(
    profiles: &[Profile],
    pairs: &[(u32, u32)],
    model: &Model,
    threads: usize,
) -> (Vec<Levels>, Vec<Levels>) {
    let seen: Vec<(u32, u32, Levels, bool)> = in_threads(pairs, threads, |(a, b)| {
        let (x, y) = (&profiles[a as usize], &profiles[b as usize]);
        Some((a, b, model.levels(x, y), exclusive(x, y)))
    });
    let mut copies: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (a, b, levels, _) in &seen {
        if levels.0[compare::ORIGIN] == 1 {
            copies.entry(*a).or_default().push(*b);
            copies.entry(*b).or_default().push(*a);
        }
    }
    let mut matches = Vec::new();
    let mut others = Vec::new();
    for (a, b, levels, apart) in &seen {
        let origin = levels.0[compare::ORIGIN];
        let copied_apart = |x: u32, y: u32| {
            copies.get(&x).is_some_and(|originals| {
                originals.iter().any(|o| *o != y && exclusive(&profiles[*o as usize], &profiles[y as usize]))
            })
        };
        if matches!(origin, 1 | 2) && !apart {
            matches.push(blind(levels));
        } else if *apart || origin == 4 || copied_apart(*a, *b) || copied_apart(*b, *a) {
            others.push(blind(levels));
        }
    }
    (drawn(matches), drawn(others))
}

/// At most [`FREE_MAX`] of them, evenly from all.
fn drawn(all: Vec<Levels>) -> Vec<Levels> {
    let step = all.len().div_ceil(FREE_MAX).max(1);
    all.into_iter().step_by(step).collect()
}

/// The comparisons that weights are fitted for.
pub(crate) struct Shape<'a> {
    /// Levels of each, `unknown` included, and whether a level never weighs more than the one before it.
    pub(crate) comparisons: Vec<(usize, bool)>,
    /// Those whose weights stay.
    pub(crate) held: &'a [usize],
    /// Those whose evidence against is never learned to be weaker than given.
    pub(crate) defining: &'a [usize],
}

/// Ridge logistic regression on the levels, centred on `centre`, by cyclic Newton steps; weights stay additive bits.
pub fn fit(model: &mut Model, examples: &[Example], centre: &Model, pull: f64, held: &[usize]) {
    let comparisons = TABLE.iter().map(|c| (c.levels.len(), c.ordered)).collect();
    fit_shape(model, examples, centre, pull, &Shape { comparisons, held, defining: &DEFINING });
}

/// The same for any comparisons.
pub(crate) fn fit_shape(model: &mut Model, examples: &[Example], centre: &Model, pull: f64, shape: &Shape<'_>) {
    let mut scores: Vec<f64> = examples.iter().map(|e| f64::from(model.score(&e.levels)) / 1000.0).collect();
    let base = f64::from(model.auto) / 1000.0;
    let all: Vec<u32> = (0..examples.len() as u32).collect();
    for _ in 0..SWEEPS {
        let before = model.clone();
        let prior = step(examples, &mut scores, &all, base, f64::from(model.prior - centre.prior) / 1000.0, pull);
        model.prior += (prior * 1000.0).round() as i32;
        for (at, (levels, ordered)) in shape.comparisons.iter().enumerate().filter(|(at, _)| !shape.held.contains(at)) {
            let mut by_level: Vec<Vec<u32>> = vec![Vec::new(); *levels];
            for (i, example) in examples.iter().enumerate() {
                if let Some(bucket) = by_level.get_mut(usize::from(example.levels.0[at])) {
                    bucket.push(i as u32);
                }
            }
            for (level, bucket) in by_level.iter().enumerate().skip(1).filter(|(_, b)| !b.is_empty()) {
                let level = level as u8;
                let (now, given) = (model.weight(at, level), centre.weight(at, level));
                let by = step(examples, &mut scores, bucket, base, f64::from(now - given) / 1000.0, pull);
                let mut next = (now + (by * 1000.0).round() as i32).clamp(-CLAMP, CLAMP);
                if given.abs() > CLAMP {
                    next = given;
                }
                if shape.defining.contains(&at) && given < 0 {
                    next = next.min(given);
                }
                let correction = f64::from(next - now) / 1000.0 - by;
                for i in bucket {
                    scores[*i as usize] += correction;
                }
                model.set_weight(at, level, next);
            }
            if *ordered {
                put_in_order(model, at, &by_level, &mut scores);
            }
        }
        if model.furthest_from(&before) < (STILL * 1000.0) as i32 {
            break;
        }
    }
}

/// Levels that came out of order share the mean of their weights, by how often each was seen (pool adjacent violators).
fn put_in_order(model: &mut Model, at: usize, by_level: &[Vec<u32>], scores: &mut [f64]) {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (level, seen) in by_level.iter().enumerate().skip(1) {
        let mut pool = (f64::from(model.weight(at, level as u8)), seen.len() as f64 + 0.1, 1);
        while let Some(before) = pools.pop_if(|before| before.0 < pool.0) {
            let weight = before.1 + pool.1;
            pool = ((before.0 * before.1 + pool.0 * pool.1) / weight, weight, before.2 + pool.2);
        }
        pools.push(pool);
    }
    let pooled = pools.iter().flat_map(|(bits, _, levels)| std::iter::repeat_n(*bits, *levels));
    for ((level, seen), bits) in by_level.iter().enumerate().skip(1).zip(pooled) {
        let (now, next) = (model.weight(at, level as u8), bits.round() as i32);
        for i in seen {
            scores[*i as usize] += f64::from(next - now) / 1000.0;
        }
        model.set_weight(at, level as u8, next);
    }
}

/// One Newton step of one weight over the examples that have it; moves their scores and gives the step, in bits.
fn step(examples: &[Example], scores: &mut [f64], bucket: &[u32], base: f64, off: f64, pull: f64) -> f64 {
    let ln2 = std::f64::consts::LN_2;
    let (mut slope, mut curve) = (-pull * off * 0.25, pull * 0.25);
    for i in bucket {
        let example = &examples[*i as usize];
        let p = 1.0 / (1.0 + (-(scores[*i as usize] - base) * ln2).exp());
        let y = if example.same { 1.0 } else { 0.0 };
        slope += example.weight * (y - p) * ln2;
        curve += example.weight * p * (1.0 - p) * ln2 * ln2;
    }
    let by = (slope / curve).clamp(-1.0, 1.0);
    for i in bucket {
        scores[*i as usize] += by;
    }
    by
}
