//! What stands because of decisions: rows by posting, each of one decision, which is all that the pipeline asks for.
//! Whether a row has an effect depends on it and on what the postings say now, never on how they came to say it.

use std::collections::{BTreeMap, BTreeSet};

use dedup::{Levels, Model, Pick, Profile, Relation, RelationKind, Ruling};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use store::posting::{Member, Posting as PostingRow};
use store::standing::Standing;
use store::{Store, StoreError};

use super::{Family, Question, Stickiness, doubt};
use crate::lifecycle::state;
use crate::pipeline::Body;
use crate::pipeline::settle::{Fresh, Judge};

/// Kinds of rows.
pub mod kind {
    /// Two postings are one vacancy, or two.
    pub const RULING: &str = "ruling";
    /// Pairs of an employer's occupation are not asked about.
    pub const SCOPE: &str = "scope";
    /// A value of the golden record.
    pub const PICK: &str = "pick";
    /// Whether a posting may be shown.
    pub const VERDICT: &str = "verdict";
    /// Whether the job is still there.
    pub const LIFE: &str = "life";
    /// A run's closings happen, or never do.
    pub const RUN: &str = "run";
}

/// `body` of a ruling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RulingWord {
    pub(crate) same: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<RelationKind>,
    pub(crate) stick: Stickiness,
    /// Body hashes of subject and other when it was made.
    pub(crate) seen: [i64; 2],
}

/// `body` of a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct VerdictWord {
    /// publish, hold or reject.
    pub(crate) verdict: String,
    pub(crate) stick: Stickiness,
    /// Body hash when it was made.
    pub(crate) seen: i64,
    /// Rules that held or rejected it then.
    pub(crate) rules: BTreeSet<String>,
}

/// `body` of a word on the job's life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LifeWord {
    /// open or closed.
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) stick: Stickiness,
    pub(crate) at_ms: i64,
}

/// `body` of a word on a guarded run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunWord {
    pub(crate) release: bool,
    /// blocked: its source, and what it would have closed.
    pub(crate) source: i64,
    pub(crate) postings: Vec<i64>,
}

/// What a posting says now, as far as a verdict depends on it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    hash: i64,
    rules: BTreeSet<String>,
}

impl Said {
    pub(crate) fn of(body: &Body, hash: i64) -> Said {
        Said { hash, rules: keeping_back(body) }
    }
}

/// The rules that keep a posting from being shown.
pub(crate) fn keeping_back(body: &Body) -> BTreeSet<String> {
    let strong = body.findings.iter().filter(|f| f.effect >= normalizer::Effect::Holds);
    strong.map(|f| f.rule.to_string()).collect()
}

/// The rulings that have an effect, the last on each pair. A side whose posting is not at hand counts as unchanged.
pub(crate) fn rulings(
    rows: &[Standing],
    changed: &[Profile],
    near: &[Profile],
    body_hash: &FxHashMap<i64, i64>,
    model: &Model,
) -> Vec<Ruling> {
    let mut by_pair: BTreeMap<(i64, i64), (i64, Ruling)> = BTreeMap::new();
    if rows.is_empty() {
        return Vec::new();
    }
    let mut profiles: FxHashMap<i64, &Profile> = near.iter().map(|p| (p.id, p)).collect();
    profiles.extend(changed.iter().map(|p| (p.id, p)));
    for (row, word, other) in ruling_words(rows) {
        let moved = has_moved(row.subject, other, &word, body_hash);
        let stands = match word.stick {
            Stickiness::Fixed => true,
            Stickiness::Suggest => !moved,
            Stickiness::Follow => {
                let sides = profiles.get(&row.subject).zip(profiles.get(&other));
                !moved || sides.is_none_or(|(a, b)| !speaks_against(word.same, a, b, model))
            }
        };
        let (a, b) = (row.subject.min(other), row.subject.max(other));
        if stands && by_pair.get(&(a, b)).is_none_or(|(decision, _)| *decision <= row.decision) {
            by_pair.insert((a, b), (row.decision, Ruling { a, b, same: word.same, kind: word.kind }));
        }
    }
    by_pair.into_values().map(|(_, ruling)| ruling).collect()
}

fn ruling_words(rows: &[Standing]) -> impl Iterator<Item = (&Standing, RulingWord, i64)> {
    rows.iter()
        .filter(|row| row.kind == kind::RULING)
        .filter_map(|row| Some((row, serde_json::from_str(&row.body).ok()?, row.other?)))
}

fn has_moved(subject: i64, other: i64, word: &RulingWord, body_hash: &FxHashMap<i64, i64>) -> bool {
    [(subject, word.seen[0]), (other, word.seen[1])]
        .iter()
        .any(|(id, seen)| body_hash.get(id).is_some_and(|now| now != seen))
}

/// Whether the rules, on what the postings say now, are sure of the opposite.
fn speaks_against(same: bool, a: &Profile, b: &Profile, model: &Model) -> bool {
    let score = model.score(&model.levels(a, b));
    if same { score < model.grey } else { score >= model.auto && !dedup::exclusive(a, b) }
}

