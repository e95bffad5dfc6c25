//! `source check`: a saved page, explained field by field. Nothing is fetched and nothing is stored.

use std::path::PathBuf;

use adapters::check::{Explanation, explain};
use adapters::{Adapter as _, Answer, Ask, PageError, Plan, Source};
use anyhow::Result;
use clap::Args;

use super::super::context::{Code, Ctx, count, cut, table};
use super::super::refusal::Refusal;
use super::{named_or_file, read};
use crate::world::seoul_day;

/// Characters of a value shown.
const VALUE_CHARS: usize = 48;

/// Which page of which source.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub source probe saramin --save page.json\n  jobhub source check saramin page.json\n  jobhub source check my-portal/source.toml page.json"
)]
pub struct CheckArgs {
    /// Name of a source, or the path of a manifest of your own (….toml).
    pub source: String,
    /// The saved page: the body as it came.
    pub page: PathBuf,
    /// HTTP status it came with.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(100..600))]
    pub status: u16,
    /// Content-Type header it came with.
    #[arg(long)]
    pub content_type: Option<String>,
    /// Link header it came with.
    #[arg(long)]
    pub link: Option<String>,
}

/// Runs the command.
pub(super) fn run(ctx: &Ctx, args: &CheckArgs) -> Result<Code> {
    let source = named_or_file(&args.source)?;
    let body = read(&args.page)?;
    let ask = first_ask(ctx, &source, &[])?;
    let answer = Answer {
        status: args.status,
        content_type: args.content_type.as_deref(),
        link: args.link.as_deref(),
        body: &body,
    };
    let explanation =
        explain(&source, &ask, &answer).map_err(|error| unreadable(&error, &args.page.display().to_string()))?;
    print(ctx, &explanation)
}

/// What the first page of a source is asked with today.
pub(super) fn first_ask(ctx: &Ctx, source: &Source, lookup: &[String]) -> Result<Ask> {
    let plan = Plan { today: seoul_day(ctx.world.clock.now()), since: None, secrets: &|_| None, lookup };
    let slices = source.slices(&plan);
    let Some(slice) = slices.first() else {
        let remedy = "sync portals first: linked systems are asked about the businesses their postings name";
        return Err(Refusal::new("there is nothing to ask this source about", source.name(), remedy).into());
    };
    Ok(source.first(slice, &plan))
}

/// A page that cannot be taken, as a refusal.
pub(super) fn unreadable(error: &PageError, place: &str) -> Refusal {
    use adapters::PageErrorKind::{Auth, Format, Gone, Quota, Request, Retry};
    let remedy = match error.kind {
        Auth => "the key or the permission is wrong: check the secret and the agreement",
        Quota => "the quota is used up: try again when it resets",
        Retry => "the source is in trouble: try again later",
        Request => "the source refuses the request: check [requester] and [paginator]",
        Format => {
            "the page is not what the manifest describes: check [decoder], [record_selector] and [[error_handler]]"
        }
        Gone => "the page says the posting is gone",
    };
    Refusal::new(error.to_string(), place, remedy).ending(Code::Invalid)
}

/// Prints an explanation; ends as invalid when a row could not be read or nothing was found.
pub(super) fn print(ctx: &Ctx, explanation: &Explanation) -> Result<Code> {
    let code = if explanation.rejects > 0 || explanation.rows == 0 { Code::Invalid } else { Code::Ok };
    if ctx.json {
        ctx.print_json(explanation)?;
        return Ok(code);
    }
    let rows = explanation.fields.iter().map(|field| {
        let value = |text: &Option<String>| cut(text.as_deref().unwrap_or_default(), VALUE_CHARS);
        let share = format!("{} of {}", count(field.with as i64), count((field.with + field.without) as i64));
        vec![field.field.to_owned(), field.path.clone(), value(&field.found), value(&field.given), share]
    });
    ctx.out.line(&table(&["field", "looked for at", "stood there", "read as", "rows"], rows))?;
    let total = explanation.total.map(|n| format!(", the source claims {n}")).unwrap_or_default();
    ctx.say(&format!(
        "\n{} rows{total}, {} could not be read, {} skipped by the manifest",
        explanation.rows, explanation.rejects, explanation.skipped
    ));
    for why in &explanation.why_rejected {
        ctx.say(&format!("  {}", super::super::context::plain(why)));
    }
    match (&explanation.next, &explanation.incomplete) {
        (_, Some(why)) => ctx.say(&format!("the list cannot be called complete: {why}")),
        (Some(next), None) => ctx.say(&format!("next page: {next}")),
        (None, None) => ctx.say("this is the last page"),
    }
    Ok(code)
}
