//! The texts that an analyst edits: report templates, labels, names of offices.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::error::ReportError;
use super::labels::Labels;
use super::offices::Offices;
use crate::error::Result;
use crate::text_file;

const LABELS: &str = "labels.toml";
const OFFICES: &str = "offices.toml";

/// The files of `reports/` as they are built into the program.
const EMBEDDED: &[(&str, &str)] = &[
    ("ministry.md", include_str!("../../reports/ministry.md")),
    ("committee.md", include_str!("../../reports/committee.md")),
    ("reminder.md", include_str!("../../reports/reminder.md")),
    ("_annexes.md", include_str!("../../reports/_annexes.md")),
    ("_ask_communes.md", include_str!("../../reports/_ask_communes.md")),
    ("_ask_operators.md", include_str!("../../reports/_ask_operators.md")),
    ("_bias.md", include_str!("../../reports/_bias.md")),
    ("_campaign.md", include_str!("../../reports/_campaign.md")),
    ("_campaign_annex.md", include_str!("../../reports/_campaign_annex.md")),
    ("_campaign_names.md", include_str!("../../reports/_campaign_names.md")),
    ("_change.md", include_str!("../../reports/_change.md")),
    ("_collection.md", include_str!("../../reports/_collection.md")),
    ("_communes.md", include_str!("../../reports/_communes.md")),
    ("_comparisons.md", include_str!("../../reports/_comparisons.md")),
    ("_districts.md", include_str!("../../reports/_districts.md")),
    ("_gap_changes.md", include_str!("../../reports/_gap_changes.md")),
    ("_gaps.md", include_str!("../../reports/_gaps.md")),
    ("_header.md", include_str!("../../reports/_header.md")),
    ("_low_quality.md", include_str!("../../reports/_low_quality.md")),
    ("_monthly.md", include_str!("../../reports/_monthly.md")),
    ("_next_month.md", include_str!("../../reports/_next_month.md")),
    ("_operators.md", include_str!("../../reports/_operators.md")),
    ("_operators_annex.md", include_str!("../../reports/_operators_annex.md")),
    ("_periods.md", include_str!("../../reports/_periods.md")),
    ("_quota.md", include_str!("../../reports/_quota.md")),
    ("_reconciliation.md", include_str!("../../reports/_reconciliation.md")),
    ("_reminders.md", include_str!("../../reports/_reminders.md")),
    ("_shortcomings.md", include_str!("../../reports/_shortcomings.md")),
    ("_simulated.md", include_str!("../../reports/_simulated.md")),
    ("_suspected.md", include_str!("../../reports/_suspected.md")),
    ("_suspected_method.md", include_str!("../../reports/_suspected_method.md")),
    ("_suspected_table.md", include_str!("../../reports/_suspected_table.md")),
    ("_trends.md", include_str!("../../reports/_trends.md")),
    ("_warnings.md", include_str!("../../reports/_warnings.md")),
    ("operator.md", include_str!("../../reports/operator.md")),
    ("_operator_figures.md", include_str!("../../reports/_operator_figures.md")),
    ("_operator_findings.md", include_str!("../../reports/_operator_findings.md")),
    ("_revision.md", include_str!("../../reports/_revision.md")),
    ("_operator_replies.md", include_str!("../../reports/_operator_replies.md")),
    ("_operator_places.md", include_str!("../../reports/_operator_places.md")),
    ("commune.md", include_str!("../../reports/commune.md")),
    ("_commune_state.md", include_str!("../../reports/_commune_state.md")),
    ("_commune_broadcast.md", include_str!("../../reports/_commune_broadcast.md")),
    ("leader.md", include_str!("../../reports/leader.md")),
    ("status.md", include_str!("../../reports/status.md")),
    ("public.md", include_str!("../../reports/public.md")),
    ("_public_comparison.md", include_str!("../../reports/_public_comparison.md")),
    (LABELS, include_str!("../../reports/labels.toml")),
    (OFFICES, include_str!("../../reports/offices.toml")),
    ("documents.toml", include_str!("../../reports/documents.toml")),
];

/// Template and label files by name.
#[derive(Debug, Clone)]
pub struct Templates(BTreeMap<String, String>);

impl Templates {
    /// The files that come with the program.
    pub fn embedded() -> Self {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        Templates(EMBEDDED.iter().map(owned).collect())
    }

    /// The `.md` and `.toml` files of a folder; a file that is not there is taken from the
    /// embedded ones.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut templates = Self::embedded();
        let fault = |path: &Path, error: std::io::Error| ReportError::Folder {
            path: path.display().to_string(),
            message: error.to_string(),
        };
        for entry in fs::read_dir(folder).map_err(|e| fault(folder, e))? {
            let path = entry.map_err(|e| fault(folder, e))?.path();
            let known = path.extension().is_some_and(|ext| ext == "md" || ext == "toml");
            if let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|_| known) {
                let text = text_file::read(&path, text_file::DEFINITION_BYTES)
                    .map_err(|e| fault(&path, e))?;
                templates.0.insert(name.to_owned(), text);
            }
        }
        Ok(templates)
    }

    /// All files by name, in the order of their names: for hashes and for `init`.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Adds or replaces a file.
    pub fn insert(&mut self, name: &str, text: &str) {
        self.0.insert(name.to_owned(), text.to_owned());
    }

    /// The labels.
    pub fn labels(&self) -> Result<Labels> {
        Labels::parse(LABELS, self.text(LABELS)?)
    }

    /// The names of offices.
    pub(super) fn offices(&self) -> Result<Offices> {
        Offices::parse(OFFICES, self.text(OFFICES)?)
    }

    /// The Markdown templates by name.
    pub(super) fn markdown(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().filter(|(name, _)| name.ends_with(".md"))
    }

    /// One file.
    pub(super) fn text(&self, name: &str) -> Result<&str> {
        match self.0.get(name) {
            Some(text) => Ok(text),
            None => Err(ReportError::UnknownTemplate {
                name: name.to_owned(),
                known: self.0.keys().cloned().collect(),
            })?,
        }
    }
}
