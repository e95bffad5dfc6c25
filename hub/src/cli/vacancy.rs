//! `vacancy show`, `search`, `why`, `why-not` and `how`: the unified record, how to find one, and why two postings are, or are not, one job.

mod apart;

pub mod then;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use dedup::Profile;

use super::context::{Code, Ctx, cut, facts, plain_lines, table};
use super::refusal::Refusal;
use super::{job_words, posting};
use crate::lifecycle::state;
use crate::linked::placement::Hired;
use crate::linked::training::{self, TrainingCourse};
use crate::view::{Audience, Found, VacancyId, VacancyView, load_vacancy, view_vacancies};

/// Characters of a title and of a company in lists.
const TITLE_CHARS: usize = 44;
const COMPANY_CHARS: usize = 24;

/// Look at vacancies.
#[derive(Subcommand, Debug)]
pub enum VacancyCommand {
    /// Show one vacancy: its record, where each field comes from, its postings
    Show(ShowArgs),
    /// Find vacancies by words, region, occupation, state
    Search(SearchArgs),
    /// Show everything that was believed of one vacancy, when, and on what evidence
    History(HistoryArgs),
    /// Say why two postings are, or are not, one vacancy
    Why(WhyArgs),
    /// Say what keeps two postings apart
    WhyNot(WhyArgs),
    /// Say how a vacancy's postings came together, step by step, and what was kept apart from it
    How(apart::HowArgs),
}

/// Which vacancy.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// Its id (v…); one that was merged leads to the survivor.
    pub vacancy: VacancyId,
    /// Show its state at the end of a day (or at an instant) and why: what was shown then.
    #[arg(long, value_name = "DATE", value_parser = then::moment)]
    pub as_of: Option<i64>,
    /// With --as-of: as known at that time; left out = as known then.
    #[arg(long, value_name = "DATE", value_parser = then::moment, requires = "as_of")]
    pub known: Option<i64>,
}

/// Whose history.
#[derive(Args, Debug)]
pub struct HistoryArgs {
    /// Its id (v…).
    pub vacancy: VacancyId,
    /// As known at that time; left out = now.
    #[arg(long, value_name = "DATE", value_parser = then::moment)]
    pub known: Option<i64>,
}

/// What to search for; all that is given must hold.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub vacancy search 간호 --region 11\n  jobhub --json vacancy search 지게차 | jq '.[].id'"
)]
pub struct SearchArgs {
    /// Words that must all be in title or company.
    pub words: Vec<String>,
    /// Region code: 2 digits (시도) or 5 (시군구).
    #[arg(long, value_parser = region)]
    pub region: Option<String>,
    /// KECO code or its beginning, 1 to 6 digits.
    #[arg(long, value_parser = occupation)]
    pub occupation: Option<String>,
    /// State; left out = all that are not closed.
    #[arg(long, value_parser = ["scheduled", "open", "suspected_filled", "suspected_stale", "closed"])]
    pub state: Option<String>,
    /// Also those that are held or rejected.
    #[arg(long)]
    pub unpublished: bool,
    /// Only those after this id.
    #[arg(long, value_name = "VACANCY")]
    pub after: Option<VacancyId>,
    /// At most so many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=1000))]
    pub limit: i64,
}

/// Which pair.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  jobhub vacancy why saramin/48012345 work24/K120012612010001")]
pub struct WhyArgs {
    /// A posting: its id (p…), or SOURCE/EXTERNAL_ID.
    pub a: String,
    /// The other one.
    pub b: String,
}

/// A region code: other lengths mean nothing.
fn region(text: &str) -> Result<String, String> {
    let good = matches!(text.len(), 2 | 5) && text.bytes().all(|b| b.is_ascii_digit());
    if good {
        Ok(text.to_owned())
    } else {
        Err("a region is a code of 2 digits (시도) or 5 (시군구), e.g. 11 or 11680".to_owned())
    }
}

