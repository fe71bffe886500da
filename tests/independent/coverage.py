#!/usr/bin/env python3
"""Judges the coverage of a bundle again, twice, and compares.

    python3 -m venv VENV && VENV/bin/pip install duckdb pyarrow numpy scipy
    VENV/bin/python tests/independent/coverage.py --samples PATH... --bundle DIR
        [--register communes.csv] [--operators operators.csv] [--config FILE.toml] [--threads N]

First the SQL that the bundle carries (`internal/queries/coverage/`) runs unchanged in DuckDB, over
accepted rows that `contract.py` makes from the raw samples and the tables in `internal/inputs/`: the
same rows in the same order, floats to 1e-9 relative. Those inputs must be what the configuration
(with --config: its list of hamlets, too) says. Then evidence and suspected places are worked
out from the accepted rows by rules written down here: no SQL, whole numbers and fractions, interval
bounds as the roots of their equation. Tables that tell of fewer than three devices are failures.

Prints what differs, and last a line `N passed, N failed`; exits with 1 when anything differs.
"""

import argparse
import math
from collections import Counter, defaultdict
from fractions import Fraction

import pyarrow as pa

from contract import Run, arguments
from coverage_inputs import check_inputs
from reference import rows_of
from report import Report, compare_tables, same
from rules import quoted
from tables import rows

# The queries in the order in which they read one another, and the tables they make.
STEPS = {
    "samples": "coverage_samples",
    "device_days": "coverage_device_days",
    "cells": "coverage_cells",
    "share_days": "coverage_share_days",
    "shares": "coverage_shares",
    "signals": "coverage_signals",
    "neighbours": "coverage_neighbours",
    "absences": "coverage_absences",
    "basis": "coverage_basis",
    "evidence": "coverage_evidence",
    "suspected": "suspected_coverage",
}
KEPT = ["coverage_basis", "coverage_evidence", "suspected_coverage"]
Z = 1.959963984540054
RADIUS_M = 1000.0
METRES = 6371008.8 * math.pi / 180
KINDS = ["failures", "fallback", "signal", "absence"]
PLACE = ["commune_code", "commune_valid_from", "place_kind", "place", "operator"]
QUANTILES = {"p10": Fraction(1, 10), "p25": Fraction(1, 4), "median": Fraction(1, 2)}


class Rerun:
    """The SQL of the bundle in DuckDB."""

    def __init__(self, run, bundle, report):
        self.db, self.settings, self.bundle, self.report = run.db, run.settings, bundle, report

    def compare(self):
        self.inputs()
        for query, table in STEPS.items():
            sql = (self.bundle / f"internal/queries/coverage/{query}.sql").read_text("utf-8")
            self.db.execute(f"CREATE TABLE {table} AS {sql}")
            if table in KEPT:
                self.same_rows(table, sql)

    def inputs(self):
        for path in sorted((self.bundle / "internal/inputs").glob("coverage_*.parquet")):
            self.db.execute(f"CREATE TABLE {path.stem} AS SELECT * FROM read_parquet({quoted(path)})")
        s = self.settings
        accuracy, simulated = s.limits["max_location_accuracy_m"], s.simulated
        self.db.execute(
            f"CREATE TABLE parameters AS SELECT CAST({accuracy!r} AS DOUBLE) AS max_location_accuracy_m, "
            f"{simulated} AS simulated"
        )
        text = ["province_code", "province_name", "district_code", "district_name", "commune_code", "commune_name"]
        communes = s.register.of_province(s.province, s.first, s.until)
        columns = {c: pa.array([row[c] for row in communes], pa.string()) for c in text}
        columns["valid_from"] = pa.array([row["valid_from"] for row in communes], pa.date32())
        self.db.register("given", pa.table(columns))
        self.db.execute("CREATE TABLE communes AS SELECT * FROM given")
        self.db.unregister("given")

    def same_rows(self, table, sql):
        found = self.db.execute(sql)
        names, ours = [c[0] for c in found.description], found.fetchall()
        path = self.bundle / f"internal/tables/{table}.parquet"
        result = self.db.execute(f"SELECT * FROM read_parquet({quoted(path)})")
        self.report.equal(f"rerun {table}: columns", [c[0] for c in result.description], names)
        theirs = result.fetchall()
        self.report.equal(f"rerun {table}: number of rows", len(theirs), len(ours))
        for n, column in enumerate(names):
            self.report.check(
                f"rerun {table}.{column}",
                (
                    f"row {at + 1}: bundle has {a[n]!r}, DuckDB gives {b[n]!r}"
                    for at, (a, b) in enumerate(zip(theirs, ours))
                    if not same(a[n], b[n], relative=1e-9)
                ),
            )


