//! Adjusted sizes and intervals of groups: the formulas of `sizes.sql`, `positions.sql`, `means.sql` and
//! `bounds.sql`, in the same order of operations.

use std::collections::{BTreeMap, BTreeSet};

use super::clusters::{Clusters, ExactSum, Ones, Point, Sums};
use crate::queries::QUANTILES;
use crate::statistics::quantiles;
use crate::statistics::student::NORMAL_975;

const STEPS: f64 = 2_000_000.0;
/// The statistics that have a size: the quantiles, then the share at the benchmark.
pub const SIZES: usize = QUANTILES.len() + 1;
pub const SHARE: usize = QUANTILES.len();

/// From how many samples and devices on figures are given.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub publish_from: i64,
    pub publish_devices: i64,
    pub mean_from: i64,
    pub sufficient_from: i64,
    pub max_without_device_share: f64,
    pub own_deff_devices: i64,
    pub simulated: bool,
}

/// Quantiles of distributions that were looked up.
#[derive(Debug, Default)]
pub struct LookedUp {
    t: BTreeMap<i64, f64>,
    ranks: BTreeMap<(usize, i64), (Option<i64>, Option<i64>)>,
}

impl LookedUp {
    /// Student's t for so many devices; none for fewer than two.
    fn t(&self, devices: i64) -> Option<f64> {
        self.t.get(&devices).copied()
    }

    /// Looks up what groups with these sums need.
    pub fn add_devices(&mut self, sums: &[Sums], has_share: bool) {
        let share = |sums: &Sums| has_share.then_some(sums.share.devices);
        let devices = sums.iter().flat_map(|sums| [Some(sums.all.devices), share(sums)]);
        let devices: BTreeSet<i64> =
            devices.flatten().filter(|n| *n > 1 && !self.t.contains_key(n)).collect();
        self.t.extend(devices.into_iter().map(|n| (n, quantiles::t(n as f64 - 1.0))));
    }

    fn add_sizes(&mut self, quantile: usize, sizes: &[Option<Size>]) {
        let sizes: BTreeSet<i64> = sizes.iter().flatten().map(|size| size.n_adj).collect();
        for n in sizes {
            let ranks = || quantiles::enclosing(n, QUANTILES[quantile].1);
            self.ranks.entry((quantile, n)).or_insert_with(ranks);
        }
    }

    /// For the table `student_t`.
    pub fn devices(&self) -> BTreeSet<i64> {
        self.t.keys().copied().collect()
    }

    /// For the table `ranks`.
    pub fn sizes(&self) -> BTreeSet<(String, i64)> {
        self.ranks.keys().map(|(at, n)| (QUANTILES[*at].0.to_owned(), *n)).collect()
    }
}

/// The adjusted size of one statistic of a group.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub devices: i64,
    pub n: i64,
    pub ones: i64,
    pub n_adj: i64,
    widening: f64,
}

/// What sizes.sql takes of one statistic of a group.
struct Moments {
    devices: i64,
    clusters: f64,
    n: f64,
    bb: f64,
    c: f64,
    cc: f64,
    cb: f64,
}

impl Moments {
    fn of(clusters: &Clusters, ones: &Ones) -> Self {
        Moments {
            devices: clusters.devices,
            clusters: clusters.clusters as f64,
            n: clusters.b as f64,
            bb: clusters.bb as f64,
            c: ones.c as f64,
            cc: ones.cc as f64,
            cb: ones.cb as f64,
        }
    }

    fn is_mixed(&self) -> bool {
        self.c > 0.0 && self.c < self.n
    }

    fn spread(&self) -> f64 {
        self.c * (self.n - self.c) / (self.n * self.n)
    }

    /// None for a single cluster.
    fn own_deff(&self) -> Option<f64> {
        let Moments { clusters, n, bb, c, cc, cb, .. } = self;
        if !self.is_mixed() {
            return Some(bb / n);
        }
        let above = n * n * cc - 2.0 * n * c * cb + c * c * bb;
        (*clusters != 1.0).then(|| above / (n * c * (n - c)) * clusters / (clusters - 1.0))
    }
}

/// The sizes of one statistic for all groups of a table; none where nothing is known.
fn sizes(all: &[Moments], limits: &Limits, looked_up: &LookedUp) -> Vec<Option<Size>> {
    let correlation = correlation(all, limits);
    all.iter().map(|of| size(of, correlation, limits, looked_up)).collect()
}

/// The correlation within devices over all groups.
fn correlation(all: &[Moments], limits: &Limits) -> Option<f64> {
    let (mut above, mut below) = (ExactSum::default(), ExactSum::default());
    let counts = |of: &&Moments| {
        of.n > 0.0 && of.devices >= limits.publish_devices && of.bb > of.n && of.is_mixed()
    };
    for of in all.iter().filter(counts) {
        if let Some(own) = of.own_deff() {
            above.add(of.spread() * of.n * (own - 1.0));
        }
        below.add(of.spread() * (of.bb - of.n));
    }
    let below = below.total();
    (below != 0.0).then(|| above.total() / below)
}

