//! Every width of number, encoding of text and unit of time is read as the same value.

use std::sync::OnceLock;

use arrow::datatypes::{DataType, TimeUnit};
use serde_json::{Value, json};

use crate::bundle::{matching, only};
use crate::program::{CONFIG, Case};
use crate::samples::{Row, SampleFile, row};
use crate::shared::Built;

/// Two rows without device, one second before and after local midnight.
fn rows() -> Vec<Row> {
    let at = |time: &str| {
        json!({"measured_at": time, "device_id": null, "network_mcc_mnc": null, "asn": 7552,
               "operator": null, "packet_loss_ratio": 0.0, "signal_dbm": -90.0})
    };
    vec![row("a", at("2025-10-10T16:59:59Z")), row("b", at("2025-10-10T17:00:01Z"))]
}

fn numbers() -> Vec<DataType> {
    use DataType::*;
    let wide = [Float16, Float32, Float64, Int16, Int32, Int64, UInt16, UInt32, UInt64];
    let narrow = [Int8, UInt8, Decimal128(10, 3), Decimal128(38, 0), Decimal256(40, 6)];
    wide.into_iter().chain(narrow).collect()
}

fn texts() -> Vec<DataType> {
    use DataType::*;
    let dictionary = |key: DataType, value| Dictionary(Box::new(key), Box::new(value));
    vec![LargeUtf8, Utf8View, dictionary(Int32, Utf8), dictionary(UInt8, LargeUtf8)]
}

fn times() -> Vec<DataType> {
    use TimeUnit::*;
    let units = [Second, Millisecond, Microsecond, Nanosecond];
    let zones = ["UTC", "+07:00", "-03:30", "Asia/Ho_Chi_Minh"];
    let all =
        units.iter().flat_map(|unit| zones.map(|z| DataType::Timestamp(*unit, Some(z.into()))));
    all.collect()
}

/// A file per type, the columns of that kind all in it.
fn files() -> Vec<SampleFile> {
    let all = |columns: &[&str], types: Vec<DataType>| -> Vec<SampleFile> {
        let file = |data_type: &DataType| {
            columns
                .iter()
                .fold(SampleFile::of(rows()), |file, column| file.typed(column, data_type.clone()))
        };
        types.iter().map(file).collect()
    };
    let measures = ["download_mbps", "upload_mbps", "latency_ms", "jitter_ms"];
    let words = ["sample_id", "access_type", "technology", "commune_code", "status", "device_id"];
    let asn = vec![DataType::Int64, DataType::Float64, DataType::UInt32, DataType::UInt16];
    [
        all(&measures, numbers()),
        all(&words, texts()),
        all(&["measured_at"], times()),
        all(&["asn"], asn),
    ]
    .concat()
}

#[test]
fn every_type_gives_the_same_values() {
    let case = Case::new();
    let files = files();
    for (number, file) in files.iter().enumerate() {
        case.samples(&format!("{number:02}.parquet"), &file.clone().numbered(number));
    }
    let bundle = case.build("2025-10");
    for entry in bundle.ledger()["files"].as_array().unwrap() {
        assert_eq!(entry["accepted"], 2, "{entry}");
    }
    let effective = bundle.effective();
    assert_eq!(effective.len(), 2 * files.len());
    for day in ["2025-10-10", "2025-10-11"] {
        let same = json!({
            "local_day": day, "operator": "Viettel", "access_type": "mobile", "technology": "4G",
            "commune_code": "24121", "cluster_no": null, "download_mbps": 50.0,
            "upload_mbps": 20.0, "latency_ms": 25.0, "jitter_ms": 3.0, "packet_loss_ratio": 0.0,
            "signal_dbm": -90.0,
        });
        assert_eq!(matching(&effective, same).len(), files.len(), "{day}");
    }
}

/// Fractions in several types, and files that have other columns than the rest.
fn mixed() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let case = Case::with_config(&format!("{CONFIG}{PUBLISH_ALL}"));
        let files = fractions().into_iter().chain(different_columns());
        for (number, file) in files.enumerate() {
            case.samples(&format!("{number:02}.parquet"), &file.numbered(number));
        }
        let bundle = case.build("2025-10");
        Built { case, bundle }
    })
}

