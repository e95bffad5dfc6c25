//! What a replay found different, field by field, with examples.

use std::collections::BTreeMap;

use normalizer::{Finding, Normalized, Verdict};
use serde::Serialize;
use serde_json::Value;

use crate::pipeline::Body;

/// Characters of a value shown in an example.
const VALUE_CHARS: usize = 160;

/// What changed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Changes {
    /// By field of the canonical posting, `findings` among them.
    pub fields: BTreeMap<String, FieldChange>,
    /// Verdicts that moved.
    pub verdicts: Vec<VerdictChange>,
    /// Examples kept per field.
    #[serde(skip)]
    pub samples_max: usize,
}

/// One field over all postings.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FieldChange {
    /// Postings in which it is different.
    pub postings: u64,
    /// It was absent and is there.
    pub gained: u64,
    /// It was there and is absent.
    pub lost: u64,
    /// Examples.
    pub samples: Vec<Sample>,
}

/// An example: what it was and what it would be.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// Source and external id.
    pub posting: String,
    /// As it is.
    pub old: String,
    /// As it would be.
    pub new: String,
}

/// Postings whose verdict moved from one to another.
#[derive(Clone, Debug, Serialize)]
pub struct VerdictChange {
    /// As it is.
    pub old: &'static str,
    /// As it would be.
    pub new: &'static str,
    /// How many.
    pub postings: u64,
    /// Examples.
    pub samples: Vec<String>,
}

impl Changes {
    /// Notes one posting.
    pub(super) fn note(&mut self, posting: &str, before: &Body, after: &Normalized, verdict: (Verdict, Verdict)) {
        let (old, new) = (fields(&before.posting), fields(&after.posting));
        let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            let (was, is) = (old.get(name), new.get(name));
            if was != is {
                self.field(name, posting, text(was), text(is));
            }
        }
        let (was, is) = (rules(&before.findings), rules(&after.findings));
        if was != is {
            self.field("findings", posting, was, is);
        }
        if verdict.0 != verdict.1 {
            self.verdict(posting, verdict.0.name(), verdict.1.name());
        }
    }

    fn field(&mut self, name: &str, posting: &str, old: String, new: String) {
        let most = self.samples_max;
        let field = self.fields.entry(name.to_owned()).or_default();
        field.postings += 1;
        field.gained += u64::from(old.is_empty());
        field.lost += u64::from(new.is_empty());
        if field.samples.len() < most {
            field.samples.push(Sample { posting: posting.to_owned(), old, new });
        }
    }

    fn verdict(&mut self, posting: &str, old: &'static str, new: &'static str) {
        let most = self.samples_max;
        let at = self.verdicts.iter().position(|v| v.old == old && v.new == new).unwrap_or_else(|| {
            self.verdicts.push(VerdictChange { old, new, postings: 0, samples: Vec::new() });
            self.verdicts.len() - 1
        });
        let change = &mut self.verdicts[at];
        change.postings += 1;
        if change.samples.len() < most {
            change.samples.push(posting.to_owned());
        }
    }
}

/// The fields of a posting as JSON; how they were read is not what they say.
fn fields(posting: &normalizer::Posting) -> serde_json::Map<String, Value> {
    match serde_json::to_value(posting) {
        Ok(Value::Object(mut fields)) => {
            fields.remove("provenance");
            fields.remove("rules");
            fields
        }
        _ => serde_json::Map::new(),
    }
}

fn text(value: Option<&Value>) -> String {
    let text = match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    text.chars().take(VALUE_CHARS).collect()
}

fn rules(findings: &[Finding]) -> String {
    let mut list: Vec<&str> = findings.iter().map(|f| f.rule.as_ref()).collect();
    list.sort_unstable();
    list.join(", ")
}
