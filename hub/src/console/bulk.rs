//! Bulk rules: a filter, an answer and a reason; a dry run with cases to look at before anything happens; a second person
//! where many cases or any closing is concerned; and one button that takes all of it back.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::Shared;
use super::case::parts::{self, Reason, source_title};
use super::case::{to, trouble};
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use crate::people::Role;
use crate::review::bulk::{self, BulkFilter, DryRun};
use crate::review::{self, Answer, Family, ReviewError, Verb, case_id, case_name};
use crate::world::World;

/// Rules on the list.
const LISTED: i64 = 50;
/// Past decisions that say otherwise and are shown.
const AGAINST_MAX: usize = 20;
/// Longest name of a rule or field in a filter, in characters.
const WORD_CHARS_MAX: usize = 60;

pub(super) fn routes(screens: Screens) -> Screens {
    screens
        .get("/bulk", May::LOOK, list)
        .get("/bulk/new", May::DECIDE, new)
        .post("/bulk/new", May::DECIDE, propose)
        .get("/bulk/{rule}", May::LOOK, show)
        .post("/bulk/{rule}", May::DECIDE, act)
}

/// A rule in the list and on its page.
struct RuleView {
    id: i64,
    state: String,
    state_word: String,
    what: String,
    filter: String,
    reason: String,
    count: i64,
    needs_second: bool,
    by: String,
    at_ms: i64,
    approved_by: Option<String>,
    expires_ms: i64,
    expired: bool,
}

fn rule_view(value: &Value, page: &Page) -> RuleView {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| value[key].as_i64().unwrap_or_default();
    let state = text("state");
    let expires_ms = number("expires_ms");
    RuleView {
        id: number("rule"),
        state_word: page.word("bulk-state", &state),
        what: page.word("case-did", value["answer"]["verb"].as_str().unwrap_or_default()),
        filter: filter_words(&value["filter"], page),
        reason: page.word("case-reason", &text("reason")),
        count: value["dry_run"]["count"].as_i64().unwrap_or_default(),
        needs_second: value["dry_run"]["needs_second"].as_bool().unwrap_or_default(),
        by: text("proposed_by"),
        at_ms: number("proposed_ms"),
        approved_by: value["approved_by"].as_str().map(str::to_owned),
        expired: state == "proposed" && expires_ms <= page.now_ms,
        expires_ms,
        state,
    }
}

/// A filter in words.
fn filter_words(filter: &Value, page: &Page) -> String {
    let mut words = Vec::new();
    if let Some(family) = filter["family"].as_str() {
        words.push(page.word("case-family", family));
    }
    if let Some(source) = filter["source"].as_str() {
        words.push(source_title(source));
    }
    for key in ["rule", "field"] {
        if let Some(word) = filter[key].as_str() {
            words.push(page.word(if key == "field" { "case-field" } else { "case-vetting" }, word));
        }
    }
    let percent = |key: &str| filter[key].as_f64().map(|p| format!("{:.0}%", p * 100.0));
    if let Some(least) = percent("probability_min") {
        words.push(page.put("bulk-at-least", "p", least));
    }
    if let Some(most) = percent("probability_max") {
        words.push(page.put("bulk-at-most", "p", most));
    }
    if filter["scope"].is_i64() {
        words.push(page.say("bulk-same-employer"));
    }
    words.join(" · ")
}

#[derive(Template)]
#[template(path = "bulk.html")]
struct ListPage<'a> {
    page: &'a Page,
    rules: Vec<RuleView>,
    may_decide: bool,
}

async fn list(State(console): State<Shared>, page: Page) -> Result<Response, Problem> {
    let rules = bulk::list(&console.world.store, LISTED).await.map_err(trouble)?;
    let rules = rules.iter().map(|value| rule_view(value, &page)).collect();
    page.show(&ListPage { may_decide: page.may_decide(), rules, page: &page })
}

/// The form of a new rule.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    /// A case whose shape is meant.
    case: String,
    family: String,
    source: String,
    rule: String,
    field: String,
    /// Percent.
    probability_min: String,
    probability_max: String,
    scope: String,
    verb: String,
    reason: String,
    note: String,
    /// `try` shows what would happen, `propose` keeps the rule.
    step: String,
}

impl Wanted {
    fn filter(&self) -> BulkFilter {
        let word =
            |text: &str| Some(text.trim().chars().take(WORD_CHARS_MAX).collect::<String>()).filter(|t| !t.is_empty());
        let share =
            |text: &str| text.trim().parse::<f64>().ok().filter(|p| (0.0..=100.0).contains(p)).map(|p| p / 100.0);
        BulkFilter {
            family: self.family.parse().ok(),
            source: word(&self.source),
            rule: word(&self.rule),
            field: word(&self.field),
            probability_min: share(&self.probability_min),
            probability_max: share(&self.probability_max),
            scope: self.scope.parse().ok().filter(|scope| *scope != 0),
        }
    }

