//! Does the hub close what is over and nothing else? Days of a fleet with everything going wrong, real histories replayed,
//! guards, holds, stewards and time as it was known.

pub mod feed;

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use hub::lifecycle::evidence::{Kind, New, Said};
use hub::lifecycle::measure::{fates, measure};
use hub::lifecycle::{Act, Steward, act};
use hub::pipeline::{posting_id, source_number};
use hub::world::seoul_instant;
use portals::{Failure, Quirk};

use self::feed::Feed;
use crate::harness::{Stage, block_on, fleet, on_both, options, shared_data};

/// Portals of the small fleet: every format, with and without pages of postings.
const PORTALS: [&str; 10] =
    ["saramin", "jobkorea", "work24", "albamon", "alio", "seoul", "haeundae", "paju", "gyeongbuk", "wanted"];
/// The portal that forgets three rows in ten for good.
const DROPS: &str = "albamon";
/// The portal that sends a log-in page instead of its list for good.
const SPEAKS_HTML: &str = "seoul";
const ILL_FROM_DAY: u32 = 12;

/// What goes wrong at a portal on a day, if anything does: a third of the portals are ill on any day.
fn ailment(portal: &str, day: u32) -> Option<Quirk> {
    match portal {
        DROPS if day >= ILL_FROM_DAY => return Some(Quirk::RowDrop { share: 0.3 }),
        SPEAKS_HTML if day >= ILL_FROM_DAY => return Some(Quirk::HtmlInstead),
        _ => {}
    }
    let dice = u64::from(day) * 1_000_003 + source_number(portal).unsigned_abs();
    // the same on every machine, and no pattern over days
    let dice = dice.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    if day == 0 || !dice.is_multiple_of(3) {
        return None;
    }
    let quirks = [
        Quirk::HtmlInstead,
        Quirk::EmptyList,
        Quirk::RowDrop { share: 0.4 },
        Quirk::Truncated { share: 0.6, honest: true },
        Quirk::Truncated { share: 0.6, honest: false },
        Quirk::Unavailable { status: 503, requests: 0 },
        Quirk::RepeatPage,
        Quirk::WrongTotal { claimed: 1_000_000 },
        Quirk::SchemaChange,
        Quirk::Reset,
        Quirk::ErrorEnvelope { failure: Failure::ServerError, requests: 0 },
        Quirk::Shifting { rows: 1 },
        Quirk::ClosedDetailAlert,
        Quirk::OldestFirst,
    ];
    Some(quirks[(dice / 3) as usize % quirks.len()].clone())
}

async fn days_of_everything(url: &str, scale: f64, days: u32) {
    let stage = Stage::set(url, fleet(scale, &PORTALS).await).await;
    let sources: Vec<_> = PORTALS.iter().map(|n| adapters::catalog().get(n).unwrap().clone()).collect();
    for day in 0..days {
        if day > 0 {
            stage.advance(1);
        }
        for portal in PORTALS {
            stage.fleet().set_quirk(portal, ailment(portal, day));
        }
        let whole = hub::pipeline::RunOptions { full: true, ..options() };
        hub::worker::sync_all(&stage.world, &sources, &whole).await;
    }
    let mut states: BTreeMap<(i64, String), u64> = BTreeMap::new();
    for run in stage.world.store.runs(None, 100_000).await.unwrap() {
        *states.entry((run.source, run.state)).or_default() += 1;
    }
    for portal in PORTALS {
        let of = states.iter().filter(|((source, _), _)| *source == source_number(portal));
        eprintln!("{portal}: {:?}", of.map(|((_, state), n)| (state.as_str(), *n)).collect::<Vec<_>>());
    }
    let fates = fates(stage.fleet().truth());
    let measured = measure(&stage.world, &fates).await.unwrap();
    eprintln!("{days} days: {}", serde_json::to_string_pretty(&measured).unwrap());
    let all = measured.precision["all"];
    assert!(all.of > 200, "enough closed to say anything: {all:?}");
    assert!(all.share >= 0.998, "{all:?}: {:?}", measured.wrong);
    assert!(measured.recall_one_poll.share >= 0.99, "{:?}: {:?}", measured.recall_one_poll, measured.missed);
    assert!(measured.calibration_error <= 0.03, "{:?}", measured.reliability);
    assert!(measured.wrong.iter().all(|(source, ..)| source != DROPS), "a drop closed: {:?}", measured.wrong);
    nothing_closed_by_a_failure(&stage).await;
    every_closed_vacancy_says_why(&stage).await;
}

