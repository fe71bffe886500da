//! What the reports say of a month beside others, of what people wrote, and of operators.

use serde_json::{Value, json};

use super::fixture::{Fixture, batch};
use super::tests::{document, text};
use super::*;
use crate::document::block::{Block, Document};

const MONTHS: &str = "month:s months_back:i basis:s comparable:b reason:s missing:s simulated:b";
const QUOTA: &str = "family:s month:s months_back:i basis:s legal:b quota:i tests_ok:i counted:i \
                     communes:i communes_met:i communes_zero:i simulated:b";
/// A month of the history: its name, the median download, tests, communes met and communes.
type Past<'a> = (&'a str, f64, i64, i64, i64);

fn trend_columns() -> String {
    let medians = ["download_mbps", "upload_mbps", "latency_ms"]
        .map(|name| format!(" {name}_median:f {name}_median_low:f {name}_median_high:f"));
    "level:s family:s operator:s month:s basis:s tests_ok:i".to_owned() + &medians.concat()
}

/// October 2025 after these months; of `broken` there is only the reason why it cannot be compared.
fn with_history(fixture: &mut Fixture, past: &[Past<'_>], broken: Option<&str>) {
    let known = past
        .iter()
        .map(|(month, ..)| json!({"month": month, "basis": "published", "comparable": true}));
    let broken = broken.map(|month| {
        json!({"month": month, "comparable": false, "reason": "part_missing",
            "missing": "Tỉnh Phú Yên"})
    });
    let months: Vec<Value> = broken.into_iter().chain(known).collect();
    let (mut trend, mut quota) = (Vec::new(), Vec::new());
    for (month, median, tests, met, communes) in past {
        for family in ["mobile", "fixed"] {
            trend.push(json!({"level": "province", "family": family, "month": month,
                "basis": "published", "tests_ok": tests, "download_mbps_median": median,
                "download_mbps_median_low": median - 2.0, "download_mbps_median_high": median + 2.0}));
            quota.push(
                json!({"family": family, "month": month, "basis": "published", "legal": true,
                "quota": 300, "tests_ok": tests, "communes": communes,
                "communes_met": if family == "mobile" { *met } else { 0 }}),
            );
        }
    }
    fixture.tables.insert("trend_months".into(), batch(MONTHS, &months));
    fixture.tables.insert("trend".into(), batch(&trend_columns(), &trend));
    fixture.tables.insert("trend_quota".into(), batch(QUOTA, &quota));
}

/// The ministry's report after one month before.
fn after(median: f64, tests: i64, met: i64, communes: i64) -> String {
    let mut fixture = Fixture::small();
    with_history(&mut fixture, &[("2025-09", median, tests, met, communes)], None);
    text(&document("ministry.md", &fixture))
}

fn assert_says(words: &str, expected: &[&str]) {
    for part in expected {
        assert!(words.contains(part), "no `{part}` in\n{words}");
    }
}

#[test]
fn a_month_without_history_compares_nothing() {
    let words = text(&document("ministry.md", &Fixture::small()));
    assert_says(
        &words,
        &[
            "Tháng 09/2025 chưa có số liệu.",
            "Tháng 10/2024 chưa có số liệu.",
            "Từ đầu năm mới có số liệu của tháng báo cáo nên chưa có số lũy kế.",
        ],
    );
    assert!(!words.contains("So sánh với các kỳ") && !words.contains("DIỄN BIẾN"), "{words}");
    let mut january = Fixture::small();
    january.month = "2026-01".into();
    let words = text(&document("ministry.md", &january));
    assert!(!words.contains("lũy kế") && !words.contains("Lũy kế"), "{words}");
    assert_says(&words, &["Tháng 12/2025 chưa có số liệu.", "V. NHIỆM VỤ THÁNG 02 NĂM 2026"]);
}

#[test]
fn differences_are_stated_where_the_intervals_lie_apart() {
    // This month: 1.096 tests, 2 of 3 communes, a median of 74,40 from 66,96 to 81,84.
    assert_says(
        &after(60.0, 1000, 1, 3),
        &[
            "số lượt đo thành công tăng 96 lượt (9,6%); số xã, phường đạt chỉ tiêu số mẫu tăng 01 (từ 01 lên 02); \
         trung vị tốc độ tải xuống đo được cao hơn (74,40 so với 60,00 Mbps), khoảng tin cậy 95% của hai \
         tháng tách rời nhau.",
            "vẫn không có xã, phường nào đạt chỉ tiêu số mẫu",
        ],
    );
    assert_says(
        &after(99.0, 1370, 3, 3),
        &[
            "giảm 274 lượt (20,0%); số xã, phường đạt chỉ tiêu số mẫu giảm 01 (từ 03 xuống 02); trung vị tốc độ \
         tải xuống đo được thấp hơn (74,40 so với 99,00 Mbps)",
        ],
    );
    let words = after(75.0, 1096, 2, 3);
    assert_says(
        &words,
        &[
            "số lượt đo thành công không đổi; số xã, phường đạt chỉ tiêu số mẫu không đổi (02); chưa đủ căn cứ để \
         kết luận trung vị tốc độ tải xuống thay đổi (74,40 so với 75,00 Mbps).",
        ],
    );
    let mobile = words.lines().find(|l| l.starts_with("Băng rộng di động, so với")).unwrap();
    assert!(!mobile.contains("cao hơn") && !mobile.contains("thấp hơn"), "{mobile}");
    assert_says(
        &after(75.0, 0, 5, 286),
        &["tăng 1.096 lượt; số đơn vị đạt chỉ tiêu khi đó là 5/286, không so sánh trực tiếp"],
    );
}

#[test]
fn the_year_so_far_sums_tests_and_gives_the_range_of_medians() {
    let mut fixture = Fixture::small();
    let past = [("2025-08", 60.0, 500, 0, 3), ("2025-09", 80.0, 1000, 1, 3)];
    with_history(&mut fixture, &past, Some("2024-10"));
    for name in ["ministry.md", "committee.md"] {
        let document = document(name, &fixture);
        let words = text(&document);
        assert_says(
            &words,
            &[
                "Lũy kế từ đầu năm đến hết tháng 10/2025 (có số liệu 3/10 tháng): băng rộng di động 2.596 lượt đo \
             thành công; băng rộng cố định 1.773 lượt đo thành công.",
                "Tháng 10/2024 không so sánh được: thiếu số liệu của tỉnh Phú Yên.",
                "Phụ lục V\nDIỄN BIẾN THEO THÁNG",
            ],
        );
        let mut tables = document.blocks.iter().filter_map(|block| match block {
            Block::Table(table) if table.caption.contains("và các kỳ khác") => Some(table),
            _ => None,
        });
        let rows = &tables.next().unwrap().rows;
        assert_eq!(rows[1][..4], ["Tháng 09/2025", "1.000", "1/3", "80,00"]);
        assert_eq!(rows[2][..4], ["Tháng 10/2024", "–", "–", "–"]);
        assert_eq!(rows[3][..4], ["Từ đầu năm đến hết tháng 10/2025", "2.596", "–", "60,00–80,00"]);
    }
}

#[test]
fn a_text_that_nobody_wrote_is_a_gap_and_no_warning_of_the_data() {
    let mut fixture = Fixture::small();
    fixture.warnings.extend(fixture.monthly.warning());
    let document = document("ministry.md", &fixture);
    let gaps: Vec<_> = document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Paragraph(spans) if spans[0].text.starts_with("[Chưa có nội dung") => {
                Some(spans)
            }
            _ => None,
        })
        .collect();
    assert_eq!(gaps.len(), 8);
    for gap in gaps {
        assert!(gap.len() == 1 && gap[0].bold && gap[0].italic, "{gap:?}");
    }
    let words = text(&document);
    assert_says(
        &words,
        &[
            "[Chưa có nội dung: nguyên nhân. Đơn vị soạn thảo bổ sung.]",
            "không ghi nhận cảnh báo nào về dữ liệu",
        ],
    );
}

