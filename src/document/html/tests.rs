use super::*;
use crate::document::block::{Block, Document};
use crate::document::issue::issued;
use crate::document::sample;

fn page() -> String {
    page_of(&issued(&sample::document(), None))
}

fn page_of(document: &Document) -> String {
    String::from_utf8(write(document).unwrap()).unwrap()
}

#[test]
fn the_page_needs_nothing_else_and_runs_nothing() {
    let page = page();
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"vi\">"));
    assert!(page.contains("content=\"default-src &apos;none&apos;; style-src"));
    for outside in ["<script", "http:", "https:", "url(", "@import", "<link", "src="] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn the_style_sheet_is_not_escaped_and_cannot_end_its_element() {
    assert!(page().contains("content: \"\";"));
    assert!(!STYLE.contains('<'));
}

#[test]
fn structure_is_told_by_elements() {
    let page = page();
    for part in [
        "<h1><span>BÁO CÁO</span><span>Kết quả đo tháng 10</span></h1>",
        "<h2 id=\"s1\"><span>I. KẾT QUẢ</span></h2>",
        "<h3 id=\"s2\"><span>1. Băng rộng di động</span></h3>",
        "<caption>Bảng 1. Kết quả theo xã</caption>",
        "<th scope=\"col\">Trung vị</th>",
        "<th scope=\"row\">Xã Ea Kar</th><td class=\"right\">1.234</td>",
        "<li><span>Xã Ea Kar thiếu 66 mẫu;</span></li>",
        "<strong><span> (10,78%)</span></strong>",
        "<figcaption>Hình 1. Diễn biến</figcaption>",
        "<sup><a id=\"mark1\" href=\"#note1\" role=\"doc-noteref\">1</a></sup>",
        "<li id=\"note1\">Tính đến 31/10/2025. <a href=\"#mark1\">",
        "<p>DỰ THẢO</p>",
    ] {
        assert!(page.contains(part), "no {part}");
    }
    assert_eq!(page.matches("<section>").count(), 2);
    assert_eq!(page.matches("<section class=\"wide\">").count(), 1);
}

#[test]
fn charts_are_drawings_with_text_and_an_alternative() {
    let page = page();
    let start = "<svg viewBox=\"0 0 200 100\" role=\"img\" aria-label=\"Tăng từ 30 lên 40 &amp; ";
    assert!(page.contains(start));
    assert!(page.contains(
        "<path d=\"M0 0L100.13 0L100 50Z\" fill=\"#ffffff\" stroke=\"#ff0010\" stroke-width=\"0.5\">"
    ));
    assert!(page.contains("transform=\"rotate(-90 10 20)\">Tốc độ &lt;Mbps&gt;</text>"));
}

#[test]
fn text_of_the_data_stays_text() {
    let hostile = "=HYPERLINK(&quot;x&quot;) &lt;b&gt;&amp;amp; ../x {{ x }}</th>";
    assert_eq!(page().matches(hostile).count(), 2);
}

#[test]
fn a_long_page_has_a_table_of_contents() {
    assert!(!page().contains("<nav"));
    let blocks: Vec<Block> = (1..=6).map(|n| sample::heading(1, &format!("{n} <x>"))).collect();
    let page = page_of(&Document { title: "Tên".into(), blocks, ..Document::default() });
    assert!(page.contains(
        "<nav aria-label=\"Tên\"><ul><li class=\"level1\"><a href=\"#s1\">1 &lt;x&gt;</a>"
    ));
    assert!(page.contains("<h2 id=\"s6\">"));
}
