//! Names of offices, which change with the date of the report: `reports/offices.toml`.

use jiff::civil::Date;
use serde::Deserialize;

use super::error::ReportError;
use crate::error::Result;
use crate::vietnamese::fold;

/// The names of all offices over time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Offices {
    /// Names of the provinces that are cities.
    pub cities: Vec<String>,
    /// Reports dated before this day also go to the districts.
    pub districts_until: Date,
    /// The kinds of commune in a period that begins before that day, and from it on.
    pub commune_kinds_before: String,
    pub commune_kinds: String,
    /// The words for a province.
    pub province: Area,
    /// The words for a city.
    pub city: Area,
    /// In order of time.
    pub era: Vec<Era>,
    pub signer_position: String,
    /// The kind of a dispatch that names none.
    pub dispatch: String,
    pub recipients: Recipients,
    pub reminder: Addressees,
}

/// How a province is named; `{name}` stands for its bare name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Area {
    pub full_name: String,
    /// The level of its departments, e.g. `cấp tỉnh`.
    pub level: String,
    pub committee: String,
    pub committee_short: String,
    pub parent: String,
}

/// The ministry and its department in the province from a day on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Era {
    pub valid_from: Date,
    pub ministry: String,
    pub issuer: String,
    pub symbol: String,
}

/// The default lists of recipients; `{…}` is filled in as told in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipients {
    pub ministry: Vec<String>,
    /// Of the ministry's report where it is the only one.
    pub single: Vec<String>,
    pub committee: Vec<String>,
    pub reminder: Vec<String>,
    pub districts: Vec<String>,
    pub filed: String,
    pub filed_with_unit: String,
}

/// Whom a reminder is to, while there are districts and since.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Addressees {
    pub addressees_before: Vec<String>,
    pub addressees: Vec<String>,
}

impl Offices {
    /// The kinds of commune there are on a day.
    pub fn commune_kinds(&self, day: Date) -> &str {
        if day < self.districts_until { &self.commune_kinds_before } else { &self.commune_kinds }
    }

    /// Reads the names; `file` is named in errors.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let fault = |message: String| ReportError::File { file: file.to_owned(), message };
        let offices: Offices =
            toml::from_str(text).map_err(|e| fault(e.to_string().trim_end().to_owned()))?;
        if offices.era.is_empty() {
            return Err(fault("found no `[[era]]`, expected at least one".into()).into());
        }
        Ok(offices)
    }

    /// The words for a province of this bare name.
    pub fn area(&self, province: &str) -> &Area {
        let is_city = self.cities.iter().any(|city| fold(city) == fold(province));
        if is_city { &self.city } else { &self.province }
    }

    /// The last era that began by the day, or the first of all.
    pub fn era(&self, day: Date) -> &Era {
        let begun = self.era.iter().rev().find(|era| era.valid_from <= day);
        begun.unwrap_or(&self.era[0])
    }
}
