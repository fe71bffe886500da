//! Titles say what the data say, and no more.

use super::*;
use crate::chart::{Daily, Progress};

fn title(figure: &Figure) -> String {
    let svg = figure.svg(Size { width: WIDTH, height: 590.0 }).unwrap();
    let (_, rest) = svg.split_once("<title>").unwrap();
    rest.split_once("</title>").unwrap().0.to_owned()
}

fn pairs(rows: &[(&str, &str, &str)]) -> RecordBatch {
    let row = |(a, b, verdict): &(&str, &str, &str)| {
        json!({"indicator": "download_mbps", "family": "mobile", "operator_a": a, "operator_b": b,
            "verdict": verdict})
    };
    let mut rows: Vec<_> = rows.iter().map(row).collect();
    // Neither another indicator nor a commune decides for the province.
    let mut latency = rows[0].clone();
    latency["indicator"] = "latency_ms".into();
    latency["verdict"] = "a_better".into();
    let mut commune = latency.clone();
    commune["indicator"] = "download_mbps".into();
    commune["commune_code"] = "24000".into();
    rows.extend([latency, commune]);
    let columns = "indicator:s family:s commune_code:s operator_a:s operator_b:s verdict:s";
    batch(columns, &rows)
}

fn operators_title(names: &[&str], compared: &[(&str, &str, &str)]) -> String {
    let rows: Vec<_> = names.iter().map(|name| operator(name, 900)).collect();
    let mut month = operators(&rows);
    if !compared.is_empty() {
        month.tables.insert("comparisons".into(), pairs(compared));
    }
    title(&month.figures()["operators_mobile_download"])
}

#[test]
fn an_operator_is_called_faster_only_after_comparison() {
    let two = ["Viettel", "VNPT"];
    let three = ["MobiFone", "Viettel", "VNPT"];
    for (names, compared, expected) in [
        (
            &three[..1],
            &[][..],
            "Băng rộng di động: chỉ MobiFone có số liệu tốc độ tải xuống được công bố",
        ),
        (&two[..], &[], "Băng rộng di động: tốc độ tải xuống của 2 doanh nghiệp"),
        (
            &two,
            &[("Viettel", "VNPT", "not_comparable")],
            "Băng rộng di động: tốc độ tải xuống của 2 doanh nghiệp",
        ),
        (
            &two,
            &[("Viettel", "VNPT", "equivalent")],
            "Băng rộng di động: chưa đủ căn cứ để nói doanh nghiệp nào có tốc độ tải xuống cao hơn",
        ),
        (
            &two,
            &[("Viettel", "VNPT", "b_better")],
            "Băng rộng di động: tốc độ tải xuống của VNPT cao hơn Viettel",
        ),
        (
            &three,
            &[
                ("MobiFone", "Viettel", "equivalent"),
                ("MobiFone", "VNPT", "equivalent"),
                ("Viettel", "VNPT", "a_better"),
            ],
            "Băng rộng di động: tốc độ tải xuống của Viettel cao hơn VNPT; 2 cặp còn lại chưa đủ căn cứ để kết luận",
        ),
        (
            &three,
            &[
                ("MobiFone", "Viettel", "b_better"),
                ("MobiFone", "VNPT", "equivalent"),
                ("Viettel", "VNPT", "a_better"),
            ],
            "Băng rộng di động: tốc độ tải xuống của Viettel cao hơn các doanh nghiệp khác được so sánh",
        ),
        (
            &three,
            &[
                ("MobiFone", "Viettel", "b_better"),
                ("MobiFone", "VNPT", "b_better"),
                ("Viettel", "VNPT", "equivalent"),
            ],
            "Băng rộng di động: 2/3 cặp doanh nghiệp có một bên đủ căn cứ để nói tốc độ tải xuống cao hơn",
        ),
    ] {
        assert_eq!(operators_title(names, compared), expected);
    }
}

#[test]
fn five_tied_operators_are_not_ranked() {
    let names = ["CMC", "FPT", "MobiFone", "Viettel", "VNPT"];
    let ties: Vec<_> =
        (0..5).flat_map(|a| (a + 1..5).map(move |b| (names[a], names[b], "equivalent"))).collect();
    let title = operators_title(&names, &ties);
    assert!(title.ends_with("chưa đủ căn cứ để nói doanh nghiệp nào có tốc độ tải xuống cao hơn"));
}

