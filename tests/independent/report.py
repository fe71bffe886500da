"""Collects what was checked, prints what differs, and says how many checks passed and failed."""

import math
import sys

SHOWN = 10


class Report:
    """Checks by name; each passes or fails once, with examples of what differs."""

    def __init__(self):
        self.passed = 0
        self.failed = []

    def check(self, name, differences):
        """Passes when there are no differences; otherwise keeps the first few."""
        differences = list(differences)
        if differences:
            self.failed.append((name, differences))
        else:
            self.passed += 1

    def equal(self, name, found, expected):
        """One value against another, exactly."""
        self.check(name, [] if found == expected else [f"found {found!r}, expected {expected!r}"])

    def end(self):
        """Prints everything and gives the exit code."""
        for name, differences in self.failed:
            print(f"FAILED {name}: {len(differences)} difference(s)")
            for difference in differences[:SHOWN]:
                print(f"    {difference}")
            if len(differences) > SHOWN:
                print(f"    and {len(differences) - SHOWN} more")
        print(f"{self.passed} passed, {len(self.failed)} failed")
        sys.stdout.flush()
        return 1 if self.failed or self.passed == 0 else 0


def same(found, expected, relative=0.0, absolute=0.0):
    """Equal; numbers that are no integers within the larger of the two tolerances."""
    if found is None or expected is None:
        return found is expected
    if isinstance(found, float) or isinstance(expected, float):
        found, expected = float(found), float(expected)
        if math.isnan(found) or math.isnan(expected):
            return False
        return abs(found - expected) <= max(absolute, relative * max(abs(found), abs(expected)))
    return type(found) is type(expected) and found == expected


def compare_tables(report, name, found, expected, keys, columns, relative=0.0, absolute=0.0):
    """Rows (dictionaries) by key: the same keys once each, and the same values, one check a column."""
    by_key = {}
    repeated = []
    for row in found:
        key = tuple(row[column] for column in keys)
        if key in by_key:
            repeated.append(f"key {key} occurs twice")
        by_key[key] = row
    wanted = {tuple(row[column] for column in keys): row for row in expected}
    missing = [f"row {key} is missing" for key in wanted if key not in by_key]
    extra = [f"row {key} should not be there" for key in by_key if key not in wanted]
    report.check(f"{name}: rows", repeated + missing + extra)
    for column in columns:
        if by_key and column not in next(iter(by_key.values())):
            report.check(f"{name}.{column}", ["no such column"])
            continue
        report.check(
            f"{name}.{column}",
            (
                f"{key}: found {by_key[key][column]!r}, expected {row[column]!r}"
                for key, row in wanted.items()
                if key in by_key and not same(by_key[key][column], row[column], relative, absolute)
            ),
        )
