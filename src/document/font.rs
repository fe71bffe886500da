//! The font family of a document: its metrics for layout, its bytes for embedding.
//!
//! Vietnamese in NFC needs no shaping: each letter is one code point with one glyph, so a line is
//! as wide as the sum of its advances.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thiserror::Error;
use ttf_parser::{Face as Parsed, name_id};
use unicode_normalization::UnicodeNormalization;

use super::page::Face;
use crate::error::{Fault, Kind, Result};

/// The faces in the order in which a family keeps them.
pub const FACES: [Face; 4] = [Face::Regular, Face::Bold, Face::Italic, Face::BoldItalic];

/// The name of the family that is used when the configuration names none.
const EMBEDDED: &str = "Libertinus Serif";

/// What every face must be able to print: the Vietnamese alphabet with all its tones, numbers and
/// the marks that occur in any document. Capitals are tried beside each letter.
const NEEDED: &str = "abcdefghijklmnopqrstuvwxyzàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữự\
    ỳýỷỹỵ0123456789 .,;:!?()/%&<>+-–“”";

/// What is wrong with a font.
#[derive(Debug, Error)]
pub enum FontError {
    #[error("cannot read font `{path}`: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("`{name}` is no usable TrueType or OpenType font: {reason}")]
    Unusable { name: String, reason: String },
    #[error("font `{path}` lacks letters that Vietnamese needs: {letters}")]
    Incomplete { path: PathBuf, letters: String },
    #[error("the {face:?} face of `{family}` is not among the embedded fonts")]
    NotEmbedded { family: &'static str, face: Face },
    #[error("font `{font}` has no glyph for {character:?} (U+{:04X}), needed in `{text}`", *.character as u32)]
    Missing { font: String, character: char, text: String },
}

impl Fault for FontError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            FontError::Incomplete { .. } => {
                Some("configure a font family that was made for Vietnamese, too".into())
            }
            FontError::Missing { .. } => {
                Some("configure a font family that has the letter, or change the text".into())
            }
            FontError::Unreadable { .. } | FontError::Unusable { .. } => {
                Some("name four TTF or OTF files: regular, bold, italic, bold italic".into())
            }
            FontError::NotEmbedded { .. } => None,
        }
    }
}

/// A glyph and its advance in font units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    pub id: u16,
    pub advance: u16,
}

/// One face with everything layout asks of it worked out once.
#[derive(Debug, Clone)]
pub(super) struct Font {
    /// The whole font file.
    pub data: Cow<'static, [u8]>,
    /// Its PostScript name.
    pub name: String,
    pub units_per_em: f64,
    ascent: f64,
    descent: f64,
    cap_height: f64,
    glyphs: BTreeMap<char, Glyph>,
}

impl Font {
    fn new(data: Cow<'static, [u8]>, label: &str) -> Result<Self> {
        let unusable = |reason: String| FontError::Unusable { name: label.to_string(), reason };
        let face = Parsed::parse(&data, 0).map_err(|error| unusable(error.to_string()))?;
        let glyphs = glyphs(&face);
        if glyphs.is_empty() {
            return Err(unusable("it maps no character to a glyph".into()).into());
        }
        let units_per_em = f64::from(face.units_per_em());
        let em = |units: i16| f64::from(units) / units_per_em;
        let (ascent, descent) = (em(face.ascender()), -em(face.descender()));
        let cap_height = face.capital_height().map_or(0.65, em);
        let name = name(&face, name_id::POST_SCRIPT_NAME).unwrap_or_else(|| label.to_string());
        Ok(Font { name, units_per_em, ascent, descent, cap_height, glyphs, data })
    }

    /// The glyph of a character. A no-break space is drawn as a space, so that text read back from
    /// a file has one kind of space only.
    pub fn glyph(&self, character: char) -> Option<Glyph> {
        let character = if character == '\u{a0}' { ' ' } else { character };
        self.glyphs.get(&character).copied()
    }

    /// The advance of a character in thousandths of an em, rounded as a PDF states it and its
    /// readers add it up; half an em for a letter that the font lacks, so that layout can go on
    /// until it is reported.
    pub fn thousandths(&self, character: char) -> u16 {
        self.glyph(character).map_or(500, |glyph| {
            (f64::from(glyph.advance) * 1000.0 / self.units_per_em).round() as u16
        })
    }

    fn advance(&self, character: char) -> f64 {
        f64::from(self.thousandths(character)) / 1000.0
    }
}

/// Every character of the font's Unicode tables with its glyph.
fn glyphs(face: &Parsed<'_>) -> BTreeMap<char, Glyph> {
    let mut characters = Vec::new();
    for subtable in face.tables().cmap.iter().flat_map(|cmap| cmap.subtables) {
        if subtable.is_unicode() {
            subtable.codepoints(|code| characters.extend(char::from_u32(code)));
        }
    }
    let glyph = |character: char| {
        let id = face.glyph_index(character)?;
        let advance = face.glyph_hor_advance(id)?;
        Some((character, Glyph { id: id.0, advance }))
    };
    characters.into_iter().filter_map(glyph).collect()
}

