//! Templates, blocks and errors, with made-up tables.

use std::collections::BTreeMap;

use super::fixture::Fixture;
use super::*;
use crate::document::block::{Align, Block, Document, Plate, Spans};
use crate::document::issue::issued;
use crate::document::page::Drawing;
use crate::error::{Kind, Result};

/// A document of one template with this text.
fn written(text: &str, fixture: &Fixture) -> Result<Document> {
    let mut templates = Templates::embedded();
    templates.insert("t.md", text);
    render("t.md", &templates, &fixture.sources(), &figures())
}

pub(super) fn document(name: &str, fixture: &Fixture) -> Document {
    issued(&render(name, &Templates::embedded(), &fixture.sources(), &figures()).unwrap(), None)
}

fn figures() -> BTreeMap<String, Plate> {
    let drawing = Drawing { width: 400.0, height: 200.0, items: Vec::new() };
    let plate = Plate { drawing, alternative: "Từ số liệu.".into(), ..Plate::default() };
    ["operators_mobile_download", "map_quota_mobile", "quota_mobile", "daily"]
        .map(|name| (name.to_owned(), plate.clone()))
        .into()
}

fn joined(spans: &Spans) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// All words of a document, one block or cell a line.
pub(super) fn text(document: &Document) -> String {
    let mut lines = document.banners.clone();
    for block in &document.blocks {
        match block {
            Block::Letterhead(l) => lines.extend([
                l.parent.clone(),
                l.issuer.clone(),
                l.number.clone(),
                l.place_and_date.clone(),
            ]),
            Block::Title { kind, subject } => lines.extend([kind.clone(), subject.clone()]),
            Block::Addressees { title, names } => {
                lines.push(title.clone());
                lines.extend(names.clone());
            }
            Block::Heading { text, .. } | Block::Paragraph(text) => lines.push(joined(text)),
            Block::List(items) => lines.extend(items.iter().map(joined)),
            Block::Table(t) => {
                lines.push(t.caption.clone());
                lines.extend(t.columns.iter().map(|c| c.title.clone()));
                lines.extend(t.rows.concat());
                lines.push(t.note.clone());
            }
            Block::Figure(f) => lines.extend([f.caption.clone(), f.alternative.clone()]),
            Block::Signature(s) => {
                lines.extend(s.recipients.clone());
                lines.extend(s.position.clone());
            }
            Block::Annex { label, title, reference, .. } => {
                lines.extend([label.clone(), title.clone(), reference.clone()])
            }
            Block::PageBreak | Block::Part { .. } => {}
        }
    }
    lines.join("\n")
}

#[test]
fn markdown_becomes_blocks() {
    let source = "# I. Một\n\n## 1. Hai\n\nChữ **đậm** và\n*nghiêng*.\n\n- a;\n- **b**.\n\n3. Ba.\n4. Bốn.\n\n```page-break\n```\n";
    let document = written(source, &Fixture::small()).unwrap();
    let [
        Block::Heading { level: 1, .. },
        Block::Heading { level: 2, text },
        Block::Paragraph(p),
        Block::List(items),
        Block::Paragraph(three),
        Block::Paragraph(four),
        Block::PageBreak,
    ] = document.blocks.as_slice()
    else {
        panic!("{:?}", document.blocks)
    };
    assert_eq!(joined(text), "1. Hai");
    assert_eq!(joined(p), "Chữ đậm và nghiêng.");
    assert!(p[1].bold && p[3].italic && !p[2].italic);
    assert_eq!(items.iter().map(joined).collect::<Vec<_>>(), ["a;", "b."]);
    assert_eq!((joined(three), joined(four)), ("3. Ba.".into(), "4. Bốn.".into()));
}

