//! Fonts of a page, as far as text can be read back from them: what codes mean and how wide they
//! are.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Encoding, Object, ObjectId};

/// The fonts of a page by their names in it.
pub(super) struct Fonts<'a>(BTreeMap<Vec<u8>, Font<'a>>);

/// One font.
pub(super) struct Font<'a> {
    encoding: Option<Encoding<'a>>,
    /// Codes have two bytes.
    composite: bool,
    widths: BTreeMap<u32, f64>,
    default_width: f64,
}

impl<'a> Fonts<'a> {
    pub fn of_page(file: &'a Document, page: ObjectId) -> Self {
        let fonts = file.get_page_fonts(page).unwrap_or_default();
        Fonts(fonts.into_iter().map(|(name, font)| (name, Font::new(file, font))).collect())
    }

    pub fn get(&self, name: &[u8]) -> Option<&Font<'a>> {
        self.0.get(name)
    }
}

impl<'a> Font<'a> {
    fn new(file: &'a Document, font: &'a Dictionary) -> Self {
        let composite = font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|n| n == b"Type0");
        let (widths, default_width) = match composite {
            true => composite_widths(file, font).unwrap_or_default(),
            false => (simple_widths(file, font).unwrap_or_default(), 0.0),
        };
        // Half an em where nothing is said: too little to make a space of it.
        let default_width = if default_width > 0.0 { default_width } else { 500.0 };
        let encoding = font.get_font_encoding(file).ok();
        Font { encoding, composite, widths, default_width }
    }

    pub fn is_simple(&self) -> bool {
        !self.composite
    }

    /// What the codes mean; nothing where the font does not tell.
    pub fn text(&self, bytes: &[u8]) -> String {
        let encoding = self.encoding.as_ref();
        encoding.and_then(|encoding| encoding.bytes_to_string(bytes).ok()).unwrap_or_default()
    }

    /// The width of the codes in em.
    pub fn width(&self, bytes: &[u8]) -> f64 {
        let width = |code: u32| self.widths.get(&code).copied().unwrap_or(self.default_width);
        self.codes(bytes).into_iter().map(width).sum::<f64>() / 1000.0
    }

    pub fn glyphs(&self, bytes: &[u8]) -> usize {
        if self.composite { bytes.len() / 2 } else { bytes.len() }
    }

    fn codes(&self, bytes: &[u8]) -> Vec<u32> {
        if !self.composite {
            return bytes.iter().map(|byte| u32::from(*byte)).collect();
        }
        let pair = |pair: &[u8]| pair.iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
        bytes.chunks(2).map(pair).collect()
    }
}

fn simple_widths(file: &Document, font: &Dictionary) -> Option<BTreeMap<u32, f64>> {
    let first = u32::try_from(font.get_deref(b"FirstChar", file).ok()?.as_i64().ok()?).ok()?;
    let widths = font.get_deref(b"Widths", file).ok()?.as_array().ok()?;
    let width = |(code, width): (u32, &Object)| Some((code, number(file, width)?));
    Some((first..).zip(widths).filter_map(width).collect())
}

/// `W` holds `first [w1 w2 …]` and `first last w` (ISO 32000-1, 9.7.4.3); and the default.
fn composite_widths(file: &Document, font: &Dictionary) -> Option<(BTreeMap<u32, f64>, f64)> {
    let descendants = font.get_deref(b"DescendantFonts", file).ok()?.as_array().ok()?;
    let descendant = file.dereference(descendants.first()?).ok()?.1.as_dict().ok()?;
    let default = descendant.get_deref(b"DW", file).ok().and_then(|width| number(file, width));
    let mut widths = BTreeMap::new();
    let list = descendant.get_deref(b"W", file).and_then(Object::as_array);
    let mut rest = list.map(Vec::as_slice).unwrap_or_default();
    while let [first, second, more @ ..] = rest {
        let first = number(file, first)? as u32;
        let second = file.dereference(second).ok()?.1;
        if let Ok(each) = second.as_array() {
            let each = each.iter().filter_map(|width| number(file, width));
            widths.extend((first..).zip(each));
            rest = more;
        } else {
            let (last, [width, more @ ..]) = (number(file, second)? as u32, more) else { break };
            let width = number(file, width)?;
            widths.extend((first..=last.min(0xffff)).map(|code| (code, width)));
            rest = more;
        }
    }
    Some((widths, default.unwrap_or(1000.0)))
}

fn number(file: &Document, object: &Object) -> Option<f64> {
    let object = file.dereference(object).ok()?.1;
    object.as_float().ok().map(f64::from)
}
