//! Operators: which brand a name, a mobile network code or an autonomous system stands for.
//!
//! The embedded file is `data/operators.csv`, its sources are in `data/README.md`; a user may
//! give another file with the same columns. An operator that no key leads to is unknown, which
//! is counted and no error.

use crate::csv_table::{CsvFault, CsvRow, CsvTable};
use crate::error::{Fault, Kind, Result};
use crate::vietnamese::fold;
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

const EMBEDDED: &str = include_str!("data/operators.csv");
const REQUIRED: [&str; 4] = ["operator", "kind", "key_type", "key"];
const OPTIONAL: [&str; 1] = ["host"];

/// What is wrong with the operators as a whole; single cells are [`CsvFault`]s.
#[derive(Debug, Error)]
enum OperatorsFault {
    #[error(
        "{file}, line {line}: {key_type} `{key}` is given to `{found}`, but line {first_line} \
         gives it to `{first}`, expected one operator per key"
    )]
    SharedKey {
        file: String,
        line: u64,
        key_type: &'static str,
        key: String,
        found: String,
        first_line: u64,
        first: String,
    },
    #[error(
        "{file}, line {line}: `{operator}` has another kind or host than on line {first_line}, \
         expected the same on all its rows"
    )]
    Changed { file: String, line: u64, operator: String, first_line: u64 },
    #[error("{file}, line {line}: host `{host}` of `{operator}` is no operator of the file")]
    UnknownHost { file: String, line: u64, operator: String, host: String },
    #[error("{file} has no operators, expected at least one row")]
    Empty { file: String },
    #[error("the operators do not fit a table: {0}")]
    Table(#[from] arrow::error::ArrowError),
}

impl Fault for OperatorsFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            OperatorsFault::SharedKey { key_type: "name", .. } => {
                Some("names match without case, accents, spaces and punctuation".into())
            }
            _ => None,
        }
    }
}

/// What an operator runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OperatorKind {
    /// A mobile network of its own, perhaps fixed lines too.
    Mno,
    /// A mobile service on the network of a host.
    Mvno,
    /// Fixed lines only.
    Isp,
}

impl OperatorKind {
    /// The word for it in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            OperatorKind::Mno => "mno",
            OperatorKind::Mvno => "mvno",
            OperatorKind::Isp => "isp",
        }
    }
}

/// A brand as shown in reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The brand.
    pub label: String,
    /// What it runs.
    pub kind: OperatorKind,
    /// The label of the operator whose network an MVNO uses, if known.
    pub host: Option<String>,
}

/// Where a key was first given: the place of its operator and the line.
type Target = (usize, u64);

/// All operators with the keys that lead to them.
#[derive(Debug)]
pub struct Operators {
    file: String,
    /// In the order of the file, with the line of the first row.
    operators: Vec<(Operator, u64)>,
    names: BTreeMap<String, Target>,
    codes: BTreeMap<String, Target>,
    asns: BTreeMap<u32, Target>,
}

