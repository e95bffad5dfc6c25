//! `case bulk`: many answers at once, with a dry run before and one undo after.

use std::str::FromStr;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::super::context::{Code, Ctx, minute, table};
use super::{AnswerArgs, refused};
use crate::people::Actor;
use crate::review::bulk::{self, Bulk, BulkFilter, DryRun};
use crate::review::{Family, Verb};
use crate::view::time;

/// Answer many cases at once.
#[derive(Subcommand, Debug)]
pub enum BulkCommand {
    /// Say what a rule would do, and keep it for approval
    Propose(Box<ProposeArgs>),
    /// Apply a proposed rule: exactly the cases its dry run showed
    Approve(RuleOne),
    /// Refuse a proposed rule
    Refuse(RuleOne),
    /// Take everything back that a rule decided
    Undo(RuleOne),
    /// Let a proposed rule last for another full time
    Renew(RuleOne),
    /// List rules, newest first
    List,
}

/// A rule.
#[derive(Args, Debug)]
pub struct ProposeArgs {
    /// Family of the cases.
    #[arg(long, value_parser = Family::from_str)]
    pub family: Family,
    /// Only this source.
    #[arg(long)]
    pub source: Option<String>,
    /// Only about a finding of this rule.
    #[arg(long)]
    pub rule: Option<String>,
    /// Only about this field.
    #[arg(long)]
    pub field: Option<String>,
    /// Only from this probability on.
    #[arg(long)]
    pub probability_min: Option<f64>,
    /// Only up to this probability.
    #[arg(long)]
    pub probability_max: Option<f64>,
    /// The answer.
    #[arg(long, value_parser = Verb::from_str)]
    pub verb: Verb,
    /// Its terms.
    #[command(flatten)]
    pub answer: AnswerArgs,
    /// Only say what it would do.
    #[arg(long)]
    pub dry_run: bool,
}

/// Which rule.
#[derive(Args, Debug)]
pub struct RuleOne {
    /// Its number.
    pub rule: i64,
}

/// Runs the command.
pub(super) async fn run(ctx: &Ctx, actor: &Actor, command: &BulkCommand) -> Result<Code> {
    match command {
        BulkCommand::Propose(args) => propose(ctx, actor, args).await,
        BulkCommand::Approve(one) => told(ctx, &bulk::approve(&ctx.world, actor, one.rule).await.map_err(refused)?),
        BulkCommand::Refuse(one) => told(ctx, &bulk::refuse(&ctx.world, actor, one.rule).await.map_err(refused)?),
        BulkCommand::Undo(one) => told(ctx, &bulk::undo(&ctx.world, actor, one.rule).await.map_err(refused)?),
        BulkCommand::Renew(one) => {
            let until = bulk::renew(&ctx.world, actor, one.rule).await.map_err(refused)?;
            ctx.say(&format!("rule {} may be applied until {}", one.rule, time(until)));
            if ctx.json {
                ctx.print_json(&serde_json::json!({ "rule": one.rule, "expires": time(until) }))?;
            }
            Ok(Code::Ok)
        }
        BulkCommand::List => {
            let rules = bulk::list(&ctx.world.store, 200).await.map_err(refused)?;
            if ctx.json {
                ctx.print_json(&rules)?;
                return Ok(Code::Ok);
            }
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let rows = rules.iter().map(|r| {
                vec![
                    r["rule"].to_string(),
                    text(&r["state"]),
                    text(&r["answer"]["verb"]),
                    r["dry_run"]["count"].to_string(),
                    text(&r["reason"]),
                    text(&r["proposed_by"]),
                    minute(r["proposed_ms"].as_i64().unwrap_or_default()),
                    text(&r["approved_by"]),
                    minute(r["expires_ms"].as_i64().unwrap_or_default()),
                ]
            });
            let header = ["rule", "state", "verb", "cases", "reason", "by", "at", "approved by", "expires"];
            ctx.out.line(&table(&header, rows))?;
            Ok(Code::Ok)
        }
    }
}

async fn propose(ctx: &Ctx, actor: &Actor, args: &ProposeArgs) -> Result<Code> {
    let filter = BulkFilter {
        family: Some(args.family),
        source: args.source.clone(),
        rule: args.rule.clone(),
        field: args.field.clone(),
        probability_min: args.probability_min,
        probability_max: args.probability_max,
        scope: None,
    };
    let answer = args.answer.answer(args.verb, ctx.world.clock.now().timestamp_millis());
    if args.dry_run {
        let dry = bulk::dry_run(&ctx.world, actor, &filter, &answer).await.map_err(refused)?;
        if ctx.json {
            ctx.print_json(&dry)?;
        } else {
            print_dry_run(ctx, &dry)?;
        }
        return Ok(Code::Ok);
    }
    told(ctx, &bulk::propose(&ctx.world, actor, &filter, &answer).await.map_err(refused)?)
}

fn told(ctx: &Ctx, bulk: &Bulk) -> Result<Code> {
    if ctx.json {
        ctx.print_json(bulk)?;
        return Ok(Code::Ok);
    }
    match bulk.state.as_str() {
        "proposed" => {
            print_dry_run(ctx, &bulk.dry_run)?;
            let who = if bulk.dry_run.needs_second { "a second person, who leads, applies it" } else { "apply it" };
            ctx.say(&format!("rule {} is proposed; {who}: `jobhub case bulk approve {}`", bulk.rule, bulk.rule));
        }
        "applied" => ctx.say(&format!(
            "rule {}: {} cases answered; `jobhub case bulk undo {}` takes all of it back",
            bulk.rule, bulk.applied, bulk.rule
        )),
        "undone" => ctx.say(&format!("rule {}: {} answers taken back", bulk.rule, bulk.applied)),
        state => ctx.say(&format!("rule {} is {state}", bulk.rule)),
    }
    Ok(Code::Ok)
}

fn print_dry_run(ctx: &Ctx, dry: &DryRun) -> Result<()> {
    ctx.out.line(&format!("{} cases fit; {} past decisions say otherwise", dry.count, dry.conflicts.len()))?;
    let against = |case: &String| {
        dry.conflicts.iter().find(|c| c.case == *case).map(|c| format!("decision {}: {}", c.decision, c.verb))
    };
    let rows = dry.sample.iter().map(|case| vec![case.clone(), against(case).unwrap_or_default()]);
    ctx.out.line(&table(&["by chance", "said otherwise"], rows))?;
    Ok(())
}
