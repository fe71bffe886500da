//! Reports: a template of `reports/` filled in with the tables of a month → blocks of a document.
//!
//! A template is Markdown with minijinja control flow. Values enter as leaves, see `values`;
//! the fields that a template can use are listed in [`context`], its blocks in `fences`.

pub mod context;
pub mod error;
mod fences;
mod filters;
pub mod labels;
mod markdown;
mod matrix;
pub mod monthly;
mod names;
mod offices;
mod operators;
mod periods;
mod quality;
mod reminder;
mod rows;
pub mod settings;
mod shortfalls;
mod summary;
mod table;
mod templates;
mod trends;
mod values;
mod warnings;

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};

pub use context::Sources;
pub use labels::Labels;
pub use monthly::MonthlyText;
pub use settings::{Dispatch, Settings};
pub use templates::Templates;

use crate::document::block::{Document, Plate};
use crate::error::Result;
use error::{Place, ReportError};
use fences::Builder;
use values::{LastMiss, Leaves, template_value};

/// Writes the report of one template, e.g. `ministry.md`.
///
/// A figure that is not among `figures` becomes the sentence that the template gives for it.
pub fn render(
    template: &str,
    templates: &Templates,
    sources: &Sources<'_>,
    figures: &BTreeMap<String, Plate>,
) -> Result<Document> {
    templates.text(template)?;
    let context = context::build(sources, &templates.offices()?)?;
    let (leaves, misses) = (Leaves::default(), LastMiss::default());
    let env = environment(templates, sources.labels, &leaves)?;
    let root = template_value(&context.values, &misses);
    let filled = env
        .get_template(template)
        .and_then(|t| t.render(root))
        .map_err(|error| fault(template, &error, &misses))?;
    let mut builder = Builder::new(&leaves, sources.labels, &context.tables, figures);
    markdown::blocks(template, &filled, &leaves, &mut builder)?;
    builder.document.date = Some(sources.report_date);
    Ok(builder.document)
}

/// An environment in which every printed value becomes a token.
fn environment(
    templates: &Templates,
    labels: &Labels,
    leaves: &Leaves,
) -> Result<Environment<'static>> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    // Control flow on a line of its own leaves no line, an included file keeps its last one.
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    env.set_syntax(syntax.build().map_err(|error| fault("", &error, &LastMiss::default()))?);
    env.set_debug(true);
    // With escaping on, what a macro writes is marked as safe, and only that is.
    env.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    let leaves = leaves.clone();
    env.set_formatter(move |out, _, value| {
        if value.is_safe() {
            return Ok(out.write_str(value.as_str().unwrap_or_default())?);
        }
        Ok(out.write_str(&leaves.put(filters::plain(value)?))?)
    });
    filters::add(&mut env, labels);
    for (name, text) in templates.markdown() {
        markdown::check(name, text)?;
        env.add_template_owned(name.to_owned(), markdown::mark_fences(name, text))
            .map_err(|error| fault(name, &error, &LastMiss::default()))?;
    }
    Ok(env)
}

/// The error of a template, with its innermost place: an include wraps what it includes.
fn fault(template: &str, error: &minijinja::Error, misses: &LastMiss) -> ReportError {
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
    let miss = misses.get().filter(|miss| line.is_some_and(|line| line.contains(&miss.field)));
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

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod hard_case_tests;
#[cfg(test)]
mod month_tests;
#[cfg(test)]
mod reminder_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wording_tests;