#[test]
fn notes_stand_behind_their_word() {
    let source = "Cài đặt [^a] ứng dụng[^b].\n\n- Mục[^c]\n\n[^b]: Hai {{ province.name }}.\n\n\
                  [^a]: Một.\n\n[^c]: Ba.\n";
    let document = written(source, &Fixture::small()).unwrap();
    let [Block::Paragraph(text), Block::List(items)] = document.blocks.as_slice() else {
        panic!("{:?}", document.blocks)
    };
    let spans: Vec<_> = text.iter().map(|s| (s.text.as_str(), s.footnote.as_deref())).collect();
    assert_eq!(
        spans,
        [("Cài đặt", Some("Một.")), (" ứng dụng", Some("Hai Đắk Lắk.")), (".", None)]
    );
    assert_eq!(items[0][0].footnote.as_deref(), Some("Ba."));
    let error = written("Cài đặt[^a].", &Fixture::small()).map(|d| format!("{:?}", d.blocks));
    assert!(error.unwrap_err().to_string().contains("note `a` has no text"));
}

#[test]
fn values_never_become_markup() {
    for name in [
        "**x**",
        "<b>x</b>",
        "| a",
        "{{ x }}",
        "# h",
        "- l",
        "`c`",
        "\"q\" = 1",
        "[a](b)",
        "a\\b",
        "```table",
    ] {
        let fixture = Fixture::new(&["Xã A", "Xã B"], &[name], 640);
        let source = "{% macro bold(x) %}**{{ x }}**{% endmacro %}\n{{ mobile.operators[0].operator }}\n\n- {{ mobile.operators[0].operator }}\n\n**{{ [mobile.operators[0].operator, 'z'] | join(', ') }}** {{ bold(mobile.operators[0].operator) }}\n\n```title\nkind = \"{{ mobile.operators[0].operator }}\"\nsubject = \"\"\n```\n";
        let document = written(source, &fixture).unwrap();
        let [
            Block::Paragraph(p),
            Block::List(items),
            Block::Paragraph(bold),
            Block::Title { kind, .. },
        ] = document.blocks.as_slice()
        else {
            panic!("{name}: {:?}", document.blocks)
        };
        assert_eq!(
            (joined(p).as_str(), joined(&items[0]).as_str(), kind.as_str()),
            (name, name, name)
        );
        assert_eq!(joined(bold), format!("{name}, z {name}"));
        assert!(bold[2].bold && !p[0].bold, "{name}");
        assert!(text(&self::document("ministry.md", &fixture)).contains(name));
    }
}

#[test]
fn the_safe_filter_is_not_there() {
    let error = written("{{ province.name | safe }}", &Fixture::small()).unwrap_err();
    assert!(error.to_string().contains("safe"), "{error}");
}

#[test]
fn tables_choose_sort_and_format() {
    let source = "```table\nname = \"operator\"\nwhere = {family = \"mobile\"}\norder = [\"operator\"]\ncaption = \"Tốc độ\"\ncolumns = [{key = \"row_number\"}, {key = \"operator\"}, {key = \"download_mbps_mean\"}, {key = \"tier\", labels = \"tiers\"}, {key = \"download_mbps_share_at_benchmark\", percent = true}]\nmissing = \"\"\n```\n";
    let document = written(source, &Fixture::small()).unwrap();
    let [Block::Table(table)] = document.blocks.as_slice() else { panic!() };
    assert_eq!(table.caption, "Bảng 1. Tốc độ");
    assert_eq!(table.columns[2].title, "Tải xuống – trung bình (Mbps)");
    assert_eq!(table.columns[2].align, Align::Right);
    assert_eq!(table.rows[0], ["1", "MobiFone", "77,60", "đủ tin cậy", "81,3%"]);
    let names: Vec<_> = table.rows.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(names, ["MobiFone", "Viettel", "VNPT"]);
}

#[test]
fn null_prints_a_dash_with_its_note() {
    let fixture = Fixture::new(&["Xã A", "Xã B"], &["Viettel"], 20);
    let source = "```table\nname = \"operator\"\ncolumns = [{key = \"download_mbps_mean\"}]\nnote = \"N.\"\nabsent_note = \"Gạch.\"\nmissing = \"\"\n```\n{{ mobile.operators[0].download_mbps_mean | number(2) }}";
    let document = written(source, &fixture).unwrap();
    let [Block::Table(table), Block::Paragraph(p)] = document.blocks.as_slice() else { panic!() };
    assert_eq!((table.rows[0][0].as_str(), table.note.as_str()), ("–", "N. Gạch."));
    assert_eq!(joined(p), "–");
}

