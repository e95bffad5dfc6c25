//! The review engine: questions for stewards, their decisions, and what stands because of them. Has no screen.
//!
//! A [`Question`] is asked once ([`ask()`]) and becomes a case. A case is handed to one person at a time
//! ([`lease::next`]), answered ([`decide::decide`]), and every answer can be taken back in any order ([`undo::undo`]).
//! Decisions are appended and never changed; what follows from those that are not undone is a projection of them
//! ([`standing`]), which the pipeline asks for whenever it settles postings. `docs/reviewing.md` has the rules.

pub mod ask;
pub mod audit;
pub mod bulk;
pub mod case_view;
pub mod decide;
pub(crate) mod doubt;
mod effects;
pub mod lease;
pub mod standing;
pub mod stats;
pub mod suggest;
pub mod undo;

use std::fmt;
use std::str::FromStr;

use dedup::{Pick, RelationKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::StoreError;

pub use ask::{ask, by_hand};
pub use audit::audit;
pub use case_view::{CaseView, view};
pub use decide::{approve, decide, raise, refuse};
pub use lease::{Filter, Leased, extend, keep_draft, next, queue, release, take};
pub use stats::{Stats, stats};
pub use undo::{Dependant, dependants, tick, undo};

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Are two postings one vacancy?
    Duplicate,
    /// Which of several values is right?
    Conflict,
    /// May this be shown?
    Suspicious,
    /// Is the job taken?
    Filled,
    /// A run looks wrong: may what it says follow?
    Tripwire,
}

impl Family {
    /// All of them.
    pub const ALL: [Family; 5] =
        [Family::Duplicate, Family::Conflict, Family::Suspicious, Family::Filled, Family::Tripwire];

    /// The word in the store, in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Family::Duplicate => "duplicate",
            Family::Conflict => "conflict",
            Family::Suspicious => "suspicious",
            Family::Filled => "filled",
            Family::Tripwire => "tripwire",
        }
    }

    /// The verbs that answer it; besides, every case may be put off, handed over, or flagged.
    pub fn verbs(self) -> &'static [Verb] {
        match self {
            Family::Duplicate => &[Verb::Merge, Verb::Distinct],
            Family::Conflict => &[Verb::Pick],
            Family::Suspicious => &[Verb::Clear, Verb::Hold, Verb::Withdraw],
            Family::Filled => &[Verb::Close, Verb::KeepOpen],
            Family::Tripwire => &[Verb::Release, Verb::Block],
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no family, verb or stickiness.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no {what}; say {one_of}")]
pub struct Unknown {
    what: &'static str,
    word: String,
    one_of: String,
}

fn named<T: Copy>(what: &'static str, all: &[T], name: fn(T) -> &'static str, word: &str) -> Result<T, Unknown> {
    all.iter().copied().find(|one| name(*one) == word).ok_or_else(|| Unknown {
        what,
        word: word.to_owned(),
        one_of: all.iter().map(|one| name(*one)).collect::<Vec<_>>().join(", "),
    })
}

impl FromStr for Family {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Family, Unknown> {
        named("family", &Family::ALL, Family::name, word)
    }
}

/// An answer in a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// One vacancy.
    #[default]
    Merge,
    /// Two vacancies.
    Distinct,
    /// These values.
    Pick,
    /// May be shown.
    Clear,
    /// Not shown until somebody clears it.
    Hold,
    /// Illegal: not shown, and the vacancy closes. Two people.
    Withdraw,
    /// The job is taken, or gone.
    Close,
    /// It is not.
    KeepOpen,
    /// What the run says may follow. Two people.
    Release,
    /// It never does.
    Block,
    /// Put off until later; no answer.
    Later,
    /// Handed to somebody else; no answer.
    HandOver,
    /// A second person should look; no answer.
    Flag,
    /// Takes a decision back.
    Undo,
}