/// Absence closes only in runs that were complete.
async fn nothing_closed_by_a_failure(stage: &Stage) {
    let complete: BTreeSet<i64> = stage
        .world
        .store
        .runs(None, 100_000)
        .await
        .unwrap()
        .iter()
        .filter(|run| run.state == "complete" && run.since_ms.is_none())
        .map(|run| run.id)
        .collect();
    let beliefs = stage.world.store.beliefs_since("posting", 0, 1_000_000).await.unwrap();
    let absent = beliefs.iter().filter(|b| b.reason.as_deref() == Some("absent"));
    for belief in absent {
        assert!(belief.run.is_some_and(|run| complete.contains(&run)), "{belief:?}");
    }
}

async fn every_closed_vacancy_says_why(stage: &Stage) {
    let store = &stage.world.store;
    let mut closed = 0;
    for vacancy in store.vacancies_after(i64::MIN, 1_000_000).await.unwrap() {
        if vacancy.state != "closed" {
            continue;
        }
        closed += 1;
        assert!(vacancy.reason.is_some(), "{vacancy:?}");
        let members: Vec<i64> = store.postings_of(vacancy.id).await.unwrap().iter().map(|p| p.id).collect();
        let evidence = store.evidence_about(&members).await.unwrap();
        assert!(!evidence.is_empty(), "{vacancy:?}");
        let beliefs = store.beliefs("vacancy", vacancy.id).await.unwrap();
        let last = beliefs.last().unwrap_or_else(|| panic!("no history of {vacancy:?}"));
        assert_eq!((last.state.as_str(), &last.reason), ("closed", &vacancy.reason));
        assert_ne!(last.evidence, "[]", "{vacancy:?} {last:?}");
    }
    assert!(closed > 100, "{closed}");
}

#[test]
fn sixty_days_of_everything_going_wrong_close_what_is_over_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    block_on(days_of_everything(&format!("sqlite:{}", dir.path().join("hub.sqlite").display()), 0.005, 60));
}

#[test]
fn a_steward_is_obeyed_until_undone_and_undoing_restores_the_exact_earlier_state() {
    on_both("steward", |url| async move {
        let stage = Stage::set(&url, fleet(0.01, &["saramin"]).await).await;
        stage.sync("saramin").await;
        let store = &stage.world.store;
        let all = store.vacancies_after(i64::MIN, 100_000).await.unwrap();
        let vacancy = all.iter().find(|v| v.state == "open" && v.verdict == "publish").unwrap().clone();
        let looks =
            |v: &store::vacancy::Vacancy| (v.state.clone(), v.reason.clone(), v.verdict.clone(), v.state_since_ms);
        let word = Steward { state: "closed".to_owned(), reason: "filled_report".to_owned() };
        stage.clock.set(stage.clock_now() + Duration::hours(1));
        let before = stage.clock_now().timestamp_millis() - 1;
        let new = New::steward(true, vacancy.id, &word, stage.clock_now().timestamp_millis(), "decision 1");
        let id = new.row(0, None).id;
        act(&stage.world, &Act::Record(vec![new])).await.unwrap();
        let closed = store.vacancy(vacancy.id).await.unwrap().unwrap();
        assert_eq!((closed.state.as_str(), closed.reason.as_deref()), ("closed", Some("filled_report")));
        assert_eq!(store.events_of(vacancy.id).await.unwrap().last().unwrap().kind, "close");
        // the portal lists it on; that is not enough against a steward
        stage.clock.set(stage.clock_now() + Duration::hours(1));
        stage.sync("saramin").await;
        assert_eq!(store.vacancy(vacancy.id).await.unwrap().unwrap().state, "closed");
        stage.clock.set(stage.clock_now() + Duration::hours(1));
        act(&stage.world, &Act::Withdraw(vec![id])).await.unwrap();
        let again = store.vacancy(vacancy.id).await.unwrap().unwrap();
        assert_eq!(looks(&again), looks(&vacancy));
        // what was shown, as known then and as known now
        let beliefs = store.beliefs("vacancy", vacancy.id).await.unwrap();
        let said = |valid: i64, known: i64| {
            hub::lifecycle::history::at(&beliefs, valid, known).map_or("open", |b| b.state.as_str()).to_owned()
        };
        let now = stage.clock_now().timestamp_millis();
        let meanwhile = before + 1 + 1_800_000;
        assert_eq!(
            (said(before, before), said(meanwhile, meanwhile), said(now, now)),
            ("open".into(), "closed".into(), "open".into())
        );
        assert_eq!(said(meanwhile, now), "open", "as known now it never was closed");
    });
}

