//! Days of the whole fleet: a cold sync of all 161 sources, then a day on which 2 % closed, 3 % are new and 5 % changed:
//! `cargo bench -p tests --bench fleet_days -- [--runs 5] [--size 1.0]`, where size is the scale of the world (1.0 = 150,000
//! postings). The fleet is a process of its own that renders as it is asked, on the same cores. Without `--bench` it is a test
//! on a small world.

mod asked;
mod child;
mod cost;
mod stand;

use std::collections::BTreeMap;
use std::sync::Arc;

use adapters::Source;
use anyhow::{Result, ensure};
use asked::Asked;
use child::Child;
use chrono::NaiveDate;
use cost::{Measured, Watch, cpu_secs};
use hub::pipeline::{Counts, RunOptions, RunReport, imbalance};
use hub::world::Clock as _;
use portals::{Fleet, FleetOptions};
use serde::{Deserialize, Serialize};
use stand::Stand;

const USAGE: &str = "cargo bench -p tests --bench fleet_days -- [--runs N] [--size SCALE]";
const SCALE: f64 = 1.0;
const SCALE_OF_A_TEST: f64 = 0.002;
/// Postings that changed, by the fleet's rates, lie below this share of all on a day; a sync that calls more new or changed
/// reads them wrongly.
const MOVED_A_DAY_MAX: f64 = 0.25;

/// Share of what portals list that may be in no query of a whole list.
const UNSEEN_MAX: f64 = 0.001;
/// Rows below which a portal may be empty on another day.
const SMALL: u64 = 20;

/// Where the fleet is, on which day, and what it lists.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ready {
    port: u16,
    today: NaiveDate,
    /// By portal.
    listed: BTreeMap<String, u64>,
    /// What the fleet's process has used until now.
    cpu_secs: f64,
}

fn main() -> Result<()> {
    match child::role() {
        Some((role, task)) if role == "serve" => stand::runtime()?.block_on(serve(serde_json::from_str(&task)?)),
        Some((_, task)) => stand::runtime()?.block_on(run(serde_json::from_str(&task)?)),
        None => drive(),
    }
}

fn drive() -> Result<()> {
    let Some(asked) = Asked::read(USAGE, &[], SCALE, SCALE_OF_A_TEST)? else { return Ok(()) };
    let (mut cold, mut day) = (Vec::new(), Vec::new());
    for _ in 0..asked.runs {
        let mut fleet = Child::start("serve", &asked.size)?;
        let first: Ready = fleet.hear()?;
        let mut hub = Child::start("run", &first)?;
        let measured = hub.hear()?;
        cold.push(with_fleet(measured, &first, &after(&mut fleet, 0)?));
        let second = after(&mut fleet, 1)?;
        hub.tell(&second)?;
        let measured = hub.hear()?;
        day.push(with_fleet(measured, &second, &after(&mut fleet, 0)?));
    }
    cost::show(&cold);
    cost::show(&day);
    Ok(())
}

/// The fleet so many days later.
fn after(fleet: &mut Child, days: u32) -> Result<Ready> {
    fleet.tell(&days)?;
    fleet.hear()
}

fn with_fleet(measured: Measured, before: &Ready, after: &Ready) -> Measured {
    let fleet = after.cpu_secs - before.cpu_secs;
    Measured { note: format!("{}; the fleet beside it {fleet:.1} CPU s", measured.note), ..measured }
}

/// The fleet, a day further whenever the parent says so.
async fn serve(scale: f64) -> Result<()> {
    let fleet = Fleet::start(FleetOptions { scale, ..FleetOptions::default() }).await?;
    loop {
        let names = fleet.portals().iter().map(|portal| portal.name.clone());
        let listed = names.map(|name| (name.clone(), fleet.listed(&name) as u64)).collect();
        child::say(&Ready { port: fleet.port(), today: fleet.today(), listed, cpu_secs: cpu_secs()? })?;
        let Some(days) = tokio::task::spawn_blocking(child::told::<u32>).await?? else { return Ok(()) };
        fleet.advance(days);
    }
}

/// A hub that syncs all sources, and again when it is told that a day has passed.
async fn run(at: Ready) -> Result<()> {
    let clock = stand::clock(at.today);
    let stand = Stand::set(at.port, clock.clone()).await?;
    child::say(&sync(&stand, "cold sync", &at).await?)?;
    let Some(next) = tokio::task::spawn_blocking(child::told::<Ready>).await?? else { return Ok(()) };
    clock.set(stand::clock(next.today).now());
    child::say(&sync(&stand, "a day later", &next).await?)
}

async fn sync(stand: &Stand, what: &str, at: &Ready) -> Result<Measured> {
    let sources: Vec<Arc<Source>> = adapters::catalog().iter().cloned().collect();
    let options = RunOptions { holder: "bench".to_owned(), ..RunOptions::default() };
    let known = kept(stand).await?;
    let watch = Watch::start()?;
    let reports = hub::worker::sync_all(&stand.world, &sources, &options).await;
    let (mut counts, mut not_complete, mut unseen) = (Counts::default(), Vec::new(), Vec::new());
    for report in reports {
        let report = report?;
        ensure!(report.state == "complete" || is_the_portals_own(&report), "{report:?}");
        if report.state != "complete" {
            not_complete.push(format!("{} {}", report.source, report.state));
        }
        let wrong = imbalance(&stand.world.store.ledger(report.run).await?);
        ensure!(wrong.is_none(), "{}: {wrong:?}", report.source);
        // an id that stands twice on a portal's list is one posting
        let seen = report.counts.new + report.counts.repeated;
        match at.listed.get(&report.source) {
            Some(listed) if known == 0 && *listed > seen => unseen.push((report.source, listed - seen)),
            _ => {}
        }
        counts.add(&report.counts);
    }
    let c = counts;
    let listed: u64 = at.listed.values().sum();
    let note = format!(
        "{} new, {} changed, {} closed, {} unconfirmed, {} details, {} signals; {listed} listed, unseen {unseen:?}; not complete {not_complete:?}",
        c.new, c.changed, c.closed, c.unconfirmed, c.details, c.signals,
    );
    let measured = watch.stop(what, c.rows, note)?;
    if known == 0 {
        let unseen: u64 = unseen.iter().map(|(_, rows)| rows).sum();
        ensure!(unseen as f64 <= listed as f64 * UNSEEN_MAX, "{measured:?}");
    } else {
        let moved = (c.new + c.changed) as f64 / known as f64;
        ensure!(moved > 0.0 && moved < MOVED_A_DAY_MAX, "{moved} of {known} moved: {c:?}");
        ensure!(c.closed + c.unconfirmed > 0, "nothing went: {c:?}");
    }
    Ok(measured)
}

/// Whether a run is not complete for a reason that lies in the portal's list, and is rightly said: a portal of a handful of
/// postings that is empty the next day, or one whose list gives an id twice, so that its total is not reached.
fn is_the_portals_own(report: &RunReport) -> bool {
    let Some(certificate) = &report.certificate else { return false };
    let emptied = report.state == "guarded" && certificate.previous.is_some_and(|rows| rows < SMALL);
    let twice = report.state == "partial"
        && report.counts.repeated > 0
        && certificate.claimed == Some(certificate.received)
        && certificate.distinct + report.counts.repeated == certificate.received;
    emptied || twice
}

/// Postings in the store.
async fn kept(stand: &Stand) -> Result<u64> {
    let counts = stand.world.store.posting_counts().await?;
    Ok(counts.iter().map(|count| u64::try_from(count.count).unwrap_or(0)).sum())
}
