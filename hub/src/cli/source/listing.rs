//! `source list` and `source show`.

use std::collections::BTreeMap;

use adapters::{Agreement, Source};
use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::super::context::{Code, Ctx, count, facts, table};
use super::super::vet::shown_words;
use super::known;
use crate::pipeline::source_number;
use crate::verdicts::shown::{Shown, shown_by_source};
use crate::view::{RunView, SourceView, load_sources, view_run};
use crate::world::seoul_day;

/// Reasons shown of one source.
const REASONS_SHOWN: usize = 8;
/// Runs shown of one source.
const RUNS_SHOWN: i64 = 8;

/// Which sources.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Only this class.
    #[arg(long, value_parser = ["public", "local", "private", "linked"])]
    pub class: Option<String>,
    /// Only those of this family.
    #[arg(long)]
    pub family: Option<String>,
    /// Only those whose last run is in this state.
    #[arg(long, value_parser = ["complete", "partial", "guarded", "failed", "waiting", "running", "never"])]
    pub state: Option<String>,
}

/// Which source.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// Its name.
    pub source: String,
}

/// A source for a program.
#[derive(Serialize)]
struct SourceLine {
    name: String,
    title: String,
    class: &'static str,
    owner: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    entity: &'static str,
    wire: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    guess: Option<String>,
    format: &'static str,
    paging: &'static str,
    schedule: String,
    /// open, on file, missing, or ended.
    agreement: &'static str,
    /// Secrets that are wanted and not set.
    secrets_missing: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<String>,
    /// Counts and last run, once it is in the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<SourceView>,
    /// Of its postings that are not closed, the share that may be shown, and the rules that speak against the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdicts: Option<Shown>,
}

/// Lists the catalog.
pub(super) async fn list(ctx: &Ctx, args: &ListArgs) -> Result<Code> {
    let mut lines = gather(ctx).await?;
    lines.retain(|line| {
        let state = line.store.as_ref().and_then(|s| s.last_run.as_ref()).map_or("never", |run| run.state.as_str());
        args.class.as_ref().is_none_or(|class| class == line.class)
            && args.family.as_ref().is_none_or(|family| line.family.as_ref() == Some(family))
            && args.state.as_ref().is_none_or(|wanted| wanted == state)
    });
    if ctx.json {
        ctx.print_json(&lines)?;
        return Ok(Code::Ok);
    }
    let header = ["source", "title", "class", "format", "wire", "agreement", "last run", "rows", "shown", "fresh", ""];
    ctx.out.line(&table(&header, lines.iter().map(row)))?;
    let with_store = lines.iter().filter(|line| line.store.as_ref().is_some_and(|s| s.last_run.is_some())).count();
    ctx.say(&format!("\n{} sources, {with_store} of them synced; `jobhub source show NAME` says more", lines.len()));
    Ok(Code::Ok)
}

fn row(line: &SourceLine) -> Vec<String> {
    let run = line.store.as_ref().and_then(|s| s.last_run.as_ref());
    let mut remarks = Vec::new();
    if let Some(why) = &line.paused {
        remarks.push(format!("paused: {why}"));
    }
    if !line.secrets_missing.is_empty() {
        remarks.push(format!("secrets missing: {}", line.secrets_missing.join(", ")));
    }
    vec![
        line.name.clone(),
        line.title.clone(),
        line.class.to_owned(),
        line.format.to_owned(),
        line.wire.to_owned(),
        line.agreement.to_owned(),
        run.map_or_else(|| "never".to_owned(), |run| run.state.clone()),
        run.map(|run| count(run.counts.rows as i64)).unwrap_or_default(),
        line.store.as_ref().map(|s| count(s.postings.published)).unwrap_or_default(),
        line.store.as_ref().and_then(|s| s.age_seconds).map(age).unwrap_or_default(),
        remarks.join("; "),
    ]
}

/// An age in its largest unit.
fn age(seconds: i64) -> String {
    match seconds {
        s if s < 60 => format!("{s} s"),
        s if s < 3600 => format!("{} min", s / 60),
        s if s < 86_400 => format!("{} h", s / 3600),
        s => format!("{} d", s / 86_400),
    }
}

