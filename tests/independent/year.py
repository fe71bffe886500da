#!/usr/bin/env python3
"""Runs a year as an office would: twelve months, and what goes wrong in them.

    VENV/bin/python tests/independent/year.py --program PATH --out DIR [--samples 1500]

Đắk Lắk in 2025, simulated. To June there are two provinces, Đắk Lắk and Phú Yên, with districts; from
July on one, with new communes. In August one operator is missing from the export. In November the last
third of September arrives late: September is made again, and October, which compares itself with it.
Every month is run by `run --month`, as the timer would, with all that came before as its history.

Looked at after every month: the exit code; that a second run does nothing; the trends, worked out again
from the bundles by history.py; that the report to the ministry is of this month and names those before.
In August and September: the warning on the missing operator. Of the revisions: the number, the one that
is kept, every changed figure of `revision_changes` against both tables. In the end: what `history`
lists, and `verify` of everything.

Prints a line for each run, last `N passed, N failed`; exits with 1 when anything failed.
"""

import argparse
import csv
import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from report import Report

HERE = Path(__file__).resolve().parent
MISSING, MISSING_IN = "MobiFone", "2025-08"
LATE, ARRIVES_IN = "2025-09", "2025-11"
CONFIG = """\
[province]
code = "{province}"

[samples]
paths = ["samples/{province}/{{month}}"]

[report]
documents = ["ministry"]
"""


