//! `case`: the questions that wait for a steward, one at a time or many at once, and how the review goes.

mod bulk;
mod show;

use std::str::FromStr;

use anyhow::{Result, anyhow};
use chrono::{Duration, NaiveDate};
use clap::{Args, Subcommand};
use dedup::{Choice, Pick};
use serde::Serialize;
use serde_json::{Value, json};

use super::context::{Code, Ctx, count, cut, minute, table};
use super::refusal::Refusal;
use crate::people::{Actor, Role};
use crate::review::{self, Answer, Family, Filter, ReviewError, Scope, Stickiness, Verb, case_id, case_name};
use crate::view::{PostingId, source_name, time};
use crate::world::seoul_instant;

/// Decide the questions that wait for a steward.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub case next\n  jobhub case decide c00c0ffee00c0ffee merge --reason same_job\n  \
                  jobhub case undo 12\n  jobhub case bulk propose --family duplicate --probability-min 0.9 --verb merge --reason same_job"
)]
pub struct CaseArgs {
    /// Who acts: NAME:ROLE; left out = `cli:<user>` as lead.
    #[arg(long = "as", global = true, value_name = "NAME:ROLE", value_parser = actor)]
    pub actor: Option<Actor>,
    /// What to do.
    #[command(subcommand)]
    pub command: CaseCommand,
}

/// The commands on cases.
#[derive(Subcommand, Debug)]
pub enum CaseCommand {
    /// Take the next case: by value × risk × urgency, now and then the oldest or one to be decided blindly
    Next(NextArgs),
    /// Show a case: the postings side by side, why it is asked, what others decided
    Show(CaseOne),
    /// Answer a case
    Decide(DecideArgs),
    /// Take a decision back; only that one, whatever was decided since
    Undo(UndoArgs),
    /// Let a proposed decision stand: the word of the second of two people
    Approve(DecisionOne),
    /// Refuse a proposed decision; its case is open again
    Refuse(RefuseArgs),
    /// Keep a case for another ten minutes
    Extend(CaseOne),
    /// Give a case back undecided
    Release(CaseOne),
    /// List the queue with the reason for each place, or cases in another state
    List(ListArgs),
    /// List decisions, newest first
    Log(LogArgs),
    /// How the review goes: pace, agreement, reopened, in time
    Stats(StatsArgs),
    /// Answer many cases at once
    #[command(subcommand)]
    Bulk(bulk::BulkCommand),
    /// Ask about some automatic merges, chosen by chance: how many of them are right?
    Audit(AuditArgs),
}

/// Which cases.
#[derive(Args, Debug)]
pub struct NextArgs {
    /// Only this family.
    #[arg(long, value_parser = Family::from_str)]
    pub family: Option<Family>,
    /// Only this source.
    #[arg(long)]
    pub source: Option<String>,
    /// Not this one; may be given several times.
    #[arg(long, value_parser = case)]
    pub skip: Vec<i64>,
}

/// Which case.
#[derive(Args, Debug)]
pub struct CaseOne {
    /// Its id (c…).
    #[arg(value_parser = case)]
    pub case: i64,
}

/// Which decision.
#[derive(Args, Debug)]
pub struct DecisionOne {
    /// Its number.
    pub decision: i64,
}

/// Which decision, and why not.
#[derive(Args, Debug)]
pub struct RefuseArgs {
    /// Its number.
    pub decision: i64,
    /// Why.
    #[arg(long)]
    pub note: Option<String>,
}

/// An answer.
#[derive(Args, Debug)]
pub struct AnswerArgs {
    /// Reason code, one of review.reasons.
    #[arg(long, default_value = "")]
    pub reason: String,
    /// Free text.
    #[arg(long)]
    pub note: Option<String>,
    /// A field and its value: FIELD=POSTING follows that posting, FIELD:=JSON fixes a value; may be given several times.
    #[arg(long = "pick", value_name = "FIELD=POSTING|FIELD:=JSON", value_parser = pick)]
    pub picks: Vec<Pick>,
    /// merge: how the two are one.
    #[arg(long, value_parser = ["full", "semantic", "temporal"])]
    pub kind: Option<String>,
    /// How firmly it stands when the sources say something else: suggest, follow or fixed.
    #[arg(long, value_parser = Stickiness::from_str)]
    pub stick: Option<Stickiness>,
    /// distinct: these, or employer_occupation.
    #[arg(long, default_value = "these", value_parser = Scope::from_str)]
    pub scope: Scope,
    /// Days after which it ends by itself.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=3650))]
    pub expires: Option<i64>,
}

