//! Rows of forms: which are taken, which were replaced by a later one, which are refused and why.
//!
//! Every row that is read is accepted, replaced, of another period, blank, or rejected. Of several rows of one
//! unit the one received last is taken; two that were received on the same day and differ are both
//! rejected. A count that cannot be read leaves the row and is listed.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::header::Header;
use super::units::{Meant, Unit, Units, named_unit};
use super::values::{self, Unreadable};
use crate::bundle::tables::reads_as_formula;
use crate::period::Period;
use crate::spreadsheet::{Cell, Row};
use crate::vietnamese::fold;

/// The longest name of a unit, in characters.
const LONGEST_NAME: usize = 150;

/// As many unknown names are compared with all that are known.
const MOST_NEAREST: usize = 1_000;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Accepted,
    /// The same unit sent another one later, or the same once more.
    Replaced,
    OtherPeriod,
    /// Neither day nor count: a unit that filled in nothing, or the words below a table.
    Blank,
    Rejected,
}

/// One row of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// As the manifest names it.
    pub file: String,
    pub row: u32,
    pub unit: Option<Unit>,
    /// Whether a list knows the unit.
    pub matched: bool,
    pub received_on: Option<Date>,
    /// In the order of the measures.
    pub counts: Vec<Option<i64>>,
    pub fate: Fate,
}

/// Something in a file that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub file: String,
    pub row: u32,
    /// The unit as the row names it.
    pub unit: String,
    /// A key of `campaign_problems` in `labels.toml`.
    pub reason: &'static str,
    pub column: String,
    pub found: String,
    /// A name that may be meant, or what stands against the row.
    pub nearest: String,
    /// Whether the row was refused for it.
    pub rejected: bool,
}

/// The rows of one form in the making.
pub struct Reader<'a> {
    pub units: &'a Units<'a>,
    /// Of any month, where it is none.
    pub period: Option<&'a Period>,
    pub report_date: Date,
    /// Names of the measures.
    pub measures: &'a [String],
    /// What the first cell of a line with totals says, folded.
    pub totals: &'a [String],
    pub submissions: Vec<Submission>,
    pub problems: Vec<Problem>,
}

/// A row that is being read.
struct Line<'a> {
    file: &'a str,
    header: &'a Header,
    row: &'a Row,
    name: String,
}

