//! Values on their way into a document: always leaves, never markup.
//!
//! While a template is filled in, each printed value is put aside and a token of private-use
//! characters stands in its place. Markdown and TOML are parsed with the tokens, and only then
//! are the tokens replaced. A name such as `**x**` or `| a` therefore prints as it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Enumerator, Object, Value};
use serde_json::Value as Json;
use unicode_normalization::UnicodeNormalization;

const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// The texts that tokens stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Leaves(Arc<Mutex<Vec<String>>>);

impl Leaves {
    /// Puts a text aside and returns its token.
    pub fn put(&self, text: String) -> String {
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.push(text);
        format!("{OPEN}{}{CLOSE}", texts.len() - 1)
    }

    /// A text with its tokens replaced.
    pub fn resolve(&self, text: &str) -> String {
        let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        resolve_below(text, &texts, texts.len())
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

/// The field that a template asked for last and did not find.
#[derive(Debug, Clone, Default)]
pub(super) struct LastMiss(Arc<Mutex<Option<Miss>>>);

/// A field that was asked for, and those there are.
#[derive(Debug, Clone)]
pub(super) struct Miss {
    pub field: String,
    pub known: Vec<String>,
}

impl LastMiss {
    fn set(&self, miss: Miss) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(miss);
    }

    /// The last miss, if any.
    pub fn get(&self) -> Option<Miss> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Named values that remember which name was asked for in vain.
#[derive(Debug)]
struct Fields {
    values: BTreeMap<String, Value>,
    misses: LastMiss,
}

impl Object for Fields {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        let found = self.values.get(name).cloned();
        if found.is_none() {
            let known = self.values.keys().cloned().collect();
            self.misses.set(Miss { field: name.to_owned(), known });
        }
        found
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.values.keys().map(Value::from).collect())
    }
}

/// The values of a template from plain data.
pub(super) fn template_value(data: &Json, misses: &LastMiss) -> Value {
    match data {
        Json::Null => Value::from(()),
        Json::Bool(value) => Value::from(*value),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::from(integer),
            None => number.as_f64().map_or(Value::from(()), Value::from),
        },
        Json::String(text) => Value::from(without_tokens(text)),
        Json::Array(items) => items.iter().map(|item| template_value(item, misses)).collect(),
        Json::Object(map) => {
            let values = map.iter().map(|(k, v)| (k.clone(), template_value(v, misses))).collect();
            Value::from_object(Fields { values, misses: misses.clone() })
        }
    }
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
        let leaves = Leaves::default();
        let inner = leaves.put("**x**".into());
        let outer = leaves.put(format!("[{inner}]"));
        assert_eq!(leaves.resolve(&format!("a {outer} b")), "a [**x**] b");
    }

    #[test]
    fn a_leaf_that_names_itself_ends() {
        let leaves = Leaves::default();
        leaves.put("\u{E000}0\u{E001}".into());
        assert_eq!(leaves.resolve("\u{E000}0\u{E001}"), "0");
    }

    #[test]
    fn text_is_composed_and_spaced_once() {
        assert_eq!(tidy("Đắk\n  Lă\u{301}k\u{7}"), "Đắk Lắk");
        assert_eq!(tidy("ngày\u{A0}\u{A0} tháng"), "ngày\u{A0}\u{A0} tháng");
    }
}
