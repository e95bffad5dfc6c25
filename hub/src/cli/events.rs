//! `events`: what happened to vacancies, in order; with `--follow`, as it happens.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use store::event::Event;

use super::context::{Code, Ctx, cut, minute, plain};
use crate::view::{VacancyId, time};

/// Events read at a time.
const BATCH: i64 = 1000;
/// Time between two looks for new ones.
const EVERY: Duration = Duration::from_secs(1);
/// Characters shown of a title.
const TITLE_CHARS: usize = 40;

/// Show what happened to vacancies, in order.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  jobhub events --follow\n  jobhub --json events --since 0 > events.jsonl")]
pub struct EventsArgs {
    /// Only what came after this number; left out = the last 20.
    #[arg(long)]
    pub since: Option<i64>,
    /// At most so many; left out = all.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Go on as new ones come; Ctrl-C ends.
    #[arg(long)]
    pub follow: bool,
}

/// An event, for a program: one JSON object a line.
#[derive(Serialize)]
struct EventLine<'a> {
    seq: i64,
    at: String,
    kind: &'a str,
    vacancy: VacancyId,
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<VacancyId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<i64>,
    title: &'a str,
}

/// Runs the command.
///
/// # Errors
/// When the store fails or the output is closed.
pub async fn run(ctx: &Ctx, args: &EventsArgs) -> Result<Code> {
    let store = &ctx.world.store;
    let mut after = match args.since {
        Some(since) => since,
        None => store.last_event().await? - 20,
    };
    let mut left = args.limit.unwrap_or(u64::MAX);
    while left > 0 {
        let events = store.events(after, BATCH.min(i64::try_from(left).unwrap_or(BATCH))).await?;
        if let Some(last) = events.last() {
            after = last.seq;
            left -= events.len() as u64;
            print(ctx, &events).await?;
            continue;
        }
        if !args.follow {
            break;
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = tokio::signal::ctrl_c() => return Ok(Code::Interrupted),
        }
    }
    Ok(Code::Ok)
}

async fn print(ctx: &Ctx, events: &[Event]) -> Result<()> {
    let ids: BTreeSet<i64> = events.iter().map(|event| event.vacancy).collect();
    let rows = ctx.world.store.vacancies(&ids.into_iter().collect::<Vec<_>>()).await?;
    let titles: BTreeMap<i64, String> =
        rows.into_iter().map(|row| (row.id, format!("{} · {}", row.title, row.company))).collect();
    for event in events {
        let title = titles.get(&event.vacancy).map_or("", String::as_str);
        if ctx.json {
            ctx.out.json_line(&EventLine {
                seq: event.seq,
                at: time(event.at_ms),
                kind: &event.kind,
                vacancy: VacancyId(event.vacancy),
                other: event.other.map(VacancyId),
                reason: event.reason.as_deref(),
                run: event.run,
                title,
            })?;
        } else {
            ctx.out.line(&line(event, title))?;
        }
    }
    Ok(())
}

/// An event in a line.
fn line(event: &Event, title: &str) -> String {
    let other = match (event.kind.as_str(), event.other) {
        ("merge", Some(into)) => format!("→ {} ", VacancyId(into)),
        (_, Some(from)) => format!("← {} ", VacancyId(from)),
        _ => String::new(),
    };
    let (at, vacancy, reason) = (minute(event.at_ms), VacancyId(event.vacancy), event.reason.as_deref().unwrap_or(""));
    format!(
        "{:>8}  {at}  {:<8} {vacancy}  {other}{reason:<13} {}",
        event.seq,
        event.kind,
        plain(&cut(title, TITLE_CHARS))
    )
    .trim_end()
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_shows_where_it_went() {
        let event =
            Event { seq: 7, at_ms: 0, kind: "merge".into(), vacancy: 1, other: Some(2), reason: None, run: None };
        let want = "       7  1970-01-01 09:00  merge    v0000000000000001  → v0000000000000002               제목";
        assert_eq!(line(&event, "제목"), want);
    }
}
