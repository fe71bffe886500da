//! All groups that are computed from the same samples, and their tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use rayon::prelude::*;

use super::clusters::{Clusters, Measured, Ones, Point, Sums, devices, steps};
use super::members::Members;
use super::ranks::{Ranks, Sorted};
use super::{EngineFault, VALUES, failed, missing};
use crate::error::Result;
use crate::numbered::Rows;
use crate::plan::table;
use crate::queries::{Measure, QUANTILES, Series};

/// Groups of all tables under one numbering, and which of them each cell belongs to.
pub struct Slots {
    pub count: usize,
    slots: Vec<u32>,
    /// Where those of each cell begin.
    from: Vec<u32>,
}

impl Slots {
    /// From pairs of cell and slot.
    pub fn of(pairs: &[(u32, u32)], count: usize) -> Self {
        let cells = pairs.iter().map(|(cell, _)| *cell as usize + 1).max().unwrap_or(0);
        let mut from = vec![0_u32; cells + 1];
        pairs.iter().for_each(|(cell, _)| from[*cell as usize + 1] += 1);
        (0..cells).for_each(|cell| from[cell + 1] += from[cell]);
        let mut next = from.clone();
        let mut slots = vec![0; pairs.len()];
        for (cell, slot) in pairs {
            slots[next[*cell as usize] as usize] = *slot;
            next[*cell as usize] += 1;
        }
        Slots { count, slots, from }
    }

    /// The slots of a cell.
    pub fn of_cell(&self, cell: u32) -> &[u32] {
        let at = cell as usize;
        let (Some(from), Some(to)) = (self.from.get(at), self.from.get(at + 1)) else { return &[] };
        self.slots.get(*from as usize..*to as usize).unwrap_or_default()
    }
}

/// The groups of several tables over the same samples.
pub struct Scan<'a> {
    series: &'a Series,
    rows: &'a Rows,
    /// The first slot of each table, and the end.
    tables: Vec<usize>,
    slots: Slots,
    benchmarks: Vec<Vec<f64>>,
    /// The values of each measure in their order.
    sorted: Vec<Sorted>,
    pool: rayon::ThreadPool,
}

/// The tables of `points.sql` and `clusters.sql`.
pub struct Estimated {
    pub points: RecordBatch,
    pub clusters: RecordBatch,
}

