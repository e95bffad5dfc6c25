//! How the review goes: for the team first; a person's own numbers are for that person and for leads.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use store::decision::{Decision, DecisionFilter};

use super::{ReviewError, Verb};
use crate::people::Actor;
use crate::world::World;

/// Decisions looked at, at most.
const DECISIONS_MAX: i64 = 200_000;
/// Open cases whose age is looked at, at most.
const OPEN_MAX: i64 = 200_000;
/// An hour.
const HOUR_MS: i64 = 3_600_000;
/// A case answered again within this is reopened.
const REOPENED_MS: i64 = 7 * 24 * HOUR_MS;
/// z of a 95 % interval.
const Z: f64 = 1.959_964;

/// The numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stats {
    /// Since when.
    pub since_ms: i64,
    /// The team, all families.
    pub team: Pace,
    /// The team, by family.
    pub families: BTreeMap<String, Pace>,
    /// Who asks, for themselves; everybody, for a lead.
    pub people: BTreeMap<String, Pace>,
    /// What waits, by family.
    pub backlog: BTreeMap<String, Waiting>,
    /// 90th percentile of the age of what waits, in hours.
    pub backlog_age_hours_p90: Option<f64>,
    /// Decided twice without a suggestion.
    pub blind: Agreement,
    /// Share of joinings that nobody had to decide.
    pub auto_share: Option<f64>,
    /// Automatic merges that people looked at by chance, and how many of them were right.
    pub auto_precision: Option<Share>,
    /// Cases settled in time, of those settled.
    pub in_time: Option<Share>,
}

/// How fast, and how well.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Pace {
    /// Decisions.
    pub decisions: usize,
    /// Median of decisions an hour, over the hours in which somebody decided, a person an hour.
    pub an_hour: Option<f64>,
    /// Median of seconds on screen.
    pub seconds_p50: Option<f64>,
    /// 90th percentile.
    pub seconds_p90: Option<f64>,
    /// Of those to whom something was suggested, the share who did it.
    pub accepted: Option<Share>,
    /// Answered again, or undone, within 7 days.
    pub reopened: Option<Share>,
    /// Undone, whenever.
    pub undone: Option<Share>,
}

/// A share with its numbers and a 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// So many …
    pub of: usize,
    /// … of which so many.
    pub are: usize,
    /// The share.
    pub share: f64,
    /// Lower end of the interval (Wilson).
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What waits of a family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Open.
    pub open: i64,
    /// Of them past their due time.
    pub late: i64,
    /// Put off.
    pub held: i64,
    /// Waiting for the second of two people.
    pub proposed: i64,
    /// Waiting for a second opinion.
    pub second: i64,
    /// Two people disagree.
    pub disputed: i64,
}

/// How far two people who do not see each other agree.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Agreement {
    /// Pairs of decisions.
    pub pairs: usize,
    /// Share that agree.
    pub agree: Option<Share>,
    /// Cohen's κ: agreement beyond chance.
    pub kappa: Option<f64>,
}

impl Share {
    /// Of nothing there is no share.
    pub fn of(of: usize, are: usize) -> Option<Share> {
        if of == 0 {
            return None;
        }
        let (n, p) = (of as f64, are as f64 / of as f64);
        let centre = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        Some(Share { of, are, share: p, low: (centre - half).max(0.0), high: (centre + half).min(1.0) })
    }
}

