//! What only people can write in the reports of a month: one TOML file of plain text.
//!
//! In each part, blank lines separate paragraphs, and lines that begin with a dash and a space are
//! items of a list. A part that is only a dash has nothing to say this month. A part that nobody has
//! written shows as a gap in the draft, and is warned of.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use super::context::object;
use super::labels::Labels;
use super::rows::Row;
use crate::config::malformed;
use crate::error::{Fault, Kind, Result};
use crate::text_file;
use crate::warning::Warning;

/// The commented form that `init` writes.
pub const FORM: &str = include_str!("../../reports/monthly.toml");

/// The section `[report]` of the configuration that `demo` writes, and its monthly text.
pub const DEMO_REPORT: &str = include_str!("../../reports/demo.toml");
pub const DEMO_MONTH: &str = include_str!("../../reports/demo_month.toml");

/// Stands for a part that has nothing to say.
const NOTHING: &str = "-";

/// Why a monthly text could not be read.
#[derive(Debug, thiserror::Error)]
pub enum MonthlyFault {
    #[error("monthly text `{path}` cannot be read: {message}")]
    Unreadable { path: String, message: String },
}

impl Fault for MonthlyFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("it is the setting report.monthly_text, with the month put in".into())
    }
}

/// The parts, in the order of the reports.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Parts {
    direction: String,
    shortcomings: String,
    causes: String,
    proposals_ministry: String,
    proposals_committee: String,
    proposals_operators: String,
    proposals_communes: String,
    next_month: String,
}

impl Parts {
    fn named(&self) -> [(&'static str, &str); 8] {
        [
            ("direction", &self.direction),
            ("shortcomings", &self.shortcomings),
            ("causes", &self.causes),
            ("proposals_ministry", &self.proposals_ministry),
            ("proposals_committee", &self.proposals_committee),
            ("proposals_operators", &self.proposals_operators),
            ("proposals_communes", &self.proposals_communes),
            ("next_month", &self.next_month),
        ]
    }
}

/// The text of one month.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MonthlyText {
    /// Where it is or should be; none when no file is configured.
    path: Option<PathBuf>,
    found: bool,
    parts: Parts,
}

impl MonthlyText {
    /// Reads the file of a month, which need not be there; `{month}` stands for it in `pattern`.
    pub fn read(pattern: Option<&Path>, month: &str) -> Result<Self> {
        let Some(pattern) = pattern else { return Ok(Self::default()) };
        let path = PathBuf::from(pattern.to_string_lossy().replace("{month}", month));
        match text_file::read(&path, text_file::DEFINITION_BYTES) {
            Ok(text) => Self::parse(path, &text),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(MonthlyText { path: Some(path), ..Self::default() })
            }
            Err(error) => {
                let (path, message) = (path.display().to_string(), error.to_string());
                Err(MonthlyFault::Unreadable { path, message }.into())
            }
        }
    }

    /// A text as it stands in the file at `path`.
    pub fn parse(path: PathBuf, text: &str) -> Result<Self> {
        let fault = |error| malformed(&path.display().to_string(), text, &error);
        let parts = toml::from_str(text).map_err(fault)?;
        Ok(MonthlyText { path: Some(path), found: true, parts })
    }

    /// The file that was read.
    pub fn file(&self) -> Option<&Path> {
        self.path.as_deref().filter(|_| self.found)
    }

    /// The parts that nobody has written.
    fn missing(&self) -> Vec<&'static str> {
        let empty = self.parts.named().into_iter().filter(|(_, text)| text.trim().is_empty());
        empty.map(|(name, _)| name).collect()
    }

    /// That parts are missing, if any are.
    pub fn warning(&self) -> Option<Warning> {
        let parts: Vec<String> = self.missing().into_iter().map(str::to_owned).collect();
        let name = |path: &PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned());
        let file = self.path.as_ref().and_then(name);
        (!parts.is_empty()).then_some(Warning::MonthlyText { file, parts })
    }

    /// For each part `label`, `missing` and `blocks`, each with `text` or `items`.
    pub(super) fn values(&self, labels: &Labels) -> Result<Row> {
        let mut values = Row::new();
        for (name, text) in self.parts.named() {
            let part = json!({
                "label": labels.text(&format!("monthly_parts.{name}"))?,
                "missing": text.trim().is_empty(),
                "blocks": blocks(text),
            });
            values.insert(name.to_owned(), part);
        }
        Ok(object(json!({ "monthly": values })))
    }
}