#[test]
fn operators_are_described_with_their_numbers() {
    let month = operators(&[operator("Viettel", 30), operator("VNPT", 29)]);
    let figures = month.figures();
    assert_eq!(
        figures["operators_mobile_download"].alternative(),
        "Biểu đồ điểm và khoảng, tốc độ tải xuống di động: Viettel trung vị 45,50 Mbps, trung bình \
         52,00 Mbps; VNPT không công bố."
    );
    let distribution = &figures["distribution_mobile_download"];
    assert_eq!(
        distribution.alternative(),
        "Biểu đồ hộp về phân bố tốc độ tải xuống di động: Viettel từ P05 9,00 đến P95 130,00 Mbps, \
         trung vị 45,50; VNPT không công bố."
    );
    let only =
        "Băng rộng di động: 90% số mẫu của Viettel có tốc độ tải xuống từ 15,00 Mbps trở lên";
    assert_eq!(title(distribution), only);
}

/// Communes with these tests of mobile networks, all on the map.
fn communes(tests: &[i64]) -> Month {
    let row = |(i, tests): (usize, &i64)| {
        json!({"commune_code": format!("{i}"), "commune_name": format!("Xã {i}"), "legal": true,
            "commune_valid_from": NEW, "family": "mobile", "counted": tests, "quota": 300})
    };
    let rows: Vec<_> = tests.iter().enumerate().map(row).collect();
    let columns =
        "commune_code:s commune_name:s legal:b commune_valid_from:d family:s counted:i quota:i";
    let codes: Vec<String> = (0..tests.len()).map(|i| i.to_string()).collect();
    let at: Vec<_> = codes.iter().map(|c| (c.as_str(), NEW, 12.0, 108.0)).collect();
    let days = codes.iter().zip(tests);
    let days: Vec<_> =
        days.map(|(code, tests)| (code.as_str(), "mobile", "2025-10-16", *tests)).collect();
    let tables = BTreeMap::from([
        ("quota".into(), batch(columns, &rows)),
        ("commune_location".into(), places(&at)),
        ("progress".into(), course(&days)),
    ]);
    Month { communes: codes.iter().map(|c| (c.clone(), FROM)).collect(), ..Month::with(tables) }
}

#[test]
fn communes_at_the_quota_are_none_one_some_or_all() {
    for (tests, bars, map) in [
        (
            &[299, 0, 7][..],
            "Không đơn vị cấp xã nào đạt 300 mẫu di động",
            "Tất cả 3 đơn vị cấp xã thiếu mẫu di động, trong đó 1 đơn vị không có mẫu",
        ),
        (
            &[300, 0, 7],
            "Chỉ 1/3 đơn vị cấp xã đạt 300 mẫu di động: Xã 0",
            "2/3 đơn vị cấp xã thiếu mẫu di động, trong đó 1 đơn vị không có mẫu",
        ),
        (
            &[300, 1_300, 7],
            "2/3 đơn vị cấp xã đạt 300 mẫu di động",
            "1/3 đơn vị cấp xã thiếu mẫu di động; đơn vị nào cũng có mẫu",
        ),
        (
            &[300, 1_300, 301],
            "Tất cả 3 đơn vị cấp xã đạt 300 mẫu di động",
            "Không đơn vị cấp xã nào thiếu mẫu di động",
        ),
        (&[300], "Xã 0 đạt 300 mẫu di động", "Không đơn vị cấp xã nào thiếu mẫu di động"),
        (
            &[299],
            "Xã 0 chưa đạt 300 mẫu di động",
            "1/1 đơn vị cấp xã thiếu mẫu di động; đơn vị nào cũng có mẫu",
        ),
    ] {
        let figures = communes(tests).figures();
        assert_eq!(title(&figures["quota_mobile"]), bars);
        assert_eq!(title(&figures["map_quota_mobile"]), map);
    }
}

#[test]
fn a_quota_map_is_described_with_its_numbers_and_empty_communes() {
    let figures = communes(&[450, 150, 149, 0, 0]).figures();
    assert_eq!(
        figures["map_quota_mobile"].alternative(),
        "Bản đồ số mẫu di động: 1 đơn vị cấp xã đạt 300 mẫu, 1 đơn vị cấp xã có từ 150 đến dưới 300 \
         mẫu, 1 đơn vị cấp xã có dưới 150 mẫu, 2 đơn vị cấp xã không có mẫu. Các đơn vị không có mẫu: \
         Xã 3 và Xã 4."
    );
    assert_eq!(
        figures["quota_mobile"].alternative(),
        "Biểu đồ cột số mẫu di động của 5 đơn vị cấp xã, xếp từ nhiều đến ít: 1 đơn vị cấp xã đạt \
         300 mẫu, 2 đơn vị cấp xã có mẫu nhưng chưa đạt, 2 đơn vị cấp xã không có mẫu; nhiều nhất là \
         Xã 0 với 450 mẫu, trung vị 149 mẫu."
    );
    let figures = communes(&[450, 350]).figures();
    let map = figures["map_quota_mobile"].alternative();
    let end = "không có đơn vị cấp xã nào có dưới 150 mẫu, đơn vị cấp xã nào cũng có mẫu.";
    assert!(map.ends_with(end), "{map}");
}

