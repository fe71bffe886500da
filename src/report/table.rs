//! The fenced block `table`: rows chosen from a table of the data, columns formatted.

use serde::Deserialize;
use serde_json::Value;

use super::error::ReportError;
use super::fences::{Builder, Fence};
use super::filters::ABSENT;
use super::labels::Labels;
use super::rows::{self, Row};
use super::values::tidy;
use crate::document::block::{Align, Block, Column, Table};
use crate::error::Result;
use crate::vietnamese;

/// The column that counts the rows.
const ROW_NUMBER: &str = "row_number";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableSpec {
    name: String,
    /// Values that a row must have: one, or one of a list; an empty text stands for null.
    #[serde(default, rename = "where")]
    conditions: toml::Table,
    /// Columns to sort by.
    #[serde(default)]
    order: Vec<String>,
    columns: Vec<ColumnSpec>,
    #[serde(default)]
    caption: String,
    #[serde(default)]
    note: String,
    /// Follows the note when a value is not there.
    #[serde(default)]
    absent_note: String,
    /// Printed in place of a table without rows.
    missing: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnSpec {
    key: String,
    title: Option<String>,
    decimals: Option<usize>,
    #[serde(default)]
    percent: bool,
    #[serde(default)]
    date: bool,
    /// Writes `2025-10` as 10/2025.
    #[serde(default)]
    month: bool,
    /// Adds the ends of the interval in brackets, from the columns `<key>_low` and `<key>_high`.
    #[serde(default)]
    interval: bool,
    /// Writes the range from the columns `<key>_low` and `<key>_high` where there is no value.
    #[serde(default)]
    range: bool,
    /// Writes a number that rounds to 0, such as a probability, as below the last decimal: “< 0,0001”.
    #[serde(default)]
    never_zero: bool,
    /// The section of labels that words the values.
    labels: Option<String>,
    align: Option<AlignSpec>,
    width: Option<f64>,
    /// Printed where there is no value.
    absent: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum AlignSpec {
    Left,
    Centre,
    Right,
}

/// Adds the table of a fenced block, or its sentence when there are no rows.
pub(super) fn add(builder: &mut Builder<'_>, fence: &Fence<'_>) -> Result<()> {
    let spec: TableSpec = fence.read(builder.leaves)?;
    let all = builder.lists.rows(&spec.name).ok_or_else(|| ReportError::UnknownTable {
        place: fence.place.clone(),
        table: spec.name.clone(),
        known: builder.lists.known(),
    })?;
    check_columns(&spec, &all, fence)?;
    let chosen = all.into_iter().filter(|row| matches(row, &spec.conditions));
    let mut chosen: Vec<Row> = chosen.cloned().collect();
    rows::sort(&mut chosen, &spec.order);
    if chosen.is_empty() {
        builder.sentence(spec.missing);
        return Ok(());
    }
    let table = table(builder, &spec, &chosen, fence)?;
    builder.push(Block::Table(table));
    Ok(())
}

/// A table without rows has no columns to compare with.
fn check_columns(spec: &TableSpec, all: &[&Row], fence: &Fence<'_>) -> Result<()> {
    let Some(first) = all.first() else {
        return Ok(());
    };
    let keys = spec.columns.iter().map(|c| &c.key).filter(|key| *key != ROW_NUMBER);
    for key in keys.chain(spec.conditions.keys()).chain(&spec.order) {
        if !first.contains_key(key) {
            return Err(ReportError::UnknownColumn {
                place: fence.place.clone(),
                table: spec.name.clone(),
                column: key.clone(),
                known: first.keys().cloned().collect(),
            }
            .into());
        }
    }
    Ok(())
}

fn matches(row: &Row, conditions: &toml::Table) -> bool {
    conditions.iter().all(|(column, wanted)| match wanted {
        toml::Value::Array(any) => any.iter().any(|one| equals(value(row, column), one)),
        one => equals(value(row, column), one),
    })
}

fn value<'a>(row: &'a Row, column: &str) -> &'a Value {
    row.get(column).unwrap_or(&Value::Null)
}

fn equals(value: &Value, wanted: &toml::Value) -> bool {
    match wanted {
        toml::Value::String(text) if text.is_empty() => value.is_null(),
        toml::Value::String(text) => value.as_str() == Some(text),
        toml::Value::Integer(number) => value.as_f64() == Some(*number as f64),
        toml::Value::Float(number) => value.as_f64() == Some(*number),
        toml::Value::Boolean(truth) => value.as_bool() == Some(*truth),
        _ => false,
    }
}

fn table(
    builder: &mut Builder<'_>,
    spec: &TableSpec,
    chosen: &[Row],
    fence: &Fence<'_>,
) -> Result<Table> {
    let labels = builder.labels;
    let mut cells = Vec::with_capacity(chosen.len());
    for (index, row) in chosen.iter().enumerate() {
        let line = spec.columns.iter().map(|column| cell(column, row, index, labels, fence));
        cells.push(line.collect::<Result<Vec<_>>>()?);
    }
    let columns = spec.columns.iter().map(|column| head(column, &spec.name, chosen, labels));
    let absent = cells.iter().flatten().any(|cell| cell == ABSENT);
    let suppressed = cells.iter().flatten().any(|cell| cell == rows::MARK);
    let suppressed = if suppressed { labels.text("words.suppressed_note")? } else { "" };
    let notes = [spec.note.as_str(), if absent { &spec.absent_note } else { "" }, suppressed];
    Ok(Table {
        source: spec.name.clone(),
        columns: columns.collect::<Result<_>>()?,
        caption: builder.table_caption(&spec.caption)?,
        rows: cells,
        note: notes.join(" ").trim().to_owned(),
    })
}

