//! Source health: all sources at a glance, the worst first; what needs a person, by how much it affects; as tiles, table,
//! JSON and a badge for each source.

use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};

use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use super::{Console, Shared};
use crate::health::{self, Bar, Board, Cause, State as Health, Tile};

/// The four groups in reading order: few and important first.
const CLASSES: [&str; 4] = ["linked", "private", "public", "local"];
/// Sources that are well, shown of a group before the rest is folded.
const GOOD_SHOWN: usize = 15;
/// Height of a sparkline.
const SPARK_HIGH: u64 = 18;

pub(super) fn routes(screens: Screens) -> Screens {
    screens.get("/health", May::LOOK, show).get("/health.json", May::LOOK, json).get("/badges/{file}", May::LOOK, badge)
}

/// The board; some seconds old at most.
///
/// # Errors
/// When the store fails.
pub(super) async fn board(console: &Console) -> Result<Arc<Board>, Problem> {
    let world = console.world.clone();
    let make = move || {
        let world = world.clone();
        async move { health::load(&world).await }
    };
    Ok(console.board.get(make).await?)
}

/// A group of sources.
struct Group<'a> {
    class: &'static str,
    all: usize,
    shown: Vec<&'a Tile>,
    folded: Vec<&'a Tile>,
}

/// Something that is to be mended.
pub(super) struct Incident<'a> {
    pub(super) tile: &'a Tile,
    pub(super) cause: &'a Cause,
    pub(super) action: Action,
}

/// What to do about a cause: a link, or a button that does it.
pub(super) struct Action {
    pub(super) key: &'static str,
    pub(super) href: String,
    pub(super) post: bool,
}

#[derive(Template)]
#[template(path = "health.html")]
struct HealthPage<'a> {
    page: &'a Page,
    board: &'a Board,
    groups: Vec<Group<'a>>,
    to_mend: Vec<Incident<'a>>,
    healing: Vec<Incident<'a>>,
    table: bool,
    chosen: &'static str,
    cases: i64,
    listed: Vec<&'a Tile>,
}

#[derive(Template)]
#[template(path = "health_board.html")]
struct BoardPart<'a> {
    page: &'a Page,
    board: &'a Board,
    groups: Vec<Group<'a>>,
    to_mend: Vec<Incident<'a>>,
    healing: Vec<Incident<'a>>,
    table: bool,
    chosen: &'static str,
    cases: i64,
    listed: Vec<&'a Tile>,
}

#[derive(Deserialize)]
struct Asked {
    view: Option<String>,
    state: Option<String>,
}

async fn show(State(console): State<Shared>, page: Page, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let board = board(&console).await?;
    let table = asked.view.as_deref() == Some("table");
    let only = Health::ALL.into_iter().find(|state| asked.state.as_deref() == Some(state.word()));
    let groups = groups(&board, only);
    let (to_mend, healing) = incidents(&board);
    let cases = board.cases.iter().map(|(_, count)| count).sum();
    let listed: Vec<&Tile> = board.tiles.iter().filter(|tile| only.is_none_or(|state| state == tile.state)).collect();
    let chosen = only.map_or("", Health::word);
    let (page, board) = (&page, board.as_ref());
    if page.htmx {
        return page.show(&BoardPart { page, board, groups, to_mend, healing, table, chosen, cases, listed });
    }
    page.show(&HealthPage { page, board, groups, to_mend, healing, table, chosen, cases, listed })
}

fn groups(board: &Board, only: Option<Health>) -> Vec<Group<'_>> {
    let of = |class: &'static str| {
        let all: Vec<&Tile> = board.tiles.iter().filter(|tile| tile.class == class).collect();
        let wanted: Vec<&Tile> =
            all.iter().copied().filter(|tile| only.is_none_or(|state| state == tile.state)).collect();
        let (good, other): (Vec<&Tile>, Vec<&Tile>) = wanted.into_iter().partition(|tile| tile.state == Health::Good);
        let shown = if only.is_some() { good.len() } else { GOOD_SHOWN.saturating_sub(other.len()).min(good.len()) };
        let (first, rest) = good.split_at(shown);
        Group {
            class,
            all: all.len(),
            shown: other.into_iter().chain(first.iter().copied()).collect(),
            folded: rest.to_vec(),
        }
    };
    CLASSES.into_iter().map(of).collect()
}

