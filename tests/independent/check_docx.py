#!/usr/bin/env python3
"""Check DOCX files without the program that wrote them.

    check_docx.py FILE.docx…

Plain ZIP and XML: parts are well-formed, have a content type, relationships resolve, no time but the
date of the report, tables repeat their head and rows stay whole, sections restart their numbers,
pictures have alternative text, properties stand in the order of ECMA-376. python-docx opens the file
where it is installed. Where LibreOffice and pdftotext are, the words of the converted file are those
of the PDF of the same name beside it.
"""

import collections
import difflib
import pathlib
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree as ET
import zipfile

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CORE = "docProps/core.xml"

# The order of CT_PPr, CT_RPr, CT_TcPr, CT_TblPr, CT_SectPr, as far as it is used here.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind "
    "contextualSpacing jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs color sz szCs vertAlign lang",
    "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign",
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "trPr": "cantSplit trHeight tblHeader jc",
    "sectPr": "headerReference footerReference footnotePr type pgSz pgMar pgNumType cols titlePg",
}


class Checker:
    def __init__(self, path):
        self.path = path
        self.zip = zipfile.ZipFile(path)
        self.problems = []

    def problem(self, text):
        self.problems.append(f"{self.path}: {text}")

    def run(self):
        if bad := self.zip.testzip():
            self.problem(f"{bad} is damaged")
        self.trees = {
            name: ET.fromstring(self.zip.read(name))
            for name in self.zip.namelist()
            if name.endswith((".xml", ".rels"))
        }
        self.body = self.trees["word/document.xml"]
        for check in (
            self.content_types,
            self.relationships,
            self.times,
            self.tables,
            self.sections,
            self.pictures,
            self.notes,
            self.styles,
            self.order,
            self.text,
        ):
            check()
        return self.problems

    def content_types(self):
        types = self.trees["[Content_Types].xml"]
        extensions = {e.get("Extension") for e in types if e.tag.endswith("Default")}
        parts = {e.get("PartName") for e in types if e.tag.endswith("Override")}
        for part in parts:
            if part[1:] not in self.zip.namelist():
                self.problem(f"content type of {part}, which is not there")
        for name in self.zip.namelist():
            known = f"/{name}" in parts or name.rsplit(".", 1)[-1] in extensions
            if name != "[Content_Types].xml" and not known:
                self.problem(f"no content type of {name}")

    def relationships(self):
        for name, tree in self.trees.items():
            if not name.endswith(".rels"):
                continue
            folder = posixpath.dirname(posixpath.dirname(name))
            ids = collections.Counter(e.get("Id") for e in tree)
            self.problems += [f"{self.path}: {name}: {i} twice" for i, n in ids.items() if n > 1]
            for e in tree:
                target = posixpath.normpath(posixpath.join(folder, e.get("Target")))
                if e.get("TargetMode") == "External" or target not in self.zip.namelist():
                    self.problem(f"{name}: {e.get('Target')} is not in the file")
        known = {e.get("Id") for e in self.trees["word/_rels/document.xml.rels"]}
        for e in self.body.iter():
            for key in (f"{R}id", f"{R}embed"):
                if e.get(key) and e.get(key) not in known:
                    self.problem(f"relationship {e.get(key)} is not there")

    def times(self):
        """One day everywhere: the date of the report."""
        core = self.zip.read(CORE).decode()
        days = set(re.findall(r"(\d{4})-(\d\d)-(\d\d)T00:00:00Z", core))
        stamps = {entry.date_time for entry in self.zip.infolist()}
        expected = {tuple(map(int, day)) + (0, 0, 0) for day in days}
        if len(days) != 1 or stamps != expected:
            self.problem(f"properties say {days}, the archive says {stamps}")

    def tables(self):
        for number, table in enumerate(self.body.iter(f"{W}tbl"), 1):
            rows = table.findall(f"{W}tr")
            columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
            bordered = table.find(f"{W}tblPr/{W}tblBorders") is not None
            heads = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows]
            if heads != [bordered] + [False] * (len(rows) - 1):
                self.problem(f"table {number}: rows that repeat: {heads}")
            for row in rows:
                if row.find(f"{W}trPr/{W}cantSplit") is None:
                    self.problem(f"table {number}: a row can split")
                if len(row.findall(f"{W}tc")) != columns:
                    self.problem(f"table {number}: a row has not {columns} cells")
                for cell in row.findall(f"{W}tc"):
                    if cell[-1].tag != f"{W}p":
                        self.problem(f"table {number}: a cell ends without a paragraph")
            widths = [int(c.get(f"{W}w")) for c in table.findall(f"{W}tblGrid/{W}gridCol")]
            if sum(widths) > 14300:
                self.problem(f"table {number}: {sum(widths)} twentieths of a point wide")

    def sections(self):
        sections = list(self.body.iter(f"{W}sectPr"))
        if not sections:
            self.problem("no section")
        for section in sections:
            size = section.find(f"{W}pgSz")
            sides = sorted((int(size.get(f"{W}w")), int(size.get(f"{W}h"))))
            if sides != [11906, 16838]:
                self.problem(f"paper of {sides}, expected A4")
            start = section.find(f"{W}pgNumType")
            if start is None or start.get(f"{W}start") != "1":
                self.problem("a section does not number its pages from 1")
            if section.find(f"{W}titlePg") is None:
                self.problem("a section has a number on its first page")
            kinds = [e.get(f"{W}type") for e in section.findall(f"{W}headerReference")]
            if sorted(kinds) != ["default", "first"]:
                self.problem(f"headers {kinds}")

    def pictures(self):
        ids = collections.Counter()
        for described in self.body.iter(f"{WP}docPr"):
            ids[described.get("id")] += 1
            if not (described.get("descr") or "").strip():
                self.problem(f"picture {described.get('name')} has no alternative text")
        if any(n > 1 for n in ids.values()):
            self.problem("two pictures have one id")

    def notes(self):
        notes = {e.get(f"{W}id") for e in self.trees["word/footnotes.xml"]}
        marks = [e.get(f"{W}id") for e in self.body.iter(f"{W}footnoteReference")]
        if not set(marks) <= notes or len(marks) != len(set(marks)):
            self.problem(f"marks of notes {marks}, notes {notes}")

    def styles(self):
        styles = self.trees["word/styles.xml"]
        known = {e.get(f"{W}styleId") for e in styles.findall(f"{W}style")}
        for name, tree in self.trees.items():
            for tag in ("pStyle", "rStyle", "basedOn", "next"):
                for e in tree.iter(f"{W}{tag}"):
                    if e.get(f"{W}val") not in known:
                        self.problem(f"{name}: style {e.get(f'{W}val')} is not defined")
        language = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
        if language is None or language.get(f"{W}val") != "vi-VN":
            self.problem("the language is not vi-VN")

    def order(self):
        for name, tree in self.trees.items():
            for parent, children in ORDER.items():
                rank = {f"{W}{child}": at for at, child in enumerate(children.split())}
                for e in tree.iter(f"{W}{parent}"):
                    unknown = [c.tag for c in e if c.tag not in rank]
                    ranks = [rank[c.tag] for c in e if c.tag in rank]
                    if unknown or ranks != sorted(ranks):
                        self.problem(f"{name}: children of {parent}: {[c.tag for c in e]}")

    def text(self):
        for e in self.body.iter(f"{W}t"):
            if e.text and unicodedata.normalize("NFC", e.text) != e.text:
                self.problem(f"not in NFC: {e.text}")


