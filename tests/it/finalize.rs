//! Issuing a document: number, day and signer go in, the draft mark goes out.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::bundle::{Bundle, files, squeezed};
use crate::docx::{part, text};
use crate::program::{Answer, tool};
use crate::shared::{Built, small_month_copy};

const BUNDLE: &str = "out/66-2025-10";
const ISSUED: &str = "out/66-2025-10.issued";

fn finalize(built: &Built, number: &str, date: &str, more: &[&str]) -> Answer {
    let signer = "Nguyễn Văn A";
    let fixed = ["finalize", BUNDLE, "--number", number, "--date", date, "--signer", signer];
    built.case.run(&[&fixed, more].concat())
}

fn record(built: &Built) -> Value {
    Bundle::at(&built.case.path(ISSUED)).json("issued.json")
}

fn pdf_text(file: &Path) -> Option<String> {
    tool("pdftotext", &["-raw"], file).map(|text| squeezed(&text))
}

#[test]
fn an_issued_document_has_number_day_and_signer_and_is_no_draft() {
    let built = small_month_copy();
    let before = built.bundle.files();
    let answer = finalize(&built, "5", "2025-12-05", &[]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let issued = built.case.path(ISSUED);
    let docx = fs::read(issued.join("ministry.docx")).unwrap();
    let words = squeezed(&text(&part(&docx, "word/document.xml")));
    for expected in ["Số: 05/BC-SKHCN", "ngày 05 tháng 12 năm 2025", "Nguyễn Văn A"] {
        assert!(words.contains(&squeezed(expected)), "no `{expected}`");
        if let Some(text) = pdf_text(&issued.join("ministry.pdf")) {
            assert!(text.contains(&squeezed(expected)), "no `{expected}` in the PDF");
        }
    }
    assert!(!part(&docx, "word/header1.xml").contains("DỰ THẢO"));
    // The bundle is as it was, and says so.
    assert_eq!(built.bundle.files(), before);
    assert_eq!(built.case.run(&["verify", BUNDLE]).code, 0);
}

#[test]
fn documents_are_issued_one_after_the_other_and_each_once() {
    let built = small_month_copy();
    assert_eq!(finalize(&built, "5", "2025-12-05", &[]).code, 0);
    let first = files(&built.case.path(ISSUED));
    assert_eq!(finalize(&built, "5", "2025-12-05", &[]).code, 0, "the same again changes nothing");
    assert_eq!(files(&built.case.path(ISSUED)), first);

    let committee = ["--document", "committee"];
    assert_eq!(finalize(&built, "6", "2025-12-08", &committee).code, 0);
    let both = files(&built.case.path(ISSUED));
    let names: Vec<&str> = both.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["committee.docx", "committee.pdf", "issued.json", "ministry.docx", "ministry.pdf"]
    );
    assert_eq!(both["ministry.pdf"], first["ministry.pdf"]);
    let record = record(&built);
    assert_eq!(record["documents"]["ministry"]["number"], 5);
    assert_eq!(record["documents"]["committee"]["date"], "2025-12-08");
    let hash = &record["documents"]["ministry"]["manifest_sha256"];
    assert_eq!(hash.as_str().unwrap().len(), 64);

    let again = finalize(&built, "7", "2025-12-09", &committee);
    again.assert_failed(2, &["`committee` was issued as number 6 of 2025-12-08", "--replace"]);
    assert_eq!(files(&built.case.path(ISSUED)), both);
    let replaced = finalize(&built, "7", "2025-12-09", &["--document", "committee", "--replace"]);
    assert_eq!(replaced.code, 0, "{replaced:?}");
}

#[test]
fn what_the_office_put_beside_it_stays() {
    let built = small_month_copy();
    finalize(&built, "5", "2025-12-05", &[]);
    built.case.write(&format!("{ISSUED}/signed/ministry.pdf"), "signed");
    built.case.write(&format!("{ISSUED}/ministry.pdf"), "signed over");
    finalize(&built, "6", "2025-12-05", &["--document", "committee"]);
    let all = files(&built.case.path(ISSUED));
    assert_eq!(all["signed/ministry.pdf"], b"signed");
    assert_eq!(all["ministry.pdf"], b"signed over");
    finalize(&built, "5", "2025-12-05", &[]).assert_failed(2, &["was issued", "signed ones"]);
}

#[test]
fn what_makes_no_sense_is_refused_and_writes_nothing() {
    let built = small_month_copy();
    finalize(&built, "0", "2025-12-05", &[]).assert_failed(2, &["the number is 0"]);
    finalize(&built, "1", "2025-10-31", &[])
        .assert_failed(2, &["2025-10-31", "expected 2025-11-01 or later"]);
    finalize(&built, "1", "2025-12-05", &["--document", "../ministry"])
        .assert_failed(2, &["`../ministry`", "committee, ministry"]);
    let line = ["finalize", BUNDLE, "--number", "1", "--date", "2025-12-05", "--signer", " "];
    built.case.run(&line).assert_failed(2, &["signer's name is empty"]);
    built.case.write(&format!("{BUNDLE}/send/reports/ministry.html"), "changed");
    finalize(&built, "1", "2025-12-05", &[])
        .assert_failed(1, &["is not what its manifest says", "send/reports/ministry.html"]);
    assert!(!built.case.path(ISSUED).exists());
}
