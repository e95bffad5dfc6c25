//! One posting: from a set of evidence to a state, a reason and a probability. The order in which evidence arrived does
//! not matter, only what it says and of when; taking a piece away gives what held without it.

use super::evidence::{AGREED, Evidence, Kind, RELEASED, Said, outcome};
use super::hazard::{bits, ended_within, probability};
use super::rules::{Common, SourceRules};
use super::{reason, state};

const DAY_MS: f64 = 86_400_000.0;
/// What was known to be there within this time is not closed for its age.
const STALE_MS_MIN: i64 = 90 * 86_400_000;
/// What further absences add to the first, in bits each.
const AGAIN_BITS: f64 = 4.0;
/// What hard evidence leaves to doubt.
const SURE: f64 = 0.9995;

/// What becomes of a posting.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// One of [`state::ALL`].
    pub state: &'static str,
    /// Why it is not simply open.
    pub reason: Option<&'static str>,
    /// Since when it is so, in the world.
    pub since_ms: i64,
    /// That it is over.
    pub probability: f64,
    /// Complete lists in a row that did not have it, since it was last known to be there.
    pub absences: i64,
    /// Ids of the rows it rests on; empty for what the posting's own row says.
    pub evidence: Vec<i64>,
}

/// Decides. `evidence` is all that stands about the posting: rows of its own, holds of its job, and what its row says.
pub fn fuse(evidence: &[Evidence], rules: &SourceRules, now_ms: i64) -> Verdict {
    let mut set: Vec<&Evidence> = evidence.iter().filter(|e| counts(e, now_ms)).collect();
    set.sort();
    set.dedup();
    let facts = Facts::of(&set, rules, now_ms);
    let doubt = facts.doubt(rules, now_ms);
    let p = rules.common.calibration.apply(doubt);
    if let Some(verdict) = overridden(&set, p, facts.absences) {
        return verdict;
    }
    if let Some(closed) = closed_plainly(&set, &facts, rules) {
        return closed;
    }
    if let Some(opens) = set.iter().find(|e| e.kind == Kind::Opens && e.at_ms > now_ms) {
        return Verdict {
            state: state::SCHEDULED,
            reason: None,
            since_ms: facts.first_ms,
            probability: p,
            absences: 0,
            evidence: vec![opens.id],
        };
    }
    let page = facts.probe.is_some_and(|e| e.said == Said::Closed);
    // age alone closes nothing that was confirmed in the last months, however fast a source seems to turn over
    let young = now_ms - facts.confirmed_ms < STALE_MS_MIN;
    let only_age = facts.soft.pieces.iter().all(|e| e.kind == Kind::Certification);
    let lean = match lean(&facts.soft, !facts.missing.is_empty(), page, p, &rules.common) {
        Some((state::CLOSED, why)) if young && only_age && why == reason::STALE => Some((state::SUSPECTED_STALE, why)),
        other => other,
    };
    let (state, reason) = match lean {
        Some((state::CLOSED, reason)) => (state::CLOSED, Some(reason)),
        _ if !facts.missing.is_empty() => (state::UNCONFIRMED, Some(reason::ABSENT)),
        Some((state, reason)) => (state, Some(reason)),
        None => (state::OPEN, None),
    };
    let mut ids: Vec<i64> = facts.soft.pieces.iter().map(|e| e.id).chain(facts.missing.iter().map(|e| e.id)).collect();
    ids.retain(|id| *id != 0);
    let since_ms = match state {
        state::OPEN => facts.back_ms,
        state::UNCONFIRMED => facts.missing.first().map_or(facts.back_ms, |e| e.at_ms),
        _ => facts.soft.pieces.first().map_or(facts.confirmed_ms, |e| e.at_ms),
    };
    Verdict { state, reason, since_ms, probability: p, absences: facts.absences, evidence: ids }
}

/// Whether a piece says anything at an instant: not yet, no longer, and unknown outcomes say nothing.
pub(super) fn counts(e: &Evidence, now_ms: i64) -> bool {
    let begun = e.at_ms <= now_ms || e.kind == Kind::Opens;
    begun && e.until_ms.is_none_or(|until| until > now_ms) && e.word != outcome::UNKNOWN
}

