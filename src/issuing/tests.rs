use super::*;
use crate::error::Kind;
use jiff::civil::Date;

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