/// The numbers since an instant.
///
/// # Errors
/// When the store fails.
pub async fn stats(world: &World, actor: &Actor, since_ms: i64) -> Result<Stats, ReviewError> {
    let store = &world.store;
    let now_ms = world.clock.now().timestamp_millis();
    let filter = DecisionFilter { since_ms: Some(since_ms), limit: DECISIONS_MAX, ..DecisionFilter::default() };
    let mut all = store.decisions(&filter).await?;
    all.reverse();
    let undone_at: BTreeMap<i64, i64> =
        all.iter().filter(|d| d.verb == Verb::Undo.name()).map(|d| (d.id, d.at_ms)).collect();
    let answers: Vec<&Decision> =
        all.iter().filter(|d| d.verb.parse().is_ok_and(|verb: Verb| verb.answers())).collect();
    // what rules answered says nothing of how people work
    let own: Vec<&Decision> = answers.iter().copied().filter(|d| d.batch.is_none()).collect();
    let pace = |list: &[&Decision]| pace(list, &answers, &undone_at);
    let mut out = Stats { since_ms, team: pace(&own), blind: agreement(&answers), ..Stats::default() };
    let group = |key: fn(&Decision) -> &str| {
        let mut groups: BTreeMap<String, Vec<&Decision>> = BTreeMap::new();
        for decision in &own {
            groups.entry(key(decision).to_owned()).or_default().push(decision);
        }
        groups
    };
    out.families = group(|d| &d.family).into_iter().map(|(name, list)| (name, pace(&list))).collect();
    let people = group(|d| &d.actor).into_iter();
    out.people = people.filter(|(name, _)| actor.leads() || *name == actor.name).map(|(n, l)| (n, pace(&l))).collect();
    for row in store.backlog(now_ms).await? {
        let waiting = out.backlog.entry(row.family).or_default();
        match row.state.as_str() {
            "open" => (waiting.open, waiting.late) = (row.cases, row.late),
            "held" => waiting.held = row.cases,
            "proposed" => waiting.proposed = row.cases,
            "second" => waiting.second = row.cases,
            "disputed" => waiting.disputed = row.cases,
            _ => {}
        }
    }
    let ages: Vec<f64> =
        store.open_since(OPEN_MAX).await?.into_iter().map(|at| (now_ms - at) as f64 / HOUR_MS as f64).collect();
    out.backlog_age_hours_p90 = quantile(ages, 0.9);
    let settled = store.settled_since(since_ms).await?;
    let (of, are) = settled.iter().fold((0, 0), |(of, are), (_, n, in_time, _)| (of + n, are + in_time));
    out.in_time = Share::of(usize::try_from(of).unwrap_or(0), usize::try_from(are).unwrap_or(0));
    let joined: i64 = store.vacancy_sizes().await?.iter().map(|(postings, n)| (postings - 1).max(0) * n).sum();
    let by_people = answers.iter().filter(|d| d.verb == Verb::Merge.name() && d.state == "standing").count();
    let joined = usize::try_from(joined).unwrap_or(0);
    out.auto_share = (joined > 0).then(|| 1.0 - (by_people.min(joined)) as f64 / joined as f64);
    out.auto_precision = audited(&answers);
    Ok(out)
}

/// Automatic merges that were looked at by chance: right where people say that they are one.
fn audited(answers: &[&Decision]) -> Option<Share> {
    let looked: Vec<&&Decision> = answers
        .iter()
        .filter(|d| {
            let subject: Value = serde_json::from_str(&d.subject).unwrap_or_default();
            subject["like"]["rule"] == "audit" && d.state != "undone"
        })
        .collect();
    Share::of(looked.len(), looked.iter().filter(|d| d.verb == Verb::Merge.name()).count())
}

