use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Value, json};

use super::*;
use crate::bundle::Origin;
use crate::document::block::Document;
use crate::document::sample;
use crate::error::Kind;

fn issue(number: u32, signer: &str) -> Issue {
    Issue { number, date: Date::constant(2025, 11, 15), signer: signer.into() }
}

#[test]
fn an_issue_has_a_number_and_a_signer() {
    let error = checked(&issue(0, "Nguyễn Văn A")).unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
    assert!(error.to_string().contains("number is 0"), "{error}");
    for signer in ["", "  ", "\u{200b}\t"] {
        let error = checked(&issue(1, signer)).unwrap_err().to_string();
        assert!(error.contains("signer"), "{error}");
    }
    // Composed, and without blanks around it.
    assert_eq!(checked(&issue(1, " Nguye\u{302}\u{303}n ")).unwrap().signer, "Nguyễn");
}

fn entry(number: u32, bytes: &[u8]) -> Entry {
    Entry {
        number,
        date: Date::constant(2025, 11, 15),
        signer: "A".into(),
        simulated: false,
        manifest_sha256: "0".into(),
        files: vec![listed(&("a.pdf".into(), bytes.to_vec()))],
    }
}

#[test]
fn a_document_is_issued_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut record = Record::read(folder.path()).unwrap();
    assert!(record.allows(folder.path(), "ministry", &entry(5, b"x")).is_ok());
    record.documents.insert("ministry".into(), entry(5, b"x"));
    fs::write(folder.path().join("a.pdf"), b"x").unwrap();
    assert!(record.allows(folder.path(), "ministry", &entry(5, b"x")).is_ok());
    assert!(record.allows(folder.path(), "committee", &entry(6, b"y")).is_ok());
    let again = record.allows(folder.path(), "ministry", &entry(6, b"x")).unwrap_err();
    assert!(again.to_string().contains("number 5 of 2025-11-15"), "{again}");
    // The office's signed copy under the same name is not overwritten.
    fs::write(folder.path().join("a.pdf"), b"signed").unwrap();
    assert!(record.allows(folder.path(), "ministry", &entry(5, b"x")).is_err());
}

fn origin(form: Value, inputs: Value) -> Origin {
    let origin = json!({
        "schema": 1, "program": {"name": "x", "version": "1"}, "province": "66",
        "month": "2025-10", "period": {"from": "2025-10-01", "until": "2025-11-01"},
        "report_date": "2025-11-15", "simulated": false, "configuration": {"form": form},
        "inputs": inputs, "queries": [], "templates": [],
    });
    serde_json::from_value(origin).unwrap()
}

#[test]
fn the_form_of_the_draft_is_that_of_the_issued_document() {
    let made = form::form(&origin(json!({"left_mm": 35.0, "body_pt": 14.0}), json!([])), None);
    let style = made.unwrap().style;
    assert_eq!((style.margins.left, style.margins.right, style.body), (35.0, 15.0, 14.0));
    let unusable = form::form(&origin(json!({"left_mm": "x"}), json!([])), None).unwrap_err();
    assert_eq!(unusable.kind(), Kind::Input);
}

#[test]
fn fonts_are_those_that_the_bundle_was_made_with() {
    let folder = tempfile::tempdir().unwrap();
    let font = typst_assets::fonts().next().unwrap();
    fs::write(folder.path().join("a.otf"), font).unwrap();
    let fonts = json!({"fonts": {"regular": "a.otf", "bold": "a.otf", "italic": "a.otf",
                                 "bold_italic": "a.otf"}});
    let listed = json!([{"file": "fonts/a.otf", "sha256": sha256(font), "bytes": 1, "rows": 0}]);
    let origin = origin(fonts, listed);
    let unnamed = form::form(&origin, None).unwrap_err();
    assert!(unnamed.to_string().contains("`a.otf`"), "{unnamed}");
    assert!(form::form(&origin, Some(folder.path())).is_ok());
    fs::write(folder.path().join("a.otf"), &font[1..]).unwrap();
    let other = form::form(&origin, Some(folder.path())).unwrap_err();
    assert!(other.to_string().contains("is not the one"), "{other}");
}

#[test]
fn what_has_no_letterhead_only_loses_the_draft_mark() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = Document {
        draft: "DỰ THẢO".into(),
        blocks: vec![sample::paragraph("Xã Ea Kar thiếu 66 mẫu.")],
        ..Document::default()
    };
    let documents = BTreeMap::from([("communes".to_owned(), sheet)]);
    for (name, bytes) in store::save(&documents, &BTreeSet::new()).unwrap() {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let form = form::form(&origin(json!({}), json!([])), None).unwrap();
    let made = files(folder.path(), "communes", &issue(15, "A"), &form).unwrap();
    let names: Vec<_> = made.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["communes.pdf", "communes.docx"]);
    let text = lopdf::Document::load_mem(&made[0].1).unwrap().extract_text(&[1]).unwrap();
    assert!(text.contains("Ea Kar") && !text.contains("DỰ THẢO"), "{text}");
}
