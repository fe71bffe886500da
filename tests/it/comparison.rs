//! Operators compared with each other: two with 40 devices, one with 10, and unknown ones.

use std::sync::OnceLock;

use serde_json::json;

use crate::bundle::{matching, only};
use crate::program::Case;
use crate::samples::{Row, SampleFile, row};
use crate::shared::Built;

/// Viettel measures 60, 61, … 99 Mbit/s and VNPT 50.5, 51.5, … 89.5, by turns in two communes.
fn rows() -> Vec<Row> {
    let of = |name: &'static str, network: &'static str, devices: u32, from: f64| {
        (0..devices).map(move |device| {
            let commune = if device % 2 == 0 { "24121" } else { "24163" };
            row(
                &format!("{name}{device:02}"),
                json!({
                    "network_mcc_mnc": network,
                    "commune_code": commune,
                    "download_mbps": from + f64::from(device),
                    "upload_mbps": 10.0,
                }),
            )
        })
    };
    let known = of("a", "452-04", 40, 60.0).chain(of("b", "452-02", 40, 50.5));
    known.chain(of("c", "452-01", 10, 200.0)).chain(of("d", "999-99", 40, 5.0)).collect()
}

fn month() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let case = Case::with_samples(&SampleFile::of(rows()));
        let bundle = case.build("2025-10");
        Built { case, bundle }
    })
}

#[test]
fn pairs_of_known_operators_are_in_alphabetical_order() {
    let found = month().bundle.table("comparisons");
    let whole = matching(&found, json!({"commune_code": null, "family": "mobile"}));
    let pairs: Vec<_> = whole.iter().map(|r| (&r["operator_a"], &r["operator_b"])).collect();
    let (mobifone, viettel, vnpt) = (json!("MobiFone"), json!("Viettel"), json!("VNPT"));
    assert_eq!(pairs, [(&mobifone, &viettel), (&mobifone, &vnpt), (&viettel, &vnpt)]);
    assert!(matching(&found, json!({"family": "fixed"})).is_empty());
}

/// SciPy's t distribution, everything else from the definition in NumPy.
#[test]
fn a_proven_difference_is_said() {
    let found = month().bundle.table("comparisons");
    let pair = json!({"operator_a": "Viettel", "operator_b": "VNPT", "commune_code": null});
    let found = only(&found, pair);
    assert_eq!((&found["verdict"], &found["reason"]), (&json!("a_better"), &json!(null)));
    assert_eq!((&found["devices_a"], &found["devices_b"]), (&json!(40), &json!(40)));
    assert_eq!((&found["median_a"], &found["median_b"]), (&json!(79.5), &json!(70.0)));
    assert_eq!(found["strata"], json!(2));
    for (column, expected) in [
        ("probability_b_higher", 0.290625),
        ("probability_b_higher_low", 0.1922107375524808),
        ("probability_b_higher_high", 0.4136268313958515),
        ("statistic", -3.3378939827803253),
        ("df", 78.0),
        ("p_value", 0.0012958047152287072),
        ("p_adjusted", 0.0012958047152287072),
        ("strata_b_higher", 0.3),
        ("p_without_most_active", 0.0011678873059349957),
    ] {
        let found = found[column].as_f64().unwrap();
        assert!((found / expected - 1.0).abs() < 1e-9, "{column}: {found}");
    }
    for column in ["significant", "medians_agree", "strata_agree", "holds_without_most_active"] {
        assert_eq!(found[column], json!(true), "{column}");
    }
}

#[test]
fn too_few_samples_are_not_compared() {
    let found = month().bundle.table("comparisons");
    for found in matching(&found, json!({"operator_a": "MobiFone"})) {
        assert_eq!(found["verdict"], json!("not_comparable"));
        assert_eq!(found["reason"], json!("count_only"));
        assert_eq!((&found["median_b"], &found["p_value"]), (&json!(null), &json!(null)));
    }
}

#[test]
fn the_limits_are_configured() {
    let config = "[province]\ncode = \"66\"\n[samples]\npaths = [\"samples\"]\n\
                  [statistics]\ncompare_devices = 41\n";
    let case = Case::with_config(config);
    case.samples("a.parquet", &SampleFile::of(rows()));
    let found = case.build("2025-10").table("comparisons");
    let pair = only(&found, json!({"operator_a": "Viettel", "commune_code": null}));
    assert_eq!(pair["reason"], json!("too_few_devices"));
}
