#!/usr/bin/env python3
"""Builds `crosswalk_2025-07.csv`: into which communes those of 30/06/2025 went on 01/07/2025.

    pip install vietnamadminunits==1.0.4
    python3 src/communes/data/build_crosswalk.py REFERENCE_FOLDER

A row is an old commune and a new one that some of it belongs to; `whole` is true where all of the old
commune went into that one. REFERENCE_FOLDER holds `crosswalk_2025-07.csv`, a second opinion (public
facts). A commune is whole only where the package (MIT) and the folder name the same single new
commune; where they differ, the pairs of both are listed, none of them whole.

The package names units by keys made of their names; here they are the codes of its own table of units.
The script stops where a key does not name exactly one unit. Five island districts had no communes and
are left out.
"""

import csv
import json
import os
import sqlite3
import sys
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

COLUMNS = ["old_commune_code", "new_commune_code", "whole"]
NAME = "crosswalk_2025-07.csv"
OLD_COMMUNES, NEW_COMMUNES = 10_035, 3_316  # without the five districts


def by_key(rows):
    codes = defaultdict(set)
    for key, code in rows:
        codes[key].add(code)
    return codes


def the_code(codes, key):
    if len(codes[key]) != 1:
        sys.exit(f"key {key} names {len(codes[key])} units, expected 1")
    return next(iter(codes[key]))


def package_pairs():
    """The new communes of each old one, as the package has it."""
    data = Path(find_spec("vietnamadminunits").origin).parent / "data"
    base = sqlite3.connect(data / "dataset.db")
    old = by_key(base.execute(
        "select provinceKey || '_' || districtKey || '_' || wardKey, wardCode from admin_units_legacy"
        " where wardCode is not null"
    ))
    new = by_key(base.execute("select provinceKey || '_' || wardKey, wardCode from admin_units"))
    base.close()
    converter = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    targets = defaultdict(set)

    def add(part, province, key):
        if not part.endswith("_"):  # a district without communes
            targets[the_code(old, part)].add(the_code(new, f"{province}_{key}"))

    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for key, parts in communes.items():
            for part in parts:
                add(part, province, key)
    for province, communes in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for part, found in communes.items():
            for target in found:
                add(part, province, target["newWardKey"])
    return targets


def reference_pairs(folder):
    targets = defaultdict(set)
    with open(Path(folder) / NAME, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            targets[row["old_commune_code"]].add(row["new_commune_code"])
    return targets


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    package, reference = package_pairs(), reference_pairs(sys.argv[1])
    rows, differ = [], 0
    for old in sorted(set(package) | set(reference)):
        differ += package[old] != reference[old]
        both = sorted(package[old] | reference[old])
        whole = len(both) == 1 and package[old] == reference[old]
        rows += [(old, new, str(whole).lower()) for new in both]
    found = (len({row[0] for row in rows}), len({row[1] for row in rows}))
    if found != (OLD_COMMUNES, NEW_COMMUNES):
        sys.exit(f"{found[0]} old and {found[1]} new communes, expected {OLD_COMMUNES} and {NEW_COMMUNES}")
    path = Path(__file__).resolve().with_name(NAME)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    print(f"{path.name}: {len(rows)} rows, {os.path.getsize(path)} bytes; sources differ on {differ}")


if __name__ == "__main__":
    main()
