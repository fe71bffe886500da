//! The configuration: one TOML file per province, validated before any work.
//!
//! Unknown keys are errors that name the nearest known one. Paths are relative to the file.

mod calendar;
mod campaign;
mod check;
mod checks;
mod coverage;
mod document;
mod due;
mod form;
mod hooks;
mod load;
mod mistakes;
mod paths;
mod privacy;
mod reconciliation;
mod show;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

pub use calendar::Calendar;
pub use campaign::{Campaign, Columns, FormFile, Measure, Replies, is_sent_in};
pub use checks::Checks;
pub use coverage::{Coverage, ShareEvidence, SignalQuantile};
pub use document::Override;
pub use due::{DueForm, Every, Sender};
pub use form::{Fonts, Form};
pub use hooks::Hooks;
pub(crate) use load::malformed;
pub use load::{ConfigFault, EXAMPLES, Example, PRESET, TEMPLATE, nearest, read};
pub use mistakes::{Mistake, Place};
pub use privacy::Privacy;
pub use reconciliation::Reconciliation;
pub use show::{Shown, show, tree};

use crate::report::Settings;
use crate::report::settings::date;

/// What a technology may be called in the configuration; `unknown` is a test without one.
pub const TECHNOLOGIES: [&str; 7] = ["2G", "3G", "4G", "5G", "wifi", "ethernet", "unknown"];

/// The whole configuration file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folders below which every path of the file has to lie; relative to the file.
    #[serde(default = "default_roots")]
    pub roots: Vec<PathBuf>,
    pub province: Province,
    #[serde(default)]
    pub period: PeriodRule,
    #[serde(default)]
    pub samples: SamplesSource,
    #[serde(default)]
    pub history: HistorySource,
    #[serde(default)]
    pub validation: Validation,
    #[serde(default)]
    pub communes: Communes,
    #[serde(default)]
    pub operators: Operators,
    #[serde(default)]
    pub statistics: Statistics,
    #[serde(default)]
    pub gaps: Gaps,
    #[serde(default)]
    pub checks: Checks,
    #[serde(default)]
    pub privacy: Privacy,
    #[serde(default)]
    pub reconciliation: Reconciliation,
    #[serde(default)]
    pub coverage: Coverage,
    #[serde(default = "default_benchmarks")]
    pub benchmarks: Vec<Benchmark>,
    #[serde(default)]
    pub report: Settings,
    #[serde(default)]
    pub form: Form,
    /// What is due from whom; empty: nothing is watched.
    #[serde(default)]
    pub due: Vec<DueForm>,
    #[serde(default)]
    pub calendar: Calendar,
    #[serde(default)]
    pub campaign: Campaign,
    #[serde(default)]
    pub hooks: Hooks,
    #[serde(default)]
    pub definitions: Definitions,
}

/// The folder of the file itself.
fn default_roots() -> Vec<PathBuf> {
    vec![".".into()]
}

/// Which province the report is about.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Province {
    /// Code of the province in the register, on the days of the period.
    pub code: String,
}

/// What a reporting month is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PeriodRule {
    /// IANA time zone of days and months.
    pub zone: String,
    /// 1: the calendar month; n > 1: from day n of the month before to day n - 1 of the month.
    pub first_day: i8,
}

impl Default for PeriodRule {
    fn default() -> Self {
        PeriodRule { zone: "Asia/Ho_Chi_Minh".into(), first_day: 1 }
    }
}

/// Where samples come from and how they are read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SamplesSource {
    /// Files, folders or globs; `--samples` replaces them.
    pub paths: Vec<String>,
    /// An import profile in `queries/import/`.
    pub profile: String,
    /// Zone of timestamps that carry none; without it they are an error.
    pub naive_zone: Option<String>,
}

impl Default for SamplesSource {
    fn default() -> Self {
        SamplesSource { paths: Vec::new(), profile: "ispeed".into(), naive_zone: None }
    }
}

