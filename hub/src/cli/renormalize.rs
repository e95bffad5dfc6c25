//! `renormalize`: read the store's pages again under the present rules, and say what changes before it is written.

use anyhow::Result;
use clap::Args;

use super::context::{Code, Ctx, count, cut, note, table};
use super::refusal::Refusal;
use crate::replay::{ReplayOptions, ReplayReport, replay};

/// Postings between two lines of progress.
const PROGRESS_EVERY: u64 = 5_000;
/// Characters of a value in a table.
const VALUE_CHARS: usize = 70;

/// What to replay.
#[derive(Args, Debug)]
#[command(after_help = "Without --apply nothing is written: the report shows, field by field, what would change.\n\n\
Examples:\n  jobhub renormalize\n  jobhub renormalize --source saramin --samples 10\n  jobhub renormalize --apply")]
pub struct RenormalizeArgs {
    /// One source (default: all).
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Write what changed: vacancies, keys and events follow.
    #[arg(long)]
    pub apply: bool,
    /// Examples per field.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub samples: usize,
}

/// Runs the command.
///
/// # Errors
/// When the source is unknown or the store fails.
pub async fn run(ctx: &Ctx, args: &RenormalizeArgs) -> Result<Code> {
    if let Some(name) = &args.source
        && adapters::catalog().get(name).is_none()
    {
        return Err(Refusal::new(
            format!("no source is called `{name}`"),
            "option --source",
            "`jobhub source list` shows them",
        )
        .into());
    }
    let options = ReplayOptions {
        source: args.source.clone(),
        apply: args.apply,
        holder: format!("renormalize-{}", std::process::id()),
        samples: args.samples,
    };
    let mut told = 0;
    let mut progress = |done: u64, total: u64| {
        if done >= told + PROGRESS_EVERY {
            told = done;
            note(&format!("{done} of {total} postings"));
        }
    };
    let report = replay(&ctx.world, &options, &mut progress).await?;
    if ctx.json {
        ctx.print_json(&report)?;
    } else {
        print(ctx, &report)?;
    }
    Ok(if report.not_replayed.busy > 0 && args.apply { Code::Conflict } else { Code::Ok })
}

fn number(n: u64) -> String {
    count(i64::try_from(n).unwrap_or(i64::MAX))
}

fn print(ctx: &Ctx, report: &ReplayReport) -> Result<()> {
    let under: Vec<String> =
        report.read_under.iter().map(|(version, n)| format!("{} under version {version}", number(*n))).collect();
    ctx.out.line(&format!(
        "{} postings, read {}; the rules are version {}",
        number(report.postings),
        if under.is_empty() { "under none".to_owned() } else { under.join(", ") },
        report.rules
    ))?;
    ctx.out.line(&format!(
        "{} say the same, {} say something else, {} could not be replayed",
        number(report.unchanged),
        number(report.changed),
        number(report.not_replayed.total())
    ))?;
    let not = &report.not_replayed;
    for (n, why) in [
        (not.page_gone, "their page is not kept any more"),
        (not.page_unreadable, "their page does not read any more"),
        (not.row_gone, "their page does not have them"),
        (not.detail_gone, "their detail page is not kept, or does not read, any more"),
        (not.source_unknown, "their source is not in the catalog"),
        (not.busy, "their source was being synced"),
    ] {
        if n > 0 {
            ctx.out.line(&format!("  {}: {why}", number(n)))?;
        }
    }
    if !report.changes.fields.is_empty() {
        let rows =
            report.changes.fields.iter().map(|(name, field)| {
                vec![name.clone(), number(field.postings), number(field.gained), number(field.lost)]
            });
        ctx.out.line(&format!("\n{}", table(&["field", "postings", "gained", "lost"], rows)))?;
        let rows = report.changes.fields.iter().flat_map(|(name, field)| {
            field
                .samples
                .iter()
                .map(|s| vec![name.clone(), s.posting.clone(), cut(&s.old, VALUE_CHARS), cut(&s.new, VALUE_CHARS)])
        });
        ctx.out.line(&format!("\n{}", table(&["field", "posting", "is", "would be"], rows)))?;
    }
    if !report.changes.verdicts.is_empty() {
        let rows = report
            .changes
            .verdicts
            .iter()
            .map(|v| vec![v.old.to_owned(), v.new.to_owned(), number(v.postings), v.samples.join(", ")]);
        ctx.out.line(&format!("\n{}", table(&["verdict", "would be", "postings", "e.g."], rows)))?;
    }
    if report.applied {
        ctx.out.line(&format!("{} postings were written", number(report.written)))?;
    } else if report.changed > 0 {
        ctx.out.line("nothing was written; --apply writes it")?;
    }
    Ok(())
}
