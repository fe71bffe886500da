//! Functions of `queries/validation/placed.sql` that place a position in a commune.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type};

use crate::communes::boundaries::{BoundarySets, Placement};
use crate::engine::Function;
use crate::import::functions::civil;

/// `commune_at(latitude, longitude, day)`: the commune code of the boundaries of that day; NULL
/// without a position, without boundaries on that day, and outside all of them.
pub struct CommuneAt(pub Arc<BoundarySets>);

impl Function for CommuneAt {
    fn name(&self) -> &'static str {
        "commune_at"
    }

    fn returns(&self) -> DataType {
        DataType::Utf8
    }

    fn call(&self, arguments: &[ArrayRef], rows: usize) -> Result<ArrayRef, String> {
        let [latitude, longitude, day] = arguments else {
            return Err("commune_at takes a latitude, a longitude and a day".into());
        };
        if self.0.is_empty() {
            return Ok(arrow::array::new_null_array(&DataType::Utf8, rows));
        }
        let (latitude, longitude) = (numbers(latitude)?, numbers(longitude)?);
        let day = dates(day)?;
        let codes: StringArray = (0..rows)
            .map(|row| {
                let at = |length: usize| if length == 1 { 0 } else { row };
                let (y, x, d) = (at(latitude.len()), at(longitude.len()), at(day.len()));
                if latitude.is_null(y) || longitude.is_null(x) || day.is_null(d) {
                    return None;
                }
                let day = civil(day.value(d))?;
                match self.0.commune_at(latitude.value(y), longitude.value(x), day) {
                    Placement::Commune(code) => Some(code.to_owned()),
                    Placement::Outside | Placement::NoBoundaries => None,
                }
            })
            .collect();
        Ok(Arc::new(codes))
    }
}

/// `boundaries_on(day)`: whether any boundaries hold on that day (on any day, when it is NULL).
pub struct BoundariesOn(pub Arc<BoundarySets>);

impl Function for BoundariesOn {
    fn name(&self) -> &'static str {
        "boundaries_on"
    }

    fn returns(&self) -> DataType {
        DataType::Boolean
    }

    fn call(&self, arguments: &[ArrayRef], rows: usize) -> Result<ArrayRef, String> {
        let [day] = arguments else { return Err("boundaries_on takes a day".into()) };
        let day = dates(day)?;
        let known: BooleanArray = (0..rows)
            .map(|row| {
                let row = if day.len() == 1 { 0 } else { row };
                let date = if day.is_valid(row) { civil(day.value(row)) } else { None };
                Some(match date {
                    Some(date) => self.0.valid_on(date).next().is_some(),
                    None => !self.0.is_empty(),
                })
            })
            .collect();
        Ok(Arc::new(known))
    }
}

fn numbers(array: &ArrayRef) -> Result<Float64Array, String> {
    let array = cast(array, &DataType::Float64).map_err(|e| e.to_string())?;
    Ok(array.as_primitive::<Float64Type>().clone())
}

fn dates(array: &ArrayRef) -> Result<Date32Array, String> {
    let array = cast(array, &DataType::Date32).map_err(|e| e.to_string())?;
    Ok(array.as_primitive::<Date32Type>().clone())
}
