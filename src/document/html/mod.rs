//! The blocks as one HTML page that needs nothing else: charts are drawings in the page, the style
//! sheet is in its head, and its content policy forbids it to load anything.
//!
//! Reading order and structure are those of the PDF; on a narrow screen columns stand below each
//! other and tables scroll.

mod blocks;
mod form;
mod svg;
#[cfg(test)]
mod tests;

use thiserror::Error;

use self::blocks::{Entry, Writer};
use super::block::Document;
use super::font::clean;
use super::layout::sections;
use super::markup::{Element, Syntax};
use crate::error::{Fault, Kind, Result};

const STYLE: &str = include_str!("style.css");

/// Nothing is loaded and nothing is run, whatever the page may come to hold.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A page with fewer headings is read without a table of contents.
const CONTENTS_FROM: usize = 6;

/// Why a page cannot be written.
#[derive(Debug, Error)]
#[error("the page cannot be written: {0}")]
pub struct HtmlError(#[from] std::io::Error);

impl Fault for HtmlError {
    fn kind(&self) -> Kind {
        Kind::Output
    }
}

/// The bytes of the page.
pub fn write(document: &Document) -> Result<Vec<u8>> {
    let page = Element::new("html").with("lang", "vi").child(head(document)).child(body(document));
    Ok(page.bytes("<!DOCTYPE html>\n", Syntax::Html).map_err(HtmlError)?)
}

fn head(document: &Document) -> Element {
    let named = |name, content: &str| {
        Element::new("meta").with("name", name).with("content", clean(content))
    };
    let policy =
        Element::new("meta").with("http-equiv", "Content-Security-Policy").with("content", POLICY);
    let date = document.date.map(|date| named("date", &date.to_string()));
    Element::new("head")
        .child(Element::new("meta").with("charset", "utf-8"))
        .child(policy)
        .child(named("viewport", "width=device-width, initial-scale=1"))
        .child(Element::new("title").text(clean(&document.title)))
        .child(named("author", &document.author))
        .children(date)
        .child(Element::new("style").sheet(STYLE))
}

fn body(document: &Document) -> Element {
    let mut writer = Writer::default();
    let parts: Vec<Element> =
        sections(&document.blocks).iter().map(|part| writer.section(part)).collect();
    Element::new("body")
        .children(banners(document))
        .children(contents(document, &writer.contents))
        .child(Element::new("main").children(parts))
}

fn banners(document: &Document) -> Option<Element> {
    let banner = |text: &String| Element::new("p").text(clean(text));
    let all = Element::new("div").with("class", "banners").with("role", "note");
    (!document.banners.is_empty()).then(|| all.children(document.banners.iter().map(banner)))
}

fn contents(document: &Document, entries: &[Entry]) -> Option<Element> {
    let entry = |entry: &Entry| {
        let link = Element::new("a").with("href", format!("#{}", entry.id)).text(&*entry.text);
        Element::new("li").with("class", format!("level{}", entry.level)).child(link)
    };
    let list = Element::new("ul").children(entries.iter().map(entry));
    let contents = Element::new("nav").with("aria-label", clean(&document.title)).child(list);
    (entries.len() >= CONTENTS_FROM).then_some(contents)
}