#[test]
fn a_labour_market_test_stays_visible_whatever_its_portal_does() {
    on_both("labour market test", |url| async move {
        let stage = Stage::set(&url, fleet(0.01, &["saramin"]).await).await;
        stage.sync("saramin").await;
        let store = &stage.world.store;
        let now = stage.clock_now().timestamp_millis();
        let all = store.vacancies_after(i64::MIN, 100_000).await.unwrap();
        let shown: Vec<_> = all.iter().filter(|v| v.state == "open" && v.verdict == "publish").take(25).collect();
        let until = now + 7 * 86_400_000;
        let hold = |v: &&store::vacancy::Vacancy| New {
            until_ms: Some(until),
            ..New::job(v.id, Kind::LabourMarketTest, Said::Hold, now)
        };
        act(&stage.world, &Act::Record(shown.iter().map(hold).collect())).await.unwrap();
        let word = Steward { state: "closed".to_owned(), reason: "steward".to_owned() };
        act(&stage.world, &Act::Record(vec![New::steward(true, shown[0].id, &word, now, "1")])).await.unwrap();
        for _ in 0..6 {
            stage.advance(1);
            stage.sync("saramin").await;
            for v in &shown {
                let v = store.vacancy(v.id).await.unwrap().unwrap();
                assert_eq!((v.state.as_str(), v.reason.as_deref()), ("open", Some("labour_market_test")), "{v:?}");
            }
        }
        stage.advance(2);
        stage.sync("saramin").await;
        act(&stage.world, &Act::Pass).await.unwrap();
        stage.advance(1);
        stage.sync("saramin").await;
        let closed = shown.len() - {
            let now = store.vacancies(&shown.iter().map(|v| v.id).collect::<Vec<_>>()).await.unwrap();
            now.iter().filter(|v| v.state == "open").count()
        };
        assert!(closed > 0, "once the window is over the rules hold again");
    });
}

#[test]
fn a_guarded_run_shows_what_it_would_have_closed_and_people_let_it_through_or_not() {
    on_both("release", |url| async move {
        let stage = Stage::set(&url, fleet(0.02, &["saramin"]).await).await;
        stage.sync("saramin").await;
        let open = stage.postings("saramin", "open").await;
        stage.fleet().set_quirk("saramin", Some(Quirk::RowDrop { share: 0.4 }));
        stage.clock.set(stage.clock_now() + Duration::hours(1));
        let report = stage.sync("saramin").await;
        assert_eq!(report.state, "guarded", "{report:?}");
        let store = &stage.world.store;
        let case = store.cases("tripwire", 10).await.unwrap().remove(0);
        let body: serde_json::Value = serde_json::from_str(&case.body).unwrap();
        let would = body["would_miss"].as_u64().unwrap();
        assert!(would > 20 && body["samples"].as_array().unwrap().len() == 20, "{body}");
        assert!(body["parts"][0]["chance"].as_f64().unwrap() < 1e-4, "{body}");
        let ledger = store.ledger(report.run).await.unwrap();
        assert_eq!(
            ledger.iter().find(|e| (e.stage.as_str(), e.code.as_str()) == ("sweep", "guarded")).unwrap().count as u64,
            would
        );
        stage.clock.set(stage.clock_now() + Duration::hours(1));
        let changes = act(&stage.world, &Act::Release(report.run)).await.unwrap();
        assert_eq!(changes.closed.len() as u64, would);
        assert_eq!(stage.postings("saramin", "open").await, open - would as i64);
        assert_eq!(stage.sync("saramin").await.state, "complete", "the released list is the new measure");
        stage.clock.set(stage.clock_now() + Duration::hours(1));
        act(&stage.world, &Act::TakeBackRelease(report.run)).await.unwrap();
        let back = stage.postings("saramin", "open").await + stage.postings("saramin", "unconfirmed").await;
        assert_eq!(back, open, "taken back, everything is as it was or only missing");
        // blocked, it never happens
        stage.fleet().set_quirk("saramin", Some(Quirk::RowDrop { share: 0.9 }));
        stage.clock.set(stage.clock_now() + Duration::hours(1));
        let report = stage.sync("saramin").await;
        assert_eq!(report.state, "guarded", "{report:?}");
        act(&stage.world, &Act::Block(report.run)).await.unwrap();
        assert!(act(&stage.world, &Act::Release(report.run)).await.unwrap().closed.is_empty());
        assert_eq!(stage.postings("saramin", "closed").await, 0);
    });
}

