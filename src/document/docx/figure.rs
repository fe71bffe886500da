//! Charts and maps as pictures with alternative text.

use std::sync::Arc;

use super::body::Writer;
use super::paragraph::{Look, Paragraph, Set, run_of};
use crate::document::block::Figure;
use crate::document::font::clean;
use crate::document::markup::Element;

/// English metric units, the unit of lengths in drawings, in a point.
const EMU: f64 = 12_700.0;

/// Room left on the page for the heading above a figure and its caption.
const ROOM: f64 = 90.0;

impl Writer<'_> {
    /// The picture and its caption; without a picture, what it shows in words.
    pub fn figure(&mut self, figure: &Figure) {
        let content = match self.picture(figure) {
            Some(picture) => Paragraph {
                runs: vec![run_of(picture, Look::PLAIN)],
                before: Some(self.style.paragraph_gap),
                set: Some(Set::Centre),
                ..Paragraph::new("Letterhead")
            },
            None => Paragraph::of("BodyText", &figure.alternative, Look::ITALIC),
        };
        self.push(Paragraph { keep_next: true, ..content });
        let caption = Paragraph::of("Caption", &figure.caption, Look::PLAIN);
        self.push(Paragraph { before: Some(2.0), ..caption });
    }

    fn picture(&mut self, figure: &Figure) -> Option<Element> {
        let (across, down) = png_size(&figure.plate.image)?;
        let room = (self.width, self.style.geometry(self.landscape).height - ROOM);
        let natural = figure.plate.drawing.width;
        let width = if natural > 0.0 { natural.min(room.0) } else { room.0 };
        let width = width.min(room.1 * across / down);
        self.body.images.push(Arc::clone(&figure.plate.image));
        Some(drawing(self.body.images.len(), figure, (width, width * down / across)))
    }
}

/// Width and height in pixels, from the head of a PNG file.
fn png_size(image: &[u8]) -> Option<(f64, f64)> {
    let part = |from: usize| -> Option<f64> {
        let bytes = image.get(from..from + 4)?.try_into().ok()?;
        Some(f64::from(u32::from_be_bytes(bytes))).filter(|size| *size > 0.0)
    };
    image.starts_with(b"\x89PNG\r\n\x1a\n").then_some(())?;
    Some((part(16)?, part(20)?))
}

fn drawing(id: usize, figure: &Figure, size: (f64, f64)) -> Element {
    let (name, alternative) = (clean(&figure.name), clean(&figure.alternative));
    let described =
        Element::new("wp:docPr").with("id", id).with("name", &name).with("descr", &alternative);
    let picture = Element::new("pic:pic")
        .with("xmlns:pic", "http://schemas.openxmlformats.org/drawingml/2006/picture")
        .child(
            Element::new("pic:nvPicPr")
                .child(Element::new("pic:cNvPr").with("id", id).with("name", &name))
                .child(Element::new("pic:cNvPicPr")),
        )
        .child(
            Element::new("pic:blipFill")
                .child(Element::new("a:blip").with("r:embed", relationship(id)))
                .child(Element::new("a:stretch").child(Element::new("a:fillRect"))),
        )
        .child(shape(size));
    let graphic = Element::new("a:graphic")
        .with("xmlns:a", "http://schemas.openxmlformats.org/drawingml/2006/main")
        .child(
            Element::new("a:graphicData")
                .with("uri", "http://schemas.openxmlformats.org/drawingml/2006/picture")
                .child(picture),
        );
    let inline = ["distT", "distB", "distL", "distR"]
        .into_iter()
        .fold(Element::new("wp:inline"), |inline, side| inline.with(side, 0))
        .child(extent("wp:extent", size))
        .child(described)
        .child(graphic);
    Element::new("w:drawing").child(inline)
}

fn shape(size: (f64, f64)) -> Element {
    let place = Element::new("a:xfrm")
        .child(Element::new("a:off").with("x", 0).with("y", 0))
        .child(extent("a:ext", size));
    let outline = Element::new("a:prstGeom").with("prst", "rect").child(Element::new("a:avLst"));
    Element::new("pic:spPr").child(place).child(outline)
}

fn extent(name: &'static str, (width, height): (f64, f64)) -> Element {
    let units = |points: f64| (points * EMU).round() as i64;
    Element::new(name).with("cx", units(width)).with("cy", units(height))
}

/// The relationship of a picture, counted from 1.
pub(super) fn relationship(number: usize) -> String {
    format!("rIdImage{number}")
}
