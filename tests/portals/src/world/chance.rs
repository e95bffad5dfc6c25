//! Reproducible chance: one stream of numbers per (seed, salt, thing), the same on every machine and for ever.

/// Which facet of the world a stream decides; facets never share a stream, so adding one moves no other.
#[derive(Clone, Copy)]
#[repr(u64)]
pub(crate) enum Facet {
    Firm = 1,
    Batch,
    Life,
    Copy,
    Facts,
    Text,
    Pay,
    Wording,
    Change,
    Manner,
    Linger,
    Row,
    Quirk,
    Insurance,
    Permit,
    Business,
}

/// A stream of numbers (splitmix64).
#[derive(Clone)]
pub(crate) struct Chance(u64);

pub(crate) fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Chance {
    pub(crate) fn new(seed: u64, facet: Facet, thing: u64) -> Chance {
        Chance(mix(seed ^ mix((facet as u64) << 56 ^ thing)))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `n`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// A number in `low..=high`.
    pub(crate) fn range(&mut self, low: i64, high: i64) -> i64 {
        if high <= low { low } else { low + self.below((high - low + 1) as usize) as i64 }
    }

    /// In 0.0..1.0.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// One of `things`, which must not be empty.
    pub(crate) fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        &things[self.below(things.len())]
    }

    /// Index by weight; 0 when all weights are 0.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.share() * weights.iter().sum::<f64>();
        for (i, w) in weights.iter().enumerate() {
            if left < *w {
                return i;
            }
            left -= w;
        }
        weights.iter().rposition(|w| *w > 0.0).unwrap_or(0)
    }
}
