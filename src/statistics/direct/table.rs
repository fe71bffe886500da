//! Tables of statistics, column by column as `by_group.sql` has them.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow::compute::nullif;
use arrow::datatypes::Int64Type;

use super::intervals::{Limits, Mean, Size};
use super::{EngineFault, VALUES, failed, missing};
use crate::plan::table;
use crate::queries::{Measure, QUANTILES, Series, StatisticsTable};

/// One series of a table, group by group.
pub struct Made<'a> {
    pub series: &'a Series,
    pub samples: Vec<i64>,
    pub devices: Vec<i64>,
    /// In the order of the measures of the series.
    pub measures: Vec<MadeMeasure>,
}

/// One measure of all groups.
#[derive(Default)]
pub struct MadeMeasure {
    pub n: Vec<i64>,
    /// NaN for none, like all that follow.
    pub mean: Vec<f64>,
    pub mean_ends: Vec<[f64; 2]>,
    pub quantiles: Vec<[f64; QUANTILES.len()]>,
    pub quantile_ends: Vec<[[f64; 2]; QUANTILES.len()]>,
    pub median_size: Vec<Option<Size>>,
    pub benchmark_n: Vec<i64>,
    pub share: Vec<f64>,
    pub share_ends: Vec<[f64; 2]>,
    pub share_size: Vec<Option<Size>>,
    /// The rows of means.sql.
    pub means: Vec<Option<Mean>>,
}

impl Made<'_> {
    /// The table of `means.sql`.
    pub fn means(&self) -> Result<RecordBatch, EngineFault> {
        let measures = self.series.measures.iter().zip(&self.measures);
        let rows: Vec<(usize, &str, &Mean)> = measures
            .flat_map(|(measure, made)| {
                let rows = made.means.iter().enumerate();
                rows.filter_map(|(group, mean)| {
                    Some((group, measure.name.as_str(), mean.as_ref()?))
                })
            })
            .collect();
        let float = |of: fn(&Mean) -> f64| -> ArrayRef {
            Arc::new(Float64Array::from_iter_values(rows.iter().map(|(_, _, mean)| of(mean))))
        };
        let groups = rows.iter().map(|(group, _, _)| *group as i64 + 1);
        let names = rows.iter().map(|(_, name, _)| *name);
        let devices = rows.iter().map(|(_, _, mean)| mean.devices);
        table(
            "means",
            [
                ("group_no", Arc::new(Int64Array::from_iter_values(groups)) as ArrayRef),
                ("indicator", Arc::new(StringArray::from_iter_values(names))),
                ("mean", float(|mean| mean.mean)),
                ("error", float(|mean| mean.error)),
                ("skewness", float(|mean| mean.skewness)),
                ("devices", Arc::new(Int64Array::from_iter_values(devices))),
                ("t", float(|mean| mean.t)),
            ],
        )
    }
}

/// What decides whether a figure of a group is given.
struct Shown<'a> {
    limits: &'a Limits,
    /// Whether few enough tests are without device for their dependence to be seen.
    known: Vec<bool>,
}

impl Shown<'_> {
    fn is_published(&self, group: usize, size: Option<Size>, n: i64) -> bool {
        if !self.known[group] {
            return n >= self.limits.publish_from;
        }
        size.is_some_and(|size| {
            size.n_adj >= self.limits.publish_from && size.devices >= self.limits.publish_devices
        })
    }

    fn is_mean_published(&self, group: usize, size: Option<Size>, n: i64) -> bool {
        if !self.known[group] {
            return n >= self.limits.mean_from;
        }
        size.is_some_and(|size| size.n_adj >= self.limits.mean_from)
    }
}

/// The table of all series of it; `groups` as `groups.sql` gave them.
pub fn by_group(
    of: &StatisticsTable,
    groups: &RecordBatch,
    made: &[Made<'_>],
    nullable: &[&str],
    limits: &Limits,
) -> Result<RecordBatch, EngineFault> {
    let whole = |name: &str| {
        let column = groups.column_by_name(name).and_then(|c| c.as_primitive_opt::<Int64Type>());
        column.ok_or_else(|| missing(name))
    };
    let (ok, without) = (whole("tests_ok")?, whole("tests_without_device")?);
    let known = ok.values().iter().zip(without.values());
    let known = known.map(|(ok, w)| *w as f64 <= limits.max_without_device_share * *ok as f64);
    let shown = Shown { limits, known: known.collect() };
    let rows = groups.num_rows();
    let mut columns = Columns(Vec::new());
    for key in &of.keys {
        let column = groups.column_by_name(key).ok_or_else(|| missing(key))?;
        columns.add(
            key,
            if nullable.contains(&key.as_str()) { without_blanks(column)? } else { column.clone() },
        );
    }
    for name in ["tests_ok", "tests_failed", "tests_without_device"] {
        columns.add(name, Arc::new(whole(name)?.clone()));
    }
    let Some(effective) = made.first() else { return Err(missing("samples")) };
    let head = effective.measures.first();
    let head_size = |group: usize| head.and_then(|head| head.median_size[group]);
    let head_shown = |group: usize| {
        head.is_some_and(|head| shown.is_published(group, head.median_size[group], head.n[group]))
    };
    columns.whole("samples_effective", rows, |group| Some(effective.samples[group]));
    columns.whole("samples_adjusted", rows, |group| shown.adjusted(group, head_size(group)));
    columns.whole("devices", rows, |group| Some(effective.devices[group]));
    let tier = |group: usize| {
        let n_adj = head_size(group).map_or(0, |size| size.n_adj);
        match head_shown(group) {
            true if shown.known[group] && n_adj >= limits.sufficient_from => "sufficient",
            true => "reference",
            false => "count_only",
        }
    };
    columns.add("tier", Arc::new(StringArray::from_iter_values((0..rows).map(tier))));
    for series in made {
        for (measure, of) in series.series.measures.iter().zip(&series.measures) {
            let first = effective.series.measures.iter().position(|m| m.name == measure.indicator);
            let first = first.and_then(|at| effective.measures.get(at));
            columns.measure(measure, of, first.unwrap_or(of), &shown, rows);
        }
    }
    let simulated = BooleanArray::from(vec![limits.simulated; rows]);
    columns.add("simulated", Arc::new(simulated));
    table(&of.name, columns.0.iter().map(|(name, column)| (name.as_str(), column.clone())))
}

impl Shown<'_> {
    fn adjusted(&self, group: usize, size: Option<Size>) -> Option<i64> {
        self.known[group].then(|| size.map_or(0, |size| size.n_adj))
    }
}