impl<'a> Scan<'a> {
    pub(super) fn new(
        series: &'a Series,
        rows: &'a Rows,
        of: &[Members],
        threads: usize,
    ) -> Result<Self> {
        let mut tables = vec![0];
        let mut pairs = Vec::new();
        let mut benchmarks: Vec<Vec<f64>> = vec![Vec::new(); series.measures.len()];
        for members in of {
            let first = tables.last().copied().unwrap_or(0);
            pairs.extend(members.pairs.iter().map(|(cell, group)| (*cell, group + first as u32)));
            tables.push(first + members.groups);
            for (all, found) in benchmarks.iter_mut().zip(&members.benchmarks) {
                all.resize(all.len().max(found.len()), f64::NAN);
                for (all, found) in all.iter_mut().zip(found).filter(|(_, found)| !found.is_nan()) {
                    *all = *found;
                }
            }
        }
        let slots = Slots::of(&pairs, tables.last().copied().unwrap_or(0));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|e| failed(VALUES, &e))?;
        let mut scan = Scan { series, rows, tables, slots, benchmarks, sorted: Vec::new(), pool };
        let columns = series.measures.iter().map(|measure| scan.column(measure));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let sort = |column: &&[f64]| Sorted::of(column, &rows.cell);
        scan.sorted = scan.pool.install(|| columns.par_iter().map(sort).collect());
        Ok(scan)
    }

    fn column(&self, measure: &Measure) -> Result<&'a [f64], EngineFault> {
        let name = if self.series.suffix.is_empty() { &measure.name } else { &measure.expression };
        self.rows.columns.get(name).map(Vec::as_slice).ok_or_else(|| missing(name))
    }

    /// Points and sums of every table.
    pub fn estimate(&self) -> Result<Vec<Estimated>> {
        let samples = self.counted(|_| true);
        let measures = &self.series.measures;
        let (devices, found) = self.pool.install(|| {
            rayon::join(
                || devices(&self.slots, &self.rows.cell, &self.rows.cluster),
                || {
                    let all = (0..measures.len()).into_par_iter();
                    all.map(|at| self.of_measure(at)).collect::<Result<Vec<_>, _>>()
                },
            )
        });
        let found = found?;
        let tables = self.tables.windows(2).map(|bounds| {
            // A group without samples has only failed tests.
            let slots: Vec<usize> = (bounds[0]..bounds[1]).filter(|s| samples[*s] > 0).collect();
            let of = Estimates {
                series: self.series,
                first: bounds[0],
                slots: &slots,
                found: &found,
                samples: &samples,
                devices: &devices,
            };
            Ok(Estimated { points: of.points()?, clusters: of.clusters()? })
        });
        tables.collect()
    }

    /// Rows of each slot for which something holds.
    fn counted(&self, holds: impl Fn(usize) -> bool) -> Vec<i64> {
        let mut of_cells = vec![0; self.slots.from.len()];
        for (row, cell) in self.rows.cell.iter().enumerate() {
            if let Some(count) = of_cells.get_mut(*cell as usize) {
                *count += i64::from(holds(row));
            }
        }
        self.summed(&of_cells)
    }

    fn summed(&self, of_cells: &[i64]) -> Vec<i64> {
        let mut of_slots = vec![0_i64; self.slots.count];
        for (cell, count) in of_cells.iter().enumerate() {
            for slot in self.slots.of_cell(cell as u32) {
                let sum = &mut of_slots[*slot as usize];
                *sum = sum.wrapping_add(*count);
            }
        }
        of_slots
    }

    fn of_measure(&self, at: usize) -> Result<OfMeasure, EngineFault> {
        let measure = &self.series.measures[at];
        let values = self.column(measure)?;
        let n = self.counted(|row| !values[row].is_nan());
        let mut sums = vec![0_i64; self.slots.from.len()];
        let rows = values.iter().zip(&self.rows.cell).filter(|(value, _)| !value.is_nan());
        for (value, cell) in rows {
            if let Some(sum) = sums.get_mut(*cell as usize) {
                *sum = sum.wrapping_add(steps(*value));
            }
        }
        let sums = self.summed(&sums);
        let levels: Vec<f64> =
            self.series.quantiles.iter().map(|q| q.level.parse().unwrap_or(0.5)).collect();
        let n = &n;
        let places = |slot: usize| {
            let levels = levels.iter();
            levels.filter(move |_| n[slot] > 0).map(move |level| (n[slot] - 1) as f64 * level)
        };
        let asked = Ranks::of(self.slots.count, |slot| {
            places(slot).flat_map(|place| [place.floor() as u32, place.ceil() as u32]).collect()
        });
        let found = self.sorted[at].at(&self.slots, &asked);
        let value = |slot: usize, rank: f64| {
            asked.place(slot, rank as u32).map_or(f64::NAN, |place| found[place])
        };
        let point = |slot: usize| {
            let mut quantiles = [f64::NAN; QUANTILES.len()];
            for (quantile, place) in quantiles.iter_mut().zip(places(slot)) {
                let (low, high) = (value(slot, place.floor()), value(slot, place.ceil()));
                // Linear between order statistics (Hyndman and Fan 1996, type 7).
                let between = (place - place.floor()) * (high - low) + low;
                *quantile = if low == high { low } else { between };
            }
            Point { n: n[slot], sum: sums[slot], quantiles }
        };
        let points: Vec<Point> = (0..self.slots.count).map(point).collect();
        let measured = Measured {
            values,
            cells: &self.rows.cell,
            clusters: &self.rows.cluster,
            benchmarks: &self.benchmarks[at],
            low_is_worse: measure.worse == "low",
        };
        let sums = measured.sums(&self.slots, &points);
        Ok(OfMeasure { points, sums })
    }

    /// The tables of `order.sql`: the values at the positions of `positions.sql`, table by table.
    pub fn order(&self, positions: &[RecordBatch]) -> Result<Vec<RecordBatch>> {
        let mut asked: Vec<Vec<Asked>> = vec![Vec::new(); self.series.measures.len()];
        for (table, (positions, first)) in positions.iter().zip(&self.tables).enumerate() {
            self.ask(table, *first, positions, &mut asked)?;
        }
        let find = |(at, asked): (usize, &Vec<Asked>)| self.found(at, asked);
        let found: Vec<Vec<(f64, f64)>> =
            self.pool.install(|| asked.par_iter().enumerate().map(find).collect());
        (0..positions.len()).map(|table| Ok(self.ordered(table, &asked, &found)?)).collect()
    }

    /// Reads the positions of one table.
    fn ask(
        &self,
        table: usize,
        first: usize,
        positions: &RecordBatch,
        asked: &mut [Vec<Asked>],
    ) -> Result<(), EngineFault> {
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
        let numbers: BTreeMap<&str, usize> =
            self.series.measures.iter().enumerate().map(|(at, m)| (m.name.as_str(), at)).collect();
        let rank = |ends: &Int64Array, row: usize| {
            let end = ends.is_valid(row).then(|| ends.value(row))?;
            u32::try_from(end.checked_sub(1)?).ok()
        };
        for row in 0..positions.num_rows() {
            let Some(measure) = numbers.get(indicators.value(row)) else { continue };
            let name = statistics.value(row);
            let Some(statistic) = QUANTILES.iter().position(|(known, _)| *known == name) else {
                continue;
            };
            let slot = first + usize::try_from(groups.value(row) - 1).unwrap_or(0);
            let (low, high) = (rank(low, row), rank(high, row));
            asked[*measure].push(Asked { table, slot, statistic, low, high });
        }
        asked.iter_mut().for_each(|asked| asked.sort_unstable_by_key(|asked| asked.slot));
        Ok(())
    }

    fn found(&self, at: usize, asked: &[Asked]) -> Vec<(f64, f64)> {
        let mut from = vec![0; self.slots.count + 1];
        asked.iter().for_each(|asked| from[asked.slot + 1] += 1);
        (0..self.slots.count).for_each(|slot| from[slot + 1] += from[slot]);
        let ranks = Ranks::of(self.slots.count, |slot| {
            let of_slot = &asked[from[slot]..from[slot + 1]];
            of_slot.iter().flat_map(|asked| [asked.low, asked.high]).flatten().collect()
        });
        let found = self.sorted[at].at(&self.slots, &ranks);
        let value = |slot: usize, rank: Option<u32>| {
            let place = rank.and_then(|rank| ranks.place(slot, rank));
            place.map_or(f64::NAN, |place| found[place])
        };
        asked.iter().map(|a| (value(a.slot, a.low), value(a.slot, a.high))).collect()
    }

    fn ordered(
        &self,
        table_no: usize,
        asked: &[Vec<Asked>],
        found: &[Vec<(f64, f64)>],
    ) -> Result<RecordBatch, EngineFault> {
        let first = self.tables[table_no];
        let measures = self.series.measures.iter().zip(asked.iter().zip(found));
        let rows: Vec<(&str, &Asked, (f64, f64))> = measures
            .flat_map(|(measure, (asked, found))| {
                let rows = asked.iter().zip(found);
                rows.map(|(asked, found)| (measure.name.as_str(), asked, *found))
            })
            .filter(|(_, asked, found)| {
                asked.table == table_no && !(found.0.is_nan() && found.1.is_nan())
            })
            .collect();
        let numbers = rows.iter().map(|(_, asked, _)| (asked.slot - first) as i64 + 1);
        let names = rows.iter().map(|(_, asked, _)| QUANTILES[asked.statistic].0);
        let values = |of: fn(&(f64, f64)) -> f64| -> ArrayRef {
            let ends = rows.iter().map(|(_, _, found)| of(found));
            Arc::new(ends.map(|end| (!end.is_nan()).then_some(end)).collect::<Float64Array>())
        };
        table(
            "order",
            [
                ("group_no", Arc::new(Int64Array::from_iter_values(numbers)) as ArrayRef),
                (
                    "indicator",
                    Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.0))),
                ),
                ("statistic", Arc::new(StringArray::from_iter_values(names))),
                ("low", values(|found| found.0)),
                ("high", values(|found| found.1)),
            ],
        )
    }
}

