//! Vacancies and postings: what the record says and where each field comes from, how its postings came together, every
//! version, every event, and what consumers see of it. Splitting is a case like any other.

mod tree;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::Shared;
use super::case::group::{Group, short};
use super::case::values::{self, FIELDS};
use super::case::{to, trouble};
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use crate::review::{self, Family, case_name};
use crate::view::{self, Audience, Found, PostingId, VacancyId, source_name};
use crate::world::World;
use tree::{Branch, Tree};

/// Vacancies on a page of the list.
const LISTED: i64 = 50;
/// Longest search, in characters.
const SEARCH_CHARS_MAX: usize = 80;
/// Events shown of a vacancy.
const EVENTS_MAX: usize = 60;
/// Cases shown of a vacancy.
const CASES_MAX: usize = 20;

pub(super) fn routes(screens: Screens) -> Screens {
    screens
        .get("/vacancies", May::LOOK, list)
        .get("/vacancies/{id}", May::LOOK, show)
        .get("/postings/{id}", May::LOOK, posting)
        .post("/postings/{id}/split", May::DECIDE, split)
}

struct Line {
    href: String,
    title: String,
    company: String,
    pay: String,
    postings: i64,
    state: String,
    open: bool,
    shown: bool,
    verdict: String,
    changed_ms: i64,
}

#[derive(Template)]
#[template(path = "vacancies.html")]
struct ListPage<'a> {
    page: &'a Page,
    words: String,
    closed: bool,
    lines: Vec<Line>,
    more: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    q: String,
    closed: Option<String>,
    after: Option<String>,
}

async fn list(State(console): State<Shared>, page: Page, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let words: String = wanted.q.chars().take(SEARCH_CHARS_MAX).collect();
    let closed = wanted.closed.is_some();
    let search = store::vacancy::Search {
        words: words.split_whitespace().map(str::to_owned).collect(),
        region: None,
        occupation: None,
        state: closed.then(|| "closed".to_owned()),
        unpublished: true,
        after: wanted.after.as_deref().and_then(|id| id.parse::<VacancyId>().ok()).map(|id| id.0),
        limit: LISTED,
    };
    let found = console.world.store.search(&search).await?;
    let more = (found.len() as i64 == LISTED).then(|| found.last()).flatten().map(|last| {
        let encoded: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
        let closed = if closed { "&closed=1" } else { "" };
        format!("/vacancies?q={encoded}{closed}&after={}", VacancyId(last.id))
    });
    let lines = found
        .into_iter()
        .map(|v| Line {
            href: page.to(&format!("/vacancies/{}", VacancyId(v.id))),
            pay: v
                .pay
                .as_deref()
                .and_then(|text| serde_json::from_str::<normalizer::Pay>(text).ok())
                .map(|pay| values::pay(&pay, page.lang))
                .unwrap_or_default(),
            title: v.title,
            company: v.company,
            postings: v.postings,
            open: v.state == "open",
            state: page.word("case-state", &v.state),
            shown: v.verdict == "publish",
            verdict: page.word("vacancy-verdict", &v.verdict),
            changed_ms: v.changed_ms,
        })
        .collect();
    page.show(&ListPage { page: &page, words, closed, lines, more })
}

/// A field of the record and where it comes from.
struct FieldLine {
    label: String,
    value: String,
    rule: String,
    source: String,
    to: Option<String>,
}

/// A posting of the vacancy.
struct Member {
    to: String,
    id: String,
    source: String,
    external_id: String,
    state: String,
    open: bool,
    verdict: String,
    shown: bool,
    first_seen_ms: i64,
    changed_ms: i64,
    version: i64,
    founder: bool,
    split_to: String,
}

struct EventLine {
    at_ms: i64,
    kind: String,
    other: Option<(String, String)>,
    reason: String,
    run: Option<i64>,
}

struct CaseLine {
    to: String,
    short: String,
    family: String,
    state: String,
    at_ms: i64,
}

