//! The file of published figures: one count and median per commune, operator and family.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use unicode_normalization::UnicodeNormalization;

use crate::bundle::tables::reads_as_formula;
use crate::communes::register::Commune;
use crate::csv_table::{CsvFault, CsvRow, CsvTable};
use crate::error::Result;
use crate::operators::Operators;
use crate::plan::table;
use crate::queries::Family;
use crate::vietnamese::fold;

const REQUIRED: [&str; 2] = ["count", "median_download_mbps"];
const OPTIONAL: [&str; 6] =
    ["commune_code", "commune_name", "operator", "access_type", "family", "median_upload_mbps"];
const MAX_COUNT: f64 = 1e9;
const MAX_MBPS: f64 = 1e6;

/// The names that figures are matched with.
pub struct Names<'a> {
    /// The communes of the province in the period.
    pub communes: Vec<&'a Commune>,
    pub operators: &'a Operators,
    /// The label of tests whose operator is unknown.
    pub unknown_operator: &'a str,
    pub families: &'a [Family],
}

/// One line of the file.
#[derive(Debug, Clone, PartialEq)]
struct Figure {
    line: u64,
    family: String,
    commune_code: Option<String>,
    commune_name: Option<String>,
    /// The commune code that ours have; empty for the whole province.
    commune_key: String,
    operator: Option<String>,
    /// The operator that ours have; empty for all.
    operator_key: String,
    /// Whether there is such a commune and such an operator.
    matched: bool,
    tests: u64,
    download: Option<f64>,
    upload: Option<f64>,
}

/// Where a figure is of: neither code nor name for the whole province.
struct Place {
    code: Option<String>,
    name: Option<String>,
    /// Whether it is one of ours.
    known: bool,
}

/// The published figures in the order of their file.
#[derive(Debug, Clone)]
pub struct Published(Vec<Figure>);

impl Published {
    /// Reads a CSV file.
    pub fn read(path: &Path, names: &Names<'_>) -> Result<Self> {
        Self::build(&CsvTable::read(path, &REQUIRED, &OPTIONAL)?, names)
    }

    fn build(table: &CsvTable, names: &Names<'_>) -> Result<Self> {
        let mut figures = Vec::new();
        let mut lines: BTreeMap<(String, String, String), u64> = BTreeMap::new();
        for row in table.rows() {
            let figure = names.figure(row)?;
            let key =
                (figure.family.clone(), figure.commune_key.clone(), figure.operator_key.clone());
            if let Some(first) = lines.insert(key, figure.line) {
                let expected = format!("a figure that is not on line {first} already");
                return Err(row.fault("count", &expected).into());
            }
            figures.push(figure);
        }
        Ok(Published(figures))
    }

    /// The table `published`.
    pub fn batch(&self) -> Result<RecordBatch> {
        let text = |of: fn(&Figure) -> Option<&str>| -> ArrayRef {
            Arc::new(self.0.iter().map(of).collect::<StringArray>())
        };
        let count = |of: fn(&Figure) -> u64| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(self.0.iter().map(|f| of(f) as i64)))
        };
        let number = |of: fn(&Figure) -> Option<f64>| -> ArrayRef {
            Arc::new(self.0.iter().map(of).collect::<Float64Array>())
        };
        let matched: BooleanArray = self.0.iter().map(|f| Some(f.matched)).collect();
        Ok(table(
            "published",
            [
                ("line", count(|f| f.line)),
                ("family", text(|f| Some(&f.family))),
                ("commune_code", text(|f| f.commune_code.as_deref())),
                ("commune_name", text(|f| f.commune_name.as_deref())),
                ("commune_key", text(|f| Some(&f.commune_key))),
                ("operator", text(|f| f.operator.as_deref())),
                ("operator_key", text(|f| Some(&f.operator_key))),
                ("matched", Arc::new(matched)),
                ("published_tests", count(|f| f.tests)),
                ("published_download_mbps", number(|f| f.download)),
                ("published_upload_mbps", number(|f| f.upload)),
            ],
        )?)
    }
}

