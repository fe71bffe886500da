//! Functions of `queries/validation/placed.sql` that place a position in a commune.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type};
use jiff::civil::Date;

use crate::communes::boundaries::{BoundarySets, Placement};
use crate::engine::Function;
use crate::import::functions::civil;

/// `commune_at(latitude, longitude, day)`: the commune code of the boundaries of that day; NULL
/// without a position, without boundaries on that day, and outside all of them.
pub struct CommuneAt(pub Arc<BoundarySets>);

/// `commune_near(latitude, longitude, day)`: the code of the commune nearest to a position outside all
/// communes of that day; NULL where none is near enough. With the limit in metres; 0: never.
pub struct CommuneNear(pub Arc<BoundarySets>, pub f64);

impl Function for CommuneAt {
    fn name(&self) -> &'static str {
        "commune_at"
    }

    fn returns(&self) -> DataType {
        DataType::Utf8
    }

    fn call(&self, arguments: &[ArrayRef], rows: usize) -> Result<ArrayRef, String> {
        codes(&self.0, arguments, rows, |latitude, longitude, day| {
            match self.0.commune_at(latitude, longitude, day) {
                Placement::Commune(code) => Some(code),
                Placement::Outside | Placement::NoBoundaries => None,
            }
        })
    }
}

impl Function for CommuneNear {
    fn name(&self) -> &'static str {
        "commune_near"
    }

    fn returns(&self) -> DataType {
        DataType::Utf8
    }

    fn call(&self, arguments: &[ArrayRef], rows: usize) -> Result<ArrayRef, String> {
        let CommuneNear(sets, limit_m) = self;
        codes(sets, arguments, rows, |latitude, longitude, day| {
            let near = || sets.commune_near(latitude, longitude, day, *limit_m);
            if *limit_m > 0.0 { near().map(|near| near.code) } else { None }
        })
    }
}

/// The code that `place` gives for each row with a position and a day.
///
/// Sections of the input are checked in parallel already, so the rows of a batch are not.
fn codes<'a>(
    sets: &BoundarySets,
    arguments: &[ArrayRef],
    rows: usize,
    place: impl Fn(f64, f64, Date) -> Option<&'a str>,
) -> Result<ArrayRef, String> {
    let [latitude, longitude, days] = arguments else {
        return Err("takes a latitude, a longitude and a day".into());
    };
    if sets.is_empty() {
        return Ok(arrow::array::new_null_array(&DataType::Utf8, rows));
    }
    let (latitude, longitude) = (numbers(latitude)?, numbers(longitude)?);
    let days = dates(days)?;
    // Neighbouring rows are mostly of one day.
    let mut last = (0, civil(0));
    let codes = (0..rows).map(|row| {
        let at = |length: usize| if length == 1 { 0 } else { row };
        let (y, x, d) = (at(latitude.len()), at(longitude.len()), at(days.len()));
        if latitude.is_null(y) || longitude.is_null(x) || days.is_null(d) {
            return None;
        }
        if last.0 != days.value(d) {
            last = (days.value(d), civil(days.value(d)));
        }
        place(latitude.value(y), longitude.value(x), last.1?)
    });
    Ok(Arc::new(codes.collect::<StringArray>()))
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

/// An argument of days.
pub fn dates(array: &ArrayRef) -> Result<Date32Array, String> {
    let array = cast(array, &DataType::Date32).map_err(|e| e.to_string())?;
    Ok(array.as_primitive::<Date32Type>().clone())
}
