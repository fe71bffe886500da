//! The register of communes: every commune of Vietnam with its name, parents and dates.
//!
//! The embedded file is written by `data/build_register.py`; a user may give another file with
//! the same columns, of any country.

use super::names::{Asked, Names};
use crate::csv_table::{CsvFault, CsvRow, CsvTable};
use crate::error::{Fault, Kind, Result};
use crate::import::functions::days as days_since_epoch;
use arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use jiff::civil::{Date, date};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

const EMBEDDED: &str = include_str!("data/communes.csv");
const REQUIRED: [&str; 4] = ["commune_code", "commune_name", "province_code", "province_name"];
const OPTIONAL: [&str; 6] =
    ["district_code", "district_name", "valid_from", "valid_to", "seat_latitude", "seat_longitude"];

/// The start of a period whose start is not known or does not matter.
pub const OPEN_START: Date = date(1900, 1, 1);
/// The end of a period that goes on.
pub const OPEN_END: Date = date(9999, 12, 31);

/// The words for the type of a province in front of its name.
const PROVINCE_TYPES: [&str; 2] = ["Tỉnh ", "Thành phố "];

/// What is wrong with a register as a whole; single cells are [`CsvFault`]s.
#[derive(Debug, Error)]
enum RegisterFault {
    #[error(
        "{file}, line {line}: commune `{code}` is valid from {from}, but another row of the code \
         is valid until {until}, expected periods that do not overlap"
    )]
    Overlap { file: String, line: u64, code: String, from: Date, until: Date },
    #[error("{file} has no communes, expected at least one row")]
    Empty { file: String },
    #[error("the register does not fit a table: {0}")]
    Table(#[from] arrow::error::ArrowError),
}

impl Fault for RegisterFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            RegisterFault::Overlap { .. } => {
                Some("valid_to is the first day on which the row no longer holds".into())
            }
            _ => None,
        }
    }
}

/// A district, up to 30/06/2025.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// Its code, text of three digits in Vietnam.
    pub code: String,
    /// Its name with its type.
    pub name: String,
}

/// A commune as it was in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Commune {
    /// Its code; other communes have it in other periods.
    pub code: String,
    /// Its name with its type.
    pub name: String,
    /// Its district, if there are districts in the period.
    pub district: Option<District>,
    /// The code of its province.
    pub province_code: String,
    /// The name of its province with its type.
    pub province_name: String,
    /// The first day of the period.
    pub valid_from: Date,
    /// The first day after the period.
    pub valid_to: Date,
    /// Latitude and longitude of its seat, if known.
    pub seat: Option<(f64, f64)>,
}

impl Commune {
    /// Whether the period contains a day.
    pub fn valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && day < self.valid_to
    }

    /// Whether the period shares a day with the half-open period given.
    pub fn valid_within(&self, from: Date, to: Date) -> bool {
        self.valid_from.max(from) < self.valid_to.min(to)
    }
}

/// A province under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Province<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its name with its type.
    pub name: &'a str,
    /// The first day of the name.
    pub valid_from: Date,
    /// The first day after it.
    pub valid_to: Date,
}

impl<'a> Province<'a> {
    /// The name without its type: "Đắk Lắk".
    pub fn bare_name(&self) -> &'a str {
        bare_name(self.name)
    }
}

/// The name of a province without its type, as it stands in prose.
pub fn bare_name(name: &str) -> &str {
    PROVINCE_TYPES.iter().find_map(|kind| name.strip_prefix(kind)).unwrap_or(name)
}

/// All communes, sorted by code and start of period.
#[derive(Debug)]
pub struct Register {
    communes: Vec<Commune>,
    /// Made when the first name is looked up.
    names: OnceLock<Names>,
}

impl Register {
    /// The communes of Vietnam since 2020.
    pub fn embedded() -> Result<Self> {
        Self::build(&CsvTable::parse("the embedded register", EMBEDDED, &REQUIRED, &OPTIONAL)?)
    }

    /// A register from a CSV file; districts, dates and seats may be left out.
    pub fn read(path: &Path) -> Result<Self> {
        Self::build(&CsvTable::read(path, &REQUIRED, &OPTIONAL)?)
    }

    fn build(table: &CsvTable) -> Result<Self> {
        let mut communes = Vec::new();
        for row in table.rows() {
            communes.push((commune(row)?, row.line()));
        }
        communes.sort_by(|(a, _), (b, _)| key(a).cmp(&key(b)));
        check(table.file(), &communes)?;
        let communes = communes.into_iter().map(|(commune, _)| commune).collect();
        Ok(Self { communes, names: OnceLock::new() })
    }

    /// Every commune in every period, by code and start.
    pub fn communes(&self) -> &[Commune] {
        &self.communes
    }

    /// The commune that a code names on a day.
    pub fn find(&self, code: &str, day: Date) -> Option<&Commune> {
        let next = self.communes.partition_point(|c| key(c) <= (code, day));
        let last = self.communes[..next].last()?;
        (last.code == code && last.valid_on(day)).then_some(last)
    }

    /// The communes that a name may mean on a day, by code; see [`super::names`].
    pub fn named(&self, asked: &Asked<'_>, day: Date) -> Vec<&Commune> {
        let names = self.names.get_or_init(|| Names::of(&self.communes));
        names.find(asked, |place| &self.communes[place], day)
    }

