//! Numbers of an edited document that are not those of the bundle.

use crate::docx::{edit, part};
use crate::program::Answer;
use crate::shared::{Built, small_month_copy};

const BUNDLE: &str = "out/66-2025-10";

fn verify(built: &Built, file: &str) -> Answer {
    built.case.run(&["verify", BUNDLE, "--document", file])
}

#[test]
fn drafts_and_issued_documents_have_the_numbers_of_the_bundle() {
    let built = small_month_copy();
    let line = ["finalize", BUNDLE, "--number", "987", "--date", "2025-12-05", "--signer", "A"];
    assert_eq!(built.case.run(&line).code, 0);
    for file in [
        format!("{BUNDLE}/send/reports/ministry.docx"),
        format!("{BUNDLE}/send/reports/committee.pdf"),
        format!("{BUNDLE}.issued/ministry.docx"),
        format!("{BUNDLE}.issued/ministry.pdf"),
    ] {
        let answer = verify(&built, &file);
        assert_eq!(answer.code, 0, "{answer:?}");
        assert!(answer.stdout.contains(": none differs"), "{answer:?}");
    }
    let named = verify(&built, &format!("{BUNDLE}/send/reports/committee.pdf"));
    assert!(named.stdout.contains("of document `committee`"), "{named:?}");
}

/// The first cell that holds just a number of this form, after a mark.
fn cell_after<'x>(xml: &'x str, mark: &str) -> &'x str {
    let rest = &xml[xml.find(mark).unwrap()..];
    let cells = rest.split("<w:t xml:space=\"preserve\">").skip(1);
    let texts = cells.filter_map(|cell| cell.split_once('<')).map(|(text, _)| text);
    let number =
        |text: &&str| text.len() > 3 && text.chars().all(|c| c.is_ascii_digit() || c == ',');
    texts.into_iter().find(number).unwrap()
}

#[test]
fn a_number_changed_by_hand_is_found_and_rewritten_words_are_not() {
    let built = small_month_copy();
    let draft = built.case.path(&format!("{BUNDLE}/send/reports/ministry.docx"));
    let xml = part(&std::fs::read(&draft).unwrap(), "word/document.xml");
    let old = cell_after(&xml, "<w:tblHeader/>").to_owned();
    let new = format!("9{old}");
    edit(&draft, &built.case.path("edited.docx"), |xml| {
        xml.replacen(&format!(">{old}<"), &format!(">{new}<"), 1)
            .replace("trân trọng báo cáo", "kính báo cáo và đã tổ chức 4.321 buổi tuyên truyền")
    });
    let answer = verify(&built, "edited.docx");
    answer.assert_failed(1, &["2 numbers of `edited.docx` not as in the bundle"]);
    assert!(
        answer.stdout.contains(&format!(": found {new}, the bundle has {old}\n")),
        "{answer:?}"
    );
    assert!(answer.stdout.contains("tổ chức [4.321] buổi"), "{answer:?}");
    assert!(answer.stdout.contains(": found 4.321, not in the bundle\n"), "{answer:?}");
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    let built = small_month_copy();
    built.case.write("notes.txt", "12");
    verify(&built, "notes.txt").assert_failed(1, &["neither a DOCX nor a PDF"]);
    verify(&built, "nothing.docx").assert_failed(1, &["cannot read `nothing.docx`"]);
    built.case.write("broken.docx", "PK\u{3}\u{4}");
    verify(&built, "broken.docx").assert_failed(1, &["the text of `broken.docx` cannot be read"]);
    let draft = format!("{BUNDLE}/send/reports/ministry.docx");
    let unknown = built.case.run(&["verify", BUNDLE, "--document", &draft, "--name", "x"]);
    unknown.assert_failed(2, &["no document `x`", "committee, ministry"]);
}
