//! The parts of a warning, for the sentence that a report has for it in its own language.
//!
//! `reports/labels.toml` holds the sentences in `[warnings]`, by kind, with the names of the facts in
//! braces.

use jiff::civil::Date;

use super::Warning;

/// A value of a sentence, not yet worded.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    Count(u64),
    Number(f64),
    Share(f64),
    Text(String),
    Days(Vec<Date>),
    /// A label of a section, such as `access_types` and `mobile`.
    Label(&'static str, String),
    /// Several labels of a section.
    Labels(&'static str, Vec<String>),
    /// The title of a column of the table of operators.
    Column(String),
}

/// Facts by name.
pub type Facts = Vec<(&'static str, Fact)>;

impl Warning {
    /// What was seen, in snake case: the key of its sentence.
    pub fn kind(&self) -> &'static str {
        match self {
            Warning::RejectedShare { .. } => "rejected_share",
            Warning::MisspeltColumn { .. } => "misspelt_column",
            Warning::Unconverted { .. } => "unconverted",
            Warning::NoBoundaries { .. } => "no_boundaries",
            Warning::ConflictingDuplicates { .. } => "conflicting_duplicates",
            Warning::UnknownOperator { .. } => "unknown_operator",
            Warning::NothingAccepted => "nothing_accepted",
            Warning::UploadAboveDownload { operator: None, .. } => "upload_above_download",
            Warning::UploadAboveDownload { .. } => "upload_above_download_of_operator",
            Warning::SpeedsTooHigh { .. } => "speeds_too_high",
            Warning::SpeedsTooLow { .. } => "speeds_too_low",
            Warning::DaysWithoutSamples { .. } => "days_without_samples",
            Warning::HoursShifted { local_as_utc: true, .. } => "hours_local_as_utc",
            Warning::HoursShifted { .. } => "hours_utc_as_local",
            Warning::OperatorMissing { .. } => "operator_missing",
            Warning::Jump { .. } => "jump",
            Warning::CampaignUnwatched { .. } => "campaign_unwatched",
            Warning::CampaignWithoutFile { .. } => "campaign_without_file",
            Warning::CampaignProblems { .. } => "campaign_problems",
            Warning::MonthlyText { .. } => "monthly_text",
        }
    }

    /// Whether it is about the data, and not about what people have yet to write.
    pub fn concerns_data(&self) -> bool {
        !matches!(self, Warning::MonthlyText { .. })
    }

    /// What its sentence is filled with.
    pub fn facts(&self) -> Facts {
        use Fact::{Column, Count, Days, Label, Labels, Number, Share, Text};
        let access = |name: &str| ("access_type", Label("access_types", name.to_owned()));
        let family = |name: &str| ("family", Label("families", name.to_owned()));
        match self.clone() {
            Warning::RejectedShare { share, limit } => {
                vec![("share", Share(share)), ("limit", Share(limit))]
            }
            Warning::MisspeltColumn { file, found, nearest } => {
                vec![("file", Text(file)), ("found", Text(found)), ("nearest", Text(nearest))]
            }
            Warning::Unconverted { column, values } => {
                vec![("column", Text(column)), ("values", Count(values))]
            }
            Warning::NoBoundaries { rows }
            | Warning::ConflictingDuplicates { rows }
            | Warning::UnknownOperator { rows } => vec![("rows", Count(rows))],
            Warning::NothingAccepted => Vec::new(),
            Warning::UploadAboveDownload { operator, tests, download, upload } => vec![
                ("operator", Text(operator.unwrap_or_default())),
                ("tests", Count(tests)),
                ("download", Number(download)),
                ("upload", Number(upload)),
            ],
            Warning::SpeedsTooHigh { access_type, tests, above, median } => vec![
                access(&access_type),
                ("tests", Count(tests)),
                ("above", Count(above)),
                ("median", Number(median)),
            ],
            Warning::SpeedsTooLow { access_type, tests, median } => {
                vec![access(&access_type), ("tests", Count(tests)), ("median", Number(median))]
            }
            Warning::DaysWithoutSamples { days } => {
                vec![("count", Count(days.len() as u64)), ("days", Days(days))]
            }
            Warning::HoursShifted { hours, night, busy_from, busy, .. } => vec![
                ("hours", Count(hours.into())),
                ("night", Count(night)),
                ("from", Count(busy_from.into())),
                ("to", Count((u64::from(busy_from) + 4) % 24)),
                ("busy", Count(busy)),
            ],
            Warning::OperatorMissing { family: of, operator, tests } => {
                vec![family(&of), ("operator", Text(operator)), ("tests", Count(tests))]
            }
            Warning::Jump { family: of, operator, column, before, now, factor } => vec![
                family(&of),
                ("operator", Text(operator)),
                ("column", Column(column)),
                ("before", Number(before)),
                ("now", Number(now)),
                ("factor", Number(factor)),
            ],
            Warning::CampaignUnwatched { forms } => vec![("forms", Text(forms.join(", ")))],
            Warning::CampaignWithoutFile { form } => vec![("form", Text(form))],
            Warning::CampaignProblems { form, rejected, others } => {
                vec![("form", Text(form)), ("rejected", Count(rejected)), ("others", Count(others))]
            }
            Warning::MonthlyText { parts, .. } => vec![("parts", Labels("monthly_parts", parts))],
        }
    }
}
