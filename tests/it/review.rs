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
        7 => (0usize..1000, 0usize..12, any::<bool>()).prop_map(|(a, by, same)| Step::Pair { a, b: a + 1 + by, same }),
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
    let (untouched, _) = block_on(play(url, &[]));
    let moved = std::cell::Cell::new(0);
    let result = runner.run(&proptest::collection::vec(step(), 1..14), |steps| {
        block_on(async {
            let (after, remain) = play(url, &steps).await;
            moved.set(
                moved.get() + u32::from(after.lines().any(|l| l.starts_with("posting") && !untouched.contains(l))),
            );
            let (fresh, _) = play(url, &remain).await;
            similar_asserts(&after, &fresh)
        })
    });
    result.unwrap();
    // a few sequences may leave every posting where it was; many may not
    assert!(cases < 10 || moved.get() > 0, "no sequence moved a posting: the property says nothing");
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
        let filter = Filter { family: Some(Family::Duplicate), ..Filter::default() };
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

/// Asks about a pair and answers at once; gives the decision.
async fn answer_pair(world: &World, who: &Actor, a: i64, b: i64, answer: Answer) -> i64 {
    let question = review::by_hand(world, Family::Duplicate, a, Some(b), "test").await.unwrap();
    let case = review::raise(world, who, &question, None).await.unwrap().case;
    review::decide(world, who, case, answer).await.unwrap().decision
}

async fn ask_one(world: &World, who: &Actor, family: Family, a: i64) -> i64 {
    let question = review::by_hand(world, family, a, None, "test").await.unwrap();
    review::raise(world, who, &question, None).await.unwrap().case
}

fn calm(verb: Verb) -> Answer {
    Answer { verb, reason: "other".into(), screen_ms: 60_000, ..Answer::default() }
}

#[test]
fn decisions_outlive_new_days_and_a_full_resolution() {
    on_both("outlive", |url| async move {
        let stage = Stage::set(&url, fleet(0.003, &PORTALS).await).await;
        for source in PORTALS {
            stage.sync(source).await;
        }
        let world = &stage.world;
        let who = lead("kim");
        let merged = apart(&world.store, 1).await[0];
        answer_pair(world, &who, merged.0, merged.1, calm(Verb::Merge)).await;
        let together =
            world.store.joined_vacancies(10).await.unwrap().into_iter().find(|v| *v != merged.0 && *v != merged.1);
        let pair = world.store.postings_of(together.unwrap()).await.unwrap();
        let split = (pair[0].id, pair[1].id);
        answer_pair(world, &who, split.0, split.1, calm(Verb::Distinct)).await;
        // a title of one's own, and a posting that is not shown
        let picks = vec![dedup::Pick { field: "title".into(), choice: dedup::Choice::Fixed("용접원".into()) }];
        let case = ask_one(world, &who, Family::Conflict, merged.0).await;
        review::decide(world, &who, case, Answer { picks, ..calm(Verb::Pick) }).await.unwrap();
        let case = ask_one(world, &who, Family::Suspicious, split.1).await;
        review::decide(world, &who, case, calm(Verb::Hold)).await.unwrap();
        let check = async || {
            assert_eq!(vacancy_of(world, merged.0).await, vacancy_of(world, merged.1).await);
            assert_ne!(vacancy_of(world, split.0).await, vacancy_of(world, split.1).await);
            let row = world.store.vacancy(vacancy_of(world, merged.0).await).await.unwrap().unwrap();
            assert_eq!(row.title, "용접원");
            let row = world.store.vacancy(vacancy_of(world, split.1).await).await.unwrap().unwrap();
            assert_eq!(row.verdict, "hold");
            assert_eq!(world.store.posting(split.1).await.unwrap().unwrap().verdict, "hold");
        };
        check().await;
        for _ in 0..2 {
            stage.advance(1);
            for source in PORTALS {
                stage.sync(source).await;
            }
            check().await;
        }
        let before = dump(&world.store).await;
        assert!(hub::pipeline::resolve_again(world).await.unwrap() > 100);
        check().await;
        // what the API shows is the same record
        let id = hub::view::VacancyId(vacancy_of(world, merged.0).await);
        let found = hub::view::load_vacancy(world, id, hub::view::Audience::Operator, true).await.unwrap();
        let hub::view::Found::Here(view) = found else { panic!("{found:?}") };
        assert_eq!(view.job.title, "용접원");
        let because = view.because.unwrap().into_iter().find(|b| b.field == "title").unwrap();
        assert_eq!((because.source.as_str(), because.rule.as_str()), ("steward", "fixed by a steward"));
        assert!(before.contains("standing"));
    });
}

