//! Everything from outside that a run needs: no stage reads a clock, the environment or a path
//! that is not in the plan.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::campaign::Campaign;
use crate::communes::boundaries::{Boundaries, BoundarySets};
use crate::communes::crosswalk::{Crosswalk, REFORM};
use crate::communes::register::{Commune, OPEN_END, Register};
use crate::config::{Config, Prefer, QuotaCounts};
use crate::coverage::{Hamlet, hamlets};
use crate::document::font::Family;
use crate::error::{Fault, Kind, Result};
use crate::history::History;
use crate::import::functions::{days, zone};
use crate::operators::Operators;
use crate::period::Period;
use crate::queries::Queries;
use crate::reconciliation::{Names, Published};
use crate::report::{MonthlyText, Templates};
use crate::statistics::student::NORMAL_975;
use crate::weighting::Population;

/// What cannot be planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanFault {
    #[error("province `{code}` has no commune in the register from {from} to {to}")]
    Province { code: String, from: Date, to: Date, known: String },
    #[error("indicator `{found}` of a benchmark is unknown or takes none, expected {expected}")]
    Benchmark { found: String, expected: String },
    #[error(
        "operator `{found}` of a benchmark is not in the operator table, expected one of {known}"
    )]
    BenchmarkOperator { found: String, known: String },
}

impl Fault for PlanFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            PlanFault::Province { known, .. } => {
                Some(format!("provinces of the register in those days: {known}"))
            }
            _ => None,
        }
    }
}

/// What decides the outcome of a run, besides the samples.
pub struct Plan {
    pub config: Config,
    /// False where the province is not known, so that it cannot reject a row.
    pub province_known: bool,
    pub queries: Queries,
    pub templates: Templates,
    pub register: Arc<Register>,
    /// Where communes went on the day of `communes.restated_on`; empty where that is not known.
    pub crosswalk: Crosswalk,
    pub operators: Operators,
    pub boundaries: Arc<BoundarySets>,
    /// By commune and name; empty where coverage is judged by cells only.
    pub hamlets: Vec<Hamlet>,
    pub zone: TimeZone,
    pub naive_zone: Option<TimeZone>,
    pub period: Option<Period>,
    pub report_date: Option<Date>,
    pub unknown_operator: String,
    /// Earlier bundles; needs a period.
    pub history: History,
    /// What was published elsewhere, to set ours beside; needs a period.
    pub published: Option<Published>,
    /// What units report of the campaign; needs a period.
    pub campaign: Option<Campaign>,
    /// What only people can write in the reports; needs a period.
    pub monthly: MonthlyText,
    /// To weight figures by; needs a period.
    pub population: Option<Population>,
    /// The fonts of all documents.
    pub family: Family,
    pub threads: usize,
    /// An empty folder for intermediate files.
    pub work: PathBuf,
}

impl Plan {
    /// Loads everything that a configuration names.
    pub fn new(
        mut config: Config,
        province_known: bool,
        month: Option<&str>,
        report_date: Option<Date>,
        threads: usize,
        work: PathBuf,
    ) -> Result<Self> {
        let queries = match &config.definitions.queries {
            Some(folder) => Queries::read(folder)?,
            None => Queries::embedded()?,
        };
        let templates = match &config.definitions.reports {
            Some(folder) => Templates::read(folder)?,
            None => Templates::embedded(),
        };
        let register = match &config.communes.register {
            Some(file) => Register::read(file)?,
            None => Register::embedded()?,
        };
        let operators = match &config.operators.file {
            Some(file) => Operators::read(file)?,
            None => Operators::embedded()?,
        };
        name_operators(&mut config, &operators)?;
        let family = match &config.form.fonts {
            Some(fonts) => {
                let [regular, bold, italic, bold_italic] = fonts.files();
                Family::read(regular, bold, italic, bold_italic)?
            }
            None => Family::libertinus()?,
        };
        let zone_of_days = zone(&config.period.zone)?;
        let period = month
            .map(|month| Period::of(month, config.period.first_day, &zone_of_days))
            .transpose()?;
        let report_date = match (report_date, &period) {
            (Some(day), _) => Some(day),
            (None, Some(period)) => Some(period.default_report_date()?),
            (None, None) => None,
        };
        let mut plan = Plan {
            naive_zone: config.samples.naive_zone.as_deref().map(zone).transpose()?,
            boundaries: Arc::new(read_boundaries(&config)?),
            crosswalk: match (&config.communes.register, config.communes.restated_on) {
                (None, Some(REFORM)) => Crosswalk::embedded()?,
                _ => Crosswalk::default(),
            },
            hamlets: match &config.coverage.hamlets {
                Some(file) => hamlets::read(file, &register)?,
                None => Vec::new(),
            },
            unknown_operator: match &config.operators.unknown_label {
                Some(label) => label.clone(),
                None => templates.labels()?.text("words.unknown_operator")?.to_owned(),
            },
            templates,
            zone: zone_of_days,
            config,
            province_known,
            queries,
            register: Arc::new(register),
            operators,
            period,
            report_date,
            history: History::default(),
            published: None,
            campaign: None,
            population: None,
            family,
            monthly: MonthlyText::default(),
            threads: threads.max(1),
            work,
        };
        plan.check()?;
        plan.history = History::read(&plan)?;
        plan.published = plan.read_published()?;
        plan.campaign = Campaign::read(&plan)?;
        plan.population = plan.read_population()?;
        if let Some(period) = &plan.period {
            let pattern = plan.config.report.monthly_text.as_deref();
            plan.monthly = MonthlyText::read(pattern, &period.month)?;
        }
        Ok(plan)
    }

