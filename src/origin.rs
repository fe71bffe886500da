//! What decides a bundle: program, configuration, inputs, queries, templates.

use std::path::Path;

use serde_json::Value;

use crate::bundle::manifest::{Days, Definition, Input, Origin, Program, SCHEMA, sha256_file};
use crate::config::Fonts;
use crate::error::Result;
use crate::import::Samples;
use crate::pipeline::PipelineFault;
use crate::plan::Plan;

/// The origin of a run. Inputs begin with the samples, in the order of their files.
pub fn origin(plan: &Plan, samples: &Samples) -> Result<Origin> {
    let period = plan.period.as_ref().ok_or(PipelineFault::NoPeriod)?;
    Ok(Origin {
        schema: SCHEMA,
        program: Program::this(),
        province: plan.config.province.code.clone(),
        month: period.month.clone(),
        period: Days { from: period.from, until: period.to },
        report_date: plan.report_date.ok_or(PipelineFault::NoPeriod)?,
        revision: 1,
        replaces: None,
        simulated: samples.simulated(),
        configuration: configuration(plan, samples),
        inputs: inputs(plan, samples)?,
        history: plan.history.earlier(),
        queries: plan.queries.files().map(|(name, text)| Definition::of(name, text)).collect(),
        templates: plan.templates.iter().map(|(name, text)| Definition::of(name, text)).collect(),
    })
}

/// The configuration in force, with file names instead of paths: those differ between machines.
fn configuration(plan: &Plan, samples: &Samples) -> Value {
    let mut value = serde_json::to_value(&plan.config).unwrap_or(Value::Null);
    value["samples"]["profile"] = samples.profile.name.clone().into();
    for section in ["samples", "history"] {
        if let Some(section) = value[section].as_object_mut() {
            section.remove("paths");
        }
    }
    // Whom to tell about a run, and where its files may lie, change nothing of what it makes.
    if let Some(settings) = value.as_object_mut() {
        settings.remove("hooks");
        settings.remove("roots");
    }
    for pointer in [
        "/communes/register",
        "/operators/file",
        "/reconciliation/file",
        "/statistics/population",
        "/coverage/hamlets",
        "/definitions/queries",
        "/definitions/reports",
        "/report/monthly_text",
    ] {
        value.pointer_mut(pointer).into_iter().for_each(shorten);
    }
    shorten_campaign(&mut value["campaign"]);
    if let Some(fonts) = value.pointer_mut("/form/fonts").and_then(Value::as_object_mut) {
        fonts.values_mut().for_each(shorten);
    }
    if let Some(files) = value.pointer_mut("/communes/boundaries").and_then(Value::as_array_mut) {
        files.iter_mut().for_each(|entry| shorten(&mut entry["file"]));
    }
    value
}

fn shorten_campaign(campaign: &mut Value) {
    ["/folder", "/replies/file"]
        .into_iter()
        .for_each(|pointer| campaign.pointer_mut(pointer).into_iter().for_each(shorten));
    if let Some(forms) = campaign.pointer_mut("/forms").and_then(Value::as_object_mut) {
        forms.values_mut().for_each(|form| shorten(&mut form["file"]));
    }
}

fn shorten(path: &mut Value) {
    if let Some(text) = path.as_str() {
        *path = file_name(Path::new(text)).into();
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn inputs(plan: &Plan, samples: &Samples) -> Result<Vec<Input>> {
    let input = |file: String, path: &Path, rows| -> Result<Input> {
        let (sha256, bytes) = sha256_file(path)?;
        Ok(Input { file, sha256, bytes, rows })
    };
    let mut inputs = Vec::new();
    for file in &samples.files {
        inputs.push(input(format!("samples/{}", file.source.name), &file.source.path, 0)?);
    }
    let communes = &plan.config.communes;
    let named = communes.register.iter().map(|path| ("register", path));
    let named = named.chain(communes.boundaries.iter().map(|b| ("boundaries", &b.file)));
    let named = named.chain(plan.config.operators.file.iter().map(|path| ("operators", path)));
    let population = plan.config.statistics.population.iter();
    let named = named.chain(population.map(|path| ("population", path)));
    let published = plan.config.reconciliation.file.iter();
    let named = named.chain(published.map(|path| ("reconciliation", path)));
    let named = named.chain(plan.config.coverage.hamlets.iter().map(|path| ("hamlets", path)));
    let fonts = plan.config.form.fonts.iter().flat_map(Fonts::files);
    let named = named.chain(fonts.map(|path| ("fonts", path)));
    let monthly = plan.monthly.file().map(Path::to_owned);
    let named = named.chain(monthly.iter().map(|path| ("texts", path)));
    for (kind, path) in named {
        inputs.push(input(format!("{kind}/{}", file_name(path)), path, 0)?);
    }
    for (name, path) in plan.campaign.iter().flat_map(|campaign| &campaign.files) {
        inputs.push(input(name.clone(), path, 0)?);
    }
    Ok(inputs)
}
