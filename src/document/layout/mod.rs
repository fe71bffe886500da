//! Layout: blocks become the page model, in the form of Nghị định 30/2020/NĐ-CP.
//!
//! Each block turns into pieces as wide as the text; the page breaker moves pieces whole and
//! keeps those together that belong together. Nothing here knows a file format.

mod closing;
mod columns;
mod figure;
mod flow;
mod furniture;
mod letterhead;
mod lines;
mod piece;
mod style;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod words;

use thiserror::Error;

use self::flow::{Flow, Sheet};
pub(super) use self::letterhead::punctuated;
use self::piece::Piece;
use self::style::Geometry;
pub use self::style::{MILLIMETRE, Margins, Style};
use super::block::{Block, Document, Table};
use super::font::Family;
use super::page::{Item, Page};
use crate::error::{Fault, Kind, Result};

/// Why a document cannot be laid out.
#[derive(Debug, Error)]
pub enum LayoutError {
    #[error("{what} is {value}, expected {least} to {most}")]
    Style { what: &'static str, value: f64, least: f64, most: f64 },
    #[error("row {row} of table `{table}` has {found} cells, expected {expected}")]
    Row { table: String, row: usize, found: usize, expected: usize },
}

impl Fault for LayoutError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

/// What every block needs to know to be laid out.
struct Context<'a> {
    family: &'a Family,
    style: &'a Style,
    geometry: Geometry,
}

/// The document or one annex: pages of one shape, numbered from 1.
pub(super) struct Section<'a> {
    pub landscape: bool,
    pub blocks: &'a [Block],
}

/// Lays a document out.
///
/// Fails when a face lacks a letter of the text, when a row does not have as many cells as its
/// table has columns, or when the style leaves no room for text.
pub fn lay_out(document: &Document, family: &Family, style: &Style) -> Result<Vec<Page>> {
    style.check()?;
    let mut pages = Vec::new();
    for section in sections(&document.blocks) {
        let context = Context { family, style, geometry: style.geometry(section.landscape) };
        for mut sheet in context.section(section.blocks)? {
            context.furnish(&mut sheet, &document.banners);
            pages.push(sheet.page);
        }
    }
    pages.iter().try_for_each(|page| require_letters(page, family))?;
    Ok(pages)
}

/// The size of type and the widths of a table's columns in points, for formats that set lines
/// themselves.
pub(super) fn column_widths(
    table: &Table,
    family: &Family,
    style: &Style,
    landscape: bool,
) -> (f64, Vec<f64>) {
    Context { family, style, geometry: style.geometry(landscape) }.fit_columns(table)
}

/// Cuts before each annex and each part.
pub(super) fn sections(blocks: &[Block]) -> Vec<Section<'_>> {
    let is_annex = |block: &Block| matches!(block, Block::Annex { .. } | Block::Part { .. });
    let mut starts: Vec<usize> = vec![0];
    starts.extend((1..blocks.len()).filter(|index| is_annex(&blocks[*index])));
    starts.push(blocks.len());
    let section = |range: &[usize]| {
        let blocks = &blocks[range[0]..range[1]];
        let landscape = matches!(
            blocks.first(),
            Some(Block::Annex { landscape: true, .. } | Block::Part { landscape: true })
        );
        Section { landscape, blocks }
    };
    starts.windows(2).map(section).collect()
}

impl Context<'_> {
    fn section(&self, blocks: &[Block]) -> Result<Vec<Sheet>> {
        let mut flow = Flow::new(self.geometry);
        let mut pieces: Vec<Piece> = Vec::new();
        for block in blocks {
            match block {
                Block::PageBreak => {
                    flow.place(std::mem::take(&mut pieces));
                    flow.break_page();
                }
                _ => self.append(&mut pieces, block)?,
            }
        }
        flow.place(pieces);
        Ok(flow.finish())
    }

    fn append(&self, pieces: &mut Vec<Piece>, block: &Block) -> Result<()> {
        // A signature never stands alone on its page: the end of the text goes with it.
        if let (Block::Signature(_), Some(last)) = (block, pieces.last_mut()) {
            last.keep = true;
        }
        pieces.extend(self.block(block)?);
        Ok(())
    }

    fn block(&self, block: &Block) -> Result<Vec<Piece>> {
        Ok(match block {
            Block::Letterhead(head) => self.letterhead(head),
            Block::Title { kind, subject } => self.title(kind, subject),
            Block::Addressees { title, names } => self.addressees(title, names),
            Block::Heading { level, text } => self.heading(*level, text),
            Block::Paragraph(spans) => self.paragraph(spans),
            Block::List(items) => self.list(items),
            Block::Table(table) => self.table(table)?,
            Block::Figure(figure) => self.figure(figure),
            Block::Signature(signature) => self.signature(signature),
            Block::Annex { label, title, reference, .. } => self.annex(label, title, reference),
            Block::PageBreak | Block::Part { .. } => Vec::new(),
        })
    }
}

/// A missing letter is an error: a box in its place would be found by the reader.
fn require_letters(page: &Page, family: &Family) -> Result<()> {
    page.items.iter().try_for_each(|item| match item {
        Item::Text(run) => family.require(run.face, &run.text),
        Item::Path(_) => Ok(()),
    })
}