async fn gather(ctx: &Ctx) -> Result<Vec<SourceLine>> {
    let world = &ctx.world;
    let mut views: BTreeMap<String, SourceView> =
        load_sources(world).await?.into_iter().map(|v| (v.name.clone(), v)).collect();
    let agreements: BTreeMap<i64, store::source::Agreement> =
        world.store.agreements().await?.into_iter().map(|a| (a.source, a)).collect();
    let paused: BTreeMap<i64, Option<String>> =
        world.store.sources().await?.into_iter().map(|s| (s.number, s.paused)).collect();
    let mut shown = shown_by_source(world).await?;
    let today = seoul_day(world.clock.now()).to_string();
    Ok(adapters::catalog()
        .iter()
        .map(|source| {
            let number = source_number(source.name());
            let set = world.settings.source.get(source.name()).and_then(|s| s.paused.clone());
            SourceLine {
                name: source.name().to_owned(),
                title: source.title().to_owned(),
                class: source.class().name(),
                owner: source.owner().to_owned(),
                family: source.family().map(str::to_owned),
                entity: source.entity().name(),
                wire: source.wire().name(),
                guess: source.guess().map(str::to_owned),
                format: source.format().name(),
                paging: source.paging().name(),
                schedule: source.schedule().to_owned(),
                agreement: standing(source, agreements.get(&number), &today),
                secrets_missing: missing_secrets(ctx, source),
                paused: set.or_else(|| paused.get(&number).cloned().flatten()),
                store: views.remove(source.name()),
                verdicts: shown.remove(&number),
            }
        })
        .collect())
}

/// How a source stands with its agreement on a day.
fn standing(source: &Source, on_file: Option<&store::source::Agreement>, today: &str) -> &'static str {
    match (source.agreement(), on_file) {
        (Agreement::Open, _) => "open",
        (Agreement::Required, None) => "missing",
        (Agreement::Required, Some(a)) if a.until.as_ref().is_some_and(|until| until.as_str() < today) => "ended",
        (Agreement::Required, Some(a)) if a.since.as_str() > today => "later",
        (Agreement::Required, Some(_)) => "on file",
    }
}

/// Secrets a source wants that this deployment has not set.
fn missing_secrets(ctx: &Ctx, source: &Source) -> Vec<String> {
    let set = ctx.world.settings.secrets_of(source.name(), source.secrets());
    source.secrets().iter().filter(|name| !set.contains_key(*name)).cloned().collect()
}

/// Everything about one source, for a program.
#[derive(Serialize)]
struct SourcePage {
    #[serde(flatten)]
    line: SourceLine,
    url: String,
    hosts: Vec<String>,
    absence: &'static str,
    full_every: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_size: Option<u32>,
    pace: adapters::Pace,
    fields: Vec<(&'static str, &'static str)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_file: Option<store::source::Agreement>,
    /// Postings at each verification step.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<crate::linked::stages::SourceSteps>,
    runs: Vec<RunView>,
}

/// Shows one source.
pub(super) async fn show(ctx: &Ctx, args: &ShowArgs) -> Result<Code> {
    let source = known(&args.source)?;
    let number = source_number(source.name());
    let line = gather(ctx).await?.into_iter().find(|line| line.name == source.name());
    let Some(line) = line else { return Ok(Code::Bug) };
    let runs = ctx.world.store.runs(Some(number), RUNS_SHOWN).await?;
    let page = SourcePage {
        line,
        url: source.url().to_owned(),
        hosts: source.hosts().to_vec(),
        absence: source.absence().name(),
        full_every: source.full_every(),
        page_size: source.page_size(),
        pace: source.pace(),
        fields: source.fields().into_iter().map(|field| (field.name(), field.about())).collect(),
        on_file: ctx.world.store.agreement(number).await?,
        steps: crate::linked::stages::report(&ctx.world, Some(number)).await?.pop(),
        runs: runs.iter().map(|run| view_run(source.name(), run)).collect(),
    };
    if ctx.json {
        ctx.print_json(&page)?;
    } else {
        print(ctx, &page)?;
    }
    Ok(Code::Ok)
}

