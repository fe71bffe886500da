//! The finishing touches: properties, language, identifier, compression, and a look at the result.

use jiff::civil::Date;
use lopdf::{Dictionary, Object, StringFormat, dictionary};
use sha2::{Digest, Sha256};

use super::PdfError;
use crate::document::block::Document;
use crate::error::Result;

/// The language of every document.
const LANGUAGE: &str = "vi-VN";

/// Finishes a file and returns its bytes, re-opened once to see that they are whole.
pub(super) fn finish(
    mut file: lopdf::Document,
    document: &Document,
    pages: usize,
) -> Result<Vec<u8>> {
    file.version = "1.7".into();
    set_properties(&mut file, document)?;
    set_catalog(&mut file)?;
    remove_empty_annotations(&mut file);
    file.prune_objects();
    file.renumber_objects();
    file.compress();
    // The identifier is a hash of the file with a blank identifier.
    set_identifier(&mut file, &[0; 16]);
    let digest = Sha256::digest(bytes(&mut file)?);
    set_identifier(&mut file, digest.get(..16).unwrap_or_default());
    let bytes = bytes(&mut file)?;
    check(&bytes, pages)?;
    Ok(bytes)
}

fn bytes(file: &mut lopdf::Document) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).map_err(|error| PdfError::Assembly(error.to_string()))?;
    Ok(bytes)
}

fn set_identifier(file: &mut lopdf::Document, identifier: &[u8]) {
    let identifier = Object::String(identifier.to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", vec![identifier.clone(), identifier]);
}

/// Replaces printpdf's properties, which name a print standard that the file does not follow.
fn set_properties(file: &mut lopdf::Document, document: &Document) -> Result<()> {
    let mut properties = dictionary! {
        "Title" => text(&document.title),
        "Author" => text(&document.author),
        "Creator" => text(env!("CARGO_PKG_NAME")),
        "Producer" => text(env!("CARGO_PKG_NAME")),
    };
    if let Some(date) = document.date {
        properties.set("CreationDate", timestamp(date));
        properties.set("ModDate", timestamp(date));
    }
    let id = file
        .trailer
        .get(b"Info")
        .and_then(Object::as_reference)
        .map_err(|error| PdfError::Assembly(error.to_string()))?;
    file.objects.insert(id, Object::Dictionary(properties));
    Ok(())
}

fn set_catalog(file: &mut lopdf::Document) -> Result<()> {
    let catalog = file.catalog_mut().map_err(|error| PdfError::Assembly(error.to_string()))?;
    catalog.set("Lang", Object::string_literal(LANGUAGE));
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    Ok(())
}

/// printpdf gives each page a list of annotations, also when there are none.
fn remove_empty_annotations(file: &mut lopdf::Document) {
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
fn text(text: &str) -> Object {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    let bytes = units.flat_map(u16::to_be_bytes).collect();
    Object::String(bytes, StringFormat::Hexadecimal)
}

fn timestamp(date: Date) -> Object {
    let (year, month, day) = (date.year(), date.month(), date.day());
    Object::string_literal(format!("D:{year:04}{month:02}{day:02}000000+07'00'"))
}

fn check(bytes: &[u8], expected: usize) -> Result<()> {
    let file =
        lopdf::Document::load_mem(bytes).map_err(|error| PdfError::Assembly(error.to_string()))?;
    let found = file.get_pages().len();
    if found != expected {
        return Err(PdfError::Pages { found, expected }.into());
    }
    // A content stream that was damaged while saving would show as a blank page.
    for page in file.get_pages().values() {
        let content = file.get_page_content(*page);
        lopdf::content::Content::decode(&content)
            .map_err(|error| PdfError::Assembly(error.to_string()))?;
    }
    Ok(())
}
