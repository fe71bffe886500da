use super::*;
use crate::communes::register::{OPEN_END, OPEN_START};
use jiff::civil::date;

/// A square from (x, y) with a side, as a ring.
pub(super) fn square(x: f64, y: f64, side: f64) -> String {
    let (e, n) = (x + side, y + side);
    format!("[[{x},{y}],[{e},{y}],[{e},{n}],[{x},{n}],[{x},{y}]]")
}

pub(super) fn feature(code: &str, kind: &str, coordinates: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{"code":"{code}"}},
            "geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
    )
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn parse(text: &str) -> Result<Boundaries, GeojsonFault> {
    Boundaries::parse("b.geojson", text, "code", OPEN_START, OPEN_END)
}

pub(super) fn boundaries(features: &[String]) -> Boundaries {
    parse(&collection(features)).unwrap()
}

fn message(text: &str) -> String {
    parse(text).map(|_| ()).expect_err("a fault").to_string()
}

#[test]
fn a_hole_is_outside_and_its_border_inside() {
    let rings = format!("[{},{}]", square(0.0, 0.0, 10.0), square(4.0, 4.0, 2.0));
    let b = boundaries(&[feature("1", "Polygon", &rings)]);
    assert_eq!(b.commune_at(1.0, 1.0), Some("1"));
    assert_eq!(b.commune_at(5.0, 5.0), None);
    assert_eq!(b.commune_at(4.0, 5.0), Some("1"));
    assert_eq!(b.commune_at(5.0, 4.0), Some("1"));
    assert_eq!(b.commune_at(5.0, 2.0), Some("1"));
    assert_eq!(b.commune_at(5.0, 8.0), Some("1"));
    assert_eq!(b.commune_at(11.0, 5.0), None);
}

#[test]
fn another_commune_may_fill_a_hole() {
    let rings = format!("[{},{}]", square(0.0, 0.0, 10.0), square(4.0, 4.0, 2.0));
    let inner = format!("[{}]", square(4.0, 4.0, 2.0));
    let b = boundaries(&[feature("2", "Polygon", &rings), feature("1", "Polygon", &inner)]);
    assert_eq!(b.commune_at(5.0, 5.0), Some("1"));
    assert_eq!(b.commune_at(4.0, 4.0), Some("1"));
    assert_eq!(b.commune_at(3.0, 5.0), Some("2"));
}

#[test]
fn parts_and_features_of_one_code_belong_together() {
    let parts = format!("[[{}],[{}]]", square(0.0, 0.0, 1.0), square(2.0, 0.0, 1.0));
    let island = format!("[{}]", square(0.5, 0.5, 1.0));
    let b = boundaries(&[feature("1", "MultiPolygon", &parts), feature("1", "Polygon", &island)]);
    assert_eq!(b.commune_at(0.5, 2.5), Some("1"));
    assert_eq!(b.commune_at(0.5, 1.7), None);
    // Where parts overlap, the point is inside all the same.
    assert_eq!(b.commune_at(0.7, 0.7), Some("1"));
    assert_eq!(
        b.outlines().map(|(code, polygons)| (code, polygons.0.len())).collect::<Vec<_>>(),
        [("1", 3)]
    );
}

#[test]
fn a_border_belongs_to_the_lowest_code() {
    let tile = |code, x, y| feature(code, "Polygon", &format!("[{}]", square(x, y, 1.0)));
    let tiles =
        [tile("4", 0.0, 0.0), tile("3", 1.0, 0.0), tile("2", 0.0, 1.0), tile("1", 1.0, 1.0)];
    let mut reversed = tiles.clone();
    reversed.reverse();
    for b in [boundaries(&tiles), boundaries(&reversed)] {
        assert_eq!(b.commune_at(1.0, 1.0), Some("1"));
        assert_eq!(b.commune_at(0.5, 1.0), Some("3"));
        assert_eq!(b.commune_at(1.0, 0.5), Some("2"));
        assert_eq!(b.commune_at(0.0, 0.0), Some("4"));
        assert_eq!(b.commune_at(2.0, 2.0), Some("1"));
        assert_eq!(b.commune_at(2.0, 2.5), None);
    }
}

