"""What can be checked of the written tables by themselves."""

import csv
import math

from rules import quoted
from tables import KEYS, QUANTILES, rows

STATISTICS = ["mean", *QUANTILES]


def check_tables(report, db, settings, bundle):
    """Marks, order and agreement of columns of every complete table, CSV of those that are sent."""
    orders = KEYS | {
        "quota": ["commune_code", "commune_valid_from", "family"],
        "quota_area": ["level", "area_code", "family"],
        "daily": ["local_day", "access_type"],
        "daily_commune": ["commune_code", "commune_valid_from", "family", "local_day"],
        "bias": ["family", "operator"],
        "platforms": ["family", "platform"],
        "gaps": [
            "gap_class",
            "state",
            "commune_code",
            "commune_valid_from",
            "access_type",
            "operator",
            "technology",
            "indicator",
            "place",
        ],
    }
    for path in sorted((bundle / "internal/tables").glob("*.parquet")):
        name, table = path.stem, rows(db, f"SELECT * FROM read_parquet({quoted(path)})")
        marks = [row for row in table if row["simulated"] is not settings.simulated]
        report.check(f"{name}: simulated", marks)
        if name in KEYS:
            reasonable(report, settings, name, table)
        if name in orders:
            order = [
                tuple(str(row[k] if row[k] is not None else "").encode() for k in orders[name])
                for row in table
            ]
            report.check(f"{name}: order", [o for o, n in zip(order, order[1:]) if not o < n])
    for path in sorted((bundle / "send/tables").glob("*.parquet")):
        name, table = path.stem, rows(db, f"SELECT * FROM read_parquet({quoted(path)})")
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


def reasonable(report, settings, name, found):
    """What holds between the columns of a table of statistics, whatever the numbers are."""
    limits, wrong = settings.statistics, []
    for row in found:
        held = list(of_row(row, limits))
        for indicator in [i for i in row if i.endswith("_n_adj")]:
            held += of_indicator(row, indicator.removesuffix("_n_adj"), limits)
        wrong += [f"{[row[k] for k in KEYS[name]]}: not so: {what}" for what, holds in held if not holds]
    report.check(f"{name}: statistics agree with one another", wrong)


def of_row(row, limits):
    adjusted, tier = row["samples_adjusted"], row["tier"]
    counts = [row[c] for c in ("tests_without_device", "devices", "samples_effective")]
    yield "no count above the tests", max(counts) <= row["tests_ok"]
    share = row["tests_without_device"] / row["tests_ok"] if row["tests_ok"] else 0
    yield "an adjusted size unless devices are unknown", (adjusted is None) == (
        share > limits["max_without_device_share"]
    )
    if adjusted is not None:
        yield "adjusted never above effective", adjusted <= row["samples_effective"]
        enough = adjusted >= limits["publish_from"] and row["devices"] >= limits["publish_devices"]
        yield "published only from so many samples and devices", enough or tier == "count_only"
    sufficient = adjusted is not None and adjusted >= limits["sufficient_from"]
    yield "sufficient only from so many samples", sufficient or tier != "sufficient"
    yield "published: a median", (row["download_mbps_median"] is None) == (tier == "count_only")


def of_indicator(row, indicator, limits):
    statistics = [s for s in (*STATISTICS, "share_at_benchmark") if f"{indicator}_{s}" in row]
    values = {s: [row[f"{indicator}_{s}{end}"] for end in ("_low", "", "_high")] for s in statistics}
    n, n_adj = row[f"{indicator}_n"], row[f"{indicator}_n_adj"]
    for statistic, (low, value, high) in values.items():
        given = [v for v in (low, value, high) if v is not None]
        yield f"{indicator}_{statistic}: finite", all(map(math.isfinite, given))
        yield f"{indicator}_{statistic}: inside its interval", given == sorted(given)
        yield f"{indicator}_{statistic}: no interval by itself", value is not None or not given
        yield f"{indicator}_{statistic}: no interval without devices", n_adj is not None or len(given) < 2
        least = limits["mean_from" if statistic == "mean" else "publish_from"]
        behind = row[f"{indicator}_benchmark_n"] if statistic == "share_at_benchmark" else n
        yield f"{indicator}_{statistic}: from so many values", value is None or behind >= least
    yield f"{indicator}: adjusted never above n", n_adj is None or n_adj <= n
    ordered = [values[s][1] for s in ("p05", "p10", "median", "p90", "p95") if s in values]
    yield f"{indicator}: quantiles in order", ordered == sorted(
        ordered, key=lambda v: (v is not None, v or 0)
    )
    share = values.get("share_at_benchmark", [])
    yield f"{indicator}: a share", all(v is None or 0 <= v <= 1 for v in share)


def alike(text, value):
    """Whether a cell of a CSV file is exactly the value."""
    if value is None:
        return text == ""
    if isinstance(value, bool):
        return text == str(value).lower()
    if isinstance(value, float):
        return text != "" and float(text) == value
    return text == str(value)
