//! Seeded random numbers of the simulations.

use statrs::distribution::{ContinuousCDF, Normal};

/// SplitMix64 (Steele et al. 2014) and normal variates by inversion.
pub struct Random(pub u64);

impl Random {
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 + 1.0 / (1u64 << 54) as f64
    }

    pub fn normal(&mut self) -> f64 {
        Normal::standard().inverse_cdf(self.uniform())
    }

    pub fn between(&mut self, from: usize, to: usize) -> usize {
        from + (self.uniform() * (to + 1 - from) as f64) as usize
    }
}
