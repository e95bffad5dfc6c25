//! Which pairs are worth a steward's answer: where an answer would most likely change what is joined, and would change
//! most. One question for each two groups that may be one, and one for each posting that fits its group badly.

use rustc_hash::FxHashMap;

use crate::batch::{candidates, cluster_ruled, in_threads};
use crate::cluster::{Rulings, ordered};
use crate::compare::exclusive;
use crate::profile::Profile;
use crate::weigh::Model;
use crate::{PostingId, Ruling, VacancyId};

/// A pair to ask about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Question {
    /// The smaller id.
    pub a: PostingId,
    /// The larger id.
    pub b: PostingId,
    /// Pairs of postings that would be put right by the answer, times the chance that it is the unexpected one.
    pub value: f64,
    /// The chance that they are one vacancy, as the score has it, 0 to 1.
    pub chance: f64,
    /// Whether they are joined now.
    pub joined: bool,
}

/// Bits of score to one bit of belief: scores add up evidence that is not independent.
const BITS_A_BIT: f64 = 2.0;
/// A score is of no use below this distance from the threshold, in thousandths of a bit: the answer is known.
const REACH: i32 = 9_000;
/// What an answer is worth that joins groups of which two postings are live at one time in one source: hardly ever right.
const EXCLUSIVE_PART: f64 = 0.1;

/// How likely a score relative to the threshold means one vacancy.
pub(crate) fn chance(margin: i64) -> f64 {
    1.0 / (1.0 + (-(margin as f64) / 1000.0 / BITS_A_BIT).exp2())
}

/// The most valuable questions under the rulings given so far, most valuable first. Nothing that was ruled is asked.
pub fn questions(
    profiles: &[Profile],
    rulings: &[Ruling],
    model: &Model,
    threads: usize,
    limit: usize,
) -> Vec<Question> {
    let groups = cluster_ruled(profiles, rulings, model, threads);
    let ruled = Rulings::of(rulings);
    let group_of: FxHashMap<PostingId, VacancyId> = groups.iter().copied().collect();
    let mut size: FxHashMap<VacancyId, usize> = FxHashMap::default();
    for (_, group) in &groups {
        *size.entry(*group).or_default() += 1;
    }
    let pairs = candidates(profiles);
    let scored: Vec<(u32, u32, i64)> = in_threads(&pairs, threads, |(a, b)| {
        let (x, y) = (&profiles[a as usize], &profiles[b as usize]);
        let margin = model.margin(model.score(&model.levels(x, y)));
        let joined = group_of.get(&x.id) == group_of.get(&y.id);
        (joined || !exclusive(x, y) && margin > -i64::from(REACH)).then_some((a, b, margin))
    });
    let mut between: FxHashMap<(VacancyId, VacancyId), Question> = FxHashMap::default();
    // posting → (sum of margins to its group, pairs, its best partner and how well they fit)
    let mut within: FxHashMap<u32, (i64, i64, u32, i64)> = FxHashMap::default();
    for (a, b, margin) in scored {
        let (x, y) = (&profiles[a as usize], &profiles[b as usize]);
        let (Some(left), Some(right)) = (group_of.get(&x.id), group_of.get(&y.id)) else { continue };
        if left == right {
            for (one, other) in [(a, b), (b, a)] {
                let fit = within.entry(one).or_insert((0, 0, other, i64::MIN));
                (fit.0, fit.1) = (fit.0 + margin, fit.1 + 1);
                if (margin, std::cmp::Reverse(other)) > (fit.3, std::cmp::Reverse(fit.2)) {
                    (fit.2, fit.3) = (other, margin);
                }
            }
        } else if ruled.get(x.id, y.id).is_none() {
            let chance = chance(margin);
            let value = chance * (size[left] * size[right]) as f64;
            let (a, b) = ordered(x.id, y.id);
            let asked = Question { a, b, value, chance, joined: false };
            let best = between.entry(ordered(*left, *right)).or_insert(asked);
            if (asked.value, -asked.a, -asked.b) > (best.value, -best.a, -best.b) {
                *best = asked;
            }
        }
    }
    let apart = exclusive_groups(profiles, &group_of, &between);
    let mut out: Vec<Question> = between
        .into_iter()
        .map(|(pair, q)| if apart.contains(&pair) { Question { value: q.value * EXCLUSIVE_PART, ..q } } else { q })
        .collect();
    out.extend(within.iter().filter_map(|(at, (sum, pairs, partner, _))| {
        let (x, y) = (&profiles[*at as usize], &profiles[*partner as usize]);
        let chance = chance(sum / pairs);
        let (a, b) = ordered(x.id, y.id);
        let others = size.get(group_of.get(&x.id)?)? - 1;
        let asked = Question { a, b, value: (1.0 - chance) * others as f64, chance, joined: true };
        ruled.get(a, b).is_none().then_some(asked)
    }));
    out.sort_unstable_by(|x, y| y.value.total_cmp(&x.value).then((x.a, x.b).cmp(&(y.a, y.b))));
    out.dedup_by_key(|q| (q.a, q.b));
    out.truncate(limit);
    out
}

/// Which of these pairs of groups hold two postings that their source says are two.
fn exclusive_groups(
    profiles: &[Profile],
    group_of: &FxHashMap<PostingId, VacancyId>,
    between: &FxHashMap<(VacancyId, VacancyId), Question>,
) -> rustc_hash::FxHashSet<(VacancyId, VacancyId)> {
    let mut members: FxHashMap<VacancyId, Vec<&Profile>> = FxHashMap::default();
    for profile in profiles {
        if let Some(group) = group_of.get(&profile.id) {
            members.entry(*group).or_default().push(profile);
        }
    }
    let apart = |a: &VacancyId, b: &VacancyId| {
        members[a].iter().any(|x| members[b].iter().any(|y| x.source == y.source && exclusive(x, y)))
    };
    between.keys().filter(|(a, b)| apart(a, b)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn belief_is_even_at_the_threshold_and_grows_with_the_score() {
        assert_eq!(chance(0), 0.5);
        assert!(chance(4_000) > 0.79 && chance(4_000) < 0.81);
        assert!(chance(-12_000) < 0.02);
    }
}
