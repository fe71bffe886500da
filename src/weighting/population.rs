//! The file of inhabitants: one number per commune.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use crate::communes::register::{Commune, Register};
use crate::csv_table::{CsvFault, CsvRow, CsvTable};
use crate::error::{Fault, Kind, Result};
use crate::import::functions::days;
use crate::period::Period;
use crate::plan::table;

const REQUIRED: [&str; 2] = ["commune_code", "population"];
const MOST: f64 = 1e8;

/// A file that is of no use for the province.
#[derive(Debug, thiserror::Error)]
pub enum PopulationFault {
    #[error(
        "{file} has no population of a commune of province `{province}` in the period, expected \
         at least one"
    )]
    Nothing { file: String, province: String },
}

impl Fault for PopulationFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("check `statistics.population`, and `province.code` against its commune codes".into())
    }
}

/// Inhabitants by commune code and first day of the commune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population(BTreeMap<(String, Date), u64>);

impl Population {
    /// Reads a CSV file; communes of other provinces and other columns are ignored.
    pub fn read(path: &Path, register: &Register, province: &str, period: &Period) -> Result<Self> {
        Self::build(&CsvTable::read_among(path, &REQUIRED)?, register, province, period)
    }

    fn build(
        table: &CsvTable,
        register: &Register,
        province: &str,
        period: &Period,
    ) -> Result<Self> {
        let (mut found, mut lines) = (BTreeMap::new(), BTreeMap::new());
        for row in table.rows() {
            let inhabitants = inhabitants(row)?;
            let Some(commune) = commune(row, register, period)? else { continue };
            let key = (commune.code.clone(), commune.valid_from);
            if let Some(first) = lines.insert(key.clone(), row.line()) {
                let expected = format!("a commune that is not on line {first} already");
                return Err(row.fault("commune_code", &expected).into());
            }
            if commune.province_code == province && inhabitants > 0 {
                found.insert(key, inhabitants);
            }
        }
        if found.is_empty() {
            let (file, province) = (table.file().to_owned(), province.to_owned());
            return Err(PopulationFault::Nothing { file, province }.into());
        }
        Ok(Population(found))
    }

    /// The table `population`.
    pub fn batch(&self) -> Result<RecordBatch> {
        let codes = self.0.keys().map(|(code, _)| code);
        let codes: ArrayRef = Arc::new(StringArray::from_iter_values(codes));
        let from = self.0.keys().map(|(_, from)| days(*from));
        let from: ArrayRef = Arc::new(Date32Array::from_iter_values(from));
        // At most 10^8: fits.
        let inhabitants = self.0.values().map(|inhabitants| *inhabitants as i64);
        let inhabitants: ArrayRef = Arc::new(Int64Array::from_iter_values(inhabitants));
        Ok(table(
            "population",
            [("commune_code", codes), ("commune_valid_from", from), ("population", inhabitants)],
        )?)
    }
}

/// The number of a row; 0 when it is not known.
fn inhabitants(row: CsvRow<'_>) -> Result<u64, CsvFault> {
    let found = row.number("population", 0.0, MOST)?.unwrap_or(0.0);
    if found.fract() != 0.0 {
        return Err(row.fault("population", "a whole number of inhabitants"));
    }
    Ok(found as u64)
}

