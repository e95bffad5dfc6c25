//! The model: bits for each level of each comparison, a prior and the thresholds. A sum of evidence, kept additive
//! so that every score explains itself. The shipped default is `data/model.json`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::common::Common;
use crate::compare::{self, COMPARISONS, Levels, TABLE, compare};
use crate::profile::Profile;

/// Levels of the comparison with most of them, `unknown` included.
pub(crate) const LEVELS_MAX: usize = 12;
/// Largest weight accepted, in thousandths of a bit.
pub const WEIGHT_MAX: i32 = 30_000;

/// Weights and thresholds, all in thousandths of a bit.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Raised with each change that reaches a store.
    pub version: u32,
    /// What it was estimated on, in words.
    pub name: String,
    /// Log odds that two postings that share a key are one vacancy, before any comparison.
    pub prior: i32,
    /// From here two postings are one vacancy.
    pub auto: i32,
    /// From here up to `auto` a steward is asked.
    pub grey: i32,
    /// From here a relation is kept at all; groups need only those from `auto` on, stewards those from `grey` on.
    pub keep: i32,
    /// Furthest a single pair's score may lie from `auto` when groups are averaged: no pair outvotes a group.
    pub cap: i32,
    /// Bits by which a group must be claimed better than by a rival that cannot be the same vacancy.
    pub rival: i32,
    /// What is said so often that it tells little.
    pub common: Common,
    weights: [[i32; LEVELS_MAX]; COMPARISONS],
}

/// The model's file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelFile {
    version: u32,
    name: String,
    profile_version: u8,
    prior: i32,
    auto: i32,
    grey: i32,
    keep: i32,
    cap: i32,
    rival: i32,
    weights: BTreeMap<String, BTreeMap<String, i32>>,
    #[serde(default, skip_serializing_if = "Common::is_empty")]
    common: Common,
}

/// Why a model's file is refused.
#[derive(Debug)]
pub enum ModelError {
    /// Not JSON of the right shape.
    Json(serde_json::Error),
    /// Made for profiles of another format.
    ProfileVersion(u8),
    /// A comparison or level that this version does not have, as `comparison.level`.
    Unknown(String),
    /// A comparison or level without a weight, as `comparison.level`.
    Missing(String),
    /// A weight or threshold over [`WEIGHT_MAX`], or thresholds out of order.
    Range(String),
}

impl std::fmt::Display for ModelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ModelError::Json(_) => write!(f, "model is not readable"),
            ModelError::ProfileVersion(v) => write!(f, "model was made for profiles of format {v}"),
            ModelError::Unknown(what) => write!(f, "model weighs {what:?}, which is not compared"),
            ModelError::Missing(what) => write!(f, "model has no weight for {what:?}"),
            ModelError::Range(what) => write!(f, "model's {what} is out of range"),
        }
    }
}

impl std::error::Error for ModelError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ModelError::Json(e) => Some(e),
            _ => None,
        }
    }
}

impl Default for Model {
    /// The shipped model; what it rests on is said in its `name`.
    fn default() -> Model {
        static SHIPPED: OnceLock<Model> = OnceLock::new();
        SHIPPED
            .get_or_init(|| Model::from_json(include_str!("../data/model.json")).unwrap_or_else(|_| Model::blank()))
            .clone()
    }
}

impl Model {
    /// The model set by hand (`data/prior.json`): where estimation starts, and what it keeps to where little is seen.
    pub fn prior() -> Model {
        static SHIPPED: OnceLock<Model> = OnceLock::new();
        let read = || Model::from_json(include_str!("../data/prior.json")).unwrap_or_else(|_| Model::blank());
        SHIPPED.get_or_init(read).clone()
    }

    /// A model that weighs nothing and joins nothing by itself.
    pub fn blank() -> Model {
        Model {
            version: 0,
            name: "blank".to_owned(),
            prior: -3000,
            auto: 0,
            grey: -5000,
            keep: -5_000,
            cap: 12_000,
            rival: 1_000,
            common: Common::default(),
            weights: [[0; LEVELS_MAX]; COMPARISONS],
        }
    }

    /// Reads a model's file; every comparison and level must be there, by name.
    pub fn from_json(text: &str) -> Result<Model, ModelError> {
        let file: ModelFile = serde_json::from_str(text).map_err(ModelError::Json)?;
        if file.profile_version != crate::profile::PROFILE_VERSION {
            return Err(ModelError::ProfileVersion(file.profile_version));
        }
        let mut weights = [[0; LEVELS_MAX]; COMPARISONS];
        let mut known = 0;
        for (at, comparison) in TABLE.iter().enumerate() {
            let named =
                file.weights.get(comparison.name).ok_or_else(|| ModelError::Missing(comparison.name.to_owned()))?;
            for (level, words) in comparison.levels.iter().enumerate().skip(1) {
                let path = || format!("{}.{words}", comparison.name);
                let bits = *named.get(*words).ok_or_else(|| ModelError::Missing(path()))?;
                if bits.abs() > WEIGHT_MAX {
                    return Err(ModelError::Range(path()));
                }
                weights[at][level] = bits;
            }
            if let Some(extra) = named.keys().find(|k| !comparison.levels[1..].contains(&k.as_str())) {
                return Err(ModelError::Unknown(format!("{}.{extra}", comparison.name)));
            }
            known += 1;
        }
        if file.weights.len() > known {
            let extra = file.weights.keys().find(|k| TABLE.iter().all(|c| c.name != k.as_str()));
            return Err(ModelError::Unknown(extra.cloned().unwrap_or_default()));
        }
        let in_order = file.keep <= file.grey && file.grey <= file.auto;
        let in_range = [file.prior, file.auto, file.grey, file.keep].iter().all(|t| t.abs() <= 4 * WEIGHT_MAX);
        if !in_order
            || !in_range
            || !(0..=WEIGHT_MAX).contains(&file.rival)
            || !(1..=8 * WEIGHT_MAX).contains(&file.cap)
        {
            return Err(ModelError::Range("thresholds".to_owned()));
        }
        if !file.common.within_limits() {
            return Err(ModelError::Range("common values".to_owned()));
        }
        Ok(Model {
            version: file.version,
            name: file.name,
            prior: file.prior,
            auto: file.auto,
            grey: file.grey,
            keep: file.keep,
            cap: file.cap,
            rival: file.rival,
            common: file.common.sorted(),
            weights,
        })
    }

