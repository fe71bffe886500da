#!/usr/bin/env python3
"""Checks PDF files against ISO 19005-2 (PDF/A-2a) and ISO 14289-1 (PDF/UA-1).

    python3 tests/independent/check_pdf.py FILE...
    python3 tests/independent/check_pdf.py --list FILE
    python3 tests/independent/check_pdf.py --self-test FILE

Needs pikepdf and fontTools; asks `qpdf --check` and the `pdfua` checker too where they are
installed. It names the clause that each check stands for. What only a person can see (whether a
text really describes its figure) and what needs a validator that cannot be had here (veraPDF) is
not covered. `--list` names every check that is made. `--self-test` damages a good file in many ways and expects each to be found.
"""

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pikepdf

import pdf_access
import pdf_archive
import pdf_content
from pdf_damage import damaged
from pdf_fonts import check_fonts
from report import Report


class Listing(Report):
    """Prints the name of every check."""

    def check(self, name, differences):
        print(name)
        super().check(name, differences)


def check(report, data):
    """Every check of our own for the bytes of a file."""
    pdf_archive.check_bytes(report, data)
    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PdfError as error:
        report.check("the file opens", [error])
        return
    with pdf:
        contents = [pdf_content.read(page) for page in pdf.pages]
        pdf_archive.check_indirect(report, pdf, data)
        pdf_archive.check_structure(report, pdf)
        pdf_archive.check_colours(report, pdf, contents)
        pdf_archive.check_contents(report, pdf, contents)
        pdf_archive.check_metadata(report, pdf)
        check_fonts(report, *fonts(pdf, contents))
        pdf_access.check_access(report, pdf, contents)


def fonts(pdf, contents):
    """The fonts of all pages by resource name, and the codes that are shown in each."""
    found, used = {}, {}
    for page, content in zip(pdf.pages, contents):
        found.update(dict(page.obj["/Resources"].get("/Font", {}).items()))
        for name, codes in content.codes.items():
            used.setdefault(name, set()).update(codes)
    return found, used


def others(report, path):
    """Checkers that others wrote."""
    if shutil.which("qpdf"):
        done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)
        report.check("qpdf --check", [] if done.returncode == 0 else [done.stdout + done.stderr])
    else:
        print("qpdf is not installed: not asked")
    try:
        import pdfua  # noqa: F401
    except ImportError:
        print("pdfua is not installed: not asked")
        return
    done = subprocess.run(
        [sys.executable, "-m", "pdfua", "check", path], capture_output=True, text=True
    )
    report.check("pdfua check", [] if done.returncode == 0 else [done.stdout + done.stderr])


def self_test(path):
    """A good file passes; every damage makes the check fail that is meant for it."""
    data, report = Path(path).read_bytes(), Report()
    check(whole := Report(), data)
    report.check("the whole file passes", whole.failed)
    for name, changed, expected in damaged(data):
        if changed is None:
            report.check(f"damage: {name}", ["the file has nothing of the kind to damage"])
            continue
        check(found := Report(), changed)
        failed = [failure for failure, _ in found.failed]
        report.check(
            f"damage: {name}",
            [] if any(expected in f for f in failed) else [f"failed only: {failed}"],
        )
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data[: len(data) // 2])
        file.flush()
        check(found := Report(), data[: len(data) // 2])
        report.check("damage: cut in half", [] if found.failed else ["nothing failed"])
    return report.end()


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments else 2
    if arguments[0] == "--self-test":
        return self_test(arguments[1])
    if arguments[0] == "--list":
        check(listing := Listing(), Path(arguments[1]).read_bytes())
        return listing.end()
    code = 0
    for path in arguments:
        print(path)
        check(report := Report(), Path(path).read_bytes())
        others(report, path)
        code = max(code, report.end())
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
