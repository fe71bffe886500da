//! How fast documents are set: the drafts of a bundle from their blocks in memory to the bytes of
//! PDF, DOCX and HTML files.
//!
//! ```text
//! cargo bench --bench documents -- BUNDLE
//! ```
//!
//! `benches/peers/typst_documents.py` sets the same blocks with Typst in the same run.

use std::path::{Path, PathBuf};
use std::time::Instant;

use ispeed_report::document::block::Document;
use ispeed_report::document::font::Family;
use ispeed_report::document::issue::issued;
use ispeed_report::document::layout::{Style, lay_out};
use ispeed_report::document::{docx, html, pdf, store};
use ispeed_report::error::Result;
use rayon::prelude::*;

fn main() -> Result<()> {
    let bundle = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let Some(bundle) = bundle.map(PathBuf::from) else {
        println!("name a bundle: cargo bench --bench documents -- BUNDLE");
        return Ok(());
    };
    let (documents, family, style) = (drafts(&bundle)?, Family::libertinus()?, Style::default());
    let begin = Instant::now();
    let made: Result<Vec<(usize, usize)>> = documents
        .par_iter()
        .map(|document| {
            let laid = lay_out(document, &family, &style)?;
            Ok((laid.pages.len(), pdf::write(&laid, document, &family)?.len()))
        })
        .collect();
    let seconds = begin.elapsed().as_secs_f64();
    let (pages, bytes) = made?.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("{} documents, {bytes} bytes of PDF", documents.len());
    println!("{pages} pages in {seconds:.3} s");
    let begin = Instant::now();
    let bytes: usize = documents
        .par_iter()
        .map(|document| Ok(docx::write(document, &family, &style)?.len()))
        .sum::<Result<usize>>()?;
    println!("DOCX: {bytes} bytes in {:.3} s", begin.elapsed().as_secs_f64());
    let begin = Instant::now();
    let bytes: usize = documents
        .par_iter()
        .map(|document| Ok(html::write(document)?.len()))
        .sum::<Result<usize>>()?;
    println!("HTML: {bytes} bytes in {:.3} s", begin.elapsed().as_secs_f64());
    Ok(())
}

fn drafts(bundle: &Path) -> Result<Vec<Document>> {
    let names = store::names(bundle)?;
    names.iter().map(|name| Ok(issued(&store::load(bundle, name)?, None))).collect()
}
