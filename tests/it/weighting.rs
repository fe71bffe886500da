//! Figures weighted by the population of communes, on samples whose weights are known by heart.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::bundle::{Bundle, only, squeezed};
use crate::program::{CONFIG, Case};
use crate::samples::{Row, SampleFile, row};

/// With columns that do not matter, a commune of another province, and one without a number.
const POPULATION: &str = "\
commune_code,commune_name,province_code,population
24121,Phường Tân Lập,66,30000
24163,Phường Tân An,66,90000
22015,Phường Tuy Hòa,66,
00004,Phường Ba Đình,01,65023
";

/// 90 phones of Viettel in a commune of 30,000 people, 30 in one of 90,000, and 20 where the population is
/// not known; each measures once. 12 phones of VNPT, and tests of FPT without device.
fn samples() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |commune: &str, different: Value, download: f64| {
        let mut test = row(&format!("s{:03}", rows.len()), different);
        test.insert("commune_code".into(), json!(commune));
        test.insert("download_mbps".into(), json!(download));
        rows.push(test);
    };
    for n in 0..90 {
        add("24121", json!({}), 100.0 + f64::from(n));
    }
    for n in 0..30 {
        add("24163", json!({}), 20.0 + f64::from(n));
    }
    for n in 0..20 {
        add("22015", json!({}), 500.0 + f64::from(n));
    }
    for n in 0..12 {
        add("24163", json!({"network_mcc_mnc": "452-02"}), 60.0 + f64::from(n));
    }
    let fixed = json!({"access_type": "fixed", "technology": "wifi", "network_mcc_mnc": null,
        "operator": "FPT", "device_id": null});
    for n in 0..40 {
        add("24121", fixed.clone(), 200.0 + f64::from(n));
    }
    rows
}

fn case(population: &str) -> Case {
    let case = Case::with_config(&format!(
        "{CONFIG}\n[statistics]\npublish_from = 20\nmean_from = 40\npopulation = \"inhabitants/p.csv\"\n"
    ));
    case.write("inhabitants/p.csv", population);
    case.samples("a.parquet", &SampleFile::of(samples()));
    case
}

fn bundle() -> &'static (Case, Bundle) {
    static BUILT: OnceLock<(Case, Bundle)> = OnceLock::new();
    BUILT.get_or_init(|| {
        let case = case(POPULATION);
        let bundle = case.build("2025-10");
        (case, bundle)
    })
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].as_f64().unwrap_or_else(|| panic!("no {column} in {row:?}"))
}

fn assert_near(row: &Row, column: &str, expected: f64) {
    let found = number(row, column);
    assert!((found / expected - 1.0).abs() < 1e-12, "{column}: {found}, expected {expected}");
}

#[test]
fn a_sample_weighs_as_much_as_the_people_it_stands_for() {
    let table = bundle().1.table("weighted");
    let viettel = only(&table, json!({"family": "mobile", "operator": "Viettel"}));
    // Weights 30,000 / 90 and 90,000 / 30: a quarter of the weight above 100, three quarters below 50.
    // Half of the weight is reached with 20 of the 30 values from 20 to 49.
    assert_near(viettel, "weighted_median", 39.5);
    assert_near(viettel, "weighted_mean", 0.25 * 144.5 + 0.75 * 34.5);
    // n * sum(w * w) / sum(w)^2 = 120 * (1/16 / 90 + 9/16 / 30).
    assert_near(viettel, "design_effect", 120.0 * (1.0 / 1440.0 + 9.0 / 480.0));
    assert_eq!(viettel["indicator"], "download_mbps");
    assert_eq!((&viettel["n"], &viettel["communes"]), (&json!(140), &json!(3)));
    assert_eq!(viettel["n_without_population"], 20);
    assert_eq!(viettel["communes_without_population"], 1);
    assert_eq!(viettel["population_share"], 1.0);
    assert_eq!(viettel["devices"], 120);
}

