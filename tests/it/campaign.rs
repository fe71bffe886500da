//! Forms that units send in: who sent what and when, and what communes claim beside what was measured.

use std::sync::OnceLock;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};

use crate::bundle::{Bundle, only, squeezed};
use crate::program::{CONFIG, Case};
use crate::samples::{Row, SampleFile, row};

const SETTINGS: &str = r#"
[campaign]
folder = "campaign/{month}"

[campaign.columns]
tests = "Số lần kiểm tra tốc độ"

[[campaign.measures]]
name = "posters"
label = "Số pa nô"
unit = "tấm"

[campaign.forms.02]
file = "campaign/{month}/press.csv"

[[due]]
id = "01"
title = "Biểu mẫu 01"
from = "departments"
every = "month"
before_day = 12
units = ["Sở Y tế", "Sở Nội vụ", "Hội Nông dân tỉnh"]

[[due]]
id = "02"
title = "Biểu mẫu 02"
from = "press"
every = "month"
before_day = 12

[[due]]
id = "03"
title = "Biểu mẫu 03"
from = "communes"
every = "month"
before_day = 12

[[due]]
id = "04"
title = "Biểu mẫu 04"
from = "operators"
every = "month"
before_day = 12
units = ["VNPT", "Viettel", "MobiFone"]

[[due]]
id = "M"
title = "Báo cáo gửi Bộ"
from = "issuer"
every = "month"
before_day = 15
"#;

/// Sở Y tế sends twice, in time and after; Hội Nông dân writes a number that may be two.
const DEPARTMENTS: &str = "\
BIỂU MẪU 01;;;
Kết quả tuyên truyền;;;
TT;TÊN ĐƠN VỊ;Ngày nhận;Số người được tuyên truyền (người);Số pa nô;Ghi chú;Số thứ lạ
1;sở y tế;10/11/2025;1.200;3;;7
2;Sở Y tế;13/11/2025;1.250;;=1+1;
3;Hội nông dân tỉnh;11/11/2025;1,234;2;;
4;Sở Nội Vụ;12/11/2025;50;;;
5;Tổng cộng;;2.500;;;
6;=HYPERLINK(1);11/11/2025;5;;;
7;Sở Y tx;14/11/2025;9;;;
8;Sở Nội vụ;;;;chưa điền;
";

const PRESS: &str = "\
unit,received_on,articles,broadcasts,period
Báo Đắk Lắk,2025-11-05,\"1,234,567\",-,10/2025
Đài PTTH,2025-11-05,12,7,
Báo Đắk Lắk,2025-11-05,3,,09/2025
Đài PTTH,2025-11-06,13,7,
Tạp chí A,2025-11-06,1,,
Tạp chí A,2025-11-06,2,,
Tạp chí B,,1,,
Tạp chí C,06/10,1,,
";

/// Phường Tân Lập claims 100 tests, Phường Buôn Ma Thuột 2, on a sheet as an office makes it.
fn communes() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "BIỂU MẪU 03").unwrap();
    for (column, head) in
        ["TT", "Xã, phường", "Mã xã", "Ngày nhận", "Số lượt cài đặt", "Số lần kiểm tra tốc độ"]
            .iter()
            .enumerate()
    {
        sheet.write_string(3, column as u16, *head).unwrap();
    }
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let rows = [
        ("UBND phường Tân Lập", None, 11, [40.0, 100.0]),
        ("sai tên", Some(24163.0), 12, [5.0, 2.0]),
        ("Xã Không Có", None, 10, [1.0, 1.0]),
        ("Xã Ea Kar", None, 20, [1.0, 1.0]),
    ];
    for (line, (name, code, day_of_november, [installs, tests])) in (4u32..).zip(rows) {
        sheet.write_string(line, 1, name).unwrap();
        if let Some(code) = code {
            sheet.write_number(line, 2, code).unwrap();
        }
        let date = ExcelDateTime::from_ymd(2025, 11, day_of_november).unwrap();
        sheet.write_datetime_with_format(line, 3, &date, &day).unwrap();
        sheet.write_number(line, 4, installs).unwrap();
        sheet.write_number(line, 5, tests).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

/// Ten tests in Phường Tân Lập, one of them failed, and three of fixed access elsewhere.
fn samples() -> Vec<Row> {
    let mut rows: Vec<Row> = (0..9).map(|n| row(&format!("a{n}"), json!({}))).collect();
    rows.push(row("f", json!({"status": "failed"})));
    for n in 0..3 {
        let fixed = json!({"access_type": "fixed", "technology": "wifi", "commune_code": "24163"});
        rows.push(row(&format!("b{n}"), fixed));
    }
    rows
}

fn case() -> Case {
    let case = Case::with_config(&format!(
        "{CONFIG}\n[report]\ndocuments = [\"ministry\", \"committee\", \"reminder\"]\n{SETTINGS}"
    ));
    case.write("campaign/2025-10/form-01.csv", DEPARTMENTS);
    case.write("campaign/2025-10/press.csv", PRESS);
    case.write("campaign/2025-10/form-03 (xã).xlsx", communes());
    case.write("campaign/2025-10/~$form-03.xlsx", "open");
    case.samples("a.parquet", &SampleFile::of(samples()));
    case
}

fn month() -> &'static Bundle {
    static BUILT: OnceLock<(Case, Bundle)> = OnceLock::new();
    let (_, bundle) = BUILT.get_or_init(|| {
        let case = case();
        let bundle = case.build("2025-10");
        (case, bundle)
    });
    bundle
}

