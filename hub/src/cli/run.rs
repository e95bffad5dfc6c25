//! `run list` and `run show`: what each sync did, what it proved, and what went wrong, grouped.

use std::collections::BTreeMap;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Serialize;
use store::run::Run;

use super::context::{Code, Ctx, count, cut, facts, minute, plain_lines, table};
use super::refusal::Refusal;
use crate::pipeline::{Counts, imbalance, source_number};
use crate::verdicts::shown::Shown;
use crate::view::{source_name, time, view_run};

/// Reasons shown to a person.
const REASONS_SHOWN: usize = 8;
/// Slices shown to a person.
const SLICES_SHOWN: usize = 30;
/// Characters of a rejected row shown in a table.
const RAW_CHARS: usize = 200;

/// Look at runs.
#[derive(Subcommand, Debug)]
pub enum RunCommand {
    /// List runs, newest first
    List(ListArgs),
    /// Show one run: counts, ledger, slices, certificate, errors, rejects
    Show(ShowArgs),
}

/// Which runs.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Only of this source.
    #[arg(long)]
    pub source: Option<String>,
    /// Only in this state.
    #[arg(long, value_parser = ["running", "waiting", "complete", "partial", "guarded", "failed"])]
    pub state: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    pub limit: i64,
}

/// Which run.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// Its id.
    pub run: i64,
    /// Rejected rows shown with their text.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(i64).range(0..=10_000))]
    pub rejects: i64,
}

/// A run with everything about it.
#[derive(Serialize)]
struct RunPage {
    #[serde(flatten)]
    run: crate::view::RunView,
    pages: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    ledger: BTreeMap<String, BTreeMap<String, i64>>,
    /// Of what it judged, the share that may be shown, and the rules that spoke against the rest.
    verdicts: Shown,
    /// Why the ledger does not balance; absent when it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    imbalance: Option<String>,
    certificate: serde_json::Value,
    slices: Vec<SliceLine>,
    /// What was wrong, and how often.
    troubles: Vec<TroubleLine>,
    rejects: Vec<store::page::Reject>,
}

#[derive(Serialize)]
struct SliceLine {
    name: String,
    state: String,
    pages: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed: Option<i64>,
    received: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    incomplete: Option<String>,
}

#[derive(Serialize)]
struct TroubleLine {
    /// page, slice or row.
    of: &'static str,
    what: String,
    count: i64,
    /// A page, slice or field where it happened.
    example: String,
}

/// Runs the command.
///
/// # Errors
/// When there is no such run, or the store fails.
pub async fn run(ctx: &Ctx, command: &RunCommand) -> Result<Code> {
    match command {
        RunCommand::List(args) => list(ctx, args).await,
        RunCommand::Show(args) => show(ctx, args).await,
    }
}

async fn list(ctx: &Ctx, args: &ListArgs) -> Result<Code> {
    let store = &ctx.world.store;
    let number = args.source.as_deref().map(source_number);
    if let (Some(number), Some(name)) = (number, &args.source)
        && store.source(number).await?.is_none()
    {
        return Err(Refusal::new(
            format!("no source is called `{name}`"),
            "option --source",
            "`jobhub source list` shows them",
        )
        .into());
    }
    let mut runs = Vec::new();
    let mut before = i64::MAX;
    while (runs.len() as i64) < args.limit {
        let batch = store.runs_before(number, before, args.limit.max(100)).await?;
        let Some(last) = batch.last() else { break };
        before = last.id;
        runs.extend(batch.into_iter().filter(|run| args.state.as_ref().is_none_or(|state| *state == run.state)));
    }
    runs.truncate(usize::try_from(args.limit).unwrap_or(usize::MAX));
    if ctx.json {
        let views: Vec<serde_json::Value> = runs.iter().map(|run| with_error(ctx, run)).collect();
        ctx.print_json(&views)?;
        return Ok(Code::Ok);
    }
    let rows = runs.iter().map(|run| row(ctx, run));
    let header = [
        "run", "source", "kind", "state", "began", "took", "pages", "rows", "new", "changed", "closed", "failed", "why",
    ];
    ctx.out.line(&table(&header, rows))?;
    if runs.is_empty() {
        ctx.say("no runs yet: `jobhub sync --all` or `jobhub demo` makes some");
    }
    Ok(Code::Ok)
}

