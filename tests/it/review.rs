//! The review engine from outside: what stands is what was decided and not undone, in whatever order.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use hub::people::{Actor, Role};
use hub::review::{self, Answer, Family, Filter, ReviewError, Verb};
use hub::world::{SetClock, World, seoul_instant};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::Store;

use crate::harness::{Stage, block_on, copy_of, fleet, on_both, settings};

/// Portals that carry one another's postings.
const PORTALS: [&str; 3] = ["saramin", "jobkorea", "work24"];

fn steward(name: &str) -> Actor {
    Actor::new(name, vec![Role::Steward])
}

fn lead(name: &str) -> Actor {
    Actor::new(name, vec![Role::Lead])
}

/// A store that was synced once, closed.
async fn synced(url: &str, scale: f64) {
    let stage = Stage::set(url, fleet(scale, &PORTALS).await).await;
    for source in PORTALS {
        let report = stage.sync(source).await;
        assert_eq!(report.state, "complete", "{report:?}");
    }
    stage.world.store.close().await.unwrap();
}

/// A hub on a store, with nothing to sync from, on the day after the sync.
async fn reopened(url: &str) -> World {
    let clock = SetClock::at(seoul_instant(chrono::NaiveDate::from_ymd_opt(2026, 11, 3).unwrap(), 9));
    Stage::at(settings(url, 1), clock).await.world
}

/// Everything that decisions may change, as text: postings, vacancies, relations, where ids lead, what stands.
/// Left out is what only tells that something was different for a while: versions and times of vacancies, numbers of
/// decisions, events.
async fn dump(store: &Store) -> String {
    let mut text = String::new();
    let postings = store.postings_after(i64::MIN, 100_000).await.unwrap();
    for p in &postings {
        let _ = writeln!(
            text,
            "posting {} of {} {} {:?} {} body {} version {} in {}",
            p.id, p.source, p.state, p.reason, p.verdict, p.body_hash, p.version, p.vacancy
        );
        for r in store.relations_of(p.id).await.unwrap().iter().filter(|r| r.a == p.id) {
            let _ = writeln!(text, "relation {} {} {} {} {:?}", r.a, r.b, r.kind, r.millibits, r.levels);
        }
    }
    for mut v in store.vacancies_after(i64::MIN, 100_000).await.unwrap() {
        (v.version, v.changed_ms, v.state_since_ms) = (0, 0, 0);
        let _ = writeln!(text, "{v:?}");
    }
    let mut standing: Vec<String> = Vec::new();
    for s in store.all_standing().await.unwrap() {
        let mut body: serde_json::Value = serde_json::from_str(&s.body).unwrap();
        body.as_object_mut().unwrap().remove("at_ms");
        standing.push(format!("standing {} {} {:?} {body}", s.subject, s.kind, s.other));
    }
    standing.sort();
    let _ = writeln!(text, "{}", standing.join("\n"));
    // an id that was borne for a while leads to where its posting is
    let all: Vec<i64> = postings.iter().map(|p| p.vacancy).collect::<BTreeSet<_>>().into_iter().collect();
    for (old, survivor) in store.redirected_to_all(&all).await.unwrap() {
        let posting = postings.iter().find(|p| p.id == old).unwrap();
        assert_eq!(posting.vacancy, survivor, "a retired id leads where its posting is");
        assert_ne!(posting.vacancy, old, "an id that is borne does not lead elsewhere");
    }
    text
}

