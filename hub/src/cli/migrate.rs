//! `migrate`: brings the store's schema up to date and enters the catalog's sources. Takes settings, not a world:
//! a world is only built on a store that is up to date.

use anyhow::{Context as _, Result};
use clap::Args;
use store::Store;

use super::context::{Code, Out};
use super::doctor::file_of;
use crate::settings::Settings;
use crate::worker;
use crate::world::World;

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
/// When the store cannot be opened, or a migration fails; those before it stay applied.
pub async fn run(settings: Settings, json: bool, args: &MigrateArgs) -> Result<Code> {
    let url = settings.store.url.clone();
    let there = file_of(&url).is_none_or(|path| path.exists());
    let pending = if there {
        let store = Store::open(&url).await.context("cannot open the store")?;
        let pending = store.pending_migrations().await?;
        store.close().await?;
        pending
    } else {
        vec!["all of them: the store does not exist yet".to_owned()]
    };
    let catalog: Vec<_> = adapters::catalog().iter().cloned().collect();
    if !args.dry_run {
        let world = World::open(settings).await?;
        worker::list_sources(&world, &catalog).await?;
    }
    let out = Out::standard();
    if json {
        let answer = serde_json::json!({ "migrations": pending, "applied": !args.dry_run, "sources": catalog.len() });
        out.json(&answer)?;
        return Ok(Code::Ok);
    }
    let did = if args.dry_run { "would apply" } else { "applied" };
    for name in &pending {
        out.line(&format!("{did} {name}"))?;
    }
    if pending.is_empty() {
        out.line("the schema is up to date")?;
    }
    out.line(&format!("{} sources {} in the store", catalog.len(), if args.dry_run { "would be" } else { "are" }))?;
    Ok(Code::Ok)
}