/// A paragraph or list being read.
#[derive(Default)]
struct Open {
    text: String,
    items: Vec<String>,
}

impl Open {
    fn close(&mut self, blocks: &mut Vec<Value>) {
        let Open { text, items } = std::mem::take(self);
        if !text.is_empty() || !items.is_empty() {
            blocks.push(json!({"text": text, "items": items}));
        }
    }

    fn add(&mut self, line: &str) {
        let text = self.items.last_mut().unwrap_or(&mut self.text);
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(line);
    }
}

/// Paragraphs and lists of a plain text.
fn blocks(text: &str) -> Vec<Value> {
    let (mut blocks, mut open) = (Vec::new(), Open::default());
    if text.trim() == NOTHING {
        return blocks;
    }
    for line in text.lines().map(str::trim) {
        match line.strip_prefix("- ") {
            _ if line.is_empty() => open.close(&mut blocks),
            Some(item) => {
                if open.items.is_empty() {
                    open.close(&mut blocks);
                }
                open.items.push(item.trim().to_owned());
            }
            None => open.add(line),
        }
    }
    open.close(&mut blocks);
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> MonthlyText {
        MonthlyText::parse("texts/2025-10.toml".into(), text).unwrap()
    }

    #[test]
    fn blank_lines_separate_and_dashes_list() {
        let text = "Một\nhai.\n\n- a;\n- b\n  tiếp.\n\nBa.\n- c.";
        let expected = json!([
            {"text": "Một hai.", "items": []},
            {"text": "", "items": ["a;", "b tiếp."]},
            {"text": "Ba.", "items": []},
            {"text": "", "items": ["c."]},
        ]);
        assert_eq!(Value::from(blocks(text)), expected);
        assert!(blocks(" - \n").is_empty() && blocks("\n\n").is_empty());
    }

    #[test]
    fn the_form_is_valid_and_empty() {
        let form = parsed(FORM);
        assert_eq!(form.missing().len(), 8);
        let names = form.parts.named().map(|(name, _)| name);
        for name in names {
            assert!(FORM.lines().any(|line| line.starts_with(&format!("{name} = "))), "{name}");
        }
    }

    #[test]
    fn the_demo_leaves_no_gap() {
        assert_eq!(parsed(DEMO_MONTH).missing(), [] as [&str; 0]);
    }

    #[test]
    fn a_dash_says_that_there_is_nothing_to_say() {
        let text = parsed("direction = \"- a\"\ncauses = \"-\"\nnext_month = \" \\n\"");
        let missing = text.missing();
        assert!(!missing.contains(&"direction") && !missing.contains(&"causes"));
        assert!(missing.contains(&"next_month") && missing.len() == 6);
        let Some(Warning::MonthlyText { file, parts }) = text.warning() else { unreachable!() };
        assert_eq!((file.as_deref(), parts.len()), (Some("2025-10.toml"), 6));
    }

    #[test]
    fn an_unknown_part_names_file_key_and_the_nearest() {
        let error = MonthlyText::parse("t/2025-10.toml".into(), "\ncause = \"x\"").unwrap_err();
        let message = error.to_string();
        assert!(message.contains("line 2 of `t/2025-10.toml`: unknown field `cause`"), "{message}");
        assert_eq!(error.hint().unwrap(), "did you mean `causes`?");
    }

    #[test]
    fn a_file_that_is_not_there_is_a_gap_and_one_that_cannot_be_read_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let pattern = folder.path().join("{month}.toml");
        let text = MonthlyText::read(Some(&pattern), "2025-10").unwrap();
        assert_eq!((text.file(), text.missing().len()), (None, 8));
        std::fs::write(folder.path().join("2025-11.toml"), "causes = \"x\"").unwrap();
        let text = MonthlyText::read(Some(&pattern), "2025-11").unwrap();
        assert_eq!(text.file(), Some(folder.path().join("2025-11.toml").as_path()));
        assert!(MonthlyText::read(Some(folder.path()), "2025-11").is_err());
        assert_eq!(MonthlyText::read(None, "2025-11").unwrap(), MonthlyText::default());
    }
}
