use super::*;
use crate::document::page::{Face, Item};

fn whole(value: f64) -> String {
    format!("{value:.0}")
}

fn caption() -> Caption {
    Caption {
        title: "Tốc độ & <b>\"nhanh\"</b>".into(),
        alternative: "hai <i> cột".into(),
        footnotes: vec!["ghi chú".into()],
        empty: "trống".into(),
    }
}

fn row(label: &str, marks: Option<RowMarks>) -> IntervalRow {
    IntervalRow { label: label.into(), count: "n = 31".into(), marks, note: "chưa đủ".into() }
}

fn spread(scale: f64) -> RowMarks {
    let of = |share: f64| share * scale;
    RowMarks::Quantiles { p05: of(0.1), p10: of(0.2), median: of(1.0), p90: of(2.0), p95: of(3.0) }
}

fn estimates(scale: f64) -> RowMarks {
    let of = |share: f64| Estimate {
        value: share * scale,
        low: share * scale * 0.9,
        high: share * scale * 1.1,
    };
    RowMarks::Estimates { median: of(1.0), mean: of(1.2) }
}

fn intervals(rows: Vec<IntervalRow>) -> Intervals {
    Intervals {
        caption: caption(),
        legend: IntervalLegend::Quantiles {
            outer: "p05–p95".into(),
            inner: "p10–p90".into(),
            median: "trung vị".into(),
        },
        rows,
        benchmarks: vec![Benchmark { value: 40.0, label: "40 Mbps".into() }],
        axis: "Mbps".into(),
        median_head: "trung vị".into(),
        number: whole,
        tick: whole,
    }
}

fn quota(tests: &[f64]) -> QuotaBars {
    QuotaBars {
        caption: caption(),
        legend: QuotaLegend {
            met: "đạt".into(), missed: "chưa đạt".into(), none: "không".into()
        },
        bars: tests.iter().map(|t| QuotaBar { label: "xã".into(), tests: *t }).collect(),
        quota: 300.0,
        quota_label: "300 mẫu".into(),
        axis: "xã".into(),
        values: "mẫu".into(),
        values_rooted: "mẫu, căn bậc hai".into(),
        number: whole,
    }
}

fn daily(tests: &[f64]) -> Daily {
    let day = |(i, t): (usize, &f64)| Day { label: format!("{}", i + 1), tests: *t, failed: 1.0 };
    Daily {
        caption: caption(),
        tests_name: "được".into(),
        failed_name: "hỏng".into(),
        zero_name: "không".into(),
        days: tests.iter().enumerate().map(day).collect(),
        axis: "ngày".into(),
        values: "mẫu".into(),
        number: whole,
    }
}

/// Two operators over as many months as there are values; the second month cannot be compared.
fn trend(medians: &[f64]) -> Trend {
    let point = |(i, median): (usize, &f64)| {
        (i != 1).then(|| TrendPoint { median: *median, low: f64::NAN, high: median * 1.1 })
    };
    let points: Vec<_> = medians.iter().enumerate().map(point).collect();
    let row = |label: &str| TrendRow { label: label.into(), points: points.clone() };
    Trend {
        caption: caption(),
        months: (0..medians.len()).map(|i| (format!("{:02}/2025", i + 1), i != 1)).collect(),
        rows: if medians.is_empty() { vec![] } else { vec![row("Một <b>"), row("Hai")] },
        median_name: "trung vị".into(),
        interval_name: "khoảng".into(),
        break_name: "không so sánh".into(),
        axis: "tháng".into(),
        last_head: "kỳ này".into(),
        number: whole,
        tick: whole,
    }
}

fn map(areas: Vec<MapArea>) -> CommuneMap {
    let class = |label: &str, fill| MapClass { label: label.into(), fill };
    CommuneMap {
        caption: caption(),
        classes: vec![
            class("thấp", MapFill::Step { index: 0, of: 2 }),
            class("cao", MapFill::Step { index: 1, of: 2 }),
            class("thiếu mẫu", MapFill::Crossed),
            class("chưa có mẫu", MapFill::Dotted),
        ],
        areas,
        flag_name: "lõm sóng".into(),
        scale_bar: true,
        most_height: None,
        number: whole,
    }
}

