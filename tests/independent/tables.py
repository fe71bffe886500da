"""The tables of statistics as they should be: counts from accepted tests, the rest from samples."""

from itertools import groupby

import numpy as np

from intervals import Effect, Mean, correlation, order_statistics, quantile, wilson
from rules import quoted

INDICATORS = ["download_mbps", "upload_mbps", "latency_ms", "jitter_ms"]
HEADLINE = "download_mbps"
WITH_BENCHMARK = {"download_mbps": "low"}
QUANTILES = {"median": 0.5, "p05": 0.05, "p10": 0.1, "p90": 0.9, "p95": 0.95}
# Where a quantile lies on a value, rounding does not decide on which side that is.
ROUNDING = 1e-7
FAMILIES = {
    "mobile": ("mobile", None),
    "fixed": ("fixed", None),
    "mobile_5g": ("mobile", "5G"),
}
PLACE = [
    "province_code",
    "district_code",
    "district_name",
    "commune_code",
    "commune_name",
    "commune_valid_from",
]
KEYS = {
    "province": ["province_code", "province_name", "family"],
    "province_technology": ["province_code", "access_type", "technology"],
    "operator": ["province_code", "province_name", "operator", "family"],
    "operator_technology": ["province_code", "operator", "access_type", "technology"],
    "district": ["province_code", "district_code", "district_name", "family"],
    "commune": PLACE + ["family"],
    "commune_operator": PLACE + ["operator", "family"],
    "commune_operator_technology": PLACE + ["operator", "access_type", "technology"],
    "operator_day_part": ["province_code", "operator", "family", "day_part"],
}


def rows(db, sql):
    """The result as dictionaries."""
    result = db.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


def by_family(source):
    """Each sample once for every family that it belongs to."""
    parts = []
    for family, (access, technology) in FAMILIES.items():
        where = f"access_type = {quoted(access)}"
        where += f" AND technology = {quoted(technology)}" if technology else ""
        parts.append(f"SELECT *, {quoted(family)} AS family FROM {source} WHERE {where}")
    return f"({' UNION ALL '.join(parts)})"


class Series:
    """The values of one indicator in one group."""

    def __init__(self, values, clusters, goals, levels):
        has = ~np.isnan(values)
        clusters = [c for c, kept in zip(clusters, has) if kept]
        self.devices, self.codes = self.coded(clusters)
        self.values = values[has]
        self.n, self.benchmark_n = len(self.values), 0
        self.ordered, self.levels, self.effects = np.sort(self.values), levels, {}
        if self.n:
            for name, level in levels.items():
                marks = self.values <= quantile(self.ordered, level) + ROUNDING
                self.effects[name] = Effect(marks, self.codes, self.devices)
        if goals is not None:
            self.judge(goals[has], clusters)

    def judge(self, goals, clusters):
        """The share of the values on the good side of their benchmarks, among those that have one."""
        judged = ~np.isnan(goals)
        self.benchmark_n = int(judged.sum())
        if self.benchmark_n:
            devices, codes = self.coded([c for c, kept in zip(clusters, judged) if kept])
            marks = self.values[judged] >= goals[judged]
            self.effects["share_at_benchmark"] = Effect(marks, codes, devices)

    @staticmethod
    def coded(clusters):
        """The number of devices, and a number for each cluster."""
        numbers = {
            cluster: n for n, cluster in enumerate(dict.fromkeys(c for c in clusters if c is not None))
        }
        devices, codes = len(numbers), []
        for at, cluster in enumerate(clusters):
            codes.append(numbers.setdefault(("alone", at) if cluster is None else cluster, len(numbers)))
        return devices, np.array(codes, int)

    def size(self, statistic):
        effect = self.effects.get(statistic)
        return (effect.n_adj or 0, effect.devices) if effect else (0, 0)

    def mean(self):
        return Mean(self.values, self.codes, self.devices, self.effects["median"].widening)

    def statistic(self, name):
        """A statistic with its interval."""
        if name == "mean":
            mean = self.mean()
            return (mean.mean, *mean.interval())
        effect = self.effects[name]
        bounds, known = (None, None), bool(effect.n_adj)
        if name == "share_at_benchmark":
            share = effect.ones / effect.n
            return (share, *(wilson(share, effect.n_adj) if known else bounds))
        if known:
            bounds = order_statistics(self.ordered, effect.n_adj, self.levels[name])
        return (quantile(self.ordered, self.levels[name]), *bounds)


