//! A store as large as wanted without syncing so much: what a small fleet shows, written again under other ids for every
//! source of the catalog, with cases about pairs of them.

use anyhow::{Context as _, Result};
use hub::pipeline::{RunOptions, source_number};
use hub::review::{self, Family, Question};
use portals::{Fleet, FleetOptions};
use store::posting::Posting;
use store::vacancy::Vacancy;

use crate::stand::{Stand, clock};

/// Portals that are really synced.
const PORTALS: [&str; 3] = ["saramin", "jobkorea", "work24"];
/// Postings written in one transaction.
const BATCH: usize = 5_000;
/// Runs each source has behind it: what the board's lines are drawn from.
const RUNS: i64 = 14;
/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// A hub with so many postings and cases.
///
/// # Errors
/// When the store fails or the fleet cannot listen.
pub(crate) async fn stand(postings: usize, cases: usize) -> Result<Stand> {
    let options = FleetOptions {
        seed: 7,
        scale: 0.01,
        portals: Some(PORTALS.map(str::to_owned).to_vec()),
        ..FleetOptions::default()
    };
    let fleet = Fleet::start(options).await?;
    let stand = Stand::set(fleet.port(), clock(fleet.today())).await?;
    for name in PORTALS {
        let source = adapters::catalog().get(name).context("no such source")?;
        let run = RunOptions { full: true, holder: "bench".to_owned(), ..RunOptions::default() };
        hub::pipeline::run(&stand.world, source, &run).await?;
    }
    fleet.stop().await;
    let store = &stand.world.store;
    let models = store.postings_after(i64::MIN, 100_000).await?;
    let vacancies = store.vacancies_after(i64::MIN, 100_000).await?;
    let sources: Vec<i64> = adapters::catalog().iter().map(|s| source_number(s.name())).collect();
    let mut pairs = Vec::new();
    let mut made = models.len();
    let mut round: u64 = 0;
    while made < postings {
        round += 1;
        let copies: Vec<Posting> = models.iter().map(|p| copy(p, round, &sources)).collect();
        let copied: Vec<Vacancy> = vacancies.iter().map(|v| Vacancy { id: other(v.id, round), ..v.clone() }).collect();
        if round > 1 {
            // the same posting twice over: a question that has evidence on both sides
            pairs.extend(copies.iter().take(cases).map(|p| p.id));
        }
        made += copies.len();
        write(&stand, &copies, &copied).await?;
    }
    runs(&stand, &sources).await?;
    ask(&stand, &pairs, cases).await?;
    Ok(stand)
}

/// Another id, the same every time.
fn other(id: i64, round: u64) -> i64 {
    id.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(round.wrapping_mul(0x1405_7b7e_f767_814f).cast_signed())
}

fn copy(p: &Posting, round: u64, sources: &[i64]) -> Posting {
    let at = usize::try_from(round).unwrap_or(0) * 31 + usize::try_from(p.position).unwrap_or(0);
    Posting {
        id: other(p.id, round),
        source: sources[at % sources.len()],
        external_id: format!("{}-{round}", p.external_id),
        vacancy: other(p.vacancy, round),
        ..p.clone()
    }
}

async fn write(stand: &Stand, postings: &[Posting], vacancies: &[Vacancy]) -> Result<()> {
    let now_ms = stand.world.clock.now().timestamp_millis();
    for batch in postings.chunks(BATCH) {
        let tx = stand.world.store.write().await?;
        tx.put_postings(batch, &[], now_ms).await?;
        tx.commit().await?;
    }
    for batch in vacancies.chunks(BATCH) {
        let tx = stand.world.store.write().await?;
        tx.put_vacancies(batch).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn runs(stand: &Stand, sources: &[i64]) -> Result<()> {
    let now_ms = stand.world.clock.now().timestamp_millis();
    let tx = stand.world.store.write().await?;
    for day in (0..RUNS).rev() {
        for source in sources {
            let at_ms = now_ms - day * DAY_MS;
            let run = tx.begin_run(*source, "full", at_ms, None).await?;
            tx.end_run(run, "complete", at_ms + 60_000, None, None, None).await?;
        }
    }
    Ok(tx.commit().await?)
}

async fn ask(stand: &Stand, ids: &[i64], cases: usize) -> Result<()> {
    let now_ms = stand.world.clock.now().timestamp_millis();
    let mut questions: Vec<Question> = Vec::new();
    for pair in ids.chunks_exact(2).take(cases) {
        questions.push(
            review::by_hand(&stand.world, Family::Duplicate, pair[0], Some(pair[1]), "asked by the benchmark").await?,
        );
    }
    let tx = stand.world.store.write().await?;
    review::ask(&tx, now_ms, &questions).await?;
    Ok(tx.commit().await?)
}
