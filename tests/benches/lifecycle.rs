//! The daily pass over a large store: last days that are over, first days that have come, sources not read for long, jobs
//! something was said of: `cargo bench -p tests --bench lifecycle -- [--runs 3] [--size 1000000]`, where size is postings.
//! Two in a hundred run out that day, one source in forty was not read for ten weeks, one job in a thousand has evidence.
//! Without `--bench` it is a test on a small store.

mod asked;
mod cost;
mod stand;

use anyhow::{Result, ensure};
use asked::Asked;
use chrono::{Days, NaiveDate};
use cost::Watch;
use hub::lifecycle::evidence::{Kind, New, Said};
use hub::lifecycle::{Act, act, daily};
use hub::pipeline::{Body, source_number};
use hub::world::Clock as _;
use stand::Stand;
use store::posting::Posting;
use store::vacancy::Vacancy;

const USAGE: &str = "cargo bench -p tests --bench lifecycle -- [--runs N] [--size POSTINGS]";
const SIZE: f64 = 1_000_000.0;
const SIZE_OF_A_TEST: f64 = 4_000.0;
/// Postings written in one transaction.
const BATCH: i64 = 10_000;
/// Sources the postings are spread over.
const SOURCES: i64 = 40;
const DAY_MS: i64 = 86_400_000;

fn main() -> Result<()> {
    let Some(asked) = Asked::read(USAGE, &[], SIZE, SIZE_OF_A_TEST)? else { return Ok(()) };
    let mut runs = Vec::new();
    for _ in 0..asked.runs {
        runs.push(stand::runtime()?.block_on(run(asked.size as i64))?);
    }
    cost::show(&runs);
    Ok(())
}

async fn run(size: i64) -> Result<cost::Measured> {
    let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
    let clock = stand::clock(today);
    let stand = Stand::set(0, clock.clone()).await?;
    let now_ms = clock.now().timestamp_millis();
    fill(&stand, size, today, now_ms).await?;
    let said: Vec<New> =
        (0..size / 1000).map(|n| New::job(n * 1000 + 41, Kind::EiFill, Said::Filled, now_ms - DAY_MS)).collect();
    act(&stand.world, &Act::Record(said)).await?;
    let watch = Watch::start()?;
    let closed = daily(&stand.world).await?;
    let note = format!("{closed} closed");
    let measured = watch.stop("daily lifecycle pass", size as u64, note)?;
    let counts = stand.world.store.vacancy_counts().await?;
    let of = |state: &str| counts.iter().filter(|(s, ..)| s == state).map(|(.., n)| n).sum::<i64>();
    ensure!(closed as i64 == size / 50, "{closed} of {size} closed: {counts:?}");
    ensure!(of("suspected_filled") > 0, "what insurance said is known: {counts:?}");
    ensure!(of("suspected_stale") > 0, "a source not read for long is doubted: {counts:?}");
    Ok(measured)
}

/// Postings, each a vacancy of its own, on sources that were all read whole yesterday but one.
async fn fill(stand: &Stand, size: i64, today: NaiveDate, now_ms: i64) -> Result<()> {
    let names: Vec<&str> =
        adapters::catalog().iter().filter(|s| s.class().name() != "linked").map(|s| s.name()).collect();
    let store = &stand.world.store;
    let tx = store.write().await?;
    for (n, name) in (0..SOURCES).zip(&names) {
        let read_ms = if n == 0 { now_ms - 70 * DAY_MS } else { now_ms - DAY_MS };
        let run = tx.begin_run(source_number(name), "full", read_ms, None).await?;
        tx.end_run(run, "complete", read_ms, None, None, None).await?;
        tx.mark_source(source_number(name), read_ms, Some((run, size / SOURCES)), "{}").await?;
    }
    tx.commit().await?;
    for from in (0..size).step_by(usize::try_from(BATCH)?) {
        let ids = from..(from + BATCH).min(size);
        let postings: Vec<Posting> =
            ids.clone().map(|id| posting(id, source_number(names[(id % SOURCES) as usize]), today, now_ms)).collect();
        let vacancies: Vec<Vacancy> = postings.iter().map(|p| vacancy(p, now_ms)).collect();
        let tx = store.write().await?;
        tx.put_postings(&postings, &[], now_ms).await?;
        tx.put_vacancies(&vacancies).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn posting(id: i64, source: i64, today: NaiveDate, now_ms: i64) -> Posting {
    // two in a hundred ran out yesterday, as many as any other day; the sources take turns with the ids
    let turn = id / SOURCES % 50;
    let (kind, last) = match turn {
        0 => ("by_date", Some(today - Days::new(1))),
        1..=27 => ("by_date", Some(today + Days::new(turn.unsigned_abs()))),
        28..=40 => ("until_filled", Some(today + Days::new(turn.unsigned_abs()))),
        _ => ("always_open", None),
    };
    let body = Body {
        posting: normalizer::Posting { title: format!("지게차 기사 {id}"), ..normalizer::Posting::default() },
        findings: Vec::new(),
    };
    Posting {
        id,
        source,
        external_id: id.to_string(),
        content_hash: id,
        body: serde_json::to_string(&body).unwrap_or_default(),
        body_hash: id,
        business_number: None,
        profile: Vec::new(),
        vacancy: id,
        state: "open".to_owned(),
        reason: None,
        verdict: "publish".to_owned(),
        detail: "none".to_owned(),
        valid_through: last.map(|day| day.to_string()),
        absences: 0,
        version: 1,
        page: 1,
        position: 0,
        first_seen_ms: now_ms - 90 * DAY_MS,
        changed_ms: now_ms - 90 * DAY_MS,
        closed_ms: None,
        close_kind: Some(kind.to_owned()),
    }
}

fn vacancy(p: &Posting, now_ms: i64) -> Vacancy {
    Vacancy {
        id: p.id,
        state: "open".to_owned(),
        reason: None,
        verdict: "publish".to_owned(),
        state_since_ms: now_ms,
        founded_ms: p.first_seen_ms,
        changed_ms: now_ms,
        postings: 1,
        open_postings: 1,
        title: p.external_id.clone(),
        company: String::new(),
        region: None,
        occupation: None,
        employment: None,
        pay: None,
        close_kind: p.close_kind.clone(),
        valid_through: p.valid_through.clone(),
        golden_hash: p.body_hash,
        version: 1,
    }
}
