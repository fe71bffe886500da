//! The table `comparisons`: one row per pair of operators and scope.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};

use super::pairs::Comparison;
use super::rule::{Evidence, Reason};
use super::stage::Commune;
use crate::error::Result;
use crate::import::functions::days;
use crate::plan::{self, Plan};

/// What a scope is called, and its operators in their order.
pub struct Keys {
    pub indicator: String,
    pub family: String,
    pub commune: Option<Commune>,
    pub operators: Vec<String>,
}

/// Rows in the order of comparisons, which is that of scopes and operators.
struct Rows<'a> {
    keys: &'a [Keys],
    found: &'a [Comparison],
}

impl Rows<'_> {
    fn text<'b>(&'b self, of: impl Fn(&'b Keys, &Comparison) -> Option<&'b str>) -> ArrayRef {
        let values = self.found.iter().map(|c| self.keys.get(c.scope).and_then(|keys| of(keys, c)));
        Arc::new(values.collect::<StringArray>())
    }

    fn count(&self, of: impl Fn(&Comparison) -> Option<usize>) -> ArrayRef {
        let values = self.found.iter().map(|c| of(c).and_then(|count| i64::try_from(count).ok()));
        Arc::new(values.collect::<Int64Array>())
    }

    fn number(&self, of: impl Fn(&Comparison) -> f64) -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(self.found.iter().map(of)))
    }

    /// What was found where the pair was tested.
    fn tested(&self, of: impl Fn(&Comparison, &Evidence) -> Option<f64>) -> ArrayRef {
        let values = self.found.iter().map(|c| c.evidence.as_ref().and_then(|e| of(c, e)));
        Arc::new(values.collect::<Float64Array>())
    }

    fn holds(&self, of: fn(&Evidence) -> bool) -> ArrayRef {
        let values = self.found.iter().map(|c| c.evidence.as_ref().map(of));
        Arc::new(values.collect::<BooleanArray>())
    }
}

/// The table; medians and tests are empty where a pair was not tested.
pub fn table(
    plan: &Plan,
    keys: &[Keys],
    found: &[Comparison],
    simulated: bool,
) -> Result<RecordBatch> {
    let rows = Rows { keys, found };
    let communes = plan.communes();
    let name = |keys: &Keys| {
        let (code, from) = keys.commune.as_ref()?;
        let found = communes.iter().find(|c| c.code == *code && days(c.valid_from) == *from);
        found.map(|commune| commune.name.clone())
    };
    let names = found.iter().map(|c| keys.get(c.scope).and_then(name)).collect::<StringArray>();
    let from = |c: &Comparison| keys.get(c.scope)?.commune.as_ref().map(|(_, from)| *from);
    let from = found.iter().map(from).collect::<Date32Array>();
    let columns = [
        ("indicator", rows.text(|keys, _| Some(&keys.indicator))),
        ("family", rows.text(|keys, _| Some(&keys.family))),
        ("commune_code", rows.text(|keys, _| keys.commune.as_ref().map(|(code, _)| code.as_str()))),
        ("commune_name", Arc::new(names) as ArrayRef),
        ("commune_valid_from", Arc::new(from)),
        ("operator_a", rows.text(|keys, c| keys.operators.get(c.a).map(String::as_str))),
        ("operator_b", rows.text(|keys, c| keys.operators.get(c.b).map(String::as_str))),
        ("verdict", rows.text(|_, c| Some(c.verdict.name()))),
        ("reason", rows.text(|_, c| c.reason.map(Reason::name))),
        ("devices_a", rows.count(|c| Some(c.side_a.devices))),
        ("devices_b", rows.count(|c| Some(c.side_b.devices))),
        ("without_device_share_a", rows.number(|c| c.side_a.without_device_share)),
        ("without_device_share_b", rows.number(|c| c.side_b.without_device_share)),
        ("median_a", rows.tested(|c, _| Some(c.side_a.median))),
        ("median_b", rows.tested(|c, _| Some(c.side_b.median))),
        ("probability_b_higher", rows.tested(|_, e| Some(e.all.test.probability))),
        ("probability_b_higher_low", rows.tested(|_, e| Some(e.all.test.low))),
        ("probability_b_higher_high", rows.tested(|_, e| Some(e.all.test.high))),
        ("statistic", rows.tested(|_, e| Some(e.all.test.statistic))),
        ("df", rows.tested(|_, e| Some(e.all.test.df))),
        ("p_value", rows.tested(|_, e| Some(e.all.test.p_value))),
        ("p_adjusted", rows.tested(|_, e| Some(e.all.p_adjusted))),
        ("strata", rows.count(|c| c.evidence.map(|e| e.strata.map_or(0, |s| s.strata)))),
        ("strata_b_higher", rows.tested(|_, e| e.strata.map(|s| s.probability))),
        ("strata_p_value", rows.tested(|_, e| e.strata_p_value())),
        ("p_without_most_active", rows.tested(|_, e| e.without_most_active.map(|t| t.p_adjusted))),
        ("significant", rows.holds(Evidence::is_significant)),
        ("medians_agree", rows.holds(Evidence::medians_agree)),
        ("strata_agree", rows.holds(Evidence::strata_agree)),
        ("holds_without_most_active", rows.holds(Evidence::holds_without_most_active)),
        ("simulated", Arc::new(BooleanArray::from(vec![simulated; found.len()]))),
    ];
    Ok(plan::table("comparisons", columns)?)
}
