//! The promises of the store and the pipeline, by id, each against the fault it is made for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::Duration;
use futures_util::FutureExt as _;
use hub::pipeline::{RunOptions, Stage as At, source_number};
use portals::Quirk;

use crate::harness::dump::dump;
use crate::harness::{Stage, fleet, on_both, options};

const SCALE: f64 = 0.004;

#[test]
fn r2_a_partial_run_moves_no_watermark() {
    on_both("r2", |url| async move {
        let stage = Stage::set(&url, fleet(SCALE, &["saramin"]).await).await;
        stage.fleet().set_quirk("saramin", Some(Quirk::HtmlInstead));
        let report = stage.sync("saramin").await;
        assert_eq!(report.state, "partial", "{report:?}");
        let row = stage.world.store.source(source_number("saramin")).await.unwrap().unwrap();
        assert_eq!((row.watermark_ms, row.complete_run), (None, None));
        stage.fleet().set_quirk("saramin", None);
        assert_eq!(stage.sync("saramin").await.state, "complete");
        let row = stage.world.store.source(source_number("saramin")).await.unwrap().unwrap();
        assert!(row.watermark_ms.is_some() && row.complete_run.is_some());
    });
}

#[test]
fn r3_a_paused_worker_whose_lease_was_taken_writes_nothing() {
    on_both("r3", |url| async move {
        for at in [At::Fetched, At::BeforeClose] {
            let stage = Arc::new(Stage::set(&url, fleet(SCALE, &["saramin"]).await).await);
            let (other, once) = (stage.clone(), Arc::new(AtomicBool::new(false)));
            let after = Arc::new(tokio::sync::Mutex::new(String::new()));
            let seen = after.clone();
            let pause: hub::pipeline::Pause = Arc::new(move |stage_at| {
                let (other, once, seen) = (other.clone(), once.clone(), seen.clone());
                async move {
                    if stage_at == at && !once.swap(true, Ordering::SeqCst) {
                        // the worker stands still here; its lease runs out and another process takes the run over
                        other.world.store.expire_leases().await.unwrap();
                        let report =
                            other.sync_with("saramin", &RunOptions { holder: "other".into(), ..options() }).await;
                        assert_eq!(report.state, "complete", "{report:?}");
                        *seen.lock().await = dump(&other.world.store).await;
                    }
                }
                .boxed()
            });
            let late = stage.sync_with("saramin", &RunOptions { pause: Some(pause), ..options() }).await;
            assert_eq!(late.state, "skipped", "{late:?}");
            assert!(late.error.unwrap().contains("held by another process"));
            assert_eq!(dump(&stage.world.store).await, *after.lock().await, "the late worker wrote at {at:?}");
        }
    });
}

#[test]
fn r3_two_processes_never_run_one_source_at_once() {
    on_both("r3 twice", |url| async move {
        let stage = Stage::set(&url, fleet(SCALE, &["saramin"]).await).await;
        let lease = stage.world.store.claim("source:saramin", "other", 60_000).await.unwrap();
        assert!(lease.is_some());
        assert_eq!(stage.sync("saramin").await.state, "skipped");
        assert!(stage.world.store.runs(None, 10).await.unwrap().is_empty());
    });
}

#[test]
fn r4_a_failed_cut_empty_or_shrunken_run_closes_nothing() {
    on_both("r4", |url| async move {
        let stage = Stage::set(&url, fleet(0.02, &["saramin"]).await).await;
        assert_eq!(stage.sync("saramin").await.state, "complete");
        let open = stage.postings("saramin", "open").await;
        assert!(open > 100, "{open}");
        let storm = Quirk::TooMany { requests: 1_000_000, retry_after_seconds: 86_400, as_date: false };
        for quirk in [
            Quirk::HtmlInstead,
            Quirk::EmptyList,
            Quirk::RowDrop { share: 0.3 },
            Quirk::Truncated { share: 0.6, honest: false },
            Quirk::Truncated { share: 0.6, honest: true },
            Quirk::Unavailable { status: 503, requests: 0 },
            Quirk::RepeatPage,
            Quirk::WrongTotal { claimed: 1_000_000 },
            Quirk::SchemaChange,
            Quirk::Reset,
            storm,
        ] {
            let told = format!("{quirk:?}");
            let still = stage.postings("saramin", "open").await;
            stage.fleet().set_quirk("saramin", Some(quirk));
            let report = stage.sync("saramin").await;
            // a list that is answered 304 throughout was not cut: there was no body to cut
            let unchanged = report.counts.pages > 0 && report.counts.not_modified == report.counts.pages;
            assert!(unchanged || report.state != "complete", "{told}: {report:?}");
            assert_eq!(stage.postings("saramin", "open").await, still, "{told} closed something");
            stage.fleet().set_quirk("saramin", None);
            // a run that waits for the storm to pass is resumed after it
            stage.clock.set(stage.clock_now() + Duration::days(1));
            let calm = stage.sync("saramin").await;
            assert_eq!(
                stage.postings("saramin", "closed").await + stage.postings("saramin", "open").await,
                open,
                "{told}: {calm:?}"
            );
        }
    });
}

