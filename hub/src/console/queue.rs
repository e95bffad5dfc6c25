//! The queue: how much waits by family, how one is doing oneself, and the cases in the order in which they are handed out,
//! each with the three numbers its place comes from.

mod figures;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::Shared;
use super::case::parts::{self, figure, source_title};
use super::case::where_to::Way;
use super::case::{said_of, to, trouble};
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use crate::people::account;
use crate::review::lease::{Queued, Slot};
use crate::review::{self, Answer, Family, Verb, case_id, case_name};
use crate::world::World;
use figures::Figure;

/// Cases on the list.
const LISTED: usize = 50;
/// A case with less than this left is near its time.
const NEAR_MS: i64 = 60 * 60_000;
/// Cases that can be handed over at once.
const ASSIGNED_MAX: usize = 50;

pub(super) fn routes(screens: Screens) -> Screens {
    screens.get("/queue", May::LOOK, show).get("/queue/waiting", May::LOOK, waiting).post(
        "/queue/assign",
        May::DECIDE,
        assign,
    )
}

/// A family with how much of it waits.
struct FamilyTab {
    href: String,
    name: String,
    count: i64,
    here: bool,
}

/// A case on the list.
struct Line {
    id: String,
    short: String,
    href: String,
    family: String,
    bad: bool,
    subject: String,
    postings: i64,
    score: String,
    numbers: String,
    reason: String,
    due: String,
    due_at: String,
    near: bool,
    late: bool,
    who: String,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage<'a> {
    page: &'a Page,
    figures: Vec<Figure>,
    waiting: i64,
    near: i64,
    others: Vec<(String, i64, String)>,
    tabs: Vec<FamilyTab>,
    sources: Vec<(String, String)>,
    source: String,
    family: String,
    lines: Vec<Line>,
    start_to: String,
    bulk_to: String,
    colleagues: Vec<String>,
    may_decide: bool,
    said: Option<super::case::SaidLine>,
    empty: bool,
    assign_to: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Beside {
    did: Option<i64>,
    empty: Option<String>,
}

async fn show(
    State(console): State<Shared>,
    page: Page,
    Query(way): Query<Way>,
    Query(beside): Query<Beside>,
) -> Result<Response, Problem> {
    let world = &console.world;
    let filter = way.filter();
    let backlog = world.store.backlog(page.now_ms).await?;
    let open = |family: Option<Family>| -> i64 {
        let own = backlog.iter().filter(|b| b.state == "open" && family.is_none_or(|f| f.name() == b.family));
        own.map(|b| b.cases).sum()
    };
    let all = Way { family: String::new(), ..way.clone() };
    let mut tabs = vec![FamilyTab {
        href: page.to(&all.onto("/queue")),
        name: page.say("queue-all"),
        count: open(None),
        here: filter.family.is_none(),
    }];
    tabs.extend(Family::ALL.map(|family| FamilyTab {
        href: page.to(&Way { family: family.name().to_owned(), ..way.clone() }.onto("/queue")),
        name: page.say(&format!("case-family-{family}")),
        count: open(Some(family)),
        here: filter.family == Some(family),
    }));
    let queued = review::queue(world, &filter, LISTED).await.map_err(trouble)?;
    let lines = lines(world, &page, &way, &queued).await?;
    let other = |state: &str, href: &str| {
        let count: i64 = backlog.iter().filter(|b| b.state == state).map(|b| b.cases).sum();
        (page.say(&format!("case-state-{state}")), count, page.to(href))
    };
    let mut sources: Vec<(String, String)> =
        adapters::catalog().iter().map(|s| (s.name().to_owned(), s.title().to_owned())).collect();
    sources.sort_by(|a, b| a.1.cmp(&b.1));
    let actor = page.actor()?;
    page.show(&QueuePage {
        figures: figures::of(&console, &page).await?,
        waiting: open(None),
        near: backlog.iter().filter(|b| b.state == "open").map(|b| b.late).sum(),
        others: vec![
            other("proposed", "/queue/waiting"),
            other("disputed", "/queue/waiting"),
            other("held", "/queue/waiting"),
        ],
        tabs,
        sources,
        source: filter.source.clone().unwrap_or_default(),
        family: filter.family.map(|f| f.name().to_owned()).unwrap_or_default(),
        lines,
        start_to: way.onto("/cases/next"),
        bulk_to: way.onto("/bulk/new"),
        colleagues: parts::colleagues(world, &actor.name).await?,
        may_decide: page.may_decide(),
        said: said_of(&console, &page, beside.did, None).await?.map(Into::into),
        empty: beside.empty.is_some(),
        assign_to: way.onto("/queue/assign"),
        page: &page,
    })
}

/// The cases with what they are about.
async fn lines(world: &World, page: &Page, way: &Way, queued: &[Queued]) -> Result<Vec<Line>, Problem> {
    let cases: Vec<&store::case::Case> = queued.iter().map(|q| &q.case).collect();
    let vacancies = vacancies(world, &cases).await?;
    Ok(queued.iter().map(|q| line(page, way, q, vacancies.get(&q.case.id))).collect())
}

/// Employer and title of what cases are about, by case.
///
/// # Errors
/// When the store fails.
pub(super) async fn subjects(world: &World, cases: &[store::case::Case]) -> Result<BTreeMap<i64, String>, Problem> {
    let cases: Vec<&store::case::Case> = cases.iter().collect();
    let found = vacancies(world, &cases).await?;
    Ok(found.into_iter().map(|(case, v)| (case, format!("{} · {}", v.company, v.title))).collect())
}

/// The vacancies that cases are about, by case: two queries for all of them.
async fn vacancies(
    world: &World,
    cases: &[&store::case::Case],
) -> Result<BTreeMap<i64, store::vacancy::Vacancy>, Problem> {
    let about: Vec<i64> = cases.iter().filter_map(|case| case.a).collect();
    let vacancy_of: BTreeMap<i64, i64> =
        world.store.known(&about).await?.into_iter().map(|known| (known.id, known.vacancy)).collect();
    let of = |case: &store::case::Case| case.a.and_then(|a| vacancy_of.get(&a)).copied().or(case.vacancy);
    let mut ids: Vec<i64> = cases.iter().filter_map(|case| of(case)).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows: BTreeMap<i64, store::vacancy::Vacancy> =
        world.store.vacancies(&ids).await?.into_iter().map(|v| (v.id, v)).collect();
    Ok(cases.iter().filter_map(|case| Some((case.id, rows.get(&of(case)?)?.clone()))).collect())
}

fn line(page: &Page, way: &Way, q: &Queued, vacancy: Option<&store::vacancy::Vacancy>) -> Line {
    let id = case_name(q.case.id);
    let body: serde_json::Value = serde_json::from_str(&q.case.body).unwrap_or_default();
    let source = || body["source"].as_str().map(source_title);
    let left = q.case.due_ms - page.now_ms;
    let holder = q.holder.as_deref().map(|h| h.split('#').next().unwrap_or_default().to_owned());
    let numbers = format!("{} × {} × {}", figure(q.case.value), figure(q.case.risk), figure(q.urgency));
    Line {
        short: id.chars().take(9).collect(),
        href: page.to(&way.onto(&format!("/cases/{id}"))),
        family: page.word("case-family", &q.case.family),
        bad: q.case.family == "suspicious" || q.case.family == "tripwire",
        subject: match vacancy {
            Some(v) => format!("{} · {}", v.company, v.title),
            None => source().unwrap_or_else(|| page.word("case-family", &q.case.family)),
        },
        postings: vacancy.map_or(0, |v| v.postings),
        score: figure(q.score),
        numbers,
        reason: reason(page, q, left),
        due: if left < 0 { page.put("queue-late", "span", page.span(-left)) } else { page.span(left) },
        due_at: page.when(q.case.due_ms),
        near: left < NEAR_MS,
        late: left < 0,
        who: holder.or_else(|| q.case.assignee.clone()).unwrap_or_default(),
        id,
    }
}

/// Why a case is where it is, in a few words: the slot, or the largest of the three numbers.
fn reason(page: &Page, q: &Queued, left: i64) -> String {
    match q.slot {
        Slot::Oldest => return page.say("queue-slot-oldest"),
        Slot::Blind => return page.say("queue-slot-blind"),
        Slot::Second => return page.say("queue-slot-second"),
        Slot::Priority => {}
    }
    if left < NEAR_MS {
        page.say("queue-because-due")
    } else if q.case.risk >= 1.0 {
        page.say("queue-because-risk")
    } else if q.case.value >= 4.0 {
        page.put("queue-because-value", "n", figure(q.case.value))
    } else {
        page.say("queue-because-all")
    }
}

/// A case that waits for somebody else, or for its time.
struct Waiting {
    href: String,
    short: String,
    family: String,
    state: String,
    until: String,
    who: String,
}

#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage<'a> {
    page: &'a Page,
    lines: Vec<Waiting>,
}

