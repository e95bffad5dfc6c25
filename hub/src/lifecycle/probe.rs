//! Looks at the pages of postings in doubt after a run of their source: few, politely, the most doubtful first. Pages of
//! postings that are surely listed are looked at too: where those seem gone, nothing is believed.

use std::sync::Arc;

use adapters::{Adapter as _, Answer, Ask, Detail, Method, PageErrorKind, RawField, RawPosting, Source};
use store::StoreError;
use store::tally::Tally;
use tokio_util::sync::CancellationToken;

use super::evidence::{Kind, New, Said, outcome};
use super::rules::what;
use super::{At, page, record};
use crate::pipeline::settle::{Judge, settle};
use crate::pipeline::{Body, source_number};
use crate::terms::Terms as _;
use crate::web::{Budget, Policy};
use crate::world::World;

/// Pages of surely listed postings looked at first.
const CONTROLS: i64 = 3;
/// Of a day's quota, at most one in so many requests of one run.
const QUOTA_SHARE: u64 = 50;
/// Retries a round of looking may spend.
const RETRIES: u32 = 2;

/// What looking came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Pages that said closed.
    pub closed: u64,
    /// Pages that had the posting.
    pub alive: u64,
    /// Pages that said nothing, or were not believed.
    pub unknown: u64,
}

/// Looks at the pages of a source's postings in doubt, and settles what follows. `run` is the run it belongs to.
///
/// # Errors
/// When the store fails.
pub async fn after_run(
    world: &World,
    source: &Arc<Source>,
    run: i64,
    cancel: &CancellationToken,
) -> Result<Looked, StoreError> {
    let number = source_number(source.name());
    let settings = world.settings.lifecycle.probe;
    let own = world.settings.source.get(source.name()).and_then(|s| s.probes);
    let mut left = i64::from(own.unwrap_or(settings.per_run));
    if let Some(per_day) = source.pace().per_day {
        left = left.min(i64::try_from(u64::from(per_day) / QUOTA_SHARE).unwrap_or(0));
    }
    if left <= CONTROLS || source.is_signal() || run == 0 {
        return Ok(Looked::default());
    }
    let since = world.clock.now().timestamp_millis() - settings.again_hours * 3_600_000;
    let doubtful = world.store.in_doubt(number, since, left - CONTROLS).await?;
    if doubtful.is_empty() {
        return Ok(Looked::default());
    }
    let budget =
        Budget::new(world.web_clock.now() + chrono::Duration::seconds(settings.seconds_max), RETRIES, cancel.clone());
    let eye = Eye { world, source, policy: Policy { robots: true, ..crate::pipeline::policy(world, source) }, budget };
    let mut controls = Vec::new();
    for id in world.store.surely_open(number, CONTROLS).await? {
        controls.extend(eye.look(id).await?);
    }
    // nothing can be learned where no page of a posting is to be had
    if !controls.contains(&outcome::ALIVE) {
        return Ok(Looked::default());
    }
    let mut seen = Vec::new();
    for id in doubtful {
        match eye.look(id).await? {
            // what pages of open postings say as well means nothing
            Some(said) if !controls.contains(&said) || said == outcome::ALIVE => seen.push((id, said)),
            Some(_) => seen.push((id, outcome::UNKNOWN)),
            None => {}
        }
        if cancel.is_cancelled() || world.web_clock.now() >= eye.budget.deadline {
            break;
        }
    }
    let alive = controls.iter().filter(|said| **said == outcome::ALIVE).count();
    write(world, number, run, &seen, alive as f64).await
}

