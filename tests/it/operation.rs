//! What a run leaves for those who are not watching: run report, log, commands, manual pages.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{CONFIG, CONFIG_FILE, Case};
use crate::shared::small_month_copy;

const RUN_REPORT: &str = "out/66-2025-10.run.json";

fn report(case: &Case) -> Value {
    serde_json::from_slice(&fs::read(case.path(RUN_REPORT)).unwrap()).unwrap()
}

#[test]
fn a_run_report_lies_beside_the_bundle() {
    let built = small_month_copy();
    assert_eq!(built.case.month("2025-10", &["--force"]).code, 0);
    let first = report(&built.case);
    assert_eq!(first["status"], "built");
    assert_eq!(first["exit_code"], 0);
    assert_eq!(first["counts"]["accepted"], 78);
    let stages = first["stages"].as_array().unwrap();
    let names: Vec<_> = stages.iter().filter_map(|stage| stage["name"].as_str()).collect();
    assert_eq!(names.first(), Some(&"inputs"));
    assert!(names.contains(&"validation") && names.contains(&"documents"), "{names:?}");
    assert!(stages.iter().any(|s| s["name"] == "validation" && s["rows"].as_u64() > Some(0)));
    let key = fs::read(built.bundle.folder.join("manifest.json")).unwrap();
    let key: Value = serde_json::from_slice(&key).unwrap();
    assert!(key["key"].as_str().unwrap().starts_with(first["run"].as_str().unwrap()));
    assert_eq!(built.case.month("2025-10", &[]).code, 0);
    let second = report(&built.case);
    assert_eq!((&second["status"], &second["run"]), (&"unchanged".into(), &first["run"]));
}

#[test]
fn a_failure_is_reported_with_its_exit_code() {
    let case = Case::new();
    case.write("samples/a.parquet", "no parquet");
    fs::create_dir(case.path("out")).unwrap();
    case.month("2025-10", &[]).assert_failed(1, &["a.parquet"]);
    let report = report(&case);
    assert_eq!((&report["status"], &report["exit_code"]), (&"failed".into(), &1.into()));
    assert!(report["error"].as_str().unwrap().contains("a.parquet"), "{report}");
}

#[test]
fn a_dry_run_leaves_nothing() {
    let case = small_month_copy().case;
    let _ = fs::remove_file(case.path(RUN_REPORT));
    assert_eq!(case.month("2025-10", &["--dry-run"]).code, 0);
    assert!(!case.path(RUN_REPORT).exists());
}

#[test]
fn commands_are_called_without_a_shell() {
    let hooks = |script: &str| {
        format!(
            "{CONFIG}\n[hooks]\non_failure = [\"/bin/sh\", \"-c\", '{script}', \"x\", \
             \"{{exit_code}} {{month}} $(touch evil)\"]\n"
        )
    };
    let case = Case::with_config(&hooks("echo \"$1\" > told; cat > given"));
    case.write("samples/a.parquet", "no parquet");
    fs::create_dir(case.path("out")).unwrap();
    case.month("2025-10", &[]).assert_failed(1, &[]);
    assert_eq!(fs::read_to_string(case.path("told")).unwrap(), "1 2025-10 $(touch evil)\n");
    assert!(!case.path("evil").exists());
    let given: Value = serde_json::from_slice(&fs::read(case.path("given")).unwrap()).unwrap();
    assert_eq!(given, report(&case));
    let case = Case::with_config(&hooks("exit 7"));
    case.write("samples/a.parquet", "no parquet");
    let answer = case.month("2025-10", &[]);
    answer.assert_failed(1, &["warning: `hooks.on_failure`", "exit status: 7"]);
}

#[test]
fn a_log_for_machines_has_one_object_a_line_and_the_run_in_each() {
    let case = small_month_copy().case;
    let answer = case.month("2025-10", &["--force", "--log", "json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let lines: Vec<Value> =
        answer.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let run = report(&case)["run"].clone();
    let stages: Vec<_> = lines.iter().filter(|line| line["message"] == "stage done").collect();
    assert!(stages.len() > 10, "{answer:?}");
    assert!(stages.iter().skip(1).all(|line| line["run"] == run), "{answer:?}");
    assert!(lines.iter().any(|line| line["level"] == "WARN"), "{answer:?}");
    let failed = case.month("2025-10", &["--log", "json", "--samples", "nowhere"]);
    let last = failed.stderr.lines().last().unwrap_or_default();
    let last: Value = serde_json::from_str(last).unwrap();
    assert_eq!((&last["level"], &last["exit_code"]), (&"ERROR".into(), &1.into()), "{failed:?}");
}

#[test]
fn a_run_ends_well_where_nobody_listens() {
    let case = small_month_copy().case;
    for log in ["none", "human", "json"] {
        let mut run = Command::new(env!("CARGO_BIN_EXE_ispeed-report"))
            .args(["run", "--config", CONFIG_FILE, "--month", "2025-10", "--out", "out"])
            .args(["--force", "--log", log])
            .current_dir(case.path(""))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop((run.stdout.take(), run.stderr.take()));
        assert_eq!(run.wait().unwrap().code(), Some(0), "{log}");
        assert_eq!(report(&case)["status"], "built", "{log}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let case = Case::new();
    assert_eq!(case.run(&["manual", "man"]).code, 0);
    let help = case.run(&["--help"]).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = commands.take_while(|line| !line.is_empty());
    let names: Vec<_> = commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.contains(&"run"), "{help}");
    for name in names {
        let page = case.path(&format!("man/ispeed-report-{name}.1"));
        assert!(page.is_file(), "{}", page.display());
    }
}

#[test]
fn the_version_names_the_build() {
    let version = Case::new().run(&["--version"]).stdout;
    let expected = format!("ispeed-report {} (", env!("CARGO_PKG_VERSION"));
    assert!(version.starts_with(&expected), "{version}");
}