/// What needs a person and what repairs itself, each by how many published postings it affects.
fn incidents(board: &Board) -> (Vec<Incident<'_>>, Vec<Incident<'_>>) {
    let mut all: Vec<Incident<'_>> = board
        .tiles
        .iter()
        .filter_map(|tile| tile.causes.first().map(|cause| Incident { tile, cause, action: action(tile, cause) }))
        .collect();
    all.sort_by_key(|incident| (incident.cause.state, -incident.tile.published));
    all.into_iter().partition(|incident| !incident.cause.heals)
}

/// The one thing to do about a cause.
pub(super) fn action(tile: &Tile, cause: &Cause) -> Action {
    let source = format!("/sources/{}", tile.name);
    let run = cause.run.map_or_else(|| source.clone(), |run| format!("/runs/{run}"));
    let (key, href, post) = match cause.code {
        "volume" => ("health-do-volume", run, false),
        "drift" => ("health-do-drift", format!("{source}#profile"), false),
        "auth" => ("health-do-auth", source, false),
        "agreement" => ("health-do-agreement", source, false),
        "rejects" => ("health-do-rejects", run, false),
        "broken" | "quota" => ("health-do-run", run, false),
        _ => ("health-do-retry", format!("{source}/retry"), true),
    };
    Action { key, href, post }
}

impl Tile {
    /// Its last runs as an SVG.
    pub(super) fn spark(&self) -> String {
        spark(&self.runs)
    }
}

/// The last runs as bars: how much came, and how it ended. Decoration for eyes; words stand beside it.
pub(super) fn spark(bars: &[Bar]) -> String {
    let most = bars.iter().map(|bar| bar.rows).max().unwrap_or(0).max(1);
    let mut svg = format!(
        r#"<svg class="spark" width="98" height="{SPARK_HIGH}" viewBox="0 0 98 {SPARK_HIGH}" aria-hidden="true" focusable="false">"#
    );
    let empty = (health::RUNS_SHOWN as usize).saturating_sub(bars.len());
    for (at, bar) in bars.iter().enumerate() {
        let high = (bar.rows * SPARK_HIGH / most).clamp(2, SPARK_HIGH);
        let class = match bar.state.as_str() {
            "complete" => "ok",
            "failed" | "guarded" => "bad",
            _ => "so",
        };
        // writing to a string cannot fail
        let _ = write!(
            svg,
            r#"<rect class="{class}" x="{}" y="{}" width="5" height="{high}"/>"#,
            (at + empty) * 7,
            SPARK_HIGH - high
        );
    }
    svg.push_str("</svg>");
    svg
}

/// A source for a program.
#[derive(Serialize)]
struct Sources<'a> {
    at: String,
    active: i64,
    affected: i64,
    sources: Vec<&'a Tile>,
}

async fn json(State(console): State<Shared>, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let board = board(&console).await?;
    let wanted: Vec<&str> = asked.state.as_deref().map(|list| list.split(',').collect()).unwrap_or_default();
    let tiles = board.tiles.iter().filter(|tile| wanted.is_empty() || wanted.contains(&tile.state.word()));
    let answer = Sources {
        at: crate::view::time(board.at_ms),
        active: board.active,
        affected: board.affected,
        sources: tiles.collect(),
    };
    Ok(Json(answer).into_response())
}

/// A badge of one source: its title, its state in a word, its shape.
async fn badge(State(console): State<Shared>, page: Page, Path(file): Path<String>) -> Result<Response, Problem> {
    let name = file.strip_suffix(".svg").unwrap_or(&file);
    let board = board(&console).await?;
    let tile = board.tile(name).ok_or_else(|| Problem::new(404, "nowhere"))?;
    let word = page.word("frame-state", tile.state.word());
    let shown = Badge { title: &tile.title, word: &word, mark: tile.state.mark(), state: tile.state };
    let svg = HeaderValue::from_static("image/svg+xml");
    Ok(([(header::CONTENT_TYPE, svg)], shown.render()?).into_response())
}

#[derive(Template)]
#[template(path = "badge.svg", escape = "html")]
struct Badge<'a> {
    title: &'a str,
    word: &'a str,
    mark: &'static str,
    state: Health,
}

impl Badge<'_> {
    /// Width of a text at 12 px: Hangul is as wide as it is high.
    fn wide(text: &str) -> usize {
        text.chars().map(|c| if c.is_ascii() { 7 } else { 12 }).sum::<usize>() + 16
    }

    fn left(&self) -> usize {
        Self::wide(self.title)
    }

    fn right(&self) -> usize {
        Self::wide(self.word) + 16
    }

    fn colour(&self) -> &'static str {
        match self.state {
            Health::Good => "#1f6b32",
            Health::Late => "#6b4200",
            Health::Down => "#a5230a",
            Health::Paused => "#464c53",
            Health::Trial => "#083891",
        }
    }
}