    fn read_published(&self) -> Result<Option<Published>> {
        let file = self.config.reconciliation.file.as_ref().filter(|_| self.period.is_some());
        let names = Names {
            communes: self.communes(),
            operators: &self.operators,
            unknown_operator: &self.unknown_operator,
            families: &self.queries.families,
        };
        file.map(|file| Published::read(file, &names)).transpose()
    }

    fn read_population(&self) -> Result<Option<Population>> {
        let (Some(file), Some(period)) = (&self.config.statistics.population, &self.period) else {
            return Ok(None);
        };
        let province = &self.config.province.code;
        Population::read(file, &self.register, province, period).map(Some)
    }

    fn check(&self) -> Result<()> {
        let takes: Vec<&str> = self
            .queries
            .indicators
            .iter()
            .filter(|i| i.benchmark)
            .map(|i| i.name.as_str())
            .collect();
        for benchmark in &self.config.benchmarks {
            if !takes.contains(&benchmark.indicator.as_str()) {
                return Err(PlanFault::Benchmark {
                    found: benchmark.indicator.clone(),
                    expected: takes.join(" or "),
                }
                .into());
            }
        }
        if let Some(period) = &self.period
            && self.province_known
            && self.communes().is_empty()
        {
            let known = self.register.provinces();
            let known =
                known.iter().filter(|p| p.valid_from < period.to && period.from < p.valid_to);
            return Err(PlanFault::Province {
                code: self.config.province.code.clone(),
                from: period.from,
                to: period.to,
                known: known
                    .map(|p| format!("{} {}", p.code, p.name))
                    .collect::<Vec<_>>()
                    .join(", "),
            }
            .into());
        }
        Ok(())
    }

    /// The communes of the province that exist on some day of the period.
    pub fn communes(&self) -> Vec<&Commune> {
        self.period.as_ref().map_or_else(Vec::new, |period| {
            self.register.communes_of(&self.config.province.code, period.from, period.to)
        })
    }

    /// The communes that samples of the period are restated to: none when it begins after that day.
    pub fn restated_communes(&self) -> Vec<&Commune> {
        let begins = self.period.as_ref().map(|period| period.from);
        let day = self.config.communes.restated_on.filter(|day| begins.is_some_and(|b| b < *day));
        let all = day.map(|day| self.register.communes().iter().filter(move |c| c.valid_on(day)));
        all.into_iter().flatten().collect()
    }

    /// The full name of the province at the end of the period.
    pub fn province_name(&self) -> String {
        let communes = self.communes();
        communes
            .iter()
            .max_by_key(|c| c.valid_to)
            .map_or_else(String::new, |c| c.province_name.clone())
    }