def python_docx(path):
    try:
        import docx
    except ImportError:
        print("skipped: python-docx is not installed")
        return []
    document = docx.Document(path)
    if not document.paragraphs or document.core_properties.language != "vi-VN":
        return [f"{path}: python-docx reads {len(document.paragraphs)} paragraphs"]
    return []


def words(text):
    return re.findall(r"\w+", unicodedata.normalize("NFC", text))


def pdf_words(pdf):
    """The words without what stands in the upper margin."""
    crop = ["-x", "0", "-y", "52", "-W", "900", "-H", "900"]
    run = subprocess.run(["pdftotext", "-raw", *crop, pdf, "-"], check=True, capture_output=True)
    return words(run.stdout.decode())


def converted(path):
    """The words of the file as LibreOffice reads it stand in the PDF beside it, in the same order.

    The PDF has more: words of charts, heads of tables on each page. As text and not as PDF, because
    a font that lacks Vietnamese letters makes LibreOffice change fonts inside words.
    """
    pdf = path.with_suffix(".pdf")
    if not shutil.which("soffice") or not shutil.which("pdftotext") or not pdf.exists():
        print(f"skipped: {path} is not converted (soffice, pdftotext and {pdf.name} are needed)")
        return []
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
        command += ["--convert-to", "txt:Text (encoded):UTF8", "--outdir", folder, path]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        text = (pathlib.Path(folder) / path.with_suffix(".txt").name).read_text("utf-8-sig")
    ours = pdf_words(pdf)
    known = set(ours)
    strange = [word for word in words(text) if word not in known]
    # A figure opens the next page of the PDF where there is no room for it: its caption moves with it.
    theirs = words("\n".join(line for line in text.splitlines() if not re.match(r"Hình \d+\.", line)))
    blocks = difflib.SequenceMatcher(None, ours, theirs, False).get_matching_blocks()
    same = sum(block.size for block in blocks)
    print(f"{path}: {same} of {len(theirs)} words stand in the PDF in the same order")
    # The letterhead's two columns may be read one after the other or row by row.
    if strange or same < len(theirs) - max(25, 0.01 * len(theirs)):
        return [f"{path}: {same} of {len(theirs)} words agree; not in the PDF: {strange[:20]}"]
    return []


def main():
    problems = []
    for path in map(pathlib.Path, sys.argv[1:]):
        problems += Checker(path).run() + python_docx(path) + converted(path)
    print("\n".join(problems) or f"{len(sys.argv) - 1} files: no problem")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
