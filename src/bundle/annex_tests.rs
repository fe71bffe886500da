use super::super::tables::tests::table;
use super::*;
use jiff::civil::date;
use std::time::Duration;

fn sheet(name: &str) -> Sheet {
    let shown = [
        ("operator", "Doanh nghiệp", None, false),
        ("access_type", "Loại truy nhập", None, false),
        ("tests_ok", "Số mẫu đo thành công được chấp nhận trong tháng", None, false),
        ("devices", "Thiết bị", None, false),
        ("download_mbps_mean", "Tải xuống trung bình (Mbit/s)", Some(2), false),
        ("download_mbps_mean", "Tỷ lệ", Some(1), true),
        ("download_mbps_mean", "Tùy ý", None, false),
        ("commune_valid_from", "Hiệu lực từ", None, false),
        ("nothing", "Trống", None, false),
        ("simulated", "Mô phỏng", None, false),
    ];
    let columns = shown.map(|(key, title, decimals, percent)| SheetColumn {
        key: key.into(),
        title: title.into(),
        decimals,
        percent,
    });
    Sheet {
        name: name.into(),
        title: "=1+1 Tên bảng".into(),
        notes: vec!["Dữ liệu mô phỏng".into(), "@note".into()],
        columns: columns.to_vec(),
        batch: table(),
    }
}

fn book(sheets: &[Sheet]) -> Vec<u8> {
    workbook("Phụ lục", date(2025, 11, 15), sheets).unwrap()
}

#[test]
fn same_bytes_at_another_time() {
    let sheets: Vec<_> = ["a", "b", "c", "d"].map(sheet).to_vec();
    let first = book(&sheets);
    std::thread::sleep(Duration::from_millis(2_100)); // ZIP times have two-second steps
    assert!(first == book(&sheets));
}

#[test]
fn a_missing_column_is_named() {
    let mut odd = sheet("Bảng");
    odd.columns[0].key = "no_such".into();
    let error = workbook("x", date(2025, 11, 15), &[odd]).unwrap_err().to_string();
    assert!(error.starts_with("sheet `Bảng` shows column `no_such`, found only operator, "));
}

#[test]
fn empty_tables_and_no_columns_are_written() {
    let mut empty = sheet("Trống");
    empty.batch = empty.batch.slice(0, 0);
    let mut bare = sheet("Không cột");
    bare.columns.clear();
    assert!(book(&[empty, bare]).starts_with(b"PK"));
}

#[test]
fn sheet_names_follow_the_rules() {
    let wanted = [
        "Nhà mạng",
        "NHÀ MẠNG",
        "a/b:c[d]*e?f\\g",
        "'quoted'",
        "",
        "   ",
        "history",
        "Chất lượng dịch vụ theo xã và nhà mạng",
        "Chất lượng dịch vụ theo xã và công nghệ",
        "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
    ];
    let sheets: Vec<_> = wanted.map(sheet).to_vec();
    let names = sheet_names(&sheets);
    let expected = [
        "Nhà mạng",
        "NHÀ MẠNG (2)",
        "a-b-c-d--e-f-g",
        "quoted",
        "Sheet",
        "Sheet (2)",
        "history-",
        "Chất lượng dịch vụ theo xã và n",
        "Chất lượng dịch vụ theo xã và c",
        "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
    ];
    assert_eq!(names, expected);
    assert!(names.iter().all(|name| rust_xlsxwriter::utility::check_sheet_name(name).is_ok()));
    book(&sheets);
}

#[test]
fn long_names_stay_unique() {
    let sheets = vec![sheet(&"x".repeat(40)); 12];
    let names = sheet_names(&sheets);
    assert_eq!(names[11], format!("{} (12)", "x".repeat(26)));
    assert!(names.iter().all(|name| name.len() <= 31));
}

#[test]
fn number_formats_follow_type_and_decimals() {
    let sheet = sheet("x");
    let formats: Vec<_> = columns(&sheet).unwrap()[2..7].iter().map(number_format).collect();
    assert_eq!(formats, ["#,##0", "#,##0", "#,##0.00", "0.0%", "General"]);
}
