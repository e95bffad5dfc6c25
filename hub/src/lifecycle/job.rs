//! The job that several postings make up: open while any of them is, unless evidence about the job itself says otherwise.

use super::evidence::{Evidence, Kind, Said};
use super::fuse::{Soft, counts, lean, overridden, steward};
use super::hazard::{bits, probability};
use super::rules::Rules;
use super::{Steward, reason, state};

/// What the lifecycle needs of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life<'a> {
    /// State of the posting.
    pub state: &'a str,
    /// Its reason.
    pub reason: Option<&'a str>,
    /// Its verdict.
    pub verdict: &'a str,
}

/// What becomes of a vacancy.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// One of [`state::ALL`].
    pub state: &'static str,
    /// Why it is not simply open.
    pub reason: Option<&'static str>,
    /// publish, hold or reject.
    pub verdict: &'static str,
    /// Since when it is so, where evidence tells; else since it was noticed.
    pub since_ms: Option<i64>,
    /// That the job is over.
    pub probability: f64,
    /// Ids of the rows it rests on.
    pub evidence: Vec<i64>,
}

/// State, reason and verdict of a vacancy. `said` is the evidence that stands about the job and about its postings,
/// `word` a steward's decision that is not among it.
pub fn vacancy(
    members: &[Life<'_>],
    said: &[Evidence],
    word: Option<&Steward>,
    rules: &Rules,
    now_ms: i64,
) -> Standing {
    let mut set: Vec<&Evidence> = said.iter().filter(|e| counts(e, now_ms)).collect();
    set.sort();
    set.dedup();
    let held: Vec<&Evidence> = set.iter().copied().filter(|e| e.of_job).collect();
    let folded = fold(members);
    let soft = Soft::of(&held, &rules.common, true);
    let p = rules.common.calibration.apply(probability(bits(prior(members)) + soft.bits));
    if let Some(over) = overridden(&held, p, 0)
        && (over.reason == Some(reason::LABOUR_MARKET_TEST) || word.is_none())
    {
        let verdict = folded.verdict;
        let since_ms = Some(over.since_ms);
        return Standing {
            state: over.state,
            reason: over.reason,
            verdict,
            since_ms,
            probability: over.probability,
            evidence: over.evidence,
        };
    }
    if let Some(word) = word {
        let (state, reason) = steward(&word.state, &word.reason);
        return Standing { state, reason, probability: p, ..folded };
    }
    if folded.state == state::CLOSED {
        return closed_with(folded, &set);
    }
    let missing = folded.state == state::SUSPECTED_STALE && folded.reason == Some(reason::ABSENT);
    // open since its last posting came back, if one did
    let back = set.iter().rfind(|e| e.kind == Kind::Listed && e.id != 0).map(|e| e.at_ms);
    let folded = Standing { since_ms: back.filter(|_| folded.state == state::OPEN), ..folded };
    let lean = if soft.pieces.is_empty() { None } else { lean(&soft, missing, false, p, &rules.common) };
    match lean {
        Some((state, why)) => Standing {
            state,
            reason: Some(why),
            since_ms: soft.pieces.first().map(|e| e.at_ms),
            probability: p,
            evidence: soft.pieces.iter().map(|e| e.id).collect(),
            ..folded
        },
        None => Standing { probability: p, ..folded },
    }
}

/// Open while any posting is; shown while any of them may be.
fn fold(members: &[Life<'_>]) -> Standing {
    let of = |states: &[&str]| members.iter().filter(|m| states.contains(&m.state)).copied().collect::<Vec<_>>();
    let plain = |state, reason, verdict| Standing {
        state,
        reason,
        verdict,
        since_ms: None,
        probability: 0.0,
        evidence: Vec::new(),
    };
    let open = of(&[state::OPEN]);
    if !open.is_empty() {
        // what keeps one posting open is worth telling
        let held = open.iter().any(|m| m.reason == Some(reason::LABOUR_MARKET_TEST));
        return plain(state::OPEN, held.then_some(reason::LABOUR_MARKET_TEST), best_verdict(&open));
    }
    for (from, to) in [
        (&[state::SCHEDULED][..], state::SCHEDULED),
        (&[state::UNCONFIRMED, state::SUSPECTED_STALE], state::SUSPECTED_STALE),
        (&[state::SUSPECTED_FILLED], state::SUSPECTED_FILLED),
    ] {
        let some = of(from);
        if !some.is_empty() {
            return plain(to, strongest(&some), best_verdict(&some));
        }
    }
    plain(state::CLOSED, strongest(members), best_verdict(members))
}

/// When a closed job ended: when the last of its postings did, as far as evidence tells.
fn closed_with(mut folded: Standing, set: &[&Evidence]) -> Standing {
    let speaks = |e: &&&Evidence| matches!(e.said, Said::Closed | Said::Filled) && e.kind != Kind::Steward;
    let ends: Vec<&&Evidence> = set.iter().filter(speaks).collect();
    folded.since_ms = ends.iter().map(|e| e.at_ms).max();
    folded.evidence = ends.iter().map(|e| e.id).filter(|id| *id != 0).collect();
    folded.probability = 1.0;
    folded
}

/// The strongest reason among postings.
fn strongest(members: &[Life<'_>]) -> Option<&'static str> {
    reason::ORDER.into_iter().find(|r| members.iter().any(|m| m.reason == Some(r)))
}

/// That a job is over before anything is said of it: a posting that is listed speaks for it.
fn prior(members: &[Life<'_>]) -> f64 {
    let best = |state: &str| match state {
        state::OPEN | state::SCHEDULED => 0.01,
        state::SUSPECTED_FILLED | state::SUSPECTED_STALE => 0.6,
        state::UNCONFIRMED => 0.93,
        _ => 0.9995,
    };
    members.iter().map(|m| best(m.state)).fold(1.0, f64::min)
}

fn best_verdict(members: &[Life<'_>]) -> &'static str {
    ["publish", "hold"].into_iter().find(|verdict| members.iter().any(|m| m.verdict == *verdict)).unwrap_or("reject")
}

#[cfg(test)]
mod tests;