/// A benchmark that no binary fraction equals, and statistics from the first value on.
const PUBLISH_ALL: &str = r#"
[statistics]
publish_from = 1
publish_devices = 1
mean_from = 1

[[benchmarks]]
indicator = "download_mbps"
access_type = "mobile"
technology = "5G"
value = 18.1
source = "an example"
"#;

fn fractions() -> Vec<SampleFile> {
    let at = |download: Value| {
        let alone = json!({"download_mbps": download, "device_id": null, "technology": "3G"});
        SampleFile::of(vec![row("a", alone)])
    };
    let device = json!({"download_mbps": 18.1, "device_id": "phone", "technology": "5G"});
    vec![
        at(json!(45.25)).typed("download_mbps", DataType::Float32),
        at(json!(45.2)).typed("download_mbps", DataType::Decimal128(9, 2)),
        at(json!(45.123_456_789)),
        SampleFile::of(vec![row("a", device)]),
    ]
}

fn different_columns() -> [SampleFile; 3] {
    let of = |id: &str, download: u32| vec![row(id, json!({"download_mbps": download}))];
    let extra = json!({"download_mbps": 3, "signal_dbm": -80.0, "packet_loss_ratio": 0.5,
                       "app_version": "1", "cell": "x"});
    let poor = ["technology", "status", "jitter_ms", "device_id", "server_country"];
    [
        poor.iter().fold(SampleFile::of(of("a", 1)), |file, name| file.without(name)),
        SampleFile::of(of("b", 2)),
        SampleFile::of(vec![row("c", extra)]).without("upload_mbps"),
    ]
}

#[test]
fn fractions_keep_their_value_on_the_grid() {
    let effective = mixed().bundle.effective();
    let mut downloads: Vec<_> = matching(&effective, json!({"technology": "3G"}))
        .iter()
        .map(|row| row["download_mbps"].as_f64().unwrap())
        .collect();
    downloads.sort_by(f64::total_cmp);
    assert_eq!(downloads, [45.123457, 45.2, 45.25]);
}

#[test]
fn the_only_test_of_a_device_keeps_its_value_and_meets_an_equal_benchmark() {
    let effective = mixed().bundle.effective();
    let phone = only(&effective, json!({"technology": "5G"}));
    assert_eq!(phone["download_mbps"], 18.1);
    let technologies = mixed().bundle.table("operator_technology");
    let row = only(&technologies, json!({"technology": "5G"}));
    assert_eq!(row["download_mbps_benchmark_n"], 1);
    assert_eq!(row["download_mbps_share_at_benchmark"], 1.0, "18.1 is at the benchmark of 18.1");
}

#[test]
fn files_with_different_optional_columns_are_united_by_name() {
    let bundle = &mixed().bundle;
    assert_eq!(bundle.ledger()["accepted"], 7);
    let effective = bundle.effective();
    let first = only(&effective, json!({"download_mbps": 1.0}));
    for absent in ["technology", "jitter_ms", "cluster_no", "signal_dbm"] {
        assert!(first[absent].is_null(), "{absent}");
    }
    let second = only(&effective, json!({"download_mbps": 2.0}));
    assert_eq!((&second["technology"], &second["jitter_ms"]), (&json!("4G"), &json!(3.0)));
    let third = only(&effective, json!({"download_mbps": 3.0}));
    assert_eq!((&third["signal_dbm"], &third["upload_mbps"]), (&json!(-80.0), &Value::Null));
}

#[test]
fn a_column_that_looks_misspelt_is_reported() {
    let rows = vec![row("a", json!({"latency": 3, "dowload_mbps": "x"}))];
    let case = Case::with_samples(&SampleFile::of(rows).without("download_mbps"));
    let answer = case.run(&["check", "samples"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(
        answer.stderr.contains(
            "warning: column `dowload_mbps` of `a.parquet` is not read; was `download_mbps` meant?"
        ),
        "{answer:?}"
    );
}
