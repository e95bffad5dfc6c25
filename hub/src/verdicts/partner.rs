//! What a partner may read of the verdicts on its own postings: why each was held or rejected, and what to do about it.
//! No contact, nothing of another source.

use normalizer::Effect;
use normalizer::vet::remedy;
use serde::Serialize;
use store::StoreError;

use super::{effect_name, parse};
use crate::view::time;
use crate::world::World;

/// Most postings looked at in one call.
pub const LIMIT_MAX: i64 = 1000;

/// One reason about one posting, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartnerVerdict {
    /// The source's own id.
    pub external_id: String,
    /// Title, contacts masked.
    pub title: String,
    /// open, unconfirmed, closed, …
    pub state: String,
    /// publish, hold or reject, by the rules.
    pub verdict: String,
    /// Rule id; empty for a posting that nothing speaks against.
    pub rule: String,
    /// What the rule is about, in Korean.
    pub about_ko: String,
    /// In English.
    pub about_en: String,
    /// reviews, holds or rejects.
    pub effect: String,
    /// Field.
    pub field: String,
    /// The words it rests on, contacts masked.
    pub span: String,
    /// Law article.
    pub article: String,
    /// What to do, in Korean.
    pub todo_ko: String,
    /// In English.
    pub todo_en: String,
    /// When the posting last changed.
    pub date: String,
}

/// A part of a source's verdicts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Rows, several for a posting with several reasons.
    pub rows: Vec<PartnerVerdict>,
    /// Postings looked at.
    pub postings: u64,
    /// Where the next part begins; `None` at the end.
    pub next: Option<i64>,
}

/// Verdicts on a source's own postings after an id (begin with `i64::MIN`), at most `limit` postings looked at.
/// `all` = also those that nothing speaks against.
///
/// # Errors
/// When the store fails, or a body is damaged.
pub async fn verdicts(world: &World, source: i64, after: i64, limit: i64, all: bool) -> Result<Part, StoreError> {
    let limit = limit.clamp(1, LIMIT_MAX);
    let postings = world.store.postings_of_source_after(source, after, limit).await?;
    let mut part = Part { postings: postings.len() as u64, ..Part::default() };
    part.next = postings.last().map(|last| last.id).filter(|_| postings.len() as i64 == limit);
    for row in &postings {
        let body = parse(row.id, &row.body)?;
        let said = |rule: &str, effect: &str, field: &str, span: &str, article: &str| {
            let remedy = remedy(rule);
            let word = |words: Option<[&'static str; 2]>, at: usize| words.map_or("", |w| w[at]).to_owned();
            PartnerVerdict {
                external_id: row.external_id.clone(),
                title: normalizer::contact::masked(&body.posting.title).into_owned(),
                state: row.state.clone(),
                verdict: row.verdict.clone(),
                rule: rule.to_owned(),
                about_ko: word(remedy.map(|r| r.about), 0),
                about_en: word(remedy.map(|r| r.about), 1),
                effect: effect.to_owned(),
                field: field.to_owned(),
                span: normalizer::contact::masked(span).into_owned(),
                article: article.to_owned(),
                todo_ko: word(remedy.map(|r| r.todo), 0),
                todo_en: word(remedy.map(|r| r.todo), 1),
                date: time(row.changed_ms),
            }
        };
        let strong: Vec<_> = body.findings.iter().filter(|f| f.effect >= Effect::Reviews).collect();
        if strong.is_empty() && (all || row.verdict != "publish") {
            part.rows.push(said("", "", "", "", ""));
        }
        for finding in strong {
            let article = finding.article.as_deref().unwrap_or_default();
            part.rows.push(said(&finding.rule, effect_name(finding.effect), &finding.field, &finding.span, article));
        }
    }
    Ok(part)
}
