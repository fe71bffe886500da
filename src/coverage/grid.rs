//! The grid of places: cells of equal degrees, numbered by whole numbers.
//!
//! Positions are rounded to 10⁻⁶ degrees (0.11 m) first, so that the number of a cell is a quotient
//! of whole numbers rounded down: exact, and the same in Rust and in SQL. A cell of 0.01 degrees is
//! 1.11 km from south to north; from west to east it is 1.085 km at 12.7° N and 1.06 km at 17° N.

/// Positions in a degree.
const MICRODEGREES: f64 = 1e6;
/// Metres in a degree of latitude, on a sphere of 6,371,008.8 m (the mean radius of WGS84).
const METRES_PER_DEGREE: f64 = 111_195.080_234;

/// Cells of one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// The side of a cell in millionths of a degree.
    side: i64,
}

/// Row and column of a cell: its south-west corner, counted in sides from 0° N 0° E.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub y: i64,
    pub x: i64,
}

/// A position in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    pub latitude: f64,
    pub longitude: f64,
}

/// Metres in a degree of latitude and, at a latitude, in a degree of longitude.
pub fn metres_per_degree(latitude: f64) -> (f64, f64) {
    (METRES_PER_DEGREE, METRES_PER_DEGREE * latitude.to_radians().cos())
}

impl Grid {
    /// Cells with a side in millionths of a degree.
    pub fn new(side: i64) -> Self {
        Grid { side: side.max(1) }
    }

    /// The cell that a position lies in; its south and its west edge belong to it.
    pub fn cell(&self, at: Position) -> Cell {
        let index = |degrees: f64| {
            let steps = (degrees * MICRODEGREES + 0.5).floor() as i64;
            steps.div_euclid(self.side)
        };
        Cell { y: index(at.latitude), x: index(at.longitude) }
    }

    /// The middle of a cell.
    pub fn centre(&self, cell: Cell) -> Position {
        let middle = |index: i64| ((2 * index + 1) * self.side) as f64 / (2.0 * MICRODEGREES);
        Position { latitude: middle(cell.y), longitude: middle(cell.x) }
    }

    /// The name of a cell: its south-west corner, `12.66N 108.03E`.
    pub fn name(&self, cell: Cell) -> String {
        let latitude = self.degrees(cell.y, ['N', 'S']);
        format!("{latitude} {}", self.degrees(cell.x, ['E', 'W']))
    }

    fn degrees(&self, index: i64, sides: [char; 2]) -> String {
        let steps = index * self.side;
        let side = if steps < 0 { sides[1] } else { sides[0] };
        let (whole, part) = (steps.abs() / 1_000_000, steps.abs() % 1_000_000);
        let part = format!("{part:06}");
        let part = part.get(..self.decimals()).unwrap_or(&part);
        if part.is_empty() { format!("{whole}{side}") } else { format!("{whole}.{part}{side}") }
    }

    /// Decimals that tell every corner.
    fn decimals(&self) -> usize {
        let zeros = (1..=6).take_while(|zeros| self.side % 10_i64.pow(*zeros) == 0).count();
        6 - zeros
    }

    /// Every cell that a circle may touch.
    pub fn around(&self, centre: Position, radius_m: f64) -> Vec<Cell> {
        let (south, east) = metres_per_degree(centre.latitude);
        // A millionth more than the radius, so that rounding cannot lose a cell.
        let (dy, dx) = (radius_m / south + 2e-6, radius_m / east + 2e-6);
        let corner = |sign: f64| {
            let latitude = centre.latitude + sign * dy;
            self.cell(Position { latitude, longitude: centre.longitude + sign * dx })
        };
        let (low, high) = (corner(-1.0), corner(1.0));
        let row = |y| (low.x..=high.x).map(move |x| Cell { y, x });
        (low.y..=high.y).flat_map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(side: i64, latitude: f64, longitude: f64) -> (i64, i64) {
        let cell = Grid::new(side).cell(Position { latitude, longitude });
        (cell.y, cell.x)
    }

    #[test]
    fn edges_belong_to_the_cell_north_and_east_of_them() {
        // 12.66 / 0.01 and 0.29 / 0.01 are below the whole number as floats.
        for hundredth in 0..18_000_i64 {
            let degrees = hundredth as f64 / 100.0;
            assert_eq!(cell(10_000, degrees / 2.0, degrees).1, hundredth, "{degrees}");
            assert_eq!(cell(10_000, degrees / 2.0, -degrees).1, -hundredth, "-{degrees}");
        }
        assert_eq!(cell(10_000, 12.669_999, 108.0), (1266, 10_800));
        assert_eq!(cell(10_000, 12.669_999_6, 108.0), (1267, 10_800), "rounded to a millionth");
        assert_eq!(cell(5_000, 12.664_999, 108.005), (2532, 21_601));
    }

    #[test]
    fn south_and_west_of_zero_cells_go_on_downwards() {
        assert_eq!(cell(10_000, -0.000_001, -0.000_001), (-1, -1));
        assert_eq!(cell(10_000, -0.01, -12.661), (-1, -1267));
        assert_eq!(cell(10_000, 0.0, 0.009_999), (0, 0));
    }

    #[test]
    fn a_cell_is_named_by_its_south_west_corner() {
        let name = |side: i64, y: i64, x: i64| Grid::new(side).name(Cell { y, x });
        assert_eq!(name(10_000, 1266, 10_803), "12.66N 108.03E");
        assert_eq!(name(10_000, -1267, -1), "12.67S 0.01W");
        assert_eq!(name(5_000, 2533, 21_600), "12.665N 108.000E");
        assert_eq!(name(100_000, 126, 1080), "12.6N 108.0E");
        let centre = Grid::new(10_000).centre(Cell { y: 1266, x: 10_803 });
        assert_eq!(centre, Position { latitude: 12.665, longitude: 108.035 });
    }

    #[test]
    fn a_circle_touches_its_cells_and_their_neighbours() {
        let centre = Position { latitude: 12.665, longitude: 108.035 };
        let cells = Grid::new(10_000).around(centre, 500.0);
        assert_eq!(cells, [Cell { y: 1266, x: 10_803 }]);
        let cells = Grid::new(10_000).around(centre, 600.0);
        assert_eq!(cells.len(), 9, "555 m to the south, 542 m to the west: {cells:?}");
    }

    #[test]
    fn a_cell_is_a_little_over_a_kilometre_in_vietnam() {
        let (south, east) = metres_per_degree(12.7);
        assert!((south * 0.01 - 1112.0).abs() < 0.1 && (east * 0.01 - 1084.7).abs() < 0.1);
        let (_, east) = metres_per_degree(17.0);
        assert!((east * 0.01 - 1063.4).abs() < 0.1, "{east}");
    }
}
