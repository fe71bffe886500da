#!/usr/bin/env python3
"""Builds `communes.csv`, the register of communes that the program carries.

    pip install vietnamadminunits==1.0.4
    python3 src/communes/data/build_register.py REFERENCE_FOLDER

REFERENCE_FOLDER holds four files of public facts:

    communes_history_2004_2025.csv  names, parents and dates of every commune up to 30/06/2025
    communes_pre_2025-07.csv        the official form of the names in force on 30/06/2025
    communes_post_2025-07.csv       the communes from 01/07/2025
    changes_2025-08_to_2026-07.csv  what changed since

Codes, parents and seats come from the package (MIT) and the script stops where the folder
disagrees with it on a code or a parent. The package spells many old names loosely, so names are
those of the folder, which follows the lists of the statistics office.

Rules
- A row is a period, half-open, in which a commune kept its name, district and province.
- An open start is 1900-01-01 (the history begins with "on or before 2004-08-31"), an open end
  is 9999-12-31. Periods that ended on or before 2020-01-01 are left out.
- Districts ended on 01/07/2025. Five island districts had no communes and are not in the register.
- Seats (four decimals, about 11 m) are those of the communes in force on 30/06/2025 and from
  01/07/2025; communes abolished earlier have none.
- The type of a unit is written in one way: `Thị trấn`, not `Thị Trấn`; `Xã`, not `xã`.
- Đồng Nai became a city on 30/04/2026 and some of its communes became wards (resolutions
  30/2026/QH16 and 237/NQ-UBTVQH16).
- A new name that differs only in where the tone mark stands (Hòa, Hoà) is no change.
- The change of Ba Chẽ from 06970 to 06978 is not applied: it was a mistake of the source of the
  changes, which went back to 06970 in August 2026 (pull request 202 of
  thanglequoc/vietnamese-provinces-database); the statistics office has 06970 throughout.
- Changes after July 2026 are not in the folder and so not in the register.
"""

import csv
import os
import sqlite3
import sys
import unicodedata
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

OPEN_START, OPEN_END = "1900-01-01", "9999-12-31"
HISTORY_START, KEPT_AFTER = "2004-08-31", "2020-01-01"
REFORM, CHANGES_OF_2026 = "2025-07-01", "2026-04-30"
NO_CHANGE = {"06970", "06978"}
TYPES = ("Phường", "Xã", "Thị trấn", "Đặc khu")
COLUMNS = [
    "commune_code", "commune_name", "district_code", "district_name", "province_code",
    "province_name", "valid_from", "valid_to", "seat_latitude", "seat_longitude",
]


@dataclass(frozen=True)
class Period:
    """One row of the register; the fields are its columns in order."""

    commune_code: str
    commune_name: str
    district_code: str
    district_name: str
    province_code: str
    province_name: str
    valid_from: str
    valid_to: str
    seat: tuple = ("", "")

    def cells(self):
        return [*list(self.__dict__.values())[:8], *self.seat]

    def content(self):
        return [*list(self.__dict__.values())[:6], self.seat]


def official(name):
    """The name in NFC with its type written in the usual way."""
    name = unicodedata.normalize("NFC", name).strip()
    for kind in TYPES:
        if name.lower().startswith(kind.lower() + " "):
            return kind + name[len(kind):]
    return name


def spelling(name):
    """A key that is equal for names that differ only in where the tone mark stands."""
    letters = unicodedata.normalize("NFD", name)
    tones = "\u0300\u0301\u0303\u0309\u0323"
    return "".join(c for c in letters if c not in tones), sorted(c for c in letters if c in tones)


