"""What all peers share: the rules, the tables, and the formulas that take numbers of groups, not samples.

The formulas are those of `queries/statistics/` (sizes.sql, positions.sql, means.sql, bounds.sql,
by_group.sql), in NumPy.
"""

import numpy as np
import pyarrow as pa
from scipy.stats import binom, t as student

PLACE = ["province_code", "commune_code"]
TABLES = {
    "province": ["province_code", "family"],
    "province_technology": ["province_code", "access_type", "technology"],
    "operator": ["province_code", "operator", "family"],
    "operator_technology": ["province_code", "operator", "access_type", "technology"],
    "commune": ["province_code", "commune_code", "family"],
    "commune_operator": ["province_code", "commune_code", "operator", "family"],
    "commune_operator_technology": [
        "province_code", "commune_code", "operator", "access_type", "technology",
    ],
    "operator_day_part": ["province_code", "operator", "family", "day_part"],
}
FAMILIES = {
    "mobile": "access_type = 'mobile'",
    "fixed": "access_type = 'fixed'",
    "mobile_5g": "access_type = 'mobile' AND technology = '5G'",
}
MEASURES = ["download_mbps", "upload_mbps", "latency_ms", "jitter_ms"]
LEVELS = {"median": 0.5, "p05": 0.05, "p10": 0.1, "p90": 0.9, "p95": 0.95}
GOAL, GOAL_ACCESS, GOAL_TECHNOLOGY = 40.0, "mobile", "4G"
CEILINGS = {"2G": 1.0, "3G": 100.0, "4G": 2000.0}
CEILING, SLOWEST = 10_000.0, 60_000.0
PERIOD = ("2025-09-30 17:00:00", "2025-10-31 17:00:00")
PEAK = (19, 23)
PUBLISH_FROM, PUBLISH_DEVICES, MEAN_FROM, SUFFICIENT_FROM = 30, 5, 100, 300
MAX_WITHOUT_DEVICE, OWN_DEFF_DEVICES = 0.2, 50
Z = 1.959963984540054


class Series:
    def __init__(self, suffix, levels, statistics):
        self.suffix, self.levels, self.statistics = suffix, levels, statistics

    def benchmark(self, measure):
        return not self.suffix and measure == "download_mbps"

    def shown(self, measure):
        return self.statistics + (["share_at_benchmark"] if self.benchmark(measure) else [])


EFFECTIVE = Series("", LEVELS, ["mean", *LEVELS])
RAW = Series("_raw", {"median": 0.5}, ["mean", "median"])


def sizes(points, clusters, series):
    """n_adj and widening by measure and statistic (sizes.sql)."""
    found = {}
    with np.errstate(all="ignore"):
        for m in MEASURES:
            for name in [*series.levels, *(["share"] if series.benchmark(m) else [])]:
                base = "share" if name == "share" else "all"
                get = lambda part: clusters[m][base][part].astype(float)
                n, bb, k = get("b"), get("bb"), get("clusters")
                devices = clusters[m][base]["devices"]
                c, cc, cb = (clusters[m][name + "_ones"][part].astype(float) for part in ("c", "cc", "cb"))
                some = (c > 0) & (c < n)
                own = np.where(
                    some,
                    (n * n * cc - 2.0 * n * c * cb + c * c * bb) / (n * c * (n - c)) * k / (k - 1.0),
                    bb / n,
                )
                spread = c * (n - c) / (n * n)
                use = (n > 0) & (devices >= PUBLISH_DEVICES) & (bb > n) & some & ~np.isnan(own)
                below = np.sum((spread * (bb - n))[use])
                correlation = np.sum((spread * n * (own - 1.0))[use]) / below if below else np.nan
                smooth = 1.0 + (bb / n - 1.0) * correlation
                deff = np.where((devices < OWN_DEFF_DEVICES) & (smooth > own), smooth, own)
                t = np.where(devices > 1, np.round(quantile_t(devices - 1), 12), np.nan)
                few = np.where(bb == n, 1.0, t * t / (Z * Z))
                factor = deff * few
                adjusted = np.where(factor > 1, n / factor, n)
                adjusted = np.where(bb == n, n, np.floor(adjusted))
                valid = (n > 0) & ~np.isnan(few) & ~np.isnan(adjusted)
                found[m, name] = {
                    "n": n, "ones": c, "devices": devices,
                    "n_adj": np.where(valid, adjusted, np.nan),
                    "widening": np.where(own > 0, deff / own, 1.0), "t": t, "k": k,
                }
    return found


def quantile_t(freedom):
    """Student's t at 0.975, each number of degrees of freedom once."""
    values, places = np.unique(freedom, return_inverse=True)
    return student.ppf(0.975, np.where(values > 0, values, np.nan))[places]


