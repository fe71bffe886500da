//! Layout: blocks become the page model, in the form of Nghị định 30/2020/NĐ-CP.
//!
//! Each block turns into pieces as wide as the text; the page breaker moves pieces whole and
//! keeps those together that belong together. Nothing here knows a file format.

mod closing;
mod columns;
mod decimal;
mod figure;
mod flow;
mod furniture;
mod letterhead;
mod lines;
mod notes;
mod piece;
mod style;
mod table;
mod tags;
#[cfg(test)]
mod tests;
mod text;
mod words;

use thiserror::Error;

use self::flow::{Flow, Sheet};
pub(super) use self::letterhead::punctuated;
use self::notes::foot_height;
use self::piece::Piece;
use self::style::Geometry;
pub use self::style::{MILLIMETRE, Margins, Style};
use self::tags::Tags;
use super::block::{Block, Document, Table};
use super::font::Family;
use super::page::{Item, Laid, Page};
use crate::error::{Fault, Kind, Result};

/// Why a document cannot be laid out.
#[derive(Debug, Error)]
pub enum LayoutError {
    #[error("`{setting}` is {found}{unit}, expected {expected}")]
    Style { setting: &'static str, found: f64, unit: &'static str, expected: String },
    #[error("row {row} of table `{table}` has {found} cells, expected {expected}")]
    Row { table: String, row: usize, found: usize, expected: usize },
    #[error("the footnotes of one line are {found:.0} pt high, expected at most {most:.0} pt")]
    Footnote { found: f64, most: f64 },
}

impl Fault for LayoutError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            LayoutError::Style { .. } => {
                Some("annex I of the decree 30/2020/NĐ-CP fixes what is allowed".into())
            }
            LayoutError::Footnote { .. } => Some("make it shorter, or part of the text".into()),
            LayoutError::Row { .. } => None,
        }
    }
}

/// What every block needs to know to be laid out.
struct Context<'a> {
    family: &'a Family,
    style: &'a Style,
    geometry: Geometry,
    tags: &'a Tags,
}

/// The document or one annex: pages of one shape, numbered from 1.
pub(super) struct Section<'a> {
    pub landscape: bool,
    pub blocks: &'a [Block],
}

/// Lays a document out.
///
/// Fails when a face lacks a letter of the text, when a row does not have as many cells as its
/// table has columns, or when the style is not what the decree allows.
pub fn lay_out(document: &Document, family: &Family, style: &Style) -> Result<Laid> {
    style.check()?;
    let tags = Tags::default();
    let mut pages = Vec::new();
    for section in sections(&document.blocks) {
        tags.open(section.blocks.first());
        let geometry = style.geometry(section.landscape);
        let context = Context { family, style, geometry, tags: &tags };
        for mut sheet in context.section(section.blocks)? {
            context.furnish(&mut sheet, &document.banners);
            pages.push(sheet.page);
        }
    }
    pages.iter().try_for_each(|page| require_letters(page, family))?;
    Ok(Laid { pages, structure: tags.into_structure() })
}

/// The size of type and the widths of a table's columns in points, for formats that set lines
/// themselves.
pub(super) fn column_widths(
    table: &Table,
    family: &Family,
    style: &Style,
    landscape: bool,
) -> (f64, Vec<f64>) {
    let (tags, geometry) = (Tags::default(), style.geometry(landscape));
    Context { family, style, geometry, tags: &tags }.fit_columns(table)
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
                    self.check_notes(&pieces)?;
                    flow.place(std::mem::take(&mut pieces));
                    flow.land();
                    flow.break_page();
                }
                _ => self.append(&mut pieces, block)?,
            }
        }
        self.check_notes(&pieces)?;
        flow.place(pieces);
        Ok(flow.finish())
    }

    /// A line and its footnotes stand on one page.
    fn check_notes(&self, pieces: &[Piece]) -> Result<()> {
        for piece in pieces.iter().filter(|piece| !piece.notes.is_empty()) {
            let (found, most) = (foot_height(piece.notes_height()), self.geometry.height);
            let most = most - piece.height;
            if found > most {
                return Err(LayoutError::Footnote { found, most }.into());
            }
        }
        Ok(())
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
    page.items.iter().try_for_each(|placed| match &placed.item {
        Item::Text(run) => family.require(run.face, &run.text),
        Item::Path(_) => Ok(()),
    })
}
