"""Comparisons of operators by their definitions, with numpy and scipy.

Every device of an operator weighs the same, however many samples it has: θ is how often a random sample
of a random device of B is higher than one of A, ties counted half. A device has one placement: how often
it is higher than the other operator. The placements give variance and Satterthwaite's degrees of freedom
(Brunner and Munzel 2000), a device of both operators one term with its two. The variance is carried to
θ = ½ by the bound θ (1 − θ). Strata are communes by technology; their variance comes from computing
everything again without each device. Where scipy has the same test, it gives the same.
"""

import math
import unicodedata
from itertools import combinations

import numpy as np
from scipy.stats import brunnermunzel, t as student

from intervals import Z, wilson
from reference import TONES
from report import compare_tables, same
from rules import quoted
from tables import by_family, rows

# The indicators that operators are compared on, and which end of them is bad.
COMPARED = {"download_mbps": "low"}
LEVEL = 0.05
KEYS = ["indicator", "family", "commune_code", "commune_valid_from", "operator_a", "operator_b"]
EVIDENCE = ["median_a", "median_b", "probability_b_higher", "probability_b_higher_low", "probability_b_higher_high"]
EVIDENCE += ["statistic", "df", "p_value", "p_adjusted", "strata", "strata_b_higher", "strata_p_value"]
EVIDENCE += ["p_without_most_active", "significant", "medians_agree", "strata_agree", "holds_without_most_active"]
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"


class Devices:
    """The values of devices; every device weighs the same."""

    def __init__(self, clusters, values):
        self.clusters, self.codes, sizes = np.unique(
            np.array(clusters, int), return_inverse=True, return_counts=True
        )
        self.values, self.n = np.array(values, float), len(self.clusters)
        self.weights = np.longdouble(1) / sizes[self.codes]

    def placements(self, others):
        """For each device how often another one is lower, ties counted half."""
        order = np.argsort(others.values)
        ordered, total = others.values[order], np.append(0, np.cumsum(others.weights[order]))
        below, upto = (total[np.searchsorted(ordered, self.values, side)] for side in ("left", "right"))
        share = (below + upto) / 2 / others.n
        placements = np.zeros(self.n, np.longdouble)
        np.add.at(placements, self.codes, share * self.weights)
        return placements.astype(float)

    def of(self, cluster):
        """The values of one device."""
        return self.values[self.clusters[self.codes] == cluster]

    def medians(self, clusters):
        return [float(np.median(self.of(cluster))) for cluster in clusters]


def estimate(x, y):
    """θ, its variance by kinds of devices (of one operator, of the other, of both), and their numbers."""
    of_x, of_y = x.placements(y), y.placements(x)
    terms = {}
    for side, devices, placements, sign in ((0, x, of_x, -1), (1, y, of_y, 1)):
        scaled = sign * (placements - placements.mean()) / math.sqrt(devices.n * (devices.n - 1))
        for cluster, term in zip(devices.clusters, scaled):
            terms.setdefault(int(cluster), {})[side] = term
    kinds = {}
    for parts in terms.values():
        kinds.setdefault(tuple(parts), []).append(sum(parts.values()))
    return float(of_y.mean()), [(math.fsum(c * c for c in of), len(of)) for of in kinds.values()]


def degrees(kinds):
    """Satterthwaite 1946."""
    return sum(v for v, _ in kinds) ** 2 / sum(v * v / max(k - 1, 1) for v, k in kinds)


def behrens_fisher(x, y):
    """The test of θ = ½; none with a single device."""
    if min(x.n, y.n) < 2:
        return None
    theta, kinds = estimate(x, y)
    bound, variance = 4 * theta * (1 - theta), sum(v for v, _ in kinds)
    # What one pair of devices in reverse order leaves.
    least, df = 1 / (2 * x.n * y.n), min(x.n, y.n) - 1
    if bound > 0 and variance / bound > least:
        carried, df = variance / bound, degrees(kinds)
    else:
        carried = least
    statistic = (theta - 0.5) / math.sqrt(carried)
    # (θ̂ − θ)² = t² · variance · 4θ (1 − θ) is the equation of a share with its standard error.
    low, high = wilson(theta, Z**2 / (4 * carried * student.ppf(1 - LEVEL / 2, df) ** 2))
    p_value = float(2 * student.sf(abs(statistic), df))
    return {"theta": theta, "low": low, "high": high, "statistic": statistic, "df": df, "p_value": p_value}


