//! What the definition files declare: rules, indicators, families, tables, and the series of values that
//! tables are computed over.

use serde::{Deserialize, Serialize};

/// The quantiles of an indicator, in column order, with their levels.
pub const QUANTILES: [(&str, f64); 5] =
    [("median", 0.5), ("p05", 0.05), ("p10", 0.1), ("p90", 0.9), ("p95", 0.95)];

/// A rule of the input contract.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub name: String,
    /// SQL, true when a row fails.
    pub when: String,
    /// The columns whose values the quarantine shows.
    pub columns: Vec<String>,
    pub description: String,
}

/// A measured quantity with statistics.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    pub name: String,
    /// SQL over an accepted test.
    pub expression: String,
    pub unit: String,
    /// Which end is bad: `low` or `high`.
    pub worse: String,
    #[serde(default)]
    pub benchmark: bool,
    /// Whether operators are compared on it.
    #[serde(default)]
    pub compare: bool,
    pub definition: String,
    pub source: String,
}

impl Indicator {
    /// Whether it is a level on a logarithmic scale: its mean would say nothing about power.
    pub(super) fn is_level(&self) -> bool {
        ["dB", "dBm"].contains(&self.unit.as_str())
    }

    /// The statistics that tables show of it, in column order.
    pub fn statistics(&self) -> Vec<&'static str> {
        let mut names = all_statistics();
        names.retain(|name| match *name {
            "mean" => !self.is_level(),
            "share_at_benchmark" => self.benchmark,
            _ => true,
        });
        names
    }
}

/// A family of samples that statistics are given for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    pub name: String,
    /// SQL over a sample.
    #[serde(rename = "where")]
    pub filter: String,
    pub access_type: String,
    /// The technology that makes it a part of its access type.
    pub technology: Option<String>,
}

const PLAIN_KEYS: [&str; 12] = [
    "province_code",
    "province_name",
    "district_code",
    "district_name",
    "commune_code",
    "commune_name",
    "commune_valid_from",
    "operator",
    "access_type",
    "technology",
    "family",
    "day_part",
];

/// A table of statistics.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatisticsTable {
    pub name: String,
    pub keys: Vec<String>,
    #[serde(default, rename = "where")]
    pub filter: String,
    #[serde(default)]
    pub raw: bool,
}

impl StatisticsTable {
    /// Whether it is grouped by nothing but place, operator, access type, technology, family and part of
    /// the day.
    pub(super) fn is_plain(&self) -> bool {
        self.keys.iter().all(|key| PLAIN_KEYS.contains(&key.as_str()))
    }

    /// A table of samples as this one reads it: by day part or family where it has such a key.
    pub(super) fn source(&self, samples: &str) -> String {
        let has = |key: &str| self.keys.iter().any(|k| k == key);
        let part = if samples == "effective" && has("day_part") { "_day_part" } else { "" };
        let family = if has("family") { "_by_family" } else { "" };
        format!("{samples}{part}{family}")
    }

    /// The table of accepted tests that its counts come from.
    pub(super) fn tests(&self) -> String {
        self.source("accepted")
    }
}

/// Values that statistics are computed over.
#[derive(Debug, Clone, Serialize)]
pub struct Series {
    /// Ends the names of measures and steps: empty, or `_raw` for single tests.
    pub suffix: &'static str,
    /// The table of samples.
    pub source: String,
    pub quantiles: Vec<Quantile>,
    pub measures: Vec<Measure>,
}

/// A quantile and its level as SQL.
#[derive(Debug, Clone, Serialize)]
pub struct Quantile {
    pub name: &'static str,
    pub level: String,
}

/// A column of values.
#[derive(Debug, Clone, Serialize)]
pub struct Measure {
    pub name: String,
    /// The indicator that it is one of.
    pub indicator: String,
    pub expression: String,
    pub worse: String,
    pub benchmark: bool,
    /// The statistics that are shown of it.
    pub statistics: Vec<&'static str>,
}

impl Series {
    pub(super) fn effective(indicators: &[Indicator], table: &StatisticsTable) -> Self {
        let measures = indicators.iter().map(|indicator| Measure {
            name: indicator.name.clone(),
            indicator: indicator.name.clone(),
            expression: indicator.name.clone(),
            worse: indicator.worse.clone(),
            benchmark: indicator.benchmark,
            statistics: indicator.statistics(),
        });
        Series {
            suffix: "",
            source: table.source("effective"),
            quantiles: quantiles(&QUANTILES),
            measures: measures.collect(),
        }
    }

    pub(super) fn raw(indicators: &[Indicator], table: &StatisticsTable) -> Self {
        let measures = indicators.iter().map(|indicator| Measure {
            name: format!("{}_raw", indicator.name),
            indicator: indicator.name.clone(),
            expression: indicator.expression.clone(),
            worse: indicator.worse.clone(),
            benchmark: false,
            statistics: if indicator.is_level() { vec!["median"] } else { vec!["mean", "median"] },
        });
        Series {
            suffix: "_raw",
            source: table.source("tests"),
            quantiles: quantiles(&QUANTILES[..1]),
            measures: measures.collect(),
        }
    }
}

/// Every statistic of an indicator, in column order.
pub fn all_statistics() -> Vec<&'static str> {
    let mut names = vec!["mean"];
    names.extend(QUANTILES.map(|(name, _)| name));
    names.push("share_at_benchmark");
    names
}

fn quantiles(of: &[(&'static str, f64)]) -> Vec<Quantile> {
    of.iter().map(|(name, level)| Quantile { name, level: format!("{level:.2}") }).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Definitions {
    #[serde(default)]
    pub(super) rule: Vec<Rule>,
    #[serde(default)]
    pub(super) indicator: Vec<Indicator>,
    #[serde(default)]
    pub(super) family: Vec<Family>,
    #[serde(default)]
    pub(super) table: Vec<StatisticsTable>,
}
