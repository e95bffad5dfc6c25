//! What is wrong or doubtful in a field, and what follows from it.
//! A finding never carries a person's name, phone or e-mail: its span is masked before it is made.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// One remark about one field of one posting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable id: `<family>.<what>` for reading (`pay.implausible`), the rule's id for vetting (`MW`, `SEX`).
    pub rule: Cow<'static, str>,
    /// Field of the canonical posting or of the raw row.
    pub field: Cow<'static, str>,
    /// What follows from it.
    pub effect: Effect,
    /// The words it rests on, at most [`SPAN_CHARS_MAX`] characters, personal data masked.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub span: String,
    /// Law article, where one applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<Cow<'static, str>>,
}

/// Longest evidence span kept, in characters.
pub const SPAN_CHARS_MAX: usize = 120;

/// What a finding does to its posting; ordered from harmless to final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Recorded, nothing follows.
    None,
    /// The field counts for less when values are chosen and compared.
    Lowers,
    /// A steward should look; the posting is shown meanwhile.
    Reviews,
    /// Not shown until a steward or a later fetch clears it.
    Holds,
    /// Not shown; the source is told why.
    Rejects,
}

/// What vetting says of a posting: the strongest effect of its findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// May be shown.
    Publish,
    /// Waits for a person or for more data.
    Hold,
    /// Must not be shown.
    Reject,
}

impl Verdict {
    /// The verdict that follows from a list of findings.
    pub fn of(findings: &[Finding]) -> Verdict {
        match findings.iter().map(|f| f.effect).max() {
            Some(Effect::Rejects) => Verdict::Reject,
            Some(Effect::Holds) => Verdict::Hold,
            _ => Verdict::Publish,
        }
    }

    /// The word in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Publish => "publish",
            Verdict::Hold => "hold",
            Verdict::Reject => "reject",
        }
    }
}

impl Finding {
    /// A finding without an article; the span is cut to [`SPAN_CHARS_MAX`].
    pub fn new(rule: &'static str, field: &'static str, effect: Effect, span: &str) -> Self {
        Finding {
            rule: Cow::Borrowed(rule),
            field: Cow::Borrowed(field),
            effect,
            span: span.chars().take(SPAN_CHARS_MAX).collect(),
            article: None,
        }
    }

    /// The same finding, resting on a law article.
    pub fn under(mut self, article: &'static str) -> Self {
        self.article = Some(Cow::Borrowed(article));
        self
    }
}
