//! How often intervals cover the truth: simulated months with known medians, means and shares, run
//! through the SQL of `queries/statistics/`.
//!
//! ```text
//! cargo bench --bench statistics
//! ```
//!
//! One commune is one replication. Speeds are log-normal (median 40 Mbit/s) or come from two
//! log-normal halves (20 and 120 Mbit/s), each value of its own device; or days of devices that
//! differ from each other, with a correlation on the logarithmic scale. Random numbers are seeded.
//! Printed as Markdown; results in `benches/README.md`.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::Float64Type;
use ispeed_report::config::Config;
use ispeed_report::error::Result;
use ispeed_report::plan::{Plan, table};
use ispeed_report::queries::StatisticsTable;
use ispeed_report::statistics::{self, Bench};
use statrs::distribution::{Binomial, ContinuousCDF, Discrete, Normal};

#[path = "common/random.rs"]
mod random;
use random::Random;

const REPLICATIONS: usize = 2_000;
const MEDIAN: f64 = 40.0;
/// The benchmark that shares are taken of.
const GOAL: f64 = 40.0;

fn main() -> Result<()> {
    independent()?;
    clustered()?;
    shares()
}

/// Effective samples: replication, device, Mbit/s.
#[derive(Default)]
struct Samples {
    communes: Vec<String>,
    devices: Vec<i64>,
    values: Vec<f64>,
}

impl Samples {
    fn add(&mut self, replication: usize, device: usize, value: f64) {
        self.communes.push(replication.to_string());
        self.devices.push(device as i64 + 1);
        self.values.push((value * 2e6).round() / 2e6);
    }

    /// The table of statistics with one row per replication.
    fn statistics(self, publish_from: u32) -> Result<RecordBatch> {
        let folder = tempfile::tempdir().expect("a folder for intermediate files");
        let text = "[province]\ncode = \"66\"\n[[benchmarks]]\nindicator = \"download_mbps\"\n\
                    access_type = \"mobile\"\ntechnology = \"4G\"\nvalue = 40.0\nsource = \"x\"";
        let mut config: Config = toml::from_str(text).expect("a configuration");
        config.statistics.publish_from = publish_from;
        config.statistics.publish_devices = 1;
        let work = folder.path().to_owned();
        let plan = Plan::new(config, true, Some("2025-10"), None, 2, work)?;
        let mut bench = Bench::open(&plan, true)?;
        let rows = self.values.len();
        let same = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text; rows])) };
        let communes: ArrayRef = Arc::new(StringArray::from(self.communes));
        let devices: ArrayRef = Arc::new(Int64Array::from(self.devices));
        let names = devices.as_primitive::<arrow::datatypes::Int64Type>().values().iter();
        let names: ArrayRef =
            Arc::new(StringArray::from_iter_values(names.map(ToString::to_string)));
        let values: ArrayRef = Arc::new(Float64Array::from(self.values));
        let none: ArrayRef = Arc::new(Float64Array::from(vec![None; rows]));
        let ok: ArrayRef = Arc::new(BooleanArray::from(vec![true; rows]));
        let samples = table(
            "samples",
            [
                ("family", same("mobile")),
                ("commune_code", communes),
                ("access_type", same("mobile")),
                ("technology_key", same("4G")),
                ("operator", same("x")),
                ("cluster_no", devices),
                ("device_id", names),
                ("is_ok", ok),
                ("tests", Arc::new(Int64Array::from(vec![1; rows]))),
                ("download_mbps", values),
                ("upload_mbps", none.clone()),
                ("latency_ms", none.clone()),
                ("jitter_ms", none),
            ],
        )?;
        bench.samples("accepted_by_family", &samples)?;
        bench.samples("effective_by_family", &samples)?;
        let keys = vec!["family".to_owned(), "commune_code".to_owned()];
        let of =
            StatisticsTable { name: "replication".into(), keys, filter: String::new(), raw: false };
        statistics::tables(&plan.queries, std::slice::from_ref(&of), &mut bench)?;
        Ok(bench.tables.remove("replication").expect("the table that was computed"))
    }
}

/// Replications with both ends of an interval, and how many of them cover the truth.
struct Covered {
    given: usize,
    covering: usize,
}

impl Covered {
    fn of(table: &RecordBatch, statistic: &str, truth: f64) -> Self {
        let column = |end: &str| -> Float64Array {
            let name = format!("download_mbps_{statistic}_{end}");
            table.column_by_name(&name).expect("the column").as_primitive::<Float64Type>().clone()
        };
        let (low, high) = (column("low"), column("high"));
        let mut covered = Covered { given: 0, covering: 0 };
        for row in 0..table.num_rows() {
            if low.is_valid(row) && high.is_valid(row) {
                covered.given += 1;
                covered.covering +=
                    usize::from(low.value(row) <= truth && truth <= high.value(row));
            }
        }
        covered
    }

    fn percent(&self) -> String {
        if self.given < REPLICATIONS / 20 {
            return "–".into();
        }
        format!("{:.1}", 100.0 * self.covering as f64 / self.given as f64)
    }
}

/// A distribution of speeds with its quantile function.
enum Speeds {
    LogNormal(f64),
    Bimodal(f64),
}

impl Speeds {
    fn draw(&self, random: &mut Random) -> f64 {
        match self {
            Speeds::LogNormal(sd) => MEDIAN * (sd * random.normal()).exp(),
            Speeds::Bimodal(sd) => {
                let centre = if random.uniform() < 0.5 { 20.0 } else { 120.0 };
                centre * (sd * random.normal()).exp()
            }
        }
    }

