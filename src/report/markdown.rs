//! Filled-in Markdown → blocks.
//!
//! Headings, paragraphs, lists, bold and italic are Markdown. A numbered item becomes a paragraph
//! that begins with its number, as official documents write it. A note `[^name]` stands at the foot of
//! the page; its text follows anywhere as `[^name]: …`. Everything structured is a fenced block, see
//! [`super::fences`].

use std::collections::BTreeMap;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::error::{Place, ReportError};
use super::fences::Builder;
use super::values::{Leaves, tidy};
use crate::document::block::{Block, Span, Spans};
use crate::error::Result;

/// Writes the place of each fenced block behind its kind, so that errors can name it after the
/// template has been filled in.
pub(super) fn mark_fences(file: &str, source: &str) -> String {
    let mut inside = false;
    let mut out = String::with_capacity(source.len());
    for (index, line) in source.lines().enumerate() {
        out.push_str(line);
        if line.trim_start().starts_with("```") {
            if !inside {
                out.push_str(&format!(" {file}:{}", index + 1));
            }
            inside = !inside;
        }
        out.push('\n');
    }
    out
}

/// Refuses what has no block, while the line is still known.
pub(super) fn check(file: &str, source: &str) -> Result<()> {
    let text = without_tags(source);
    for (event, range) in parser(&text).into_offset_iter() {
        if let Some(construct) = unsupported(&event) {
            let line = text[..range.start].matches('\n').count() + 1;
            return Err(ReportError::Unsupported {
                place: Place::new(file, Some(line)),
                construct,
            }
            .into());
        }
    }
    Ok(())
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_FOOTNOTES)
}

/// A template without its control flow, on the same lines; a printed value becomes a letter.
fn without_tags(source: &str) -> String {
    let mut out = String::new();
    let mut rest = source;
    while let Some(start) =
        rest.find("{%").into_iter().chain(rest.find("{#")).chain(rest.find("{{")).min()
    {
        let close = match &rest[start..start + 2] {
            "{%" => "%}",
            "{#" => "#}",
            _ => "}}",
        };
        let end = rest[start..].find(close).map_or(rest.len(), |at| start + at + 2);
        out.push_str(&rest[..start]);
        out.push_str(if close == "}}" { "x" } else { "" });
        out.extend(rest[start..end].chars().filter(|c| *c == '\n'));
        rest = &rest[end..];
    }
    out + rest
}

