//! Errors of commands, in three parts: what went wrong, where, what to do. And which exit code follows from an error.

use anyhow::Error;
use store::StoreError;

use super::context::Code;

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

/// The error for a person; nothing when the reader of our output went away.
pub fn words(error: &Error) -> Option<String> {
    if code_of(error) == Code::Ok {
        return None;
    }
    if let Some(refusal) = error.chain().find_map(|cause| cause.downcast_ref::<Refusal>()) {
        return Some(format!("error: {}\n  where: {}\n  do:    {}", refusal.what, refusal.place, refusal.remedy));
    }
    let mut chain = error.chain().map(ToString::to_string);
    let what = chain.next().unwrap_or_default();
    let causes: Vec<String> = chain.collect();
    let place = if causes.is_empty() { String::new() } else { format!("\n  because: {}", causes.join(": ")) };
    let remedy = error.chain().find_map(|cause| cause.downcast_ref::<StoreError>()).map_or(
        "`jobhub doctor` checks store, settings and sources",
        |error| match error {
            StoreError::Fenced(_) => "wait for the other process, or stop it; the next sync resumes where this one was",
            StoreError::Corrupt { .. } => "restore the store from a backup, or sync the source again with --full",
            StoreError::IdCollision(..) => "report both postings; one of them has to be renamed at its source",
            StoreError::Database(_) | StoreError::Unusable(_) => {
                "`jobhub doctor` says whether the store can be reached and is up to date"
            }
        },
    );
    Some(format!("error: {what}{place}\n  do:      {remedy}"))
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
        let want =
            "error: no source is called `sramin`\n  where: argument SOURCE\n  do:    `jobhub source list` shows them";
        assert_eq!(words(&error).as_deref(), Some(want));
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
