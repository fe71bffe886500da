//! Passages: what is compared as one, a paragraph or the row of a table.

use super::token::{Token, tokens};
use crate::document::block::{Align, Block, Document, Figure, Letterhead, Signature, Span, Table};
use crate::document::font::clean;
use crate::document::page::Item;

/// A text with its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub text: String,
    pub tokens: Vec<Token>,
}

impl Text {
    pub fn new(text: &str) -> Self {
        // Lines stay apart: a number at the beginning of one may be a label.
        let lines: Vec<String> = text.split('\n').map(clean).collect();
        let text = lines.join("\n");
        let tokens = tokens(&text);
        Text { text, tokens }
    }
}

/// The row of a table: where its cells stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Counted from 1.
    pub table: usize,
    /// What the row is about; empty for the head.
    pub label: String,
    /// The titles of the columns.
    pub columns: Vec<String>,
}

/// A paragraph has one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    pub row: Option<Row>,
    pub cells: Vec<Text>,
    /// The cells that are filled in by hand: number and day of the document.
    pub free: Vec<usize>,
    /// Whether it is the text in a figure or its caption.
    pub drawn: bool,
}

impl Passage {
    pub fn paragraph(text: &str) -> Self {
        Passage { row: None, cells: vec![Text::new(text)], free: Vec::new(), drawn: false }
    }

    pub fn drawing(text: &str) -> Self {
        Passage { drawn: true, ..Passage::paragraph(text) }
    }

    pub fn cells(cells: &[String]) -> Self {
        let cells = cells.iter().map(|cell| Text::new(cell)).collect();
        Passage { row: None, cells, free: Vec::new(), drawn: false }
    }

    fn free(self, cells: &[usize]) -> Self {
        Passage { free: cells.to_vec(), ..self }
    }

    pub fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.cells.iter().flat_map(|cell| &cell.tokens)
    }

    /// The numbers that must not change.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        let fixed = self.cells.iter().enumerate().filter(|(cell, _)| !self.free.contains(cell));
        let numbers = fixed.flat_map(|(_, text)| &text.tokens).filter(|token| token.number);
        numbers.map(|token| token.key.as_str())
    }
}

/// The passages of a document, in the order in which a reader meets them; notes come last.
pub(super) fn passages(document: &Document, with_drawings: bool) -> Vec<Passage> {
    let mut list = List { with_drawings, ..List::default() };
    document.blocks.iter().for_each(|block| list.block(block));
    let List { mut passages, mut notes, .. } = list;
    passages.append(&mut notes);
    passages.retain(|passage| passage.tokens().next().is_some());
    passages
}

#[derive(Default)]
struct List {
    passages: Vec<Passage>,
    notes: Vec<Passage>,
    tables: usize,
    with_drawings: bool,
}

impl List {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Letterhead(head) => self.letterhead(head),
            Block::Title { kind, subject } => self.texts([kind, subject]),
            Block::Addressees { title, names } => match names.as_slice() {
                [] | [_] => self.text(&format!("{title} {}", names.join(""))),
                names => self.texts(std::iter::once(title).chain(names)),
            },
            Block::Heading { text: spans, .. } | Block::Paragraph(spans) => self.spans(spans),
            Block::List(items) => items.iter().for_each(|spans| self.spans(spans)),
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => self.figure(figure),
            Block::Signature(signature) => self.signature(signature),
            Block::Annex { label, title, reference, .. } => {
                self.texts([label, title]);
                self.passages.push(Passage::paragraph(reference).free(&[0]));
            }
            Block::PageBreak | Block::Part { .. } => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.passages.push(Passage::paragraph(text));
    }

    fn texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t String>) {
        texts.into_iter().for_each(|text| self.text(text));
    }

    fn spans(&mut self, spans: &[Span]) {
        self.text(&spans.iter().map(|span| span.text.as_str()).collect::<String>());
        let notes = spans.iter().filter_map(|span| span.footnote.as_ref());
        self.notes.extend(notes.map(|note| Passage::paragraph(note)));
    }

    /// Two columns, as in the files.
    fn letterhead(&mut self, head: &Letterhead) {
        let join = |parts: &[&String]| {
            parts.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(" ")
        };
        let above = [join(&[&head.parent, &head.issuer]), join(&[&head.nation, &head.motto])];
        let below = [head.number.clone(), head.about.clone(), head.place_and_date.clone()];
        self.passages.push(Passage::cells(&above));
        self.passages.push(Passage::cells(&below).free(&[0, 2]));
    }

    fn signature(&mut self, signature: &Signature) {
        let mut left = vec![signature.recipients_title.clone()];
        left.extend(signature.recipients.iter().cloned());
        let mut right = signature.position.clone();
        right.push(signature.name.clone());
        self.passages.push(Passage::cells(&[left.join("\n"), right.join(" ")]));
    }

    fn table(&mut self, table: &Table) {
        self.tables += 1;
        self.text(&table.caption);
        let columns: Vec<String> =
            table.columns.iter().map(|column| clean(&column.title)).collect();
        self.row(&columns, String::new(), &columns);
        let named = table.columns.iter().position(|column| column.align == Align::Left);
        for cells in &table.rows {
            let label = cells.get(named.unwrap_or(0)).map(|cell| clean(cell)).unwrap_or_default();
            self.row(cells, label, &columns);
        }
        self.text(&table.note);
    }

    fn row(&mut self, cells: &[String], label: String, columns: &[String]) {
        let row = Row { table: self.tables, label, columns: columns.to_vec() };
        self.passages.push(Passage { row: Some(row), ..Passage::cells(cells) });
    }

    fn figure(&mut self, figure: &Figure) {
        if self.with_drawings {
            let texts = figure.plate.drawing.items.iter().filter_map(|item| match item {
                Item::Text(run) => Some(run.text.as_str()),
                Item::Path(_) => None,
            });
            self.passages.push(Passage::drawing(&texts.collect::<Vec<_>>().join(" ")));
            self.passages.push(Passage::drawing(&figure.caption));
        } else {
            self.text(&figure.caption);
        }
    }
}
