//! The two reports and the reminder as a reader of the PDF files finds them.

use serde_json::json;

use crate::bundle::{Bundle, squeezed};
use crate::program::{CONFIG, Case};
use crate::samples::{SampleFile, row};

const SERIES: &str = r#"
[report]
drafting_unit = "BCVT"
single_report = true

[report.links]
install = "https://speedtest.vn/cai-dat-su-dung"

[[report.reminders]]
number = "1042/STTTT-BCVT"
date = 2024-06-06

[[report.reminders]]
number = "1365/STTTT-BCVT"
date = 2024-07-16
"#;

fn case() -> Case {
    let case = Case::with_config(&format!("{CONFIG}{SERIES}"));
    let rows = (0..40).map(|n| row(&format!("s{n}"), json!({}))).collect();
    case.samples("a.parquet", &SampleFile::of(rows));
    case
}

fn text(bundle: &Bundle, document: &str) -> Option<String> {
    Some(squeezed(&bundle.pages(document)?.concat()))
}

/// All of these, one after the other.
fn assert_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let part = squeezed(part);
        let at = rest.find(&part).unwrap_or_else(|| panic!("no `{part}` in {rest}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn a_reminder_counts_those_before_it_and_not_the_runs() {
    let case = case();
    let bundle = case.build("2025-10");
    let Some(first) = text(&bundle, "reminder") else { return };
    assert_in_order(
        &first,
        &[
            "/SKHCN-BCVT",
            "V/v đôn đốc",
            "(lần 3)",
            "Kính gửi",
            "Ủy ban nhân dân các xã, phường",
            "Tiếp theo các Công văn số 1042/STTTT-BCVT ngày 06/06/2024; 1365/STTTT-BCVT ngày 16/07/2024",
            "trước ngày 12 hằng tháng",
            "phối hợp thực hiện./.",
            "Nơi nhận",
            "UBND tỉnh (B/c)",
            "Lưu: VT, BCVT.",
            "DANH SÁCH XÃ, PHƯỜNG CHƯA ĐẠT CHỈ TIÊU SỐ MẪU",
        ],
    );
    assert!(!first.contains("đơnđốc") && !first.contains("{number}"), "{first}");
    assert_eq!(case.month("2025-10", &["--force"]).code, 0);
    assert_eq!(text(&bundle, "reminder").unwrap(), first);
}

#[test]
fn the_report_to_the_ministry_has_its_five_sections_and_its_annexes() {
    let case = case();
    let bundle = case.build("2025-10");
    let Some(text) = text(&bundle, "ministry") else { return };
    assert_in_order(
        &text,
        &[
            "I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI",
            "II. KẾT QUẢ",
            "1. Thu thập mẫu và chỉ tiêu số mẫu",
            "2. Kết quả theo doanh nghiệp",
            "3. Kết quả theo xã, phường",
            "4. Nơi cần lưu ý",
            "III. TỒN TẠI, HẠN CHẾ VÀ NGUYÊN NHÂN",
            "IV. KIẾN NGHỊ",
            "1. Đề nghị Bộ Khoa học và Công nghệ",
            "2. Đề nghị UBND tỉnh",
            "3. Đề nghị doanh nghiệp viễn thông",
            "4. Đề nghị UBND cấp xã",
            "V. NHIỆM VỤ THÁNG 11 NĂM 2025",
            "trân trọng báo cáo./.",
            "UBND tỉnh (đồng gửi)",
            "Phụ lục I",
            "Phụ lục II",
            "Phụ lục III",
            "Phụ lục IV",
        ],
    );
    assert!(!text.contains(&squeezed("Phụ lục V")), "{text}");
}
