//! Letters to operators: who gets one, and what they say in months of every kind.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fixture::{Fixture, batch};
use super::*;
use crate::document::block::{Block, Document, Table};
use crate::document::font::Family;
use crate::document::issue::issued;
use crate::document::layout::{Style, lay_out};

/// The letters of a month by file name.
pub(super) fn letters(fixture: &Fixture) -> BTreeMap<String, Document> {
    let mut templates = Templates::embedded();
    templates.insert(
        "documents.toml",
        "[[documents]]\nname = \"operator\"\ntemplate = \"operator.md\"\nfile = \"operators/{item}\"\n\
         each = \"operator\"\nformats = [\"pdf\"]\n",
    );
    let mut sources = fixture.sources();
    let settings = Settings { documents: vec!["operator".into()], ..fixture.settings.clone() };
    sources.settings = &settings;
    let written = write(&templates, &sources, &BTreeMap::new()).unwrap();
    written.into_iter().map(|one| (one.file, issued(&one.document, None))).collect()
}

/// All words of a letter, what it is about first.
fn text(document: &Document) -> String {
    let about = document.blocks.iter().find_map(|block| match block {
        Block::Letterhead(head) => Some(head.about.clone()),
        _ => None,
    });
    format!("{}\n{}", about.unwrap_or_default(), super::tests::text(document))
}

fn words(fixture: &Fixture, file: &str) -> String {
    let letters = letters(fixture);
    let known: Vec<_> = letters.keys().collect();
    text(letters.get(file).unwrap_or_else(|| panic!("no {file} in {known:?}")))
}

const GAPS: &str = "gap_class:s state:s family:s since:s months_found:i notify:b n_adj:i mean:f \
                    mean_low:f mean_high:f median:f benchmark:f commune_code:s commune_name:s \
                    commune_valid_from:d operator:s technology:s indicator:s";

fn low(commune: &str, operator: &str, state: &str, months: i64) -> Value {
    json!({
        "gap_class": "low_quality", "state": state, "family": "mobile", "technology": "4G",
        "since": if state == "found" { json!("2025-09") } else { Value::Null },
        "months_found": months, "notify": months >= 2, "n_adj": 180, "mean": 31.256,
        "mean_low": 29.0, "mean_high": 34.0, "median": 28.0, "benchmark": 40.0,
        "commune_code": "24000", "commune_name": commune, "commune_valid_from": "2025-07-01",
        "operator": operator, "indicator": "download_mbps",
    })
}

fn with_gaps(rows: &[Value]) -> Fixture {
    let mut fixture = Fixture::small();
    fixture.tables.insert("gaps".into(), batch(GAPS, rows));
    fixture
}

const SUSPECTED: &str = "commune_code:s commune_name:s commune_valid_from:d place:s operator:s \
                         kinds:s tests:i tests_failed:i devices:i days:i";

fn suspected(operator: &str) -> Value {
    json!({
        "commune_code": "24000", "commune_name": "Xã Ea Kar", "commune_valid_from": "2025-07-01",
        "place": "Buôn Trấp", "operator": operator, "kinds": "failures, fallback", "tests": 53,
        "tests_failed": 23, "devices": 40, "days": 22,
    })
}

fn pair(a: &str, b: &str, verdict: &str) -> Value {
    json!({
        "indicator": "download_mbps", "family": "mobile", "operator_a": a, "operator_b": b,
        "verdict": verdict, "median_a": 1.0, "median_b": 1.0,
    })
}

const PAIRS: &str = "indicator:s family:s commune_code:s commune_name:s operator_a:s operator_b:s \
                     verdict:s median_a:f median_b:f";

/// The blanks of a table that somebody fills in by hand.
fn replies(document: &Document) -> Option<&Table> {
    document.blocks.iter().find_map(|block| match block {
        Block::Table(table) if table.columns.len() == 6 && table.note.contains("Cột 4") => {
            Some(table)
        }
        _ => None,
    })
}

