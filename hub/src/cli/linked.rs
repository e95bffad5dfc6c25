//! `linked`: batches of the linked systems in, what became of them, and the proof that a labour-market test was published.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde::Serialize;
use store::batch::Batch;
use store::labour_window::LabourWindow;

use super::context::{Code, Ctx, count, cut, facts, minute, table};
use super::refusal::Refusal;
use crate::linked::batch::{BYTES_MAX, System};
use crate::linked::import::{self, Outcome};
use crate::linked::proof::{self, Proof};
use crate::view::{PostingId, VacancyId, time};

/// Rows of a batch that `show` prints.
const ROWS_SHOWN: i64 = 20;
/// Windows that are looked through at most.
const WINDOWS_MAX: i64 = 10_000;

/// Batches of the linked systems.
#[derive(Subcommand, Debug)]
pub enum LinkedCommand {
    /// Take a batch file: whole or not at all, once, by its newest revision
    Import(ImportArgs),
    /// List batches, newest first
    List(ListArgs),
    /// Show a batch: what it says, what was wrong, what it led to
    Show(ShowArgs),
    /// List the windows of labour-market tests
    Windows(WindowsArgs),
    /// Prove that the posting of a labour-market test was shown: day by day, with a hash
    Proof(ProofArgs),
}

/// Which file.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub linked import EI-202611-001.csv --system ei\n  jobhub linked import permits.csv --system permits\n\nThe format is in docs/linked.md."
)]
pub struct ImportArgs {
    /// The file.
    pub file: PathBuf,
    /// The system it is of.
    #[arg(long, value_parser = ["ei", "eiday", "eps", "permits"])]
    pub system: String,
}

/// Which batches.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Only of this system.
    #[arg(long, value_parser = ["ei", "eiday", "eps", "permits"])]
    pub system: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    pub limit: i64,
}

/// Which batch.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// Its number in `linked list`, or the system's own id.
    pub batch: String,
}

/// Which windows.
#[derive(Args, Debug)]
pub struct WindowsArgs {
    /// At most so many, newest first.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=WINDOWS_MAX))]
    pub limit: i64,
}

/// Which proof.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub linked proof EPS-2026-00041234\n  jobhub linked proof v00c0ffee00c0ffee --out proof.json"
)]
pub struct ProofArgs {
    /// Number of the application, or id of the vacancy (v…).
    pub subject: String,
    /// Write it there, as JSON.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When there is no such file, batch or window, or the store fails.
pub async fn run(ctx: &Ctx, command: &LinkedCommand) -> Result<Code> {
    match command {
        LinkedCommand::Import(args) => import(ctx, args).await,
        LinkedCommand::List(args) => list(ctx, args).await,
        LinkedCommand::Show(args) => show(ctx, args).await,
        LinkedCommand::Windows(args) => windows(ctx, args).await,
        LinkedCommand::Proof(args) => prove(ctx, args).await,
    }
}

async fn import(ctx: &Ctx, args: &ImportArgs) -> Result<Code> {
    let place = args.file.display().to_string();
    let meta = std::fs::metadata(&args.file).with_context(|| format!("cannot read {place}"))?;
    if meta.len() > BYTES_MAX as u64 {
        let what = format!("{} bytes; a batch file has at most {BYTES_MAX}", meta.len());
        return Err(Refusal::new(what, place, "send it in parts, each a batch with an id of its own").into());
    }
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {place}"))?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(Refusal::new("the file is not UTF-8".to_owned(), place, "write it in UTF-8")
            .ending(Code::Invalid)
            .into());
    };
    let system = System::named(&args.system).context("unknown system")?;
    let name = args.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let outcomes = import::take(&ctx.world, &text, &[system], &format!("file {name}")).await?;
    crate::linked::coherence::catch_up(&ctx.world).await?;
    let rejected = outcomes.iter().any(|o| o.state == "rejected");
    let code = if rejected { Code::Invalid } else { Code::Ok };
    if ctx.json {
        ctx.print_json(&outcomes)?;
        return Ok(code);
    }
    if outcomes.is_empty() {
        ctx.say("the file holds no batch");
        return Ok(code);
    }
    let rows = outcomes.iter().map(|o| {
        vec![
            o.system.to_owned(),
            o.id.clone(),
            o.revision.to_string(),
            o.state.to_owned(),
            count(o.rows),
            count(o.people),
            o.number.map(|n| n.to_string()).unwrap_or_default(),
        ]
    });
    ctx.out.line(&table(&["system", "batch", "revision", "became", "rows", "people", "number"], rows))?;
    print_problems(ctx, &outcomes)?;
    Ok(code)
}

fn print_problems(ctx: &Ctx, outcomes: &[Outcome]) -> Result<()> {
    for outcome in outcomes.iter().filter(|o| o.wrong > 0) {
        let rows = outcome.problems.iter().map(|p| vec![p.line.to_string(), p.what.clone()]);
        ctx.out.line(&format!("\n{}", table(&["line", "what is wrong"], rows)))?;
        let more = outcome.wrong.saturating_sub(outcome.problems.len());
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        ctx.say(&format!("{}: rejected whole{rest}; nothing of it was kept but this report", outcome.id));
    }
    Ok(())
}

