//! `run` with several configurations: provinces side by side, each with an end of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ispeed_report::bundle::OutputRoot;
use ispeed_report::config::Config;
use ispeed_report::error::{Kind, Result};
use serde_json::{Value, json};

use super::answer::{Answer, Format};
use super::fault::CliFault;
use super::output;
use super::run::{self, RunArgs};

/// A configuration as it was given, and what it says.
struct Province<'a> {
    file: &'a Path,
    /// The configuration and the month it is run for.
    ready: Result<(Config, String)>,
}

/// Runs all of them; one that fails stops none of the others.
pub fn run(args: &RunArgs, root: &OutputRoot) -> Result<Answer> {
    let mut provinces = Vec::new();
    for file in &args.configs {
        let ready = run::configuration(args, file).and_then(|config| {
            let month = run::month(args, &config)?;
            Ok((config, month))
        });
        provinces.push(Province { file, ready });
    }
    are_apart(&provinces)?;
    let jobs = args.manner.jobs().min(provinces.len());
    Ok(together(&args.configs, side_by_side(args, provinces, root, jobs)))
}

/// No two make the same bundle.
fn are_apart(provinces: &[Province<'_>]) -> Result<(), CliFault> {
    let mut bundles: BTreeMap<String, &Path> = BTreeMap::new();
    for Province { file, ready } in provinces {
        let Ok((config, month)) = ready else { continue };
        let bundle = format!("{}-{month}", config.province.code);
        if let Some(other) = bundles.insert(bundle.clone(), file) {
            let files = [other, file].map(|file| file.display().to_string());
            return Err(CliFault::SameBundle { bundle, files });
        }
    }
    Ok(())
}

/// The answers in the order of the command line, whoever ends first.
fn side_by_side(
    args: &RunArgs,
    provinces: Vec<Province<'_>>,
    root: &OutputRoot,
    jobs: usize,
) -> Vec<Answer> {
    let waiting: Vec<Mutex<Option<Province<'_>>>> =
        provinces.into_iter().map(|province| Mutex::new(Some(province))).collect();
    let answers: Vec<Mutex<Answer>> = waiting.iter().map(|_| Mutex::default()).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((waiting, answer)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            waiting.get(at).zip(answers.get(at))
        } {
            let province = waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some(Province { file, ready }) = province else { continue };
            let done = ready.map_or_else(Answer::failed, |(config, month)| {
                run::province(args, config, file, &month, root, Format::Quiet)
            });
            *answer.lock().unwrap_or_else(PoisonError::into_inner) = done;
        }
    };
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(work);
        }
    });
    answers
        .into_iter()
        .map(|answer| answer.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

/// One answer of many: each province with what it says, and whether some failed.
fn together(files: &[PathBuf], answers: Vec<Answer>) -> Answer {
    let mut whole = Answer::default();
    let mut kinds: Vec<Kind> = Vec::new();
    let all = answers.len();
    let mut members = Vec::new();
    for (file, answer) in files.iter().zip(answers) {
        let name = file.display();
        whole.text += &format!("{name}\n{}", indented(&answer.text));
        if let Some(error) = &answer.failure {
            kinds.push(error.kind());
            whole.text += &format!("  failed: {}\n", error.to_string().replace('\n', "\n  "));
        }
        whole.warnings.extend(answer.warnings.iter().map(|warning| format!("{name}: {warning}")));
        let mut of_one = output::members(&answer);
        of_one.insert("configuration".into(), json!(name.to_string()));
        members.push(Value::Object(of_one));
    }
    let failed = kinds.len();
    let first = kinds.first().copied();
    let alike = first.filter(|kind| failed == all && kinds.iter().all(|one| one == kind));
    whole.failure = first.map(|_| CliFault::Provinces { failed, all, alike }.into());
    let status = if failed == 0 { "done" } else { "failed" };
    whole.member("status", status).member("provinces", members)
}

fn indented(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(failures: &[Option<CliFault>]) -> u8 {
        let files: Vec<PathBuf> = failures.iter().map(|_| "a.toml".into()).collect();
        let again = |fault: &CliFault| match fault {
            CliFault::Set(text) => CliFault::Set(text.clone()),
            _ => CliFault::Stdout(String::new()),
        };
        let answers = failures.iter().map(|fault| match fault {
            Some(fault) => Answer::failed(again(fault).into()),
            None => Answer::text("built"),
        });
        let answer = together(&files, answers.collect());
        answer.failure.map_or(0, |error| error.kind().exit_code())
    }

    #[test]
    fn the_exit_code_says_whether_some_or_all_failed() {
        let usage = || Some(CliFault::Set("a".into()));
        let output = || Some(CliFault::Stdout("b".into()));
        assert_eq!(code(&[None, None]), 0);
        assert_eq!(code(&[None, usage()]), 5);
        assert_eq!(code(&[usage(), usage()]), 2, "all for the same reason");
        assert_eq!(code(&[usage(), output()]), 5);
    }
}