fn assert_row(table: &str, key: Value, expected: Value) {
    let table_rows = month().table(table);
    let row = only(&table_rows, key.clone());
    for (column, value) in expected.as_object().unwrap() {
        assert_eq!(row[column], *value, "{table} {key} {column}");
    }
}

#[test]
fn a_unit_is_in_time_by_its_first_form_and_counts_by_its_last() {
    assert_row(
        "campaign",
        json!({"form": "01", "unit": "Sở Y tế"}),
        json!({"received_on": "2025-11-13", "first_received_on": "2025-11-10", "form_state": "on_time",
            "last_day": "2025-11-11", "people_reached": 1250, "posters": null, "row": 5}),
    );
    assert_row(
        "campaign",
        json!({"form": "01", "unit": "Sở Nội vụ"}),
        json!({"form_state": "late", "people_reached": 50}),
    );
    assert_row(
        "campaign",
        json!({"form": "02", "unit": "Báo Đắk Lắk"}),
        json!({"articles": 1_234_567, "broadcasts": null}),
    );
}

#[test]
fn every_row_that_was_read_is_accounted_for() {
    for (form, counts) in
        [("01", [8, 4, 1, 0, 1, 2]), ("02", [8, 2, 1, 1, 0, 4]), ("03", [4, 3, 0, 0, 0, 1])]
    {
        let [read, accepted, replaced, other, blank, rejected] = counts;
        assert_eq!(read, accepted + replaced + other + blank + rejected);
        assert_row(
            "campaign_forms",
            json!({"form": form}),
            json!({"rows_read": read, "rows_accepted": accepted, "rows_replaced": replaced,
                "rows_other_period": other, "rows_blank": blank, "rows_rejected": rejected}),
        );
    }
    assert_eq!(month().table("campaign_forms").len(), 4);
}

#[test]
fn units_are_counted_as_in_time_late_missing_or_not_on_the_list() {
    assert_row(
        "campaign_forms",
        json!({"form": "01"}),
        json!({"units_due": 3, "units_on_time": 2, "units_late": 1, "units_missing": 0, "units_others": 1}),
    );
    assert_row(
        "campaign_forms",
        json!({"form": "03"}),
        json!({"units_due": 102, "units_on_time": 1, "units_late": 1, "units_missing": 99,
            "units_rejected": 1, "units_others": 1}),
    );
    assert_row("campaign_forms", json!({"form": "04"}), json!({"files": 0, "units_missing": 3}));
    assert_row(
        "campaign_missing",
        json!({"unit": "Xã Ea Kar"}),
        json!({"form_state": "rejected", "last_day": "2025-11-11"}),
    );
}

#[test]
fn what_cannot_be_used_is_listed_with_its_place() {
    for (form, row, problem, found, rejected) in [
        ("01", 3, "unread_column", Value::Null, false),
        ("01", 6, "ambiguous_number", json!("1,234"), false),
        ("01", 8, "total_line", json!("Tổng cộng"), true),
        ("01", 9, "formula", json!("“=HYPERLINK(1)”"), true),
        ("01", 10, "unknown_unit", json!("Sở Y tx"), false),
        ("02", 6, "same_day", json!("2025-11-06"), true),
        ("02", 8, "no_received_on", Value::Null, true),
        ("02", 9, "unreadable_day", json!("06/10"), true),
        ("03", 7, "unknown_unit", json!("Xã Không Có"), false),
        ("03", 8, "after_report", json!("2025-11-20"), true),
    ] {
        assert_row(
            "campaign_problems",
            json!({"form": form, "row": row}),
            json!({"problem": problem, "found": found, "row_rejected": rejected}),
        );
    }
    assert_row("campaign_problems", json!({"row": 10}), json!({"nearest": "Sở Y tế"}));
}

#[test]
fn claims_stand_beside_the_tests_that_were_measured() {
    assert_row(
        "campaign_communes",
        json!({"commune_code": "24121"}),
        json!({"submitted": true, "claimed_tests": 100, "claimed_installs": 40, "tests_mobile": 9,
            "tests_fixed": 0, "tests_ok": 9, "tests_located": 10, "tests_difference": 91,
            "claims_exceed": true}),
    );
    assert_row(
        "campaign_communes",
        json!({"commune_code": "24163"}),
        json!({"claimed_tests": 2, "tests_ok": 3, "tests_difference": -1, "claims_exceed": false}),
    );
    let none = json!({"submitted": false, "claimed_tests": null, "claims_exceed": false});
    let silent = month().table("campaign_communes");
    assert_eq!(silent.len(), 102);
    assert!(silent.iter().filter(|row| row["submitted"] == json!(false)).count() == 100, "{none}");
    assert_row(
        "campaign_totals",
        json!({"form": "03", "measure": "tests"}),
        json!({"units": 3, "total": 103, "measure_label": "Số lượt đo"}),
    );
}

