"""Reads every word of PDF files with its box and looks for what a reader would notice at once.

    python tests/independent/pages.py FILE.pdf...

Needs pdftotext (poppler-utils). No empty page, no word outside the margins, no word over another word.
"""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

XHTML = "{http://www.w3.org/1999/xhtml}"
# A page with fewer words is as good as empty.
FEWEST = 8
# The margins of the decree's default, in points; letters may reach a little over their width.
LEFT, RIGHT, SLACK = 30 / 25.4 * 72, 15 / 25.4 * 72, 1.5
# Boxes are as high as the font; letters are not. What is left touches only where text is printed over text.
KEPT = 0.5


def words(file):
    """Pages as (width, height, [(text, left, top, right, bottom)])."""
    xml = subprocess.run(["pdftotext", "-bbox", str(file), "-"], capture_output=True, check=True).stdout
    # Control characters cannot stand in XML and have no place in a document.
    for page in ET.fromstring(xml).iter(XHTML + "page"):
        size = float(page.get("width")), float(page.get("height"))
        boxes = [
            (word.text or "", *(float(word.get(edge)) for edge in ("xMin", "yMin", "xMax", "yMax")))
            for word in page.iter(XHTML + "word")
        ]
        yield *size, boxes


def core(box):
    """The middle of a word's box, where its letters are for sure."""
    text, left, top, right, bottom = box
    blank = (bottom - top) * (1 - KEPT) / 2
    return text, left + 0.4, top + blank, right - 0.4, bottom - blank


def overlaps(boxes):
    """Pairs of words whose letters lie over each other."""
    cores = sorted(map(core, boxes), key=lambda box: box[2])
    for index, (text, left, top, right, bottom) in enumerate(cores):
        for other in cores[index + 1 :]:
            if other[2] >= bottom:
                break
            if other[1] < right and left < other[3]:
                yield text, other[0]


def check(file):
    problems, pages = [], 0
    for number, (width, height, boxes) in enumerate(words(file), 1):
        pages += 1
        where = f"{file.name}, page {number}"
        if len(boxes) < FEWEST:
            problems.append(f"{where}: {len(boxes)} words, expected at least {FEWEST}")
        for text, left, top, right, bottom in boxes:
            if left < LEFT - SLACK or right > width - RIGHT + SLACK or top < 0 or bottom > height:
                problems.append(f"{where}: `{text}` leaves the margins or the paper")
        problems += [f"{where}: `{a}` over `{b}`" for a, b in overlaps(boxes)]
    return pages, problems


def main():
    passed = failed = 0
    for name in sys.argv[1:]:
        pages, problems = check(Path(name))
        for problem in problems[:20]:
            print(problem)
        failed += len(problems)
        passed += pages
    print(f"{passed} pages looked at")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
