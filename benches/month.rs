//! A whole month through the heavy stages: from raw samples to tables of statistics and gaps.
//!
//! ```text
//! cargo bench --bench month -- generate DIR 10000000
//! cargo bench --bench month -- run DIR
//! ```
//!
//! `generate` writes samples of one month and the register of their communes into DIR, seeded: 3,321
//! communes of very unequal size, five operators, three rows in ten a repeat of the same device, missing
//! values, rows that fail a rule, repeated ids; 13 columns, ids of 36 letters, Parquet with zstd. `run` checks,
//! places, collapses, computes and writes every table of statistics and gaps, and prints seconds per stage
//! as JSON. `benches/peers/month.py` sets it beside other tools.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use ispeed_report::bundle::tables::parquet as to_parquet;
use ispeed_report::config::Config;
use ispeed_report::import::Samples;
use ispeed_report::plan::Plan;
use ispeed_report::statistics::{self, Bench};
use ispeed_report::validation::validate;
use ispeed_report::{collapse, coverage, gaps, history};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

#[path = "common/random.rs"]
mod random;
use random::Random;

const COMMUNES: usize = 3_321;
const MONTH: &str = "2025-10";
/// 2025-10-01T00:00 in Vietnam, in microseconds since 1970.
const FROM: i64 = 1_759_251_600_000_000;
const DAY: i64 = 86_400_000_000;
const MOBILE: [&str; 3] = ["Viettel", "VNPT", "MobiFone"];
const FIXED: [&str; 3] = ["Viettel", "FPT", "CMC"];
const BATCH: usize = 262_144;

type Outcome = Result<(), Failure>;

/// What stopped the program, in words.
#[derive(Debug)]
struct Failure(#[expect(dead_code, reason = "printed by main")] String);

impl<E: std::fmt::Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure(error.to_string())
    }
}

fn main() -> Outcome {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", folder, rows] => generate(Path::new(folder), rows.parse()?),
        ["run", folder] => run(Path::new(folder)),
        _ => {
            println!("month -- generate DIR ROWS | run DIR");
            Ok(())
        }
    }
}

/// A device on a day.
#[derive(Clone)]
struct Visit {
    device: Option<String>,
    commune: usize,
    operator: &'static str,
    is_mobile: bool,
    technology: Option<&'static str>,
    start: i64,
    /// The median speed of the line, Mbit/s.
    speed: f64,
}

struct Month {
    random: Random,
    /// Sums of the weights of communes.
    weights: Vec<f64>,
    devices: usize,
    visit: Option<Visit>,
    id: String,
}

#[derive(Default)]
struct Columns {
    text: [Vec<Option<String>>; 8],
    at: Vec<Option<i64>>,
    measures: [Vec<Option<f64>>; 4],
}

const TEXTS: [&str; 8] = [
    "sample_id",
    "device_id",
    "access_type",
    "technology",
    "operator",
    "commune_code",
    "status",
    "server_country",
];
const MEASURES: [&str; 4] = ["download_mbps", "upload_mbps", "latency_ms", "jitter_ms"];

fn code(commune: usize) -> String {
    format!("{:05}", commune * 7 + 10_001)
}

/// 36 letters in the shape of a UUID, from two numbers.
fn identifier(a: u64, b: u64) -> String {
    let (a, b) = (format!("{a:016x}"), format!("{b:016x}"));
    format!("{}-{}-{}-{}-{}", &a[..8], &a[8..12], &a[12..], &b[..4], &b[4..])
}

impl Month {
    fn new(rows: usize) -> Self {
        let mut sum = 0.0;
        let weights = (0..COMMUNES).map(|rank| {
            sum += 1.0 / (rank as f64 + 20.0);
            sum
        });
        let weights = weights.collect();
        Month { random: Random(6), weights, devices: rows / 3, visit: None, id: String::new() }
    }

    fn chance(&mut self, share: f64) -> bool {
        self.random.uniform() < share
    }

    fn bits(&mut self) -> u64 {
        (self.random.uniform() * 2f64.powi(52)) as u64
    }

