//! Build script: tells the program which commit it is built from.
//!
//! Only in a release: elsewhere every commit would build everything again.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=src/build.rs");
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let build = if release { commit() } else { "development build".to_owned() };
    // `cargo run` hands it on, so it must not look like a setting (`ISPEED_REPORT_…`).
    println!("cargo:rustc-env=BUILT_FROM={build}");
}

/// The commit, or that there is none to tell: the sources may come without their history.
fn commit() -> String {
    let log = ".git/logs/HEAD";
    if Path::new(log).exists() {
        println!("cargo:rerun-if-changed={log}");
    }
    let git = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output();
    let commit = git.ok().filter(|output| output.status.success());
    let commit = commit.and_then(|output| String::from_utf8(output.stdout).ok());
    commit.map_or_else(|| "commit unknown".to_owned(), |text| format!("commit {}", text.trim()))
}
