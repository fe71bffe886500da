//! Figures of made-up tables.

use serde_json::{Value, json};

mod hard;
mod words;

use super::*;
use crate::chart::{CommuneMap, Intervals, MapFill, RowMarks};
use crate::report::Templates;
use crate::report::fixture::{Fixture, batch};

const OLD: &str = "1900-01-01";
const NEW: &str = "2025-07-01";
const FROM: Date = Date::constant(2025, 7, 1);

/// Tables, labels and outlines that [`FigureSources`] borrows.
struct Month {
    tables: BTreeMap<String, RecordBatch>,
    labels: Labels,
    outlines: BTreeMap<String, MultiPolygon>,
    communes: Vec<(String, Date)>,
    simulated: bool,
    period_from: Date,
    period_to: Date,
}

impl Month {
    fn with(tables: BTreeMap<String, RecordBatch>) -> Self {
        Month {
            tables,
            labels: Templates::embedded().labels().unwrap(),
            outlines: BTreeMap::new(),
            communes: ["24000", "24007", "24014"].map(|c| (c.into(), FROM)).into(),
            simulated: false,
            period_from: Date::constant(2025, 10, 1),
            period_to: Date::constant(2025, 11, 1),
        }
    }

    fn sources(&self) -> FigureSources<'_> {
        FigureSources {
            tables: &self.tables,
            reads: Reads::default(),
            labels: &self.labels,
            boundaries: self.outlines.iter().map(|(c, m)| (c.as_str(), m)).collect(),
            communes: self.communes.iter().map(|(c, d)| (c.as_str(), *d)).collect(),
            quota: 300,
            publish_from: 30,
            simulated: self.simulated,
            period_from: self.period_from,
            period_to: self.period_to,
        }
    }

    fn figures(&self) -> BTreeMap<String, Figure> {
        figures(&self.sources()).unwrap().drawn
    }

    fn intervals(&self, name: &str) -> Intervals {
        match &self.figures()[name] {
            Figure::Intervals(figure) => figure.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn map(&self, name: &str) -> CommuneMap {
        match &self.figures()[name] {
            Figure::CommuneMap(figure) => figure.clone(),
            other => panic!("{other:?}"),
        }
    }
}

fn square(x: f64) -> MultiPolygon {
    let corners = [(x, 12.0), (x + 0.1, 12.0), (x + 0.1, 12.1), (x, 12.1)];
    MultiPolygon::new(vec![geo::Polygon::new(corners.to_vec().into(), vec![])])
}

fn places(rows: &[(&str, &str, f64, f64)]) -> RecordBatch {
    let row = |(code, from, latitude, longitude): &(&str, &str, f64, f64)| {
        json!({"commune_code": code, "commune_valid_from": from,
            "latitude": latitude, "longitude": longitude})
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    batch("commune_code:s commune_valid_from:d latitude:f longitude:f", &rows)
}

fn days(rows: &[(&str, i64, i64)]) -> RecordBatch {
    let row = |(day, ok, failed): &(&str, i64, i64)| json!({"local_day": day, "access_type": "mobile", "tests_ok": ok, "tests_failed": failed});
    let rows: Vec<_> = rows.iter().map(row).collect();
    batch("local_day:d access_type:s tests_ok:i tests_failed:i", &rows)
}

const OPERATOR: &str = "operator:s family:s download_mbps_n:i download_mbps_p05:f \
    download_mbps_p10:f download_mbps_median:f download_mbps_median_low:f download_mbps_median_high:f download_mbps_mean:f \
    download_mbps_mean_low:f download_mbps_mean_high:f download_mbps_p90:f \
    download_mbps_p95:f";

fn operator(name: &str, values: i64) -> Value {
    let mut row = json!({"operator": name, "family": "mobile", "download_mbps_n": values});
    if values >= 30 {
        for (statistic, value) in [("p05", 9.0), ("p10", 15.0), ("median", 45.5), ("mean", 52.0)] {
            row[format!("download_mbps_{statistic}")] = value.into();
        }
        row["download_mbps_p90"] = 98.0.into();
        row["download_mbps_p95"] = 130.0.into();
    }
    row
}

fn operators(rows: &[Value]) -> Month {
    Month::with(BTreeMap::from([("operator".into(), batch(OPERATOR, rows))]))
}

/// The small fixture, placed and with days.
fn small() -> Month {
    let mut month = Month::with(Fixture::small().tables);
    let places = places(&[("24000", NEW, 12.6, 108.1), ("24014", NEW, 13.1, 109.2)]);
    month.tables.insert("commune_location".into(), places);
    let days = days(&[("2025-10-01", 10, 1), ("2025-10-03", 5, 0)]);
    month.tables.insert("daily".into(), days);
    let hours = hours(&[("mobile", 8, 30), ("mobile", 20, 50), ("fixed", 21, 20)]);
    month.tables.insert("hourly".into(), hours);
    let course = course(&[
        ("24000", "mobile", "2025-10-02", 200),
        ("24000", "mobile", "2025-10-20", 150),
        ("24007", "fixed", "2025-10-31", 3),
    ]);
    month.tables.insert("progress".into(), course);
    month.tables.insert("commune_operator_technology".into(), technologies(&month.tables));
    month
}

fn hours(rows: &[(&str, i64, i64)]) -> RecordBatch {
    let row = |(family, hour, ok): &(&str, i64, i64)| json!({"family": family, "local_hour": hour, "tests_ok": ok, "tests_failed": 0});
    let rows: Vec<_> = rows.iter().map(row).collect();
    batch("family:s local_hour:i tests_ok:i tests_failed:i", &rows)
}

/// The classes that the tests of some days make of a quota of 300, as `progress` has them.
fn course(rows: &[(&str, &str, &str, i64)]) -> RecordBatch {
    let mut groups: BTreeMap<(&str, &str), BTreeMap<&str, i64>> = BTreeMap::new();
    for (code, family, day, tests) in rows {
        groups.entry((*code, *family)).or_default().insert(*day, *tests);
    }
    let mut classes = Vec::new();
    for ((code, family), tests) in &groups {
        let mut sum = 0;
        for day in (1..=31).map(|day| format!("2025-10-{day:02}")) {
            sum += tests.get(day.as_str()).unwrap_or(&0);
            let limits = [1, 75, 150, 225, 300].iter().filter(|limit| sum >= **limit);
            classes.push(json!({"commune_code": code, "commune_valid_from": NEW, "family": family,
                "local_day": day, "reached": limits.count()}));
        }
    }
    batch("commune_code:s commune_valid_from:d family:s local_day:d reached:i", &classes)
}

/// The rows of mobile networks as if all tests had used 4G.
fn technologies(tables: &BTreeMap<String, RecordBatch>) -> RecordBatch {
    let table = table::Table::find(tables, "commune_operator").unwrap();
    let (code, operator) = (table.text("commune_code").unwrap(), table.text("operator").unwrap());
    let low = table.numbers("download_mbps_mean_low").unwrap();
    let row = |row: usize| {
        json!({"commune_code": table::text(&code, row), "commune_valid_from": NEW, "access_type": "mobile",
            "operator": table::text(&operator, row), "technology": "4G",
            "download_mbps_mean_low": table::number(&low, row)})
    };
    let rows: Vec<_> = table.rows("mobile").unwrap().into_iter().map(row).collect();
    let columns = "commune_code:s commune_valid_from:d access_type:s operator:s technology:s download_mbps_mean_low:f";
    batch(columns, &rows)
}

#[test]
fn a_full_month_has_every_figure() {
    let month = small();
    let figures = month.figures();
    let names: Vec<_> = figures.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "daily",
            "distribution_fixed_download",
            "distribution_mobile_download",
            "hourly",
            "map_download_fixed",
            "map_download_mobile",
            "map_gaps_mobile",
            "map_gaps_mobile_small",
            "map_quota_fixed",
            "map_quota_fixed_small",
            "map_quota_mobile",
            "map_quota_mobile_small",
            "operators_fixed_download",
            "operators_mobile_download",
            "progress_fixed",
            "progress_mobile",
            "quota_fixed",
            "quota_mobile"
        ]
    );
    let files = files(&figures).unwrap();
    let plates = plates(&figures, &files, &Family::libertinus().unwrap()).unwrap();
    let fits = |plate: &Plate| plate.drawing.width == WIDTH && plate.drawing.height <= MOST_HEIGHT;
    assert!(plates.values().all(|plate| fits(plate) && !plate.image.is_empty()));
    assert!(files.is_sorted_by_key(|(name, _)| name.clone()));
    assert_eq!((files.len(), files[1].0.as_str()), (36, "daily.svg"));
    let is_small = |name: &&String| name.ends_with("_small");
    let small = plates.iter().filter(|(name, _)| is_small(name));
    assert!(small.into_iter().all(|(_, plate)| plate.drawing.height <= 300.0));
}

