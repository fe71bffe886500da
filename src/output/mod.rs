//! Writes the parts of a bundle into its staging folder.

mod documents;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

pub use documents::{document, documents};

use crate::bundle::tables::{csv, parquet, writer_properties};
use crate::bundle::{Staging, annex as workbook, manifest};
use crate::disclosure::Protected;
use crate::document::block::Plate;
use crate::error::Result;
use crate::figures::{self, FigureSources, Figures};
use crate::pipeline::PipelineFault;
use crate::plan::Plan;
use crate::provenance::Drawn;
use crate::statistics::{Bench, Tables};
use crate::validation::ledger::Ledger;
use crate::validation::quarantine::empty;
use crate::validation::{ValidSamples, ValidationFault};
use crate::vietnamese;

/// The folder beside a bundle that holds ledger and quarantine of a run without reports.
pub fn refusal_name(bundle: &str) -> String {
    format!("{bundle}.rejected")
}

/// Removes what a refused run left, once a bundle stands.
pub fn forget_refusal(out: &Path, bundle: &str) {
    let folder = out.join(refusal_name(bundle));
    if folder.join(manifest::FILE_NAME).is_file() {
        // Nothing depends on it; if it cannot be removed, it only stays longer.
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// `ledger.json`.
pub fn ledger(staging: &Staging, ledger: &Ledger) -> Result<()> {
    let fault = |message: String| ValidationFault::Work { path: "ledger.json".into(), message };
    let mut text = serde_json::to_string_pretty(ledger).map_err(|e| fault(e.to_string()))?;
    text.push('\n');
    staging.write("internal/ledger.json", text.as_bytes())
}

/// `quarantine.parquet`: the rejected rows.
pub fn quarantine(staging: &Staging, valid: &ValidSamples) -> Result<()> {
    let target = staging.file("internal/quarantine.parquet")?;
    join(&valid.quarantine, &target)
        .map_err(|message| ValidationFault::Work { path: target.display().to_string(), message })?;
    Ok(())
}

/// Copies Parquet files of one schema into one, in order.
fn join(parts: &[std::path::PathBuf], target: &Path) -> Result<(), String> {
    let text = |e: &dyn std::fmt::Display| e.to_string();
    let file = File::create(target).map_err(|e| text(&e))?;
    let schema = empty().schema();
    let properties = Some(writer_properties());
    let mut writer = ArrowWriter::try_new(file, schema, properties).map_err(|e| text(&e))?;
    for part in parts {
        let file = File::open(part).map_err(|e| text(&e))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|b| b.build());
        for batch in reader.map_err(|e| text(&e))? {
            writer.write(&batch.map_err(|e| text(&e))?).map_err(|e| text(&e))?;
        }
    }
    writer.close().map_err(|e| text(&e)).map(drop)
}

/// The filled-in text of every query, what they read, and the order in which they were run, so that
/// anyone can run them again.
pub fn queries(staging: &Staging, plan: &Plan, bench: &Bench) -> Result<()> {
    let mut order = Vec::new();
    for query in &bench.queries {
        let file = format!("internal/queries/{}", query.name);
        staging.write(&file, query.sql.as_bytes())?;
        order.push(serde_json::json!({"query": query.name, "table": query.table}));
    }
    let fixed = |(name, _): &(&str, &str)| {
        let stages = ["validation/", "collapse/"];
        name.ends_with(".sql") && stages.iter().any(|stage| name.starts_with(stage))
    };
    for (name, _) in plan.queries.files().filter(fixed) {
        let sql = plan.queries.sql(name)?;
        staging.write(&format!("internal/queries/{name}"), sql.as_bytes())?;
    }
    if !plan.restated_communes().is_empty() {
        let sql = plan.queries.collapse_sql("collapse/effective.sql", false, true)?;
        staging.write("internal/queries/collapse/effective_restated.sql", sql.as_bytes())?;
    }
    for (name, table) in &bench.inputs {
        staging.write(&format!("internal/inputs/{name}.parquet"), &input(name, table)?)?;
    }
    let order = serde_json::to_string_pretty(&order).unwrap_or_default() + "\n";
    staging.write("internal/queries/order.json", order.as_bytes())
}

/// A table that queries read, with points in time, too.
fn input(name: &str, table: &RecordBatch) -> Result<Vec<u8>> {
    let fault = |message: String| ValidationFault::Work {
        path: format!("internal/inputs/{name}.parquet"),
        message,
    };
    let mut bytes = Vec::new();
    let writer = ArrowWriter::try_new(&mut bytes, table.schema(), Some(writer_properties()));
    let mut writer = writer.map_err(|e| fault(e.to_string()))?;
    writer.write(table).map_err(|e| fault(e.to_string()))?;
    writer.close().map_err(|e| fault(e.to_string()))?;
    Ok(bytes)
}

/// Every table with all its numbers, for the office itself.
pub fn complete_tables(staging: &Staging, tables: &Tables) -> Result<()> {
    for (name, table) in tables {
        staging.write(&format!("internal/tables/{name}.parquet"), &parquet(table)?)?;
    }
    Ok(())
}

/// Every table that leaves the office, as CSV and Parquet.
pub fn tables(staging: &Staging, tables: &Protected) -> Result<()> {
    for (name, table) in tables.tables() {
        staging.write(&format!("send/tables/{name}.csv"), &csv(table)?)?;
        staging.write(&format!("send/tables/{name}.parquet"), &parquet(table)?)?;
    }
    Ok(())
}

/// Charts as files and as drawings for the documents, and the tables that each was drawn from.
pub fn charts(
    staging: &Staging,
    plan: &Plan,
    tables: &Protected,
    simulated: bool,
) -> Result<(BTreeMap<String, Plate>, Drawn)> {
    let labels = plan.templates.labels()?;
    let period = plan.period.as_ref().ok_or(PipelineFault::NoPeriod)?;
    let last = period.last();
    let communes = plan.communes();
    let sources = FigureSources {
        communes: communes
            .iter()
            .filter(|commune| commune.valid_on(last))
            .map(|commune| (commune.code.as_str(), commune.valid_from))
            .collect(),
        tables: tables.tables(),
        reads: figures::Reads::default(),
        labels: &labels,
        boundaries: plan.boundaries.valid_on(last).flat_map(|b| b.outlines()).collect(),
        quota: i64::from(plan.config.statistics.quota),
        publish_from: i64::from(plan.config.statistics.publish_from),
        simulated,
        period_from: period.from,
        period_to: period.to,
    };
    let Figures { drawn, mut reads } = figures::figures(&sources)?;
    let files = figures::files(&drawn)?;
    for (name, bytes) in &files {
        staging.write(&format!("send/charts/{name}"), bytes)?;
    }
    let mut plates = figures::plates(&drawn, &files, &plan.family)?;
    let of_communes = figures::commune_plates(&sources, &plan.family)?;
    let looked_at = sources.reads.take();
    reads.extend(of_communes.keys().map(|name| (name.clone(), looked_at.clone())));
    plates.extend(of_communes);
    Ok((plates, reads))
}

/// `annex.xlsx`.
pub fn annex(staging: &Staging, plan: &Plan, tables: &Protected, simulated: bool) -> Result<()> {
    let labels = plan.templates.labels()?;
    let period = plan.period.as_ref().ok_or(PipelineFault::NoPeriod)?;
    let last = period.last();
    let days = format!("{} – {}", vietnamese::date(period.from), vietnamese::date(last));
    let sheets = figures::sheets(tables.tables(), &labels, simulated, &days)?;
    let title = format!("{} {}", plan.province_name(), period.month);
    let date = plan.report_date.ok_or(PipelineFault::NoPeriod)?;
    staging.write("send/annex.xlsx", &workbook::workbook(&title, date, &sheets)?)
}
