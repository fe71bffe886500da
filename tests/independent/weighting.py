"""Figures weighted by commune population: by definition, sample by sample, with numpy and scipy."""

import csv
import math

import numpy as np

from intervals import Z, t_quantile
from reference import day
from report import compare_tables
from tables import by_family

# The indicators on which operators are compared.
COMPARED = ["download_mbps"]
FIGURES = ["median", "mean"]
ENDS = ["", "_low", "_high"]
# Halves of a weight are told apart from more than half beyond this share of it.
EQUAL = 1e-9
ROUNDING = 1e-7


def inhabitants(path, settings):
    """The population of the province's communes by code and first day."""
    communes = settings.register.of_province(settings.province, settings.first, settings.until)
    found = {}
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            on, number = day(row.get("valid_from") or None), (row["population"] or "").strip()
            for commune in communes:
                fits = commune["commune_code"] == row["commune_code"].strip()
                fits = fits and (on is None or commune["valid_from"] <= on < commune["valid_to"])
                if fits and number and float(number) > 0:
                    found[commune["commune_code"], commune["valid_from"]] = int(float(number))
    return found


class Weighted:
    """Values with weights, in clusters."""

    def __init__(self, values, communes, clusters, population):
        n = len(values)
        # As many inhabitants as a sample of the commune stands for.
        samples = {commune: communes.count(commune) for commune in set(communes)}
        weights = np.array([population[c] / samples[c] for c in communes])
        self.n, self.weights = n, weights / weights.mean()
        self.values = np.array(values, float)
        known = [c for c in clusters if c is not None]
        numbers = {c: at for at, c in enumerate(dict.fromkeys(known))}
        self.devices = len(numbers)
        codes = []
        for at, cluster in enumerate(clusters):
            codes.append(numbers.setdefault(("alone", at) if cluster is None else cluster, len(numbers)))
        self.codes, self.k = np.array(codes), len(numbers)
        order = np.argsort(self.values, kind="stable")
        self.ordered = self.values[order]
        self.up_to = np.cumsum(self.weights[order]) / n
        self.kish = float(n * (self.weights**2).sum() / self.weights.sum() ** 2)
        self.settle()

    def reached(self, share):
        """The least value up to which there is so much of the weight."""
        return float(self.ordered[np.argmax(self.up_to >= share)])

    def median(self):
        return (self.reached(0.5 - EQUAL / 2) + self.reached(0.5 + EQUAL / 2)) / 2

    def squares(self, residuals):
        """The sum of squares of the weighted residuals of each cluster."""
        return float((np.bincount(self.codes, self.weights * residuals) ** 2).sum())

    def settle(self):
        """The variance of the share up to the median, beside that of n independent values."""
        marks = (self.values <= self.median() + ROUNDING).astype(float)
        share = float((self.weights * marks).sum() / self.n)
        self.spread = share * (1 - share)
        self.alike = self.own = self.squares(np.ones(self.n)) / self.n
        if not marks.all() and self.k > 1:
            variance = self.k / (self.k - 1) * self.squares(marks - share) / self.n**2
            self.own = variance / (share * (1 - share) / self.n)
        self.deff = max(self.own, self.kish)

    def floor(self, correlation, own_from):
        """Not less than groups like this one show, where few devices count."""
        if correlation is not None and self.n / self.alike < own_from:
            self.deff = max(self.deff, self.kish + (self.alike - self.kish) * correlation)

    def figures(self):
        """Median and mean with their intervals, and the adjusted size."""
        mean = float((self.weights * self.values).sum() / self.n)
        if self.devices < 2:
            return (self.median(), None, None), (mean, None, None), 0
        t = t_quantile(self.devices)
        half = t * math.sqrt(self.deff * 0.25 / self.n)
        ends = [self.reached(0.5 - half), self.reached(0.5 + half)] if half < 0.5 else [None, None]
        error = math.sqrt(self.k / (self.k - 1) * self.squares(self.values - mean)) / self.n
        error *= math.sqrt(self.deff / self.own)
        n_adj = math.floor(self.n / (self.deff * (t / Z) ** 2))
        return (self.median(), *ends), (mean, mean - t * error, mean + t * error), n_adj