/// An answer to a case.
#[derive(Args, Debug)]
pub struct DecideArgs {
    /// The case (c…).
    #[arg(value_parser = case)]
    pub case: i64,
    /// merge, distinct; pick; clear, hold, withdraw; close, keep_open; release, block; later, hand_over, flag.
    #[arg(value_parser = Verb::from_str)]
    pub verb: Verb,
    /// Its terms.
    #[command(flatten)]
    pub answer: AnswerArgs,
    /// later: the day it comes back, at 9 in Seoul.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<NaiveDate>,
    /// hand_over: to whom.
    #[arg(long)]
    pub to: Option<String>,
    /// The token that `case show` printed: refused if the case has changed since.
    #[arg(long)]
    pub token: Option<String>,
    /// How long it was looked at; left out = since it was taken.
    #[arg(long, value_name = "MS")]
    pub screen_ms: Option<i64>,
}

/// Which decision.
#[derive(Args, Debug)]
pub struct UndoArgs {
    /// Its number.
    pub decision: i64,
    /// Also when later decisions rest on it; they stay.
    #[arg(long)]
    pub yes: bool,
}

/// What to list.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Only this family.
    #[arg(long, value_parser = Family::from_str)]
    pub family: Option<Family>,
    /// Only this source.
    #[arg(long)]
    pub source: Option<String>,
    /// In this state, in the order of ids; left out = the queue.
    #[arg(long, value_parser = ["open", "held", "proposed", "second", "disputed", "settled"])]
    pub state: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=1000))]
    pub limit: i64,
}

/// What to list.
#[derive(Args, Debug)]
pub struct LogArgs {
    /// Only by this person.
    #[arg(long)]
    pub by: Option<String>,
    /// Only of this family.
    #[arg(long, value_parser = Family::from_str)]
    pub family: Option<Family>,
    /// Only in this state.
    #[arg(long, value_parser = ["proposed", "standing", "second", "noted", "refused", "undone", "expired"])]
    pub state: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=1000))]
    pub limit: i64,
}

/// Of which time.
#[derive(Args, Debug)]
pub struct StatsArgs {
    /// The last so many days.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=3650))]
    pub days: i64,
}

/// How many.
#[derive(Args, Debug)]
pub struct AuditArgs {
    /// Automatic merges to ask about.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub count: u16,
}

/// `NAME:ROLE`.
fn actor(text: &str) -> Result<Actor, String> {
    let (name, role) = text.rsplit_once(':').ok_or("write NAME:ROLE, e.g. kim:steward")?;
    let role = match role {
        "viewer" => Role::Viewer,
        "steward" => Role::Steward,
        "lead" => Role::Lead,
        "operator" => Role::Operator,
        "admin" => Role::Admin,
        other => return Err(format!("`{other}` is no role: say viewer, steward, lead, operator or admin")),
    };
    if name.is_empty() { Err("the name is empty".to_owned()) } else { Ok(Actor::new(name, vec![role])) }
}

fn case(text: &str) -> Result<i64, String> {
    case_id(text).ok_or_else(|| "a case is `c` and 16 hexadecimal digits, as `jobhub case list` shows them".to_owned())
}

/// `FIELD=POSTING` or `FIELD:=JSON`.
fn pick(text: &str) -> Result<Pick, String> {
    if let Some((field, value)) = text.split_once(":=") {
        let value: Value = serde_json::from_str(value).map_err(|error| format!("{value} is not JSON: {error}"))?;
        return Ok(Pick { field: field.to_owned(), choice: Choice::Fixed(value) });
    }
    let (field, posting) = text.split_once('=').ok_or("write FIELD=POSTING or FIELD:=JSON")?;
    let posting: PostingId = posting.parse().map_err(|error: crate::view::IdError| error.to_string())?;
    Ok(Pick { field: field.to_owned(), choice: Choice::Follow(posting.0) })
}

impl AnswerArgs {
    fn answer(&self, verb: Verb, now_ms: i64) -> Answer {
        let kind = self.kind.as_ref().and_then(|kind| serde_json::from_value(Value::from(kind.clone())).ok());
        Answer {
            verb,
            reason: self.reason.clone(),
            note: self.note.clone(),
            picks: self.picks.clone(),
            kind,
            stickiness: self.stick,
            scope: self.scope,
            expires_ms: self.expires.map(|days| now_ms + Duration::days(days).num_milliseconds()),
            ..Answer::default()
        }
    }
}