fn print(ctx: &Ctx, page: &SourcePage) -> Result<()> {
    let line = &page.line;
    let agreement = page.on_file.as_ref().map(|a| {
        format!(
            "{}: {}, {} from {}{}",
            line.agreement,
            a.document,
            a.scope,
            a.since,
            a.until.as_ref().map(|u| format!(" to {u}")).unwrap_or_default()
        )
    });
    let pace = format!(
        "{}{}{}",
        page.pace.per_second.map(|n| format!("{n} a second ")).unwrap_or_default(),
        page.pace.per_day.map(|n| format!("{n} a day ")).unwrap_or_default(),
        page.pace.concurrent.map(|n| format!("{n} at a time")).unwrap_or_default()
    );
    let postings = line.store.as_ref().map(|s| &s.postings);
    ctx.out.line(&facts(&[
        ("source", format!("{} {}", line.name, line.title)),
        ("class", format!("{}, {}, run by {}", line.class, line.entity, line.owner)),
        ("family", line.family.clone().unwrap_or_default()),
        ("wire", line.wire.to_owned()),
        ("guessed", line.guess.clone().unwrap_or_default()),
        ("asks", page.url.clone()),
        ("hosts", page.hosts.join(", ")),
        (
            "format",
            format!(
                "{}, {}{}",
                line.format,
                line.paging,
                page.page_size.map(|n| format!(", {n} rows a page")).unwrap_or_default()
            ),
        ),
        ("pace", pace),
        ("schedule", line.schedule.clone()),
        (
            "whole list",
            if page.full_every > 1 { format!("every {}. run", page.full_every) } else { "every run".to_owned() },
        ),
        ("absence", page.absence.to_owned()),
        ("agreement", agreement.unwrap_or_else(|| line.agreement.to_owned())),
        ("secrets missing", line.secrets_missing.join(", ")),
        ("paused", line.paused.clone().unwrap_or_default()),
        ("fresh", line.store.as_ref().and_then(|s| s.fresh.clone()).unwrap_or_default()),
        ("due", line.store.as_ref().and_then(|s| s.next_due.clone()).unwrap_or_default()),
        (
            "postings",
            postings
                .map(|p| {
                    format!(
                        "{} open, {} unconfirmed, {} closed; {} shown, {} held, {} rejected",
                        count(p.open),
                        count(p.unconfirmed),
                        count(p.closed),
                        count(p.published),
                        count(p.held),
                        count(p.rejected)
                    )
                })
                .unwrap_or_default(),
        ),
    ]))?;
    if let Some(verdicts) = line.verdicts.as_ref().filter(|v| v.judged > 0) {
        ctx.out.line(&facts(&[("verdicts", shown_words(verdicts, REASONS_SHOWN))]))?;
    }
    let rows = page.fields.iter().map(|(name, about)| vec![(*name).to_owned(), (*about).to_owned()]);
    ctx.out.line(&format!("\n{}", table(&["gives", "which is"], rows)))?;
    if let Some(steps) = &page.steps {
        let rows = steps.steps.iter().map(|s| {
            let left = format!("{:.1} %", s.left_permille as f64 / 10.0);
            vec![s.step.clone(), count(s.looked_at), super::super::report::stages::sums(s), left]
        });
        ctx.out.line(&format!("\n{}", table(&["step", "looked at", "kept back or waiting", "left after it"], rows)))?;
    }
    if !page.runs.is_empty() {
        let rows = page.runs.iter().map(|run| {
            vec![
                run.id.to_string(),
                run.kind.clone(),
                run.state.clone(),
                run.began.clone(),
                count(run.counts.rows as i64),
                run.reasons.join("; "),
            ]
        });
        ctx.out.line(&format!("\n{}", table(&["run", "kind", "state", "began", "rows", "why"], rows)))?;
    }
    if line.agreement == "missing" {
        ctx.say(&format!("\nnext: `jobhub source agree {} --document … --since …`", line.name));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        for (seconds, want) in
            [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (200_000, "2 d")]
        {
            assert_eq!(age(seconds), want);
        }
    }
}
