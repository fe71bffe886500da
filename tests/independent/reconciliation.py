"""Published figures beside ours: counted again in plain Python from accepted, dropped and failing rows."""

import csv
import unicodedata
from collections import Counter
from statistics import median

from bias import FAMILIES
from reference import fold
from report import compare_tables

KEYS = ["line"]
SPEEDS = ["download", "upload"]


def figures(path, settings):
    """The lines of the file with the commune, operator and family that they are of (None: all)."""
    communes = settings.register.of_province(settings.province, settings.first, settings.until)
    with open(path, encoding="utf-8-sig", newline="") as file:
        lines = [line.rstrip("\r\n") for line in file]
    head = next(csv.reader(lines[:1]))
    for number, line in enumerate(lines[1:], 2):
        if not line or line.startswith("#"):
            continue
        cells = next(csv.reader([line]))
        row = {key: unicodedata.normalize("NFC", cell.strip()) or None for key, cell in zip(head, cells)}
        get = row.get
        code = get("commune_code")
        if code is None and get("commune_name"):
            wanted = fold(get("commune_name"))
            named = [c for c in communes if fold(c["commune_name"]) == wanted]
            named = named or [c for c in communes if fold(c["commune_name"].split(" ", 1)[-1]) == wanted]
            code = named[0]["commune_code"] if named else "?"
        operator = get("operator")
        label = settings.operators.find("name", operator) if operator else None
        if operator and fold(operator) == fold(settings.operators.unknown):
            label = settings.operators.unknown
        known = {c["commune_code"] for c in communes}
        yield {
            "line": number,
            "family": get("family") or get("access_type"),
            "commune": code,
            "operator": label or operator,
            "matched": (code is None or code in known) and (operator is None or label is not None),
            "published_tests": int(get("count")),
            "published_download_mbps": number_of(get("median_download_mbps")),
            "published_upload_mbps": number_of(get("median_upload_mbps")),
        }


def number_of(text):
    return None if text is None else float(text)


def check_reconciliation(report, db, settings, path, found, reasons):
    """Compares both tables with what the file and the rows say."""

    def fetch(columns, source):
        rows = db.execute(f"SELECT {', '.join(columns)} FROM {source}").fetchall()
        return [dict(zip(columns, row)) for row in rows]

    key = ["access_type", "technology", "commune_code", "operator"]
    accepted = fetch(key + ["is_ok", "download_mbps", "upload_mbps"], "accepted")
    samples = fetch(key + ["tests", "download_mbps", "upload_mbps"], "effective")
    dropped = fetch(key, "passing SEMI JOIN dropped USING (source_file, source_row)")
    failing = fetch(
        key + ["rules"],
        "placed JOIN (SELECT source_file, source_row, list(rule) AS rules FROM verdicts GROUP BY 1, 2)"
        " USING (source_file, source_row)",
    )
    failing = [row for row in failing if "outside_province" not in row["rules"]]
    publish, expected, why = settings.statistics["publish_from"], [], []
    for figure in figures(path, settings):

        def of(rows):
            return [
                r
                for r in rows
                if FAMILIES[figure["family"]](r["access_type"], r["technology"])
                and figure["commune"] in (None, r["commune_code"])
                and figure["operator"] in (None, r["operator"])
            ]

        tests, own = of(accepted), of(samples)
        ok, refused = [t for t in tests if t["is_ok"]], of(failing)
        counts = {
            ("failed", None): len(tests) - len(ok),
            ("duplicate", None): len(of(dropped)),
            ("collapsed", None): len(ok) - len(own),
            ("rejected", None): len(refused),
        }
        counts |= {("rejected", r): n for r, n in Counter(r for f in refused for r in f["rules"]).items()}
        why += [
            {"line": figure["line"], "reason": reason, "rule": rule, "tests": n}
            for (reason, rule), n in counts.items()
            if n
        ]
        row = {k: v for k, v in figure.items() if k not in ("commune", "operator")}
        row |= {"tests_ok": len(ok), "samples_effective": len(own)}
        row |= {f"tests_{reason}": n for (reason, rule), n in counts.items() if rule is None}
        differences(row, "tests", len(ok), figure["published_tests"])
        for speed in SPEEDS:
            column = f"{speed}_mbps"
            enough = sum(s[column] is not None for s in own) >= publish
            for rows, name in ((ok, f"{column}_raw"), (own, column)):
                values = [r[column] for r in rows if r[column] is not None]
                ours = row[f"{name}_median"] = median(values) if enough else None
                differences(row, name, ours, figure[f"published_{column}"])
        expected.append(row)
    columns = [c for c in expected[0] if c not in KEYS]
    compare_tables(report, "reconciliation", found, expected, KEYS, columns, relative=1e-9, absolute=1e-6)
    keys = ["line", "reason", "rule"]
    compare_tables(report, "reconciliation_reasons", reasons, why, keys, ["tests"])


def differences(row, name, ours, theirs):
    """Ours less theirs, and as a share of theirs."""
    given = ours is not None and theirs is not None
    row[f"{name}_difference"] = ours - theirs if given else None
    row[f"{name}_difference_share"] = (ours - theirs) / theirs if given and theirs else None
