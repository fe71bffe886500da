//! Everything that is wrong with a configuration, said at once.

use std::fmt;

use super::document::Document;

/// Where a setting was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the file, on this line.
    Line(usize),
    /// By an environment variable of this name.
    Environment(String),
    /// By a flag, as it was written.
    Flag(String),
    /// Nowhere: the default holds.
    Default,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(line) => write!(f, "line {line}"),
            Place::Environment(name) => write!(f, "environment variable {name}"),
            Place::Flag(flag) => write!(f, "--set {flag}"),
            Place::Default => write!(f, "default"),
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    pub place: Place,
    /// Such as `statistics.quota` or `benchmarks[2].value`; empty where the text is no TOML.
    pub setting: String,
    pub message: String,
    /// The known name that is most like the one found.
    pub nearest: Option<String>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.setting.is_empty() {
            write!(f, "`{}` ", self.setting)?;
        }
        write!(f, "{}", self.message)?;
        match &self.nearest {
            Some(name) => write!(f, "; did you mean `{name}`?"),
            None => Ok(()),
        }
    }
}

/// Collects what the checks of all sections find, each with its place.
pub(super) struct Checker<'a> {
    document: &'a Document<'a>,
    pub mistakes: Vec<Mistake>,
}

impl<'a> Checker<'a> {
    /// Of settings that were given in a document.
    pub fn new(document: &'a Document<'a>) -> Self {
        Checker { document, mistakes: Vec::new() }
    }

    /// Takes note of a value that is not as expected.
    pub fn wrong(&mut self, setting: &str, found: impl fmt::Display, expected: &str) {
        let message = format!("is {found}, expected {expected}");
        self.add(setting, message, None);
    }

    /// The same for a number that has to lie between two others, both included.
    pub fn between(&mut self, setting: &str, value: f64, least: f64, most: f64) {
        if !(least..=most).contains(&value) {
            self.wrong(setting, value, &format!("{least} to {most}"));
        }
    }

    /// The same for a name that has to be a known one.
    pub fn known(&mut self, setting: &str, found: &str, known: &[&str]) {
        if !known.contains(&found) {
            let near = super::nearest(found, known.iter().copied()).map(str::to_owned);
            let message = format!("is `{found}`, expected one of {}", known.join(", "));
            self.add(setting, message, near);
        }
    }

    /// Where a setting was given.
    pub fn place(&self, setting: &str) -> Place {
        self.document.place(setting)
    }

    fn add(&mut self, setting: &str, message: String, nearest: Option<String>) {
        let place = self.document.place(setting);
        self.mistakes.push(Mistake { place, setting: setting.to_owned(), message, nearest });
    }
}
