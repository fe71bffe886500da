//! Operators by the spread of their download speed.

use std::cmp::Reverse;

use jiff::civil::Date;

use super::table::{Table, count, day, number, text};
use super::{FigureSources, round};
use crate::chart::{Benchmark, IntervalLegend, IntervalRow, Intervals, Spread};
use crate::error::Result;
use crate::vietnamese::{self, collation_key};

const INDICATOR: &str = "download_mbps";

/// More rows than this would not be readable on a page.
const MOST_ROWS: usize = 24;

/// One operator before it is drawn.
struct Operator {
    name: String,
    values: i64,
    spread: Option<Spread>,
}

/// The chart of one access type; none where no operator has published statistics.
pub(super) fn downloads(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<Intervals>> {
    let mut operators = operators(sources, family)?;
    if operators.iter().all(|operator| operator.spread.is_none()) {
        return Ok(None);
    }
    let mut caption = sources.caption(figure)?;
    let left_out = keep_largest(&mut operators);
    if left_out > 0 {
        let count = super::whole(left_out as f64);
        let note = sources.filled("legend.operators_left_out", &[("count", &count)])?;
        caption.footnotes.insert(0, note);
    }
    let rows = operators.into_iter().map(|o| row(sources, o));
    Ok(Some(Intervals {
        caption,
        legend: legend(sources)?,
        rows: rows.collect::<Result<_>>()?,
        benchmarks: benchmarks(sources, family)?,
        axis: sources.word(&format!("charts.{figure}.axis"))?,
        median_head: sources.word("legend.median_head")?,
        number: |value| vietnamese::number(value, 2),
        tick: round,
    }))
}

/// In alphabetical order: a chart is no ranking.
fn operators(sources: &FigureSources<'_>, family: &str) -> Result<Vec<Operator>> {
    let Some(table) = Table::find(sources.tables, "operator") else {
        return Ok(Vec::new());
    };
    let names = table.text("operator")?;
    let values = table.counts(&format!("{INDICATOR}_n"))?;
    let statistic = |name: &str| table.numbers(&format!("{INDICATOR}_{name}"));
    let (p05, p10, median) = (statistic("p05")?, statistic("p10")?, statistic("median")?);
    let (low, high) = (statistic("median_low")?, statistic("median_high")?);
    let (mean, p90, p95) = (statistic("mean")?, statistic("p90")?, statistic("p95")?);
    let spread = |row: usize| {
        let at = |column| number(column, row).unwrap_or(f64::NAN);
        number(&median, row).map(|median| Spread {
            p05: at(&p05),
            p10: at(&p10),
            median,
            median_low: at(&low),
            median_high: at(&high),
            mean: at(&mean),
            p90: at(&p90),
            p95: at(&p95),
        })
    };
    let operator = |row: usize| Operator {
        name: text(&names, row).to_owned(),
        values: count(&values, row),
        spread: spread(row),
    };
    let mut operators: Vec<_> = table.rows(family)?.into_iter().map(operator).collect();
    operators.sort_by_cached_key(|operator| collation_key(&operator.name));
    Ok(operators)
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
        spread: operator.spread,
        note: sources.word("legend.not_published")?,
    })
}

fn legend(sources: &FigureSources<'_>) -> Result<IntervalLegend> {
    Ok(IntervalLegend {
        outer: sources.word("legend.outer")?,
        inner: sources.word("legend.inner")?,
        median: sources.word("legend.median")?,
        mean: sources.word("legend.mean")?,
    })
}

fn benchmarks(sources: &FigureSources<'_>, family: &str) -> Result<Vec<Benchmark>> {
    let Some(table) = Table::find(sources.tables, "benchmarks") else {
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
