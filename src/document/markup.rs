//! A tree of elements that DOCX parts and HTML pages are written from.
//!
//! Whatever comes from data goes in as text or as the value of an attribute and is escaped in one
//! place, [`Element::write`]; no exporter ever joins strings to markup.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

/// What an element holds.
#[derive(Debug, Clone, PartialEq)]
enum Content {
    Element(Element),
    Text(String),
    /// A style sheet of the program's own, which HTML reads without any escaping.
    Sheet(&'static str),
}

/// An element with its attributes and content, in the order in which they were added.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Vec<Content>,
}

/// How an element without content is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// `<w:tab/>`.
    Xml,
    /// `<p></p>`, but `<br/>` where HTML knows no end tag.
    Html,
}

/// The elements of HTML that never hold anything.
const VOID: [&str; 5] = ["br", "hr", "img", "link", "meta"];

impl Element {
    pub fn new(name: &'static str) -> Self {
        Element { name, attributes: Vec::new(), content: Vec::new() }
    }

    /// The element with one more attribute.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.attributes.push((name, value.to_string()));
        self
    }

    /// The element with one more child.
    #[must_use]
    pub fn child(mut self, child: Element) -> Self {
        self.content.push(Content::Element(child));
        self
    }

    /// The element with these children behind those that it has.
    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.content.extend(children.into_iter().map(Content::Element));
        self
    }

    /// The element with text behind what it holds.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.content.push(Content::Text(text.into()));
        self
    }

    /// The element with a style sheet that is part of the program; nothing in it is escaped.
    #[must_use]
    pub fn sheet(mut self, sheet: &'static str) -> Self {
        self.content.push(Content::Sheet(sheet));
        self
    }

    /// Writes the element. Writing to memory cannot fail, but the writer's interface says so.
    pub fn write(&self, out: &mut Writer<Vec<u8>>, syntax: Syntax) -> io::Result<()> {
        let mut start = BytesStart::new(self.name);
        for (name, value) in &self.attributes {
            start.push_attribute((*name, legal(value).as_str()));
        }
        if self.content.is_empty() && (syntax == Syntax::Xml || VOID.contains(&self.name)) {
            return out.write_event(Event::Empty(start));
        }
        out.write_event(Event::Start(start))?;
        for content in &self.content {
            match content {
                Content::Element(element) => element.write(out, syntax)?,
                Content::Sheet(sheet) => {
                    out.write_event(Event::Text(BytesText::from_escaped(*sheet)))?;
                }
                Content::Text(text) => {
                    out.write_event(Event::Text(BytesText::new(&legal(text))))?
                }
            }
        }
        out.write_event(Event::End(BytesEnd::new(self.name)))
    }

    /// The element as bytes behind an opening such as an XML declaration.
    pub fn bytes(&self, opening: &str, syntax: Syntax) -> io::Result<Vec<u8>> {
        let mut out = Writer::new(opening.as_bytes().to_vec());
        self.write(&mut out, syntax)?;
        Ok(out.into_inner())
    }
}

/// The characters that XML 1.0 allows (its production 2); others would make a file unreadable.
fn legal(text: &str) -> String {
    let allowed = |c: &char| match c {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => *c >= ' ',
    };
    text.chars().filter(allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(element: &Element, syntax: Syntax) -> String {
        String::from_utf8(element.bytes("", syntax).unwrap()).unwrap()
    }

    #[test]
    fn text_and_attributes_never_become_markup() {
        let element = Element::new("p").with("title", "a\"<b>&'").text("<b>x</b> & {{ x }}");
        let text = written(&element, Syntax::Html);
        assert_eq!(
            text,
            "<p title=\"a&quot;&lt;b&gt;&amp;&apos;\">&lt;b&gt;x&lt;/b&gt; &amp; {{ x }}</p>"
        );
    }

    #[test]
    fn characters_that_xml_forbids_are_dropped() {
        let element = Element::new("p").text("a\u{0}\u{1b}\u{fffe}b");
        assert_eq!(written(&element, Syntax::Xml), "<p>ab</p>");
    }

    #[test]
    fn empty_elements_follow_the_syntax() {
        let element = Element::new("div").child(Element::new("br")).child(Element::new("p"));
        assert_eq!(written(&element, Syntax::Xml), "<div><br/><p/></div>");
        assert_eq!(written(&element, Syntax::Html), "<div><br/><p></p></div>");
    }
}