/// Two order statistics that are asked for, by rank counted from 0.
#[derive(Debug, Clone)]
struct Asked {
    table: usize,
    slot: usize,
    statistic: usize,
    low: Option<u32>,
    high: Option<u32>,
}

/// One measure of every slot.
struct OfMeasure {
    points: Vec<Point>,
    sums: Vec<Sums>,
}

/// What was found of one table.
struct Estimates<'a> {
    series: &'a Series,
    first: usize,
    slots: &'a [usize],
    found: &'a [OfMeasure],
    samples: &'a [i64],
    devices: &'a [i64],
}

impl Estimates<'_> {
    fn columns(&self) -> Columns<'_> {
        let mut columns = Columns { slots: self.slots, columns: Vec::new() };
        columns.whole("group_no", |slot| (slot - self.first) as i64 + 1);
        columns
    }

    fn points(&self) -> Result<RecordBatch, EngineFault> {
        let mut columns = self.columns();
        columns.whole("samples", |slot| self.samples[slot]);
        columns.whole("devices", |slot| self.devices[slot]);
        for (measure, OfMeasure { points, sums }) in self.series.measures.iter().zip(self.found) {
            let name = |end: &str| format!("{}_{end}", measure.name);
            columns.whole(name("n"), |slot| points[slot].n);
            columns.whole(name("sum"), |slot| points[slot].sum);
            for (at, quantile) in self.series.quantiles.iter().enumerate() {
                columns.float(name(quantile.name), |slot| points[slot].quantiles[at]);
            }
            if measure.benchmark {
                columns.whole(name("benchmark_n"), |slot| sums[slot].share.b);
            }
        }
        columns.table("points")
    }

    fn clusters(&self) -> Result<RecordBatch, EngineFault> {
        let mut columns = self.columns();
        for (measure, OfMeasure { sums, .. }) in self.series.measures.iter().zip(self.found) {
            let name = |end: &str| format!("{}_{end}", measure.name);
            columns.clusters(&measure.name, |slot| &sums[slot].all);
            for (at, quantile) in self.series.quantiles.iter().enumerate() {
                columns.ones(&name(quantile.name), |slot| &sums[slot].ones[at]);
            }
            if measure.benchmark {
                columns.clusters(&name("share"), |slot| &sums[slot].share);
                columns.ones(&name("share"), |slot| &sums[slot].share_ones);
            }
            columns.float(name("uu"), |slot| sums[slot].uu.total());
            columns.float(name("uuu"), |slot| sums[slot].uuu.total());
        }
        columns.table("clusters")
    }
}