#[test]
fn a_letter_without_findings_asks_for_nothing() {
    let fixture = with_gaps(&[]);
    let letter = &letters(&fixture)["operators/viettel"];
    let words = text(letter);
    for expected in [
        "V/v thông báo kết quả đo tốc độ truy nhập Internet bằng ứng dụng i-Speed tháng 10 năm 2025 trên địa bàn tỉnh Đắk Lắk",
        "Kính gửi:\nViettel Đắk Lắk",
        "trường hợp (xã, phường và loại dịch vụ) có cỡ mẫu hiệu chỉnh từ 100 trở lên; không có trường hợp nào",
        "Không có khu vực nào có đủ dấu hiệu để đề nghị Viettel kiểm tra thực địa; điều này không có nghĩa là nơi nào cũng có sóng.",
        "Kỳ này không có nội dung nào đề nghị Viettel giải trình. Sở Khoa học và Công nghệ ghi nhận và cảm ơn",
        "trân trọng thông báo./.",
        "- Lưu: VT.",
    ] {
        assert!(words.contains(expected), "{expected}\n{words}");
    }
    assert!(
        replies(letter).is_none() && !words.contains("Phụ lục") && !words.contains("chậm nhất")
    );
    for other in ["VNPT", "MobiFone"] {
        assert!(!words.contains(other), "{other}\n{words}");
    }
}

#[test]
fn a_finding_is_to_be_answered_when_it_lasted() {
    let mut fixture = with_gaps(&[
        low("Xã Ea Kar", "Viettel", "found", 1),
        low("Xã Cư M’gar", "Viettel", "found", 2),
        low("Phường Đông Hòa", "Viettel", "watch", 0),
        low("Xã Ea Kar", "VNPT", "found", 3),
    ]);
    fixture.settings =
        toml::from_str("operator_reply_days = 20\ndrafting_unit = \"BCVT\"").unwrap();
    let letter = &letters(&fixture)["operators/viettel"];
    let words = text(letter);
    for expected in [
        "SKHCN-BCVT",
        "V/v kiểm tra, giải trình kết quả đo",
        "Ghi nhận 02 trường hợp có kết quả đo kém mức đối chiếu tham khảo, trong đó 01 trường hợp được ghi nhận 02 trong 03 tháng gần nhất, đề nghị doanh nghiệp kiểm tra, trả lời. Ngoài ra có 01 trường hợp",
        "Kiểm tra thực tế 01 trường hợp nêu tại Phụ lục",
        "chậm nhất ngày 05/12/2025",
        "./.",
        "- Lưu: VT, BCVT.",
        "BẢNG GIẢI TRÌNH CỦA DOANH NGHIỆP",
    ] {
        assert!(words.contains(expected), "{expected}\n{words}");
    }
    let reply = replies(letter).unwrap();
    assert_eq!(
        reply.rows,
        [[
            "1",
            "Xã Cư M’gar",
            "Băng rộng di động 4G: tốc độ tải xuống trung bình 31,26 Mbps (từ 29,00 đến 34,00), thấp hơn mức đối chiếu tham khảo 40 Mbps; ghi nhận liên tục từ tháng 09/2025",
            "",
            "",
            "",
        ]]
    );
    assert!(!words.contains("VNPT"));
}

#[test]
fn all_or_none_to_be_answered_reads_right() {
    let one = with_gaps(&[low("Xã Ea Kar", "Viettel", "found", 2)]);
    let found = words(&one, "operators/viettel");
    let expected = "Ghi nhận 01 trường hợp có kết quả đo kém mức đối chiếu tham khảo; trường hợp này được ghi nhận 02 trong 03 tháng gần nhất, đề nghị";
    assert!(found.contains(expected), "{found}");
    let young = with_gaps(&[low("Xã Ea Kar", "Viettel", "found", 1)]);
    let found = words(&young, "operators/viettel");
    let expected = "chưa có trường hợp nào được ghi nhận 02 trong 03 tháng gần nhất nên chưa đề nghị giải trình.";
    assert!(found.contains(expected) && found.contains("để biết, chủ động kiểm tra"), "{found}");
    assert!(found.contains("không có nội dung nào đề nghị Viettel giải trình"), "{found}");
    let watch = with_gaps(&[low("Xã Ea Kar", "Viettel", "watch", 0)]);
    let found = words(&watch, "operators/viettel");
    assert!(
        found.contains(
            "Không ghi nhận trường hợp nào chắc chắn kém mức đối chiếu tham khảo; 01 trường hợp"
        ),
        "{found}"
    );
}

