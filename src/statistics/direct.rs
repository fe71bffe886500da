//! Statistics computed directly from numbered samples.
//!
//! What belongs to a group, and what it is compared with, is SQL: `groups.sql` and `values.sql` run on a
//! table of samples with one row per cell, which is small. What needs every sample — order statistics
//! (`points.sql`, `order.sql`) and the sums over devices (`clusters.sql`) — is computed here, exactly as
//! those queries say: sums are sums of whole numbers, so their order does not matter.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Float64Type, Int64Type};
use rayon::prelude::*;

use super::{EngineFault, failed, whole_numbers};
use crate::collapse::{Numbered, Rows};
use crate::engine::{self, Engine};
use crate::error::Result;
use crate::plan::table;
use crate::queries::{Measure, Queries, Series, StatisticsTable};

/// Steps per unit that sums are counted in.
const STEPS: f64 = 2_000_000.0;
/// What a value at a quantile may be above it by rounding.
const TOLERANCE: f64 = 0.000_000_1;

/// Samples by number, and an engine that knows their cells as tables of samples.
pub struct Direct {
    samples: Numbered,
    engine: Box<dyn Engine + Send>,
    threads: usize,
}

impl Direct {
    /// `inputs` are the tables that queries read beside samples.
    pub fn new(
        queries: &Queries,
        samples: Numbered,
        inputs: &super::Tables,
        threads: usize,
    ) -> Result<Self> {
        let mut engine = engine::open(&[]);
        for (name, batch) in inputs {
            engine.register_batches(name, batch.schema(), std::slice::from_ref(batch))?;
        }
        let fault = |e| failed("statistics/values.sql", &e);
        let whole = samples.one_per_cell(false).map_err(fault)?;
        let parts = samples.one_per_cell(true).map_err(fault)?;
        let counted = samples.counted.clone();
        let known = [
            ("effective", whole.clone()),
            ("tests", whole),
            ("effective_day_part", parts),
            ("accepted", counted),
        ];
        for (name, batch) in known {
            engine.register_batches(name, batch.schema(), &[batch])?;
            engine.register_view(&format!("{name}_by_family"), &queries.by_family(name))?;
        }
        Ok(Direct { samples, engine, threads })
    }

    /// The groups of a table, from tests that are already counted by cell.
    pub fn groups(&mut self, table: &str, query: &str, sql: &str) -> Result<RecordBatch> {
        let groups = self.engine.query(query, sql)?;
        let groups = whole_numbers(&groups).map_err(|e| failed(query, &e))?;
        self.engine.register_batches(table, groups.schema(), std::slice::from_ref(&groups))?;
        Ok(groups)
    }

    /// The members of the groups of a table, which were asked for before ([`Direct::groups`]).
    pub fn series<'a>(
        &'a self,
        queries: &Queries,
        of: &StatisticsTable,
        series: &'a Series,
    ) -> Result<DirectSeries<'a>> {
        let sql = queries.statistics_sql("statistics/values.sql", of, Some(series))?;
        let members = self.engine.query("statistics/values.sql", &sql)?;
        let members = whole_numbers(&members).map_err(|e| failed("statistics/values.sql", &e))?;
        let samples = match series.source.trim_end_matches("_by_family") {
            "effective_day_part" => &self.samples.effective_day_part,
            "tests" => &self.samples.tests,
            _ => &self.samples.effective,
        };
        DirectSeries::new(series, samples, &members, self.threads)
    }
}

/// The groups of one table and series.
pub struct DirectSeries<'a> {
    series: &'a Series,
    samples: &'a Rows,
    /// The cells of each group.
    groups: Vec<Vec<u32>>,
    /// What the values of each cell are compared with, per measure; NaN for nothing.
    benchmarks: Vec<Vec<f64>>,
    pool: rayon::ThreadPool,
}

/// The points of a group and the sums over its devices.
struct Estimates {
    group_no: i64,
    samples: i64,
    devices: i64,
    measures: Vec<OfMeasure>,
}

struct OfMeasure {
    n: i64,
    sum: i64,
    quantiles: Vec<Option<f64>>,
    benchmark_n: i64,
    sums: Sums,
}

/// Sums over the devices of a group.
#[derive(Default)]
struct Sums {
    all: Clusters,
    /// One per quantile.
    ones: Vec<Ones>,
    share: Clusters,
    share_ones: Ones,
    uu: ExactSum,
    uuu: ExactSum,
}