fn area(class: usize, ring: &[(f64, f64)], point: Option<(f64, f64)>) -> MapArea {
    let polygons = if ring.is_empty() { vec![] } else { vec![vec![ring.to_vec()]] };
    MapArea { name: "Xã <Ea>".into(), class, polygons, point, labelled: true, flagged: false }
}

fn progress(tests: &[f64]) -> Progress {
    let row = |(i, t): (usize, &f64)| ProgressRow {
        label: format!("xã {i}"),
        classes: vec![0, i % 3, i % 5, i],
        total: *t,
    };
    Progress {
        caption: caption(),
        classes: ["0", "< 25%", "25–50%", "50–100%", "100%"].map(String::from).into(),
        days: ["1", "2", "3", "4"].map(String::from).into(),
        rows: tests.iter().enumerate().map(row).collect(),
        axis: "ngày".into(),
        row_head: "xã".into(),
        total_head: "mẫu".into(),
        number: whole,
    }
}

/// A month for each value; the second cannot be compared, the third has no median.
fn commune_trend(tests: &[f64]) -> CommuneTrend {
    let month = |(i, t): (usize, &f64)| CommuneMonth {
        label: format!("{:02}/2025", i + 1),
        tests: (i != 1).then_some(*t),
        quota: Some(300.0),
        median: (i != 1 && i != 2).then(|| TrendPoint { median: *t, low: f64::NAN, high: t * 2.0 }),
    };
    CommuneTrend {
        caption: caption(),
        months: tests.iter().enumerate().map(month).collect(),
        tests_head: "mẫu".into(),
        median_head: "trung vị (Mbps)".into(),
        number: whole,
    }
}

const SQUARE: [(f64, f64); 5] =
    [(108.0, 12.0), (109.0, 12.0), (109.0, 13.0), (108.0, 13.0), (108.0, 12.0)];

fn texts(figure: &Figure, width: f64) -> Vec<String> {
    let height = figure.natural_height(width, &Embedded);
    let drawing = figure.drawing(Size { width, height }, &Embedded).expect("a drawing");
    let text = |item: Item| match item {
        Item::Text(run) => Some(run.text),
        Item::Path(_) => None,
    };
    drawing.items.into_iter().filter_map(text).collect()
}

/// Draws on all surfaces and checks that nothing leaves the picture.
fn draw_everywhere(figure: &Figure) {
    for width in [LEAST_WIDTH, 467.0] {
        let size = Size { width, height: figure.natural_height(width, &Embedded) };
        let svg = figure.svg(size).expect("an SVG");
        assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN") && !svg.contains("<b>"));
        let png = figure.png(size, 0.25).expect("a PNG");
        assert!(png.starts_with(b"\x89PNG"));
        let drawing = figure.drawing(size, &Embedded).expect("a drawing");
        for item in &drawing.items {
            assert_inside(item, size);
        }
        assert_apart(&drawing.items);
    }
}

/// No text stands on another.
fn assert_apart(items: &[Item]) {
    let mut taken: Vec<(f64, f64, f64, String)> = Vec::new();
    for item in items {
        let Item::Text(run) = item else { continue };
        let width = Embedded.width(run.face == Face::Bold, run.size, &run.text);
        let meets = |(x, y, w, _): &&(f64, f64, f64, String)| {
            *x < run.x + width && run.x < x + w && (y - run.y).abs() < 7.0
        };
        assert_eq!(taken.iter().find(meets), None, "{run:?}");
        taken.push((run.x, run.y, width, run.text.clone()));
    }
}

fn assert_inside(item: &Item, size: Size) {
    let near = |v: f64, most: f64| v.is_finite() && (-6.0..=most + 6.0).contains(&v);
    match item {
        Item::Text(run) => assert!(near(run.x, size.width) && near(run.y, size.height), "{run:?}"),
        Item::Path(path) => {
            let inside = |p: &(f64, f64)| near(p.0, size.width) && near(p.1, size.height);
            assert!(path.rings.iter().flatten().all(inside), "{path:?}");
        }
    }
}

