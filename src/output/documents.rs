//! The documents of a month: templates filled in, then written in every format.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde_json::Value;

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
use crate::provenance::{OnPage, Paged};
use crate::report::{self, Format, Labels, Sources, Written};
use crate::statistics::Tables;
use crate::validation::ledger::Ledger;
use crate::warning::Warning;

/// Every document in its formats, and what they were made from.
pub fn documents(
    staging: &Staging,
    plan: &Plan,
    tables: &Protected,
    ledger: &Ledger,
    plates: &BTreeMap<String, Plate>,
    warnings: &[Warning],
    revision: u32,
) -> Result<BTreeMap<String, Paged>> {
    let ledger = serde_json::to_value(ledger).unwrap_or_default();
    let words = Words { labels: plan.templates.labels()?, province: plan.province_name(), ledger };
    let sources = Sources { warnings, revision, ..words.sources(plan, tables.tables())? };
    let written = report::write(&plan.templates, &sources, plates)?;
    let templates: Vec<String> = written.iter().map(|one| one.template.clone()).collect();
    let made: Vec<Result<Files>> = written.par_iter().map(|written| files(plan, written)).collect();
    let mut paged = BTreeMap::new();
    for (files, template) in made.into_iter().zip(templates) {
        for (file, bytes, pages) in files? {
            staging.write(&file, &bytes)?;
            paged.insert(file, Paged { template: template.clone(), pages });
        }
    }
    let is_sent = |name: &&String| staging.path().join(format!("send/charts/{name}.png")).is_file();
    let charts = plates.keys().filter(is_sent).cloned().collect();
    let documents = written.into_iter().map(|written| (written.file, written.document)).collect();
    for (file, bytes) in store::save(&documents, &charts)? {
        staging.write(&file, &bytes)?;
    }
    Ok(paged)
}

/// The document of one template, of tables that stay in the office, as PDF.
pub fn document(plan: &Plan, template: &str, tables: &Tables, ledger: &Ledger) -> Result<Vec<u8>> {
    let ledger = serde_json::to_value(ledger).unwrap_or_default();
    let words = Words { labels: plan.templates.labels()?, province: plan.province_name(), ledger };
    let sources = words.sources(plan, tables)?;
    let document = report::render(template, &plan.templates, &sources, &BTreeMap::new())?;
    Ok(bytes(plan, &issued(&document, None), Format::Pdf)?.0)
}

/// What documents are made of and a plan does not hold as they need it.
struct Words {
    labels: Labels,
    province: String,
    ledger: Value,
}

impl Words {
    fn sources<'a>(&'a self, plan: &'a Plan, tables: &'a Tables) -> Result<Sources<'a>> {
        let period = plan.period.as_ref().ok_or(PipelineFault::NoPeriod)?;
        Ok(Sources {
            tables,
            ledger: &self.ledger,
            settings: &plan.config.report,
            labels: &self.labels,
            province_code: &plan.config.province.code,
            unknown_operator: &plan.unknown_operator,
            province_name: communes::register::bare_name(&self.province),
            month: &period.month,
            period_from: period.from,
            period_to: period.to,
            report_date: plan.report_date.ok_or(PipelineFault::NoPeriod)?,
            simulated: self.ledger["simulated"].as_bool().unwrap_or_default(),
            limits: &plan.config.statistics,
            gaps: &plan.config.gaps,
            program_version: env!("CARGO_PKG_VERSION"),
            warnings: &[],
            monthly: &plan.monthly,
            due: &plan.config.due,
            revision: 1,
        })
    }
}

/// Files by their path in the bundle, and what stands on their pages.
type Files = Vec<(String, Vec<u8>, Vec<OnPage>)>;

/// A document as a draft, in each of its formats.
fn files(plan: &Plan, written: &Written) -> Result<Files> {
    let document = issued(&written.document, None);
    let file = |format: &Format| {
        let (bytes, pages) = bytes(plan, &document, *format)?;
        Ok((format!("send/reports/{}.{}", written.file, format.extension()), bytes, pages))
    };
    written.formats.iter().map(file).collect()
}

fn bytes(plan: &Plan, document: &Document, format: Format) -> Result<(Vec<u8>, Vec<OnPage>)> {
    let style = plan.config.form.style();
    Ok(match format {
        Format::Pdf => {
            let laid = lay_out(document, &plan.family, &style)?;
            let pages = laid.shown().iter().map(OnPage::of).collect();
            (pdf::write(&laid, document, &plan.family)?, pages)
        }
        Format::Docx => (docx::write(document, &plan.family, &style)?, Vec::new()),
        Format::Html => (html::write(document)?, Vec::new()),
    })
}
