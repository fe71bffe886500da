#!/usr/bin/env python3
"""Computes a bundle again from the raw samples, in DuckDB and Python, and compares.

    python3 -m venv VENV && VENV/bin/pip install duckdb pyarrow numpy scipy
    VENV/bin/python tests/independent/recompute.py --samples PATH... --bundle DIR
        [--register communes.csv] [--operators operators.csv] [--config FILE.toml] [--threads N]

PATH is a canonical Parquet file, a folder or a glob. Province, period and limits come from the
manifest of the bundle, and from the configuration file where one is given.

Compared exactly: the ledger, the quarantine, the collapsed samples as a multiset (on the grid of
half a millionth), every count, tier, adjusted size, rank, quota and verdict. Statistics, intervals,
gaps and comparisons of operators: to 1e-9 relative from the collapsed samples of the bundle; points to
1e-6 absolute from the raw rows. Suspected places are for coverage.py, trends for history.py.
No SQL of the program is used: variances are sums of residuals over clusters, distributions are
scipy's, quantiles are taken from sorted lists. `rerun_queries.py` beside this runs the SQL of the
bundle itself.

A table that is not computed here fails, unless it is listed with its reason in NOT_RECOMPUTED.

Prints what differs, and last a line `N passed, N failed`; exits with 1 when anything differs.
"""

import argparse
from collections import Counter
from datetime import timedelta

from bias import check_bias
from comparisons import check_comparisons
from contract import Run, arguments
from reconciliation import check_reconciliation
from findings import Findings, earlier_gaps
from intervals import ranks, t_quantile
from reference import day
from report import Report, compare_tables
from rules import MEASURES, quoted
from tables import FAMILIES, KEYS, PLACE, QUANTILES, Expected, by_family, points, rows
from weighting import check_weighting
from written import check_tables

# Tables and inputs of a bundle that are not computed again; each one needs a reason to stand here.
TRENDS = ["trend", "trend_months", "trend_quota", "trend_technology", "gap_changes"]
HISTORY = [f"history_{name}" for name in ("months", "province", "province_technology", "operator", "commune", "quota_area", "gaps", "unrestated")]
COVERAGE = ["coverage_basis", "coverage_evidence", "suspected_coverage"]
COVERAGE += [f"coverage_{name}" for name in ("parameters", "levels", "hamlets", "hamlet_cells", "places")]
NOT_RECOMPUTED = dict.fromkeys(TRENDS, "history.py makes it from the earlier bundles themselves")
NOT_RECOMPUTED |= dict.fromkeys(HISTORY, "a step to the trends, which history.py makes without it")
NOT_RECOMPUTED |= dict.fromkeys(COVERAGE, "coverage.py makes it from the raw rows and the configuration")

# Inputs that come from configuration and register: `rerun_queries.py` gets the tables from them that
# are computed here from the configuration and the register themselves.
CHECKED_BY_USE = {"crosswalk", "restated_communes", "parameters", "communes", "families", "days", "access_types"}

COUNTS = ["tests_ok", "tests_failed", "devices"]
QUOTA_KEYS = PLACE + ["family"]
GAP_KEYS = ["gap_class"] + PLACE + ["access_type", "operator", "technology", "indicator", "place"]
OF_SAMPLE = (
    ["province_code", "province_name"] + PLACE[1:] + ["operator", "access_type", "technology", "local_day"]
)
NEVER = {"device_id", "device", "latitude", "longitude"}


