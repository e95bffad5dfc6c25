//! What becomes of a posting: a table of evidence and states, and the laws that hold for any evidence in any order.

use proptest::prelude::*;

use super::*;
use crate::lifecycle::evidence::KINDS;
use crate::lifecycle::rules::{Rules, what};
use crate::settings::{DEFAULTS, Settings};
use store::tally::Tally;

const DAY: i64 = 86_400_000;

fn rules() -> Rules {
    let settings: Settings = DEFAULTS.parse::<toml::Table>().unwrap().try_into().unwrap();
    Rules::new(&settings.lifecycle, &[], &[])
}

/// `day kind said [word]`, e.g. `3 absent closed`; rows have ids by their place, what begins with `=` is the row's own word.
fn piece(text: &str, nr: i64) -> Evidence {
    let own = text.starts_with('=');
    let words: Vec<&str> = text.trim_start_matches('=').split(' ').collect();
    let kind = Kind::parse(words[1]).unwrap();
    Evidence {
        id: if own { 0 } else { nr + 1 },
        word: words.get(3).unwrap_or(&"").to_string(),
        state: if kind == Kind::Steward { words[2].to_owned() } else { String::new() },
        ..Evidence::new(kind, Said::parse(words[2]), (words[0].parse::<f64>().unwrap() * DAY as f64) as i64)
    }
}

fn set(pieces: &[&str]) -> Vec<Evidence> {
    pieces.iter().zip(0..).map(|(text, nr)| piece(text, nr)).collect()
}