#[test]
fn a_withdrawal_waits_for_a_second_person_and_is_told_to_consumers() {
    on_both("withdrawal", |url| async move {
        synced(&url, 0.002).await;
        let world = reopened(&url).await;
        let (kim, park, han) = (steward("kim"), lead("park"), lead("han"));
        let postings = in_order(&world.store).await;
        let shown = async |id: i64| world.store.vacancy(vacancy_of(&world, id).await).await.unwrap().unwrap();
        let mut posting = 0;
        for id in postings {
            let row = shown(id).await;
            if row.postings == 1 && row.verdict == "publish" && row.state == "open" {
                posting = id;
                break;
            }
        }
        let case = ask_one(&world, &kim, Family::Suspicious, posting).await;
        let without = Answer { verb: Verb::Withdraw, ..Answer::default() };
        assert!(matches!(review::decide(&world, &kim, case, without).await, Err(ReviewError::Invalid(_))));
        let answer = Answer { reason: "illegal_wage".into(), ..calm(Verb::Withdraw) };
        let outcome = review::decide(&world, &kim, case, answer).await.unwrap();
        assert_eq!((outcome.state.as_str(), outcome.case_state.as_str()), ("proposed", "proposed"));
        assert_eq!(shown(posting).await.state, "open", "nothing follows yet");
        for nobody in [&kim, &steward("lee"), &Actor::new("kim", vec![Role::Lead])] {
            let refused = review::approve(&world, nobody, outcome.decision).await;
            assert!(matches!(refused, Err(ReviewError::NotAllowed(_))), "{nobody:?}: {refused:?}");
        }
        let events = world.store.last_event().await.unwrap();
        review::approve(&world, &park, outcome.decision).await.unwrap();
        let row = shown(posting).await;
        assert_eq!((row.state.as_str(), row.reason.as_deref()), ("closed", Some("withdrawn_illegal")));
        let told = world.store.events(events, 10).await.unwrap();
        assert_eq!((told[0].kind.as_str(), told[0].reason.as_deref()), ("withdraw", Some("withdrawn_illegal")));
        let undone = review::undo(&world, &han, outcome.decision).await.unwrap();
        assert_eq!(undone.undone, [outcome.decision]);
        let row = shown(posting).await;
        assert_eq!((row.state.as_str(), row.verdict.as_str()), ("open", "publish"));
        let audit = hub::people::audit::verify(&world.store, None).await.unwrap();
        assert!(audit.broken.is_none() && audit.rows >= 3, "{audit:?}");
    });
}

