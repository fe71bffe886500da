//! Operators' medians of download speed over the months of the history.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use arrow::array::Array;

use super::table::{Table, count, number, text};
use super::{FigureSources, round};
use crate::chart::{Trend, TrendPoint, TrendRow};
use crate::error::Result;
use crate::vietnamese::{self, collation_key, month_label};

const INDICATOR: &str = "download_mbps";

/// More strips than this would not fit on a page.
const MOST_ROWS: usize = 9;

/// The operators of a family; none without history or without published medians.
pub(super) fn downloads(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<Trend>> {
    let Some(months) = Table::find(sources.tables, "trend_months") else { return Ok(None) };
    let (codes, comparable) = (months.text("month")?, months.counts("comparable")?);
    let months: Vec<(String, bool)> = (0..codes.len())
        .map(|row| (text(&codes, row).to_owned(), count(&comparable, row) == 1))
        .collect();
    let mut rows = rows(sources, family, &months)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut caption = sources.caption(figure)?;
    let left_out = rows.len().saturating_sub(MOST_ROWS);
    if left_out > 0 {
        rows.sort_by_key(|(_, tests)| Reverse(*tests));
        rows.truncate(MOST_ROWS);
        let count = super::whole(left_out as f64);
        let note = sources.filled("legend.operators_left_out", &[("count", &count)])?;
        caption.footnotes.insert(0, note);
    }
    let mut rows: Vec<TrendRow> = rows.into_iter().map(|(row, _)| row).collect();
    rows.sort_by_cached_key(|row| collation_key(&row.label));
    Ok(Some(Trend {
        caption,
        months: months.iter().map(|(month, is)| (month_label(month), *is)).collect(),
        rows,
        median_name: sources.word("legend.median")?,
        interval_name: sources.word("legend.interval")?,
        break_name: sources.word("legend.not_comparable")?,
        axis: sources.word(&format!("charts.{figure}.axis"))?,
        last_head: sources.word("legend.this_month")?,
        number: |value| vietnamese::number(value, 2),
        tick: round,
    }))
}

/// Operators with a published median, with their tests of all months.
fn rows(
    sources: &FigureSources<'_>,
    family: &str,
    months: &[(String, bool)],
) -> Result<Vec<(TrendRow, i64)>> {
    let Some(table) = Table::find(sources.tables, "trend") else { return Ok(Vec::new()) };
    let (levels, operators) = (table.text("level")?, table.text("operator")?);
    let (of_month, tests) = (table.text("month")?, table.counts("tests_ok")?);
    let column = |end: &str| table.numbers(&format!("{INDICATOR}_median{end}"));
    let (median, low, high) = (column("")?, column("_low")?, column("_high")?);
    let mut found: BTreeMap<&str, (Vec<Option<TrendPoint>>, i64)> = BTreeMap::new();
    for row in table.rows(family)?.into_iter().filter(|row| text(&levels, *row) == "operator") {
        let place = months.iter().position(|(month, _)| month == text(&of_month, row));
        let Some((place, median)) = place.zip(number(&median, row)) else { continue };
        let (points, sum) =
            found.entry(text(&operators, row)).or_insert_with(|| (vec![None; months.len()], 0));
        let end = |column| number(column, row).unwrap_or(f64::NAN);
        points[place] = Some(TrendPoint { median, low: end(&low), high: end(&high) });
        *sum += count(&tests, row);
    }
    let row =
        |(label, (points, tests)): (&str, _)| (TrendRow { label: label.to_owned(), points }, tests);
    Ok(found.into_iter().map(row).collect())
}