impl Names<'_> {
    fn figure(&self, row: CsvRow<'_>) -> Result<Figure, CsvFault> {
        let commune = self.commune(row)?;
        let given = plain(row, "operator")?;
        let known = given.as_deref().map(|name| self.operator(name));
        Ok(Figure {
            line: row.line(),
            family: self.family(row)?,
            commune_key: match (&commune.code, &commune.name) {
                (Some(code), _) => code.clone(),
                // A name of no commune stands for itself; no code is written like this.
                (None, Some(name)) => format!("? {name}"),
                (None, None) => String::new(),
            },
            commune_code: commune.code,
            commune_name: commune.name,
            matched: commune.known && known != Some(None),
            operator_key: match (&known, &given) {
                (Some(Some(label)), _) => label.clone(),
                (_, Some(name)) => format!("? {name}"),
                _ => String::new(),
            },
            operator: known.flatten().or(given),
            tests: count(row)?,
            download: row.number("median_download_mbps", 0.0, MAX_MBPS)?,
            upload: row.number("median_upload_mbps", 0.0, MAX_MBPS)?,
        })
    }

    fn family(&self, row: CsvRow<'_>) -> Result<String, CsvFault> {
        let (column, known): (_, Vec<_>) =
            match (row.optional("family"), row.optional("access_type")) {
                (Some(_), Some(_)) => {
                    return Err(row.fault("access_type", "nothing, since the row has a family"));
                }
                (Some(_), None) => ("family", self.families.iter().map(|f| (&f.name, f)).collect()),
                (None, _) => {
                    let whole = |f| -> Option<(&String, &Family)> {
                        let family: &Family = f;
                        family.technology.is_none().then_some((&family.access_type, family))
                    };
                    ("access_type", self.families.iter().filter_map(whole).collect())
                }
            };
        let found = row.optional(column);
        let family = known.iter().find(|(name, _)| Some(name.as_str()) == found);
        let listed = known.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>();
        let fault = || row.fault(column, &listed.join(" or "));
        family.map(|(_, family)| family.name.clone()).ok_or_else(fault)
    }

    /// The commune of a row; a code decides over a name.
    fn commune(&self, row: CsvRow<'_>) -> Result<Place, CsvFault> {
        let (code, name) = (plain(row, "commune_code")?, plain(row, "commune_name")?);
        let found = match (&code, &name) {
            (None, None) => return Ok(Place { code, name, known: true }),
            (Some(code), _) => self.communes.iter().find(|c| c.code == *code).copied(),
            (None, Some(name)) => self.named(row, name)?,
        };
        Ok(match found {
            Some(commune) => Place {
                code: Some(commune.code.clone()),
                name: Some(commune.name.clone()),
                known: true,
            },
            None => Place { code, name, known: false },
        })
    }

    /// The one commune of that name, with its kind or without.
    fn named(&self, row: CsvRow<'_>, name: &str) -> Result<Option<&Commune>, CsvFault> {
        let wanted = fold(name);
        let whole = |c: &&&Commune| fold(&c.name) == wanted;
        let bare =
            |c: &&&Commune| c.name.split_once(' ').is_some_and(|(_, bare)| fold(bare) == wanted);
        let mut found: Vec<_> = self.communes.iter().filter(whole).collect();
        if found.is_empty() {
            found = self.communes.iter().filter(bare).collect();
        }
        found.dedup_by_key(|c| &c.code);
        match found.as_slice() {
            [] => Ok(None),
            [commune] => Ok(Some(commune)),
            several => {
                let codes: Vec<_> = several.iter().map(|c| c.code.as_str()).collect();
                let expected =
                    format!("a commune_code, since {} have that name", codes.join(" and "));
                Err(row.fault("commune_name", &expected))
            }
        }
    }

    /// The label of an operator, by any of its names.
    fn operator(&self, name: &str) -> Option<String> {
        let unknown = (fold(name) == fold(self.unknown_operator)).then_some(self.unknown_operator);
        self.operators.by_name(name).or(unknown).map(str::to_owned)
    }
}

/// Text that may stand in a table, see [`reads_as_formula`].
fn plain(row: CsvRow<'_>, column: &str) -> Result<Option<String>, CsvFault> {
    match row.optional(column) {
        Some(text) if reads_as_formula(text) => {
            Err(row.fault(column, "a name or code that does not begin with =, +, -, @"))
        }
        text => Ok(text.map(|text| text.nfc().collect())),
    }
}