/// A fixed decision that a change of its postings speaks against.
pub(crate) struct Against {
    pub(crate) decision: i64,
    pub(crate) relation: Relation,
}

/// The fixed rulings on changed postings that what these say now speaks against.
pub(crate) fn contradicted(
    rows: &[Standing],
    profiles: &FxHashMap<i64, &Profile>,
    body_hash: &FxHashMap<i64, i64>,
    changed: &FxHashSet<i64>,
    model: &Model,
) -> Vec<Against> {
    let mut last: BTreeMap<(i64, i64), (i64, RulingWord, i64, i64)> = BTreeMap::new();
    for (row, word, other) in ruling_words(rows) {
        let pair = (row.subject.min(other), row.subject.max(other));
        if last.get(&pair).is_none_or(|(decision, ..)| *decision <= row.decision) {
            last.insert(pair, (row.decision, word, row.subject, other));
        }
    }
    last.into_iter()
        .filter(|((a, b), (_, word, subject, other))| {
            word.stick == Stickiness::Fixed
                && (changed.contains(a) || changed.contains(b))
                && has_moved(*subject, *other, word, body_hash)
        })
        .filter_map(|((a, b), (decision, word, ..))| {
            let (x, y) = (profiles.get(&a)?, profiles.get(&b)?);
            if !speaks_against(word.same, x, y, model) {
                return None;
            }
            let levels: Levels = model.levels(x, y);
            let millibits = model.score(&levels);
            Some(Against { decision, relation: Relation { a, b, kind: RelationKind::Partial, millibits, levels } })
        })
        .collect()
}

/// What stewards said of the members of vacancies, as far as it has an effect.
#[derive(Debug, Default)]
pub struct Words {
    verdicts: FxHashMap<i64, String>,
    lives: FxHashMap<i64, (i64, LifeWord)>,
    /// Postings of which a fixed verdict did not know a rule that now holds them: (posting, decision, what it says now).
    against: Vec<(i64, i64, i64)>,
    picks: FxHashMap<i64, Vec<(i64, i64, Pick)>>,
}

impl Words {
    /// What was said of postings that are in hand.
    pub(crate) async fn load(store: &Store, rows: &[PostingRow], bodies: &[Body]) -> Result<Words, StoreError> {
        let ids: Vec<i64> = rows.iter().map(|p| p.id).collect();
        let standing = if ids.is_empty() { Vec::new() } else { store.standing_at(&ids).await? };
        let tested: Vec<i64> = rows
            .iter()
            .filter(|p| p.reason.as_deref() == Some(crate::lifecycle::reason::LABOUR_MARKET_TEST))
            .map(|p| p.id)
            .collect();
        if standing.is_empty() && tested.is_empty() {
            return Ok(Words::default());
        }
        let said = rows.iter().zip(bodies).map(|(row, body)| (row.id, Said::of(body, row.body_hash))).collect();
        Ok(Words::of(&standing, &said).keeping_dates(tested.into_iter()))
    }

    /// The record keeps the dates of postings that are a statutory test, unless a steward chose others.
    #[must_use]
    pub(crate) fn keeping_dates(mut self, postings: impl Iterator<Item = i64>) -> Words {
        for posting in postings {
            for field in ["closing", "date_posted"] {
                let pick = Pick { field: field.to_owned(), choice: dedup::Choice::Follow(posting) };
                self.picks.entry(posting).or_default().push((i64::MIN, 0, pick));
            }
        }
        self
    }