/// The commune of a row; none when its day lies in another period.
fn commune<'a>(
    row: CsvRow<'_>,
    register: &'a Register,
    period: &Period,
) -> Result<Option<&'a Commune>, CsvFault> {
    let code: String = row.required("commune_code")?.nfc().collect();
    if let Some(day) = row.date("valid_from")? {
        let unknown = || row.fault("commune_code", &format!("a code of the register on {day}"));
        let commune = register.find(&code, day).ok_or_else(unknown)?;
        return Ok(Some(commune).filter(|c| c.valid_within(period.from, period.to)));
    }
    let all = register.communes();
    let start = all.partition_point(|c| c.code < code);
    let of_code = all[start..].iter().take_while(|c| c.code == code);
    let mut found = of_code.filter(|c| c.valid_within(period.from, period.to));
    let last = period.to.yesterday().unwrap_or(period.to);
    let unknown = format!("a code of the register on some day from {} to {last}", period.from);
    let first = found.next().ok_or_else(|| row.fault("commune_code", &unknown))?;
    match found.next() {
        None => Ok(Some(first)),
        Some(second) => {
            let expected = format!(
                "a day, since `{code}` is {} until {}, then {}",
                first.name, first.valid_to, second.name
            );
            Err(row.fault("valid_from", &expected))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::functions::zone;

    /// The population of Đắk Lắk (new 66, in June old 66) in a month.
    fn read(text: &str, month: &str, first_day: i8) -> Result<Vec<(String, String, u64)>> {
        let zone = zone("Asia/Ho_Chi_Minh")?;
        let period = Period::of(month, first_day, &zone)?;
        let table = CsvTable::parse_among("population.csv", text, &REQUIRED)?;
        let found = Population::build(&table, &Register::embedded()?, "66", &period)?;
        let rows = found.0.into_iter();
        Ok(rows.map(|((code, from), n)| (code, from.to_string(), n)).collect())
    }

    fn row(code: &str, from: &str, inhabitants: u64) -> (String, String, u64) {
        (code.to_owned(), from.to_owned(), inhabitants)
    }

    #[test]
    fn other_columns_other_provinces_and_blanks_are_left_out() {
        let text = "commune_code,commune_name,population,area_km2\n\
                    24121,Phường Tân Lập,70000,1.5\n24163,x,,2\n00004,Phường Ba Đình,65023,2.97\n";
        let found = read(text, "2025-10", 1).unwrap();
        assert_eq!(found, [row("24121", "2025-07-01", 70_000)]);
    }

    #[test]
    fn a_day_tells_which_commune_has_a_reused_code() {
        let text =
            "commune_code,valid_from,population\n24121,2025-07-01,70000\n24121,2025-01-01,9000\n";
        let after = read(text, "2025-10", 1).unwrap();
        assert_eq!(after, [row("24121", "2025-07-01", 70_000)]);
        let across = read(text, "2025-07", 15).unwrap();
        assert_eq!(across.len(), 2, "{across:?}");
        assert_eq!((across[0].2, across[1].2), (9_000, 70_000));
    }

    #[test]
    fn complaints_name_file_line_and_column() {
        for (month, first_day, text, expected) in [
            (
                "2025-10",
                1,
                "commune_code,population\n24121,5\n99999,5\n",
                "population.csv, line 3, column `commune_code`: found `99999`, expected a code of \
                 the register on some day from 2025-10-01 to 2025-10-31",
            ),
            (
                "2025-07",
                15,
                "commune_code,population\n24121,5\n",
                "population.csv, line 2, column `valid_from`: found nothing, expected a day, since \
                 `24121` is Phường Tân Hòa until 2025-07-01, then Phường Tân Lập",
            ),
            (
                "2025-10",
                1,
                "commune_code,population,valid_from\n99999,5,2025-10-01\n",
                "column `commune_code`: found `99999`, expected a code of the register on 2025-10-01",
            ),
            (
                "2025-10",
                1,
                "commune_code,population\n24121,5\n24121,6\n",
                "line 3, column `commune_code`: found `24121`, expected a commune that is not on line 2",
            ),
            (
                "2025-10",
                1,
                "commune_code,population\n24121,5.5\n",
                "line 2, column `population`: found `5.5`, expected a whole number",
            ),
            (
                "2025-10",
                1,
                "commune_code,population\n24121,-5\n",
                "column `population`: found `-5`, expected a number from 0",
            ),
            ("2025-10", 1, "commune_code,people\n24121,5\n", "has no column `population`"),
            (
                "2025-10",
                1,
                "commune_code,population\n24121,\n00004,9\n",
                "population.csv has no population of a commune of province `66` in the period",
            ),
        ] {
            let error = read(text, month, first_day).expect_err(text).to_string();
            assert!(error.contains(expected), "{error}\n{expected}");
        }
    }
}