/// Clusters with a value, those of known devices among them, sums of b and b².
#[derive(Default)]
struct Clusters {
    devices: i64,
    clusters: i64,
    b: i64,
    bb: i64,
}

impl Clusters {
    fn add(&mut self, b: i64, known: bool) {
        self.devices += i64::from(b > 0 && known);
        self.clusters += i64::from(b > 0);
        self.b += b;
        self.bb += b * b;
    }
}

/// Sums of c, c² and c·b.
#[derive(Default, Clone)]
struct Ones {
    c: i64,
    cc: i64,
    cb: i64,
}

impl Ones {
    fn add(&mut self, c: i64, b: i64) {
        self.c += c;
        self.cc += c * c;
        self.cb += c * b;
    }
}

/// The sum of `macros.sql`: whole numbers of 10⁻³ and their remainders of 10⁻¹⁵ apart.
#[derive(Default)]
struct ExactSum {
    thousandths: i64,
    remainders: i64,
}

impl ExactSum {
    fn add(&mut self, x: f64) {
        let whole = (x * 1000.0).floor();
        let rest = ((x * 1000.0 - whole) * 1_000_000_000_000.0).round_ties_even();
        self.thousandths = self.thousandths.wrapping_add(whole as i64);
        self.remainders = self.remainders.wrapping_add(rest as i64);
    }

    fn total(&self) -> f64 {
        (self.thousandths as f64 + 0.000_000_000_001 * self.remainders as f64) * 0.001
    }
}

impl<'a> DirectSeries<'a> {
    fn new(
        series: &'a Series,
        samples: &'a Rows,
        members: &RecordBatch,
        threads: usize,
    ) -> Result<Self> {
        let column = |name: &str| {
            let column = members.column_by_name(name).ok_or_else(|| missing(name))?;
            Ok::<_, EngineFault>(column.clone())
        };
        let (numbers, cells) = (column("group_no")?, column("cluster_no")?);
        let numbers = numbers.as_primitive_opt::<Int64Type>().ok_or_else(|| missing("group_no"))?;
        let cells = cells.as_primitive_opt::<Int64Type>().ok_or_else(|| missing("cluster_no"))?;
        let pairs = || numbers.iter().flatten().zip(cells.iter().flatten());
        let groups = numbers.iter().flatten().max().unwrap_or(0);
        let mut of_groups = vec![Vec::new(); usize::try_from(groups).unwrap_or(0)];
        for (group, cell) in pairs() {
            if let Some(of_group) =
                usize::try_from(group - 1).ok().and_then(|g| of_groups.get_mut(g))
            {
                of_group.push(cell as u32);
            }
        }
        of_groups.par_iter_mut().for_each(|cells: &mut Vec<u32>| cells.sort_unstable());
        let last = cells.iter().flatten().max().map_or(0, |cell| cell as usize + 1);
        let mut benchmarks = Vec::new();
        for measure in &series.measures {
            let mut of_cells = vec![f64::NAN; if measure.benchmark { last } else { 0 }];
            if measure.benchmark {
                let name = format!("{}_benchmark", measure.name);
                let values = column(&name)?;
                let values =
                    values.as_primitive_opt::<Float64Type>().ok_or_else(|| missing(&name))?;
                for (value, (_, cell)) in values.iter().zip(pairs()) {
                    of_cells[cell as usize] = value.unwrap_or(f64::NAN);
                }
            }
            benchmarks.push(of_cells);
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|e| failed("statistics/values.sql", &e))?;
        Ok(DirectSeries { series, samples, groups: of_groups, benchmarks, pool })
    }

    /// The tables of `points.sql` and `clusters.sql`.
    pub fn estimate(&self) -> Result<(RecordBatch, RecordBatch)> {
        let estimates: Vec<Estimates> = self.pool.install(|| {
            let groups = self.groups.par_iter().enumerate();
            groups.filter_map(|(at, cells)| self.of_group(at as i64 + 1, cells)).collect()
        });
        Ok((self.points(&estimates)?, self.clusters(&estimates)?))
    }

    /// The rows of a group, device by device.
    fn rows(&self, cells: &[u32]) -> Vec<u32> {
        if let [one] = cells {
            return self.samples.of_cell(*one).to_vec();
        }
        let rows = cells.iter().flat_map(|cell| self.samples.of_cell(*cell));
        let clusters = &self.samples.cluster;
        let mut keyed: Vec<u64> =
            rows.map(|row| u64::from(clusters[*row as usize]) << 32 | u64::from(*row)).collect();
        keyed.sort_unstable();
        keyed.into_iter().map(|key| key as u32).collect()
    }

