#!/usr/bin/env python3
"""Attacks what leaves the office: tries to work out suppressed numbers by subtraction.

    VENV/bin/python tests/independent/attack.py --bundle DIR [--min-devices 5] [--families families.toml]
        [--self-test]

The attacker has everything under `send/` and knows how tables add up. `internal/tables/` is only read to
know which groups are of too few devices, and what an attack should have found.

1. No row of a table under `send/` shows a number of a group of fewer devices, in Parquet or in CSV.
2. Every number that is shown is that of the complete table.
3. Positions are no finer than a hundredth of a degree, or the centre of a cell of the configured grid.
4. The attack: an unknown for each group of the finest table (commune, operator, technology), and for each
   suppressed row of the tables by day, hour, day part, platform and earlier month; an equation for each
   published number. For every group of too few devices the least and the greatest number of tests that the
   equations allow are found by linear programming (HiGHS); if only one whole number lies between, it has
   been worked out. Tests, successful tests, and samples that count to the quota are attacked apart.

--self-test publishes first a suppressed number, then one that was suppressed to protect others; both must
be noticed. Prints what was found, last `N passed, N failed`; exits with 1 when anything was.
"""

import argparse
import csv
import json
import math
import random
import sys
import tomllib
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from report import Report, same

HERE = Path(__file__).resolve().parent
# The least there is behind a suppressed row: one test, successful or not.
LEAST = {"tests": 1, "tests_ok": 0, "counted": 0}
# Solutions that are tried before targets are attacked one by one.
ANY_SOLUTIONS = 40
# Tables whose rows lie above groups of the finest one, and by which columns.
MARGINS = {
    "commune_operator_technology": ["commune", "operator", "access_type", "technology"],
    "commune_operator": ["commune", "operator", "family"],
    "commune": ["commune", "family"],
    "quota": ["commune", "family"],
    "district": ["district", "family"],
    "operator": ["operator", "family"],
    "operator_technology": ["operator", "access_type", "technology"],
    "province": ["family"],
    "province_technology": ["access_type", "technology"],
}
# Tables that split such groups further.
SPLITS = {
    "operator_day_part": ["operator", "family"],
    "daily": ["access_type"],
    "hourly": ["family"],
    "platforms": ["family"],
}


def rows(path):
    return pq.read_table(path).to_pylist() if path.exists() else []


class Tables:
    """The tables of a folder by name."""

    def __init__(self, folder):
        self.folder = folder
        self.by_name = {path.stem: rows(path) for path in sorted(folder.glob("*.parquet"))}

    def __getitem__(self, name):
        return self.by_name.get(name, [])


def commune(row):
    return (row["commune_code"], str(row["commune_valid_from"]))


def quantity(row, name):
    """What a row says of a quantity; none when it is suppressed."""
    if name != "tests":
        return row.get(name)
    if row.get("tests_ok") is None:
        return None
    return row["tests_ok"] + (row.get("tests_failed") or 0)


