//! R1, R2, R3: a sync killed at any instant resumes from its mark and ends in the store of an undisturbed one.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use hub::world::{SetClock, instant};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::harness::dump::dump;
use crate::harness::{Stage, block_on, fleet, on_both, settings};

/// Sources that are synced: pages in JSON, XML, EUC-KR, with slices, with details, one of linked signals.
const SOURCES: &[&str] = &["saramin", "jobkorea", "work24", "alio", "albamon", "seoul", "eps_recruit"];
const SCALE: f64 = 0.003;
const KILLS: u32 = 100;
/// Latest moment of a kill after the child began, milliseconds.
const KILL_MS_MAX: u64 = 500;

#[test]
fn r1_r2_r3_a_sync_killed_at_100_random_moments_ends_in_the_store_of_an_undisturbed_one() {
    on_both("killed syncs", |url| async move {
        let fleet = fleet(SCALE, SOURCES).await;
        let (port, now) = (fleet.port(), hub::world::seoul_instant(fleet.today(), 9).timestamp_millis());
        let undisturbed = tempfile::tempdir().unwrap();
        let calm = format!("sqlite:{}", undisturbed.path().join("calm.sqlite").display());
        sync_all(&calm, port, now).await;
        let want = text_of(&calm).await;
        let mut chance = SmallRng::seed_from_u64(4);
        let (mut kills, mut round) = (0, 0);
        while kills < KILLS {
            let store = nth_store(&url, round);
            round += 1;
            kills += kill_until_done(&store, port, now, &mut chance);
            let got = text_of(&store).await;
            assert!(got == want, "after {kills} kills the store differs:\n{}", first_difference(&want, &got));
        }
        fleet.stop().await;
    });
}

/// Each round has a store of its own; on PostgreSQL a database of its own.
fn nth_store(url: &str, round: u32) -> String {
    if round == 0 || url.starts_with("sqlite") {
        url.replace("hub.sqlite", &format!("hub-{round}.sqlite"))
    } else {
        crate::harness::postgres::database().unwrap()
    }
}

/// Starts children that sync, and kills each at a random moment, until one gets to the end; gives the number of kills.
fn kill_until_done(store: &str, port: u16, now: i64, chance: &mut SmallRng) -> u32 {
    let mut kills = 0;
    loop {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["killed::the_child_that_is_killed", "--exact", "--nocapture"])
            .env("JOBHUB_TEST_CHILD", format!("{port} {now} {store}"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains("child begins")), "the child did not begin");
        std::thread::sleep(Duration::from_micros(chance.random_range(0..KILL_MS_MAX * 1000)));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "the child failed by itself");
            return kills;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        assert!(kills < 2_000, "no progress");
    }
}

/// Not a test of its own: the process that the test above starts and kills. Without its instructions it does nothing.
#[test]
fn the_child_that_is_killed() {
    let Ok(told) = std::env::var("JOBHUB_TEST_CHILD") else { return };
    let [port, now, store] = told.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("port, now, store") };
    block_on(sync_all(store, port.parse().unwrap(), now.parse().unwrap()));
}

/// Syncs all sources one after the other, those that have a complete run left out.
async fn sync_all(store: &str, port: u16, now: i64) {
    let stage = Stage::at(settings(store, port), SetClock::at(instant(now))).await;
    // what a killed process held is free again when its lease ends; here at once
    stage.world.store.expire_leases().await.unwrap();
    println!("child begins");
    for source in SOURCES {
        let known = stage.world.store.source(hub::pipeline::source_number(source)).await.unwrap().unwrap();
        if known.complete_run.is_none() {
            let report = stage.sync(source).await;
            assert_eq!(report.state, "complete", "{report:?}");
        }
    }
}

async fn text_of(store: &str) -> String {
    let store = store::Store::open(store).await.unwrap();
    let text = dump(&store).await;
    store.close().await.unwrap();
    text
}

fn first_difference(want: &str, got: &str) -> String {
    let only = |a: &str, b: &str| -> Vec<String> {
        let have: std::collections::HashSet<&str> = b.lines().collect();
        a.lines().filter(|line| !have.contains(line)).take(5).map(str::to_owned).collect()
    };
    format!("only undisturbed:\n{}\nonly killed:\n{}", only(want, got).join("\n"), only(got, want).join("\n"))
}
