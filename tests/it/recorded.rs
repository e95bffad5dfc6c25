//! The main job on what real employers wrote: recorded rows of six portals through those portals' own formats into one
//! store, every row accounted for. Skipped, saying so, where the shared data is not there.

use std::time::Instant;

use hub::pipeline::{RunReport, imbalance, source_number};
use portals::{Fleet, FleetOptions};

use crate::harness::{Stage, block_on, shared_data};

const PORTALS: [&str; 6] = ["jobkorea", "saramin", "wanted", "work24", "greenhouse", "recruiter_co_kr"];

/// Rows of the JobKorea list of 2024-01-20, counted in the file.
const JOBKOREA_ROWS: i64 = 34_662;

#[test]
fn every_recorded_row_of_six_portals_becomes_a_posting_and_the_ledger_balances() {
    let Some(folder) = shared_data("recorded") else { return };
    let dir = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", dir.path().join("hub.sqlite").display());
    block_on(async {
        let options = FleetOptions {
            recorded: Some(folder),
            portals: Some(PORTALS.map(str::to_owned).to_vec()),
            ..FleetOptions::default()
        };
        let stage = Stage::set(&store, Fleet::start(options).await.unwrap()).await;
        let started = Instant::now();
        let mut reports = Vec::new();
        for source in PORTALS {
            reports.push(stage.sync(source).await);
            println!("{}", line(reports.last().unwrap()));
        }
        println!("{} portals in {:.1} s", PORTALS.len(), started.elapsed().as_secs_f64());
        for report in &reports {
            check(&stage, report).await;
        }
        assert_eq!(postings(&stage, "jobkorea").await, JOBKOREA_ROWS);
        let sum = |of: fn(&RunReport) -> u64| reports.iter().map(of).sum::<u64>();
        let shown = sum(|r| r.counts.published) + sum(|r| r.counts.merged);
        assert!(shown * 10 > sum(|r| r.counts.new) * 9, "real postings are shown, not held: {shown}");
        assert!(sum(|r| r.counts.merged) > 0, "some of it is the same vacancy twice");
    });
}

/// One run: complete, balanced to the row, and a posting for each ad the portal lists.
async fn check(stage: &Stage, report: &RunReport) {
    let source = report.source.as_str();
    assert_eq!(report.state, "complete", "{source}: {:?} {:?}", report.error, report.certificate);
    let ledger = stage.world.store.ledger(report.run).await.unwrap();
    assert_eq!(imbalance(&ledger), None, "{source}");
    let c = report.counts;
    let became = c.unchanged + c.repeated + c.failed + c.published + c.merged + c.held + c.rejected;
    assert_eq!(c.rows, became, "{source}: every row came to something");
    assert_eq!(c.failed, 0, "{source}: no row was unreadable");
    let listed = stage.fleet().listed(source) as i64;
    assert!(listed > 0, "{source} has recorded rows");
    assert_eq!(postings(stage, source).await, listed, "{source}: {c:?}");
}

/// Postings of a source in any state.
async fn postings(stage: &Stage, source: &str) -> i64 {
    let number = source_number(source);
    let counts = stage.world.store.posting_counts().await.unwrap();
    counts.iter().filter(|c| c.source == number).map(|c| c.count).sum()
}

fn line(report: &RunReport) -> String {
    let c = report.counts;
    format!(
        "{:16} {:9} {:6} rows: {:6} published, {:5} merged, {:5} held, {:4} rejected, {:4} repeated, {:4} failed; {:5} details; {:6.1} s",
        report.source,
        report.state,
        c.rows,
        c.published,
        c.merged,
        c.held,
        c.rejected,
        c.repeated,
        c.failed,
        c.details,
        report.elapsed_ms as f64 / 1e3
    )
}
