//! Fonts reduced to the glyphs that a document uses.
//!
//! Without its layout engine printpdf embeds every font whole (290 KB a face), so the subset is
//! made beforehand and given to printpdf as if it were the whole font. The subset has no cmap of
//! its own; printpdf only needs the map from characters to its glyphs, and widths.

use std::collections::{BTreeMap, BTreeSet};

use printpdf::{FontId, ParsedFont, PdfFont};
use sha2::{Digest, Sha256};
use subsetter::GlyphRemapper;

use super::PdfError;
use crate::document::font::{Family, Font};
use crate::document::page::{Face, Item, Page};
use crate::error::Result;

/// The characters in use, face by face.
pub(super) struct Subsets<'a> {
    family: &'a Family,
    used: BTreeMap<Face, Used>,
}

/// The characters of one face; of several with the same glyph, the first stands for all, so that
/// a glyph has one meaning when text is read back (a no-break space is drawn as a space).
#[derive(Default)]
struct Used {
    glyphs: BTreeMap<u16, char>,
}

impl<'a> Subsets<'a> {
    /// Collects the characters of all pages.
    pub fn new(pages: &[Page], family: &'a Family) -> Result<Self> {
        let mut characters: BTreeMap<Face, BTreeSet<char>> = BTreeMap::new();
        for item in pages.iter().flat_map(|page| &page.items) {
            if let Item::Text(run) = &item.item {
                family.require(run.face, &run.text)?;
                characters.entry(run.face).or_default().extend(run.text.chars());
            }
        }
        let used = characters.into_iter().map(|(face, characters)| {
            let font = family.font(face);
            let mut glyphs = BTreeMap::new();
            for character in characters {
                if let Some(glyph) = font.glyph(character) {
                    let character = if character == '\u{a0}' { ' ' } else { character };
                    glyphs.entry(glyph.id).or_insert(character);
                }
            }
            (face, Used { glyphs })
        });
        let used = used.collect();
        Ok(Subsets { family, used })
    }

    /// The character that stands for all that share a glyph.
    pub fn canonical(&self, face: Face, character: char) -> char {
        let glyph = self.family.font(face).glyph(character);
        glyph
            .and_then(|glyph| self.used.get(&face)?.glyphs.get(&glyph.id).copied())
            .unwrap_or(character)
    }

    /// The fonts to embed.
    pub fn fonts(&self) -> Result<Vec<(FontId, PdfFont)>> {
        let font = |(face, used): (&Face, &Used)| {
            let font = embed(self.family.font(*face), &used.glyphs)?;
            Ok((id(*face), PdfFont::new(font)))
        };
        self.used.iter().map(font).collect()
    }
}

/// The name of a face among the resources of a page.
pub(super) fn id(face: Face) -> FontId {
    let name = match face {
        Face::Regular => "Regular",
        Face::Bold => "Bold",
        Face::Italic => "Italic",
        Face::BoldItalic => "BoldItalic",
    };
    FontId(name.into())
}

fn embed(font: &Font, glyphs: &BTreeMap<u16, char>) -> Result<ParsedFont> {
    let mut remapper = GlyphRemapper::new();
    let mut codepoints = BTreeMap::new();
    let mut widths = BTreeMap::new();
    for (id, character) in glyphs {
        let new = remapper.remap(*id);
        codepoints.insert(u32::from(*character), new);
        widths.insert(new, width(font, *character));
    }
    let fault = |reason: String| PdfError::Subset { font: font.name.clone(), reason };
    let bytes = subsetter::subset(&font.data, 0, &remapper).map_err(|e| fault(e.to_string()))?;
    // Metrics come from the whole font: the subset has lost the tables they stand in.
    let mut parsed = ParsedFont::from_bytes(&font.data, 0, &mut Vec::new())
        .ok_or_else(|| fault("its tables cannot be read".into()))?;
    parsed.font_name = Some(format!("{}+{}", tag(&bytes), font.name));
    parsed.original_bytes = bytes;
    parsed.codepoint_to_glyph = codepoints;
    parsed.glyph_widths = widths;
    Ok(parsed)
}

/// The width in font units that printpdf, which cuts off, turns into the rounded thousandths of an
/// em that layout counts with (see [`Font::thousandths`]).
fn width(font: &Font, character: char) -> u16 {
    let units = f64::from(font.thousandths(character)) * font.units_per_em / 1000.0;
    (units - 1e-6).ceil().max(0.0) as u16
}

/// Six capitals that mark a subset (ISO 32000-1, 9.6.4), from its content.
fn tag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}