    /// The model's file.
    pub fn to_json(&self) -> String {
        let weights = TABLE
            .iter()
            .enumerate()
            .map(|(at, comparison)| {
                let levels = comparison
                    .levels
                    .iter()
                    .enumerate()
                    .skip(1)
                    .map(|(level, words)| ((*words).to_owned(), self.weights[at][level]))
                    .collect();
                (comparison.name.to_owned(), levels)
            })
            .collect();
        let file = ModelFile {
            version: self.version,
            name: self.name.clone(),
            profile_version: crate::profile::PROFILE_VERSION,
            prior: self.prior,
            auto: self.auto,
            grey: self.grey,
            keep: self.keep,
            cap: self.cap,
            rival: self.rival,
            common: self.common.clone(),
            weights,
        };
        serde_json::to_string_pretty(&file).unwrap_or_default()
    }

    /// Bits of one level, in thousandths.
    pub fn weight(&self, comparison: usize, level: u8) -> i32 {
        self.weights.get(comparison).and_then(|w| w.get(usize::from(level))).copied().unwrap_or(0)
    }

    /// Sets the bits of one level; unknown places and level 0 are ignored.
    pub fn set_weight(&mut self, comparison: usize, level: u8, millibits: i32) {
        if let Some(slot) = self.weights.get_mut(comparison).and_then(|w| w.get_mut(usize::from(level)))
            && level > 0
        {
            *slot = millibits.clamp(-WEIGHT_MAX, WEIGHT_MAX);
        }
    }

    /// Largest difference of any weight or of the prior.
    pub(crate) fn furthest_from(&self, other: &Model) -> i32 {
        let weights = self.weights.iter().flatten().zip(other.weights.iter().flatten());
        weights.map(|(a, b)| (a - b).abs()).max().unwrap_or(0).max((self.prior - other.prior).abs())
    }

    /// How two postings compare under this model's common values.
    pub fn levels(&self, a: &Profile, b: &Profile) -> Levels {
        compare(a, b, &self.common)
    }

    /// The score of two postings, `None` when it cannot reach `floor`; then most of the comparing is saved.
    pub(crate) fn score_from(&self, a: &Profile, b: &Profile, floor: i32) -> Option<i32> {
        let mut levels = Levels::default();
        compare::at_hand(a, b, &mut levels);
        if !compare::names_an_origin(a, b) && self.score(&levels) + self.most_left(a, b) < floor {
            return None;
        }
        compare::rest(a, b, &self.common, &mut levels);
        Some(self.score(&levels)).filter(|score| *score >= floor)
    }

    /// The most that the comparisons left by [`compare::at_hand`] can add.
    fn most_left(&self, a: &Profile, b: &Profile) -> i32 {
        let most = |at: usize| self.weights[at].iter().copied().max().unwrap_or(0).max(0);
        let texts = if a.text.shingles == 0 || b.text.shingles == 0 { 0 } else { most(compare::TEXT) };
        compare::REST.iter().filter(|at| **at != compare::TEXT).map(|at| most(*at)).sum::<i32>() + texts
    }

    /// The score of a pair: prior and all weights.
    pub fn score(&self, levels: &Levels) -> i32 {
        levels.0.iter().enumerate().fold(self.prior, |sum, (at, level)| sum + self.weight(at, *level))
    }

    /// A score relative to `auto`, no further from it than `cap`.
    pub(crate) fn margin(&self, score: i32) -> i64 {
        i64::from((score - self.auto).clamp(-self.cap, self.cap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_is_read_and_written_alike() {
        let model = Model::from_json(include_str!("../data/model.json")).unwrap();
        assert_eq!(Model::default(), model);
        assert_eq!(Model::prior(), Model::from_json(include_str!("../data/prior.json")).unwrap());
        assert_eq!(Model::from_json(&model.to_json()).unwrap(), model);
    }

    #[test]
    fn a_misspelt_level_is_named() {
        let text = include_str!("../data/model.json").replace("\"same district\"", "\"same distrct\"");
        let error = Model::from_json(&text).unwrap_err();
        assert_eq!(error.to_string(), "model has no weight for \"place.same district\"");
    }
}