fn hard_values() -> [Vec<f64>; 9] {
    [
        vec![],
        vec![0.0],
        vec![0.0; 40],
        vec![7.0; 3],
        vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 5.0],
        vec![f64::MAX, f64::MIN, f64::MIN_POSITIVE],
        vec![1e-12, 1e14],
        vec![-5.0, -300.0],
        (0..200).map(|i| f64::from(i * i)).collect(),
    ]
}

#[test]
fn hard_values_are_drawn() {
    for values in hard_values() {
        let few = values.iter().take(6);
        let rows = few.map(|v| row("<b>&\"'\u{1}", Some(spread(*v)))).collect();
        draw_everywhere(&Figure::Intervals(intervals(rows)));
        let few = values.iter().take(6);
        let rows = few.map(|v| row("ĐƯỜNG ƠỄẶ", Some(estimates(*v)))).collect();
        draw_everywhere(&Figure::Intervals(intervals(rows)));
        draw_everywhere(&Figure::Progress(progress(&values)));
        draw_everywhere(&Figure::CommuneTrend(commune_trend(&values)));
        draw_everywhere(&Figure::QuotaBars(quota(&values)));
        draw_everywhere(&Figure::Daily(daily(&values)));
        draw_everywhere(&Figure::Trend(trend(&values)));
    }
}

#[test]
fn benchmarks_close_together_have_lines_of_their_own() {
    let mut figure = intervals(vec![row("Viettel", Some(estimates(45.0)))]);
    let label =
        |value: f64| Benchmark { value, label: format!("đối chiếu tham khảo {value} Mbps") };
    figure.benchmarks = [40.0, 41.0, 42.0, 5.0].map(label).into();
    draw_everywhere(&Figure::Intervals(figure));
}

#[test]
fn hard_maps_are_drawn() {
    let nan = [(f64::NAN, 1.0), (108.0, f64::INFINITY), (108.0, 12.0)];
    let maps = [
        vec![],
        vec![area(0, &[], None)],
        vec![area(3, &[], Some((108.0, 12.0)))],
        vec![area(2, &SQUARE, None), area(1, &[], Some((108.5, 12.5)))],
        vec![area(0, &nan, None), area(1, &[(108.0, 12.0)], Some((f64::NAN, 0.0)))],
        vec![area(0, &SQUARE, None), area(3, &[(108.5, 12.5); 4], None)],
        vec![area(1, &[(0.0, 90.0), (180.0, -90.0), (-180.0, 0.0)], None)],
    ];
    for areas in maps {
        let flagged = areas.iter().cloned().map(|area| MapArea { flagged: true, ..area });
        let flagged: Vec<_> = flagged.collect();
        draw_everywhere(&Figure::CommuneMap(map(areas.clone())));
        draw_everywhere(&Figure::CommuneMap(map(flagged.clone())));
        let small = CommuneMap { most_height: Some(300.0), ..map(flagged) };
        draw_everywhere(&Figure::CommuneMap(small));
    }
}

#[test]
fn flags_are_counted_and_drawn_beside_names() {
    let mut areas = vec![area(0, &SQUARE, None), area(1, &[], Some((108.2, 12.9)))];
    assert!(!texts(&Figure::CommuneMap(map(areas.clone())), 467.0).contains(&"lõm sóng: 0".into()));
    areas[0].flagged = true;
    let figure = Figure::CommuneMap(map(areas));
    assert!(texts(&figure, 467.0).contains(&"lõm sóng: 1".into()));
    assert!(texts(&figure, 467.0).contains(&"Xã <Ea>".into()));
}

#[test]
fn a_small_map_stands_beside_its_legend() {
    let areas = vec![area(0, &SQUARE, None), area(3, &[], None)];
    let figure = Figure::CommuneMap(CommuneMap { most_height: Some(150.0), ..map(areas) });
    assert_eq!(figure.natural_height(467.0, &Embedded), 150.0);
    let texts = texts(&figure, 467.0);
    assert!(texts.contains(&"chưa có mẫu: 1".into()), "{texts:?}");
}