#[test]
fn a_bulk_rule_does_what_its_dry_run_said_and_is_undone_to_the_byte() {
    on_both("bulk", |url| async move {
        synced(&url, 0.002).await;
        let world = reopened(&url).await;
        let (kim, park) = (steward("kim"), lead("park"));
        for (a, b) in apart(&world.store, 8).await {
            let question = review::by_hand(&world, Family::Duplicate, a, Some(b), "test").await.unwrap();
            let case = review::raise(&world, &kim, &question, None).await.unwrap().case;
            review::release(&world, &kim, None, case).await.unwrap();
        }
        let before = dump(&world.store).await;
        let filter = review::bulk::BulkFilter { family: Some(Family::Duplicate), ..Default::default() };
        let dry = review::bulk::dry_run(&world, &kim, &filter, &calm(Verb::Merge)).await.unwrap();
        assert!(dry.count >= 8 && !dry.needs_second, "{dry:?}");
        assert_eq!(dry.sample.len(), dry.count.min(20));
        let again = review::bulk::dry_run(&world, &kim, &filter, &calm(Verb::Merge)).await.unwrap();
        assert_eq!(dry, again, "the sample is drawn with a fixed seed");
        let rule = review::bulk::propose(&world, &kim, &filter, &calm(Verb::Merge)).await.unwrap();
        assert_eq!(dump(&world.store).await, before, "a proposal changes nothing");
        let applied = review::bulk::approve(&world, &kim, rule.rule).await.unwrap();
        assert_eq!(applied.applied, dry.count);
        let changed = dump(&world.store).await;
        assert_ne!(changed, before);
        let batch = store::decision::DecisionFilter { batch: Some(rule.rule), limit: 1000, ..Default::default() };
        assert_eq!(world.store.decisions(&batch).await.unwrap().len(), dry.count);
        let undone = review::bulk::undo(&world, &kim, rule.rule).await.unwrap();
        assert_eq!(undone.applied, dry.count);
        assert_eq!(dump(&world.store).await, before, "byte for byte");
        // any closing needs a second person
        let filter = review::bulk::BulkFilter { family: Some(Family::Filled), ..Default::default() };
        let posting = in_order(&world.store).await[0];
        let case = ask_one(&world, &kim, Family::Filled, posting).await;
        review::release(&world, &kim, None, case).await.unwrap();
        let rule = review::bulk::propose(&world, &kim, &filter, &calm(Verb::Close)).await.unwrap();
        assert!(rule.dry_run.needs_second);
        for nobody in [&kim, &steward("lee")] {
            let refused = review::bulk::approve(&world, nobody, rule.rule).await;
            assert!(matches!(refused, Err(ReviewError::NotAllowed(_))), "{refused:?}");
        }
        // and a case that changed since the dry run stops it
        review::take(&world, &kim, case, None).await.unwrap();
        let later = Answer { until_ms: Some(i64::MAX / 2), ..calm(Verb::Later) };
        review::decide(&world, &kim, case, later).await.unwrap();
        let refused = review::bulk::approve(&world, &park, rule.rule).await;
        assert!(matches!(refused, Err(ReviewError::Conflict(_))), "{refused:?}");
    });
}

