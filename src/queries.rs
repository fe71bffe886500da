//! The files of `queries/`: what is measured. Embedded, or a folder of the user's own.
//!
//! SQL files are templates over the definition files beside them (rules, indicators, tables): only
//! names and expressions from those files enter the text, never data.

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value, context};
use serde::{Deserialize, Serialize};

use crate::error::{Fault, Kind, Result};

/// What is wrong with a query or definition file.
#[derive(Debug, thiserror::Error)]
pub enum QueryFault {
    #[error("query file `{name}` is missing from {folder}")]
    Missing { name: String, folder: String },
    #[error("`{name}` cannot be read: {message}")]
    Unreadable { name: String, message: String },
    #[error("`{name}` is not as expected: {message}")]
    Malformed { name: String, message: String },
}

impl Fault for QueryFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("`ispeed-report init DIR` writes the shipped files to compare with".into())
    }
}

/// A rule of the input contract.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub name: String,
    /// SQL, true when a row fails.
    pub when: String,
    /// The columns whose values the quarantine shows.
    pub columns: Vec<String>,
    pub description: String,
}

/// A measured quantity with statistics.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    pub name: String,
    /// SQL over an accepted test.
    pub expression: String,
    pub unit: String,
    /// Which end is bad: `low` or `high`.
    pub worse: String,
    #[serde(default)]
    pub benchmark: bool,
    pub definition: String,
    pub source: String,
}

/// A family of samples that statistics are given for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    pub name: String,
    /// SQL over a sample.
    #[serde(rename = "where")]
    pub filter: String,
    /// The access type whose samples it consists of; none for a part of one.
    pub access_type: Option<String>,
}

/// A table of statistics.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatisticsTable {
    pub name: String,
    pub keys: Vec<String>,
    #[serde(default, rename = "where")]
    pub filter: String,
    #[serde(default)]
    pub raw: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definitions {
    #[serde(default)]
    rule: Vec<Rule>,
    #[serde(default)]
    indicator: Vec<Indicator>,
    #[serde(default)]
    family: Vec<Family>,
    #[serde(default)]
    table: Vec<StatisticsTable>,
}

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../queries/", $name)))),*]
    };
}

/// The shipped files.
pub const EMBEDDED: &[(&str, &str)] = embedded![
    "README.md",
    "collapse/devices.sql",
    "collapse/effective.sql",
    "coverage/absences.sql",
    "coverage/basis.sql",
    "coverage/cells.sql",
    "coverage/device_days.sql",
    "coverage/evidence.sql",
    "coverage/neighbours.sql",
    "coverage/samples.sql",
    "coverage/share_days.sql",
    "coverage/shares.sql",
    "coverage/signals.sql",
    "coverage/suspected.sql",
    "families.toml",
    "gaps/gaps.sql",
    "gaps/quota.sql",
    "import/g-nettrack.sql",
    "import/ispeed.sql",
    "import/rtr.sql",
    "indicators.toml",
    "rules.toml",
    "statistics/by_group.sql",
    "statistics/commune_location.sql",
    "statistics/daily.sql",
    "statistics/statistics.toml",
    "statistics/tables.toml",
    "validation/accepted.sql",
    "validation/checked.sql",
    "validation/duplicates.sql",
    "validation/notes.sql",
    "validation/placed.sql",
];

/// Keys that may be null: they are grouped and ordered as empty text.
const NULLABLE_KEYS: [&str; 3] = ["district_code", "district_name", "technology"];

/// The statistics of an indicator that a table shows, in column order.
pub const STATISTICS: [&str; 6] = ["mean", "median", "p05", "p10", "p90", "p95"];

/// Columns that effective samples carry beside the indicators.
const CARRIED: [&str; 2] = ["packet_loss_ratio", "signal_dbm"];

/// All queries of a run.
#[derive(Debug, Clone)]
pub struct Queries {
    files: BTreeMap<String, String>,
    folder: String,
    pub rules: Vec<Rule>,
    pub indicators: Vec<Indicator>,
    pub families: Vec<Family>,
    pub tables: Vec<StatisticsTable>,
}

impl Queries {
    /// The shipped queries.
    pub fn embedded() -> Result<Self> {
        let files = EMBEDDED.iter().map(|(name, text)| ((*name).into(), (*text).into()));
        Self::of(files.collect(), "the program".into())
    }

