#!/usr/bin/env python3
"""Compares the crosswalk of communes with the reference data.

    python3 tests/reference/check_crosswalk.py src/communes/data REFERENCE_FOLDER

Prints every difference and exits with 1 when one is not accepted. Without the folder it says so and
exits with 0. Needs nothing but Python. It shares no code with the script that builds the crosswalk.

Accepted: communes on which the source of the crosswalk and the reference disagree; the crosswalk then
has the new communes of both, and none of them may be called whole.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

NAME, LAST_DAY, REFORM = "crosswalk_2025-07.csv", "2025-06-30", "2025-07-01"
# Districts without communes, now communes of their own.
ISLANDS = {"11948", "19742", "20333", "21548", "26732"}
differences = []


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def differ(what, found, expected):
    differences.append(f"{what}: found {found!r}, expected {expected!r}")


def on_day(register, day):
    return {r["commune_code"] for r in register if r["valid_from"] <= day < r["valid_to"]}


def check_shape(rows, register):
    keys = [(row["old_commune_code"], row["new_commune_code"]) for row in rows]
    if keys != sorted(set(keys)):
        differ("order of the rows", "unsorted or repeated", "by old, then new code")
    old, new = ({key[side] for key in keys} for side in (0, 1))
    if old != on_day(register, LAST_DAY):
        differ("old communes", sorted(old ^ on_day(register, LAST_DAY)), "those of the register")
    if new | ISLANDS != on_day(register, REFORM):
        differ("new communes", sorted((new | ISLANDS) ^ on_day(register, REFORM)), "those of the register")


def check_pairs(rows, reference):
    """The targets of each old commune; gives how many are the union of two opinions."""
    ours, wholes, theirs = defaultdict(set), defaultdict(set), defaultdict(set)
    for row in rows:
        ours[row["old_commune_code"]].add(row["new_commune_code"])
        wholes[row["old_commune_code"]].add(row["whole"])
    for row in reference:
        theirs[row["old_commune_code"]].add(row["new_commune_code"])
    accepted = 0
    for old in sorted(set(ours) | set(theirs)):
        whole = len(ours[old]) == 1 and ours[old] == theirs[old]
        if whole and wholes[old] == {"false"}:
            accepted += 1  # the other source divides it, with one of the parts unknown
        elif wholes[old] != ({"true"} if whole else {"false"}):
            differ(f"{old}, whole", wholes[old], whole)
        if ours[old] > theirs[old]:
            accepted += 1
        elif ours[old] != theirs[old]:
            differ(f"{old}, new communes", sorted(ours[old]), sorted(theirs[old]))
    return accepted


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, folder = Path(sys.argv[1]), Path(sys.argv[2])
    if not folder.is_dir():
        print(f"reference data absent, skipped: no folder {folder}")
        return
    rows = read(data / NAME)
    check_shape(rows, read(data / "communes.csv"))
    accepted = check_pairs(rows, read(folder / NAME))
    for difference in differences:
        print(difference)
    print(f"{len(rows)} rows compared, {len(differences)} differences; on {accepted} communes the sources"
          " differ and none is whole")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
