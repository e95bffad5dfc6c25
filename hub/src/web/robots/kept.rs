//! What is kept of one host's robots.txt: the last answer, how long it holds, and the last good copy.
//!
//! 2xx gives rules, any other 4xx allows everything, 5xx, 429 and silence forbid everything (RFC 9309, 2.3.1). A good
//! copy outlives failures: it is asked for again with its validator, and a 304 brings it back.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Robots;
use crate::web::WebOptions;

/// RFC 9309, 2.4: no copy is used for longer.
const HOURS_MAX: u64 = 24;

/// How asking for a robots.txt ended.
#[derive(Clone, Debug)]
pub(in crate::web) enum Found {
    /// The file.
    Text { text: Bytes, etag: Option<String> },
    /// The good copy still holds (304).
    Same,
    /// There is none (4xx, or redirects without end).
    Absent,
    /// It cannot be had.
    Unreachable(String),
}

/// What may be done now.
#[derive(Clone, Debug)]
pub(in crate::web) enum Verdict {
    /// Ask for the file first.
    Ask,
    /// Follow these rules.
    Rules(Arc<Robots>),
    /// Everything is allowed.
    Free,
    /// Nothing is allowed.
    Closed { why: String, wait: Duration },
}

/// State of one host.
#[derive(Default)]
pub(in crate::web) struct Kept {
    good: Option<Good>,
    last: Option<Last>,
    warned: bool,
}

struct Good {
    text: Bytes,
    etag: Option<String>,
    fetched: DateTime<Utc>,
    rules: Arc<Robots>,
}

struct Last {
    at: DateTime<Utc>,
    outcome: RobotsOutcome,
}

/// How the last asking ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RobotsOutcome {
    /// Rules were read.
    Read,
    /// There is no such file.
    Absent,
    /// It could not be had; why.
    Unreachable(String),
}

/// A host's robots.txt for the record, and to survive a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RobotsRecord {
    /// Host, with its port unless that is the usual one.
    pub host: String,
    /// When it was last asked for.
    pub asked: DateTime<Utc>,
    /// How that ended.
    pub outcome: RobotsOutcome,
    /// Last good copy, bytes that are not UTF-8 replaced.
    pub text: Option<String>,
    /// When the good copy was last confirmed.
    pub fetched: Option<DateTime<Utc>>,
    /// Validator of the good copy.
    pub etag: Option<String>,
}

impl Kept {
    /// What may be done at `now`.
    pub(in crate::web) fn verdict(&self, now: DateTime<Utc>, options: &WebOptions) -> Verdict {
        let Some(last) = &self.last else { return Verdict::Ask };
        let holds = match last.outcome {
            RobotsOutcome::Unreachable(_) => Duration::from_secs(options.robots_retry_secs),
            _ => Duration::from_secs(options.robots_hours_max.min(HOURS_MAX) * 3600),
        };
        let age = now.signed_duration_since(last.at);
        // A clock that was set back makes the copy look younger than it is.
        if age < TimeDelta::zero() || age.to_std().is_ok_and(|age| age >= holds) {
            return Verdict::Ask;
        }
        match (&last.outcome, &self.good) {
            (RobotsOutcome::Read, Some(good)) => Verdict::Rules(Arc::clone(&good.rules)),
            (RobotsOutcome::Read, None) => Verdict::Ask,
            (RobotsOutcome::Absent, _) => Verdict::Free,
            (RobotsOutcome::Unreachable(why), _) => {
                Verdict::Closed { why: why.clone(), wait: holds.saturating_sub(age.to_std().unwrap_or_default()) }
            }
        }
    }

    /// Whether a warning about the copy in use is still to be given; it is from now on.
    pub(in crate::web) fn warn_once(&mut self) -> bool {
        !std::mem::replace(&mut self.warned, true)
    }

    /// Validator to ask with.
    pub(in crate::web) fn etag(&self) -> Option<String> {
        self.good.as_ref().and_then(|good| good.etag.clone())
    }

    /// Takes in how asking ended.
    pub(in crate::web) fn keep(&mut self, found: Found, agent: &str, now: DateTime<Utc>) {
        let outcome = match found {
            Found::Text { text, etag } => {
                let rules = Arc::new(Robots::parse(&text, agent));
                self.good = Some(Good { text, etag, fetched: now, rules });
                self.warned = false;
                RobotsOutcome::Read
            }
            Found::Same => match &mut self.good {
                Some(good) => {
                    good.fetched = now;
                    RobotsOutcome::Read
                }
                None => RobotsOutcome::Unreachable("304 for a copy we do not have".to_owned()),
            },
            Found::Absent => RobotsOutcome::Absent,
            Found::Unreachable(why) => RobotsOutcome::Unreachable(why),
        };
        self.last = Some(Last { at: now, outcome });
    }

    /// For the record; `None` when it was never asked for.
    pub(in crate::web) fn record(&self, host: &str) -> Option<RobotsRecord> {
        let last = self.last.as_ref()?;
        Some(RobotsRecord {
            host: host.to_owned(),
            asked: last.at,
            outcome: last.outcome.clone(),
            text: self.good.as_ref().map(|good| String::from_utf8_lossy(&good.text).into_owned()),
            fetched: self.good.as_ref().map(|good| good.fetched),
            etag: self.good.as_ref().and_then(|good| good.etag.clone()),
        })
    }

    /// Takes back what an earlier process knew, unless something newer is known.
    pub(in crate::web) fn restore(&mut self, record: &RobotsRecord, agent: &str) {
        if self.last.as_ref().is_some_and(|last| last.at >= record.asked) {
            return;
        }
        if let (Some(text), Some(fetched)) = (&record.text, record.fetched) {
            let text = Bytes::from(text.clone());
            let rules = Arc::new(Robots::parse(&text, agent));
            self.good = Some(Good { text, etag: record.etag.clone(), fetched, rules });
        }
        self.last = Some(Last { at: record.asked, outcome: record.outcome.clone() });
    }

    /// Whether there is nothing to remember at `now`.
    pub(in crate::web) fn is_stale(&self, now: DateTime<Utc>, options: &WebOptions) -> bool {
        self.good.is_none() && matches!(self.verdict(now, options), Verdict::Ask)
    }
}
