//! Colours of ordered classes, from light to dark.

use crate::document::page::Colour;

/// Light to dark through green and blue (after ColorBrewer's YlGnBu): each is darker than the one
/// before, also in grey and for readers who do not see red and green; the first is darker than paper.
const STEPS: [Colour; 5] = [
    Colour::new(208, 236, 170),
    Colour::new(110, 196, 187),
    Colour::new(52, 160, 190),
    Colour::new(34, 110, 172),
    Colour::new(37, 52, 148),
];

/// The `index`-th of `of` colours; beyond the last it is the last.
pub(super) fn step(index: usize, of: usize) -> Colour {
    let last = of.saturating_sub(1);
    let share = if last == 0 { 0.5 } else { index.min(last) as f64 / last as f64 };
    let place = share * (STEPS.len() - 1) as f64;
    let lower = (place as usize).min(STEPS.len() - 2);
    let t = place - lower as f64;
    let (a, b) = (STEPS[lower], STEPS[lower + 1]);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * t).round() as u8;
    Colour::new(mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::marks::{BAND, GOAL, STRONG_FILL, WEAK_FILL};

    /// Full colour blindness after Machado, Oliveira and Fernandes (2009), on linear light.
    const DEUTERANOPIA: [[f64; 3]; 3] = [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ];
    const PROTANOPIA: [[f64; 3]; 3] = [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ];
    const NORMAL: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

    /// Neighbouring classes differ by at least this much in CIE L*.
    const LEAST: f64 = 11.0;

    /// The lightest class differs from white paper, which means no data, by at least this much.
    const PAPER: f64 = 9.0;

    fn linear(channel: u8) -> f64 {
        let c = f64::from(channel) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    }

    /// CIE L* of what an eye sees.
    fn lightness(colour: Colour, eye: &[[f64; 3]; 3]) -> f64 {
        let rgb = [colour.red, colour.green, colour.blue].map(linear);
        let seen = |row: &[f64; 3]| row.iter().zip(rgb).map(|(m, c)| m * c).sum::<f64>();
        let [r, g, b] = [&eye[0], &eye[1], &eye[2]].map(seen).map(|c| c.clamp(0.0, 1.0));
        let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        if y <= 216.0 / 24_389.0 { y * 24_389.0 / 27.0 } else { 116.0 * y.cbrt() - 16.0 }
    }

    #[test]
    fn lightness_is_that_of_the_textbook() {
        assert!((lightness(Colour::WHITE, &NORMAL) - 100.0).abs() < 0.01);
        assert!((lightness(Colour::new(119, 119, 119), &NORMAL) - 50.03).abs() < 0.05);
        assert!((lightness(Colour::WHITE, &DEUTERANOPIA) - 100.0).abs() < 0.1);
    }

    #[test]
    fn classes_stay_apart_in_grey_and_for_colour_blind_readers() {
        for eye in [&NORMAL, &DEUTERANOPIA, &PROTANOPIA] {
            for of in 2..=5 {
                let steps: Vec<f64> = (0..of).map(|i| lightness(step(i, of), eye)).collect();
                assert!(lightness(Colour::WHITE, eye) - steps[0] >= PAPER, "{of}: {steps:?}");
                assert!(steps.windows(2).all(|w| w[0] - w[1] >= LEAST), "{of}: {steps:?}");
            }
        }
    }

    #[test]
    fn marks_stay_apart_too() {
        for eye in [&NORMAL, &DEUTERANOPIA, &PROTANOPIA] {
            let of = |colour| lightness(colour, eye);
            assert!(of(WEAK_FILL) - of(STRONG_FILL) >= 40.0);
            assert!(of(BAND) - of(Colour::BLACK) >= 40.0);
            assert!(of(Colour::WHITE) - of(GOAL.colour) >= 40.0);
        }
    }

    #[test]
    fn one_class_has_a_colour() {
        assert_eq!(step(0, 1), STEPS[2]);
        assert_eq!(step(9, 5), STEPS[4]);
    }
}