#[test]
fn what_people_wrote_prints_as_it_is() {
    let mut fixture = Fixture::small();
    let source = "direction = \"Ban hành **văn bản** <b>số 1</b>.\\n\\n- {{ x }};\\n- # a | b `c`.\"\n\
                  shortcomings = \"-\"\ncauses = \"Do mưa, lũ.\"\nproposals_ministry = \"-\"\n\
                  proposals_committee = \"-\"\nproposals_operators = \"-\"\nproposals_communes = \"-\"\n\
                  next_month = \"{number}\"";
    fixture.monthly = MonthlyText::parse("2025-10.toml".into(), source).unwrap();
    for name in ["ministry.md", "committee.md"] {
        let document = document(name, &fixture);
        let words = text(&document);
        assert_says(&words, &["Ban hành **văn bản** <b>số 1</b>.", "\n{{ x }};\n# a | b `c`.\n"]);
        assert_says(&words, &["\nDo mưa, lũ.\n", "\n{number}\n"]);
        assert!(!words.contains("[Chưa có nội dung"), "{words}");
    }
    let words = text(&document("committee.md", &fixture));
    assert_says(&words, &["4. Nội dung khác\nKhông có.\n"]);
}

#[test]
fn a_single_report_goes_to_both() {
    let mut fixture = Fixture::small();
    let words = text(&document("ministry.md", &fixture));
    assert_says(&words, &["- UBND tỉnh (để báo cáo);", "2. Đề nghị UBND tỉnh"]);
    fixture.settings.single_report = true;
    let words = text(&document("ministry.md", &fixture));
    assert_says(&words, &["- UBND tỉnh (đồng gửi);", "2. Đề nghị UBND tỉnh"]);
}

