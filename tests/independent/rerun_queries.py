#!/usr/bin/env python3
"""Runs the SQL that a bundle carries, unchanged, in DuckDB, and compares with the bundle's tables.

    python3 -m venv VENV && VENV/bin/pip install duckdb pyarrow numpy scipy
    VENV/bin/python tests/independent/rerun_queries.py --samples PATH... --bundle DIR
        [--register communes.csv] [--operators operators.csv] [--config FILE.toml] [--threads N]

Shows that the queries mean the same to another engine. Every file of `internal/inputs/` becomes a
table, the collapsed samples become `effective` and `effective_day_part`, and the queries run in the
order of `internal/queries/order.json`, each result a table for those after it. Where the bundle holds
the result (`internal/tables/`), rows, their order and every value must be equal; floats to 1e-9 relative.

Exceptions:

- Not SQL, and read from `internal/inputs/` as they are: `student_t` and `ranks` (quantiles of
  distributions), `gap_p_values` (Student's t, Benjamini and Hochberg). `recompute.py` checks them
  against scipy.
- Not SQL either: the table `comparisons`, which the program makes of the rows of
  `comparison/samples.sql`. That query is run, its rows are not kept; `recompute.py` makes the table.
- Not SQL either: the tables `campaign…` and `operator_replies`, made of files that people filled in;
  `campaign_communes`, which sets them beside the samples, is.
- From earlier bundles, and read from `internal/inputs/` as they are: the tables `history_…`. Months
  before a reform are computed again by the queries of `statistics/` over the samples of several
  bundles; a bundle keeps their result there, not the SQL that was run for each month. `history.py`
  makes them from the earlier bundles themselves.
- Not in the bundle, because it holds neither devices nor positions: accepted rows. The queries that
  read them (`accepted`, `tests`, `devices`, `passed`, `duplicates` and their forms by family: the
  `…_groups`, the raw values of the operators, `quota`, `daily`, `daily_commune`, `hourly`,
  `commune_location`, `coverage/`, `bias/`) get those that `contract.py` makes from the raw samples;
  all others could run on the bundle alone.
- Families are taken from `queries/families.toml` (of `definitions.queries` with --config).

Prints what differs, and last a line `N passed, N failed`; exits with 1 when anything differs.
"""

import argparse
import json
import tomllib
from decimal import Decimal
from pathlib import Path

import duckdb

from contract import SOURCES, Run, arguments
from report import Report, same
from rules import quoted

# Tables of the bundle that are inputs of the queries, not results.
GIVEN = {"benchmarks"}
# Tables that no query of the bundle makes; each one needs a reason to stand here.
SENT_IN = "made by the program of the forms and letters that were sent in"
NOT_RERUN = {
    "campaign": SENT_IN,
    "campaign_forms": SENT_IN,
    "campaign_missing": SENT_IN,
    "campaign_problems": SENT_IN,
    "campaign_totals": SENT_IN,
    "comparisons": "made by the program, recompute.py makes it by its definition",
    "operator_replies": SENT_IN,
}


