//! Functions of `queries/validation/placed.sql` that look up the name of a commune.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, StringArray};
use arrow::datatypes::DataType;

use super::placement::dates;
use crate::communes::Register;
use crate::communes::names::Asked;
use crate::engine::Function;
use crate::import::functions::{civil, strings, text_at};

/// Where names are looked up.
#[derive(Clone)]
pub struct Names {
    pub register: Arc<Register>,
    /// The code of the province for rows that name none; none: any province.
    pub province: Option<String>,
}

/// `commune_named(commune, district, province, day)`: the code of the commune with that name on that
/// day; NULL without a name or day, and unless exactly one commune has it.
pub struct CommuneNamed(pub Names);

/// `communes_named(commune, district, province, day)`: how many communes have that name on that day;
/// NULL without a name or day.
pub struct CommunesNamed(pub Names);

impl Function for CommuneNamed {
    fn name(&self) -> &'static str {
        "commune_named"
    }

    fn returns(&self) -> DataType {
        DataType::Utf8
    }

    fn call(&self, arguments: &[ArrayRef], rows: usize) -> Result<ArrayRef, String> {
        let found = self.0.look_up(arguments, rows)?;
        Ok(Arc::new(found.into_iter().map(|found| found?.only).collect::<StringArray>()))
    }
}

impl Function for CommunesNamed {
    fn name(&self) -> &'static str {
        "communes_named"
    }

    fn returns(&self) -> DataType {
        DataType::Int64
    }

    fn call(&self, arguments: &[ArrayRef], rows: usize) -> Result<ArrayRef, String> {
        let found = self.0.look_up(arguments, rows)?;
        Ok(Arc::new(found.into_iter().map(|found| Some(found?.count)).collect::<Int64Array>()))
    }
}

/// What a name led to.
#[derive(Clone, Copy)]
struct Found<'a> {
    count: i64,
    /// The code, where it is one commune.
    only: Option<&'a str>,
}

impl Names {
    /// Per row: what its name leads to; none without a name or day.
    fn look_up(
        &self,
        arguments: &[ArrayRef],
        rows: usize,
    ) -> Result<Vec<Option<Found<'_>>>, String> {
        let [commune, district, province, day] = arguments else {
            return Err("takes a commune, a district, a province and a day".into());
        };
        let (commune, district) = (strings(commune)?, strings(district)?);
        let (province, days) = (strings(province)?, dates(day)?);
        // Few names stand behind many rows: each is looked up once a day.
        let mut known = HashMap::new();
        let found = (0..rows).map(|row| {
            let day = if days.len() == 1 { 0 } else { row };
            let day = days.is_valid(day).then(|| days.value(day))?;
            let asked = Asked {
                commune: text_at(&commune, row)?,
                district: text_at(&district, row),
                province: text_at(&province, row),
                province_code: self.province.as_deref(),
            };
            Some(*known.entry((asked, day)).or_insert_with(|| self.found(&asked, day)))
        });
        Ok(found.collect())
    }

    fn found(&self, asked: &Asked<'_>, day: i32) -> Found<'_> {
        let found = civil(day).map_or_else(Vec::new, |day| self.register.named(asked, day));
        let only = if let [one] = found.as_slice() { Some(one.code.as_str()) } else { None };
        Found { count: found.len() as i64, only }
    }
}