fn name(face: &Parsed<'_>, id: u16) -> Option<String> {
    face.names().into_iter().filter(|name| name.name_id == id).find_map(|name| name.to_string())
}

/// Four faces of one design.
#[derive(Debug, Clone)]
pub struct Family {
    fonts: [Font; 4],
}

impl Family {
    /// Libertinus Serif, which travels with the program and has every Vietnamese letter.
    pub fn libertinus() -> Result<Self> {
        Ok(Family {
            fonts: [
                embedded(FACES[0])?,
                embedded(FACES[1])?,
                embedded(FACES[2])?,
                embedded(FACES[3])?,
            ],
        })
    }

    /// A family of the user's own, e.g. Times New Roman.
    pub fn read(regular: &Path, bold: &Path, italic: &Path, bold_italic: &Path) -> Result<Self> {
        Ok(Family { fonts: [read(regular)?, read(bold)?, read(italic)?, read(bold_italic)?] })
    }

    pub(super) fn font(&self, face: Face) -> &Font {
        let [regular, bold, italic, bold_italic] = &self.fonts;
        match face {
            Face::Regular => regular,
            Face::Bold => bold,
            Face::Italic => italic,
            Face::BoldItalic => bold_italic,
        }
    }

    /// The width of one character at a type size.
    pub fn advance(&self, face: Face, size: f64, character: char) -> f64 {
        self.font(face).advance(character) * size
    }

    /// The width of a text at a type size; the text is expected in NFC, see [`clean`].
    pub fn width(&self, face: Face, size: f64, text: &str) -> f64 {
        let font = self.font(face);
        text.chars().map(|character| font.advance(character)).sum::<f64>() * size
    }

    /// How far letters reach above the baseline.
    pub fn ascent(&self, face: Face, size: f64) -> f64 {
        self.font(face).ascent * size
    }

    /// How far letters reach below the baseline, as a positive length.
    pub fn descent(&self, face: Face, size: f64) -> f64 {
        self.font(face).descent * size
    }

    /// The height of capitals.
    pub fn cap_height(&self, face: Face, size: f64) -> f64 {
        self.font(face).cap_height * size
    }

    /// Whether the face has a glyph for a character.
    pub fn has(&self, face: Face, character: char) -> bool {
        self.font(face).glyph(character).is_some()
    }

    /// The first character of a text, after [`clean`], that one of the four faces lacks.
    pub fn missing(&self, text: &str) -> Option<char> {
        let lacks = |character: &char| FACES.iter().any(|face| !self.has(*face, *character));
        clean(text).chars().find(lacks)
    }

    /// An error when the face lacks a letter of a text that is about to be printed.
    pub(super) fn require(&self, face: Face, text: &str) -> Result<()> {
        match text.chars().find(|character| !self.has(face, *character)) {
            None => Ok(()),
            Some(character) => {
                let text = text.chars().take(60).collect();
                let font = self.font(face).name.clone();
                Err(FontError::Missing { font, character, text }.into())
            }
        }
    }
}

fn read(path: &Path) -> Result<Font> {
    let data = std::fs::read(path)
        .map_err(|source| FontError::Unreadable { path: path.to_path_buf(), source })?;
    let font = Font::new(Cow::Owned(data), &path.display().to_string())?;
    let letters = lacking(&font);
    if !letters.is_empty() {
        return Err(FontError::Incomplete { path: path.to_path_buf(), letters }.into());
    }
    Ok(font)
}

/// The letters that a font should have and has not.
fn lacking(font: &Font) -> String {
    let both = |letter: char| std::iter::once(letter).chain(letter.to_uppercase());
    let mut letters: Vec<char> = NEEDED.chars().flat_map(both).collect();
    letters.sort_unstable();
    letters.dedup();
    letters.into_iter().filter(|letter| font.glyph(*letter).is_none()).collect()
}

fn embedded(face: Face) -> Result<Font> {
    let data = typst_assets::fonts()
        .find(|data| Parsed::parse(data, 0).is_ok_and(|parsed| is_embedded(&parsed, face)))
        .ok_or(FontError::NotEmbedded { family: EMBEDDED, face })?;
    Font::new(Cow::Borrowed(data), EMBEDDED)
}

fn is_embedded(parsed: &Parsed<'_>, face: Face) -> bool {
    let (weight, italic) = match face {
        Face::Regular => (400, false),
        Face::Bold => (700, false),
        Face::Italic => (400, true),
        // The bold italic face (700) lacks ơ and ư, alone of all; semibold italic has them.
        Face::BoldItalic => (600, true),
    };
    name(parsed, name_id::TYPOGRAPHIC_FAMILY)
        .or_else(|| name(parsed, name_id::FAMILY))
        .is_some_and(|family| family.starts_with(EMBEDDED))
        && parsed.weight().to_number() == weight
        && parsed.is_italic() == italic
}

/// Text as it is set: NFC, any white space one plain space, nothing invisible.
///
/// No-break spaces stay, so that a template can hold a number and its unit together. Control and
/// format characters come in with data and have no glyph; they carry no meaning on paper.
pub fn clean(text: &str) -> String {
    text.nfc().filter_map(visible).collect()
}