    fn answer(&self) -> Option<Answer> {
        Some(Answer {
            verb: self.verb.parse().ok()?,
            reason: self.reason.clone(),
            note: Some(self.note.trim().to_owned()).filter(|note| !note.is_empty()),
            ..Answer::default()
        })
    }

    /// The same shape as a case: its family, source, and what it is about.
    async fn like(world: &World, case: i64) -> Result<Wanted, Problem> {
        let row = world.store.case(case).await?.ok_or_else(|| Problem::new(404, "nowhere"))?;
        let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
        let word = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        let scope = body["scope"].as_i64().filter(|scope| *scope != 0);
        Ok(Wanted {
            source: if scope.is_some() {
                String::new()
            } else {
                row.source.map(|n| crate::view::source_name(world, n).to_owned()).unwrap_or_default()
            },
            family: row.family,
            rule: word("rule"),
            field: word("field"),
            scope: scope.map(|s| s.to_string()).unwrap_or_default(),
            ..Wanted::default()
        })
    }
}

/// A case of the sample.
struct Sample {
    href: String,
    short: String,
    subject: String,
}

/// A past decision that says otherwise.
struct Against {
    href: String,
    short: String,
    words: String,
}

/// What a dry run found.
struct Found {
    count: usize,
    needs_second: bool,
    samples: Vec<Sample>,
    against: Vec<Against>,
    against_more: usize,
}

