//! The built-in font, for images and for measuring when no document font is at hand.

use std::sync::LazyLock;

use ttf_parser::{Face, GlyphId};

use super::{ChartError, TextMetrics};

const FAMILY: &str = "Libertinus Serif";

struct Faces {
    regular: Face<'static>,
    bold: Face<'static>,
}

static FACES: LazyLock<Result<Faces, ChartError>> =
    LazyLock::new(|| Ok(Faces { regular: find(false, "regular")?, bold: find(true, "bold")? }));

fn find(bold: bool, name: &'static str) -> Result<Face<'static>, ChartError> {
    typst_assets::fonts()
        .filter_map(|data| Face::parse(data, 0).ok())
        .find(|face| is_wanted(face, bold))
        .ok_or(ChartError::Font(name))
}

fn is_wanted(face: &Face<'_>, bold: bool) -> bool {
    let weight = if bold { ttf_parser::Weight::Bold } else { ttf_parser::Weight::Normal };
    let named = face.names().into_iter().any(|name| {
        name.name_id == ttf_parser::name_id::FAMILY && name.to_string().as_deref() == Some(FAMILY)
    });
    named && face.weight() == weight && !face.is_italic()
}

/// The built-in face, or why there is none.
pub(super) fn face(bold: bool) -> Result<&'static Face<'static>, ChartError> {
    match &*FACES {
        Ok(faces) if bold => Ok(&faces.bold),
        Ok(faces) => Ok(&faces.regular),
        Err(error) => Err(error.clone()),
    }
}

/// The glyph of a character and its advance in em; unknown characters get the font's box.
pub(super) fn glyph(face: &Face<'_>, character: char) -> (GlyphId, f64) {
    let glyph = face.glyph_index(character).unwrap_or(GlyphId(0));
    let advance = face.glyph_hor_advance(glyph).unwrap_or(0);
    (glyph, f64::from(advance) / f64::from(face.units_per_em()))
}

/// Metrics of the built-in Libertinus Serif.
#[derive(Debug, Clone, Copy, Default)]
pub struct Embedded;

impl TextMetrics for Embedded {
    fn width(&self, bold: bool, size: f64, text: &str) -> f64 {
        // Half an em per letter is close enough to lay out a figure that then fails for its font.
        let em = match face(bold) {
            Ok(face) => text.chars().map(|c| glyph(face, c).1).sum(),
            Err(_) => 0.5 * text.chars().count() as f64,
        };
        size * em
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_font_has_every_vietnamese_letter() {
        let letters = "ĂÂĐÊÔƠƯăâđêôơưẮẰẲẴẶấầẩẫậỄễẶỰựỮữỢợ–…−≥";
        for bold in [false, true] {
            let face = face(bold).expect("a face");
            assert!(letters.chars().all(|c| face.glyph_index(c).is_some()));
        }
        assert!(Embedded.width(true, 10.0, "Đắk Lắk") > Embedded.width(false, 10.0, "Đắk Lắk"));
    }
}
