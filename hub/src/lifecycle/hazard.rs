//! How fast postings of a source end by themselves, and what a missing row means there: shares learned from tallies, each
//! with a prior that a source without history starts from. Pure.

/// Closing kinds a hazard is kept for, as the store spells them; `""` = the source did not say.
pub const CLOSINGS: [&str; 5] = ["by_date", "until_filled", "always_open", "rolling", ""];

/// A share with what it is believed to be before anything was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    trials: f64,
    hits: f64,
}

impl Share {
    /// A share believed to be `mean`, as firmly as after `trials` observations.
    pub fn believed(mean: f64, trials: f64) -> Share {
        Share { trials, hits: mean * trials }
    }

    /// After `hits` in `trials` more.
    #[must_use]
    pub fn after(self, trials: f64, hits: f64) -> Share {
        let trials = trials.max(0.0);
        Share { trials: self.trials + trials, hits: self.hits + hits.clamp(0.0, trials) }
    }

    /// Whether anything was observed or believed.
    pub fn seen(self) -> bool {
        self.trials > 0.0
    }

    /// What it is believed to be.
    pub fn mean(self) -> f64 {
        if self.trials > 0.0 { (self.hits / self.trials).clamp(1e-6, 1.0 - 1e-6) } else { 0.5 }
    }
}

/// Ends a day besides deadlines, by closing kind: 2 % of a stock closes a day, half of it by its date.
pub fn believed_hazard(closing: &str) -> Share {
    let a_day = match closing {
        "by_date" => 0.008,
        "until_filled" => 0.014,
        "always_open" => 0.008,
        _ => 0.012,
    };
    Share::believed(a_day, 500.0)
}

/// That a posting missing once from a complete list is gone.
pub fn believed_gone() -> Share {
    Share::believed(0.95, 40.0)
}

/// That a posting is over although its source lists it as open.
pub fn believed_lag() -> Share {
    Share::believed(0.004, 1000.0)
}

/// That a posting has ended within so many days at a hazard a day.
pub fn ended_within(hazard: f64, days: f64) -> f64 {
    1.0 - (1.0 - hazard.clamp(0.0, 0.999)).powf(days.max(0.0))
}

/// Odds of a probability, in bits.
pub fn bits(p: f64) -> f64 {
    let p = p.clamp(1e-9, 1.0 - 1e-9);
    (p / (1.0 - p)).log2()
}

/// The probability of odds in bits.
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits.clamp(-60.0, 60.0)).exp2())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_without_history_is_as_believed_and_one_with_much_as_seen() {
        let gone = believed_gone();
        assert!((gone.mean() - 0.95).abs() < 1e-9);
        assert!((gone.after(10_000.0, 9_990.0).mean() - 0.9988).abs() < 1e-3);
        assert!(gone.after(400.0, 100.0).mean() < 0.35);
        assert!((ended_within(0.02, 30.0) - 0.4545).abs() < 1e-3);
        for p in [0.001, 0.5, 0.98] {
            assert!((probability(bits(p)) - p).abs() < 1e-9);
        }
    }
}