class Comparison:
    """A recomputed run beside its bundle."""

    def __init__(self, options):
        self.report = Report()
        self.run = Run(options, self.report)
        self.settings, self.db, self.bundle = self.run.settings, self.run.db, options.bundle
        self.computed, self.seen = {}, set()
        self.db.execute("""
            CREATE MACRO middle(v) AS (v[(len(v) + 1) // 2] + v[len(v) // 2 + 1]) / 2""")
        self.expected = Expected(self.db, self.settings)

    def compare(self):
        self.ledger()
        self.quarantine()
        if not (self.bundle / "internal/samples_effective.parquet").exists():
            # Above the fail threshold, ledger and quarantine are all that is written.
            fails = self.run.ledger["rejected_share"] > self.settings.limits["fail_rejected_share"]
            self.report.equal("no tables only above fail_rejected_share", fails, True)
            return self.report.end()
        self.effective()
        self.statistics()
        self.quantiles()
        self.quota_and_gaps()
        self.comparisons()
        self.daily()
        self.hourly()
        self.daily_commune()
        self.progress()
        check_bias(self.report, self.db, self.settings, self.table("bias"), self.table("platforms"))
        self.reconciliation()
        self.weighting()
        self.places()
        self.benchmarks()
        self.remaining()
        check_tables(self.report, self.db, self.settings, self.bundle)
        return self.report.end()

    def reconciliation(self):
        """Only with the configuration is it known where the published figures are."""
        file = self.settings.reconciliation
        if file:
            tables = self.table("reconciliation"), self.table("reconciliation_reasons")
            check_reconciliation(self.report, self.db, self.settings, file, *tables)

    def weighting(self):
        """The same holds for the file of inhabitants."""
        file = self.settings.population
        if file:
            self.seen.add("population")
            tables = self.table("weighted"), self.table("weighting_t", "internal/inputs")
            check_weighting(self.report, self.db, self.settings, self.computed, file, *tables)

    # Ledger and quarantine ------------------------------------------------------------------

    def pairs(self, sql):
        return dict(self.db.execute(sql).fetchall())

    def ledger(self):
        found, equal = self.run.ledger, self.report.equal
        per_file = {
            "read": self.pairs("SELECT source_file, count(*) FROM raw GROUP BY 1"),
            "accepted": self.pairs("SELECT source_file, count(*) FROM accepted GROUP BY 1"),
            "duplicate": self.pairs("SELECT source_file, count(*) FROM dropped GROUP BY 1"),
            "rejected": self.pairs("SELECT source_file, count(DISTINCT source_row) FROM verdicts GROUP BY 1"),
        }
        by_rule = Counter()
        for file, rule, count in self.db.execute(
            "SELECT source_file, rule, count(*) FROM verdicts GROUP BY 1, 2"
        ).fetchall():
            by_rule[file, rule] = count
        for entry in found["files"]:
            name = entry["file"]
            for key, counts in per_file.items():
                equal(f"ledger: {name}: {key}", entry[key], counts.get(name, 0))
            rules = {rule: count for (file, rule), count in by_rule.items() if file == name}
            equal(f"ledger: {name}: rejected_by_rule", entry["rejected_by_rule"], rules)
            parts = entry["accepted"] + entry["duplicate"] + entry["rejected"]
            equal(f"ledger: {name}: adds up", parts, entry["read"])
        for key, counts in per_file.items():
            equal(f"ledger: {key}", found[key], sum(counts.values()))
            if key in self.settings.manifest["counts"]:
                equal(f"manifest: {key}", self.settings.manifest["counts"][key], found[key])
        total = Counter()
        for (_, rule), count in by_rule.items():
            total[rule] += count
        equal("ledger: rejected_by_rule", found["rejected_by_rule"], dict(total))
        equal("ledger: adds up", found["accepted"] + found["duplicate"] + found["rejected"], found["read"])
        conflicting = self.db.execute("SELECT count(*) FROM dropped WHERE conflicting").fetchone()[0]
        equal("ledger: duplicate_conflicting", found["duplicate_conflicting"], conflicting)
        share = found["rejected"] / found["read"] if found["read"] else 0.0
        equal("ledger: rejected_share", found["rejected_share"], share)
        equal("ledger: unconverted", found["unconverted"], {})
        equal("ledger: simulated", found["simulated"], self.settings.simulated)
        for key in ("warn_rejected_share", "fail_rejected_share"):
            equal(f"ledger: {key}", found[key], self.settings.limits[key])
        months = (
            "SELECT strftime(local_day, '%Y-%m'), count(*) FROM placed WHERE local_day IS NOT NULL GROUP BY 1"
        )
        equal("ledger: months", found["months"], self.pairs(months))
        self.notes(found)

    def notes(self, found):
        wanted = {
            "tests_failed": "NOT is_ok",
            "without_device": "device_id IS NULL",
            "operator_unknown": f"operator = {quoted(self.settings.operators.unknown)}",
            "operator_conflict_fixed": "operator_conflict AND access_type = 'fixed'",
            "operator_conflict_mobile": "operator_conflict AND access_type = 'mobile'",
            "sim_mvno": "sim_mvno",
            "sim_roaming": "sim_roaming",
            "position_placed": "placed_by = 'position'",
            "position_snapped": "placed_by = 'snapped'",
            "code_placed": "placed_by = 'code'",
            "name_placed": "placed_by = 'name'",
            "code_position_differ": "precise AND bounded AND reported_code IS NOT NULL"
            " AND position_code IS DISTINCT FROM reported_code",
        }
        for key, condition in wanted.items():
            count = self.db.execute(f"SELECT count(*) FROM accepted WHERE {condition}").fetchone()[0]
            self.report.equal(f"ledger: {key}", found[key], count)

    def quarantine(self):
        check = self.report.check
        path = self.bundle / "internal/quarantine.parquet"
        self.db.execute(f"CREATE VIEW quarantine AS SELECT * FROM read_parquet({quoted(path)})")
        sets = (
            """SELECT source_file, source_row, list_sort(list(rule)) AS rules FROM verdicts GROUP BY 1, 2"""
        )
        found = "SELECT source_file, source_row, list_sort(string_split(rules, ',')) AS rules FROM quarantine"
        check(
            "quarantine: rows missing or with other rules",
            self.db.execute(f"{sets} EXCEPT ALL {found}").fetchall(),
        )
        check(
            "quarantine: rows too many or with other rules",
            self.db.execute(f"{found} EXCEPT ALL {sets}").fetchall(),
        )
        other = self.db.execute(
            """
            SELECT q.source_file, q.source_row, q.sample_id, r.sample_id FROM quarantine AS q
            JOIN raw AS r USING (source_file, source_row) WHERE q.sample_id IS DISTINCT FROM r.sample_id"""
        ).fetchall()
        check("quarantine: sample_id of the row", other)
        columns = {c[0]: c[1] for c in self.db.execute("DESCRIBE quarantine").fetchall()}
        check("quarantine: no device and no position", sorted(NEVER & set(columns)))
        exact = r"(latitude|longitude)=-?\d+\.\d\d"
        check(
            "quarantine: no exact coordinates",
            self.db.execute(
                f"SELECT offending_values FROM quarantine WHERE regexp_matches(offending_values, {quoted(exact)})"
            ).fetchall(),
        )
        text = " || ' ' || ".join(f"COALESCE({c}, '')" for c, kind in columns.items() if kind == "VARCHAR")
        check(
            "quarantine: no device in any text",
            self.db.execute(f"""
            SELECT q.source_file, q.source_row FROM (SELECT *, {text} AS everything FROM quarantine) AS q
            JOIN raw AS r USING (source_file, source_row)
            WHERE length(r.device_id) >= 4 AND contains(q.everything, r.device_id)""").fetchall(),
        )

    # Collapsed samples ----------------------------------------------------------------------

    def effective(self):
        self.collapsed("collapsed", "effective", "samples_effective", OF_SAMPLE)
        keys = OF_SAMPLE + ["day_part"]
        if (self.bundle / "internal/samples_effective_restated.parquet").exists():
            self.restate()
        self.collapsed("collapsed_day_part", "effective_day_part", "samples_effective_day_part", keys)

    def restate(self):
        """Tests by what gives their commune of today, and samples collapsed by it."""
        on = self.settings.restated_on
        new = {c["commune_code"]: c for c in self.settings.register.communes if c["valid_from"] <= on < c["valid_to"]}
        of = ["province_code", "province_name", "district_code", "district_name", "commune_code", "commune_name"]
        given = [tuple(c[key] for key in of) + (c["valid_from"],) for c in new.values()]
        self.db.execute(f"CREATE TABLE new_communes ({', '.join(f'{key} VARCHAR' for key in of)}, commune_valid_from DATE)")
        self.db.executemany("INSERT INTO new_communes VALUES (?, ?, ?, ?, ?, ?, ?)", given)
        moved = ", ".join(f"CASE WHEN n.commune_code IS NULL THEN a.{k} ELSE n.{k} END AS {k}" for k in [*of, "commune_valid_from"])
        self.db.execute(f"""
            CREATE TABLE moved AS SELECT a.* REPLACE ({moved}, n.commune_code AS restated_commune_code)
            FROM accepted AS a LEFT JOIN new_communes AS n ON a.restated_commune_code = n.commune_code""")
        self.collapsed("collapsed_restated", "effective_restated", "samples_effective_restated", OF_SAMPLE, "moved")
        counts = rows(self.db, "SELECT COALESCE(restated_by, 'not_restated') AS restated_by, count(*) AS tests FROM accepted"
            f" WHERE local_day < {quoted(on)} GROUP BY 1")
        self.compare_table("restated", counts, ["restated_by"])

    def collapsed(self, ours, theirs, file, of_sample, source="accepted"):
        """The samples collapsed again, and those of the bundle, as tables; they must be the same."""
        check, db = self.report.check, self.db
        keys = ", ".join(of_sample)
        lists = ", ".join(f"list_sort(list({m}) FILTER ({m} IS NOT NULL)) AS {m}" for m in MEASURES)
        db.execute(f"""
            CREATE TABLE {ours} AS
            SELECT {keys}, device_id, restated_commune_code, tests,
                {', '.join(f"middle({m}) AS {m}" for m in MEASURES)} FROM (
                SELECT {keys}, device_id, count(*) AS tests, {lists},
                    CASE WHEN count(DISTINCT COALESCE(restated_commune_code, '')) = 1
                        THEN any_value(restated_commune_code) END AS restated_commune_code
                FROM {source} WHERE is_ok AND device_id IS NOT NULL GROUP BY ALL)
            UNION ALL
            SELECT {keys}, device_id, restated_commune_code, 1, {', '.join(MEASURES)}
            FROM {source} WHERE is_ok AND device_id IS NULL""")
        path = self.bundle / f"internal/{file}.parquet"
        db.execute(f"CREATE VIEW {theirs} AS SELECT * FROM read_parquet({quoted(path)})")
        columns = {c[0] for c in db.execute(f"DESCRIBE {theirs}").fetchall()}
        secret = NEVER | {"sample_id", "measured_at"}
        check(f"{theirs}: no device, position or test", sorted(secret & columns))
        count = "SELECT count(*) FROM {}".format
        found, wanted = (db.execute(count(t)).fetchone()[0] for t in (theirs, ours))
        self.report.equal(f"{theirs}: number of rows", found, wanted)
        marks = db.execute(f"SELECT DISTINCT simulated FROM {theirs}").fetchall()
        check(f"{theirs}: simulated", [m for m in marks if m != (self.settings.simulated,)])
        # Values as integers on the grid of half a millionth: no tolerance is needed.
        values = "".join(f", {m} := CAST(round({m} * 2000000) AS BIGINT)" for m in MEASURES)
        fields = ", ".join(f"{k} := {k}" for k in of_sample + ["restated_commune_code"])
        sign = f"CAST(struct_pack({fields}, tests := CAST(tests AS BIGINT){values}) AS VARCHAR)"
        for name, whose in ((ours, "device_id"), (theirs, "cluster_no")):
            db.execute(f"CREATE VIEW {name}_text AS SELECT {sign} AS text, {whose} AS whose FROM {name}")
            db.execute(f"""
                CREATE TABLE {name}_signed AS SELECT md5_number_lower(text) AS sample, whose
                FROM {name}_text""")
        check(f"{theirs}: samples missing", self.only_in(ours, theirs))
        check(f"{theirs}: samples too many", self.only_in(theirs, ours))
        # A bijection of devices exists exactly when devices and clusters own the same sets of samples.
        owned = """SELECT md5(CAST(list_sort(list(sample)) AS VARCHAR)) AS owned, count(*) AS samples
                   FROM {}_signed WHERE whose IS NOT NULL GROUP BY whose""".format
        one_way = db.execute(f"{owned(ours)} EXCEPT ALL {owned(theirs)}").fetchall()
        other_way = db.execute(f"{owned(theirs)} EXCEPT ALL {owned(ours)}").fetchall()
        check(f"{theirs}: cluster_no stands for devices one to one", one_way + other_way)

    def only_in(self, one, other):
        """The samples that one side has more often than the other, as text."""
        of = "SELECT sample, whose IS NULL AS without_device FROM {}_signed".format
        self.db.execute(f"CREATE OR REPLACE TABLE differing AS {of(one)} EXCEPT ALL {of(other)}")
        return self.db.execute(f"""
            SELECT o.text, o.whose IS NULL AS without_device FROM {one}_text AS o
            JOIN (SELECT DISTINCT * FROM differing) AS d
                ON md5_number_lower(o.text) = d.sample AND (o.whose IS NULL) = d.without_device
            ORDER BY ALL""").fetchall()

    # Statistics -----------------------------------------------------------------------------

    def table(self, name, folder="internal/tables"):
        self.seen.add(name)
        return self.read(name, folder)

    def read(self, name, folder="internal/tables"):
        path = self.bundle / f"{folder}/{name}.parquet"
        return rows(self.db, f"SELECT * FROM read_parquet({quoted(path)})")

    def compare_table(self, name, expected, keys):
        """A table against rows that hold every column, to 1e-9 relative."""
        expected, found = list(expected), self.table(name)
        known = set(found[0]) - {"simulated"} if found else set(keys)
        columns = sorted(known - set(keys))
        expected = [{c: row.get(c) for c in known} for row in expected]
        compare_tables(self.report, name, found, expected, keys, columns, relative=1e-9)

    def statistics(self):
        raw = Expected(self.db, self.settings)
        for name, keys in KEYS.items():
            part = "_day_part" if "day_part" in keys else ""
            found = self.table(name)
            again = self.computed[name] = self.expected.table(name, f"effective{part}", "cluster_no")
            columns = [c for c in again[0] if c not in keys] if again else []
            title = f"{name} (from the bundle's samples)"
            compare_tables(self.report, title, found, again, keys, columns, relative=1e-9)
            again = raw.table(name, f"collapsed{part}", "device_id")
            title = f"{name} (from raw rows)"
            compare_tables(self.report, title, found, again, keys, points(columns), absolute=1e-6)
            if found:
                known = set(keys) | set(columns) | {"simulated"}
                self.report.equal(f"{name}: columns", set(found[0]), known)

    def quantiles(self):
        """The tables of quantiles that queries read."""
        folder = "internal/inputs"
        wrong = [
            f"{row['devices']} devices: found {row['t']}, expected {t_quantile(row['devices'])}"
            for row in self.table("student_t", folder)
            if abs(row["t"] / t_quantile(row["devices"]) - 1) > 1e-11
        ]
        self.report.check("student_t", wrong)
        found = self.table("ranks", folder)
        wrong = [
            row
            for row in found
            if (row["low"], row["high"]) != ranks(row["n_adj"], QUANTILES[row["statistic"]])
        ]
        self.report.check("ranks", wrong)

    # Quota, gaps, days ----------------------------------------------------------------------

    def quota_and_gaps(self):
        findings = Findings(self.db, self.settings, self.expected, self.computed)
        quota, inputs = list(findings.quota()), self.bundle / "internal/inputs"
        self.compare_table("quota", quota, QUOTA_KEYS)
        areas = findings.quota_area(quota)
        self.compare_table("quota_area", areas, ["level", "area_code", "district_name", "family"])
        tests = findings.tests()
        numbered = [
            {"test_no": at + 1, "p_value": t["p_value"], "p_adjusted": t["p_adjusted"]}
            for at, t in enumerate(tests)
        ]
        found = self.table("gap_p_values", "internal/inputs")
        # Written to 12 decimals.
        columns = ["p_value", "p_adjusted"]
        compare_tables(self.report, "gap_p_values", found, numbered, ["test_no"], columns, absolute=1e-9)
        window = self.settings.gaps["notify_window"]
        earlier = earlier_gaps(self.db, inputs / "history_gaps.parquet", window)
        for test, row in zip(tests, sorted(found, key=lambda row: row["test_no"])):
            test["p_adjusted"] = row["p_adjusted"]
        # Which places are suspected is for coverage.py; here only what becomes of them.
        suspected = self.read("suspected_coverage")
        self.compare_table("gaps", findings.gaps(quota, tests, suspected, earlier), GAP_KEYS)

    def comparisons(self):
        check_comparisons(self.report, self.db, self.settings, self.computed, self.table("comparisons"))

    def daily(self):
        found = {(on, access): counts for on, access, *counts in self.db.execute("""
            SELECT local_day, access_type, count(*) FILTER (is_ok), count(*) FILTER (NOT is_ok),
                count(DISTINCT device_id) FILTER (is_ok)
            FROM accepted GROUP BY 1, 2""").fetchall()}
        length = (self.settings.until - self.settings.first).days
        expected = []
        for on in (self.settings.first + timedelta(n) for n in range(length)):
            for access in ("fixed", "mobile"):
                counts = dict(zip(COUNTS, found.get((on, access), (0, 0, 0))))
                expected.append({"local_day": on, "access_type": access} | counts)
        keys = ["local_day", "access_type"]
        compare_tables(self.report, "daily", self.table("daily"), expected, keys, COUNTS)

    def hourly(self):
        found = {(family, hour): counts for family, hour, *counts in self.db.execute(f"""
            SELECT family, local_hour, count(*) FILTER (is_ok), count(*) FILTER (NOT is_ok),
                count(DISTINCT device_id) FILTER (is_ok)
            FROM {by_family("accepted")} GROUP BY 1, 2""").fetchall()}
        expected = []
        for family in FAMILIES:
            for hour in range(24):
                counts = dict(zip(COUNTS, found.get((family, hour), (0, 0, 0))))
                expected.append({"family": family, "local_hour": hour} | counts)
        keys = ["family", "local_hour"]
        compare_tables(self.report, "hourly", self.table("hourly"), expected, keys, COUNTS)

    def daily_commune(self):
        keys = ["commune_code", "commune_valid_from", "family", "local_day"]
        by_key = f"SELECT {', '.join(keys)}, count(*) FROM {{}} {{}} GROUP BY ALL"
        tests = self.db.execute(by_key.format(by_family("accepted"), "WHERE is_ok")).fetchall()
        samples = self.db.execute(by_key.format(by_family("collapsed"), "")).fetchall()
        samples = {tuple(key): count for *key, count in samples}
        collapsed = self.settings.statistics["quota_counts"] == "collapsed"
        expected = [
            dict(zip(keys, key))
            | {"tests_ok": count, "counted": samples.get(tuple(key), 0) if collapsed else count}
            for *key, count in tests
        ]
        columns = ["tests_ok", "counted"]
        compare_tables(
            self.report, "daily_commune", self.table("daily_commune"), expected, keys, columns
        )

    def progress(self):
        """Tests, devices and the class of every commune, from the first day to each day."""
        daily, devices = {}, {}
        for row in self.read("daily_commune"):
            at = (row["commune_code"], row["commune_valid_from"], row["family"])
            daily[*at, row["local_day"]] = (row["tests_ok"], row["counted"])
        for code, since, family, device, on in self.db.execute(f"""
                SELECT commune_code, commune_valid_from, family, device_id, local_day
                FROM {by_family("accepted")} WHERE is_ok AND device_id IS NOT NULL""").fetchall():
            devices.setdefault((code, since, family), []).append((on, device))
        length = (self.settings.until - self.settings.first).days
        expected = []
        for quota in self.read("quota"):
            key = ["commune_code", "commune_valid_from", "family"]
            at = tuple(quota[column] for column in key)
            for until in (self.settings.first + timedelta(n) for n in range(length)):
                days = [self.settings.first + timedelta(n) for n in range((until - self.settings.first).days + 1)]
                tests, counted = (sum(daily.get((*at, on), (0, 0))[which] for on in days) for which in (0, 1))
                shares = (0.25, 0.5, 0.75, 1)
                reached = (counted > 0) + sum(counted > 0 and counted >= s * quota["quota"] for s in shares)
                seen = {device for on, device in devices.get(at, []) if on <= until}
                expected.append(
                    dict(zip(key, at))
                    | {"local_day": until, "reached": reached, "tests_ok": tests, "devices": len(seen)}
                )
        columns = ["reached", "tests_ok", "devices"]
        compare_tables(self.report, "progress", self.table("progress"), expected, [*key, "local_day"], columns)

    # Places, benchmarks, the rest -----------------------------------------------------------

    def places(self):
        """The median position of a commune with 30 positions, to a hundredth of a degree, else its seat."""
        settings = self.settings
        key = "commune_code, commune_valid_from"
        found = self.db.execute(f"""
            SELECT {key}, round(middle(list_sort(list(latitude))), 2), round(middle(list_sort(list(longitude))), 2),
                count(*), count(DISTINCT device_id)
            FROM accepted WHERE latitude IS NOT NULL AND longitude IS NOT NULL
            GROUP BY {key} HAVING count(*) >= 30""").fetchall()
        middles = {(code, since): place for code, since, *place in found}
        expected = []
        for c in settings.register.of_province(settings.province, settings.first, settings.until):
            at = (c["commune_code"], c["valid_from"])
            seat = (c["seat_latitude"], c["seat_longitude"], 0, 0)
            latitude, longitude, tests, devices = middles.get(at, seat)
            expected.append(dict(zip(["commune_code", "commune_valid_from"], at)))
            expected[-1] |= {"commune_name": c["commune_name"], "latitude": latitude, "longitude": longitude}
            expected[-1] |= {"tests_ok": tests, "devices": devices}
        self.compare_table("commune_location", expected, ["commune_code", "commune_valid_from"])

    def benchmarks(self):
        findings = Findings(self.db, self.settings, self.expected, self.computed)
        expected = [
            {key: b.get(key) for key in ("indicator", "access_type", "technology", "operator", "source")}
            | {key: day(b.get(key)) for key in ("valid_from", "valid_until", "target_date")}
            | {
                "family": findings.family_of(b["access_type"], b.get("technology")),
                "value": float(b["value"]),
            }
            for b in self.settings.benchmarks
        ]
        self.compare_table("benchmarks", expected, ["indicator", "access_type", "technology", "operator"])

    def remaining(self):
        """Tables and inputs that nothing above looked at."""
        for folder in ("internal/tables", "internal/inputs"):
            for path in sorted((self.bundle / folder).glob("*.parquet")):
                name = path.stem
                if name not in self.seen | CHECKED_BY_USE and not name.startswith("benchmark_"):
                    print(f"not recomputed: {folder}/{name}: {NOT_RECOMPUTED.get(name)}")
                    self.report.equal(f"{name}: may stay unchecked", name in NOT_RECOMPUTED, True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments(parser)
    raise SystemExit(Comparison(parser.parse_args()).compare())


if __name__ == "__main__":
    main()
