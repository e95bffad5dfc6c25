//! What evidence weighs and where the thresholds are: settings, and what was learned of each source from its tallies.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;
use serde::Deserialize;
use store::StoreError;
use store::tally::Tally;

use super::calibrate::{BINS, Calibration, Reliability};
use super::evidence::{KINDS, Kind, outcome};
use super::hazard::{self, CLOSINGS, Share};
use crate::settings::LifecycleSettings;

/// What tallies are kept of; keys are closing kinds, probe outcomes, bins, parts or buckets.
pub mod what {
    /// Posting-days at risk and ends among them, by closing kind.
    pub const HAZARD: &str = "hazard";
    /// Postings missing once whose fate is known, and those of them that were gone.
    pub const GONE: &str = "gone";
    /// Closings by absence, and those that were seen again.
    pub const RETURNED: &str = "returned";
    /// Probes by outcome, and those after which the posting was over.
    pub const PROBE: &str = "probe";
    /// Rows of a list and those lost to the next, by part.
    pub const LOST: &str = "lost";
    /// Forecasts by bin, and those that came true; `sum` in [`FORECAST_SUM`].
    pub const FORECAST: &str = "forecast";
    /// Sum of the probabilities forecast, by bin, as trials.
    pub const FORECAST_SUM: &str = "forecast_sum";
    /// Postings by how long after their end they were hidden, at most.
    pub const HIDE: &str = "hide";
    /// Postings by how long after their publication they were visible, at most.
    pub const SHOW: &str = "show";
}

/// `[lifecycle.weights]`: bits towards closed that evidence of a kind is worth until more is learned.
pub type Weights = BTreeMap<String, f64>;

/// What all sources share.
#[derive(Clone, Debug)]
pub struct Common {
    /// Probability from which a job is suspected to be over.
    pub suspect: f64,
    /// Probability from which evidence that speaks of the job closes it.
    pub close: f64,
    /// Probability from which age alone closes it.
    pub stale: f64,
    /// Bits by kind.
    pub weights: FxHashMap<Kind, f64>,
    /// Correction of what they add up to.
    pub calibration: Calibration,
}

/// What holds for one source.
#[derive(Clone, Debug)]
pub struct SourceRules {
    /// What all share.
    pub common: Arc<Common>,
    /// Complete lists in a row without a posting before it is closed.
    pub absences_to_close: i64,
    /// That a posting missing once is gone.
    pub gone: f64,
    /// That a posting is over although it is listed.
    pub lag: f64,
    /// Ends a day, by closing kind in the order of [`CLOSINGS`].
    pub hazard: [f64; 5],
    /// Whether pages of its postings can be looked at.
    pub pages: bool,
    /// That a posting is over after a probe's outcome.
    pub probe: BTreeMap<&'static str, f64>,
}

impl SourceRules {
    /// Ends a day of a closing kind.
    pub fn hazard_of(&self, closing: &str) -> f64 {
        let at = CLOSINGS.iter().position(|c| *c == closing).unwrap_or(CLOSINGS.len() - 1);
        self.hazard.get(at).copied().unwrap_or(0.01)
    }
}

/// The rules of all sources.
#[derive(Clone, Debug)]
pub struct Rules {
    /// What all share.
    pub common: Arc<Common>,
    sources: FxHashMap<i64, SourceRules>,
    unknown: SourceRules,
    /// Forecasts and what became of them.
    pub reliability: Reliability,
}

/// What a probe's outcome is believed to mean before anything is learned.
const PROBES: [(&str, f64); 6] = [
    (outcome::FORM, 0.998),
    (outcome::GONE, 0.998),
    (outcome::WORDING, 0.995),
    (outcome::ALERT, 0.99),
    (outcome::MISSING, 0.93),
    (outcome::REDIRECT, 0.90),
];
/// How firmly, in probes.
const PROBES_BELIEVED: f64 = 50.0;

impl Rules {
    /// Rules from settings and tallies. `closes_at_once` are sources whose contract says that absence is expiry.
    pub fn new(settings: &LifecycleSettings, tallies: &[Tally], closes_at_once: &[i64]) -> Rules {
        let reliability = reliability(tallies);
        let weights = KINDS
            .into_iter()
            .filter(|kind| kind.is_soft())
            .filter_map(|kind| Some((kind, *settings.weights.get(kind.name())?)));
        let common = Arc::new(Common {
            suspect: settings.suspect,
            close: settings.close,
            stale: settings.stale,
            weights: weights.collect(),
            calibration: Calibration::fit(&reliability),
        });
        let mut by_source: BTreeMap<i64, Vec<&Tally>> = BTreeMap::new();
        for tally in tallies.iter().filter(|t| t.source != 0) {
            by_source.entry(tally.source).or_default().push(tally);
        }
        let all: Vec<&Tally> = tallies.iter().collect();
        let mut rules = Rules {
            unknown: learned(&common, settings.absences_to_close, &all),
            sources: FxHashMap::default(),
            common: common.clone(),
            reliability,
        };
        for (source, own) in &by_source {
            rules.sources.insert(*source, learned(&common, settings.absences_to_close, own));
        }
        for source in closes_at_once {
            let own = rules.unknown.clone();
            rules.sources.entry(*source).or_insert(own).absences_to_close = 1;
        }
        rules
    }

