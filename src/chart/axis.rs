//! Scales from values to points, and the round numbers written beside them.

use super::usable;

/// A line of values laid along a line of points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
    root: bool,
}

impl Scale {
    /// Lays zero and all usable `values` between `start` and `end`.
    pub fn new(values: impl IntoIterator<Item = f64>, start: f64, end: f64) -> Self {
        let (low, high) = values
            .into_iter()
            .filter_map(usable)
            .fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
        // Nothing but zeros still needs an axis; a tiny range would have no round numbers in it.
        let high = if high - low < 1e-6 { low + 1.0 } else { high };
        Scale { low, high, start, end, root: false }
    }

    /// The same for values of very different size: distances grow with the square root.
    pub fn rooted(self) -> Self {
        Scale { low: 0.0, root: true, ..self }
    }

    /// The same scale, its ends moved out to round numbers.
    pub fn rounded(self, count: u32) -> Self {
        let step = step(self.high - self.low, count);
        let high = (self.high / step - 1e-9).ceil() * step;
        Scale { high, low: (self.low / step + 1e-9).floor() * step, ..self }
    }

    /// Where a value stands; what is off the scale stands at its end.
    pub fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        let share = if share.is_nan() { 0.0 } else { share };
        let share = if self.root { share.sqrt() } else { share };
        self.start + share * (self.end - self.start)
    }

    /// About `count` round values on the scale, ascending.
    pub fn ticks(&self, count: u32) -> Vec<f64> {
        if self.root {
            return self.rooted_ticks(count);
        }
        let step = step(self.high - self.low, count);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|i| i as f64 * step).collect()
    }

    /// 1, 2 and 5 times powers of ten, as many as stand apart.
    fn rooted_ticks(&self, count: u32) -> Vec<f64> {
        let least = (self.end - self.start).abs() / f64::from(count.max(1)) * 0.6;
        let mut ticks = vec![0.0];
        let steps = (-6..=15).flat_map(|e| [1.0, 2.0, 5.0].map(|m| m * 10f64.powi(e)));
        for value in steps.take_while(|v| *v <= self.high) {
            let previous = ticks.last().copied().unwrap_or(0.0);
            if (self.at(value) - self.at(previous)).abs() >= least {
                ticks.push(value);
            }
        }
        ticks
    }
}

/// The round step (1, 2 or 5 times a power of ten) that divides `span` into about `count` parts.
pub(super) fn step(span: f64, count: u32) -> f64 {
    let raw = span.max(1e-9) / f64::from(count.max(1));
    let power = 10f64.powf(raw.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|m| m * power);
    steps.into_iter().find(|s| *s >= raw * 0.999).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        let scale = Scale::new([3.0, 87.0], 0.0, 100.0);
        assert_eq!(scale.ticks(5), [0.0, 20.0, 40.0, 60.0, 80.0]);
        assert_eq!(scale.rounded(5).ticks(5).last(), Some(&100.0));
        assert_eq!(Scale::new([-30.0, 10.0], 0.0, 1.0).ticks(4), [-30.0, -20.0, -10.0, 0.0, 10.0]);
    }

    #[test]
    fn values_without_a_range_have_a_scale() {
        for values in [vec![], vec![0.0; 3], vec![f64::NAN, f64::INFINITY], vec![1e-300]] {
            let scale = Scale::new(values, 10.0, 20.0).rounded(4);
            assert_eq!(scale.ticks(4).first(), Some(&0.0));
            assert_eq!(scale.at(f64::NAN), 10.0);
            assert_eq!(scale.at(5e9), 20.0);
        }
    }

    #[test]
    fn huge_values_end() {
        assert!(Scale::new([9e14], 0.0, 1.0).ticks(5).len() < 12);
        assert!(Scale::new([9e14], 0.0, 1.0).rooted().ticks(5).len() < 12);
    }

    #[test]
    fn square_roots_give_small_values_room() {
        let scale = Scale::new([10_000.0], 0.0, 100.0).rooted();
        assert_eq!(scale.at(100.0), 10.0);
        assert_eq!(scale.ticks(5), [0.0, 200.0, 1000.0, 2000.0, 5000.0, 10_000.0]);
    }
}
