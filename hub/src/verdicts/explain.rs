//! Why a posting may be shown or not: every finding with its rule, the law as dated, and the words in their text.

use chrono::NaiveDate;
use normalizer::vet::{Facts, Law, law_on, remedy};
use normalizer::{Effect, Finding, Posting, Verdict};
use serde::Serialize;
use store::StoreError;

use super::{effect_name, first_terms, judged_anew, same_findings, text_of};
use crate::view::{PostingId, source_name, time};
use crate::world::{World, instant, seoul_day};

/// Characters of the text shown on either side of the words.
const CONTEXT_CHARS: usize = 40;

/// A verdict with everything it follows from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explained {
    /// Posting.
    pub posting: PostingId,
    /// Its source.
    pub source: String,
    /// The source's own id.
    pub external_id: String,
    /// Its title.
    pub title: String,
    /// open, unconfirmed, closed, …
    pub state: String,
    /// The verdict that is stored.
    pub verdict: String,
    /// The verdict that the findings below give; differs from the stored one where another day's law was asked for.
    pub judged: String,
    /// How it follows, in a sentence.
    pub follows: String,
    /// Day whose law was applied.
    pub law_of: NaiveDate,
    /// Whether the posting was judged anew for this answer.
    pub anew: bool,
    /// Whether the findings differ from those stored.
    pub differs: bool,
    /// What a steward decided, which goes before the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steward: Option<StewardWord>,
    /// What speaks against it, strongest first.
    pub findings: Vec<ExplainedFinding>,
    /// What re-judging changed of it, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeView>,
}

/// A steward's word on a posting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StewardWord {
    /// Decision.
    pub decision: i64,
    /// What it says.
    pub verdict: String,
}

/// A finding with the law behind it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedFinding {
    /// Rule id.
    pub rule: String,
    /// law (a rule of vetting) or reading (of how a field was read).
    pub of: &'static str,
    /// What the rule is about, in Korean and English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<[&'static str; 2]>,
    /// Law article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// First day the rule is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// First day it no longer is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// What the law threatens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub penalty: Option<&'static str>,
    /// none, lowers, reviews, holds or rejects.
    pub effect: &'static str,
    /// What a clear violation does; a doubtful one is only reviewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_effect: Option<&'static str>,
    /// Field.
    pub field: String,
    /// The words it rests on, personal data masked.
    pub span: String,
    /// The text before them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// The text behind them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub after: String,
    /// What to do, in Korean and English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub todo: Option<[&'static str; 2]>,
}

/// A change that re-judging made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeView {
    /// When.
    pub at: String,
    /// Day whose law was applied.
    pub law_of: String,
    /// Verdict before and since.
    pub was: String,
    /// Verdict since.
    pub now: String,
    /// Rules before.
    pub rules_was: String,
    /// Rules since.
    pub rules_now: String,
}

/// Explains a posting's verdict: as it stands, or as the law of a day would have it. `None` when there is no such posting.
///
/// # Errors
/// When the store fails, or a body is damaged.
pub async fn explain(world: &World, id: PostingId, law_of: Option<NaiveDate>) -> Result<Option<Explained>, StoreError> {
    let Some(row) = world.store.posting(id.0).await? else { return Ok(None) };
    let mut body = super::parse(row.id, &row.body)?;
    let day = law_of.unwrap_or_else(|| seoul_day(instant(row.changed_ms)));
    let findings = if law_of.is_some() {
        let reachable = !world.store.reachable(&[row.id]).await?.is_empty();
        let first = world.store.first_bodies(&[row.id]).await?;
        let facts = match first.first().filter(|_| row.version > 1) {
            Some((_, text)) => first_terms(row.id, text)?,
            None => Facts::default(),
        };
        judged_anew(&mut body, reachable, day, &facts)
    } else {
        body.findings.clone()
    };
    let judged = Verdict::of(&findings);
    let steward = steward_word(world, row.id).await?;
    let changes = world.store.verdict_changes(row.id).await?;
    let mut explained: Vec<ExplainedFinding> =
        findings.iter().map(|finding| with_law(finding, &body.posting, day)).collect();
    explained.sort_by_key(|f| std::cmp::Reverse(strength(f.effect)));
    Ok(Some(Explained {
        posting: id,
        source: source_name(world, row.source).to_owned(),
        external_id: row.external_id.clone(),
        title: body.posting.title.clone(),
        state: row.state.clone(),
        follows: follows(judged, &findings, steward.as_ref()),
        verdict: row.verdict.clone(),
        judged: judged.name().to_owned(),
        law_of: day,
        anew: law_of.is_some(),
        differs: !same_findings(&findings, &body.findings),
        steward,
        findings: explained,
        changes: changes
            .into_iter()
            .map(|c| ChangeView {
                at: time(c.known_ms),
                law_of: c.law_of,
                was: c.was,
                now: c.now,
                rules_was: c.rules_was,
                rules_now: c.rules_now,
            })
            .collect(),
    }))
}

fn strength(effect: &str) -> usize {
    ["none", "lowers", "reviews", "holds", "rejects"].iter().position(|name| *name == effect).unwrap_or(0)
}