#[test]
fn nothing_is_drawn_of_nothing() {
    assert!(Month::with(BTreeMap::new()).figures().is_empty());
    let mut month = Month::with(Fixture::new(&["A", "B", "C"], &["VNPT"], 0).tables);
    month.tables.insert("daily".into(), days(&[("2025-10-01", 0, 0)]));
    month.tables.insert("commune_location".into(), small().tables["commune_location"].clone());
    assert!(month.figures().is_empty());
}

#[test]
fn a_family_without_tests_has_no_figure() {
    let mut month = operators(&[operator("Viettel", 40)]);
    month.tables.insert("daily".into(), days(&[("2025-10-01", 0, 2)]));
    let names: Vec<_> = month.figures().into_keys().collect();
    assert_eq!(names, ["daily", "distribution_mobile_download", "operators_mobile_download"]);
}

#[test]
fn operators_stand_in_alphabetical_order_also_when_tied() {
    let names = ["VNPT", "Viettel", "Đông Á", "MobiFone", "CMC"];
    let month = operators(&names.map(|name| operator(name, 900)));
    let figure = month.intervals("operators_mobile_download");
    let rows: Vec<_> = figure.rows.iter().map(|row| row.label.as_str()).collect();
    assert_eq!(rows, ["CMC", "Đông Á", "MobiFone", "Viettel", "VNPT"]);
    assert_eq!(figure.rows[0].count, "900 mẫu");
}

