//! Hamlets (thôn): an optional list of the user's own.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use super::grid::Position;
use crate::communes::register::Register;
use crate::csv_table::{CsvFault, CsvRow, CsvTable};

const REQUIRED: [&str; 4] = ["name", "commune_code", "latitude", "longitude"];
const OPTIONAL: [&str; 1] = ["radius_m"];
const RADIUS_M: f64 = 1000.0;
/// Farther away nobody would call a test one of the hamlet.
const LARGEST_RADIUS_M: f64 = 5000.0;

/// A hamlet and how far it reaches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hamlet {
    pub commune_code: String,
    pub name: String,
    pub position: Position,
    pub radius_m: f64,
}

/// The hamlets of a file, by commune and name. Their order decides between equal distances.
pub fn read(path: &Path, register: &Register) -> Result<Vec<Hamlet>, CsvFault> {
    hamlets(&CsvTable::read(path, &REQUIRED, &OPTIONAL)?, register)
}

fn hamlets(table: &CsvTable, register: &Register) -> Result<Vec<Hamlet>, CsvFault> {
    let codes: BTreeSet<&str> = register.communes().iter().map(|c| c.code.as_str()).collect();
    let mut hamlets = Vec::new();
    for row in table.rows() {
        hamlets.push((hamlet(&row, &codes)?, row));
    }
    hamlets.sort_by(|(a, _), (b, _)| order(a, b));
    for ((a, _), (b, row)) in hamlets.iter().zip(hamlets.iter().skip(1)) {
        if order(a, b) == Ordering::Equal {
            return Err(row.fault("name", "a name that no other hamlet of the commune has"));
        }
    }
    Ok(hamlets.into_iter().map(|(hamlet, _)| hamlet).collect())
}

fn order(a: &Hamlet, b: &Hamlet) -> Ordering {
    (&a.commune_code, &a.name).cmp(&(&b.commune_code, &b.name))
}

fn hamlet(row: &CsvRow<'_>, codes: &BTreeSet<&str>) -> Result<Hamlet, CsvFault> {
    let commune_code = row.required("commune_code")?.to_owned();
    if !codes.contains(commune_code.as_str()) {
        return Err(row.fault("commune_code", "a commune code of the register"));
    }
    let degrees = |column: &str, most: f64| -> Result<f64, CsvFault> {
        row.required(column)?;
        row.number(column, -most, most)?.ok_or_else(|| row.fault(column, "a number"))
    };
    let position =
        Position { latitude: degrees("latitude", 89.0)?, longitude: degrees("longitude", 180.0)? };
    let radius_m = row.number("radius_m", 1.0, LARGEST_RADIUS_M)?.unwrap_or(RADIUS_M);
    let name = row.required("name")?.nfc().collect();
    Ok(Hamlet { commune_code, name, position, radius_m })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<Hamlet>, CsvFault> {
        let register = Register::embedded().unwrap();
        hamlets(&CsvTable::parse("h.csv", text, &REQUIRED, &OPTIONAL)?, &register)
    }

    #[test]
    fn hamlets_come_by_commune_and_name() {
        let text = "name,commune_code,latitude,longitude,radius_m\n\
                    Thôn 2,24121,12.70,108.05,\nThôn 1,24121,12.71,108.05,600\n\
                    Buôn A,22015,13.09,109.29,1500\n";
        let hamlets = parse(text).unwrap();
        let shown: Vec<_> = hamlets.iter().map(|h| (h.name.as_str(), h.radius_m)).collect();
        assert_eq!(shown, [("Buôn A", 1500.0), ("Thôn 1", 600.0), ("Thôn 2", 1000.0)]);
    }

    #[test]
    fn complaints_name_line_and_column() {
        let head = "name,commune_code,latitude,longitude,radius_m\n";
        for (rows, expected) in [
            ("A,99999,12.7,108.0,\n", "line 2, column `commune_code`: found `99999`"),
            ("A,24121,,108.0,\n", "line 2, column `latitude`: found nothing"),
            ("A,24121,108.0,12.7,\n", "column `latitude`: found `108.0`"),
            ("A,24121,12.7,108.0,9000\n", "expected a number from 1 to 5000"),
            (",24121,12.7,108.0,\n", "column `name`: found nothing"),
            ("A,24121,12.7,108.0,\nA,24121,12.8,108.0,\n", "line 3, column `name`: found `A`"),
        ] {
            let error = parse(&format!("{head}{rows}")).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