#[test]
fn every_point_near_a_slanted_border_is_in_one_commune() {
    let west = feature("1", "Polygon", "[[[0,0],[0.1,0],[0.7,1],[0,1],[0,0]]]");
    let east = feature("2", "Polygon", "[[[0.1,0],[1,0],[1,1],[0.7,1],[0.1,0]]]");
    let b = boundaries(&[west, east]);
    for step in 0..=1000 {
        let y = f64::from(step) / 1000.0;
        let x = 0.1 + 0.6 * y;
        for x in [x.next_down(), x, x.next_up()] {
            assert!(b.commune_at(y, x).is_some(), "{y} {x}");
        }
    }
}

#[test]
fn a_vertex_of_the_ray_counts_once() {
    let diamond = feature("1", "Polygon", "[[[0,1],[1,0],[2,1],[1,2],[0,1]]]");
    let b = boundaries(&[diamond]);
    assert_eq!(b.commune_at(1.0, 0.5), Some("1"));
    assert_eq!(b.commune_at(0.0, 0.5), None);
    assert_eq!(b.commune_at(2.0, 0.5), None);
    assert_eq!(b.commune_at(1.0, 0.0), Some("1"));
    assert_eq!(b.commune_at(1.5, 0.25), None);
    assert_eq!(b.commune_at(f64::NAN, 0.5), None);
}

#[test]
fn the_day_chooses_the_set() {
    let text = |code: &str| {
        collection(&[feature(code, "Polygon", &format!("[{}]", square(0.0, 0.0, 1.0)))])
    };
    let set = |code, from, to| Boundaries::parse("b", &text(code), "code", from, to).unwrap();
    let reform = date(2025, 7, 1);
    let sets = BoundarySets::new(vec![
        set("9", reform, OPEN_END),
        set("5", date(2024, 11, 1), reform),
        set("7", reform, OPEN_END),
    ]);
    assert_eq!(sets.commune_at(0.5, 0.5, reform), Placement::Commune("7"));
    assert_eq!(sets.commune_at(0.5, 0.5, date(2025, 6, 30)), Placement::Commune("5"));
    assert_eq!(sets.commune_at(0.5, 0.5, date(2024, 10, 31)), Placement::NoBoundaries);
    assert_eq!(sets.commune_at(0.5, 1.5, reform), Placement::Outside);
}

