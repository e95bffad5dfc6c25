//! `migrate`: brings the store's schema up to date and enters the catalog's sources.

use anyhow::Result;
use clap::Args;

use super::context::{Code, Ctx};
use crate::worker;

/// Bring the store up to date.
#[derive(Args, Debug)]
pub struct MigrateArgs {
    /// Only say what would be done.
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs the command.
///
/// # Errors
/// When a migration fails; those before it stay applied.
pub async fn run(ctx: &Ctx, args: &MigrateArgs) -> Result<Code> {
    let store = &ctx.world.store;
    let pending = store.pending_migrations().await?;
    let catalog: Vec<_> = adapters::catalog().iter().cloned().collect();
    if !args.dry_run {
        store.migrate().await?;
        worker::list_sources(&ctx.world, &catalog).await?;
    }
    if ctx.json {
        let answer = serde_json::json!({
            "store": store.place(), "migrations": pending, "applied": !args.dry_run, "sources": catalog.len()
        });
        ctx.print_json(&answer)?;
        return Ok(Code::Ok);
    }
    let did = if args.dry_run { "would apply" } else { "applied" };
    for name in &pending {
        ctx.say(&format!("{did} {name}"));
    }
    if pending.is_empty() {
        ctx.say("the schema is up to date");
    }
    let listed = if args.dry_run { "would be" } else { "are" };
    ctx.say(&format!("{} sources {listed} in the store {}", catalog.len(), store.place()));
    Ok(Code::Ok)
}