    /// A number that belongs to a device and stays the same.
    fn of_device(device: usize, salt: u64) -> f64 {
        Random(device as u64 * 0x1_0001 + salt).uniform()
    }

    fn new_visit(&mut self) -> Visit {
        let device = (self.random.uniform() * self.devices as f64) as usize;
        let of = |salt| Self::of_device(device, salt);
        let last = self.weights[COMMUNES - 1];
        let commune = self.weights.partition_point(|sum| *sum < of(1) * last).min(COMMUNES - 1);
        let is_mobile = of(2) < 0.6;
        let operators = if is_mobile { MOBILE } else { FIXED };
        let operator = operators[(of(3) * of(3) * 3.0) as usize];
        let technologies =
            if is_mobile { ["4G", "5G", "3G"] } else { ["wifi", "wifi", "ethernet"] };
        let technology = technologies[(of(4) * of(4) * 3.0) as usize];
        let (least, range) = match technology {
            "3G" => (3.0, 8.0),
            "5G" => (120.0, 150.0),
            _ => (20.0, 100.0),
        };
        let speed = least + range * of(5) * of(5);
        let (a, b) = (of(6).to_bits() ^ device as u64, of(7).to_bits());
        let device = (!self.chance(0.05)).then(|| identifier(a, b));
        let known = !self.chance(0.05);
        let start = FROM + (self.random.uniform() * 31.0) as i64 * DAY;
        let start = start + (self.random.uniform() * 80_000.0) as i64 * 1_000_000;
        let technology = known.then_some(technology);
        Visit { device, commune, operator, is_mobile, technology, start, speed }
    }

    fn add(&mut self, columns: &mut Columns) {
        let repeat = self.chance(0.3);
        let visit = match self.visit.take() {
            Some(visit) if repeat => visit,
            _ => self.new_visit(),
        };
        let mut at = Some(visit.start + (self.random.uniform() * 6_000.0) as i64 * 1_000_000);
        let mut commune = Some(code(visit.commune));
        let mut technology = visit.technology.map(str::to_owned);
        let mut server = "VN";
        if !self.chance(0.01) {
            // One row in a hundred has the id of the row before.
            self.id = identifier(self.bits() << 12, self.bits() << 12);
        }
        let failed = self.chance(0.02);
        let spread = (self.random.normal() * 0.5).exp();
        let rounded = |value: f64| Some((value * 100.0).round() / 100.0 + 0.01);
        let mut measures = [
            rounded(visit.speed * spread),
            rounded(visit.speed * spread * 0.4),
            rounded(8.0 + 20.0 / spread),
            rounded(3.0 * self.random.uniform()),
        ];
        if self.chance(0.05) {
            measures[3] = None;
        }
        if self.chance(0.01) {
            match self.random.between(0, 4) {
                0 => at = None,
                1 => commune = Some("99999".into()),
                2 => technology = Some("6G".into()),
                3 => server = "SG",
                _ => measures[0] = Some(1e7),
            }
        }
        if failed {
            measures = [None; 4];
        }
        let row = [
            Some(self.id.clone()),
            visit.device.clone(),
            Some(if visit.is_mobile { "mobile" } else { "fixed" }.to_owned()),
            technology,
            Some(visit.operator.to_owned()),
            commune,
            Some(if failed { "failed" } else { "ok" }.to_owned()),
            Some(server.to_owned()),
        ];
        columns.text.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        columns.at.push(at);
        columns.measures.iter_mut().zip(measures).for_each(|(column, value)| column.push(value));
        self.visit = Some(visit);
    }
}

impl Columns {
    fn batch(self) -> Result<RecordBatch, arrow::error::ArrowError> {
        let mut all: Vec<(&str, ArrayRef)> = Vec::new();
        for (name, values) in TEXTS.into_iter().zip(self.text) {
            all.push((name, Arc::new(StringArray::from(values))));
        }
        let at = TimestampMicrosecondArray::from(self.at).with_timezone("UTC");
        all.push(("measured_at", Arc::new(at)));
        for (name, values) in MEASURES.into_iter().zip(self.measures) {
            all.push((name, Arc::new(Float64Array::from(values))));
        }
        RecordBatch::try_from_iter_with_nullable(all.into_iter().map(|(n, a)| (n, a, true)))
    }
}