/// Something a steward does.
#[derive(Clone, Debug)]
enum Step {
    /// Answers about a pair of postings, by number.
    Pair { a: usize, b: usize, same: bool },
    /// Chooses a posting's pay and title.
    Pick { a: usize, fixed: bool },
    /// May a posting be shown?
    Verdict { a: usize, verb: Verb },
    /// Is the job taken?
    Life { a: usize, close: bool },
    /// Takes one of the decisions so far back, by number.
    Undo { which: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..1000, 0usize..12, any::<bool>()).prop_map(|(a, by, same)| Step::Pair { a, b: a + 1 + by, same }),
        1 => (0usize..1000, any::<bool>()).prop_map(|(a, fixed)| Step::Pick { a, fixed }),
        1 => (0usize..1000, prop_oneof![Just(Verb::Clear), Just(Verb::Hold)]).prop_map(|(a, verb)| Step::Verdict { a, verb }),
        1 => (0usize..1000, any::<bool>()).prop_map(|(a, close)| Step::Life { a, close }),
        5 => (0usize..1000).prop_map(|which| Step::Undo { which }),
    ]
}

/// Postings in an order in which neighbours are often related: by employer, then id.
async fn in_order(store: &Store) -> Vec<i64> {
    let mut rows: Vec<(String, i64)> = Vec::new();
    for p in store.postings_after(i64::MIN, 100_000).await.unwrap() {
        let body: serde_json::Value = serde_json::from_str(&p.body).unwrap();
        let company = &body["posting"]["hiring_organization"]["match_name"];
        rows.push((company.as_str().unwrap_or_default().to_owned(), p.id));
    }
    rows.sort();
    rows.into_iter().map(|(_, id)| id).collect()
}

/// Does a step that decides; gives its decision.
async fn decide(world: &World, who: &Actor, postings: &[i64], step: &Step) -> Option<i64> {
    let at = |n: usize| postings[n % postings.len()];
    let (family, a, b, mut answer) = match step {
        Step::Pair { a, b, same } => {
            let verb = if *same { Verb::Merge } else { Verb::Distinct };
            (Family::Duplicate, at(*a), Some(at(*b)), Answer { verb, ..Answer::default() })
        }
        Step::Pick { a, fixed } => {
            let id = at(*a);
            let choice = if *fixed {
                dedup::Choice::Fixed(serde_json::json!("한글 제목"))
            } else {
                dedup::Choice::Follow(id)
            };
            let picks = vec![dedup::Pick { field: "title".into(), choice }];
            (Family::Conflict, id, None, Answer { verb: Verb::Pick, picks, ..Answer::default() })
        }
        Step::Verdict { a, verb } => (Family::Suspicious, at(*a), None, Answer { verb: *verb, ..Answer::default() }),
        Step::Life { a, close } => {
            let verb = if *close { Verb::Close } else { Verb::KeepOpen };
            (Family::Filled, at(*a), None, Answer { verb, ..Answer::default() })
        }
        Step::Undo { .. } => return None,
    };
    answer.reason = "other".into();
    answer.screen_ms = 60_000;
    if Some(a) == b {
        return None;
    }
    let question = review::by_hand(world, family, a, b, "test").await.unwrap();
    let leased = review::raise(world, who, &question, None).await.unwrap();
    Some(review::decide(world, who, leased.case, answer).await.unwrap().decision)
}

/// Plays steps on a copy of a store; gives the dump and the steps whose decisions were not undone.
async fn play(template: &str, steps: &[Step]) -> (String, Vec<Step>) {
    let world = reopened(&copy_of(template)).await;
    let who = lead("kim");
    let postings = in_order(&world.store).await;
    let mut made: Vec<(i64, Step)> = Vec::new();
    for step in steps {
        match step {
            Step::Undo { which } if !made.is_empty() => {
                let (decision, _) = made.remove(which % made.len());
                review::undo(&world, &who, decision).await.unwrap();
            }
            step => {
                if let Some(decision) = decide(&world, &who, &postings, step).await {
                    // a case is answered once: the earlier answer gives way
                    made.push((decision, step.clone()));
                }
            }
        }
    }
    let text = dump(&world.store).await;
    world.store.close().await.unwrap();
    (text, made.into_iter().map(|(_, step)| step).collect())
}

