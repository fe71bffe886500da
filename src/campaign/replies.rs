//! Replies of operators to the letters of earlier months: answered, open, overdue, closed.
//!
//! Letters are known from what `finalize` issued of the bundles of the history, and from the register
//! of replies itself. All is judged by the report date.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch, StringArray};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value;

use super::file_name;
use super::header::{Fields, Header};
use super::letter::{Letter, leading_number};
use super::submissions::Problem;
use super::tables::safe;
use super::values;
use crate::bundle::tables::reads_as_formula;
use crate::error::Result;
use crate::history::Bundle;
use crate::import::functions::days;
use crate::issuing::{issued_letters, record_of};
use crate::plan::{Plan, table};
use crate::report::settings::REPLY_DAYS;
use crate::spreadsheet::{self, Cell, Row};
use crate::vietnamese::fold;

const FIELDS: [&str; 8] = [
    "operator",
    "letter_number",
    "letter_date",
    "month",
    "due_on",
    "received_on",
    "closed_on",
    "note",
];
const DATES: [&str; 4] = ["letter_date", "due_on", "received_on", "closed_on"];

/// The letters up to the report date.
#[derive(Debug, Clone, Default)]
pub struct Replies {
    pub letters: Vec<Letter>,
    pub problems: Vec<Problem>,
    /// What was read, under the names that the manifest has.
    pub files: Vec<(String, PathBuf)>,
}

impl Replies {
    /// Reads the register of replies; none where none is configured.
    pub fn read(plan: &Plan) -> Result<Option<Self>> {
        let settings = &plan.config.campaign.replies;
        let (Some(file), Some(report_date)) = (&settings.file, plan.report_date) else {
            return Ok(None);
        };
        let labels = plan.templates.labels()?;
        let fields = Fields::of(&labels, "campaign_replies", &FIELDS, &["operator"])?;
        let fields = fields.with("campaign.replies.columns", &settings.columns)?;
        let rows = spreadsheet::read(file, settings.sheet.as_deref())?;
        let header = fields.find(&file.display().to_string(), &rows, settings.header_row)?;
        let name = format!("replies/{}", file_name(file));
        let mut replies = Replies { files: vec![(name, file.clone())], ..Replies::default() };
        for bundle in plan.history.bundles() {
            replies.add_issued(plan, bundle)?;
        }
        replies.letters.sort();
        let mut answered = BTreeMap::new();
        for row in rows.iter().skip(header.place + 1) {
            if let Err(problem) = replies.row(plan, &header, row, &mut answered) {
                replies.problems.push(*problem);
            }
        }
        replies.letters.retain(|letter| letter.date.is_none_or(|date| date <= report_date));
        replies.letters.sort();
        Ok(Some(replies))
    }

    fn add_issued(&mut self, plan: &Plan, bundle: &Bundle) -> Result<()> {
        let Some(record) = record_of(&bundle.folder) else { return Ok(()) };
        let origin = &bundle.manifest.origin;
        let name = format!("issued/{}-{}.json", origin.province, origin.month);
        self.files.push((name, record));
        let configured = origin.configuration.pointer("/report/operator_reply_days");
        let reply_days = configured.and_then(Value::as_i64).unwrap_or(REPLY_DAYS.into());
        for issued in issued_letters(&bundle.folder)? {
            let labels = plan.operators.labels();
            let label = labels.into_iter().find(|label| fold(label) == issued.name);
            self.letters.push(Letter {
                operator: label.unwrap_or(&issued.name).to_owned(),
                date: Some(issued.date),
                number: issued.number.to_string(),
                month: origin.month.clone(),
                // The day that the letter named.
                due_on: origin.report_date.checked_add(reply_days.days()).ok(),
                received_on: None,
                closed_on: None,
                note: String::new(),
            });
        }
        Ok(())
    }

