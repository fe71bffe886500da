//! A grid of pixels that polygons are painted on, and the PNG file made of it.

use super::ChartError;
use super::canvas::Point;
use crate::document::page::Colour;

/// Red, green and blue bytes, row by row.
pub(super) struct Grid {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

/// A PNG file of red, green and blue bytes. It has no time and no text, so the same picture is
/// the same bytes.
pub(super) fn encode(width: usize, height: usize, bytes: &[u8]) -> Result<Vec<u8>, ChartError> {
    let failed = |error: png::EncodingError| ChartError::Encoding(error.to_string());
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(bytes).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}

impl Grid {
    /// A white grid.
    pub fn white(width: usize, height: usize) -> Self {
        Grid { width, height, bytes: vec![255; width * height * 3] }
    }

    pub fn width(&self) -> usize {
        self.width
    }

    pub fn height(&self) -> usize {
        self.height
    }

    /// Fills rings by the non-zero rule, which glyphs need; a pixel counts by its centre.
    pub fn fill(&mut self, rings: &[Vec<Point>], colour: Colour) {
        let mut edges: Vec<Edge> = rings.iter().flat_map(|ring| edges(ring)).collect();
        edges.sort_by(|a, b| a.top.total_cmp(&b.top));
        let Some(first) = edges.first() else { return };
        let bottom = edges.iter().map(|e| e.bottom).fold(f64::MIN, f64::max);
        let rows = row(first.top, self.height)..row(bottom, self.height);
        let (mut next, mut active, mut crossings) = (0, Vec::new(), Vec::new());
        for y in rows {
            let centre = y as f64 + 0.5;
            while next < edges.len() && edges[next].top <= centre {
                active.push(next);
                next += 1;
            }
            active.retain(|i| edges[*i].bottom > centre);
            crossings.clear();
            crossings.extend(active.iter().map(|i: &usize| edges[*i].crossing(centre)));
            crossings.sort_by(|a: &(f64, i32), b| a.0.total_cmp(&b.0));
            self.spans(y, &crossings, colour);
        }
    }

    fn spans(&mut self, y: usize, crossings: &[(f64, i32)], colour: Colour) {
        let mut winding = 0;
        for pair in crossings.windows(2) {
            winding += pair[0].1;
            if winding != 0 {
                let from = row(pair[0].0, self.width);
                let to = row(pair[1].0, self.width);
                self.span(y, from, to, colour);
            }
        }
    }

    fn span(&mut self, y: usize, from: usize, to: usize, colour: Colour) {
        let start = y * self.width;
        let row = self.bytes.get_mut((start + from) * 3..(start + to.max(from)) * 3);
        for pixel in row.unwrap_or_default().chunks_exact_mut(3) {
            pixel.copy_from_slice(&[colour.red, colour.green, colour.blue]);
        }
    }

    /// One pixel for each square of `fine` × `fine`.
    pub fn averaged(&self, fine: usize) -> Vec<u8> {
        let (width, height) = (self.width / fine, self.height / fine);
        let mut out = Vec::with_capacity(width * height * 3);
        let white = vec![255; fine * 3]; // most squares are
        for y in 0..height {
            for x in 0..width {
                let square = |row: usize| -> &[u8] {
                    let start = ((y * fine + row) * self.width + x * fine) * 3;
                    &self.bytes[start..start + fine * 3]
                };
                match (0..fine).all(|row| square(row) == white) {
                    true => out.extend([255; 3]),
                    false => out.extend(average((0..fine).map(square), fine)),
                }
            }
        }
        out
    }
}

/// The mean colour of the rows of a square.
fn average<'a>(rows: impl Iterator<Item = &'a [u8]>, fine: usize) -> [u8; 3] {
    let mut sums = [0; 3];
    for pixel in rows.flat_map(|row| row.chunks_exact(3)) {
        sums.iter_mut().zip(pixel).for_each(|(sum, byte)| *sum += u32::from(*byte));
    }
    let count = (fine * fine) as u32;
    sums.map(|sum| ((sum + count / 2) / count) as u8)
}

/// The first row or column whose centre is not before `at`, within the grid.
fn row(at: f64, most: usize) -> usize {
    (at - 0.5).ceil().clamp(0.0, most as f64) as usize
}

/// An edge of a polygon, from its upper to its lower end.
struct Edge {
    top: f64,
    bottom: f64,
    x: f64,
    slope: f64,
    winding: i32,
}

impl Edge {
    fn crossing(&self, y: f64) -> (f64, i32) {
        (self.x + (y - self.top) * self.slope, self.winding)
    }
}

fn edges(ring: &[Point]) -> impl Iterator<Item = Edge> + '_ {
    let next = ring.iter().skip(1).chain(ring.first());
    ring.iter().zip(next).filter(|(a, b)| a.1 != b.1).map(|(a, b)| {
        let (upper, lower, winding) = if a.1 < b.1 { (a, b, 1) } else { (b, a, -1) };
        let slope = (lower.0 - upper.0) / (lower.1 - upper.1);
        Edge { top: upper.1, bottom: lower.1, x: upper.0, slope, winding }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(left: f64, right: f64) -> Vec<Point> {
        vec![(left, left), (right, left), (right, right), (left, right)]
    }

    #[test]
    fn files_have_no_time_and_no_text() {
        let file = encode(2, 2, &[7; 12]).expect("a file");
        let mut rest = &file[8..];
        let mut chunks = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = u32::from_be_bytes(*length) as usize;
            chunks.push(String::from_utf8_lossy(&after[..4]).into_owned());
            rest = &after[length + 8..];
        }
        assert_eq!(chunks, ["IHDR", "IDAT", "IEND"]);
    }

    #[test]
    fn turned_rings_are_holes_and_edges_are_averaged() {
        let mut grid = Grid::white(8, 8);
        let hole = square(2.0, 6.0).into_iter().rev().collect();
        grid.fill(&[square(0.0, 8.0), hole], Colour::BLACK);
        let pixels = grid.averaged(4);
        assert_eq!(pixels.len(), 12);
        // Each quarter of the picture has 4 of its 16 pixels inside the hole.
        assert!(pixels.iter().all(|byte| *byte == 64), "{pixels:?}");
    }

    #[test]
    fn shapes_outside_the_grid_are_cut() {
        let mut grid = Grid::white(4, 4);
        grid.fill(&[square(-1e9, 1e9), vec![], vec![(1.0, 1.0)]], Colour::BLACK);
        assert_eq!(grid.averaged(4), [0, 0, 0]);
    }
}
