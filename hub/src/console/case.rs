//! One case: the page a steward decides on, and every step from it to the next one. Each step is a form; what follows is a
//! redirect, so that a page can be loaded again without deciding again.

mod answer;
pub(super) mod compare;
mod evidence;
pub(super) mod group;
pub(super) mod parts;
mod screen;
mod spelling;
pub(super) mod values;
mod waterfall;
pub(super) mod where_to;

use axum::Json;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::Shared;
use super::gate::Visit;
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use crate::review::{self, Answer, Family, ReviewError, Verb, case_id, case_name};
use crate::world::seoul_day;
use answer::{Draft, Reading};
use group::Group;
use screen::{Asked, Said, Trouble, problem};
use where_to::Way;

/// What was just done, for other pages.
pub(super) struct SaidLine {
    pub(super) text: String,
    pub(super) undo_to: Option<String>,
}

impl From<Said> for SaidLine {
    fn from(said: Said) -> SaidLine {
        SaidLine { undo_to: said.decision.map(|_| said.undo_to), text: said.text }
    }
}

/// What the review engine refuses, as a problem with a page of its own.
pub(super) fn trouble(error: ReviewError) -> Problem {
    problem(error)
}

/// Longest time on screen that is believed: a working day.
const SCREEN_MS_MAX: i64 = 12 * 3_600_000;

pub(super) fn routes(screens: Screens) -> Screens {
    screens
        .get("/cases/next", May::DECIDE, next)
        .get("/cases/previous", May::DECIDE, previous)
        .get("/cases/{case}", May::LOOK, show)
        .post("/cases/{case}", May::DECIDE, decide)
        .post("/cases/{case}/lease", May::DECIDE, extend)
}

/// What was done on the way here, as it stands in an address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Done {
    /// Number of the decision that was just made.
    did: Option<i64>,
    /// Number of the decision that was just undone.
    undid: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Beside {
    after: Option<String>,
    before: Option<String>,
    did: Option<i64>,
    undid: Option<i64>,
}

/// Whose the case is to be, by name in the address.
fn id_of(name: &str) -> Result<i64, Problem> {
    case_id(name).ok_or_else(|| Problem::new(404, "nowhere"))
}

/// The next case of the queue; the one it comes after is given back.
async fn next(
    State(console): State<Shared>,
    page: Page,
    Query(way): Query<Way>,
    Query(beside): Query<Beside>,
) -> Result<Response, Problem> {
    let actor = page.actor()?;
    let mut filter = way.filter();
    if let Some(left) = beside.after.as_deref().and_then(case_id) {
        review::release(&console.world, actor, None, left).await.map_err(problem)?;
        filter.skip.push(left);
    }
    let done = match (beside.did, beside.undid) {
        (Some(did), _) => format!("did={did}"),
        (None, Some(undid)) => format!("undid={undid}"),
        (None, None) => String::new(),
    };
    let leased = review::next(&console.world, actor, &filter).await.map_err(problem)?;
    let path = match leased {
        Some(leased) => way.onto(&format!("/cases/{}", case_name(leased.case))),
        None => way.onto("/queue?empty=1"),
    };
    let join = if path.contains('?') { '&' } else { '?' };
    Ok(to(&page, &if done.is_empty() { path } else { format!("{path}{join}{done}") }))
}

/// The case somebody decided last before this one.
async fn previous(
    State(console): State<Shared>,
    page: Page,
    Query(way): Query<Way>,
    Query(beside): Query<Beside>,
) -> Result<Response, Problem> {
    /// Own decisions that are looked through.
    const BACK_MAX: i64 = 200;
    let actor = page.actor()?;
    let own =
        store::decision::DecisionFilter { actor: Some(actor.name.clone()), limit: BACK_MAX, ..Default::default() };
    let here = beside.before.as_deref().and_then(case_id);
    let decisions = console.world.store.decisions(&own).await?;
    // from a case one decided before, further back; from a new one, to the last
    let cases: Vec<i64> = decisions.iter().map(|d| d.case_id).collect();
    let at = cases.iter().position(|case| Some(*case) == here).map_or(0, |at| at + 1);
    let before = cases[at..].iter().find(|case| Some(**case) != here);
    let path = before.map_or_else(|| "/queue".to_owned(), |case| format!("/cases/{}", case_name(*case)));
    Ok(to(&page, &way.onto(&path)))
}

/// A path below the language, by GET; a boosted form follows it as the browser does.
pub(super) fn to(page: &Page, path: &str) -> Response {
    Redirect::to(&page.to(path)).into_response()
}

async fn show(
    State(console): State<Shared>,
    page: Page,
    visit: Visit,
    Path(name): Path<String>,
    Query(way): Query<Way>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let case = id_of(&name)?;
    let said = said(&console, &page, &done).await?;
    let (mine, not_mine) = take(&console, &page, case).await?;
    let asked =
        Asked { case, mine, not_mine, way: &way, draft: Draft::default(), said, trouble: None, shown_ms: visit.now_ms };
    page.show(&screen::build(&console.world, &page, asked).await?)
}