/// Comparisons of operators of mobile access, with these verdicts.
fn compared(pairs: &[(&str, &str, &str)]) -> String {
    let mut fixture = Fixture::small();
    fixture.compare(pairs);
    text(&document("ministry.md", &fixture))
}

#[test]
fn operators_are_told_apart_only_where_a_comparison_does() {
    let tied = ("MobiFone", "Viettel", "equivalent");
    let few = ("MobiFone", "VNPT", "not_comparable");
    let tie = "là tương đương: không có cặp nào chênh lệch có ý nghĩa thống kê.";
    let too_few =
        "Chưa đủ số liệu để so sánh tốc độ tải xuống băng rộng di động giữa các doanh nghiệp.";
    assert_says(&compared(&[tied]), &[tie]);
    assert_says(&compared(&[few]), &[too_few]);
    let words = compared(&[tied, few]);
    assert_says(&words, &["là tương đương hoặc chưa đủ số liệu để so sánh."]);
    assert!(!words.contains(tie) && !words.contains(too_few) && !words.contains("Fone cao hơn"));
    let better = [("MobiFone", "Viettel", "b_better"), ("Viettel", "VNPT", "a_better"), tied];
    let words = compared(&better[..2]);
    assert_says(&words, &["\nViettel cao hơn MobiFone và VNPT.\n"]);
    assert!(!words.contains("doanh nghiệp còn lại") && !words.contains("doanh nghiệp khác là"));
    assert_says(&compared(&better), &["Cặp doanh nghiệp còn lại là tương đương hoặc chưa"]);
}

#[test]
fn one_operator_is_compared_with_nobody() {
    let fixture = Fixture::new(&["Xã A", "Xã B"], &["Viettel"], 640);
    let words = text(&document("ministry.md", &fixture));
    for part in ["thứ tự chữ cái; khoảng tin cậy", "So sánh tốc độ", "là tương đương:"]
    {
        assert!(!words.contains(part), "{part}");
    }
}

