//! Classes of values between round limits.

use super::round;
use crate::error::Result;
use crate::report::Labels;

/// As many classes as colours stay apart.
const MOST_CLASSES: usize = 5;

/// Ascending classes; each holds at least one value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Steps {
    limits: Vec<f64>,
}

impl Steps {
    /// Classes of about equally many values: speeds are skewed, so that classes of equal width
    /// would leave most communes in one.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let (Some(least), Some(most)) = (values.first(), values.last()) else {
            return Steps { limits: Vec::new() };
        };
        let step = round_step(quantile(&values, 0.9) - quantile(&values, 0.1), most - least);
        let mut limits: Vec<f64> = (1..MOST_CLASSES)
            .map(|i| quantile(&values, i as f64 / MOST_CLASSES as f64))
            .map(|limit| (limit / step).round() * step)
            .collect();
        limits.dedup();
        let below = |limit: f64| values.partition_point(|value| *value < limit);
        let mut counted = 0;
        limits.retain(|limit| {
            let count = below(*limit);
            let holds = count > counted && count < values.len();
            if holds {
                counted = count;
            }
            holds
        });
        Steps { limits }
    }

    /// How many classes there are.
    pub fn count(&self) -> usize {
        self.limits.len() + 1
    }

    /// The class of a value.
    pub fn class(&self, value: f64) -> usize {
        self.limits.partition_point(|limit| *limit <= value)
    }

    /// The name of a class.
    pub fn label(&self, class: usize, labels: &Labels) -> Result<String> {
        let limit = |index: usize| self.limits.get(index).map(|limit| round(*limit));
        let from = class.checked_sub(1).and_then(limit);
        match (from, limit(class)) {
            (Some(from), Some(to)) => {
                labels.filled("legend.from_to", &[("from", &from), ("to", &to)])
            }
            (Some(from), None) => labels.filled("legend.at_least", &[("from", &from)]),
            (None, Some(to)) => labels.filled("legend.below", &[("to", &to)]),
            (None, None) => Ok(labels.text("legend.published")?.to_owned()),
        }
    }
}

/// The round number (1, 2 or 5 times a power of ten) that limits are multiples of.
fn round_step(middle: f64, span: f64) -> f64 {
    let raw = if middle > 0.0 { middle } else { span }.max(1e-3) / 15.0;
    let power = 10f64.powf(raw.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|m| m * power);
    let fits = steps.into_iter().find(|step| *step >= raw * 0.999);
    fits.unwrap_or(10.0 * power)
}

/// The value that a share of the sorted values lies below.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let index = (sorted.len() as f64 * share) as usize;
    sorted.get(index).or(sorted.last()).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_round_and_no_class_is_empty() {
        let values: Vec<f64> = (0..100).map(|i| 31.7 + f64::from(i) * 0.83).collect();
        let steps = Steps::of(values.clone());
        assert_eq!(steps.limits, [50.0, 65.0, 80.0, 100.0]);
        for class in 0..steps.count() {
            assert!(values.iter().any(|v| steps.class(*v) == class), "{class}");
        }
        assert_eq!((steps.class(49.9), steps.class(50.0)), (0, 1));
    }

    #[test]
    fn few_or_equal_values_have_fewer_classes() {
        assert_eq!(Steps::of(vec![]).count(), 1);
        assert_eq!(Steps::of(vec![40.0]).count(), 1);
        assert_eq!(Steps::of(vec![40.0; 30]).count(), 1);
        let steps = Steps::of(vec![20.0, 80.0]);
        assert_eq!(steps.count(), 2);
        assert!(steps.class(20.0) == 0 && steps.class(80.0) == 1);
    }

    #[test]
    fn one_value_far_off_does_not_take_the_classes() {
        let mut values: Vec<f64> = (0..50).map(f64::from).collect();
        values.push(9_000.0);
        assert_eq!(Steps::of(values).count(), 5);
    }
}
