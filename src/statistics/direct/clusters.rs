//! Sums over the devices of many groups in one pass device by device (`clusters.sql`).

use super::scan::Slots;
use crate::queries::QUANTILES;

/// Steps per unit that sums are counted in.
const STEPS: f64 = 2_000_000.0;
/// What a value at a quantile may be above it by rounding.
const TOLERANCE: f64 = 0.000_000_1;

/// A value in steps.
pub fn steps(value: f64) -> i64 {
    (value * STEPS).round_ties_even() as i64
}

/// Sums over the devices of a group.
#[derive(Debug, Default, Clone)]
pub struct Sums {
    pub all: Clusters,
    /// One per quantile.
    pub ones: [Ones; QUANTILES.len()],
    pub share: Clusters,
    pub share_ones: Ones,
    pub uu: ExactSum,
    pub uuu: ExactSum,
}

/// Clusters with a value, those of known devices among them, sums of b and b².
#[derive(Debug, Default, Clone)]
pub struct Clusters {
    pub devices: i64,
    pub clusters: i64,
    pub b: i64,
    pub bb: i64,
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
#[derive(Debug, Default, Clone)]
pub struct Ones {
    pub c: i64,
    pub cc: i64,
    pub cb: i64,
}

impl Ones {
    fn add(&mut self, c: i64, b: i64) {
        self.c += c;
        self.cc += c * c;
        self.cb += c * b;
    }
}

/// The sum of `macros.sql`: whole numbers of 10⁻³ and their remainders of 10⁻¹⁵ apart.
#[derive(Debug, Default, Clone)]
pub struct ExactSum {
    thousandths: i64,
    remainders: i64,
}

impl ExactSum {
    pub fn add(&mut self, x: f64) {
        let whole = (x * 1000.0).floor();
        let rest = ((x * 1000.0 - whole) * 1_000_000_000_000.0).round_ties_even();
        self.thousandths = self.thousandths.wrapping_add(whole as i64);
        self.remainders = self.remainders.wrapping_add(rest as i64);
    }

    pub fn total(&self) -> f64 {
        (self.thousandths as f64 + 0.000_000_000_001 * self.remainders as f64) * 0.001
    }
}

/// What is known of a group before its devices are looked at.
#[derive(Debug, Clone)]
pub struct Point {
    pub n: i64,
    /// Of the values in steps.
    pub sum: i64,
    /// The quantiles, and NaN for those that are not asked for.
    pub quantiles: [f64; QUANTILES.len()],
}

/// One measure of samples that come device by device.
pub struct Measured<'a> {
    pub values: &'a [f64],
    pub cells: &'a [u32],
    /// The number of the device; 0 for none.
    pub clusters: &'a [u32],
    /// What the values of each cell are compared with; NaN or nothing for none.
    pub benchmarks: &'a [f64],
    /// Whether low values are the bad ones.
    pub low_is_worse: bool,
}

/// The part of a device in a group.
#[derive(Clone, Default)]
struct Cluster {
    number: u32,
    b: i64,
    s: i64,
    ones: [i64; QUANTILES.len()],
    share_b: i64,
    share_c: i64,
}

impl Measured<'_> {
    /// The sums of every slot.
    pub fn sums(&self, slots: &Slots, points: &[Point]) -> Vec<Sums> {
        let bounds: Vec<[f64; QUANTILES.len()]> =
            points.iter().map(|point| point.quantiles.map(|q| q + TOLERANCE)).collect();
        let mut sums = vec![Sums::default(); slots.count];
        let mut open = vec![Cluster::default(); slots.count];
        let rows = self.values.iter().zip(self.cells).zip(self.clusters);
        for ((value, cell), number) in rows.filter(|((value, _), _)| !value.is_nan()) {
            let goal = self.benchmarks.get(*cell as usize).copied().unwrap_or(f64::NAN);
            let reached = if self.low_is_worse { *value >= goal } else { *value <= goal };
            let steps = steps(*value);
            for slot in slots.of_cell(*cell) {
                let at = *slot as usize;
                let cluster = &mut open[at];
                if cluster.number != *number || *number == 0 {
                    sums[at].close(cluster, &points[at]);
                    cluster.number = *number;
                }
                cluster.b += 1;
                cluster.s = cluster.s.wrapping_add(steps);
                for (ones, bound) in cluster.ones.iter_mut().zip(&bounds[at]) {
                    *ones += i64::from(value <= bound);
                }
                cluster.share_b += i64::from(!goal.is_nan());
                cluster.share_c += i64::from(reached);
            }
        }
        for ((sums, cluster), point) in sums.iter_mut().zip(&mut open).zip(points) {
            sums.close(cluster, point);
        }
        sums
    }
}

impl Sums {
    /// Adds a cluster and empties it.
    fn close(&mut self, cluster: &mut Cluster, point: &Point) {
        if cluster.b == 0 {
            return;
        }
        let known = cluster.number > 0;
        self.all.add(cluster.b, known);
        for (sums, c) in self.ones.iter_mut().zip(&cluster.ones) {
            sums.add(*c, cluster.b);
        }
        self.share.add(cluster.share_b, known);
        self.share_ones.add(cluster.share_c, cluster.share_b);
        if point.sum != 0 {
            let u = cluster.s as f64 * point.n as f64 / point.sum as f64 - cluster.b as f64;
            self.uu.add(u * u);
            self.uuu.add(u * u * u);
        }
        *cluster = Cluster::default();
    }
}

/// How many devices each slot has.
pub fn devices(slots: &Slots, cells: &[u32], clusters: &[u32]) -> Vec<i64> {
    let mut last = vec![0; slots.count];
    let mut devices = vec![0; slots.count];
    for (cell, number) in cells.iter().zip(clusters).filter(|(_, number)| **number > 0) {
        for slot in slots.of_cell(*cell) {
            let at = *slot as usize;
            devices[at] += i64::from(last[at] != *number);
            last[at] = *number;
        }
    }
    devices
}