fn pace(list: &[&Decision], all: &[&Decision], undone_at: &BTreeMap<i64, i64>) -> Pace {
    let mut hours: BTreeMap<(&str, i64), usize> = BTreeMap::new();
    for d in list {
        *hours.entry((&d.actor, d.at_ms.div_euclid(HOUR_MS))).or_default() += 1;
    }
    let seconds: Vec<f64> = list.iter().filter(|d| d.screen_ms > 0).map(|d| d.screen_ms as f64 / 1000.0).collect();
    let suggested: Vec<bool> = list
        .iter()
        .filter_map(|d| {
            let suggestion: Value = serde_json::from_str(d.suggestion.as_deref()?).ok()?;
            Some(suggestion["verb"] == d.verb.as_str())
        })
        .collect();
    let mut later: BTreeMap<i64, Vec<&Decision>> = BTreeMap::new();
    for d in all.iter().filter(|d| d.second_of.is_none()) {
        later.entry(d.case_id).or_default().push(d);
    }
    let again = |d: &Decision| {
        let soon = |at: i64| (0..=REOPENED_MS).contains(&(at - d.at_ms));
        let undone = d.undone_by.and_then(|by| undone_at.get(&by)).is_some_and(|at| soon(*at));
        undone || later.get(&d.case_id).into_iter().flatten().any(|other| other.id > d.id && soon(other.at_ms))
    };
    Pace {
        decisions: list.len(),
        an_hour: quantile(hours.values().map(|n| *n as f64).collect(), 0.5),
        seconds_p50: quantile(seconds.clone(), 0.5),
        seconds_p90: quantile(seconds, 0.9),
        accepted: Share::of(suggested.len(), suggested.iter().filter(|done| **done).count()),
        reopened: Share::of(list.len(), list.iter().filter(|d| again(d)).count()),
        undone: Share::of(list.len(), list.iter().filter(|d| d.state == "undone").count()),
    }
}

/// How far second opinions agree with the first.
fn agreement(answers: &[&Decision]) -> Agreement {
    let by_id: BTreeMap<i64, &&Decision> = answers.iter().map(|d| (d.id, d)).collect();
    let pairs: Vec<(&str, &str)> = answers
        .iter()
        .filter_map(|second| Some((by_id.get(&second.second_of?)?.verb.as_str(), second.verb.as_str())))
        .collect();
    let agree = pairs.iter().filter(|(a, b)| a == b).count();
    Agreement { pairs: pairs.len(), agree: Share::of(pairs.len(), agree), kappa: kappa(&pairs) }
}

/// Cohen's κ of pairs of answers: (observed − chance) / (1 − chance); none where chance alone explains everything.
pub fn kappa(pairs: &[(&str, &str)]) -> Option<f64> {
    if pairs.is_empty() {
        return None;
    }
    let n = pairs.len() as f64;
    let mut words: Vec<&str> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
    words.sort_unstable();
    words.dedup();
    let share = |of: &dyn Fn(&(&str, &str)) -> bool| pairs.iter().filter(|pair| of(pair)).count() as f64 / n;
    let observed = share(&|(a, b)| a == b);
    let chance: f64 = words.iter().map(|word| share(&|(a, _)| a == word) * share(&|(_, b)| b == word)).sum();
    (chance < 1.0 - 1e-12).then(|| (observed - chance) / (1.0 - chance))
}

/// A quantile by the nearest rank.
fn quantile(mut values: Vec<f64>, at: f64) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let rank = (at * values.len() as f64).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kappa_is_agreement_beyond_chance() {
        let pairs = |counts: [(&'static str, &'static str, usize); 4]| -> Vec<(&str, &str)> {
            counts.iter().flat_map(|(a, b, n)| std::iter::repeat_n((*a, *b), *n)).collect()
        };
        // the textbook's table: 20 and 15 agree, 5 and 10 do not
        let table = pairs([("yes", "yes", 20), ("yes", "no", 5), ("no", "yes", 10), ("no", "no", 15)]);
        assert!((kappa(&table).unwrap() - 0.4).abs() < 1e-9);
        assert_eq!(kappa(&[("a", "a"), ("a", "a")]), None);
        assert_eq!(kappa(&[("a", "b"), ("b", "a")]), Some(-1.0));
        assert_eq!(kappa(&[]), None);
    }

    #[test]
    fn shares_have_intervals_and_quantiles_are_values_that_occur() {
        let share = Share::of(200, 196).unwrap();
        assert!((share.low - 0.9497).abs() < 1e-3 && (share.high - 0.9922).abs() < 1e-3, "{share:?}");
        assert_eq!(Share::of(0, 0), None);
        assert_eq!(quantile(vec![3.0, 1.0, 2.0], 0.5), Some(2.0));
        assert_eq!(quantile(vec![3.0, 1.0, 2.0], 0.9), Some(3.0));
        assert_eq!(quantile(Vec::new(), 0.9), None);
    }
}
