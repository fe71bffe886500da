//! The forms that units send in (Biểu mẫu 01 to 04), and the replies of operators: files and columns.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use glob::Pattern;
use serde::{Deserialize, Serialize};

use super::mistakes::Checker;
use super::{DueForm, Sender};

/// Where the forms of a month lie and what their columns are called.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Campaign {
    /// Where forms without a file of their own lie, as `form-<id>….csv` or `.xlsx`; `{month}` stands
    /// for the month.
    pub folder: Option<PathBuf>,
    /// Header texts of fields and measures, besides those of `reports/labels.toml` and the names of the
    /// fields themselves.
    pub columns: Columns,
    /// Measures of the province's own, besides those of `reports/labels.toml`.
    pub measures: Vec<Measure>,
    /// By the id of a `[[due]]` form.
    pub forms: BTreeMap<String, FormFile>,
    /// Claims above so many times the tests measured in a commune are pointed out.
    pub claim_factor: f64,
    pub replies: Replies,
}

/// Header texts by field.
pub type Columns = BTreeMap<String, Headers>;

/// One header text or several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Headers {
    One(String),
    Several(Vec<String>),
}

impl Headers {
    /// The texts.
    pub fn texts(&self) -> &[String] {
        match self {
            Headers::One(text) => std::slice::from_ref(text),
            Headers::Several(texts) => texts,
        }
    }
}

/// Something that is counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// In columns of tables: small letters, digits and underscores.
    pub name: String,
    /// In documents and as a header of forms.
    pub label: String,
    /// What is counted, e.g. `tờ`.
    #[serde(default)]
    pub unit: String,
}

/// The files of one form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FormFile {
    /// A CSV or XLSX file, or a glob; `{month}` stands for the month.
    pub file: Option<PathBuf>,
    /// The sheet of an XLSX file; the first by default.
    pub sheet: Option<String>,
    /// The row of the headers, from 1; the first row with all that is needed by default.
    pub header_row: Option<u32>,
    pub columns: Columns,
}

/// The register of replies to the letters to operators.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Replies {
    /// A CSV or XLSX file.
    pub file: Option<PathBuf>,
    pub sheet: Option<String>,
    pub header_row: Option<u32>,
    pub columns: Columns,
}

impl Default for Campaign {
    fn default() -> Self {
        Campaign {
            folder: None,
            columns: Columns::new(),
            measures: Vec::new(),
            forms: BTreeMap::new(),
            claim_factor: 2.0,
            replies: Replies::default(),
        }
    }
}

impl Campaign {
    /// Whether files of forms are named.
    pub fn has_forms(&self) -> bool {
        self.folder.is_some() || self.forms.values().any(|form| form.file.is_some())
    }

    /// Names no file any more.
    pub fn forget_files(&mut self) {
        self.folder = None;
        self.forms.values_mut().for_each(|form| form.file = None);
        self.replies.file = None;
    }

    /// Every path in it, with its setting.
    pub(super) fn paths_mut(&mut self) -> impl Iterator<Item = (String, &mut PathBuf)> {
        let folder = self.folder.iter_mut().map(|path| ("campaign.folder".to_owned(), path));
        let forms = self.forms.iter_mut().filter_map(|(id, form)| {
            Some((format!("campaign.forms.{id}.file"), form.file.as_mut()?))
        });
        let replies = self.replies.file.as_mut();
        let replies = replies.map(|path| ("campaign.replies.file".to_owned(), path));
        folder.chain(forms).chain(replies)
    }

    /// The patterns of the files of a form in a month, or of all months.
    pub fn patterns(&self, form: &DueForm, month: Option<&str>) -> Vec<String> {
        let month = month.unwrap_or("*");
        let in_month = |path: &Path| path.to_string_lossy().replace("{month}", month);
        if let Some(file) = self.forms.get(&form.id).and_then(|own| own.file.as_deref()) {
            return vec![in_month(file)];
        }
        let Some(folder) = &self.folder else { return Vec::new() };
        let folder = Pattern::escape(&folder.to_string_lossy());
        let folder = folder.replace("{month}", month);
        let stem = format!("{folder}/{}", Pattern::escape(&format!("form-{}", form.id)));
        ["csv", "xlsx"].map(|extension| format!("{stem}*.{extension}")).to_vec()
    }

    /// Notes what makes no sense.
    pub(super) fn check(&self, due: &[DueForm], checker: &mut Checker<'_>) {
        let known: Vec<_> = due.iter().filter(|form| is_sent_in(form)).map(|f| &*f.id).collect();
        for id in self.forms.keys().filter(|id| !known.contains(&id.as_str())) {
            let expected = format!("the id of a [[due]] form of others: {}", known.join(", "));
            checker.wrong(&format!("campaign.forms.{id}"), "given", &expected);
        }
        checker.between("campaign.claim_factor", self.claim_factor, 1.0, 1000.0);
        for (place, measure) in self.measures.iter().enumerate() {
            let setting = |key: &str| format!("campaign.measures[{}].{key}", place + 1);
            let name = format!("`{}`", measure.name);
            if !measure.is_named() {
                checker.wrong(&setting("name"), name, "small letters, digits and underscores");
            } else if self.measures.iter().take(place).any(|other| other.name == measure.name) {
                checker.wrong(&setting("name"), name, "a name that no other measure has");
            }
            if measure.label.trim().is_empty() {
                checker.wrong(&setting("label"), "empty", "a label");
            }
        }
    }
}

impl Measure {
    fn is_named(&self) -> bool {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        self.name.starts_with(|c: char| c.is_ascii_lowercase()) && self.name.chars().all(allowed)
    }
}

/// Whether a form comes from others than the issuer.
pub fn is_sent_in(form: &DueForm) -> bool {
    form.from != Sender::Issuer
}