/// Without the sweep's own guard this closes: the list is hardly shorter than the last whole one, because what incremental
/// runs brought in between is missing with it.
#[test]
fn a_list_that_lost_what_incremental_runs_brought_is_guarded_by_the_sweep_alone() {
    on_both("sweep guard", |url| async move {
        let feed = Feed::start("incremental").await;
        let stage = feed.stage(&url).await;
        feed.list(&(0..100).map(|n| format!("a{n}")).collect::<Vec<_>>());
        assert_eq!(feed.sync(&stage, true).await.state, "complete");
        stage.clock.set(stage.clock_now() + Duration::days(1));
        feed.list(&(0..40).map(|n| format!("b{n}")).collect::<Vec<_>>());
        let more = feed.sync(&stage, false).await;
        assert_eq!(more.counts.new, 40, "{more:?}");
        stage.clock.set(stage.clock_now() + Duration::days(1));
        // 90 rows are not below 80 % of the last whole list of 100, but 50 of 140 open ones are missing
        feed.list(&(0..90).map(|n| format!("a{n}")).collect::<Vec<_>>());
        let short = feed.sync(&stage, true).await;
        assert_eq!(short.state, "guarded", "{short:?}");
        assert!(short.error.unwrap().contains("50 of 140 open postings"));
        assert_eq!(feed.open(&stage).await.len(), 140);
    });
}

#[test]
fn a_run_cut_long_ago_or_asked_for_changes_only_is_not_resumed_as_a_whole_list_of_today() {
    on_both("resume", |url| async move {
        let stage = Stage::set(&url, fleet(0.01, &["saramin"]).await).await;
        let cut = || async {
            stage.fleet().set_quirk("saramin", Some(Quirk::ErrorEnvelope { failure: Failure::Quota, requests: 0 }));
            let report = stage.sync("saramin").await;
            assert_eq!(report.state, "waiting", "{report:?}");
            stage.fleet().set_quirk("saramin", None);
            report.run
        };
        let first = cut().await;
        stage.clock.set(stage.clock_now() + Duration::hours(20));
        assert_eq!(stage.sync("saramin").await.run, first, "resumed within two days");
        let second = cut().await;
        stage.clock.set(stage.clock_now() + Duration::hours(49));
        let report = stage.sync("saramin").await;
        assert!(report.run > second && report.state == "complete", "begun anew: {report:?}");
        let old = stage.world.store.run(second).await.unwrap().unwrap();
        assert_eq!((old.state.as_str(), old.error.as_deref()), ("failed", Some("cut, and too long ago to be resumed")));
    });
}

#[test]
fn a_row_that_is_new_while_the_clock_runs_ahead_is_not_closed_by_that_clock() {
    on_both("clock ahead", |url| async move {
        let stage = Stage::set(&url, fleet(0.02, &["saramin"]).await).await;
        stage.sync("saramin").await;
        stage.fleet().advance(1);
        let right = stage.clock_now() + Duration::days(1);
        stage.clock.set(right + Duration::days(400));
        let ahead = stage.sync("saramin").await;
        assert!(ahead.counts.new > 0, "{ahead:?}");
        let all = stage.world.store.postings_after(i64::MIN, 100_000).await.unwrap();
        let by_date = all.iter().filter(|p| p.reason.as_deref() == Some("deadline")).count();
        assert_eq!(by_date, 0, "{ahead:?}");
    });
}

#[test]
fn pages_of_postings_in_doubt_are_looked_at_and_decide() {
    on_both("probes", |url| async move {
        let stage = Stage::set(&url, fleet(0.02, &["saramin"]).await).await;
        let source = [adapters::catalog().get("saramin").unwrap().clone()];
        hub::worker::sync_all(&stage.world, &source, &options()).await;
        // rows that the list forgets have pages that are alive; rows that are over have none
        stage.advance(1);
        stage.fleet().set_quirk("saramin", Some(Quirk::RowDrop { share: 0.03 }));
        let full = hub::pipeline::RunOptions { full: true, ..options() };
        let report = hub::worker::sync_all(&stage.world, &source, &full).await.remove(0).unwrap();
        assert_eq!(report.state, "complete", "{report:?}");
        let ledger = stage.world.store.ledger(report.run).await.unwrap();
        let count = |code: &str| ledger.iter().find(|e| e.stage == "probe" && e.code == code).map_or(0, |e| e.count);
        assert!(count("closed") > 0 && count("alive") > 0, "{ledger:?}");
        let fates = fates(stage.fleet().truth());
        let measured = measure(&stage.world, &fates).await.unwrap();
        let probed = measured.precision["probe"];
        assert_eq!((probed.hits, probed.of), (count("closed") as u64, count("closed") as u64), "{measured:?}");
        // a second list without them does not close what was found alive
        stage.clock.set(stage.clock_now() + Duration::hours(1));
        let report = hub::worker::sync_all(&stage.world, &source, &full).await.remove(0).unwrap();
        let looked = stage.world.store.evidence_of_kind("probe", 0, 1000).await.unwrap();
        for page in looked.iter().filter(|e| e.said == "open") {
            let posting = stage.world.store.posting(page.subject).await.unwrap().unwrap();
            assert_eq!(posting.state, "unconfirmed", "{report:?}");
        }
        assert!(stage.postings("saramin", "unconfirmed").await >= count("alive"));
    });
}

