//! What a run noticed and its reader should know: printed once at the end, kept in the manifest, and
//! listed in the reports in their own words.

mod facts;

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use facts::{Fact, Facts};

use crate::config::nearest;
use crate::import::Samples;
use crate::validation::ledger::Ledger;

/// Something seen, what it may mean, and which setting helps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// More rows were rejected than the warn threshold.
    RejectedShare { share: f64, limit: f64 },
    /// Columns of a file that the profile does not read; one looks like a misspelt known column.
    MisspeltColumn { file: String, found: String, nearest: String },
    /// Texts that could not be read as a number or time.
    Unconverted { column: String, values: u64 },
    /// Rows with a position only, and no boundaries to place them.
    NoBoundaries { rows: u64 },
    /// Same id, different content.
    ConflictingDuplicates { rows: u64 },
    /// Tests whose operator no key matches.
    UnknownOperator { rows: u64 },
    /// No row was accepted at all.
    NothingAccepted,
    /// The median upload of mobile tests, all or of one operator, is above the median download.
    UploadAboveDownload { operator: Option<String>, tests: u64, download: f64, upload: f64 },
    /// Downloads of an access type are so high that their unit is doubted; `above` their ceiling.
    SpeedsTooHigh { access_type: String, tests: u64, above: u64, median: f64 },
    /// Downloads of an access type are so low that their unit is doubted.
    SpeedsTooLow { access_type: String, tests: u64, median: f64 },
    /// Days of the period on which no test was accepted.
    DaysWithoutSamples { days: Vec<Date> },
    /// The night is busier than the five hours from `busy_from`, where it would show were all times so
    /// many hours off: local times taken for UTC, or UTC for local times.
    HoursShifted { local_as_utc: bool, hours: u8, night: u64, busy_from: u8, busy: u64 },
    /// An operator that had tests in the month before has none.
    OperatorMissing { family: String, operator: String, tests: u64 },
    /// Tests or a median of an operator, more than `factor` times those of the month before or less
    /// than that part of them.
    Jump { family: String, operator: String, column: String, before: f64, now: f64, factor: f64 },
    /// Forms are due, and nothing says where those that were sent in lie.
    CampaignUnwatched { forms: Vec<String> },
    /// No file of a form is there: everybody who has to send it is missing.
    CampaignWithoutFile { form: String },
    /// Rows of a form were rejected, and other things in its files were not understood.
    CampaignProblems { form: String, rejected: u64, others: u64 },
    /// Parts of the reports that only people can write are not written; no file when none is configured.
    MonthlyText { file: Option<String>, parts: Vec<String> },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::RejectedShare { share, limit } => write!(
                f,
                "{:.1} % of rows were rejected, above the warn threshold of {:.1} % \
                 (validation.warn_rejected_share); see rejected_by_rule",
                share * 100.0,
                limit * 100.0
            ),
            Warning::MisspeltColumn { file, found, nearest } => {
                write!(f, "column `{found}` of `{file}` is not read; was `{nearest}` meant?")
            }
            Warning::Unconverted { column, values } => write!(
                f,
                "{values} texts for `{column}` could not be read and count as missing; check the \
                 import profile"
            ),
            Warning::NoBoundaries { rows } => write!(
                f,
                "{rows} rows have only a position and no boundaries hold on their day; configure \
                 [[communes.boundaries]] with a GeoJSON file of commune polygons"
            ),
            Warning::ConflictingDuplicates { rows } => write!(
                f,
                "{rows} duplicate rows have the sample_id of another row but different content; \
                 the first in time was kept"
            ),
            Warning::UnknownOperator { rows } => write!(
                f,
                "{rows} accepted tests have an operator that no name, code or ASN of the operator \
                 table matches; they are counted apart (operators.file)"
            ),
            Warning::NothingAccepted => write!(
                f,
                "no row was accepted: every table is empty or says so; check month, province and \
                 rejected_by_rule"
            ),
            Warning::UploadAboveDownload { operator, tests, download, upload } => write!(
                f,
                "mobile tests{}: median upload {upload:.1} Mbit/s is above median download \
                 {download:.1} Mbit/s ({tests} tests); were the columns swapped? check the import \
                 profile (samples.profile)",
                operator.as_ref().map_or_else(String::new, |name| format!(" of {name}"))
            ),
            Warning::SpeedsTooHigh { access_type, tests, above, median } => write!(
                f,
                "{above} of {tests} {access_type} tests have a download above their ceiling, the \
                 median is {median:.1} Mbit/s; was kbit/s read as Mbit/s? divide by 1000 in the \
                 import profile (samples.profile; limits: checks.max_median_mbps, \
                 checks.above_ceiling_share)"
            ),
            Warning::SpeedsTooLow { access_type, tests, median } => write!(
                f,
                "the median download of {tests} {access_type} tests is {median:.4} Mbit/s; was \
                 Mbit/s read as kbit/s? check the import profile (samples.profile; limit: \
                 checks.min_median_mbps)"
            ),
            Warning::DaysWithoutSamples { days } => write!(
                f,
                "no test was accepted on {} of the days of the period: {}; were their files left \
                 out? (samples.paths)",
                days.len(),
                runs(days)
                    .iter()
                    .map(|(first, last)| match first == last {
                        true => first.to_string(),
                        false => format!("{first} to {last}"),
                    })
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            Warning::HoursShifted { local_as_utc, hours, night, busy_from, busy } => write!(
                f,
                "{night} tests lie in the night (01 to 05 local time), {busy} in the hours {:02} to \
                 {:02}; are all times {hours} hours off, {}? check the zone of the timestamps \
                 (samples.naive_zone, import profile; limit: checks.night_ratio)",
                busy_from,
                (busy_from + 4) % 24,
                if *local_as_utc {
                    "local times taken for UTC"
                } else {
                    "UTC taken for local times"
                }
            ),
            Warning::OperatorMissing { family, operator, tests } => write!(
                f,
                "{operator} has no {family} test, after {tests} in the month before; is a file or a \
                 name of the operator missing? (samples.paths, operators.file)"
            ),
            Warning::Jump { family, operator, column, before, now, factor } => write!(
                f,
                "`{column}` of {operator} ({family}) went from {before} to {now} within a month, more \
                 than {factor} times; check the samples of both months (checks.jump_factor)"
            ),
            Warning::CampaignUnwatched { forms } => write!(
                f,
                "{} are due ([[due]]), but [campaign] names no files of them: reports do not say who \
                 sent them (campaign.folder)",
                forms.join(", ")
            ),
            Warning::CampaignWithoutFile { form } => write!(
                f,
                "no file of {form} was found, so nobody counts as having sent it; put it where \
                 [campaign] says (campaign.folder, campaign.forms)"
            ),
            Warning::CampaignProblems { form, rejected, others } => write!(
                f,
                "{rejected} rows of {form} were rejected and {others} more units, numbers or columns \
                 were not understood; see the table campaign_problems"
            ),
            Warning::MonthlyText { file, parts } => write!(
                f,
                "{} not written{}; the drafts show gaps for it (report.monthly_text)",
                parts.join(", "),
                file.as_ref().map_or_else(String::new, |file| format!(" in `{file}`"))
            ),
        }
    }
}