#[test]
fn a_blind_case_is_decided_twice_and_a_lead_settles_a_dispute() {
    on_both("blind", |url| async move {
        synced(&url, 0.002).await;
        let mut settings = settings(&url, 1);
        (settings.review.blind_every, settings.review.oldest_every) = (1, 0);
        let clock = SetClock::at(seoul_instant(chrono::NaiveDate::from_ymd_opt(2026, 11, 3).unwrap(), 9));
        let world = Stage::at(settings, clock).await.world;
        let (kim, lee, park) = (steward("kim"), steward("lee"), lead("park"));
        let duplicates = Filter { family: Some(Family::Duplicate), ..Filter::default() };
        for (a, b) in apart(&world.store, 2).await {
            let question = review::by_hand(&world, Family::Duplicate, a, Some(b), "test").await.unwrap();
            let case = review::raise(&world, &park, &question, None).await.unwrap().case;
            review::release(&world, &park, None, case).await.unwrap();
        }
        for agree in [true, false] {
            let case = review::next(&world, &kim, &duplicates).await.unwrap().unwrap().case;
            let view = review::view(&world, &kim, case).await.unwrap();
            assert!(view.blind && view.suggestion.is_none() && view.similar.is_none() && view.explanation.is_none());
            let first = review::decide(&world, &kim, case, calm(Verb::Distinct)).await.unwrap();
            assert_eq!(first.case_state, "second");
            let own = review::take(&world, &kim, case, None).await.unwrap();
            assert!(matches!(
                review::decide(&world, &kim, own.case, calm(Verb::Merge)).await,
                Err(ReviewError::NotAllowed(_))
            ));
            review::release(&world, &kim, None, case).await.unwrap();
            assert!(review::view(&world, &lee, case).await.unwrap().history.is_empty(), "the first answer is hidden");
            review::take(&world, &lee, case, None).await.unwrap();
            let second = if agree { Verb::Distinct } else { Verb::Merge };
            let outcome = review::decide(&world, &lee, case, calm(second)).await.unwrap();
            assert_eq!(
                (outcome.state.as_str(), outcome.case_state.as_str()),
                ("second", if agree { "settled" } else { "disputed" })
            );
            if !agree {
                let refused = review::decide(&world, &kim, case, calm(Verb::Merge)).await;
                assert!(matches!(refused, Err(ReviewError::NotAllowed(_))), "{refused:?}");
                let outcome = review::decide(&world, &park, case, calm(Verb::Merge)).await.unwrap();
                assert_eq!((outcome.state.as_str(), outcome.case_state.as_str()), ("standing", "settled"));
                let row = world.store.case(case).await.unwrap().unwrap();
                assert_eq!(vacancy_of(&world, row.a.unwrap()).await, vacancy_of(&world, row.b.unwrap()).await);
            }
        }
        let stats = review::stats(&world, &kim, 0).await.unwrap();
        assert_eq!((stats.blind.pairs, stats.blind.agree.unwrap().are), (2, 1));
        assert_eq!(stats.people.keys().collect::<Vec<_>>(), ["kim"], "others' numbers are not hers");
        assert!(review::stats(&world, &park, 0).await.unwrap().people.len() == 3);
    });
}

#[test]
fn a_negative_decision_ends_when_it_says_and_reaches_as_far_as_it_says() {
    on_both("negative", |url| async move {
        synced(&url, 0.002).await;
        let clock = SetClock::at(seoul_instant(chrono::NaiveDate::from_ymd_opt(2026, 11, 3).unwrap(), 9));
        let world = Stage::at(settings(&url, 1), clock.clone()).await.world;
        let kim = lead("kim");
        let before = dump(&world.store).await;
        let vacancy = world.store.joined_vacancies(1).await.unwrap()[0];
        let pair = world.store.postings_of(vacancy).await.unwrap();
        let (a, b) = (pair[0].id, pair[1].id);
        let week = clock_ms(&world) + 7 * 86_400_000;
        let question = review::by_hand(&world, Family::Duplicate, a, Some(b), "test").await.unwrap();
        let scope = question.body["scope"].as_i64().unwrap();
        let reach = if scope != 0 { review::Scope::EmployerOccupation } else { review::Scope::These };
        let case = review::raise(&world, &kim, &question, None).await.unwrap().case;
        let answer = Answer { expires_ms: Some(week), scope: reach, ..calm(Verb::Distinct) };
        review::decide(&world, &kim, case, answer).await.unwrap();
        assert_ne!(vacancy_of(&world, a).await, vacancy_of(&world, b).await);
        if scope != 0 {
            // another pair of the same employer and occupation is not asked about
            let mut other = question.clone();
            other.key += 1;
            let tx = world.store.write().await.unwrap();
            assert_eq!(review::ask(&tx, clock_ms(&world), &[other]).await.unwrap(), 0);
        }
        clock.set(world.clock.now() + chrono::Duration::days(8));
        let _ = review::next(&world, &kim, &Filter::default()).await.unwrap();
        assert_eq!(vacancy_of(&world, a).await, vacancy_of(&world, b).await, "it has ended");
        assert_eq!(world.store.case(case).await.unwrap().unwrap().state, "open", "and is asked again");
        assert_eq!(dump(&world.store).await, before);
    });
}

fn clock_ms(world: &World) -> i64 {
    world.clock.now().timestamp_millis()
}