#[test]
fn a_real_list_of_a_year_is_open_on_every_day_exactly_where_it_was_recorded_as_open() {
    let Some(data) = shared_data("simplify") else { return };
    let events = feed::events(&data.join("simplify/newgrad_daily_events.csv"));
    let dir = tempfile::tempdir().unwrap();
    block_on(async {
        let feed = Feed::start("simplify").await;
        let stage = feed.stage(&format!("sqlite:{}", dir.path().join("hub.sqlite").display())).await;
        let (mut here, mut reopened, mut guarded): (BTreeMap<String, bool>, u64, Vec<String>) = Default::default();
        for (day, events) in &events {
            for (id, now) in events {
                match now {
                    Some(active) => here.insert(id.clone(), *active),
                    None => here.remove(id),
                };
            }
            stage.clock.set(seoul_instant(*day, 9));
            feed.list_flagged(&here);
            let report = feed.sync(&stage, true).await;
            if report.state == "guarded" {
                // the list was made anew that day; two people know, and let it through
                guarded.push(day.to_string());
                act(&stage.world, &Act::Release(report.run)).await.unwrap();
            } else {
                assert_eq!(report.state, "complete", "{day}: {report:?}");
            }
            reopened += report.counts.reopened;
            let recorded: BTreeSet<i64> =
                here.iter().filter(|(_, active)| **active).map(|(id, _)| posting_id(feed::NAME, id)).collect();
            assert_eq!(feed.open(&stage).await, recorded, "on {day}");
        }
        eprintln!("{} days, {reopened} re-opened, guarded and released on {guarded:?}", events.len());
        assert!(events.len() >= 300 && reopened > 600);
        assert_eq!(guarded, ["2024-06-19", "2024-06-24"], "701 and 698 rows went on these days");
    });
}

#[test]
fn what_vanished_from_a_search_is_not_expired_and_the_hub_says_so() {
    let Some(data) = shared_data("jobkorea_daily_202411") else { return };
    let day = |name: &str| feed::ids(&data.join("jobkorea_daily_202411").join(name));
    let (first, second) = (day("20241121_jobkorea.jsonl"), day("20241122_jobkorea.jsonl"));
    let gone = first.difference(&second).count();
    assert!(gone > 200, "{gone}");
    let list = |ids: &BTreeSet<String>| ids.iter().cloned().collect::<Vec<_>>();
    on_both("jobkorea", |url| {
        let (first, second) = (list(&first), list(&second));
        async move {
            // as a list of everything: so much at once is not believed, and a person is asked
            let feed = Feed::start("search").await;
            let stage = feed.stage(&url).await;
            feed.list(&first);
            assert_eq!(feed.sync(&stage, true).await.state, "complete");
            stage.clock.set(stage.clock_now() + Duration::days(1));
            feed.list(&second);
            let report = feed.sync(&stage, true).await;
            assert_eq!(report.state, "guarded", "{report:?}");
            let why = report.error.unwrap();
            assert!(why.contains("open postings are not on the list"), "{gone} of {} are gone: {why}", first.len());
            let all: BTreeSet<&String> = first.iter().chain(&second).collect();
            assert_eq!(feed.open(&stage).await.len(), all.len(), "nothing is closed");
        }
    });
}

#[test]
fn rows_without_ids_that_are_alike_do_not_keep_a_list_from_being_whole() {
    on_both("alike", |url| async move {
        let feed = Feed::start("alike").await;
        let stage = feed.stage(&url).await;
        let ids: Vec<String> = (0..20).map(|n| format!("a{}", n / 2)).collect();
        feed.list(&ids);
        let report = feed.sync(&stage, true).await;
        assert_eq!((report.state.as_str(), report.counts.repeated), ("complete", 10), "{report:?}");
    });
}
