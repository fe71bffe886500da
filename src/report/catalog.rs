//! Which documents a month has and what each is made from: `reports/documents.toml`.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::error::ReportError;
use super::templates::Templates;
use crate::error::Result;

const FILE: &str = "documents.toml";

/// A file format that documents are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Pdf,
    Docx,
    Html,
}

impl Format {
    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Pdf => "pdf",
            Format::Docx => "docx",
            Format::Html => "html",
        }
    }
}

/// What a document is made once for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Each {
    Operator,
    Commune,
}

impl Each {
    /// The field under which a template finds the one it is made for.
    pub(super) fn field(self) -> &'static str {
        match self {
            Each::Operator => "operator",
            Each::Commune => "commune",
        }
    }
}

/// One kind of document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub name: String,
    pub template: String,
    /// Relative to the folder of reports, without extension.
    pub file: String,
    pub each: Option<Each>,
    /// All that are made of it go into one file.
    #[serde(default)]
    pub together: bool,
    /// Made on a day of the month, not of its bundle.
    #[serde(default)]
    pub during: bool,
    pub formats: Vec<Format>,
}

/// All kinds of document, in order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    pub documents: Vec<Entry>,
}

impl Catalog {
    /// Reads the catalog; templates that it does not name are added as documents of their own.
    pub fn read(templates: &Templates) -> Result<Self> {
        let fault = |message: String| ReportError::File { file: FILE.to_owned(), message };
        let mut catalog: Catalog = toml::from_str(templates.text(FILE)?)
            .map_err(|e| fault(e.to_string().trim_end().to_owned()))?;
        catalog.check(templates)?;
        let named: BTreeSet<String> =
            catalog.documents.iter().map(|entry| entry.template.clone()).collect();
        let others = templates.markdown().map(|(file, _)| file);
        let others = others.filter(|file| !file.starts_with('_') && !named.contains(*file));
        catalog.documents.extend(others.map(alone));
        Ok(catalog)
    }

    fn check(&self, templates: &Templates) -> Result<()> {
        let fault = |message: String| ReportError::File { file: FILE.to_owned(), message };
        let (mut names, mut files) = (BTreeSet::new(), BTreeSet::new());
        for entry in &self.documents {
            templates.text(&entry.template)?;
            if !names.insert(&entry.name) || !files.insert(&entry.file) {
                let name = &entry.name;
                return Err(fault(format!("found name or file of `{name}` twice")).into());
            }
            if !is_relative(&entry.file) {
                let found = &entry.file;
                return Err(fault(format!(
                    "found file `{found}`, expected letters, digits, `-`, `_`, `/` and {{item}}"
                ))
                .into());
            }
            let varies = entry.file.contains("{item}");
            if varies != (entry.each.is_some() && !entry.together) {
                let name = &entry.name;
                return Err(fault(format!(
                    "found file `{}` of `{name}`, expected {{item}} in it exactly when each \
                     document is a file of its own",
                    entry.file
                ))
                .into());
            }
        }
        Ok(())
    }
}

/// A template of the user's own.
fn alone(template: &str) -> Entry {
    let name = template.trim_end_matches(".md").to_owned();
    Entry {
        file: name.clone(),
        name,
        template: template.to_owned(),
        each: None,
        together: false,
        during: false,
        formats: vec![Format::Pdf, Format::Docx, Format::Html],
    }
}

/// A name that stays below the folder of reports.
fn is_relative(file: &str) -> bool {
    let part = |part: &str| {
        let rest = part.replace("{item}", "x");
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    file.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Catalog> {
        let mut templates = Templates::embedded();
        templates.insert(FILE, text);
        Catalog::read(&templates)
    }

    fn entry(changes: &str) -> String {
        format!(
            "[[documents]]\nname = \"a\"\ntemplate = \"ministry.md\"\nformats = [\"pdf\"]\n{changes}"
        )
    }

    #[test]
    fn the_embedded_catalog_names_every_template() {
        let catalog = Catalog::read(&Templates::embedded()).unwrap();
        assert_eq!(catalog.documents[0].name, "ministry");
        let own = catalog.documents.iter().filter(|entry| {
            format!("{}.md", entry.name) == entry.template && entry.formats.is_empty()
        });
        assert_eq!(own.count(), 0);
    }

    #[test]
    fn a_template_that_is_not_named_is_a_document() {
        let mut templates = Templates::embedded();
        templates.insert("mine.md", "# I. X");
        let catalog = Catalog::read(&templates).unwrap();
        assert_eq!(catalog.documents.last().unwrap().file, "mine");
    }

    #[test]
    fn files_stay_below_their_folder() {
        for file in ["../x", "/x", "a//b", "", "a/..", "x.pdf"] {
            let error = read(&entry(&format!("file = \"{file}\""))).unwrap_err().to_string();
            assert!(error.contains("documents.toml"), "{error}");
        }
        assert!(read(&entry("file = \"letters/x-1\"")).is_ok());
    }

    #[test]
    fn each_document_has_a_file_of_its_own_or_all_one() {
        assert!(read(&entry("file = \"x\"\neach = \"operator\"")).is_err());
        assert!(read(&entry("file = \"{item}\"")).is_err());
        assert!(read(&entry("file = \"x-{item}\"\neach = \"operator\"")).is_ok());
        assert!(read(&entry("file = \"x\"\neach = \"commune\"\ntogether = true")).is_ok());
    }

    #[test]
    fn an_unknown_template_is_an_error_that_lists_those_there_are() {
        let text = entry("file = \"x\"").replace("ministry.md", "minstry.md");
        let error = read(&text).unwrap_err().to_string();
        assert!(error.contains("minstry.md") && error.contains("ministry.md"), "{error}");
    }
}
