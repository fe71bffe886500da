//! What the two reports say about months of every kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::Int64Array;
use arrow::record_batch::RecordBatch;
use jiff::civil::Date;

use super::fixture::{Fixture, districts};
use super::tests::{document, text};
use super::*;
use crate::document::block::Block;

/// Empties a table, as in a month without its samples.
fn without_rows(fixture: &mut Fixture, names: &[&str]) {
    for name in names {
        let table: &mut RecordBatch = fixture.tables.get_mut(*name).unwrap();
        *table = table.slice(0, 0);
    }
}

#[test]
fn names_follow_the_report_date() {
    let mut fixture = Fixture::small();
    fixture.report_date = Date::constant(2025, 2, 28);
    let before = text(&document("ministry.md", &fixture));
    for words in [
        "SỞ THÔNG TIN VÀ TRUYỀN THÔNG",
        "BC-STTTT",
        "Bộ Thông tin và Truyền thông",
        "tháng 02 năm 2025",
        "- UBND các huyện, thị xã, thành phố;",
    ] {
        assert!(before.contains(words), "{words}");
    }
    fixture.report_date = Date::constant(2025, 3, 1);
    let from = text(&document("ministry.md", &fixture));
    for words in
        ["SỞ KHOA HỌC VÀ CÔNG NGHỆ", "BC-SKHCN", "Bộ Khoa học và Công nghệ", "UBND các huyện"]
    {
        assert!(from.contains(words), "{words}");
    }
    // A dispatch keeps the name of the ministry that sent it.
    let cited = "1603/BTTTT-CVT ngày 25/4/2024 của Bộ Thông tin và Truyền thông";
    assert!(!from.replace(cited, "").contains("Thông tin và Truyền thông"));
    fixture.report_date = Date::constant(2025, 7, 1);
    let after = text(&document("committee.md", &fixture));
    assert!(!after.contains("UBND các huyện") && after.contains("- Lưu: VT."));
}

#[test]
fn districts_only_when_there_are_any() {
    let mut fixture = Fixture::small();
    assert!(!text(&document("committee.md", &fixture)).contains("theo huyện"));
    fixture.tables.insert("district".into(), districts());
    let words = text(&document("committee.md", &fixture));
    assert!(words.contains("Huyện Ea H’leo") && words.contains("Thành phố Buôn Ma Thuột"));
}

#[test]
fn settings_replace_derived_names() {
    let mut fixture = Fixture::small();
    fixture.settings = toml::from_str(
        "issuer = \"Sở KH&CN\"\nplace = \"Tuy Hòa\"\nsigner_authority = \"KT. Giám đốc\"\ndrafting_unit = \"BCVT\"\n\
         [[legal_basis]]\nnumber = \"5691/BTTTT-CVT\"\ndate = 2024-12-31\nissuer = \"Bộ\"\nsubject = \"đo *thử*\"",
    )
    .unwrap();
    let words = text(&document("ministry.md", &fixture));
    for expected in [
        "SỞ KH&CN",
        "Tuy Hòa, ngày",
        "KT. GIÁM ĐỐC",
        "- Lưu: VT, BCVT.",
        "Thực hiện Công văn số 5691/BTTTT-CVT ngày 31/12/2024 của Bộ về việc đo *thử*.",
    ] {
        assert!(words.contains(expected), "{expected}");
    }
    fixture.report_date = Date::constant(2024, 12, 30);
    let earlier = text(&document("ministry.md", &fixture));
    assert!(!earlier.contains("Thực hiện Công văn"), "not yet written then");
    fixture.settings = Settings::default();
    assert!(!text(&document("ministry.md", &fixture)).contains("Thực hiện Công văn"));
}

#[test]
fn a_city_is_not_a_province() {
    let mut fixture = Fixture::small();
    fixture.province = "Đà Nẵng".into();
    let words = text(&document("committee.md", &fixture));
    assert!(words.contains("UBND THÀNH PHỐ ĐÀ NẴNG") && words.contains("thành phố Đà Nẵng"));
}

#[test]
fn a_month_without_samples() {
    let mut fixture = Fixture::new(&["Xã A"], &[], 0);
    without_rows(&mut fixture, &["operator", "commune", "commune_operator", "province"]);
    for name in ["ministry.md", "committee.md"] {
        let document =
            render(name, &Templates::embedded(), &fixture.sources(), &BTreeMap::new()).unwrap();
        let words = text(&document);
        assert!(
            words.contains("không có lượt đo thành công nào; cả 1 xã, phường chưa đạt 300 mẫu"),
            "{words}"
        );
        assert!(words.contains("không có mẫu của doanh nghiệp nào"), "{words}");
        assert!(!words.contains("NaN") && !words.contains("none"), "{words}");
    }
}

#[test]
fn operators_below_the_limit_have_counts_only() {
    let fixture = Fixture::new(&["Xã A", "Xã B"], &["Viettel", "VNPT"], 20);
    let words = text(&document("ministry.md", &fixture));
    assert!(
        words.contains("không có doanh nghiệp nào đủ cỡ mẫu hiệu chỉnh 30 từ 05 thiết bị trở lên"),
        "{words}"
    );
    assert!(
        words.contains("chỉ công bố số lượng")
            && words.contains("“–”: không công bố vì chưa đủ mẫu hoặc thiết bị")
    );
}

