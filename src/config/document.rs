//! A configuration before its types: TOML whose every key knows where it was given.
//!
//! Settings of the environment and of flags are put into the tree of the file. All positions are
//! offsets: below the length of the file into its text, from there on the number of an override.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer, Error};

use super::mistakes::{Mistake, Place};

/// One setting from outside the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// [`Place::Environment`] or [`Place::Flag`].
    pub place: Place,
    /// The names of the setting from the outermost table on.
    pub path: Vec<String>,
    /// TOML, or text that is none.
    pub value: String,
}

/// Settings with their places.
pub(super) struct Document<'t> {
    table: Spanned<DeTable<'t>>,
    /// Offsets at which lines of the file begin.
    lines: Vec<usize>,
    length: usize,
    overrides: Vec<Place>,
}

impl<'t> Document<'t> {
    /// The settings of a text, as far as it is TOML, and what is wrong with the rest.
    pub fn parse(text: &'t str) -> (Self, Vec<Mistake>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        let document =
            Document { table, lines: lines.collect(), length: text.len(), overrides: Vec::new() };
        let mistakes = errors.iter().map(|error| document.mistake(error, String::new()));
        let mistakes = mistakes.collect();
        (document, mistakes)
    }

    /// Puts a setting in the place of the file's.
    pub fn set(&mut self, setting: &'t Override) -> Result<(), Mistake> {
        let at = self.length + 1 + self.overrides.len();
        self.overrides.push(setting.place.clone());
        let value = value(&setting.value, at..at + 1);
        let wrong = |message: &str| Mistake {
            place: setting.place.clone(),
            setting: setting.path.join("."),
            message: message.to_owned(),
            nearest: None,
        };
        let Some((last, above)) = setting.path.split_last() else {
            return Err(wrong("names no setting"));
        };
        let mut table = self.table.get_mut();
        for name in above {
            let empty = || Spanned::new(at..at + 1, DeValue::Table(DeTable::new()));
            let key = Spanned::new(at..at + 1, Cow::Borrowed(name.as_str()));
            table = match table.entry(key).or_insert_with(empty).get_mut() {
                DeValue::Table(table) => table,
                _ => return Err(wrong("lies in a setting that is no table")),
            };
        }
        // The key of the file would keep its place.
        table.remove(last.as_str());
        table.insert(Spanned::new(at..at + 1, Cow::Borrowed(last.as_str())), value);
        Ok(())
    }

    /// Where a setting was given.
    pub fn place(&self, setting: &str) -> Place {
        let mut found: Option<Range<usize>> = None;
        let mut table = Some(self.table.get_ref());
        for part in setting.split('.') {
            let (name, index) = indexed(part);
            let entry = table.and_then(|table| table.get_key_value(name));
            let Some((key, value)) = entry else { return Place::Default };
            let element = match (value.get_ref(), index) {
                (DeValue::Array(array), Some(index)) => array.get(index),
                _ => None,
            };
            found = Some(element.map_or_else(|| key.span(), Spanned::span));
            table = element.unwrap_or(value).get_ref().as_table();
        }
        found.map_or(Place::Default, |span| self.place_at(span.start))
    }

    fn place_at(&self, offset: usize) -> Place {
        if offset > self.length
            && let Some(place) = self.overrides.get(offset - self.length - 1)
        {
            return place.clone();
        }
        Place::Line(self.lines.partition_point(|start| *start <= offset))
    }

    /// The settings as a type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        T::deserialize(Deserializer::from(self.table.clone()))
    }

    /// What an error says, in the words of who writes a configuration.
    pub fn mistake(&self, error: &Error, setting: String) -> Mistake {
        let place = self.place_at(error.span().map_or(0, |span| span.start));
        let message = error.message().lines().next().unwrap_or_default();
        let nearest = super::load::nearest_key(message);
        Mistake { place, setting, message: plain(message), nearest }
    }

    /// Takes out what an error is about, so that the rest can be read.
    pub fn cut(&mut self, error: &Error) -> Option<Cut> {
        let target = Target { span: error.span()?, name: unknown(error.message()) };
        let around = self.table.span();
        cut_from_table(self.table.get_mut(), &around, &target)
    }

    /// Gives a text that must be there, so that the rest can be read where it is not.
    pub fn complete(&mut self, table: &'static str, key: &'static str) {
        let entry = |name: &'static str| Spanned::new(0..0, Cow::Borrowed(name));
        let text = Spanned::new(0..0, DeValue::String(Cow::Borrowed("-")));
        let inner = DeTable::from_iter([(entry(key), text)]);
        let inner = Spanned::new(0..0, DeValue::Table(inner));
        self.table.get_mut().insert(entry(table), inner);
    }
}

/// A value of an override; what is no TOML is text.
fn value(text: &str, at: Range<usize>) -> Spanned<DeValue<'_>> {
    let parsed = DeValue::parse(text).map(Spanned::into_inner);
    moved(parsed.unwrap_or_else(|_| DeValue::String(Cow::Borrowed(text))), &at)
}