class Attack:
    """One quantity of one bundle."""

    def __init__(self, name, sent, families):
        self.name, self.families = name, families
        self.unknowns = {}
        self.least = []
        self.equations = []
        self.atoms = []
        self.targets = []
        finest = "commune_operator_technology"
        if name == "counted":
            # Known by commune and family only.
            for row in sent["quota"]:
                if row["family"] != "mobile_5g":
                    self.atoms.append((row, self.unknown(("counted", commune(row), row["family"]), row)))
            self.margin("quota", ["commune", "family"], sent)
            self.area(sent)
            return
        for row in sent[finest]:
            key = (commune(row), row["operator"], row["access_type"], row["technology"])
            self.atoms.append((row, self.unknown(key, row)))
        for table, keys in MARGINS.items():
            self.margin(table, keys, sent)
        for table, keys in SPLITS.items():
            self.split(table, keys, sent)
        self.trend(sent)

    def unknown(self, key, row):
        number = len(self.unknowns)
        assert key not in self.unknowns, f"two rows of {key}"
        self.unknowns[key] = number
        self.least.append(LEAST[self.name] if row.get("suppressed") else 0)
        return number

    def covers(self, row, keys, atom):
        """Whether a row of these keys sums over a group of the finest table."""
        for key in keys:
            if key == "commune":
                if commune(row) != commune(atom):
                    return False
            elif key == "district":
                if row["district_code"] != atom["district_code"]:
                    return False
            elif key == "family" and "family" in atom:
                if row["family"] != atom["family"]:
                    return False
            elif key == "family":
                family = self.families[row["family"]]
                if family["access_type"] != atom["access_type"]:
                    return False
                if family.get("technology", atom["technology"]) != atom["technology"]:
                    return False
            elif row[key] != atom[key]:
                return False
        return True

    def parts(self, row, keys):
        return {number: 1 for atom, number in self.atoms if self.covers(row, keys, atom)}

    def margin(self, table, keys, sent):
        for row in sent[table]:
            if self.name == "counted" and row["family"] == "mobile_5g":
                continue
            parts = self.parts(row, keys)
            value = quantity(row, self.name)
            if value is not None:
                self.equations.append((parts, value))
            elif row.get("suppressed"):
                self.targets.append((table, row, parts))

    def split(self, table, keys, sent):
        groups = {}
        for row in sent[table]:
            if quantity(row, "tests") is None and not row.get("suppressed"):
                continue
            if self.name == "tests" and "tests_failed" not in row:
                continue
            group = groups.setdefault(tuple(row[key] for key in keys), (row, {}))
            number = self.unknown((table, *map(str, (row[k] for k in row if k in
                ("operator", "family", "access_type", "day_part", "local_day", "local_hour", "platform")))), row)
            group[1][number] = 1
            value = quantity(row, self.name)
            if value is not None:
                self.equations.append(({number: 1}, value))
            elif row.get("suppressed"):
                self.targets.append((table, row, {number: 1}))
        for row, parts in groups.values():
            whole = self.parts(row, keys)
            self.equations.append(({**parts, **{n: -1 for n in whole}}, 0))

    def area(self, sent):
        """Sums over a district or the province, and what is missing where the quota is not met."""
        for row in sent["quota_area"]:
            if row["family"] == "mobile_5g" or row.get("suppressed"):
                continue
            here = [(atom, n) for atom, n in self.atoms if atom["family"] == row["family"]]
            if row["level"] != "province":
                here = [(atom, n) for atom, n in here if atom["district_code"] == row["area_code"]]
            self.equations.append(({n: 1 for _, n in here}, row["counted"]))
            short = {n: 1 for atom, n in here if not atom["quota_met"]}
            quotas = sum(atom["quota"] for atom, _ in here if not atom["quota_met"])
            self.equations.append((short, quotas - row["shortfall"]))

    def trend(self, sent):
        """Earlier months: communes and operators add up to the province. Failed tests are not in it."""
        if self.name != "tests_ok":
            return
        months = {}
        for row in sent["trend"]:
            if row["months_back"] == 0 or (row["tests_ok"] is None and not row.get("suppressed")):
                continue
            levels = months.setdefault((row["month"], row["family"]), {})
            levels.setdefault(row["level"], []).append(row)
        for (month, family), levels in months.items():
            sums = []
            for level, found in levels.items():
                parts = {}
                for row in found:
                    key = ("trend", month, family, level, row["operator"], commune(row))
                    number = self.unknown(key, row)
                    parts[number] = 1
                    if row["tests_ok"] is not None:
                        self.equations.append(({number: 1}, row["tests_ok"]))
                    else:
                        self.targets.append(("trend", row, {number: 1}))
                # A level of which months were computed again may have rows that are not known.
                if all(row["reason"] is None for row in found):
                    sums.append(parts)
            for one, other in zip(sums, sums[1:]):
                self.equations.append(({**one, **{n: -1 for n in other}}, 0))

    def solve(self):
        """The targets that are worked out: table, row and the number."""
        matrix, values = self.matrix()
        bounds = np.array([(least, np.inf) for least in self.least])
        goals = np.zeros((len(self.targets), len(self.least)))
        for at, (_, _, parts) in enumerate(self.targets):
            for number, factor in parts.items():
                goals[at, number] = factor

        def solved(goal):
            end = linprog(goal, A_eq=matrix, b_eq=values, bounds=bounds, method="highs")
            if end.status not in (0, 3):
                raise SystemExit(f"{self.name}: the equations contradict each other: {end.message}")
            return end.x if end.status == 0 else None

        # What two solutions disagree on by one or more is not worked out: first any solutions, then, for
        # each target that is left, those with its least and its greatest number.
        low, high = np.full(len(self.targets), np.inf), np.full(len(self.targets), -np.inf)
        chance = np.random.default_rng(1)
        for _ in range(ANY_SOLUTIONS):
            x = solved(chance.uniform(0, 1, len(self.least)) * chance.integers(0, 2, len(self.least)))
            low, high = np.minimum(low, goals @ x), np.maximum(high, goals @ x)
        found = []
        for at, (table, row, _) in enumerate(self.targets):
            if high[at] - low[at] >= 1:
                continue
            ends = [solved(sign * goals[at]) for sign in (1, -1)]
            if any(end is None for end in ends):
                continue
            ends = [goals[at] @ end for end in ends]
            if math.floor(ends[1] + 1e-6) - math.ceil(ends[0] - 1e-6) < 1:
                found.append((table, row, round(ends[0])))
        return found

    def matrix(self):
        heights, widths, factors = [], [], []
        for height, (parts, _) in enumerate(self.equations):
            for number, factor in parts.items():
                heights.append(height)
                widths.append(number)
                factors.append(factor)
        shape = (len(self.equations), len(self.least))
        values = np.array([value for _, value in self.equations], dtype=float)
        return csr_matrix((factors, (heights, widths)), shape=shape), values


def keyed(table, row):
    """The columns that tell rows of a table apart, with their values."""
    keys = ("month", "level", "commune_code", "commune_valid_from", "district_code", "operator", "family",
        "access_type", "technology", "local_day", "local_hour", "day_part", "platform")
    return (table, *(str(row[key]) for key in keys if key in row))


