//! The parts of a DOCX file and the ZIP archive that holds them.
//!
//! Every time in it is the date of the report, so the bytes are the same whenever it is written.

use std::io::{Cursor, Write};

use jiff::civil::Date;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::DocxError;
use super::body::{Body, note};
use super::figure::relationship;
use super::section::HEADERS;
use super::styles::{numbering, styles};
use crate::document::block::Document;
use crate::document::font::clean;
use crate::document::layout::Style;
use crate::document::markup::{Element, Syntax};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// Parts of the main document: file in `word/`, kind of relationship and content, relationship.
const PARTS: [(&str, &str, &str); 4] = [
    ("styles.xml", "styles", "rIdStyles"),
    ("numbering.xml", "numbering", "rIdNumbering"),
    ("settings.xml", "settings", "rIdSettings"),
    ("footnotes.xml", "footnotes", "rIdFootnotes"),
];

/// The root of a part, with the namespaces that its content may use.
pub(super) fn root(name: &'static str) -> Element {
    Element::new(name)
        .with("xmlns:w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main")
        .with("xmlns:r", OFFICE)
        .with("xmlns:wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing")
}

/// The same for the headers too.
fn parts() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    PARTS.into_iter().chain(HEADERS.map(|header| (header.file, "header", header.relationship)))
}

/// The whole file.
pub(super) fn package(
    document: &Document,
    style: &Style,
    body: &Body,
) -> Result<Vec<u8>, DocxError> {
    let mut archive = Archive::new(document.date);
    let content = Element::new("w:body").children(body.content.iter().cloned());
    for (name, part) in [
        ("[Content_Types].xml", content_types()),
        ("_rels/.rels", relationships()),
        ("docProps/core.xml", properties(document)),
        ("docProps/app.xml", application()),
        ("word/document.xml", root("w:document").child(content)),
        ("word/_rels/document.xml.rels", document_relationships(body.images.len())),
        ("word/styles.xml", styles(style)),
        ("word/numbering.xml", numbering(style)),
        ("word/settings.xml", settings()),
        ("word/footnotes.xml", footnotes(&body.notes)),
    ] {
        archive.add(name, &part.bytes(DECLARATION, Syntax::Xml)?)?;
    }
    for header in HEADERS {
        let part = header.part(document, style).bytes(DECLARATION, Syntax::Xml)?;
        archive.add(&format!("word/{}", header.file), &part)?;
    }
    for (index, image) in body.images.iter().enumerate() {
        archive.add(&format!("word/{}", image_file(index + 1)), image)?;
    }
    archive.finish()
}

struct Archive {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    options: SimpleFileOptions,
}

impl Archive {
    fn new(date: Option<Date>) -> Self {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(date.and_then(time).unwrap_or(DateTime::DEFAULT));
        Archive { zip: ZipWriter::new(Cursor::new(Vec::new())), options }
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), DocxError> {
        self.zip.start_file(name, self.options)?;
        Ok(self.zip.write_all(bytes)?)
    }

    fn finish(self) -> Result<Vec<u8>, DocxError> {
        Ok(self.zip.finish()?.into_inner())
    }
}

/// ZIP archives know the years 1980 to 2107.
fn time(date: Date) -> Option<DateTime> {
    let year = u16::try_from(date.year()).ok()?;
    DateTime::from_date_and_time(
        year,
        date.month().cast_unsigned(),
        date.day().cast_unsigned(),
        0,
        0,
        0,
    )
    .ok()
}