#[derive(Template)]
#[template(path = "vacancy.html")]
struct VacancyPage<'a> {
    page: &'a Page,
    id: String,
    subject: String,
    state: String,
    open: bool,
    reason: String,
    verdict: String,
    shown: bool,
    version: i64,
    changed_ms: i64,
    since_ms: i64,
    tree: Tree,
    fields: Vec<FieldLine>,
    members: Vec<Member>,
    events: Vec<EventLine>,
    cases: Vec<CaseLine>,
    merged: Vec<String>,
    api: String,
    may_decide: bool,
}

async fn show(State(console): State<Shared>, page: Page, Path(name): Path<String>) -> Result<Response, Problem> {
    let world = &console.world;
    let id: VacancyId = name.parse().map_err(|_| Problem::new(404, "nowhere"))?;
    let view = match view::load_vacancy(world, id, Audience::Operator, true).await? {
        Found::Here(view) => view,
        // a retired id leads to the one that answers for it
        Found::Moved(survivor) => return Ok(to(&page, &format!("/vacancies/{survivor}"))),
        Found::Withheld(_) | Found::Nowhere => return Err(Problem::new(404, "nowhere")),
    };
    let group = Group::load(world, &[id.0], &[], false).await?;
    let joined: BTreeMap<i64, i64> = world.store.redirects_to(id.0).await?.into_iter().collect();
    let row = world.store.vacancy(id.0).await?.ok_or_else(|| Problem::new(404, "nowhere"))?;
    let mut api = serde_json::to_value(&*view).unwrap_or_default();
    // what an operator sees beside it is not the public's
    if let Some(object) = api.as_object_mut() {
        object.remove("because");
    }
    let postings: Vec<i64> = group.seats.iter().map(|s| s.row.id).collect();
    page.show(&VacancyPage {
        id: id.to_string(),
        subject: group.subject(),
        state: page.word("case-state", &view.state),
        open: view.state == "open",
        reason: view.reason.as_deref().map(|r| page.word("case-sign", r)).unwrap_or_default(),
        verdict: page.word("vacancy-verdict", &view.verdict),
        shown: view.verdict == "publish",
        version: view.version,
        changed_ms: row.changed_ms,
        since_ms: row.state_since_ms,
        tree: tree::draw(branches(&group, id.0, &joined), page.now_ms),
        fields: fields(&group, &page),
        members: group.seats.iter().map(|s| member(s, id.0, &page)).collect(),
        events: events(world, id.0, &page).await?,
        cases: cases(world, &postings, &page).await?,
        merged: view.merged.iter().map(ToString::to_string).collect(),
        api: serde_json::to_string_pretty(&api).unwrap_or_default(),
        may_decide: page.may_decide() && group.seats.len() > 1,
        page: &page,
    })
}

fn branches(group: &Group, vacancy: i64, joined: &BTreeMap<i64, i64>) -> Vec<Branch> {
    group
        .seats
        .iter()
        .map(|s| Branch {
            name: short_name(&s.title),
            began_ms: s.row.first_seen_ms,
            // a vacancy bears the id of the posting that founded it
            joined_ms: joined.get(&s.row.id).copied(),
            founder: s.row.id == vacancy,
            open: s.row.state != "closed",
        })
        .collect()
}

/// A name in the room a line has.
fn short_name(title: &str) -> String {
    const CHARS_MAX: usize = 14;
    if title.chars().count() <= CHARS_MAX {
        title.to_owned()
    } else {
        title.chars().take(CHARS_MAX).chain(['…']).collect()
    }
}

