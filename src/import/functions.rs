//! Functions that queries may call; `queries/README.md` documents them.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

use super::fault::ImportFault;
use crate::engine::Function;
use crate::error::Result;
use crate::vietnamese::fold;

/// The zone of that IANA name, from the bundled database.
pub fn zone(name: &str) -> Result<TimeZone> {
    // A name is looked up in the bundled tables only, never on the machine.
    let known = jiff::tz::TimeZoneDatabase::bundled();
    Ok(known.get(name).map_err(|_| ImportFault::UnknownZone(name.to_owned()))?)
}

/// A local time as an instant: the first of two when clocks go back, none when they skip it.
pub fn instant(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => None,
        _ => ambiguous.earlier().ok(),
    }
}

/// `parse_time(text, format, zone)`.
pub struct ParseTime;

impl Function for ParseTime {
    fn name(&self) -> &'static str {
        "parse_time"
    }

    fn returns(&self) -> DataType {
        DataType::Timestamp(TimeUnit::Microsecond, None)
    }

    fn call(&self, arguments: &[ArrayRef], rows: usize) -> Result<ArrayRef, String> {
        let [text, format, zone_name] = arguments else {
            return Err("parse_time takes a text, a format and a zone".into());
        };
        let (text, format) = (strings(text)?, constant(format)?);
        let zone = zone(constant(zone_name)?).map_err(|e| e.to_string())?;
        let parsed = (0..rows).map(|row| {
            let broken = jiff::fmt::strtime::parse(format, text_at(&text, row)?).ok()?;
            let instant = match broken.offset() {
                Some(_) => broken.to_timestamp().ok(),
                None => instant(&zone, broken.to_datetime().ok()?),
            };
            Some(instant?.as_microsecond())
        });
        Ok(Arc::new(TimestampMicrosecondArray::from_iter(parsed)))
    }
}

/// `fold_name(text)`.
pub struct FoldName;

impl Function for FoldName {
    fn name(&self) -> &'static str {
        "fold_name"
    }

    fn returns(&self) -> DataType {
        DataType::Utf8
    }

    fn call(&self, arguments: &[ArrayRef], rows: usize) -> Result<ArrayRef, String> {
        let [text] = arguments else { return Err("fold_name takes a text".into()) };
        let text = strings(text)?;
        // Few names stand behind many rows: fold each once.
        let mut known = std::collections::HashMap::new();
        let folded: StringArray = (0..rows)
            .map(|row| {
                let name = text_at(&text, row)?;
                Some(known.entry(name).or_insert_with(|| fold(name)).clone())
            })
            .collect();
        Ok(Arc::new(folded))
    }
}

/// `local_date(instant)`: the day in the configured zone.
pub struct LocalDate(pub TimeZone);

impl Function for LocalDate {
    fn name(&self) -> &'static str {
        "local_date"
    }

    fn returns(&self) -> DataType {
        DataType::Date32
    }

    fn call(&self, arguments: &[ArrayRef], rows: usize) -> Result<ArrayRef, String> {
        let local = local_times(self.name(), &self.0, arguments, rows)?;
        let days = local.into_iter().map(|time| Some(time?.div_euclid(MICROSECONDS_A_DAY) as i32));
        Ok(Arc::new(Date32Array::from_iter(days)))
    }
}

/// `local_hour(instant)`: the hour of the day in the configured zone, 0 to 23.
pub struct LocalHour(pub TimeZone);

impl Function for LocalHour {
    fn name(&self) -> &'static str {
        "local_hour"
    }

    fn returns(&self) -> DataType {
        DataType::Int64
    }

    fn call(&self, arguments: &[ArrayRef], rows: usize) -> Result<ArrayRef, String> {
        let local = local_times(self.name(), &self.0, arguments, rows)?;
        let hour = |time: i64| time.rem_euclid(MICROSECONDS_A_DAY) / MICROSECONDS_AN_HOUR;
        Ok(Arc::new(Int64Array::from_iter(local.into_iter().map(|time| time.map(hour)))))
    }
}

const MICROSECONDS_AN_HOUR: i64 = 3_600_000_000;
const MICROSECONDS_A_DAY: i64 = 24 * MICROSECONDS_AN_HOUR;

/// Microseconds since 1970-01-01T00:00 by the clocks of the zone, for a function of one time.
fn local_times(
    function: &str,
    zone: &TimeZone,
    arguments: &[ArrayRef],
    rows: usize,
) -> Result<Vec<Option<i64>>, String> {
    let wrong = || format!("{function} takes a time");
    let [instants] = arguments else { return Err(wrong()) };
    let instants = instants.as_primitive_opt::<TimestampMicrosecondType>().ok_or_else(wrong)?;
    let local = (0..rows).map(|row| {
        let row = if instants.len() == 1 { 0 } else { row };
        instants.is_valid(row).then(|| local_time(zone, instants.value(row))).flatten()
    });
    Ok(local.collect())
}

