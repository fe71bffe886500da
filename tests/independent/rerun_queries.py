#!/usr/bin/env python3
"""Runs the SQL that a bundle carries, unchanged, in DuckDB, and compares with the bundle's tables.

    python3 -m venv VENV && VENV/bin/pip install duckdb pyarrow
    VENV/bin/python tests/independent/rerun_queries.py --samples PATH... --bundle DIR
        [--register communes.csv] [--operators operators.csv] [--config FILE.toml] [--threads N]

Shows that `internal/queries/statistics/*.sql` and `gaps/*.sql` mean the same to another engine.
They read the bundle's `samples_effective.parquet`, and accepted rows that `contract.py` makes from
the raw samples. Rows, their order and every value must be equal; floats to 1e-9 relative.

Prints what differs, and last a line `N passed, N failed`; exits with 1 when anything differs.
"""

import argparse
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from contract import Run, arguments
from report import Report, same
from rules import quoted

TECHNOLOGIES = ["2G", "3G", "4G", "5G", "wifi", "ethernet", "unknown"]
KINDS = {str: pa.string(), float: pa.float64(), int: pa.int64(), bool: pa.bool_(), date: pa.date32()}


class Bench:
    """A DuckDB connection with the tables that the queries of a bundle read."""

    def __init__(self, options):
        self.report = Report()
        self.run = Run(options, self.report)
        self.settings, self.db, self.bundle = self.run.settings, self.run.db, options.bundle
        path = quoted(self.bundle / "internal/samples_effective.parquet")
        self.db.execute(f"""
            CREATE VIEW samples_effective AS SELECT * FROM read_parquet({path});
            CREATE VIEW effective AS
                SELECT *, COALESCE(technology, 'unknown') AS technology_key FROM samples_effective""")
        self.inputs()

    def make(self, name, columns, rows):
        """A table from rows; `columns` gives the Python type of each."""
        arrays = {
            c: pa.array([row[i] for row in rows], KINDS[kind]) for i, (c, kind) in enumerate(columns.items())
        }
        self.db.register("given", pa.table(arrays))
        self.db.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        self.db.unregister("given")

    def inputs(self):
        s = self.settings
        limits = {key: s.statistics[key] for key in ("quota", "publish_from", "sufficient_from")}
        parameters = {"province_code": str} | {key: int for key in limits} | {"simulated": bool}
        self.make("parameters", parameters, [(s.province, *limits.values(), s.simulated)])
        self.make("access_types", {"access_type": str}, [("fixed",), ("mobile",)])
        days = range((s.until - s.first).days)
        self.make("days", {"local_day": date}, [(s.first + timedelta(n),) for n in days])
        columns = {
            c: str
            for c in (
                "province_code",
                "province_name",
                "district_code",
                "district_name",
                "commune_code",
                "commune_name",
            )
        }
        columns |= {"valid_from": date, "seat_latitude": float, "seat_longitude": float}
        communes = s.register.of_province(s.province, s.first, s.until)
        self.make("communes", columns, [[c[k] for k in columns] for c in communes])
        columns = {"indicator": str, "access_type": str, "technology": str, "value": float}
        self.make("benchmarks", columns, [[b.get(k) for k in columns] for b in s.benchmarks])
        goals = [
            (a, t, s.benchmark("download_mbps", a, None if t == "unknown" else t))
            for a in ("mobile", "fixed")
            for t in TECHNOLOGIES
        ]
        columns = {"access_type": str, "technology_key": str, "value": float}
        self.make("benchmark_download_mbps", columns, [g for g in goals if g[2] is not None])

    def compare(self):
        queries = self.bundle / "internal/queries"
        gaps = [queries / "gaps/quota.sql", queries / "gaps/gaps.sql"]
        for path in sorted((queries / "statistics").glob("*.sql")) + gaps:
            self.rerun(path)
        return self.report.end()

    def rerun(self, path):
        """Runs one query, compares its result, and keeps it for later queries."""
        name = path.stem
        try:
            found = self.db.execute(path.read_text("utf-8"))
        except duckdb.Error as error:
            return self.report.check(f"{name}: runs", [str(error)])
        names, rows = [column[0] for column in found.description], found.fetchall()
        self.db.execute(f"CREATE TABLE {name} AS {path.read_text('utf-8')}")
        table = self.bundle / f"send/tables/{name}.parquet"
        result = self.db.execute(f"SELECT * FROM read_parquet({quoted(table)})")
        self.report.equal(f"{name}: columns", [column[0] for column in result.description], names)
        expected = result.fetchall()
        self.report.equal(f"{name}: number of rows", len(expected), len(rows))
        firsts = [n for n, c in enumerate(names) if c in KEYS]

        def key(row):
            return tuple(row[n] for n in firsts)

        self.report.check(
            f"{name}: rows in the same order",
            (
                f"row {at + 1}: bundle has {key(theirs)}, DuckDB gives {key(ours)}"
                for at, (theirs, ours) in enumerate(zip(expected, rows))
                if key(theirs) != key(ours)
            ),
        )
        by_key = {key(row): row for row in rows}
        for n, column in enumerate(names):
            self.report.check(
                f"{name}.{column}",
                (
                    f"{key(theirs)}: bundle has {theirs[n]!r}, DuckDB gives {by_key[key(theirs)][n]!r}"
                    for theirs in expected
                    if key(theirs) in by_key and not same(theirs[n], by_key[key(theirs)][n], relative=1e-9)
                ),
            )


# The columns that tell the rows of a table apart.
KEYS = {
    "gap_class",
    "province_code",
    "province_name",
    "district_code",
    "district_name",
    "commune_code",
    "commune_name",
}
KEYS |= {"commune_valid_from", "operator", "access_type", "technology", "indicator", "local_day"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments(parser)
    raise SystemExit(Bench(parser.parse_args()).compare())


if __name__ == "__main__":
    main()
