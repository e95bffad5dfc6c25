//! Decisions: the latest ones, and one with what rests on it; undoing it, and the word of the second person.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::Shared;
use super::case::{parts, said_of, to, trouble};
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use crate::review::case_view::DecisionView;
use crate::review::{self, case_name};

/// Decisions on the list.
const LISTED: i64 = 50;

pub(super) fn routes(screens: Screens) -> Screens {
    screens
        .get("/decisions", May::LOOK, list)
        .get("/decisions/{id}", May::LOOK, show)
        .post("/decisions/{id}/undo", May::DECIDE, undo)
        .post("/decisions/{id}/second", May::LEAD, second)
}

/// A line of the list.
struct Line {
    id: i64,
    case: String,
    verb: String,
    family: String,
    reason: String,
    who: String,
    at_ms: i64,
    state: String,
    stands: bool,
    may_undo: bool,
}

fn line(d: &DecisionView, page: &Page) -> Line {
    Line {
        id: d.id,
        case: d.case.clone(),
        verb: page.word("case-did", &d.verb),
        family: page.word("case-family", &d.family),
        reason: if d.reason.is_empty() { String::new() } else { page.word("case-reason", &d.reason) },
        who: match &d.approved_by {
            Some(second) => format!("{} + {second}", d.actor),
            None => d.actor.clone(),
        },
        at_ms: d.at_ms,
        state: page.word("case-decision", &d.state),
        stands: d.state == "standing",
        may_undo: parts::may_undo(d, page),
    }
}

#[derive(Template)]
#[template(path = "decisions.html")]
struct ListPage<'a> {
    page: &'a Page,
    lines: Vec<Line>,
    mine: bool,
    older: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    mine: Option<String>,
    before: Option<i64>,
}

async fn list(State(console): State<Shared>, page: Page, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let mine = wanted.mine.is_some();
    let filter = store::decision::DecisionFilter {
        actor: page.actor.as_ref().filter(|_| mine).map(|actor| actor.name.clone()),
        before: wanted.before,
        limit: LISTED,
        ..Default::default()
    };
    let found = console.world.store.decisions(&filter).await?;
    let older = (found.len() as i64 == LISTED).then(|| found.last().map(|d| d.id)).flatten();
    let lines = found.into_iter().map(|d| line(&DecisionView::from(d), &page)).collect();
    page.show(&ListPage { page: &page, lines, mine, older })
}

/// A decision that rests on another.
struct Resting {
    id: i64,
    verb: String,
    who: String,
    at_ms: i64,
}

#[derive(Template)]
#[template(path = "decision.html")]
struct DecisionPage<'a> {
    page: &'a Page,
    line: Line,
    note: Option<String>,
    stickiness: String,
    versions: String,
    suggestion: String,
    screen: String,
    resting: Vec<Resting>,
    undone_by: Option<i64>,
    undoes: Option<i64>,
    said: Option<String>,
}

async fn show(
    State(console): State<Shared>,
    page: Page,
    Path(id): Path<i64>,
    Query(done): Query<Undone>,
) -> Result<Response, Problem> {
    let row = console.world.store.decision(id).await?.ok_or_else(|| Problem::new(404, "nowhere"))?;
    let view = DecisionView::from(row);
    let mut resting = Vec::new();
    for on_it in review::dependants(&console.world, id).await.map_err(trouble)? {
        resting.push(Resting {
            id: on_it.decision,
            verb: page.word("case-did", &on_it.verb),
            who: on_it.actor,
            at_ms: on_it.at_ms,
        });
    }
    let said = said_of(&console, &page, None, done.undid).await?.map(|said| said.text);
    page.show(&DecisionPage {
        line: line(&view, &page),
        note: view.note.clone(),
        stickiness: page.word("case", &view.stickiness),
        versions: view.versions.to_string(),
        suggestion: view
            .suggestion
            .as_ref()
            .and_then(|s| s["verb"].as_str())
            .map(|verb| page.word("case-do", verb))
            .unwrap_or_default(),
        screen: page.put("case-seconds", "n", view.screen_ms / 1000),
        resting,
        undone_by: view.undone_by,
        undoes: view.undoes,
        said,
        page: &page,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Undone {
    undid: Option<i64>,
}

async fn undo(State(console): State<Shared>, page: Page, Path(id): Path<i64>) -> Result<Response, Problem> {
    let outcome = review::undo(&console.world, page.actor()?, id).await.map_err(trouble)?;
    Ok(to(&page, &format!("/cases/{}?undid={id}", case_name(outcome.case))))
}

#[derive(Deserialize)]
struct Word {
    word: String,
    #[serde(default)]
    note: String,
}

async fn second(
    State(console): State<Shared>,
    page: Page,
    Path(id): Path<i64>,
    Form(word): Form<Word>,
) -> Result<Response, Problem> {
    let actor = page.actor()?;
    let outcome = if word.word == "approve" {
        review::approve(&console.world, actor, id).await
    } else {
        let note = word.note.trim();
        review::refuse(&console.world, actor, id, Some(note).filter(|note| !note.is_empty())).await
    };
    let outcome = outcome.map_err(trouble)?;
    Ok(to(&page, &format!("/cases/{}?did={id}", case_name(outcome.case))))
}
