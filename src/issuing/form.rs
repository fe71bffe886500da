//! The form that a bundle was made with: an issued document looks like its draft.

use std::path::Path;

use super::fault::IssuingError;
use crate::bundle::manifest::{Origin, sha256_file};
use crate::config;
use crate::document::font::Family;
use crate::document::layout::Style;
use crate::error::Result;

/// Style and fonts.
#[derive(Debug)]
pub(super) struct Form {
    pub style: Style,
    pub family: Family,
}

/// The form in the configuration of a bundle. Its fonts are looked for in a folder by their names,
/// because a manifest names no folders.
pub(super) fn form(origin: &Origin, folder: Option<&Path>) -> Result<Form> {
    let form: config::Form = match origin.configuration.get("form") {
        Some(form) => serde_json::from_value(form.clone()).map_err(IssuingError::Form)?,
        None => config::Form::default(),
    };
    let style = form.style();
    let Some(fonts) = &form.fonts else {
        return Ok(Form { style, family: Family::libertinus()? });
    };
    let Some(folder) = folder else {
        let names = fonts.files().map(|file| format!("`{}`", file.display()));
        return Err(IssuingError::Fonts(names.join(", ")).into());
    };
    let [regular, bold, italic, bold_italic] = fonts.files().map(|file| folder.join(file));
    for file in [&regular, &bold, &italic, &bold_italic] {
        same_font(origin, file)?;
    }
    Ok(Form { style, family: Family::read(&regular, &bold, &italic, &bold_italic)? })
}

/// Another version of a font could break the lines elsewhere.
fn same_font(origin: &Origin, file: &Path) -> Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let (sha256, _) = sha256_file(file)?;
    let name = format!("fonts/{name}");
    let known = origin.inputs.iter().any(|input| input.file == name && input.sha256 == sha256);
    if known { Ok(()) } else { Err(IssuingError::OtherFont(file.to_owned()).into()) }
}