def positions(found, series):
    """Per measure and quantile: the ranks of the ends, counted from 1; 0 for none (positions.sql)."""
    ranks = {}
    for m in MEASURES:
        published = found[m, "median"]["n_adj"] >= PUBLISH_FROM
        for name, level in series.levels.items():
            n, adjusted = found[m, name]["n"], found[m, name]["n_adj"]
            use = published & ~np.isnan(adjusted)
            values, places = np.unique(np.where(use, adjusted, 1), return_inverse=True)
            low, high = binom.ppf(0.025, values, level), binom.ppf(0.975, values, level)
            low += binom.cdf(low, values, level) <= 0.025
            high = np.where(high < values, high + 1, np.nan)
            low = np.where(low > 0, low, np.nan)
            scale = lambda rank: rank[places] * (n + 1.0) / (adjusted + 1.0)
            ends = np.floor(scale(low)), np.ceil(scale(high))
            fits = lambda end: np.where(use & (end >= 1) & (end <= n), end, 0)
            ranks[m, name] = tuple(np.nan_to_num(fits(end)).astype(np.int64) for end in ends)
    return ranks


def at(ranks, groups, values, count):
    """The values at ranks within groups, where rows are sorted by group and value; NaN for rank 0."""
    starts = np.searchsorted(groups, np.arange(count))
    places = np.minimum(starts + np.maximum(ranks, 1) - 1, len(values) - 1)
    return np.where(ranks > 0, values[places], np.nan)


def table(groups, keys, found):
    """The columns of by_group.sql."""
    columns = {key: list(groups[key]) for key in keys}
    ok, without = groups["tests_ok"], groups["tests_without_device"]
    known = without <= MAX_WITHOUT_DEVICE * ok
    columns["tests_ok"], columns["tests_failed"] = ok, groups["tests_failed"]
    columns["tests_without_device"] = without
    published = {}
    with np.errstate(all="ignore"):
        for series, points, clusters, size, order in found:
            head = size["download_mbps", "median"]
            if not series.suffix:
                shown = shows(head, points["n", "download_mbps"], known)
                adjusted = np.nan_to_num(head["n_adj"])
                columns["samples_effective"] = points["samples"]
                columns["samples_adjusted"] = whole(adjusted, known)
                columns["devices"] = points["devices"]
                columns["tier"] = np.where(
                    shown & known & (adjusted >= SUFFICIENT_FROM), "sufficient",
                    np.where(shown, "reference", "count_only"),
                )
            for m in MEASURES:
                measure(columns, series, m, points, clusters, size, order, known, published)
    return {name: arrow(values) for name, values in columns.items()}


def shows(size, n, known, least=PUBLISH_FROM):
    enough = (np.nan_to_num(size["n_adj"]) >= least) & ~np.isnan(size["n_adj"])
    return np.where(known, enough & (size["devices"] >= PUBLISH_DEVICES), n >= least)


def measure(columns, series, m, points, clusters, size, order, known, published):
    name = m + series.suffix
    n, median = points["n", m], size[m, "median"]
    columns[f"{name}_n"] = n
    columns[f"{name}_n_adj"] = whole(np.nan_to_num(median["n_adj"]), known)
    shown = shows(median, n, known)
    means = np.where(known, np.nan_to_num(median["n_adj"]) >= MEAN_FROM, n >= MEAN_FROM)
    if series.suffix:
        shown &= published[m]
    else:
        published[m] = shown
    mean = points["sum", m] / (2e6 * n)
    uu, uuu, k, t = clusters[m]["uu"], clusters[m]["uuu"], median["k"], median["t"]
    use = (uu > 0) & (k > 1) & ~np.isnan(t) & ~np.isnan(median["n_adj"])
    error = mean * np.sqrt(median["widening"] * k / (k - 1.0) * uu) / n
    skew = uuu / (uu * np.sqrt(uu))
    ends = []
    for bend in (t - skew / 6.0, 0.0 - t - skew / 6.0):
        root = np.cbrt(1.0 + skew * bend)
        ends.append(np.where(use, mean - error * 3.0 * bend / (root * root + root + 1.0), np.nan))
    put(columns, name, "mean", mean, ends, shown & means, known)
    for level in series.levels:
        put(columns, name, level, points[level, m], order[m, level], shown, known)
    if series.benchmark(m):
        share = size[m, "share"]
        columns[f"{name}_benchmark_n"] = points["benchmark_n", m]
        p, a = share["ones"] / share["n"], share["n_adj"]
        zz = Z * Z
        centre = (p + zz / (2.0 * a)) / (1.0 + zz / a)
        half = np.sqrt(zz * (p * (1.0 - p) / a + zz / (4.0 * a * a))) / (1.0 + zz / a)
        ends = np.where(p == 0, 0.0, centre - half), np.where(p == 1, 1.0, centre + half)
        shown = shows(share, points["benchmark_n", m], known)
        put(columns, name, "share_at_benchmark", np.where(np.isnan(a), np.nan, p), ends, shown, known)


def put(columns, name, statistic, value, ends, shown, known):
    columns[f"{name}_{statistic}"] = np.where(shown, value, np.nan)
    for end, values in zip(("low", "high"), ends):
        columns[f"{name}_{statistic}_{end}"] = np.where(shown & known, values, np.nan)


def whole(values, known):
    return pa.array(values.astype(np.int64), mask=~known)


def arrow(values):
    if isinstance(values, pa.Array):
        return values
    values = np.asarray(values)
    if values.dtype.kind == "f":
        return pa.array(values, mask=np.isnan(values))
    return pa.array(values)
