//! SVG through plotters' own backend, with a head of our own.

use plotters::prelude::SVGBackend;

use super::canvas::{Canvas, Pen, Surface};
use super::font::Embedded;
use super::{Caption, ChartError, MARGIN, Size, text};

/// Plotters writes whole numbers: ten to a point keep curves smooth.
const UNITS: f64 = 10.0;

impl Surface for SVGBackend<'_> {
    fn font_size(em: f64) -> f64 {
        // Plotters divides by 1.24 when it writes the size.
        em * 1.24
    }

    fn baseline(em: f64) -> f64 {
        // What plotters writes into `dy` for text anchored by its top.
        em * 0.76
    }
}

/// The file that `draw` fills; a screen reader says its title and its alternative.
pub(super) fn render(
    size: Size,
    caption: &Caption,
    draw: impl FnOnce(&mut dyn Pen) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let size = Size { width: size.width + 2.0 * MARGIN, height: size.height + 2.0 * MARGIN };
    let units = ((size.width * UNITS).ceil() as u32, (size.height * UNITS).ceil() as u32);
    let mut body = String::new();
    {
        // The block ends before the text is used, since the backend completes it when dropped.
        let backend = SVGBackend::with_string(&mut body, units);
        let mut canvas = Canvas::new(backend, UNITS, &Embedded).with_margin(MARGIN);
        draw(&mut canvas)?;
        canvas.finish()?;
    }
    Ok(with_head(&joined(&body), size, units, caption))
}

/// The lines of one look that follow each other as one path: hatching is thousands of lines.
fn joined(file: &str) -> String {
    let mut out = String::with_capacity(file.len() / 2);
    let mut open: Option<&str> = None;
    for element in file.lines() {
        let line = polyline(element);
        if open.is_some() && open != line.map(|(look, _)| look) {
            out.push_str("\"/>\n");
        }
        match line {
            Some((look, points)) => {
                if open != Some(look) {
                    out.push_str(&format!("<path {look}d=\""));
                }
                out.push('M');
                out.push_str(points.trim());
            }
            None => {
                out.push_str(element);
                out.push('\n');
            }
        }
        open = line.map(|(look, _)| look);
    }
    out
}

/// How a line looks, and its points.
fn polyline(element: &str) -> Option<(&str, &str)> {
    element.strip_prefix("<polyline ")?.strip_suffix("\"/>")?.split_once("points=\"")
}

/// Plotters sizes the picture in its units; the head says points instead, and names the picture.
fn with_head(file: &str, size: Size, (width, height): (u32, u32), caption: &Caption) -> String {
    let rest = file.split_once('\n').map_or("", |(_, rest)| rest);
    format!(
        "<svg width=\"{}pt\" height=\"{}pt\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         xmlns=\"http://www.w3.org/2000/svg\">\n<title>{}</title>\n<desc>{}</desc>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>\n{rest}",
        short(size.width),
        short(size.height),
        escape(&text::clean(&caption.title)),
        escape(&text::clean(&caption.alternative)),
    )
}

/// Two decimals are enough for a length.
fn short(length: f64) -> f64 {
    (length * 100.0).round() / 100.0
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_look_are_one_path() {
        let file = "<svg>\n<polyline a=\"1\" points=\"0,0 1,1 \"/>\n<polyline a=\"1\" points=\"2,2 3,3 \"/>\n\
                    <polyline a=\"2\" points=\"4,4 5,5 \"/>\n<text points=\"\"/>\n</svg>\n";
        let expected = "<svg>\n<path a=\"1\" d=\"M0,0 1,1M2,2 3,3\"/>\n<path a=\"2\" d=\"M4,4 5,5\"/>\n\
                        <text points=\"\"/>\n</svg>\n";
        assert_eq!(joined(file), expected);
    }
}