/// Takes a case into hand where that can be; says why not where it cannot.
async fn take(console: &Shared, page: &Page, case: i64) -> Result<(bool, String), Problem> {
    let row = console.world.store.case(case).await?.ok_or_else(|| Problem::new(404, "nowhere"))?;
    let waits = matches!(row.state.as_str(), "open" | "second" | "disputed" | "held");
    if !page.may_decide() {
        return Ok((false, page.say("case-look-only")));
    }
    if !waits {
        let key = if row.state == "proposed" { "case-waits-for-approval" } else { "case-not-open" };
        return Ok((false, page.say(key)));
    }
    match review::lease::take(&console.world, page.actor()?, case, None).await {
        Ok(_) => Ok((true, String::new())),
        Err(ReviewError::Leased { holder, .. }) => {
            let who = holder.split('#').next().unwrap_or_default().to_owned();
            Ok((false, page.put("case-taken", "who", who)))
        }
        Err(ReviewError::NotAllowed(_)) => Ok((false, page.say("case-look-only"))),
        Err(error) => Err(problem(error)),
    }
}

/// What was just done, for the line above the case.
pub(super) async fn said_of(
    console: &Shared,
    page: &Page,
    did: Option<i64>,
    undid: Option<i64>,
) -> Result<Option<Said>, Problem> {
    said(console, page, &Done { did, undid }).await
}

async fn said(console: &Shared, page: &Page, done: &Done) -> Result<Option<Said>, Problem> {
    if let Some(undid) = done.undid {
        let text = page.put("case-said-undone", "decision", undid);
        return Ok(Some(Said { text, decision: None, undo_to: String::new() }));
    }
    let Some(did) = done.did else { return Ok(None) };
    let Some(decision) = console.world.store.decision(did).await? else { return Ok(None) };
    let view = review::case_view::DecisionView::from(decision);
    let case = view.case.chars().take(9).collect::<String>();
    let verb: Option<Verb> = view.verb.parse().ok();
    let key = match (verb, view.state.as_str()) {
        (Some(Verb::Later), _) => "case-said-held",
        (Some(Verb::HandOver), _) => "case-said-handed",
        (Some(Verb::Flag), _) => "case-said-flagged",
        (_, "proposed") => "case-said-proposed",
        (_, "second") => "case-said-second",
        _ => "case-said-done",
    };
    let until = view.answer["until_ms"].as_i64().map(|ms| page.when(ms)).unwrap_or_default();
    let whom = view.answer["to"].as_str().unwrap_or_default().to_owned();
    let what = page.word("case-did", &view.verb);
    let text = page
        .put_all(key, &[("case", case.into()), ("what", what.into()), ("until", until.into()), ("who", whom.into())]);
    let undo = parts::may_undo(&view, page);
    Ok(Some(Said { text, decision: undo.then_some(did), undo_to: format!("/decisions/{did}/undo") }))
}

