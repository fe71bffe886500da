//! An empty form to send out: the headers that are known, the units that have to send it.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};

use super::fault::CampaignFault;
use super::units::{Unit, Units};
use super::{is_sent_in, measures};
use crate::bundle::{Sheet, SheetColumn, annex};
use crate::config::{DueForm, Measure, Sender};
use crate::engine::EngineFault;
use crate::error::Result;
use crate::pipeline::PipelineFault;
use crate::plan::Plan;
use crate::report::Labels;
use crate::vietnamese::month_label;

/// The workbook of a form for the month of the plan; the same plan gives the same bytes.
pub fn blank(plan: &Plan, id: &str) -> Result<Vec<u8>> {
    let period = plan.period.as_ref().ok_or(PipelineFault::NoPeriod)?;
    let forms: Vec<&DueForm> = plan.config.due.iter().filter(|form| is_sent_in(form)).collect();
    let form = forms.iter().find(|form| form.id == id).ok_or_else(|| CampaignFault::Form {
        found: id.to_owned(),
        known: forms.iter().map(|form| form.id.as_str()).collect::<Vec<_>>().join(", "),
    })?;
    let labels = plan.templates.labels()?;
    let last = period.last();
    let units = Units::of(plan, form, last).due;
    let month = month_label(&period.month);
    let sheet = Sheet {
        name: form.title.clone(),
        title: form.title.to_uppercase(),
        notes: vec![labels.text("campaign_words.blank")?.to_owned()],
        columns: heads(form, &measures(plan, &labels)?, &labels)?,
        batch: rows(&units, &measures(plan, &labels)?, &month)?,
    };
    annex::workbook(&form.title, plan.report_date.unwrap_or(period.to), &[sheet])
}

fn heads(form: &DueForm, measures: &[Measure], labels: &Labels) -> Result<Vec<SheetColumn>> {
    let mut fields = vec!["row_number", "unit"];
    fields.extend((form.from == Sender::Communes).then_some("unit_code"));
    fields.extend(["period", "received_on"]);
    let head = |key: &str, title: &str| SheetColumn {
        key: key.to_owned(),
        title: title.to_owned(),
        decimals: Some(0),
        percent: false,
    };
    let mut columns = Vec::new();
    for field in fields {
        let title = match field {
            "row_number" => labels.text("columns.row_number")?,
            field => labels.text(&format!("campaign_fields.{field}"))?,
        };
        // The first spelling is the one to write.
        columns.push(head(field, title.split(';').next().unwrap_or_default().trim()));
    }
    columns.extend(measures.iter().map(|measure| {
        let unit =
            if measure.unit.is_empty() { String::new() } else { format!(" ({})", measure.unit) };
        head(&measure.name, &format!("{}{unit}", measure.label))
    }));
    Ok(columns)
}

fn rows(units: &[Unit], measures: &[Measure], month: &str) -> Result<RecordBatch> {
    let text = |of: &dyn Fn(&Unit) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(units.iter().map(of)))
    };
    let days: ArrayRef = Arc::new(Date32Array::new_null(units.len()));
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("row_number", Arc::new(Int64Array::from_iter_values(1..=units.len() as i64))),
        ("unit", text(&|unit| unit.name.clone())),
        ("unit_code", text(&|unit| unit.key.clone())),
        ("period", text(&|_| month.to_owned())),
        ("received_on", days),
    ];
    let blank = || -> ArrayRef { Arc::new(Int64Array::new_null(units.len())) };
    columns.extend(measures.iter().map(|measure| (measure.name.as_str(), blank())));
    let nullable = columns.into_iter().map(|(name, array)| (name, array, true));
    Ok(RecordBatch::try_from_iter_with_nullable(nullable)
        .map_err(|e| EngineFault::Table { table: "blank".into(), message: e.to_string() })?)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::Config;
    use crate::spreadsheet::{self, Cell};

    fn plan(settings: &str) -> Plan {
        let text = format!("[province]\ncode = \"66\"\n{settings}");
        let config: Config = toml::from_str(&text).unwrap();
        Plan::new(config, true, Some("2025-10"), None, 1, PathBuf::new()).unwrap()
    }

    #[test]
    fn a_blank_form_is_read_back_with_its_units_and_headers() {
        let due = "[[due]]\nid = \"03\"\ntitle = \"Biểu mẫu 03\"\nfrom = \"communes\"\nevery = \"month\"\n\
                   [[campaign.measures]]\nname = \"posters\"\nlabel = \"=Số pa nô\"\n";
        let plan = plan(due);
        let bytes = blank(&plan, "03").unwrap();
        assert_eq!(bytes, blank(&plan, "03").unwrap());
        let rows = spreadsheet::parse("form-03.xlsx", &bytes, None).unwrap();
        let header = rows.iter().position(|row| *row.cell(0) == Cell::Text("TT".into())).unwrap();
        assert_eq!(rows[header].cell(1).shown(), "Tên đơn vị");
        assert_eq!(rows.len() - header - 1, 102);
        let first = &rows[header + 1];
        assert_eq!(first.cell(3).shown(), "10/2025");
        assert_eq!(first.cell(2).shown().len(), 5);
        assert_eq!(*first.cell(4), Cell::Empty);
        assert!(rows[header].cells.contains(&Cell::Text("Số lượt đo (lượt)".into())));
        assert_eq!(rows[header].cells.last().unwrap().shown(), "=Số pa nô");
        let error = blank(&plan, "04").unwrap_err().to_string();
        assert!(error.contains("form `04`") && error.contains("03"), "{error}");
    }
}
