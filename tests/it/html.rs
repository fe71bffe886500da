//! The page of each report for screens.

use crate::shared::small_month;

fn page(report: &str) -> String {
    let bytes = &small_month().bundle.files()[&format!("send/reports/{report}.html")];
    String::from_utf8(bytes.clone()).unwrap()
}

#[test]
fn the_page_is_whole_and_loads_nothing() {
    for report in ["ministry", "committee"] {
        let page = page(report);
        for outside in ["<script", "http:", "https:", "src=", "@import", "url("] {
            assert!(!page.contains(outside), "{report}: {outside}");
        }
        for part in ["lang=\"vi\"", "Content-Security-Policy", "<nav ", "DỰ THẢO", "<caption>"]
        {
            assert!(page.contains(part), "{report}: no {part}");
        }
        assert_eq!(page.matches("<table>").count(), page.matches("<thead>").count(), "{report}");
    }
}

#[test]
fn charts_are_drawings_with_an_alternative() {
    let page = page("ministry");
    let charts = page.matches("<svg ").count();
    assert!(charts > 1, "{charts}");
    assert_eq!(page.matches(" role=\"img\" aria-label=\"").count(), charts);
    assert!(!page.contains("aria-label=\"\""));
}