fn said(verdict: &Verdict) -> String {
    [Some(verdict.state), verdict.reason].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[test]
fn evidence_becomes_a_state_with_a_reason() {
    for (now, pieces, want) in [
        (1, vec![], "open"),
        (30, vec!["=29.9 listed open"], "open"),
        // last days: the end of the day, and only what is a deadline
        (5, vec!["=6 deadline closed"], "open"),
        (6, vec!["=6 deadline closed"], "closed deadline"),
        (9, vec!["=6 certification closed", "=9 listed open until_filled"], "open"),
        // the source's own flag, and its being taken back
        (3, vec!["2 source_flag closed"], "closed source_closed"),
        (9, vec!["2 source_flag closed", "5 source_flag open", "5 listed open"], "open"),
        // absence
        (2, vec!["2 absent closed"], "unconfirmed absent"),
        (3, vec!["2 absent closed", "3 absent closed"], "closed absent"),
        (4, vec!["2 absent closed", "4 listed open"], "open"),
        (5, vec!["2 absent closed", "4 listed open", "5 absent closed"], "unconfirmed absent"),
        // pages
        (3, vec!["2 probe closed wording"], "closed probe"),
        (3, vec!["2 probe closed alert", "3 listed open"], "open"),
        (3, vec!["2 probe closed missing", "=3 listed open"], "suspected_stale probe"),
        (3, vec!["2 absent closed", "2 probe closed missing"], "closed probe"),
        (4, vec!["2 absent closed", "2 probe open alive", "3 absent closed"], "unconfirmed absent"),
        (3, vec!["2 absent closed", "3 absent closed", "3 probe open alive"], "unconfirmed absent"),
        (5, vec!["2 absent closed", "2 probe open alive", "3 absent closed", "4 absent closed"], "closed absent"),
        (3, vec!["2 absent closed", "2 probe closed unknown"], "unconfirmed absent"),
        // people and the law
        (9, vec!["=6 deadline closed", "7 steward open"], "open"),
        (9, vec!["3 steward closed filled_report"], "closed filled_report"),
        (9, vec!["3 steward closed filled_report", "4 steward open"], "open"),
        (
            9,
            vec!["=6 deadline closed", "3 steward closed steward", "2 labour_market_test hold"],
            "open labour_market_test",
        ),
        // what only makes it likelier
        (9, vec!["=9 listed open", "8 employer_report filled"], "closed filled_report"),
        (9, vec!["=9 listed open", "8 ei_fill filled"], "suspected_filled filled_ei"),
        (9, vec!["8 ei_fill filled", "9 absent closed"], "closed filled_ei"),
        // age without confirmation
        (30, vec!["=1 listed open always_open"], "open"),
        (120, vec!["=1 listed open always_open"], "suspected_stale stale"),
        (900, vec!["=1 listed open always_open"], "closed stale"),
        (2, vec!["5 opens open"], "scheduled"),
        (5, vec!["5 opens open"], "open"),
    ] {
        let mut all = set(&pieces);
        all.push(piece("=0 listed open", 0));
        let verdict = fuse(&all, rules().of(1), now * DAY);
        assert_eq!(said(&verdict), want, "on day {now}: {pieces:?}, {:.4}", verdict.probability);
        assert!(verdict.state != "closed" || verdict.reason.is_some());
    }
}

#[test]
fn what_a_missing_row_means_is_learned_from_the_source() {
    let settings: Settings = DEFAULTS.parse::<toml::Table>().unwrap().try_into().unwrap();
    let tally = |source, trials, hits| Tally { source, what: what::GONE.to_owned(), key: String::new(), trials, hits };
    let rules = Rules::new(&settings.lifecycle, &[tally(1, 5000.0, 4990.0), tally(2, 5000.0, 1500.0)], &[3]);
    let missing = [piece("=0 listed open", 0), piece("2 absent closed", 1)];
    let p = |source| fuse(&missing, rules.of(source), 2 * DAY).probability;
    assert!(p(1) > 0.99 && p(2) < 0.35, "{} {}", p(1), p(2));
    let report = [missing[0].clone(), missing[1].clone(), piece("2 repost closed", 2)];
    assert_eq!(said(&fuse(&report, rules.of(1), 2 * DAY)), "closed stale", "missing and posted anew");
    assert_eq!(said(&fuse(&report, rules.of(2), 2 * DAY)), "unconfirmed absent", "rows come and go there");
    assert_eq!(said(&fuse(&missing, rules.of(3), 2 * DAY)), "closed absent", "absence is expiry by contract");
}

fn any_piece() -> impl Strategy<Value = Evidence> {
    let word = prop::sample::select(vec!["", "alive", "missing", "wording", "unknown", "filled_report"]);
    let said = prop::sample::select(vec![Said::Closed, Said::Open, Said::Filled, Said::Suspended, Said::Hold]);
    let until = prop::option::of(0i64..40);
    (0i64..20, prop::sample::select(KINDS.to_vec()), said, 0i64..6, word, until).prop_map(
        |(day, kind, said, id, word, until)| Evidence {
            id,
            word: word.to_owned(),
            until_ms: until.map(|day| day * DAY),
            state: if kind == Kind::Steward {
                if id % 2 == 0 { "closed" } else { "open" }.to_owned()
            } else {
                String::new()
            },
            ..Evidence::new(kind, said, day * DAY)
        },
    )
}

proptest! {
    #[test]
    fn the_order_in_which_evidence_arrives_does_not_matter(
        (pieces, shuffled) in prop::collection::vec(any_piece(), 0..12).prop_flat_map(|p| (Just(p.clone()), Just(p).prop_shuffle())),
        now in 0i64..60,
    ) {
        let rules = rules();
        let one = fuse(&pieces, rules.of(1), now * DAY);
        let mut twice = shuffled.clone();
        twice.extend(pieces.iter().cloned());
        prop_assert_eq!(&one, &fuse(&shuffled, rules.of(1), now * DAY));
        prop_assert_eq!(&one, &fuse(&twice, rules.of(1), now * DAY), "the same evidence twice is once");
        prop_assert!((0.0..=1.0).contains(&one.probability));
        prop_assert!(one.state != state::CLOSED || one.reason.is_some());
    }

    #[test]
    fn a_hold_of_the_law_outranks_everything_and_what_is_taken_back_leaves_no_trace(
        pieces in prop::collection::vec(any_piece(), 0..12),
        now in 0i64..60,
    ) {
        let rules = rules();
        let before = fuse(&pieces, rules.of(1), now * DAY);
        let mut held = pieces.clone();
        held.push(Evidence { id: 99, ..Evidence::new(Kind::LabourMarketTest, Said::Hold, now * DAY) });
        prop_assert_eq!(fuse(&held, rules.of(1), now * DAY).state, state::OPEN);
        let mut closed = pieces.clone();
        closed.push(Evidence { id: 99, state: "closed".to_owned(), ..Evidence::new(Kind::Steward, Said::Closed, now * DAY) });
        let _ = fuse(&closed, rules.of(1), now * DAY);
        closed.pop();
        prop_assert_eq!(before, fuse(&closed, rules.of(1), now * DAY));
    }
}