fn unsupported(event: &Event<'_>) -> Option<&'static str> {
    Some(match event {
        Event::Html(_) | Event::InlineHtml(_) => "HTML",
        Event::Code(_) => "inline code",
        Event::Rule => "a thematic break",
        Event::HardBreak => "a forced line break",
        Event::Start(Tag::BlockQuote(_)) => "a block quote",
        Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => "text indented by four spaces",
        Event::Start(Tag::Link { .. }) => "a link",
        Event::Start(Tag::Image { .. }) => "an image",
        _ => return None,
    })
}

/// The blocks of a filled-in template, added to `builder`.
pub(super) fn blocks(
    file: &str,
    text: &str,
    leaves: &Leaves,
    builder: &mut Builder<'_>,
) -> Result<()> {
    check_notes(file, text)?;
    let mut reader = Reader {
        file,
        leaves,
        builder,
        spans: Vec::new(),
        bold: 0,
        italic: 0,
        lists: Vec::new(),
        fence: None,
        note: None,
        notes: BTreeMap::new(),
    };
    for (event, range) in parser(text).into_offset_iter() {
        if let Some(construct) = unsupported(&event) {
            return Err(
                ReportError::Unsupported { place: Place::new(file, None), construct }.into()
            );
        }
        reader.read(event, &text[range])?;
    }
    reader.put_notes();
    Ok(())
}

/// Refuses a note without its text, which the parser would take for words.
fn check_notes(file: &str, text: &str) -> Result<()> {
    let names = text.split("[^").skip(1).filter_map(|rest| Some(rest.split_once(']')?.0));
    let mut names = names.filter(|name| !text.contains(&format!("[^{name}]:")));
    match names.next() {
        Some(name) => {
            let (place, name) = (Place::new(file, None), name.to_owned());
            Err(ReportError::Note { place, name }.into())
        }
        None => Ok(()),
    }
}

/// A list being read.
enum List {
    Dashes(Vec<Spans>),
    /// The number of the current item as written, e.g. `2.` or `3)`.
    Numbers(String),
}

struct Reader<'a, 'b> {
    file: &'a str,
    leaves: &'a Leaves,
    builder: &'a mut Builder<'b>,
    spans: Spans,
    bold: usize,
    italic: usize,
    lists: Vec<List>,
    fence: Option<(String, String)>,
    /// The note whose text is being read.
    note: Option<String>,
    /// The texts of notes by name; until all is read, spans hold names.
    notes: BTreeMap<String, String>,
}

impl Reader<'_, '_> {
    fn read(&mut self, event: Event<'_>, source: &str) -> Result<()> {
        match event {
            Event::Start(tag) => self.start(tag, source)?,
            Event::End(tag) => self.end(tag)?,
            Event::SoftBreak => self.text(" "),
            Event::FootnoteReference(name) => self.refer(&name),
            Event::Text(text) => match &mut self.fence {
                Some((_, body)) => body.push_str(&text),
                None => self.text(&text),
            },
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'_>, source: &str) -> Result<()> {
        match tag {
            Tag::Strong => self.bold += 1,
            Tag::Emphasis => self.italic += 1,
            Tag::FootnoteDefinition(name) => self.note = Some(name.into_string()),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                self.fence = Some((info.into_string(), String::new()))
            }
            Tag::List(start) => {
                self.finish_item();
                self.lists.push(match start {
                    None => List::Dashes(Vec::new()),
                    Some(_) => List::Numbers(String::new()),
                });
                if self.lists.len() > 1 {
                    return Err(ReportError::Unsupported {
                        place: Place::new(self.file, None),
                        construct: "a list inside a list",
                    }
                    .into());
                }
            }
            Tag::Item => {
                if let Some(List::Numbers(number)) = self.lists.last_mut() {
                    *number = source.split_whitespace().next().unwrap_or_default().to_owned();
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) -> Result<()> {
        match tag {
            TagEnd::Strong => self.bold -= 1,
            TagEnd::Emphasis => self.italic -= 1,
            TagEnd::Heading(level) => {
                let text = self.take();
                self.builder.push(Block::Heading { level: depth(level), text });
            }
            TagEnd::Paragraph if self.note.is_some() => {}
            TagEnd::FootnoteDefinition => {
                let text = self.take().into_iter().map(|span| span.text).collect();
                self.notes.extend(self.note.take().map(|name| (name, text)));
            }
            TagEnd::Paragraph | TagEnd::Item => self.finish_item(),
            TagEnd::List(_) => {
                if let Some(List::Dashes(items)) = self.lists.pop()
                    && !items.is_empty()
                {
                    self.builder.push(Block::List(items));
                }
            }
            TagEnd::CodeBlock => {
                if let Some((info, body)) = self.fence.take() {
                    self.builder.fence(self.file, &info, &body)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Ends a paragraph, which in a list is an item.
    fn finish_item(&mut self) {
        let mut spans = self.take();
        if spans.is_empty() {
            return;
        }
        match self.lists.last_mut() {
            Some(List::Dashes(items)) => items.push(spans),
            Some(List::Numbers(number)) => {
                let number = std::mem::take(number);
                if !number.is_empty() {
                    spans.insert(0, Span { text: number + " ", ..Span::default() });
                }
                self.builder.push(Block::Paragraph(spans));
            }
            None => self.builder.push(Block::Paragraph(spans)),
        }
    }

    fn text(&mut self, text: &str) {
        let (bold, italic) = (self.bold > 0, self.italic > 0);
        let text = self.leaves.resolve(text);
        match self.spans.last_mut() {
            Some(last) if last.bold == bold && last.italic == italic && last.footnote.is_none() => {
                last.text.push_str(&text);
            }
            _ => self.spans.push(Span { text, bold, italic, footnote: None }),
        }
    }

    /// A note stands behind the text so far.
    fn refer(&mut self, name: &str) {
        let (bold, italic) = (self.bold > 0, self.italic > 0);
        if self.spans.last().is_none_or(|last| last.footnote.is_some()) {
            self.spans.push(Span { bold, italic, ..Span::default() });
        }
        if let Some(last) = self.spans.last_mut() {
            last.text.truncate(last.text.trim_end_matches(' ').len());
            last.footnote = Some(name.to_owned());
        }
    }

    /// Puts the texts of notes in place of their names.
    fn put_notes(self) {
        let mut spans: Vec<&mut Span> = Vec::new();
        for block in &mut self.builder.document.blocks {
            match block {
                Block::Paragraph(text) | Block::Heading { text, .. } => spans.extend(text),
                Block::List(items) => spans.extend(items.iter_mut().flatten()),
                _ => {}
            }
        }
        for span in spans {
            span.footnote = span.footnote.take().and_then(|name| self.notes.get(&name).cloned());
        }
    }

    /// The spans read so far, without white space at the ends and doubled between spans.
    fn take(&mut self) -> Spans {
        let mut spans: Spans = Vec::new();
        for mut span in std::mem::take(&mut self.spans) {
            span.text = tidy(&span.text);
            if spans.last().is_none_or(|last| last.text.ends_with(' ')) {
                span.text = span.text.trim_start_matches(' ').to_owned();
            }
            if !span.text.is_empty() || span.footnote.is_some() {
                spans.push(span);
            }
        }
        while let Some(last) = spans.last_mut() {
            last.text.truncate(last.text.trim_end_matches(' ').len());
            if !last.text.is_empty() || last.footnote.is_some() {
                break;
            }
            spans.pop();
        }
        spans
    }
}

fn depth(level: HeadingLevel) -> u8 {
    (level as u8).min(3)
}
