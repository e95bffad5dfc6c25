//! `source agree`, `pause` and `resume`: what may run, as the store keeps it.

use anyhow::Result;
use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::super::context::{Code, Ctx};
use super::super::refusal::Refusal;
use super::known;
use crate::pipeline::source_number;
use crate::worker;

/// An agreement.
#[derive(Args, Debug)]
pub struct AgreeArgs {
    /// Name of the source.
    pub source: String,
    /// Which document: number, title, or where it is kept.
    #[arg(long)]
    pub document: String,
    /// First day it holds.
    #[arg(long, value_name = "DAY")]
    pub since: NaiveDate,
    /// Last day it holds; left out = until it is ended.
    #[arg(long, value_name = "DAY")]
    pub until: Option<NaiveDate>,
    /// What it lets the hub do.
    #[arg(long, value_enum, default_value_t = Scope::Full)]
    pub scope: Scope,
}

/// What an agreement lets the hub do.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Scope {
    /// Keep and show everything.
    Full,
    /// Everything but people's names, phones and addresses.
    NoContact,
    /// Show title, facts and the link, no texts.
    LinkOnly,
}

impl Scope {
    fn name(self) -> &'static str {
        match self {
            Scope::Full => "full",
            Scope::NoContact => "no_contact",
            Scope::LinkOnly => "link_only",
        }
    }
}

/// What to pause.
#[derive(Args, Debug)]
pub struct PauseArgs {
    /// Name of the source.
    pub source: String,
    /// Why; shown wherever the source is.
    #[arg(long)]
    pub reason: String,
}

/// What to let run again.
#[derive(Args, Debug)]
pub struct ResumeArgs {
    /// Name of the source.
    pub source: String,
}

/// Puts an agreement on file.
pub(super) async fn agree(ctx: &Ctx, args: &AgreeArgs) -> Result<Code> {
    let source = known(&args.source)?;
    if args.document.trim().is_empty() {
        return Err(Refusal::new(
            "the document is not named",
            "option --document",
            "say which contract or licence it is",
        )
        .into());
    }
    if args.until.is_some_and(|until| until < args.since) {
        return Err(Refusal::new(
            "the agreement would end before it begins",
            "options --since and --until",
            "swap the days",
        )
        .into());
    }
    let agreement = store::source::Agreement {
        source: source_number(source.name()),
        scope: args.scope.name().to_owned(),
        document: args.document.trim().to_owned(),
        since: args.since.to_string(),
        until: args.until.map(|day| day.to_string()),
    };
    worker::list_sources(&ctx.world, std::slice::from_ref(&source)).await?;
    let tx = ctx.world.store.write().await?;
    tx.put_agreement(&agreement).await?;
    tx.commit().await?;
    if ctx.json {
        ctx.print_json(&agreement)?;
        return Ok(Code::Ok);
    }
    let until = agreement.until.map(|day| format!(" to {day}")).unwrap_or_default();
    ctx.say(&format!(
        "{}: {} is on file, {} from {}{until}",
        source.name(),
        agreement.document,
        agreement.scope,
        agreement.since
    ));
    ctx.say(&format!("next: `jobhub source probe {0}`, then `jobhub sync {0}`", source.name()));
    Ok(Code::Ok)
}

/// Pauses a source.
pub(super) async fn pause(ctx: &Ctx, args: &PauseArgs) -> Result<Code> {
    if args.reason.trim().is_empty() {
        return Err(Refusal::new("a pause needs a reason", "option --reason", "say why, in a few words").into());
    }
    set(ctx, &args.source, Some(args.reason.trim())).await
}

/// Lets a source run again.
pub(super) async fn resume(ctx: &Ctx, args: &ResumeArgs) -> Result<Code> {
    set(ctx, &args.source, None).await
}

async fn set(ctx: &Ctx, name: &str, reason: Option<&str>) -> Result<Code> {
    let source = known(name)?;
    worker::list_sources(&ctx.world, std::slice::from_ref(&source)).await?;
    let tx = ctx.world.store.write().await?;
    tx.pause_source(source_number(source.name()), reason).await?;
    tx.commit().await?;
    if ctx.json {
        ctx.print_json(&serde_json::json!({ "source": source.name(), "paused": reason }))?;
        return Ok(Code::Ok);
    }
    ctx.say(&match reason {
        Some(why) => format!(
            "{name} is paused: {why}; a run under way ends as it would. `jobhub source resume {name}` undoes this"
        ),
        None => format!("{name} may run again"),
    });
    let set = ctx.world.settings.source.get(name).and_then(|s| s.paused.as_ref());
    if let (None, Some(why)) = (reason, set) {
        ctx.say(&format!("but the settings file still pauses it: {why} ([source.{name}] paused)"));
    }
    Ok(Code::Ok)
}
