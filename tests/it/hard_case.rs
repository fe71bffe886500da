//! A month that is hard to set: 135 communes of which most have no sample, names that are long,
//! barred or hostile, five operators who measure the same, no history.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::bundle::squeezed;
use crate::program::{Case, tool};
use crate::samples::{Row, SampleFile, row};
use crate::shared::Built;

/// Operators as somebody could spell them; all of them with the same speeds.
const HOSTILE: [&str; 5] = [
    "=HYPERLINK(\"http://x\",\"y\")",
    "<b>ĐƯỜNG TRUYỀN ẶỄỞ</b>",
    "../x",
    "{{ x }} {number}",
    "**Mạng** H’Mông & 'Ea'",
];

const CONFIG: &str = r#"
[province]
code = "52"

[samples]
paths = ["samples"]

[operators]
file = "operators.csv"

[report]
issuer = "Sở Khoa học, Công nghệ, Thông tin, Truyền thông, Bưu chính và Chuyển đổi số Đặng Ễ Ặ Ở"
parent = "Ủy ban nhân dân tỉnh Gia Lai và các đơn vị hành chính sự nghiệp trực thuộc ở Quy Nhơn"
signer_authority = "KT. Giám đốc"
signer_position = "Phó Giám đốc phụ trách lĩnh vực bưu chính, viễn thông và chuyển đổi số"
drafting_unit = "P.BCVTCĐS"
contact = "Nguyễn Thị Ặ Ễ Ở, Phòng Bưu chính, Viễn thông và Chuyển đổi số, 0269 0000 000"
"#;

/// 36 devices of each operator with the same speeds in one commune, one test in another.
fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (operator, name) in HOSTILE.iter().enumerate() {
        for device in 0..36 {
            let id = format!("s{operator}-{device}");
            let day = 1 + device % 28;
            rows.push(row(
                &id,
                json!({
                    "measured_at": format!("2025-10-{day:02}T03:00:00Z"),
                    "operator": name,
                    "network_mcc_mnc": null,
                    "commune_code": "21583",
                    "download_mbps": 20.0 + f64::from(device),
                    "device_id": format!("device-{id}"),
                }),
            ));
        }
    }
    let name = HOSTILE[0];
    rows.push(row(
        "one",
        json!({"operator": name, "network_mcc_mnc": null, "commune_code": "23575"}),
    ));
    rows
}

fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let case = Case::with_config(CONFIG);
        let mut operators = csv::Writer::from_writer(Vec::new());
        operators.write_record(["operator", "kind", "key_type", "key"]).unwrap();
        for name in HOSTILE {
            operators.write_record([name, "mno", "name", name]).unwrap();
        }
        operators.write_record(["Mạng không có lượt đo nào", "mno", "name", "none"]).unwrap();
        case.write("operators.csv", operators.into_inner().unwrap());
        case.samples("a.parquet", &SampleFile::of(rows()));
        let bundle = case.build("2025-10");
        Built { case, bundle }
    })
}

/// The names of the documents that have a file of this format.
fn documents(extension: &str) -> Vec<String> {
    let files = built().bundle.files();
    let names = files.keys().filter_map(|file| {
        file.strip_prefix("send/reports/")?.strip_suffix(extension)?.strip_suffix('.')
    });
    names.map(str::to_owned).collect()
}

/// Every text of a stored document that is printed, in order.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(map) => {
            let is_figure = map.contains_key("alternative");
            let is_table = map.contains_key("columns");
            let silent = |key: &str| {
                key == "align"
                    || is_table && key == "source"
                    || is_figure && ["name", "alternative"].contains(&key)
            };
            let printed = map.iter().filter(|(key, _)| !silent(key));
            printed.for_each(|(_, item)| texts(item, found));
        }
        _ => {}
    }
}

#[test]
fn every_commune_is_there_and_all_operators_are_tied() {
    let bundle = &built().bundle;
    let quota = bundle.table("quota");
    let communes: BTreeSet<&str> =
        quota.iter().filter_map(|row| row["commune_code"].as_str()).collect();
    assert_eq!(communes.len(), 135);
    let pairs = bundle.table("comparisons");
    let verdicts: BTreeSet<&str> = pairs.iter().filter_map(|row| row["verdict"].as_str()).collect();
    assert!(!verdicts.is_empty());
    assert!(verdicts.iter().all(|verdict| !verdict.ends_with("_better")), "{verdicts:?}");
}

#[test]
fn hostile_names_stand_in_every_document_as_they_are() {
    let names = documents("pdf");
    assert!(names.contains(&"ministry".to_owned()), "{names:?}");
    for name in ["ministry", "committee"] {
        let Some(pages) = built().bundle.pages(name) else { return };
        let text = squeezed(&pages.concat());
        for hostile in HOSTILE {
            assert!(text.contains(&squeezed(hostile)), "{hostile} is not in {name}");
        }
    }
}

#[test]
fn names_of_files_come_from_letters_and_digits_only() {
    for file in built().bundle.files().keys() {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        assert!(file.chars().all(plain) && !file.contains(".."), "{file}");
    }
}

#[test]
fn hostile_names_never_become_markup_or_formulas() {
    for (file, bytes) in built().bundle.files() {
        if file.ends_with(".html") || file.ends_with(".svg") {
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.contains("<b>ĐƯỜNG"), "{file}");
            assert!(!text.contains("<a href=\"http"), "{file}");
        } else if file.ends_with(".xlsx") || file.ends_with(".docx") {
            for (part, text) in parts(&bytes) {
                for acting in ["<f>", "<hyperlink", "<w:hyperlink", "TargetMode", "<b>ĐƯỜNG"] {
                    assert!(!text.contains(acting), "{acting} in {part} of {file}");
                }
                let fields = text.split("<w:instrText").skip(1);
                let fields = fields.filter_map(|field| field.split(['>', '<']).nth(1));
                assert!(fields.into_iter().all(|field| field.trim() == "PAGE"), "{part} of {file}");
            }
        }
    }
}

/// The XML parts of an Office file.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let count = archive.len();
    let read = |index: usize| {
        let mut part = archive.by_index(index).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), String::new());
        std::io::Read::read_to_string(&mut part, &mut text).ok()?;
        Some((name, text))
    };
    (0..count).filter_map(read).collect()
}

#[test]
fn the_pdf_has_every_word_of_its_document() {
    for name in documents("pdf") {
        let Some(pages) = built().bundle.pages(&name) else { return };
        let read = squeezed(&pages.concat());
        let mut all = Vec::new();
        texts(&built().bundle.json(&format!("internal/documents/{name}.json"))["blocks"], &mut all);
        for text in all {
            // Placeholders are filled in.
            let known = text.contains('{') || text.contains('\u{a0}');
            let words = text.split_whitespace().filter(|_| !known);
            for word in words.filter(|word| word.chars().count() > 3) {
                assert!(read.contains(word), "{word} of {name}");
            }
        }
    }
}

#[test]
fn pages_are_full_and_nothing_leaves_them() {
    for name in documents("pdf") {
        let file = built().bundle.folder.join(format!("send/reports/{name}.pdf"));
        let Some(text) = tool("pdftotext", &["-layout"], &file) else { return };
        let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
        for (number, page) in pages.iter().enumerate() {
            let words = page.split_whitespace().count();
            assert!(words >= 8, "page {} of {name} has {words} words", number + 1);
        }
    }
}
