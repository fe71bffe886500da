//! Prints answers: results on stdout, warnings and errors on stderr.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use ispeed_report::error::Error;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Format};
use super::fault::CliFault;
use super::log::Log;

/// A message with what to do about it and the exit code that follows.
struct Failure {
    message: String,
    hint: Option<String>,
    exit_code: u8,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Failure {
            message: error.to_string(),
            hint: error.hint(),
            exit_code: error.kind().exit_code(),
        }
    }
}

/// Prints an answer and gives its exit code.
pub fn print(answer: Answer, format: Format) -> ExitCode {
    let failure = answer.failure.as_ref().map(Failure::from);
    let printed = match format {
        Format::Text => on_stdout(&plain(&answer.text)),
        Format::Quiet => Ok(()),
        Format::Json => on_stdout(&object(&answer, failure.as_ref())),
    };
    if format != Format::Json || Log::is_open() {
        warnings(&answer.warnings);
    }
    if let Some(failure) = &failure {
        tell(failure);
    }
    match (printed, failure) {
        (_, Some(failure)) => ExitCode::from(failure.exit_code),
        (Ok(()), None) => ExitCode::SUCCESS,
        (Err(error), None) => unprintable(&error),
    }
}

fn warnings(warnings: &[String]) {
    if Log::is_open() {
        warnings.iter().for_each(|warning| tracing::warn!("{}", plain(warning)));
        return;
    }
    on_stderr(&warnings.iter().map(|warning| format!("warning: {warning}\n")).collect::<String>());
}

fn tell(failure: &Failure) {
    if !Log::is_open() {
        return on_stderr(&message(failure));
    }
    let hint = failure.hint.as_deref();
    tracing::error!(exit_code = failure.exit_code, hint, "{}", plain(&failure.message));
}

/// Help, version, or what is wrong with the command line.
pub fn usage(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args_os().skip(1).any(|argument| argument == "--json");
    if error.use_stderr() && wants_json {
        let message = first_paragraph(&error.render().to_string());
        let failure = Failure { message, hint: None, exit_code: 2 };
        // That stdout is closed changes nothing: the exit code says 2 already.
        let _ = on_stdout(&object(&Answer::default(), Some(&failure)));
    }
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// What clap says before it explains the usage, on one line.
fn first_paragraph(rendered: &str) -> String {
    let lines = rendered.trim_start_matches("error: ").lines().map(str::trim);
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A bug: says where, so that it can be reported.
pub fn internal_error(place: Option<String>, format: Format) -> ExitCode {
    print(Answer::failed(CliFault::bug(place).into()), format)
}

/// What the JSON object of an answer says.
pub fn members(answer: &Answer) -> Map<String, Value> {
    gathered(answer, answer.failure.as_ref().map(Failure::from).as_ref())
}

/// One line of JSON. The members of a failure come first and replace the status of the answer.
fn object(answer: &Answer, failure: Option<&Failure>) -> String {
    format!("{}\n", Value::Object(gathered(answer, failure)))
}

fn gathered(answer: &Answer, failure: Option<&Failure>) -> Map<String, Value> {
    let mut members = Map::new();
    if let Some(failure) = failure {
        members.insert("status".into(), json!("failed"));
        members.insert("error".into(), json!(failure.message));
        members.insert("hint".into(), json!(failure.hint));
        members.insert("exit_code".into(), json!(failure.exit_code));
    }
    for (name, value) in &answer.members {
        members.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let warnings = answer.warnings.iter().map(|warning| json!(warning)).collect();
    members.entry("warnings").or_insert(Value::Array(warnings));
    members
}

fn message(failure: &Failure) -> String {
    let hint = failure.hint.as_ref().map(|hint| format!("  hint: {hint}\n"));
    format!("error: {}\n{}", failure.message, hint.unwrap_or_default())
}

/// Names of files and columns come from outside: no control character of theirs reaches a terminal.
fn plain(text: &str) -> String {
    let unsafe_char = |c: char| c.is_control() && c != '\n' && c != '\t';
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if unsafe_char(c) {
            plain.extend(c.escape_default());
        } else {
            plain.push(c);
        }
    }
    plain
}

/// Whoever closes stdout early (`| head`) has read enough.
fn on_stdout(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Where nobody listens on stderr there is nobody left to tell.
fn on_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(plain(text).as_bytes());
}

fn unprintable(error: &io::Error) -> ExitCode {
    let failure = Failure::from(&CliFault::Stdout(error.to_string()).into());
    tell(&failure);
    ExitCode::from(failure.exit_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threshold() -> Error {
        CliFault::Rejected { rejected: 6, read: 10, limit: 0.5 }.into()
    }

    #[test]
    fn an_error_is_followed_by_its_hint() {
        let error = CliFault::UnknownName { found: "p5".into(), nearest: "p05".into() }.into();
        let text = message(&Failure::from(&error));
        assert_eq!(
            text,
            "error: nothing is called `p5`\n  hint: the nearest name is `p05`; `ispeed-report explain` lists all\n"
        );
    }

    #[test]
    fn a_failure_replaces_the_status_and_keeps_the_counts() {
        let mut answer = Answer::failed(threshold()).member("status", "checked").member("n", 3);
        answer.warnings.push("no row was accepted".into());
        let text = object(&answer, Some(&Failure::from(&threshold())));
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["status"], "failed");
        assert_eq!(value["exit_code"], 3);
        assert_eq!(value["n"], 3);
        assert_eq!(value["warnings"].as_array().unwrap().len(), 1);
        assert_eq!(text.matches('\n').count(), 1);
    }

    #[test]
    fn a_usage_error_fits_on_a_line() {
        let text = "error: these were not provided:\n  <PATH>...\n\nUsage: x\n";
        assert_eq!(first_paragraph(text), "these were not provided: <PATH>...");
    }

    #[test]
    fn control_characters_are_shown_not_sent() {
        assert_eq!(plain("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\n");
        assert_eq!(plain("Phường Buôn Ma Thuột"), "Phường Buôn Ma Thuột");
    }
}
