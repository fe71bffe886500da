//! `trace`: where a page, a chart or a table comes from, down to the files of samples.

use std::path::PathBuf;

use clap::Args;
use ispeed_report::bundle::Manifest;
use ispeed_report::error::Result;
use ispeed_report::provenance::{self, Link, SOURCES};
use serde_json::json;

use super::answer::{Answer, Format};

const LONG: &str = "\
Where a document, one of its pages, a chart or a table of a bundle comes from: the charts and tables it \
shows, the queries that made them, what these read, and so on down to the files of samples, the \
configuration and the other inputs, each with its SHA-256.

All of it stands in manifest.json under `provenance`; `verify` checks the files.";

const EXAMPLES: &str = "\
Examples:
  ispeed-report trace out/66-2025-10 ministry --page 3
  ispeed-report trace out/66-2025-10 quota_mobile
  ispeed-report trace out/66-2025-10 commune_operator";

/// Where a page, a chart or a table comes from
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct TraceArgs {
    /// Folder of a bundle, the one with manifest.json
    bundle: PathBuf,
    /// A document, a chart or a table
    name: String,
    /// One page of the document, from 1
    #[arg(long, value_name = "N")]
    page: Option<usize>,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

impl TraceArgs {
    /// How the answer is printed.
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { Format::Text }
    }
}

/// Follows the chain.
pub fn trace(args: &TraceArgs) -> Result<Answer> {
    let manifest = Manifest::read(&args.bundle)?;
    let chain = provenance::trace(&manifest, &args.name, args.page)?;
    let links = chain.iter().map(|link| {
        let part = |(name, sha256): &(String, String)| json!({"name": name, "sha256": sha256});
        let parts: Vec<_> = link.parts.iter().map(part).collect();
        json!({"name": link.name, "parts": parts, "from": link.from})
    });
    let links: Vec<_> = links.collect();
    let text: String = chain.iter().map(text).collect();
    Ok(Answer::text(text).member("chain", links))
}

fn text(link: &Link) -> String {
    let source = SOURCES.iter().find(|(name, _)| *name == link.name);
    let source = source.map_or_else(String::new, |(_, place)| format!(" (manifest: {place})"));
    let mut text = format!("{}{source}\n", link.name);
    for (name, sha256) in &link.parts {
        text += format!("  {name}  {sha256}").trim_end();
        text.push('\n');
    }
    if !link.from.is_empty() {
        text += &format!("  from {}\n", link.from.join(", "));
    }
    text
}