#[test]
fn unpublished_operators_have_a_note() {
    let month = operators(&[operator("Viettel", 30), operator("VNPT", 29)]);
    let rows = month.intervals("operators_mobile_download").rows;
    let Some(RowMarks::Estimates { median, mean }) = rows[0].marks else { panic!() };
    assert_eq!((median.value, mean.value), (45.5, 52.0));
    assert_eq!(rows[1].marks, None);
    assert_eq!(rows[1].note, "Không công bố vì chưa đủ mẫu hoặc thiết bị");
    assert!(operators(&[operator("VNPT", 29)]).figures().is_empty());
}

#[test]
fn too_many_operators_are_counted_and_fit_on_a_page() {
    let many: Vec<_> = (0..600).map(|i| operator(&format!("N{i:03}"), 600 - i)).collect();
    let month = operators(&many);
    let figure = month.intervals("operators_mobile_download");
    assert_eq!(figure.rows.len(), 24);
    assert_eq!(figure.rows[23].label, "N023");
    assert!(figure.caption.footnotes[0].contains("576"));
    let plates = plates(&month.figures(), &[], &Family::libertinus().unwrap()).unwrap();
    let drawing = &plates["operators_mobile_download"].drawing;
    assert!((drawing.height - MOST_HEIGHT).abs() < 1e-6);
    assert_eq!(files(&month.figures()).unwrap().len(), 4);
}

#[test]
fn benchmarks_of_the_family_are_lines() {
    let benchmarks = small().intervals("operators_mobile_download").benchmarks;
    let lines: Vec<_> = benchmarks.iter().map(|b| (b.value, b.label.as_str())).collect();
    let expected = [(40.0, "Đối chiếu tham khảo 40 Mbps (4G)")];
    assert_eq!(lines, expected);
    let mut later = small();
    later.period_from = Date::constant(2026, 1, 1);
    let benchmarks = later.intervals("operators_mobile_download").benchmarks;
    assert_eq!(benchmarks[0].label, "Đối chiếu tham khảo 40 Mbps (4G), mục tiêu đến 31/12/2025");
    assert!(small().intervals("operators_fixed_download").benchmarks.is_empty());
}

#[test]
fn simulated_data_say_so_on_each_figure() {
    let mut month = small();
    month.simulated = true;
    for figure in month.figures().values() {
        let size = Size { width: WIDTH, height: 560.0 };
        let svg = figure.svg(size).unwrap();
        assert!(svg.contains("Dữ liệu mô phỏng"), "{figure:?}");
    }
}

