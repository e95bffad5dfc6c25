//! `audit`: the hash-chained log of who did what.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde::Serialize;
use store::audit::{Entry, Filter, Head};

use super::context::{Code, Ctx, count, cut, minute, plain, table};
use super::refusal::Refusal;
use crate::people::audit;
use crate::view::time;

/// Rows read at a time while exporting.
const ROWS_AT_ONCE: i64 = 1000;
/// Characters of a detail in a table.
const DETAIL_CHARS: usize = 60;

/// The hash-chained log of who did what.
#[derive(Subcommand, Debug)]
pub enum AuditCommand {
    /// List entries, newest first
    List(ListArgs),
    /// Check that no row was changed, taken out or moved
    Verify(VerifyArgs),
    /// Write the whole log as CSV, oldest first
    Export(ExportArgs),
}

/// Which entries.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Only of this person.
    #[arg(long)]
    pub actor: Option<String>,
    /// Only actions that begin so, e.g. `case.` or `contact.read`.
    #[arg(long)]
    pub action: Option<String>,
    /// Only subjects that begin so, e.g. `case:17`.
    #[arg(long)]
    pub subject: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    pub limit: i64,
}

/// Against what.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// The head an earlier `verify` printed, as NUMBER:HASH: proves that nothing up to it was rewritten since.
    #[arg(long, value_name = "NUMBER:HASH")]
    pub head: Option<String>,
}

/// Where to.
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// The file (default: the output stream).
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// An entry, for a program and for CSV.
#[derive(Serialize)]
pub(crate) struct EntryView<'a> {
    seq: i64,
    at: String,
    actor: &'a str,
    roles: &'a str,
    action: &'a str,
    subject: &'a str,
    detail: &'a str,
    hash: &'a str,
}

impl<'a> EntryView<'a> {
    /// Of a row.
    pub(crate) fn of(entry: &'a Entry) -> EntryView<'a> {
        let Entry { seq, at_ms, actor, roles, action, subject, detail, hash } = entry;
        EntryView { seq: *seq, at: time(*at_ms), actor, roles, action, subject, detail, hash }
    }
}

/// Runs the command.
///
/// # Errors
/// When the store fails or a file cannot be written.
pub async fn run(ctx: &Ctx, command: &AuditCommand) -> Result<Code> {
    match command {
        AuditCommand::List(args) => list(ctx, args).await,
        AuditCommand::Verify(args) => verify(ctx, args).await,
        AuditCommand::Export(args) => export(ctx, args).await,
    }
}

async fn list(ctx: &Ctx, args: &ListArgs) -> Result<Code> {
    let filter = Filter {
        actor: args.actor.clone(),
        action: args.action.clone(),
        subject: args.subject.clone(),
        ..Filter::default()
    };
    let entries = ctx.world.store.audit_found(&filter, args.limit).await?;
    if ctx.json {
        ctx.print_json(&entries.iter().map(EntryView::of).collect::<Vec<_>>())?;
        return Ok(Code::Ok);
    }
    let rows = entries.iter().map(|e| {
        vec![
            e.seq.to_string(),
            minute(e.at_ms),
            e.actor.clone(),
            e.action.clone(),
            e.subject.clone(),
            cut(&plain(&e.detail), DETAIL_CHARS),
        ]
    });
    ctx.out.line(&table(&["nr", "when", "who", "did", "to", "detail"], rows))?;
    Ok(Code::Ok)
}

async fn verify(ctx: &Ctx, args: &VerifyArgs) -> Result<Code> {
    let anchor = args.head.as_deref().map(head).transpose()?;
    let verdict = audit::verify(&ctx.world.store, anchor.as_ref()).await?;
    if ctx.json {
        ctx.print_json(&verdict)?;
    } else {
        match &verdict.broken {
            None => ctx.say(&format!(
                "{} rows hold; the head is {}:{} (keep it elsewhere for `verify --head`)",
                count(verdict.rows),
                verdict.head.seq,
                verdict.head.hash
            )),
            Some(wrong) => {
                ctx.say(&format!("row {} {}; the {} rows before it hold", wrong.seq, wrong.what, count(verdict.rows)))
            }
        }
    }
    Ok(if verdict.broken.is_some() { Code::Invalid } else { Code::Ok })
}

fn head(text: &str) -> Result<Head> {
    let parsed =
        text.split_once(':').and_then(|(seq, hash)| Some(Head { seq: seq.parse().ok()?, hash: hash.to_owned() }));
    parsed.ok_or_else(|| {
        Refusal::new(format!("`{text}` is no head"), "option --head", "give it as `verify` printed it: NUMBER:HASH")
            .into()
    })
}

async fn export(ctx: &Ctx, args: &ExportArgs) -> Result<Code> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut after = 0;
    loop {
        let rows = ctx.world.store.audit_after(after, ROWS_AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        for row in &rows {
            writer.serialize(EntryView::of(row))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    match &args.out {
        Some(path) => {
            std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
            ctx.say(&format!("wrote {} rows to {}", count(after), path.display()));
        }
        None => ctx.out.line(String::from_utf8_lossy(&bytes).trim_end())?,
    }
    Ok(Code::Ok)
}