fn head(column: &ColumnSpec, table: &str, chosen: &[Row], labels: &Labels) -> Result<Column> {
    let title = match &column.title {
        Some(title) => title.clone(),
        None => labels.column_title(table, &column.key)?,
    };
    // A column without any value tells by its settings that it holds numbers.
    let numbers = column.decimals.is_some()
        || column.percent
        || chosen.iter().any(|row| value(row, &column.key).is_number());
    let align = match column.align {
        Some(AlignSpec::Left) => Align::Left,
        Some(AlignSpec::Centre) => Align::Centre,
        Some(AlignSpec::Right) => Align::Right,
        None if column.key == ROW_NUMBER => Align::Centre,
        None if numbers && column.decimals.is_some_and(|decimals| decimals > 0) => Align::Decimal,
        None if numbers => Align::Right,
        None => Align::Left,
    };
    Ok(Column { title, align, width: column.width })
}

fn cell(
    column: &ColumnSpec,
    row: &Row,
    index: usize,
    labels: &Labels,
    fence: &Fence<'_>,
) -> Result<String> {
    if column.key == ROW_NUMBER {
        return Ok((index + 1).to_string());
    }
    let value = value(row, &column.key);
    if value.is_null()
        && column.range
        && let Some(range) = range(column, row)
    {
        return Ok(range);
    }
    if value.is_null() {
        return Ok(column.absent.clone().unwrap_or_else(|| ABSENT.to_owned()));
    }
    if let Some(section) = &column.labels {
        let keys = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // A value may list several, such as the kinds of evidence.
        let words = keys.split(", ").map(|key| labels.text(&format!("{section}.{key}")));
        return Ok(words.collect::<Result<Vec<_>>>()?.join("; "));
    }
    match value {
        Value::Number(number) => {
            let shown = format(number.as_f64().unwrap_or(f64::NAN), value.as_i64(), column);
            Ok(if column.interval { shown + &interval(column, row, labels)? } else { shown })
        }
        Value::String(text) if column.date => {
            let date = text.parse().map_err(|_| {
                fence.fault(&format!("column `{}` holds `{text}`, expected a date", column.key))
            })?;
            Ok(vietnamese::date(date))
        }
        Value::String(text) if column.month => Ok(vietnamese::month_label(text)),
        Value::String(text) => Ok(tidy(text).trim().to_owned()),
        other => Err(fence.fault(&format!(
            "column `{}` holds `{other}`, expected text or a number, or `labels` to word it",
            column.key
        )))?,
    }
}

/// `40,00–47,50` where there is no value but a range.
fn range(column: &ColumnSpec, row: &Row) -> Option<String> {
    let [low, high] = ["low", "high"].map(|end| {
        value(row, &format!("{}_{end}", column.key)).as_f64().map(|x| format(x, None, column))
    });
    low.zip(high).map(|(low, high)| format!("{low}–{high}"))
}

/// ` (44,10–48,90)`, or an open end in words; nothing where no interval is known.
fn interval(column: &ColumnSpec, row: &Row, labels: &Labels) -> Result<String> {
    let end = |side: &str| {
        let end = value(row, &format!("{}_{side}", column.key)).as_f64();
        end.map(|end| format(end, None, column))
    };
    Ok(match (end("low"), end("high")) {
        (Some(low), Some(high)) => format!(" ({low}–{high})"),
        (Some(low), None) => format!(" ({})", labels.filled("words.at_least", &[("low", &low)])?),
        (None, Some(high)) => format!(" ({})", labels.filled("words.at_most", &[("high", &high)])?),
        (None, None) => String::new(),
    })
}

/// A whole number needs no decimals; a fraction has two unless told otherwise.
fn format(value: f64, integer: Option<i64>, column: &ColumnSpec) -> String {
    let text = plain(value, integer, column);
    if column.never_zero && value >= 0.0 && !text.contains(|c: char| ('1'..='9').contains(&c)) {
        let least = 0.1_f64.powi(column.decimals.unwrap_or(2) as i32);
        return format!("< {}", plain(least, None, column));
    }
    text
}

fn plain(value: f64, integer: Option<i64>, column: &ColumnSpec) -> String {
    match (column.percent, integer, column.decimals) {
        (true, _, decimals) => vietnamese::percent(value, decimals.unwrap_or(1)),
        (false, Some(integer), None) => vietnamese::integer(integer),
        (false, _, decimals) => vietnamese::number(value, decimals.unwrap_or(2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_number_does_not_read_as_zero() {
        let column = "key = \"p_adjusted\"\ndecimals = 4\nnever_zero = true";
        let mut column: ColumnSpec = toml::from_str(column).unwrap();
        let shown = [0.0, 0.000_049, 0.000_05, 0.012_34].map(|p| format(p, None, &column));
        assert_eq!(shown, ["< 0,0001", "< 0,0001", "0,0001", "0,0123"]);
        column.never_zero = false;
        assert_eq!(format(0.000_049, None, &column), "0,0000");
    }
}
