//! What a partner sees: the verdicts on one source's postings, with rules, articles and evidence, and the scorecard of that
//! source. Never another source's rows, never a contact.

use serde::Serialize;
use store::StoreError;
use store::partner::{Judged, Wanted};

use crate::pipeline::{Body, source_number};
use crate::view::PostingId;
use crate::world::World;

/// Rows read at a time for an export.
const ROWS_AT_ONCE: i64 = 500;
/// Longest evidence shown, in characters.
const SPAN_CHARS_MAX: usize = 120;

/// A posting's verdict, as its source reads it.
#[derive(Clone, Debug, Serialize)]
pub struct VerdictRow {
    /// The source's own id.
    pub external_id: String,
    /// Its title.
    pub title: String,
    /// publish, hold or reject.
    pub verdict: String,
    /// open or unconfirmed.
    pub state: String,
    /// Rules that had an effect, joined by `; `: rule, effect, article, evidence.
    pub why: String,
    /// Whether it is shown together with other sources' postings.
    pub merged: bool,
    /// Posting id of the hub.
    pub posting: String,
    /// What was found, one by one.
    #[serde(skip)]
    pub findings: Vec<Why>,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Why {
    /// Rule id.
    pub rule: String,
    /// What follows.
    pub effect: String,
    /// Field.
    pub field: String,
    /// The text it rests on, masked.
    pub span: String,
    /// Article of law.
    pub article: Option<String>,
}

/// How a source does.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Scorecard {
    /// Postings that are not closed.
    pub postings: i64,
    /// Of these, shown.
    pub published: i64,
    /// Kept back.
    pub held: i64,
    /// Not shown.
    pub rejected: i64,
    /// Share their vacancy with other postings.
    pub merged: i64,
    /// Closed so far.
    pub closed: i64,
    /// Rows of the last run, and those of them that could not be read.
    pub rows: u64,
    /// Rows that could not be read.
    pub unread: u64,
    /// Rules by how many postings they met: rule, effect, article, postings.
    pub rules: Vec<(String, String, Option<String>, i64)>,
}

/// The scorecard of a source.
///
/// # Errors
/// When the store fails.
pub async fn scorecard(world: &World, source: &str) -> Result<Scorecard, StoreError> {
    let number = source_number(source);
    let mut card = Scorecard { rules: world.store.partner_rules(number).await?, ..Scorecard::default() };
    for (state, verdict, count, merged) in world.store.partner_sums(number).await? {
        if state == "closed" {
            card.closed += count;
            continue;
        }
        card.postings += count;
        card.merged += merged;
        match verdict.as_str() {
            "publish" => card.published += count,
            "hold" => card.held += count,
            _ => card.rejected += count,
        }
    }
    if let Some(run) = world.store.runs(Some(number), 1).await?.first() {
        let counts: crate::pipeline::Counts = serde_json::from_str(&run.counts).unwrap_or_default();
        (card.rows, card.unread) = (counts.rows, counts.failed);
    }
    Ok(card)
}

/// Verdicts of one source, in the order of posting ids; `mask` takes personal data out of the evidence.
///
/// # Errors
/// When the store fails or a record is damaged.
pub async fn verdicts(
    world: &World,
    source: &str,
    wanted: &Wanted,
    limit: i64,
    mask: impl Fn(&str) -> String,
) -> Result<(Vec<VerdictRow>, Option<i64>), StoreError> {
    let mut rows = world.store.partner_verdicts(source_number(source), wanted, limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok((rows.iter().map(|row| verdict_row(row, &mask)).collect::<Result<_, _>>()?, next))
}

fn verdict_row(row: &Judged, mask: &impl Fn(&str) -> String) -> Result<VerdictRow, StoreError> {
    let damaged = |what: serde_json::Error| StoreError::Corrupt {
        table: "posting_body",
        id: PostingId(row.id).to_string(),
        what: what.to_string(),
    };
    let body: Body = serde_json::from_str(&row.body).map_err(damaged)?;
    let findings: Vec<Why> = body
        .findings
        .iter()
        .filter(|finding| finding.effect > normalizer::Effect::Lowers)
        .map(|finding| {
            let value = serde_json::to_value(finding).unwrap_or_default();
            let text = |name: &str| value.get(name).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
            Why {
                rule: text("rule"),
                effect: text("effect"),
                field: text("field"),
                span: mask(&text("span")).chars().take(SPAN_CHARS_MAX).collect(),
                article: Some(text("article")).filter(|article| !article.is_empty()),
            }
        })
        .collect();
    let why: Vec<String> = findings
        .iter()
        .map(|f| format!("{} {} {} {}", f.rule, f.effect, f.article.as_deref().unwrap_or(""), f.span).trim().to_owned())
        .collect();
    Ok(VerdictRow {
        external_id: row.external_id.clone(),
        title: mask(&body.posting.title),
        verdict: row.verdict.clone(),
        state: row.state.clone(),
        why: why.join("; "),
        merged: row.together > 1,
        posting: PostingId(row.id).to_string(),
        findings,
    })
}

/// All verdicts of one source, at most `limit`.
///
/// # Errors
/// As [`verdicts`].
pub async fn all_verdicts(
    world: &World,
    source: &str,
    wanted: &Wanted,
    limit: usize,
    mask: impl Fn(&str) -> String,
) -> Result<Vec<VerdictRow>, StoreError> {
    let mut wanted = wanted.clone();
    let mut all = Vec::new();
    loop {
        let (rows, next) = verdicts(world, source, &wanted, ROWS_AT_ONCE, &mask).await?;
        all.extend(rows);
        match next {
            Some(next) if all.len() < limit => wanted.after = Some(next),
            _ => break,
        }
    }
    all.truncate(limit);
    Ok(all)
}
