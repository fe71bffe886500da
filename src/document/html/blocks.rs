//! Running text, tables and figures as elements of a page.

use super::svg::svg;
use crate::document::block::{Align, Block, Column, Figure, Span, Table};
use crate::document::font::clean;
use crate::document::layout::Section;
use crate::document::markup::Element;

/// A line of the table of contents.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub level: u8,
    pub id: String,
    pub text: String,
}

/// What is counted while a page is written.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub contents: Vec<Entry>,
    /// Notes of the whole page so far.
    notes: usize,
    /// Notes of the section.
    section_notes: Vec<Element>,
}

impl Writer {
    /// The document itself, an annex or a part, with its notes below.
    pub fn section(&mut self, section: &Section<'_>) -> Element {
        let blocks = section.blocks.iter();
        let content: Vec<Element> = blocks.filter_map(|block| self.block(block)).collect();
        let notes = std::mem::take(&mut self.section_notes);
        let list = (!notes.is_empty()).then(|| {
            let list = Element::new("ol").with("start", self.notes - notes.len() + 1);
            Element::new("div").with("class", "notes").child(list.children(notes))
        });
        let section = match section.landscape {
            true => Element::new("section").with("class", "wide"),
            false => Element::new("section"),
        };
        section.children(content).children(list)
    }

    fn block(&mut self, block: &Block) -> Option<Element> {
        Some(match block {
            Block::Letterhead(head) => super::form::letterhead(head),
            Block::Title { kind, subject } => super::form::title(kind, subject),
            Block::Addressees { title, names } => super::form::addressees(title, names),
            Block::Heading { level, text } => self.heading(*level, text),
            Block::Paragraph(spans) => Element::new("p").children(self.spans(spans)),
            Block::List(items) => {
                let items =
                    items.iter().map(|spans| Element::new("li").children(self.spans(spans)));
                Element::new("ul").children(items)
            }
            Block::Table(table) => self::table(table),
            Block::Figure(figure) => self::figure(figure),
            Block::Signature(signature) => super::form::signature(signature),
            Block::Annex { label, title, reference, .. } => {
                let id = self.entry(1, format!("{} {}", clean(label), clean(title)));
                super::form::annex(id, label, title, reference)
            }
            Block::PageBreak | Block::Part { .. } => return None,
        })
    }

    /// The title of the page is its `h1`, so headings begin at `h2`.
    fn heading(&mut self, level: u8, spans: &[Span]) -> Element {
        let level = level.clamp(1, 3);
        let text: String = spans.iter().map(|span| clean(&span.text)).collect();
        let id = self.entry(level, text);
        let name = ["h2", "h3", "h4"][usize::from(level) - 1];
        Element::new(name).with("id", id).children(self.spans(spans))
    }

    fn entry(&mut self, level: u8, text: String) -> String {
        let id = format!("s{}", self.contents.len() + 1);
        self.contents.push(Entry { level, id: id.clone(), text });
        id
    }

    fn spans(&mut self, spans: &[Span]) -> Vec<Element> {
        spans.iter().flat_map(|span| self.span(span)).collect()
    }

    fn span(&mut self, span: &Span) -> Vec<Element> {
        let mut text = Element::new("span").text(clean(&span.text));
        if span.italic {
            text = Element::new("em").child(text);
        }
        if span.bold {
            text = Element::new("strong").child(text);
        }
        let note = span.footnote.as_ref().map(|note| self.note(note));
        std::iter::once(text).chain(note).collect()
    }

    /// The number of a note, which leads to it; the note leads back.
    fn note(&mut self, text: &str) -> Element {
        self.notes += 1;
        let number = self.notes;
        let back = Element::new("a").with("href", format!("#mark{number}")).text("↑");
        let note = Element::new("li").with("id", format!("note{number}")).text(clean(text) + " ");
        self.section_notes.push(note.child(back));
        let link = Element::new("a")
            .with("id", format!("mark{number}"))
            .with("href", format!("#note{number}"))
            .with("role", "doc-noteref")
            .text(number.to_string());
        Element::new("sup").child(link)
    }
}

/// A table that scrolls on its own when the screen is narrow; its note does not scroll with it.
fn table(table: &Table) -> Element {
    let caption = clean(&table.caption);
    let titled = (!caption.trim().is_empty()).then(|| Element::new("caption").text(&*caption));
    let head = table
        .columns
        .iter()
        .map(|column| Element::new("th").with("scope", "col").text(clean(&column.title)));
    let head = Element::new("thead").child(Element::new("tr").children(head));
    let name_column = table.columns.iter().position(|column| column.align == Align::Left);
    let rows = table.rows.iter().map(|row| {
        let cells = row.iter().zip(&table.columns).enumerate();
        let cells = cells.map(|(at, (text, column))| cell(text, column, name_column == Some(at)));
        Element::new("tr").children(cells)
    });
    let grid = Element::new("table")
        .children(titled)
        .child(head)
        .child(Element::new("tbody").children(rows));
    let note = clean(&table.note);
    let note =
        (!note.trim().is_empty()).then(|| Element::new("p").with("class", "note").text(note));
    Element::new("div").with("class", "table").child(scroll(&caption).child(grid)).children(note)
}

/// What a row is about stands in its first column of words.
fn cell(text: &str, column: &Column, names_row: bool) -> Element {
    let cell = match names_row {
        true => Element::new("th").with("scope", "row"),
        false => Element::new("td"),
    };
    let cell = match column.align {
        Align::Left => cell,
        Align::Centre => cell.with("class", "centre"),
        Align::Right | Align::Decimal => cell.with("class", "right"),
    };
    cell.text(clean(text))
}

/// What scrolls can be reached with the keyboard and has a name.
fn scroll(name: &str) -> Element {
    let area = Element::new("div").with("class", "scroll").with("tabindex", 0);
    if name.trim().is_empty() {
        return area;
    }
    area.with("role", "region").with("aria-label", name)
}

fn figure(figure: &Figure) -> Element {
    let caption = clean(&figure.caption);
    let shown = match figure.plate.drawing.items.is_empty() {
        true => Element::new("p").text(clean(&figure.alternative)),
        false => scroll(&caption).child(svg(&figure.plate.drawing, &clean(&figure.alternative))),
    };
    let caption = Element::new("figcaption").text(caption);
    Element::new("figure").child(shown).child(caption)
}