async fn list(ctx: &Ctx, args: &ListArgs) -> Result<Code> {
    let batches = ctx.world.store.batches(args.system.as_deref(), args.limit).await?;
    if ctx.json {
        ctx.print_json(&batches.iter().map(BatchView::of).collect::<Vec<_>>())?;
        return Ok(Code::Ok);
    }
    if batches.is_empty() {
        ctx.say("no batch has come yet; `jobhub linked import` takes one, `jobhub sync ei_acquisitions eps_permits` fetches them");
        return Ok(Code::Ok);
    }
    let rows = batches.iter().map(|b| {
        vec![
            b.number.to_string(),
            b.system.clone(),
            b.id.clone(),
            b.revision.to_string(),
            b.state.clone(),
            b.issued.clone(),
            format!("{}..{}", b.period_from, b.period_until),
            count(b.rows_taken),
            count(b.people),
            minute(b.received_ms),
        ]
    });
    let header = ["number", "system", "batch", "revision", "state", "issued", "about", "rows", "people", "came"];
    ctx.out.line(&table(&header, rows))?;
    Ok(Code::Ok)
}

/// A batch, for a program.
#[derive(Serialize)]
struct BatchView<'a> {
    number: i64,
    system: &'a str,
    id: &'a str,
    revision: i64,
    state: &'a str,
    hash: &'a str,
    issued: &'a str,
    from: &'a str,
    until: &'a str,
    received: String,
    rows: i64,
    people: i64,
    origin: &'a str,
    report: serde_json::Value,
}

impl BatchView<'_> {
    fn of(b: &Batch) -> BatchView<'_> {
        BatchView {
            number: b.number,
            system: &b.system,
            id: &b.id,
            revision: b.revision,
            state: &b.state,
            hash: &b.hash,
            issued: &b.issued,
            from: &b.period_from,
            until: &b.period_until,
            received: time(b.received_ms),
            rows: b.rows_taken,
            people: b.people,
            origin: &b.origin,
            report: serde_json::from_str(&b.report).unwrap_or_default(),
        }
    }
}

async fn show(ctx: &Ctx, args: &ShowArgs) -> Result<Code> {
    let batch = match args.batch.parse::<i64>() {
        Ok(number) => ctx.world.store.batch(number).await?,
        Err(_) => ctx.world.store.batches_called(&args.batch).await?.into_iter().next(),
    };
    let Some(batch) = batch else {
        let what = format!("there is no batch `{}`", args.batch);
        return Err(Refusal::new(what, "the store", "`jobhub linked list` shows the batches that came").into());
    };
    let led_to = ctx.world.store.hires_by_batch(batch.number).await?;
    if ctx.json {
        let hires: Vec<serde_json::Value> = led_to
            .iter()
            .map(|(record, standing, rows, people)| {
                serde_json::json!({ "record": record, "standing": standing, "rows": rows, "people": people })
            })
            .collect();
        ctx.print_json(&serde_json::json!({ "batch": BatchView::of(&batch), "hires": hires }))?;
        return Ok(Code::Ok);
    }
    let report: serde_json::Value = serde_json::from_str(&batch.report).unwrap_or_default();
    ctx.out.line(&facts(&[
        ("batch", format!("{} revision {} ({})", batch.id, batch.revision, batch.system)),
        ("state", batch.state.clone()),
        ("issued", batch.issued.clone()),
        ("about", format!("{}..{}", batch.period_from, batch.period_until)),
        ("came", format!("{} from {}", minute(batch.received_ms), batch.origin)),
        ("rows", count(batch.rows_taken)),
        ("people", count(batch.people)),
        ("hash", batch.hash.clone()),
    ]))?;
    let records = report["records"].as_object().into_iter().flatten();
    let rows: Vec<Vec<String>> = records
        .map(|(record, sums)| {
            let sum = |at: usize| count(sums[at].as_i64().unwrap_or(0));
            vec![record.clone(), sum(0), sum(1)]
        })
        .collect();
    if !rows.is_empty() {
        ctx.out.line(&format!("\n{}", table(&["record", "rows", "people"], rows)))?;
    }
    let problems = report["problems"].as_array().into_iter().flatten();
    let rows: Vec<Vec<String>> =
        problems.map(|p| vec![p["line"].to_string(), p["what"].as_str().unwrap_or_default().to_owned()]).collect();
    if !rows.is_empty() {
        ctx.out.line(&format!("\n{}", table(&["line", "what is wrong"], rows)))?;
    }
    if !led_to.is_empty() {
        let rows = led_to.iter().map(|(record, standing, rows, people)| {
            vec![record.clone(), standing.clone(), count(*rows), count(*people)]
        });
        ctx.out.line(&format!("\n{}", table(&["led to", "standing", "rows", "people"], rows)))?;
    }
    print_rows(ctx, &batch).await?;
    Ok(Code::Ok)
}

