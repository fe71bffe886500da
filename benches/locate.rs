//! How fast positions are placed: ten million points over the real boundaries of two provinces.
//!
//! `cargo bench --bench locate`. Half of the points lie anywhere in the boxes of the provinces, half
//! around the seats of the communes, where people are. A plain R-tree of the `geo` crate's polygons
//! with its `Contains` answers a part of the same points for comparison; the answers must agree.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use geo::{BoundingRect, Contains, MultiPolygon, Point, Rect};
use ispeed_report::communes::{Boundaries, BoundarySets, Placement};
use jiff::civil::{Date, date};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

const POINTS: usize = 10_000_000;
/// Points that the plain R-tree answers too.
const COMPARED: usize = 200_000;
const THREADS: usize = 2;
/// Seconds that ten million points may take.
const LIMIT: f64 = 3.0;
const DAY: Date = date(2025, 10, 10);
/// How far points lie around a seat at most, in degrees; most lie within a third of it.
const SPREAD: f64 = 0.06;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let files = ["daklak", "gialai"]
        .map(|province| folder.join(format!("boundaries_{province}_post_2025.geojson")));
    let seats = folder.join("population_post_2025-07.csv");
    if let Some(absent) = files.iter().chain([&seats]).find(|file| !file.is_file()) {
        println!("NOT MEASURED: the reference data are absent, no {}", absent.display());
        return;
    }
    let (sets, reading) =
        timed(|| BoundarySets::new(files.iter().map(|file| read(file)).collect()));
    let shapes: Vec<_> = sets.valid_on(DAY).flat_map(Boundaries::outlines).collect();
    println!("{} communes read and prepared in {reading:.2} s", shapes.len());
    let points = points(&shapes, &read_seats(&seats));
    let (inside, seconds) = timed(|| locate(&sets, &points));
    println!(
        "{POINTS} points on {THREADS} threads: {seconds:.2} s, {:.1} million points/s, {:.1} % \
         inside a commune (limit {LIMIT} s: {})",
        POINTS as f64 / seconds / 1e6,
        100.0 * inside as f64 / POINTS as f64,
        if seconds <= LIMIT { "kept" } else { "EXCEEDED" }
    );
    compare(&sets, &shapes, &points);
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let result = black_box(work());
    (result, start.elapsed().as_secs_f64())
}

fn read(file: &Path) -> Boundaries {
    Boundaries::read(file, "commune_code", date(2025, 7, 1), date(9999, 12, 31))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Longitude and latitude of the seats of both provinces.
fn read_seats(file: &Path) -> Vec<(f64, f64)> {
    let text = std::fs::read_to_string(file).expect("a file that can be read");
    let cells = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let own = cells.filter(|cells| ["66", "52"].contains(&cells[2]));
    own.filter_map(|cells| Some((cells[6].parse().ok()?, cells[5].parse().ok()?))).collect()
}

/// The same points in every run.
fn points(shapes: &[(&str, &MultiPolygon)], seats: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut random = Random(20_250_701);
    let boxes: Vec<Rect> = shapes.iter().filter_map(|(_, shape)| shape.bounding_rect()).collect();
    let point = |number: usize| {
        if number.is_multiple_of(2) {
            let area = boxes[random.below(boxes.len())];
            let (x, y) = (random.share(), random.share());
            (area.min().x + x * area.width(), area.min().y + y * area.height())
        } else {
            let (x, y) = seats[random.below(seats.len())];
            (x + SPREAD * random.bell(), y + SPREAD * random.bell())
        }
    };
    (0..POINTS).map(point).collect()
}

/// Points inside a commune, counted by two threads.
fn locate(sets: &BoundarySets, points: &[(f64, f64)]) -> usize {
    let inside = |part: &[(f64, f64)]| {
        let placed = part.iter().map(|(x, y)| sets.commune_at(*y, *x, DAY));
        placed.filter(|placement| matches!(placement, Placement::Commune(_))).count()
    };
    std::thread::scope(|scope| {
        let parts = points.chunks(points.len().div_ceil(THREADS));
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || inside(part))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a count")).sum()
    })
}

/// The polygons of `geo` behind an R-tree of their boxes, on one thread each.
fn compare(sets: &BoundarySets, shapes: &[(&str, &MultiPolygon)], points: &[(f64, f64)]) {
    let boxes = shapes.iter().enumerate().filter_map(|(place, (_, shape))| {
        let area = shape.bounding_rect()?;
        let corners = AABB::from_corners(area.min().into(), area.max().into());
        Some(GeomWithData::new(Rectangle::from_aabb(corners), place))
    });
    let tree = RTree::bulk_load(boxes.collect());
    let plain = |&(x, y): &(f64, f64)| {
        let around = tree.locate_all_at_point(&[x, y]).map(|found| shapes[found.data]);
        around.filter(|(_, shape)| shape.contains(&Point::new(x, y))).map(|(code, _)| code).min()
    };
    let ours = |&(x, y): &(f64, f64)| match sets.commune_at(y, x, DAY) {
        Placement::Commune(code) => Some(code),
        Placement::Outside | Placement::NoBoundaries => None,
    };
    let part = &points[..COMPARED];
    let (theirs, slow) = timed(|| part.iter().map(plain).collect::<Vec<_>>());
    let (found, fast) = timed(|| part.iter().map(ours).collect::<Vec<_>>());
    let different = theirs.iter().zip(&found).filter(|(a, b)| a != b).count();
    println!(
        "{COMPARED} of them on one thread: {:.0} ns a point, `geo` Contains over an R-tree {:.0} ns: \
         {:.1} times as fast, {different} answers differ",
        fast * 1e9 / COMPARED as f64,
        slow * 1e9 / COMPARED as f64,
        slow / fast
    );
    assert_eq!(different, 0, "both ways must give the same commune");
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// From -1 to 1, most near 0.
    fn bell(&mut self) -> f64 {
        (self.share() + self.share() + self.share()) / 1.5 - 1.0
    }

    fn below(&mut self, count: usize) -> usize {
        (self.share() * count as f64) as usize
    }
}