#[test]
fn a_place_is_a_suspicion_that_is_to_be_looked_at() {
    let mut fixture = with_gaps(&[]);
    let rows = [suspected("Viettel"), suspected("VNPT")];
    fixture.tables.insert("suspected_coverage".into(), batch(SUSPECTED, &rows));
    let letter = &letters(&fixture)["operators/viettel"];
    let words = text(letter);
    for expected in [
        "01 khu vực có dấu hiệu nghi vấn lõm sóng, đề nghị Viettel kiểm tra thực địa:",
        "lượt đo không thành công; phải dùng mạng 2G/3G",
        "chưa phải là kết luận",
        "Công văn số 1603/BTTTT-CVT ngày 25/4/2024",
        "Kiểm tra thực tế 01 trường hợp nêu tại Phụ lục",
    ] {
        assert!(words.contains(expected), "{expected}\n{words}");
    }
    let reply = replies(letter).unwrap();
    assert_eq!(reply.rows.len(), 1);
    assert!(reply.rows[0][2].starts_with("Nghi vấn lõm sóng tại Buôn Trấp: "));
    let other = text(&letters(&fixture)["operators/mobifone"]);
    assert!(!other.contains("Buôn Trấp"), "{other}");
}

#[test]
fn others_are_counted_and_never_named() {
    let mut fixture = with_gaps(&[]);
    let rows = [
        pair("MobiFone", "Viettel", "b_better"),
        pair("Viettel", "VNPT", "equivalent"),
        pair("MobiFone", "VNPT", "not_comparable"),
        pair("Không xác định", "Viettel", "b_better"),
    ];
    fixture.tables.insert("comparisons".into(), batch(PAIRS, &rows));
    let viettel = words(&fixture, "operators/viettel");
    let expected = "Băng rộng di động: so với 02 doanh nghiệp khác có đủ số liệu để so sánh, tốc độ tải xuống của Viettel cao hơn 01 doanh nghiệp và tương đương với 01 doanh nghiệp.\n";
    assert!(viettel.contains(expected), "{viettel}");
    let mobifone = words(&fixture, "operators/mobifone");
    let expected = "Băng rộng di động: tốc độ tải xuống của MobiFone thấp hơn 01 doanh nghiệp khác có đủ số liệu để so sánh. Với 01 doanh nghiệp còn lại, chưa đủ số liệu để so sánh.";
    assert!(mobifone.contains(expected), "{mobifone}");
    assert!(!viettel.contains("MobiFone") && !mobifone.contains("VNPT"));
    let rows = [pair("MobiFone", "Viettel", "equivalent"), pair("Viettel", "VNPT", "equivalent")];
    fixture.tables.insert("comparisons".into(), batch(PAIRS, &rows));
    let tied = words(&fixture, "operators/viettel");
    let expected = "tốc độ tải xuống của Viettel tương đương với cả 02 doanh nghiệp khác có đủ số liệu để so sánh.\n";
    assert!(tied.contains(expected), "{tied}");
    let rows = [pair("MobiFone", "Viettel", "not_comparable")];
    fixture.tables.insert("comparisons".into(), batch(PAIRS, &rows));
    let viettel = words(&fixture, "operators/viettel");
    assert!(viettel.contains("Băng rộng di động: chưa đủ số liệu để so sánh tốc độ tải xuống của Viettel với doanh nghiệp khác."), "{viettel}");
    assert!(!viettel.contains("tương đương"), "{viettel}");
}