/// What the law and stewards say, in this order.
pub(super) fn overridden(set: &[&Evidence], p: f64, absences: i64) -> Option<Verdict> {
    if let Some(hold) = set.iter().rfind(|e| e.kind == Kind::LabourMarketTest && e.said == Said::Hold) {
        let reason = Some(reason::LABOUR_MARKET_TEST);
        return Some(Verdict {
            state: state::OPEN,
            reason,
            since_ms: hold.at_ms,
            probability: p,
            absences,
            evidence: vec![hold.id],
        });
    }
    let word = set.iter().rfind(|e| e.kind == Kind::Steward)?;
    let (state, reason) = steward(&word.state, &word.word);
    let probability = if state == state::CLOSED { SURE } else { p };
    Some(Verdict { state, reason, since_ms: word.at_ms, probability, absences, evidence: vec![word.id] })
}

/// A steward's state and reason, spelled as ours.
pub(super) fn steward(state: &str, why: &str) -> (&'static str, Option<&'static str>) {
    let state = state::ALL.into_iter().find(|s| *s == state).unwrap_or(state::CLOSED);
    let known = reason::ORDER.into_iter().find(|r| *r == why);
    (state, if state == state::CLOSED { known.or(Some(reason::STEWARD)) } else { known })
}

/// What closes by itself: the source's flag, a last day that is over, a page that says so, absence from enough lists.
fn closed_plainly(set: &[&Evidence], facts: &Facts<'_>, rules: &SourceRules) -> Option<Verdict> {
    let closed = |reason, since_ms, evidence: Vec<i64>| Verdict {
        state: state::CLOSED,
        reason: Some(reason),
        since_ms,
        probability: SURE,
        absences: facts.absences,
        evidence: evidence.into_iter().filter(|id| *id != 0).collect(),
    };
    let flag = set.iter().rfind(|e| e.kind == Kind::SourceFlag);
    if let Some(flag) = flag.filter(|e| e.said == Said::Closed) {
        return Some(closed(reason::SOURCE_CLOSED, flag.at_ms, vec![flag.id]));
    }
    // the reason is the earliest of what is left: a page that went before the last day closed it
    let probe = facts.probe.filter(|e| e.said == Said::Closed && (outcome::is_plain(&e.word) || facts.absences > 0));
    let deadline = set.iter().find(|e| e.kind == Kind::Deadline);
    let absent = (facts.absences >= rules.absences_to_close).then_some(()).and(facts.missing.first());
    if let Some(deadline) = deadline {
        return Some(closed(reason::DEADLINE, deadline.at_ms, vec![deadline.id]));
    }
    if let Some(probe) = probe {
        let since = facts.missing.first().map_or(probe.at_ms, |e| e.at_ms.min(probe.at_ms));
        return Some(closed(reason::PROBE, since, vec![probe.id]));
    }
    absent.map(|first| closed(reason::ABSENT, first.at_ms, facts.missing.iter().map(|e| e.id).collect()))
}

/// What of the set matters after hard evidence.
struct Facts<'a> {
    /// First seen.
    first_ms: i64,
    /// Last came back or changed.
    back_ms: i64,
    /// Last known to be there: listed, or its page was alive.
    confirmed_ms: i64,
    /// Closing kind.
    closing: &'a str,
    /// Lists without it since.
    missing: Vec<&'a Evidence>,
    absences: i64,
    /// The last look at its page that is not older than its coming back.
    probe: Option<&'a Evidence>,
    soft: Soft<'a>,
}

