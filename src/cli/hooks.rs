//! Calls the command that the configuration names for the end of a run.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use ispeed_report::config::Hooks;

use super::run_report::RunReport;

/// How often a running command is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Calls the command for how the run ended; what goes wrong with it is a warning.
pub fn call(hooks: &Hooks, report: &RunReport, written: Option<&Path>) -> Option<String> {
    let (setting, command) = match report.exit_code {
        0 => ("hooks.on_success", &hooks.on_success),
        _ => ("hooks.on_failure", &hooks.on_failure),
    };
    let (program, arguments) = command.split_first()?;
    let arguments = arguments.iter().map(|argument| fill(argument, report, written));
    let limit = Duration::from_secs(hooks.timeout_s.into());
    let outcome = run(Command::new(program).args(arguments), &report.text(), limit);
    outcome.err().map(|found| format!("`{setting}`: `{program}` {found}"))
}

/// One pass, so that what a value says is never filled in again.
fn fill(argument: &str, report: &RunReport, written: Option<&Path>) -> String {
    let mut filled = String::new();
    let mut rest = argument;
    while let Some(start) = rest.find('{') {
        filled += &rest[..start];
        rest = &rest[start..];
        let end = rest.find('}').map_or(rest.len(), |end| end + 1);
        filled += &match &rest[..end] {
            "{status}" => report.status.clone(),
            "{exit_code}" => report.exit_code.to_string(),
            "{province}" => report.province.clone(),
            "{month}" => report.month.clone(),
            "{bundle}" => report.bundle.clone().unwrap_or_default(),
            "{run_report}" => written.map(|p| p.display().to_string()).unwrap_or_default(),
            other => other.to_owned(),
        };
        rest = &rest[end..];
    }
    filled + rest
}

/// Runs a command with `input` on its stdin, within `limit`. Its output goes nowhere: stdout and stderr
/// belong to the answer and the log of the run.
fn run(command: &mut Command, input: &str, limit: Duration) -> Result<(), String> {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| format!("cannot be run: {error}"))?;
    let stdin = child.stdin.take();
    let input = input.to_owned();
    // A command that does not read may block the writer, never the run; it ends with the command.
    std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(input.as_bytes())));
    wait(&mut child, limit)
}

fn wait(child: &mut Child, limit: Duration) -> Result<(), String> {
    let since = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("failed: {status}")),
            Ok(None) if since.elapsed() < limit => sleep(LOOK),
            Ok(None) => {
                // It may have ended in between, which is as good.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("took more than {} s and was stopped", limit.as_secs()));
            }
            Err(error) => return Err(format!("cannot be waited for: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<(), String> {
        run(Command::new("sh").args(["-c", script]), "the report", limit)
    }

    #[test]
    fn the_report_is_on_stdin() {
        assert_eq!(shell("test \"$(cat)\" = 'the report'", Duration::from_secs(20)), Ok(()));
    }

    #[test]
    fn a_command_that_fails_hangs_or_is_missing_is_told() {
        let found = shell("exit 3", Duration::from_secs(20)).unwrap_err();
        assert!(found.contains('3'), "{found}");
        let found = shell("exec sleep 60", Duration::from_millis(50)).unwrap_err();
        assert!(found.contains("stopped"), "{found}");
        let found = run(&mut Command::new("/no/such/program"), "", Duration::from_secs(1));
        assert!(found.unwrap_err().contains("cannot be run"));
    }

    #[test]
    fn values_are_filled_in_once_and_are_no_shell_text() {
        let report = RunReport {
            status: "failed".into(),
            month: "{bundle}; rm -rf $HOME".into(),
            ..RunReport::example()
        };
        let filled = fill("{status} {month} {other} {", &report, None);
        assert_eq!(filled, "failed {bundle}; rm -rf $HOME {other} {");
    }
}