fn property(url: &str, cases: u32) {
    block_on(synced(url, 0.002));
    let mut runner =
        TestRunner::new(Config { cases, max_shrink_iters: 40, failure_persistence: None, ..Config::default() });
    let result = runner.run(&proptest::collection::vec(step(), 1..14), |steps| {
        block_on(async {
            let (after, remain) = play(url, &steps).await;
            let (fresh, _) = play(url, &remain).await;
            similar_asserts(&after, &fresh)
        })
    });
    result.unwrap();
}

fn similar_asserts(after: &str, fresh: &str) -> Result<(), TestCaseError> {
    let (x, y): (BTreeSet<&str>, BTreeSet<&str>) = (after.lines().collect(), fresh.lines().collect());
    let only =
        |a: &BTreeSet<&str>, b: &BTreeSet<&str>| a.difference(b).take(12).copied().collect::<Vec<_>>().join("\n");
    prop_assert!(after == fresh, "after undoing:\n{}\nfresh:\n{}", only(&x, &y), only(&y, &x));
    Ok(())
}

#[test]
fn decisions_and_undos_in_any_order_leave_what_the_remaining_decisions_make_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    property(&format!("sqlite:{}", dir.path().join("hub.sqlite").display()), 12);
}

#[test]
fn decisions_and_undos_in_any_order_leave_what_the_remaining_decisions_make_on_postgresql() {
    match crate::harness::postgres::database() {
        Some(url) => property(&url, 3),
        None => eprintln!("skipped: decisions and undos on PostgreSQL need initdb and postgres"),
    }
}

/// Pairs of postings of one employer that are in different vacancies.
async fn apart(store: &Store, count: usize) -> Vec<(i64, i64)> {
    let order = in_order(store).await;
    let mut used = BTreeSet::new();
    let mut pairs = Vec::new();
    for pair in order.windows(2) {
        let (x, y) = (store.posting(pair[0]).await.unwrap().unwrap(), store.posting(pair[1]).await.unwrap().unwrap());
        if x.vacancy != y.vacancy && !used.contains(&x.vacancy) && !used.contains(&y.vacancy) {
            used.extend([x.vacancy, y.vacancy]);
            pairs.push((x.id, y.id));
        }
        if pairs.len() == count {
            break;
        }
    }
    assert_eq!(pairs.len(), count);
    pairs
}

#[test]
fn the_third_of_five_merges_is_undone_and_the_others_stand() {
    on_both("third of five", |url| async move {
        synced(&url, 0.002).await;
        let world = reopened(&url).await;
        let who = steward("kim");
        let pairs = apart(&world.store, 5).await;
        let mut decisions = Vec::new();
        let mut before = Vec::new();
        for (a, b) in &pairs {
            let known = world.store.known(&[*a, *b]).await.unwrap();
            before.push(known.iter().map(|k| (k.id, k.vacancy)).collect::<Vec<_>>());
            let question = review::by_hand(&world, Family::Duplicate, *a, Some(*b), "test").await.unwrap();
            let case = review::raise(&world, &who, &question, None).await.unwrap().case;
            let answer = Answer { verb: Verb::Merge, screen_ms: 5_000, ..Answer::default() };
            let outcome = review::decide(&world, &who, case, answer).await.unwrap();
            assert_eq!((outcome.state.as_str(), outcome.case_state.as_str()), ("standing", "settled"));
            decisions.push(outcome.decision);
        }
        let events = world.store.last_event().await.unwrap();
        let outcome = review::undo(&world, &who, decisions[2]).await.unwrap();
        assert_eq!((outcome.undone, outcome.case_state.as_str()), (vec![decisions[2]], "open"));
        for (n, (a, b)) in pairs.iter().enumerate() {
            let known = world.store.known(&[*a, *b]).await.unwrap();
            assert_eq!(known[0].vacancy == known[1].vacancy, n != 2, "pair {n}");
        }
        // the ids are those of before, and the change feed says so
        let known = world.store.known(&[pairs[2].0, pairs[2].1]).await.unwrap();
        assert_eq!(known.iter().map(|k| (k.id, k.vacancy)).collect::<Vec<_>>(), before[2]);
        let told = world.store.events(events, 100).await.unwrap();
        let split = told.iter().find(|e| e.kind == "split").unwrap();
        assert_eq!(split.reason.as_deref(), Some("restored"));
        assert!(
            before[2].iter().any(|(_, v)| *v == split.vacancy)
                && before[2].iter().any(|(_, v)| Some(*v) == split.other)
        );
        assert!(told.iter().any(|e| e.kind == "upsert" && e.vacancy == split.vacancy), "{told:?}");
        assert_eq!(world.store.survivor(split.vacancy).await.unwrap(), None, "it leads nowhere else any more");
        // the ids of the others still redirect
        for (n, ids) in before.iter().enumerate().filter(|(n, _)| *n != 2) {
            let now = vacancy_of(&world, pairs[n].0).await;
            for (_, gone) in ids.iter().filter(|(_, v)| *v != now) {
                assert_eq!(world.store.survivor(*gone).await.unwrap(), Some(now));
            }
        }
        assert!(matches!(review::undo(&world, &who, decisions[2]).await, Err(ReviewError::Invalid(_))));
    });
}

