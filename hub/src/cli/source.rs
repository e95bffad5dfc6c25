//! `source …`: look at sources, check a manifest on saved and live pages, put agreements on file, pause.

pub mod check;
pub mod listing;
pub mod probe;
pub mod samples;
pub mod standing;

use std::path::Path;
use std::sync::Arc;

use adapters::Source;
use anyhow::{Context as _, Result};
use clap::Subcommand;

use super::context::{Code, Ctx};
use super::refusal::Refusal;

/// Longest manifest and saved page that is read from a file.
const FILE_BYTES_MAX: u64 = 20 << 20;

/// Look at sources, and connect new ones.
#[derive(Subcommand, Debug)]
pub enum SourceCommand {
    /// List the catalog with each source's last run
    List(listing::ListArgs),
    /// Show one source: manifest, agreement, secrets, fields, runs
    Show(listing::ShowArgs),
    /// Explain a saved page field by field
    Check(check::CheckArgs),
    /// Run the contract tests on a source's sample pages
    Test(samples::TestArgs),
    /// Read one live page and explain it; nothing is stored
    Probe(probe::ProbeArgs),
    /// Put an agreement with a portal on file
    Agree(standing::AgreeArgs),
    /// Keep a source from running
    Pause(standing::PauseArgs),
    /// Let a paused source run again
    Resume(standing::ResumeArgs),
}

/// Runs the command.
///
/// # Errors
/// When a name, file or option cannot be used, a source cannot be reached, or the store fails.
pub async fn run(ctx: &Ctx, command: &SourceCommand) -> Result<Code> {
    match command {
        SourceCommand::List(args) => listing::list(ctx, args).await,
        SourceCommand::Show(args) => listing::show(ctx, args).await,
        SourceCommand::Check(args) => check::run(ctx, args),
        SourceCommand::Test(args) => samples::run(ctx, args),
        SourceCommand::Probe(args) => probe::run(ctx, args).await,
        SourceCommand::Agree(args) => standing::agree(ctx, args).await,
        SourceCommand::Pause(args) => standing::pause(ctx, args).await,
        SourceCommand::Resume(args) => standing::resume(ctx, args).await,
    }
}

/// A source of the catalog.
fn known(name: &str) -> Result<Arc<Source>, Refusal> {
    let catalog = adapters::catalog();
    catalog.get(name).cloned().ok_or_else(|| {
        Refusal::new(
            format!("no source is called `{name}`"),
            "the catalog compiled into this program",
            format!("{}; `jobhub source list` shows all", catalog.nearest(name)),
        )
    })
}

/// A source of the catalog, or one in a manifest of one's own (`…/source.toml`).
fn named_or_file(text: &str) -> Result<Arc<Source>> {
    if !text.ends_with(".toml") {
        return Ok(known(text)?);
    }
    let manifest = String::from_utf8(read(Path::new(text))?).with_context(|| format!("{text} is not UTF-8"))?;
    let source = Source::parse(&manifest, &adapters::catalog::family, &adapters::catalog::codes).map_err(|error| {
        let key = if error.key.is_empty() { text.to_owned() } else { format!("{text}, key `{}`", error.key) };
        Refusal::new(
            error.what,
            key,
            if error.fix.is_empty() { "see docs/source-language.md".to_owned() } else { error.fix },
        )
        .ending(Code::Invalid)
    })?;
    Ok(Arc::new(source))
}

/// A file, whole.
fn read(path: &Path) -> Result<Vec<u8>> {
    let place = || path.display().to_string();
    let bytes = std::fs::metadata(path)
        .map_err(|error| Refusal::new(error.to_string(), place(), "name a file that can be read"))?
        .len();
    if bytes > FILE_BYTES_MAX {
        let what = format!("the file has {bytes} bytes; {FILE_BYTES_MAX} are read at most");
        return Err(Refusal::new(what, place(), "save a smaller page").into());
    }
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
