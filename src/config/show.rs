//! What is in force, and where each value came from.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::document::{Document, Override};
use super::mistakes::Place;
use super::{Config, load};
use crate::error::Result;

/// A setting in force; a list of tables has one entry for each of their settings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    /// Such as `statistics.quota` or `benchmarks[2].value`.
    pub setting: String,
    /// Null where nothing is set.
    pub value: Value,
    /// In words: `default`, `line 12`, `environment variable …`, `--set …`.
    pub from: String,
}

/// Every setting of a configuration; paths are shown as they were written.
pub fn show(path: &Path, overrides: &[Override]) -> Result<Vec<Shown>> {
    load::load(path, overrides, |loaded, document| {
        let mut shown = Vec::new();
        let tree = serde_json::to_value(&loaded.written).unwrap_or_default();
        collect(&tree, String::new(), document, &mut shown);
        shown
    })
}

/// The settings there are, with their defaults: names of tables and keys, null where nothing is set.
pub fn tree() -> Value {
    let config: Result<Config, _> = toml::from_str("[province]\ncode = \"\"");
    config.ok().and_then(|config| serde_json::to_value(config).ok()).unwrap_or_default()
}

fn collect(value: &Value, setting: String, document: &Document<'_>, shown: &mut Vec<Shown>) {
    let below = |name: &str| match setting.as_str() {
        "" => name.to_owned(),
        above => format!("{above}.{name}"),
    };
    match value {
        Value::Object(table) if !table.is_empty() || setting.is_empty() => {
            for (name, value) in table {
                collect(value, below(name), document, shown);
            }
        }
        Value::Array(list) if list.first().is_some_and(Value::is_object) => {
            for (index, value) in list.iter().enumerate() {
                collect(value, format!("{setting}[{}]", index + 1), document, shown);
            }
        }
        value => {
            let from = place(document, &setting).to_string();
            shown.push(Shown { value: value.clone(), from, setting });
        }
    }
}

/// A setting that is not written itself may be part of one that is, such as a list given by a flag.
fn place(document: &Document<'_>, setting: &str) -> Place {
    let mut part = setting;
    loop {
        let place = document.place(part);
        let above = part.rfind(['.', '[']);
        match (place, above) {
            (Place::Default, Some(end)) if part[end..].starts_with('[') => part = &part[..end],
            (place, _) => return place,
        }
    }
}
