//! What was believed, and when: "what did we show on 3 March, and why", as known then or as known now. Pure.

use store::history::Belief;

/// What held from one instant to another, as known at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// From when on.
    pub from_ms: i64,
    /// Until when; open-ended in `None`.
    pub to_ms: Option<i64>,
    /// The belief; `None` = nothing noted: open and shown since it was first seen.
    pub belief: Option<&'a Belief>,
}

/// What is believed about the instant `valid_ms`, as known at `known_ms`; `None` = nothing noted, which means open.
pub fn at(beliefs: &[Belief], valid_ms: i64, known_ms: i64) -> Option<&Belief> {
    in_order(beliefs, known_ms).into_iter().rfind(|b| b.valid_ms <= valid_ms)
}

/// The whole life from `founded_ms` on, as known at `known_ms`: each belief overwrites everything after its instant.
pub fn timeline<'a>(beliefs: &'a [Belief], founded_ms: i64, known_ms: i64) -> Vec<Span<'a>> {
    let mut spans: Vec<Span<'a>> = vec![Span { from_ms: founded_ms, to_ms: None, belief: None }];
    for belief in in_order(beliefs, known_ms) {
        spans.retain(|span| span.from_ms < belief.valid_ms);
        if let Some(last) = spans.last_mut() {
            last.to_ms = Some(belief.valid_ms);
        }
        spans.push(Span { from_ms: belief.valid_ms, to_ms: None, belief: Some(belief) });
    }
    spans
}

/// Beliefs known by a time, in the order in which they were learnt.
fn in_order(beliefs: &[Belief], known_ms: i64) -> Vec<&Belief> {
    let mut known: Vec<&Belief> = beliefs.iter().filter(|b| b.known_ms <= known_ms).collect();
    known.sort_by_key(|b| (b.known_ms, b.valid_ms));
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    fn belief(known_ms: i64, valid_ms: i64, state: &str) -> Belief {
        Belief {
            subject: 1,
            scope: "vacancy".to_owned(),
            known_ms,
            valid_ms,
            state: state.to_owned(),
            reason: None,
            verdict: None,
            probability: 0,
            run: None,
            evidence: "[]".to_owned(),
        }
    }

    #[test]
    fn a_fill_learnt_late_changes_what_we_know_of_the_past_but_not_what_we_showed() {
        // closed on day 30 as absent; in day 45 insurance says it was filled on day 20; on day 50 that is taken back
        let beliefs = [belief(30, 29, "closed"), belief(45, 20, "closed_filled"), belief(50, 29, "closed")];
        let said = |valid, known| at(&beliefs, valid, known).map_or("open", |b| b.state.as_str());
        assert_eq!(said(25, 25), "open", "what we showed on day 25");
        assert_eq!(said(25, 40), "open", "what we thought on day 40 of day 25");
        assert_eq!(said(25, 46), "closed_filled", "what we know since of day 25");
        assert_eq!(said(31, 31), "closed");
        assert_eq!(said(10, 99), "open");
        let spans: Vec<(i64, Option<i64>, &str)> = timeline(&beliefs[..2], 1, 99)
            .iter()
            .map(|s| (s.from_ms, s.to_ms, s.belief.map_or("open", |b| b.state.as_str())))
            .collect();
        assert_eq!(spans, [(1, Some(20), "open"), (20, None, "closed_filled")]);
        let now: Vec<i64> = timeline(&beliefs, 1, 99).iter().map(|s| s.from_ms).collect();
        assert_eq!(now, [1, 20, 29]);
    }
}