    /// Puts a row of the register to its letter, or makes one of it.
    fn row(
        &mut self,
        plan: &Plan,
        header: &Header,
        row: &Row,
        answered: &mut BTreeMap<(String, Option<u32>, String), u32>,
    ) -> Result<(), Box<Problem>> {
        let read = self.letter(plan, header, row)?;
        let place = self.letters.iter().position(|letter| letter.is_meant(&read));
        let place = place.unwrap_or_else(|| {
            let due = |date: Date| date.checked_add(plan.config.report.reply_days().days()).ok();
            let due_on = read.due_on.or_else(|| read.date.and_then(due));
            self.letters.push(Letter {
                due_on,
                received_on: None,
                closed_on: None,
                ..read.clone()
            });
            self.letters.len() - 1
        });
        let Some(letter) = self.letters.get_mut(place) else { return Ok(()) };
        let key = (letter.operator.clone(), leading_number(&letter.number), letter.month.clone());
        if let Some(first) = answered.insert(key, row.number) {
            let problem = *self.problem(header, row, "repeated_letter", "letter_number");
            return Err(Box::new(Problem { nearest: first.to_string(), ..problem }));
        }
        letter.due_on = read.due_on.or(letter.due_on);
        letter.received_on = read.received_on;
        letter.closed_on = read.closed_on;
        letter.note = read.note;
        if leading_number(&read.number).is_some() {
            letter.number = read.number;
        }
        Ok(())
    }

    fn letter(&self, plan: &Plan, header: &Header, row: &Row) -> Result<Letter, Box<Problem>> {
        let refused = |reason, field| self.problem(header, row, reason, field);
        let name = header.cell(row, "operator").shown();
        let operator = match plan.operators.by_name(&name) {
            Some(label) => label.to_owned(),
            None if reads_as_formula(&name) => return Err(refused("formula", "operator")),
            None => return Err(refused("unknown_unit", "operator")),
        };
        let mut dates = [None; 4];
        for (date, field) in dates.iter_mut().zip(DATES) {
            *date = values::day(header.cell(row, field))
                .map_err(|_| refused("unreadable_day", field))?;
        }
        let [date, due_on, received_on, closed_on] = dates;
        let number = header.cell(row, "letter_number").shown();
        let month = header.cell(row, "month");
        let month = match (month, values::month(month)) {
            (Cell::Empty, _) => String::new(),
            (_, Some(month)) => month,
            (_, None) => return Err(refused("unreadable_period", "month")),
        };
        if leading_number(&number).is_none() && month.is_empty() {
            return Err(refused("no_letter", "letter_number"));
        }
        if [(date, due_on), (date, received_on), (received_on, closed_on)]
            .into_iter()
            .any(|(first, then)| first.zip(then).is_some_and(|(first, then)| then < first))
        {
            return Err(refused("days_out_of_order", "received_on"));
        }
        let note = header.cell(row, "note").shown();
        Ok(Letter { operator, date, number, month, due_on, received_on, closed_on, note })
    }

    fn problem(
        &self,
        header: &Header,
        row: &Row,
        reason: &'static str,
        field: &str,
    ) -> Box<Problem> {
        let file = self.files.first().map_or_else(String::new, |(name, _)| name.clone());
        Box::new(Problem {
            file,
            row: row.number,
            unit: header.cell(row, "operator").shown(),
            reason,
            column: header.text(field),
            found: header.cell(row, field).shown(),
            nearest: String::new(),
            rejected: true,
        })
    }

    /// The table `operator_replies`, as things stand on a day.
    pub fn batch(&self, day: Date) -> Result<RecordBatch> {
        let text = |of: &dyn Fn(&Letter) -> Option<String>| -> ArrayRef {
            Arc::new(self.letters.iter().map(of).collect::<StringArray>())
        };
        let date = |of: fn(&Letter) -> Option<Date>| -> ArrayRef {
            Arc::new(self.letters.iter().map(|one| of(one).map(days)).collect::<Date32Array>())
        };
        let known = |found: Option<Date>| found.filter(|found| *found <= day);
        let until = |of: fn(&Letter) -> Option<Date>| -> ArrayRef {
            let dates = self.letters.iter().map(|one| known(of(one)).map(days));
            Arc::new(dates.collect::<Date32Array>())
        };
        Ok(table(
            "operator_replies",
            [
                ("operator", text(&|one| safe(&one.operator))),
                ("letter_number", text(&|one| safe(&one.number))),
                ("letter_date", date(|one| one.date)),
                ("letter_month", text(&|one| safe(&one.month))),
                ("due_on", date(|one| one.due_on)),
                ("answered_on", until(|one| one.received_on)),
                ("closed_on", until(|one| one.closed_on)),
                ("reply_state", text(&|one| Some(one.state(day).to_owned()))),
                ("note", text(&|one| safe(&one.note))),
            ],
        )?)
    }
}