impl Verb {
    /// All of them.
    pub const ALL: [Verb; 14] = [
        Verb::Merge,
        Verb::Distinct,
        Verb::Pick,
        Verb::Clear,
        Verb::Hold,
        Verb::Withdraw,
        Verb::Close,
        Verb::KeepOpen,
        Verb::Release,
        Verb::Block,
        Verb::Later,
        Verb::HandOver,
        Verb::Flag,
        Verb::Undo,
    ];

    /// The word in the store, in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Verb::Merge => "merge",
            Verb::Distinct => "distinct",
            Verb::Pick => "pick",
            Verb::Clear => "clear",
            Verb::Hold => "hold",
            Verb::Withdraw => "withdraw",
            Verb::Close => "close",
            Verb::KeepOpen => "keep_open",
            Verb::Release => "release",
            Verb::Block => "block",
            Verb::Later => "later",
            Verb::HandOver => "hand_over",
            Verb::Flag => "flag",
            Verb::Undo => "undo",
        }
    }

    /// Whether it needs the word of a second person, who leads, before anything follows.
    pub fn needs_two(self) -> bool {
        matches!(self, Verb::Withdraw | Verb::Release)
    }

    /// Whether it needs a reason: destructive and legal outcomes do.
    pub fn needs_reason(self) -> bool {
        matches!(self, Verb::Withdraw | Verb::Hold | Verb::Close | Verb::Release | Verb::Block)
    }

    /// Whether it answers the question, rather than moving the case.
    pub fn answers(self) -> bool {
        !matches!(self, Verb::Later | Verb::HandOver | Verb::Flag | Verb::Undo)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Verb {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Verb, Unknown> {
        named("verb", &Verb::ALL, Verb::name, word)
    }
}

/// How firmly a decision stands when the sources say something else later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stickiness {
    /// 참고: while nothing it was made on has changed; then the rules decide again, and ask again.
    Suggest,
    /// 자동 따름: until what the sources say clearly contradicts it; then the rules decide again.
    Follow,
    /// 고정: whatever the sources say; a contradiction opens a case and overturns nothing.
    #[default]
    Fixed,
}

impl Stickiness {
    /// All of them.
    pub const ALL: [Stickiness; 3] = [Stickiness::Suggest, Stickiness::Follow, Stickiness::Fixed];

    /// The word in the store, in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Stickiness::Suggest => "suggest",
            Stickiness::Follow => "follow",
            Stickiness::Fixed => "fixed",
        }
    }
}

impl FromStr for Stickiness {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Stickiness, Unknown> {
        named("stickiness", &Stickiness::ALL, Stickiness::name, word)
    }
}

/// How far a decision reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// These postings.
    #[default]
    These,
    /// `distinct` only: besides, no pair of this employer in this occupation is asked about; those that the rules do not
    /// join by themselves stay apart.
    EmployerOccupation,
}

impl Scope {
    /// The word in the store, in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Scope::These => "these",
            Scope::EmployerOccupation => "employer_occupation",
        }
    }
}

impl FromStr for Scope {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Scope, Unknown> {
        named("scope", &[Scope::These, Scope::EmployerOccupation], Scope::name, word)
    }
}

/// Something a person should decide.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What it is about.
    pub family: Family,
    /// Hash of what is asked: the same question has the same key, and is the case's id.
    pub key: i64,
    /// Source number, where it is about one.
    pub source: Option<i64>,
    /// Run it came from.
    pub run: Option<i64>,
    /// Vacancy it is about.
    pub vacancy: Option<i64>,
    /// Posting it is about.
    pub a: Option<i64>,
    /// The other posting.
    pub b: Option<i64>,
    /// Exposure: postings and openings.
    pub value: f64,
    /// Probability of being wrong × harm.
    pub risk: f64,
    /// When it should be answered.
    pub due_ms: i64,
    /// Hash of what it rests on: an answered question is asked again only when this has changed.
    pub content: i64,
    /// `why` in words, and what was seen.
    pub body: Value,
    /// The decision, fixed by a steward, that what the sources say now speaks against.
    pub against: Option<i64>,
}

