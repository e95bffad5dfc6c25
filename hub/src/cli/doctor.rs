//! `doctor`: whether this deployment can work: store, schema, durability, catalog, agreements, secrets, disk, clock. Each
//! with what to do about it. Needs no world, because it is asked when there is none; it writes nothing.

use std::path::{Path, PathBuf};

use adapters::Agreement;
use anyhow::Result;
use clap::Args;
use serde::Serialize;
use store::Store;

use super::context::{Code, Out, count, table};
use crate::pipeline::source_number;
use crate::schedule::Schedule;
use crate::settings::Settings;
use crate::world::{Clock, seoul_day};

/// Free disk below this is a failure, in KiB.
const DISK_FAIL_KIB: u64 = 512 << 10;
/// Free disk below this is a warning, in KiB.
const DISK_WARN_KIB: u64 = 5 << 20;
/// A clock further from the database's than this is a warning, in milliseconds.
const CLOCK_WARN_MS: i64 = 2_000;
/// No run was ever earlier: 2026-01-01 in Korea.
const CLOCK_MIN_MS: i64 = 1_767_193_200_000;
/// Names told one by one.
const NAMES_SHOWN: usize = 5;

/// Check store, settings and sources.
#[derive(Args, Debug)]
pub struct DoctorArgs {}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Check {
    check: &'static str,
    verdict: Verdict,
    found: String,
    #[serde(rename = "do", skip_serializing_if = "str::is_empty")]
    remedy: String,
}

impl Check {
    fn ok(check: &'static str, found: impl Into<String>) -> Check {
        Check { check, verdict: Verdict::Ok, found: found.into(), remedy: String::new() }
    }

