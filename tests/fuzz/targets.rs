//! What reads bytes from outside, each as a function that may fail but not panic.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Float64Array, RecordBatch, StringArray};
use ispeed_report::campaign::Campaign;
use ispeed_report::communes::{Boundaries, Register};
use ispeed_report::config::{self, Gaps, Statistics};
use ispeed_report::engine;
use ispeed_report::import::{self, Samples, profile::Profile};
use ispeed_report::operators::Operators;
use ispeed_report::plan::Plan;
use ispeed_report::queries::Queries;
use ispeed_report::report::{self, MonthlyText, Settings, Sources, Templates};
use ispeed_report::spreadsheet;
use jiff::civil::Date;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

/// One of them.
pub struct Target {
    pub name: &'static str,
    /// Executions of a round of the smoke run: fewer of what is slow.
    pub pace: u64,
    pub run: fn(&[u8]),
}

pub const TARGETS: [Target; 12] = [
    Target { name: "samples", pace: 20, run: samples },
    Target { name: "profile", pace: 3, run: profile },
    Target { name: "query", pace: 5, run: query },
    Target { name: "configuration", pace: 20, run: configuration },
    Target { name: "boundaries", pace: 100, run: boundaries },
    Target { name: "form_csv", pace: 20, run: form_csv },
    Target { name: "form_xlsx", pace: 20, run: form_xlsx },
    Target { name: "form_sheet", pace: 50, run: form_sheet },
    Target { name: "operators", pace: 50, run: operators },
    Target { name: "register", pace: 50, run: register },
    Target { name: "template", pace: 3, run: template },
    Target { name: "monthly_text", pace: 50, run: monthly_text },
];

thread_local! {
    static FOLDER: TempDir = tempfile::tempdir().unwrap();
    static QUERIES: Queries = Queries::embedded().unwrap();
    static PLAN: OnceCell<Plan> = const { OnceCell::new() };
}

/// The bytes as a file of this name, always the same place.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = FOLDER.with(|folder| folder.path().join(name));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

/// A Parquet file, opened and read to its end.
fn samples(bytes: &[u8]) {
    let path = file("samples/a.parquet", bytes).display().to_string();
    let Ok(samples) = QUERIES.with(|queries| Samples::open(&[path], "ispeed", queries, None))
    else {
        return;
    };
    for file in &samples.files {
        for section in file.sections(65_536) {
            let _ = file.read(&section, &mut |_| Ok(()));
        }
    }
}

/// Two rows with columns of each kind.
fn rows() -> RecordBatch {
    let texts = Arc::new(StringArray::from(vec![Some("a"), None]));
    let numbers = Arc::new(Float64Array::from(vec![Some(1.5), None]));
    RecordBatch::try_from_iter_with_nullable([
        ("sample_id", texts.clone() as _, true),
        ("measured_at", texts as _, true),
        ("download_mbps", numbers as _, true),
    ])
    .unwrap()
}

/// An import profile, over two rows.
fn profile(bytes: &[u8]) {
    let root = QUERIES.with(|queries| {
        let shipped = queries.files().filter(|(name, _)| !name.contains('/'));
        let written = shipped.map(|(name, text)| file(&format!("queries/{name}"), text.as_bytes()));
        written.last().unwrap().parent().unwrap().to_owned()
    });
    file("queries/import/own.sql", bytes);
    let profile = Queries::read(&root).and_then(|queries| Profile::find(&queries, "own"));
    if let Ok(profile) = profile {
        let _ = import::import(engine::open(&[]).as_mut(), &profile, rows());
    }
}

/// A query, over two rows.
fn query(bytes: &[u8]) {
    let Ok(sql) = std::str::from_utf8(bytes) else { return };
    let mut engine = engine::open(&[]);
    engine.register_batches("t", rows().schema(), &[rows()]).unwrap();
    let _ = engine.query("own.sql", sql);
}

fn configuration(bytes: &[u8]) {
    let _ = config::read(&file("ispeed-report.toml", bytes), &[]);
}

fn boundaries(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (from, to) = (Date::constant(2025, 7, 1), Date::MAX);
    if let Ok(boundaries) = Boundaries::parse("a.geojson", text, "code", from, to) {
        boundaries.commune_at(12.7, 108.1);
        boundaries.commune_at(-90.0, 180.0);
    }
}

const FORM: &str = r#"
[province]
code = "66"
[samples]
paths = ["samples"]
[campaign]
folder = "campaign"
[[due]]
id = "01"
title = "Biểu mẫu 01"
from = "departments"
every = "month"
before_day = 12
units = ["Sở Y tế", "Sở Nội vụ"]
"#;

/// A form that was sent in, as the only file of its folder.
fn form(name: &str, bytes: &[u8]) {
    PLAN.with(|plan| {
        let plan = plan.get_or_init(|| {
            let config = config::read(&file("form/a.toml", FORM.as_bytes()), &[]).unwrap();
            Plan::new(config, true, Some("2025-10"), None, 1, PathBuf::new()).unwrap()
        });
        let path = file(&format!("form/campaign/{name}"), bytes);
        let _ = Campaign::read(plan);
        fs::remove_file(path).unwrap();
    });
}

fn form_csv(bytes: &[u8]) {
    form("form-01.csv", bytes);
}

fn form_xlsx(bytes: &[u8]) {
    form("form-01.xlsx", bytes);
}

const PARTS: [(&str, &str); 4] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];

/// The bytes as the sheet of a whole workbook: behind compression and checksums no change of a byte
/// would reach the reader of cells.
pub fn workbook(sheet: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let parts = PARTS.iter().map(|(name, text)| (*name, text.as_bytes()));
    for (name, content) in parts.chain([("xl/worksheets/sheet1.xml", sheet)]) {
        archive.start_file(name, stored).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn form_sheet(bytes: &[u8]) {
    let _ = spreadsheet::parse("a.xlsx", &workbook(bytes), None);
}

fn operators(bytes: &[u8]) {
    let _ = Operators::read(&file("operators.csv", bytes));
}

fn register(bytes: &[u8]) {
    let _ = Register::read(&file("communes.csv", bytes));
}

/// A document's template, over a month without tables.
fn template(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut templates = Templates::embedded();
    templates.insert("own.md", text);
    let _ = rendered(&templates);
}

/// The document of `own.md`.
pub fn rendered(templates: &Templates) -> ispeed_report::error::Result<()> {
    let sources = Sources {
        tables: &BTreeMap::new(),
        ledger: &serde_json::Value::Null,
        settings: &Settings::default(),
        labels: &templates.labels()?,
        province_code: "66",
        unknown_operator: "?",
        province_name: "Đắk Lắk",
        month: "2025-10",
        period_from: Date::constant(2025, 10, 1),
        period_to: Date::constant(2025, 11, 1),
        report_date: Date::constant(2025, 11, 15),
        simulated: false,
        limits: &Statistics::default(),
        gaps: &Gaps::default(),
        program_version: "0",
        warnings: &[],
        monthly: &MonthlyText::default(),
        due: &[],
        revision: 1,
    };
    report::render("own.md", templates, &sources, &BTreeMap::new()).map(|_| ())
}

fn monthly_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = MonthlyText::parse(PathBuf::from("2025-10.toml"), text);
}