fn content_types() -> Element {
    let default = |extension: &str, kind: &str| {
        Element::new("Default").with("Extension", extension).with("ContentType", kind)
    };
    let part = |name: String, kind: String| {
        Element::new("Override").with("PartName", name).with("ContentType", kind)
    };
    let word = |(file, kind, _)| part(format!("/word/{file}"), format!("{WORD}.{kind}+xml"));
    let core = "application/vnd.openxmlformats-package.core-properties+xml";
    let app = "application/vnd.openxmlformats-officedocument.extended-properties+xml";
    Element::new("Types")
        .with("xmlns", format!("{PACKAGE}/content-types"))
        .child(default("rels", "application/vnd.openxmlformats-package.relationships+xml"))
        .child(default("xml", "application/xml"))
        .child(default("png", "image/png"))
        .child(part("/word/document.xml".into(), format!("{WORD}.document.main+xml")))
        .children(parts().map(word))
        .child(part("/docProps/core.xml".into(), core.into()))
        .child(part("/docProps/app.xml".into(), app.into()))
}

fn relationships() -> Element {
    Element::new("Relationships")
        .with("xmlns", format!("{PACKAGE}/relationships"))
        .child(related("rId1", format!("{OFFICE}/officeDocument"), "word/document.xml"))
        .child(related(
            "rId2",
            format!("{PACKAGE}/relationships/metadata/core-properties"),
            "docProps/core.xml",
        ))
        .child(related("rId3", format!("{OFFICE}/extended-properties"), "docProps/app.xml"))
}

fn document_relationships(images: usize) -> Element {
    let part = |(file, kind, id)| related(id, format!("{OFFICE}/{kind}"), file);
    let image =
        |number| related(&relationship(number), format!("{OFFICE}/image"), &image_file(number));
    Element::new("Relationships")
        .with("xmlns", format!("{PACKAGE}/relationships"))
        .children(parts().map(part))
        .children((1..=images).map(image))
}

fn related(id: &str, kind: String, target: &str) -> Element {
    Element::new("Relationship").with("Id", id).with("Type", kind).with("Target", target)
}

fn image_file(number: usize) -> String {
    format!("media/image{number}.png")
}

fn properties(document: &Document) -> Element {
    let mut properties = Element::new("cp:coreProperties")
        .with("xmlns:cp", format!("{PACKAGE}/metadata/core-properties"))
        .with("xmlns:dc", "http://purl.org/dc/elements/1.1/")
        .with("xmlns:dcterms", "http://purl.org/dc/terms/")
        .with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .child(Element::new("dc:title").text(clean(&document.title)))
        .child(Element::new("dc:creator").text(clean(&document.author)))
        .child(Element::new("dc:language").text("vi-VN"));
    if let Some(date) = document.date {
        for name in ["dcterms:created", "dcterms:modified"] {
            let time = Element::new(name).with("xsi:type", "dcterms:W3CDTF");
            properties = properties.child(time.text(format!("{date}T00:00:00Z")));
        }
    }
    properties
}

fn application() -> Element {
    Element::new("Properties")
        .with("xmlns", "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties")
        .child(Element::new("Application").text(env!("CARGO_PKG_NAME")))
}

fn settings() -> Element {
    let separator = |id: i8| Element::new("w:footnote").with("w:id", id);
    let mode = Element::new("w:compatSetting")
        .with("w:name", "compatibilityMode")
        .with("w:uri", "http://schemas.microsoft.com/office/word")
        .with("w:val", 15);
    root("w:settings")
        .child(Element::new("w:footnotePr").child(separator(-1)).child(separator(0)))
        .child(Element::new("w:compat").child(mode))
        .child(Element::new("w:themeFontLang").with("w:val", "vi-VN"))
}

/// The rules above notes are notes themselves, with numbers below 1.
fn footnotes(notes: &[String]) -> Element {
    let rule = |id: i8, kind: &'static str, content: &'static str| {
        let paragraph = Element::new("w:p").child(Element::new("w:r").child(Element::new(content)));
        Element::new("w:footnote").with("w:type", kind).with("w:id", id).child(paragraph)
    };
    root("w:footnotes")
        .child(rule(-1, "separator", "w:separator"))
        .child(rule(0, "continuationSeparator", "w:continuationSeparator"))
        .children(notes.iter().enumerate().map(|(index, text)| note(index + 1, text)))
}
