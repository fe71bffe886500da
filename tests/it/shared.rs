//! Bundles that are built once and read by several cases.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::bundle::{Bundle, copy};
use crate::program::Case;
use crate::samples::{Row, SampleFile, row};

/// A folder with a bundle that nobody changes.
pub struct Built {
    pub case: Case,
    pub bundle: Bundle,
}

/// October 2025 with a few rows whose figures are known by heart; see [`small_month_rows`].
pub fn small_month() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let case = Case::with_samples(&SampleFile::of(small_month_rows()));
        let bundle = case.build("2025-10");
        Built { case, bundle }
    })
}

/// A copy of that folder, for a case that changes it.
pub fn small_month_copy() -> Built {
    let shared = small_month();
    let case = Case::new();
    copy(&shared.case.path(""), &case.path(""));
    let bundle = Bundle::at(&case.path("out/66-2025-10"));
    Built { case, bundle }
}

/// 40 mobile tests without device, all alike; one device with three tests on a day and one on the
/// next; one test without status; three failed tests; 31 tests of a fixed line.
fn small_month_rows() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |different: Value| {
        let id = format!("s{:03}", rows.len());
        rows.push(row(&id, different));
    };
    for _ in 0..40 {
        add(json!({"device_id": null}));
    }
    for download in [10.0, 20.0, 90.0] {
        add(
            json!({"device_id": "phone", "download_mbps": download, "upload_mbps": 0.4 * download}),
        );
    }
    let next_day = "2025-10-11T03:00:00Z";
    add(json!({"device_id": "phone", "measured_at": next_day, "status": null}));
    add(json!({"status": "failed", "download_mbps": 0.0, "upload_mbps": null}));
    add(json!({"status": "failed", "download_mbps": null, "upload_mbps": null, "latency_ms": null,
               "jitter_ms": null}));
    add(json!({"status": "failed", "device_id": null, "download_mbps": 99999.0}));
    for number in 0..31 {
        add(json!({"access_type": "fixed", "technology": "wifi", "network_mcc_mnc": null,
                   "operator": "VNPT", "commune_code": "24163",
                   "download_mbps": 100.0 + f64::from(number),
                   "upload_mbps": 0.4 * (100.0 + f64::from(number))}));
    }
    rows
}
