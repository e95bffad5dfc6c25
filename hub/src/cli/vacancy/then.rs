//! `vacancy show --as-of` and `vacancy history`: what was shown on a day and why, as known then or as known now.

use anyhow::{Result, bail};
use chrono::{DateTime, NaiveDate};
use serde::Serialize;
use store::evidence::{POSTING, VACANCY};
use store::history::Belief;

use crate::cli::context::{Ctx, facts, minute, table};
use crate::lifecycle::{self, history, state};
use crate::view::{PostingId, VacancyId, source_name, time};
use crate::world::seoul_instant;

/// An instant: a day (its end in Seoul) or RFC 3339.
///
/// # Errors
/// When it is neither.
pub fn moment(text: &str) -> Result<i64, String> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(seoul_instant(day + chrono::Days::new(1), 0).timestamp_millis() - 1);
    }
    DateTime::parse_from_rfc3339(text).map(|at| at.timestamp_millis()).map_err(|_| {
        "a day such as 2026-03-03 (its end in Seoul), or an instant such as 2026-03-03T09:00:00+09:00".to_owned()
    })
}

/// What held at an instant, as known at some time.
#[derive(Debug, Serialize)]
pub struct Then {
    /// Vacancy.
    pub vacancy: VacancyId,
    /// At which instant.
    pub at: String,
    /// As known when.
    pub known: String,
    /// Whether consumers saw it.
    pub shown: bool,
    /// State.
    pub state: String,
    /// Its reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// publish, hold or reject.
    pub verdict: String,
    /// Since when it was so.
    pub since: String,
    /// That it was over, as fused then.
    pub probability: f64,
    /// What it rested on.
    pub evidence: Vec<Piece>,
    /// Its postings that were known by then.
    pub postings: Vec<Member>,
}

/// A piece of evidence, for people.
#[derive(Debug, Serialize)]
pub struct Piece {
    /// What kind.
    pub kind: String,
    /// What it said.
    pub said: String,
    /// When it was true.
    pub at: String,
    /// When the hub learnt it.
    pub known: String,
    /// Who said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Run or batch that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<i64>,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<String>,
    /// More.
    pub detail: serde_json::Value,
}