async fn decide(
    State(console): State<Shared>,
    page: Page,
    visit: Visit,
    Path(name): Path<String>,
    Query(way): Query<Way>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let case = id_of(&name)?;
    let actor = page.actor()?;
    let draft = Draft::of(fields);
    if let Some(family) = draft.verb.as_deref().and_then(parts::reported) {
        return report(&console, &page, &way, case, family, &draft).await;
    }
    let answer = match read(&console, &page, &visit, case, &draft).await? {
        Ok(answer) => answer,
        Err(why) => {
            let trouble = Trouble {
                what: page.say("case-unfit-what"),
                why,
                do_this: page.say("case-unfit-do"),
                changes: Vec::new(),
            };
            return again(&console, &page, &visit, case, &way, draft, trouble, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    match review::decide(&console.world, actor, case, answer).await {
        Ok(outcome) => {
            remember(&console, &page, &draft).await?;
            Ok(to(&page, &way.onto(&format!("/cases/next?did={}", outcome.decision))))
        }
        Err(ReviewError::Conflict(changes)) => {
            let trouble = Trouble {
                what: page.say("case-stale-what"),
                why: page.say("case-stale-why"),
                do_this: page.say("case-stale-do"),
                changes: screen::changes(&console.world, &page, &changes).await?,
            };
            again(&console, &page, &visit, case, &way, draft, trouble, StatusCode::CONFLICT).await
        }
        Err(ReviewError::Leased { holder, .. }) => {
            let who = holder.split('#').next().unwrap_or_default().to_owned();
            let trouble = Trouble {
                what: page.say("case-stale-what"),
                why: page.say("case-lost-why"),
                do_this: page.say("case-lost-do"),
                changes: vec![screen::Changed {
                    what: page.say("case-changed-holder"),
                    before: actor.name.clone(),
                    now: who,
                }],
            };
            again(&console, &page, &visit, case, &way, draft, trouble, StatusCode::CONFLICT).await
        }
        Err(ReviewError::Invalid(why)) => {
            let trouble = Trouble {
                what: page.say("case-unfit-what"),
                why,
                do_this: page.say("case-unfit-do"),
                changes: Vec::new(),
            };
            again(&console, &page, &visit, case, &way, draft, trouble, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(problem(error)),
    }
}

/// Asks a question of another family about the posting before somebody; this case goes back to the queue.
async fn report(
    console: &Shared,
    page: &Page,
    way: &Way,
    case: i64,
    family: Family,
    draft: &Draft,
) -> Result<Response, Problem> {
    let world = &console.world;
    let row = world.store.case(case).await?.ok_or_else(|| Problem::new(404, "nowhere"))?;
    let about = row.a.or(row.vacancy).ok_or_else(|| Problem::new(404, "nowhere"))?;
    let why = draft.note.clone().unwrap_or_else(|| page.say("case-reported"));
    let question = review::by_hand(world, family, about, None, &why).await.map_err(problem)?;
    let actor = page.actor()?;
    let leased = review::raise(world, actor, &question, None).await.map_err(problem)?;
    review::release(world, actor, None, case).await.map_err(problem)?;
    Ok(to(page, &way.onto(&format!("/cases/{}", case_name(leased.case)))))
}

/// The form as an answer, or what is wrong with it.
async fn read(
    console: &Shared,
    page: &Page,
    visit: &Visit,
    case: i64,
    draft: &Draft,
) -> Result<Result<Answer, String>, Problem> {
    let world = &console.world;
    let row = world.store.case(case).await?.ok_or_else(|| Problem::new(404, "nowhere"))?;
    let Ok(family) = row.family.parse::<Family>() else { return Err(Problem::new(404, "nowhere")) };
    let mut vacancies: Vec<i64> = row.vacancy.into_iter().collect();
    for id in row.a.into_iter().chain(row.b) {
        vacancies.extend(world.store.posting(id).await?.map(|p| p.vacancy));
    }
    vacancies.sort_unstable();
    vacancies.dedup();
    let needs_group = !draft.picks.is_empty() || family == Family::Conflict;
    let group = if needs_group {
        Group::load(world, &vacancies, &[], false).await?
    } else {
        Group { seats: Vec::new(), golden: dedup::Golden::default() }
    };
    let body: serde_json::Value = serde_json::from_str(&row.body).unwrap_or_default();
    let reading = Reading {
        lang: page.lang,
        family,
        field: body["field"].as_str(),
        group: &group,
        now_ms: page.now_ms,
        today: seoul_day(world.clock.now()),
    };
    let shown: i64 = draft.other("shown").parse().unwrap_or(visit.now_ms);
    Ok(answer::answer(draft, &reading).map(|answer| Answer {
        token: Some(draft.other("token").to_owned()).filter(|token| !token.is_empty()),
        screen_ms: (visit.now_ms - shown).clamp(0, SCREEN_MS_MAX),
        ..answer
    }))
}

/// The case again, with what was wrong and what had been chosen.
async fn again(
    console: &Shared,
    page: &Page,
    visit: &Visit,
    case: i64,
    way: &Way,
    draft: Draft,
    trouble: Trouble,
    status: StatusCode,
) -> Result<Response, Problem> {
    if let (Some(actor), Ok(kept)) = (&page.actor, serde_json::to_value(&draft)) {
        review::keep_draft(&console.world, actor, case, &kept).await.map_err(problem)?;
    }
    let (mine, not_mine) = take(console, page, case).await?;
    let asked = Asked { case, mine, not_mine, way, draft, said: None, trouble: Some(trouble), shown_ms: visit.now_ms };
    let shown = page.show(&screen::build(&console.world, page, asked).await?)?;
    Ok((status, shown).into_response())
}

/// The last reason is offered again (KWCAG 7.3.4).
async fn remember(console: &Shared, page: &Page, draft: &Draft) -> Result<(), Problem> {
    let Some(actor) = &page.actor else { return Ok(()) };
    if draft.reason.is_none() || draft.reason == page.choices.last_reason {
        return Ok(());
    }
    let mut choices = page.choices.clone();
    choices.last_reason.clone_from(&draft.reason);
    let tx = console.world.store.write().await?;
    tx.set_choices(&actor.name, &choices.text()).await?;
    Ok(tx.commit().await?)
}

/// Keeps a case longer; gives how long to who counts down, and the case to who does not.
async fn extend(
    State(console): State<Shared>,
    page: Page,
    Path(name): Path<String>,
    headers: http::HeaderMap,
) -> Result<Response, Problem> {
    let case = id_of(&name)?;
    let until_ms = review::extend(&console.world, page.actor()?, None, case).await.map_err(problem)?;
    let counts = headers.get(http::header::ACCEPT).is_some_and(|accept| accept == "application/json");
    if counts {
        return Ok(Json(serde_json::json!({ "left_ms": (until_ms - page.now_ms).max(0) })).into_response());
    }
    Ok(to(&page, &format!("/cases/{name}")))
}