    /// The queries of a folder laid out like the shipped one.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        for sub in ["", "collapse", "coverage", "gaps", "import", "statistics", "validation"] {
            read_folder(folder, sub, &mut files)?;
        }
        Self::of(files, format!("`{}`", folder.display()))
    }

    fn of(files: BTreeMap<String, String>, folder: String) -> Result<Self> {
        let mut queries = Queries {
            files,
            folder,
            rules: vec![],
            indicators: vec![],
            families: vec![],
            tables: vec![],
        };
        queries.rules = queries.definitions("rules.toml")?.rule;
        queries.indicators = queries.definitions("indicators.toml")?.indicator;
        queries.families = queries.definitions("families.toml")?.family;
        queries.tables = queries.definitions("statistics/tables.toml")?.table;
        let names = queries.rules.iter().map(|r| ("rules.toml", &r.name));
        let names = names.chain(queries.indicators.iter().map(|i| ("indicators.toml", &i.name)));
        let names = names.chain(queries.families.iter().map(|f| ("families.toml", &f.name)));
        let keys = queries.tables.iter().flat_map(|t| std::iter::once(&t.name).chain(&t.keys));
        let names = names.chain(keys.map(|key| ("statistics/tables.toml", key)));
        names.into_iter().try_for_each(|(file, name)| check_name(file, name))?;
        Ok(queries)
    }

    fn definitions(&self, name: &str) -> Result<Definitions> {
        let malformed = |e: toml::de::Error| QueryFault::Malformed {
            name: name.to_owned(),
            message: e.to_string().trim().replace('\n', " "),
        };
        Ok(toml::from_str(self.text(name)?).map_err(malformed)?)
    }

    /// The text of a file as it stands.
    pub fn text(&self, name: &str) -> Result<&str> {
        let missing = || QueryFault::Missing { name: name.to_owned(), folder: self.folder.clone() };
        Ok(self.files.get(name).map(String::as_str).ok_or_else(missing)?)
    }

    /// Name and text of every file, sorted by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The names of the import profiles.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.files.keys().filter_map(|name| name.strip_prefix("import/")?.strip_suffix(".sql"))
    }

    /// The SQL of a file, with the definitions put in.
    pub fn sql(&self, name: &str) -> Result<String> {
        self.render(name, context! {})
    }

    /// A table of samples, once for each family that a sample belongs to: column `family`.
    pub fn by_family(&self, table: &str) -> String {
        let parts = self.families.iter().map(|family| {
            format!("SELECT *, '{}' AS family FROM {table} WHERE {}", family.name, family.filter)
        });
        parts.collect::<Vec<_>>().join(" UNION ALL ")
    }

    /// The SQL of one table of statistics.
    pub fn statistics_sql(&self, table: &StatisticsTable) -> Result<String> {
        let table = Value::from(Serde(table));
        self.render("statistics/by_group.sql", context! { table })
    }

    fn render(&self, name: &str, extra: minijinja::Value) -> Result<String> {
        let malformed = |e: minijinja::Error| QueryFault::Malformed {
            name: name.to_owned(),
            message: format!("{e:#}"),
        };
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        let values = context! {
            rules => Value::from(Serde(&self.rules)),
            indicators => Value::from(Serde(&self.indicators)),
            families => Value::from(Serde(&self.families)),
            statistics => Value::from(Serde(STATISTICS)),
            carried => Value::from(Serde(CARRIED)),
            nullable => Value::from(Serde(NULLABLE_KEYS)),
            ..extra
        };
        Ok(environment.render_named_str(name, self.text(name)?, values).map_err(malformed)?)
    }
}

fn read_folder(root: &Path, sub: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    let folder = root.join(sub);
    let fault = |e: std::io::Error| QueryFault::Unreadable {
        name: folder.display().to_string(),
        message: e.to_string(),
    };
    for entry in std::fs::read_dir(&folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_file() && [".sql", ".toml", ".md"].iter().any(|end| name.ends_with(end)) {
            let text = std::fs::read_to_string(&path).map_err(fault)?;
            let name = if sub.is_empty() { name } else { format!("{sub}/{name}") };
            files.insert(name, text);
        }
    }
    Ok(())
}

/// Names become identifiers in SQL and columns in tables.
fn check_name(file: &str, name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.is_empty() && name.chars().all(plain) {
        return Ok(());
    }
    Err(QueryFault::Malformed {
        name: file.to_owned(),
        message: format!("found name `{name}`, expected letters a-z, digits and _"),
    }
    .into())
}
