//! Import profiles: SQL that selects canonical columns from raw ones.

use super::contract::{COLUMNS, Content};
use super::fault::ImportFault;
use crate::config::nearest;
use crate::error::Result;
use crate::queries::Queries;

/// What a profile accepts in a raw column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawType {
    Text,
    Number,
    Integer,
    Time,
    /// Any scalar, given to the profile as text.
    Any,
}

impl RawType {
    /// As messages and the head of a profile name it.
    pub fn name(self) -> &'static str {
        match self {
            RawType::Text => "text",
            RawType::Number => "number",
            RawType::Integer => "integer",
            RawType::Time => "time",
            RawType::Any => "any scalar",
        }
    }
}

/// A raw column that a profile reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawColumn {
    pub name: String,
    pub raw_type: RawType,
    pub required: bool,
}

/// An import profile.
#[derive(Debug, Clone)]
pub struct Profile {
    pub name: String,
    pub sql: String,
    pub columns: Vec<RawColumn>,
    /// Groups of columns of which at least one must be there.
    pub one_of: Vec<Vec<String>>,
}

impl Profile {
    /// The profile of that name in `queries/import/`.
    pub fn find(queries: &Queries, name: &str) -> Result<Self> {
        if !queries.profiles().any(|known| known == name) {
            let known: Vec<&str> = queries.profiles().collect();
            return Err(ImportFault::UnknownProfile {
                name: name.to_owned(),
                nearest: nearest(name, known.iter().copied()).unwrap_or_default().to_owned(),
                known: known.join(", "),
            }
            .into());
        }
        Self::parse(name, queries.text(&format!("import/{name}.sql"))?)
    }

    fn parse(name: &str, sql: &str) -> Result<Self> {
        let mut profile =
            Profile { name: name.into(), sql: sql.into(), columns: vec![], one_of: vec![] };
        for line in sql.lines().filter_map(|line| line.strip_prefix("--")) {
            let Some((keyword, list)) = line.trim().split_once(':') else { continue };
            if !["required", "optional", "one of"].contains(&keyword) {
                continue;
            }
            let columns = list
                .split(',')
                .map(|entry| profile.column(entry, keyword == "required"))
                .collect::<Result<Vec<_>>>()?;
            if keyword == "one of" {
                profile.one_of.push(columns.iter().map(|c| c.name.clone()).collect());
            }
            let new = |column: &RawColumn| profile.columns.iter().all(|c| c.name != column.name);
            let new: Vec<RawColumn> = columns.into_iter().filter(new).collect();
            profile.columns.extend(new);
        }
        if profile.columns.is_empty() {
            return Err(profile.fault("its head declares no column (`-- required: name type`)"));
        }
        Ok(profile)
    }

    fn column(&self, entry: &str, required: bool) -> Result<RawColumn> {
        let mut words = entry.split_whitespace();
        let name = words.next().unwrap_or_default();
        let raw_type = match words.next().unwrap_or_default() {
            "text" => RawType::Text,
            "number" => RawType::Number,
            "integer" => RawType::Integer,
            "time" => RawType::Time,
            "any" => RawType::Any,
            other => {
                return Err(self.fault(&format!(
                    "column `{name}` is declared as `{other}`, expected text, number, integer, \
                     time or any"
                )));
            }
        };
        Ok(RawColumn { name: name.into(), raw_type, required })
    }

    /// An error about this profile.
    pub fn fault(&self, message: &str) -> crate::error::Error {
        ImportFault::Profile { name: self.name.clone(), message: message.into() }.into()
    }

    /// Checks the columns that the SQL selects: canonical ones, and the text beside converted ones.
    pub fn check_output(&self, selected: &[&str]) -> Result<()> {
        let converts = self.sql.contains("TRY_CAST(") || self.sql.contains("parse_time(");
        for name in selected {
            let base = name.strip_suffix("_raw").unwrap_or(name);
            let Some((_, content)) = COLUMNS.iter().find(|(column, _)| *column == base) else {
                let near = nearest(name, COLUMNS.iter().map(|(column, _)| *column));
                return Err(self.fault(&format!(
                    "selects column `{name}`, expected a canonical column (nearest: `{}`)",
                    near.unwrap_or_default()
                )));
            };
            let raw = format!("{base}_raw");
            if converts && *content != Content::Text && !selected.contains(&raw.as_str()) {
                return Err(self.fault(&format!(
                    "converts text, so beside `{base}` it must select the text as `{raw}`: values \
                     that cannot be read are counted by it"
                )));
            }
        }
        Ok(())
    }

    /// How many of the profile's columns a file has.
    fn found(&self, names: &[String]) -> usize {
        self.columns.iter().filter(|column| names.contains(&column.name)).count()
    }
}

/// What to do about a file that does not fit its profile: the one that fits best.
pub fn nearest_hint(queries: &Queries, names: &[String]) -> String {
    let profiles: Vec<Profile> =
        queries.profiles().filter_map(|name| Profile::find(queries, name).ok()).collect();
    let best = profiles.iter().max_by_key(|p| p.found(names) * 1000 / p.columns.len());
    match best {
        Some(profile) => format!(
            "choose an import profile with --profile (nearest: `{}`, {} of its {} columns are \
             there; known: {}), or write one in queries/import/",
            profile.name,
            profile.found(names),
            profile.columns.len(),
            profiles.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", "),
        ),
        None => "write an import profile in queries/import/".into(),
    }
}