#[test]
fn r5_a_list_that_shrank_is_guarded_until_three_runs_agree() {
    on_both("r5", |url| async move {
        let stage = Stage::set(&url, fleet(0.02, &["saramin"]).await).await;
        assert_eq!(stage.sync("saramin").await.state, "complete");
        let open = stage.postings("saramin", "open").await;
        stage.fleet().set_quirk("saramin", Some(Quirk::RowDrop { share: 0.4 }));
        for _ in 0..2 {
            let report = stage.sync("saramin").await;
            assert_eq!(report.state, "guarded", "{report:?}");
            assert_eq!(stage.postings("saramin", "open").await, open);
        }
        let cases = stage.world.store.cases("tripwire", 10).await.unwrap();
        assert_eq!(cases.len(), 2, "each guarded run asks a steward");
        let third = stage.sync("saramin").await;
        assert_eq!(third.state, "complete", "{third:?}");
        assert!(stage.postings("saramin", "unconfirmed").await > 0);
    });
}

#[test]
fn r6_missing_once_is_unconfirmed_missing_twice_closed_and_back_is_open_with_the_same_history() {
    on_both("r6", |url| async move {
        let stage = Stage::set(&url, fleet(0.02, &["saramin"]).await).await;
        assert_eq!(stage.sync("saramin").await.state, "complete");
        let open = stage.postings("saramin", "open").await;
        let before = vacancies(&stage).await;
        // more than this would be guarded: it is not the way of a portal
        stage.fleet().set_quirk("saramin", Some(Quirk::RowDrop { share: 0.05 }));
        let first = stage.sync("saramin").await;
        let missing = first.counts.unconfirmed;
        assert!(first.state == "complete" && missing > 0 && first.counts.closed == 0, "{first:?}");
        assert_eq!(stage.postings("saramin", "unconfirmed").await, missing as i64);
        let second = stage.sync("saramin").await;
        assert_eq!(second.counts.closed, missing, "{second:?}");
        stage.fleet().set_quirk("saramin", None);
        let third = stage.sync("saramin").await;
        assert_eq!(third.counts.reopened, missing, "{third:?}");
        assert_eq!(stage.postings("saramin", "open").await, open);
        assert_eq!(vacancies(&stage).await, before, "the same vacancies are open again");
        assert_eq!(third.counts.new, 0);
    });
}

/// Ids of open vacancies.
async fn vacancies(stage: &Stage) -> Vec<i64> {
    let all = stage.world.store.vacancies_after(i64::MIN, 100_000).await.unwrap();
    all.iter().filter(|v| v.state == "open").map(|v| v.id).collect()
}

#[test]
fn r7_the_order_of_arrival_does_not_change_what_is_one_vacancy() {
    on_both("r7", |url| async move {
        let sources = ["saramin", "jobkorea", "work24", "albamon", "wanted"];
        let mut pictures = Vec::new();
        for (turn, reversed) in [false, true].into_iter().enumerate() {
            let store = if url.starts_with("sqlite") {
                url.replace("hub.sqlite", &format!("hub-{turn}.sqlite"))
            } else {
                crate::harness::postgres::database().unwrap()
            };
            let stage = Stage::set(&store, fleet(0.01, &sources).await).await;
            let mut order = sources.to_vec();
            if reversed {
                order.reverse();
            }
            for source in order {
                assert_eq!(stage.sync(source).await.state, "complete");
            }
            pictures.push(picture(&stage).await);
        }
        assert!(pictures[0].iter().any(|(members, _)| members.len() > 1), "something was merged");
        assert_eq!(pictures[0], pictures[1]);
    });
}

/// What is one vacancy, and what its golden record says, whatever its id.
async fn picture(stage: &Stage) -> Vec<(Vec<i64>, i64)> {
    let mut groups: std::collections::BTreeMap<i64, Vec<i64>> = std::collections::BTreeMap::new();
    for posting in stage.world.store.postings_after(i64::MIN, 100_000).await.unwrap() {
        groups.entry(posting.vacancy).or_default().push(posting.id);
    }
    let golden: std::collections::BTreeMap<i64, i64> = stage
        .world
        .store
        .vacancies_after(i64::MIN, 100_000)
        .await
        .unwrap()
        .iter()
        .map(|v| (v.id, v.golden_hash))
        .collect();
    let mut picture: Vec<(Vec<i64>, i64)> = groups.into_iter().map(|(id, members)| (members, golden[&id])).collect();
    picture.sort();
    picture
}