#[test]
fn who_gets_a_letter_and_how_it_is_addressed() {
    let mut fixture = Fixture::new(
        &["Xã A", "Xã B"],
        &["Viettel", "Không xác định", "../x", "=HYPERLINK(\"a\")", "{{ x }} <b>|"],
        640,
    );
    fixture.settings = toml::from_str("[operators]\nVIETTEL = \"Viettel Tây Nguyên\"").unwrap();
    let letters = letters(&fixture);
    let files: Vec<_> = letters.keys().map(String::as_str).collect();
    assert_eq!(files, ["operators/hyperlinka", "operators/viettel", "operators/x", "operators/xb"]);
    let addressed = |file: &str| text(&letters[file]);
    assert!(addressed("operators/viettel").contains("Kính gửi:\nViettel Tây Nguyên\n"));
    assert!(addressed("operators/x").contains("Kính gửi:\n../x Đắk Lắk\n"));
    assert!(addressed("operators/xb").contains("ghi nhận và cảm ơn sự phối hợp của {{ x }} <b>|"));
    let few = Fixture::new(&["Xã A", "Xã B"], &["Viettel", "iTel"], 20);
    assert!(self::letters(&few).is_empty());
}

#[test]
fn a_letter_about_fixed_lines_has_no_word_on_coverage() {
    let mut fixture = with_gaps(&[]);
    let table = fixture.tables["operator"].clone();
    let family = table.column_by_name("family").unwrap();
    let fixed = arrow::array::AsArray::as_string::<i32>(family).iter();
    let keep: arrow::array::BooleanArray =
        fixed.map(|family| Some(family == Some("fixed"))).collect();
    let table = arrow::compute::filter_record_batch(&table, &keep).unwrap();
    fixture.tables.insert("operator".into(), table);
    let words = words(&fixture, "operators/viettel");
    assert!(!words.contains("lõm sóng") && words.contains("3. Phối hợp"), "{words}");
}

#[test]
fn every_letter_can_be_laid_out() {
    let mut rows: Vec<Value> = Vec::new();
    for n in 0..60 {
        rows.push(low(&format!("Xã Ea Súp H’leo {n}"), "Viettel", "found", 1 + n % 3));
    }
    let mut fixture = with_gaps(&rows);
    let places: Vec<Value> = (0..40).map(|_| suspected("Viettel")).collect();
    fixture.tables.insert("suspected_coverage".into(), batch(SUSPECTED, &places));
    fixture.simulated = true;
    let family = Family::libertinus().unwrap();
    for (file, document) in letters(&fixture) {
        let laid = lay_out(&document, &family, &Style::default()).unwrap();
        assert!(!laid.pages.is_empty() && laid.pages.len() < 25, "{file}: {}", laid.pages.len());
    }
}

#[test]
fn the_grounds_of_a_letter_are_cited_in_one_sentence() {
    let mut fixture = with_gaps(&[]);
    assert!(!words(&fixture, "operators/viettel").contains("Thực hiện"));
    let basis = |number: &str| {
        format!(
            "[[legal_basis]]\nnumber = \"{number}\"\ndate = 2024-12-31\nissuer = \"Bộ *X*\"\n\
             subject = \"đo {{{{ x }}}}\"\n"
        )
    };
    fixture.settings = toml::from_str(&(basis("1/A") + &basis("2/B"))).unwrap();
    let found = words(&fixture, "operators/viettel");
    let expected = "Thực hiện Công văn số 1/A ngày 31/12/2024 của Bộ *X* về việc đo {{ x }}; Công văn số 2/B ngày 31/12/2024 của Bộ *X* về việc đo {{ x }}, Sở Khoa học và Công nghệ tỉnh Đắk Lắk thông báo kết quả đo";
    assert!(found.contains(expected), "{found}");
}
