//! `demo`: the main job on a world of its own: starts the portal fleet on loopback, syncs all sources into an embedded
//! store, says what came of it, and serves. A second `demo` goes on with the next day.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::NaiveDate;
use clap::Args;
use portals::{Failure, Fleet, FleetOptions, Quirk, QuirkMix};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::context::{Code, Ctx};
use super::{serve, sync};
use crate::people::{Actor, PeopleError, Role, account};
use crate::settings::Settings;
use crate::web::WebClock;
use crate::worker;
use crate::world::{SetClock, World, seoul_instant};

/// Rates of the fleet's portals are multiplied by this: its servers are ours.
const PACE_FACTOR: f64 = 1e6;
/// Password of every login of a demo.
const PASSWORD: &str = "jobhub-demo";
/// Hour of the portal day at which the demo syncs.
const HOUR: u32 = 9;

/// Run the whole hub on a world of its own.
#[derive(Args, Debug)]
pub struct DemoArgs {
    /// End after the sync instead of going on serving.
    #[arg(long)]
    pub once: bool,
    /// Which world; another seed starts over.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Size of the world: 1 = some 150,000 open postings.
    #[arg(long, default_value_t = 0.1)]
    pub scale: f64,
    /// Days to live through, each with a sync; from the second on some portals are in trouble.
    #[arg(long, default_value_t = 2)]
    pub days: u32,
    /// A folder of recorded real rows that portals serve instead of invented ones.
    #[arg(long, value_name = "DIR")]
    pub recorded: Option<PathBuf>,
    /// Which failures the portals have: none, default (a few) or all.
    #[arg(long, default_value = "default")]
    pub quirks: String,
    /// Where the demo keeps its store.
    #[arg(long, value_name = "DIR", default_value = "jobhub-data/demo")]
    pub dir: PathBuf,
    /// Start over: forget the store and the day.
    #[arg(long)]
    pub fresh: bool,
}

/// What a demo remembers of its world.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Lived {
    seed: u64,
    scale: f64,
    recorded: Option<PathBuf>,
    store: String,
    day: u32,
}

/// Runs the command.
///
/// # Errors
/// When a port or the store cannot be had.
pub async fn run(mut settings: Settings, store: Option<String>, json: bool, args: &DemoArgs) -> Result<Code> {
    std::fs::create_dir_all(&args.dir).with_context(|| format!("cannot make {}", args.dir.display()))?;
    let embedded = store.is_none();
    let store_url = store.unwrap_or_else(|| args.dir.join("jobhub.sqlite").display().to_string());
    let lived = lived(args, &store_url)?;
    let day = lived.as_ref().map_or(0, |lived| lived.day + 1);
    if lived.is_none() && embedded {
        forget(&args.dir)?;
    }
    settings.store.url = store_url;
    let fleet = Fleet::start(FleetOptions {
        seed: args.seed,
        scale: args.scale,
        day,
        recorded: args.recorded.clone(),
        quirks: QuirkMix::named(&args.quirks)
            .with_context(|| format!("--quirks {}: say none, default or all", args.quirks))?,
        ..FleetOptions::default()
    })
    .await
    .context("the portal fleet cannot listen on loopback")?;
    let clock = SetClock::at(seoul_instant(fleet.today(), HOUR));
    let world = world_of(settings, &fleet, clock.clone()).await?;
    let ctx = Ctx::new(world, json);
    let sources = sync::chosen(&ctx.world, &[], true)?;
    welcome(&ctx, &fleet, sources.len(), day);
    worker::list_sources(&ctx.world, &sources).await?;
    agree_to_all(&ctx.world, fleet.today()).await?;
    let cancel = sync::interrupt();
    let mut code = Code::Ok;
    for round in 0..args.days.max(1) {
        if day > 0 || round > 0 {
            trouble(&fleet, args);
        }
        if round > 0 {
            fleet.advance(1);
            clock.set(seoul_instant(fleet.today(), HOUR));
            ctx.say(&format!("\nday {} ({})", fleet.day(), fleet.today()));
        }
        let summary = sync::sync(&ctx, &sources, &sync::options(false, cancel.clone())).await?;
        if cancel.is_cancelled() {
            ctx.say("interrupted; the next `demo` goes on where this one stopped");
            return Ok(Code::Interrupted);
        }
        summary.print(&ctx)?;
        remember(args, &ctx.world.settings.store.url, fleet.day())?;
        if summary.imbalance.is_some() {
            code = Code::Bug;
        }
    }
    next_steps(&ctx, args);
    logins(&ctx).await?;
    if !args.once {
        serve::serve(&ctx, &[], cancel).await?;
    }
    fleet.stop().await;
    Ok(code)
}

/// The world of a demo: its clock is the fleet's, its sources are on loopback.
async fn world_of(mut settings: Settings, fleet: &Fleet, clock: Arc<SetClock>) -> Result<World> {
    let port = fleet.port();
    settings.sources.base_url_pattern = Some(format!("http://{{source}}.localhost:{port}"));
    settings.web.allow_private = true;
    settings.web.pace_factor = PACE_FACTOR;
    settings.web.retry.backoff_ms = 20;
    settings.web.retry.backoff_ms_max = 500;
    settings.run.retry_base_ms = 20;
    for source in adapters::catalog().iter() {
        let secrets = settings.secrets.entry(source.name().to_owned()).or_default();
        for name in source.secrets() {
            secrets.entry(name.clone()).or_insert_with(|| SecretString::from("demo-key"));
        }
    }
    let web_clock: Arc<dyn WebClock> = Arc::new(crate::web::SystemClock::new());
    World::build(settings, clock, web_clock).await
}

