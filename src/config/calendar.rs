//! Days on which offices are closed.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

use super::day;

/// What the calendar has to know of a province.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calendar {
    /// Holidays beside 1 January, 30 April, 1 May and 2 September.
    #[serde(deserialize_with = "days")]
    pub holidays: Vec<Date>,
}

/// One day of a list.
#[derive(Deserialize)]
struct Day(#[serde(deserialize_with = "day")] Option<Date>);

fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Date>, D::Error> {
    let days = Vec::<Day>::deserialize(deserializer)?;
    Ok(days.into_iter().filter_map(|day| day.0).collect())
}
