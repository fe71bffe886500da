//! What communes say they did, for the query that sets it beside what was measured.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch};

use super::Campaign;
use super::tables::{counts, dates, text};
use super::units::Unit;
use crate::config::Sender;
use crate::error::Result;
use crate::plan::table;

/// The input of `queries/campaign/communes.sql`: what communes say they did.
pub fn claims(campaign: &Campaign, factor: f64) -> Result<RecordBatch> {
    let places = ["tests", "installs"]
        .map(|name| campaign.measures.iter().position(|measure| measure.name == name));
    let mut communes: BTreeSet<&Unit> = BTreeSet::new();
    let mut sums: BTreeMap<(&str, usize), i64> = BTreeMap::new();
    for form in campaign.forms.iter().filter(|form| form.due.from == Sender::Communes) {
        for one in form.accepted() {
            let Some(unit) = one.unit.as_ref().filter(|unit| unit.valid_from.is_some()) else {
                continue;
            };
            if !communes.iter().any(|known| known.key == unit.key) {
                communes.insert(unit);
            }
            for (which, place) in places.iter().enumerate() {
                let count = place.and_then(|place| one.counts.get(place).copied().flatten());
                if let Some(count) = count {
                    *sums.entry((unit.key.as_str(), which)).or_default() += count;
                }
            }
        }
    }
    let sum = |which: usize| {
        counts(communes.iter().map(|unit| sums.get(&(unit.key.as_str(), which)).copied()))
    };
    let factors: ArrayRef =
        Arc::new(communes.iter().map(|_| Some(factor)).collect::<Float64Array>());
    Ok(table(
        "campaign_claims",
        [
            ("commune_code", text(communes.iter().map(|unit| Some(unit.key.clone())))),
            ("commune_valid_from", dates(communes.iter().map(|unit| unit.valid_from))),
            ("claimed_tests", sum(0)),
            ("claimed_installs", sum(1)),
            ("claim_factor", factors),
        ],
    )?)
}
