//! Writes the documents of a month: every entry of the catalog, once or for each operator or
//! commune.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};
use rayon::prelude::*;

use super::catalog::{Catalog, Each, Entry, Format};
use super::context::{self, Context, Sources};
use super::error::{Place, ReportError};
use super::fences::Builder;
use super::items::{Item, items};
use super::lists::Lists;
use super::settings::{CommuneSheets, Settings};
use super::templates::Templates;
use super::values::{self, Leaves};
use super::{filters, markdown};
use crate::config::nearest;
use crate::document::block::{Block, Document, Plate};
use crate::error::Result;

/// A document and the files it goes to.
#[derive(Debug, Clone)]
pub struct Written {
    /// Of its entry in the catalog.
    pub name: String,
    /// The file of the template.
    pub template: String,
    /// Relative to the folder of reports, without extension.
    pub file: String,
    pub formats: Vec<Format>,
    /// Number, day and signer are still placeholders, see [`crate::document::issue`].
    pub document: Document,
}

/// All documents that the settings ask for, in the order of the catalog.
///
/// A figure that is not among `figures` becomes the sentence that the template gives for it.
pub fn write(
    templates: &Templates,
    sources: &Sources<'_>,
    figures: &BTreeMap<String, Plate>,
) -> Result<Vec<Written>> {
    let writer = Writer::new(templates, sources, figures)?;
    let entries = chosen(Catalog::read(templates)?, sources.settings)?;
    let written: Vec<Result<Vec<Written>>> =
        entries.par_iter().map(|entry| writer.entry(entry)).collect();
    let written: Vec<_> = written.into_iter().collect::<Result<_>>()?;
    Ok(written.into_iter().flatten().collect())
}

/// The document of one template, e.g. `ministry.md`.
pub fn render(
    template: &str,
    templates: &Templates,
    sources: &Sources<'_>,
    figures: &BTreeMap<String, Plate>,
) -> Result<Document> {
    templates.text(template)?;
    Writer::new(templates, sources, figures)?.document(template, None)
}

fn chosen(mut catalog: Catalog, settings: &Settings) -> Result<Vec<Entry>> {
    catalog.documents.retain(|entry| !entry.during);
    let known: Vec<String> = catalog.documents.iter().map(|entry| entry.name.clone()).collect();
    if let Some(found) = settings.documents.iter().find(|name| !known.contains(name)) {
        let near = nearest(found, known.iter().map(String::as_str)).unwrap_or_default().to_owned();
        return Err(ReportError::UnknownDocument { found: found.clone(), near, known }.into());
    }
    let wanted = |entry: &Entry| match settings.documents.as_slice() {
        [] => !(settings.single_report && entry.name == "committee"),
        names => names.contains(&entry.name),
    };
    let chosen = catalog.documents.into_iter().filter(wanted);
    Ok(chosen.map(|entry| bound(entry, settings)).collect())
}

/// The sheets of communes as one file or one each, whichever the settings say.
fn bound(mut entry: Entry, settings: &Settings) -> Entry {
    if entry.each == Some(Each::Commune) && settings.commune_sheets == CommuneSheets::OneEach {
        entry.file = format!("{}/{{item}}", entry.file.trim_end_matches("/{item}"));
        entry.together = false;
    }
    entry
}

/// Work of one document: steps of its template, and the text they make. Loops within loops are a line
/// to write and a year to run; they stop here.
const FUEL: u64 = 20_000_000;

/// What all documents of a month share.
struct Writer<'a> {
    sources: &'a Sources<'a>,
    figures: &'a BTreeMap<String, Plate>,
    context: Context,
    root: BTreeMap<String, Value>,
    env: Environment<'static>,
}

impl<'a> Writer<'a> {
    fn new(
        templates: &Templates,
        sources: &'a Sources<'a>,
        figures: &'a BTreeMap<String, Plate>,
    ) -> Result<Self> {
        let context = context::build(sources, &templates.offices()?)?;
        let root = values::fields(&context.values);
        let env = environment(templates, sources)?;
        Ok(Writer { sources, figures, context, root, env })
    }

