"""What can be checked of the written tables by themselves."""

import csv
import math

from rules import quoted
from tables import INDICATORS, KEYS, rows


def check_tables(report, db, settings, folder):
    """Marks, order, suppression and CSV of every table in the folder."""
    orders = KEYS | {
        "quota": ["commune_code", "commune_valid_from", "access_type"],
        "daily": ["local_day", "access_type"],
        "bias": ["family", "operator"],
        "platforms": ["family", "platform"],
        "gaps": [
            "gap_class",
            "commune_code",
            "commune_valid_from",
            "access_type",
            "operator",
            "technology",
            "indicator",
        ],
    }
    for path in sorted(folder.glob("*.parquet")):
        name, table = path.stem, rows(db, f"SELECT * FROM read_parquet({quoted(path)})")
        marks = [row for row in table if row["simulated"] is not settings.simulated]
        report.check(f"{name}: simulated", marks)
        if name in KEYS:
            suppression(report, settings, name, table)
        if name in orders:
            order = [
                tuple(str(row[k] if row[k] is not None else "").encode() for k in orders[name])
                for row in table
            ]
            report.check(f"{name}: order", [o for o, n in zip(order, order[1:]) if not o < n])
        with open(path.with_suffix(".csv"), encoding="utf-8", newline="") as file:
            head, *lines = list(csv.reader(file))
        columns = [
            c[0] for c in db.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(path)})").fetchall()
        ]
        report.equal(f"{name}.csv: columns", head, columns)
        report.equal(f"{name}.csv: rows", len(lines), len(table))
        report.check(
            f"{name}.csv: values",
            (
                f"line {at + 2}, {column}: {text!r} for {row[column]!r}"
                for at, (line, row) in enumerate(zip(lines, table))
                for column, text in zip(columns, line, strict=True)
                if not alike(text, row[column])
            ),
        )


def suppression(report, settings, name, found):
    """Statistics are empty exactly where fewer values than publish_from stand behind them."""
    publish, wrong = settings.statistics["publish_from"], []
    for row in found:
        for column, value in row.items():
            indicator = next((i for i in INDICATORS if column.startswith(i)), None)
            statistic = column[len(indicator) + 1 :] if indicator else ""
            if not statistic or statistic == "n" or statistic.endswith("_n"):
                continue
            behind = "benchmark_n" if statistic == "share_at_benchmark" else "n"
            if (value is None) != (row[f"{indicator}_{behind}"] < publish):
                wrong.append(f"{[row[k] for k in KEYS[name]]} {column} = {value!r}")
            if value is not None and not math.isfinite(value):
                wrong.append(f"{[row[k] for k in KEYS[name]]} {column} is {value!r}")
    report.check(f"{name}: suppression", wrong)


def alike(text, value):
    """Whether a cell of a CSV file is exactly the value."""
    if value is None:
        return text == ""
    if isinstance(value, bool):
        return text == str(value).lower()
    if isinstance(value, float):
        return text != "" and float(text) == value
    return text == str(value)