/// Where the bundles of earlier months lie.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HistorySource {
    /// Bundles, or folders that hold bundles; `--history` replaces them.
    pub paths: Vec<PathBuf>,
}

/// Limits of the input contract.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Validation {
    /// Share of rejected rows from which a warning is given.
    pub warn_rejected_share: f64,
    /// Share of rejected rows from which no reports are made.
    pub fail_rejected_share: f64,
    /// Country of domestic test servers (ISO 3166-1 alpha-2); empty switches the rule off.
    pub home_country: String,
    /// Positions less precise than this do not decide a commune, in metres.
    pub max_location_accuracy_m: f64,
    /// Latencies and jitters above are rejected, in ms.
    pub max_latency_ms: f64,
    /// Speeds above are rejected, Mbit/s by technology; `unknown` is for tests without one.
    pub max_mbps: BTreeMap<String, f64>,
}

impl Default for Validation {
    fn default() -> Self {
        let ceilings = [
            ("2G", 1.0),
            ("3G", 100.0),
            ("4G", 2_000.0),
            ("5G", 10_000.0),
            ("wifi", 10_000.0),
            ("ethernet", 10_000.0),
            ("unknown", 10_000.0),
        ];
        Validation {
            warn_rejected_share: 0.05,
            fail_rejected_share: 0.5,
            home_country: "VN".into(),
            max_location_accuracy_m: 500.0,
            max_latency_ms: 60_000.0,
            max_mbps: ceilings.iter().map(|(key, value)| ((*key).into(), *value)).collect(),
        }
    }
}

/// The register of communes and their boundaries.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Communes {
    /// A register file (CSV) instead of the embedded one.
    pub register: Option<PathBuf>,
    /// Polygons of communes; without any, rows that only have a position are rejected.
    pub boundaries: Vec<BoundaryFile>,
    /// Which decides where a row has both a code and a position, and boundaries hold on its day.
    pub prefer: Prefer,
    /// A position outside all communes is given to the nearest one up to this far, in metres; 0: never.
    pub snap_m: f64,
    /// Samples before this day are also given the commune that their position has on it.
    #[serde(deserialize_with = "day")]
    pub restated_on: Option<Date>,
}

/// What places a row that has both a commune code and a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prefer {
    Code,
    Position,
}

impl Default for Communes {
    /// On 01/07/2025 all communes of Vietnam were redrawn. Published boundaries are simplified by some
    /// 30 m and phones place themselves to some 100 m: 200 m cover both.
    fn default() -> Self {
        Communes {
            register: None,
            boundaries: Vec::new(),
            prefer: Prefer::Position,
            snap_m: 200.0,
            restated_on: Some(Date::constant(2025, 7, 1)),
        }
    }
}

/// A GeoJSON file of commune polygons and the days on which they hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoundaryFile {
    pub file: PathBuf,
    /// First day on which these boundaries hold. Codes were reused, so it cannot be guessed.
    #[serde(deserialize_with = "date")]
    pub valid_from: Date,
    /// First day on which they no longer hold.
    #[serde(default, deserialize_with = "day")]
    pub valid_to: Option<Date>,
    /// The property that holds the commune code.
    #[serde(default = "default_code_property")]
    pub code_property: String,
}

/// A day given as a TOML date or as text.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    date(deserializer).map(Some)
}

fn default_code_property() -> String {
    "commune_code".into()
}

/// The table of operators.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Operators {
    /// A table (CSV) instead of the embedded one.
    pub file: Option<PathBuf>,
    /// The label of tests whose operator no key matches.
    pub unknown_label: Option<String>,
}

