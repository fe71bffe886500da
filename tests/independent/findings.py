"""Quota and coverage gaps as they should be, from the tables of statistics that tables.py makes."""

import math

from scipy.stats import false_discovery_control

from tables import FAMILIES, KEYS, PLACE, WITH_BENCHMARK, by_family, rows

SAME_GAP = ["gap_class", "commune_code", "commune_valid_from", "access_type", "operator", "technology", "indicator", "place"]


class Findings:
    """Quota, tests against benchmarks, and gaps of a month."""

    def __init__(self, db, settings, expected, tables):
        self.db, self.settings = db, settings
        self.expected, self.tables = expected, tables
        self.limits = settings.statistics

    # Quota ----------------------------------------------------------------------------------

    def counts(self, source, what):
        """Per commune and family."""
        key = "commune_code, commune_valid_from, family"
        found = self.db.execute(f"SELECT {key}, {what} FROM {by_family(source)} GROUP BY {key}").fetchall()
        return {tuple(row[:3]): row[3:] for row in found}

    def quota(self):
        """Every commune of the register and family."""
        settings = self.settings
        tests = self.counts("accepted", "count(*) FILTER (is_ok), count(*) FILTER (NOT is_ok)")
        samples = self.counts("collapsed", "count(*)")
        row = "source_file, source_row"
        repeated = self.counts(f"(SELECT * FROM passing SEMI JOIN dropped USING ({row}))", "count(*)")
        other_month = "SELECT * FROM verdicts WHERE rule = 'outside_period'"
        rejected = f"placed SEMI JOIN verdicts USING ({row}) ANTI JOIN ({other_month}) USING ({row})"
        rejected = self.counts(f"(SELECT * FROM {rejected})", "count(*)")
        for commune in settings.register.of_province(settings.province, settings.first, settings.until):
            place = {key: commune["valid_from" if key == "commune_valid_from" else key] for key in PLACE}
            for family, (access, technology) in FAMILIES.items():
                at = (commune["commune_code"], commune["valid_from"], family)
                (ok, failed), (effective,) = tests.get(at, (0, 0)), samples.get(at, (0,))
                counted = effective if self.limits["quota_counts"] == "collapsed" else ok
                quota = self.limits["family_quota"].get(family, self.limits["quota"])
                yield place | {
                    "family": family,
                    "access_type": access,
                    "legal": technology is None,
                    "tests_ok": ok,
                    "tests_failed": failed,
                    "tests_duplicate": repeated.get(at, (0,))[0],
                    "tests_rejected": rejected.get(at, (0,))[0],
                    "samples_effective": effective,
                    "counted": counted,
                    "quota": quota,
                    "shortfall": max(quota - counted, 0),
                    "quota_met": counted >= quota,
                }

    @staticmethod
    def quota_area(quota):
        """Sums of the communes of the province and of each district."""
        areas = {}
        for row in quota:
            levels = [("province", row["province_code"], None)]
            if row["district_code"] is not None:
                levels.append(("district", row["district_code"], row["district_name"]))
            for level, code, name in levels:
                areas.setdefault((level, code, name, row["family"]), []).append(row)
        for (level, code, name, family), communes in areas.items():
            counted, quota = sum(c["counted"] for c in communes), communes[0]["quota"]
            yield {
                "level": level,
                "area_code": code,
                "district_name": name,
                "family": family,
                "legal": communes[0]["legal"],
                "quota": quota,
                "tests_ok": sum(c["tests_ok"] for c in communes),
                "tests_failed": sum(c["tests_failed"] for c in communes),
                "counted": counted,
                "quota_met": counted >= quota,
                "communes": len(communes),
                "communes_met": sum(c["quota_met"] for c in communes),
                "communes_zero": sum(c["counted"] == 0 for c in communes),
                "shortfall": sum(c["shortfall"] for c in communes),
            }

    # Gaps -----------------------------------------------------------------------------------

    def family_of(self, access, technology):
        """The family of exactly this technology, else the whole of the access type."""
        parts = {t: family for family, (a, t) in FAMILIES.items() if a == access}
        return parts.get(technology, parts.get(None))

    def tests(self):
        """Means with an interval beside a benchmark: one technology's by itself, or all of a family."""
        found = []
        declared = {(b["indicator"], b["access_type"], b.get("technology"), b["operator"]) for b in self.settings.benchmarks}
        for b in self.settings.benchmarks:
            technology, access, i = b.get("technology"), b["access_type"], b["indicator"]
            family = self.family_of(access, technology)
            name = "commune_operator_technology" if technology else "commune_operator"
            series = self.expected.series[name]
            for row in self.tables[name]:
                fits = row["technology"] == technology if technology else row["family"] == family
                fits = fits and (not technology or row["access_type"] == access)
                # What an operator declared counts for it alone, and instead of the value for all.
                own = (i, access, technology, row["operator"]) in declared
                fits = fits and b["operator"] == (row["operator"] if own else None)
                if fits and row[f"{i}_mean_low"] is not None:
                    at = tuple(row[key] for key in KEYS[name])
                    found.append(self.test(row, b, family, series[at][i].mean()))
        found.sort(
            key=lambda t: [t["commune_code"], str(t["commune_valid_from"]), t["access_type"], t["operator"]]
            + [t["technology"] or "", t["indicator"]]
        )
        adjusted = false_discovery_control([t["p_value"] for t in found]) if found else []
        return [t | {"p_adjusted": float(p)} for t, p in zip(found, adjusted)]

    def test(self, row, benchmark, family, mean):
        i, value = benchmark["indicator"], float(benchmark["value"])
        worse = WITH_BENCHMARK[i]
        test = {key: row[key] for key in PLACE + ["operator", "tests_ok", "samples_effective", "tier"]}
        for end in ("mean", "mean_low", "mean_high", "median"):
            test[end] = row[f"{i}_{end}"]
        below = (lambda x: x < value) if worse == "low" else (lambda x: x > value)
        bound = test["mean_high" if worse == "low" else "mean_low"]
        clearly = below(bound) and below(test["median"])
        severity = 1 - (bound / value if worse == "low" else value / bound)
        return test | {
            "access_type": benchmark["access_type"],
            "family": family,
            "technology": benchmark.get("technology"),
            "indicator": i,
            "benchmark": value,
            "n_adj": row[f"{i}_n_adj"],
            "p_value": mean.p_value(value, worse),
            "worse": below(test["mean"]),
            "clearly": clearly,
            "severity": severity if clearly else 0.0,
        }

    def gaps(self, quota, tests, suspected, earlier):
        """Communes short of tests, means below a benchmark that hold against all tests, and suspected places."""
        for row in quota:
            if row["legal"] and not row["quota_met"]:
                state = {"gap_class": "shortfall", "state": "found", "evidence": "tests_below_quota"}
                short = row | state | {"severity": row["shortfall"] / row["quota"]}
                yield self.dated(short, earlier)
        rate = self.settings.gaps["false_discovery_rate"]
        for test in tests:
            if test["worse"]:
                found = test["clearly"] and test["p_adjusted"] <= rate
                evidence = "bound_and_median_below" if test["clearly"] else "mean_below"
                state = {"gap_class": "low_quality", "state": "found" if found else "watch"}
                yield self.dated(test | state | {"evidence": evidence}, earlier)
        for place in suspected:
            gap = {"gap_class": "suspected_no_coverage", "state": "found", "evidence": place["kinds"]}
            gap |= {"family": place["access_type"], "technology": None}
            gap |= {"samples_effective": place["n_eff"], "n_adj": math.floor(place["n_adj"])}
            yield self.dated(place | gap, earlier)

    def dated(self, gap, earlier):
        """Since when, and whether the operator is written to."""
        found = gap["state"] == "found"
        before = earlier.get(same_gap(gap), (None, 0))
        gap["since"] = (before[0] or self.settings.month) if found else None
        gap["months_found"] = before[1] + 1 if found else 0
        gap["notify"] = (
            found
            and gap.get("operator") is not None
            and gap["months_found"] >= self.settings.gaps["notify_months"]
        )
        return gap


def same_gap(row):
    """What makes two findings the same one in two months."""
    return tuple(row.get(key) or "" for key in SAME_GAP)


def months_of(gap, findings, window):
    """The first month of the row of months with the finding that ends before this one, and how many of
    the months of the window had it; `findings` holds name and findings by how far a month is back."""
    since, back = None, 1
    while back in findings and gap in findings[back][1]:
        since, back = findings[back][0], back + 1
    return since, sum(gap in found for back, (_, found) in findings.items() if back < window)


def earlier_gaps(db, path, window):
    """What earlier months found, as the bundle holds it: since when and how often."""
    if not path.exists():
        return {}
    findings = {}
    for row in rows(db, f"SELECT * FROM read_parquet('{path}')"):
        if row["state"] == "found":
            findings.setdefault(row["months_back"], (row["month"], set()))[1].add(same_gap(row))
    gaps = {gap for _, found in findings.values() for gap in found}
    return {gap: months_of(gap, findings, window) for gap in gaps}
