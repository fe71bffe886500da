#!/usr/bin/env python3
"""Works `status` out again from the tests by day of a bundle, and shows how often its intervals hold.

    VENV/bin/python tests/independent/status.py --program PATH --config FILE --bundle DIR --samples PATH
        --today DATE...
    VENV/bin/python tests/independent/status.py --simulate

The first asks the program for the status on days of the month of a finished bundle, and compares every
commune with `internal/tables/daily_commune` and `quota` of that bundle (which `recompute.py` checks against
the raw samples) and with quantiles of scipy: counts exactly, also the ends of the interval.

The second makes months of which the truth is known: communes whose tests a day are negative binomial
with a mean and a dispersion, 200 of them seen for some days, and counts in how many the total at the end
lies in the interval (aim: 95 %, 97.5 % on each side).

Prints what differs, last `N passed, N failed`; exits with 1 when anything does.
"""

import argparse
import json
import math
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from scipy.stats import nbinom

from report import Report


def pearson(days, done):
    """Squared deviations from the mean, by the mean."""
    mean = sum(days) / done
    return sum((x - mean) ** 2 for x in days) / mean if mean else 0.0


def projected(communes, done, left):
    """Total, lower and upper bound of each commune; `communes` are its tests by day that are over."""
    if left == 0:
        return [(sum(days), sum(days), sum(days)) for days in communes]
    with_tests = [days for days in communes if sum(days)]
    freedom = len(with_tests) * (done - 1)
    common = max(1, sum(pearson(days, done) for days in with_tests) / freedom) if freedom else 1
    found = []
    for days in communes:
        seen = sum(days)
        own = pearson(days, done) / (done - 1) if done > 1 else 1
        scatter = max(1, own, common)
        low, high = nbinom.ppf([0.025, 0.975], seen / scatter + 0.5, done / (done + left))
        found.append((seen + seen / done * left, seen + math.floor(round(scatter * low, 6)), seen + math.ceil(round(scatter * high, 6))))
    return found


def standing(counted, quota, low, high):
    if counted >= quota:
        return "met"
    return "on_track" if low >= quota else "uncertain" if high >= quota else "short"


def compare(report, given, today):
    rows = pq.read_table(given.bundle / "internal/tables/daily_commune.parquet").to_pylist()
    quotas = [q for q in pq.read_table(given.bundle / "internal/tables/quota.parquet").to_pylist() if q["legal"]]
    manifest = json.loads((given.bundle / "manifest.json").read_text("utf-8"))
    first, until = (date.fromisoformat(manifest["period"][end]) for end in ("from", "until"))
    done, length = min((today - first).days, (until - first).days), (until - first).days
    found = subprocess.run(
        [given.program, "status", "--config", given.config, "--month", manifest["month"], "--samples",
            given.samples, "--today", str(today), "--format", "json"],
        check=True, capture_output=True, text=True)
    found = {(c["commune_code"], c["commune_valid_from"], c["family"]): c for c in json.loads(found.stdout)["communes"]}
    days = {}
    for row in rows:
        at = (row["commune_code"], str(row["commune_valid_from"]), row["family"])
        if row["local_day"] < today:
            days.setdefault(at, [0] * done)[(row["local_day"] - first).days] = row["counted"]
    differences = []
    for family in ("mobile", "fixed"):
        of = [q for q in quotas if q["family"] == family]
        keys = [(q["commune_code"], str(q["commune_valid_from"]), family) for q in of]
        totals = projected([days.get(key, [0] * done) for key in keys], done, length - done)
        for key, quota, (total, low, high) in zip(keys, of, totals):
            counted = sum(days.get(key, [0]))
            missing, left = quota["quota"] - counted, length - done
            expected = {
                "counted": counted, "quota": quota["quota"], "projected_low": low, "projected_high": high,
                "standing": standing(counted, quota["quota"], low, high),
                "needed_per_day": -(-missing // left) if missing > 0 and left else None,
                "days_done": done, "days_left": left,
            }
            row = found.pop(key, {})
            differences += [f"{key} {c}: {row.get(c)}, expected {v}" for c, v in expected.items() if row.get(c) != v]
            if not math.isclose(row.get("projected", -1), total, rel_tol=1e-12):
                differences.append(f"{key} projected: {row.get('projected')}, expected {total}")
    differences += [f"{key}: not expected" for key in found]
    report.check(f"on {today}: {len(keys)} communes", differences)


def simulate(report):
    chance = np.random.default_rng(20251101)
    print("mean a day  dispersion  days seen  in the interval   below   above")
    for mean in (0.2, 2, 10, 30):
        for scatter in (1, 3):
            for done in (5, 10, 15, 25):
                inside, below, above, all_of = 0, 0, 0, 0
                for _ in range(10):
                    shape = (200, 30)
                    tests = chance.poisson(mean, shape)
                    if scatter > 1:
                        tests = chance.negative_binomial(mean / (scatter - 1), 1 / scatter, shape)
                    found = projected([list(map(int, row[:done])) for row in tests], done, 30 - done)
                    for row, (_, low, high) in zip(tests, found):
                        total = row.sum()
                        below += total < low
                        above += total > high
                        all_of += 1
                inside = 1 - (below + above) / all_of
                print(f"{mean:10} {scatter:11} {done:10} {inside:16.1%} {below / all_of:7.1%} {above / all_of:7.1%}")
                name = f"mean {mean}, dispersion {scatter}, {done} days: at least 93 %"
                report.check(name, [] if inside >= 0.93 else [f"{inside:.1%}"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name in ("program", "config", "bundle", "samples"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--today", type=date.fromisoformat, nargs="+", default=[])
    parser.add_argument("--simulate", action="store_true")
    given = parser.parse_args()
    report = Report()
    if given.simulate:
        simulate(report)
    for today in given.today:
        compare(report, given, today)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