/// Keys are grouped as empty text where they are missing.
fn without_blanks(column: &ArrayRef) -> Result<ArrayRef, EngineFault> {
    let texts = column.as_string_opt::<i32>().ok_or_else(|| missing("a key"))?;
    let blank: BooleanArray = texts.iter().map(|text| Some(text == Some(""))).collect();
    nullif(texts as &dyn Array, &blank).map_err(|e| failed(VALUES, &e))
}

struct Columns(Vec<(String, ArrayRef)>);

impl Columns {
    fn add(&mut self, name: impl Into<String>, column: ArrayRef) {
        self.0.push((name.into(), column));
    }

    fn whole(&mut self, name: impl Into<String>, rows: usize, of: impl Fn(usize) -> Option<i64>) {
        self.add(name, Arc::new((0..rows).map(of).collect::<Int64Array>()));
    }

    fn float(&mut self, name: String, rows: usize, of: impl Fn(usize) -> f64) {
        let value = |group: usize| Some(of(group)).filter(|value| !value.is_nan());
        self.add(name, Arc::new((0..rows).map(value).collect::<Float64Array>()));
    }

    /// `effective` is the same indicator over effective samples: single tests are shown where those are.
    fn measure(
        &mut self,
        measure: &Measure,
        of: &MadeMeasure,
        effective: &MadeMeasure,
        shown: &Shown<'_>,
        rows: usize,
    ) {
        let name = |end: &str| format!("{}_{end}", measure.name);
        self.whole(name("n"), rows, |group| Some(of.n[group]));
        self.whole(name("n_adj"), rows, |group| shown.adjusted(group, of.median_size[group]));
        let published = |of: &MadeMeasure, group: usize| {
            shown.is_published(group, of.median_size[group], of.n[group])
        };
        let is_shown = |group: usize| published(of, group) && published(effective, group);
        let is_mean_shown = |group: usize| {
            is_shown(group) && shown.is_mean_published(group, of.median_size[group], of.n[group])
        };
        let is_share_shown =
            |group: usize| shown.is_published(group, of.share_size[group], of.benchmark_n[group]);
        for statistic in &measure.statistics {
            match QUANTILES.iter().position(|(known, _)| known == statistic) {
                Some(at) => {
                    let value = |group: usize| of.quantiles[group][at];
                    let ends = |group: usize| of.quantile_ends[group][at];
                    self.figure(&name(statistic), rows, shown, &is_shown, &value, &ends);
                }
                None if *statistic == "mean" => {
                    let value = |group: usize| of.mean[group];
                    let ends = |group: usize| of.mean_ends[group];
                    self.figure(&name(statistic), rows, shown, &is_mean_shown, &value, &ends);
                }
                None => {
                    self.whole(name("benchmark_n"), rows, |group| Some(of.benchmark_n[group]));
                    let value = |group: usize| of.share[group];
                    let ends = |group: usize| of.share_ends[group];
                    self.figure(&name(statistic), rows, shown, &is_share_shown, &value, &ends);
                }
            }
        }
    }

    /// A figure and the ends of its interval.
    fn figure(
        &mut self,
        name: &str,
        rows: usize,
        shown: &Shown<'_>,
        is_shown: &dyn Fn(usize) -> bool,
        value: &dyn Fn(usize) -> f64,
        ends: &dyn Fn(usize) -> [f64; 2],
    ) {
        let given = |holds: bool, value: f64| if holds { value } else { f64::NAN };
        self.float(name.to_owned(), rows, |group| given(is_shown(group), value(group)));
        for (at, end) in ["low", "high"].into_iter().enumerate() {
            let end_of =
                |group: usize| given(is_shown(group) && shown.known[group], ends(group)[at]);
            self.float(format!("{name}_{end}"), rows, end_of);
        }
    }
}
