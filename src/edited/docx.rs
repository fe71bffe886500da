//! Text of a DOCX file as it reads when all tracked changes are accepted.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;
use zip::ZipArchive;
use zip::result::ZipError;

use super::passage::Passage;

/// A part larger than this is no report.
const LARGEST_PART: u64 = 200 << 20;

/// Elements whose content does not count: what was deleted or moved away, and copies of drawings
/// for older programs.
const SKIPPED: [&[u8]; 3] = [b"w:del", b"w:moveFrom", b"mc:Fallback"];

/// The passages of the document, its notes last.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Passage>, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let body = part(&mut archive, "word/document.xml")?.ok_or("it has no word/document.xml")?;
    let mut passages = Part::read(&body)?;
    if let Some(notes) = part(&mut archive, "word/footnotes.xml")? {
        passages.extend(Part::read(&notes)?);
    }
    passages.retain(|passage| passage.tokens().next().is_some());
    Ok(passages)
}

fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<String>, String> {
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let mut text = String::new();
    file.take(LARGEST_PART).read_to_string(&mut text).map_err(|e| e.to_string())?;
    Ok(Some(text))
}

/// A part being read.
#[derive(Default)]
struct Part {
    passages: Vec<Passage>,
    /// The paragraph so far.
    text: String,
    in_text: bool,
    skipped: usize,
    tables: usize,
    cells: Vec<String>,
}

impl Part {
    fn read(xml: &str) -> Result<Vec<Passage>, String> {
        let mut reader = Reader::from_str(xml);
        let mut part = Part::default();
        loop {
            match reader.read_event().map_err(|e| e.to_string())? {
                Event::Eof => return Ok(part.passages),
                Event::Start(tag) => part.start(tag.name().as_ref()),
                Event::Empty(tag) => part.empty(tag.name().as_ref()),
                Event::End(tag) => part.end(tag.name().as_ref()),
                Event::Text(text) => part.add(&text.decode().map_err(|e| e.to_string())?),
                Event::GeneralRef(name) => {
                    let reference = format!("&{};", name.decode().map_err(|e| e.to_string())?);
                    part.add(&unescape(&reference).map_err(|e| e.to_string())?);
                }
                _ => {}
            }
        }
    }

    fn start(&mut self, name: &[u8]) {
        self.skipped += usize::from(SKIPPED.contains(&name));
        match name {
            b"w:t" => self.in_text = true,
            b"w:tbl" => self.tables += 1,
            b"w:tr" if self.tables == 1 => self.cells.clear(),
            b"w:tc" if self.tables == 1 => self.cells.push(String::new()),
            _ => self.empty(name),
        }
    }

    fn empty(&mut self, name: &[u8]) {
        if self.skipped == 0 {
            match name {
                b"w:tab" | b"w:br" | b"w:cr" | b"w:ptab" => self.text.push(' '),
                b"w:noBreakHyphen" => self.text.push('-'),
                _ => {}
            }
        }
    }

    fn add(&mut self, text: &str) {
        if self.in_text && self.skipped == 0 {
            self.text.push_str(text);
        }
    }

    fn end(&mut self, name: &[u8]) {
        self.skipped -= usize::from(SKIPPED.contains(&name) && self.skipped > 0);
        match name {
            b"w:t" => self.in_text = false,
            b"w:p" => self.paragraph(),
            b"w:tr" if self.tables == 1 => {
                self.passages.push(Passage::cells(&std::mem::take(&mut self.cells)));
            }
            b"w:tbl" => self.tables = self.tables.saturating_sub(1),
            _ => {}
        }
    }

    /// Paragraphs of a cell, and of tables inside it, are one text in lines.
    fn paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        match self.cells.last_mut() {
            Some(cell) if self.tables > 0 => {
                cell.push_str(&text);
                cell.push('\n');
            }
            _ => self.passages.push(Passage::paragraph(&text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Vec<Vec<String>> {
        let passages = Part::read(&format!("<w:body>{body}</w:body>")).unwrap();
        let cells = |passage: Passage| passage.cells.into_iter().map(|cell| cell.text).collect();
        passages.into_iter().map(cells).collect()
    }

    #[test]
    fn tracked_changes_are_accepted() {
        let body = "<w:p><w:r><w:t>đạt </w:t></w:r><w:del><w:r><w:delText>11</w:delText>\
            </w:r></w:del><w:ins><w:r><w:t>12</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>x</w:t>\
            </w:r></w:moveFrom><w:r><w:tab/><w:t>xã &amp; &#273;</w:t></w:r></w:p>";
        assert_eq!(read(body), [["đạt 12 xã & đ"]]);
    }

    #[test]
    fn a_row_is_one_passage_and_tables_inside_are_part_of_their_cell() {
        let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
        let inner =
            format!("<w:tc><w:tbl><w:tr>{}{}</w:tr></w:tbl><w:p/></w:tc>", cell("3"), cell("4"));
        let body = format!(
            "<w:tbl><w:tr>{}{inner}</w:tr></w:tbl><w:p><w:r><w:t>5</w:t></w:r></w:p>",
            cell("1")
        );
        assert_eq!(read(&body), [vec!["1\n", "3\n4\n"], vec!["5"]]);
    }

    #[test]
    fn what_is_no_document_is_an_error() {
        assert!(super::read(b"PK nothing").is_err());
    }
}
