//! The forms of a month as tables.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};
use jiff::civil::Date;

use super::standing::{Standing, lack, state};
use super::submissions::{Fate, Problem, Submission};
use super::units::Unit;
use super::{Campaign, Form};
use crate::bundle::tables::reads_as_formula;
use crate::config::Sender;
use crate::engine::EngineFault;
use crate::error::Result;
use crate::import::functions::days;
use crate::plan::table;

/// The columns of the table `campaign` before those of the measures.
pub const COLUMNS: [&str; 15] = [
    "form",
    "form_title",
    "sender",
    "month",
    "unit",
    "commune_code",
    "commune_valid_from",
    "matched",
    "unit_due",
    "received_on",
    "first_received_on",
    "last_day",
    "form_state",
    "file",
    "row",
];

/// The key of a column's title among the facts that its field carries.
pub const TITLE: &str = "title";

/// The longest text that is quoted from a file.
const QUOTED: usize = 200;

/// Every table of the forms, by name. What may have been sent by the report date is not yet missing.
pub fn tables(
    campaign: &Campaign,
    month: &str,
    report_date: Date,
) -> Result<Vec<(&'static str, RecordBatch)>> {
    Ok(vec![
        ("campaign", submitted(campaign, month)?),
        ("campaign_forms", forms(campaign, month, report_date)?),
        ("campaign_missing", missing(campaign, report_date)?),
        ("campaign_totals", totals(campaign)?),
    ])
}

/// Accepted rows, one per unit.
fn submitted(campaign: &Campaign, month: &str) -> Result<RecordBatch> {
    let all = || {
        campaign.forms.iter().flat_map(|form| {
            let mut rows: Vec<(&Form, &Submission, &Unit)> = form
                .accepted()
                .filter_map(|one| one.unit.as_ref().map(|unit| (form, one, unit)))
                .collect();
            rows.sort_by(|a, b| (&a.2.name, &a.2.key).cmp(&(&b.2.name, &b.2.key)));
            rows
        })
    };
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("form", text(all().map(|(form, ..)| safe(&form.due.id)))),
        ("form_title", text(all().map(|(form, ..)| safe(&form.due.title)))),
        ("sender", text(all().map(|(form, ..)| Some(sender(form))))),
        ("month", text(all().map(|_| Some(month.to_owned())))),
        ("unit", text(all().map(|(_, _, unit)| safe(&unit.name)))),
        ("commune_code", text(all().map(|(_, _, unit)| commune_code(unit)))),
        ("commune_valid_from", dates(all().map(|(_, _, unit)| unit.valid_from))),
        ("matched", flags(all().map(|(_, one, _)| one.matched))),
        ("unit_due", flags(all().map(|(.., unit)| unit.due))),
        ("received_on", dates(all().map(|(_, one, _)| one.received_on))),
        (
            "first_received_on",
            dates(all().map(|(form, _, unit)| form.first_received.get(&unit.key).copied())),
        ),
        ("last_day", dates(all().map(|(form, ..)| form.last_day))),
        ("form_state", text(all().map(|(form, _, unit)| state(form, unit).map(str::to_owned)))),
        ("file", text(all().map(|(_, one, _)| Some(one.file.clone())))),
        ("row", counts(all().map(|(_, one, _)| Some(i64::from(one.row))))),
    ];
    for (place, measure) in campaign.measures.iter().enumerate() {
        let values = all().map(|(_, one, _)| one.counts.get(place).copied().flatten());
        columns.push((&measure.name, counts(values)));
    }
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, array)| Field::new(*name, array.data_type().clone(), true))
        .map(|field| titled(field, campaign))
        .collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|e| EngineFault::Table { table: "campaign".into(), message: e.to_string() })?)
}

/// A measure brings its title along: the labels do not have those of a province's own.
fn titled(field: Field, campaign: &Campaign) -> Field {
    let measure = campaign.measures.iter().find(|measure| measure.name == *field.name());
    match measure {
        Some(measure) => field.with_metadata([(TITLE.to_owned(), measure.label.clone())].into()),
        None => field,
    }
}

fn missing(campaign: &Campaign, report_date: Date) -> Result<RecordBatch> {
    let rows: Vec<(&Form, &Unit, &str)> = campaign
        .forms
        .iter()
        .flat_map(|form| form.units.iter().map(move |unit| (form, unit)))
        .filter_map(|(form, unit)| Some((form, unit, lack(form, unit, report_date)?)))
        .collect();
    let rows = || rows.iter();
    Ok(table(
        "campaign_missing",
        [
            ("form", text(rows().map(|(form, ..)| safe(&form.due.id)))),
            ("form_title", text(rows().map(|(form, ..)| safe(&form.due.title)))),
            ("sender", text(rows().map(|(form, ..)| Some(sender(form))))),
            ("unit", text(rows().map(|(_, unit, _)| safe(&unit.name)))),
            ("commune_code", text(rows().map(|(_, unit, _)| commune_code(unit)))),
            ("commune_valid_from", dates(rows().map(|(_, unit, _)| unit.valid_from))),
            ("last_day", dates(rows().map(|(form, ..)| form.last_day))),
            ("form_state", text(rows().map(|(.., state)| Some((*state).to_owned())))),
        ],
    )?)
}