#[test]
fn the_files_are_inputs_of_the_bundle() {
    let manifest = month().json("manifest.json");
    let inputs: Vec<&str> = manifest["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["file"].as_str())
        .collect();
    for file in ["campaign/form-01.csv", "campaign/press.csv", "campaign/form-03 (xã).xlsx"] {
        assert!(inputs.contains(&file), "{inputs:?}");
    }
    assert!(!inputs.iter().any(|file| file.contains('~')), "{inputs:?}");
}

#[test]
fn both_reports_name_who_has_not_sent_and_what_was_claimed() {
    for report in ["ministry", "committee"] {
        let Some(pages) = month().pages(report) else { return };
        let text = squeezed(&pages.concat());
        for part in [
            "5. Kết quả tuyên truyền, vận động sử dụng i-Speed",
            "Biểu mẫu 04, chưa gửi: MobiFone; Viettel; VNPT.",
            "Biểu mẫu 01, gửi quá hạn: Sở Nội vụ.",
            "cộng 102 lượt; số lượt đo thành công trong dữ liệu i-Speed tại các xã, phường này không nêu",
            "cao hơn 2 lần",
            "tại Phường Tân Lập.",
            "Biểu mẫu 03, chưa gửi: 99 đơn vị, danh sách tại Phụ lục V.",
            "Phụ lục V KẾT QUẢ TUYÊN TRUYỀN, VẬN ĐỘNG THEO ĐƠN VỊ",
            "“=HYPERLINK(1)”",
        ] {
            assert!(text.contains(&squeezed(part)), "{report}: no `{part}` in {text}");
        }
    }
}

#[test]
fn without_forms_there_is_no_section_and_no_table() {
    let case = Case::with_config(&format!("{CONFIG}\n[report]\ndocuments = [\"ministry\"]\n"));
    case.samples("a.parquet", &SampleFile::of(samples()));
    let bundle = case.build("2025-10");
    let named = |file: &String| file.contains("campaign") && !file.contains("queries");
    let found: Vec<String> = bundle.files().into_keys().filter(named).collect();
    assert!(found.is_empty(), "{found:?}");
    let Some(pages) = bundle.pages("ministry") else { return };
    assert!(!pages.concat().to_lowercase().contains("vận động sử dụng i-speed"));
}

#[test]
fn an_empty_form_can_be_filled_in_and_read_back() {
    let case = case();
    let make = ["campaign", "template", "--config", "ispeed-report.toml", "--month", "2025-10"];
    let answer = case.run(&[&make[..], &["--form", "04", "--out", "form-04.xlsx"]].concat());
    assert_eq!(answer.code, 0, "{answer:?}");
    let again = case.run(&[&make[..], &["--form", "04", "--out", "form-04.xlsx"]].concat());
    again.assert_failed(4, &["form-04.xlsx"]);
    let unknown = case.run(&[&make[..], &["--form", "9", "--out", "x.xlsx"]].concat());
    unknown.assert_failed(2, &["form `9`", "01, 02, 03, 04"]);
    let empty = std::fs::read(case.path("form-04.xlsx")).unwrap();
    case.write("campaign/2025-10/form-04.xlsx", empty);
    let bundle = case.build("2025-10");
    let forms = bundle.table("campaign_forms");
    let form = only(&forms, json!({"form": "04"}));
    assert_eq!((&form["rows_blank"], &form["units_missing"]), (&json!(3), &json!(3)), "{form:?}");
}

#[test]
fn wrong_settings_and_files_are_named() {
    for (from, to, parts) in [
        ("[campaign.forms.02]", "[campaign.forms.05]", vec!["campaign.forms.05", "01, 02, 03, 04"]),
        ("name = \"posters\"", "name = \"tests\"", vec!["measure `tests`"]),
        ("tests = \"Số lần", "tets = \"Số lần", vec!["campaign.columns.tets", "people_reached"]),
    ] {
        let case = Case::with_config(&format!("{CONFIG}\n{}", SETTINGS.replace(from, to)));
        case.samples("a.parquet", &SampleFile::of(samples()));
        case.month("2025-10", &[]).assert_failed(2, &parts);
    }
    let case = case();
    case.write("campaign/2025-10/form-04.csv", "Tên;Ngày\nVNPT;1/11/2025\n");
    case.month("2025-10", &[])
        .assert_failed(2, &["form-04.csv", "no column for `unit`", "columns.unit"]);
    case.write("campaign/2025-10/form-04.csv", [0xff, 0xfe, 0x41, 0]);
    case.month("2025-10", &[]).assert_failed(2, &["form-04.csv", "UTF-16"]);
}