    fn cdf(&self, value: f64) -> f64 {
        let below = |centre: f64, sd: f64| Normal::standard().cdf((value / centre).ln() / sd);
        match self {
            Speeds::LogNormal(sd) => below(MEDIAN, *sd),
            Speeds::Bimodal(sd) => 0.5 * (below(20.0, *sd) + below(120.0, *sd)),
        }
    }

    fn quantile(&self, level: f64) -> f64 {
        let (mut low, mut high) = (1e-6_f64, 1e6_f64);
        for _ in 0..200 {
            let middle = (low * high).sqrt();
            if self.cdf(middle) < level { low = middle } else { high = middle }
        }
        low
    }

    fn mean(&self) -> f64 {
        match self {
            Speeds::LogNormal(sd) => MEDIAN * (sd * sd / 2.0).exp(),
            Speeds::Bimodal(sd) => 70.0 * (sd * sd / 2.0).exp(),
        }
    }
}

fn independent() -> Result<()> {
    println!("## Independent samples\n");
    println!("| speeds | n | median | p10 | p90 | p05 | p95 | share | mean |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for (name, speeds) in [
        ("log-normal, log-sd 0.8", Speeds::LogNormal(0.8)),
        ("log-normal, log-sd 1.2", Speeds::LogNormal(1.2)),
        ("bimodal, log-sd 0.8", Speeds::Bimodal(0.8)),
    ] {
        for n in [30, 100, 300, 1_000] {
            let mut random = Random(7);
            let mut samples = Samples::default();
            for replication in 0..REPLICATIONS {
                (0..n).for_each(|d| samples.add(replication, d, speeds.draw(&mut random)));
            }
            let table = samples.statistics(30)?;
            let of = |statistic, truth| Covered::of(&table, statistic, truth).percent();
            let levels =
                [("median", 0.5), ("p10", 0.1), ("p90", 0.9), ("p05", 0.05), ("p95", 0.95)];
            let quantiles = levels.map(|(name, level)| of(name, speeds.quantile(level)));
            let share = of("share_at_benchmark", 1.0 - speeds.cdf(GOAL));
            let mean = of("mean", speeds.mean());
            println!("| {name} | {n} | {} | {share} | {mean} |", quantiles.join(" | "));
        }
    }
    Ok(())
}

fn clustered() -> Result<()> {
    println!("\n## Devices with 3 to 20 days each, log-normal, log-sd 0.8\n");
    println!("`all`: every replication; `published`: only those that reach 30 adjusted samples.\n");
    println!(
        "| devices | correlation | median, all | median, published | published | p10, published | share, published | mean, published | 95 % if samples were taken as independent |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let speeds = Speeds::LogNormal(0.8);
    for devices in [15, 30, 60, 100] {
        for correlation in [0.2_f64, 0.5, 0.7] {
            let draw = |naive: bool| {
                let mut random = Random(11);
                let mut samples = Samples::default();
                for replication in 0..REPLICATIONS {
                    let mut next = 0;
                    for device in 0..devices {
                        let own = correlation.sqrt() * random.normal();
                        for _ in 0..random.between(3, 20) {
                            let day = (1.0 - correlation).sqrt() * random.normal();
                            let whose = if naive { next } else { device };
                            next += 1;
                            samples.add(replication, whose, MEDIAN * (0.8 * (own + day)).exp());
                        }
                    }
                }
                samples
            };
            let all = Covered::of(&draw(false).statistics(6)?, "median", MEDIAN);
            let table = draw(false).statistics(30)?;
            let published = Covered::of(&table, "median", MEDIAN);
            let share = published.given as f64 / REPLICATIONS as f64;
            let p10 = Covered::of(&table, "p10", speeds.quantile(0.1)).percent();
            let at_goal = Covered::of(&table, "share_at_benchmark", 0.5).percent();
            let mean = Covered::of(&table, "mean", speeds.mean()).percent();
            let naive = match (devices, correlation) {
                (15, 0.5) => Covered::of(&draw(true).statistics(30)?, "median", MEDIAN).percent(),
                _ => "–".into(),
            };
            println!(
                "| {devices} | {correlation} | {} | {} | {:.0} % | {p10} | {at_goal} | {mean} | {naive} |",
                all.percent(),
                published.percent(),
                100.0 * share
            );
        }
    }
    Ok(())
}

/// Every possible count of ones, weighted with its probability: no random numbers.
fn shares() -> Result<()> {
    println!("\n## Shares, exact: sums over all counts\n");
    println!("| n | p = 0.5 | 0.7 | 0.9 | 0.95 |");
    println!("|---|---|---|---|---|");
    for n in [30_usize, 100, 300, 1_000] {
        let mut samples = Samples::default();
        for ones in 0..=n {
            for device in 0..n {
                samples.add(ones, device, if device < ones { GOAL } else { 1.0 });
            }
        }
        let table = samples.statistics(30)?;
        let column = |name: &str| table.column_by_name(name).expect("the column").clone();
        let ones = column("commune_code");
        let (low, high) = (
            column("download_mbps_share_at_benchmark_low"),
            column("download_mbps_share_at_benchmark_high"),
        );
        let ones = ones.as_string::<i32>();
        let (low, high) = (low.as_primitive::<Float64Type>(), high.as_primitive::<Float64Type>());
        let coverage = [0.5, 0.7, 0.9, 0.95].map(|p: f64| {
            let count = Binomial::new(p, n as u64).expect("a binomial distribution");
            let covered =
                (0..table.num_rows()).filter(|row| low.value(*row) <= p && p <= high.value(*row));
            let sum: f64 = covered.map(|row| count.pmf(ones.value(row).parse().unwrap_or(0))).sum();
            format!("{:.1}", 100.0 * sum)
        });
        println!("| {n} | {} |", coverage.join(" | "));
    }
    Ok(())
}