    fn warn(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Check {
        Check { check, verdict: Verdict::Warn, found: found.into(), remedy: remedy.into() }
    }

    fn fail(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Check {
        Check { check, verdict: Verdict::Fail, found: found.into(), remedy: remedy.into() }
    }
}

/// Runs the command; ends as invalid when a check failed.
///
/// # Errors
/// When the output is closed.
pub async fn run(settings: &Settings, clock: &dyn Clock, json: bool, _args: &DoctorArgs) -> Result<Code> {
    let mut checks = vec![catalog(), schedules()];
    let url = &settings.store.url;
    match file_of(url) {
        Some(path) if !path.exists() => {
            let remedy = "`jobhub migrate` makes it, or name another with --store";
            checks.push(Check::fail("store", format!("there is no {}", path.display()), remedy));
        }
        file => {
            match Store::open(url).await {
                Ok(store) => with_store(&store, settings, clock, &mut checks).await,
                Err(error) => {
                    let remedy = "check the address ([store] url, JOBHUB_STORE, --store), and that the database is up";
                    checks.push(Check::fail("store", error.to_string(), remedy));
                }
            }
            checks.push(disk(file.as_deref().and_then(Path::parent)));
        }
    }
    checks.push(secrets(settings));
    let worst = checks.iter().map(|c| c.verdict).max().unwrap_or(Verdict::Ok);
    let out = Out::standard();
    if json {
        out.json(&checks)?;
    } else {
        let word = |verdict| match verdict {
            Verdict::Ok => "● ok",
            Verdict::Warn => "▲ warn",
            Verdict::Fail => "■ FAIL",
        };
        let rows = checks
            .iter()
            .map(|c| vec![c.check.to_owned(), word(c.verdict).to_owned(), c.found.clone(), c.remedy.clone()]);
        out.line(&table(&["check", "", "found", "do"], rows))?;
    }
    Ok(if worst == Verdict::Fail { Code::Invalid } else { Code::Ok })
}

/// The file of an embedded store; `None` for a server.
pub(super) fn file_of(url: &str) -> Option<PathBuf> {
    let path = match url.strip_prefix("sqlite:") {
        Some(rest) => rest.trim_start_matches("//"),
        None if url.contains("://") => return None,
        None => url,
    };
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

/// What can be asked of a store that answers.
async fn with_store(store: &Store, settings: &Settings, clock: &dyn Clock, checks: &mut Vec<Check>) {
    let kind = if store.is_sqlite() { "SQLite" } else { "PostgreSQL" };
    let version = store.version().await.unwrap_or_else(|error| error.to_string());
    checks.push(Check::ok("store", format!("{kind} {version} at {}", store.place())));
    match store.pending_migrations().await {
        Ok(pending) if pending.is_empty() => checks.push(Check::ok("schema", "up to date")),
        Ok(pending) => {
            checks.push(Check::fail("schema", format!("{} migrations are pending", pending.len()), "`jobhub migrate`"));
            return;
        }
        Err(error) => checks.push(Check::fail("schema", error.to_string(), "check the rights of the database user")),
    }
    checks.push(durability(store).await);
    checks.push(clocks(store, clock).await);
    checks.push(agreements(store, clock).await);
    checks.push(runs(store, settings).await);
}

/// Whether a commit survives a power cut (R1).
async fn durability(store: &Store) -> Check {
    match store.durability().await {
        Ok(level) if matches!(level.as_str(), "FULL" | "EXTRA" | "on" | "remote_apply" | "remote_write") => {
            Check::ok("commits", format!("synchronous = {level}"))
        }
        Ok(level) => {
            let remedy = "set synchronous to FULL (SQLite), synchronous_commit to on (PostgreSQL)";
            Check::fail("commits", format!("synchronous = {level}: a power cut loses what was acknowledged"), remedy)
        }
        Err(error) => Check::warn("commits", error.to_string(), "check the rights of the database user"),
    }
}

/// Whether the clock can be right: against the database, and against what was written already (R12).
async fn clocks(store: &Store, clock: &dyn Clock) -> Check {
    let here = clock.now().timestamp_millis();
    let last_run = store.runs(None, 1).await.ok().and_then(|runs| runs.first().map(|run| run.as_of_ms)).unwrap_or(0);
    let there = match store.now_ms().await {
        Ok(there) => there,
        Err(error) => return Check::warn("clock", error.to_string(), "check the database"),
    };
    judge_clock(here, there, last_run)
}

fn judge_clock(here: i64, there: i64, last_run: i64) -> Check {
    let set = "set the clock (NTP)";
    if here < CLOCK_MIN_MS {
        return Check::fail("clock", "the clock stands before 2026", set);
    }
    if here < last_run {
        let behind = count((last_run - here) / 1000);
        return Check::warn(
            "clock",
            format!("the last run is dated {behind} s in the future"),
            format!("{set}, or wait: runs begin again when it is past"),
        );
    }
    if (here - there).abs() > CLOCK_WARN_MS {
        return Check::warn(
            "clock",
            format!("{} ms from the database's", count(here - there)),
            format!("{set} on both machines"),
        );
    }
    Check::ok("clock", format!("{} ms from the database's", count(here - there)))
}

fn catalog() -> Check {
    let catalog = adapters::catalog();
    match catalog.errors() {
        [] => Check::ok("catalog", format!("{} sources", catalog.len())),
        errors => {
            let first = errors[0].to_string();
            Check::fail(
                "catalog",
                format!("{} manifests cannot be used; the first: {first}", errors.len()),
                "mend them; `jobhub source test --all`",
            )
        }
    }
}

fn schedules() -> Check {
    let bad: Vec<String> = adapters::catalog()
        .iter()
        .filter_map(|s| Schedule::parse(s.schedule()).err().map(|error| format!("{}: {error}", s.name())))
        .collect();
    if bad.is_empty() {
        Check::ok("schedules", "all can be read")
    } else {
        Check::fail("schedules", shown(&bad), "mend `schedule` in these manifests")
    }
}

/// Agreements that are wanted, and missing or over.
async fn agreements(store: &Store, clock: &dyn Clock) -> Check {
    let today = seoul_day(clock.now()).to_string();
    let on_file = match store.agreements().await {
        Ok(on_file) => on_file,
        Err(error) => return Check::warn("agreements", error.to_string(), "check the database"),
    };
    let wanting: Vec<String> = adapters::catalog()
        .iter()
        .filter(|source| source.agreement() == Agreement::Required)
        .filter(|source| {
            let number = source_number(source.name());
            !on_file.iter().any(|a| a.source == number && a.until.as_ref().is_none_or(|until| *until >= today))
        })
        .map(|source| source.name().to_owned())
        .collect();
    if wanting.is_empty() {
        return Check::ok("agreements", "all that are required are on file");
    }
    let remedy = "`jobhub source agree NAME --document … --since …`; sources without one are not synced";
    Check::warn("agreements", format!("{} required ones are missing: {}", wanting.len(), shown(&wanting)), remedy)
}

/// Secrets that sources of this deployment want and do not have.
fn secrets(settings: &Settings) -> Check {
    let only = settings.sources.only.as_ref();
    let missing: Vec<String> = adapters::catalog()
        .iter()
        .filter(|source| only.is_none_or(|only| only.iter().any(|name| name == source.name())))
        .flat_map(|source| {
            let set = settings.secrets_of(source.name(), source.secrets());
            let missing = source.secrets().iter().filter(|name| !set.contains_key(*name));
            missing.map(|name| format!("{}.{name}", source.name())).collect::<Vec<_>>()
        })
        .collect();
    if missing.is_empty() {
        return Check::ok("secrets", "all that sources want are set");
    }
    let remedy = "JOBHUB_SECRET_<SOURCE>_<NAME> in the environment; [sources] only = […] if you want fewer sources";
    Check::warn("secrets", format!("{} are not set: {}", missing.len(), shown(&missing)), remedy)
}

/// Whether any run is stuck or failing.
async fn runs(store: &Store, settings: &Settings) -> Check {
    let last = match store.last_runs().await {
        Ok(last) => last,
        Err(error) => return Check::warn("runs", error.to_string(), "check the database"),
    };
    let bad = last.iter().filter(|run| matches!(run.state.as_str(), "failed" | "guarded" | "partial")).count();
    if bad == 0 {
        return Check::ok(
            "runs",
            format!("{} sources were synced, {} at a time", last.len(), settings.run.concurrency),
        );
    }
    Check::warn(
        "runs",
        format!("the last run of {bad} of {} sources was not complete", last.len()),
        "`jobhub run list --state failed` (guarded, partial)",
    )
}

/// Free space where the store is, as `df` says.
fn disk(folder: Option<&Path>) -> Check {
    let Some(folder) = folder else { return Check::ok("disk", "the store is on a server") };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let said = std::process::Command::new("df").arg("-Pk").arg(folder).output();
    let free = said.ok().and_then(|out| free_kib(&String::from_utf8_lossy(&out.stdout)));
    let remedy = "make room: a full disk stops every run (nothing is lost)";
    match free {
        None => Check::warn("disk", "`df` does not say how much is free", "check it yourself"),
        Some(kib) if kib < DISK_FAIL_KIB => {
            Check::fail("disk", format!("{} MiB free at {}", kib >> 10, folder.display()), remedy)
        }
        Some(kib) if kib < DISK_WARN_KIB => {
            Check::warn("disk", format!("{} MiB free at {}", kib >> 10, folder.display()), remedy)
        }
        Some(kib) => Check::ok("disk", format!("{} GiB free at {}", kib >> 20, folder.display())),
    }
}

/// The fourth column of the second line of `df -Pk`.
fn free_kib(text: &str) -> Option<u64> {
    text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

/// The first names of a list.
fn shown(names: &[String]) -> String {
    let mut text = names.iter().take(NAMES_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_SHOWN {
        text.push_str(" …");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_stores_are_files_and_servers_are_not() {
        for (url, want) in [
            ("jobhub-data/jobhub.sqlite", Some("jobhub-data/jobhub.sqlite")),
            ("sqlite:a.db", Some("a.db")),
            ("sqlite:///var/a.db?mode=rwc", Some("/var/a.db")),
            ("postgres://user@host/db", None),
        ] {
            assert_eq!(file_of(url), want.map(PathBuf::from), "{url}");
        }
    }

    #[test]
    fn df_is_read_in_its_posix_form() {
        let text = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 102400 2400 100000 3% /\n";
        assert_eq!(free_kib(text), Some(100_000));
        assert_eq!(free_kib("df: no such file"), None);
    }

    #[test]
    fn a_clock_is_judged_against_the_database_and_the_last_run() {
        let now = CLOCK_MIN_MS + 1_000_000;
        for (here, there, last, want) in [
            (now, now, now - 5, Verdict::Ok),
            (now, now + 60_000, 0, Verdict::Warn),
            (now, now, now + 5_000, Verdict::Warn),
            (0, 0, 0, Verdict::Fail),
        ] {
            assert_eq!(judge_clock(here, there, last).verdict, want, "{here} {there} {last}");
        }
    }
}
