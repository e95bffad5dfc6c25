//! What a sync came to, for a person or a program: runs, ledger, vacancies, postings, slowest sources, findings, cases.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use indicatif::HumanCount;
use serde::Serialize;

use super::context::{Code, Ctx, table};
use crate::lifecycle::calibrate::Reliability;
use crate::lifecycle::freshness::{self, Freshness};
use crate::pipeline::{Counts, RunReport, imbalance};
use crate::verdicts::shown::Shown;
use crate::world::World;

/// Sources shown as slowest, and findings and failures shown.
const SHOWN: usize = 8;

/// Everything about one round of syncs.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Wall time in seconds.
    pub seconds: f64,
    /// One report a source.
    pub runs: Vec<RunReport>,
    /// What became of all rows.
    pub counts: Counts,
    /// Ledger over all runs: stage → code → rows.
    pub ledger: BTreeMap<String, BTreeMap<String, i64>>,
    /// Why it does not balance, if it does not.
    pub imbalance: Option<String>,
    /// Vacancies in the store by state and verdict.
    pub vacancies: Vec<(String, String, i64)>,
    /// Vacancies by number of postings.
    pub vacancy_sizes: Vec<(i64, i64)>,
    /// Postings in the store by class of source: (class, open, closed, shown, held, rejected).
    pub postings: Vec<ClassCount>,
    /// Commonest findings that ask for a person: (rule, effect, postings).
    pub findings: Vec<(String, String, i64)>,
    /// Of what these runs judged, the share that may be shown, and the rules that spoke against the rest.
    pub verdicts: Shown,
    /// Open cases by family.
    pub cases: Vec<(String, i64)>,
    /// How long what closed was still shown, and what is new was not, over all sources and runs so far.
    pub freshness: Freshness,
    /// Forecasts of the lifecycle and what lists said later.
    pub reliability: Reliability,
    /// Its mean error.
    pub calibration_error: f64,
}

/// Postings of a class.
#[derive(Debug, Default, Serialize)]
pub struct ClassCount {
    /// Class.
    pub class: String,
    /// Sources that brought any.
    pub sources: u64,
    /// One can apply.
    pub open: i64,
    /// Missing once.
    pub unconfirmed: i64,
    /// One cannot.
    pub closed: i64,
    /// May be shown.
    pub publish: i64,
    /// Kept back.
    pub hold: i64,
    /// Must not be shown.
    pub reject: i64,
}

