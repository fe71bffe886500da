//! The files and folders that a configuration names: relative to the file, below its roots, and there.
//!
//! A path may lie only below a folder that `roots` names, the folder of the configuration by default,
//! with symbolic links followed: no file is read by accident that nobody meant to be read.

use std::path::{Component, Path, PathBuf};

use super::Config;
use super::mistakes::{Checker, Place};

/// What has to stand at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    File,
    Folder,
    /// What it names is looked for when it is needed: a pattern, or a folder that a run makes.
    Later,
}

/// Every setting that names a file or folder, but `samples.paths`, which are texts.
pub(super) fn settings(config: &mut Config) -> Vec<(String, Nature, &mut PathBuf)> {
    let mut settings: Vec<(String, Nature, &mut PathBuf)> = Vec::new();
    let single = [
        ("communes.register", Nature::File, config.communes.register.as_mut()),
        ("operators.file", Nature::File, config.operators.file.as_mut()),
        ("statistics.population", Nature::File, config.statistics.population.as_mut()),
        ("reconciliation.file", Nature::File, config.reconciliation.file.as_mut()),
        ("coverage.hamlets", Nature::File, config.coverage.hamlets.as_mut()),
        ("definitions.queries", Nature::Folder, config.definitions.queries.as_mut()),
        ("definitions.reports", Nature::Folder, config.definitions.reports.as_mut()),
        ("report.monthly_text", Nature::Later, config.report.monthly_text.as_mut()),
    ];
    settings.extend(
        single
            .into_iter()
            .filter_map(|(name, nature, path)| Some((name.to_owned(), nature, path?))),
    );
    let boundaries = config.communes.boundaries.iter_mut().enumerate();
    settings.extend(boundaries.map(|(index, boundary)| {
        (format!("communes.boundaries[{}].file", index + 1), Nature::File, &mut boundary.file)
    }));
    let history = config.history.paths.iter_mut();
    settings.extend(history.map(|path| ("history.paths".to_owned(), Nature::Later, path)));
    let campaign = config.campaign.paths_mut();
    settings.extend(campaign.map(|(name, path)| (name, Nature::Later, path)));
    if let Some(fonts) = &mut config.form.fonts {
        let names = ["regular", "bold", "italic", "bold_italic"];
        let fonts = names.into_iter().zip(fonts.files_mut());
        settings
            .extend(fonts.map(|(name, path)| (format!("form.fonts.{name}"), Nature::File, path)));
    }
    settings
}

/// Makes paths relative to `folder`, where the file did not say otherwise, and notes those that lie
/// outside of all roots or name nothing.
pub(super) fn resolve(config: &mut Config, folder: &Path, checker: &mut Checker<'_>) {
    let roots = roots(&config.roots, folder, checker);
    for (setting, nature, path) in settings(config) {
        let written = path.display().to_string();
        *path = base(&setting, folder, checker).join(&path);
        look(&setting, &written, path, nature, &roots, checker);
    }
    for path in &mut config.samples.paths {
        let written = path.clone();
        let whole = base("samples.paths", folder, checker).join(&path);
        look("samples.paths", &written, &before_pattern(&whole), Nature::Later, &roots, checker);
        *path = whole.to_string_lossy().into_owned();
    }
}

/// What a path of a setting is relative to: in a flag or the environment, the folder one is in.
fn base<'f>(setting: &str, folder: &'f Path, checker: &Checker<'_>) -> &'f Path {
    match checker.place(setting) {
        Place::Environment(_) | Place::Flag(_) => Path::new(""),
        Place::Line(_) | Place::Default => folder,
    }
}

fn roots(given: &[PathBuf], folder: &Path, checker: &mut Checker<'_>) -> Vec<PathBuf> {
    let mut roots = Vec::new();
    for root in given {
        let path = base("roots", folder, checker).join(root);
        match here(&path).canonicalize() {
            Ok(real) => roots.push(real),
            Err(error) => checker.wrong(
                "roots",
                format!("`{}` ({error})", root.display()),
                "folders that are there",
            ),
        }
    }
    roots
}

fn look(
    setting: &str,
    written: &str,
    path: &Path,
    nature: Nature,
    roots: &[PathBuf],
    checker: &mut Checker<'_>,
) {
    let expected = match nature {
        Nature::File if !path.is_file() => Some("a file that is there"),
        Nature::Folder if !path.is_dir() => Some("a folder that is there"),
        _ => None,
    };
    let inside = real(path).is_some_and(|real| roots.iter().any(|root| real.starts_with(root)));
    if let Some(expected) = expected {
        checker.wrong(setting, format!("`{written}`"), expected);
    } else if !inside {
        let expected =
            "a path below one of `roots` (the folder of the configuration, if not given)";
        checker.wrong(setting, format!("`{written}`"), expected);
    }
}

/// The part of a pattern before its first special character.
fn before_pattern(path: &Path) -> PathBuf {
    let special =
        |part: &Component<'_>| part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    path.components().take_while(|part| !special(part)).collect()
}

/// Where a path leads, with links followed as far as something is there.
fn real(path: &Path) -> Option<PathBuf> {
    let mut missing = Vec::new();
    let mut there = path;
    loop {
        if let Ok(real) = here(there).canonicalize() {
            missing.reverse();
            return Some(missing.iter().fold(real, |real, name| real.join(name)));
        }
        // `..` below a folder that is not there cannot be followed.
        missing.push(there.file_name()?);
        there = there.parent()?;
    }
}

/// The empty path is the folder one is in.
fn here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}