    /// The communes of a province that are valid on some day of a half-open period.
    pub fn communes_of(&self, province_code: &str, from: Date, to: Date) -> Vec<&Commune> {
        let communes = self.communes.iter();
        communes.filter(|c| c.province_code == province_code && c.valid_within(from, to)).collect()
    }

    /// The name of a province on a day.
    pub fn province(&self, code: &str, day: Date) -> Option<&str> {
        let mut communes = self.communes.iter();
        let found = communes.find(|c| c.province_code == code && c.valid_on(day));
        found.map(|c| c.province_name.as_str())
    }

    /// Every province under every name it had, by code and start.
    pub fn provinces(&self) -> Vec<Province<'_>> {
        let mut periods = BTreeMap::new();
        for c in &self.communes {
            let key = (c.province_code.as_str(), c.province_name.as_str());
            let period = periods.entry(key).or_insert((c.valid_from, c.valid_to));
            *period = (period.0.min(c.valid_from), period.1.max(c.valid_to));
        }
        let province =
            |((code, name), (valid_from, valid_to))| Province { code, name, valid_from, valid_to };
        let mut provinces: Vec<_> = periods.into_iter().map(province).collect();
        provinces.sort_by_key(|p| (p.code, p.valid_from, p.name));
        provinces
    }

    /// The register as the table `register`, with the columns of the CSV file.
    pub fn batch(&self) -> Result<RecordBatch> {
        let columns: [(&str, ArrayRef, bool); 10] = [
            ("commune_code", self.text(|c| Some(&c.code)), false),
            ("commune_name", self.text(|c| Some(&c.name)), false),
            ("district_code", self.text(|c| c.district.as_ref().map(|d| d.code.as_str())), true),
            ("district_name", self.text(|c| c.district.as_ref().map(|d| d.name.as_str())), true),
            ("province_code", self.text(|c| Some(&c.province_code)), false),
            ("province_name", self.text(|c| Some(&c.province_name)), false),
            ("valid_from", self.days(|c| c.valid_from), false),
            ("valid_to", self.days(|c| c.valid_to), false),
            ("seat_latitude", self.degrees(|c| c.seat.map(|s| s.0)), true),
            ("seat_longitude", self.degrees(|c| c.seat.map(|s| s.1)), true),
        ];
        Ok(RecordBatch::try_from_iter_with_nullable(columns).map_err(RegisterFault::from)?)
    }

    fn text<'a>(&'a self, cell: impl Fn(&'a Commune) -> Option<&'a str>) -> ArrayRef {
        Arc::new(self.communes.iter().map(cell).collect::<StringArray>())
    }

    fn days(&self, cell: impl Fn(&Commune) -> Date) -> ArrayRef {
        let days = self.communes.iter().map(|c| Some(days_since_epoch(cell(c))));
        Arc::new(days.collect::<Date32Array>())
    }

    fn degrees(&self, cell: impl Fn(&Commune) -> Option<f64>) -> ArrayRef {
        Arc::new(self.communes.iter().map(cell).collect::<Float64Array>())
    }
}

fn key(commune: &Commune) -> (&str, Date) {
    (&commune.code, commune.valid_from)
}

fn commune(row: CsvRow<'_>) -> Result<Commune, CsvFault> {
    let text = |column| row.required(column).map(nfc);
    let commune = Commune {
        code: text("commune_code")?,
        name: text("commune_name")?,
        district: district(row)?,
        province_code: text("province_code")?,
        province_name: text("province_name")?,
        valid_from: row.date("valid_from")?.unwrap_or(OPEN_START),
        valid_to: row.date("valid_to")?.unwrap_or(OPEN_END),
        seat: seat(row)?,
    };
    if commune.valid_from >= commune.valid_to {
        return Err(row.fault("valid_to", &format!("a day after {}", commune.valid_from)));
    }
    Ok(commune)
}

fn district(row: CsvRow<'_>) -> Result<Option<District>, CsvFault> {
    match (row.optional("district_code"), row.optional("district_name")) {
        (None, None) => Ok(None),
        (Some(code), Some(name)) => Ok(Some(District { code: nfc(code), name: nfc(name) })),
        (None, _) => Err(row.fault("district_code", "a code, since the district has a name")),
        (_, None) => Err(row.fault("district_name", "a name, since the district has a code")),
    }
}

fn seat(row: CsvRow<'_>) -> Result<Option<(f64, f64)>, CsvFault> {
    let latitude = row.number("seat_latitude", -90.0, 90.0)?;
    let longitude = row.number("seat_longitude", -180.0, 180.0)?;
    match (latitude, longitude) {
        (None, None) => Ok(None),
        (Some(latitude), Some(longitude)) => Ok(Some((latitude, longitude))),
        (None, _) => Err(row.fault("seat_latitude", "a number, since there is a longitude")),
        (_, None) => Err(row.fault("seat_longitude", "a number, since there is a latitude")),
    }
}

fn nfc(text: &str) -> String {
    text.nfc().collect()
}

fn check(file: &str, communes: &[(Commune, u64)]) -> Result<(), RegisterFault> {
    if communes.is_empty() {
        return Err(RegisterFault::Empty { file: file.into() });
    }
    for pair in communes.windows(2) {
        let [(last, last_line), (next, line)] = pair else {
            continue;
        };
        if last.code == next.code && last.valid_to > next.valid_from {
            return Err(RegisterFault::Overlap {
                file: file.into(),
                line: *line.max(last_line),
                code: next.code.clone(),
                from: next.valid_from,
                until: last.valid_to,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
