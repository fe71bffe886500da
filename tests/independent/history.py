#!/usr/bin/env python3
"""Works the trends of a bundle out again from the earlier bundles themselves, and compares.

    python3 -m venv VENV && VENV/bin/pip install duckdb pyarrow numpy scipy
    VENV/bin/python tests/independent/history.py --bundle DIR --history PATH...

PATH is an earlier bundle or a folder of bundles. No SQL of the program is used. Months on the same side
of the reform: every value of `trend`, `trend_quota` and `trend_technology` is that of the table of its own bundle. Months
before it: the crosswalk file and the register say which provinces are parts; statistics are worked out by
their definitions (intervals.py) over the samples that the bundles of all parts keep by the communes of
today. `since`, `months_found` and `gap_changes` follow from the lists of findings of each month,
`trend_months` from which bundles there are. The tables `history_…` in `internal/inputs/` are what these
are made of in the program; nothing is read of them here.

Prints what differs, and last a line `N passed, N failed`; exits with 1 when anything differs.
"""

import argparse
import csv
import json
from collections import defaultdict
from datetime import date
from pathlib import Path

import duckdb

from contract import SOURCES, Settings
from findings import months_of, same_gap
from report import Report, compare_tables
from rules import quoted
from tables import INDICATORS, QUANTILES, Expected, by_family, rows

REFORM = date(2025, 7, 1)
MEDIANS = [f"{i}_median{end}" for i in INDICATORS for end in ("", "_low", "_high")]
MEANS = [f"{i}_mean{end}" for i in INDICATORS for end in ("", "_low", "_high")]
SIZES = ["tests_ok", "samples_effective", "samples_adjusted", "devices", "tier"]
KEY = ["level", "family", "operator", "commune_code", "commune_valid_from", "month"]
TECHNOLOGY = ["access_type", "technology", "month"]
LEVELS = {
    "province": ["family"],
    "operator": ["family", "operator"],
    "commune": ["family", "commune_code", "commune_name", "commune_valid_from"],
}
QUOTA = ["tests_ok", "counted", "communes", "communes_met", "communes_zero"]


class Earlier:
    """A bundle with its tables, as lists of dictionaries."""

    def __init__(self, db, folder):
        self.db, self.folder = db, folder
        self.manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        self.province, self.month = self.manifest["province"], self.manifest["month"]
        self.first = date.fromisoformat(self.manifest["period"]["from"])

    def table(self, name):
        path = self.folder / f"internal/tables/{name}.parquet"
        return rows(self.db, f"SELECT * FROM read_parquet({quoted(path)})") if path.exists() else []


def bundles(db, paths):
    for path in paths:
        folders = [path] if (path / "manifest.json").exists() else sorted(path.iterdir())
        for folder in folders:
            hidden = folder.name.startswith(".") or folder.name.endswith(".rejected")
            if not hidden and (folder / "manifest.json").exists():
                yield Earlier(db, folder)


def months_back(month, report):
    year, number = (int(part) for part in month.split("-"))
    last_year, last = (int(part) for part in report.split("-"))
    return (last_year - year) * 12 + last - number