#[test]
fn a_guarded_run_closes_nothing_until_two_people_release_it() {
    on_both("tripwire", |url| async move {
        let stage = Stage::set(&url, fleet(0.01, &["saramin"]).await).await;
        stage.sync("saramin").await;
        stage.advance(1);
        stage.fleet().set_quirk("saramin", Some(portals::Quirk::RowDrop { share: 0.71 }));
        let guarded = stage.sync("saramin").await;
        assert_eq!(guarded.state, "guarded", "{guarded:?}");
        let world = &stage.world;
        let open = stage.postings("saramin", "open").await;
        let (kim, park) = (steward("kim"), lead("park"));
        let filter = Filter { family: Some(Family::Tripwire), ..Filter::default() };
        let case = review::next(world, &kim, &filter).await.unwrap().unwrap().case;
        let answer = Answer { reason: "real_drop".into(), ..calm(Verb::Release) };
        let outcome = review::decide(world, &kim, case, answer).await.unwrap();
        assert_eq!(outcome.state, "proposed");
        assert_eq!(stage.postings("saramin", "open").await, open, "one person releases nothing");
        review::approve(world, &park, outcome.decision).await.unwrap();
        let after = stage.postings("saramin", "open").await;
        assert!(after < open / 2, "{after} of {open} are left");
        review::undo(world, &park, outcome.decision).await.unwrap();
        assert_eq!(stage.postings("saramin", "open").await, open, "taken back");
    });
}

#[test]
fn the_queue_is_in_the_order_of_value_risk_and_urgency() {
    on_both("queue", |url| async move {
        let mut settings = settings(&url, 1);
        (settings.review.oldest_every, settings.review.blind_every) = (0, 0);
        let clock = SetClock::at(seoul_instant(chrono::NaiveDate::from_ymd_opt(2026, 11, 3).unwrap(), 9));
        let world = Stage::at(settings, clock).await.world;
        let now = clock_ms(&world);
        // weights and times by a fixed rule; heavy ones are late in coming, urgent ones light
        let mut questions = Vec::new();
        for n in 0..3_000i64 {
            let spread = |by: i64| (n * 7919 % by) as f64;
            questions.push(review::Question {
                family: if n % 3 == 0 { Family::Filled } else { Family::Duplicate },
                key: n * 1_000_003 % 99_991 + 1,
                source: None,
                run: None,
                vacancy: None,
                a: None,
                b: None,
                value: 1.0 + spread(97),
                risk: 0.01 + spread(101) / 101.0,
                due_ms: now + (n * 6151 % 3_000 - 200) * 60_000,
                content: n,
                body: serde_json::json!({ "why": "test" }),
                against: None,
            });
        }
        let tx = world.store.write().await.unwrap();
        assert_eq!(review::ask(&tx, now, &questions).await.unwrap(), 3_000);
        assert_eq!(review::ask(&tx, now, &questions).await.unwrap(), 0, "each is asked once");
        tx.commit().await.unwrap();
        for family in [None, Some(Family::Filled)] {
            let filter = Filter { family, ..Filter::default() };
            let queue = review::queue(&world, &filter, 50).await.unwrap();
            let mut want: Vec<f64> = questions
                .iter()
                .filter(|q| family.is_none_or(|f| f == q.family))
                .map(|q| q.value * q.risk * review::lease::urgency(q.due_ms, now))
                .collect();
            want.sort_by(|a, b| b.total_cmp(a));
            let found: Vec<f64> = queue.iter().map(|q| q.score).collect();
            assert_eq!(found.len(), 50);
            for (at, (x, y)) in found.iter().zip(&want).enumerate() {
                assert!((x - y).abs() < 1e-9, "{family:?} place {at}: {x}, not {y}");
            }
            let first = review::next(&world, &steward("kim"), &filter).await.unwrap().unwrap();
            assert_eq!(first.case, queue[0].case.id);
            review::release(&world, &steward("kim"), None, first.case).await.unwrap();
        }
    });
}

