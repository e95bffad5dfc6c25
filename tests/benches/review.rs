//! The review engine over 200,000 postings and 40,000 open cases, without a screen: handing out the next case, everything
//! there is to see of it, the queue: `cargo bench -p tests --bench review -- [--runs 300] [--size 200000]`, where size is
//! postings and there is a case for every fifth. Without `--bench` it is a test on a small input.

mod asked;
mod many;
mod stand;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use asked::Asked;
use hub::people::{Actor, Role};
use hub::review::{self, Filter};

const USAGE: &str = "cargo bench -p tests --bench review -- [--runs CASES] [--size POSTINGS]";
const POSTINGS: f64 = 200_000.0;
const POSTINGS_OF_A_TEST: f64 = 2_000.0;
/// Cases handed out, where a size is asked for.
const CASES: usize = 300;
/// Of so many postings one has a case.
const POSTINGS_A_CASE: usize = 5;

fn main() -> Result<()> {
    let Some(mut asked) = Asked::read(USAGE, &["next"], POSTINGS, POSTINGS_OF_A_TEST)? else { return Ok(()) };
    asked.runs = if asked.size > POSTINGS_OF_A_TEST { asked.runs.max(CASES) } else { 20 };
    stand::runtime()?.block_on(drive(&asked))
}

async fn drive(asked: &Asked) -> Result<()> {
    let began = Instant::now();
    let size = asked.size as usize;
    let stand = many::stand(size, size / POSTINGS_A_CASE).await?;
    let world = &stand.world;
    let open: i64 = world.store.open_cases().await?.iter().map(|(_, n)| n).sum();
    println!("{open} open cases, made in {:.0} s", began.elapsed().as_secs_f64());
    ensure!(open as usize >= asked.runs, "{open} cases are open, {} are wanted", asked.runs);
    let (mut next, mut view) = (Vec::new(), Vec::new());
    let mut handed = std::collections::BTreeSet::new();
    for n in 0..asked.runs {
        // each case to somebody of their own: what is handed out stays out of the way of the next
        let actor = Actor::new(format!("steward-{n}"), vec![Role::Steward]);
        let began = Instant::now();
        let leased = review::next(world, &actor, &Filter::default()).await?.context("a case waits")?;
        next.push(began.elapsed());
        ensure!(handed.insert(leased.case), "a case was handed out twice");
        let began = Instant::now();
        let seen = review::view(world, &actor, leased.case).await?;
        view.push(began.elapsed());
        ensure!(!seen.columns.is_empty() && !seen.rows.is_empty(), "a case without postings");
    }
    let began = Instant::now();
    let queue = review::queue(world, &Filter::default(), 100).await?;
    ensure!(!queue.is_empty(), "the queue is empty");
    println!("queue of 100: {:.1} ms", ms(began.elapsed()));
    tell("next case", &mut next);
    tell("the case with everything in it", &mut view);
    Ok(())
}

fn tell(what: &str, took: &mut [Duration]) {
    took.sort_unstable();
    let at = |share: f64| took[((took.len() as f64 * share).ceil() as usize).clamp(1, took.len()) - 1];
    println!("{what}: p50 {:.1} ms, p95 {:.1} ms, most {:.1} ms", ms(at(0.5)), ms(at(0.95)), ms(at(1.0)));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
