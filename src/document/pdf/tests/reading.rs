//! What other programs read from the file.

use std::process::Command;

use super::*;

/// The words of each page as the page model has them, in its order.
fn words(laid: &Laid) -> Vec<Vec<String>> {
    let page = |page: &Page| {
        let runs = page.items.iter().filter_map(|placed| match &placed.item {
            Item::Text(run) => Some(run.text.replace('\u{a0}', " ")),
            Item::Path(_) => None,
        });
        let words = |run: String| run.split_whitespace().map(str::to_string).collect::<Vec<_>>();
        runs.flat_map(words).collect()
    };
    laid.pages.iter().map(page).collect()
}

/// The text of each page in the order of its content; none where pdftotext is not installed.
fn extracted(bytes: &[u8], name: &str) -> Option<Vec<String>> {
    let file = format!("ispeed-report-{name}-{}.pdf", std::process::id());
    let path = std::env::temp_dir().join(file);
    std::fs::write(&path, bytes).unwrap();
    let run =
        Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(&path).arg("-").output();
    std::fs::remove_file(&path).unwrap();
    let Ok(output) = run else {
        eprintln!("pdftotext is not installed: what it reads from a PDF is not checked");
        return None;
    };
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_string).collect())
}

#[test]
fn pdftotext_finds_every_word_of_the_page_model_in_its_order() {
    let family = Family::libertinus().unwrap();
    let documents = [
        ("report", specimen::report()),
        ("letters", specimen::letters()),
        ("hard", specimen::hard()),
    ];
    for (name, document) in documents {
        let laid = lay_out(&document, &family, &Style::default()).unwrap();
        let bytes = write(&laid, &document, &family).unwrap();
        let Some(pages) = extracted(&bytes, name) else { return };
        let model = words(&laid);
        assert_eq!(pages.len(), model.len());
        for (index, (text, words)) in pages.iter().zip(&model).enumerate() {
            // Every letter in order: words may only be joined or cut where lines and cells meet.
            let squeezed: String = text.split_whitespace().collect();
            assert_eq!(squeezed, words.concat(), "page {} of {name}", index + 1);
            let found: Vec<&str> = text.split_whitespace().collect();
            let whole = words.iter().filter(|word| found.contains(&word.as_str())).count();
            assert!(whole * 50 >= words.len() * 49, "{whole} of {} words", words.len());
        }
    }
}

#[test]
fn a_report_of_sixty_pages_is_small() {
    let mut blocks = specimen::report().blocks;
    for part in 0..15 {
        blocks.push(specimen::annex(&format!("Phụ lục {part}"), "KẾT QUẢ", part % 2 == 0));
        blocks.push(Block::Table(specimen::intervals(115)));
        blocks.extend((0..3).map(|_| Block::Figure(specimen::figure())));
    }
    let document = Document { blocks, ..specimen::report() };
    let family = Family::libertinus().unwrap();
    let laid = lay_out(&document, &family, &Style::default()).unwrap();
    assert!(laid.pages.len() >= 60, "{} pages", laid.pages.len());
    let bytes = made(&document, &family, "sixty");
    assert!(bytes.len() < 1_500_000, "{} bytes", bytes.len());
}
