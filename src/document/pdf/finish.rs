//! The finishing touches: compression, identifier, and a look at the result.

use lopdf::{Dictionary, Document, Object, SaveOptions, StringFormat};
use sha2::{Digest, Sha256};

use super::{PdfError, fault};
use crate::error::Result;

/// The length of a file's identifier.
const IDENTIFIER: usize = 16;

/// Objects that are compressed together; many tiny ones compress well.
const OBJECTS_PER_STREAM: usize = 1000;

/// printpdf's file without what we do not want; done while it has few objects, because lopdf's
/// search for unused ones takes the square of their number.
pub(super) fn prepared(mut file: Document) -> Document {
    file.version = "1.7".into();
    remove_empty_annotations(&mut file);
    file.prune_objects();
    file.renumber_objects();
    file
}

/// Finishes a file and returns its bytes, re-opened once to see that they are whole.
pub(super) fn finish(mut file: Document, pages: usize) -> Result<Vec<u8>> {
    file.compress();
    let mut bytes = Vec::new();
    set_identifier(&mut file, &[0; IDENTIFIER]);
    let options = SaveOptions::builder()
        .use_object_streams(true)
        .use_xref_streams(true)
        .max_objects_per_stream(OBJECTS_PER_STREAM)
        .compression_level(9)
        .build();
    file.save_with_options(&mut bytes, options)
        .map_err(|error| PdfError::Assembly(error.to_string()))?;
    stamp(&mut bytes)?;
    check(&bytes, pages)?;
    Ok(bytes)
}

fn set_identifier(file: &mut Document, identifier: &[u8]) {
    let identifier = Object::String(identifier.to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", vec![identifier.clone(), identifier]);
}

/// Writes the hash of the file over its blank identifier, so that nothing random is in it.
fn stamp(bytes: &mut [u8]) -> Result<(), PdfError> {
    let digest = Sha256::digest(&*bytes);
    let digits: String = digest.iter().take(IDENTIFIER).map(|byte| format!("{byte:02X}")).collect();
    let blank = format!("<{}>", "0".repeat(2 * IDENTIFIER));
    for _ in 0..2 {
        // The trailer stands at the end of the file.
        let start = bytes.windows(blank.len()).rposition(|window| window == blank.as_bytes());
        let place = start.and_then(|start| bytes.get_mut(start + 1..start + 1 + digits.len()));
        let place = place.ok_or_else(|| PdfError::Assembly("it has no identifier".into()))?;
        place.copy_from_slice(digits.as_bytes());
    }
    Ok(())
}

/// printpdf gives each page a list of annotations, also when there are none.
fn remove_empty_annotations(file: &mut Document) {
    let empty = |page: &Dictionary| {
        let annotations = page.get(b"Annots").and_then(Object::as_array);
        annotations.is_ok_and(|annotations| annotations.is_empty())
    };
    for object in file.objects.values_mut() {
        if let Ok(page) = object.as_dict_mut()
            && empty(page)
        {
            page.remove(b"Annots");
        }
    }
}

/// A text string: UTF-16 with its mark (ISO 32000-1, 7.9.2.2).
pub(super) fn text(text: &str) -> Object {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    let bytes = units.flat_map(u16::to_be_bytes).collect();
    Object::String(bytes, StringFormat::Hexadecimal)
}

fn check(bytes: &[u8], expected: usize) -> Result<()> {
    let file = Document::load_mem(bytes).map_err(fault)?;
    let found = file.get_pages().len();
    if found != expected {
        return Err(PdfError::Pages { found, expected }.into());
    }
    // A content stream that was damaged while saving would show as a blank page.
    for page in file.get_pages().values() {
        let content = file.get_page_content(*page);
        lopdf::content::Content::decode(&content).map_err(fault)?;
    }
    Ok(())
}
