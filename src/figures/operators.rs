//! Operators side by side: how well their speeds are known, and how these spread.

use std::cmp::Reverse;

use jiff::civil::Date;

use super::findings;
use super::table::{count, day, number, text};
use super::words::{Words, counted};
use super::{FigureSources, round};
use crate::chart::{
    Benchmark, Caption, Estimate, IntervalLegend, IntervalRow, Intervals, RowMarks,
};
use crate::error::Result;
use crate::vietnamese::{self, collation_key};

pub(super) const INDICATOR: &str = "download_mbps";

/// More rows than this would not be readable on a page.
const MOST_ROWS: usize = 24;

/// One operator before it is drawn.
struct Operator {
    name: String,
    values: i64,
    marks: Option<RowMarks>,
}

/// Median and mean with their intervals; none where no operator has published statistics.
pub(super) fn estimates(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<Intervals>> {
    let words = Words::new(sources, figure, "operators", family);
    let operators = operators(sources, family, ESTIMATES, estimates_of)?;
    if !has_marks(&operators) {
        return Ok(None);
    }
    let published: Vec<&str> = published(&operators).collect();
    let title = findings::of_operators(&words, &published)?;
    let rows = operators.iter().map(|operator| estimate_words(&words, operator));
    let rows = rows.collect::<Result<Vec<_>>>()?.join("; ");
    let alternative = words.filled("alternative", &[("rows", &rows)])?;
    let legend = IntervalLegend::Estimates {
        median: sources.word("legend.median_interval")?,
        mean: sources.word("legend.mean_interval")?,
    };
    let caption = words.caption(title, alternative)?;
    intervals(&words, caption, legend, operators, "legend.median_head").map(Some)
}

/// Boxes of quantiles; none where no operator has published statistics.
pub(super) fn distribution(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<Intervals>> {
    let words = Words::new(sources, figure, "distribution", family);
    let operators = operators(sources, family, QUANTILES, quantiles_of)?;
    if !has_marks(&operators) {
        return Ok(None);
    }
    let title = spread_title(&words, &operators)?;
    let rows = operators.iter().map(|operator| quantile_words(&words, operator));
    let rows = rows.collect::<Result<Vec<_>>>()?.join("; ");
    let alternative = words.filled("alternative", &[("rows", &rows)])?;
    let legend = IntervalLegend::Quantiles {
        outer: sources.word("legend.outer")?,
        inner: sources.word("legend.inner")?,
        median: sources.word("legend.median")?,
    };
    let caption = words.caption(title, alternative)?;
    intervals(&words, caption, legend, operators, "legend.quantile_head").map(Some)
}

fn intervals(
    words: &Words<'_>,
    mut caption: Caption,
    legend: IntervalLegend,
    mut operators: Vec<Operator>,
    head: &str,
) -> Result<Intervals> {
    let sources = words.sources;
    let left_out = keep_largest(&mut operators);
    if left_out > 0 {
        let values = [("count", &*counted(left_out))];
        caption.footnotes.insert(0, sources.filled("legend.operators_left_out", &values)?);
    }
    let rows = operators.into_iter().map(|o| row(sources, o));
    Ok(Intervals {
        caption,
        legend,
        rows: rows.collect::<Result<_>>()?,
        benchmarks: benchmarks(sources, words.family())?,
        axis: words.text("axis")?,
        median_head: sources.word(head)?,
        number: |value| vietnamese::number(value, 2),
        tick: round,
    })
}

const ESTIMATES: [&str; 6] =
    ["median", "median_low", "median_high", "mean", "mean_low", "mean_high"];

fn estimates_of([median, low, high, mean, mean_low, mean_high]: [f64; 6]) -> RowMarks {
    RowMarks::Estimates {
        median: Estimate { value: median, low, high },
        mean: Estimate { value: mean, low: mean_low, high: mean_high },
    }
}

const QUANTILES: [&str; 5] = ["median", "p05", "p10", "p90", "p95"];

fn quantiles_of([median, p05, p10, p90, p95]: [f64; 5]) -> RowMarks {
    RowMarks::Quantiles { p05, p10, median, p90, p95 }
}

/// In alphabetical order: a chart is no ranking. Operators without a median, the first of the
/// statistics, have no marks.
fn operators<const N: usize>(
    sources: &FigureSources<'_>,
    family: &str,
    statistics: [&str; N],
    marks: fn([f64; N]) -> RowMarks,
) -> Result<Vec<Operator>> {
    let Some(table) = sources.table("operator") else {
        return Ok(Vec::new());
    };
    let names = table.text("operator")?;
    let values = table.counts(&format!("{INDICATOR}_n"))?;
    let mut columns = Vec::new();
    for statistic in statistics {
        columns.push(table.numbers(&format!("{INDICATOR}_{statistic}"))?);
    }
    let operator = |row: usize| {
        let at = std::array::from_fn(|i| number(&columns[i], row).unwrap_or(f64::NAN));
        Operator {
            name: text(&names, row).to_owned(),
            values: count(&values, row),
            marks: at.first().filter(|median| median.is_finite()).map(|_| marks(at)),
        }
    };
    let mut operators: Vec<_> = table.rows(family)?.into_iter().map(operator).collect();
    operators.sort_by_cached_key(|operator| collation_key(&operator.name));
    Ok(operators)
}

fn has_marks(operators: &[Operator]) -> bool {
    operators.iter().any(|operator| operator.marks.is_some())
}

fn published(operators: &[Operator]) -> impl Iterator<Item = &str> {
    operators.iter().filter(|o| o.marks.is_some()).map(|o| o.name.as_str())
}

fn speed(value: f64) -> String {
    vietnamese::number(value, 2)
}

fn estimate_words(words: &Words<'_>, operator: &Operator) -> Result<String> {
    let name = ("operator", operator.name.as_str());
    let Some(RowMarks::Estimates { median, mean }) = operator.marks else {
        return words.filled("alternative_left_out", &[name]);
    };
    let mut row = words.filled("alternative_row", &[name, ("median", &speed(median.value))])?;
    if median.low.is_finite() && median.high.is_finite() {
        let ends = [("low", speed(median.low)), ("high", speed(median.high))];
        let ends = ends.each_ref().map(|(name, text)| (*name, text.as_str()));
        row += &words.filled("alternative_interval", &ends)?;
    }
    if mean.value.is_finite() {
        row += &words.filled("alternative_mean", &[("mean", &speed(mean.value))])?;
    }
    Ok(row)
}

fn quantile_words(words: &Words<'_>, operator: &Operator) -> Result<String> {
    let name = ("operator", operator.name.as_str());
    let Some(RowMarks::Quantiles { p05, median, p95, .. }) = operator.marks else {
        return words.filled("alternative_left_out", &[name]);
    };
    let [p05, median, p95] = [p05, median, p95].map(speed);
    words.filled("alternative_row", &[name, ("p05", &p05), ("median", &median), ("p95", &p95)])
}

/// The speed that nine samples in ten reach, from operator to operator.
fn spread_title(words: &Words<'_>, operators: &[Operator]) -> Result<String> {
    let mut found: Vec<(f64, &str)> = Vec::new();
    for operator in operators {
        if let Some(RowMarks::Quantiles { p10, .. }) = operator.marks
            && p10.is_finite()
        {
            found.push((p10, &operator.name));
        }
    }
    let low = found.iter().map(|(p10, _)| *p10).fold(f64::INFINITY, f64::min);
    let high = found.iter().map(|(p10, _)| *p10).fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = (speed(low), speed(high));
    let values = [("low", low.as_str()), ("high", high.as_str())];
    match found.as_slice() {
        [] => Ok(String::new()),
        [(_, name)] => words.filled("title_one", &[values[0], ("operator", name)]),
        _ if low == high => words.filled("title_equal", &values),
        _ => words.filled("title_some", &values),
    }
}

/// Drops the operators with the fewest values beyond [`MOST_ROWS`]; returns how many.
fn keep_largest(operators: &mut Vec<Operator>) -> usize {
    let left_out = operators.len().saturating_sub(MOST_ROWS);
    if left_out > 0 {
        operators.sort_by_key(|operator| Reverse(operator.values));
        operators.truncate(MOST_ROWS);
        operators.sort_by_cached_key(|operator| collation_key(&operator.name));
    }
    left_out
}

fn row(sources: &FigureSources<'_>, operator: Operator) -> Result<IntervalRow> {
    let values = super::whole(operator.values as f64);
    Ok(IntervalRow {
        label: operator.name,
        count: sources.filled("legend.samples", &[("count", &values)])?,
        marks: operator.marks,
        note: sources.word("legend.not_published")?,
    })
}

fn benchmarks(sources: &FigureSources<'_>, family: &str) -> Result<Vec<Benchmark>> {
    let Some(table) = sources.table("benchmarks") else {
        return Ok(Vec::new());
    };
    let (indicators, technologies) = (table.text("indicator")?, table.text("technology")?);
    let (values, declared) = (table.numbers("value")?, table.text("operator")?);
    let targets = table.days("target_date")?;
    let mut benchmarks = Vec::new();
    for row in table.rows(family)? {
        let Some(value) = number(&values, row) else {
            continue;
        };
        // What one operator declared is no line across all of them.
        if text(&indicators, row) == INDICATOR && text(&declared, row).is_empty() {
            let label = benchmark_label(sources, value, text(&technologies, row))?;
            let label = with_target(sources, label, day(&targets, row))?;
            benchmarks.push(Benchmark { value, label });
        }
    }
    // One value for two periods is one line.
    benchmarks.dedup();
    Ok(benchmarks)
}

/// The day by which a benchmark was to be reached, when that is past.
fn with_target(sources: &FigureSources<'_>, label: String, day: Option<Date>) -> Result<String> {
    let Some(day) = day.filter(|day| *day < sources.period_from) else { return Ok(label) };
    let values = [("benchmark", label.as_str()), ("date", &vietnamese::date(day))];
    sources.filled("legend.target", &values)
}

fn benchmark_label(sources: &FigureSources<'_>, value: f64, technology: &str) -> Result<String> {
    let value = round(value);
    if technology.is_empty() {
        return sources.filled("legend.benchmark_any", &[("value", &value)]);
    }
    let technology = sources.labels.text(&format!("technologies.{technology}"))?;
    let values = [("value", value.as_str()), ("technology", technology)];
    sources.filled("legend.benchmark", &values)
}