fn count(row: CsvRow<'_>) -> Result<u64, CsvFault> {
    let count = row.number("count", 0.0, MAX_COUNT)?;
    let whole = count.filter(|count| count.fract() == 0.0);
    whole.map(|count| count as u64).ok_or_else(|| row.fault("count", "a whole number of tests"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::communes::register::Register;
    use crate::queries::Queries;
    use jiff::civil::Date;

    /// The figures of a file, with the communes of Đắk Lắk in October 2025.
    fn read(text: &str) -> Result<Vec<Figure>> {
        let register = Register::embedded()?;
        let (from, to) = (Date::constant(2025, 10, 1), Date::constant(2025, 11, 1));
        let names = Names {
            communes: register.communes_of("66", from, to),
            operators: &Operators::embedded()?,
            unknown_operator: "Không xác định",
            families: &Queries::embedded()?.families,
        };
        let table = CsvTable::parse("vnnic.csv", text, &REQUIRED, &OPTIONAL)?;
        Published::build(&table, &names).map(|published| published.0)
    }

    #[test]
    fn names_and_codes_lead_to_communes_operators_and_families() {
        let figures = read(
            "commune_code,commune_name,operator,access_type,family,count,median_download_mbps\n\
             ,,,mobile,,1000,80.5\n\
             24121,anything,Vinaphone,,mobile_5g,12,\n\
             ,phuong tan lap,,fixed,,0,\n\
             ,Tân Lập,Không xác định,fixed,,5,1\n\
             99999,Xã Xa,,fixed,,5,1\n\
             ,Xã Không Có,Sóng Lạ,fixed,,5,1\n",
        )
        .unwrap();
        let keys: Vec<_> = figures
            .iter()
            .map(|f| (&*f.family, &*f.commune_key, &*f.operator_key, f.matched))
            .collect();
        assert_eq!(
            keys,
            [
                ("mobile", "", "", true),
                ("mobile_5g", "24121", "VNPT", true),
                ("fixed", "24121", "", true),
                ("fixed", "24121", "Không xác định", true),
                ("fixed", "99999", "", false),
                ("fixed", "? Xã Không Có", "? Sóng Lạ", false),
            ]
        );
        assert_eq!(figures[1].commune_name.as_deref(), Some("Phường Tân Lập"));
        assert_eq!(figures[4].commune_name.as_deref(), Some("Xã Xa"));
        assert_eq!(figures[5].operator.as_deref(), Some("Sóng Lạ"));
        assert_eq!((figures[0].tests, figures[0].download), (1000, Some(80.5)));
        assert_eq!((figures[1].line, figures[1].download), (3, None));
    }

    #[test]
    fn complaints_name_file_line_and_column() {
        let head = "operator,access_type,family,count,median_download_mbps\n";
        for (rows, expected) in [
            (",mobile,,1.5,1\n", "line 2, column `count`: found `1.5`, expected a whole number"),
            (",mobile,,,1\n", "line 2, column `count`: found nothing"),
            (",,,1,1\n", "column `access_type`: found nothing, expected `mobile` or `fixed`"),
            (",Mobile,,1,1\n", "column `access_type`: found `Mobile`, expected `mobile`"),
            (",,5g,1,1\n", "found `5g`, expected `mobile` or `fixed` or `mobile_5g`"),
            (
                ",mobile,mobile,1,1\n",
                "found `mobile`, expected nothing, since the row has a family",
            ),
            ("=x,mobile,,1,1\n", "line 2, column `operator`: found `=x`"),
            (
                ",mobile,,1,-1\n",
                "column `median_download_mbps`: found `-1`, expected a number from 0",
            ),
            (
                "VNPT,mobile,,1,1\nVinaPhone,mobile,,2,1\n",
                "line 3, column `count`: found `2`, expected a figure that is not on line 2 already",
            ),
        ] {
            let error = read(&format!("{head}{rows}")).expect_err(rows).to_string();
            assert!(error.starts_with("vnnic.csv, line ") && error.contains(expected), "{error}");
        }
    }
}
