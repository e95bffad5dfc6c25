//! How each source is: the worst of reachability, freshness against its declared period, volume, schema and rejects; what
//! repairs itself and what needs a person, by how many postings it affects. Judging is pure; `load` brings the facts.

use std::collections::BTreeMap;

use adapters::Certificate;
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::StoreError;
use store::run::Past;

use crate::pipeline::Counts;
use crate::schedule::Schedule;
use crate::terms::Terms as _;
use crate::view::PostingSums;
use crate::world::{World, instant, seoul_day};

/// Runs a sparkline shows.
pub const RUNS_SHOWN: i64 = 14;
/// A source may be late by half its period, but not by less …
const GRACE_MIN_MS: i64 = 15 * 60_000;
/// … nor by more than this.
const GRACE_MAX_MS: i64 = 6 * 3_600_000;
/// Periods beyond the grace after which a late source needs a person.
const PERIODS_TO_DOWN: i64 = 2;
/// Runs in a row that were not complete after which a person is needed.
const TRIES_TO_DOWN: usize = 3;
/// Rows that could not be read, per thousand, that make a source late …
const REJECTS_LATE: u64 = 20;
/// … and that need a person (the same share makes a run incomplete).
const REJECTS_DOWN: u64 = 100;

/// How a source is; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Needs a person.
    Down,
    /// Within its grace, or trying again by itself.
    Late,
    /// Nothing of it is published yet.
    Trial,
    /// An operator stopped it, with a reason.
    Paused,
    /// All is well.
    Good,
}

impl State {
    /// All, the worst first.
    pub const ALL: [State; 5] = [State::Down, State::Late, State::Trial, State::Paused, State::Good];

    /// Its word, as in keys of texts and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            State::Down => "down",
            State::Late => "late",
            State::Trial => "trial",
            State::Paused => "paused",
            State::Good => "good",
        }
    }

    /// Its mark: a shape of its own, so that no colour is needed.
    pub fn mark(self) -> &'static str {
        match self {
            State::Down => "■",
            State::Late => "▲",
            State::Trial => "◆",
            State::Paused => "‖",
            State::Good => "●",
        }
    }
}

/// Why a source is not well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// auth, broken, agreement, partial, quota, stale, never, volume, drift or rejects.
    pub code: &'static str,
    /// How bad it is.
    pub state: State,
    /// Whether the hub tries again by itself.
    pub heals: bool,
    /// Whose it is to mend: hub, operator, steward or partner.
    pub owner: &'static str,
    /// In the words of the run.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Run that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<i64>,
}

/// What is known of a source.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Why an operator paused it.
    pub paused: Option<String>,
    /// `trial` or `shadow` while it is on its way in.
    pub stage: Option<String>,
    /// It wants an agreement and there is none for today.
    pub unagreed: bool,
    /// When its last complete run began.
    pub watermark_ms: Option<i64>,
    /// Time between two ticks of its schedule.
    pub period_ms: i64,
    /// The tick after its last complete run.
    pub due_ms: Option<i64>,
    /// Its last runs, newest first.
    pub runs: Vec<Past>,
    /// What the newest ended one proved.
    pub certificate: Option<Certificate>,
}

/// How a source is, and why.
pub fn judge(facts: &Facts, now_ms: i64) -> (State, Vec<Cause>) {
    if facts.paused.is_some() {
        return (State::Paused, Vec::new());
    }
    let mut causes = Vec::new();
    let ended: Vec<&Past> =
        facts.runs.iter().filter(|run| !matches!(run.state.as_str(), "running" | "waiting")).collect();
    if facts.unagreed {
        causes.push(cause("agreement", State::Down, false, "operator", String::new(), None));
    }
    reach(facts, &ended, &mut causes);
    fresh(facts, now_ms, &mut causes);
    if let Some(last) = ended.first() {
        rejects(last, &mut causes);
    }
    causes.sort_by_key(|cause| cause.state);
    let worst = causes.first().map_or(State::Good, |cause| cause.state);
    // on trial a source is shown as such until it is broken: nobody waits for what is not published
    let on_trial = matches!(facts.stage.as_deref(), Some("trial" | "shadow"));
    (if on_trial && worst > State::Down { State::Trial } else { worst }, causes)
}

fn cause(
    code: &'static str,
    state: State,
    heals: bool,
    owner: &'static str,
    detail: String,
    run: Option<i64>,
) -> Cause {
    Cause { code, state, heals, owner, detail, run }
}