class Expected:
    """Computes tables in a connection that holds `accepted` and collapsed samples."""

    def __init__(self, db, settings):
        self.db, self.settings, self.limits = db, settings, settings.statistics
        # The series of each table, by key, for the tests behind gaps.
        self.series = {}
        self.goals = {}

    def counts(self, keys, where):
        source = by_family("accepted") if "family" in keys else "accepted"
        key = ", ".join(keys)
        return rows(
            self.db,
            f"""
            SELECT {key}, count(*) FILTER (is_ok) AS tests_ok, count(*) FILTER (NOT is_ok) AS tests_failed,
                count(*) FILTER (is_ok AND device_id IS NULL) AS tests_without_device,
                count(DISTINCT device_id) FILTER (is_ok) AS devices
            FROM {source} WHERE {where} GROUP BY {key}""",
        )

    def grouped(self, source, cluster, keys, where, levels, benchmarked):
        """Per key: the number of samples, and a series per indicator, with its adjusted sizes."""
        source = by_family(source) if "family" in keys else source
        key, n = ", ".join(keys), len(keys)
        columns = ", ".join(INDICATORS)
        found = self.db.execute(f"""
            SELECT {key}, access_type, technology, operator, {cluster}, {columns}
            FROM {source} AS s WHERE {where} ORDER BY ALL""").fetchall()
        groups = {}
        for at, group in groupby(found, lambda row: row[:n]):
            group = list(group)
            clusters = [row[n + 3] for row in group]
            groups[at] = (len(group), {})
            for i, indicator in enumerate(INDICATORS):
                values = np.array([row[n + 4 + i] for row in group], float)
                goals = None
                if benchmarked and indicator in WITH_BENCHMARK:
                    goals = np.array([self.goal(indicator, *row[n : n + 3]) for row in group], float)
                groups[at][1][indicator] = Series(values, clusters, goals, levels)
        self.settle(groups)
        return groups

    def goal(self, indicator, *of):
        """The benchmark of an access type, technology and operator, looked up once."""
        if (indicator, of) not in self.goals:
            self.goals[indicator, of] = self.settings.benchmark(indicator, *of)
        return self.goals[indicator, of]

    def settle(self, groups):
        """Adjusted sizes, which rest on all groups of a table."""
        effects = {}
        for _, series in groups.values():
            for indicator, one in series.items():
                for statistic, effect in one.effects.items():
                    effects.setdefault((indicator, statistic), []).append(effect)
        for those in effects.values():
            pooled = correlation(those, self.limits["publish_devices"])
            for effect in those:
                effect.settle(pooled, self.limits["own_deff_devices"])

    def table(self, name, source, cluster):
        """The rows of a table as they should be."""
        keys = KEYS[name]
        where = "district_code IS NOT NULL" if name == "district" else "TRUE"
        groups = self.grouped(source, cluster, keys, where, QUANTILES, True)
        raw = {}
        if name == "operator":
            tests = "(SELECT * FROM accepted WHERE is_ok)"
            raw = self.grouped(tests, "device_id", keys, where, {"median": 0.5}, False)
        self.series[name] = {at: series for at, (_, series) in groups.items()}
        none = Series(np.empty(0), [], None, QUANTILES)
        table = self.counts(keys, where)
        for row in table:
            at = tuple(row[k] for k in keys)
            row["samples_effective"], series = groups.get(at, (0, {}))
            # Too many tests without device: how dependent they are cannot be seen.
            limit = self.limits["max_without_device_share"] * row["tests_ok"]
            known = row["tests_without_device"] <= limit
            headline = series.get(HEADLINE, none)
            row["samples_adjusted"] = headline.size("median")[0] if known else None
            row["tier"] = self.tier(headline, known)
            for indicator in INDICATORS:
                one = series.get(indicator, none)
                self.describe(row, indicator, one, ["mean", *QUANTILES], known)
                if indicator in WITH_BENCHMARK:
                    row[f"{indicator}_benchmark_n"] = one.benchmark_n
                    self.describe(row, indicator, one, ["share_at_benchmark"], known)
                if name == "operator":
                    # Single tests say nothing of an indicator that effective samples say nothing of.
                    shown = self.published(one, "median", known)
                    one = raw[at][1][indicator] if at in raw else none
                    self.describe(row, f"{indicator}_raw", one, ["mean", "median"], known, shown)
        return table

    def tier(self, headline, known):
        if not self.published(headline, "median", known):
            return "count_only"
        enough = known and headline.size("median")[0] >= self.limits["sufficient_from"]
        return "sufficient" if enough else "reference"

    def published(self, series, statistic, known):
        """Whether a statistic is shown."""
        mean, sized = statistic == "mean", "median" if statistic != "share_at_benchmark" else statistic
        least = max(self.limits["publish_from"], self.limits["mean_from"] if mean else 0)
        if known:
            n_adj, devices = series.size(sized)
            return n_adj >= least and devices >= self.limits["publish_devices"]
        return (series.benchmark_n if sized == statistic == "share_at_benchmark" else series.n) >= least

    def describe(self, row, prefix, series, statistics, known, shown=True):
        """The columns of one indicator; `shown`: whether there may be any statistic at all."""
        row[f"{prefix}_n"] = series.n
        row[f"{prefix}_n_adj"] = series.size("median")[0] if known else None
        for statistic in statistics:
            found = (None, None, None)
            if shown and self.published(series, statistic, known):
                value, low, high = series.statistic(statistic)
                found = (value, low, high) if known else (value, None, None)
            for end, value in zip(("", "_low", "_high"), found):
                row[f"{prefix}_{statistic}{end}"] = value


def points(columns):
    """The columns that are no ends of intervals."""
    return [c for c in columns if not c.endswith(("_low", "_high"))]