    fn of_group(&self, group_no: i64, cells: &[u32]) -> Option<Estimates> {
        let rows = self.rows(cells);
        let cluster = |row: &u32| self.samples.cluster[*row as usize];
        let devices = rows.chunk_by(|a, b| cluster(a) == cluster(b));
        let devices = devices.filter(|rows| rows.first().is_some_and(|row| cluster(row) > 0));
        let devices = devices.count() as i64;
        let of = |(at, measure): (usize, &Measure)| self.of_measure(&rows, at, measure);
        let measures = self.series.measures.iter().enumerate().map(of).collect::<Option<_>>()?;
        let samples = rows.len() as i64;
        (samples > 0).then_some(Estimates { group_no, samples, devices, measures })
    }

    fn column(&self, measure: &Measure) -> Option<&[f64]> {
        let name = if self.series.suffix.is_empty() { &measure.name } else { &measure.expression };
        self.samples.columns.get(name).map(Vec::as_slice)
    }

    fn of_measure(&self, rows: &[u32], at: usize, measure: &Measure) -> Option<OfMeasure> {
        let column = self.column(measure)?;
        let mut values: Vec<f64> =
            rows.iter().map(|row| column[*row as usize]).filter(|v| !v.is_nan()).collect();
        let n = values.len() as i64;
        let sum = values.iter().fold(0_i64, |sum, v| sum.wrapping_add(steps(*v)));
        let levels = self.series.quantiles.iter().map(|q| q.level.parse().unwrap_or(0.5));
        let quantiles = quantiles(&mut values, &levels.collect::<Vec<f64>>());
        let benchmarks = &self.benchmarks[at];
        let benchmark = |row: u32| {
            let cell = self.samples.cell[row as usize] as usize;
            benchmarks.get(cell).copied().unwrap_or(f64::NAN)
        };
        let is_low = measure.worse == "low";
        let bounds: Vec<f64> =
            quantiles.iter().map(|q| q.unwrap_or(f64::NAN) + TOLERANCE).collect();
        let mut sums = Sums { ones: vec![Ones::default(); bounds.len()], ..Default::default() };
        let mut benchmark_n = 0;
        let mut ones = vec![0_i64; bounds.len()];
        let mut add = |cluster: &[u32], known: bool| {
            ones.fill(0);
            let (mut b, mut s, mut share_b, mut share_c) = (0, 0_i64, 0, 0);
            for row in cluster {
                let value = column[*row as usize];
                if value.is_nan() {
                    continue;
                }
                b += 1;
                s = s.wrapping_add(steps(value));
                for (ones, bound) in ones.iter_mut().zip(&bounds) {
                    *ones += i64::from(value <= *bound);
                }
                let goal = benchmark(*row);
                let reached = if is_low { value >= goal } else { value <= goal };
                share_b += i64::from(!goal.is_nan());
                share_c += i64::from(reached);
            }
            sums.all.add(b, known);
            for (sums, c) in sums.ones.iter_mut().zip(&ones) {
                sums.add(*c, b);
            }
            benchmark_n += share_b;
            sums.share.add(share_b, known);
            sums.share_ones.add(share_c, share_b);
            if sum != 0 {
                let u = s as f64 * n as f64 / sum as f64 - b as f64;
                sums.uu.add(u * u);
                sums.uuu.add(u * u * u);
            }
        };
        let clusters = &self.samples.cluster;
        for cluster in rows.chunk_by(|a, b| clusters[*a as usize] == clusters[*b as usize]) {
            if cluster.first().is_some_and(|row| clusters[*row as usize] > 0) {
                add(cluster, true);
            } else {
                cluster.iter().for_each(|row| add(std::slice::from_ref(row), false));
            }
        }
        Some(OfMeasure { n, sum, quantiles, benchmark_n, sums })
    }

    fn points(&self, estimates: &[Estimates]) -> Result<RecordBatch, EngineFault> {
        let mut columns = Columns::default();
        columns.whole("group_no", estimates, |e| e.group_no);
        columns.whole("samples", estimates, |e| e.samples);
        columns.whole("devices", estimates, |e| e.devices);
        for (at, measure) in self.series.measures.iter().enumerate() {
            let name = |end: &str| format!("{}_{end}", measure.name);
            columns.whole(name("n"), estimates, |e| e.measures[at].n);
            columns.whole(name("sum"), estimates, |e| e.measures[at].sum);
            for (quantile, of) in self.series.quantiles.iter().enumerate() {
                let values = estimates.iter().map(|e| e.measures[at].quantiles[quantile]);
                columns.add(name(of.name), Arc::new(Float64Array::from_iter(values)));
            }
            if measure.benchmark {
                columns.whole(name("benchmark_n"), estimates, |e| e.measures[at].benchmark_n);
            }
        }
        columns.table("points")
    }

