//! A raw row, normalized, vetted and made into what the store keeps: the same way in a run and in a replay.

use adapters::RawPosting;
use chrono::NaiveDate;
use dedup::{Profile, SourceTraits};
use normalizer::vet::Facts;
use normalizer::{Context, Effect, Finding, Normalized, Verdict};

use super::settle::{Body, hash_body};
use crate::lifecycle;

/// Whose row it is.
#[derive(Clone, Copy)]
pub(crate) struct Of<'a> {
    /// Name of the source.
    pub(crate) source: &'a str,
    /// What deduplication must know of it.
    pub(crate) traits: &'a SourceTraits,
    /// Id of the posting.
    pub(crate) id: i64,
    /// The source's own id.
    pub(crate) external_id: &'a str,
    /// State of its detail page: none, pending, read or gone.
    pub(crate) detail: &'a str,
}

/// A row as it is kept.
pub(crate) struct Judged {
    /// Canonical form, contact, findings of reading and vetting.
    pub(crate) normalized: Normalized,
    /// Form and findings as JSON.
    pub(crate) body: String,
    /// Hash of what the body says.
    pub(crate) body_hash: i64,
    /// What vetting says.
    pub(crate) verdict: Verdict,
    /// Why it is closed by what it says itself.
    pub(crate) closed: Option<&'static str>,
    /// The kind of its end.
    pub(crate) close_kind: Option<&'static str>,
    /// Last day to apply, or of certification.
    pub(crate) valid_through: Option<String>,
    /// Comparison record.
    pub(crate) profile: Profile,
}

/// Judges a row on the day it was fetched, beside what is known of it from elsewhere.
pub(crate) fn judge(raw: &RawPosting, of: &Of<'_>, today: NaiveDate, facts: &Facts) -> Judged {
    let mut normalized = normalizer::normalize(raw, &Context { source: of.source, fetched_on: today });
    let vetting = normalizer::vet_with(&normalized, today, facts);
    normalized.findings.extend(vetting);
    if of.detail == "pending" && normalized.posting.title.is_empty() {
        normalized.findings.push(Finding::new("detail.pending", "title", Effect::Holds, ""));
    }
    let verdict = Verdict::of(&normalized.findings);
    let closed = if of.detail == "gone" {
        Some(lifecycle::reason::PROBE)
    } else {
        lifecycle::closed_by_itself(&normalized.posting, today)
    };
    let deadline = lifecycle::deadline(&normalized.posting);
    let closing = &normalized.posting.closing;
    let close_kind = closing.kind.map(lifecycle::close_kind);
    let valid_through = closing.valid_through.filter(|_| close_kind.is_some()).map(|day| day.to_string());
    let ended = closed.map(|_| deadline.filter(|day| *day < today).unwrap_or(today));
    let profile = Profile::of(of.id, of.traits, of.external_id, &normalized.posting, &normalized.contact)
        .with_life(Some(dedup::day_number(today)), ended.map(dedup::day_number));
    let mut body =
        Body { posting: std::mem::take(&mut normalized.posting), findings: std::mem::take(&mut normalized.findings) };
    let body_hash = hash_body(&mut body);
    let text = serde_json::to_string(&body).unwrap_or_default();
    normalized.posting = body.posting;
    normalized.findings = body.findings;
    Judged { normalized, body: text, body_hash, verdict, closed, close_kind, valid_through, profile }
}