/// Whether its list could be read, and looked as it should.
fn reach(facts: &Facts, ended: &[&Past], causes: &mut Vec<Cause>) {
    if let Some(waiting) = facts.runs.first().filter(|run| run.state == "waiting") {
        let detail = waiting.error.clone().unwrap_or_default();
        causes.push(cause("quota", State::Late, true, "hub", detail, Some(waiting.id)));
    }
    let Some(last) = ended.first() else { return };
    let detail = last.error.clone().unwrap_or_default();
    let run = Some(last.id);
    let tries = ended.iter().take_while(|run| run.state == "partial").count();
    match last.state.as_str() {
        // the key, or the hub itself: trying again changes nothing
        "failed" if detail.contains("ledger") => causes.push(cause("broken", State::Down, false, "hub", detail, run)),
        "failed" => causes.push(cause("auth", State::Down, false, "operator", detail, run)),
        "guarded" if detail.contains("fields changed") => {
            causes.push(cause("drift", State::Down, false, "operator", detail, run));
        }
        "guarded" => causes.push(cause("volume", State::Down, false, "steward", detail, run)),
        "partial" if facts.certificate.as_ref().is_some_and(|c| c.incremental && c.reasons.len() <= 1) => {}
        "partial" if tries >= TRIES_TO_DOWN => {
            causes.push(cause("partial", State::Down, false, "partner", detail, run))
        }
        "partial" => causes.push(cause("partial", State::Late, true, "hub", detail, run)),
        _ => {}
    }
}

/// Whether it was read when its schedule says.
fn fresh(facts: &Facts, now_ms: i64, causes: &mut Vec<Cause>) {
    let grace_ms = (facts.period_ms / 2).clamp(GRACE_MIN_MS, GRACE_MAX_MS);
    match facts.due_ms {
        None if facts.watermark_ms.is_none() => {
            causes.push(cause("never", State::Late, true, "hub", String::new(), None));
        }
        Some(due_ms) if now_ms > due_ms => {
            let over_ms = now_ms - due_ms;
            let down = over_ms > grace_ms + PERIODS_TO_DOWN * facts.period_ms;
            // being read right now, or a few minutes after its tick, is not late
            if down || over_ms > GRACE_MIN_MS {
                let (state, heals, owner) =
                    if down { (State::Down, false, "operator") } else { (State::Late, true, "hub") };
                causes.push(cause("stale", state, heals, owner, String::new(), None));
            }
        }
        _ => {}
    }
}

fn rejects(last: &Past, causes: &mut Vec<Cause>) {
    let counts: Counts = serde_json::from_str(&last.counts).unwrap_or_default();
    let per_thousand = (counts.failed * 1000).checked_div(counts.rows).unwrap_or(0);
    let detail = || format!("{} / {}", counts.failed, counts.rows);
    if per_thousand > REJECTS_DOWN {
        causes.push(cause("rejects", State::Down, false, "partner", detail(), Some(last.id)));
    } else if per_thousand > REJECTS_LATE {
        causes.push(cause("rejects", State::Late, false, "partner", detail(), Some(last.id)));
    }
}

/// One run of a sparkline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// Run.
    pub run: i64,
    /// How it ended.
    pub state: String,
    /// Rows received.
    pub rows: u64,
}

/// A source on the board.
#[derive(Clone, Debug, Serialize)]
pub struct Tile {
    /// Name.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// public, local, private or linked.
    pub class: String,
    /// How it is.
    pub state: State,
    /// Milliseconds since its last complete run began.
    pub age_ms: Option<i64>,
    /// Why an operator paused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<String>,
    /// `trial` or `shadow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Why it is not well, the worst first.
    pub causes: Vec<Cause>,
    /// Its last runs, oldest first.
    pub runs: Vec<Bar>,
    /// Its postings.
    pub published: i64,
    /// All it ever had.
    pub postings: i64,
    /// When it is due next, milliseconds since 1970 UTC.
    pub next_due_ms: Option<i64>,
}

/// The board.
#[derive(Clone, Debug, Serialize)]
pub struct Board {
    /// When it was made, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Vacancies that one can apply for and that are shown.
    pub active: i64,
    /// 95 of 100 sources that run are newer than this, in milliseconds.
    pub age_p95_ms: Option<i64>,
    /// Published postings.
    pub published: i64,
    /// Published postings of sources that need a person.
    pub affected: i64,
    /// Questions that wait, by family.
    pub cases: Vec<(String, i64)>,
    /// All sources: the worst first, then by how many postings they have.
    pub tiles: Vec<Tile>,
}

