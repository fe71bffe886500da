//! Fenced blocks: an info word and TOML inside, for everything that is no running text.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::{Place, ReportError};
use super::labels::Labels;
use super::lists::Lists;
use super::table;
use super::values::{Leaves, tidy};
use crate::document::block::{Block, Document, Figure, Letterhead, Plate, Signature, Span};
use crate::error::Result;

/// Every info word.
const KINDS: [&str; 9] = [
    "document",
    "letterhead",
    "title",
    "addressees",
    "signature",
    "annex",
    "table",
    "figure",
    "page-break",
];

/// Collects the blocks of a document and numbers its captions.
pub(super) struct Builder<'a> {
    pub document: Document,
    pub leaves: &'a Leaves,
    pub labels: &'a Labels,
    pub lists: Lists<'a>,
    pub figures: &'a BTreeMap<String, Plate>,
    table_count: usize,
    figure_count: usize,
}

/// One fenced block, before its TOML is read.
pub(super) struct Fence<'a> {
    pub place: Place,
    pub kind: &'a str,
    body: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentSpec {
    title: String,
    #[serde(default)]
    author: String,
    /// Printed with the banners until the document is issued.
    #[serde(default)]
    draft: String,
    #[serde(default)]
    banners: Vec<String>,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct LetterheadSpec {
    parent: String,
    issuer: String,
    number: String,
    about: String,
    nation: String,
    motto: String,
    place_and_date: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TitleSpec {
    kind: String,
    subject: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddresseesSpec {
    title: String,
    names: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct SignatureSpec {
    recipients_title: String,
    recipients: Vec<String>,
    position: Vec<String>,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnnexSpec {
    label: String,
    title: String,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    landscape: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureSpec {
    name: String,
    caption: String,
    /// Left out, it is the one that the figure was drawn with.
    #[serde(default)]
    alternative: String,
    /// Printed in place of a figure that the data do not yield.
    missing: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Empty {}

impl<'a> Builder<'a> {
    /// A builder of an empty document.
    pub fn new(
        leaves: &'a Leaves,
        labels: &'a Labels,
        lists: Lists<'a>,
        figures: &'a BTreeMap<String, Plate>,
    ) -> Self {
        let document = Document::default();
        Builder { document, leaves, labels, lists, figures, table_count: 0, figure_count: 0 }
    }

    /// Adds a block.
    pub fn push(&mut self, block: Block) {
        self.document.blocks.push(block);
    }

    /// Adds what a fenced block says; `info` is its kind and its place.
    pub fn fence(&mut self, file: &str, info: &str, body: &str) -> Result<()> {
        let (kind, place) = info.split_once(' ').unwrap_or((info, ""));
        let place = match place.rsplit_once(':') {
            Some((file, line)) => Place::new(file.trim(), line.parse().ok()),
            None => Place::new(file, None),
        };
        let fence = Fence { place, kind, body };
        match kind {
            "document" => self.properties(fence.read(self.leaves)?),
            "letterhead" => self.letterhead(fence.read(self.leaves)?),
            "title" => self.title(fence.read(self.leaves)?),
            "addressees" => self.addressees(fence.read(self.leaves)?),
            "signature" => self.signature(fence.read(self.leaves)?),
            "annex" => self.annex(fence.read(self.leaves)?),
            "table" => table::add(self, &fence)?,
            "figure" => self.figure(fence.read(self.leaves)?)?,
            "page-break" => {
                fence.read::<Empty>(self.leaves)?;
                self.push(Block::PageBreak);
            }
            _ => return Err(unknown_kind(fence))?,
        }
        Ok(())
    }

    fn properties(&mut self, spec: DocumentSpec) {
        self.document.title = spec.title;
        self.document.author = spec.author;
        self.document.draft = spec.draft;
        self.document.banners = filled(spec.banners);
    }

    fn letterhead(&mut self, spec: LetterheadSpec) {
        self.push(Block::Letterhead(Letterhead {
            parent: spec.parent,
            issuer: spec.issuer,
            number: spec.number,
            about: spec.about,
            nation: spec.nation,
            motto: spec.motto,
            place_and_date: spec.place_and_date,
        }));
    }

    fn title(&mut self, spec: TitleSpec) {
        self.push(Block::Title { kind: spec.kind, subject: spec.subject });
    }

    fn addressees(&mut self, spec: AddresseesSpec) {
        self.push(Block::Addressees { title: spec.title, names: filled(spec.names) });
    }

    fn signature(&mut self, spec: SignatureSpec) {
        self.push(Block::Signature(Signature {
            recipients_title: spec.recipients_title,
            recipients: filled(spec.recipients),
            position: filled(spec.position),
            name: spec.name,
        }));
    }

    fn annex(&mut self, spec: AnnexSpec) {
        self.push(Block::Annex {
            label: spec.label,
            title: spec.title,
            reference: spec.reference,
            landscape: spec.landscape,
        });
    }

    fn figure(&mut self, spec: FigureSpec) -> Result<()> {
        let Some(plate) = self.figures.get(&spec.name) else {
            self.sentence(spec.missing);
            return Ok(());
        };
        let caption = self.figure_caption(&spec.caption)?;
        let plate = plate.clone();
        let written = spec.alternative.is_empty();
        let alternative = if written { plate.alternative.clone() } else { spec.alternative };
        let name = spec.name;
        self.push(Block::Figure(Figure { name, plate, caption, alternative }));
        Ok(())
    }

    /// A paragraph in place of something that the data do not yield; none when empty.
    pub fn sentence(&mut self, text: String) {
        if !text.is_empty() {
            self.push(Block::Paragraph(vec![Span { text, ..Span::default() }]));
        }
    }

    /// The caption of the next table.
    pub fn table_caption(&mut self, caption: &str) -> Result<String> {
        if caption.is_empty() {
            return Ok(String::new());
        }
        self.table_count += 1;
        self.caption("captions.table", self.table_count, caption)
    }

    /// The caption of the next figure; one that speaks for itself has none.
    fn figure_caption(&mut self, caption: &str) -> Result<String> {
        if caption.is_empty() {
            return Ok(String::new());
        }
        self.figure_count += 1;
        self.caption("captions.figure", self.figure_count, caption)
    }

    fn caption(&self, label: &str, number: usize, caption: &str) -> Result<String> {
        self.labels.filled(label, &[("number", &number.to_string()), ("caption", caption)])
    }
}

impl Fence<'_> {
    /// The block's settings; values are put in after its TOML has been read.
    pub fn read<T: DeserializeOwned>(&self, leaves: &Leaves) -> Result<T> {
        let parsed = self.body.parse::<toml::Table>().map_err(|e| self.fault(e.message()))?;
        let value = resolved(toml::Value::Table(parsed), leaves);
        Ok(T::deserialize(value).map_err(|e| self.fault(e.message()))?)
    }

    /// An error in this block.
    pub fn fault(&self, message: &str) -> ReportError {
        ReportError::Block {
            place: self.place.clone(),
            kind: self.kind.to_owned(),
            message: message.trim().replace('\n', "; "),
        }
    }
}

/// The same TOML with tokens replaced in every text.
fn resolved(value: toml::Value, leaves: &Leaves) -> toml::Value {
    use toml::Value;
    match value {
        Value::String(text) => {
            Value::String(tidy(&leaves.resolve(&text)).trim_matches(' ').to_owned())
        }
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| resolved(item, leaves)).collect())
        }
        Value::Table(table) => {
            Value::Table(table.into_iter().map(|(k, v)| (k, resolved(v, leaves))).collect())
        }
        other => other,
    }
}

/// Empty lines of a list are those that the template left out.
fn filled(texts: Vec<String>) -> Vec<String> {
    texts.into_iter().filter(|text| !text.is_empty()).collect()
}

fn unknown_kind(fence: Fence<'_>) -> ReportError {
    ReportError::UnknownBlock {
        place: fence.place,
        kind: fence.kind.to_owned(),
        known: KINDS.map(String::from).into(),
    }
}