#[test]
fn the_unweighted_figures_are_those_of_the_other_tables() {
    let bundle = &bundle().1;
    let weighted = bundle.table("weighted");
    for (table, operator) in [("operator", json!("Viettel")), ("province", Value::Null)] {
        let mut key = json!({"family": "mobile"});
        if table == "operator" {
            key["operator"] = operator.clone();
        }
        let rows = bundle.table(table);
        let there = only(&rows, key);
        let here = only(&weighted, json!({"family": "mobile", "operator": operator}));
        assert_eq!(here["n"], there["download_mbps_n"]);
        for figure in ["median", "median_low", "median_high", "mean", "mean_low", "mean_high"] {
            assert_eq!(here[figure], there[&format!("download_mbps_{figure}")], "{table} {figure}");
        }
    }
    let viettel = only(&weighted, json!({"family": "mobile", "operator": "Viettel"}));
    assert!(number(viettel, "median") > 100.0, "unweighted, most samples are above 100");
}

#[test]
fn intervals_enclose_the_figures_and_n_adj_is_below_the_effect_of_weights() {
    let table = bundle().1.table("weighted");
    let viettel = only(&table, json!({"family": "mobile", "operator": "Viettel"}));
    for figure in ["weighted_median", "weighted_mean"] {
        let (low, high) = (format!("{figure}_low"), format!("{figure}_high"));
        assert!(number(viettel, &low) < number(viettel, figure));
        assert!(number(viettel, figure) < number(viettel, &high));
    }
    assert!(number(viettel, "n_adj") <= 120.0 / number(viettel, "design_effect"));
    assert!(number(viettel, "n_adj") >= 40.0);
}

#[test]
fn too_few_samples_or_devices_are_not_published() {
    let table = bundle().1.table("weighted");
    let vnpt = only(&table, json!({"family": "mobile", "operator": "VNPT"}));
    assert_eq!(vnpt["n"], 12);
    assert_eq!(vnpt["weighted_median"], Value::Null);
    // No device: a value for information, and no interval.
    let fpt = only(&table, json!({"family": "fixed", "operator": "FPT"}));
    assert_near(fpt, "weighted_median", 219.5);
    assert_near(fpt, "weighted_mean", 219.5);
    assert_near(fpt, "median", 219.5);
    for column in ["weighted_median_low", "weighted_median_high", "weighted_mean_low", "n_adj"] {
        assert_eq!(fpt[column], Value::Null, "{column}");
    }
}

#[test]
fn the_population_is_an_input_of_queries_and_of_the_manifest() {
    let (case, bundle) = bundle();
    let inputs = crate::bundle::rows(&bundle.folder.join("internal/inputs/population.parquet"));
    let found: Vec<_> = inputs.iter().map(|r| (&r["commune_code"], &r["population"])).collect();
    assert_eq!(found, [(&json!("24121"), &json!(30_000)), (&json!("24163"), &json!(90_000))]);
    let manifest = bundle.json("manifest.json");
    let files = manifest["inputs"].as_array().unwrap();
    let file = files.iter().find(|input| input["file"] == "population/p.csv").unwrap();
    assert_eq!(file["bytes"], POPULATION.len());
    assert_eq!(manifest["configuration"]["statistics"]["population"], "p.csv");
    assert!(bundle.folder.join("internal/queries/weighting/weighted.sql").is_file());
    assert!(case.month("2025-10", &[]).stdout.starts_with("nothing changed"));
}

#[test]
fn the_reports_show_both_and_only_with_a_population() {
    let words = ["Kết quả theo dân số", "Hệ số thiết kế", "Kish"];
    let Some(pages) = bundle().1.pages("ministry") else { return };
    let text = squeezed(&pages.concat());
    for words in words {
        assert!(text.contains(&squeezed(words)), "no `{words}`");
    }
    let without = &crate::shared::small_month().bundle;
    let text = squeezed(&without.pages("ministry").unwrap().concat());
    assert!(!text.contains(&squeezed(words[0])));
    assert!(!without.folder.join("send/tables/weighted.csv").exists());
}

#[test]
fn a_wrong_file_names_file_line_and_column() {
    let wrong = POPULATION.replace("24163,", "99999,");
    let parts = ["p.csv, line 3, column `commune_code`: found `99999`", "from 2025-10-01 to"];
    case(&wrong).month("2025-10", &[]).assert_failed(2, &parts);
    let nothing = POPULATION.replace(",30000", ",").replace(",90000", ",");
    let parts = ["has no population of a commune of province `66`", "statistics.population"];
    case(&nothing).month("2025-10", &[]).assert_failed(2, &parts);
}