impl Board {
    /// How many sources are in a state.
    pub fn count(&self, state: &State) -> usize {
        self.tiles.iter().filter(|tile| tile.state == *state).count()
    }

    /// A source.
    pub fn tile(&self, name: &str) -> Option<&Tile> {
        self.tiles.iter().find(|tile| tile.name == name)
    }
}

/// Reads all sources: some queries, two of which walk a table.
///
/// # Errors
/// When the store fails.
pub async fn load(world: &World) -> Result<Board, StoreError> {
    let now = world.clock.now();
    let now_ms = now.timestamp_millis();
    let today = seoul_day(now).to_string();
    let store = &world.store;
    let mut sums: BTreeMap<i64, PostingSums> = BTreeMap::new();
    for row in store.posting_counts().await? {
        sums.entry(row.source).or_default().add(&row.state, &row.verdict, row.count);
    }
    let mut runs: BTreeMap<i64, Vec<Past>> = BTreeMap::new();
    for run in store.past_runs(RUNS_SHOWN).await? {
        runs.entry(run.source).or_default().push(run);
    }
    let certificates: BTreeMap<i64, Certificate> = store
        .last_runs()
        .await?
        .into_iter()
        .filter_map(|run| Some((run.source, serde_json::from_str(run.certificate.as_deref()?).ok()?)))
        .collect();
    let agreed: Vec<i64> = store
        .agreements()
        .await?
        .into_iter()
        .filter(|a| a.since <= today && a.until.as_ref().is_none_or(|until| *until >= today))
        .map(|a| a.source)
        .collect();
    let stages: BTreeMap<i64, String> =
        store.onboardings().await?.into_iter().filter(|o| o.stage != "live").map(|o| (o.source, o.stage)).collect();
    let mut tiles = Vec::new();
    for row in store.sources().await? {
        let Some(source) = adapters::catalog().get(&row.name) else { continue };
        let paused = world.settings.source.get(&row.name).and_then(|s| s.paused.clone()).or_else(|| row.paused.clone());
        let (period_ms, due_ms) = timing(source.schedule(), row.watermark_ms, now);
        let facts = Facts {
            paused: paused.clone(),
            stage: stages.get(&row.number).cloned(),
            unagreed: source.needs_agreement() && !agreed.contains(&row.number),
            watermark_ms: row.watermark_ms,
            period_ms,
            due_ms,
            runs: runs.remove(&row.number).unwrap_or_default(),
            certificate: certificates.get(&row.number).cloned(),
        };
        let (state, causes) = judge(&facts, now_ms);
        let sums = sums.get(&row.number).copied().unwrap_or_default();
        tiles.push(Tile {
            name: row.name,
            title: row.title,
            class: row.class,
            state,
            age_ms: row.watermark_ms.map(|ms| (now_ms - ms).max(0)),
            paused,
            stage: facts.stage,
            causes,
            runs: facts.runs.iter().rev().map(bar).collect(),
            published: sums.published,
            postings: sums.all,
            next_due_ms: row.next_due_ms,
        });
    }
    tiles.sort_by(|a, b| (a.state, -a.published, &a.name).cmp(&(b.state, -b.published, &b.name)));
    let counts = store.vacancy_counts().await?;
    let active = counts.iter().filter(|(state, verdict, _)| state != "closed" && verdict == "publish");
    Ok(Board {
        at_ms: now_ms,
        active: active.map(|(_, _, count)| count).sum(),
        age_p95_ms: p95(tiles.iter().filter(|t| t.state != State::Paused).filter_map(|t| t.age_ms).collect()),
        published: tiles.iter().map(|t| t.published).sum(),
        affected: tiles.iter().filter(|t| t.state == State::Down).map(|t| t.published).sum(),
        cases: store.open_cases().await?,
        tiles,
    })
}

fn bar(run: &Past) -> Bar {
    let counts: Counts = serde_json::from_str(&run.counts).unwrap_or_default();
    Bar { run: run.id, state: run.state.clone(), rows: counts.rows }
}