impl Summary {
    /// Reads what there is to say from the reports and the store.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn gather(world: &World, runs: Vec<RunReport>, after: i64, elapsed: Duration) -> Result<Summary> {
        let entries = world.store.ledger_since(after).await?;
        let mut ledger: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
        for entry in &entries {
            *ledger.entry(entry.stage.clone()).or_default().entry(entry.code.clone()).or_default() += entry.count;
        }
        let mut counts = Counts::default();
        for run in &runs {
            counts.add(&run.counts);
        }
        let reliability = world.lifecycle.rules().reliability.clone();
        Ok(Summary {
            seconds: elapsed.as_secs_f64(),
            ledger,
            imbalance: imbalance(&entries),
            vacancies: world.store.vacancy_counts().await?,
            vacancy_sizes: world.store.vacancy_sizes().await?,
            postings: by_class(world).await?,
            findings: world.store.finding_counts().await?,
            verdicts: Shown::of_counts(&counts, world.store.reasons_since(after).await?),
            counts,
            cases: world.store.open_cases().await?,
            freshness: freshness::by_source(&world.store.tallies().await?).remove(&0).unwrap_or_default(),
            calibration_error: reliability.error(),
            reliability,
            runs,
        })
    }

    /// The exit code that fits.
    pub fn code(&self) -> Code {
        let state = |name: &str| self.runs.iter().any(|run| run.state == name);
        if self.imbalance.is_some() {
            Code::Bug
        } else if state("failed") || state("partial") {
            Code::Unreachable
        } else if state("skipped") {
            Code::Conflict
        } else {
            Code::Ok
        }
    }

    /// Prints it: JSON for a program, tables for a person.
    ///
    /// # Errors
    /// When the output is closed.
    pub fn print(&self, ctx: &Ctx) -> Result<()> {
        if ctx.json {
            return ctx.print_json(self);
        }
        ctx.say(&self.headline());
        ctx.say(&super::vet::shown_words(&self.verdicts, SHOWN));
        ctx.say(&self.vacancy_table());
        ctx.say(&self.posting_table());
        ctx.say(&self.ledger_table());
        ctx.say(&self.slowest_table());
        if !self.findings.is_empty() {
            ctx.say(&self.finding_table());
        }
        ctx.say(&self.freshness_line());
        self.print_troubles(ctx);
        Ok(())
    }

    fn headline(&self) -> String {
        let mut states: BTreeMap<&str, usize> = BTreeMap::new();
        for run in &self.runs {
            *states.entry(&run.state).or_default() += 1;
        }
        let states: Vec<String> = states.iter().map(|(state, n)| format!("{n} {state}")).collect();
        let rows = self.counts.rows;
        format!(
            "\n{} sources in {:.1} s ({}): {} rows, {} rows/s, {} pages ({} not modified), {} details",
            self.runs.len(),
            self.seconds,
            states.join(", "),
            HumanCount(rows),
            HumanCount((rows as f64 / self.seconds.max(0.001)) as u64),
            HumanCount(self.counts.pages),
            HumanCount(self.counts.not_modified),
            HumanCount(self.counts.details),
        )
    }

    fn vacancy_table(&self) -> String {
        let rows = self.vacancies.iter().map(|(state, verdict, n)| vec![state.clone(), verdict.clone(), count(*n)]);
        let all: i64 = self.vacancy_sizes.iter().map(|(_, n)| n).sum();
        let shared: i64 = self.vacancy_sizes.iter().filter(|(size, _)| *size > 1).map(|(_, n)| n).sum();
        let largest = self.vacancy_sizes.last().map_or(0, |(size, _)| *size);
        format!(
            "{}\n{} vacancies, {} of them carried by more than one posting (largest: {largest})",
            table(&["vacancies", "verdict", "count"], rows),
            count(all),
            count(shared)
        )
    }

    fn posting_table(&self) -> String {
        let rows = self.postings.iter().map(|c| {
            let mut row = vec![c.class.clone(), c.sources.to_string()];
            row.extend([c.open, c.unconfirmed, c.closed, c.publish, c.hold, c.reject].map(count));
            row
        });
        table(&["postings of", "sources", "open", "unconfirmed", "closed", "publish", "hold", "reject"], rows)
    }

    fn ledger_table(&self) -> String {
        let rows = self.ledger.iter().map(|(stage, codes)| {
            let taken = codes.get("in").copied().unwrap_or(0);
            let became: Vec<String> = codes
                .iter()
                .filter(|(code, _)| *code != "in")
                .map(|(code, n)| format!("{} {code}", count(*n)))
                .collect();
            vec![stage.clone(), count(taken), became.join(" + ")]
        });
        let verdict = match &self.imbalance {
            None => "the ledger balances".to_owned(),
            Some(why) => format!("THE LEDGER DOES NOT BALANCE: {why}"),
        };
        format!("{}\n{verdict}", table(&["ledger", "in", "became"], rows))
    }

    fn slowest_table(&self) -> String {
        let mut runs: Vec<&RunReport> = self.runs.iter().collect();
        runs.sort_by_key(|run| std::cmp::Reverse(run.elapsed_ms));
        let rows = runs.iter().take(SHOWN).map(|run| {
            let seconds = format!("{:.2} s", run.elapsed_ms as f64 / 1000.0);
            let c = &run.counts;
            vec![
                run.source.clone(),
                run.state.clone(),
                seconds,
                counted(c.pages + c.details),
                counted(c.rows),
                counted(c.new),
                counted(c.changed),
            ]
        });
        table(&["slowest sources", "state", "time", "pages", "rows", "new", "changed"], rows)
    }

    fn finding_table(&self) -> String {
        let rows =
            self.findings.iter().take(SHOWN).map(|(rule, effect, n)| vec![rule.clone(), effect.clone(), count(*n)]);
        table(&["findings", "effect", "postings"], rows)
    }

    fn freshness_line(&self) -> String {
        let of = |what: &str, delay: Option<freshness::Delay>| {
            delay.map(|d| {
                let (half, most) = (super::report::words(d.p50_seconds), super::report::words(d.p95_seconds));
                format!("{what} after at most {half} (p50), {most} (p95)")
            })
        };
        let fresh = self.freshness;
        let parts: Vec<String> =
            [of("closed postings hidden", fresh.close_to_hidden), of("new ones visible", fresh.published_to_visible)]
                .into_iter()
                .flatten()
                .collect();
        if parts.is_empty() {
            return "freshness: nothing to measure before a second list".to_owned();
        }
        format!("{}; calibration error {:.4}", parts.join("; "), self.calibration_error)
    }

    fn print_troubles(&self, ctx: &Ctx) {
        let troubled: Vec<&RunReport> = self.runs.iter().filter(|run| run.error.is_some()).collect();
        if !troubled.is_empty() {
            let rows = troubled
                .iter()
                .take(2 * SHOWN)
                .map(|run| vec![run.source.clone(), run.state.clone(), run.error.clone().unwrap_or_default()]);
            ctx.say(&table(&["not complete", "state", "why"], rows));
            if troubled.len() > 2 * SHOWN {
                ctx.say(&format!("… and {} more: `jobhub run list`", troubled.len() - 2 * SHOWN));
            }
        }
        for (family, n) in &self.cases {
            ctx.say(&format!("{} {family} cases wait for a steward", count(*n)));
        }
    }
}

async fn by_class(world: &World) -> Result<Vec<ClassCount>> {
    let classes: BTreeMap<i64, String> =
        world.store.sources().await?.into_iter().map(|s| (s.number, s.class)).collect();
    let mut sources: BTreeMap<(String, i64), ()> = BTreeMap::new();
    let mut sums: BTreeMap<String, ClassCount> = BTreeMap::new();
    for row in world.store.posting_counts().await? {
        let class = classes.get(&row.source).cloned().unwrap_or_default();
        sources.insert((class.clone(), row.source), ());
        let sum = sums.entry(class.clone()).or_insert_with(|| ClassCount { class, ..ClassCount::default() });
        match row.state.as_str() {
            "open" | "scheduled" => sum.open += row.count,
            "unconfirmed" | "suspected_stale" | "suspected_filled" => sum.unconfirmed += row.count,
            _ => sum.closed += row.count,
        }
        match row.verdict.as_str() {
            "publish" => sum.publish += row.count,
            "hold" => sum.hold += row.count,
            _ => sum.reject += row.count,
        }
    }
    for (class, _) in sources.keys() {
        if let Some(sum) = sums.get_mut(class) {
            sum.sources += 1;
        }
    }
    Ok(sums.into_values().collect())
}

fn count(n: i64) -> String {
    counted(u64::try_from(n).unwrap_or(0))
}

fn counted(n: u64) -> String {
    HumanCount(n).to_string()
}