fn generate(folder: &Path, rows: usize) -> Outcome {
    fs::create_dir_all(folder)?;
    let mut register = "commune_code,commune_name,province_code,province_name\n".to_owned();
    for commune in 0..COMMUNES {
        register += &format!("{},Xã {commune},00,Cả nước\n", code(commune));
    }
    fs::write(folder.join("communes.csv"), register)?;
    let mut month = Month::new(rows);
    let properties =
        WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()));
    let properties = properties.build();
    let mut writer: Option<ArrowWriter<File>> = None;
    for from in (0..rows).step_by(BATCH) {
        let mut columns = Columns::default();
        (from..rows.min(from + BATCH)).for_each(|_| month.add(&mut columns));
        let batch = columns.batch()?;
        let writer = match &mut writer {
            Some(writer) => writer,
            none => {
                let file = File::create(folder.join("samples.parquet"))?;
                none.insert(ArrowWriter::try_new(file, batch.schema(), Some(properties.clone()))?)
            }
        };
        writer.write(&batch)?;
    }
    writer.map(ArrowWriter::close).transpose()?;
    Ok(())
}

fn run(folder: &Path) -> Outcome {
    let text = format!(
        "[province]\ncode = \"00\"\n[communes]\nregister = {:?}\n[[benchmarks]]\n\
         indicator = \"download_mbps\"\naccess_type = \"mobile\"\ntechnology = \"4G\"\n\
         value = 40.0\nsource = \"x\"\n",
        folder.join("communes.csv")
    );
    let config: Config = toml::from_str(&text)?;
    let work = tempfile::tempdir_in(folder)?;
    let out = folder.join("out");
    fs::create_dir_all(&out)?;
    let threads = std::thread::available_parallelism()?.get();
    let plan = Plan::new(config, true, Some(MONTH), None, threads, work.path().to_owned())?;
    let paths = [folder.join("samples.parquet").display().to_string()];
    let samples = Samples::open(&paths, "ispeed", &plan.queries, None)?;
    let mut clock = Clock { begun: Instant::now(), last: Instant::now(), stages: Vec::new() };
    let quiet = &|_| ();
    let mut valid = validate(&plan, &samples, quiet)?;
    clock.stage("validation");
    let file = |name: &str| -> PathBuf { out.join(name) };
    let effective = collapse::collapse(
        &plan,
        &mut valid,
        file("samples_effective.parquet"),
        file("samples_effective_day_part.parquet"),
        None,
        quiet,
    )?;
    clock.stage("collapse");
    let mut bench = Bench::new(&plan, &valid, effective)?;
    statistics::compute(&plan, &mut bench, quiet)?;
    clock.stage("statistics");
    coverage::find(&plan, &mut bench, quiet)?;
    history::open(&plan, &mut bench, quiet)?;
    gaps::find(&plan, &mut bench, quiet)?;
    clock.stage("gaps");
    for (name, table) in &bench.tables {
        fs::write(file(&format!("{name}.parquet")), to_parquet(table)?)?;
    }
    clock.stage("tables");
    println!("{}", clock.json(&valid.ledger));
    Ok(())
}

struct Clock {
    begun: Instant,
    last: Instant,
    stages: Vec<(&'static str, f64)>,
}

impl Clock {
    fn stage(&mut self, name: &'static str) {
        self.stages.push((name, self.last.elapsed().as_secs_f64()));
        self.last = Instant::now();
    }

    fn json(&self, ledger: &ispeed_report::validation::ledger::Ledger) -> String {
        let stages: serde_json::Map<String, serde_json::Value> =
            self.stages.iter().map(|(name, seconds)| ((*name).into(), (*seconds).into())).collect();
        serde_json::json!({
            "seconds": self.begun.elapsed().as_secs_f64(),
            "stages": stages,
            "read": ledger.read,
            "accepted": ledger.accepted,
            "duplicate": ledger.duplicate,
            "rejected": ledger.rejected,
        })
        .to_string()
    }
}
