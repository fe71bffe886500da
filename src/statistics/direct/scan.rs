//! All groups that are computed from the same samples.

use std::ops::Range;

use rayon::prelude::*;

use super::clusters::{Measured, Point, Sums, devices, steps};
use super::intervals::{Limits, LookedUp, Mean, SHARE, SIZES, Size, Sizes, mean, wilson};
use super::members::Members;
use super::ranks::{Ranks, Sorted};
use super::table::{Made, MadeMeasure};
use super::{EngineFault, VALUES, failed, missing};
use crate::error::Result;
use crate::numbered::Rows;
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
        // One after the other: sorting takes all threads, and memory for one measure.
        scan.sorted = scan.pool.install(|| columns.iter().map(sort).collect());
        Ok(scan)
    }

    fn column(&self, measure: &Measure) -> Result<&'a [f64], EngineFault> {
        let name = if self.series.suffix.is_empty() { &measure.name } else { &measure.expression };
        self.rows.columns.get(name).map(Vec::as_slice).ok_or_else(|| missing(name))
    }

    /// Every series of every table, in the order in which they were given.
    pub fn made(&self, limits: &Limits, looked_up: &mut LookedUp) -> Result<Vec<Made<'a>>> {
        let samples = self.counted(|_| true);
        let places = 0..self.series.measures.len();
        let (devices, found) = self.pool.install(|| {
            rayon::join(
                || devices(&self.slots, &self.rows.cell, &self.rows.cluster),
                || {
                    let all = places.clone().into_par_iter();
                    all.map(|at| self.of_measure(at)).collect::<Result<Vec<_>, _>>()
                },
            )
        });
        let found = found?;
        let quantiles = self.series.quantiles.len();
        let mut sizes: Vec<Vec<Sizes>> = Vec::new();
        for (found, measure) in found.iter().zip(&self.series.measures) {
            let of = |groups: Range<usize>, looked_up: &mut LookedUp| {
                let sums = &found.sums[groups];
                Sizes::of(sums, quantiles, measure.benchmark, limits, looked_up)
            };
            sizes.push(self.tables().map(|groups| of(groups, looked_up)).collect());
        }
        let looked_up = &*looked_up;
        let ends: Vec<Vec<QuantileEnds>> = self.pool.install(|| {
            let all = places.into_par_iter();
            all.map(|at| self.ends(at, &sizes[at], limits, looked_up)).collect()
        });
        let mut made = Vec::new();
        for (table_no, groups) in self.tables().enumerate() {
            let measures = found.iter().zip(&self.series.measures).enumerate();
            let measures = measures.map(|(at, (found, measure))| {
                let sizes = &sizes[at][table_no].0;
                found.made(measure, groups.clone(), sizes, &ends[at], looked_up)
            });
            made.push(Made {
                series: self.series,
                samples: samples[groups.clone()].to_vec(),
                devices: devices[groups.clone()].to_vec(),
                measures: measures.collect(),
            });
        }
        Ok(made)
    }

    /// The slots of each table.
    fn tables(&self) -> impl Iterator<Item = Range<usize>> {
        self.tables.windows(2).map(|bounds| bounds[0]..bounds[1])
    }

    /// The ends of the intervals of quantiles, slot by slot.
    fn ends(
        &self,
        at: usize,
        sizes: &[Sizes],
        limits: &Limits,
        looked_up: &LookedUp,
    ) -> Vec<QuantileEnds> {
        let quantiles = self.series.quantiles.len();
        let of_slot = |sizes: &Sizes, group: usize| -> [[Option<u32>; 2]; QUANTILES.len()] {
            std::array::from_fn(|quantile| match quantile < quantiles {
                true => sizes.ranks(quantile, group, limits, looked_up),
                false => [None; 2],
            })
        };
        let ranks: Vec<_> = self
            .tables()
            .zip(sizes)
            .flat_map(|(groups, sizes)| (0..groups.len()).map(|group| of_slot(sizes, group)))
            .collect();
        let asked = Ranks::of(self.slots.count, |slot| {
            ranks[slot].iter().flatten().flatten().copied().collect()
        });
        let found = self.sorted[at].at(&self.slots, &asked);
        let value = |slot: usize, rank: Option<u32>| {
            let place = rank.and_then(|rank| asked.place(slot, rank));
            place.map_or(f64::NAN, |place| found[place])
        };
        let ends = ranks.iter().enumerate();
        ends.map(|(slot, of)| of.map(|ends| ends.map(|rank| value(slot, rank)))).collect()
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
}

/// The ends of the intervals of all quantiles of a slot; NaN for an open one.
type QuantileEnds = [[f64; 2]; QUANTILES.len()];

/// One measure of every slot.
struct OfMeasure {
    points: Vec<Point>,
    sums: Vec<Sums>,
}

impl OfMeasure {
    /// The part of one table.
    fn made(
        &self,
        measure: &Measure,
        groups: Range<usize>,
        sizes: &[Vec<Option<Size>>; SIZES],
        ends: &[QuantileEnds],
        looked_up: &LookedUp,
    ) -> MadeMeasure {
        let mut made = MadeMeasure::default();
        for (group, slot) in groups.enumerate() {
            let (point, sums) = (&self.points[slot], &self.sums[slot]);
            let (median, share) = (sizes[0][group], sizes[SHARE][group]);
            let row = Mean::of(point, sums, median, looked_up);
            made.n.push(point.n);
            made.mean.push(mean(point));
            made.mean_ends.push(row.map_or([f64::NAN; 2], |row| row.interval()));
            made.means.push(row);
            made.quantiles.push(point.quantiles);
            made.quantile_ends.push(ends[slot]);
            made.median_size.push(median);
            let (value, share_ends) = share.map_or((f64::NAN, [f64::NAN; 2]), wilson);
            made.benchmark_n.push(if measure.benchmark { sums.share.b } else { 0 });
            made.share.push(value);
            made.share_ends.push(share_ends);
            made.share_size.push(share);
        }
        made
    }
}
