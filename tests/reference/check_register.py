#!/usr/bin/env python3
"""Compares the register of communes with the reference data.

    python3 tests/reference/check_register.py src/communes/data/communes.csv REFERENCE_FOLDER

Prints every difference and exits with 1 when there is any. Without the folder it says so and
exits with 0. Needs nothing but Python. It shares no code with the script that builds the register.

Known and accepted: a type written in other capitals (`Thị Trấn`, `xã`), which the register
corrects, and the codes in `MISTAKES` (see the head of `build_register.py`).
"""

import csv
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

REFORM, CHANGES_OF_2026, OPEN_END = "2025-07-01", "2026-04-30", "9999-12-31"
MISTAKES = {"06970", "06978"}
differences = []
capitals = Counter()


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def differ(what, found, expected):
    differences.append(f"{what}: found {found!r}, expected {expected!r}")


def same_name(found, expected):
    """Equal, or equal but for the capitals of the word that names the type."""
    expected = unicodedata.normalize("NFC", expected)
    if found == expected:
        return True
    if found.lower() == expected.lower():
        words = 2 if found.lower().startswith(("thị trấn", "đặc khu")) else 1
        if found.split(" ")[words:] == expected.split(" ")[words:]:
            capitals[expected.split(" ")[0]] += 1
            return True
    return False


def compare(what, row, reference, columns):
    if row is None:
        differ(what, None, reference)
        return
    for column in columns:
        expected = reference.get(column, "")
        equal = same_name(row[column], expected) if column.endswith("_name") else row[column] == expected
        if not equal:
            differ(f"{what}, {column}", row[column], expected)


def start_of(row):
    return "1900-01-01" if row["valid_from"] == "2004-08-31" else row["valid_from"]


def check_shape(rows):
    """Order, one normal form, half-open periods that do not overlap, seats in Vietnam."""
    keys = [(row["commune_code"], row["valid_from"]) for row in rows]
    if keys != sorted(keys):
        differ("order of the rows", "unsorted", "by code, then start")
    for row in rows:
        if any(unicodedata.normalize("NFC", cell) != cell for cell in row.values()):
            differ(f"{row['commune_code']}", "another normal form", "NFC")
        if row["valid_from"] >= row["valid_to"]:
            differ(f"period of {row['commune_code']}", row["valid_from"], f"before {row['valid_to']}")
        if bool(row["district_code"]) != (row["valid_from"] < REFORM):
            differ(f"district of {row['commune_code']} from {row['valid_from']}", row["district_code"], "by era")
        if row["seat_latitude"] and not (
            6 < float(row["seat_latitude"]) < 24 and 102 < float(row["seat_longitude"]) < 118
        ):
            differ(f"seat of {row['commune_code']}", row["seat_latitude"], "in Vietnam")
    for last, row in zip(rows, rows[1:]):
        if last["commune_code"] == row["commune_code"] and last["valid_to"] > row["valid_from"]:
            differ(f"periods of {row['commune_code']}", row["valid_from"], f"from {last['valid_to']}")


def on_day(rows, day, count):
    valid = defaultdict(list)
    for row in rows:
        if row["valid_from"] <= day < row["valid_to"]:
            valid[row["commune_code"]].append(row)
    if len(valid) != count or any(len(found) > 1 for found in valid.values()):
        differ(f"communes valid on {day}", len(valid), count)
    return {code: found[0] for code, found in valid.items()}


def check_old(rows, folder):
    """Names, parents and dates before the reform."""
    parents = ["district_code", "district_name", "province_code", "province_name"]
    valid = on_day(rows, "2025-06-30", 10_035)
    names = {}
    for reference in read(folder / "communes_pre_2025-07.csv"):
        code = reference["commune_code"]
        names[code] = reference["commune_name"]
        row = valid.pop(code, None)
        compare(f"{code} on 2025-06-30", row, reference, ["commune_name", *parents, "valid_to"])
        if row and row["valid_from"] != start_of(reference):
            differ(f"{code} on 2025-06-30, valid_from", row["valid_from"], start_of(reference))
    for code in valid:
        differ(f"{code} on 2025-06-30", "a commune", "none")
    kept = [r for r in read(folder / "communes_history_2004_2025.csv") if r["valid_to"] > "2020-01-01"]
    periods = {(r["commune_code"], r["valid_from"]): r for r in rows if r["valid_to"] <= REFORM}
    for reference in kept:
        if reference["valid_to"] == REFORM:
            # The history spells thirteen names otherwise than the list of the day.
            reference["commune_name"] = names[reference["commune_code"]]
        key = (reference["commune_code"], start_of(reference))
        compare(f"{key}", periods.pop(key, None), reference, ["commune_name", *parents, "valid_to"])
    for key in periods:
        differ(f"{key}", "a period", "none")


def check_new(rows, folder):
    """Names, parents and dates from the reform on, with the changes of 2026."""
    valid = on_day(rows, REFORM, 3_321)
    later = on_day(rows, CHANGES_OF_2026, 3_321)
    changes = {r["commune_code"]: r for r in read(folder / "changes_2025-08_to_2026-07.csv")}
    for reference in read(folder / "communes_post_2025-07.csv"):
        code, change = reference["commune_code"], changes.get(reference["commune_code"])
        changed = change is not None and code not in MISTAKES
        reference["valid_to"] = CHANGES_OF_2026 if changed else OPEN_END
        columns = ["commune_name", "province_code", "province_name", "valid_from", "valid_to", "district_code"]
        compare(f"{code} on {REFORM}", valid.pop(code, None), reference, columns)
        after = later.pop(code, None)
        if changed:
            check_change(code, after, reference, change)
        elif after is not None and after["valid_from"] != REFORM:
            differ(f"{code} on {CHANGES_OF_2026}, valid_from", after["valid_from"], REFORM)
    for code in [*valid, *later]:
        differ(f"{code} from {REFORM}", "a commune", "none")


def check_change(code, row, before, change):
    renamed = change["name_2026-07-25"]
    if unmarked(renamed) == unmarked(change["name_gso_2025-08-05"]):
        renamed = before["commune_name"]
    reference = {
        "commune_name": renamed, "province_name": change["province_2026"],
        "province_code": before["province_code"], "valid_from": CHANGES_OF_2026, "valid_to": OPEN_END,
    }
    compare(f"{code} on {CHANGES_OF_2026}", row, reference, list(reference))


def unmarked(name):
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    rows, folder = read(sys.argv[1]), Path(sys.argv[2])
    if not folder.is_dir():
        print(f"reference data absent, skipped: no folder {folder}")
        return
    check_shape(rows)
    check_old(rows, folder)
    check_new(rows, folder)
    for difference in differences:
        print(difference)
    corrected = ", ".join(f"{word} × {count}" for word, count in sorted(capitals.items()))
    print(f"{len(rows)} rows compared, {len(differences)} differences"
          f" (capitals of a type corrected: {corrected or 'none'})")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
