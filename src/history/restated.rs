//! Statistics of a month before a reform, by the communes after it.
//!
//! The steps are those of every table (`queries/statistics/`), over the union of the samples that the
//! bundles of all parts of the province keep by the communes of today.

use super::bundles::{Bundle, RESTATED};
use crate::engine;
use crate::error::Result;
use crate::plan::Plan;
use crate::queries::StatisticsTable;
use crate::statistics::{self, Bench, Tables};
use crate::validation::ValidationFault;

const SAMPLES: &str = "history/samples.sql";
const UNRESTATED: &str = "history/unrestated.sql";

/// The tables `province`, `province_technology`, `operator` and `commune` of a month, and `unrestated`.
pub(super) fn statistics(plan: &Plan, month: &str, bundles: &[&Bundle]) -> Result<Tables> {
    let work = plan.work.join(format!("history-{month}"));
    let fault = |error: std::io::Error| ValidationFault::Work {
        path: work.display().to_string(),
        message: error.to_string(),
    };
    std::fs::create_dir_all(&work).map_err(fault)?;
    let simulated = bundles.iter().any(|bundle| bundle.manifest.origin.simulated);
    let mut bench = Bench::over(engine::open(&[]), work);
    for (name, batch) in statistics::inputs(plan, simulated)? {
        bench.input(&name, batch)?;
    }
    for (part, bundle) in bundles.iter().enumerate() {
        bench.samples_file(&format!("part_{part}"), bundle.checked(RESTATED)?)?;
    }
    let parts: Vec<usize> = (0..bundles.len()).collect();
    bench.view("effective", &plan.queries.history_sql(SAMPLES, &parts)?)?;
    bench.view("accepted", "SELECT *, TRUE AS is_ok, cluster_no AS device_id FROM effective")?;
    for name in ["effective", "accepted"] {
        bench.view(&format!("{name}_by_family"), &plan.queries.by_family(name))?;
    }
    bench.run("unrestated", UNRESTATED, plan.queries.sql(UNRESTATED)?)?;
    statistics::tables(&plan.queries, &groupings(), &mut bench)?;
    Ok(bench.tables)
}

fn groupings() -> [StatisticsTable; 4] {
    let grouping = |name: &str, keys: &[&str], filter: &str| StatisticsTable {
        name: name.to_owned(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        filter: filter.to_owned(),
        raw: false,
    };
    let commune = ["province_code", "commune_code", "commune_name", "commune_valid_from", "family"];
    [
        grouping("province", &["province_code", "family"], ""),
        grouping("province_technology", &["province_code", "access_type", "technology"], ""),
        grouping("operator", &["province_code", "operator", "family"], ""),
        grouping("commune", &commune, "restated_commune_code IS NOT NULL"),
    ]
}
