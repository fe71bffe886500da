//! The section `[coverage]`: where a test is, and from what on a place may lack coverage.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::mistakes::Checker;

/// Technologies whose signal levels may be given.
const MOBILE: [&str; 4] = ["2G", "3G", "4G", "5G"];
/// With fewer devices a row would tell of single phones.
const LEAST_DEVICES: u32 = 3;
/// Millionths of a degree, the grid of positions.
const MICRODEGREES: f64 = 1e6;

/// Places and the minimum of every kind of evidence.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Coverage {
    /// Side of a grid cell in degrees.
    pub cell_degrees: f64,
    /// A list of hamlets (CSV); tests near one belong to it instead of to a cell.
    pub hamlets: Option<PathBuf>,
    pub failures: ShareEvidence,
    pub fallback: ShareEvidence,
    pub signal: SignalEvidence,
    pub absence: AbsenceEvidence,
}

impl Default for Coverage {
    fn default() -> Self {
        Coverage {
            cell_degrees: 0.01,
            hamlets: None,
            failures: ShareEvidence::default(),
            fallback: ShareEvidence::default(),
            signal: SignalEvidence::default(),
            absence: AbsenceEvidence::default(),
        }
    }
}

/// Tests of one kind, and their share among all of the place.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ShareEvidence {
    /// Tests of the kind from which it is considered.
    pub tests: u32,
    /// Devices that they must come from.
    pub devices: u32,
    /// Local days that they must be spread over.
    pub days: u32,
    /// The share that the lower bound of the interval must be above.
    pub share: f64,
}

impl Default for ShareEvidence {
    fn default() -> Self {
        ShareEvidence { tests: 5, devices: 3, days: 2, share: 0.2 }
    }
}

/// Received signal as a quantile.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignalEvidence {
    /// Effective samples with a signal from which it is considered.
    pub samples: u32,
    pub devices: u32,
    pub quantile: SignalQuantile,
    /// dBm by technology. None is preset: a technology without a level is not judged.
    pub levels: BTreeMap<String, f64>,
}

impl Default for SignalEvidence {
    fn default() -> Self {
        let quantile = SignalQuantile::Median;
        SignalEvidence { samples: 10, devices: 3, quantile, levels: BTreeMap::new() }
    }
}

/// The quantile of the signal that is compared with the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalQuantile {
    P10,
    P25,
    Median,
}

impl SignalQuantile {
    /// Its name in queries.
    pub fn name(self) -> &'static str {
        match self {
            SignalQuantile::P10 => "p10",
            SignalQuantile::P25 => "p25",
            SignalQuantile::Median => "median",
        }
    }
}

/// No successful test of an operator where others have some.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AbsenceEvidence {
    /// Devices of other operators that must have tested there.
    pub devices: u32,
    /// Absence is noted up to this probability of being chance.
    pub probability: f64,
}

impl Default for AbsenceEvidence {
    fn default() -> Self {
        AbsenceEvidence { devices: 3, probability: 0.01 }
    }
}

impl Coverage {
    /// The side of a cell in millionths of a degree.
    pub fn cell_microdegrees(&self) -> i64 {
        (self.cell_degrees * MICRODEGREES).round() as i64
    }

    /// Notes what makes no sense.
    pub(super) fn check(&self, checker: &mut Checker<'_>) {
        let steps = self.cell_degrees * MICRODEGREES;
        if !(0.005..=0.1).contains(&self.cell_degrees) || (steps - steps.round()).abs() >= 1e-6 {
            let expected = "0.005 to 0.1 with at most six decimals";
            checker.wrong("coverage.cell_degrees", self.cell_degrees, expected);
        }
        self.failures.check("failures", checker);
        self.fallback.check("fallback", checker);
        self.signal.check(checker);
        devices("absence", self.absence.devices, checker);
        let probability = self.absence.probability;
        if !(probability > 0.0 && probability < 1.0) {
            checker.wrong("coverage.absence.probability", probability, "above 0 and below 1");
        }
    }
}

/// No row tells of a single phone.
fn devices(evidence: &str, found: u32, checker: &mut Checker<'_>) {
    if found < LEAST_DEVICES {
        checker.wrong(&format!("coverage.{evidence}.devices"), found, "at least 3");
    }
}

impl ShareEvidence {
    fn check(&self, evidence: &str, checker: &mut Checker<'_>) {
        let setting = |key: &str| format!("coverage.{evidence}.{key}");
        devices(evidence, self.devices, checker);
        for (key, value) in [("tests", self.tests), ("days", self.days)] {
            if value < 1 {
                checker.wrong(&setting(key), value, "at least 1");
            }
        }
        if !(0.0..1.0).contains(&self.share) {
            checker.wrong(&setting("share"), self.share, "from 0 to below 1");
        }
    }
}

impl SignalEvidence {
    fn check(&self, checker: &mut Checker<'_>) {
        devices("signal", self.devices, checker);
        if self.samples < 1 {
            checker.wrong("coverage.signal.samples", self.samples, "at least 1");
        }
        for (technology, level) in &self.levels {
            let setting = format!("coverage.signal.levels.{technology}");
            checker.known(&setting, technology, &MOBILE);
            if !(-200.0..0.0).contains(level) {
                checker.wrong(&setting, level, "-200 to below 0 dBm");
            }
        }
    }
}