#[test]
fn r11_after_downtime_each_source_is_due_once() {
    on_both("r11", |url| async move {
        let stage = Stage::set(&url, fleet(0.001, &["saramin"]).await).await;
        let sources: Vec<_> = adapters::catalog().iter().cloned().collect();
        let now = stage.clock_now();
        assert_eq!(
            hub::worker::due(&stage.world, &sources, now).await.unwrap().len(),
            sources.len(),
            "a new hub owes every source a run"
        );
        assert!(hub::worker::due(&stage.world, &sources, now).await.unwrap().is_empty(), "asked again at once");
        let later = now + Duration::days(40);
        assert_eq!(
            hub::worker::due(&stage.world, &sources, later).await.unwrap().len(),
            sources.len(),
            "forty days of ticks are caught up once"
        );
        assert!(hub::worker::due(&stage.world, &sources, later).await.unwrap().is_empty());
    });
}

#[test]
fn r12_a_clock_that_jumps_ahead_expires_nothing_at_once() {
    on_both("r12", |url| async move {
        let stage = Stage::set(&url, fleet(0.02, &["saramin"]).await).await;
        assert_eq!(stage.sync("saramin").await.state, "complete");
        let open = stage.postings("saramin", "open").await;
        let right = stage.clock_now();
        stage.clock.set(right + Duration::days(400));
        let report = stage.sync("saramin").await;
        assert_eq!(stage.postings("saramin", "open").await, open, "{report:?}");
        stage.clock.set(right + Duration::hours(1));
        let report = stage.sync("saramin").await;
        assert_eq!(stage.postings("saramin", "open").await, open, "{report:?}");
        // ten days ahead is believed, and what it closed is open again once the clock is right
        stage.clock.set(right + Duration::days(10));
        stage.sync("saramin").await;
        assert!(stage.postings("saramin", "open").await < open);
        stage.clock.set(right + Duration::hours(2));
        let report = stage.sync("saramin").await;
        assert_eq!(stage.postings("saramin", "open").await, open, "{report:?}");
    });
}

#[test]
fn r13_one_portal_that_breaks_touches_no_other() {
    on_both("r13", |url| async move {
        let stage = Stage::set(&url, fleet(SCALE, &["saramin", "jobkorea", "alio"]).await).await;
        stage.fleet().set_quirk("jobkorea", Some(Quirk::Truncated { share: 0.6, honest: true }));
        let sources: Vec<_> =
            ["saramin", "jobkorea", "alio"].iter().map(|n| adapters::catalog().get(n).unwrap().clone()).collect();
        let reports = hub::worker::sync_all(&stage.world, &sources, &options()).await;
        let state = |name: &str| reports.iter().flatten().find(|r| r.source == name).unwrap().state.clone();
        assert_eq!([state("saramin"), state("alio")], ["complete", "complete"]);
        assert_eq!(state("jobkorea"), "partial");
        let run = stage.world.store.runs(Some(source_number("jobkorea")), 1).await.unwrap().remove(0);
        let pages = stage.world.store.pages(run.id).await.unwrap();
        assert!(pages.iter().any(|p| p.outcome != "ok"), "the bad page is kept");
    });
}

#[test]
fn r14_a_schema_that_changed_stops_closing_and_asks() {
    on_both("r14", |url| async move {
        let stage = Stage::set(&url, fleet(0.02, &["alio"]).await).await;
        assert_eq!(stage.sync("alio").await.state, "complete");
        let open = stage.postings("alio", "open").await;
        stage.fleet().set_quirk("alio", Some(Quirk::SchemaChange));
        let report = stage.sync("alio").await;
        assert!(["partial", "guarded"].contains(&report.state.as_str()), "{report:?}");
        assert_eq!(stage.postings("alio", "open").await, open);
    });
}

#[test]
fn r15_a_body_that_unpacks_without_end_is_refused_by_the_name_of_its_limit() {
    on_both("r15", |url| async move {
        let stage = Stage::set(&url, fleet(SCALE, &["saramin"]).await).await;
        stage.fleet().set_quirk("saramin", Some(Quirk::GzipBomb { mebibytes: 512 }));
        let report = stage.sync("saramin").await;
        assert_eq!(report.state, "partial");
        let why = report.error.unwrap();
        assert!(why.contains("decoded_bytes_max") || why.contains("decoded_ratio_max"), "{why}");
    });
}