#[test]
fn a_figure_or_its_sentence() {
    let figure = |name: &str| {
        format!(
            "```figure\nname = \"{name}\"\ncaption = \"C\"\nalternative = \"A\"\nmissing = \"Không có.\"\n```\n"
        )
    };
    let source = figure("daily") + "\n" + &figure("quota_fixed");
    let document = written(&source, &Fixture::small()).unwrap();
    let [Block::Figure(there), Block::Paragraph(missing)] = document.blocks.as_slice() else {
        panic!()
    };
    assert_eq!((there.caption.as_str(), there.alternative.as_str()), ("Hình 1. C", "A"));
    let short = source.replace("alternative = \"A\"\n", "");
    let document = written(&short, &Fixture::small()).unwrap();
    let [Block::Figure(described), _] = document.blocks.as_slice() else { panic!() };
    assert_eq!(described.alternative, "Từ số liệu.");
    assert_eq!(joined(missing), "Không có.");
}

#[test]
fn errors_name_file_line_and_what_exists() {
    let cases = [
        ("\n{{ mobile.mett }}", "`t.md`, line 2: unknown field `mett`, expected one of"),
        (
            "{% for o in mobile.operators %}\n{{ o.operatr }}\n{% endfor %}",
            "`t.md`, line 2: unknown field `operatr`, expected one of `before_median`, `devices`",
        ),
        (
            "{{ provnce }}",
            "`t.md`, line 1: unknown field `provnce`, expected one of `access`, `campaign`, `committee`",
        ),
        ("{{ mobile.mett | number(2) }}", "unknown field `mett`"),
        ("{% if mobile.mett %}{% endif %}", "unknown field `mett`"),
        ("a\n\n{% if %}", "`t.md`, line 3"),
        (
            "x\n\n```tabel\n```\n",
            "`t.md`, line 3: unknown block `tabel`, expected one of `document`",
        ),
        (
            "x\n\n```table\nname = \"oprator\"\ncolumns = []\nmissing = \"\"\n```\n",
            "`t.md`, line 3: unknown table `oprator`, expected one of `benchmarks`",
        ),
        (
            "```table\nname = \"operator\"\ncolumns = [{key = \"operatr\"}]\nmissing = \"\"\n```\n",
            "`t.md`, line 1: table `operator` has no column `operatr`, expected one of `province_code`",
        ),
        ("```title\nkid = 1\n```\n", "`t.md`, line 1: block `title`: unknown field `kid`"),
        ("```title\nkind = \n```\n", "`t.md`, line 1: block `title`: "),
        ("a\n\n{% if true %}\n<b>x</b>\n{% endif %}\n", "`t.md`, line 4: HTML is not supported"),
        ("a\n\n> b\n", "`t.md`, line 3: a block quote"),
        ("{{ 1.5 }}", "a fraction needs a filter"),
        ("{{ mobile.operators }}", "cannot be printed as text"),
        ("{{ 'x' | label('tiers') }}", "label `tiers.x` is missing in `labels.toml`"),
        ("{% include \"_nothing.md\" %}", "_nothing.md"),
    ];
    for (source, expected) in cases {
        let error = written(source, &Fixture::small()).expect_err(source);
        assert!(error.to_string().contains(expected), "{source}\n  {error}\n  {expected}");
        assert_eq!(error.kind(), Kind::Usage);
    }
}

#[test]
fn an_error_in_an_included_file_names_that_file() {
    let mut templates = Templates::embedded();
    templates.insert("_collection.md", "a\n{{ ledger.nothing }}");
    let fixture = Fixture::small();
    let error = render("ministry.md", &templates, &fixture.sources(), &figures()).unwrap_err();
    assert!(
        error.to_string().starts_with("`_collection.md`, line 2: unknown field `nothing`"),
        "{error}"
    );
}

#[test]
fn an_unknown_template_lists_the_known() {
    let fixture = Fixture::small();
    let error = render("x.md", &Templates::embedded(), &fixture.sources(), &figures()).unwrap_err();
    assert!(error.to_string().contains("`committee.md`"), "{error}");
}
