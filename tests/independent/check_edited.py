#!/usr/bin/env python3
"""Change numbers in the DOCX of a bundle by hand and see that `verify --document` finds each.

    check_edited.py --program ispeed-report --bundle DIR [--document ministry] [--changes 60]

One digit of each chosen number is changed in the text of the file; exactly these numbers must be
named, with what was found and what the bundle has. Where LibreOffice is installed the edited file is
also compared as the PDF it makes of it.
"""

import argparse
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

TEXT = re.compile(r"<w:t xml:space=\"preserve\">([^<]*)<")
NUMBER = re.compile(r"(?<![\w.,/])\d(?:[\d.,]*\d)?(?![\w/])")


def places(xml):
    """Where numbers stand; labels such as `1.` and the blanks of the letterhead are no figures."""
    for text in TEXT.finditer(xml):
        if "Số:" in text[1] or re.search(r"\d\.\d+[NE]\b", text[1]) or "ngày \N{NO-BREAK SPACE}" in text[1]:
            continue
        for number in NUMBER.finditer(text[1]):
            if number.start() == 0 and re.match(r"[.)]\s", text[1][number.end() :]):
                continue
            yield text.start(1) + number.start(), text.start(1) + number.end()


def altered(number, chance):
    at = chance.choice([at for at, c in enumerate(number) if c.isdigit()])
    digit = chance.choice([c for c in "123456789" if c != number[at]])
    return number[:at] + digit + number[at + 1 :]


def edit(source, target, changes):
    """Changes numbers and returns them as (found, expected)."""
    chance = random.Random(1)
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    xml = parts["word/document.xml"].decode()
    all_places = list(places(xml))
    made = []
    for start, end in sorted(chance.sample(all_places, min(changes, len(all_places))), reverse=True):
        new = altered(xml[start:end], chance)
        made.append((new, xml[start:end]))
        xml = xml[:start] + new + xml[end:]
    parts["word/document.xml"] = xml.encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made


def problems(program, bundle, name, file, made):
    line = [program, "verify", bundle, "--document", file, "--name", name]
    run = subprocess.run(line, capture_output=True, text=True)
    told = re.findall(r": found (\S+), the bundle has (\S+)$", run.stdout, re.MULTILINE)
    if file.suffix == ".pdf":
        # Where a word processor has changed the font inside a word, the number that stands there now may
        # not be read; that the bundle's is not there any more must be.
        lost = re.findall(r": found nothing, the bundle has (\S+)$", run.stdout, re.MULTILINE)
        told = [pair for pair in told if pair[0] != "nothing"]
        told += [pair for pair in set(made) - set(told) if pair[1] in lost]
    lines = len(run.stdout.splitlines()) - 2
    missed = sorted(set(made) - set(told))
    print(f"{file.suffix}: {len(made)} numbers changed, {len(told)} found")
    if run.returncode != 1 or sorted(told) != sorted(made) or lines != len(made):
        return [f"{file}: exit code {run.returncode}, {lines} lines, missed {missed}", run.stdout]
    return []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--bundle", required=True, type=pathlib.Path)
    parser.add_argument("--document", default="ministry")
    parser.add_argument("--changes", default=60, type=int)
    args = parser.parse_args()
    source = args.bundle / f"send/reports/{args.document}.docx"
    with tempfile.TemporaryDirectory() as folder:
        edited = pathlib.Path(folder) / "edited.docx"
        made = edit(source, edited, args.changes)
        found = problems(args.program, args.bundle, args.document, edited, made)
        if shutil.which("soffice"):
            command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
            command += ["--convert-to", "pdf", "--outdir", folder, edited]
            subprocess.run(command, check=True, capture_output=True, timeout=300)
            pdf = edited.with_suffix(".pdf")
            found += problems(args.program, args.bundle, args.document, pdf, made)
    print("\n".join(found) or "every changed number is found, and no other")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