class Year:
    def __init__(self, given):
        self.program, self.work = str(given.program.resolve()), given.out.resolve()
        self.rows = given.samples
        self.report = Report()
        self.work.mkdir(parents=True)
        self.out = self.work / "out"
        for province in ("66", "54"):
            (self.work / f"{province}.toml").write_text(CONFIG.format(province=province))

    def call(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments)], cwd=self.work, capture_output=True, text=True)

    # Deliveries ----------------------------------------------------------------------------------

    def deliver(self, province, month):
        """The export of a month; of the late one, the last third stays behind."""
        made = self.work / "made"
        done = self.call("demo", "--province", province, "--month", month, "--samples", self.rows, "--out", made)
        assert done.returncode == 0, done.stderr
        target = self.work / "samples" / province / month
        target.mkdir(parents=True)
        self.held_back = []
        for file in sorted((made / "demo/samples").glob(f"*-{province}-{month}-*.parquet")):
            if month == LATE and "days-21" in file.name:
                shutil.copy(file, self.work / file.name)
                continue
            if month != MISSING_IN:
                shutil.copy(file, target / file.name)
                continue
            table = pq.read_table(file)
            table = table.filter(self.is_other(table))
            # That the samples are simulated stands beside the schema, which the reader leaves out.
            notes = {k: v for k, v in pq.read_metadata(file).metadata.items() if k != b"ARROW:schema"}
            pq.write_table(table.replace_schema_metadata(notes), target / file.name)
        shutil.rmtree(made)

    def is_other(self, table):
        """Rows that neither name the missing operator nor carry its codes, by the shipped table."""
        with open(HERE / "../../src/operators/data/operators.csv", encoding="utf-8", newline="") as file:
            lines = (line for line in file if not line.startswith("#"))
            keys = [row for row in csv.DictReader(lines) if row["operator"] == MISSING]
        of = lambda kind: [row["key"].lower() for row in keys if row["key_type"] == kind]
        asns = pa.array([int(asn) for asn in of("asn")], pa.uint32())
        is_it = pc.is_in(pc.utf8_lower(table["operator"]), pa.array(of("name"), pa.string()))
        is_it = pc.or_(is_it, pc.is_in(table["network_mcc_mnc"], pa.array(of("mcc_mnc"), pa.string())))
        return pc.invert(pc.or_(is_it, pc.is_in(table["asn"], asns)))

    # Runs ----------------------------------------------------------------------------------------

    def run(self, province, month, revision=1):
        run = ("run", "--config", f"{province}.toml", "--month", month, "--out", self.out, "--history", self.out, "--json")
        done = self.call(*run)
        name = f"{province}-{month}, revision {revision}"
        answer = json.loads(done.stdout) if done.stdout else {}
        self.report.equal(f"{name}: built", (done.returncode, answer.get("status")), (0, "built"))
        again = json.loads(self.call(*run).stdout)
        self.report.equal(f"{name}: a second run", again["status"], "unchanged")
        bundle = self.out / f"{province}-{month}"
        manifest = json.loads((bundle / "manifest.json").read_text("utf-8"))
        self.report.equal(f"{name}: revision", manifest["revision"], revision)
        history = [h["month"] for h in manifest.get("history", [])]
        print(f"{name}: {answer.get('counts', {}).get('accepted')} accepted, {len(history)} bundles before it")
        if history:
            self.trends(name, bundle)
        else:
            self.report.equal(f"{name}: no trends", (bundle / "send/tables/trend.parquet").exists(), False)
        self.document(name, bundle, month)
        return bundle, manifest

    def trends(self, name, bundle):
        done = subprocess.run(
            [sys.executable, HERE / "history.py", "--bundle", bundle, "--history", self.out], capture_output=True, text=True)
        self.report.check(f"{name}: trends", [] if done.returncode == 0 else done.stdout.splitlines()[-12:] + [done.stderr[-300:]])

    def document(self, name, bundle, month):
        text = subprocess.run(["pdftotext", "-layout", bundle / "send/reports/ministry.pdf", "-"], capture_output=True,
            text=True, check=True).stdout
        words = " ".join(text.split())
        year, number = month.split("-")
        wanted = [f"tháng {int(number)} năm {year}", "DỮ LIỆU MÔ PHỎNG"]
        self.report.check(f"{name}: the report", [w for w in wanted if w not in words and w.replace("tháng ", "tháng 0") not in words])

    # What is particular --------------------------------------------------------------------------

    def missing(self, month, manifest):
        told = [w for w in manifest["warnings"] if w.startswith(f"{MISSING} has no ")]
        self.report.equal(f"{month}: the missing operator is told", bool(told), month == MISSING_IN)

    def changes(self, bundle, month):
        """Every figure of `revision_changes` is that of the two tables, and none is left out."""
        before = self.out / f".revisions/66-{month}.1"
        self.report.equal(f"{month}: the first revision is kept", before.is_dir(), True)
        changed = pq.read_table(bundle / "send/tables/revision_changes.parquet").to_pylist()
        listed = {(c["operator"], c["family"], c["figure"]): (c["value_before"], c["value_after"])
            for c in changed if c["source_table"] == "operator"}
        old, new = ({(r["operator"], r["family"]): r for r in pq.read_table(b / "send/tables/operator.parquet").to_pylist()}
            for b in (before, bundle))
        expected = {}
        for key in old.keys() | new.keys():
            for column, value in (new.get(key) or old[key]).items():
                numbers = isinstance(value, (int, float)) and not isinstance(value, bool)
                if not numbers or column.endswith(("_low", "_high", "_n", "_n_adj")):
                    continue
                pair = (old.get(key, {}).get(column), new.get(key, {}).get(column))
                if pair[0] != pair[1]:
                    expected[*key, column] = pair
        listed = {key: pair for key, pair in listed.items() if None not in pair}
        expected = {key: pair for key, pair in expected.items() if None not in pair}
        same = listed.keys() == expected.keys() and all(
            all(math.isclose(a, b) for a, b in zip(listed[key], expected[key])) for key in listed)
        self.report.check(f"{month}: changed figures of operators", [] if same else [f"{listed} {expected}"])
        print(f"{month}: {len(changed)} published figures changed, {len(listed)} of operators")

    def all(self):
        for number in range(1, 13):
            month = f"2025-{number:02}"
            for province in ("66", "54") if number < 7 else ("66",):
                self.deliver(province, month)
                _, manifest = self.run(province, month)
                if province == "66":
                    self.missing(month, manifest)
            if month == ARRIVES_IN:
                for file in self.work.glob("*days-21*.parquet"):
                    file.rename(self.work / "samples/66" / LATE / file.name)
                self.changes(self.run("66", LATE, revision=2)[0], LATE)
                bundle, manifest = self.run("66", "2025-10", revision=2)
                keys = {h["key"] for h in manifest["history"]}
                now = json.loads((self.out / f"66-{LATE}/manifest.json").read_text("utf-8"))["key"]
                self.report.equal("October is compared with the new September", now in keys, True)
                # November was made before September was made again.
                self.run("66", ARRIVES_IN, revision=2)
        self.end()

    def end(self):
        listed = json.loads(self.call("history", self.out, "--json").stdout)["bundles"]
        found = sorted((b["province"], b["month"], b["revision"], b["current"]) for b in listed)
        again = {LATE, "2025-10", ARRIVES_IN}
        expected = [("54", f"2025-{n:02}", 1, True) for n in range(1, 7)]
        for n in range(1, 13):
            month = f"2025-{n:02}"
            if month in again:
                expected.append(("66", month, 1, False))
            expected.append(("66", month, 2 if month in again else 1, True))
        self.report.equal("history lists every month and revision", found, sorted(expected))
        verified = self.call("verify", self.out)
        self.report.check("verify of everything", [] if verified.returncode == 0 else [verified.stdout + verified.stderr])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder that is not there yet")
    parser.add_argument("--samples", type=int, default=1500)
    year = Year(parser.parse_args())
    year.all()
    return year.report.end()


if __name__ == "__main__":
    sys.exit(main())