def correlation(groups, publish_devices):
    """The correlation within devices that the design effects of many groups speak for."""
    used = [g for g in groups if g.devices >= publish_devices and g.spread > 0 and g.alike - g.kish > 1e-6]
    below = math.fsum(g.spread * g.n * (g.alike - g.kish) for g in used)
    return math.fsum(g.spread * g.n * (g.own - g.kish) for g in used) / below if below else None


def expected(db, settings, computed, population):
    """The rows of the table `weighted`."""
    whole, limits = sum(population.values()), settings.statistics
    key = "commune_code, commune_valid_from, cluster_no, operator"
    for indicator in COMPARED:
        found = db.execute(f"""
            SELECT family, {key}, {indicator} FROM {by_family('effective')} AS s
            WHERE {indicator} IS NOT NULL ORDER BY ALL""").fetchall()
        rows, groups = [], []
        for name in ("province", "operator"):
            for row in computed[name]:
                operator = row.get("operator")
                own = [s for s in found if s[0] == row["family"] and operator in (None, s[4])]
                used = [s for s in own if (s[1], s[2]) in population]
                communes, with_population = ({(s[1], s[2]) for s in some} for some in (own, used))
                known = row["tests_without_device"] <= limits["max_without_device_share"] * row["tests_ok"]
                places, devices = [(s[1], s[2]) for s in used], [s[3] for s in used]
                groups.append(Weighted([s[5] for s in used], places, devices, population) if used else None)
                row = {
                    "province_code": row["province_code"],
                    "family": row["family"],
                    "operator": operator,
                    "indicator": indicator,
                    "n": row[f"{indicator}_n"],
                    "communes": len(communes),
                    "n_without_population": len(own) - len(used),
                    "communes_without_population": len(communes - with_population),
                    "population_share": sum(population[c] for c in with_population) / whole if used else None,
                    "known": known,
                } | {f + end: row[f"{indicator}_{f}{end}"] for f in FIGURES for end in ENDS}
                rows.append(row)
        pooled = correlation([g for g in groups if g], limits["publish_devices"])
        for row, group in zip(rows, groups):
            yield row | weighted_row(group, row.pop("known"), pooled, limits)


def weighted_row(one, known, pooled, limits):
    """The weighted figures of a group, as far as they are published."""
    row = {f"weighted_{f}{end}": None for f in FIGURES for end in ENDS}
    row |= {"devices": 0, "design_effect": None, "n_adj": 0 if known else None}
    if one is None:
        return row
    one.floor(pooled, limits["own_deff_devices"])
    median, mean, n_adj = one.figures()
    row |= {"devices": one.devices, "design_effect": one.kish, "n_adj": n_adj if known else None}
    size = n_adj if known else one.n
    if size < limits["publish_from"] or known and one.devices < limits["publish_devices"]:
        return row
    for name, figure in (("median", median), ("mean", mean)):
        if name == "median" or size >= limits["mean_from"]:
            for end, value in zip(ENDS, figure):
                row[f"weighted_{name}{end}"] = value if known or not end else None
    return row


def check_weighting(report, db, settings, computed, file, found, t_table):
    """Compares the table with what samples and file say."""
    population = inhabitants(file, settings)
    rows = list(expected(db, settings, computed, population))
    keys = ["province_code", "family", "operator", "indicator"]
    columns = [c for c in rows[0] if c not in keys]
    compare_tables(report, "weighted", found, rows, keys, columns, relative=1e-9)
    if found:
        report.equal("weighted: columns", set(found[0]), {*keys, *columns, "simulated"})
    wrong = [r for r in t_table if abs(r["t"] / t_quantile(r["devices"]) - 1) > 1e-11]
    report.check("weighting_t", wrong)
