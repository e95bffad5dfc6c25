//! `vet rejudge`: the store under the law of a day. Dry unless told to apply.

use std::io::IsTerminal;

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::super::context::{Code, Ctx, count, table};
use super::super::refusal::Refusal;
use crate::pipeline::source_number;
use crate::verdicts::rejudge::{Options, Report, rejudge};

/// Sources shown to a person.
const SOURCES_SHOWN: usize = 15;

/// Under which law, and whether for good.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub vet rejudge --law-of 2027-01-01\n  jobhub vet rejudge --law-of 2026-12-01 --source saramin --apply"
)]
pub struct RejudgeArgs {
    /// Day whose law is applied.
    #[arg(long, value_name = "DATE")]
    pub law_of: NaiveDate,
    /// Write the verdicts, findings, vacancies and events that follow; otherwise they are only shown.
    #[arg(long)]
    pub apply: bool,
    /// Only this source's postings.
    #[arg(long)]
    pub source: Option<String>,
}

/// Judges the store again.
pub(super) async fn run(ctx: &Ctx, args: &RejudgeArgs) -> Result<Code> {
    let source = args.source.as_deref().map(source_number);
    if let (Some(number), Some(name)) = (source, &args.source)
        && ctx.world.store.source(number).await?.is_none()
    {
        let what = format!("no source is called `{name}`");
        return Err(Refusal::new(what, "option --source", "`jobhub source list` shows them").into());
    }
    let bar = bar(ctx, source).await?;
    let options = Options { law_of: args.law_of, source, apply: args.apply };
    let report = rejudge(&ctx.world, options, |n| bar.inc(n)).await;
    bar.finish_and_clear();
    let report = report?;
    if ctx.json {
        ctx.print_json(&report)?;
    } else {
        print(ctx, &report)?;
    }
    Ok(Code::Ok)
}

/// A bar on a terminal; hidden elsewhere.
async fn bar(ctx: &Ctx, source: Option<i64>) -> Result<ProgressBar> {
    if ctx.json || !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let rows = ctx.world.store.posting_counts().await?;
    let all: i64 = rows.iter().filter(|r| source.is_none_or(|s| s == r.source)).map(|r| r.count).sum();
    let style = ProgressStyle::with_template("{bar:32} {human_pos} of {human_len} judged, {per_sec}, {eta} left");
    Ok(ProgressBar::new(u64::try_from(all).unwrap_or(0))
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
}

fn print(ctx: &Ctx, report: &Report) -> Result<()> {
    let number = |n: u64| count(i64::try_from(n).unwrap_or(i64::MAX));
    let law_of = report.law_of.map(|day| day.to_string()).unwrap_or_default();
    let resumed = if report.judged_before > 0 {
        format!(" ({} of them before it was cut)", number(report.judged_before))
    } else {
        String::new()
    };
    ctx.out.line(&format!(
        "{} postings judged under the law of {law_of}{resumed}; the findings of {} {}",
        number(report.judged),
        number(report.changed),
        if report.applied { "changed" } else { "would change" }
    ))?;
    let rows = report.transitions.iter().map(|t| {
        let moves = if t.was == t.now { t.now.clone() } else { format!("{} → {}", t.was, t.now) };
        vec![moves, number(t.postings), number(t.open)]
    });
    ctx.out.line(&format!("\n{}", table(&["verdict", "postings", "not closed"], rows)))?;
    if report.rules.is_empty() {
        ctx.say("\nnothing changes");
        return Ok(());
    }
    let rows = report
        .rules
        .iter()
        .map(|r| vec![r.rule.clone(), r.effect.clone(), number(r.gained), number(r.lost), number(r.altered)]);
    ctx.out.line(&format!("\n{}", table(&["rule", "effect", "found anew", "no longer", "otherwise"], rows)))?;
    let changed: Vec<_> = report.sources.iter().filter(|s| s.changed > 0).collect();
    let rows = changed
        .iter()
        .take(SOURCES_SHOWN)
        .map(|s| vec![s.source.clone(), number(s.judged), number(s.changed), number(s.withdrawn), number(s.released)]);
    ctx.out.line(&format!("\n{}", table(&["source", "judged", "changed", "no longer shown", "shown again"], rows)))?;
    if changed.len() > SOURCES_SHOWN {
        ctx.say(&format!("… and {} more sources (--json has all)", changed.len() - SOURCES_SHOWN));
    }
    let rows = report.samples.iter().map(|s| {
        vec![s.posting.to_string(), s.source.clone(), format!("{} → {}", s.was, s.now), s.rule.clone(), s.span.clone()]
    });
    ctx.out.line(&format!("\n{}", table(&["for example", "source", "verdict", "rule", "rests on"], rows)))?;
    if !report.applied {
        ctx.say("\nnothing was written; --apply does it");
    }
    Ok(())
}
