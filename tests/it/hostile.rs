//! Names from outside are values: they are printed as they are, in every output.

use serde_json::json;

use crate::bundle::{only, squeezed};
use crate::program::{CONFIG, Case};
use crate::samples::{SampleFile, row};

const NAME: &str = "**x** <b>{{ y }} | a";

#[test]
fn markup_in_an_operator_name_is_text_everywhere() {
    let case = Case::with_config(&format!("{CONFIG}\n[operators]\nfile = \"operators.csv\"\n"));
    case.write(
        "operators.csv",
        format!("operator,kind,key_type,key\n{NAME},isp,name,Hostile\nFPT,isp,name,FPT\n"),
    );
    let test = |n: usize| {
        let operator = if n.is_multiple_of(2) { "hostile" } else { "FPT" };
        json!({"access_type": "fixed", "technology": "wifi", "operator": operator,
               "device_id": null, "download_mbps": 100 + n})
    };
    let rows = (0..80).map(|n| row(&format!("s{n}"), test(n)));
    case.samples("a.parquet", &SampleFile::of(rows.collect()));
    let bundle = case.build("2025-10");

    let operators = bundle.table("operator");
    assert_eq!(only(&operators, json!({"operator": NAME}))["tests_ok"], 40);
    let csv = String::from_utf8(bundle.files()["send/tables/operator.csv"].clone()).unwrap();
    assert!(csv.contains(&format!(",{NAME},")), "{csv}");
    for (file, bytes) in bundle.files() {
        if file.ends_with(".svg") {
            let svg = String::from_utf8(bytes).unwrap();
            assert!(!svg.contains("<b>"), "{file}");
        }
    }
    for report in ["ministry", "committee"] {
        let page = bundle.files()[&format!("send/reports/{report}.html")].clone();
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("**x** &lt;b&gt;{{ y }} | a") && !page.contains("<b>"), "{report}");
        let docx = bundle.files()[&format!("send/reports/{report}.docx")].clone();
        let body = crate::docx::part(&docx, "word/document.xml");
        assert!(body.contains("**x** &lt;b&gt;{{ y }} | a"), "{report}");
        let Some(pages) = bundle.pages(report) else { return };
        let text = squeezed(&pages.concat());
        assert!(text.contains(&squeezed(NAME)), "{report}: {text}");
        assert!(!text.contains("&lt;") && !text.contains("\\*"), "{report}");
    }
}

#[test]
fn control_characters_in_names_reach_no_terminal() {
    let rows = vec![row("a", json!({"dowload_mbps\u{1b}[2J": "x"}))];
    let case = Case::with_samples(&SampleFile::of(rows).without("access_type"));
    let answer = case.run(&["check", "samples"]);
    answer.assert_failed(1, &["`access_type`"]);
    assert!(!answer.stderr.contains('\u{1b}') && !answer.stdout.contains('\u{1b}'), "{answer:?}");
}