/// Keys that lead to operators: folded names, network codes in digits, autonomous systems.
pub struct Keys<'a> {
    pub names: Vec<(&'a String, usize)>,
    pub codes: Vec<(&'a String, usize)>,
    pub asns: Vec<(&'a u32, usize)>,
}

/// The look-up tables that queries join.
pub struct OperatorBatches {
    /// Table `operator_names`: the key is a name as [`fold`] gives it.
    pub names: RecordBatch,
    /// Table `operator_codes`: the key is a mobile network code in digits only, such as `45204`.
    pub codes: RecordBatch,
    /// Table `operator_asns`: the key is the number of an autonomous system.
    pub asns: RecordBatch,
}

impl Operators {
    /// The operators of Vietnam.
    pub fn embedded() -> Result<Self> {
        Self::build(&CsvTable::parse("the embedded operators", EMBEDDED, &REQUIRED, &OPTIONAL)?)
    }

    /// Operators from a CSV file.
    pub fn read(path: &Path) -> Result<Self> {
        Self::build(&CsvTable::read(path, &REQUIRED, &OPTIONAL)?)
    }

    fn build(table: &CsvTable) -> Result<Self> {
        let mut operators = Self {
            file: table.file().into(),
            operators: Vec::new(),
            names: BTreeMap::new(),
            codes: BTreeMap::new(),
            asns: BTreeMap::new(),
        };
        for row in table.rows() {
            operators.add(row)?;
        }
        operators.check_hosts()?;
        Ok(operators)
    }

    fn add(&mut self, row: CsvRow<'_>) -> Result<()> {
        let target = (self.place(row)?, row.line());
        let shared = match row.required("key_type")? {
            "name" => insert(&mut self.names, name(row)?, target).map(|t| ("name", t)),
            "mcc_mnc" => {
                insert(&mut self.codes, network_code(row)?, target).map(|t| ("mcc_mnc", t))
            }
            "asn" => insert(&mut self.asns, asn(row)?, target).map(|t| ("asn", t)),
            _ => return Err(row.fault("key_type", "`name`, `mcc_mnc` or `asn`").into()),
        };
        let Some((key_type, (first, first_line))) = shared else {
            return Ok(());
        };
        Err(OperatorsFault::SharedKey {
            file: self.file.clone(),
            line: row.line(),
            key_type,
            key: row.required("key")?.into(),
            found: self.operators[target.0].0.label.clone(),
            first_line,
            first: self.operators[first].0.label.clone(),
        }
        .into())
    }

    /// The place of the operator of a row, which is new or as on earlier rows.
    fn place(&mut self, row: CsvRow<'_>) -> Result<usize> {
        let operator = operator(row)?;
        let known = self.operators.iter().position(|(o, _)| o.label == operator.label);
        let Some(place) = known else {
            self.operators.push((operator, row.line()));
            return Ok(self.operators.len() - 1);
        };
        let (first, first_line) = &self.operators[place];
        if *first != operator {
            let (file, first_line) = (self.file.clone(), *first_line);
            let operator = operator.label;
            return Err(
                OperatorsFault::Changed { file, line: row.line(), operator, first_line }.into()
            );
        }
        Ok(place)
    }

    fn check_hosts(&self) -> Result<()> {
        if self.operators.is_empty() {
            let file = self.file.clone();
            return Err(OperatorsFault::Empty { file }.into());
        }
        for (operator, line) in &self.operators {
            let Some(host) = &operator.host else { continue };
            if !self.operators.iter().any(|(o, _)| o.label == *host) {
                let (file, line) = (self.file.clone(), *line);
                let (operator, host) = (operator.label.clone(), host.clone());
                return Err(OperatorsFault::UnknownHost { file, line, operator, host }.into());
            }
        }
        Ok(())
    }

    /// The operators in the order of the file.
    pub fn operators(&self) -> impl Iterator<Item = &Operator> {
        self.operators.iter().map(|(operator, _)| operator)
    }

    /// The brands in the order of the file.
    pub fn labels(&self) -> Vec<&str> {
        self.operators().map(|operator| operator.label.as_str()).collect()
    }

    /// The brand that a name leads to, however it is spelt.
    pub fn by_name(&self, name: &str) -> Option<&str> {
        let (place, _) = self.names.get(&fold(name))?;
        self.operators.get(*place).map(|(operator, _)| operator.label.as_str())
    }

    /// Every key with the place of its operator in [`Operators::operators`].
    pub fn keys(&self) -> Keys<'_> {
        fn places<K>(targets: &BTreeMap<K, Target>) -> Vec<(&K, usize)> {
            targets.iter().map(|(key, (place, _))| (key, *place)).collect()
        }
        Keys { names: places(&self.names), codes: places(&self.codes), asns: places(&self.asns) }
    }

    /// The tables `operator_names`, `operator_codes`, `operator_asns`, each sorted by key.
    pub fn batches(&self) -> Result<OperatorBatches> {
        let text = |keys: &BTreeMap<String, Target>| -> ArrayRef {
            Arc::new(keys.keys().map(Some).collect::<StringArray>())
        };
        let asns = self.asns.keys().map(|asn| Some(i64::from(*asn))).collect::<Int64Array>();
        Ok(OperatorBatches {
            names: self.batch(text(&self.names), self.names.values())?,
            codes: self.batch(text(&self.codes), self.codes.values())?,
            asns: self.batch(Arc::new(asns), self.asns.values())?,
        })
    }

    fn batch<'a>(
        &'a self,
        keys: ArrayRef,
        targets: impl Iterator<Item = &'a Target>,
    ) -> Result<RecordBatch> {
        let found: Vec<_> = targets.map(|(place, _)| &self.operators[*place].0).collect();
        let labels: StringArray = found.iter().map(|o| Some(&o.label)).collect();
        let kinds: StringArray = found.iter().map(|o| Some(o.kind.name())).collect();
        let hosts: StringArray = found.iter().map(|o| o.host.as_ref()).collect();
        let columns: [(&str, ArrayRef, bool); 4] = [
            ("key", keys, false),
            ("operator", Arc::new(labels), false),
            ("kind", Arc::new(kinds), false),
            ("host", Arc::new(hosts), true),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(columns);
        Ok(batch.map_err(OperatorsFault::from)?)
    }
}

/// Keeps the first target of a key and returns it when the new one is another operator.
fn insert<K: Ord>(keys: &mut BTreeMap<K, Target>, key: K, target: Target) -> Option<Target> {
    let first = *keys.entry(key).or_insert(target);
    (first.0 != target.0).then_some(first)
}

fn operator(row: CsvRow<'_>) -> Result<Operator, CsvFault> {
    let kind = match row.required("kind")? {
        "mno" => OperatorKind::Mno,
        "mvno" => OperatorKind::Mvno,
        "isp" => OperatorKind::Isp,
        _ => return Err(row.fault("kind", "`mno`, `mvno` or `isp`")),
    };
    let host = row.optional("host").map(|host| host.nfc().collect());
    if host.is_some() && kind != OperatorKind::Mvno {
        return Err(row.fault("host", "nothing, since only an mvno has a host"));
    }
    Ok(Operator { label: row.required("operator")?.nfc().collect(), kind, host })
}

fn name(row: CsvRow<'_>) -> Result<String, CsvFault> {
    let name = fold(row.required("key")?);
    if name.is_empty() { Err(row.fault("key", "a name with letters or digits")) } else { Ok(name) }
}

/// The digits of a mobile network code: three of the country, two or three of the network.
fn network_code(row: CsvRow<'_>) -> Result<String, CsvFault> {
    let code = row.required("key")?;
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let separators = code.chars().all(|c| c.is_ascii_digit() || c == '-' || c == ' ');
    if separators && (digits.len() == 5 || digits.len() == 6) {
        return Ok(digits);
    }
    Err(row.fault("key", "a mobile network code such as 452-04"))
}

fn asn(row: CsvRow<'_>) -> Result<u32, CsvFault> {
    let key = row.required("key")?;
    let digits = key.strip_prefix("AS").unwrap_or(key);
    let number = digits.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| row.fault("key", "the number of an autonomous system such as 7552"))
}

#[cfg(test)]
mod tests;