/// Who acts on the command line: `cli:<user>` as lead.
pub(super) fn own() -> Actor {
    let user = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default();
    let user = if user.is_empty() { "unknown" } else { &user };
    Actor::new(format!("cli:{user}"), vec![Role::Lead])
}

/// Runs the command.
///
/// # Errors
/// When there is no such case or decision, it changed or somebody else has it, or the store fails.
pub async fn run(ctx: &Ctx, args: &CaseArgs) -> Result<Code> {
    let actor = args.actor.clone().unwrap_or_else(own);
    match &args.command {
        CaseCommand::Next(args) => next(ctx, &actor, args).await,
        CaseCommand::Show(args) => show::show(ctx, &actor, args.case, None).await,
        CaseCommand::Decide(args) => decide(ctx, &actor, args).await,
        CaseCommand::Undo(args) => undo(ctx, &actor, args).await,
        CaseCommand::Approve(args) => {
            let outcome = review::approve(&ctx.world, &actor, args.decision).await.map_err(refused)?;
            told(ctx, &outcome)
        }
        CaseCommand::Refuse(args) => {
            let note = args.note.as_deref();
            let outcome = review::refuse(&ctx.world, &actor, args.decision, note).await.map_err(refused)?;
            told(ctx, &outcome)
        }
        CaseCommand::Extend(args) => {
            let until = review::extend(&ctx.world, &actor, None, args.case).await.map_err(refused)?;
            ctx.say(&format!("{} is yours until {}", case_name(args.case), time(until)));
            if ctx.json {
                ctx.print_json(&json!({ "case": case_name(args.case), "expires": time(until) }))?;
            }
            Ok(Code::Ok)
        }
        CaseCommand::Release(args) => {
            let had = review::release(&ctx.world, &actor, None, args.case).await.map_err(refused)?;
            ctx.say(if had { "given back" } else { "it was not yours" });
            if ctx.json {
                ctx.print_json(&json!({ "case": case_name(args.case), "released": had }))?;
            }
            Ok(Code::Ok)
        }
        CaseCommand::List(args) => list(ctx, args).await,
        CaseCommand::Log(args) => log(ctx, args).await,
        CaseCommand::Stats(args) => show::stats(ctx, &actor, args.days).await,
        CaseCommand::Bulk(command) => bulk::run(ctx, &actor, command).await,
        CaseCommand::Audit(args) => {
            let asked = review::audit(&ctx.world, &actor, usize::from(args.count)).await.map_err(refused)?;
            ctx.say(&format!("{asked} automatic merges are asked about; `jobhub case next` hands them out"));
            if ctx.json {
                ctx.print_json(&json!({ "asked": asked }))?;
            }
            Ok(Code::Ok)
        }
    }
}

/// A refusal of the review engine in the words of the command line.
fn refused(error: ReviewError) -> anyhow::Error {
    let (code, remedy) = match &error {
        ReviewError::Store(_) => return anyhow!(error),
        ReviewError::NoCase(_) => (Code::Bug, "`jobhub case list` shows the cases"),
        ReviewError::NoDecision(_) => (Code::Bug, "`jobhub case log` shows the decisions"),
        ReviewError::Leased { .. } => (Code::Conflict, "`jobhub case next` hands out another one"),
        ReviewError::Conflict(_) => (Code::Conflict, "look at it again with `jobhub case show` and decide anew"),
        ReviewError::NotAllowed(_) => {
            (Code::Bug, "somebody with the role has to do it; `--as NAME:ROLE` says who acts")
        }
        ReviewError::Invalid(_) => (Code::Bug, "`jobhub case decide --help` says what fits"),
    };
    Refusal::new(error.to_string(), "the review", remedy).ending(code).into()
}

async fn next(ctx: &Ctx, actor: &Actor, args: &NextArgs) -> Result<Code> {
    let filter = Filter { family: args.family, source: args.source.clone(), skip: args.skip.clone(), session: None };
    match review::next(&ctx.world, actor, &filter).await.map_err(refused)? {
        Some(leased) => show::show(ctx, actor, leased.case, Some(&leased)).await,
        None => {
            ctx.say("no case waits for you");
            if ctx.json {
                ctx.print_json(&Value::Null)?;
            }
            Ok(Code::Ok)
        }
    }
}

