//! Operators' medians of download speed over the months of the history.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use arrow::array::Array;

use super::operators::INDICATOR;
use super::table::{Table, count, number, text};
use super::words::{Words, counted};
use super::{FigureSources, round};
use crate::chart::{Trend, TrendPoint, TrendRow};
use crate::error::Result;
use crate::vietnamese::{self, collation_key, month_label};

/// More strips than this would not fit on a page.
const MOST_ROWS: usize = 9;

/// The operators of a family; none without history or without published medians.
pub(super) fn downloads(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<Trend>> {
    let words = Words::new(sources, figure, "trend", family);
    let months = months(sources)?;
    let mut rows = rows(sources, family, &months)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let left_out = rows.len().saturating_sub(MOST_ROWS);
    rows.sort_by_key(|(_, tests)| Reverse(*tests));
    rows.truncate(MOST_ROWS);
    let mut rows: Vec<TrendRow> = rows.into_iter().map(|(row, _)| row).collect();
    rows.sort_by_cached_key(|row| collation_key(&row.label));
    let mut caption =
        words.caption(title(&words, &months, &rows)?, described(&words, &months, &rows)?)?;
    if left_out > 0 {
        let values = [("count", &*counted(left_out))];
        caption.footnotes.insert(0, sources.filled("legend.operators_left_out", &values)?);
    }
    Ok(Some(Trend {
        caption,
        months: months.iter().map(|(month, is)| (month_label(month), *is)).collect(),
        rows,
        median_name: sources.word("legend.median")?,
        interval_name: sources.word("legend.interval")?,
        break_name: sources.word("legend.not_comparable")?,
        axis: words.text("axis")?,
        last_head: sources.word("legend.this_month")?,
        number: |value| vietnamese::number(value, 2),
        tick: round,
    }))
}

/// The months of the history, with whether they can be compared with the last.
pub(super) fn months(sources: &FigureSources<'_>) -> Result<Vec<(String, bool)>> {
    let Some(months) = sources.table("trend_months") else { return Ok(Vec::new()) };
    let (codes, comparable) = (months.text("month")?, months.counts("comparable")?);
    let month = |row: usize| (text(&codes, row).to_owned(), count(&comparable, row) == 1);
    Ok((0..codes.len()).map(month).collect())
}

/// Which operators' intervals left those of the last month before that can be compared.
fn title(words: &Words<'_>, months: &[(String, bool)], rows: &[TrendRow]) -> Result<String> {
    let last = months.len().saturating_sub(1);
    let before = (0..last)
        .rev()
        .find(|month| months[*month].1 && rows.iter().any(|row| row.points[*month].is_some()));
    let Some(before) = before else {
        return words.filled("title_first", &[("count", &counted(rows.len()))]);
    };
    let (mut up, mut down) = (Vec::new(), Vec::new());
    for row in rows {
        let Some((then, now)) = row.points[before].zip(row.points[last]) else { continue };
        if now.low > then.high {
            up.push(row.label.clone());
        } else if now.high < then.low {
            down.push(row.label.clone());
        }
    }
    let key = match (up.is_empty(), down.is_empty()) {
        (true, true) => "title_none",
        (false, true) => "title_up",
        (true, false) => "title_down",
        (false, false) => "title_both",
    };
    let (up, down) = (words.listing(&up)?, words.listing(&down)?);
    let month = month_label(&months[before].0);
    words.filled(key, &[("up", &up), ("down", &down), ("month", &month)])
}

/// The first and the last median of each operator.
fn described(words: &Words<'_>, months: &[(String, bool)], rows: &[TrendRow]) -> Result<String> {
    let name =
        |month: usize| months.get(month).map_or(String::new(), |(code, _)| month_label(code));
    let row = |row: &TrendRow| {
        let known = row.points.iter().enumerate();
        let mut known = known.filter_map(|(month, point)| Some((month, point.as_ref()?.median)));
        let (first, last) = (known.next(), known.next_back());
        let written = |point: Option<(usize, f64)>| {
            point.map_or_else(Default::default, |(month, median)| {
                (vietnamese::number(median, 2), name(month))
            })
        };
        let ((from, from_month), (to, to_month)) = (written(first), written(last.or(first)));
        let values = [
            ("operator", row.label.as_str()),
            ("from", &from),
            ("from_month", &from_month),
            ("to", &to),
            ("to_month", &to_month),
        ];
        let key = if last.is_some() { "alternative_row" } else { "alternative_single" };
        words.filled(key, &values)
    };
    let rows = rows.iter().map(row).collect::<Result<Vec<_>>>()?.join("; ");
    let (first, last) = (name(0), name(months.len().saturating_sub(1)));
    words.filled("alternative", &[("first", &first), ("last", &last), ("rows", &rows)])
}

/// Operators with a published median, with their tests of all months.
fn rows(
    sources: &FigureSources<'_>,
    family: &str,
    months: &[(String, bool)],
) -> Result<Vec<(TrendRow, i64)>> {
    let Some(table) = sources.table("trend") else { return Ok(Vec::new()) };
    let (levels, operators) = (table.text("level")?, table.text("operator")?);
    let (of_month, tests) = (table.text("month")?, table.counts("tests_ok")?);
    let points = points(&table)?;
    let mut found: BTreeMap<&str, (Vec<Option<TrendPoint>>, i64)> = BTreeMap::new();
    for row in table.rows(family)?.into_iter().filter(|row| text(&levels, *row) == "operator") {
        let place = months.iter().position(|(month, _)| month == text(&of_month, row));
        let Some((place, point)) = place.zip(points[row]) else { continue };
        let (points, sum) =
            found.entry(text(&operators, row)).or_insert_with(|| (vec![None; months.len()], 0));
        points[place] = Some(point);
        *sum += count(&tests, row);
    }
    let row =
        |(label, (points, tests)): (&str, _)| (TrendRow { label: label.to_owned(), points }, tests);
    Ok(found.into_iter().map(row).collect())
}

/// The published median of each row with its interval.
pub(super) fn points(table: &Table<'_>) -> Result<Vec<Option<TrendPoint>>> {
    let column = |end: &str| table.numbers(&format!("{INDICATOR}_median{end}"));
    let (median, low, high) = (column("")?, column("_low")?, column("_high")?);
    let end = |column, row| number(column, row).unwrap_or(f64::NAN);
    let point = |row: usize| {
        number(&median, row).map(|median| TrendPoint {
            median,
            low: end(&low, row),
            high: end(&high, row),
        })
    };
    Ok((0..median.len()).map(point).collect())
}