/// An occupation code or its beginning.
fn occupation(text: &str) -> Result<String, String> {
    let good = (1..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if good { Ok(text.to_owned()) } else { Err("an occupation is a KECO code of 1 to 6 digits, e.g. 304".to_owned()) }
}

/// Runs the command.
///
/// # Errors
/// When there is no such vacancy or posting, or the store fails.
pub async fn run(ctx: &Ctx, command: &VacancyCommand) -> Result<Code> {
    match command {
        VacancyCommand::Show(ShowArgs { vacancy, as_of: Some(at), known }) => {
            let then = then::gather(ctx, *vacancy, *at, known.unwrap_or(*at)).await?;
            then::print(ctx, &then)?;
            Ok(Code::Ok)
        }
        VacancyCommand::Show(args) => show(ctx, args.vacancy).await,
        VacancyCommand::History(args) => {
            let now_ms = ctx.world.clock.now().timestamp_millis();
            then::history(ctx, args.vacancy, args.known.unwrap_or(now_ms)).await?;
            Ok(Code::Ok)
        }
        VacancyCommand::Search(args) => search(ctx, args).await,
        VacancyCommand::Why(args) => why(ctx, args).await,
        VacancyCommand::WhyNot(args) => apart::why_not(ctx, args).await,
        VacancyCommand::How(args) => apart::how(ctx, args).await,
    }
}

async fn show(ctx: &Ctx, asked: VacancyId) -> Result<Code> {
    let mut id = asked;
    let mut found = load_vacancy(&ctx.world, id, Audience::Operator, true).await?;
    if let Found::Moved(survivor) = found {
        ctx.say(&format!("{id} was merged into {survivor}"));
        id = survivor;
        found = load_vacancy(&ctx.world, id, Audience::Operator, true).await?;
    }
    let Found::Here(mut view) = found else {
        let remedy = "`jobhub vacancy search` finds vacancies by words";
        return Err(Refusal::new(format!("there is no vacancy `{asked}`"), "the store", remedy).into());
    };
    if ctx.json {
        view.training = Some(courses_to(ctx, &view).await?);
        ctx.print_json(&view)?;
    } else {
        print(ctx, &view).await?;
    }
    Ok(Code::Ok)
}

async fn print(ctx: &Ctx, view: &VacancyView) -> Result<()> {
    let reason = view.reason.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let merged: Vec<String> = view.merged.iter().map(ToString::to_string).collect();
    let mut pairs = vec![
        ("vacancy", format!("{} version {}", view.id, view.version)),
        ("state", format!("{}{reason} since {}, {}", view.state, view.state_since, view.verdict)),
        ("founded", view.founded.clone()),
        ("changed", view.changed.clone()),
        ("merged", merged.join(", ")),
    ];
    pairs.extend(job_words::facts(&view.job));
    ctx.out.line(&facts(&pairs))?;
    if let Some(hired) = &view.hired {
        ctx.out.line(&format!("\n{}", facts(&hired_facts(hired))))?;
    }
    let because = view.because.iter().flatten();
    let rows = because.map(|b| vec![b.field.clone(), b.source.clone(), b.posting.to_string(), b.rule.clone()]);
    ctx.out.line(&format!("\n{}", table(&["field", "from", "posting", "because"], rows)))?;
    let rows = view.postings.iter().map(|p| {
        let reason = p.reason.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        vec![
            p.id.to_string(),
            format!("{}/{}", p.source, p.external_id),
            format!("{}{reason}", p.state),
            p.verdict.clone(),
            p.first_seen.clone(),
            p.changed.clone(),
        ]
    });
    ctx.out.line(&format!("\n{}", table(&["posting", "of", "state", "verdict", "first seen", "changed"], rows)))?;
    let events = ctx.world.store.events_of(view.id.0).await?;
    if !events.is_empty() {
        let rows = events.iter().map(|e| {
            let other = e.other.map(|id| VacancyId(id).to_string()).unwrap_or_default();
            vec![
                e.seq.to_string(),
                crate::view::time(e.at_ms),
                e.kind.clone(),
                e.reason.clone().unwrap_or_default(),
                other,
            ]
        });
        ctx.out.line(&format!("\n{}", table(&["event", "at", "kind", "reason", "other"], rows)))?;
    }
    print_training(ctx, view).await?;
    if let [a, b, ..] = &view.postings[..] {
        ctx.say(&format!("\nwhy they are one: `jobhub vacancy why {} {}`", a.id, b.id));
    }
    Ok(())
}

/// What linked systems know of who was hired.
fn hired_facts(hired: &Hired) -> Vec<(&'static str, String)> {
    let left = hired.openings_left.map(|n| format!(", {n} left")).unwrap_or_default();
    vec![
        ("hired", format!("{}{left} ({})", hired.people, hired.standing)),
        ("between", format!("{}..{}", hired.from, hired.until)),
        ("sure", format!("{:.0} %", hired.confidence * 100.0)),
        ("reported by", hired.reported_by.join(", ")),
    ]
}

/// Courses that lead to a vacancy.
async fn print_training(ctx: &Ctx, view: &VacancyView) -> Result<()> {
    let courses = courses_to(ctx, view).await?;
    if courses.is_empty() {
        return Ok(());
    }
    let rows = courses.iter().map(|c| {
        let rate = c.employed_after_6_months.map(|r| format!("{r:.1} %")).unwrap_or_default();
        vec![
            cut(&c.title, TITLE_CHARS),
            cut(&c.institution, COMPANY_CHARS),
            c.starts.clone(),
            rate,
            c.because.join("; "),
        ]
    });
    ctx.out.line(&format!("\n{}", table(&["training", "at", "starts", "employed", "because"], rows)))?;
    Ok(())
}

async fn courses_to(ctx: &Ctx, view: &VacancyView) -> Result<Vec<TrainingCourse>> {
    let row = ctx.world.store.vacancy(view.id.0).await?;
    let (occupation, region) = row.map_or((None, None), |v| (v.occupation, v.region));
    Ok(training::courses_for(&ctx.world, occupation.as_deref(), region.as_deref()).await?)
}

async fn search(ctx: &Ctx, args: &SearchArgs) -> Result<Code> {
    let search = store::vacancy::Search {
        words: args.words.iter().flat_map(|w| w.split_whitespace()).map(str::to_owned).collect(),
        region: args.region.clone(),
        occupation: args.occupation.clone(),
        state: args.state.clone(),
        unpublished: args.unpublished,
        after: args.after.map(|id| id.0),
        limit: args.limit,
    };
    let rows = ctx.world.store.search(&search).await?;
    let full = rows.len() as i64 == args.limit;
    let views = view_vacancies(&ctx.world, rows, Audience::Operator, false).await?;
    if ctx.json {
        ctx.print_json(&views)?;
        return Ok(Code::Ok);
    }
    let lines = views.iter().map(|v| {
        vec![
            v.id.to_string(),
            cut(&v.job.title, TITLE_CHARS),
            cut(&v.job.hiring_organization.name, COMPANY_CHARS),
            cut(&job_words::places(&v.job), COMPANY_CHARS),
            v.job.base_salary.as_ref().map(job_words::pay).unwrap_or_default(),
            job_words::closing(&v.job.closing),
            v.postings.len().to_string(),
            if v.verdict == "publish" { v.state.clone() } else { format!("{}, {}", v.state, v.verdict) },
        ]
    });
    ctx.out.line(&table(&["vacancy", "title", "company", "place", "pay", "closes", "postings", "state"], lines))?;
    match views.last() {
        None => ctx.say("nothing found; fewer words, or --unpublished and --state closed, find more"),
        Some(last) if full => ctx.say(&format!("\nmore: the same with --after {}", last.id)),
        Some(_) => {}
    }
    Ok(Code::Ok)
}

async fn why(ctx: &Ctx, args: &WhyArgs) -> Result<Code> {
    let (a, a_in) = profile(ctx, &args.a).await?;
    let (b, b_in) = profile(ctx, &args.b).await?;
    let explanation = dedup::explain(&a, &b, &ctx.world.model);
    let stored = ctx.world.store.relations_of(a.id).await?.into_iter().find(|r| r.a == b.id || r.b == b.id);
    let together = a_in == b_in;
    if ctx.json {
        let relation = stored.map(|r| serde_json::json!({ "kind": r.kind, "millibits": r.millibits }));
        let answer = serde_json::json!({
            "explanation": explanation, "stored": relation, "same_vacancy": together, "vacancies": [VacancyId(a_in), VacancyId(b_in)]
        });
        ctx.print_json(&answer)?;
        return Ok(Code::Ok);
    }
    ctx.out.line(&plain_lines(&explanation.to_string()))?;
    let kept = stored.map_or_else(
        || "no relation is kept between them".to_owned(),
        |r| format!("kept relation: {}, {:+.1} bits", r.kind, r.millibits as f64 / 1000.0),
    );
    let now = if together {
        format!("both are in {}", VacancyId(a_in))
    } else {
        format!("they are in {} and {}", VacancyId(a_in), VacancyId(b_in))
    };
    ctx.say(&format!("{kept}; {now}"));
    Ok(Code::Ok)
}

/// A posting's comparison record, as alive as the store says, and its vacancy.
async fn profile(ctx: &Ctx, text: &str) -> Result<(Profile, i64)> {
    let id = posting::parse(text)?;
    let row = ctx.world.store.posting(id.0).await?.ok_or_else(|| posting::nowhere(text))?;
    let mut profile =
        Profile::from_bytes(&row.profile).with_context(|| format!("the comparison record of {id} is damaged"))?;
    profile.live = row.state != state::CLOSED;
    Ok((profile, row.vacancy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_is_none_is_refused_instead_of_matching_everything() {
        for (text, good) in [("11", true), ("11680", true), ("서울", false), ("", false), ("116", false), ("1%", false)]
        {
            assert_eq!(region(text).is_ok(), good, "{text}");
        }
        for (text, good) in [("8", true), ("873001", true), ("", false), ("8730011", false), ("8_", false)] {
            assert_eq!(occupation(text).is_ok(), good, "{text}");
        }
    }
}
