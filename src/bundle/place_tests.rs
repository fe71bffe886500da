use super::*;
use tempfile::{TempDir, tempdir};

fn staged(out: &Path, text: &str) -> Staging {
    let staging = Staging::open(out, "66-2025-10").unwrap();
    staging.write("send/tables/a.csv", text.as_bytes()).unwrap();
    staging.write("manifest.json", b"{}").unwrap();
    staging
}

fn published(out: &TempDir, text: &str) -> PathBuf {
    staged(out.path(), text).commit().unwrap()
}

fn table(bundle: &Path) -> String {
    fs::read_to_string(bundle.join("send/tables/a.csv")).unwrap()
}

fn names(out: &Path) -> Vec<String> {
    let entries = fs::read_dir(out).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn appears_and_replaces_leaving_nothing_else() {
    let out = tempdir().unwrap();
    let bundle = published(&out, "old");
    assert_eq!(table(&bundle), "old");
    fs::write(bundle.join("send/only-in-old"), "").unwrap();
    assert_eq!(published(&out, "new"), bundle);
    assert_eq!(table(&bundle), "new");
    assert!(!bundle.join("send/only-in-old").exists());
    assert_eq!(names(out.path()), [".lock", "66-2025-10"]);
}

#[test]
fn dropped_staging_keeps_the_old_bundle() {
    let out = tempdir().unwrap();
    let bundle = published(&out, "old");
    drop(staged(out.path(), "new"));
    assert_eq!(table(&bundle), "old");
    assert_eq!(names(out.path()), [".lock", "66-2025-10"]);
}

#[test]
fn leftovers_of_a_killed_run_are_removed() {
    let out = tempdir().unwrap();
    let bundle = published(&out, "old");
    let killed = staged(out.path(), "half");
    let path = killed.path().to_owned();
    let copy = out.path().join(".staging-64-2025-09");
    fs::create_dir_all(copy.join("send")).unwrap();
    drop(killed);
    fs::create_dir_all(path.join("send")).unwrap(); // as after kill -9, the lock released
    let staging = staged(out.path(), "new");
    assert_eq!(names(out.path()), [".lock", ".staging-66-2025-10", "66-2025-10"]);
    assert_eq!(table(&bundle), "old");
    drop(staging);
}

#[test]
fn a_second_run_is_refused_while_the_first_lives() {
    let out = tempdir().unwrap();
    let first = staged(out.path(), "first");
    let error = Staging::open(out.path(), "64-2025-10").unwrap_err();
    assert_eq!(error.kind(), Kind::Output);
    assert!(error.to_string().contains("locked by another run"), "{error}");
    drop(first);
    Staging::open(out.path(), "64-2025-10").unwrap();
}

#[test]
fn one_run_may_stage_several_bundles() {
    let out = tempdir().unwrap();
    let folder = OutputFolder::open(out.path()).unwrap();
    let (a, b) = (folder.stage("a").unwrap(), folder.stage("b").unwrap());
    assert!(folder.stage("a").is_err());
    a.write("manifest.json", b"{}").unwrap();
    a.commit().unwrap();
    drop(b);
    drop(folder);
    assert_eq!(names(out.path()), [".lock", "a"]);
}

#[test]
fn what_is_no_bundle_is_never_replaced() {
    let out = tempdir().unwrap();
    let target = out.path().join("66-2025-10");
    let refused = || Staging::open(out.path(), "66-2025-10").unwrap_err().to_string();
    fs::create_dir(&target).unwrap();
    assert!(refused().contains("a folder without manifest.json"));
    fs::remove_dir(&target).unwrap();
    fs::write(&target, "mine").unwrap();
    assert!(refused().contains("is a file, expected a bundle or nothing"));
    fs::remove_file(&target).unwrap();
    std::os::unix::fs::symlink("/nowhere", &target).unwrap();
    assert!(refused().contains("is a symbolic link"));
    assert_eq!(names(out.path()), [".lock", "66-2025-10"]);
}

#[test]
fn a_folder_made_meanwhile_is_not_replaced() {
    let out = tempdir().unwrap();
    let staging = staged(out.path(), "new");
    let target = out.path().join("66-2025-10");
    fs::create_dir(&target).unwrap();
    staging.commit().unwrap_err();
    assert_eq!(fs::read_dir(&target).unwrap().count(), 0);
    let staging = tempdir().unwrap();
    appear(staging.path(), &target).unwrap_err();
}

#[test]
fn no_commit_without_manifest() {
    let out = tempdir().unwrap();
    let staging = Staging::open(out.path(), "a").unwrap();
    assert!(staging.commit().is_err());
    assert_eq!(names(out.path()), [".lock"]);
}

#[test]
fn names_that_leave_the_folder_are_refused() {
    let out = tempdir().unwrap();
    let folder = OutputFolder::open(out.path()).unwrap();
    for bad in ["", ".", "..", ".lock", "a/b", "/a", "a\\b", "a\nb"] {
        assert_eq!(folder.stage(bad).unwrap_err().kind(), Kind::Usage, "{bad:?}");
    }
    let staging = folder.stage("a").unwrap();
    for bad in ["../x", "/x", "send/../../x", ""] {
        assert!(staging.write(bad, b"").is_err(), "{bad:?}");
    }
}

#[test]
fn two_steps_replace_and_a_kill_between_them_is_repaired() {
    let out = tempdir().unwrap();
    let bundle = published(&out, "old");
    let retired = out.path().join(".retired-66-2025-10");
    let staging = staged(out.path(), "new");
    replace_in_two_steps(staging.path(), &bundle, &retired).unwrap();
    drop(staging);
    assert_eq!(table(&bundle), "new");
    assert_eq!(names(out.path()), [".lock", "66-2025-10"]);

    fs::rename(&bundle, &retired).unwrap(); // killed here: nothing stands at the place
    drop(OutputFolder::open(out.path()).unwrap());
    assert_eq!(table(&bundle), "new");

    fs::create_dir(&retired).unwrap(); // killed before the old one was removed
    drop(OutputFolder::open(out.path()).unwrap());
    assert_eq!(names(out.path()), [".lock", "66-2025-10"]);
}

#[test]
fn a_failed_second_step_is_undone() {
    let out = tempdir().unwrap();
    let bundle = published(&out, "old");
    let retired = out.path().join(".retired-66-2025-10");
    let nothing = out.path().join("nothing");
    replace_in_two_steps(&nothing, &bundle, &retired).unwrap_err();
    assert_eq!(table(&bundle), "old");
    assert!(!retired.exists());
}