fn fields(group: &Group, page: &Page) -> Vec<FieldLine> {
    let lines = FIELDS.iter().filter(|f| f.name != "status").filter_map(|field| {
        let value = values::value(&group.golden.posting, field.name, page.lang)?;
        let of = if field.name == "business_number" { "hiring_organization" } else { field.name };
        let because = group.golden.because.iter().find(|b| b.field == of);
        let seat = because.and_then(|b| group.seats.iter().find(|s| s.row.id == b.posting));
        Some(FieldLine {
            label: page.word("case-field", field.name),
            value: short(&value),
            rule: because.map(|b| page.word("case-rule", &b.rule.replace(' ', "-"))).unwrap_or_default(),
            source: seat.map(|s| s.title.clone()).unwrap_or_default(),
            to: seat.map(|s| page.to(&format!("/postings/{}", PostingId(s.row.id)))),
        })
    });
    lines.collect()
}

fn member(seat: &super::case::group::Seated, vacancy: i64, page: &Page) -> Member {
    let id = PostingId(seat.row.id);
    Member {
        to: page.to(&format!("/postings/{id}")),
        split_to: page.to(&format!("/postings/{id}/split")),
        id: id.to_string(),
        source: seat.title.clone(),
        external_id: seat.row.external_id.clone(),
        state: page.word("case-state", &seat.row.state),
        open: seat.row.state == "open",
        verdict: page.word("vacancy-verdict", &seat.row.verdict),
        shown: seat.row.verdict == "publish",
        first_seen_ms: seat.row.first_seen_ms,
        changed_ms: seat.row.changed_ms,
        version: seat.row.version,
        founder: seat.row.id == vacancy,
    }
}

async fn events(world: &World, vacancy: i64, page: &Page) -> Result<Vec<EventLine>, Problem> {
    let events = world.store.events_of(vacancy).await?;
    let shown = events.into_iter().rev().take(EVENTS_MAX);
    Ok(shown
        .map(|e| EventLine {
            at_ms: e.at_ms,
            kind: page.word("vacancy-event", &e.kind),
            other: e.other.map(|id| {
                let id = VacancyId(id);
                (page.to(&format!("/vacancies/{id}")), id.to_string())
            }),
            reason: e.reason.as_deref().map(|r| page.word("vacancy-reason", r)).unwrap_or_default(),
            run: e.run,
        })
        .collect())
}

async fn cases(world: &World, postings: &[i64], page: &Page) -> Result<Vec<CaseLine>, Problem> {
    let cases = world.store.cases_about(postings).await?;
    Ok(cases
        .into_iter()
        .take(CASES_MAX)
        .map(|c| {
            let id = case_name(c.id);
            CaseLine {
                to: page.to(&format!("/cases/{id}")),
                short: id.chars().take(9).collect(),
                family: page.word("case-family", &c.family),
                state: page.word("vacancy-case", &c.state),
                at_ms: c.opened_ms,
            }
        })
        .collect())
}

/// A version of a posting.
struct VersionLine {
    version: i64,
    until: String,
    differs: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "posting.html")]
struct PostingPage<'a> {
    page: &'a Page,
    id: String,
    source: String,
    view: view::PostingView,
    subject: String,
    state: String,
    verdict: String,
    vacancy_to: String,
    fields: Vec<(String, String)>,
    read: Vec<(String, String, String, String)>,
    findings: Vec<(String, String, String, String, String)>,
    versions: Vec<VersionLine>,
    first_seen: String,
    changed: String,
    fetched: String,
    run: Option<i64>,
    may_decide: bool,
}