    fn entry(&self, entry: &Entry) -> Result<Vec<Written>> {
        let written = |file: String, document| Written {
            name: entry.name.clone(),
            template: entry.template.clone(),
            file,
            formats: entry.formats.clone(),
            document,
        };
        let Some(each) = entry.each else {
            return Ok(vec![written(entry.file.clone(), self.document(&entry.template, None)?)]);
        };
        let items = items(each, &self.context.tables, self.sources)?;
        let made: Vec<Result<Document>> = items
            .par_iter()
            .map(|item| self.document(&entry.template, Some((each, item))))
            .collect();
        let made: Vec<Document> = made.into_iter().collect::<Result<_>>()?;
        if entry.together {
            return Ok(joined(made)
                .into_iter()
                .map(|all| written(entry.file.clone(), all))
                .collect());
        }
        let file = |item: &Item| entry.file.replace("{item}", &item.file);
        Ok(items.iter().zip(made).map(|(item, document)| written(file(item), document)).collect())
    }

    fn document(&self, template: &str, item: Option<(Each, &Item)>) -> Result<Document> {
        let mut root = self.root.clone();
        root.extend(
            item.map(|(each, item)| (each.field().to_owned(), values::template_value(&item.value))),
        );
        let (filled, leaves) = Leaves::collect(|| {
            let template = self.env.get_template(template)?;
            template.render(values::root(root))
        });
        let filled = filled.map_err(|error| fault(template, &error))?;
        let labels = self.sources.labels;
        let lists = Lists {
            tables: &self.context.tables,
            values: &self.context.values,
            item: item.map(|(each, item)| (each.field(), &item.value)),
        };
        let mut builder = Builder::new(&leaves, labels, lists, self.figures);
        markdown::blocks(template, &filled, &leaves, &mut builder)?;
        builder.document.date = Some(self.sources.report_date);
        Ok(builder.document)
    }
}

/// Several documents as the parts of one; none of none.
fn joined(documents: Vec<Document>) -> Option<Document> {
    documents.into_iter().reduce(|mut all, next| {
        all.blocks.push(Block::Part { landscape: false });
        all.blocks.extend(next.blocks);
        all
    })
}

/// An environment in which every printed value becomes a token.
fn environment(templates: &Templates, sources: &Sources<'_>) -> Result<Environment<'static>> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL));
    // Control flow on a line of its own leaves no line, an included file keeps its last one.
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    env.set_syntax(syntax.build().map_err(|error| fault("", &error))?);
    env.set_debug(true);
    // With escaping on, what a macro writes is marked as safe, and only that is.
    env.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    env.set_formatter(|out, _, value| {
        if value.is_safe() {
            return Ok(out.write_str(value.as_str().unwrap_or_default())?);
        }
        Ok(out.write_str(&Leaves::put(filters::plain(value)?))?)
    });
    filters::add(&mut env, sources.labels);
    for (name, text) in templates.markdown() {
        markdown::check(name, text)?;
        env.add_template_owned(name.to_owned(), markdown::mark_fences(name, text))
            .map_err(|error| fault(name, &error))?;
    }
    Ok(env)
}

/// The error of a template, with its innermost place: an include wraps what it includes.
fn fault(template: &str, error: &minijinja::Error) -> ReportError {
    let mut inner = error;
    while let Some(next) = std::error::Error::source(inner).and_then(|e| e.downcast_ref()) {
        inner = next;
    }
    let place = Place::new(inner.name().unwrap_or(template), inner.line());
    // A field that was only asked for (`is defined`) before another error is not to blame.
    let line = inner
        .template_source()
        .zip(inner.line())
        .and_then(|(t, n)| t.lines().nth(n.saturating_sub(1)));
    let miss =
        values::last_miss().filter(|miss| line.is_some_and(|line| line.contains(&miss.field)));
    match (inner.kind(), miss) {
        (ErrorKind::UndefinedError, Some(miss)) => {
            ReportError::UnknownField { place, field: miss.field, known: miss.known }
        }
        (kind, _) => {
            let detail = inner.detail().map_or_else(|| kind.to_string(), str::to_owned);
            ReportError::Template { place, message: detail }
        }
    }
}
