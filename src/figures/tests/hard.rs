//! Hard months, drawn and looked at: no text on another, nothing outside the drawing.

use super::*;
use crate::document::page::{Item, TextRun};

/// Forty letters, capitals with stacked marks among them.
const LONGEST: &str = "Phường Đức Ưng Ơn Ễnh Ặc Trần Hưng Đạo Đ";

/// Left, top, right, bottom.
type Box4 = (f64, f64, f64, f64);

/// The box that a line of text takes: capitals with marks reach higher than others.
fn text_box(run: &TextRun, font: &Family) -> Box4 {
    let width = font.width(run.face, run.size, &run.text);
    let high = if run.text.chars().any(|c| "ẮẰẤẦẾỀỐỒỄẶÂÊÔĂ".contains(c)) {
        0.85
    } else {
        0.72
    };
    (run.x, run.y - run.size * high, run.x + width, run.y + run.size * 0.2)
}

fn assert_readable(name: &str, drawing: &Drawing, font: &Family) {
    let runs = drawing.items.iter().filter_map(|item| match item {
        Item::Text(run) if !run.text.trim().is_empty() => Some(run),
        _ => None,
    });
    let mut taken: Vec<(Box4, &TextRun)> = Vec::new();
    for run in runs {
        let of = text_box(run, font);
        assert!(of.0 >= -0.5 && of.2 <= drawing.width + 0.5, "{name}: {run:?} leaves the drawing");
        assert!(of.1 >= -0.5 && of.3 <= drawing.height + 0.5, "{name}: {run:?} leaves the drawing");
        for (other, first) in &taken {
            let apart = of.0 >= other.2 - 0.3
                || of.2 <= other.0 + 0.3
                || of.1 >= other.3 - 0.6
                || of.3 <= other.1 + 0.6;
            assert!(apart, "{name}: `{}` meets `{}`", run.text, first.text);
        }
        taken.push((of, run));
    }
    for item in &drawing.items {
        let Item::Path(path) = item else { continue };
        let near = |v: f64, most: f64| (-1.0..=most + 1.0).contains(&v);
        let inside = |p: &(f64, f64)| near(p.0, drawing.width) && near(p.1, drawing.height);
        assert!(path.rings.iter().flatten().all(inside), "{name}: {path:?}");
    }
}

/// Every figure of a month, as documents show it.
fn assert_all_readable(month: &Month) -> usize {
    let font = Family::libertinus().unwrap();
    let figures = month.figures();
    let plates = plates(&figures, &[], &font).unwrap();
    for (name, plate) in &plates {
        assert_readable(name, &plate.drawing, &font);
        let text = &plate.alternative;
        assert!(text.ends_with('.') && !text.contains(['{', '}']), "{name}: {text}");
        assert!(text.len() > 40, "{name}: {text}");
    }
    plates.len()
}

fn month(communes: &[&str], operators: &[&str], samples: i64) -> Month {
    let mut month = Month::with(Fixture::new(communes, operators, samples).tables);
    let codes: Vec<String> = (0..communes.len()).map(|i| (24_000 + 7 * i).to_string()).collect();
    let place = |i: usize| (12.0 + (i / 12) as f64 * 0.09, 108.0 + (i % 12) as f64 * 0.11);
    let at: Vec<_> =
        codes.iter().enumerate().map(|(i, c)| (c.as_str(), NEW, place(i).0, place(i).1)).collect();
    month.tables.insert("commune_location".into(), places(&at));
    let days: Vec<String> = (1..=31).map(|day| format!("2025-10-{day:02}")).collect();
    let rows: Vec<_> = codes
        .iter()
        .enumerate()
        .flat_map(|(i, code)| {
            let share = samples / 31 / (1 + i as i64 % 9);
            days.iter().map(move |day| (code.as_str(), "mobile", day.as_str(), share))
        })
        .collect();
    month.tables.insert("progress".into(), course(&rows));
    month.tables.insert(
        "daily".into(),
        super::days(&days.iter().map(|d| (d.as_str(), samples, 3)).collect::<Vec<_>>()),
    );
    month.tables.insert(
        "hourly".into(),
        hours(&(0..24).map(|h| ("mobile", h, samples * h)).collect::<Vec<_>>()),
    );
    month.tables.insert("commune_operator_technology".into(), technologies(&month.tables));
    month.communes = codes.into_iter().map(|code| (code, FROM)).collect();
    month.simulated = true;
    month
}

