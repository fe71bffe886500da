//! What may leave the office.

use serde::{Deserialize, Serialize};

use super::mistakes::Checker;

/// The fewest devices that a published cell may be based on, whatever is configured.
const LEAST_DEVICES: u32 = 5;

/// When a cell of a table is suppressed in everything under `send/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Privacy {
    /// A cell based on fewer devices is not published.
    pub min_devices: u32,
}

impl Default for Privacy {
    fn default() -> Self {
        Privacy { min_devices: LEAST_DEVICES }
    }
}

impl Privacy {
    /// Notes what makes no sense.
    pub(super) fn check(&self, checker: &mut Checker<'_>) {
        let least = f64::from(LEAST_DEVICES);
        checker.between("privacy.min_devices", self.min_devices.into(), least, 1000.0);
    }
}