class Places:
    """Where a test is: a hamlet, or a cell named by its south-west corner."""

    def __init__(self, settings, folder):
        coverage = settings.manifest["configuration"]["coverage"]
        self.side = round(coverage["cell_degrees"] * 10**6)
        self.hamlets = defaultdict(list)
        if coverage["hamlets"]:
            for row in rows_of(folder / coverage["hamlets"]):
                radius = float(row.get("radius_m") or RADIUS_M)
                at = float(row["latitude"]), float(row["longitude"])
                self.hamlets[row["commune_code"].strip()].append((row["name"].strip(), at, radius))

    def index(self, degrees):
        """Whole millionths of a degree, then whole sides."""
        return math.floor(Fraction(degrees) * 10**6 + Fraction(1, 2)) // self.side

    @staticmethod
    def metres(latitude):
        """Of a degree of latitude, and of one of longitude."""
        return METRES, METRES * math.cos(math.radians(latitude))

    def cell(self, latitude, longitude):
        return self.index(latitude), self.index(longitude)

    def of(self, commune_code, latitude, longitude):
        """Kind, name, cell and middle of the place of a test."""
        near = []
        for name, (north, east), radius in self.hamlets[commune_code]:
            south_north, west_east = self.metres(north)
            dy, dx = (latitude - north) * south_north, (longitude - east) * west_east
            if math.hypot(dy, dx) <= radius:
                near.append((round(math.hypot(dy, dx), 6), name.encode(), (north, east)))
        if near:
            _, name, at = min(near)
            return "hamlet", name.decode(), self.cell(*at), at
        y, x = self.cell(latitude, longitude)
        middle = tuple((2 * n + 1) * self.side / 2e6 for n in (y, x))
        return "cell", f"{self.side_name(y, 'NS')} {self.side_name(x, 'EW')}", (y, x), middle

    def side_name(self, index, sides):
        digits = str(self.side).zfill(7)
        decimals = len(digits[-6:].rstrip("0"))
        steps = index * self.side
        return f"{abs(steps) / 1e6:.{decimals}f}{sides[steps < 0]}"


def wilson(share, n):
    """Both p for which (share - p)^2 n = z^2 p (1 - p)."""
    a, b, c = n + Z * Z, -(2 * n * share + Z * Z), n * share * share
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def kish(days):
    """The size of a sample of devices with so many days each."""
    return Fraction(sum(days) ** 2, sum(d * d for d in days))


def quantile(values, p):
    values = sorted(values)
    at = (len(values) - 1) * p
    low, part = math.floor(at), float(at - math.floor(at))
    high = min(low + 1, len(values) - 1)
    return values[low] + part * (values[high] - values[low])