/// From the second day on, one portal's key has ended, one's fields have new names, one's list has shrunk, and one
/// shows a log-in page instead of its list: the board of sources, the queue and the runs have real work. The largest local portals without a trouble of
/// their own are chosen, so that the shrunken list is more than a few rows.
fn trouble(fleet: &Fleet, args: &DemoArgs) {
    if args.quirks == "none" {
        return;
    }
    let ill = fleet.quirks();
    let mut well: Vec<(usize, &str)> = fleet
        .portals()
        .iter()
        .filter(|portal| portal.class == "local" && !ill.contains_key(&portal.name))
        .map(|portal| (fleet.listed(&portal.name), portal.name.as_str()))
        .collect();
    well.sort_unstable_by(|a, b| b.cmp(a));
    let troubles = [
        Quirk::RowDrop { share: 0.71 },
        Quirk::SchemaChange,
        Quirk::ErrorEnvelope { failure: Failure::Auth, requests: 0 },
        Quirk::HtmlInstead,
    ];
    // once a process: the troubles of a portal add up
    if ill.values().flatten().any(|quirk| matches!(quirk, Quirk::RowDrop { .. })) {
        return;
    }
    for ((_, portal), quirk) in well.into_iter().zip(troubles) {
        fleet.add_quirk(portal, quirk);
    }
}

fn welcome(ctx: &Ctx, fleet: &Fleet, sources: usize, day: u32) {
    ctx.say(&format!(
        "The portal fleet serves {sources} sources on 127.0.0.1:{} (day {day}, {}); the store is {}.",
        fleet.port(),
        fleet.today(),
        ctx.world.store.place()
    ));
    let troubled: Vec<String> = fleet.quirks().iter().map(|(portal, quirks)| format!("{portal} {quirks:?}")).collect();
    if !troubled.is_empty() {
        ctx.say(&format!("Portals with troubles of their own today: {}", troubled.join(", ")));
    }
}

fn next_steps(ctx: &Ctx, args: &DemoArgs) {
    let store = format!("--store {}", ctx.world.settings.store.url);
    ctx.say(&format!(
        "\nThe store stays at {}. Try next:\n  \
         jobhub {store} vacancy search 간호\n  \
         jobhub {store} run list\n  \
         jobhub {store} events --since 0\n  \
         jobhub {store} export --format csv --out vacancies.csv\n  \
         jobhub demo --scale {} --seed {}{}        (the next day: what changed, what closed)",
        args.dir.display(),
        args.scale,
        args.seed,
        args.recorded.as_ref().map(|dir| format!(" --recorded {}", dir.display())).unwrap_or_default(),
    ));
}

/// Who may come in to a demo, one a role. The portals' rows a partner sees are those of the largest portal.
const PEOPLE: [(&str, &str, &str); 7] = [
    ("viewer", "조회자 이보람", "viewer"),
    ("steward", "스튜어드 김하늘", "steward"),
    ("steward2", "스튜어드 박도담", "steward"),
    ("lead", "리드 이가람", "lead"),
    ("operator", "운영자 최다온", "operator"),
    ("partner", "사람인 담당 정다은", "partner(saramin)"),
    ("admin", "관리자 한새론", "admin"),
];

/// Makes the logins that are missing and prints them all. A demo listens on loopback only, so the password may be known.
async fn logins(ctx: &Ctx) -> Result<()> {
    let by = Actor::new("hub:demo", vec![Role::Admin]);
    for (name, title, role) in PEOPLE {
        match account::add(&ctx.world, &by, name, title, &[role.parse()?], Some(PASSWORD.into())).await {
            Ok(()) | Err(PeopleError::Taken(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let listen = &ctx.world.settings.serve.listen;
    let rows =
        PEOPLE.map(|(name, title, role)| vec![name.to_owned(), PASSWORD.to_owned(), role.to_owned(), title.to_owned()]);
    ctx.say(&format!("\nThe console is at http://{listen}/ko/login (or /en/login). A login for each role:\n"));
    ctx.say(&super::context::table(&["login", "password", "role", "who"], rows));
    Ok(())
}

/// The world this directory holds, if it is the one that is asked for.
fn lived(args: &DemoArgs, store: &str) -> Result<Option<Lived>> {
    let path = args.dir.join("demo.json");
    if args.fresh || !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let lived: Lived =
        serde_json::from_str(&text).with_context(|| format!("{} is damaged; --fresh starts over", path.display()))?;
    let same =
        lived.seed == args.seed && lived.scale == args.scale && lived.recorded == args.recorded && lived.store == store;
    Ok(same.then_some(lived))
}

fn remember(args: &DemoArgs, store: &str, day: u32) -> Result<()> {
    let lived =
        Lived { seed: args.seed, scale: args.scale, recorded: args.recorded.clone(), store: store.to_owned(), day };
    std::fs::write(args.dir.join("demo.json"), serde_json::to_string_pretty(&lived)?).context("cannot note the day")
}

/// Removes the store of another world.
fn forget(dir: &Path) -> Result<()> {
    for name in ["jobhub.sqlite", "jobhub.sqlite-wal", "jobhub.sqlite-shm", "demo.json"] {
        let path = dir.join(name);
        if path.exists() {
            std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// The demo's portals are ours: an agreement for each is on file.
async fn agree_to_all(world: &World, since: NaiveDate) -> Result<()> {
    let tx = world.store.write().await?;
    for source in adapters::catalog().iter() {
        let number = crate::pipeline::source_number(source.name());
        if world.store.agreement(number).await?.is_none() {
            tx.put_agreement(&store::source::Agreement {
                source: number,
                scope: "full".to_owned(),
                document: "the demo's own portal".to_owned(),
                since: since.to_string(),
                until: None,
            })
            .await?;
        }
    }
    Ok(tx.commit().await?)
}
