//! Replies of operators to letters that were issued from an earlier bundle.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::bundle::{Bundle, only, squeezed};
use crate::program::{CONFIG, Case};
use crate::samples::{Row, SampleFile, row};

const REGISTER: &str = "\
Sổ theo dõi;;;;;
Doanh nghiệp;Số công văn;Ngày công văn;Tháng;Ngày trả lời;Ngày kết thúc
Vinaphone;9/SKHCN-BCVT;05/10/2025;;20/10/2025;
VinaPhone;9/SKHCN-BCVT;;;21/10/2025;
Mobifone;;;08/2025;01/10/2025;03/11/2025
FPT;3/SKHCN;01/11/2025;;30/11/2025;
Sóng Lạ;4/SKHCN;01/11/2025;;;
Viettel;99/SKHCN;20/11/2025;;;
";

/// Slow tests of Viettel by many devices, which its letter asks about.
fn tests(month: &str) -> Vec<Row> {
    let test = |n: usize| {
        let speed = 10.0 + (n % 7) as f64;
        row(
            &format!("{month}-{n}"),
            json!({"measured_at": format!("{month}-10T03:00:00Z"), "download_mbps": speed,
                "upload_mbps": speed / 3.0}),
        )
    };
    (0..160).map(test).collect()
}

struct Months {
    #[expect(dead_code, reason = "the folder is removed with it")]
    case: Case,
    october: Bundle,
}

fn months() -> &'static Months {
    static MONTHS: OnceLock<Months> = OnceLock::new();
    MONTHS.get_or_init(|| {
        let gaps =
            "\n[gaps]\nnotify_months = 1\n\n[report]\ndocuments = [\"ministry\", \"operator\"]\n";
        let case = Case::with_config(&format!("{CONFIG}{gaps}"));
        case.samples("a.parquet", &SampleFile::of(tests("2025-09")));
        case.build("2025-09");
        let issue = [
            "finalize",
            "out/66-2025-09",
            "--number",
            "15",
            "--date",
            "2025-10-16",
            "--signer",
            "A",
            "--document",
            "operators/viettel",
        ];
        let issued = case.run(&issue);
        assert_eq!(issued.code, 0, "{issued:?}");
        case.samples("a.parquet", &SampleFile::of(tests("2025-10")));
        case.write("replies.csv", REGISTER);
        let replies =
            "\n[history]\npaths = [\"out\"]\n[campaign.replies]\nfile = \"replies.csv\"\n";
        case.write("ispeed-report.toml", format!("{CONFIG}{gaps}{replies}"));
        let october = case.build("2025-10");
        Months { case, october }
    })
}

fn assert_row(table: &str, key: Value, expected: Value) {
    let table_rows = months().october.table(table);
    let row = only(&table_rows, key.clone());
    for (column, value) in expected.as_object().unwrap() {
        assert_eq!(row[column], *value, "{key} {column}");
    }
}

#[test]
fn every_letter_up_to_the_report_date_has_its_state() {
    assert_row(
        "operator_replies",
        json!({"operator": "Viettel"}),
        json!({"letter_number": "15", "letter_date": "2025-10-16", "letter_month": "2025-09",
            "due_on": "2025-10-25", "answered_on": null, "reply_state": "overdue"}),
    );
    assert_row(
        "operator_replies",
        json!({"operator": "VNPT"}),
        json!({"due_on": "2025-10-15", "answered_on": "2025-10-20", "reply_state": "answered_late"}),
    );
    assert_row(
        "operator_replies",
        json!({"operator": "MobiFone"}),
        json!({"letter_month": "2025-08", "closed_on": "2025-11-03", "reply_state": "closed"}),
    );
    // The reply came after the report date.
    assert_row(
        "operator_replies",
        json!({"operator": "FPT"}),
        json!({"due_on": "2025-11-11", "answered_on": null, "reply_state": "overdue"}),
    );
    assert_eq!(months().october.table("operator_replies").len(), 4);
}

#[test]
fn rows_that_cannot_be_used_are_listed() {
    for (row, problem) in [(4, "repeated_letter"), (7, "unknown_unit")] {
        assert_row(
            "campaign_problems",
            json!({"form": "replies", "row": row}),
            json!({"problem": problem, "row_rejected": true}),
        );
    }
}

#[test]
fn the_list_of_issued_documents_is_an_input() {
    let manifest = months().october.json("manifest.json");
    let inputs = manifest["inputs"].as_array().unwrap();
    for file in ["replies/replies.csv", "issued/66-2025-09.json"] {
        assert!(inputs.iter().any(|input| input["file"] == file), "{inputs:?}");
    }
}

#[test]
fn the_report_and_the_next_letter_say_what_was_not_answered() {
    let bundle = &months().october;
    let Some(pages) = bundle.pages("ministry") else { return };
    let text = squeezed(&pages.concat());
    for part in [
        "02 công văn quá hạn chưa được trả lời (FPT, Viettel)",
        "trong 04 công văn của các tháng trước đề nghị doanh nghiệp giải trình có 02 công văn đã",
        "đã trả lời, quá hạn",
    ] {
        assert!(text.contains(&squeezed(part)), "no `{part}` in {text}");
    }
    let Some(pages) = bundle.pages("operators/viettel") else { return };
    let letter = squeezed(&pages.concat());
    let part = "chưa nhận được trả lời của Viettel đối với: Công văn số 15 ngày 16/10/2025 \
                (thời hạn trả lời: ngày 25/10/2025). Đề nghị";
    assert!(letter.contains(&squeezed(part)), "{letter}");
}