    fn clusters(&self, estimates: &[Estimates]) -> Result<RecordBatch, EngineFault> {
        let mut columns = Columns::default();
        columns.whole("group_no", estimates, |e| e.group_no);
        for (at, measure) in self.series.measures.iter().enumerate() {
            let name = |end: &str| format!("{}_{end}", measure.name);
            columns.clusters(&measure.name, estimates, |e| &e.measures[at].sums.all);
            for (quantile, of) in self.series.quantiles.iter().enumerate() {
                columns.ones(&name(of.name), estimates, |e| &e.measures[at].sums.ones[quantile]);
            }
            if measure.benchmark {
                columns.clusters(&name("share"), estimates, |e| &e.measures[at].sums.share);
                columns.ones(&name("share"), estimates, |e| &e.measures[at].sums.share_ones);
            }
            for (end, of) in [("uu", 0), ("uuu", 1)] {
                let values = estimates.iter().map(|e| {
                    let sums = &e.measures[at].sums;
                    if of == 0 { sums.uu.total() } else { sums.uuu.total() }
                });
                columns.add(name(end), Arc::new(Float64Array::from_iter_values(values)));
            }
        }
        columns.table("clusters")
    }

    /// The table of `order.sql`: the values at the positions of `positions.sql`.
    pub fn order(&self, positions: &RecordBatch) -> Result<RecordBatch> {
        let asked = self.asked(positions)?;
        let asked: Vec<(usize, Vec<Asked<'_>>)> = asked.into_iter().collect();
        let found: Vec<Vec<Found<'_>>> = self.pool.install(|| {
            asked.par_iter().map(|(group, asked)| self.values_at(*group, asked)).collect()
        });
        let found: Vec<Found<'_>> = found.into_iter().flatten().collect();
        let text = |of: fn(&Asked<'_>) -> String| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(found.iter().map(|found| of(&found.asked))))
        };
        let numbers = found.iter().map(|found| found.group_no);
        let value = |of: fn(&Found<'_>) -> Option<f64>| -> ArrayRef {
            Arc::new(Float64Array::from_iter(found.iter().map(of)))
        };
        Ok(table(
            "order",
            [
                ("group_no", Arc::new(Int64Array::from_iter_values(numbers)) as ArrayRef),
                ("indicator", text(|asked| asked.measure.name.clone())),
                ("statistic", text(|asked| asked.statistic.to_owned())),
                ("low", value(|found| found.low)),
                ("high", value(|found| found.high)),
            ],
        )?)
    }

    /// The positions that are asked for, by group.
    fn asked<'p>(
        &'p self,
        positions: &'p RecordBatch,
    ) -> Result<BTreeMap<usize, Vec<Asked<'p>>>, EngineFault> {
        let whole = |name: &str| {
            let column = positions.column_by_name(name);
            column.and_then(|c| c.as_primitive_opt::<Int64Type>()).ok_or_else(|| missing(name))
        };
        let text = |name: &str| {
            let column = positions.column_by_name(name);
            column.and_then(|c| c.as_string_opt::<i32>()).ok_or_else(|| missing(name))
        };
        let (groups, low, high) = (whole("group_no")?, whole("low")?, whole("high")?);
        let (indicators, statistics) = (text("indicator")?, text("statistic")?);
        let mut asked: BTreeMap<usize, Vec<Asked<'p>>> = BTreeMap::new();
        for row in 0..positions.num_rows() {
            let name = indicators.value(row);
            let Some(measure) = self.series.measures.iter().find(|m| m.name == name) else {
                continue;
            };
            let at = |ends: &Int64Array| {
                let end = ends.iter().nth(row).flatten()?;
                usize::try_from(end).ok()?.checked_sub(1)
            };
            let of =
                Asked { measure, statistic: statistics.value(row), low: at(low), high: at(high) };
            asked.entry(groups.value(row) as usize).or_default().push(of);
        }
        Ok(asked)
    }

    fn values_at<'p>(&self, group: usize, asked: &[Asked<'p>]) -> Vec<Found<'p>> {
        let cells = group.checked_sub(1).and_then(|group| self.groups.get(group));
        let mut found = Vec::new();
        for of_measure in asked.chunk_by(|a, b| a.measure.name == b.measure.name) {
            let measure = of_measure[0].measure;
            let Some(column) = self.column(measure) else { continue };
            let rows = cells.into_iter().flatten().flat_map(|cell| self.samples.of_cell(*cell));
            let mut values: Vec<f64> =
                rows.map(|row| column[*row as usize]).filter(|v| !v.is_nan()).collect();
            let mut ranks: Vec<usize> =
                of_measure.iter().flat_map(|of| [of.low, of.high]).flatten().collect();
            ranks.sort_unstable();
            ranks.dedup();
            let values = order_statistics(&mut values, &ranks);
            let value = |rank: Option<usize>| values.get(&rank?).copied();
            for of in of_measure {
                let (low, high) = (value(of.low), value(of.high));
                if low.is_some() || high.is_some() {
                    found.push(Found { group_no: group as i64, asked: *of, low, high });
                }
            }
        }
        found
    }
}