async fn vacancy_of(world: &World, posting: i64) -> i64 {
    world.store.known(&[posting]).await.unwrap()[0].vacancy
}

#[test]
fn two_people_get_two_cases_and_a_late_answer_sees_what_changed() {
    on_both("two people", |url| async move {
        synced(&url, 0.002).await;
        let clock = SetClock::at(seoul_instant(chrono::NaiveDate::from_ymd_opt(2026, 11, 3).unwrap(), 9));
        let world = Stage::at(settings(&url, 1), clock.clone()).await.world;
        let (kim, lee) = (steward("kim"), steward("lee"));
        let asking = steward("asking");
        for (a, b) in apart(&world.store, 4).await {
            let question = review::by_hand(&world, Family::Duplicate, a, Some(b), "test").await.unwrap();
            let case = review::raise(&world, &asking, &question, None).await.unwrap().case;
            review::release(&world, &asking, None, case).await.unwrap();
        }
        let filter = Filter::default();
        let first = review::next(&world, &kim, &filter).await.unwrap().unwrap();
        let second = review::next(&world, &lee, &filter).await.unwrap().unwrap();
        assert_ne!(first.case, second.case);
        assert_eq!(
            review::next(&world, &kim, &filter).await.unwrap().unwrap().case,
            first.case,
            "it is still before her"
        );
        let token = review::view(&world, &kim, first.case).await.unwrap().token;
        let answer = |verb| Answer { verb, token: Some(token.clone()), screen_ms: 9_000, ..Answer::default() };
        let refused = review::decide(&world, &lee, first.case, answer(Verb::Merge)).await;
        assert!(matches!(refused, Err(ReviewError::Leased { .. })), "{refused:?}");
        review::keep_draft(&world, &kim, first.case, &serde_json::json!({ "note": "half" })).await.unwrap();
        // the lease runs out, somebody else answers, and the first is told
        clock.set(world.clock.now() + chrono::Duration::minutes(11));
        assert!(review::extend(&world, &kim, None, first.case).await.is_err());
        assert_eq!(review::view(&world, &kim, first.case).await.unwrap().draft.unwrap()["note"], "half");
        review::decide(&world, &lee, first.case, answer(Verb::Distinct)).await.unwrap();
        let late = review::decide(&world, &kim, first.case, answer(Verb::Merge)).await;
        let Err(ReviewError::Conflict(changes)) = late else { panic!("{late:?}") };
        assert!(changes.iter().any(|c| c.what == "decided" && c.now == "distinct by lee"), "{changes:?}");
    });
}