/// Days that follow each other, as first and last day.
pub fn runs(days: &[Date]) -> Vec<(Date, Date)> {
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if last.tomorrow().ok() == Some(*day) => *last = *day,
            _ => runs.push((*day, *day)),
        }
    }
    runs
}

/// What samples and ledger give cause to warn of.
pub fn warnings(samples: &Samples, ledger: &Ledger) -> Vec<Warning> {
    let mut warnings = misspelt(samples);
    if ledger.warns() {
        let (share, limit) = (ledger.rejected_share, ledger.warn_rejected_share);
        warnings.push(Warning::RejectedShare { share, limit });
    }
    if ledger.accepted == 0 {
        warnings.push(Warning::NothingAccepted);
    }
    if let Some(rows) = ledger.rejected_by_rule.get("position_without_boundaries") {
        warnings.push(Warning::NoBoundaries { rows: *rows });
    }
    if ledger.duplicate_conflicting > 0 {
        warnings.push(Warning::ConflictingDuplicates { rows: ledger.duplicate_conflicting });
    }
    if let Some(rows) = ledger.notes.get("operator_unknown").filter(|rows| **rows > 0) {
        warnings.push(Warning::UnknownOperator { rows: *rows });
    }
    for (column, values) in &ledger.unconverted {
        warnings.push(Warning::Unconverted { column: column.clone(), values: *values });
    }
    warnings
}

/// Columns that are not read but look much like one that a file lacks.
fn misspelt(samples: &Samples) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for file in &samples.files {
        let known = samples.profile.columns.iter().map(|column| column.name.as_str());
        let absent: Vec<&str> = known.filter(|name| !file.has(name)).collect();
        for found in &file.ignored {
            let Some(near) = nearest(found, absent.iter().copied()) else { continue };
            if strsim::osa_distance(found, near) <= 2 && near.len() > 3 {
                warnings.push(Warning::MisspeltColumn {
                    file: file.source.name.clone(),
                    found: found.clone(),
                    nearest: near.to_owned(),
                });
            }
        }
    }
    warnings
}
