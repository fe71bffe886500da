//! Benchmarks that one operator declared, and those whose target date is past.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::bundle::{Bundle, only, squeezed};
use crate::program::{CONFIG, Case};
use crate::samples::{SampleFile, row};

const BENCHMARKS: &str = "
[[benchmarks]]
indicator = \"download_mbps\"
access_type = \"mobile\"
technology = \"4G\"
value = 40.0
source = \"Văn bản chung\"
target_date = 2024-12-31

[[benchmarks]]
indicator = \"download_mbps\"
access_type = \"mobile\"
technology = \"4G\"
operator = \"Vinaphone\"
value = 30.0
source = \"Công bố của doanh nghiệp\"
target_date = 2027-12-31
";

/// 120 phones each of Viettel and of VNPT, around 35 Mbit/s on 4G.
fn case(benchmarks: &str) -> Case {
    let case = Case::with_config(&format!("{CONFIG}{benchmarks}"));
    let mut rows = Vec::new();
    for n in 0..240 {
        let network = if n % 2 == 0 { "452-04" } else { "452-02" };
        let download = 33.0 + f64::from(n / 2) / 30.0;
        let test = json!({"network_mcc_mnc": network, "download_mbps": download});
        rows.push(row(&format!("s{n:03}"), test));
    }
    case.samples("a.parquet", &SampleFile::of(rows));
    case
}

fn bundle() -> &'static Bundle {
    static BUILT: OnceLock<(Case, Bundle)> = OnceLock::new();
    let (_, bundle) = BUILT.get_or_init(|| {
        let case = case(BENCHMARKS);
        let bundle = case.build("2025-10");
        (case, bundle)
    });
    bundle
}

#[test]
fn what_an_operator_declared_counts_for_it_alone_and_comes_first() {
    let gaps = bundle().table("gaps");
    let low: Vec<_> = gaps.iter().filter(|gap| gap["gap_class"] == "low_quality").collect();
    let found: Vec<_> = low.iter().map(|gap| (&gap["operator"], &gap["benchmark"])).collect();
    assert_eq!(found, [(&json!("Viettel"), &json!(40.0))]);
    let operators = bundle().table("operator");
    let share = |operator: &str| {
        let row = only(&operators, json!({"operator": operator, "family": "mobile"}));
        row["download_mbps_share_at_benchmark"].clone()
    };
    assert_eq!((share("Viettel"), share("VNPT")), (json!(0.0), json!(1.0)));
    let province = bundle().table("province");
    let province = only(&province, json!({"family": "mobile"}));
    assert_eq!(province["download_mbps_share_at_benchmark"], 0.5);
    let technologies = bundle().table("commune_operator_technology");
    assert_eq!(technologies.len(), 2);
    assert!(technologies.iter().all(|row| row["download_mbps_benchmark_n"] == 120));
}

#[test]
fn the_table_names_operator_and_target_date() {
    let table = bundle().table("benchmarks");
    let found: Vec<Value> =
        table.iter().map(|b| json!([b["operator"], b["value"], b["target_date"]])).collect();
    assert_eq!(found, [json!([null, 40.0, "2024-12-31"]), json!(["VNPT", 30.0, "2027-12-31"])]);
}

#[test]
fn a_past_target_is_printed_with_its_date() {
    for report in ["ministry", "committee"] {
        let Some(pages) = bundle().pages(report) else { return };
        let text = squeezed(&pages.concat());
        let past = "Mức đối chiếu tham khảo 40 Mbps của băng rộng di động (4G) là mục tiêu đến \
                    31/12/2024 (Văn bản chung); kỳ báo cáo nằm sau ngày này.";
        assert!(text.contains(&squeezed(past)), "{report}");
        assert!(text.contains(&squeezed("40 Mbps: mục tiêu đến 31/12/2024.")), "{report}");
        assert!(!text.contains(&squeezed("là mục tiêu đến 31/12/2027")), "{report}");
    }
}

#[test]
fn an_unknown_operator_is_an_error() {
    let wrong = BENCHMARKS.replace("Vinaphone", "Sóng Lạ");
    let parts = ["operator `Sóng Lạ` of a benchmark is not in the operator table", "VNPT"];
    case(&wrong).month("2025-10", &[]).assert_failed(2, &parts);
}