async fn decide(ctx: &Ctx, actor: &Actor, args: &DecideArgs) -> Result<Code> {
    let now_ms = ctx.world.clock.now().timestamp_millis();
    let mut answer = args.answer.answer(args.verb, now_ms);
    answer.until_ms = args.until.map(|day| seoul_instant(day, 9).timestamp_millis());
    answer.to.clone_from(&args.to);
    answer.token.clone_from(&args.token);
    let lease = ctx.world.store.case_lease(args.case).await?.filter(|lease| lease.holder == actor.name);
    answer.screen_ms = args.screen_ms.or_else(|| lease.map(|l| now_ms - l.granted_ms)).unwrap_or_default();
    let outcome = review::decide(&ctx.world, actor, args.case, answer).await.map_err(refused)?;
    told(ctx, &outcome)
}

async fn undo(ctx: &Ctx, actor: &Actor, args: &UndoArgs) -> Result<Code> {
    let resting = review::dependants(&ctx.world, args.decision).await.map_err(refused)?;
    if !resting.is_empty() && !args.yes {
        if ctx.json {
            ctx.print_json(&json!({ "dependants": resting }))?;
        } else {
            let rows = resting.iter().map(|d| {
                vec![d.decision.to_string(), d.case.clone(), d.verb.clone(), d.actor.clone(), minute(d.at_ms)]
            });
            ctx.out.line(&table(&["decision", "case", "verb", "by", "at"], rows))?;
        }
        let what = format!("{} later decisions rest on decision {}; they would stay", resting.len(), args.decision);
        let remedy = "`--yes` undoes this one all the same; undo the others first if they were made on its ground";
        return Err(Refusal::new(what, "the review", remedy).ending(Code::Conflict).into());
    }
    let outcome = review::undo(&ctx.world, actor, args.decision).await.map_err(refused)?;
    told(ctx, &outcome)
}

fn told(ctx: &Ctx, outcome: &review::Outcome) -> Result<Code> {
    if ctx.json {
        ctx.print_json(&OutcomeView::from(outcome))?;
        return Ok(Code::Ok);
    }
    let case = case_name(outcome.case);
    let what = match outcome.state.as_str() {
        "proposed" => format!(
            "decision {} is proposed; a second person lets it stand: `jobhub case approve {}`",
            outcome.decision, outcome.decision
        ),
        "undone" => format!("undone: {:?}; {case} is {}", outcome.undone, outcome.case_state),
        "noted" => format!("noted; {case} is {}", outcome.case_state),
        state => format!(
            "decision {} is {state}; {case} is {}; `jobhub case undo {}` takes it back",
            outcome.decision, outcome.case_state, outcome.decision
        ),
    };
    ctx.say(&what);
    if !outcome.vacancies.is_empty() {
        let ids: Vec<String> =
            outcome.vacancies.iter().take(10).map(|id| crate::view::VacancyId(*id).to_string()).collect();
        ctx.say(&format!("vacancies brought up to date: {}", ids.join(", ")));
    }
    Ok(Code::Ok)
}

/// An outcome, for a program.
#[derive(Serialize)]
struct OutcomeView {
    decision: i64,
    case: String,
    state: String,
    case_state: String,
    vacancies: Vec<crate::view::VacancyId>,
    undone: Vec<i64>,
}

impl From<&review::Outcome> for OutcomeView {
    fn from(o: &review::Outcome) -> OutcomeView {
        OutcomeView {
            decision: o.decision,
            case: case_name(o.case),
            state: o.state.clone(),
            case_state: o.case_state.clone(),
            vacancies: o.vacancies.iter().copied().map(crate::view::VacancyId).collect(),
            undone: o.undone.clone(),
        }
    }
}

/// A case of a list, for a program.
#[derive(Serialize)]
struct CaseLine {
    id: String,
    family: String,
    state: String,
    opened: String,
    due: String,
    value: f64,
    risk: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    urgency: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<review::lease::Slot>,
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<i64>,
    postings: Vec<PostingId>,
    about: Value,
    #[serde(skip)]
    opened_ms: i64,
}