/// Cases that are not in the queue because they wait: for a second person, for a lead, for their time.
async fn waiting(State(console): State<Shared>, page: Page) -> Result<Response, Problem> {
    let mut lines = Vec::new();
    for state in ["proposed", "disputed", "second", "held"] {
        let filter =
            store::case::CaseFilter { state: Some(state.to_owned()), limit: LISTED as i64, ..Default::default() };
        for case in console.world.store.list_cases(&filter).await? {
            let id = case_name(case.id);
            lines.push(Waiting {
                short: id.chars().take(9).collect(),
                href: page.to(&format!("/cases/{id}")),
                family: page.word("case-family", &case.family),
                state: page.say(&format!("case-state-{state}")),
                until: case.until_ms.map(|ms| page.when(ms)).unwrap_or_default(),
                who: case.assignee.unwrap_or_default(),
            });
        }
    }
    page.show(&WaitingPage { page: &page, lines })
}

/// Hands the chosen cases to somebody.
async fn assign(
    State(console): State<Shared>,
    page: Page,
    Query(way): Query<Way>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let actor = page.actor()?;
    let value = |name: &str| fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
    let person = value("assignee").filter(|name| !name.is_empty());
    let Some(person) = person else { return Err(Problem::new(422, "unfit").because(page.say("case-needs-person"))) };
    let who = account::one(&console.world, &person).await?;
    if !who.actor().decides() {
        return Err(Problem::new(422, "unfit").because(page.say("case-needs-person")));
    }
    let cases = fields.iter().filter(|(name, _)| name == "case").filter_map(|(_, id)| case_id(id));
    for case in cases.take(ASSIGNED_MAX) {
        let answer = Answer { verb: Verb::HandOver, to: Some(person.clone()), ..Answer::default() };
        review::decide(&console.world, actor, case, answer).await.map_err(trouble)?;
    }
    Ok(to(&page, &way.onto("/queue")))
}