#[test]
fn a_case_is_taken_shown_answered_and_taken_back_on_the_command_line() {
    use clap::Parser as _;
    on_both("case on the command line", |url| async move {
        synced(&url, 0.002).await;
        let world = reopened(&url).await;
        let (a, b) = apart(&world.store, 1).await[0];
        let question = review::by_hand(&world, Family::Duplicate, a, Some(b), "test").await.unwrap();
        let asked = review::raise(&world, &lead("asking"), &question, None).await.unwrap().case;
        review::release(&world, &lead("asking"), None, asked).await.unwrap();
        let (ctx, printed) = crate::commands::surroundings(&world, true);
        let (plain, told) = crate::commands::surroundings(&world, false);
        let run = async |ctx: &hub::cli::context::Ctx, line: &str| {
            let cli = hub::cli::Cli::try_parse_from(format!("jobhub case {line}").split(' ')).unwrap();
            let hub::cli::Command::Case(args) = cli.command else { panic!("{line}") };
            hub::cli::case::run(ctx, &args).await
        };
        let name = review::case_name(asked);
        run(&plain, &format!("show {name} --as kim:steward")).await.unwrap();
        let text = told.take();
        for word in ["record", "bits", "asked from", "answer: `jobhub case decide"] {
            assert!(text.contains(word), "{word} is missing in\n{text}");
        }
        run(&ctx, &format!("show {name} --as kim:steward")).await.unwrap();
        let seen = printed.json();
        assert_eq!((seen["id"].as_str(), seen["family"].as_str()), (Some(name.as_str()), Some("duplicate")));
        assert!(seen["rows"].as_array().unwrap().len() > 3 && seen["explanation"]["rows"].is_array(), "{seen}");
        run(&ctx, "next --family duplicate --as kim:steward").await.unwrap();
        let next = printed.json()["id"].as_str().unwrap().to_owned();
        run(&ctx, &format!("extend {next} --as kim:steward")).await.unwrap();
        printed.take();
        run(&ctx, &format!("release {next} --as kim:steward")).await.unwrap();
        printed.take();
        let wrong = run(&ctx, &format!("decide {name} clear --as kim:steward")).await.unwrap_err();
        assert!(hub::cli::refusal::words(&wrong).unwrap().contains("does not answer a duplicate case"), "{wrong:?}");
        run(&ctx, &format!("decide {name} merge --reason same_job --stick follow --as kim:steward")).await.unwrap();
        let done = printed.json();
        assert_eq!(
            (done["state"].as_str(), done["case_state"].as_str()),
            (Some("standing"), Some("settled")),
            "{done}"
        );
        assert_eq!(vacancy_of(&world, a).await, vacancy_of(&world, b).await);
        run(&ctx, "log --by kim").await.unwrap();
        let log = printed.json();
        assert_eq!((log[0]["verb"].as_str(), log[0]["stickiness"].as_str()), (Some("merge"), Some("follow")), "{log}");
        let viewer = run(&ctx, &format!("undo {} --yes --as eve:viewer", done["decision"])).await.unwrap_err();
        assert!(hub::cli::refusal::words(&viewer).unwrap().contains("a lead undoes"), "{viewer:?}");
        run(&ctx, &format!("undo {} --yes --as kim:steward", done["decision"])).await.unwrap();
        assert_eq!(printed.json()["state"], "undone");
        assert_ne!(vacancy_of(&world, a).await, vacancy_of(&world, b).await);
        run(&ctx, "stats --as kim:steward").await.unwrap();
        let stats = printed.json();
        assert_eq!(
            (stats["team"]["decisions"].as_i64(), stats["team"]["undone"]["are"].as_i64()),
            (Some(1), Some(1)),
            "{stats}"
        );
        run(&plain, "stats").await.unwrap();
        assert!(told.take().contains("suggestion taken"));
    });
}
