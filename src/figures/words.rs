//! The words of one figure: patterns of `labels.toml`, filled in.

use super::{FigureSources, whole};
use crate::chart::Caption;
use crate::error::Result;

/// More names than this do not belong in a sentence.
const MOST_NAMES: usize = 12;

/// Where the words of a figure are looked up: under its own name, then under its kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    pub sources: &'a FigureSources<'a>,
    /// E.g. `quota_mobile_5g`.
    figure: &'a str,
    /// E.g. `quota`.
    kind: &'a str,
    family: &'a str,
}

impl<'a> Words<'a> {
    pub fn new(
        sources: &'a FigureSources<'a>,
        figure: &'a str,
        kind: &'a str,
        family: &'a str,
    ) -> Self {
        Words { sources, figure, kind, family }
    }

    pub fn family(&self) -> &'a str {
        self.family
    }

    /// A text without values of its own.
    pub fn text(&self, key: &str) -> Result<String> {
        self.filled(key, &[])
    }

    /// A text with these values, the configured numbers and the names of the family.
    pub fn filled(&self, key: &str, values: &[(&str, &str)]) -> Result<String> {
        let known = self.known(key);
        self.fill(&known.unwrap_or_else(|| format!("charts.{}.{key}", self.kind)), values)
    }

    /// The own text of a figure or its kind, or the common one of all figures.
    pub fn text_or(&self, key: &str, common: &str) -> Result<String> {
        self.fill(&self.known(key).unwrap_or_else(|| common.to_owned()), &[])
    }

    /// Where a text stands: under the name of the figure before its kind.
    fn known(&self, key: &str) -> Option<String> {
        let places = [self.figure, self.kind].map(|section| format!("charts.{section}.{key}"));
        places.into_iter().find(|place| self.sources.labels.text(place).is_ok())
    }

    fn fill(&self, key: &str, values: &[(&str, &str)]) -> Result<String> {
        let labels = self.sources.labels;
        let mut all = values.to_vec();
        let family = labels.text(&format!("families.{}", self.family)).unwrap_or_default();
        let title = labels.text(&format!("family_titles.{}", self.family)).unwrap_or_default();
        all.extend([("family", family), ("family_title", title)]);
        self.sources.filled(key, &all)
    }

    /// The words around a figure: its finding, its description, its note if it has one.
    pub fn caption(&self, title: String, alternative: String) -> Result<Caption> {
        let labels = self.sources.labels;
        let mut footnotes = Vec::new();
        for section in [self.figure, self.kind] {
            let section = format!("charts.{section}");
            if footnotes.is_empty() && labels.keys(&section).contains(&"note") {
                footnotes.push(self.fill(&format!("{section}.note"), &[])?);
            }
        }
        if self.sources.simulated {
            footnotes.push(self.sources.word("words.simulated")?);
        }
        let empty = self.sources.word("legend.empty")?;
        Ok(Caption { title, alternative, footnotes, empty })
    }

    /// A number of communes, in words for none.
    pub fn units(&self, count: usize) -> Result<String> {
        match count {
            0 => self.sources.word("legend.no_units"),
            count => self.sources.filled("legend.units", &[("count", &counted(count))]),
        }
    }

    /// Communes without a test, also where there are none.
    pub fn empty_units(&self, count: usize) -> Result<String> {
        match count {
            0 => self.sources.word("legend.no_empty_units"),
            count => self.sources.filled("legend.empty_units", &[("count", &counted(count))]),
        }
    }

    /// `A, B và C`.
    pub fn listing(&self, names: &[String]) -> Result<String> {
        let Some((last, others)) = names.split_last() else { return Ok(String::new()) };
        if others.is_empty() {
            return Ok(last.clone());
        }
        let and = self.sources.labels.text("words.and")?;
        Ok(format!("{} {and} {last}", others.join(", ")))
    }

    /// A sentence that names places, unless there are none or too many for a sentence.
    pub fn naming(&self, key: &str, names: &[String]) -> Result<String> {
        if names.is_empty() || names.len() > MOST_NAMES {
            return Ok(String::new());
        }
        self.filled(key, &[("names", &self.listing(names)?)])
    }
}

/// Which of the patterns a count takes.
pub(super) fn title_key(count: usize, all: usize) -> &'static str {
    match count {
        0 => "title_none",
        count if count == all => "title_all",
        1 => "title_one",
        _ => "title_some",
    }
}

/// A count in words.
pub(super) fn counted(count: usize) -> String {
    whole(count as f64)
}
