//! The documents of a month: templates filled in, then written in every format.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::bundle::Staging;
use crate::communes;
use crate::disclosure::Protected;
use crate::document::block::{Document, Plate};
use crate::document::issue::issued;
use crate::document::layout::lay_out;
use crate::document::{docx, html, pdf, store};
use crate::error::Result;
use crate::pipeline::PipelineFault;
use crate::plan::Plan;
use crate::report::{self, Format, Sources, Written};
use crate::validation::ValidSamples;
use crate::warning::Warning;

/// Every document in its formats, and what they were made from.
pub fn documents(
    staging: &Staging,
    plan: &Plan,
    tables: &Protected,
    valid: &ValidSamples,
    plates: &BTreeMap<String, Plate>,
    warnings: &[Warning],
    revision: u32,
) -> Result<()> {
    let labels = plan.templates.labels()?;
    let period = plan.period.as_ref().ok_or(PipelineFault::NoPeriod)?;
    let ledger = serde_json::to_value(&valid.ledger).unwrap_or_default();
    let province_name = plan.province_name();
    let sources = Sources {
        tables: tables.tables(),
        ledger: &ledger,
        settings: &plan.config.report,
        labels: &labels,
        province_code: &plan.config.province.code,
        unknown_operator: &plan.unknown_operator,
        province_name: communes::register::bare_name(&province_name),
        month: &period.month,
        period_from: period.from,
        period_to: period.to,
        report_date: plan.report_date.ok_or(PipelineFault::NoPeriod)?,
        simulated: valid.ledger.simulated,
        limits: &plan.config.statistics,
        gaps: &plan.config.gaps,
        program_version: env!("CARGO_PKG_VERSION"),
        warnings,
        monthly: &plan.monthly,
        due: &plan.config.due,
        revision,
    };
    let written = report::write(&plan.templates, &sources, plates)?;
    let made: Vec<Result<Files>> = written.par_iter().map(|written| files(plan, written)).collect();
    for files in made {
        for (file, bytes) in files? {
            staging.write(&file, &bytes)?;
        }
    }
    let is_sent = |name: &&String| staging.path().join(format!("send/charts/{name}.png")).is_file();
    let charts = plates.keys().filter(is_sent).cloned().collect();
    let documents = written.into_iter().map(|written| (written.file, written.document)).collect();
    for (file, bytes) in store::save(&documents, &charts)? {
        staging.write(&file, &bytes)?;
    }
    Ok(())
}

/// Files by their path in the bundle.
type Files = Vec<(String, Vec<u8>)>;

/// A document as a draft, in each of its formats.
fn files(plan: &Plan, written: &Written) -> Result<Files> {
    let document = issued(&written.document, None);
    let file = |format: &Format| {
        let bytes = bytes(plan, &document, *format)?;
        Ok((format!("send/reports/{}.{}", written.file, format.extension()), bytes))
    };
    written.formats.iter().map(file).collect()
}

fn bytes(plan: &Plan, document: &Document, format: Format) -> Result<Vec<u8>> {
    let style = plan.config.form.style();
    match format {
        Format::Pdf => {
            let laid = lay_out(document, &plan.family, &style)?;
            pdf::write(&laid, document, &plan.family)
        }
        Format::Docx => docx::write(document, &plan.family, &style),
        Format::Html => html::write(document),
    }
}