    /// Those of a source; of one without history, what all sources together taught.
    pub fn of(&self, source: i64) -> &SourceRules {
        self.sources.get(&source).unwrap_or(&self.unknown)
    }
}

fn learned(common: &Arc<Common>, absences_to_close: i64, tallies: &[&Tally]) -> SourceRules {
    let sum = |what: &str, key: Option<&str>, believed: Share| -> Share {
        let mine = tallies.iter().filter(|t| t.what == what && key.is_none_or(|k| k == t.key));
        mine.fold(believed, |share, t| share.after(t.trials, t.hits))
    };
    SourceRules {
        common: common.clone(),
        absences_to_close,
        gone: sum(what::GONE, None, hazard::believed_gone()).mean(),
        lag: hazard::believed_lag().mean(),
        hazard: CLOSINGS.map(|closing| sum(what::HAZARD, Some(closing), hazard::believed_hazard(closing)).mean()),
        pages: sum(what::PROBE, Some(outcome::ALIVE), Share::believed(0.0, 0.0)).seen(),
        probe: PROBES
            .into_iter()
            .map(|(name, p)| (name, sum(what::PROBE, Some(name), Share::believed(p, PROBES_BELIEVED)).mean()))
            .collect(),
    }
}

/// The forecasts of all sources.
fn reliability(tallies: &[Tally]) -> Reliability {
    let mut table = Reliability::default();
    for tally in tallies {
        let bin = tally.key.parse::<u16>().ok().and_then(|from| BINS.iter().position(|b| *b == from));
        let Some(bin) = bin.and_then(|at| table.bins.get_mut(at)) else { continue };
        match tally.what.as_str() {
            what::FORECAST => {
                bin.trials += tally.trials;
                bin.hits += tally.hits;
            }
            what::FORECAST_SUM => bin.forecast += tally.trials,
            _ => {}
        }
    }
    table
}

/// The rules in force, shared by all that works; renewed after each round of runs.
#[derive(Debug)]
pub struct Learned {
    settings: LifecycleSettings,
    closes_at_once: Vec<i64>,
    now: RwLock<Arc<Rules>>,
    /// When this process last passed over what time changes.
    passed_ms: AtomicI64,
}

/// How long after a pass the next is due.
const PASS_EVERY_MS: i64 = 6 * 3_600_000;

impl Learned {
    /// Rules as a hub without history has them.
    pub fn new(settings: &LifecycleSettings, closes_at_once: Vec<i64>) -> Learned {
        let now = RwLock::new(Arc::new(Rules::new(settings, &[], &closes_at_once)));
        Learned { settings: settings.clone(), closes_at_once, now, passed_ms: AtomicI64::new(i64::MIN) }
    }

    /// The rules in force.
    pub fn rules(&self) -> Arc<Rules> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the pass over what time changes is due; who asks does it.
    pub fn pass_is_due(&self, now_ms: i64) -> bool {
        let last = self.passed_ms.load(Ordering::Relaxed);
        let due = last > now_ms || now_ms.saturating_sub(last) >= PASS_EVERY_MS;
        if due {
            self.passed_ms.store(now_ms, Ordering::Relaxed);
        }
        due
    }

    /// Learns from what the store has counted.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn renew(&self, store: &store::Store) -> Result<(), StoreError> {
        let tallies = store.tallies().await?;
        let rules = Arc::new(Rules::new(&self.settings, &tallies, &self.closes_at_once));
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = rules;
        Ok(())
    }
}

/// Names of weights that are none, for settings to be refused by name.
pub fn unknown_weights(weights: &Weights) -> Vec<&str> {
    weights.keys().map(String::as_str).filter(|name| !Kind::parse(name).is_some_and(Kind::is_soft)).collect()
}

/// Where the probing of links stands in the settings.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeSettings {
    /// Pages of postings looked at after a run of a source, at most; 0 = none.
    pub per_run: u32,
    /// A page is not looked at again within so many hours.
    pub again_hours: i64,
    /// Seconds that looking may take after a run.
    pub seconds_max: i64,
}