    /// The one-row table `parameters` that queries are joined with.
    pub fn parameters(&self, simulated: bool) -> Result<RecordBatch> {
        let text = |value: Option<&str>| -> ArrayRef { Arc::new(StringArray::from(vec![value])) };
        let number = |value: f64| -> ArrayRef { Arc::new(Float64Array::from(vec![value])) };
        let count = |value: u32| -> ArrayRef { Arc::new(Int64Array::from(vec![i64::from(value)])) };
        let time = |value: Option<Timestamp>| -> ArrayRef {
            Arc::new(TimestampMicrosecondArray::from(vec![value.map(Timestamp::as_microsecond)]))
        };
        let period = self.period.as_ref();
        let limits = &self.config.validation;
        let statistics = &self.config.statistics;
        let gaps = &self.config.gaps;
        let province = self.province_known.then_some(self.config.province.code.as_str());
        let home = Some(limits.home_country.as_str()).filter(|country| !country.is_empty());
        let restated = self.config.communes.restated_on.map_or(i32::MIN / 2, days);
        let restated: ArrayRef = Arc::new(Date32Array::from(vec![restated]));
        let flag = |value: bool| -> ArrayRef { Arc::new(BooleanArray::from(vec![value])) };
        let prefer = self.config.communes.prefer == Prefer::Position;
        let columns = [
            ("period_from", time(period.map(|p| p.from_instant))),
            ("period_to", time(period.map(|p| p.to_instant))),
            ("province_code", text(province)),
            ("prefer_position", flag(prefer)),
            ("home_country", text(home)),
            ("max_location_accuracy_m", number(limits.max_location_accuracy_m)),
            ("max_latency_ms", number(limits.max_latency_ms)),
            ("unknown_operator", text(Some(&self.unknown_operator))),
            ("restated_on", restated),
            ("publish_from", count(statistics.publish_from)),
            ("publish_devices", count(statistics.publish_devices)),
            ("mean_from", count(statistics.mean_from)),
            ("sufficient_from", count(statistics.sufficient_from)),
            ("max_without_device_share", number(statistics.max_without_device_share)),
            ("own_deff_devices", count(statistics.own_deff_devices)),
            ("quota_collapsed", flag(statistics.quota_counts == QuotaCounts::Collapsed)),
            ("false_discovery_rate", number(gaps.false_discovery_rate)),
            ("notify_months", count(gaps.notify_months)),
            ("notify_window", count(gaps.notify_window)),
            ("month", text(period.map(|p| p.month.as_str()))),
            ("peak_from", count(statistics.peak_hours.0)),
            ("peak_to", count(statistics.peak_hours.1)),
            ("z", number(NORMAL_975)),
            ("simulated", flag(simulated)),
        ];
        Ok(table("parameters", columns)?)
    }

    /// The table `ceilings`: the highest speed that is believed, by technology.
    pub fn ceilings(&self) -> Result<RecordBatch> {
        let limits = &self.config.validation.max_mbps;
        let keys: ArrayRef = Arc::new(StringArray::from_iter_values(limits.keys()));
        let values: ArrayRef = Arc::new(Float64Array::from_iter_values(limits.values().copied()));
        Ok(table(
            "ceilings",
            [
                ("technology_key", keys),
                ("max_download_mbps", values.clone()),
                ("max_upload_mbps", values),
            ],
        )?)
    }
}

/// A table from named columns.
pub fn table<'a>(
    name: &str,
    columns: impl IntoIterator<Item = (&'a str, ArrayRef)>,
) -> Result<RecordBatch, crate::engine::EngineFault> {
    let nullable = columns.into_iter().map(|(name, array)| (name, array, true));
    RecordBatch::try_from_iter_with_nullable(nullable).map_err(|e| {
        crate::engine::EngineFault::Table { table: name.into(), message: e.to_string() }
    })
}

/// Puts the label of the operator table in place of the names that benchmarks give.
fn name_operators(config: &mut Config, operators: &Operators) -> Result<(), PlanFault> {
    for name in config.benchmarks.iter_mut().filter_map(|benchmark| benchmark.operator.as_mut()) {
        let label = operators.by_name(name).ok_or_else(|| PlanFault::BenchmarkOperator {
            found: name.clone(),
            known: operators.labels().join(", "),
        })?;
        *name = label.to_owned();
    }
    Ok(())
}

fn read_boundaries(config: &Config) -> Result<BoundarySets> {
    let files = &config.communes.boundaries;
    let sets = files.iter().map(|entry| {
        let to = entry.valid_to.unwrap_or(OPEN_END);
        Boundaries::read(&entry.file, &entry.code_property, entry.valid_from, to)
    });
    Ok(BoundarySets::new(sets.collect::<Result<Vec<_>>>()?))
}