class Stratum:
    """How the devices of both operators compare in one commune and technology."""

    def __init__(self, x, y):
        self.n, self.m = x.n, y.n
        # Pairs of devices in which B is higher, more than half of them: of all, and those of each device.
        self.rows = dict(zip(x.clusters.tolist(), y.n * (0.5 - x.placements(y))))
        self.columns = dict(zip(y.clusters.tolist(), x.n * (y.placements(x) - 0.5)))
        self.excess = math.fsum(self.columns.values())
        self.corners = {
            c: float(np.sign(y.of(c)[None, :] - x.of(c)[:, None]).mean()) / 2
            for c in self.rows.keys() & self.columns.keys()
        }

    def without(self, cluster=None):
        """Excess and weight, as they add up over strata (van Elteren 1960), without a device."""
        n, m = self.n - (cluster in self.rows), self.m - (cluster in self.columns)
        if not n * m:
            return np.zeros(2)
        gone = (of.get(cluster, 0.0) for of in (self.rows, self.columns))
        excess = self.excess - sum(gone) + self.corners.get(cluster, 0.0)
        return np.array([excess / (n + m), n * m / (n + m)])


def stratified(x, y):
    """θ within strata with its variance at θ = ½, and the number of strata that both have."""
    strata = [Stratum(x[s], y[s]) for s in sorted(x.keys() & y.keys())]
    if not strata:
        return None
    whole = sum(s.without() for s in strata)
    where = {}
    for s in strata:
        for cluster in s.rows.keys() | s.columns.keys():
            where.setdefault(cluster, []).append(s)
    left = []
    for cluster, those in where.items():
        excess, weight = whole + sum(s.without(cluster) - s.without() for s in those)
        left.append(excess / weight if weight > 1e-9 else 0.0)
    theta, k = float(0.5 + whole[0] / whole[1]), len(left)
    variance, bound = np.var(left) * (k - 1), 4 * theta * (1 - theta)
    if variance < 1e-24:
        # Nothing but rounding: as if one pair of each stratum were reversed.
        carried = sum(s.without()[1] ** 2 / (2 * s.n * s.m) for s in strata) / whole[1] ** 2
    else:
        carried = variance / bound if bound > 0 else math.inf
    return theta, carried, len(strata)


