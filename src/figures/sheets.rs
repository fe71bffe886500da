//! The tables for people: one sheet each, codes of categories replaced by their words.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};

use crate::bundle::{Sheet, SheetColumn};
use crate::campaign::TITLE;
use crate::error::Result;
use crate::report::Labels;

/// From the whole to the parts; tables that are not named follow in alphabetical order.
const ORDER: &[&str] = &[
    "province",
    "province_technology",
    "operator",
    "operator_technology",
    "operator_day_part",
    "weighted",
    "district",
    "commune",
    "commune_operator",
    "commune_operator_technology",
    "quota",
    "quota_area",
    "gaps",
    "suspected_coverage",
    "coverage_evidence",
    "trend_months",
    "trend",
    "trend_quota",
    "trend_technology",
    "gap_changes",
    "benchmarks",
    "daily",
    "hourly",
    "progress",
    "bias",
    "platforms",
    "reconciliation",
    "reconciliation_reasons",
    "campaign_forms",
    "campaign_totals",
    "campaign",
    "campaign_missing",
    "campaign_communes",
    "campaign_problems",
    "operator_replies",
    "revision_changes",
    "commune_location",
    "coverage_basis",
];

/// Tables that are left out when they have no row: there are no districts since July 2025.
const NOT_EMPTY: [&str; 1] = ["district"];

/// Columns that are left out when they have no value, for the same reason.
const NOT_BLANK: [&str; 2] = ["district_code", "district_name"];

/// Said once above the table instead of in each row.
const MARK: &str = "simulated";

/// Columns of categories and the section with the words of their values.
const CATEGORIES: &[(&str, &str)] = &[
    ("family", "family_titles"),
    ("day_part", "day_parts"),
    ("state", "gap_states"),
    ("evidence", "gap_evidence"),
    ("access_type", "access_titles"),
    ("technology", "technologies"),
    ("tier", "tiers"),
    ("gap_class", "gap_classes"),
    ("indicator", "indicators"),
    ("platform", "platforms"),
    ("reason", "reasons"),
    ("rule", "rules"),
    ("basis", "bases"),
    ("level", "levels"),
    ("change", "gap_changes"),
    ("restated_by", "restating"),
    ("place_kind", "place_kinds"),
    ("kind", "evidence_kinds"),
    ("suppressed", "suppression"),
    ("kinds", "evidence_kinds"),
    ("signal_quantile", "signal_quantiles"),
    ("sender", "campaign_senders"),
    ("form_state", "campaign_states"),
    ("reply_state", "reply_states"),
    ("problem", "campaign_problems"),
    ("source_table", "sheets"),
];

/// The sheets of the annex; `period` is the period in words.
pub fn sheets(
    tables: &BTreeMap<String, RecordBatch>,
    labels: &Labels,
    simulated: bool,
    period: &str,
) -> Result<Vec<Sheet>> {
    let place = |name: &str| ORDER.iter().position(|known| *known == name);
    let mut names: Vec<_> = tables.keys().map(String::as_str).collect();
    names.sort_by_key(|name| place(name).unwrap_or(ORDER.len()));
    let is_shown = |name: &&str| tables[*name].num_rows() > 0 || !NOT_EMPTY.contains(name);
    let names = names.into_iter().filter(is_shown);
    names.map(|name| sheet(name, &tables[name], labels, simulated, period)).collect()
}

fn sheet(
    table: &str,
    batch: &RecordBatch,
    labels: &Labels,
    simulated: bool,
    period: &str,
) -> Result<Sheet> {
    let name = labels.text(&format!("sheets.{table}"))?.to_owned();
    let title = labels.text(&format!("sheet_titles.{table}"));
    let batch = readable(batch, labels)?;
    let schema = batch.schema();
    let fields = schema.fields().iter();
    Ok(Sheet {
        // A table of the user's own needs no second wording.
        title: title.map_or_else(|_| name.clone(), str::to_owned),
        name,
        notes: notes(&batch, labels, simulated, period)?,
        columns: fields.map(|field| column(table, field, labels)).collect::<Result<_>>()?,
        batch,
    })
}

fn notes(
    batch: &RecordBatch,
    labels: &Labels,
    simulated: bool,
    period: &str,
) -> Result<Vec<String>> {
    let mut notes = vec![labels.filled("sheet_notes.period", &[("period", period)])?];
    if simulated {
        notes.push(labels.text("words.simulated")?.to_owned());
    }
    let schema = batch.schema();
    let is_statistic = |field: &Arc<Field>| field.name().ends_with("_median");
    if schema.fields().iter().any(is_statistic) {
        notes.push(labels.text("sheet_notes.withheld")?.to_owned());
    }
    Ok(notes)
}

