//! What a template can do with a value: Vietnamese numbers, dates and lists.

use jiff::civil::Date;
use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind};

use super::labels::Labels;
use super::rows::MARK;
use crate::vietnamese;

/// Stands for a value that is not there; never 0.
pub(super) const ABSENT: &str = "–";

/// Makes all filters known to the templates.
pub(super) fn add(env: &mut Environment<'_>, labels: &Labels) {
    // These would let a value enter as markup.
    for name in ["safe", "escape", "e"] {
        env.remove_filter(name);
    }
    env.add_filter("number", number);
    env.add_filter("percent", percent);
    env.add_filter("integer", integer);
    env.add_filter("quantity", quantity);
    env.add_filter("date", date);
    let words = labels.clone();
    env.add_filter("quantity_or_none", move |value: &Value| quantity_or_none(value, &words));
    let words = labels.clone();
    env.add_filter("listing", move |value: &Value| listing(value, &words));
    let words = labels.clone();
    env.add_filter("spoken", move |value: &Value| spoken(value, &words));
    let words = labels.clone();
    env.add_filter("label", move |value: &Value, section: &str| label(value, section, &words));
}

/// A value as it prints without a filter.
pub(super) fn plain(value: &Value) -> Result<String, Error> {
    match value.kind() {
        ValueKind::None => Ok(ABSENT.to_owned()),
        ValueKind::String => Ok(value.to_string()),
        ValueKind::Number => match i64::try_from(value.clone()) {
            Ok(integer) => Ok(vietnamese::integer(integer)),
            Err(_) => {
                Err(invalid("a fraction needs a filter: number(decimals) or percent(decimals)"))
            }
        },
        kind => Err(invalid(format!("a {kind} cannot be printed as text"))),
    }
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// `None` when the value is null, an error when it is no number.
fn float(value: &Value, filter: &str) -> Result<Option<f64>, Error> {
    match value.kind() {
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        ValueKind::None => Ok(None),
        ValueKind::Number => Ok(f64::try_from(value.clone()).ok().filter(|x| x.is_finite())),
        kind => Err(invalid(format!("filter {filter} found a {kind}, expected a number"))),
    }
}

fn is_suppressed(value: &Value) -> bool {
    value.as_str() == Some(MARK)
}

fn number(value: &Value, decimals: usize) -> Result<String, Error> {
    if is_suppressed(value) {
        return Ok(MARK.into());
    }
    let value = float(value, "number")?;
    Ok(value.map_or_else(|| ABSENT.into(), |x| vietnamese::number(x, decimals)))
}

fn percent(value: &Value, decimals: usize) -> Result<String, Error> {
    if is_suppressed(value) {
        return Ok(MARK.into());
    }
    let value = float(value, "percent")?;
    Ok(value.map_or_else(|| ABSENT.into(), |x| vietnamese::percent(x, decimals)))
}

fn integer(value: &Value) -> Result<String, Error> {
    number(value, 0)
}

/// Counts of people and places below 10 take a leading zero in official prose.
fn quantity(value: &Value) -> Result<String, Error> {
    let text = integer(value)?;
    let single = text.len() == 1 && text.as_bytes()[0].is_ascii_digit() && text != "0";
    Ok(if single { format!("0{text}") } else { text })
}

/// A count, or the word for none.
fn quantity_or_none(value: &Value, labels: &Labels) -> Result<String, Error> {
    match quantity(value)?.as_str() {
        "0" => word("none", labels),
        count => Ok(count.to_owned()),
    }
}

fn word(key: &str, labels: &Labels) -> Result<String, Error> {
    let found = labels.text(&format!("words.{key}"));
    found.map(str::to_owned).map_err(|error| invalid(error.to_string()))
}

fn date(value: &Value) -> Result<String, Error> {
    if value.is_none() {
        return Ok(ABSENT.into());
    }
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    let parsed = value.as_str().and_then(|text| text.parse::<Date>().ok());
    let wrong = || invalid(format!("filter date found `{value}`, expected a date like 2025-10-01"));
    parsed.map(vietnamese::date).ok_or_else(wrong)
}

/// `a, b và c`; the word for an empty list when there is nothing.
fn listing(value: &Value, labels: &Labels) -> Result<String, Error> {
    let items = value.try_iter()?.map(|item| plain(&item)).collect::<Result<Vec<_>, _>>()?;
    match items.as_slice() {
        [] => word("none", labels),
        [only] => Ok(only.clone()),
        [first @ .., last] => Ok(format!("{} {} {last}", first.join(", "), word("and", labels)?)),
    }
}

/// A number as a speaker reads it.
fn spoken(value: &Value, labels: &Labels) -> Result<String, Error> {
    if is_suppressed(value) {
        return word("some", labels);
    }
    let Some(number) = float(value, "spoken")? else { return word("none", labels) };
    super::spoken::number(number, labels).map_err(|error| invalid(error.to_string()))
}

/// The label of a key, e.g. `{{ row.tier | label("tiers") }}`.
fn label(value: &Value, section: &str, labels: &Labels) -> Result<String, Error> {
    match value.kind() {
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        ValueKind::None => Ok(ABSENT.into()),
        _ => {
            let found = labels.text(&format!("{section}.{value}"));
            found.map(str::to_owned).map_err(|error| invalid(error.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_a_dash_and_never_zero() {
        let null = Value::from(());
        assert_eq!(number(&null, 2).unwrap(), "–");
        assert_eq!(percent(&Value::from(f64::NAN), 1).unwrap(), "–");
        assert_eq!(plain(&null).unwrap(), "–");
        assert!(number(&Value::UNDEFINED, 2).is_err());
        assert!(number(&Value::from("x"), 2).is_err());
    }

    #[test]
    fn numbers_are_vietnamese() {
        assert_eq!(number(&Value::from(1234.5), 2).unwrap(), "1.234,50");
        assert_eq!(plain(&Value::from(64595)).unwrap(), "64.595");
        assert!(plain(&Value::from(1.5)).is_err());
        assert_eq!(quantity(&Value::from(3)).unwrap(), "03");
        assert_eq!(quantity(&Value::from(0)).unwrap(), "0");
        assert_eq!(quantity(&Value::from(12)).unwrap(), "12");
        assert_eq!(date(&Value::from("2025-10-05")).unwrap(), "05/10/2025");
    }
}