class Operator:
    """The samples of an operator in a scope."""

    def __init__(self, samples, n_adj):
        known = [s for s in samples if s["cluster_no"] is not None]
        self.devices, tests, strata = self.of(known), {}, {}
        for s in known:
            tests[s["cluster_no"]] = tests.get(s["cluster_no"], 0) + s["tests"]
            place = s["commune_code"], s["commune_valid_from"], s["technology"] or ""
            strata.setdefault(place, []).append(s)
        self.strata = {place: self.of(those) for place, those in strata.items()}
        ranked = sorted(tests, key=lambda c: (-tests[c], c))
        gone = set(ranked[: -(-len(ranked) // 100)])
        self.less_active = self.of([s for s in known if s["cluster_no"] not in gone])
        self.size = len(samples) if n_adj is None else n_adj
        alone = sum(s["tests"] for s in samples if s["cluster_no"] is None)
        self.without_device = alone / sum(s["tests"] for s in samples)
        self.median = float(np.median([s["value"] for s in samples]))

    @staticmethod
    def of(samples):
        return Devices([s["cluster_no"] for s in samples], [s["value"] for s in samples])

    def obstacle(self, limits):
        """Why it cannot be compared."""
        if self.without_device > limits["max_without_device_share"]:
            return "without_device"
        if self.size < limits["publish_from"]:
            return "count_only"
        return "too_few_devices" if self.devices.n < limits["compare_devices"] else None


def holm(p_values):
    """Holm 1979: the lowest times how many there are, the next times one less, never falling."""
    order = np.argsort(p_values, kind="stable")
    stepped = np.array(p_values)[order] * np.arange(len(order), 0, -1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return adjusted.tolist()


def dictionary(name):
    """The order of a Vietnamese dictionary: letters, then the tones of otherwise equal words."""
    letters, tones = [], []
    for c in unicodedata.normalize("NFC", name).lower():
        marks = unicodedata.normalize("NFD", c)
        letter = unicodedata.normalize("NFC", "".join(m for m in marks if m not in TONES))
        letters.append((1, ALPHABET.index(letter)) if letter in ALPHABET else (0 if letter.isascii() else 2, ord(letter)))
        tones.append(max((TONES.index(m) + 1 for m in marks if m in TONES), default=0))
    return letters, tones


class Comparisons:
    """Every pair of operators of every scope; `tables` are those of statistics."""

    def __init__(self, db, settings, tables):
        self.db, self.settings, self.limits = db, settings, settings.statistics
        communes = settings.register.of_province(settings.province, settings.first, settings.until)
        self.names = {(c["commune_code"], c["valid_from"]): c["commune_name"] for c in communes}
        self.sizes = {}
        for name, place in (("operator", []), ("commune_operator", ["commune_code", "commune_valid_from"])):
            for row in tables[name]:
                for indicator in COMPARED:
                    at = tuple(row[key] for key in place) or (None, None)
                    self.sizes[indicator, row["family"], *at, row["operator"]] = row[f"{indicator}_n_adj"]
        self.pairs = [pair for scope, of in self.scopes() for pair in self.of_scope(scope, of)]
        self.correct()

    def scopes(self):
        """The province, and communes with operators that have enough samples; their samples by operator."""
        found = {}
        for indicator in COMPARED:
            samples = rows(self.db, f"""
                SELECT *, {indicator} AS value FROM {by_family("effective")} WHERE {indicator} IS NOT NULL
                    AND operator <> {quoted(self.settings.operators.unknown)} ORDER BY ALL""")
            for s in samples:
                for at in ((None, None), (s["commune_code"], s["commune_valid_from"])):
                    scope = indicator, s["family"], *at
                    enough = (self.sizes.get((*scope, s["operator"])) or 0) >= self.limits["compare_commune_from"]
                    if at == (None, None) or enough:
                        found.setdefault(scope, {}).setdefault(s["operator"], []).append(s)
        return sorted(found.items(), key=lambda item: [str(part or "") for part in item[0]])

    def of_scope(self, scope, samples):
        operators = {
            name: Operator(samples[name], self.sizes.get((*scope, name))) for name in sorted(samples, key=dictionary)
        }
        for a, b in combinations(operators, 2):
            yield self.pair(scope, a, b, operators[a], operators[b])

    def pair(self, scope, a, b, x, y):
        """A row as far as it can be known without all others."""
        row = dict.fromkeys(EVIDENCE) | dict(zip(KEYS, (*scope, a, b)))
        row |= {"commune_name": self.names.get(scope[2:]), "sides": (x, y), "verdict": "not_comparable"}
        row |= {"devices_a": x.devices.n, "devices_b": y.devices.n}
        row |= {"without_device_share_a": x.without_device, "without_device_share_b": y.without_device}
        row["reason"] = x.obstacle(self.limits) or y.obstacle(self.limits)
        row["test"] = None if row["reason"] else behrens_fisher(x.devices, y.devices)
        if row["test"]:
            row["less"] = behrens_fisher(x.less_active, y.less_active)
            row["within"] = stratified(x.strata, y.strata)
        elif not row["reason"]:
            row["reason"] = "too_few_devices"
        return row

    def correct(self):
        """p-values over all tested pairs of the document, and what follows from them."""
        tested = [row for row in self.pairs if row["test"]]
        adjusted = holm([row["test"]["p_value"] for row in tested])
        less = holm([row["less"]["p_value"] if row["less"] else 1.0 for row in tested])
        for row, p_adjusted, p_less in zip(tested, adjusted, less):
            row["p_adjusted"] = p_adjusted
            row["p_without_most_active"] = p_less if row["less"] else None
            self.conclude(row)

    def conclude(self, row):
        test, less, (x, y) = row["test"], row["less"], row["sides"]
        # Half of all pairs is no direction.
        direction = np.sign(round(test["theta"] - 0.5, 12))
        row |= {"median_a": x.median, "median_b": y.median, "probability_b_higher": test["theta"]}
        row |= {"probability_b_higher_low": test["low"], "probability_b_higher_high": test["high"]}
        row |= {key: test[key] for key in ("statistic", "df", "p_value")}
        row["strata"] = 0
        if row["within"]:
            row["strata_b_higher"], variance, row["strata"] = row["within"]
            z = direction * (row["strata_b_higher"] - 0.5) / math.sqrt(variance)
            row["strata_p_value"] = float(student.sf(z, test["df"]))
        row["significant"] = row["p_adjusted"] < LEVEL
        row["medians_agree"] = bool(direction * (y.median - x.median) > 0)
        row["strata_agree"] = bool(row["within"]) and row["strata_p_value"] < LEVEL
        row["holds_without_most_active"] = bool(
            less and row["p_without_most_active"] < LEVEL and direction * (less["theta"] - 0.5) > 0
        )
        conditions = {
            "significant": "not_significant",
            "medians_agree": "medians_disagree",
            "strata_agree": "strata_disagree",
            "holds_without_most_active": "most_active_decide",
        }
        row["reason"] = next((reason for name, reason in conditions.items() if not row[name]), None)
        b_better = (direction > 0) == (COMPARED[row["indicator"]] == "low")
        row["verdict"] = "equivalent" if row["reason"] else "b_better" if b_better else "a_better"


def as_scipy(row):
    """Differences from scipy's test on one value of each device that has one operator only."""
    x, y = (side.devices for side in row["sides"])
    alone = np.setxor1d(x.clusters, y.clusters)
    values = [side.medians(np.intersect1d(side.clusters, alone)) for side in (x, y)]
    if min(map(len, values)) < 2:
        return
    theta, kinds = estimate(*(Devices(range(start, start + len(v)), v) for start, v in zip((0, 10**9), values)))
    variance = sum(v for v, _ in kinds)
    if variance < 1e-24:
        return
    statistic, scipys = (theta - 0.5) / math.sqrt(variance), brunnermunzel(*values)
    p_value = float(2 * student.sf(abs(statistic), degrees(kinds)))
    for name, ours, theirs in (("statistic", statistic, scipys.statistic), ("p", p_value, scipys.pvalue)):
        if not same(ours, float(theirs), relative=1e-9):
            yield f"{[row[key] for key in KEYS]}: {name} {ours!r}, scipy {theirs!r}"


def check_comparisons(report, db, settings, tables, found):
    """The table `comparisons`, from the samples of the bundle (`effective`)."""
    expected = Comparisons(db, settings, tables).pairs
    report.check("comparisons: as scipy's test", [d for row in expected if row["test"] for d in as_scipy(row)])
    order = [[row[key] for key in KEYS] for row in expected]
    report.equal("comparisons: order", [[row[key] for key in KEYS] for row in found], order)
    columns = ["commune_name", "verdict", "reason", "devices_a", "devices_b"]
    columns += ["without_device_share_a", "without_device_share_b", *EVIDENCE]
    if found:
        report.equal("comparisons: columns", set(found[0]), {*KEYS, *columns, "simulated"})
    compare_tables(report, "comparisons", found, expected, KEYS, columns, relative=1e-9)