impl Question {
    /// The same question, asked because the sources speak against a decision.
    #[must_use]
    pub fn against(mut self, decision: i64) -> Question {
        self.against = Some(decision);
        self
    }
}

/// The hash of what a question rests on, from the body hashes of its postings.
pub fn content(hashes: &[Option<i64>]) -> i64 {
    let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.unwrap_or_default().to_le_bytes()).collect();
    xxhash_rust::xxh3::xxh3_64(&bytes).cast_signed()
}

/// What somebody answers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The answer in a word.
    pub verb: Verb,
    /// Reason code, one of `review.reasons`; may be empty where the verb needs none.
    pub reason: String,
    /// Free text.
    pub note: Option<String>,
    /// Fields and the values chosen for them.
    pub picks: Vec<Pick>,
    /// merge: how the two are one.
    pub kind: Option<RelationKind>,
    /// How firmly it stands; left out = fixed, and follow for picks.
    pub stickiness: Option<Stickiness>,
    /// How far it reaches.
    pub scope: Scope,
    /// When it ends by itself.
    pub expires_ms: Option<i64>,
    /// later: when the case comes back.
    pub until_ms: Option<i64>,
    /// hand_over: to whom.
    pub to: Option<String>,
    /// [`CaseView::token`] of what was on screen; left out = no check.
    pub token: Option<String>,
    /// How long it was on screen.
    pub screen_ms: i64,
    /// The session that holds the lease, where one person has several.
    pub session: Option<String>,
}

/// What a decision came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Its number.
    pub decision: i64,
    /// Case.
    pub case: i64,
    /// standing, proposed (a second person must approve), second (noted beside the first of two), noted, undone, refused.
    pub state: String,
    /// State of the case now.
    pub case_state: String,
    /// Vacancies whose rows were brought up to date.
    pub vacancies: Vec<i64>,
    /// Decisions that were undone.
    pub undone: Vec<i64>,
}

/// What changed of a case since it was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `case`, `posting` or `vacancy`.
    pub what: String,
    /// Which.
    pub id: i64,
    /// As it was, in words; empty where only the present is known.
    pub was: String,
    /// As it is.
    pub now: String,
}

/// Why the review engine did not do what was asked. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such case.
    #[error("there is no case {}", case_name(*.0))]
    NoCase(i64),
    /// There is no such decision.
    #[error("there is no decision {0}")]
    NoDecision(i64),
    /// Somebody else has it before them.
    #[error("{holder} has this case until {until_ms}")]
    Leased {
        /// Who.
        holder: String,
        /// Until when.
        until_ms: i64,
    },
    /// It changed since it was looked at.
    #[error("the case changed since it was looked at: {}", words(.0))]
    Conflict(Vec<Change>),
    /// Their roles do not allow it.
    #[error("{0}")]
    NotAllowed(String),
    /// The answer does not fit the question.
    #[error("{0}")]
    Invalid(String),
}

fn words(changes: &[Change]) -> String {
    let word = |c: &Change| match (c.was.as_str(), c.now.as_str()) {
        ("", now) => format!("{} {now}", c.what),
        (was, now) => format!("{} {was} → {now}", c.what),
    };
    changes.iter().map(word).collect::<Vec<_>>().join("; ")
}

/// A case's id as people see it.
pub fn case_name(id: i64) -> String {
    format!("c{:016x}", id.cast_unsigned())
}

/// The id in a name made by [`case_name`].
pub fn case_id(name: &str) -> Option<i64> {
    let digits = name.strip_prefix('c').filter(|digits| digits.len() == 16)?;
    u64::from_str_radix(digits, 16).ok().map(u64::cast_signed)
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn read<T: for<'a> Deserialize<'a>>(table: &'static str, id: i64, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt {
        table,
        id: id.to_string(),
        what: error.to_string(),
    })
}