    /// The picks at postings, without anything else that was said of them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn picks_of(store: &Store, postings: &[i64]) -> Result<Words, StoreError> {
        let mut rows = if postings.is_empty() { Vec::new() } else { store.standing_at(postings).await? };
        rows.retain(|row| row.kind == kind::PICK);
        Ok(Words::of(&rows, &FxHashMap::default()))
    }

    pub(crate) fn of(rows: &[Standing], said: &FxHashMap<i64, Said>) -> Words {
        let mut words = Words::default();
        let mut rows: Vec<&Standing> = rows.iter().collect();
        rows.sort_by_key(|row| (row.decision, row.nr));
        for row in rows {
            match row.kind.as_str() {
                kind::VERDICT => {
                    let Ok(word) = serde_json::from_str::<VerdictWord>(&row.body) else { continue };
                    let now = said.get(&row.subject);
                    if now.is_none_or(|now| word.has_effect(now)) {
                        words.against.retain(|(posting, ..)| *posting != row.subject);
                        let unknown = now.filter(|now| word.does_not_know(now));
                        words.against.extend(unknown.map(|now| (row.subject, row.decision, now.hash)));
                        words.verdicts.insert(row.subject, word.verdict);
                    }
                }
                kind::LIFE => {
                    let Ok(word) = serde_json::from_str::<LifeWord>(&row.body) else { continue };
                    words.lives.insert(row.subject, (row.decision, word));
                }
                kind::PICK => {
                    let Ok(pick) = serde_json::from_str::<Pick>(&row.body) else { continue };
                    words.picks.entry(row.subject).or_default().push((row.decision, row.nr, pick));
                }
                _ => {}
            }
        }
        words
    }

    /// The verdict on a posting: a steward's, or else the rules'.
    pub fn verdict<'a>(&'a self, posting: i64, rules: &'a str) -> &'a str {
        self.verdicts.get(&posting).map_or(rules, String::as_str)
    }

    /// Puts stewards' verdicts in the place of the rules'; gives the postings on which the store knows another word.
    pub(crate) fn apply(&self, group: &mut [Member]) -> Vec<(i64, Option<String>)> {
        let mut news = Vec::new();
        for member in group {
            let word = self.verdicts.get(&member.id);
            if member.ruled.as_ref() != word {
                news.push((member.id, word.cloned()));
            }
            if let Some(word) = word {
                member.verdict.clone_from(word);
            }
        }
        news
    }

    /// The picks for a vacancy of these postings, in the order they were made: of two on one field the last holds.
    pub fn picks(&self, group: impl IntoIterator<Item = i64>) -> Vec<Pick> {
        if self.picks.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<&(i64, i64, Pick)> =
            group.into_iter().filter_map(|id| self.picks.get(&id)).flatten().collect();
        found.sort_by_key(|(decision, nr, _)| (*decision, *nr));
        found.into_iter().map(|(_, _, pick)| pick.clone()).collect()
    }

    /// The fields of a vacancy that somebody fixed for good, and the decisions.
    pub(crate) fn picked(&self, group: &[Member]) -> BTreeMap<String, i64> {
        let mut fields = BTreeMap::new();
        for (decision, _, pick) in group.iter().filter_map(|m| self.picks.get(&m.id)).flatten() {
            let last = fields.entry(pick.field.clone()).or_insert(*decision);
            *last = (*last).max(*decision);
        }
        fields
    }

    /// Questions about changed postings that were cleared for good, and are held by a rule nobody knew of then.
    pub(crate) fn contradicted(&self, judge: &Judge<'_>, fresh: &[Fresh]) -> Vec<Question> {
        let why = "it was cleared for good; a rule that nobody had looked at holds it now";
        let changed = |posting: i64| fresh.iter().any(|f| f.row.id == posting);
        let news = self.against.iter().filter(|(posting, ..)| changed(*posting));
        news.map(|(posting, decision, seen)| doubt::against(judge, Family::Suspicious, *posting, *decision, *seen, why))
            .collect()
    }

    fn last_life(&self, group: &[Member]) -> Option<&(i64, LifeWord)> {
        if self.lives.is_empty() {
            return None;
        }
        group.iter().filter_map(|m| self.lives.get(&m.id)).max_by_key(|(decision, _)| *decision)
    }

    /// A question about a vacancy that was closed for good and has a posting that came open since.
    pub(crate) fn overtaken(&self, judge: &Judge<'_>, vacancy: i64, group: &[Member]) -> Option<Question> {
        let (decision, word) = self.last_life(group)?;
        if word.stick != Stickiness::Fixed || word.state != state::CLOSED {
            return None;
        }
        let since = |m: &&Member| m.state == state::OPEN && m.first_seen_ms > word.at_ms;
        let mut came: Vec<Option<i64>> = group.iter().filter(since).map(|m| Some(m.id)).collect();
        came.sort_unstable();
        let why = "it was closed for good; a posting of it has come since";
        let content = super::content(&came);
        (!came.is_empty()).then(|| doubt::against(judge, Family::Filled, vacancy, *decision, content, why))
    }

    /// A steward's word on whether the job is still there: its state and reason. The last word holds, unless postings
    /// that came or changed after it say otherwise and it was not fixed.
    pub(crate) fn life(&self, group: &[Member]) -> Option<(&'static str, &str)> {
        let (_, word) = self.last_life(group)?;
        let open = || group.iter().filter(|m| m.state == state::OPEN);
        let overtaken = match word.stick {
            Stickiness::Fixed => false,
            Stickiness::Follow => open().any(|m| m.first_seen_ms > word.at_ms),
            Stickiness::Suggest => open().any(|m| m.changed_ms > word.at_ms),
        };
        let state = if word.state == state::CLOSED { state::CLOSED } else { state::OPEN };
        (!overtaken).then_some((state, word.reason.as_str()))
    }
}

impl VerdictWord {
    /// Whether a posting that was cleared for good is now held by a rule that nobody had looked at.
    fn does_not_know(&self, now: &Said) -> bool {
        let cleared = self.stick == Stickiness::Fixed && self.verdict == "publish";
        cleared && now.hash != self.seen && !now.rules.is_subset(&self.rules)
    }

    fn has_effect(&self, now: &Said) -> bool {
        match self.stick {
            Stickiness::Fixed => true,
            Stickiness::Suggest => now.hash == self.seen,
            // a rule that nobody had looked at when it was cleared is not cleared
            Stickiness::Follow => self.verdict != "publish" || now.rules.is_subset(&self.rules),
        }
    }
}

#[cfg(test)]
mod tests;
