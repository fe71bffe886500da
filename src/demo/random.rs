//! Random numbers that are the same on every machine and after every upgrade.
//!
//! The demo month must be the same bytes for a seed, so the generator is written out here
//! (SplitMix64) and everything that decides something is integer arithmetic. The few floats are
//! made of additions and multiplications only: logarithms and cosines of a platform's
//! mathematical library may differ in the last bit.

/// A stream of random numbers that belongs to a key, for instance to one row or one person.
///
/// Streams are cheap and independent, so that any row can be made again without the rows before
/// it; this is what lets a repeated row be written without remembering the first one.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The stream of a key; the same key always gives the same stream.
    pub(super) fn of(key: &[u64]) -> Self {
        let start =
            key.iter().fold(0x51_5E_ED, |state, part| mix(state ^ mix(part.wrapping_add(STEP))));
        Random(start)
    }

    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number from 0 to `end`, exclusive; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.bits()) * u128::from(end);
        (wide >> 64) as u64
    }

    /// A number between two bounds, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    /// True in `share` of a thousand cases.
    pub(super) fn chance(&mut self, share: u64) -> bool {
        self.below(1000) < share
    }

    /// The position of a weight, drawn in proportion to the weights.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut rest = self.below(weights.iter().sum());
        for (position, weight) in weights.iter().enumerate() {
            if rest < *weight {
                return position;
            }
            rest -= weight;
        }
        0
    }

    /// A bell-shaped number with mean 0 and standard deviation 1: a sum of eight uniform ones.
    pub(super) fn bell(&mut self) -> f64 {
        let words = [self.bits(), self.bits()];
        let sum: u64 =
            words.iter().flat_map(|word| [0, 16, 32, 48].map(|shift| word >> shift & 0xFFFF)).sum();
        (sum as f64 - 262_140.0) / 53_510.0
    }
}

/// The increment of SplitMix64.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// The output function of SplitMix64.
fn mix(state: u64) -> u64 {
    let state = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ state >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ state >> 31
}

/// The exponential function, to about a thousandth, from multiplications only.
pub(super) fn exp(x: f64) -> f64 {
    (0..12).fold(1.0 + x / 4096.0, |power, _| power * power)
}

/// A value as i-Speed publishes it: two decimals, and never 0.
pub(super) fn hundredths(value: f64) -> f64 {
    ((value * 100.0 + 0.5) as i64).max(1) as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        let mut random = Random(1_234_567);
        let published = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973];
        assert_eq!([random.bits(), random.bits()], published);
    }

    #[test]
    fn the_stream_of_a_key_never_changes() {
        let mut random = Random::of(&[1, 2]);
        let drawn = [random.bits(), random.below(10), random.below(10)];
        assert_eq!(drawn, [11_882_981_193_249_804_951, 0, 9]);
    }

    #[test]
    fn keys_are_told_apart() {
        let first = |key: &[u64]| Random::of(key).bits();
        assert_ne!(first(&[1, 2]), first(&[2, 1]));
        assert_ne!(first(&[1]), first(&[1, 0]));
    }

    #[test]
    fn bell_and_exp_have_the_right_shape() {
        let mut random = Random::of(&[7]);
        let drawn: Vec<f64> = (0..10_000).map(|_| random.bell()).collect();
        let mean = drawn.iter().sum::<f64>() / 10_000.0;
        let variance = drawn.iter().map(|x| x * x).sum::<f64>() / 10_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
        assert!((exp(1.0) / std::f64::consts::E - 1.0).abs() < 1e-3);
        assert!((exp(-2.0) * exp(2.0) - 1.0).abs() < 2e-3);
    }

    #[test]
    fn weights_and_bounds_are_kept() {
        let mut random = Random::of(&[3]);
        assert!((0..1000).all(|_| random.weighted(&[0, 5, 0, 1]) % 2 == 1));
        assert!((0..1000).all(|_| (-2..=2).contains(&random.between(-2, 2))));
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn values_have_two_decimals() {
        assert_eq!(hundredths(12.3456), 12.35);
        assert_eq!(hundredths(0.0), 0.01);
    }
}