#[test]
fn where_all_communes_meet_the_quota_nothing_is_asked_for() {
    let mut fixture = Fixture::new(&["Xã A", "Xã B"], &["Viettel"], 1400);
    let quota = fixture.tables["quota"].slice(0, 2);
    fixture.tables.insert("quota".into(), quota);
    let gaps = fixture.tables["gaps"].slice(0, 0);
    fixture.tables.insert("gaps".into(), gaps);
    for name in ["ministry.md", "committee.md"] {
        let words = text(&document(name, &fixture));
        assert_says(
            &words,
            &[
                "tất cả 1 xã, phường đạt 300 mẫu.",
                "Số liệu trong kỳ không cho thấy nơi thiếu mẫu",
                "UBND các xã, phường duy trì việc tuyên truyền",
                "Theo dõi để giữ số mẫu tại các xã, phường.",
                "Không có xã, phường chưa đạt 300 mẫu băng rộng cố định./.",
            ],
        );
        assert!(!words.contains("trước hết tại các xã, phường chưa đạt"), "{words}");
    }
}

#[test]
fn every_annex_ends_with_its_mark() {
    let mut fixture = Fixture::small();
    with_history(&mut fixture, &[("2025-09", 60.0, 1000, 1, 3)], None);
    for name in ["ministry.md", "committee.md", "reminder.md"] {
        let document = document(name, &fixture);
        let mut parts = vec![Vec::new()];
        for block in document.blocks {
            if matches!(block, Block::Annex { .. }) {
                parts.push(Vec::new());
            }
            let blocks = parts.last_mut().unwrap();
            if !matches!(block, Block::Signature(_)) {
                blocks.push(block);
            }
        }
        for part in parts {
            let last = part.last().cloned().into_iter().collect();
            let last = text(&Document { blocks: last, ..Document::default() });
            assert!(last.ends_with("./."), "{name}: {last}");
        }
    }
}

#[test]
fn counts_of_nothing_are_words() {
    let say = |read: i64, accepted: i64, rejected: i64, failed: i64| {
        let mut fixture = Fixture::small();
        for (key, value) in [("read", read), ("accepted", accepted), ("duplicate", 0)] {
            fixture.ledger[key] = value.into();
        }
        fixture.ledger["rejected"] = rejected.into();
        fixture.ledger["rejected_share"] = (rejected as f64 / read.max(1) as f64).into();
        fixture.ledger["tests_failed"] = failed.into();
        let words = text(&document("ministry.md", &fixture));
        words.lines().find(|line| line.starts_with("Kỳ số liệu")).unwrap().to_owned()
    };
    assert!(say(0, 0, 0, 0).ends_with("31/10/2025. Dữ liệu đầu vào không có bản ghi đo nào."));
    let words = say(40, 0, 40, 0);
    let none = "trong đó không có bản ghi được chấp nhận, không có bản ghi trùng lặp và 40 bản ghi bị loại \
                (chiếm 100,00%; lý do nêu tại Phụ lục III).";
    assert!(words.ends_with(none), "{words}");
    assert!(
        say(9, 9, 0, 0)
            .ends_with("không có bản ghi bị loại. Tất cả lượt đo được chấp nhận đều thành công.")
    );
    assert!(say(9, 9, 0, 9).contains("Không có lượt đo nào thành công trong số được chấp nhận."));
    assert!(say(9, 9, 0, 2).contains("có 07 lượt đo thành công và 02 lượt đo không thành công;"));
}

#[test]
fn a_month_without_counts_is_not_a_month_of_nothing() {
    let mut fixture = Fixture::small();
    with_history(&mut fixture, &[("2025-09", 75.0, 1000, 1, 3)], None);
    let quota = fixture.tables["trend_quota"].slice(0, 0);
    fixture.tables.insert("trend_quota".into(), quota);
    let words = text(&document("ministry.md", &fixture));
    assert_says(
        &words,
        &[
            "Băng rộng di động, so với tháng 09/2025: tháng đó không có số lượt đo; chưa đủ căn cứ để",
        ],
    );
    assert!(!words.contains("khi đó là") && !words.contains("tăng 1.096"), "{words}");
}