class Expected:
    """Evidence and suspected places, from accepted tests."""

    def __init__(self, run, folder):
        self.limits = run.settings.manifest["configuration"]["coverage"]
        self.places = Places(run.settings, folder)
        accuracy = run.settings.limits["max_location_accuracy_m"]
        self.middles, self.cells = {}, {}
        # Per place, operator and device: the tests of each day.
        self.days = defaultdict(lambda: defaultdict(list))
        for test in rows(run.db, """
            SELECT commune_code, commune_valid_from, latitude, longitude, location_accuracy_m, operator,
                operator_unknown, device_id, local_day, technology, is_ok, signal_dbm
            FROM accepted WHERE access_type = 'mobile'"""):
            if None in (test["latitude"], test["longitude"]) or test["operator_unknown"]:
                continue
            if (test["location_accuracy_m"] or 0) > accuracy:
                continue
            kind, name, cell, middle = self.places.of(test["commune_code"], test["latitude"], test["longitude"])
            place = test["commune_code"], test["commune_valid_from"], kind, name
            self.middles[place], self.cells[place] = middle, cell
            self.days[place, test["operator"]][test["device_id"], test["local_day"]].append(test)
        self.evidence = [*self.shares(), *self.signals()]
        counting = {(row["at"]) for row in self.evidence if row["counts_as_evidence"]}
        self.evidence += self.absences(counting)
        for row in self.evidence:
            row |= dict(zip(PLACE, (*row["at"][0], row["at"][1])))
            row["latitude"], row["longitude"] = self.middles[row["at"][0]]

    def known(self, at):
        """The days of devices that are known."""
        return {key: tests for key, tests in self.days[at].items() if key[0] is not None}

    def shares(self):
        newer = defaultdict(set)
        for (place, operator), days in self.days.items():
            for (device, _), tests in days.items():
                if device and any(t["is_ok"] and t["technology"] in ("4G", "5G") for t in tests):
                    newer[operator, device].add(place)
        for at in list(self.days):
            place, operator = at
            failures, fallback = {}, {}
            for (device, day), tests in self.known(at).items():
                failures[device, day] = [not t["is_ok"] for t in tests]
                known = [t["technology"] for t in tests if t["is_ok"] and t["technology"]]
                if known and newer[operator, device] - {place}:
                    fallback[device, day] = [t in ("2G", "3G") for t in known]
            for kind, days in (("failures", failures), ("fallback", fallback)):
                row = self.share(kind, days)
                if row:
                    yield row | {"at": at}

    def share(self, kind, days):
        limits = self.limits[kind]
        hits = {key: sum(tests) for key, tests in days.items()}
        n = sum(hits.values())
        devices = {device for (device, _), hit in hits.items() if hit}
        dates = {day for (_, day), hit in hits.items() if hit}
        if n < limits["tests"] or len(devices) < limits["devices"] or len(dates) < limits["days"]:
            return None
        millionths = [
            math.floor(Fraction(10**6 * hits[key], len(tests)) + Fraction(1, 2)) for key, tests in days.items()
        ]
        value = sum(millionths) / (10**6 * len(days))
        n_adj = kish(Counter(device for device, _ in days).values())
        low, high = wilson(value, float(n_adj))
        return {
            "kind": kind,
            "technology": None,
            "n": n,
            "tests": sum(len(tests) for tests in days.values()),
            "devices": len(devices),
            "days": len(dates),
            "n_eff": len(days),
            "n_adj": float(n_adj),
            "value": value,
            "low": low,
            "high": high,
            "threshold": limits["share"],
            "counts_as_evidence": low > limits["share"],
            "excess": (low - limits["share"]) / (1 - limits["share"]),
        }

    def signals(self):
        limits = self.limits["signal"]
        for at in list(self.days):
            for technology, level in limits["levels"].items():
                heard = {}
                for key, tests in self.known(at).items():
                    dbm = [
                        t["signal_dbm"]
                        for t in tests
                        if t["technology"] == technology and t["signal_dbm"] is not None
                    ]
                    if dbm:
                        heard[key] = dbm
                devices = Counter(device for device, _ in heard)
                if len(heard) < limits["samples"] or len(devices) < limits["devices"]:
                    continue
                medians = [quantile(dbm, Fraction(1, 2)) for dbm in heard.values()]
                value = quantile(medians, QUANTILES[limits["quantile"]])
                n = sum(len(dbm) for dbm in heard.values())
                yield {
                    "at": at,
                    "kind": "signal",
                    "technology": technology,
                    "n": n,
                    "tests": n,
                    "devices": len(devices),
                    "days": len({day for _, day in heard}),
                    "n_eff": len(heard),
                    "n_adj": float(kish(devices.values())),
                    "value": value,
                    "low": None,
                    "high": None,
                    "threshold": level,
                    "counts_as_evidence": value < level,
                    "excess": min((level - value) / 20, 0.95),
                }

    def absences(self, counting):
        limits = self.limits["absence"]
        present, reached = set(), defaultdict(dict)
        for at, days in self.days.items():
            for key, tests in days.items():
                ok = sum(t["is_ok"] for t in tests)
                if ok:
                    present.add(at)
                if ok and key[0] is not None:
                    reached[at][key] = ok
        by_cell = defaultdict(Counter)
        for (place, operator), days in reached.items():
            by_cell[self.cells[place]][place, operator] += len(days)
        for place in {place for place, _ in reached}:
            here = {at: days for at, days in reached.items() if at[0] == place}
            y, x = self.cells[place]
            around = Counter()
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    for (other, operator), count in by_cell[y + dy, x + dx].items():
                        if other != place:
                            around[operator] += count
            # One operator after the other: the days of a device with two SIMs are those of two.
            days = Counter((at[1], device) for at, days in here.items() for device, _ in days)
            devices = {device for _, device in days}
            if len(devices) < limits["devices"]:
                continue
            n_adj = float(kish(days.values()))
            for operator, count in around.items():
                value = float(1 - Fraction(count, around.total())) ** n_adj
                if (place, operator) in present or value > limits["probability"]:
                    continue
                n = sum(ok for found in here.values() for ok in found.values())
                yield {
                    "at": (place, operator),
                    "kind": "absence",
                    "technology": None,
                    "n": n,
                    "tests": n,
                    "devices": len(devices),
                    "days": len({day for found in here.values() for _, day in found}),
                    "n_eff": sum(days.values()),
                    "n_adj": n_adj,
                    "value": value,
                    "low": None,
                    "high": None,
                    "threshold": limits["probability"],
                    "counts_as_evidence": (place, operator) in counting,
                    "excess": 0.0,
                }

    def suspected(self):
        counted = defaultdict(list)
        for row in self.evidence:
            if row["counts_as_evidence"]:
                counted[row["at"]].append(row)
        for at, found in counted.items():
            found.sort(key=lambda row: (KINDS.index(row["kind"]), row["technology"] or ""))
            kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in found)]
            known = self.known(at)
            tests = [test for tests in known.values() for test in tests]
            days = Counter(device for device, _ in known)
            first = found[0]
            kept = ("kind", "technology", "n", "value", "low", "high", "threshold", "latitude", "longitude")
            yield dict(zip(PLACE, (*at[0], at[1]))) | {column: first[column] for column in kept} | {
                "access_type": "mobile",
                "kinds": ", ".join(kinds),
                "tests": len(tests),
                "tests_ok": sum(t["is_ok"] for t in tests),
                "tests_failed": sum(not t["is_ok"] for t in tests),
                "devices": len(days),
                "days": len({day for _, day in known}),
                "n_eff": len(known),
                "n_adj": float(kish(days.values())),
                "severity": len(kinds) + max(row["excess"] for row in found),
            }