/// Milliseconds between two ticks, and the tick after the last complete run.
fn timing(schedule: &str, watermark_ms: Option<i64>, now: DateTime<Utc>) -> (i64, Option<i64>) {
    let Ok(schedule) = Schedule::parse(schedule) else { return (24 * 3_600_000, None) };
    let next = schedule.next_after(now);
    let after = next.and_then(|next| schedule.next_after(next));
    let period = next.zip(after).map_or(24 * 3_600_000, |(next, after)| (after - next).num_milliseconds());
    let due = watermark_ms.and_then(|ms| schedule.next_after(instant(ms)));
    (period, due.map(|at| at.timestamp_millis()))
}

/// The value below which 95 of 100 are.
pub fn p95(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    let at = (values.len() * 95).div_ceil(100).checked_sub(1)?;
    values.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn past(state: &str, error: &str, rows: u64, failed: u64) -> Past {
        let counts = serde_json::to_string(&Counts { rows, failed, ..Counts::default() }).unwrap();
        let error = Some(error.to_owned()).filter(|e| !e.is_empty());
        Past { id: 1, source: 1, state: state.to_owned(), as_of_ms: 0, ended_ms: None, counts, error }
    }

    /// State and codes of a source read every hour, whose tick was so many minutes ago.
    fn judged(runs: Vec<Past>, over_minutes: i64, change: impl FnOnce(&mut Facts)) -> String {
        let mut facts = Facts { watermark_ms: Some(0), period_ms: HOUR, due_ms: Some(HOUR), runs, ..Facts::default() };
        change(&mut facts);
        let (state, causes) = judge(&facts, HOUR + over_minutes * 60_000);
        let codes: Vec<String> =
            causes.iter().map(|c| format!("{}{}/{}", c.code, if c.heals { "~" } else { "" }, c.owner)).collect();
        format!("{} {}", state.word(), codes.join(" "))
    }

    #[test]
    fn a_source_is_as_bad_as_its_worst_side() {
        let complete = || past("complete", "", 1000, 0);
        let partial = || past("partial", "page 3 of slice a: HTTP 503", 900, 0);
        let none = |_: &mut Facts| {};
        for (got, want) in [
            (judged(vec![complete()], 0, none), "good "),
            (judged(vec![complete()], 15, none), "good "),
            (judged(vec![complete()], 16, none), "late stale~/hub"),
            (judged(vec![complete()], 150, none), "late stale~/hub"),
            (judged(vec![complete()], 151, none), "down stale/operator"),
            (judged(vec![past("failed", "HTTP 401", 0, 0), complete()], 0, none), "down auth/operator"),
            (judged(vec![past("failed", "the ledger does not balance", 0, 0)], 0, none), "down broken/hub"),
            (judged(vec![partial(), complete()], 0, none), "late partial~/hub"),
            (judged(vec![partial(), partial(), partial()], 0, none), "down partial/partner"),
            (
                judged(vec![past("guarded", "412 of 580 open postings are missing", 168, 0)], 0, none),
                "down volume/steward",
            ),
            (
                judged(vec![past("guarded", "the source's fields changed: `pay` is missing", 9, 0)], 0, none),
                "down drift/operator",
            ),
            (judged(vec![past("waiting", "quota", 5, 0), complete()], 0, none), "late quota~/hub"),
            (judged(vec![past("running", "", 5, 0), complete()], 0, none), "good "),
            (judged(vec![past("complete", "", 1000, 20)], 0, none), "good "),
            (judged(vec![past("complete", "", 1000, 21)], 0, none), "late rejects/partner"),
            (judged(vec![past("partial", "x", 1000, 101), complete()], 0, none), "down rejects/partner partial~/hub"),
            (judged(vec![], 0, |f| (f.watermark_ms, f.due_ms) = (None, None)), "late never~/hub"),
            (judged(vec![past("failed", "x", 0, 0)], 999, |f| f.paused = Some("점검".into())), "paused "),
            (judged(vec![complete()], 30, |f| f.stage = Some("shadow".into())), "trial stale~/hub"),
            (
                judged(vec![past("failed", "HTTP 401", 0, 0)], 0, |f| f.stage = Some("shadow".into())),
                "down auth/operator",
            ),
            (judged(vec![complete()], 0, |f| f.unagreed = true), "down agreement/operator"),
        ] {
            assert_eq!(got, want);
        }
    }

    #[test]
    fn the_95th_of_100_is_taken() {
        assert_eq!(p95((1..=100).collect()), Some(95));
        assert_eq!((p95(vec![7]), p95(vec![])), (Some(7), None));
    }
}
