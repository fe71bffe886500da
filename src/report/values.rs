//! Values on their way into a document: always leaves, never markup.
//!
//! While a template is filled in, each printed value is put aside and a token of private-use
//! characters stands in its place. Markdown and TOML are parsed with the tokens, and only then
//! are the tokens replaced. A name such as `**x**` or `| a` therefore prints as it is.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, Value};
use serde_json::Value as Json;
use unicode_normalization::UnicodeNormalization;

const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

thread_local! {
    /// The texts of the template that this thread is filling in.
    static TEXTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    /// What that template asked for last in vain.
    static MISS: RefCell<Option<Miss>> = const { RefCell::new(None) };
}

/// The texts that tokens stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Leaves(Vec<String>);

impl Leaves {
    /// What `fill` gives, and the texts that it put aside: one thread fills in one template at a time.
    pub fn collect<T>(fill: impl FnOnce() -> T) -> (T, Self) {
        TEXTS.take();
        MISS.take();
        let filled = fill();
        (filled, Leaves(TEXTS.take()))
    }

    /// Puts a text aside and returns its token.
    pub fn put(text: String) -> String {
        TEXTS.with_borrow_mut(|texts| {
            texts.push(text);
            format!("{OPEN}{}{CLOSE}", texts.len() - 1)
        })
    }

    /// A text with its tokens replaced.
    pub fn resolve(&self, text: &str) -> String {
        resolve_below(text, &self.0, self.0.len())
    }
}

/// A leaf can hold tokens itself (`{{ macro() | upper }}`), but only of leaves made before it.
fn resolve_below(text: &str, texts: &[String], limit: usize) -> String {
    let mut parts = text.split(OPEN);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (index, rest) = part.split_once(CLOSE).unwrap_or(("", part));
        match index.parse::<usize>() {
            Ok(index) if index < limit => out.push_str(&resolve_below(&texts[index], texts, index)),
            _ => out.push_str(index),
        }
        out.push_str(rest);
    }
    out
}

/// Text as it may stand in a document: NFC, without control characters, one space at a time.
///
/// Only ordinary white space is collapsed: no-break spaces mark the blanks of a form.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc() {
        let c = if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c };
        if c == ' ' && out.ends_with(' ') || c.is_control() {
            continue;
        }
        out.push(c);
    }
    out
}

/// A field that was asked for, and those there are.
#[derive(Debug, Clone)]
pub(super) struct Miss {
    pub field: String,
    pub known: Vec<String>,
}

/// The field that this thread's template asked for last and did not find, if any.
pub(super) fn last_miss() -> Option<Miss> {
    MISS.with_borrow(Clone::clone)
}

/// Named values that remember which name was asked for in vain.
#[derive(Debug)]
struct Fields(BTreeMap<String, Value>);

impl Object for Fields {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        let found = self.0.get(name).cloned();
        if found.is_none() {
            let known = self.0.keys().cloned().collect();
            let miss = Miss { field: name.to_owned(), known };
            MISS.set(Some(miss));
        }
        found
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.keys().map(Value::from).collect())
    }
}

/// The values of a template from plain data.
pub(super) fn template_value(data: &Json) -> Value {
    match data {
        Json::Null => Value::from(()),
        Json::Bool(value) => Value::from(*value),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::from(integer),
            None => number.as_f64().map_or(Value::from(()), Value::from),
        },
        Json::String(text) => Value::from(without_tokens(text)),
        Json::Array(items) => items.iter().map(template_value).collect(),
        Json::Object(_) => root(fields(data)),
    }
}

/// The named values of an object; none of anything else.
pub(super) fn fields(data: &Json) -> BTreeMap<String, Value> {
    let map = data.as_object().into_iter().flatten();
    map.map(|(name, value)| (name.clone(), template_value(value))).collect()
}

/// Named values as one value.
pub(super) fn root(fields: BTreeMap<String, Value>) -> Value {
    Value::from_object(Fields(fields))
}

/// A text from data cannot pretend to be a token.
fn without_tokens(text: &str) -> String {
    text.chars().filter(|c| !matches!(*c, OPEN | CLOSE)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_replaced_also_inside_leaves() {
        let (outer, leaves) = Leaves::collect(|| {
            let inner = Leaves::put("**x**".into());
            Leaves::put(format!("[{inner}]"))
        });
        assert_eq!(leaves.resolve(&format!("a {outer} b")), "a [**x**] b");
    }

    #[test]
    fn a_leaf_that_names_itself_ends() {
        let (_, leaves) = Leaves::collect(|| Leaves::put("\u{E000}0\u{E001}".into()));
        assert_eq!(leaves.resolve("\u{E000}0\u{E001}"), "0");
    }

    #[test]
    fn text_is_composed_and_spaced_once() {
        assert_eq!(tidy("Đắk\n  Lă\u{301}k\u{7}"), "Đắk Lắk");
        assert_eq!(tidy("ngày\u{A0}\u{A0} tháng"), "ngày\u{A0}\u{A0} tháng");
    }
}