impl CaseLine {
    fn of(ctx: &Ctx, case: store::case::Case) -> CaseLine {
        CaseLine {
            id: case_name(case.id),
            opened: time(case.opened_ms),
            due: time(case.due_ms),
            source: case.source.map(|number| source_name(&ctx.world, number).to_owned()),
            run: case.run,
            postings: case.a.into_iter().chain(case.b).map(PostingId).collect(),
            about: serde_json::from_str(&case.body).unwrap_or_default(),
            opened_ms: case.opened_ms,
            family: case.family,
            state: case.state,
            value: case.value,
            risk: case.risk,
            urgency: None,
            score: None,
            slot: None,
            holder: None,
        }
    }
}

async fn list(ctx: &Ctx, args: &ListArgs) -> Result<Code> {
    let counts = ctx.world.store.open_cases().await?;
    let mut lines = Vec::new();
    if let Some(state) = &args.state {
        let filter = store::case::CaseFilter {
            family: args.family.map(|f| f.name().to_owned()),
            source: args.source.as_deref().map(crate::pipeline::source_number),
            state: Some(state.clone()),
            after: None,
            limit: args.limit,
        };
        let cases = ctx.world.store.list_cases(&filter).await?;
        lines.extend(cases.into_iter().map(|case| CaseLine::of(ctx, case)));
    } else {
        let filter = Filter { family: args.family, source: args.source.clone(), ..Filter::default() };
        let most = usize::try_from(args.limit).unwrap_or(50);
        for queued in review::queue(&ctx.world, &filter, most).await.map_err(refused)? {
            let (urgency, score) = (Some(queued.urgency), Some(queued.score));
            let (slot, holder) = (Some(queued.slot), queued.holder);
            lines.push(CaseLine { urgency, score, slot, holder, ..CaseLine::of(ctx, queued.case) });
        }
    }
    if ctx.json {
        ctx.print_json(&lines)?;
        return Ok(Code::Ok);
    }
    if lines.is_empty() {
        ctx.say("no case waits for a steward");
        return Ok(Code::Ok);
    }
    let rows = lines.iter().map(|line| {
        let score = line.score.map(|s| format!("{s:.2}")).unwrap_or_default();
        vec![line.id.clone(), line.family.clone(), minute(line.opened_ms), score, slot_word(line), about(line)]
    });
    ctx.out.line(&table(&["case", "family", "opened", "score", "turn", "about"], rows))?;
    let totals: Vec<String> = counts.iter().map(|(family, n)| format!("{} {family}", count(*n))).collect();
    ctx.say(&format!("\nopen: {}", totals.join(", ")));
    Ok(Code::Ok)
}

fn slot_word(line: &CaseLine) -> String {
    match (&line.slot, &line.holder) {
        (_, Some(holder)) => format!("{holder} has it"),
        (Some(slot), None) => json!(slot).as_str().unwrap_or_default().to_owned(),
        (None, None) => line.state.clone(),
    }
}

/// A case in a line.
fn about(line: &CaseLine) -> String {
    match (line.family.as_str(), &line.postings[..]) {
        ("duplicate", [a, b]) => {
            let bits =
                line.about["millibits"].as_f64().map(|m| format!("{:+.1} bits; ", m / 1000.0)).unwrap_or_default();
            format!("{bits}`jobhub vacancy why {a} {b}`")
        }
        _ => {
            let why = line.about["why"].as_str().unwrap_or_default();
            let source = line.source.as_deref().unwrap_or_default();
            let run = line.run.filter(|_| line.family == "tripwire");
            let run = run.map(|run| format!("; `jobhub run show {run}`")).unwrap_or_default();
            format!("{source}: {}{run}", cut(why, 120))
        }
    }
}

async fn log(ctx: &Ctx, args: &LogArgs) -> Result<Code> {
    let filter = store::decision::DecisionFilter {
        actor: args.by.clone(),
        family: args.family.map(|f| f.name().to_owned()),
        state: args.state.clone(),
        limit: args.limit,
        ..store::decision::DecisionFilter::default()
    };
    let decisions: Vec<review::case_view::DecisionView> =
        ctx.world.store.decisions(&filter).await?.into_iter().map(Into::into).collect();
    if ctx.json {
        ctx.print_json(&decisions)?;
        return Ok(Code::Ok);
    }
    let rows = decisions.iter().map(show::decision_row);
    ctx.out.line(&table(&show::DECISION_HEADER, rows))?;
    Ok(Code::Ok)
}