#[test]
fn a_class_that_does_not_exist_is_an_error() {
    let figure = Figure::CommuneMap(map(vec![area(4, &SQUARE, None)]));
    let error = figure.svg(Size { width: 300.0, height: 300.0 }).expect_err("an error");
    assert_eq!(error.to_string(), "area `Xã <Ea>` has class 4, expected a class below 4");
}

#[test]
fn impossible_sizes_are_errors() {
    let figure = Figure::Intervals(intervals(vec![row("a", Some(spread(9.0)))]));
    let nan = f64::NAN;
    for (width, height) in [(0.0, 0.0), (nan, 90.0), (467.0, nan), (467.0, 30.0), (1e9, 1e9)] {
        let size = Size { width, height };
        assert!(figure.svg(size).is_err() && figure.drawing(size, &Embedded).is_err());
    }
    let size = Size { width: 467.0, height: 300.0 };
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e6] {
        assert!(figure.png(size, scale).is_err(), "{scale}");
    }
}

#[test]
fn rows_without_statistics_show_their_note() {
    let rows = vec![row("Viettel", Some(spread(45.0))), row("VNPT", None)];
    let texts = texts(&Figure::Intervals(intervals(rows)), 467.0);
    for expected in ["Viettel", "VNPT", "45", "chưa đủ", "n = 31", "40 Mbps", "ghi chú"] {
        assert!(texts.iter().any(|text| text == expected), "{expected} in {texts:?}");
    }
}

#[test]
fn the_quota_legend_counts_each_commune_once() {
    let texts = texts(&Figure::QuotaBars(quota(&[300.0, 299.0, 0.0, 1e4, f64::NAN])), 467.0);
    for expected in ["đạt: 2", "chưa đạt: 1", "không: 2", "mẫu, căn bậc hai"] {
        assert!(texts.iter().any(|text| text == expected), "{expected} in {texts:?}");
    }
}

#[test]
fn the_map_legend_counts_communes_without_a_place_too() {
    let areas = vec![area(0, &SQUARE, None), area(0, &[], None), area(3, &[], None)];
    let texts = texts(&Figure::CommuneMap(map(areas)), 467.0);
    for expected in ["thấp: 2", "cao: 0", "chưa có mẫu: 1", "20 km"] {
        assert!(texts.iter().any(|text| text == expected), "{expected} in {texts:?}");
    }
}

#[test]
fn text_is_safe_in_svg() {
    let rows = vec![row("</text><script>\u{0}\u{FFFE}'\"&", Some(spread(45.0)))];
    let figure = Figure::Intervals(intervals(rows));
    let svg = figure.svg(Size { width: 467.0, height: 300.0 }).expect("an SVG");
    assert!(svg.contains("&lt;/text&gt;&lt;script&gt;"));
    assert!(!svg.chars().any(|c| c.is_control() && c != '\n') && !svg.contains('\u{FFFE}'));
    assert!(svg.contains("<desc>hai &lt;i&gt; cột</desc>"));
    assert!(svg.contains("<title>Tốc độ &amp; &lt;b&gt;\"nhanh\"&lt;/b&gt;</title>"));
}

#[test]
fn all_threads_draw_the_same_bytes() {
    let draw = || {
        let figure = Figure::QuotaBars(quota(&[900.0, 20.0, 0.0]));
        let size = Size { width: 300.0, height: 220.0 };
        (figure.svg(size).expect("an SVG"), figure.png(size, 1.0).expect("a PNG"))
    };
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(draw)).collect();
    for thread in threads {
        assert_eq!(thread.join().expect("a drawing"), draw());
    }
}

#[test]
fn labels_never_overlap() {
    let at = |i: i32| Some((108.0 + f64::from(i % 9) * 0.05, 12.0 + f64::from(i / 9) * 0.02));
    let figure = Figure::CommuneMap(map((0..300).map(|i| area(0, &[], at(i))).collect()));
    let labels = texts(&figure, 467.0).into_iter().filter(|text| text == "Xã <Ea>").count();
    assert!((6..300).contains(&labels), "{labels}");
    draw_everywhere(&figure);
}