#[test]
fn simulated_data_say_so() {
    let mut fixture = Fixture::small();
    assert_eq!(document("ministry.md", &fixture).banners, ["DỰ THẢO"]);
    fixture.simulated = true;
    let document = document("committee.md", &fixture);
    assert_eq!(document.banners[1], "DỮ LIỆU MÔ PHỎNG – KHÔNG PHẢI SỐ LIỆU ĐO THỰC TẾ");
    assert!(text(&document).contains("dữ liệu mô phỏng, được tạo ra"));
}

#[test]
fn both_reports_account_for_every_record() {
    for name in ["ministry.md", "committee.md"] {
        let document = document(name, &Fixture::small());
        let words = text(&document);
        assert!(words.contains("10.000 = 9.600 + 150 + 250"));
        let rules = document.blocks.iter().find_map(|block| match block {
            Block::Table(t) if t.caption.contains("theo lý do") => Some(t.rows.len()),
            _ => None,
        });
        assert_eq!(rules, Some(20));
        assert!(
            !words.contains("QCVN") && !words.contains("tốt hơn") && !words.contains("\u{E000}")
        );
        assert_eq!(document.blocks.iter().filter(|b| matches!(b, Block::Annex { .. })).count(), 4);
    }
}

/// Empties a column of whole numbers.
fn without_values(fixture: &mut Fixture, table: &str, column: &str) {
    let batch = &fixture.tables[table];
    let at = batch.schema().index_of(column).unwrap();
    let mut columns = batch.columns().to_vec();
    columns[at] = Arc::new(Int64Array::from(vec![None; batch.num_rows()]));
    let batch = RecordBatch::try_new(batch.schema(), columns).unwrap();
    fixture.tables.insert(table.into(), batch);
}

#[test]
fn rows_with_too_many_tests_without_device_say_what_they_lack_and_why() {
    let mut fixture = Fixture::small();
    let operators = "trên 20% lượt đo băng rộng di động không có mã thiết bị nên không biết bao nhiêu lượt là \
                     của cùng một thiết bị. Vì vậy số liệu không kèm khoảng tin cậy, không dùng để so sánh doanh \
                     nghiệp hoặc đối chiếu, và chỉ ở mức tham khảo";
    let communes =
        "xã, phường có trên 20% lượt đo băng rộng di động không có mã thiết bị: không biết";
    let pairs =
        "cặp xã, phường và doanh nghiệp có trên 20% lượt đo băng rộng di động không có mã thiết bị";
    for name in ["ministry.md", "committee.md"] {
        let words = text(&document(name, &fixture));
        assert!(!words.contains("lượt đo băng rộng di động không có mã thiết bị"), "{words}");
    }
    for table in ["operator", "commune", "commune_operator"] {
        without_values(&mut fixture, table, "samples_adjusted");
    }
    for name in ["ministry.md", "committee.md"] {
        let words = text(&document(name, &fixture));
        for expected in [operators, communes, pairs, "MobiFone, Viettel và VNPT: trên 20%"] {
            assert!(words.contains(expected), "{expected}\n{words}");
        }
    }
}

#[test]
fn a_target_that_is_past_is_printed_with_its_date() {
    let mut fixture = Fixture::small();
    let words = text(&document("ministry.md", &fixture));
    assert!(!words.contains("mục tiêu đến 31/12/2025"), "{words}");
    fixture.month = "2026-01".into();
    fixture.from = Date::constant(2026, 1, 1);
    fixture.to = Date::constant(2026, 2, 1);
    for name in ["ministry.md", "committee.md"] {
        let words = text(&document(name, &fixture));
        let expected =
            "Mức đối chiếu tham khảo 40 Mbps của băng rộng di động (4G) là mục tiêu đến 31/12/2025";
        assert!(words.contains(expected), "{words}");
        let expected = "Mức đối chiếu tham khảo 40 Mbps";
        assert!(words.contains("đối chiếu tham khảo") && words.contains(expected));
    }
}

/// Words of a verdict on conformity, in a line by itself or beside a benchmark.
fn verdicts(text: &str) -> Vec<String> {
    let conformity = ["đạt qcvn", "đạt quy chuẩn", "phù hợp qcvn", "vi phạm", "đạt mức đối chiếu"];
    let is_verdict = |line: &&str| {
        let line = line.to_lowercase();
        let beside = line.contains("đối chiếu") && line.contains("đạt");
        beside || conformity.iter().any(|words| line.contains(words))
    };
    text.lines().filter(is_verdict).map(str::to_owned).collect()
}

#[test]
fn no_template_and_no_label_judges_against_a_benchmark() {
    let templates = Templates::embedded();
    let found: Vec<_> = templates.iter().map(|(name, text)| (name, verdicts(text))).collect();
    assert!(found.len() > 10);
    for (name, lines) in found {
        assert!(lines.is_empty(), "{name}: {lines:#?}");
    }
    for line in [
        "Xã này không đạt QCVN 81:2019/BTTTT.",
        "tốc độ đạt mức đối chiếu",
        "mức đối chiếu 40 Mbps: chưa đạt",
        "Đạt quy chuẩn",
    ] {
        assert_eq!(verdicts(line), [line]);
    }
    assert!(verdicts("chưa đạt {{ a.quota }} mẫu").is_empty());
}

#[test]
fn the_same_sources_give_the_same_document() {
    let fixture = Fixture::small();
    assert_eq!(document("ministry.md", &fixture), document("ministry.md", &fixture));
}