#[test]
fn complaints_name_file_and_feature() {
    let good = feature("1", "Polygon", &format!("[{}]", square(0.0, 0.0, 1.0)));
    let with = |bad: &str| message(&collection(&[good.clone(), bad.into()]));
    assert_eq!(message(&good), "b.geojson has type `Feature`, expected `FeatureCollection`");
    assert_eq!(
        message(&collection(&[])),
        "b.geojson has no features, expected one or more per commune"
    );
    assert!(message("{\"type\":").starts_with("b.geojson is no GeoJSON: EOF"));
    assert_eq!(
        with(r#"{"type":"Feature","properties":{"ma":"1"},"geometry":null}"#),
        "b.geojson, feature 2: found only the properties `ma`, expected the property `code` with \
         the commune code"
    );
    assert_eq!(
        with(r#"{"type":"Feature","properties":{"code":241},"geometry":null}"#),
        "b.geojson, feature 2: found `241` in `code`, expected a commune code as text, since \
         numbers lose leading zeros"
    );
    assert_eq!(
        with(r#"{"type":"Feature","properties":{"code":"2"},"geometry":null}"#),
        "b.geojson, feature 2: found no geometry for `2`, expected a Polygon or MultiPolygon"
    );
    assert_eq!(
        with(&feature("2", "MultiPolygon", "[]")),
        "b.geojson, feature 2: found an empty geometry for `2`, expected a Polygon or MultiPolygon"
    );
    assert_eq!(
        with(&feature("2", "Point", "[1,2]")),
        "b.geojson, feature 2: found a Point for `2`, expected a Polygon or MultiPolygon"
    );
    assert_eq!(
        with(&feature("2", "Polygon", &format!("[{}]", square(12.5, 108.0, 1.0)))),
        "b.geojson, feature 2: found the position [12.5, 108.0] for `2`, expected degrees, \
         longitude from -180 to 180, latitude from -90 to 90"
    );
    assert_eq!(
        with(&feature("2", "Polygon", "[[[0,0],[1,0],[1,1],[0,1]]]")),
        "b.geojson, feature 2: found a ring of 4 positions for `2`, expected four or more, the \
         last equal to the first"
    );
    assert!(with(&feature("2", "Polygon", "[[[0],[1],[1],[0]]]")).contains("the position [0.0]"));
    let broken = with(&feature("2", "Polygon", "\"none\""));
    assert!(broken.starts_with("b.geojson is no GeoJSON: feature 2: "), "{broken}");
}

fn near<'a>(b: &'a BoundarySets, latitude: f64, longitude: f64, limit_m: f64) -> Option<Near<'a>> {
    b.commune_near(latitude, longitude, date(2025, 10, 1), limit_m)
}

#[test]
fn a_position_outside_is_near_the_closest_border_within_the_limit() {
    let tile = |code, x, y| feature(code, "Polygon", &format!("[{}]", square(x, y, 0.1)));
    let b = boundaries(&[tile("1", 108.0, 12.0), tile("2", 108.1, 12.0), tile("3", 108.4, 12.0)]);
    let b = BoundarySets::new(vec![b]);
    // A degree of longitude is 108.9 km there, one of latitude 110.6 km.
    let east = near(&b, 12.05, 108.201, 200.0).unwrap();
    assert_eq!(east.code, "2");
    assert!((east.metres - 108.9).abs() < 0.2, "{east:?}");
    assert_eq!(near(&b, 12.05, 108.201, 108.0), None);
    assert_eq!(near(&b, 12.05, 108.201, 0.0), None);
    let north = near(&b, 12.101, 108.05, 200.0).unwrap();
    assert!(north.code == "1" && (north.metres - 110.6).abs() < 0.2, "{north:?}");
    let corner = near(&b, 12.101, 108.201, 200.0).unwrap();
    assert!((corner.metres - 155.2).abs() < 0.3, "not to the box but to its corner: {corner:?}");
    assert_eq!(near(&b, 12.101, 108.201, 150.0), None, "within both sides of the box all the same");
    assert_eq!(near(&b, 12.05, 108.3, 20_000.0).map(|n| n.code), Some("2"), "as far from 3");
    assert_eq!(near(&b, 12.05, 108.300_01, 20_000.0).map(|n| n.code), Some("3"));
    assert_eq!(near(&b, f64::NAN, 108.0, 200.0), None);
}

#[test]
fn distance_is_to_the_edges_not_to_the_box() {
    let slope = feature("1", "Polygon", "[[[108,12],[108.1,12],[108,12.1],[108,12]]]");
    let b = BoundarySets::new(vec![boundaries(&[slope])]);
    let found = near(&b, 12.09, 108.09, 20_000.0).unwrap();
    // From the corner of the box to the slanted side: 0.08 degrees each way, over the root of two.
    assert!((found.metres - 6_208.0).abs() < 20.0, "{found:?}");
    assert_eq!(near(&b, 12.09, 108.09, 6_000.0), None);
}

#[test]
fn of_two_that_are_equally_near_the_lowest_code_is_taken() {
    let tile = |code, x, y| feature(code, "Polygon", &format!("[{}]", square(x, y, 0.1)));
    let tiles = [tile("7", 108.0, 12.0), tile("4", 108.1, 12.0)];
    let flat = "[[[108,12],[108.05,12],[108.1,12],[108.05,11.95],[108,12]]]";
    let mirror = "[[[108.1,12.1],[108.05,12.1],[108,12.1],[108.05,12.15],[108.1,12.1]]]";
    let sets = [
        vec![boundaries(&tiles)],
        vec![boundaries(&tiles[1..]), boundaries(&tiles[..1])],
        vec![boundaries(&[feature("7", "Polygon", flat), feature("4", "Polygon", mirror)])],
    ];
    for (number, sets) in sets.into_iter().enumerate() {
        let b = BoundarySets::new(sets);
        let (y, x) = if number == 2 { (12.05, 108.05) } else { (12.101, 108.1) };
        assert_eq!(near(&b, y, x, 6_000.0).map(|n| n.code), Some("4"), "{number}");
    }
}
