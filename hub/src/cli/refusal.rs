//! Errors of commands, in three parts: what went wrong, where, what to do. And which exit code follows from an error.

use anyhow::Error;
use serde::Serialize;
use store::StoreError;

use super::context::{Code, plain_lines};

/// An error a person can act on.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Refusal {
    /// What went wrong.
    pub what: String,
    /// Where: a file, a source, an argument, an id.
    pub place: String,
    /// What to do about it.
    pub remedy: String,
    /// How the process ends.
    pub code: Code,
}

impl Refusal {
    /// A refusal that ends with [`Code::Bug`]: the command was asked wrongly.
    pub fn new(what: impl Into<String>, place: impl Into<String>, remedy: impl Into<String>) -> Refusal {
        Refusal { what: what.into(), place: place.into(), remedy: remedy.into(), code: Code::Bug }
    }

    /// The same, ending otherwise.
    #[must_use]
    pub fn ending(mut self, code: Code) -> Refusal {
        self.code = code;
        self
    }
}

/// The exit code that fits an error.
pub fn code_of(error: &Error) -> Code {
    for cause in error.chain() {
        if let Some(refusal) = cause.downcast_ref::<Refusal>() {
            return refusal.code;
        }
        if let Some(StoreError::Fenced(_)) = cause.downcast_ref::<StoreError>() {
            return Code::Conflict;
        }
        if cause.downcast_ref::<crate::web::FetchError>().is_some() {
            return Code::Unreachable;
        }
        if cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe) {
            return Code::Ok;
        }
    }
    Code::Bug
}

/// An error in its parts.
#[derive(Debug, Serialize)]
struct Parts {
    error: String,
    #[serde(rename = "where", skip_serializing_if = "String::is_empty")]
    place: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    because: String,
    #[serde(rename = "do")]
    remedy: String,
    code: u8,
}

/// The error for a person; nothing when the reader of our output went away.
pub fn words(error: &Error) -> Option<String> {
    let parts = parts(error)?;
    let mut text = format!("error: {}", parts.error);
    for (name, part) in [("where", &parts.place), ("because", &parts.because), ("do", &parts.remedy)] {
        if !part.is_empty() {
            text.push_str(&format!("\n  {:<9}{part}", format!("{name}:")));
        }
    }
    // a portal's own words may be in it
    Some(plain_lines(&text))
}

/// The error for a program, as JSON on one line; nothing when the reader of our output went away.
pub fn json(error: &Error) -> Option<String> {
    serde_json::to_string(&parts(error)?).ok()
}

fn parts(error: &Error) -> Option<Parts> {
    let code = code_of(error);
    if code == Code::Ok {
        return None;
    }
    let code = code.number();
    if let Some(refusal) = error.chain().find_map(|cause| cause.downcast_ref::<Refusal>()) {
        let Refusal { what, place, remedy, .. } = refusal;
        let because = String::new();
        return Some(Parts { error: what.clone(), place: place.clone(), because, remedy: remedy.clone(), code });
    }
    let mut chain = error.chain().map(ToString::to_string);
    let what = chain.next().unwrap_or_default();
    let because = chain.collect::<Vec<_>>().join(": ");
    let store = error.chain().find_map(|cause| cause.downcast_ref::<StoreError>());
    let remedy = store.map_or("`jobhub doctor` checks store, settings and sources", remedy);
    Some(Parts { error: what, place: String::new(), because, remedy: remedy.to_owned(), code })
}

/// What to do when the store fails.
fn remedy(error: &StoreError) -> &'static str {
    match error {
        StoreError::Fenced(_) => "wait for the other process, or stop it; the next sync resumes where this one was",
        StoreError::Corrupt { .. } => "restore the store from a backup, or sync the source again with --full",
        StoreError::IdCollision(..) => "report both postings; one of them has to be renamed at its source",
        StoreError::Database(_) | StoreError::Unusable(_) => {
            "`jobhub doctor` says whether the store can be reached and is up to date"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_where_and_what_to_do() {
        let refusal =
            Refusal::new("no source is called `sramin`", "argument SOURCE", "`jobhub source list` shows them");
        let error = Error::from(refusal.ending(Code::Invalid)).context("while checking");
        assert_eq!(code_of(&error), Code::Invalid);
        let want = "error: no source is called `sramin`\n  where:   argument SOURCE\n  do:      `jobhub source list` shows them";
        assert_eq!(words(&error).as_deref(), Some(want));
        let want = r#"{"error":"no source is called `sramin`","where":"argument SOURCE","do":"`jobhub source list` shows them","code":2}"#;
        assert_eq!(json(&error).as_deref(), Some(want));
    }

    #[test]
    fn a_reader_that_went_away_is_no_error() {
        let error = Error::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert_eq!((code_of(&error), words(&error)), (Code::Ok, None));
    }

    #[test]
    fn a_lost_lease_is_a_conflict() {
        let error = Error::from(StoreError::Fenced("source:saramin".to_owned())).context("cannot write");
        assert_eq!(code_of(&error), Code::Conflict);
        assert!(words(&error).unwrap().contains("because: the lease `source:saramin`"));
    }
}