class Bench:
    """A DuckDB connection with the tables that the queries of a bundle read."""

    def __init__(self, options):
        self.report = Report()
        run = Run(options, self.report)
        self.db, self.bundle = run.db, options.bundle
        self.queries = self.bundle / "internal/queries"
        self.order = json.loads((self.queries / "order.json").read_text("utf-8"))
        for path in sorted((self.bundle / "internal/inputs").glob("*.parquet")):
            self.db.execute(f"CREATE TABLE {path.stem} AS SELECT * FROM read_parquet({quoted(path)})")
        self.devices()
        self.views(families(options.config))

    def devices(self):
        """Devices numbered and samples collapsed by the bundle's queries, from accepted rows."""
        collapse = self.queries / "collapse"
        self.db.execute(f"CREATE TABLE devices AS {(collapse / 'devices.sql').read_text('utf-8')}")
        for name in ("samples_effective", "samples_effective_day_part"):
            path = quoted(self.bundle / f"internal/{name}.parquet")
            self.db.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet({path})")
        columns, expected = self.rows("SELECT * EXCLUDE (simulated) FROM samples_effective")
        names, found = self.rows((collapse / "effective.sql").read_text("utf-8"))
        self.report.equal("samples_effective: columns", columns, names)
        self.cells("samples_effective", names, self.sorted(expected), self.sorted(found))

    @staticmethod
    def sorted(rows):
        """Without the order of empty values, in which engines differ."""
        return sorted(rows, key=lambda row: [("" if v is None else str(v)) for v in row])

    def views(self, parts):
        """The forms of samples that queries read."""
        for name in ("effective", "effective_day_part"):
            self.db.execute(f"""
                CREATE VIEW {name} AS
                SELECT *, COALESCE(technology, 'unknown') AS technology_key FROM samples_{name}""")
        quarantine = quoted(self.bundle / "internal/quarantine.parquet")
        self.db.execute(f"CREATE VIEW quarantine AS SELECT * FROM read_parquet({quarantine})")
        self.db.execute("CREATE VIEW passed AS SELECT * FROM passing")
        self.db.execute("CREATE VIEW duplicates AS SELECT * FROM dropped")
        self.db.execute("""
            CREATE VIEW tests AS
            SELECT a.*, COALESCE(a.technology, 'unknown') AS technology_key, d.cluster_no
            FROM accepted AS a LEFT JOIN devices AS d ON a.device_id = d.device_id WHERE a.is_ok""")
        for name in ("accepted", "effective", "effective_day_part", "tests"):
            union = " UNION ALL ".join(
                f"SELECT *, {quoted(family)} AS family FROM {name} WHERE {where}"
                for family, where in parts.items()
            )
            self.db.execute(f"CREATE VIEW {name}_by_family AS {union}")

    def rows(self, sql):
        """The names of the columns, and the rows."""
        found = self.db.execute(sql)
        return [column[0] for column in found.description], found.fetchall()

    def compare(self):
        for step in self.order:
            self.rerun(step["query"], step["table"])
        self.given()
        made = {step["table"] for step in self.order} | GIVEN
        for path in sorted((self.bundle / "internal/tables").glob("*.parquet")):
            if path.stem not in made:
                print(f"not rerun: {path.stem}: {NOT_RERUN.get(path.stem)}")
                self.report.equal(f"{path.stem}: may lack a query", path.stem in NOT_RERUN, True)
        return self.report.end()

    def given(self):
        """Inputs that are sent, too, are the same."""
        for name in sorted(GIVEN):
            path = quoted(self.bundle / f"internal/tables/{name}.parquet")
            both = [self.rows(f"SELECT * FROM {s}") for s in (f"read_parquet({path})", name)]
            self.report.equal(f"{name}: as the queries read it", both[0], both[1])

    def rerun(self, query, table):
        """Runs one query, keeps its result for later queries, and compares it where it is sent."""
        sql = (self.queries / query).read_text("utf-8")
        try:
            # Without a name, the program reads the rows and keeps no table.
            self.db.execute(f"CREATE TABLE {table} AS {sql}") if table else self.rows(sql)
        except duckdb.Error as error:
            return self.report.check(f"{query}: runs", [str(error)])
        sent = self.bundle / f"internal/tables/{table}.parquet"
        if not table or not sent.exists():
            return self.report.check(f"{query}: runs", [])
        # A table keeps the order in which its rows were inserted.
        names, rows = self.rows(f"SELECT * FROM {table}")
        columns, expected = self.rows(f"SELECT * FROM read_parquet({quoted(sent)})")
        self.report.equal(f"{table}: columns", columns, names)
        self.cells(table, names, expected, rows)

    def cells(self, table, names, expected, rows):
        """Every value, row by row in their order, one check a column."""
        self.report.equal(f"{table}: number of rows", len(expected), len(rows))
        for n, column in enumerate(names):
            self.report.check(
                f"{table}.{column}",
                (
                    f"row {at + 1}: bundle has {theirs[n]!r}, DuckDB gives {ours[n]!r} ({ours[:8]})"
                    for at, (theirs, ours) in enumerate(zip(expected, rows))
                    if not same(theirs[n], plain(ours[n]), relative=1e-9)
                ),
            )


def plain(value):
    """Decimals, which DuckDB makes of literals, as floats."""
    return float(value) if isinstance(value, Decimal) else value


def families(config):
    """Name and condition of each family."""
    folder = SOURCES.parent / "queries"
    if config:
        given = tomllib.loads(config.read_text("utf-8")).get("definitions", {}).get("queries")
        folder = config.resolve().parent / given if given else folder
    text = (Path(folder) / "families.toml").read_text("utf-8")
    return {family["name"]: family["where"] for family in tomllib.loads(text)["family"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments(parser)
    raise SystemExit(Bench(parser.parse_args()).compare())


if __name__ == "__main__":
    main()
