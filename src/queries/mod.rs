//! The files of `queries/`: what is measured. Embedded, or a folder of the user's own.
//!
//! SQL files are templates over the definition files beside them (rules, indicators, tables): only
//! names and expressions from those files enter the text, never data.

mod definitions;
mod shipped;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value, context};

pub use definitions::{
    Family, Indicator, Measure, QUANTILES, Quantile, Rule, Series, StatisticsTable, all_statistics,
};
pub use shipped::EMBEDDED;

use crate::disclosure::{Declaration, declarations};
use crate::error::{Fault, Kind, Result};
use crate::import::contract::{COLUMNS, Content};
use crate::text_file;
use definitions::Definitions;

/// Work of filling in one query: steps, and the text they make.
const FUEL: u64 = 20_000_000;

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

/// Macros that SQL files may import.
pub const MACROS: &str = "macros.sql";

/// Keys that may be null: they are grouped and ordered as empty text.
pub const NULLABLE_KEYS: [&str; 3] = ["district_code", "district_name", "technology"];

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
    /// What of each table may leave the office.
    pub disclosure: Vec<Declaration>,
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
        let part =
            |(name, _): &(&'static str, &str)| name.rsplit_once('/').map_or("", |(sub, _)| sub);
        let parts: BTreeSet<&str> = EMBEDDED.iter().map(part).collect();
        for sub in parts {
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
            disclosure: vec![],
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
        queries.check_benchmarks()?;
        let needed = queries.tables.iter().map(|table| table.name.as_str());
        queries.disclosure = declarations(queries.text("disclosure.toml")?, needed)?;
        Ok(queries)
    }

    /// Benchmarks are for means.
    fn check_benchmarks(&self) -> Result<()> {
        match self.indicators.iter().find(|i| i.benchmark && i.is_level()) {
            None => Ok(()),
            Some(i) => Err(QueryFault::Malformed {
                name: "indicators.toml".into(),
                message: format!(
                    "indicator `{}` is in {} and has benchmark = true, expected false: levels on a \
                     logarithmic scale have no mean to compare",
                    i.name, i.unit
                ),
            }
            .into()),
        }
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

    /// The columns of samples that are computed with directly, indicators first; `None` where the program
    /// may not do without an engine, because a query, a rule, an indicator or the keys of a table are out of the
    /// ordinary.
    pub fn direct_measures(&self) -> Option<Vec<String>> {
        let is_other = |name: &str| name.starts_with("import/") && name != "import/ispeed.sql";
        let mut decisive = EMBEDDED
            .iter()
            .filter(|(name, _)| *name == "rules.toml" || name.ends_with(".sql") && !is_other(name));
        let is_shipped =
            decisive.all(|(name, text)| self.files.get(*name).is_some_and(|f| f == text));
        let is_plain = |indicator: &Indicator| {
            indicator.expression == indicator.name
                && !CARRIED.contains(&indicator.name.as_str())
                && is_measure(&indicator.name)
        };
        let fits = is_shipped
            && self.indicators.iter().all(is_plain)
            && self.tables.iter().all(StatisticsTable::is_plain);
        let indicators = self.indicators.iter().map(|indicator| indicator.name.clone());
        fits.then(|| indicators.chain(CARRIED.map(str::to_owned)).collect())
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

    /// The SQL of collapsing: apart for peak hours when `day_part`, by the communes of
    /// `communes.restated_on` when `restated`.
    pub fn collapse_sql(&self, name: &str, day_part: bool, restated: bool) -> Result<String> {
        self.render(name, context! { day_part, restated })
    }

    /// SQL over the tables `part_0`, `part_1` and so on.
    pub fn history_sql(&self, name: &str, parts: &[usize]) -> Result<String> {
        self.render(name, context! { parts => Value::from(Serde(parts)) })
    }

    /// The SQL of one step towards a table of statistics.
    pub fn statistics_sql(
        &self,
        name: &str,
        table: &StatisticsTable,
        series: Option<&Series>,
    ) -> Result<String> {
        let all: Vec<Series> = self.series(table);
        let headline = self.indicators.first().map_or("", |indicator| indicator.name.as_str());
        let described = context! {
            series => Value::from(Serde(&all)),
            tests => table.tests(),
            ..Value::from(Serde(table))
        };
        let series = Value::from(Serde(series));
        self.render(name, context! { table => described, series, headline })
    }

    /// What a table of statistics is computed over: effective samples, and single tests if it asks.
    pub fn series(&self, table: &StatisticsTable) -> Vec<Series> {
        let effective = Series::effective(&self.indicators, table);
        let mut all = vec![effective];
        all.extend(table.raw.then(|| Series::raw(&self.indicators, table)));
        all
    }

    fn render(&self, name: &str, extra: minijinja::Value) -> Result<String> {
        let malformed = |e: minijinja::Error| QueryFault::Malformed {
            name: name.to_owned(),
            message: format!("{e:#}"),
        };
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_fuel(Some(FUEL));
        environment.add_template(MACROS, self.text(MACROS)?).map_err(malformed)?;
        let values = context! {
            rules => Value::from(Serde(&self.rules)),
            indicators => Value::from(Serde(&self.indicators)),
            families => Value::from(Serde(&self.families)),
            carried => Value::from(Serde(CARRIED)),
            nullable => Value::from(Serde(NULLABLE_KEYS)),
            ..extra
        };
        Ok(environment.render_named_str(name, self.text(name)?, values).map_err(malformed)?)
    }
}

/// Whether a column of the contract is a measure.
fn is_measure(column: &str) -> bool {
    COLUMNS.iter().any(|(name, content)| *name == column && *content == Content::Measure)
}

fn read_folder(root: &Path, sub: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    let folder = root.join(sub);
    if !sub.is_empty() && !folder.is_dir() {
        // A copy of the shipped queries may be older than this part of them.
        let shipped = EMBEDDED.iter().filter(|(name, _)| name.starts_with(&format!("{sub}/")));
        files.extend(shipped.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        return Ok(());
    }
    let fault = |e: std::io::Error| QueryFault::Unreadable {
        name: folder.display().to_string(),
        message: e.to_string(),
    };
    for entry in std::fs::read_dir(&folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_file() && [".sql", ".toml", ".md"].iter().any(|end| name.ends_with(end)) {
            let text = text_file::read(&path, text_file::DEFINITION_BYTES).map_err(fault)?;
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