/// None outside the years that dates can have.
fn local_time(zone: &TimeZone, microsecond: i64) -> Option<i64> {
    let instant = Timestamp::from_microsecond(microsecond).ok()?;
    let offset = i64::from(zone.to_offset(instant).seconds());
    microsecond.checked_add(offset * 1_000_000)
}

/// A text argument; a column without any value may have the type null.
pub fn strings(array: &ArrayRef) -> Result<StringArray, String> {
    let text = arrow::compute::cast(array, &DataType::Utf8).map_err(|e| e.to_string())?;
    Ok(text.as_string::<i32>().clone())
}

fn constant(array: &ArrayRef) -> Result<&str, String> {
    let text = array.as_string_opt::<i32>().filter(|text| !text.is_empty() && text.is_valid(0));
    Ok(text.ok_or("format and zone of parse_time must be given as text")?.value(0))
}

/// The text of a row, of the only one of a constant.
pub fn text_at(text: &StringArray, row: usize) -> Option<&str> {
    let row = if text.len() == 1 { 0 } else { row };
    text.is_valid(row).then(|| text.value(row))
}

/// A day of Arrow as a calendar day.
pub fn civil(days: i32) -> Option<jiff::civil::Date> {
    jiff::civil::Date::constant(1970, 1, 1).checked_add(i64::from(days).days()).ok()
}

/// A calendar day as a day of Arrow.
pub fn days(date: jiff::civil::Date) -> i32 {
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    (date.duration_since(epoch).as_hours() / 24) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    #[test]
    fn times_are_parsed_in_their_zone() {
        let values = [
            Some("2019.12.16_11.49.59"),
            Some("2020.03.29_01.30.00"),
            Some("2019.10.27_01.30.00"),
            Some("16/12/2019"),
            None,
        ];
        let format = text(&[Some("%Y.%m.%d_%H.%M.%S")]);
        let zone = text(&[Some("Europe/Dublin")]);
        let times = ParseTime.call(&[text(&values), format, zone], 5).unwrap();
        let times = times.as_primitive::<TimestampMicrosecondType>();
        let expected: Timestamp = "2019-12-16T11:49:59Z".parse().unwrap();
        assert_eq!(times.value(0), expected.as_microsecond());
        assert!(times.is_null(1), "clocks skip 01:30 on that night");
        let first: Timestamp = "2019-10-27T00:30:00Z".parse().unwrap();
        assert_eq!(times.value(2), first.as_microsecond(), "the first of two");
        assert!(times.is_null(3) && times.is_null(4));
    }

    #[test]
    fn the_local_day_begins_seven_hours_before_utc() {
        let zone = zone("Asia/Ho_Chi_Minh").unwrap();
        let instants = ["2025-06-30T16:59:59Z", "2025-06-30T17:00:00Z"];
        let instants = instants.map(|t| Some(t.parse::<Timestamp>().unwrap().as_microsecond()));
        let array: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter(instants));
        let result = LocalDate(zone).call(&[array], 2).unwrap();
        let result = result.as_primitive::<arrow::datatypes::Date32Type>();
        assert_eq!(civil(result.value(0)).unwrap().to_string(), "2025-06-30");
        assert_eq!(civil(result.value(1)).unwrap().to_string(), "2025-07-01");
        assert_eq!(days(civil(result.value(1)).unwrap()), result.value(1));
    }

    #[test]
    fn the_local_hour_goes_from_0_to_23() {
        let cases = [
            ("Asia/Ho_Chi_Minh", "2025-06-30T16:59:59.999999Z", 23),
            ("Asia/Ho_Chi_Minh", "2025-06-30T17:00:00Z", 0),
            // Before 1970, and eight hours ahead of UTC in those days.
            ("Asia/Ho_Chi_Minh", "1969-12-31T12:30:00Z", 20),
            // Clocks go back: 01:30 comes twice.
            ("Europe/Dublin", "2019-10-27T00:30:00Z", 1),
            ("Europe/Dublin", "2019-10-27T01:30:00Z", 1),
        ];
        for (name, instant, expected) in cases {
            let instant: Timestamp = instant.parse().unwrap();
            let array: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![
                Some(instant.as_microsecond()),
                None,
            ]));
            let result = LocalHour(zone(name).unwrap()).call(&[array], 2).unwrap();
            let result = result.as_primitive::<arrow::datatypes::Int64Type>();
            assert_eq!(result.value(0), expected, "{name} {instant}");
            assert!(result.is_null(1));
        }
    }

    #[test]
    fn an_unknown_zone_is_an_error() {
        assert!(zone("Asia/Hanoi_City").is_err());
    }
}
