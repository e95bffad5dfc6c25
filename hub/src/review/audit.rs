//! The weekly look at what nobody decided: some automatic merges, chosen by chance, are asked about without a suggestion.
//! How many of them people confirm is the precision of the rules.

use serde_json::json;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::{Family, Question, ReviewError, ask, content};
use crate::people::Actor;
use crate::pipeline::settle::hash_text;
use crate::world::World;

/// A week.
const WEEK_MS: i64 = 7 * 86_400_000;
/// Vacancies drawn from, at most.
const DRAWN_FROM_MAX: i64 = 500_000;

/// Asks about so many automatic merges; the same week draws the same ones. Gives how many were opened.
///
/// # Errors
/// When the actor does not lead, or the store fails.
pub async fn audit(world: &World, actor: &Actor, count: usize) -> Result<u64, ReviewError> {
    if !actor.leads() {
        return Err(ReviewError::NotAllowed("a lead has merges looked at".to_owned()));
    }
    let now_ms = world.clock.now().timestamp_millis();
    let week = now_ms.div_euclid(WEEK_MS);
    let mut drawn: Vec<(u64, i64)> = world
        .store
        .joined_vacancies(DRAWN_FROM_MAX)
        .await?
        .into_iter()
        .map(|id| (xxh3_64_with_seed(&id.to_le_bytes(), week.cast_unsigned()), id))
        .collect();
    drawn.sort_unstable();
    drawn.truncate(count);
    let settings = &world.settings.review;
    let mut questions = Vec::new();
    for (draw, vacancy) in drawn {
        let members = world.store.postings_of(vacancy).await?;
        let [first, rest @ ..] = &members[..] else { continue };
        let Some(other) = rest.get(draw as usize % rest.len().max(1)) else { continue };
        let (a, b) = (first.id.min(other.id), first.id.max(other.id));
        questions.push(Question {
            family: Family::Duplicate,
            key: hash_text(&format!("audit {week} {a} {b}")),
            source: Some(first.source),
            run: None,
            vacancy: None,
            a: Some(a),
            b: Some(b),
            value: members.len() as f64,
            // one merge in a hundred may be wrong
            risk: 0.01 * ask::harm(settings, Family::Duplicate),
            due_ms: now_ms + WEEK_MS,
            content: content(&[Some(first.body_hash), Some(other.body_hash)]),
            body: json!({ "why": "an automatic merge, looked at by chance", "rule": "audit", "week": week }),
            against: None,
        });
    }
    let tx = world.store.write().await?;
    let opened = super::ask(&tx, now_ms, &questions).await?;
    let keys: Vec<i64> = questions.iter().map(|q| q.key).collect();
    let mut cases = tx.cases_by_id(&keys).await?;
    cases.retain(|case| case.state == "open" && case.blind == 0);
    for case in &mut cases {
        case.blind = 1;
    }
    tx.put_cases(&cases).await?;
    tx.commit().await?;
    Ok(opened)
}