/// A posting as it was.
#[derive(Debug, Serialize)]
pub struct Member {
    /// Id.
    pub id: PostingId,
    /// Name of its source.
    pub source: String,
    /// State.
    pub state: String,
    /// Its reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What held of a vacancy at `at_ms`, as known at `known_ms`.
///
/// # Errors
/// When it was not known yet, or the store fails.
pub async fn gather(ctx: &Ctx, id: VacancyId, at_ms: i64, known_ms: i64) -> Result<Then> {
    let store = &ctx.world.store;
    let Some(row) = store.vacancy(id.0).await? else { bail!("there is no vacancy `{id}`") };
    if row.founded_ms > known_ms.min(at_ms) {
        bail!("{id} was not known then: it was first seen on {}", minute(row.founded_ms));
    }
    let beliefs = store.beliefs(VACANCY, id.0).await?;
    let belief = history::at(&beliefs, at_ms, known_ms);
    let mut postings = Vec::new();
    for posting in store.postings_of(id.0).await?.into_iter().filter(|p| p.first_seen_ms <= known_ms) {
        let own = store.beliefs(POSTING, posting.id).await?;
        let belief = history::at(&own, at_ms, known_ms);
        postings.push(Member {
            id: PostingId(posting.id),
            source: source_name(&ctx.world, posting.source).to_owned(),
            state: belief.map_or(state::OPEN, |b| b.state.as_str()).to_owned(),
            reason: belief.and_then(|b| b.reason.clone()),
        });
    }
    let state = belief.map_or(state::OPEN, |b| b.state.as_str());
    let verdict = belief.and_then(|b| b.verdict.as_deref()).unwrap_or("publish");
    Ok(Then {
        vacancy: id,
        at: time(at_ms),
        known: time(known_ms),
        shown: lifecycle::visible(state, verdict),
        state: state.to_owned(),
        reason: belief.and_then(|b| b.reason.clone()),
        verdict: verdict.to_owned(),
        since: time(belief.map_or(row.founded_ms, |b| b.valid_ms)),
        probability: belief.map_or(0.0, |b| b.probability as f64 / 1000.0),
        evidence: pieces(ctx, &rests_on(belief)).await?,
        postings,
    })
}

fn rests_on(belief: Option<&Belief>) -> Vec<i64> {
    belief.and_then(|b| serde_json::from_str(&b.evidence).ok()).unwrap_or_default()
}

async fn pieces(ctx: &Ctx, ids: &[i64]) -> Result<Vec<Piece>> {
    let rows = ctx.world.store.evidence(ids).await?;
    Ok(rows.into_iter().map(|row| piece(ctx, row)).collect())
}

fn piece(ctx: &Ctx, row: store::evidence::Evidence) -> Piece {
    Piece {
        kind: row.kind,
        said: row.said,
        at: time(row.at_ms),
        known: time(row.known_ms),
        source: row.source.map(|number| source_name(&ctx.world, number).to_owned()),
        run: row.run,
        withdrawn: row.withdrawn_ms.map(time),
        detail: serde_json::from_str(&row.detail).unwrap_or_default(),
    }
}

/// Prints what held then.
///
/// # Errors
/// When the output is closed.
pub fn print(ctx: &Ctx, then: &Then) -> Result<()> {
    if ctx.json {
        return ctx.print_json(then);
    }
    let reason = then.reason.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let pairs = vec![
        ("vacancy", then.vacancy.to_string()),
        ("at", format!("{}, as known on {}", then.at, then.known)),
        ("state", format!("{}{reason} since {}, {}", then.state, then.since, then.verdict)),
        ("shown", if then.shown { "yes" } else { "no" }.to_owned()),
        ("over with", format!("{:.3}", then.probability)),
    ];
    ctx.out.line(&facts(&pairs))?;
    print_pieces(ctx, &then.evidence)?;
    let rows = then.postings.iter().map(|p| {
        let reason = p.reason.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        vec![p.id.to_string(), p.source.clone(), format!("{}{reason}", p.state)]
    });
    ctx.out.line(&format!("\n{}", table(&["posting", "of", "state then"], rows)))?;
    Ok(())
}

fn print_pieces(ctx: &Ctx, evidence: &[Piece]) -> Result<()> {
    if evidence.is_empty() {
        return Ok(());
    }
    let rows = evidence.iter().map(|e| {
        let detail = if e.detail.as_object().is_none_or(serde_json::Map::is_empty) {
            String::new()
        } else {
            e.detail.to_string()
        };
        vec![
            e.kind.clone(),
            e.said.clone(),
            e.at.clone(),
            e.known.clone(),
            e.source.clone().unwrap_or_default(),
            e.run.map(|run| run.to_string()).unwrap_or_default(),
            e.withdrawn.clone().unwrap_or_default(),
            detail,
        ]
    });
    ctx.out.line(&format!(
        "\n{}",
        table(&["evidence", "said", "true at", "known", "source", "run", "withdrawn", "detail"], rows)
    ))?;
    Ok(())
}

/// Everything that was believed and on what: what was learnt, and the life as it is known now.
#[derive(Debug, Serialize)]
struct History {
    vacancy: VacancyId,
    /// In the order in which it was learnt.
    learnt: Vec<Belief>,
    /// The life as known at the time asked for: (from, to, state, reason).
    life: Vec<(String, Option<String>, String, Option<String>)>,
    /// All evidence about the job and its postings, withdrawn included.
    evidence: Vec<Piece>,
}

/// Prints the history of a vacancy, as known at a time.
///
/// # Errors
/// When there is no such vacancy, or the store fails.
pub async fn history(ctx: &Ctx, id: VacancyId, known_ms: i64) -> Result<()> {
    let store = &ctx.world.store;
    let Some(row) = store.vacancy(id.0).await? else { bail!("there is no vacancy `{id}`") };
    let beliefs = store.beliefs(VACANCY, id.0).await?;
    let life = history::timeline(&beliefs, row.founded_ms, known_ms)
        .iter()
        .map(|span| {
            let state = span.belief.map_or(state::OPEN, |b| b.state.as_str()).to_owned();
            (time(span.from_ms), span.to_ms.map(time), state, span.belief.and_then(|b| b.reason.clone()))
        })
        .collect();
    let mut subjects: Vec<i64> = store.postings_of(id.0).await?.iter().map(|p| p.id).collect();
    if !subjects.contains(&id.0) {
        subjects.push(id.0);
    }
    let evidence = store.evidence_about(&subjects).await?;
    let evidence = evidence.into_iter().filter(|e| e.known_ms <= known_ms).map(|row| piece(ctx, row)).collect();
    let page = History { vacancy: id, learnt: beliefs, life, evidence };
    if ctx.json {
        return ctx.print_json(&page);
    }
    let rows = page.life.iter().map(|(from, to, state, reason)| {
        vec![from.clone(), to.clone().unwrap_or_default(), state.clone(), reason.clone().unwrap_or_default()]
    });
    ctx.out.line(&table(&["from", "to", "state", "because"], rows))?;
    let rows = page.learnt.iter().map(|b| {
        vec![
            time(b.known_ms),
            time(b.valid_ms),
            b.state.clone(),
            b.reason.clone().unwrap_or_default(),
            b.verdict.clone().unwrap_or_default(),
            format!("{:.3}", b.probability as f64 / 1000.0),
            b.run.map(|run| run.to_string()).unwrap_or_default(),
        ]
    });
    ctx.out.line(&format!(
        "\n{}",
        table(&["learnt on", "true from", "state", "because", "verdict", "over with", "run"], rows)
    ))?;
    print_pieces(ctx, &page.evidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_means_its_end_in_seoul() {
        assert_eq!(moment("2026-03-03").unwrap() + 1, moment("2026-03-04T00:00:00+09:00").unwrap());
        assert!(moment("3 March").is_err());
    }
}