/// Quota, tiers and what they rest on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Statistics {
    /// Tests per commune, month and family.
    pub quota: u32,
    /// Quotas of single families instead, by name.
    pub family_quota: BTreeMap<String, u32>,
    /// What counts towards the quota.
    pub quota_counts: QuotaCounts,
    /// Adjusted samples from which a statistic is published.
    pub publish_from: u32,
    /// Devices from which a statistic is published.
    pub publish_devices: u32,
    /// Adjusted samples from which a mean is published.
    pub mean_from: u32,
    /// Adjusted samples from which statistics count as reliable.
    pub sufficient_from: u32,
    /// Share of tests without device above which dependence cannot be judged.
    pub max_without_device_share: f64,
    /// Devices that each operator needs to be compared with another.
    pub compare_devices: u32,
    /// Effective samples, at their adjusted size, from which operators of a commune are compared.
    pub compare_commune_from: u32,
    /// Devices from which a group's own design effect is trusted.
    pub own_deff_devices: u32,
    /// Local hours of the peak: from the first to before the second.
    pub peak_hours: (u32, u32),
    /// A table (CSV) of inhabitants per commune; absent: nothing is weighted by them.
    pub population: Option<PathBuf>,
}

/// What counts towards the quota of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaCounts {
    /// Accepted successful tests.
    Raw,
    /// Effective samples.
    Collapsed,
}

impl Default for Statistics {
    fn default() -> Self {
        Statistics {
            quota: 300,
            family_quota: BTreeMap::new(),
            quota_counts: QuotaCounts::Raw,
            publish_from: 30,
            publish_devices: 5,
            mean_from: 100,
            sufficient_from: 300,
            max_without_device_share: 0.2,
            own_deff_devices: 50,
            peak_hours: (19, 23),
            population: None,
            compare_devices: 20,
            compare_commune_from: 100,
        }
    }
}

/// When a result below a benchmark is listed, and when an operator is written to about it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gaps {
    /// Expected share of false findings among those of low quality.
    pub false_discovery_rate: f64,
    /// Months with a finding, of the last `notify_window`, that make an operator be written to.
    pub notify_months: u32,
    pub notify_window: u32,
}

impl Default for Gaps {
    fn default() -> Self {
        Gaps { false_discovery_rate: 0.05, notify_months: 2, notify_window: 3 }
    }
}

/// A value to compare with, for information.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benchmark {
    /// The indicator it is for.
    pub indicator: String,
    /// `mobile` or `fixed`.
    pub access_type: String,
    /// The technology it is for; absent: any.
    pub technology: Option<String>,
    /// The operator that declared it, by any of its names; absent: it is for all that declared none.
    pub operator: Option<String>,
    pub value: f64,
    /// The document it comes from, as printed.
    pub source: String,
    #[serde(default, deserialize_with = "day")]
    pub valid_from: Option<Date>,
    /// First day on which it no longer holds.
    #[serde(default, deserialize_with = "day")]
    pub valid_until: Option<Date>,
    /// The day by which it is to be reached; it is still compared with afterwards, and the day printed.
    #[serde(default, deserialize_with = "day")]
    pub target_date: Option<Date>,
}

/// National targets of Quyết định 36/QĐ-TTg of 11/01/2024, to be reached by the end of 2025.
fn default_benchmarks() -> Vec<Benchmark> {
    let target = |access_type: &str, technology: Option<&str>, value| Benchmark {
        indicator: "download_mbps".into(),
        access_type: access_type.into(),
        technology: technology.map(Into::into),
        operator: None,
        value,
        source: "QĐ 36/QĐ-TTg, 11/01/2024".into(),
        valid_from: Some(Date::constant(2024, 1, 11)),
        valid_until: None,
        target_date: Some(Date::constant(2025, 12, 31)),
    };
    vec![
        target("mobile", Some("4G"), 40.0),
        target("mobile", Some("5G"), 100.0),
        target("fixed", None, 200.0),
    ]
}

/// Folders of queries and templates instead of the embedded ones.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Definitions {
    pub queries: Option<PathBuf>,
    pub reports: Option<PathBuf>,
}