/// A run as the API shows it, with its error text.
fn with_error(ctx: &Ctx, run: &Run) -> serde_json::Value {
    let mut value = serde_json::to_value(view_run(source_name(&ctx.world, run.source), run)).unwrap_or_default();
    value["pages"] = run.pages.into();
    value["error"] = run.error.clone().into();
    value
}

fn row(ctx: &Ctx, run: &Run) -> Vec<String> {
    let counts: Counts = serde_json::from_str(&run.counts).unwrap_or_default();
    let number = |n: u64| count(i64::try_from(n).unwrap_or(i64::MAX));
    vec![
        run.id.to_string(),
        source_name(&ctx.world, run.source).to_owned(),
        run.kind.clone(),
        run.state.clone(),
        minute(run.as_of_ms),
        run.ended_ms.map(|ended| format!("{:.1} s", (ended - run.as_of_ms) as f64 / 1000.0)).unwrap_or_default(),
        count(run.pages),
        number(counts.rows),
        number(counts.new),
        number(counts.changed),
        number(counts.closed),
        number(counts.failed),
        cut(run.error.as_deref().unwrap_or_default(), 80),
    ]
}

async fn show(ctx: &Ctx, args: &ShowArgs) -> Result<Code> {
    let Some(run) = ctx.world.store.run(args.run).await? else {
        let remedy = "`jobhub run list` shows the newest";
        return Err(Refusal::new(format!("there is no run {}", args.run), "argument RUN", remedy).into());
    };
    let page = gather(ctx, &run, args.rejects).await?;
    if ctx.json {
        ctx.print_json(&page)?;
    } else {
        print(ctx, &run, &page)?;
    }
    Ok(if page.imbalance.is_some() { Code::Invalid } else { Code::Ok })
}

/// Rejected rows with what looks like a phone, an address or a personal number masked.
fn masked(mut rejects: Vec<store::page::Reject>) -> Vec<store::page::Reject> {
    for reject in &mut rejects {
        reject.raw = normalizer::contact::masked(&reject.raw).into_owned();
    }
    rejects
}

async fn gather(ctx: &Ctx, run: &Run, rejects: i64) -> Result<RunPage> {
    let counts: Counts = serde_json::from_str(&run.counts).unwrap_or_default();
    let store = &ctx.world.store;
    let entries = store.ledger(run.id).await?;
    let mut ledger: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for entry in &entries {
        *ledger.entry(entry.stage.clone()).or_default().entry(entry.code.clone()).or_default() += entry.count;
    }
    let slices = store.slices(run.id).await?;
    let mut troubles = Vec::new();
    for (what, count, page) in store.page_troubles(run.id).await? {
        troubles.push(TroubleLine { of: "page", what, count, example: page.to_string() });
    }
    let mut broken: BTreeMap<String, (i64, String)> = BTreeMap::new();
    for slice in &slices {
        if let Some(why) = &slice.incomplete {
            broken.entry(why.clone()).or_insert_with(|| (0, slice.name.clone())).0 += 1;
        }
    }
    troubles.extend(broken.into_iter().map(|(what, (count, example))| TroubleLine {
        of: "slice",
        what,
        count,
        example,
    }));
    for (field, what, count) in store.reject_groups(run.id).await? {
        troubles.push(TroubleLine { of: "row", what, count, example: field.unwrap_or_default() });
    }
    let lines = slices.into_iter().map(|s| SliceLine {
        name: s.name,
        state: s.state,
        pages: s.pages,
        claimed: s.claimed,
        received: s.received,
        incomplete: s.incomplete,
    });
    Ok(RunPage {
        run: view_run(source_name(&ctx.world, run.source), run),
        pages: run.pages,
        error: run.error.clone(),
        imbalance: imbalance(&entries),
        verdicts: Shown::of_counts(&counts, store.reasons(run.id).await?),
        ledger,
        certificate: run.certificate.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default(),
        slices: lines.collect(),
        troubles,
        rejects: masked(store.rejects(run.id, rejects).await?),
    })
}

