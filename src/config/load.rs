//! Reads a configuration whole: every mistake in it is told at once, none of the work begins.
//!
//! What a setting is, in this order: the default, the file, the environment, a flag.

use std::ops::Range;
use std::path::Path;

use super::check::check;
use super::document::{Document, Override};
use super::mistakes::{Checker, Mistake};
use super::{Config, Validation, paths};
use crate::error::{Fault, Kind, Result};

/// The commented configuration that `init` writes.
pub const TEMPLATE: &str = include_str!("template.toml");

/// The province that the template names.
pub const PRESET: &str = "66";

/// What is due in a province, as the blocks of a configuration.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What `init` knows it by.
    pub name: &'static str,
    /// Its code since 1 July 2025.
    pub province: &'static str,
    pub due: &'static str,
}

/// The provinces whose dispatches are known.
pub const EXAMPLES: [Example; 2] = [
    Example { name: "gia-lai", province: "52", due: include_str!("examples/gia-lai.toml") },
    Example { name: "dak-lak", province: "66", due: include_str!("examples/dak-lak.toml") },
];

/// A configuration is some kilobytes long; what is longer is another file.
const MOST_BYTES: u64 = 1 << 20;
/// After so many mistakes the rest is not looked for.
const MOST_MISTAKES: usize = 200;

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    #[error("configuration `{path}` cannot be read: {message}")]
    Unreadable { path: String, message: String },
    #[error("line {line} of `{path}`: {message}")]
    Malformed { path: String, line: usize, message: String, nearest: Option<String> },
    #[error("configuration `{path}` has {}", listed(.mistakes))]
    Mistakes { path: String, mistakes: Vec<Mistake> },
}

impl Fault for ConfigFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            ConfigFault::Malformed { nearest: Some(name), .. } => {
                Some(format!("did you mean `{name}`?"))
            }
            ConfigFault::Unreadable { .. } => {
                Some("`ispeed-report init DIR` writes a commented configuration".into())
            }
            ConfigFault::Mistakes { .. } => {
                Some("`ispeed-report init DIR` writes every setting with its default".into())
            }
            ConfigFault::Malformed { .. } => None,
        }
    }
}

fn listed(mistakes: &[Mistake]) -> String {
    let lines: String = mistakes.iter().map(|mistake| format!("\n  {mistake}")).collect();
    let noun = if mistakes.len() == 1 { "mistake" } else { "mistakes" };
    format!("{} {noun}:{lines}", mistakes.len())
}

/// Reads and checks a configuration, and makes the paths in it relative to the file's folder.
pub fn read(path: &Path, overrides: &[Override]) -> Result<Config> {
    load(path, overrides, |loaded, _| loaded.config)
}

/// A configuration without mistakes.
pub(super) struct Loaded {
    pub config: Config,
    /// The same with paths as they were written.
    pub written: Config,
}

/// The same, and gives the settings as they were written beside it to `take`.
pub(super) fn load<T>(
    path: &Path,
    overrides: &[Override],
    take: impl FnOnce(Loaded, &Document<'_>) -> T,
) -> Result<T> {
    let name = path.display().to_string();
    let unreadable = |message| ConfigFault::Unreadable { path: name.clone(), message };
    let size = std::fs::metadata(path).map_err(|e| unreadable(e.to_string()))?.len();
    if size > MOST_BYTES {
        let message = format!("it has {size} bytes, expected at most {MOST_BYTES}");
        return Err(unreadable(message).into());
    }
    let text = std::fs::read_to_string(path).map_err(|e| unreadable(e.to_string()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    parse(&name, &text, Some(folder), overrides, take)
}

/// Parses the text of a configuration; `name` is for messages. Without a folder, paths stay as they are.
pub(super) fn parse<T>(
    name: &str,
    text: &str,
    folder: Option<&Path>,
    overrides: &[Override],
    take: impl FnOnce(Loaded, &Document<'_>) -> T,
) -> Result<T> {
    let (mut document, mut mistakes) = Document::parse(text);
    mistakes.extend(overrides.iter().filter_map(|setting| document.set(setting).err()));
    let written = settle(&mut document, &mut mistakes);
    let mut config = written.clone();
    if let Some(config) = &mut config {
        let mut checker = Checker::new(&document);
        check(config, &mut checker);
        if let Some(folder) = folder {
            paths::resolve(config, folder, &mut checker);
        }
        mistakes.extend(checker.mistakes);
    }
    match (config, written) {
        (Some(config), Some(written)) if mistakes.is_empty() => {
            Ok(take(Loaded { config, written }, &document))
        }
        _ => {
            mistakes.sort();
            mistakes.dedup();
            Err(ConfigFault::Mistakes { path: name.to_owned(), mistakes }.into())
        }
    }
}

/// Gives the settings their types. What has none is noted and left out, so that the rest is read, too.
fn settle(document: &mut Document<'_>, mistakes: &mut Vec<Mistake>) -> Option<Config> {
    // Tables that lack something because it was left out for a mistake that is told already.
    let mut emptied: Vec<Range<usize>> = Vec::new();
    while mistakes.len() < MOST_MISTAKES {
        let error = match document.read::<Config>() {
            Ok(config) => return Some(completed(config)),
            Err(error) => error,
        };
        // The only table that has to be there; it may just have been left out for a mistake in it.
        if error.message().starts_with("missing field `province`") {
            let told = mistakes.iter().any(|mistake| mistake.setting.starts_with("province"));
            if !told {
                mistakes.push(document.mistake(&error, String::new()));
            }
            document.complete("province", "code");
            continue;
        }
        let told = error.span().is_some_and(|span| emptied.contains(&span))
            && error.message().starts_with("missing field");
        let cut = document.cut(&error);
        if !told {
            let setting = cut.as_ref().map(|cut| cut.setting.clone()).unwrap_or_default();
            mistakes.push(document.mistake(&error, setting));
        }
        emptied.push(cut?.around);
    }
    None
}

/// A ceiling that is not given keeps its default: without one, sums could overflow.
fn completed(mut config: Config) -> Config {
    for (technology, ceiling) in Validation::default().max_mbps {
        config.validation.max_mbps.entry(technology).or_insert(ceiling);
    }
    config
}

/// The error of a TOML text, with its line and, where a key is unknown, the nearest known one.
pub(crate) fn malformed(path: &str, text: &str, error: &toml::de::Error) -> ConfigFault {
    let start = error.span().map_or(0, |span| span.start);
    let message = error.message().lines().next().unwrap_or_default().to_owned();
    ConfigFault::Malformed {
        path: path.to_owned(),
        line: text[..start.min(text.len())].matches('\n').count() + 1,
        nearest: nearest_key(&message),
        message,
    }
}

/// serde says: unknown field `found`, expected one of `a`, `b`.
pub(super) fn nearest_key(message: &str) -> Option<String> {
    if !["unknown field", "unknown variant"].iter().any(|start| message.starts_with(start)) {
        return None;
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let found = quoted.next()?;
    nearest(found, quoted).map(str::to_owned)
}

/// The known name that is most like `found`.
pub fn nearest<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.min_by(|a, b| {
        let (a, b) = (strsim::osa_distance(found, a), strsim::osa_distance(found, b));
        a.cmp(&b)
    })
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
