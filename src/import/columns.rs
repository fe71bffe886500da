//! Brings the many types a column may have in a file to the few that queries see.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, TimeUnit, TimestampMicrosecondType};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::contract::Content;
use super::functions::instant;
use super::profile::RawType;

/// Steps per unit of the grid that measures are rounded to.
const GRID: f64 = 1e6;

/// Whether a column of a file may stand for a raw column of a profile.
pub fn admits(expected: RawType, found: &DataType) -> bool {
    let found = match found {
        DataType::Dictionary(_, values) => values.as_ref(),
        other => other,
    };
    let text = matches!(found, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let time = matches!(found, DataType::Timestamp(..));
    let number = found.is_numeric();
    match expected {
        _ if *found == DataType::Null => true,
        RawType::Text => text,
        RawType::Number | RawType::Integer => number,
        RawType::Time => time,
        RawType::Any => {
            text || time || number || matches!(found, DataType::Boolean | DataType::Date32)
        }
    }
}

/// Converts a column of a file to the type that a profile sees.
pub fn convert(
    array: &ArrayRef,
    raw_type: RawType,
    naive_zone: Option<&TimeZone>,
) -> Result<ArrayRef, String> {
    let to = |data_type: &DataType| cast(array, data_type).map_err(|e| e.to_string());
    let microseconds = DataType::Timestamp(TimeUnit::Microsecond, None);
    match raw_type {
        RawType::Text | RawType::Any => {
            let text = cast(&bare(array)?, &DataType::Utf8).map_err(|e| e.to_string())?;
            Ok(without_blanks(&text))
        }
        RawType::Number => to(&DataType::Float64),
        RawType::Integer => to(&DataType::Int64),
        RawType::Time => match (array.data_type(), naive_zone) {
            (DataType::Timestamp(_, None), Some(zone)) => Ok(localised(&to(&microseconds)?, zone)),
            _ => cast(&bare(array)?, &microseconds).map_err(|e| e.to_string()),
        },
    }
}

/// A timestamp without its zone, which is for display only: the value is UTC already.
fn bare(array: &ArrayRef) -> Result<ArrayRef, String> {
    let DataType::Timestamp(unit, Some(_)) = array.data_type() else {
        return Ok(array.clone());
    };
    let without = DataType::Timestamp(*unit, None);
    cast(array, &DataType::Int64).and_then(|a| cast(&a, &without)).map_err(|e| e.to_string())
}

/// Text without space around it; blank text is no value.
fn without_blanks(array: &ArrayRef) -> ArrayRef {
    let text = array.as_string::<i32>();
    let clean = text.iter().all(|value| value.is_none_or(|v| !v.is_empty() && v.trim() == v));
    if clean {
        return array.clone();
    }
    let trimmed = text.iter().map(|value| value.map(str::trim).filter(|v| !v.is_empty()));
    Arc::new(trimmed.collect::<StringArray>())
}

fn localised(array: &ArrayRef, zone: &TimeZone) -> ArrayRef {
    let local = array.as_primitive::<TimestampMicrosecondType>();
    let instants = local.iter().map(|value| {
        let civil = Timestamp::from_microsecond(value?).ok()?;
        let civil = TimeZone::UTC.to_datetime(civil);
        Some(instant(zone, civil)?.as_microsecond())
    });
    Arc::new(instants.collect::<TimestampMicrosecondArray>())
}

/// Brings a column that a profile selected to its canonical type; says what it found otherwise.
pub fn canonical(array: &ArrayRef, content: Content) -> Result<ArrayRef, String> {
    let found = array.data_type();
    let fits = *found == DataType::Null
        || match content {
            Content::Text => *found == DataType::Utf8,
            Content::Measure | Content::Number | Content::Integer => found.is_numeric(),
            Content::Time => matches!(found, DataType::Timestamp(..)),
        };
    if !fits {
        return Err(format!("found {found}, expected {}", content.arrow_type()));
    }
    let array = cast(array, &content.arrow_type()).map_err(|e| e.to_string())?;
    Ok(match content {
        Content::Text => without_blanks(&array),
        Content::Measure => Arc::new(on_grid(array.as_primitive::<Float64Type>())),
        _ => array,
    })
}

/// Measures rounded, half away from zero, to the grid of 10⁻⁶ of their unit.
///
/// Beyond 2⁵² steps neighbouring floats lie further apart than the grid: those stay as they are.
pub fn on_grid(values: &Float64Array) -> Float64Array {
    values.unary(|value| {
        let steps = value * GRID;
        if steps.abs() < 4_503_599_627_370_496.0 { steps.round() / GRID } else { value }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Decimal128Array, Float32Array, TimestampNanosecondArray, UInt8Array};
    use arrow::datatypes::Int32Type;

    #[test]
    fn any_width_of_number_is_accepted() {
        let decimal = Decimal128Array::from(vec![Some(4520), None]).with_precision_and_scale(9, 2);
        let arrays: [ArrayRef; 3] = [
            Arc::new(decimal.unwrap()),
            Arc::new(Float32Array::from(vec![Some(45.2), None])),
            Arc::new(UInt8Array::from(vec![Some(45), None])),
        ];
        for (array, expected) in arrays.iter().zip([45.2, 45.2f32 as f64, 45.0]) {
            assert!(admits(RawType::Number, array.data_type()));
            let number = convert(array, RawType::Number, None).unwrap();
            assert_eq!(number.as_primitive::<Float64Type>().value(0), expected);
            assert!(number.is_null(1));
        }
    }

    #[test]
    fn text_may_be_a_dictionary_and_blanks_are_null() {
        let values: arrow::array::DictionaryArray<Int32Type> =
            vec![Some(" 4G "), Some("  "), None].into_iter().collect();
        let array: ArrayRef = Arc::new(values);
        assert!(admits(RawType::Text, array.data_type()));
        let text = convert(&array, RawType::Text, None).unwrap();
        let text: Vec<_> = text.as_string::<i32>().iter().collect();
        assert_eq!(text, [Some("4G"), None, None]);
    }

    #[test]
    fn times_keep_their_instant_in_any_unit_and_zone() {
        let nanos = TimestampNanosecondArray::from(vec![1_759_276_800_123_456_789]);
        let array: ArrayRef = Arc::new(nanos.with_timezone("+07:00"));
        let time = convert(&array, RawType::Time, None).unwrap();
        assert_eq!(time.as_primitive::<TimestampMicrosecondType>().value(0), 1_759_276_800_123_456);
        assert_eq!(time.data_type(), &DataType::Timestamp(TimeUnit::Microsecond, None));
    }

    #[test]
    fn times_without_a_zone_are_taken_in_the_configured_one() {
        let local: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![0]));
        let zone = super::super::functions::zone("Asia/Ho_Chi_Minh").unwrap();
        let time = convert(&local, RawType::Time, Some(&zone)).unwrap();
        // Saigon kept UTC+8 in 1970.
        assert_eq!(time.as_primitive::<TimestampMicrosecondType>().value(0), -8 * 3_600_000_000);
    }

    #[test]
    fn measures_lie_on_the_grid() {
        let array: ArrayRef = Arc::new(Float64Array::from(vec![0.1234567, 1e-9, f64::INFINITY]));
        let rounded = canonical(&array, Content::Measure).unwrap();
        let rounded: Vec<f64> = rounded.as_primitive::<Float64Type>().values().to_vec();
        assert_eq!(rounded, [0.123457, 0.0, f64::INFINITY]);
    }
}
