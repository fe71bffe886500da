//! `init`: a folder to adapt.

use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ispeed_report::config::{self, PRESET, TEMPLATE};
use ispeed_report::error::Result;
use ispeed_report::queries::EMBEDDED;
use ispeed_report::report::Templates;
use ispeed_report::report::monthly::FORM;

use super::answer::Answer;
use super::fault::CliFault;
use super::files::write_new;

/// The name of a configuration that this program writes.
pub const CONFIG_FILE: &str = "ispeed-report.toml";

/// The form of the monthly text, under the name that the configuration expects for this month.
const MONTHLY_FILE: &str = "texts/2025-10.toml";

const LONG: &str = "\
Write a commented configuration plus copies of queries/ and reports/ to adapt, and a form of the text \
that people write for the reports of a month.

The configuration uses the copies, so what is changed in them takes effect with the next run. Files \
that are there already are never overwritten.";

const EXAMPLES: &str = "\
Examples:
  ispeed-report init dak-lak --example dak-lak
  ispeed-report init my-province
  ispeed-report run --config dak-lak/ispeed-report.toml --month 2025-10 --out out";

/// Write a commented configuration plus copies of queries/ and reports/ to adapt
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct InitArgs {
    /// Folder to write into; it is made when it is not there
    dir: PathBuf,
    /// Set the province and what is due there as its dispatch has it
    #[arg(long, value_name = "PROVINCE", value_enum)]
    example: Option<Example>,
}

/// The provinces whose dispatches are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Example {
    GiaLai,
    DakLak,
}

impl Example {
    fn name(self) -> &'static str {
        match self {
            Example::GiaLai => "gia-lai",
            Example::DakLak => "dak-lak",
        }
    }
}

/// Writes the files, or none when one of them is there already.
pub fn init(args: &InitArgs) -> Result<Answer> {
    let files = files(args.example);
    let taken = files.iter().map(|(name, _)| args.dir.join(name));
    if let Some(path) = taken.into_iter().find(|path| fs::symlink_metadata(path).is_ok()) {
        return Err(CliFault::Exists(path.display().to_string()).into());
    }
    for (name, text) in &files {
        write_new(&args.dir.join(name), text)?;
    }
    let config = args.dir.join(CONFIG_FILE);
    Ok(Answer::text(format!(
        "wrote {} files to `{folder}`\n\
         next: set province.code in `{config}`, put the files of a month into \
         `{folder}/samples/2025-10`, then\n  \
         ispeed-report run --config {config} --month 2025-10 --out out\n",
        files.len(),
        folder = args.dir.display(),
        config = config.display(),
    )))
}

/// Path in the folder, and text.
fn files(example: Option<Example>) -> Vec<(String, String)> {
    let mut files = vec![(CONFIG_FILE.to_owned(), configuration(example))];
    let queries = EMBEDDED.iter();
    files.extend(queries.map(|(name, text)| (format!("queries/{name}"), (*text).to_owned())));
    let reports = Templates::embedded();
    files.extend(reports.iter().map(|(name, text)| (format!("reports/{name}"), text.to_owned())));
    files.push((MONTHLY_FILE.to_owned(), FORM.to_owned()));
    files
}

/// The template with the folders that stand beside it switched on, and what is due in a province.
fn configuration(example: Option<Example>) -> String {
    let lines =
        ["queries = \"queries\"", "reports = \"reports\"", "monthly_text = \"texts/{month}.toml\""];
    let switch_on = |text: String, line: &str| text.replace(&format!("# {line}"), line);
    let text = lines.into_iter().fold(TEMPLATE.to_owned(), switch_on);
    let known =
        config::EXAMPLES.iter().find(|known| example.is_some_and(|one| one.name() == known.name));
    match known {
        Some(known) => {
            let code = |code: &str| format!("code = \"{code}\"");
            text.replacen(&code(PRESET), &code(known.province), 1) + "\n" + known.due
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_uses_the_copies() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("new");
        init(&InitArgs { dir: dir.clone(), example: None }).unwrap();
        let config = config::read(&dir.join(CONFIG_FILE), &[]).unwrap();
        assert_eq!(config.definitions.queries, Some(dir.join("queries")));
        assert_eq!(config.definitions.reports, Some(dir.join("reports")));
        assert!(dir.join("queries/statistics/by_group.sql").is_file());
        assert!(dir.join("reports/ministry.md").is_file());
        assert_eq!(config.report.monthly_text, Some(dir.join("texts/{month}.toml")));
        assert!(dir.join(MONTHLY_FILE).is_file());
    }

    #[test]
    fn examples_are_whole_configurations() {
        let read = |example| {
            let folder = tempfile::tempdir().unwrap();
            init(&InitArgs { dir: folder.path().join("new"), example: Some(example) }).unwrap();
            config::read(&folder.path().join("new").join(CONFIG_FILE), &[]).unwrap()
        };
        let (gia_lai, dak_lak) = (read(Example::GiaLai), read(Example::DakLak));
        assert_eq!((&*gia_lai.province.code, &*dak_lak.province.code), ("52", "66"));
        let day = |config: &config::Config, id: &str| {
            config.due.iter().find(|form| form.id == id).and_then(|form| form.before_day)
        };
        assert_eq!((day(&gia_lai, "03"), day(&gia_lai, "01")), (Some(12), None));
        let others = dak_lak.due.iter().filter(|form| config::is_sent_in(form));
        assert!(others.map(|form| form.before_day).all(|day| day == Some(15)));
    }

    #[test]
    fn nothing_is_overwritten_and_nothing_added() {
        let folder = tempfile::tempdir().unwrap();
        let reports = folder.path().join("reports");
        fs::create_dir(&reports).unwrap();
        fs::write(reports.join("ministry.md"), "mine").unwrap();
        let error = init(&InitArgs { dir: folder.path().into(), example: None }).unwrap_err();
        assert!(error.to_string().contains("ministry.md"), "{error}");
        assert_eq!(fs::read_to_string(reports.join("ministry.md")).unwrap(), "mine");
        assert!(!folder.path().join(CONFIG_FILE).exists());
    }
}