#[test]
fn communes_without_samples_are_on_the_maps() {
    let month = small();
    let map = month.map("map_quota_mobile");
    let classes: Vec<_> = map.areas.iter().map(|area| area.class).collect();
    assert_eq!(classes, [3, 0, 0]);
    let names: Vec<_> = map.areas.iter().map(|area| area.name.as_str()).collect();
    assert_eq!(names, ["Cư M’gar", "P. Đông Hòa", "Ea Kar"]);
    assert_eq!(map.caption.footnotes, ["1 đơn vị cấp xã không có vị trí trên bản đồ."]);
    let map = month.map("map_download_mobile");
    let last = map.classes.len() - 1;
    assert_eq!(map.areas[0].class, last);
    assert_eq!(map.classes[last].fill, MapFill::Dotted);
    assert_eq!(map.classes[last - 1].label, "Chưa đủ mẫu, không công bố");
}

#[test]
fn outlines_are_preferred_to_points() {
    let mut month = small();
    month.outlines = [("24000", 108.0), ("24007", 108.1), ("99999", 109.0)]
        .map(|(code, x)| (code.to_owned(), square(x)))
        .into();
    let areas = month.map("map_quota_mobile").areas;
    assert_eq!(areas.len(), 3);
    assert_eq!(areas[2].polygons[0][0].len(), 5);
    assert!(areas[0].polygons.is_empty() && areas[0].point == Some((109.2, 13.1)));
    month.outlines.clear();
    month.tables.remove("commune_location");
    assert!(!month.figures().contains_key("map_quota_mobile"));
}

#[test]
fn maps_show_the_communes_of_the_last_day() {
    let quota = |code: &str, from: &str, tests: i64| {
        json!({"commune_code": code, "commune_name": from, "commune_valid_from": from,
            "family": "mobile", "counted": tests, "quota": 300})
    };
    let rows = [quota("1", OLD, 500), quota("1", NEW, 12), quota("2", OLD, 7)];
    let columns = "commune_code:s commune_name:s commune_valid_from:d family:s counted:i quota:i";
    let tables = BTreeMap::from([
        ("quota".into(), batch(columns, &rows)),
        ("commune_location".into(), places(&[("1", OLD, 12.0, 108.0), ("1", NEW, 13.0, 109.0)])),
    ]);
    let month = Month {
        communes: vec![("1".into(), FROM)],
        period_from: Date::constant(2025, 6, 15),
        period_to: Date::constant(2025, 7, 15),
        ..Month::with(tables)
    };
    let areas = month.map("map_quota_mobile").areas;
    assert_eq!(areas.len(), 1);
    assert_eq!((areas[0].class, areas[0].point), (2, Some((109.0, 13.0))));
    let Figure::QuotaBars(bars) = &month.figures()["quota_mobile"] else { panic!() };
    assert_eq!(bars.bars.len(), 3);
}

#[test]
fn days_without_rows_are_days_without_tests() {
    let mut month = small();
    let daily = |month: &Month| match &month.figures()["daily"] {
        Figure::Daily(daily) => daily.clone(),
        other => panic!("{other:?}"),
    };
    let october = daily(&month);
    assert_eq!((october.days.len(), october.days[1].tests), (31, 0.0));
    assert_eq!((october.days[0].tests, october.days[0].failed), (10.0, 1.0));
    month.period_from = Date::constant(2025, 9, 15);
    month.period_to = Date::constant(2025, 10, 15);
    let window = daily(&month);
    assert_eq!((window.days.len(), window.days[0].label.as_str()), (30, "15/9"));
    assert_eq!(window.axis, "Ngày/tháng");
}

#[test]
fn a_figure_takes_no_other_tables_than_it_says() {
    let month = Month::with(Fixture::small().tables);
    let Figures { drawn, reads } = figures(&month.sources()).unwrap();
    assert!(drawn.len() > 5 && drawn.keys().eq(reads.keys()), "{:?}", drawn.keys());
    for (name, figure) in &drawn {
        let mut tables = month.tables.clone();
        tables.retain(|table, _| reads[name].contains(table));
        let alone = figures(&Month::with(tables).sources()).unwrap();
        assert_eq!(format!("{:?}", alone.drawn[name]), format!("{figure:?}"), "{name}");
    }
}

#[test]
fn a_missing_column_is_named() {
    let columns = "commune_code:s family:s";
    let tables = BTreeMap::from([("quota".into(), batch(columns, &[]))]);
    let error = figures(&Month::with(tables).sources()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "table `quota` has no column `commune_name`, found commune_code, family"
    );
}