def devices(whole):
    """Devices and tests of every group of the complete tables."""
    known = {}
    for table, found in whole.by_name.items():
        for row in found:
            if "devices" in row:
                known[keyed(table, row)] = (row["devices"], quantity(row, "tests"))
    return known


def is_small(known, least):
    count, tests = known
    if count is None:
        return True
    return 0 < count < least or (count == 0 and 0 < (tests or 0) < least)


def check_rows(report, sent, whole, least):
    for table, found in sent.by_name.items():
        complete = whole[table]
        if not complete or "suppressed" not in (found[0] if found else {}):
            continue
        shown, differs = [], []
        for row, truth in zip(found, complete, strict=True):
            group = is_small((truth["devices"], quantity(truth, "tests")), least) if "devices" in truth else False
            # What a row of an earlier month is based on is known to its bundle.
            if group and quantity(row, "tests") is not None:
                shown.append(f"{keyed(table, row)}")
            for column, value in row.items():
                if column in ("suppressed", "tier") or value is None:
                    continue
                if not same(value, truth[column]):
                    differs.append(f"{keyed(table, row)} {column}: {value}, complete {truth[column]}")
        report.check(f"{table}: no number of too few devices", shown)
        report.check(f"{table}: numbers are those of the complete table", differs)


def check_csv(report, sent):
    """CSV says no more than Parquet: empty where that is null."""
    for table, found in sent.by_name.items():
        with open(sent.folder / f"{table}.csv", encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
        extra = [
            f"row {number} column {column}: {line[column]}"
            for number, (line, row) in enumerate(zip(lines, found, strict=True), 1)
            for column in line
            if row[column] is None and line[column] != ""
        ]
        report.check(f"{table}.csv shows no more", extra)


def check_positions(report, sent, whole):
    # Where nobody measured, the seat of the commune stands, as the register has it.
    seats = {commune(row) for row in whole["commune_location"] if not row["tests_ok"]}
    cell = next((row["cell_degrees"] for row in sent["coverage_basis"]), None)
    fine = []
    for table, found in sent.by_name.items():
        for row in found:
            for column in ("latitude", "longitude"):
                value = row.get(column)
                if value is None or abs(value * 100 - round(value * 100)) < 1e-6:
                    continue
                if cell and row.get("place_kind") == "cell":
                    place = value / cell - 0.5
                    if abs(place - round(place)) < 1e-6:
                        continue
                if row.get("place_kind") == "hamlet":
                    continue  # the centre of a published outline
                if table == "commune_location" and commune(row) in seats:
                    continue
                fine.append(f"{table} {column} {value}")
    report.check("positions are no finer than allowed", fine)


def attack(report, sent, whole, families, least, names):
    known = devices(whole)
    for name in names:
        system = Attack(name, sent, families)
        small = []
        for table, row, parts in system.targets:
            if table == "trend" or is_small(known.get(keyed(table, row), (None, None)), least):
                small.append((table, row, parts))
        system.targets = small
        worked_out = [f"{keyed(table, row)} is {value}" for table, row, value in system.solve()]
        print(f"{name}: {len(system.least)} unknowns, {len(system.equations)} equations, {len(small)} attacked")
        report.check(f"{name}: nothing is worked out", worked_out)


def checked(bundle, families, least, change=None):
    report = Report()
    sent, whole = Tables(bundle / "send/tables"), Tables(bundle / "internal/tables")
    report.check("there are tables to attack", [] if sent["commune_operator"] else ["none"])
    if change:
        change(sent, whole)
    check_rows(report, sent, whole, least)
    if not change:
        check_csv(report, sent)
    check_positions(report, sent, whole)
    # What the rows themselves give away needs no attack to be noticed.
    if not (change and report.failed):
        attack(report, sent, whole, families, least, ["tests"] if change else list(LEAST))
    return report


def publish(why):
    """Publishes one row of the finest table that is suppressed for this reason."""

    def change(sent, whole):
        table = "commune_operator"
        places = [n for n, row in enumerate(sent[table]) if row["suppressed"] == why]
        for place in places if why == "secondary" else [random.Random(1).choice(places)]:
            sent[table][place].update(whole[table][place], suppressed=None)
        print(f"self-test: {why} rows of {table} published")

    return change


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--bundle", type=Path, required=True)
    arguments.add_argument("--min-devices", type=int, default=5)
    arguments.add_argument("--families", type=Path, default=HERE / "../../queries/families.toml")
    arguments.add_argument("--self-test", action="store_true")
    given = arguments.parse_args()
    families = {one["name"]: one for one in tomllib.loads(given.families.read_text("utf-8"))["family"]}
    if not given.self_test:
        return checked(given.bundle, families, given.min_devices).end()
    result = Report()
    for why in ("primary", "secondary"):
        report = checked(given.bundle, families, given.min_devices, publish(why))
        names = json.dumps([name for name, _ in report.failed])
        result.check(f"publishing {why} is noticed", [] if report.failed else [names])
    return result.end()


if __name__ == "__main__":
    sys.exit(main())
