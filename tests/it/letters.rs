//! Letters to operators, sheets of communes, the page for leaders and the public page of a month.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::json;

use crate::bundle::{Bundle, squeezed};
use crate::program::{CONFIG, Case};
use crate::samples::{Row, SampleFile, row};

const FORMULA: &str = "=HYPERLINK(\"http://x\")";
const PATH: &str = "../../x";

struct Month {
    #[expect(dead_code, reason = "the folder is removed with it")]
    case: Case,
    bundle: Bundle,
}

/// 60 tests of 60 devices of each of two operators with odd names, in one commune; 3 tests of one that
/// is not published and 2 of one that nobody knows.
fn month() -> &'static Month {
    static MONTH: OnceLock<Month> = OnceLock::new();
    MONTH.get_or_init(|| {
        let case = Case::with_config(&format!(
            "{CONFIG}\n[operators]\nfile = \"operators.csv\"\n\n\
             [report]\noperator_reply_days = 5\n[report.operators]\nFPT = \"Công ty FPT\"\n"
        ));
        case.write(
            "operators.csv",
            format!(
                "operator,kind,key_type,key\n\"{}\",mno,name,formula\n{PATH},mno,name,path\n\
                 FPT,isp,name,FPT\n",
                FORMULA.replace('"', "\"\"")
            ),
        );
        let mut rows: Vec<Row> = Vec::new();
        for (operator, tests) in [("formula", 60), ("path", 60), ("FPT", 3), ("nobody", 2)] {
            for n in 0..tests {
                let id = format!("{operator}{n}");
                let test = json!({"operator": operator, "network_mcc_mnc": null,
                                  "download_mbps": 60.0 + f64::from(n)});
                rows.push(row(&id, test));
            }
        }
        case.samples("a.parquet", &SampleFile::of(rows));
        let bundle = case.build("2025-10");
        Month { case, bundle }
    })
}

fn reports(bundle: &Bundle) -> BTreeSet<String> {
    let files = bundle.files().into_keys();
    files.filter_map(|file| Some(file.strip_prefix("send/reports/")?.to_owned())).collect()
}

#[test]
fn every_operator_with_a_published_figure_has_a_letter_of_a_safe_name() {
    let found = reports(&month().bundle);
    let letters: Vec<&str> = found
        .iter()
        .filter_map(|file| file.strip_prefix("operators/")?.strip_suffix(".pdf"))
        .collect();
    assert_eq!(letters, ["hyperlinkhttpx", "x"]);
}

#[test]
fn a_letter_names_its_operator_and_no_other() {
    let bundle = &month().bundle;
    for (file, own, other) in [("hyperlinkhttpx", FORMULA, PATH), ("x", PATH, FORMULA)] {
        let Some(pages) = bundle.pages(&format!("operators/{file}")) else { return };
        let text = squeezed(&pages.concat());
        assert!(text.contains(&squeezed(&format!("Kính gửi: {own} Đắk Lắk"))), "{text}");
        assert!(!text.contains(&squeezed(other)) && !text.contains("FPT"), "{text}");
        assert!(text.contains(&squeezed("trân trọng thông báo./.")), "{text}");
    }
}

#[test]
fn every_commune_has_a_page() {
    let bundle = &month().bundle;
    let communes: BTreeSet<String> =
        bundle.table("quota").iter().map(|row| row["commune_code"].to_string()).collect();
    let Some(pages) = bundle.pages("communes") else { return };
    assert_eq!((pages.len(), communes.len()), (102, 102));
    let page = pages.iter().find(|page| page.contains("PHƯỜNG TÂN LẬP")).unwrap();
    let text = squeezed(page);
    assert!(text.contains(&squeezed("Kính thưa bà con phường Tân Lập!")), "{text}");
    assert!(
        text.contains(&squeezed("còn thiếu một trăm bảy mươi lăm lượt đo mạng di động")),
        "{text}"
    );
}

#[test]
fn leaders_get_one_page() {
    let Some(pages) = month().bundle.pages("leader") else { return };
    assert_eq!(pages.len(), 1, "{pages:?}");
    let text = squeezed(&pages[0]);
    assert!(text.contains(&squeezed("chưa có chưa so sánh")), "{text}");
}

#[test]
fn the_months_of_a_technology_are_those_of_its_bundle() {
    let found = month().bundle.table("province_technology");
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["technology"], &found[0]["tests_ok"]), (&json!("4G"), &json!(125)));
}