fn print(ctx: &Ctx, run: &Run, page: &RunPage) -> Result<()> {
    ctx.out.line(&facts(&[
        ("run", format!("{} of {}, {}", run.id, page.run.source, run.kind)),
        ("state", run.state.clone()),
        ("why", run.error.clone().unwrap_or_default()),
        ("began", time(run.as_of_ms)),
        ("ended", run.ended_ms.map(time).unwrap_or_default()),
        ("since", run.since_ms.map(time).unwrap_or_default()),
        ("waits until", run.wait_until_ms.map(time).unwrap_or_default()),
        ("certificate", certificate_words(&page.certificate)),
        ("counts", counts_words(&page.run.counts)),
        ("verdicts", super::vet::shown_words(&page.verdicts, REASONS_SHOWN)),
    ]))?;
    let rows = page.ledger.iter().map(|(stage, codes)| {
        let became: Vec<String> =
            codes.iter().filter(|(code, _)| *code != "in").map(|(code, n)| format!("{} {code}", count(*n))).collect();
        vec![stage.clone(), count(codes.get("in").copied().unwrap_or(0)), became.join(" + ")]
    });
    ctx.out.line(&format!("\n{}", table(&["ledger", "in", "became"], rows)))?;
    ctx.out.line(
        &page
            .imbalance
            .as_ref()
            .map_or_else(|| "the ledger balances".to_owned(), |why| format!("THE LEDGER DOES NOT BALANCE: {why}")),
    )?;
    let rows = page.slices.iter().take(SLICES_SHOWN).map(|s| {
        let claimed = s.claimed.map(count).unwrap_or_default();
        vec![
            s.name.clone(),
            s.state.clone(),
            count(s.pages),
            claimed,
            count(s.received),
            s.incomplete.clone().unwrap_or_default(),
        ]
    });
    ctx.out.line(&format!(
        "\n{}",
        table(&["slice", "state", "pages", "claimed", "received", "not complete because"], rows)
    ))?;
    if page.slices.len() > SLICES_SHOWN {
        ctx.say(&format!("… and {} more slices (--json has all)", page.slices.len() - SLICES_SHOWN));
    }
    if !page.troubles.is_empty() {
        let rows =
            page.troubles.iter().map(|t| vec![count(t.count), t.of.to_owned(), t.what.clone(), t.example.clone()]);
        ctx.out.line(&format!("\n{}", table(&["times", "of", "what", "for example"], rows)))?;
    }
    if !page.rejects.is_empty() {
        let rows = page.rejects.iter().map(|r| {
            vec![
                format!("{} row {}", r.page, r.position),
                r.field.clone().unwrap_or_default(),
                r.why.clone(),
                cut(&plain_lines(&r.raw), RAW_CHARS),
            ]
        });
        ctx.out.line(&format!("\n{}", table(&["rejected", "field", "why", "the source wrote"], rows)))?;
    }
    Ok(())
}

/// A certificate in a line.
fn certificate_words(certificate: &serde_json::Value) -> String {
    let Some(complete) = certificate["complete"].as_bool() else { return String::new() };
    let reasons: Vec<&str> =
        certificate["reasons"].as_array().into_iter().flatten().filter_map(|r| r.as_str()).collect();
    match (complete, reasons.is_empty()) {
        (true, _) => "complete: absence from this list means something".to_owned(),
        (false, true) => "not complete".to_owned(),
        (false, false) => format!("not complete: {}", reasons.join("; ")),
    }
}

/// The counts that are not nought.
fn counts_words(counts: &Counts) -> String {
    let serde_json::Value::Object(fields) = serde_json::to_value(counts).unwrap_or_default() else {
        return String::new();
    };
    let words: Vec<String> = fields
        .iter()
        .filter_map(|(name, n)| {
            n.as_i64().filter(|n| *n != 0).map(|n| format!("{} {}", count(n), name.replace('_', " ")))
        })
        .collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_and_counts_read_as_sentences() {
        let not = serde_json::json!({ "complete": false, "reasons": ["slice a: claimed 9, received 8", "2 rejects"] });
        assert_eq!(certificate_words(&not), "not complete: slice a: claimed 9, received 8; 2 rejects");
        assert_eq!(certificate_words(&serde_json::Value::Null), "");
        let counts = Counts { rows: 1200, new: 3, not_modified: 1, ..Counts::default() };
        let mut words: Vec<String> = counts_words(&counts).split(", ").map(str::to_owned).collect();
        words.sort();
        assert_eq!(words, ["1 not modified", "1,200 rows", "3 new"]);
    }
}