#[test]
fn progress_counts_day_by_day() {
    let figures = communes(&[600, 299, 0]).figures();
    let Figure::Progress(Progress { rows, classes, .. }) = &figures["progress_mobile"] else {
        panic!()
    };
    assert_eq!(classes.len(), 6);
    assert_eq!((rows[0].classes[14], rows[0].classes[15], rows[0].total), (0, 5, 600.0));
    assert_eq!((rows[1].classes[30], rows[2].classes[30]), (4, 0));
    let expected =
        "Đến ngày 15/10 chưa có đơn vị nào, đến hết kỳ có 1/3 đơn vị cấp xã đạt 300 mẫu di động";
    assert_eq!(title(&figures["progress_mobile"]), expected);
}

#[test]
fn days_and_hours_without_tests_are_said() {
    let mut month = small();
    assert_eq!(title(&month.figures()["daily"]), "29/31 ngày trong kỳ không có lượt đo nào");
    month.period_to = Date::constant(2025, 10, 4);
    assert_eq!(
        title(&month.figures()["daily"]),
        "1/3 ngày trong kỳ không có lượt đo nào: ngày 2/10"
    );
    let figures = month.figures();
    let Figure::Daily(Daily { days, .. }) = &figures["hourly"] else { panic!() };
    assert_eq!((days.len(), days[20].tests, days[21].failed), (24, 50.0, 20.0));
    // 50 + 20 of 100, first found from 18 to 22 o'clock.
    assert_eq!(title(&figures["hourly"]), "70% lượt đo nằm trong 4 giờ, từ 18 giờ đến 22 giờ");
}

#[test]
fn findings_are_found_watched_clear_or_not_compared() {
    let mut month = small();
    let map = month.map("map_gaps_mobile");
    // Cư M’gar has no test; of the others all means stand above 40 Mbps.
    let classes: Vec<_> = map.areas.iter().map(|area| area.class).collect();
    assert_eq!(classes, [4, 2, 2]);
    let labels: Vec<_> = map.classes.iter().map(|class| class.label.as_str()).collect();
    assert_eq!(labels[1..4], ["Cần theo dõi", "Không ghi nhận", "Chưa đủ mẫu để so sánh"]);
    let none = "Không ghi nhận đơn vị cấp xã nào có kết quả di động thấp hơn mức đối chiếu";
    assert_eq!(map.caption.title, none);
    let gap = |code: &str, state: &str| {
        json!({"gap_class": "low_quality", "state": state, "family": "mobile",
            "commune_code": code, "commune_valid_from": NEW})
    };
    let gaps = |rows: &[Value]| {
        batch("gap_class:s state:s family:s commune_code:s commune_valid_from:d", rows)
    };
    let watched = gaps(&[gap("24007", "watch")]);
    month.tables.insert("gaps".into(), watched);
    let map = month.map("map_gaps_mobile");
    let watch =
        "Không ghi nhận kết quả di động nào thấp hơn mức đối chiếu; 1 đơn vị cấp xã cần theo dõi";
    assert_eq!(map.caption.title, watch);
    let both = gaps(&[gap("24007", "watch"), gap("24007", "found"), gap("24000", "watch")]);
    month.tables.insert("gaps".into(), both);
    let map = month.map("map_gaps_mobile");
    assert_eq!(map.areas.iter().map(|area| area.class).collect::<Vec<_>>(), [4, 0, 1]);
    assert!(map.caption.alternative.ends_with("Ghi nhận tại: Phường Đông Hòa."));
    month.tables.remove("benchmarks");
    assert!(!month.figures().contains_key("map_gaps_mobile"));
}

#[test]
fn suspected_coverage_is_a_flag_on_maps_of_mobile_networks() {
    let mut month = small();
    let row = json!({"commune_code": "24000", "commune_valid_from": NEW, "access_type": "mobile"});
    let columns = "commune_code:s commune_valid_from:d access_type:s";
    month.tables.insert("suspected_coverage".into(), batch(columns, &[row]));
    let flags = |name: &str| -> Vec<bool> {
        month.map(name).areas.iter().map(|area| area.flagged).collect()
    };
    assert_eq!(flags("map_quota_mobile"), [false, false, true]);
    assert_eq!(flags("map_quota_fixed"), [false; 3]);
}