/// The value with all its parts at one place.
fn moved<'t>(value: DeValue<'t>, at: &Range<usize>) -> Spanned<DeValue<'t>> {
    let value = match value {
        DeValue::Array(mut array) => {
            for element in array.iter_mut() {
                let inner = std::mem::replace(element.get_mut(), DeValue::Boolean(false));
                *element = moved(inner, at);
            }
            DeValue::Array(array)
        }
        DeValue::Table(table) => {
            let entry = |(key, value): (Spanned<Cow<'t, str>>, Spanned<DeValue<'t>>)| {
                (Spanned::new(at.clone(), key.into_inner()), moved(value.into_inner(), at))
            };
            DeValue::Table(table.into_iter().map(entry).collect())
        }
        other => other,
    };
    Spanned::new(at.clone(), value)
}

/// `benchmarks[2]`: a name and the position from 0, written from 1.
fn indexed(part: &str) -> (&str, Option<usize>) {
    let index = part.split_once('[').and_then(|(name, rest)| {
        let index: usize = rest.strip_suffix(']')?.parse().ok()?;
        Some((name, index.checked_sub(1)?))
    });
    index.map_or((part, None), |(name, index)| (name, Some(index)))
}

/// What was taken out.
pub(super) struct Cut {
    pub setting: String,
    /// Where the table stands that it was taken from.
    pub around: Range<usize>,
}

/// What an error is about.
struct Target<'e> {
    span: Range<usize>,
    /// Of an unknown key: all parts of an override stand at one place.
    name: Option<&'e str>,
}

impl Target<'_> {
    fn is(&self, key: &Spanned<Cow<'_, str>>, value: &Spanned<DeValue<'_>>) -> bool {
        let named = self.name.is_none_or(|name| name == key.get_ref());
        named && (key.span() == self.span || value.span() == self.span)
    }
}

fn unknown(message: &str) -> Option<&str> {
    message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next())
}

/// Removes the innermost entry that an error is about.
fn cut_from_table(
    table: &mut DeTable<'_>,
    around: &Range<usize>,
    target: &Target<'_>,
) -> Option<Cut> {
    let mut here = None;
    for (key, value) in table.iter_mut() {
        // An entry may have the span of the table around it, as in `a.b = 1`: the inner one counts.
        if let Some(cut) = cut_inside(value, target) {
            return Some(Cut { setting: format!("{}{}", key.get_ref(), cut.setting), ..cut });
        }
        if target.is(key, value) {
            here.get_or_insert(key.get_ref().to_string());
        }
    }
    let setting = here?;
    table.remove(setting.as_str());
    Some(Cut { setting, around: around.clone() })
}

/// The same below a value; the setting begins with its separator.
fn cut_inside(value: &mut Spanned<DeValue<'_>>, target: &Target<'_>) -> Option<Cut> {
    let around = value.span();
    match value.get_mut() {
        DeValue::Table(table) => {
            let cut = cut_from_table(table, &around, target)?;
            Some(Cut { setting: format!(".{}", cut.setting), ..cut })
        }
        DeValue::Array(array) => cut_from_array(array, &around, target),
        _ => None,
    }
}

fn cut_from_array(
    array: &mut DeArray<'_>,
    around: &Range<usize>,
    target: &Target<'_>,
) -> Option<Cut> {
    let name = |index: usize| format!("[{}]", index + 1);
    for (index, element) in array.iter_mut().enumerate() {
        if let Some(cut) = cut_inside(element, target) {
            return Some(Cut { setting: name(index) + &cut.setting, ..cut });
        }
    }
    let is_meant = |element: &Spanned<DeValue<'_>>| element.span() == target.span;
    let gone = array.iter().position(is_meant).filter(|_| target.name.is_none())?;
    let kept = array.iter().enumerate().filter(|(index, _)| *index != gone);
    *array = kept.map(|(_, element)| element.clone()).collect();
    Some(Cut { setting: name(gone), around: around.clone() })
}

/// What serde says, without the names of Rust's types.
fn plain(message: &str) -> String {
    let mut plain = message.to_owned();
    for (said, meant) in [
        ("unknown field", "has no setting"),
        ("missing field", "lacks"),
        ("unknown variant", "is"),
        ("invalid type:", "is"),
        ("invalid value:", "is"),
        ("invalid length", "has the length"),
        ("expected u8", "expected a whole number from 0 to 255"),
        ("expected u32", "expected a whole number, 0 or more"),
        ("expected u64", "expected a whole number, 0 or more"),
        ("expected i8", "expected a whole number"),
        ("expected f64", "expected a number"),
        ("expected a sequence", "expected a list"),
        ("expected a map", "expected a table"),
        ("a boolean", "true or false"),
    ] {
        plain = plain.replacen(said, meant, 1);
    }
    plain
}