/// A text whose runs of spaces are kept: blanks that are filled in by hand, such as a number.
pub(super) fn with_blanks(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut spaces = 0;
    for character in text.chars().chain(Some('\0')) {
        if character == ' ' {
            spaces += 1;
            continue;
        }
        let space = if spaces > 1 { '\u{a0}' } else { ' ' };
        kept.extend(std::iter::repeat_n(space, spaces));
        kept.extend(Some(character).filter(|character| *character != '\0'));
        spaces = 0;
    }
    kept
}

fn visible(character: char) -> Option<char> {
    match character {
        '\u{a0}' | '\u{202f}' | '\u{2007}' => Some('\u{a0}'),
        '\u{2011}' => Some('-'),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => None,
        '\u{2060}'..='\u{206f}' | '\u{feff}' => None,
        _ if character.is_whitespace() => Some(' '),
        _ if character.is_control() => None,
        _ => Some(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTERS: &str = "ĐđƯưƠơỄễẶặỳýỷỹỵÀÁẢÃẠ–“”…−≥≤×·•";

    #[test]
    fn the_embedded_family_has_every_vietnamese_letter() {
        let family = Family::libertinus().unwrap();
        assert_eq!(family.missing(LETTERS), None);
        assert_eq!(family.missing("a\u{1F600}"), Some('\u{1F600}'));
        assert_eq!(family.font(Face::Bold).name, "LibertinusSerif-Bold");
    }

    #[test]
    fn width_is_the_sum_of_advances() {
        let family = Family::libertinus().unwrap();
        let sum =
            ['Đ', 'ắ', 'k'].map(|c| family.advance(Face::Italic, 13.0, c)).iter().sum::<f64>();
        assert!((family.width(Face::Italic, 13.0, "Đắk") - sum).abs() < 1e-9);
        assert!(family.ascent(Face::Regular, 10.0) > family.cap_height(Face::Regular, 10.0));
    }

    #[test]
    fn text_is_cleaned_to_nfc_without_invisible_characters() {
        assert_eq!(clean("o\u{323}\u{302}\t\u{200b}a\u{7}"), "ộ a");
        assert_eq!(clean("Tie\u{302}\u{301}ng"), "Tiếng");
        assert_eq!(clean("40\u{202f}Mbps"), "40\u{a0}Mbps");
    }

    #[test]
    fn blanks_stay_as_wide_as_they_were_typed() {
        assert_eq!(with_blanks("Số:   /BC a"), "Số:\u{a0}\u{a0}\u{a0}/BC a");
        assert_eq!(with_blanks("a  "), "a\u{a0}\u{a0}");
    }

    #[test]
    fn a_missing_letter_is_an_error_that_names_it() {
        let family = Family::libertinus().unwrap();
        let error = family.require(Face::Regular, "mạng 漢").unwrap_err();
        assert_eq!(
            error.to_string(),
            "font `LibertinusSerif-Regular` has no glyph for '漢' (U+6F22), needed in `mạng 漢`"
        );
    }

    #[test]
    fn a_face_without_a_vietnamese_letter_is_an_error_that_names_file_and_letters() {
        // The bold italic face of Libertinus Serif lacks ơ and ư, alone of all.
        let is_bold_italic = |data: &&[u8]| {
            let face = Parsed::parse(data, 0).unwrap();
            name(&face, name_id::POST_SCRIPT_NAME).as_deref() == Some("LibertinusSerif-BoldItalic")
        };
        let folder = tempfile::tempdir().unwrap();
        let [good, poor] = ["good.otf", "poor.otf"].map(|file| folder.path().join(file));
        std::fs::write(&poor, typst_assets::fonts().find(is_bold_italic).unwrap()).unwrap();
        let family = Family::libertinus().unwrap();
        std::fs::write(&good, &family.font(Face::Regular).data).unwrap();
        let error = Family::read(&good, &good, &good, &poor).unwrap_err();
        let message = error.to_string();
        let read = Family::read(&good, &good, &good, &good).unwrap();
        assert!(message.contains("poor.otf` lacks letters that Vietnamese needs: "), "{message}");
        assert!(message.contains('ơ') && message.contains('Ư'), "{message}");
        assert!(!message.ends_with('a') && !message.contains('ă'), "{message}");
        assert_eq!(error.kind(), Kind::Usage);
        assert_eq!(read.font(Face::Bold).name, "LibertinusSerif-Regular");
    }

    #[test]
    fn a_file_that_is_no_font_is_an_error_that_names_it() {
        let path = std::env::temp_dir().join("ispeed-report-no-font.ttf");
        std::fs::write(&path, b"not a font").unwrap();
        let error = Family::read(&path, &path, &path, &path).unwrap_err();
        assert!(error.to_string().contains("is no usable TrueType or OpenType font"), "{error}");
        let gone = Family::read(Path::new("gone.ttf"), &path, &path, &path).unwrap_err();
        assert!(gone.to_string().starts_with("cannot read font `gone.ttf`"), "{gone}");
    }
}