/// Keeps what was seen, and what follows.
async fn write(
    world: &World,
    source: i64,
    run: i64,
    seen: &[(i64, &'static str)],
    controls: f64,
) -> Result<Looked, StoreError> {
    let now_ms = world.clock.now().timestamp_millis();
    let mut looked = Looked::default();
    let tally = |key: &str, trials: f64, hits: f64| Tally {
        source,
        what: what::PROBE.to_owned(),
        key: key.to_owned(),
        trials,
        hits,
    };
    let (mut news, mut tallies) = (Vec::new(), vec![tally(outcome::ALIVE, controls, 0.0)]);
    for (id, said) in seen {
        let what_said = match *said {
            outcome::UNKNOWN => {
                looked.unknown += 1;
                continue;
            }
            outcome::ALIVE => {
                looked.alive += 1;
                Said::Open
            }
            _ => {
                looked.closed += 1;
                tallies.push(tally(said, 1.0, 1.0));
                Said::Closed
            }
        };
        let new = New::posting(*id, Kind::Probe, what_said, now_ms);
        news.push(New { source: Some(source), detail: serde_json::json!({ "outcome": said }), ..new });
    }
    let tx = world.store.write().await?;
    let judge = Judge::of(world, now_ms, Some(run));
    let changes = record(&tx, &judge.rules, At { as_of_ms: now_ms, run: Some(run) }, &news).await?;
    settle(&tx, &judge, &mut [], changes.touched).await?;
    tx.add_tallies(&tallies, 1.0).await?;
    let rows = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let all = looked.closed + looked.alive + looked.unknown;
    let ledger = [("in", all), ("closed", looked.closed), ("alive", looked.alive), ("unknown", looked.unknown)];
    let ledger: Vec<_> = ledger.iter().map(|(code, n)| ("probe", *code, rows(*n))).collect();
    tx.add_ledger(run, &ledger).await?;
    tx.commit().await?;
    Ok(looked)
}

/// Looks at one source's pages.
struct Eye<'a> {
    world: &'a World,
    source: &'a Arc<Source>,
    policy: Policy,
    budget: Budget,
}

impl Eye<'_> {
    /// What the page of a posting says; `None` when it has none that may be asked for.
    async fn look(&self, id: i64) -> Result<Option<&'static str>, StoreError> {
        let Some(row) = self.world.store.posting(id).await? else { return Ok(None) };
        let Ok(body) = serde_json::from_str::<Body>(&row.body) else { return Ok(None) };
        let mut raw = RawPosting::at(0);
        raw.set(RawField::ExternalId, row.external_id.as_str());
        if let Some(url) = &body.posting.url {
            raw.set(RawField::Url, url.as_str());
        }
        let (ask, of_manifest) = match (self.source.detail(&raw), &body.posting.url) {
            (Some(ask), _) => (ask, true),
            (None, Some(url)) if self.is_of(url) => (plain(url), false),
            _ => return Ok(None),
        };
        // what cannot be fetched says nothing of the posting
        let Ok(fetched) = self.world.web.get(&self.policy, &ask, None, &self.budget).await else {
            return Ok(Some(outcome::UNKNOWN));
        };
        if of_manifest {
            let answer = Answer {
                status: fetched.status,
                content_type: fetched.content_type.as_deref(),
                link: fetched.link.as_deref(),
                body: &fetched.body,
            };
            match self.source.read_detail(&ask, &answer, &mut raw) {
                // some pages carry the flag among their fields
                Ok(Detail::Read) if raw.text(RawField::Status) == Some("closed") => return Ok(Some(outcome::FORM)),
                Ok(Detail::Read) => return Ok(Some(outcome::ALIVE)),
                // the manifest names 404 beside its own form; the form says more
                Ok(Detail::Closed) if fetched.status == 404 => return Ok(Some(outcome::MISSING)),
                Ok(Detail::Closed) => return Ok(Some(outcome::FORM)),
                Err(error) if error.kind == PageErrorKind::Gone => return Ok(Some(outcome::FORM)),
                Err(_) => {}
            }
        }
        let text = String::from_utf8_lossy(&fetched.body);
        let came = page::Came { status: fetched.status, asked: &ask.url, from: &fetched.final_url, text: &text };
        Ok(Some(page::read(&came, &body.posting.title)))
    }

    fn is_of(&self, url: &str) -> bool {
        let host = url.split_once("://").map_or("", |(_, rest)| rest.split(['/', ':', '?']).next().unwrap_or(""));
        self.source.hosts().iter().any(|own| own == host)
    }
}

fn plain(url: &str) -> Ask {
    Ask { method: Method::Get, url: url.to_owned(), headers: Vec::new(), body: None, at: adapters::At::default() }
}
