"""Adjusted sizes and 95 % intervals by their definitions, with numpy and scipy.

A value belongs to a cluster: those of one device, or a value without device by itself. Everything is
written as sums of residuals over clusters; roots are found by search where the program has a formula.
"""

import math
from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom, norm, t as student

TAIL = 0.025
Z = norm.ppf(1 - TAIL)


@cache
def t_quantile(devices):
    """Student's t with one degree of freedom less than there are devices."""
    return float(student.ppf(1 - TAIL, devices - 1))


class Effect:
    """How much less than its number of values a share of a group is worth."""

    def __init__(self, marks, codes, devices):
        self.n, self.ones, self.devices = len(marks), int(marks.sum()), devices
        sizes = np.bincount(codes)
        self.repeated = bool((sizes > 1).any())
        # Values alike within each cluster.
        self.alike = float((sizes.astype(float) ** 2).sum() / self.n)
        share = self.ones / self.n
        self.spread = share * (1 - share)
        self.seen = 0 < self.ones < self.n
        self.deff = self.alike
        if self.seen and len(sizes) > 1:
            totals = np.bincount(codes, marks - share)
            k = len(sizes)
            self.deff = k / (k - 1) * float((totals**2).sum()) / self.n**2 / (self.spread / self.n)
        self.floored, self.n_adj = self.deff, None

    def settle(self, correlation, own_from):
        """The adjusted size; none where a single device repeats itself."""
        if self.devices < own_from and correlation is not None:
            self.floored = max(self.deff, 1 + (self.alike - 1) * correlation)
        if not self.repeated:
            self.n_adj = self.n
        elif self.devices > 1:
            few = (t_quantile(self.devices) / Z) ** 2
            self.n_adj = math.floor(self.n / max(self.floored * few, 1.0))

    @property
    def widening(self):
        """By how much groups like this one exceed what it shows of its own variance."""
        return self.floored / self.deff if self.deff > 0 else 1.0


def correlation(effects, publish_devices):
    """The correlation within devices that the design effects of many groups speak for."""
    used = [e for e in effects if e.devices >= publish_devices and e.repeated and e.seen]
    below = math.fsum(e.spread * e.n * (e.alike - 1) for e in used)
    return math.fsum(e.spread * e.n * (e.deff - 1) for e in used) / below if below else None


@cache
def ranks(n, level):
    """The largest l with P(B < l) ≤ 0.025 and the smallest u with P(B ≥ u) ≤ 0.025, of 1..n."""
    ranks = np.arange(1, n + 1)
    low = ranks[binom.cdf(ranks - 1, n, level) <= TAIL]
    high = ranks[binom.sf(ranks - 1, n, level) <= TAIL]
    return int(low[-1]) if len(low) else None, int(high[0]) if len(high) else None


def quantile(ordered, level):
    """Hyndman and Fan 1996, type 7."""
    at = (len(ordered) - 1) * level
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (at - below) * (ordered[above] - ordered[below]))


def order_statistics(ordered, n_adj, level):
    """The values whose ranks cover a quantile, moved from n_adj to all values; None: open."""
    n, (low, high) = len(ordered), ranks(n_adj, level)
    # Whole numbers: floor and ceiling of rank * (n + 1) / (n_adj + 1).
    return (
        None if low is None else float(ordered[low * (n + 1) // (n_adj + 1) - 1]),
        None if high is None else float(ordered[-(-high * (n + 1) // (n_adj + 1)) - 1]),
    )


def wilson(share, m):
    """The shares p that lie z standard errors sqrt(p (1 - p) / m) from the observed one."""
    a, b, c = 1 + Z**2 / m, -2 * share - Z**2 / m, share**2
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    high = (root - b) / (2 * a)
    low = c / (a * high)
    return (0.0 if share == 0 else low), (1.0 if share == 1 else high)


class Mean:
    """A mean with its standard error over clusters and the skewness of that."""

    def __init__(self, values, codes, devices, widening):
        n, sizes = len(values), np.bincount(codes)
        self.mean, self.devices = math.fsum(values) / n, devices
        totals = np.bincount(codes, values - self.mean)
        squares, k = float((totals**2).sum()), len(sizes)
        # Residuals of equal values are rounding only.
        self.known = devices > 1 and squares > (1e-12 * self.mean) ** 2 * n
        if self.known:
            self.error = math.sqrt(widening * k / (k - 1) * squares) / n
            self.skewness = float((totals**3).sum()) / squares**1.5

    def interval(self):
        """Hall 1992: Student's t between the quantiles of the studentised mean without skewness."""
        if not self.known:
            return None, None
        t = t_quantile(self.devices)
        return tuple(self.mean - self.error * self.unbend(side) for side in (t, -t))

    def bend(self, studentised):
        """Hall's transformation, which takes the skewness out."""
        k, x = self.skewness, studentised
        return x + k * x**2 / 3 + k**2 * x**3 / 27 + k / 6

    def unbend(self, wanted):
        reach = 1.0
        while self.bend(-reach) > wanted or self.bend(reach) < wanted:
            reach *= 2
        return brentq(lambda x: self.bend(x) - wanted, -reach, reach, xtol=1e-14, rtol=1e-15)

    def p_value(self, benchmark, worse):
        """Probability of a mean so far on the wrong side when the benchmark is the true one."""
        bent = self.bend((self.mean - benchmark) / self.error)
        distribution = student(self.devices - 1)
        return float(distribution.cdf(bent) if worse == "low" else distribution.sf(bent))