#[derive(Template)]
#[template(path = "bulk_new.html")]
struct NewPage<'a> {
    page: &'a Page,
    wanted: Wanted,
    families: Vec<(&'static str, String)>,
    sources: Vec<(String, String)>,
    verbs: Vec<(String, Vec<(&'static str, String)>)>,
    reasons: Vec<Reason>,
    found: Option<Found>,
    wrong: Option<String>,
}

async fn new(State(console): State<Shared>, page: Page, Query(mut wanted): Query<Wanted>) -> Result<Response, Problem> {
    if let Some(case) = case_id(&wanted.case) {
        wanted = Wanted::like(&console.world, case).await?;
    }
    form(&console, &page, wanted, None, None)
}

fn form(
    console: &Shared,
    page: &Page,
    wanted: Wanted,
    found: Option<Found>,
    wrong: Option<String>,
) -> Result<Response, Problem> {
    let family = wanted.family.parse::<Family>().unwrap_or(Family::Duplicate);
    let mut sources: Vec<(String, String)> =
        adapters::catalog().iter().map(|s| (s.name().to_owned(), s.title().to_owned())).collect();
    sources.sort_by(|a, b| a.1.cmp(&b.1));
    let families = Family::ALL.iter().filter(|f| **f != Family::Tripwire);
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let allowed = &console.world.settings.review.reasons;
    let shown = page.show(&NewPage {
        verbs: families.clone().map(|f| verbs(*f, page)).collect(),
        families: families.map(|f| (f.name(), page.say(&format!("case-family-{f}")))).collect(),
        reasons: parts::reasons(family, Some(&wanted.reason), allowed, page),
        sources,
        wanted,
        found,
        wrong,
        page,
    })?;
    Ok((status, shown).into_response())
}

/// The verbs of a family under its name.
fn verbs(family: Family, page: &Page) -> (String, Vec<(&'static str, String)>) {
    let own = family.verbs().iter().map(|v| (v.name(), page.word("case-do", v.name()))).collect();
    (page.say(&format!("case-family-{family}")), own)
}

async fn propose(State(console): State<Shared>, page: Page, Form(wanted): Form<Wanted>) -> Result<Response, Problem> {
    let world = &console.world;
    let actor = page.actor()?;
    let Some(answer) = wanted.answer() else {
        let wrong = page.say("case-needs-verb");
        return form(&console, &page, wanted, None, Some(wrong));
    };
    if answer.reason.is_empty() {
        let wrong = page.say("case-needs-reason");
        return form(&console, &page, wanted, None, Some(wrong));
    }
    let filter = wanted.filter();
    let refused = |error: ReviewError| match error {
        ReviewError::Invalid(why) => Ok(why),
        error => Err(trouble(error)),
    };
    if wanted.step == "propose" {
        return match bulk::propose(world, actor, &filter, &answer).await {
            Ok(bulk) => Ok(to(&page, &format!("/bulk/{}", bulk.rule))),
            Err(error) => form(&console, &page, wanted, None, Some(refused(error)?)),
        };
    }
    match bulk::dry_run(world, actor, &filter, &answer).await {
        Ok(dry) => {
            let found = found(world, &page, &dry).await?;
            form(&console, &page, wanted, Some(found), None)
        }
        Err(error) => form(&console, &page, wanted, None, Some(refused(error)?)),
    }
}

async fn found(world: &World, page: &Page, dry: &DryRun) -> Result<Found, Problem> {
    let ids: Vec<i64> = dry.sample.iter().filter_map(|name| case_id(name)).collect();
    let cases = world.store.cases_by_id(&ids).await?;
    let subjects = super::queue::subjects(world, &cases).await?;
    let samples = cases.iter().map(|case| {
        let id = case_name(case.id);
        Sample {
            href: page.to(&format!("/cases/{id}")),
            short: id.chars().take(9).collect(),
            subject: subjects.get(&case.id).cloned().unwrap_or_default(),
        }
    });
    Ok(Found {
        count: dry.count,
        needs_second: dry.needs_second,
        samples: samples.collect(),
        against: dry
            .conflicts
            .iter()
            .take(AGAINST_MAX)
            .map(|c| Against {
                href: page.to(&format!("/decisions/{}", c.decision)),
                short: c.case.chars().take(9).collect(),
                words: page.put2("bulk-past-line", ("decision", c.decision), ("verb", page.word("case-did", &c.verb))),
            })
            .collect(),
        against_more: dry.conflicts.len().saturating_sub(AGAINST_MAX),
    })
}

#[derive(Template)]
#[template(path = "bulk_rule.html")]
struct RulePage<'a> {
    page: &'a Page,
    rule: RuleView,
    found: Found,
    decisions: i64,
    may_approve: bool,
    may_decide: bool,
    may_undo: bool,
    wrong: Option<String>,
    changes: Vec<String>,
}

async fn show(State(console): State<Shared>, page: Page, Path(rule): Path<i64>) -> Result<Response, Problem> {
    rule_page(&console, &page, rule, None, Vec::new()).await
}

async fn rule_page(
    console: &Shared,
    page: &Page,
    rule: i64,
    wrong: Option<String>,
    changes: Vec<String>,
) -> Result<Response, Problem> {
    let world = &console.world;
    let rules = bulk::list(&world.store, i64::MAX).await.map_err(trouble)?;
    let value = rules.iter().find(|r| r["rule"] == rule).ok_or_else(|| Problem::new(404, "nowhere"))?;
    let view = rule_view(value, page);
    let dry: DryRun = serde_json::from_value(value["dry_run"].clone()).unwrap_or_default();
    let filter = store::decision::DecisionFilter { batch: Some(rule), limit: i64::MAX, ..Default::default() };
    let answers = |d: &store::decision::Decision| d.verb.parse::<Verb>().is_ok_and(Verb::answers);
    let decisions = world.store.decisions(&filter).await?.iter().filter(|d| answers(d)).count();
    let actor = page.actor()?;
    let leads = actor.roles.contains(&Role::Lead);
    let second = if view.needs_second { leads && actor.name != view.by } else { actor.decides() };
    let status = if changes.is_empty() && wrong.is_none() { StatusCode::OK } else { StatusCode::CONFLICT };
    let shown = page.show(&RulePage {
        found: found(world, page, &dry).await?,
        decisions: i64::try_from(decisions).unwrap_or(i64::MAX),
        may_approve: second && view.state == "proposed" && !view.expired,
        may_decide: page.may_decide() && view.state == "proposed",
        may_undo: view.state == "applied" && (leads || actor.name == view.by),
        rule: view,
        wrong,
        changes,
        page,
    })?;
    Ok((status, shown).into_response())
}

#[derive(Deserialize)]
struct Act {
    act: String,
}

async fn act(
    State(console): State<Shared>,
    page: Page,
    Path(rule): Path<i64>,
    Form(form): Form<Act>,
) -> Result<Response, Problem> {
    let (world, actor) = (&console.world, page.actor()?);
    let done = match form.act.as_str() {
        "approve" => bulk::approve(world, actor, rule).await.map(|_| ()),
        "refuse" => bulk::refuse(world, actor, rule).await.map(|_| ()),
        "renew" => bulk::renew(world, actor, rule).await.map(|_| ()),
        "undo" => bulk::undo(world, actor, rule).await.map(|_| ()),
        _ => return Err(Problem::new(422, "unfit")),
    };
    match done {
        Ok(()) => Ok(to(&page, &format!("/bulk/{rule}"))),
        Err(ReviewError::Conflict(changes)) => {
            let changes = changes.iter().map(|c: &review::Change| case_name(c.id).chars().take(9).collect()).collect();
            rule_page(&console, &page, rule, Some(page.say("bulk-changed")), changes).await
        }
        Err(ReviewError::Invalid(why)) => rule_page(&console, &page, rule, Some(why), Vec::new()).await,
        Err(error) => Err(trouble(error)),
    }
}