fn size(
    of: &Moments,
    correlation: Option<f64>,
    limits: &Limits,
    looked_up: &LookedUp,
) -> Option<Size> {
    let Moments { devices, n, bb, .. } = of;
    if *n <= 0.0 {
        return None;
    }
    let own = of.own_deff();
    let pooled = correlation.map(|correlation| 1.0 + (bb / n - 1.0) * correlation);
    let deff = match (pooled, own) {
        (Some(pooled), Some(own)) if *devices < limits.own_deff_devices && pooled > own => {
            Some(pooled)
        }
        _ => own,
    };
    let few_devices = if bb == n {
        1.0
    } else {
        let t = looked_up.t(*devices)?;
        (t * t) / (NORMAL_975 * NORMAL_975)
    };
    let adjusted = match deff {
        Some(deff) if deff * few_devices > 1.0 => n / (deff * few_devices),
        _ => *n,
    };
    let widening = match (own, deff) {
        (Some(own), Some(deff)) if own > 0.0 => deff / own,
        _ => 1.0,
    };
    Some(Size {
        devices: *devices,
        n: *n as i64,
        ones: of.c as i64,
        n_adj: if bb == n { *n as i64 } else { adjusted.floor() as i64 },
        widening,
    })
}

/// The sizes of one measure, by statistic and group.
pub struct Sizes(pub [Vec<Option<Size>>; SIZES]);

impl Sizes {
    /// `quantiles` are how many of them are asked for.
    pub fn of(
        sums: &[Sums],
        quantiles: usize,
        has_share: bool,
        limits: &Limits,
        looked_up: &mut LookedUp,
    ) -> Self {
        looked_up.add_devices(sums, has_share);
        let mut found: [Vec<Option<Size>>; SIZES] = Default::default();
        for (at, found) in found.iter_mut().enumerate() {
            let is_asked = if at == SHARE { has_share } else { at < quantiles };
            if !is_asked {
                found.resize(sums.len(), None);
                continue;
            }
            let moments = |sums: &Sums| match sums.ones.get(at) {
                Some(ones) => Moments::of(&sums.all, ones),
                None => Moments::of(&sums.share, &sums.share_ones),
            };
            let all: Vec<Moments> = sums.iter().map(moments).collect();
            *found = sizes(&all, limits, looked_up);
            if at < quantiles {
                looked_up.add_sizes(at, found);
            }
        }
        Sizes(found)
    }

    /// The order statistics that enclose a quantile of a group, counted from 0.
    pub fn ranks(
        &self,
        quantile: usize,
        group: usize,
        limits: &Limits,
        looked_up: &LookedUp,
    ) -> [Option<u32>; 2] {
        let is_published =
            self.0[0][group].is_some_and(|median| median.n_adj >= limits.publish_from);
        let Some(size) = self.0[quantile][group].filter(|_| is_published) else { return [None; 2] };
        let Some((low, high)) = looked_up.ranks.get(&(quantile, size.n_adj)) else {
            return [None; 2];
        };
        let moved = |rank: &i64| *rank as f64 * (size.n as f64 + 1.0) / (size.n_adj as f64 + 1.0);
        let place = |rank: f64| u32::try_from((rank as i64).checked_sub(1)?).ok();
        [
            low.as_ref().and_then(|rank| place(moved(rank).floor())),
            high.as_ref().and_then(|rank| place(moved(rank).ceil())),
        ]
    }
}

/// The mean of a group, with what its interval and tests need; NaN for the mean of nothing.
pub fn mean(point: &Point) -> f64 {
    point.sum as f64 / (STEPS * point.n as f64)
}

/// One row of means.sql.
#[derive(Debug, Clone, Copy)]
pub struct Mean {
    pub mean: f64,
    pub error: f64,
    pub skewness: f64,
    pub devices: i64,
    pub t: f64,
}

impl Mean {
    /// None where there is no variance to tell of.
    pub fn of(
        point: &Point,
        sums: &Sums,
        median: Option<Size>,
        looked_up: &LookedUp,
    ) -> Option<Self> {
        let (uu, uuu, k) = (sums.uu.total(), sums.uuu.total(), sums.all.clusters as f64);
        let (median, t) = (median?, looked_up.t(sums.all.devices)?);
        if !(uu > 0.0 && k > 1.0) {
            return None;
        }
        let mean = mean(point);
        Some(Mean {
            mean,
            error: mean * (median.widening * k / (k - 1.0) * uu).sqrt() / point.n as f64,
            skewness: uuu / (uu * uu.sqrt()),
            devices: sums.all.devices,
            t,
        })
    }

    /// Hall's (1992) transformation of Student's t.
    pub fn interval(&self) -> [f64; 2] {
        let Mean { mean, error, skewness, t, .. } = self;
        let end = |bend: f64, inner: f64| {
            let root = (1.0 + skewness * inner).cbrt();
            mean - error * 3.0 * bend / (root * root + root + 1.0)
        };
        let (above, below) = (t - skewness / 6.0, 0.0 - t - skewness / 6.0);
        [end(above, above), end(below, below)]
    }
}

/// A share with the interval of Wilson (1927) at its adjusted size.
pub fn wilson(size: Size) -> (f64, [f64; 2]) {
    let share = size.ones as f64 / size.n as f64;
    if size.n_adj <= 0 {
        return (share, [f64::NAN; 2]);
    }
    let (m, zz) = (size.n_adj as f64, NORMAL_975 * NORMAL_975);
    let centre = (share + zz / (2.0 * m)) / (1.0 + zz / m);
    let half = (zz * (share * (1.0 - share) / m + zz / (4.0 * m * m))).sqrt() / (1.0 + zz / m);
    let low = if share == 0.0 { 0.0 } else { centre - half };
    let high = if share == 1.0 { 1.0 } else { centre + half };
    (share, [low, high])
}