async fn print_rows(ctx: &Ctx, batch: &Batch) -> Result<()> {
    match System::named(&batch.system) {
        Some(System::Ei | System::EiDay) => {
            let rows = ctx.world.store.acquisitions_in(batch.number, ROWS_SHOWN).await?;
            let lines = rows.iter().map(|a| {
                vec![
                    a.record.clone(),
                    a.business_number.clone(),
                    cut(a.name.as_deref().unwrap_or_default(), 24),
                    a.occupation.clone(),
                    a.week_from.clone(),
                    a.people.to_string(),
                ]
            });
            if !rows.is_empty() {
                let header = ["record", "business", "workplace", "occupation", "week of", "people"];
                ctx.out.line(&format!("\n{}", table(&header, lines)))?;
            }
        }
        _ => {
            let rows = ctx.world.store.permits_in(batch.number, ROWS_SHOWN).await?;
            let lines = rows.iter().map(|p| {
                vec![
                    p.stage.clone(),
                    p.permit_no.clone(),
                    p.business_number.clone(),
                    p.occupation.clone(),
                    p.slots.to_string(),
                    p.day_from.clone(),
                    p.day_until.clone().unwrap_or_default(),
                    p.posting_no.clone().unwrap_or_default(),
                ]
            });
            if !rows.is_empty() {
                let header = ["stage", "application", "business", "occupation", "slots", "from", "until", "posting"];
                ctx.out.line(&format!("\n{}", table(&header, lines)))?;
            }
        }
    }
    Ok(())
}

async fn windows(ctx: &Ctx, args: &WindowsArgs) -> Result<Code> {
    let windows = ctx.world.store.labour_windows(args.limit).await?;
    if ctx.json {
        ctx.print_json(&windows)?;
        return Ok(Code::Ok);
    }
    if windows.is_empty() {
        ctx.say("no labour-market test is registered");
        return Ok(Code::Ok);
    }
    let rows = windows.iter().map(|w| {
        vec![
            w.permit_no.clone(),
            format!("{}..{}", w.day_from, w.day_until),
            w.business_number.clone(),
            w.occupation.clone(),
            w.slots.to_string(),
            w.posting.map(|id| PostingId(id).to_string()).unwrap_or_default(),
            w.matched_by.clone().unwrap_or_else(|| "not yet".to_owned()),
        ]
    });
    let header = ["application", "window", "business", "occupation", "slots", "posting", "found by"];
    ctx.out.line(&table(&header, rows))?;
    Ok(Code::Ok)
}

async fn prove(ctx: &Ctx, args: &ProofArgs) -> Result<Code> {
    let mut proofs = Vec::new();
    for window in windows_named(ctx, &args.subject).await? {
        proofs.extend(proof::of_window(&ctx.world, &window).await?);
    }
    if proofs.is_empty() {
        let what = format!("no labour-market test of `{}` has a posting", args.subject);
        return Err(
            Refusal::new(what, "the store", "`jobhub linked windows` shows the tests and their postings").into()
        );
    }
    if let Some(path) = &args.out {
        let text = serde_json::to_string_pretty(&proofs)? + "\n";
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        ctx.say(&format!("written to {}", path.display()));
        return Ok(Code::Ok);
    }
    if ctx.json {
        ctx.print_json(&proofs)?;
        return Ok(Code::Ok);
    }
    for proof in &proofs {
        print_proof(ctx, proof)?;
    }
    Ok(Code::Ok)
}

/// The windows of a permit, or of the postings of a vacancy.
async fn windows_named(ctx: &Ctx, subject: &str) -> Result<Vec<LabourWindow>> {
    let Ok(vacancy) = subject.parse::<VacancyId>() else {
        return Ok(ctx.world.store.labour_window(subject).await?.into_iter().collect());
    };
    let id = ctx.world.store.survivor(vacancy.0).await?.unwrap_or(vacancy.0);
    Ok(ctx.world.store.windows_of_vacancy(id).await?)
}

fn print_proof(ctx: &Ctx, proof: &Proof) -> Result<()> {
    ctx.out.line(&facts(&[
        ("application", proof.permit_no.clone()),
        ("business", proof.business_number.clone()),
        ("posting", format!("{} in {}", proof.posting, proof.vacancy)),
        ("window", format!("{}..{}", proof.from, proof.until)),
        ("shown", format!("{} of {} days that have come", proof.days_shown, proof.days_due)),
        ("sha256", proof.sha256.clone()),
    ]))?;
    let rows = proof.days.iter().map(|d| vec![d.day.clone(), d.state.to_owned()]);
    ctx.out.line(&format!("\n{}", table(&["day", "state"], rows)))?;
    let rows = proof
        .events
        .iter()
        .map(|e| vec![e.seq.to_string(), e.at.clone(), e.kind.clone(), e.reason.clone().unwrap_or_default()]);
    ctx.out.line(&format!("\n{}\n", table(&["event", "at", "kind", "reason"], rows)))?;
    Ok(())
}
