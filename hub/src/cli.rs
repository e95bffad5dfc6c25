//! The command line. Data goes to the output stream, everything said to people beside it to the error stream.

pub mod context;

pub mod demo;
pub mod display;
pub mod serve;
pub mod summary;
pub mod sync;

pub mod audit;
pub mod case;
pub mod completions;
pub mod dedup;
pub mod doctor;
pub mod events;
pub mod export;
pub mod linked;
pub mod migrate;
pub mod normalize;
pub mod posting;
pub mod renormalize;
pub mod report;
pub mod run;
pub mod source;
pub mod user;
pub mod vacancy;
pub mod vet;

mod job_words;
pub mod refusal;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::settings::Settings;
use crate::world::World;
use context::{Code, Ctx, Out};

/// The federated integration hub and job-aggregation crawler.
///
/// Try `jobhub demo`: it starts a world of 161 portals on loopback, syncs them all into one store and serves it.
#[derive(Parser, Debug)]
#[command(name = "jobhub", version, max_term_width = 120)]
pub struct Cli {
    /// Settings file (default: hub.toml in the working directory, if there is one).
    #[arg(long, global = true, value_name = "FILE", env = "JOBHUB_CONFIG")]
    pub config: Option<PathBuf>,
    /// Store: a path, or postgres://user@host/db.
    #[arg(long, global = true, value_name = "URL")]
    pub store: Option<String>,
    /// Print JSON for programs.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the whole hub on a world of its own: 161 portals on loopback, one store, one API.
    Demo(demo::DemoArgs),
    /// Run the scheduler and the read API.
    Serve(serve::ServeArgs),
    /// Run the scheduler without the API; any number of processes may share one PostgreSQL.
    Worker,
    /// Sync sources now.
    Sync(sync::SyncArgs),
    /// Runs: what they read, what became of it, what they proved.
    #[command(subcommand)]
    Run(run::RunCommand),
    /// Sources: the catalog, what a page says, agreements.
    #[command(subcommand)]
    Source(source::SourceCommand),
    /// Postings: one source's word on a job.
    #[command(subcommand)]
    Posting(posting::PostingCommand),
    /// Vacancies: the unified record.
    #[command(subcommand)]
    Vacancy(vacancy::VacancyCommand),
    /// Questions for a steward.
    Case(case::CaseArgs),
    /// How well strings and postings are read.
    #[command(subcommand)]
    Normalize(normalize::NormalizeCommand),
    /// Verdicts: why, and under which law.
    #[command(subcommand)]
    Vet(vet::VetCommand),
    /// Replay the store under the present rules.
    Renormalize(renormalize::RenormalizeArgs),
    /// Deduplicate files of records; learn and compare weights.
    #[command(subcommand)]
    Dedup(dedup::DedupCommand),
    /// Freshness, lifecycle, stages: what the hub measured of itself.
    #[command(subcommand)]
    Report(report::ReportCommand),
    /// Batches of the linked systems.
    #[command(subcommand)]
    Linked(linked::LinkedCommand),
    /// People who may use the console.
    #[command(subcommand)]
    User(user::UserCommand),
    /// The hash-chained log of who did what.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Changes of vacancies, in order.
    Events(events::EventsArgs),
    /// Write vacancies or postings to a file: CSV, JSON Lines or Parquet.
    Export(export::ExportArgs),
    /// Bring the store up to date.
    Migrate(migrate::MigrateArgs),
    /// Check that everything the hub needs is there.
    Doctor(doctor::DoctorArgs),
    /// Print a completion script for a shell.
    Completions(completions::CompletionsArgs),
}

/// Runs a command.
///
/// # Errors
/// What went wrong, as a chain from what was wanted to why it failed.
pub async fn run(cli: Cli) -> Result<Code> {
    let mut settings = Settings::load(cli.config.as_deref())?;
    if let Some(url) = &cli.store {
        settings.store.url.clone_from(url);
    }
    // these work without a world: they make one, or say why there is none
    match &cli.command {
        Command::Demo(args) => return demo::run(settings, cli.store, cli.json, args).await,
        Command::Migrate(args) => return migrate::run(settings, cli.json, args).await,
        Command::Doctor(args) => return doctor::run(&settings, &crate::world::SystemClock, cli.json, args).await,
        Command::Normalize(command) => {
            let today = crate::world::seoul_day(crate::world::Clock::now(&crate::world::SystemClock));
            return normalize::run(&Out::standard(), cli.json, today, command);
        }
        Command::Completions(args) => return completions::run(&Out::standard(), args, Cli::command()),
        Command::Dedup(command) if command.needs_no_store() => {
            return dedup::run_on_files(&Out::standard(), cli.json, command);
        }
        _ => {}
    }
    let ctx = Ctx::new(World::open(settings).await?, cli.json);
    match &cli.command {
        Command::Serve(args) => serve::run(&ctx, args).await,
        Command::Worker => serve::run_worker(&ctx).await,
        Command::Sync(args) => sync::run(&ctx, args).await,
        Command::Run(command) => run::run(&ctx, command).await,
        Command::Source(command) => source::run(&ctx, command).await,
        Command::Posting(command) => posting::run(&ctx, command).await,
        Command::Vacancy(command) => vacancy::run(&ctx, command).await,
        Command::Case(command) => case::run(&ctx, command).await,
        Command::Vet(command) => vet::run(&ctx, command).await,
        Command::Renormalize(args) => renormalize::run(&ctx, args).await,
        Command::Dedup(command) => dedup::run(&ctx, command).await,
        Command::Report(command) => report::run(&ctx, command).await,
        Command::Linked(command) => linked::run(&ctx, command).await,
        Command::User(command) => user::run(&ctx, command).await,
        Command::Audit(command) => audit::run(&ctx, command).await,
        Command::Events(args) => events::run(&ctx, args).await,
        Command::Export(args) => export::run(&ctx, args).await,
        Command::Demo(_)
        | Command::Migrate(_)
        | Command::Doctor(_)
        | Command::Normalize(_)
        | Command::Completions(_) => Ok(Code::Ok),
    }
}

/// Logs to the error stream; `RUST_LOG` says how much (default: warnings).
pub fn start_logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Says what went wrong, where and what to do; the exit code fits.
pub fn failed(error: &anyhow::Error) -> ExitCode {
    if let Some(words) = refusal::words(error) {
        context::note(&words);
    }
    refusal::code_of(error).into()
}
