#!/usr/bin/env python3
"""How often the interval of the weighted median covers the true one, for dependent samples.

    VENV/bin/python tests/independent/weighting_simulation.py [--repeats N]

Communes of unequal population and level; devices are spread over them regardless of population, each
with 1 to 20 samples. Speeds are log-normal (log-sd 0.8), partly that of the device. The truth is the
median over inhabitants of the communes. A case is published only where n_adj is at least 30, as in the
program; the shares are among the published ones.
"""

import argparse

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from weighting import Weighted, correlation

LOG_SD = 0.8
LEVEL_SD = 0.3
PUBLISH_FROM = 30
OWN_DEFF_DEVICES = 50


def truth(population, levels):
    """The value that half of the inhabitants stay below."""
    shares = population / population.sum()
    below = lambda x: float((shares * norm.cdf((x - levels) / LOG_SD)).sum()) - 0.5
    return np.exp(brentq(below, levels.min() - 5, levels.max() + 5))


def case(random, devices, communes, correlation):
    """One month of a province of its own, and its true median."""
    population = np.round(np.exp(random.normal(9.5, 0.6, communes)))
    levels = np.log(50) + random.normal(0, LEVEL_SD, communes)
    # Every commune has a device; the others go where they like.
    popular = random.dirichlet(np.ones(communes))
    places = np.concatenate([np.arange(communes), random.choice(communes, devices - communes, p=popular)])
    days = random.integers(1, 21, devices)
    whose = np.repeat(np.arange(devices), days)
    own = random.normal(0, LOG_SD * correlation**0.5, devices)[whose]
    noise = random.normal(0, LOG_SD * (1 - correlation) ** 0.5, len(whose))
    values = np.exp(levels[places[whose]] + own + noise)
    inhabitants = dict(enumerate(population))
    one = Weighted(values, places[whose].tolist(), whose.tolist(), inhabitants)
    return one, truth(population, levels)


def covered(random, devices, communes, within, repeats):
    """Shares of repeats that are published, and of these that cover; the mean design effect."""
    cases = [case(random, devices, communes, within) for _ in range(repeats)]
    pooled = correlation([one for one, _ in cases], 5)
    published = hits = 0
    for one, middle in cases:
        one.floor(pooled, OWN_DEFF_DEVICES)
        (_, low, high), _, n_adj = one.figures()
        if n_adj >= PUBLISH_FROM:
            published += 1
            hits += low <= middle <= high
    return published / repeats, hits / max(published, 1), float(np.mean([one.kish for one, _ in cases]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=1000)
    repeats = parser.parse_args().repeats
    random = np.random.default_rng(20251001)
    print("devices communes correlation  published  covered  design effect")
    for devices, communes in ((30, 5), (60, 3), (60, 10), (100, 20), (300, 60)):
        for within in (0.2, 0.5, 0.7):
            share, hit, effect = covered(random, devices, communes, within, repeats)
            print(f"{devices:7} {communes:8} {within:11} {share:10.1%} {hit:8.1%} {effect:14.2f}", flush=True)


if __name__ == "__main__":
    main()