/// The columns of a table that is being made.
struct Columns<'a> {
    slots: &'a [usize],
    columns: Vec<(String, ArrayRef)>,
}

impl Columns<'_> {
    fn whole(&mut self, name: impl Into<String>, of: impl Fn(usize) -> i64) {
        let column = Int64Array::from_iter_values(self.slots.iter().map(|slot| of(*slot)));
        self.columns.push((name.into(), Arc::new(column)));
    }

    /// NaN is no value.
    fn float(&mut self, name: impl Into<String>, of: impl Fn(usize) -> f64) {
        let values = self.slots.iter().map(|slot| of(*slot));
        let column: Float64Array = values.map(|v| (!v.is_nan()).then_some(v)).collect();
        self.columns.push((name.into(), Arc::new(column)));
    }

    fn clusters<'s>(&mut self, name: &str, of: impl Fn(usize) -> &'s Clusters) {
        self.whole(format!("{name}_devices"), |slot| of(slot).devices);
        self.whole(format!("{name}_clusters"), |slot| of(slot).clusters);
        self.whole(format!("{name}_b"), |slot| of(slot).b);
        self.whole(format!("{name}_bb"), |slot| of(slot).bb);
    }

    fn ones<'s>(&mut self, name: &str, of: impl Fn(usize) -> &'s Ones) {
        self.whole(format!("{name}_c"), |slot| of(slot).c);
        self.whole(format!("{name}_cc"), |slot| of(slot).cc);
        self.whole(format!("{name}_cb"), |slot| of(slot).cb);
    }

    fn table(self, name: &str) -> Result<RecordBatch, EngineFault> {
        table(name, self.columns.iter().map(|(name, column)| (name.as_str(), column.clone())))
    }
}