#[test]
fn a_large_province_with_the_longest_names_is_readable() {
    let names: Vec<String> = (0..135).map(|i| format!("{LONGEST} {i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let operators =
        ["Tổng Công ty Viễn thông ĐẠI ƯNG ƠN ỄNH ẶC", "VNPT", "O’Reilly <b>", "Đông Á", "MobiFone"];
    let mut large = month(&names, &operators, 2_000);
    assert_eq!(assert_all_readable(&large), 18);
    let outline = |(i, (code, _)): (usize, &(String, Date))| {
        let (x, y) = (108.0 + (i % 12) as f64 * 0.11, 12.0 + (i / 12) as f64 * 0.09);
        let corners = [(x, y), (x + 0.11, y), (x + 0.11, y + 0.09), (x, y + 0.09)];
        (code.clone(), MultiPolygon::new(vec![geo::Polygon::new(corners.to_vec().into(), vec![])]))
    };
    large.outlines = large.communes.iter().enumerate().map(outline).collect();
    let row = |(code, _): &(String, Date)| json!({"commune_code": code, "commune_valid_from": NEW, "access_type": "mobile"});
    let rows: Vec<_> = large.communes.iter().step_by(3).map(row).collect();
    let columns = "commune_code:s commune_valid_from:d access_type:s";
    large.tables.insert("suspected_coverage".into(), batch(columns, &rows));
    assert_eq!(assert_all_readable(&large), 18);
}

#[test]
fn small_months_are_readable() {
    for communes in [&["Xã A"][..], &["Xã A", "Phường Ễ"], &["Xã A", LONGEST, "Xã C"]] {
        for operators in [&[][..], &["VNPT"], &["CMC", "FPT", "MobiFone", "Viettel", "VNPT"]] {
            for samples in [0, 1, 31, 640, 90_000] {
                assert_all_readable(&month(communes, operators, samples));
            }
        }
    }
}

/// Three operators over months of which the second has no bundle and the fourth another period.
fn history() -> Month {
    let mut month = month(&["Xã Ea Kar", LONGEST, "Xã Cư M’gar"], &["VNPT", "Viettel"], 640);
    let codes = ["2025-06", "2025-07", "2025-08", "2025-09", "2025-10"];
    let comparable = [true, false, true, false, true];
    let months = codes.iter().zip(comparable);
    let rows: Vec<_> = months.map(|(m, is)| json!({"month": m, "comparable": is})).collect();
    month.tables.insert("trend_months".into(), batch("month:s comparable:b", &rows));
    let quota: Vec<_> = codes
        .iter()
        .map(|m| json!({"family": "mobile", "month": m, "legal": true, "quota": 300}))
        .collect();
    month.tables.insert("trend_quota".into(), batch("family:s month:s legal:b quota:i", &quota));
    let value = |level: &str, name: &str, m: &str, median: f64| {
        json!({"level": level, "family": "mobile", "operator": name, "commune_code": name,
            "commune_valid_from": NEW, "month": m, "comparable": true, "tests_ok": 250,
            "download_mbps_median": median, "download_mbps_median_low": median - 2.0,
            "download_mbps_median_high": median + 2.0})
    };
    let mut rows = vec![
        value("operator", "VNPT", "2025-06", 30.0),
        value("operator", "VNPT", "2025-08", 40.0),
        value("operator", "VNPT", "2025-10", 45.0),
        value("operator", "Viettel", "2025-08", 40.0),
        value("operator", "Viettel", "2025-10", 43.9),
        value("commune", "24000", "2025-08", 20.0),
        value("commune", "24000", "2025-10", 21.5),
    ];
    rows[5]["tests_ok"] = 1_299.into();
    let columns = "level:s family:s operator:s commune_code:s commune_valid_from:d month:s comparable:b tests_ok:i \
        download_mbps_median:f download_mbps_median_low:f download_mbps_median_high:f";
    month.tables.insert("trend".into(), batch(columns, &rows));
    month
}

#[test]
fn a_change_is_said_where_intervals_are_apart() {
    let mut month = history();
    assert_all_readable(&month);
    let Figure::Trend(trend) = &month.figures()["trend_mobile"] else { panic!() };
    // 38 to 42 and 43 to 47 are apart, 38 to 42 and 41,9 to 45,9 are not.
    let expected = "Băng rộng di động: tốc độ tải xuống của VNPT tăng so với tháng 08/2025";
    assert_eq!(trend.caption.title, expected);
    assert_eq!(
        trend.caption.alternative,
        "Biểu đồ trung vị tốc độ tải xuống di động theo tháng, từ 06/2025 đến 10/2025: Viettel 40,00 \
         Mbps (08/2025) và 43,90 Mbps (10/2025); VNPT 30,00 Mbps (06/2025) và 45,00 Mbps (10/2025)."
    );
    // A month without data breaks the line.
    let known: Vec<bool> = trend.rows[1].points.iter().map(Option::is_some).collect();
    assert_eq!(known, [true, false, true, false, true]);
    assert!(!trend.months[1].1 && !trend.months[3].1);
    let only = batch("month:s comparable:b", &[json!({"month": "2025-10", "comparable": true})]);
    month.tables.insert("trend_months".into(), only);
    let Figure::Trend(trend) = &month.figures()["trend_mobile"] else { panic!() };
    assert!(trend.caption.title.contains("chưa có tháng trước để so sánh"));
}

/// Thirteen months, all comparable, with an operator and a commune that change.
fn long_history() -> Month {
    let mut month = history();
    let codes: Vec<String> =
        (0..13).map(|m| format!("{}-{:02}", 2024 + (m + 9) / 12, (m + 9) % 12 + 1)).collect();
    let rows: Vec<_> = codes.iter().map(|m| json!({"month": m, "comparable": true})).collect();
    month.tables.insert("trend_months".into(), batch("month:s comparable:b", &rows));
    let row = |(level, i, m): (&str, usize, &String)| {
        let median = 30.0 + 7.0 * i as f64;
        json!({"level": level, "family": "mobile", "operator": "Viettel", "commune_code": "24000",
            "commune_valid_from": NEW, "month": m, "comparable": true, "tests_ok": 50 * i,
            "download_mbps_median": median, "download_mbps_median_low": median * 0.9,
            "download_mbps_median_high": median * 1.1})
    };
    let months = codes.iter().enumerate();
    let rows: Vec<_> =
        months.flat_map(|(i, m)| [row(("operator", i, m)), row(("commune", i, m))]).collect();
    let columns = "level:s family:s operator:s commune_code:s commune_valid_from:d month:s comparable:b tests_ok:i \
        download_mbps_median:f download_mbps_median_low:f download_mbps_median_high:f";
    month.tables.insert("trend".into(), batch(columns, &rows));
    let quota = |m: &String| json!({"family": "mobile", "month": m, "legal": true, "quota": 300});
    let quota: Vec<_> = codes.iter().map(quota).collect();
    month.tables.insert("trend_quota".into(), batch("family:s month:s legal:b quota:i", &quota));
    month
}

#[test]
fn thirteen_months_are_readable() {
    let month = long_history();
    assert_all_readable(&month);
    let font = Family::libertinus().unwrap();
    for (name, plate) in commune_plates(&month.sources(), &font).unwrap() {
        assert_readable(&name, &plate.drawing, &font);
    }
    let Figure::Trend(trend) = &month.figures()["trend_mobile"] else { panic!() };
    assert_eq!((trend.months.len(), trend.months[0].0.as_str()), (13, "10/2024"));
}

#[test]
fn communes_have_small_figures_of_their_months() {
    let month = history();
    let sources = month.sources();
    let figure = commune_trend(&sources, "24000", FROM, "mobile").unwrap().unwrap();
    let Figure::CommuneTrend(trend) = &figure else { panic!() };
    let tests: Vec<_> = trend.months.iter().map(|month| month.tests).collect();
    assert_eq!(tests, [Some(0.0), None, Some(1_299.0), None, Some(250.0)]);
    assert!(trend.months[0].median.is_none() && trend.months[2].quota == Some(300.0));
    assert_eq!(
        figure.alternative(),
        "Xã Ea Kar, số mẫu di động theo tháng: 06/2025: 0; 07/2025: không so sánh được hoặc chưa có \
         dữ liệu; 08/2025: 1.299; 09/2025: không so sánh được hoặc chưa có dữ liệu; 10/2025: 250. \
         Trung vị tốc độ tải xuống: 08/2025: 20,00 Mbps; 10/2025: 21,50 Mbps."
    );
    let font = Family::libertinus().unwrap();
    let plates = commune_plates(&sources, &font).unwrap();
    let names: Vec<_> = plates.keys().map(String::as_str).collect();
    assert_eq!(names, ["commune_24000", "commune_24007", "commune_24014"]);
    for (name, plate) in &plates {
        assert_readable(name, &plate.drawing, &font);
        assert!(plate.drawing.width == 220.0 && plate.drawing.height <= 110.0);
        assert!(plate.image.starts_with(b"\x89PNG"));
    }
}

#[test]
fn without_a_history_communes_have_no_figure() {
    let month = month(&["Xã Ea Kar"], &["VNPT"], 640);
    assert!(commune_trend(&month.sources(), "24000", FROM, "mobile").unwrap().is_none());
    let font = Family::libertinus().unwrap();
    assert!(commune_plates(&month.sources(), &font).unwrap().is_empty());
    let unknown = commune_trend(&history().sources(), "99999", FROM, "mobile").unwrap();
    assert!(unknown.is_none());
}

#[test]
fn all_threads_make_the_same_plates() {
    let month = history();
    let font = Family::libertinus().unwrap();
    let made = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| commune_plates(&month.sources(), &font).unwrap())
    };
    assert_eq!(made(1), made(4));
}
