use super::super::manifest::tests::origin;
use super::*;
use crate::provenance::Provenance;
use serde_json::json;
use std::fs;
use tempfile::{TempDir, tempdir};

fn bundle() -> TempDir {
    let folder = tempdir().unwrap();
    for (name, text) in [("a.csv", "1"), ("b.csv", "2"), ("c.csv", "3")] {
        fs::create_dir_all(folder.path().join("send")).unwrap();
        fs::write(folder.path().join("send").join(name), text).unwrap();
    }
    Manifest::write(folder.path(), &origin(), vec![], json!({}), Provenance::default()).unwrap();
    folder
}

fn changes(folder: &TempDir) -> Vec<(String, Change)> {
    let found = verify(folder.path()).unwrap();
    found.problems.into_iter().map(|one| (one.file, one.change)).collect()
}

fn edit(folder: &TempDir, change: impl Fn(&mut Manifest)) {
    let mut manifest = Manifest::read(folder.path()).unwrap();
    change(&mut manifest);
    let text = serde_json::to_vec(&manifest).unwrap();
    fs::write(folder.path().join(FILE_NAME), text).unwrap();
}

#[test]
fn whole_bundle_has_no_problem_and_is_current() {
    let folder = bundle();
    let found = verify(folder.path()).unwrap();
    assert_eq!((found.files, found.problems.len()), (3, 0));
    let key = origin().key().unwrap();
    assert!(is_current(folder.path(), &key));
    assert!(!is_current(folder.path(), "other"));
    assert!(!is_current(&folder.path().join("nowhere"), &key));
    fs::write(folder.path().join("send/a.csv"), "x").unwrap();
    assert!(!is_current(folder.path(), &key));
}

#[test]
fn every_kind_of_change_is_found() {
    let folder = bundle();
    let send = folder.path().join("send");
    fs::write(send.join("a.csv"), "9").unwrap();
    fs::remove_file(send.join("b.csv")).unwrap();
    fs::rename(send.join("c.csv"), folder.path().join("moved")).unwrap();
    std::os::unix::fs::symlink("../moved", send.join("c.csv")).unwrap();
    std::os::unix::fs::symlink("/", folder.path().join("root")).unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let expected = [
        ("moved", Change::Unlisted),
        ("root", Change::NotAFile),
        ("send/a.csv", Change::Changed),
        ("send/b.csv", Change::Missing),
        ("send/c.csv", Change::NotAFile),
    ];
    assert_eq!(changes(&folder), expected.map(|(file, change)| (file.to_owned(), change)));
    let said = verify(folder.path()).unwrap().problems[2].to_string();
    assert!(said.starts_with("`send/a.csv`: found 1 bytes with SHA-256 "), "{said}");
    assert!(said.contains(", expected 1 bytes with SHA-256 "), "{said}");
}

#[test]
fn a_linked_folder_is_not_entered() {
    let folder = bundle();
    fs::rename(folder.path().join("send"), folder.path().join("real")).unwrap();
    std::os::unix::fs::symlink("real", folder.path().join("send")).unwrap();
    let found = changes(&folder);
    assert!(found.contains(&("send".into(), Change::NotAFile)));
    assert!(found.contains(&("send/a.csv".into(), Change::Missing)));
}

#[test]
fn a_manifest_cannot_point_outside_or_lie_about_its_key() {
    let folder = bundle();
    edit(&folder, |manifest| {
        manifest.origin.configuration["quota"] = json!(1);
        manifest.outputs[0].file = "../outside".into();
        manifest.outputs[1] = manifest.outputs[2].clone();
    });
    let expected = [
        ("../outside", Change::BadEntry),
        ("manifest.json", Change::Key),
        ("send/a.csv", Change::Unlisted),
        ("send/b.csv", Change::Unlisted),
        ("send/c.csv", Change::BadEntry),
    ];
    assert_eq!(changes(&folder), expected.map(|(file, change)| (file.to_owned(), change)));
}

#[test]
fn no_manifest_is_an_error() {
    let folder = tempdir().unwrap();
    assert!(verify(folder.path()).is_err());
}
