//! What leaves the office tells of nobody, and identifiers stay where they are.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::json;

use crate::bundle::{Bundle, files, matching};
use crate::program::{CONFIG_FILE, Case};
use crate::samples::{Row, SampleFile, row};

const REFUSE: &str = "validation.fail_rejected_share=0.0001";

/// A month of Viettel in three communes by eight phones each, and of
/// VinaPhone by one phone each in two others: so many tests of this speed.
fn month(first: (u32, f64), second: (u32, f64)) -> Case {
    let mut rows: Vec<Row> = Vec::new();
    for (place, commune) in ["24121", "24133", "24154"].into_iter().enumerate() {
        for phone in 0..8 {
            for day in 1..4 {
                let id = format!("sample-{commune}-{phone}-{day}");
                let different = json!({
                    "commune_code": commune,
                    "device_id": format!("secret-device-{place}-{phone}"),
                    "measured_at": format!("2025-10-{day:02}T03:00:00Z"),
                    "download_mbps": 40.0 + f64::from(phone) + f64::from(day),
                });
                rows.push(row(&id, different));
            }
        }
    }
    for (phone, commune, (tests, mbps)) in [(1, "24163", first), (2, "24169", second)] {
        for test in 0..tests {
            let different = json!({
                "commune_code": commune,
                "device_id": format!("secret-device-single-{phone}"),
                "network_mcc_mnc": "452-02",
                "download_mbps": mbps,
            });
            rows.push(row(&format!("sample-single-{phone}-{test}"), different));
        }
    }
    let case = Case::new();
    case.samples("a.parquet", &SampleFile::of(rows));
    case
}

/// Two people exchange their speeds and numbers of tests. All sums stay as they were, the two groups are of one device each:
/// whoever reads `send/` cannot see it, in no table, chart, alternative text or drawing coordinate.
#[test]
fn what_is_suppressed_changes_nothing_that_leaves() {
    let of = |first, second| {
        let case = month(first, second);
        let bundle = case.build("2025-10");
        let (sent, kept): (BTreeMap<_, _>, BTreeMap<_, _>) =
            bundle.files().into_iter().partition(|(name, _)| name.starts_with("send/"));
        (sent, kept)
    };
    let (sent, kept) = of((2, 11.0), (1, 97.0));
    let (sent_exchanged, kept_exchanged) = of((1, 97.0), (2, 11.0));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&sent), names(&sent_exchanged));
    let changed: Vec<_> = sent
        .iter()
        .filter(|(name, bytes)| &&sent_exchanged[*name] != bytes)
        .map(|(n, _)| n)
        .collect();
    assert!(changed.is_empty(), "{changed:?}");
    // The complete tables do tell the two apart.
    let table = "internal/tables/commune_operator.parquet";
    assert_ne!(kept[table], kept_exchanged[table]);
}

/// Texts of a file: what stands in Parquet columns and in the parts of an archive, else its bytes.
fn texts(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    let mut texts = Vec::new();
    match path.extension().and_then(|one| one.to_str()) {
        Some("parquet") => {
            let file =
                ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path).unwrap()).unwrap();
            for batch in file.build().unwrap() {
                for column in batch.unwrap().columns() {
                    let Ok(column) = cast(column, &DataType::Utf8) else { continue };
                    for text in column.as_string::<i32>().iter().flatten() {
                        texts.extend(text.bytes());
                        texts.push(b'\n');
                    }
                }
            }
        }
        Some("xlsx" | "docx") => {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            for part in 0..archive.len() {
                archive.by_index(part).unwrap().read_to_end(&mut texts).unwrap();
            }
        }
        _ => texts = bytes,
    }
    texts
}

fn holds(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|window| window == part.as_bytes())
}

/// Good, repeated and rejected tests, a failed run and a refused one: no file that is left over and
/// nothing on the screen names a device; documents of a PDF are made of the same words as the drafts.
#[test]
fn no_device_is_named_anywhere() {
    let case = month((2, 11.0), (1, 97.0));
    let bad = [
        row("sample-bad", json!({"device_id": "secret-device-bad", "download_mbps": -1.0})),
        row("sample-single-1-0", json!({"device_id": "secret-device-again"})),
    ];
    case.samples("bad.parquet", &SampleFile::of(bad.to_vec()));
    fs::create_dir_all(case.path("temporary")).unwrap();
    let temporary = case.path("temporary").to_string_lossy().into_owned();
    let with = |arguments: &[&str]| case.run_with(arguments, &[("TMPDIR", &temporary)]);
    let mut said = Vec::new();
    for arguments in [
        &["run", "--config", CONFIG_FILE, "--month", "2025-10", "--out", "out", "--log", "json"][..],
        &["check", "samples", "--month", "2025-10", "--config", CONFIG_FILE, "--json"],
        &["status", "--config", CONFIG_FILE, "--month", "2025-10", "--today", "2025-10-20"],
        &["run", "--config", CONFIG_FILE, "--month", "2025-10", "--out", "out2", "--set", REFUSE],
    ] {
        let answer = with(arguments);
        said.push(format!("{answer:?}"));
    }
    assert!(said[0].contains("code: 0"), "{}", said[0]);
    assert!(said[3].contains("code: 3"), "{}", said[3]);
    assert_eq!(
        fs::read_dir(case.path("temporary")).unwrap().count(),
        0,
        "a temporary file is left over"
    );
    let left: Vec<_> = files(&case.path("."))
        .into_keys()
        .filter(|name| !name.starts_with("samples/") && !name.ends_with(".pdf"))
        .collect();
    assert!(left.iter().any(|name| name.ends_with("quarantine.parquet")), "{left:?}");
    let named: Vec<_> =
        left.iter().filter(|name| holds(&texts(&case.path(name)), "secret-device")).collect();
    assert!(named.is_empty(), "{named:?}");
    assert!(said.iter().all(|said| !said.contains("secret-device")));
}

/// More devices than asked for are needed; fewer than five are refused.
#[test]
fn the_least_number_of_devices_is_a_setting() {
    let case = month((2, 11.0), (1, 97.0));
    let shown = |least: &str| {
        let answer = case.month("2025-10", &["--force", "--set", least]);
        (answer.code, answer.stderr)
    };
    assert_eq!(shown("privacy.min_devices=8").0, 0);
    let published = |case: &Case| {
        let sent = Bundle::at(&case.path("out/66-2025-10")).sent("commune");
        let of_mobile = matching(&sent, json!({"family": "mobile"}));
        of_mobile.iter().filter(|row| row["tests_ok"] == 24).count()
    };
    assert!(published(&case) > 0, "some of the three protect those of one device, not all");
    assert_eq!(shown("privacy.min_devices=9").0, 0);
    assert_eq!(published(&case), 0);
    let (code, said) = shown("privacy.min_devices=4");
    assert_eq!(code, 2);
    assert!(said.contains("privacy.min_devices"), "{said}");
}
