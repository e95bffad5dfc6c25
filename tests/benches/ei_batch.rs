//! A batch of employment insurance into a store that holds postings, from its text to matched hires and settled vacancies:
//! `cargo bench -p tests --bench ei_batch -- [--runs 1] [--size 500000]`, where size is rows of the batch.
//! Without `--bench` it is a test on a small input.

mod asked;
mod cost;
mod stand;

use anyhow::{Context as _, Result, ensure};
use asked::Asked;
use chrono::{Datelike as _, Days, NaiveDate};
use cost::Watch;
use hub::linked::batch::System;
use hub::linked::{coherence, import};
use hub::pipeline::RunOptions;
use portals::{Fleet, FleetOptions};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use std::fmt::Write as _;

const USAGE: &str = "cargo bench -p tests --bench ei_batch -- [--runs N] [--size ROWS]";
const ROWS: f64 = 500_000.0;
const ROWS_OF_A_TEST: f64 = 600.0;
/// Size of the world whose postings are there, and of a test's.
const SCALE: f64 = 0.2;
const SCALE_OF_A_TEST: f64 = 0.004;
/// What is synced before: postings that give business numbers, and postings that do not.
const SOURCES: [&str; 2] = ["work24", "jobkorea"];
const OCCUPATIONS: [&str; 12] = [
    "026301", "027103", "028402", "612407", "615106", "890001", "561101", "624101", "304002", "623004", "133301",
    "550103",
];

fn main() -> Result<()> {
    let Some(asked) = Asked::read(USAGE, &["batch"], ROWS, ROWS_OF_A_TEST)? else { return Ok(()) };
    let rows = asked.size as usize;
    let scale = if rows > 10_000 { SCALE } else { SCALE_OF_A_TEST };
    let runs: Result<Vec<_>> = (0..asked.runs.min(3)).map(|_| stand::runtime()?.block_on(run(rows, scale))).collect();
    cost::show(&runs?);
    Ok(())
}

async fn run(rows: usize, scale: f64) -> Result<cost::Measured> {
    let portals = Some(SOURCES.map(str::to_owned).to_vec());
    let fleet = Fleet::start(FleetOptions { seed: 3, scale, portals, ..FleetOptions::default() }).await?;
    let stand = stand::Stand::set(fleet.port(), stand::clock(fleet.today())).await?;
    for name in SOURCES {
        let source = adapters::catalog().get(name).context("no such source")?;
        let options = RunOptions { full: true, holder: "bench".to_owned(), ..RunOptions::default() };
        let report = hub::pipeline::run(&stand.world, source, &options).await?;
        ensure!(report.state == "complete", "{report:?}");
    }
    let text = batch(&stand.world.store, rows, fleet.today()).await?;
    fleet.stop().await;
    let watch = Watch::start()?;
    let outcomes = import::take(&stand.world, &text, &[System::Ei], "bench").await?;
    coherence::catch_up(&stand.world).await?;
    let hires = stand.world.store.hires().await?;
    let filled: std::collections::BTreeSet<i64> =
        hires.iter().filter(|h| h.confidence >= 700).map(|h| h.vacancy).collect();
    let postings: i64 = stand.world.store.posting_counts().await?.iter().map(|c| c.count).sum();
    let note = format!("{} MiB, {postings} postings, {} vacancies filled", text.len() >> 20, filled.len());
    let measured = watch.stop("EI batch", rows as u64, note)?;
    ensure!(outcomes.len() == 1 && outcomes[0].state == "taken", "{outcomes:?}");
    ensure!(outcomes[0].rows == rows as i64, "{outcomes:?}");
    ensure!(!hires.is_empty() && stand.world.store.to_rematch().await?.is_empty(), "nothing was matched");
    Ok(measured)
}

/// A month's batch: half of it about businesses whose postings the store has, in their occupations; half about others.
async fn batch(store: &store::Store, rows: usize, today: NaiveDate) -> Result<String> {
    let mut known: Vec<(String, String)> = Vec::new();
    let mut after = i64::MIN;
    loop {
        let page = store.candidates_after(after, 0, 10_000).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        known.extend(page.into_iter().filter_map(|c| Some((c.business_number?, c.occupation?))));
    }
    ensure!(!known.is_empty(), "no posting gives a business number");
    known.retain(|(_, occupation)| occupation.bytes().all(|b| b.is_ascii_digit()));
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let mut chance = SmallRng::seed_from_u64(11);
    let mut seen = std::collections::HashSet::new();
    let mut out = String::from(
        "record,workplace_no,business_number,workplace_name,region_code,occupation_code,week_from,week_until,people,counterpart_no\n",
    );
    let _ = writeln!(
        out,
        "#batch system=ei id=EI-bench revision=1 issued={today} period={}..{}",
        monday - Days::new(28),
        monday + Days::new(6)
    );
    let (mut count, mut people) = (0, 0);
    while count < rows {
        let (number, occupation) = if chance.random_bool(0.5) {
            let (number, occupation) = &known[chance.random_range(0..known.len())];
            (number.clone(), occupation.as_str())
        } else {
            (other_number(&mut chance), OCCUPATIONS[chance.random_range(0..OCCUPATIONS.len())])
        };
        let week = monday - Days::new(7 * chance.random_range(0..5));
        let site = chance.random_range(0..10);
        if !seen.insert((number.clone(), occupation.to_owned(), week, site)) {
            continue;
        }
        let taken = chance.random_range(1..4);
        let _ =
            writeln!(out, "acquired,{number}{site},{number},,,{occupation},{week},{},{taken},", week + Days::new(6));
        count += 1;
        people += taken;
    }
    let _ = writeln!(out, "#total rows={rows} people={people}");
    Ok(out)
}

/// A business number with its check digit (weights 1 3 7 1 3 7 1 3 5, and the tens of the last product).
fn other_number(chance: &mut SmallRng) -> String {
    let nine: Vec<u32> =
        (0..9).map(|at| if at == 0 { chance.random_range(1..9) } else { chance.random_range(0..10) }).collect();
    let sum: u32 = nine.iter().zip([1, 3, 7, 1, 3, 7, 1, 3, 5]).map(|(d, w)| d * w).sum::<u32>() + nine[8] * 5 / 10;
    nine.iter().chain([&((10 - sum % 10) % 10)]).map(ToString::to_string).collect()
}