class Trends:
    """The history of a bundle beside the bundle."""

    def __init__(self, options):
        self.db, self.report = duckdb.connect(), Report()
        options.config = options.register = options.operators = None
        self.settings = Settings(options)
        self.now = Earlier(self.db, options.bundle)
        self.parts, self.pairs = self.crosswalk()
        self.months = defaultdict(list)
        for bundle in bundles(self.db, options.history):
            back = months_back(bundle.month, self.now.month)
            takes = self.parts if self.other_side(bundle) else {self.now.province}
            if 1 <= back <= 12 and bundle.province in takes:
                self.months[back].append(bundle)

    def other_side(self, bundle):
        return bundle.first < REFORM <= self.now.first

    def crosswalk(self):
        """The provinces that the province of the report was made of, and the pairs of communes."""
        at, parts, pairs = self.settings.register.at, {}, []
        with open(SOURCES / "communes/data/crosswalk_2025-07.csv", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                new = at(row["new_commune_code"], REFORM)
                if new["province_code"] == self.now.province:
                    old = at(row["old_commune_code"], date(2025, 6, 30))
                    parts[old["province_code"]] = old["province_name"]
                    pairs.append((old["commune_code"], old["district_code"], new["commune_code"]))
        return parts, pairs

    def compare(self):
        listed = {(h["province"], h["month"], h["key"]) for h in self.now.manifest.get("history", [])}
        used = {(b.province, b.month, b.manifest["key"]) for of in self.months.values() for b in of}
        self.report.equal("history in the manifest", listed, used)
        expected, quota = [], []
        for back, those in [(0, [self.now]), *self.months.items()]:
            month = {"month": those[0].month, "months_back": back, "comparable": True, "reason": None}
            if not self.other_side(those[0]):
                expected += [month | {"basis": "published"} | row for row in self.published(those[0])]
            elif {b.province for b in those} == self.parts.keys():
                expected += [month | {"basis": "restated"} | row for row in self.restated(those)]
            else:
                gone = {"comparable": False, "reason": "part_missing", "basis": None}
                none = dict.fromkeys(KEY + SIZES + MEDIANS)
                expected += [
                    none | month | gone | {"level": "province", "family": row["family"]}
                    for row in self.now.table("quota_area")
                    if row["level"] == "province"
                ]
                continue
            quota += self.quota(month, those)
        columns = ["months_back", "comparable", "reason", "basis", *SIZES, *MEDIANS]
        compare_tables(self.report, "trend", self.now.table("trend"), expected, KEY, columns, relative=1e-9)
        found = self.now.table("trend_quota")
        compare_tables(self.report, "trend_quota", found, quota, ["family", "month", "quota"], QUOTA)
        columns = ["months_back", "basis", "comparable", "reason", "missing"]
        found = self.now.table("trend_months")
        compare_tables(self.report, "trend_months", found, list(self.timeline()), ["month"], columns)
        self.technologies()
        self.since()
        self.changes()
        return self.report.end()

    def timeline(self):
        """Every month since the first with a bundle, and why one cannot be compared."""
        year, number = (int(part) for part in self.now.month.split("-"))
        for back in range(max(self.months, default=-1) + 1):
            years, month = divmod(year * 12 + number - 1 - back, 12)
            those = self.months.get(back, [] if back else [self.now])
            row = {"month": f"{years}-{month + 1:02}", "months_back": back, "missing": None, "basis": None}
            other = bool(those) and self.other_side(those[0])
            missing = self.parts.keys() - {b.province for b in those} if other else set()
            row["reason"] = "part_missing" if missing else None if those else "no_bundle"
            if missing:
                row["missing"] = ", ".join(self.parts[code] for code in sorted(missing))
            elif those:
                row["basis"] = "restated" if other else "published"
            yield row | {"comparable": row["reason"] is None}

    def published(self, bundle):
        for level in LEVELS:
            for row in bundle.table(level):
                yield dict.fromkeys(KEY[:-1]) | {c: row.get(c) for c in LEVELS[level] + SIZES + MEDIANS} | {"level": level}

    def technologies(self):
        """Months on the same side of the reform, as their bundles have them."""
        expected = []
        for back, those in [(0, [self.now]), *self.months.items()]:
            if not self.other_side(those[0]):
                month = {"month": those[0].month, "months_back": back}
                expected += [row | month for row in those[0].table("province_technology")]
        found = [row for row in self.now.table("trend_technology") if row["basis"] == "published"]
        columns = ["months_back", *SIZES, *MEDIANS, *MEANS]
        compare_tables(self.report, "trend_technology", found, expected, TECHNOLOGY, columns)

    def quota(self, month, those):
        sums = defaultdict(lambda: dict.fromkeys(QUOTA, 0))
        for bundle in those:
            for row in bundle.table("quota_area"):
                if row["level"] == "province":
                    of = sums[row["family"], row["quota"]]
                    of.update({column: of[column] + row[column] for column in QUOTA})
        return [month | {"family": key[0], "quota": key[1]} | of for key, of in sums.items()]

    def restated(self, those):
        """Statistics over the samples of all parts; devices of two bundles are never the same."""
        files = [b.folder / "internal/samples_effective_restated.parquet" for b in those]
        union = " UNION ALL ".join(
            f"SELECT *, {quoted(b.province)} || '-' || cluster_no AS device FROM read_parquet({quoted(file)})"
            for b, file in zip(those, files)
        )
        self.db.execute(f"CREATE OR REPLACE TABLE samples AS {union}")
        doubtful = self.doubtful()
        expected = Expected(self.db, self.settings)
        for level, keys in LEVELS.items():
            where = "restated_commune_code IS NOT NULL" if level == "commune" else "TRUE"
            groups = expected.grouped("samples", "device", keys, where, QUANTILES, False)
            tests = self.tests(keys, where)
            for at, (samples, series) in groups.items():
                row = dict.fromkeys(KEY[:-1]) | dict(zip(keys, at)) | {"level": level, "samples_effective": samples}
                row["tests_ok"], without, row["devices"] = tests[at]
                known = without <= self.settings.statistics["max_without_device_share"] * row["tests_ok"]
                headline = series["download_mbps"]
                row["samples_adjusted"] = headline.size("median")[0] if known else None
                row["tier"] = expected.tier(headline, known)
                for indicator in INDICATORS:
                    expected.describe(row, indicator, series[indicator], ["median"], known)
                if row["commune_code"] in doubtful:
                    row |= {"comparable": False, "reason": "part_not_restated", "tier": "count_only"}
                    row |= dict.fromkeys(MEDIANS)
                yield row

    def tests(self, keys, where):
        """Tests, those without device, and devices behind each group."""
        found = self.db.execute(f"""
            SELECT {", ".join(keys)},
                sum(tests), coalesce(sum(tests) FILTER (device IS NULL), 0), count(DISTINCT device)
            FROM {by_family("samples")} WHERE {where} GROUP BY ALL""").fetchall()
        return {row[:-3]: tuple(int(number) for number in row[-3:]) for row in found}

    def doubtful(self):
        """Communes of today that samples without a commune of today may belong to."""
        left = self.db.execute(
            "SELECT DISTINCT commune_code, district_code FROM samples WHERE restated_commune_code IS NULL"
        ).fetchall()
        known, found = {old for old, _, _ in self.pairs}, set()
        for code, district in left:
            found |= {new for old, of, new in self.pairs if (old == code if code in known else of == district)}
        return found

    def since(self):
        """Month by month back, as long as the finding is there."""
        findings = {}
        for back, those in self.months.items():
            if not self.other_side(those[0]):
                rows_found = (row for row in those[0].table("gaps") if row["state"] == "found")
                findings[back] = (those[0].month, {same_gap(row) for row in rows_found})
        wrong = []
        for gap in self.now.table("gaps"):
            since, count = months_of(same_gap(gap), findings, self.settings.gaps["notify_window"])
            wanted = (since or self.now.month, count + 1) if gap["state"] == "found" else (None, 0)
            if (gap["since"], gap["months_found"]) != wanted:
                wrong.append(f"{same_gap(gap)}: {(gap['since'], gap['months_found'])}, expected {wanted}")
        self.report.check("gaps: since and months_found", wrong)

    def changes(self):
        """Findings of two months as sets."""
        backs = [back for back, those in self.months.items() if not self.other_side(those[0])]
        before = set()
        if backs:
            table = self.months[min(backs)][0].table("gaps")
            before = {same_gap(row) for row in table if row["state"] == "found"}
        now = {same_gap(row) for row in self.now.table("gaps") if row["state"] == "found"}
        wanted = {gap: "continuing" if gap in before else "opened" for gap in now} if backs else {}
        cleared = self.cleared()
        wanted |= {gap: "closed" if gap in cleared else "not_confirmed" for gap in before - now}
        found = {same_gap(row): row["change"] for row in self.now.table("gap_changes")}
        self.report.equal("gap_changes: how many", len(found), len(self.now.table("gap_changes")))
        self.report.check("gap_changes", sorted(map(str, found.items() ^ wanted.items())))

    def cleared(self):
        """What the month shows to be no gap any more."""
        cleared = set()
        for row in self.now.table("quota"):
            if row["legal"] and row["quota_met"]:
                gap = row | {"gap_class": "shortfall"}
                cleared.add(same_gap(gap))
        goals = self.now.table("benchmarks")
        what = ["indicator", "access_type", "technology", "operator"]
        declared = {tuple(g.get(key) for key in what) for g in goals if g.get("operator")}
        for goal in goals:
            plain, own = goal["technology"] is None, goal.get("operator")
            for row in self.now.table("commune_operator" if plain else "commune_operator_technology"):
                low = row[f"{goal['indicator']}_mean_low"]
                of = goal["access_type"], goal["technology"]
                here = (row["family"], None) if plain else (row["access_type"], row["technology"])
                # What an operator declared takes the place of the benchmark for all.
                whose = row["operator"] == own if own else (goal["indicator"], *of, row["operator"]) not in declared
                if here == of and whose and low is not None and low >= goal["value"]:
                    gap = {"gap_class": "low_quality", "access_type": of[0], "technology": of[1]}
                    cleared.add(same_gap(row | gap | {"indicator": goal["indicator"]}))
        return cleared


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", required=True, type=Path, metavar="DIR")
    parser.add_argument("--history", required=True, type=Path, nargs="+", metavar="PATH")
    raise SystemExit(Trends(parser.parse_args()).compare())


if __name__ == "__main__":
    main()