/// Order statistics of a group, counted from 0.
#[derive(Clone, Copy)]
struct Asked<'a> {
    measure: &'a Measure,
    statistic: &'a str,
    low: Option<usize>,
    high: Option<usize>,
}

struct Found<'a> {
    group_no: i64,
    asked: Asked<'a>,
    low: Option<f64>,
    high: Option<f64>,
}

fn missing(column: &str) -> EngineFault {
    failed("statistics/values.sql", &format!("column `{column}` is missing or of another type"))
}

fn steps(value: f64) -> i64 {
    (value * STEPS).round_ties_even() as i64
}

/// Quantiles that interpolate linearly between order statistics (Hyndman and Fan 1996, type 7).
fn quantiles(values: &mut [f64], levels: &[f64]) -> Vec<Option<f64>> {
    let Some(last) = values.len().checked_sub(1) else { return vec![None; levels.len()] };
    let places: Vec<f64> = levels.iter().map(|level| last as f64 * level).collect();
    let ends = places.iter().flat_map(|place| [place.floor() as usize, place.ceil() as usize]);
    let mut ranks: Vec<usize> = ends.map(|rank| rank.min(last)).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let found = order_statistics(values, &ranks);
    let at = |place: f64| found.get(&(place as usize).min(last)).copied();
    let quantile = |place: &f64| {
        let (low, high) = (at(place.floor())?, at(place.ceil())?);
        Some(if low == high { low } else { (place - place.floor()) * (high - low) + low })
    };
    places.iter().map(quantile).collect()
}

/// The values at ascending ranks, counted from 0, as far as there are so many.
fn order_statistics(values: &mut [f64], ranks: &[usize]) -> BTreeMap<usize, f64> {
    let mut found = BTreeMap::new();
    let (mut rest, mut before) = (values, 0);
    for rank in ranks {
        if rank - before >= rest.len() {
            break;
        }
        let (_, value, above) = rest.select_nth_unstable_by(rank - before, f64::total_cmp);
        found.insert(*rank, *value);
        (rest, before) = (above, rank + 1);
    }
    found
}

/// The columns of a table that is being made.
#[derive(Default)]
struct Columns(Vec<(String, ArrayRef)>);

impl Columns {
    fn add(&mut self, name: impl Into<String>, column: ArrayRef) {
        self.0.push((name.into(), column));
    }

    fn whole<T>(&mut self, name: impl Into<String>, rows: &[T], of: impl Fn(&T) -> i64) {
        self.add(name, Arc::new(Int64Array::from_iter_values(rows.iter().map(of))));
    }

    fn clusters<T>(&mut self, name: &str, rows: &[T], of: impl Fn(&T) -> &Clusters) {
        self.whole(format!("{name}_devices"), rows, |row| of(row).devices);
        self.whole(format!("{name}_clusters"), rows, |row| of(row).clusters);
        self.whole(format!("{name}_b"), rows, |row| of(row).b);
        self.whole(format!("{name}_bb"), rows, |row| of(row).bb);
    }

    fn ones<T>(&mut self, name: &str, rows: &[T], of: impl Fn(&T) -> &Ones) {
        self.whole(format!("{name}_c"), rows, |row| of(row).c);
        self.whole(format!("{name}_cc"), rows, |row| of(row).cc);
        self.whole(format!("{name}_cb"), rows, |row| of(row).cb);
    }

    fn table(self, name: &str) -> Result<RecordBatch, EngineFault> {
        table(name, self.0.iter().map(|(name, column)| (name.as_str(), column.clone())))
    }
}