impl Reader<'_> {
    /// Reads the rows below a header.
    pub fn read(&mut self, file: &str, header: &Header, rows: &[Row]) {
        self.list_unread(file, header, rows);
        for row in rows.iter().skip(header.place + 1) {
            let name = header.cell(row, "unit").shown();
            self.line(&Line { file, header, row, name });
        }
    }

    fn line(&mut self, line: &Line<'_>) {
        let mut submission = Submission {
            file: line.file.to_owned(),
            row: line.row.number,
            unit: None,
            matched: false,
            received_on: None,
            counts: vec![None; self.measures.len()],
            fate: Fate::Accepted,
        };
        submission.fate = match self.fill(line, &mut submission) {
            Ok(fate) => fate,
            Err(problem) => {
                self.problems.push(*problem);
                Fate::Rejected
            }
        };
        self.submissions.push(submission);
    }

    fn fill(&mut self, line: &Line<'_>, into: &mut Submission) -> Result<Fate, Box<Problem>> {
        if self.is_blank(line) {
            return Ok(Fate::Blank);
        }
        let unit = self.unit(line)?;
        (into.unit, into.matched) = (Some(unit.0), unit.1);
        let month = line.header.cell(line.row, "period");
        if *month != Cell::Empty {
            match values::month(month) {
                Some(month) if self.period.is_some_and(|period| period.month != month) => {
                    return Ok(Fate::OtherPeriod);
                }
                Some(_) => {}
                None => return Err(line.refused("unreadable_period", "period")),
            }
        }
        into.received_on = Some(self.received_on(line)?);
        for (place, measure) in self.measures.iter().enumerate() {
            let cell = line.header.cell(line.row, measure);
            match values::count(cell) {
                Ok(count) => into.counts[place] = count,
                Err(why) => {
                    let reason =
                        if why == Unreadable::Ambiguous { "ambiguous_number" } else { "no_count" };
                    let problem = Problem { rejected: false, ..*line.refused(reason, measure) };
                    self.problems.push(problem);
                }
            }
        }
        Ok(Fate::Accepted)
    }

    fn is_blank(&self, line: &Line<'_>) -> bool {
        let mut fields = self.measures.iter().map(String::as_str).chain(["received_on"]);
        fields.all(|field| *line.header.cell(line.row, field) == Cell::Empty)
    }

    /// The unit, and whether a list knows it.
    fn unit(&mut self, line: &Line<'_>) -> Result<(Unit, bool), Box<Problem>> {
        let name = line.name.as_str();
        if fold(name).is_empty() {
            return Err(line.refused("no_unit", "unit"));
        }
        if reads_as_formula(name) {
            return Err(line.refused("formula", "unit"));
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(line.refused("long_name", "unit"));
        }
        if self.totals.contains(&fold(name)) {
            return Err(line.refused("total_line", "unit"));
        }
        let code = match line.header.cell(line.row, "unit_code") {
            Cell::Empty => None,
            // A spreadsheet drops the zeros in front.
            Cell::Number(number) => Some(format!("{number:05}")),
            cell => Some(cell.shown()),
        };
        let district = line.header.cell(line.row, "district").shown();
        let district = Some(district.as_str()).filter(|name| !name.is_empty());
        let compared = self.problems.len() < MOST_NEAREST;
        match self.units.meant(code.as_deref(), name, district, compared) {
            Meant::Known(unit) => Ok((unit, true)),
            Meant::Several(names) => {
                let nearest = names.join("; ");
                Err(Box::new(Problem { nearest, ..*line.refused("ambiguous_unit", "unit") }))
            }
            Meant::Unknown { nearest } => {
                let nearest = nearest.unwrap_or_default();
                let problem = *line.refused("unknown_unit", "unit");
                self.problems.push(Problem { nearest, rejected: false, ..problem });
                Ok((Unit { due: false, ..named_unit(name) }, false))
            }
        }
    }

    fn received_on(&self, line: &Line<'_>) -> Result<Date, Box<Problem>> {
        let day = values::day(line.header.cell(line.row, "received_on"));
        let reason = match day {
            Ok(Some(day)) if self.period.is_some_and(|period| day < period.from) => "before_period",
            Ok(Some(day)) if day > self.report_date => "after_report",
            Ok(Some(day)) => return Ok(day),
            Ok(None) => "no_received_on",
            Err(_) => "unreadable_day",
        };
        Err(line.refused(reason, "received_on"))
    }

    /// Columns with numbers that nobody asked for: perhaps a measure under another name.
    fn list_unread(&mut self, file: &str, header: &Header, rows: &[Row]) {
        let numbered = |column: usize| {
            let mut below = rows.iter().skip(header.place + 1);
            below.any(|row| matches!(values::count(row.cell(column)), Ok(Some(_))))
        };
        let counted = ["stt", "tt", "sott", "no"];
        for (column, cell) in header.unread() {
            let found = cell.shown();
            if numbered(column) && !counted.contains(&fold(&found).as_str()) {
                self.problems.push(Problem {
                    file: file.to_owned(),
                    row: header.row.number,
                    unit: String::new(),
                    reason: "unread_column",
                    column: found,
                    found: String::new(),
                    nearest: String::new(),
                    rejected: false,
                });
            }
        }
    }

    /// Keeps the row of each unit that was received last, and refuses those that contradict each other.
    pub fn settle(&mut self) {
        let mut by_unit: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, submission) in self.submissions.iter().enumerate() {
            if let (Fate::Accepted, Some(unit)) = (submission.fate, &submission.unit) {
                by_unit.entry(unit.key.clone()).or_default().push(place);
            }
        }
        for places in by_unit.values().filter(|places| places.len() > 1) {
            self.settle_unit(places);
        }
    }

    fn settle_unit(&mut self, places: &[usize]) {
        let last = places.iter().map(|place| self.submissions[*place].received_on).max().flatten();
        let (latest, earlier): (Vec<usize>, Vec<usize>) =
            places.iter().partition(|place| self.submissions[**place].received_on == last);
        for place in earlier {
            self.submissions[place].fate = Fate::Replaced;
        }
        let Some((first, others)) = latest.split_first() else { return };
        let same =
            |place: &usize| self.submissions[*place].counts == self.submissions[*first].counts;
        if others.iter().all(same) {
            others.iter().for_each(|place| self.submissions[*place].fate = Fate::Replaced);
            return;
        }
        for place in &latest {
            let one = &mut self.submissions[*place];
            one.fate = Fate::Rejected;
            self.problems.push(Problem {
                file: one.file.clone(),
                row: one.row,
                unit: one.unit.as_ref().map(|unit| unit.name.clone()).unwrap_or_default(),
                reason: "same_day",
                column: "received_on".to_owned(),
                found: one.received_on.map(|day| day.to_string()).unwrap_or_default(),
                nearest: String::new(),
                rejected: true,
            });
        }
    }
}

impl Line<'_> {
    fn refused(&self, reason: &'static str, field: &str) -> Box<Problem> {
        Box::new(Problem {
            file: self.file.to_owned(),
            row: self.row.number,
            unit: self.name.clone(),
            reason,
            column: self.header.text(field),
            found: self.header.cell(self.row, field).shown(),
            nearest: String::new(),
            rejected: true,
        })
    }
}