/// What a steward decided about a posting, if it still stands.
async fn steward_word(world: &World, id: i64) -> Result<Option<StewardWord>, StoreError> {
    let rows = world.store.standing_at(&[id]).await?;
    let last = rows.iter().rev().find(|row| row.kind == crate::review::standing::kind::VERDICT);
    Ok(last.map(|row| {
        let body: serde_json::Value = serde_json::from_str(&row.body).unwrap_or_default();
        let verdict = body["verdict"].as_str().unwrap_or("?").to_owned();
        StewardWord { decision: row.decision, verdict }
    }))
}

/// How a verdict follows from findings.
fn follows(verdict: Verdict, findings: &[Finding], steward: Option<&StewardWord>) -> String {
    let of = |effect: Effect| -> Vec<String> {
        let mut rules: Vec<String> =
            findings.iter().filter(|f| f.effect == effect).map(|f| f.rule.to_string()).collect();
        rules.sort();
        rules.dedup();
        rules
    };
    let rule = match verdict {
        Verdict::Reject => format!("reject: {} rejects", of(Effect::Rejects).join(", ")),
        Verdict::Hold => format!("hold: {} holds, nothing rejects", of(Effect::Holds).join(", ")),
        Verdict::Publish => match of(Effect::Reviews) {
            reviews if reviews.is_empty() => "publish: nothing holds or rejects".to_owned(),
            reviews => format!("publish: nothing holds or rejects; {} should be looked at", reviews.join(", ")),
        },
    };
    match steward {
        Some(word) => format!("{rule}; a steward's decision {} goes before it: {}", word.decision, word.verdict),
        None => rule,
    }
}

fn with_law(finding: &Finding, posting: &Posting, day: NaiveDate) -> ExplainedFinding {
    let law: Option<&Law> = law_on(&finding.rule, day);
    let remedy = remedy(&finding.rule);
    let (before, after) = context(finding, posting);
    ExplainedFinding {
        rule: finding.rule.to_string(),
        of: if normalizer::vet::is_rule(&finding.rule) { "law" } else { "reading" },
        about: remedy.map(|r| r.about),
        article: finding.article.as_ref().map(ToString::to_string),
        from: law.map(|law| law.from),
        to: law.and_then(|law| law.to),
        penalty: law.map(|law| law.penalty).filter(|p| !p.is_empty()),
        effect: effect_name(finding.effect),
        rule_effect: law.map(|law| effect_name(law.effect)),
        field: finding.field.to_string(),
        span: finding.span.clone(),
        before,
        after,
        todo: remedy.map(|r| r.todo),
    }
}

/// The text around the words of a finding, at most [`CONTEXT_CHARS`] on either side, within its line.
fn context(finding: &Finding, posting: &Posting) -> (String, String) {
    let whole = text_of(posting, &finding.field);
    let read = posting.provenance.iter().find(|p| p.field == finding.field).map(|p| p.raw.as_str());
    for text in whole.into_iter().chain(read) {
        let Some((from, to)) = place(text, &finding.span) else { continue };
        let head: String = text[..from].chars().rev().take_while(|c| *c != '\n').take(CONTEXT_CHARS).collect();
        let tail: String = text[to..].chars().take_while(|c| *c != '\n').take(CONTEXT_CHARS).collect();
        return (head.chars().rev().collect(), tail);
    }
    (String::new(), String::new())
}

/// Where words stand in a text, whatever stands between their letters.
fn place(text: &str, span: &str) -> Option<(usize, usize)> {
    if span.is_empty() {
        return None;
    }
    if let Some(at) = text.find(span) {
        return Some((at, at + span.len()));
    }
    let letters =
        |text: &str| -> Vec<(usize, char)> { text.char_indices().filter(|(_, c)| c.is_alphanumeric()).collect() };
    let (text_letters, wanted) = (letters(text), letters(span));
    if wanted.is_empty() {
        return None;
    }
    let at = text_letters.windows(wanted.len()).position(|part| part.iter().zip(&wanted).all(|(a, b)| a.1 == b.1))?;
    let (from, (last, c)) = (text_letters[at].0, text_letters[at + wanted.len() - 1]);
    Some((from, last + c.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_shown_in_their_line() {
        let posting = Posting {
            description: Some("첫 줄\n저희는 여 성 우 대 합니다. 문의 [연락처]\n끝".to_owned()),
            ..Posting::default()
        };
        let finding = Finding::new("SEX", "description", Effect::Holds, "여성 우대");
        assert_eq!(context(&finding, &posting), ("저희는 ".to_owned(), " 합니다. 문의 [연락처]".to_owned()));
        let elsewhere = Finding::new("SEX", "description", Effect::Holds, "남성 우대");
        assert_eq!(context(&elsewhere, &posting), (String::new(), String::new()));
    }

    #[test]
    fn a_verdict_follows_from_the_strongest_effect() {
        let finding = |rule, effect| Finding::new(rule, "title", effect, "x");
        for (findings, want) in [
            (vec![], "publish: nothing holds or rejects"),
            (vec![finding("FA1", Effect::Reviews)], "publish: nothing holds or rejects; FA1 should be looked at"),
            (
                vec![finding("SEX", Effect::Holds), finding("AGE", Effect::Holds)],
                "hold: AGE, SEX holds, nothing rejects",
            ),
            (vec![finding("MW", Effect::Rejects), finding("AGE", Effect::Holds)], "reject: MW rejects"),
        ] {
            assert_eq!(follows(Verdict::of(&findings), &findings, None), want);
        }
    }
}
