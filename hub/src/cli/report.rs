//! `report`: freshness and lifecycle: what the hub measured of itself, and how right it was where truth is known.

pub mod stages;

use std::io::BufRead as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::context::{Code, Ctx, table};
use crate::lifecycle::calibrate::Reliability;
use crate::lifecycle::freshness::{self, Delay, Freshness};
use crate::lifecycle::measure::{self, Measured, Rate};
use crate::view::source_name;

/// Freshness, lifecycle, stages: what the hub measured of itself.
#[derive(Subcommand, Debug)]
pub enum ReportCommand {
    /// How long closed postings stayed visible, and new ones were not: p50 and p95, by source
    Freshness(FreshnessArgs),
    /// Closings by reason, evidence, reliability of probabilities; with truth also precision and recall
    Lifecycle(LifecycleArgs),
    /// How many postings stand at each verification step, by source
    Stages(stages::StagesArgs),
}

/// Which sources.
#[derive(Args, Debug)]
pub struct FreshnessArgs {
    /// Only this source.
    #[arg(long)]
    pub source: Option<String>,
}

/// Against what.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  jobhub report lifecycle --truth truth.jsonl     (the portal fleet writes one: portals --truth)"
)]
pub struct LifecycleArgs {
    /// What really became of postings: JSON Lines of the portal fleet.
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When the store fails, or the file cannot be read.
pub async fn run(ctx: &Ctx, command: &ReportCommand) -> Result<Code> {
    match command {
        ReportCommand::Freshness(args) => freshness(ctx, args).await,
        ReportCommand::Lifecycle(args) => lifecycle(ctx, args).await,
        ReportCommand::Stages(args) => stages::run(ctx, args).await,
    }
}

/// One line of the report.
#[derive(Serialize)]
struct FreshnessLine {
    source: String,
    #[serde(flatten)]
    fresh: Freshness,
}

async fn freshness(ctx: &Ctx, args: &FreshnessArgs) -> Result<Code> {
    let found = freshness::by_source(&ctx.world.store.tallies().await?);
    let mut lines: Vec<FreshnessLine> = found
        .into_iter()
        .map(|(number, fresh)| {
            let source = if number == 0 { "all".to_owned() } else { source_name(&ctx.world, number).to_owned() };
            FreshnessLine { source, fresh }
        })
        .filter(|line| args.source.as_ref().is_none_or(|only| *only == line.source))
        .collect();
    lines.sort_by(|a, b| (a.source != "all", &a.source).cmp(&(b.source != "all", &b.source)));
    if ctx.json {
        ctx.print_json(&lines)?;
        return Ok(Code::Ok);
    }
    let rows = lines.iter().map(|line| {
        let mut row = vec![line.source.clone()];
        for delay in [line.fresh.close_to_hidden, line.fresh.published_to_visible] {
            row.extend(cells(delay));
        }
        row
    });
    let header = ["source", "closed", "p50 hidden after", "p95", "new", "p50 visible after", "p95"];
    ctx.out.line(&table(&header, rows))?;
    ctx.say("times are upper bounds: what a list shows happened some time since the list before it");
    Ok(Code::Ok)
}

fn cells(delay: Option<Delay>) -> [String; 3] {
    delay.map_or_else(Default::default, |d| [format!("{:.0}", d.count), words(d.p50_seconds), words(d.p95_seconds)])
}

/// A duration in the unit a person reads.
pub(super) fn words(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.1} d", s / 86_400.0),
    }
}

/// Everything of `report lifecycle`.
#[derive(Serialize)]
struct LifecyclePage {
    /// (scope, state, reason, transitions)
    transitions: Vec<(String, String, Option<String>, i64)>,
    /// (kind, what it said, rows, of them withdrawn)
    evidence: Vec<(String, String, i64, i64)>,
    /// Forecasts and what lists said later.
    reliability: Reliability,
    calibration_error: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    truth: Option<Measured>,
}

async fn lifecycle(ctx: &Ctx, args: &LifecycleArgs) -> Result<Code> {
    let world = &ctx.world;
    let truth = match &args.truth {
        None => None,
        Some(path) => {
            let file = std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
            let lines = std::io::BufReader::new(file).lines().map_while(std::io::Result::ok);
            Some(measure::measure(world, &measure::fates(lines)).await?)
        }
    };
    let reliability = world.lifecycle.rules().reliability.clone();
    let page = LifecyclePage {
        transitions: world.store.belief_counts().await?,
        evidence: world.store.evidence_counts().await?,
        calibration_error: reliability.error(),
        reliability,
        truth,
    };
    if ctx.json {
        ctx.print_json(&page)?;
        return Ok(Code::Ok);
    }
    let rows = page.transitions.iter().map(|(scope, state, why, n)| {
        vec![scope.clone(), state.clone(), why.clone().unwrap_or_default(), n.to_string()]
    });
    ctx.out.line(&table(&["transitions of", "to", "because", "count"], rows))?;
    let rows = page
        .evidence
        .iter()
        .map(|(kind, said, n, withdrawn)| vec![kind.clone(), said.clone(), n.to_string(), withdrawn.to_string()]);
    ctx.out.line(&format!("\n{}", table(&["evidence", "said", "rows", "withdrawn"], rows)))?;
    ctx.out.line(&format!("\n{}", reliability_table("forecasts, judged by later lists", &page.reliability)))?;
    if let Some(truth) = &page.truth {
        print_truth(ctx, truth)?;
    }
    Ok(Code::Ok)
}

fn reliability_table(title: &str, table_of: &Reliability) -> String {
    let rows = table_of.bins.iter().filter(|bin| bin.trials > 0.0).map(|bin| {
        vec![
            format!("from {:.3}", f64::from(bin.from) / 1000.0),
            format!("{:.0}", bin.trials),
            format!("{:.4}", bin.forecast / bin.trials),
            format!("{:.4}", bin.hits / bin.trials),
        ]
    });
    format!("{}\ncalibration error {:.4}", table(&[title, "count", "forecast", "came true"], rows), table_of.error())
}

fn print_truth(ctx: &Ctx, truth: &Measured) -> Result<()> {
    let row = |name: String, rate: &Rate| {
        vec![
            name,
            format!("{}/{}", rate.hits, rate.of),
            format!("{:.4}", rate.share),
            format!("{:.4} to {:.4}", rate.low, rate.high),
        ]
    };
    let mut rows: Vec<Vec<String>> =
        truth.precision.iter().map(|(why, rate)| row(format!("closings right: {why}"), rate)).collect();
    rows.push(row("unlisted and closed by that list".to_owned(), &truth.recall_same_poll));
    rows.push(row("… within one list more".to_owned(), &truth.recall_one_poll));
    rows.push(row("ends closed by then though listed on".to_owned(), &truth.recall_of_ends));
    rows.push(row("closed as filled and filled".to_owned(), &truth.fill_precision));
    rows.push(row("filled and known to be".to_owned(), &truth.fill_recall));
    ctx.out.line(&format!("\n{}", table(&["against truth", "hits", "share", "95 %"], rows.into_iter())))?;
    ctx.out.line(&format!("\n{}", reliability_table("postings not closed, judged by truth", &truth.reliability)))?;
    Ok(())
}
