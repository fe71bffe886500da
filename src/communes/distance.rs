//! Short distances in metres.
//!
//! Around a point the ellipsoid is taken as a plane whose scales are its radii of curvature at the
//! point's latitude (local equirectangular projection, WGS84). Over 200 m that is right to a
//! centimetre between 60° south and 60° north.

use geo::Coord;

/// Semi-major axis in metres and squared eccentricity of WGS84.
const EQUATOR_M: f64 = 6_378_137.0;
const ECCENTRICITY: f64 = 0.006_694_379_990_141_33;

/// The plane around a point, in which distances from that point are measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane {
    origin: Coord,
    metres_per_degree: Coord,
}

impl Plane {
    /// The plane around a point.
    pub(super) fn around(origin: Coord) -> Self {
        let (sine, cosine) = origin.y.to_radians().sin_cos();
        let bend = 1.0 - ECCENTRICITY * sine * sine;
        let east_west = EQUATOR_M / bend.sqrt();
        let north_south = EQUATOR_M * (1.0 - ECCENTRICITY) / (bend * bend.sqrt());
        let metres_per_degree =
            Coord { x: (east_west * cosine).to_radians(), y: north_south.to_radians() };
        Self { origin, metres_per_degree }
    }

    /// How many degrees of longitude and latitude a number of metres spans.
    pub(super) fn degrees(&self, metres: f64) -> Coord {
        Coord { x: metres / self.metres_per_degree.x, y: metres / self.metres_per_degree.y }
    }

    /// The square of the distance in metres from the origin to the line between two points.
    pub(super) fn squared_distance(&self, a: Coord, b: Coord) -> f64 {
        let (a, b) = (self.project(a), self.project(b));
        let along = b - a;
        let length = along.x * along.x + along.y * along.y;
        let share = -(a.x * along.x + a.y * along.y) / length;
        // An end is taken as it stands, so that lines which share it are equally far from it. A line
        // without length has a share that is no number.
        let nearest = if share >= 1.0 {
            b
        } else if share > 0.0 {
            a + along * share
        } else {
            a
        };
        nearest.x * nearest.x + nearest.y * nearest.y
    }

    fn project(&self, point: Coord) -> Coord {
        let (offset, scale) = (point - self.origin, self.metres_per_degree);
        Coord { x: offset.x * scale.x, y: offset.y * scale.y }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Destination;

    fn metres(from: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
        Plane::around(from.into()).squared_distance(a.into(), b.into()).sqrt()
    }

    /// Lengths of a degree of WGS84 as geodetic tables print them, to the metre.
    #[test]
    fn a_degree_is_as_long_as_on_the_ellipsoid() {
        let table = [
            (0.0, 111_320.0, 110_574.0),
            (15.0, 107_551.0, 110_649.0),
            (30.0, 96_486.0, 110_852.0),
            (45.0, 78_847.0, 111_132.0),
            (60.0, 55_800.0, 111_412.0),
        ];
        for (latitude, east, north) in table {
            let degree = Plane::around(Coord { x: 108.0, y: latitude }).metres_per_degree;
            assert!((degree.x - east).abs() < 0.6, "{latitude}: {}", degree.x);
            assert!((degree.y - north).abs() < 0.6, "{latitude}: {}", degree.y);
        }
    }

    /// Karney's geodesics on the same ellipsoid, at eight bearings.
    #[test]
    fn two_hundred_metres_are_right_to_a_centimetre() {
        for latitude in [-60.0, -33.0, 0.0, 8.5, 13.0, 23.4, 51.9, 60.0] {
            for bearing in (0..360).step_by(45) {
                let from = geo::Point::new(108.0, latitude);
                let to = geo::Geodesic.destination(from, f64::from(bearing), 200.0);
                let found = metres((108.0, latitude), to.x_y(), to.x_y());
                assert!((found - 200.0).abs() < 0.01, "{latitude}, {bearing}: {found}");
            }
        }
    }

    #[test]
    fn the_nearest_point_of_a_line_may_be_an_end() {
        let line = ((108.0, 12.0), (108.0, 12.001));
        assert!((metres((108.001, 12.0005), line.0, line.1) - 108.9).abs() < 0.1);
        assert!((metres((108.0, 12.002), line.0, line.1) - 110.6).abs() < 0.1);
        assert!((metres((108.0, 11.999), line.0, line.1) - 110.6).abs() < 0.1);
        assert_eq!(metres((108.0, 12.0003), line.0, line.1), 0.0);
        assert!((metres((108.0, 12.001), line.0, line.0) - 110.6).abs() < 0.1, "no length");
    }

    #[test]
    fn lines_that_share_an_end_are_equally_far_from_beyond_it() {
        let (from, corner) = ((108.000_37, 12.000_81), (108.0, 12.0));
        let far = metres(from, corner, (107.3, 11.1));
        assert_eq!(far, metres(from, (107.9, 11.7), corner));
        assert_eq!(far, metres(from, corner, (107.99, 11.2)));
    }
}