fn column(table: &str, field: &Field, labels: &Labels) -> Result<SheetColumn> {
    let key = field.name().clone();
    let percent = key.contains("_share_") || key.ends_with("_share");
    let decimals = match key.as_str() {
        "latitude" | "longitude" => 4,
        // Shares, dBm and small probabilities in one column.
        "value" | "low" | "high" | "threshold" if table == "coverage_evidence" => 4,
        "cell_degrees" | "absence_probability" => 4,
        _ if field.data_type().is_floating() => 2,
        _ => 0,
    };
    let own = field.metadata().get(TITLE).filter(|title| !title.is_empty());
    Ok(SheetColumn {
        title: own.map_or_else(|| labels.column_title(table, &key), |title| Ok(title.clone()))?,
        decimals: Some(decimals),
        percent,
        key,
    })
}

/// The columns that people read, categories in words.
fn readable(batch: &RecordBatch, labels: &Labels) -> Result<RecordBatch> {
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        let name = field.name().as_str();
        let is_blank = array.logical_null_count() == array.len();
        if name == MARK || (is_blank && NOT_BLANK.contains(&name)) {
            continue;
        }
        let array = in_words(name, array, labels);
        let kept = Field::new(name, array.data_type().clone(), true);
        fields.push(kept.with_metadata(field.metadata().clone()));
        columns.push(array);
    }
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new_with_options(schema, columns, &options);
    Ok(batch.map_err(crate::bundle::tables::TableError::Arrow)?)
}

/// Values without words stay what they are: whoever adds one sees its code.
fn in_words(name: &str, array: &ArrayRef, labels: &Labels) -> ArrayRef {
    let section = match array.data_type() {
        DataType::Boolean => Some("booleans"),
        _ => CATEGORIES.iter().find(|(column, _)| *column == name).map(|(_, section)| *section),
    };
    // A boolean becomes `true` or `false` first.
    let (Some(section), Ok(codes)) = (section, cast(array, &DataType::Utf8)) else {
        return Arc::clone(array);
    };
    let codes = codes.as_string::<i32>();
    let word = |code: &str| {
        let word = labels.text(&format!("{section}.{code}"));
        word.map_or_else(|_| code.to_owned(), str::to_owned)
    };
    // A value may list several, such as the kinds of evidence.
    let all = |codes: &str| codes.split(", ").map(word).collect::<Vec<_>>().join("; ");
    let words: StringArray = codes.iter().map(|code| code.map(all)).collect();
    Arc::new(words)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::bundle::annex;
    use crate::report::Templates;
    use crate::report::fixture::{Fixture, batch, districts};

    fn fixture() -> (BTreeMap<String, RecordBatch>, Labels) {
        let labels = Templates::embedded().labels().unwrap();
        (Fixture::small().tables, labels)
    }

    #[test]
    fn every_table_has_a_readable_sheet() {
        let (tables, labels) = fixture();
        let sheets = sheets(&tables, &labels, true, "10/2025").unwrap();
        let names: Vec<_> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        assert_eq!(names[..3], ["Toàn tỉnh", "Doanh nghiệp", "Xã"]);
        assert!(!names.contains(&"Huyện"));
        let operator = &sheets[1];
        assert_eq!(operator.notes[1], labels.text("words.simulated").unwrap());
        assert_eq!(operator.notes.len(), 3);
        let column = |key: &str| operator.columns.iter().find(|c| c.key == key);
        assert_eq!(column("download_mbps_median").unwrap().decimals, Some(2));
        assert!(column("download_mbps_share_at_benchmark").unwrap().percent);
        assert_eq!(column("devices").unwrap().decimals, Some(0));
        assert!(column("simulated").is_none());
        assert!(
            !annex::workbook("x", jiff::civil::Date::constant(2025, 11, 15), &sheets)
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn codes_become_words_and_unknown_ones_stay() {
        let row = json!({"access_type": "mobile", "technology": "6G", "commune_code": "00123",
            "quota_met": false, "gap_class": "low_quality", "indicator": "download_mbps"});
        let columns =
            "access_type:s technology:s commune_code:s quota_met:b gap_class:s indicator:s";
        let tables = BTreeMap::from([("gaps".into(), batch(columns, &[row]))]);
        let labels = Templates::embedded().labels().unwrap();
        let sheets = sheets(&tables, &labels, false, "10/2025").unwrap();
        let columns = sheets[0].batch.columns().iter();
        let cells: Vec<_> = columns.map(|c| c.as_string::<i32>().value(0)).collect();
        assert_eq!(
            cells,
            [
                "Băng rộng di động",
                "6G",
                "00123",
                "không",
                "thấp hơn mức đối chiếu",
                "Tốc độ tải xuống"
            ]
        );
    }

    #[test]
    fn districts_have_a_sheet_while_there_are_some() {
        let (mut tables, labels) = fixture();
        tables.insert("district".into(), districts());
        let sheets = sheets(&tables, &labels, false, "05/2025").unwrap();
        let district = sheets.iter().find(|sheet| sheet.name == "Huyện").unwrap();
        assert!(district.columns.iter().any(|column| column.key == "district_name"));
        let commune = sheets.iter().find(|sheet| sheet.name == "Xã").unwrap();
        assert!(!commune.columns.iter().any(|column| column.key == "district_name"));
        assert!(commune.columns.iter().all(|column| !column.title.is_empty()));
    }
}
