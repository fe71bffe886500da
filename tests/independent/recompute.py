#!/usr/bin/env python3
"""Computes a bundle again from the raw samples, in DuckDB and Python, and compares.

    python3 -m venv VENV && VENV/bin/pip install duckdb pyarrow
    VENV/bin/python tests/independent/recompute.py --samples PATH... --bundle DIR
        [--register communes.csv] [--operators operators.csv] [--config FILE.toml] [--threads N]

PATH is a canonical Parquet file, a folder or a glob. Province, period and limits come from the
manifest of the bundle, and from the configuration file where one is given.

Compared exactly: the ledger, the quarantine, the collapsed samples as a multiset (on the grid of
half a millionth), every count, tier, gap and quota. Statistics: to 1e-9 relative from the collapsed
samples of the bundle, to 1e-6 absolute from the raw rows. No SQL of the program is used; quantiles
are taken from sorted lists. `rerun_queries.py` beside this runs the SQL of the bundle itself.

Prints what differs, and last a line `N passed, N failed`; exits with 1 when anything differs.
"""

import argparse
from collections import Counter
from datetime import timedelta

from contract import Run, arguments
from report import Report, compare_tables
from rules import MEASURES, quoted
from tables import KEYS, PLACE, Expected, rows
from written import check_tables

QUOTA_KEYS = PLACE + ["access_type"]
GAP_KEYS = ["gap_class"] + PLACE + ["access_type", "operator", "technology", "indicator"]
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
        self.computed = {}
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
        self.quota_and_gaps()
        self.daily()
        check_tables(self.report, self.db, self.settings, self.bundle / "send/tables")
        return self.report.end()

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
        check, db = self.report.check, self.db
        keys = ", ".join(OF_SAMPLE)
        lists = ", ".join(f"list_sort(list({m}) FILTER ({m} IS NOT NULL)) AS {m}" for m in MEASURES)
        median = ", ".join(f"quantile_of({m}, 0.5) AS {m}" for m in MEASURES)
        db.execute(f"""
            CREATE TABLE collapsed AS
            SELECT {keys}, device_id, restated_commune_code, tests, {median} FROM (
                SELECT {keys}, device_id, count(*) AS tests, {lists},
                    CASE WHEN count(DISTINCT COALESCE(restated_commune_code, '')) = 1
                        THEN any_value(restated_commune_code) END AS restated_commune_code
                FROM accepted WHERE is_ok AND device_id IS NOT NULL GROUP BY ALL)
            UNION ALL
            SELECT {keys}, device_id, restated_commune_code, 1, {', '.join(MEASURES)}
            FROM accepted WHERE is_ok AND device_id IS NULL""")
        path = self.bundle / "internal/samples_effective.parquet"
        db.execute(f"CREATE VIEW effective AS SELECT * FROM read_parquet({quoted(path)})")
        columns = {c[0] for c in db.execute("DESCRIBE effective").fetchall()}
        check(
            "effective: no device, position or test", sorted((NEVER | {"sample_id", "measured_at"}) & columns)
        )
        count = "SELECT count(*) FROM {}".format
        found, wanted = (db.execute(count(t)).fetchone()[0] for t in ("effective", "collapsed"))
        self.report.equal("effective: number of rows", found, wanted)
        marks = db.execute("SELECT DISTINCT simulated FROM effective").fetchall()
        check("effective: simulated", [m for m in marks if m != (self.settings.simulated,)])
        # Values as integers on the grid of half a millionth: no tolerance is needed.
        values = "".join(f", {m} := CAST(round({m} * 2000000) AS BIGINT)" for m in MEASURES)
        fields = ", ".join(f"{k} := {k}" for k in OF_SAMPLE + ["restated_commune_code"])
        sign = f"CAST(struct_pack({fields}, tests := CAST(tests AS BIGINT){values}) AS VARCHAR)"
        for name, source, whose in (
            ("ours", "collapsed", "device_id"),
            ("theirs", "effective", "cluster_no"),
        ):
            db.execute(f"CREATE VIEW {name}_text AS SELECT {sign} AS text, {whose} AS whose FROM {source}")
            db.execute(
                f"CREATE TABLE {name} AS SELECT md5_number_lower(text) AS sample, whose FROM {name}_text"
            )
        check("effective: samples missing", self.only_in("ours", "theirs"))
        check("effective: samples too many", self.only_in("theirs", "ours"))
        # A bijection of devices exists exactly when devices and clusters own the same sets of samples.
        owned = """SELECT md5(CAST(list_sort(list(sample)) AS VARCHAR)) AS owned, count(*) AS samples
                   FROM {} WHERE whose IS NOT NULL GROUP BY whose""".format
        one_way = db.execute(f"{owned('ours')} EXCEPT ALL {owned('theirs')}").fetchall()
        other_way = db.execute(f"{owned('theirs')} EXCEPT ALL {owned('ours')}").fetchall()
        check("effective: cluster_no stands for devices one to one", one_way + other_way)

    def only_in(self, one, other):
        """The samples that one side has more often than the other, as text."""
        of = "SELECT sample, whose IS NULL AS without_device FROM {}".format
        self.db.execute(f"CREATE OR REPLACE TABLE differing AS {of(one)} EXCEPT ALL {of(other)}")
        return self.db.execute(f"""
            SELECT o.text, o.whose IS NULL AS without_device FROM {one}_text AS o
            JOIN (SELECT DISTINCT * FROM differing) AS d
                ON md5_number_lower(o.text) = d.sample AND (o.whose IS NULL) = d.without_device
            ORDER BY ALL""").fetchall()

    # Statistics -----------------------------------------------------------------------------

    def table(self, name):
        path = self.bundle / f"send/tables/{name}.parquet"
        return rows(self.db, f"SELECT * FROM read_parquet({quoted(path)})")

    def statistics(self):
        for name, keys in KEYS.items():
            where = "district_code IS NOT NULL" if name == "district" else "TRUE"
            found, raw = self.table(name), name == "operator"
            again = self.expected.table("effective", keys, where, raw)
            columns = [c for c in again[0] if c not in keys] if again else []
            compare_tables(
                self.report, f"{name} (from the bundle's samples)", found, again, keys, columns, relative=1e-9
            )
            again = self.computed[name] = self.expected.table("collapsed", keys, where, raw)
            compare_tables(self.report, f"{name} (from raw rows)", found, again, keys, columns, absolute=1e-6)
            if found:
                known = set(keys) | set(columns) | {"simulated"}
                self.report.equal(f"{name}: columns", set(found[0]), known)

    # Quota, gaps, days ----------------------------------------------------------------------

    def quota_and_gaps(self):
        settings, quota = self.settings, self.settings.statistics["quota"]
        communes = settings.register.of_province(settings.province, settings.first, settings.until)
        tests = {
            (r["commune_code"], r["commune_valid_from"], r["access_type"]): r
            for r in self.computed["commune"]
        }
        expected = []
        for commune in communes:
            for access in ("fixed", "mobile"):
                of = tests.get((commune["commune_code"], commune["valid_from"], access), {})
                ok = of.get("tests_ok", 0)
                row = {key: commune["valid_from" if key == "commune_valid_from" else key] for key in PLACE}
                row |= {
                    "access_type": access,
                    "tests_ok": ok,
                    "tests_failed": of.get("tests_failed", 0),
                    "quota": quota,
                }
                expected.append(row | {"shortfall": max(quota - ok, 0), "quota_met": ok >= quota})
        columns = ["tests_ok", "tests_failed", "quota", "shortfall", "quota_met"]
        compare_tables(self.report, "quota", self.table("quota"), expected, QUOTA_KEYS, columns)
        gaps = [row | {"gap_class": "shortfall"} for row in expected if not row["quota_met"]] + list(
            self.low_quality()
        )
        columns = [
            "benchmark",
            "mean",
            "median",
            "samples_effective",
            "tests_ok",
            "quota",
            "shortfall",
            "tier",
        ]
        gaps = [{c: row.get(c) for c in GAP_KEYS + columns} for row in gaps]
        compare_tables(self.report, "gaps", self.table("gaps"), gaps, GAP_KEYS, columns, absolute=1e-6)

    def low_quality(self):
        """Published means below a benchmark: of one technology, or of all where it names none."""
        for b in self.settings.benchmarks:
            technology, i = b.get("technology"), b["indicator"]
            source = "commune_operator_technology" if technology else "commune_operator"
            for row in self.computed[source]:
                mean = row[f"{i}_mean"]
                fits = row["access_type"] == b["access_type"] and row.get("technology") == technology
                if fits and mean is not None and mean < b["value"]:
                    yield row | {
                        "gap_class": "low_quality",
                        "technology": technology,
                        "indicator": i,
                        "benchmark": float(b["value"]),
                        "mean": mean,
                        "median": row[f"{i}_median"],
                    }

    def daily(self):
        found = {(day, access): (ok, failed) for day, access, ok, failed in self.db.execute("""
            SELECT local_day, access_type, count(*) FILTER (is_ok), count(*) FILTER (NOT is_ok)
            FROM accepted GROUP BY 1, 2""").fetchall()}
        length = (self.settings.until - self.settings.first).days
        expected = []
        for day in (self.settings.first + timedelta(n) for n in range(length)):
            for access in ("fixed", "mobile"):
                ok, failed = found.get((day, access), (0, 0))
                expected.append(
                    {"local_day": day, "access_type": access, "tests_ok": ok, "tests_failed": failed}
                )
        keys = ["local_day", "access_type"]
        compare_tables(
            self.report, "daily", self.table("daily"), expected, keys, ["tests_ok", "tests_failed"]
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments(parser)
    raise SystemExit(Comparison(parser.parse_args()).compare())


if __name__ == "__main__":
    main()
