//! From fetched page to committed, normalized and resolved posting on SQLite, one source at a time:
//! `cargo bench -p tests --bench pipeline -- [json] [xml] [euckr] [--runs 5] [--size 20000]`, where size is postings.
//! Without `--bench` it is a test on a small input.

mod asked;
mod child;
mod cost;
mod stand;
mod stills;

use anyhow::{Context as _, Result, ensure};
use asked::Asked;
use child::Child;
use cost::{Measured, Watch};
use hub::pipeline::{RunOptions, RunReport, imbalance};
use serde::{Deserialize, Serialize};
use stand::Stand;
use stills::Ready;

const USAGE: &str = "cargo bench -p tests --bench pipeline -- [json] [xml] [euckr] [--runs N] [--size POSTINGS]";
const POSTINGS: f64 = 20_000.0;
const POSTINGS_OF_A_TEST: f64 = 150.0;

/// Name, source, what it shows.
const KINDS: [(&str, &str, &str); 3] = [
    ("json", "saramin", "JSON (saramin)"),
    ("xml", "work24", "XML (work24)"),
    ("euckr", "jobkorea", "EUC-KR XML (jobkorea)"),
];

/// One run that is measured.
#[derive(Serialize, Deserialize)]
struct Task {
    what: String,
    source: String,
    at: Ready,
}

fn main() -> Result<()> {
    match child::role() {
        Some((role, task)) if role == "serve" => {
            stand::runtime()?.block_on(stills::serve(serde_json::from_str(&task)?))
        }
        Some((_, task)) => stand::runtime()?.block_on(run(&serde_json::from_str(&task)?)),
        None => drive(),
    }
}

fn drive() -> Result<()> {
    let Some(asked) = Asked::read(USAGE, &KINDS.map(|kind| kind.0), POSTINGS, POSTINGS_OF_A_TEST)? else {
        return Ok(());
    };
    for (_, source, what) in KINDS.into_iter().filter(|kind| asked.parts.contains(&kind.0)) {
        let served = stills::Task { portal: source.to_owned(), postings: asked.size as usize };
        let mut server = Child::start("serve", &served)?;
        let task = Task { what: what.to_owned(), source: source.to_owned(), at: server.hear()? };
        // the first one only has the pages rendered
        Child::start("run", &task)?.hear::<Measured>()?;
        let runs: Result<Vec<Measured>> = (0..asked.runs).map(|_| Child::start("run", &task)?.hear()).collect();
        cost::show(&runs?);
        server.tell(&stills::DONE)?;
    }
    Ok(())
}

/// One sync of one source into an empty store.
async fn run(task: &Task) -> Result<()> {
    let stand = Stand::set(task.at.port, stand::clock(task.at.today)).await?;
    let source = adapters::catalog().get(&task.source).context("no such source")?;
    let options = RunOptions { full: true, holder: "bench".to_owned(), ..RunOptions::default() };
    let watch = Watch::start()?;
    let report = hub::pipeline::run(&stand.world, source, &options).await?;
    let c = report.counts;
    let note = format!("{} pages, {} details, {} merged", c.pages, c.details, c.merged);
    let measured = watch.stop(&task.what, c.rows, note)?;
    check(&stand, &report, task.at.listed as u64).await?;
    child::say(&measured)
}

/// A fast run that lost something would be worth nothing.
async fn check(stand: &Stand, report: &RunReport, listed: u64) -> Result<()> {
    let c = report.counts;
    ensure!(report.state == "complete", "{report:?}");
    ensure!(c.new == listed && c.failed == 0, "{listed} postings listed: {c:?}");
    let wrong = imbalance(&stand.world.store.ledger(report.run).await?);
    ensure!(wrong.is_none(), "{wrong:?}");
    let kept: i64 = stand.world.store.posting_counts().await?.iter().map(|count| count.count).sum();
    ensure!(kept as u64 == listed, "{listed} listed, {kept} in the store");
    Ok(())
}