fn forms(campaign: &Campaign, month: &str, report_date: Date) -> Result<RecordBatch> {
    let rows: Vec<(&Form, Standing)> =
        campaign.forms.iter().map(|form| (form, Standing::of(form, report_date))).collect();
    let number = |value: &dyn Fn(&Form, &Standing) -> i64| -> ArrayRef {
        counts(rows.iter().map(|(form, standing)| Some(value(form, standing))))
    };
    let lacks =
        |state: &str| number(&|_, standing| standing.lacks.get(state).copied().unwrap_or(0));
    let fate = |fate: Fate| number(&|form, _| form.count(fate));
    let listed = |form: &Form| (!form.units.is_empty()).then_some(form.units.len() as i64);
    Ok(table(
        "campaign_forms",
        [
            ("form", text(rows.iter().map(|(form, _)| safe(&form.due.id)))),
            ("form_title", text(rows.iter().map(|(form, _)| safe(&form.due.title)))),
            ("sender", text(rows.iter().map(|(form, _)| Some(sender(form))))),
            ("month", text(rows.iter().map(|_| Some(month.to_owned())))),
            ("last_day", dates(rows.iter().map(|(form, _)| form.last_day))),
            ("units_due", counts(rows.iter().map(|(form, _)| listed(form)))),
            ("units_on_time", number(&|_, standing| standing.on_time)),
            ("units_late", number(&|_, standing| standing.late)),
            ("units_undated", number(&|_, standing| standing.undated)),
            ("units_missing", lacks("missing")),
            ("units_pending", lacks("pending")),
            ("units_rejected", lacks("rejected")),
            ("units_others", number(&|_, standing| standing.others)),
            ("files", number(&|form, _| form.files.len() as i64)),
            ("rows_read", number(&|form, _| form.submissions.len() as i64)),
            ("rows_accepted", fate(Fate::Accepted)),
            ("rows_replaced", fate(Fate::Replaced)),
            ("rows_other_period", fate(Fate::OtherPeriod)),
            ("rows_blank", fate(Fate::Blank)),
            ("rows_rejected", fate(Fate::Rejected)),
        ],
    )?)
}

/// What the units of a form report together, for every measure that any of them gives.
fn totals(campaign: &Campaign) -> Result<RecordBatch> {
    let mut rows = Vec::new();
    for form in &campaign.forms {
        for place in 0..campaign.measures.len() {
            let given: Vec<i64> = form
                .accepted()
                .filter_map(|one| one.counts.get(place).copied().flatten())
                .collect();
            if !given.is_empty() {
                // At most 50.000 rows of at most 10^12.
                rows.push((form, place, given.len() as i64, given.iter().sum::<i64>()));
            }
        }
    }
    let of = |place: usize| &campaign.measures[place];
    let rows = || rows.iter();
    Ok(table(
        "campaign_totals",
        [
            ("form", text(rows().map(|(form, ..)| safe(&form.due.id)))),
            ("form_title", text(rows().map(|(form, ..)| safe(&form.due.title)))),
            ("sender", text(rows().map(|(form, ..)| Some(sender(form))))),
            ("measure_no", counts(rows().map(|(_, place, ..)| Some(*place as i64 + 1)))),
            ("measure", text(rows().map(|(_, place, ..)| Some(of(*place).name.clone())))),
            ("measure_label", text(rows().map(|(_, place, ..)| safe(&of(*place).label)))),
            ("measure_unit", text(rows().map(|(_, place, ..)| safe(&of(*place).unit)))),
            ("units", counts(rows().map(|(_, _, units, _)| Some(*units)))),
            ("total", counts(rows().map(|(.., total)| Some(*total)))),
        ],
    )?)
}

/// What is not as it should be in these files, by form.
pub fn problems<'a>(of: impl Iterator<Item = Listed<'a>>) -> Result<RecordBatch> {
    let mut rows: Vec<Listed<'a>> = of.collect();
    rows.sort_by_key(|one| (one.form, &one.problem.file, one.problem.row));
    let rows = || rows.iter();
    let of = |get: fn(&Problem) -> &str| text(rows().map(|one| safe(get(one.problem))));
    Ok(table(
        "campaign_problems",
        [
            ("form", text(rows().map(|one| safe(one.form)))),
            ("form_title", text(rows().map(|one| safe(one.title)))),
            ("file", of(|problem| &problem.file)),
            ("row", counts(rows().map(|one| Some(i64::from(one.problem.row))))),
            ("unit", of(|problem| &problem.unit)),
            ("problem", of(|problem| problem.reason)),
            ("column", of(|problem| &problem.column)),
            ("found", of(|problem| &problem.found)),
            ("nearest", of(|problem| &problem.nearest)),
            ("row_rejected", flags(rows().map(|one| one.problem.rejected))),
        ],
    )?)
}

/// A problem in a file of a form.
#[derive(Clone, Copy)]
pub struct Listed<'a> {
    pub form: &'a str,
    pub title: &'a str,
    pub problem: &'a Problem,
}

fn sender(form: &Form) -> String {
    let name = match form.due.from {
        Sender::Departments => "departments",
        Sender::Press => "press",
        Sender::Districts => "districts",
        Sender::Communes => "communes",
        Sender::Operators => "operators",
        Sender::Issuer => "issuer",
    };
    name.to_owned()
}

fn commune_code(unit: &Unit) -> Option<String> {
    unit.valid_from.map(|_| unit.key.clone())
}

/// Text from a file as it may stand in a table: short, and no formula (see [`reads_as_formula`]).
pub(super) fn safe(found: &str) -> Option<String> {
    let short: String = found.chars().take(QUOTED).collect();
    match short.trim() {
        "" => None,
        text if reads_as_formula(text) => Some(format!("“{text}”")),
        text => Some(text.to_owned()),
    }
}

pub(super) fn text(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

pub(super) fn counts(values: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(values.collect::<Int64Array>())
}

pub(super) fn dates(values: impl Iterator<Item = Option<Date>>) -> ArrayRef {
    Arc::new(values.map(|day| day.map(days)).collect::<Date32Array>())
}

fn flags(values: impl Iterator<Item = bool>) -> ArrayRef {
    Arc::new(values.map(Some).collect::<BooleanArray>())
}
