//! Whether probabilities mean what they say: the reliability table, the calibration error, and the monotone correction
//! (isotonic regression) learned from what became of earlier forecasts. Pure.

use serde::Serialize;

/// Lower bounds of the bins of a probability, thousandths: fine at both ends, where the decisions are.
pub const BINS: [u16; 20] = [0, 2, 5, 10, 20, 35, 50, 80, 120, 200, 300, 400, 500, 600, 700, 800, 900, 950, 980, 995];

/// Forecasts worth of doubt a bin starts with: one wild outcome must not bend the curve.
const PRIOR_WEIGHT: f64 = 20.0;

/// What became of the forecasts of one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Bin {
    /// Lower bound, thousandths.
    pub from: u16,
    /// Forecasts.
    pub trials: f64,
    /// Sum of the probabilities forecast.
    pub forecast: f64,
    /// How many came true.
    pub hits: f64,
}

/// The bin a probability belongs to.
pub fn bin_of(p: f64) -> usize {
    let thousandths = (p.clamp(0.0, 1.0) * 1000.0).floor();
    BINS.iter().rposition(|from| f64::from(*from) <= thousandths).unwrap_or(0)
}

/// Forecasts and outcomes, collected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reliability {
    /// One a bin, ascending.
    pub bins: Vec<Bin>,
}

impl Default for Reliability {
    fn default() -> Reliability {
        Reliability { bins: BINS.iter().map(|from| Bin { from: *from, ..Bin::default() }).collect() }
    }
}

impl Reliability {
    /// Adds so many forecasts of `p` of which `hits` came true.
    pub fn add(&mut self, p: f64, trials: f64, hits: f64) {
        if let Some(bin) = self.bins.get_mut(bin_of(p)) {
            bin.trials += trials;
            bin.forecast += p * trials;
            bin.hits += hits;
        }
    }

    /// Mean absolute difference between what was forecast and what came true, weighted by forecasts; 0 without any.
    pub fn error(&self) -> f64 {
        let all: f64 = self.bins.iter().map(|b| b.trials).sum();
        if all <= 0.0 {
            return 0.0;
        }
        self.bins.iter().map(|b| (b.forecast - b.hits).abs()).sum::<f64>() / all
    }

    /// The largest difference of a bin that holds at least `trials` forecasts: what the mean hides.
    pub fn worst(&self, trials: f64) -> f64 {
        let gaps = self.bins.iter().filter(|b| b.trials >= trials).map(|b| ((b.forecast - b.hits) / b.trials).abs());
        gaps.fold(0.0, f64::max)
    }
}

/// A monotone map from what the weights say to what comes true.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    /// (said, true), ascending in both; empty = as it is.
    points: Vec<(f64, f64)>,
}

impl Calibration {
    /// Pool-adjacent-violators over the bins, each pulled towards what it said while it holds few forecasts.
    pub fn fit(table: &Reliability) -> Calibration {
        let mut pools: Vec<(f64, f64, f64)> = Vec::new();
        for bin in table.bins.iter().filter(|b| b.trials > 0.0) {
            let said = bin.forecast / bin.trials;
            let weight = bin.trials + PRIOR_WEIGHT;
            pools.push((said * weight, bin.hits + said * PRIOR_WEIGHT, weight));
            while let [.., (s0, h0, w0), (s1, h1, w1)] = pools[..]
                && h0 / w0 > h1 / w1
            {
                pools.truncate(pools.len() - 2);
                pools.push((s0 + s1, h0 + h1, w0 + w1));
            }
        }
        Calibration { points: pools.into_iter().map(|(s, h, w)| (s / w, h / w)).collect() }
    }

    /// The corrected probability: linear between the pools, and at both ends towards 0 and 1.
    pub fn apply(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        let (mut left, mut right) = ((0.0, 0.0), (1.0, 1.0));
        for point in &self.points {
            if point.0 <= p {
                left = *point;
            } else {
                right = *point;
                break;
            }
        }
        let width = right.0 - left.0;
        if width <= f64::EPSILON { left.1 } else { left.1 + (right.1 - left.1) * (p - left.0) / width }
    }
}

/// Wilson's interval of a share, at 95 %.
pub fn wilson(hits: f64, trials: f64) -> (f64, f64) {
    if trials <= 0.0 {
        return (0.0, 1.0);
    }
    const Z: f64 = 1.959_963_984_540_054;
    let share = hits / trials;
    let base = 1.0 + Z * Z / trials;
    let middle = (share + Z * Z / (2.0 * trials)) / base;
    let half = Z / base * (share * (1.0 - share) / trials + Z * Z / (4.0 * trials * trials)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_that_is_too_sure_is_pulled_back_and_order_stays() {
        let mut table = Reliability::default();
        for (p, trials, hits) in
            [(0.01, 10_000.0, 100.0), (0.3, 1000.0, 150.0), (0.45, 1000.0, 100.0), (0.97, 2000.0, 1500.0)]
        {
            table.add(p, trials, hits);
        }
        assert!((table.error() - (0.0 + 150.0 + 350.0 + 440.0) / 14_000.0).abs() < 1e-9, "{}", table.error());
        assert!((table.worst(500.0) - 0.35).abs() < 1e-9);
        let fitted = Calibration::fit(&table);
        let got: Vec<String> =
            [0.0, 0.01, 0.3, 0.45, 0.7, 0.97, 1.0].iter().map(|p| format!("{:.2}", fitted.apply(*p))).collect();
        assert_eq!(got, ["0.00", "0.01", "0.11", "0.21", "0.47", "0.75", "1.00"]);
        let mut last = 0.0;
        for i in 0..=1000 {
            let now = fitted.apply(f64::from(i) / 1000.0);
            assert!(now + 1e-12 >= last && (0.0..=1.0).contains(&now), "{i}");
            last = now;
        }
    }

    #[test]
    fn without_history_a_probability_is_what_it_says() {
        let fresh = Calibration::fit(&Reliability::default());
        for p in [0.0, 0.001, 0.5, 0.998, 1.0] {
            assert!((fresh.apply(p) - p).abs() < 1e-12);
        }
    }

    #[test]
    fn intervals_are_wilsons() {
        for (hits, trials, low, high) in
            [(0.0, 0.0, 0.0, 1.0), (10.0, 10.0, 0.7225, 1.0), (998.0, 1000.0, 0.9928, 0.9995)]
        {
            let (a, b) = wilson(hits, trials);
            assert!((a - low).abs() < 1e-3 && (b - high).abs() < 1e-3, "{hits}/{trials}: {a} {b}");
        }
    }
}
