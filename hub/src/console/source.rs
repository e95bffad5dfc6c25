//! One source: how it is and why, what may be done about it, its last runs, its fields, its terms.

use std::sync::Arc;

use adapters::profile::FieldProfile;
use adapters::{RawField, Source};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::run::Run;
use store::source::Agreement;

use super::health;
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use super::{Console, Shared};
use crate::health::Tile;
use crate::people::{Actor, audit};
use crate::pipeline::{Counts, RunOptions, source_number};
use crate::worker;

/// Runs a source page shows.
const RUNS_SHOWN: i64 = 20;
/// Longest reason of a pause, in characters.
const REASON_CHARS_MAX: usize = 120;

pub(super) fn routes(screens: Screens) -> Screens {
    screens
        .get("/sources/{name}", May::LOOK, show)
        .post("/sources/{name}/pause", May::OPERATE, pause)
        .post("/sources/{name}/resume", May::OPERATE, resume)
        .post("/sources/{name}/retry", May::OPERATE, retry)
}

/// A source of the catalog, or the page that there is none.
///
/// # Errors
/// 404.
pub(super) fn known(name: &str) -> Result<Arc<Source>, Problem> {
    adapters::catalog().get(name).cloned().ok_or_else(|| Problem::new(404, "nowhere"))
}

/// How full a field is, and was.
struct FieldLine {
    field: &'static str,
    percent: f64,
    unknown: String,
}

#[derive(Template)]
#[template(path = "source.html")]
struct SourcePage<'a> {
    page: &'a Page,
    source: &'a Source,
    tile: &'a Tile,
    runs: Vec<(Run, Counts)>,
    fields: Vec<FieldLine>,
    agreement: Option<Agreement>,
    paused_by_settings: bool,
}

async fn show(State(console): State<Shared>, page: Page, Path(name): Path<String>) -> Result<Response, Problem> {
    let source = known(&name)?;
    let number = source_number(&name);
    let store = &console.world.store;
    let board = health::board(&console).await?;
    let tile = board.tile(&name).ok_or_else(|| Problem::new(404, "nowhere"))?;
    let runs = store.runs(Some(number), RUNS_SHOWN).await?;
    let runs = runs.into_iter().map(|run| (counts(&run.counts), run)).map(|(counts, run)| (run, counts)).collect();
    let row = store.source(number).await?;
    let profile = row.and_then(|row| row.profile).and_then(|text| serde_json::from_str(&text).ok());
    page.show(&SourcePage {
        page: &page,
        source: &source,
        tile,
        runs,
        fields: profile.map(|profile| field_lines(&source, &profile)).unwrap_or_default(),
        agreement: store.agreement(number).await?,
        paused_by_settings: console.world.settings.source.get(&name).is_some_and(|s| s.paused.is_some()),
    })
}

/// Counts of a run, as kept.
pub(super) fn counts(text: &str) -> Counts {
    serde_json::from_str(text).unwrap_or_default()
}

fn field_lines(source: &Source, profile: &FieldProfile) -> Vec<FieldLine> {
    let line = |field: RawField| FieldLine {
        field: field.name(),
        percent: profile.fill_percent(field),
        unknown: profile
            .fields
            .get(&field)
            .map(|count| count.unknown_codes.iter().take(5).cloned().collect::<Vec<_>>().join(", "))
            .unwrap_or_default(),
    };
    source.fields().into_iter().map(line).collect()
}

#[derive(Deserialize)]
struct Pause {
    reason: String,
    #[serde(default)]
    until: String,
}

async fn pause(
    State(console): State<Shared>,
    page: Page,
    actor: Actor,
    Path(name): Path<String>,
    Form(given): Form<Pause>,
) -> Result<Response, Problem> {
    let reason: String = given.reason.trim().chars().filter(|c| !c.is_control()).take(REASON_CHARS_MAX).collect();
    if reason.is_empty() {
        return Err(Problem::new(422, "reason"));
    }
    let reason = match given.until.parse::<chrono::NaiveDate>() {
        Ok(day) => format!("{reason} (~ {day})"),
        Err(_) => reason,
    };
    set(&console, &actor, &name, Some(&reason)).await?;
    Ok(page.go(&format!("/sources/{name}"), Some("paused")))
}

async fn resume(
    State(console): State<Shared>,
    page: Page,
    actor: Actor,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    set(&console, &actor, &name, None).await?;
    Ok(page.go(&format!("/sources/{name}"), Some("resumed")))
}

async fn set(console: &Console, actor: &Actor, name: &str, reason: Option<&str>) -> Result<(), Problem> {
    known(name)?;
    let at_ms = console.world.clock.now().timestamp_millis();
    let tx = console.world.store.write().await?;
    tx.pause_source(source_number(name), reason).await?;
    let did = if reason.is_some() { "source.pause" } else { "source.resume" };
    audit::record(&tx, at_ms, actor, did, &format!("source:{name}"), &json!({ "reason": reason })).await?;
    tx.commit().await?;
    console.board.forget().await;
    Ok(())
}

/// Reads a source once more, behind the page; a lease keeps two from reading it at once.
async fn retry(
    State(console): State<Shared>,
    page: Page,
    actor: Actor,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let source = known(&name)?;
    let at_ms = console.world.clock.now().timestamp_millis();
    let tx = console.world.store.write().await?;
    audit::record(&tx, at_ms, &actor, "source.retry", &format!("source:{name}"), &json!({})).await?;
    tx.commit().await?;
    read_again(&console, source, false);
    Ok(page.go(&format!("/sources/{name}"), Some("retried")))
}

/// Starts a run of its own.
pub(super) fn read_again(console: &Shared, source: Arc<Source>, full: bool) {
    let console = console.clone();
    tokio::spawn(async move {
        let holder = format!("console-{}-{:08x}", std::process::id(), rand::random::<u32>());
        let options = RunOptions { full, holder, ..RunOptions::default() };
        let name = source.name().to_owned();
        for report in worker::sync_all(&console.world, &[source], &options).await {
            match report {
                Ok(report) => tracing::info!(source = name, state = report.state, "read again"),
                Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "run broke"),
            }
        }
        console.board.forget().await;
    });
}