class Comparison:
    """A bundle beside what it should say about coverage."""

    def __init__(self, options):
        self.report = Report()
        self.run = Run(options, self.report)
        self.bundle = options.bundle
        self.folder = options.config.resolve().parent if options.config else options.bundle
        self.rerun = Rerun(self.run, options.bundle, self.report)

    def table(self, name):
        path = self.bundle / f"internal/tables/{name}.parquet"
        return rows(self.run.db, f"SELECT * FROM read_parquet({quoted(path)})")

    def compare(self):
        self.rerun.compare()
        expected = Expected(self.run, self.folder)
        check_inputs(self.report, self.run.db, self.bundle / "internal/inputs", expected)
        evidence, suspected = self.table("coverage_evidence"), self.table("suspected_coverage")
        columns = ["n", "tests", "devices", "days", "n_eff", "n_adj", "value", "low", "high", "threshold"]
        columns += ["counts_as_evidence", "latitude", "longitude"]
        keys = PLACE + ["kind", "technology"]
        compare_tables(
            self.report, "coverage_evidence", evidence, expected.evidence, keys, columns, 1e-9, 1e-12
        )
        columns = ["access_type", "kinds", "tests", "tests_ok", "tests_failed", "devices", "days", "n_eff"]
        columns += ["n_adj", "kind", "technology", "n", "value", "low", "high", "threshold", "severity"]
        columns += ["latitude", "longitude"]
        compare_tables(
            self.report, "suspected_coverage", suspected, expected.suspected(), PLACE, columns, 1e-9, 1e-12
        )
        self.basis()
        for name, table in (("coverage_evidence", evidence), ("suspected_coverage", suspected)):
            few = [row for row in table if row["devices"] < 3]
            self.report.check(f"{name}: three devices behind every row", few)
        alone = [row for row in suspected if row["kinds"] == "absence"]
        self.report.check("suspected_coverage: no absence alone", alone)
        return self.report.end()

    def basis(self):
        accuracy = self.run.settings.limits["max_location_accuracy_m"]
        tests = rows(self.run.db, "SELECT * FROM accepted WHERE access_type = 'mobile'")
        count = Counter()
        for test in tests:
            if None in (test["latitude"], test["longitude"]):
                count["tests_without_position"] += 1
            elif (test["location_accuracy_m"] or 0) > accuracy:
                count["tests_imprecise"] += 1
            elif test["operator_unknown"]:
                count["tests_unknown_operator"] += 1
            else:
                count["tests_placed"] += 1
                count["tests_placed_without_device"] += test["device_id"] is None
        [basis] = self.table("coverage_basis")
        self.report.equal("coverage_basis: tests", basis["tests"], len(tests))
        for column in (
            "tests_without_position",
            "tests_imprecise",
            "tests_unknown_operator",
            "tests_placed",
            "tests_placed_without_device",
        ):
            self.report.equal(f"coverage_basis: {column}", basis[column], count[column])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments(parser)
    raise SystemExit(Comparison(parser.parse_args()).compare())


if __name__ == "__main__":
    main()
