//! p-values corrected for the number of statements that are made together.

/// Adjusted p-values of Holm (1979, Scandinavian Journal of Statistics 6, 65–70): statements with
/// one of at most 5 % include a false one in at most 5 % of documents, however they depend.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let m = p_values.len();
    let mut adjusted = vec![0.0; m];
    let mut highest: f64 = 0.0;
    for (rank, at) in ascending(p_values).into_iter().enumerate() {
        highest = highest.max(p_values[at] * (m - rank) as f64).min(1.0);
        adjusted[at] = highest;
    }
    adjusted
}

/// Adjusted p-values of Benjamini and Hochberg (1995, Journal of the Royal Statistical Society B
/// 57, 289–300): of the findings with one of at most 5 %, 5 % are expected to be false.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let m = p_values.len();
    let mut adjusted = vec![0.0; m];
    let mut lowest: f64 = 1.0;
    for (rank, at) in ascending(p_values).into_iter().enumerate().rev() {
        lowest = lowest.min(p_values[at] * m as f64 / (rank + 1) as f64);
        adjusted[at] = lowest;
    }
    adjusted
}

/// The positions of the values from the lowest to the highest.
fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: [f64; 6] = [0.02, 0.01, 0.03, 0.01, 0.9, 0.04];

    fn assert_close(found: &[f64], expected: &[f64]) {
        let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-15;
        assert!(
            found.len() == expected.len() && found.iter().zip(expected).all(close),
            "{found:?}"
        );
    }

    /// By hand: 6 × 0.01, then 5 × 0.01 raised to it, 4 × 0.02, 3 × 0.03, 2 × 0.04 raised, 0.9.
    #[test]
    fn holm_steps_down() {
        assert_close(&holm(&P), &[0.08, 0.06, 0.09, 0.06, 0.9, 0.09]);
        assert_close(&holm(&[0.6, 0.7]), &[1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }

    /// SciPy: stats.false_discovery_control(P), method `bh`.
    #[test]
    fn benjamini_and_hochberg_step_up() {
        assert_close(&benjamini_hochberg(&P), &[0.04, 0.03, 0.045, 0.03, 0.9, 0.048]);
        assert_close(&benjamini_hochberg(&[0.6, 0.7]), &[0.7, 0.7]);
        assert!(benjamini_hochberg(&[]).is_empty());
    }
}