async fn posting(State(console): State<Shared>, page: Page, Path(name): Path<String>) -> Result<Response, Problem> {
    let world = &console.world;
    let id: PostingId = name.parse().map_err(|_| Problem::new(404, "nowhere"))?;
    let view = view::load_posting(world, id).await?.ok_or_else(|| Problem::new(404, "nowhere"))?;
    let row = world.store.posting(id.0).await?.ok_or_else(|| Problem::new(404, "nowhere"))?;
    let says = view::body_of(&row)?.posting;
    let fields = FIELDS
        .iter()
        .filter_map(|f| Some((page.word("case-field", f.name), values::value(&says, f.name, page.lang)?)))
        .collect();
    let label = |field: &str| page.word("case-field", field);
    let read = view
        .provenance
        .iter()
        .map(|p| (label(&p.field), short(&p.raw), p.rule.clone(), format!("{:.2}", f64::from(p.confidence) / 1000.0)));
    let findings = view.findings.iter().map(|f| {
        let article = f.article.clone().unwrap_or_default();
        (
            page.word("case-vetting", &f.rule),
            label(&f.field),
            page.word("case-effect", &f.effect),
            f.span.clone(),
            article,
        )
    });
    let fetched = world.store.page(row.page).await?.map(|head| page.when(head.fetched_ms)).unwrap_or_default();
    page.show(&PostingPage {
        id: id.to_string(),
        source: super::case::parts::source_title(source_name(world, row.source)),
        subject: [says.hiring_organization.name.as_str(), says.title.as_str()].join(" · "),
        state: page.word("case-state", &view.state),
        verdict: page.word("vacancy-verdict", &view.verdict),
        vacancy_to: page.to(&format!("/vacancies/{}", view.vacancy)),
        fields,
        read: read.collect(),
        findings: findings.collect(),
        versions: versions(world, &row, says, &page).await?,
        run: view.page.run,
        may_decide: page.may_decide() && world.store.postings_of(row.vacancy).await?.len() > 1,
        first_seen: page.when(row.first_seen_ms),
        changed: page.when(row.changed_ms),
        fetched,
        view,
        page: &page,
    })
}

/// Earlier versions, newest first, each with what it said otherwise than the one after it.
async fn versions(
    world: &World,
    row: &store::posting::Posting,
    now: normalizer::Posting,
    page: &Page,
) -> Result<Vec<VersionLine>, Problem> {
    let mut after = now;
    let mut lines = Vec::new();
    for version in world.store.versions(row.id).await? {
        let said = view::body_of(&store::posting::Posting { body: version.body, ..row.clone() })?.posting;
        let mut differs = Vec::new();
        for field in FIELDS {
            let (was, is) = (values::value(&said, field.name, page.lang), values::value(&after, field.name, page.lang));
            if was != is {
                let text = |value: Option<String>| value.map_or_else(|| page.say("case-none"), |v| short(&v));
                differs.push((page.word("case-field", field.name), text(was), text(is)));
            }
        }
        lines.push(VersionLine { version: version.version, until: page.when(version.until_ms), differs });
        after = said;
    }
    Ok(lines)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SplitFrom {
    why: String,
}

/// Asks whether a posting belongs to its vacancy: a case of the pair with the vacancy's founder, before who asked.
async fn split(
    State(console): State<Shared>,
    page: Page,
    Path(name): Path<String>,
    Form(form): Form<SplitFrom>,
) -> Result<Response, Problem> {
    let world = &console.world;
    let id: PostingId = name.parse().map_err(|_| Problem::new(404, "nowhere"))?;
    let row = world.store.posting(id.0).await?.ok_or_else(|| Problem::new(404, "nowhere"))?;
    let mates = world.store.postings_of(row.vacancy).await?;
    let other =
        mates.iter().find(|p| p.id == row.vacancy && p.id != id.0).or_else(|| mates.iter().find(|p| p.id != id.0));
    let Some(other) = other else { return Err(Problem::new(422, "unfit").because(page.say("vacancy-alone"))) };
    let why: String = form.why.chars().take(SEARCH_CHARS_MAX).collect();
    let why = if why.trim().is_empty() { "a steward asks whether it belongs here".to_owned() } else { why };
    let question = review::ask::by_hand(world, Family::Duplicate, id.0, Some(other.id), &why).await.map_err(trouble)?;
    let leased = review::raise(world, page.actor()?, &question, None).await.map_err(trouble)?;
    Ok(to(&page, &format!("/cases/{}", case_name(leased.case))))
}