def read(folder, name):
    with open(Path(folder) / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def package_units():
    """Parents and seats by code: before and after the reform."""
    package = Path(find_spec("vietnamadminunits").origin).parent
    base = sqlite3.connect(package / "data" / "dataset.db")
    old = base.execute(
        "select wardCode, districtCode, provinceCode, wardLat, wardLon from admin_units_legacy"
        " where wardCode is not null"
    )
    new = base.execute("select wardCode, '', provinceCode, wardLat, wardLon from admin_units")
    units = [{row[0]: (row[1], row[2], seat(*row[3:])) for row in rows} for rows in (old, new)]
    base.close()
    return units


def seat(latitude, longitude):
    if latitude is None or longitude is None:
        return ("", "")
    return tuple(f"{value:.4f}".rstrip("0").rstrip(".") for value in (latitude, longitude))


def old_periods(folder, units):
    names = {row["commune_code"]: row["commune_name"] for row in read(folder, "communes_pre_2025-07.csv")}
    for row in read(folder, "communes_history_2004_2025.csv"):
        if row["valid_to"] <= KEPT_AFTER:
            continue
        code, last = row["commune_code"], row["valid_to"] == REFORM
        start = OPEN_START if row["valid_from"] == HISTORY_START else row["valid_from"]
        yield Period(
            code, official(names[code] if last else row["commune_name"]),
            row["district_code"], official(row["district_name"]),
            row["province_code"], official(row["province_name"]),
            start, row["valid_to"], units[code][2] if code in units else ("", ""),
        )


def new_periods(folder, units):
    for row in read(folder, "communes_post_2025-07.csv"):
        yield Period(
            row["commune_code"], official(row["commune_name"]), "", "", row["province_code"],
            official(row["province_name"]), row["valid_from"], OPEN_END, units[row["commune_code"]][2],
        )


def with_changes(periods, folder):
    """Ends the period of each changed commune on the day of the change and opens the next one."""
    changes = {row["commune_code"]: row for row in read(folder, "changes_2025-08_to_2026-07.csv")}
    for period in periods:
        change = changes.pop(period.commune_code, None)
        if change is None or period.commune_code in NO_CHANGE:
            yield period
            continue
        name = official(change["name_2026-07-25"])
        if spelling(name) == spelling(period.commune_name):
            name = period.commune_name
        yield replace(period, valid_to=CHANGES_OF_2026)
        yield replace(period, commune_name=name, province_name=official(change["province_2026"]),
                      valid_from=CHANGES_OF_2026)
    if set(changes) - NO_CHANGE:
        sys.exit(f"changes of unknown communes: {sorted(set(changes) - NO_CHANGE)}")


def joined(periods):
    """Sorts and joins neighbouring periods that no longer differ; stops at an overlap."""
    rows = []
    for period in sorted(periods, key=lambda p: (p.commune_code, p.valid_from)):
        last = rows[-1] if rows else None
        if last and last.commune_code == period.commune_code:
            if last.valid_to > period.valid_from:
                sys.exit(f"periods of {period.commune_code} overlap at {period.valid_from}")
            if last.valid_to == period.valid_from and last.content() == period.content():
                rows[-1] = replace(last, valid_to=period.valid_to)
                continue
        rows.append(period)
    return rows


def check(rows, units, day, count):
    """The units of a day are those of the package, each under the same district and province."""
    valid = {r.commune_code: r for r in rows if r.valid_from <= day < r.valid_to}
    if len(valid) != count or set(valid) != set(units):
        sys.exit(f"{len(valid)} communes on {day}, the package has {len(units)}, expected {count}")
    for code, row in valid.items():
        if (row.district_code, row.province_code) != units[code][:2]:
            sys.exit(f"parents of {code} on {day} differ from the package: {row}, {units[code]}")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder, (old, new) = sys.argv[1], package_units()
    after = with_changes(new_periods(folder, new), folder)
    rows = joined([*old_periods(folder, old), *after])
    check(rows, old, "2025-06-30", 10_035)
    check(rows, new, REFORM, 3_321)
    path = Path(__file__).resolve().with_name("communes.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(row.cells() for row in rows)
    print(f"{path.name}: {len(rows)} rows, {os.path.getsize(path)} bytes")


if __name__ == "__main__":
    main()
