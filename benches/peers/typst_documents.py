"""Sets the documents of a bundle with Typst and with ispeed-report, in turn, and compares pages per second.

Both start from the same blocks (`internal/documents/*.json`) and the same charts and end with the bytes
of PDF files: Typst from a source text that is made before the clock runs, ispeed-report from blocks in
memory. Both embed Libertinus Serif and write tagged PDF.

    pip install typst
    python benches/peers/typst_documents.py --bundle BUNDLE --bench "cargo bench --bench documents -- BUNDLE"
"""

import argparse
import json
import shlex
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import typst

HEAD = """#set page(paper: "a4", margin: (top: 20mm, bottom: 20mm, left: 30mm, right: 15mm), numbering: "1", number-align: top + center)
#set text(font: "Libertinus Serif", size: 13pt, lang: "vi")
#set par(justify: true, first-line-indent: (amount: 12.7mm, all: true), spacing: 10pt, leading: 6pt)
#set heading(outlined: true)
#set table(stroke: 0.6pt, inset: 3pt)
#show heading: set text(size: 13pt)
#show table: set text(size: {table}pt)
#show table: set par(justify: false, first-line-indent: 0mm)
"""


def text(value):
    """A string that Typst reads as text, whatever is in it."""
    return "#" + json.dumps(value, ensure_ascii=False) if value else ""


def spans(items):
    out = []
    for item in items:
        inner = text(item["text"])
        if item["bold"]:
            inner = f"#strong[{inner}]"
        if item["italic"]:
            inner = f"#emph[{inner}]"
        if item.get("footnote"):
            inner += f"#footnote[{text(item['footnote'])}]"
        out.append(inner)
    return "".join(out)


ALIGN = {"Left": "left", "Centre": "center", "Right": "right", "Decimal": "right"}


def table(block):
    columns = block["columns"]
    widths = ", ".join(f"{column['width']}fr" if column["width"] else "auto" for column in columns)
    aligns = ", ".join(ALIGN[column["align"]] for column in columns)
    head = ", ".join(f"[#strong[{text(column['title'])}]]" for column in columns)
    rows = ",\n".join(", ".join(f"[{text(cell)}]" for cell in row) for row in block["rows"])
    parts = [f"#align(center, strong[{text(block['caption'])}])"] if block["caption"] else []
    parts.append(
        f"#table(columns: ({widths},), align: ({aligns},), table.header({head}),\n{rows})"
    )
    if block["note"]:
        parts.append(f"#text(size: 10.5pt)[{text(block['note'])}]")
    return "\n\n".join(parts)


def figure(block, charts):
    chart = charts / f"{block['name']}.svg"
    if not chart.exists():
        return text(block["caption"])
    alternative = json.dumps(block["alternative"], ensure_ascii=False)
    return (
        f'#figure(image("{chart.name}", width: 100%, alt: {alternative}),'
        f" caption: [{text(block['caption'])}], supplement: none, numbering: none)"
    )


def letterhead(block):
    left = f"#align(center)[{text(block['parent'])} \\ #strong[{text(block['issuer'])}] \\ {text(block['number'])} \\ {text(block['about'])}]"
    right = f"#align(center)[#strong[{text(block['nation'])}] \\ #strong[{text(block['motto'])}] \\ #emph[{text(block['place_and_date'])}]]"
    return f"#grid(columns: (2fr, 3fr), [{left}], [{right}])"


def signature(block):
    left = " \\ ".join(map(text, [block["recipients_title"], *block["recipients"]]))
    right = " \\ ".join(map(text, [*block["position"], block["name"]]))
    return f"#grid(columns: (1fr, 1fr), [{left}], align(center)[{right}])"


def source(document, charts):
    """A Typst source of the document, and whether its tables are wide."""
    parts, landscape = [], False
    for block in document["blocks"]:
        if isinstance(block, str):
            parts.append("#pagebreak(weak: true)")
            continue
        ((kind, value),) = block.items()
        match kind:
            case "Letterhead":
                parts.append(letterhead(value))
            case "Title":
                parts.append(f"#align(center)[#strong[{text(value['kind'])} \\ {text(value['subject'])}]]")
            case "Addressees":
                parts.append(f"{text(value['title'])} {', '.join(map(text, value['names']))}")
            case "Heading":
                parts.append("=" * value["level"] + " " + spans(value["text"]))
            case "Paragraph":
                parts.append(spans(value))
            case "List":
                parts.append("\n".join("- " + spans(item) for item in value))
            case "Table":
                parts.append(table(value))
            case "Figure":
                parts.append(figure(value, charts))
            case "Signature":
                parts.append(signature(value))
            case "Annex" | "Part":
                landscape = value["landscape"]
                parts.append(f"#set page(flipped: {str(landscape).lower()})\n#counter(page).update(1)")
                if kind == "Annex":
                    parts.append(f"#align(center)[= {text(value['label'])} \\ {text(value['title'])}]")
    return HEAD.replace("{table}", "9") + "\n\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--bench", required=True, help="command that prints `PAGES pages in SECONDS s`")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    names = sorted((arguments.bundle / "internal/documents").rglob("*.json"))
    charts = arguments.bundle / "send/charts"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for chart in charts.glob("*.svg"):
            (folder / chart.name).write_bytes(chart.read_bytes())
        files = []
        for name in names:
            file = folder / f"{len(files)}.typ"
            file.write_text(source(json.loads(name.read_text()), folder))
            files.append(file)
        ratios = []
        for _ in range(arguments.rounds):
            begin = time.perf_counter()
            pages = 0
            for file in files:
                pdf = typst.compile(str(file), root=str(folder))
                pages += pdf.count(b"/Type/Page/") + pdf.count(b"/Type /Page\n")
            theirs = time.perf_counter() - begin
            answer = subprocess.run(shlex.split(arguments.bench), capture_output=True, text=True, check=True)
            line = next(line for line in answer.stdout.splitlines() if line.endswith(" s") and " pages in " in line)
            ours_pages, ours = line.removesuffix(" s").split(" pages in ")
            ours_rate, rate = int(ours_pages) / float(ours), pages / theirs
            ratios.append(ours_rate / rate)
            print(f"typst {pages} pages in {theirs:.2f} s ({rate:.0f}/s); ispeed-report {line} ({ours_rate:.0f}/s); ratio {ratios[-1]:.2f}")
    print(f"median ratio of pages per second: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