impl<'a> Facts<'a> {
    fn of(set: &[&'a Evidence], rules: &SourceRules, now_ms: i64) -> Facts<'a> {
        let listed: Vec<&Evidence> = set.iter().copied().filter(|e| e.kind == Kind::Listed).collect();
        let first_ms = listed.first().map_or(now_ms, |e| e.at_ms);
        let returned = listed.iter().rfind(|e| e.id != 0).map(|e| e.at_ms);
        let back_ms = returned.unwrap_or(first_ms);
        let probe = set.iter().copied().rfind(|e| e.kind == Kind::Probe && e.at_ms >= back_ms);
        let alive_ms = probe.filter(|e| e.said == Said::Open).map_or(i64::MIN, |e| e.at_ms);
        let missing: Vec<&Evidence> = set
            .iter()
            .copied()
            .filter(|e| e.kind == Kind::Absent && returned.is_none_or(|back| e.at_ms > back))
            .collect();
        // absences before its page was found alive are answered by that
        let unanswered: Vec<&Evidence> = missing.iter().copied().filter(|e| e.at_ms > alive_ms).collect();
        // a page found alive does not put it on the list again: it stays unconfirmed
        let released = unanswered.iter().any(|e| e.word == RELEASED);
        // one of many that went at once: its page must say so, where there is one, else one list more
        let doubtful = missing.iter().any(|e| e.word == AGREED);
        let count = unanswered.len() as i64;
        let absences = match (released, doubtful) {
            (true, _) => count.max(rules.absences_to_close),
            (false, true) if rules.pages => count.min((rules.absences_to_close - 1).max(0)),
            (false, true) => count - 1,
            (false, false) => count,
        };
        let kept = if unanswered.is_empty() { missing } else { unanswered };
        let confirmed_ms = listed.last().map_or(first_ms, |e| e.at_ms).max(alive_ms);
        let closing = listed.first().map_or("", |e| e.word.as_str());
        Facts {
            first_ms,
            back_ms,
            confirmed_ms,
            closing,
            absences,
            missing: kept,
            probe,
            soft: Soft::of(set, &rules.common, false),
        }
    }

    /// Probability, before calibration, that the posting is over.
    fn doubt(&self, rules: &SourceRules, now_ms: i64) -> f64 {
        let alive = self.probe.is_some_and(|e| e.said == Said::Open);
        let base = if self.absences > 0 && !alive {
            bits(rules.gone) + (self.absences - 1) as f64 * AGAIN_BITS
        } else {
            let days = (now_ms - self.confirmed_ms).max(0) as f64 / DAY_MS;
            let gone = ended_within(rules.hazard_of(self.closing), days);
            bits(rules.lag + (1.0 - rules.lag) * gone)
        };
        let page = match self.probe {
            Some(e) if e.said == Said::Closed => {
                bits(rules.probe.get(e.word.as_str()).copied().unwrap_or(0.9)) - bits(rules.lag)
            }
            _ => 0.0,
        };
        probability(base + page + self.soft.bits)
    }
}

/// Evidence that only makes it likelier, the strongest of each kind.
pub(super) struct Soft<'a> {
    /// Sum towards closed.
    pub(super) bits: f64,
    /// What speaks for closed, strongest first.
    pub(super) pieces: Vec<&'a Evidence>,
}

impl<'a> Soft<'a> {
    pub(super) fn of(set: &[&'a Evidence], common: &Common, of_job: bool) -> Soft<'a> {
        let mut best: Vec<(f64, &Evidence)> = Vec::new();
        for e in set.iter().copied().filter(|e| e.of_job == of_job) {
            let Some(believed) = common.weights.get(&e.kind) else { continue };
            let weight = e.millibits.map_or(*believed, |own| own as f64 / 1000.0);
            let weight = if e.said == Said::Open { -weight.abs() } else { weight };
            match best
                .iter_mut()
                .find(|(_, other)| other.kind == e.kind && (other.said == Said::Open) == (e.said == Said::Open))
            {
                Some(held) if weight.abs() >= held.0.abs() => *held = (weight, e),
                Some(_) => {}
                None => best.push((weight, e)),
            }
        }
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let bits = best.iter().map(|(weight, _)| weight).sum();
        Soft { bits, pieces: best.into_iter().filter(|(weight, _)| *weight > 0.0).map(|(_, e)| e).collect() }
    }
}

/// What soft evidence leads to: the state and why, or nothing. `missing` = lists do not have it, `page` = its page is gone.
pub(super) fn lean(
    soft: &Soft<'_>,
    missing: bool,
    page: bool,
    p: f64,
    common: &Common,
) -> Option<(&'static str, &'static str)> {
    let Some(strongest) = soft.pieces.iter().map(|e| e.kind).find(|kind| *kind != Kind::Certification) else {
        let why = if page { reason::PROBE } else { reason::STALE };
        return match p {
            _ if missing => None,
            p if p >= common.stale => Some((state::CLOSED, why)),
            p if p >= common.suspect => Some((state::SUSPECTED_STALE, why)),
            _ => None,
        };
    };
    let (suspected, why) = match strongest {
        Kind::EmployerReport => (state::SUSPECTED_FILLED, reason::FILLED_REPORT),
        Kind::EiFill | Kind::Permit => (state::SUSPECTED_FILLED, reason::FILLED_EI),
        Kind::BusinessClosed | Kind::BusinessSuspended => (state::SUSPECTED_STALE, reason::BUSINESS_CLOSED),
        Kind::Sibling => (state::SUSPECTED_FILLED, reason::ABSENT),
        _ => (state::SUSPECTED_STALE, reason::STALE),
    };
    // what others say of the workplace never closes early by itself: something about the posting must say so too
    let of_posting = |kind: Kind| matches!(kind, Kind::EmployerReport | Kind::Repost);
    let witnessed = missing || soft.pieces.iter().any(|e| of_posting(e.kind));
    if p >= common.close && witnessed {
        Some((state::CLOSED, why))
    } else if p >= common.suspect {
        Some((suspected, why))
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
