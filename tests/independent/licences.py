#!/usr/bin/env python3
"""Holds the licences and sources of all dependencies against `.deny.toml`, and their list up to date.

    python3 tests/independent/licences.py .ci/dependencies.csv           # exits with 1 on any difference
    python3 tests/independent/licences.py --write .ci/dependencies.csv   # writes the list anew

It does what `cargo deny check licenses bans sources` does, from what `cargo metadata` says, where that
program is not installed. Advisories are not looked at: their data base has to be fetched. Listed is what
is compiled into the program on Linux, checked is everything in `Cargo.lock`.
"""

import csv
import io
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

PLATFORM = "x86_64-unknown-linux-gnu"


def metadata(*options):
    command = ["cargo", "metadata", "--format-version", "1", "--locked", *options]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def allowed(expression, licences):
    """Whether an SPDX expression can be met with these licences; `/` is an old way to write OR."""
    tokens = re.findall(r"[()]|[^\s()/]+|/", expression)

    def either():
        found = both()
        while tokens and tokens[0] in ("OR", "/"):
            tokens.pop(0)
            found = both() or found
        return found

    def both():
        found = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            found = one() and found
        return found

    def one():
        if tokens[0] == "(":
            tokens.pop(0)
            found = either()
            tokens.pop(0)
            return found
        name = tokens.pop(0)
        if tokens and tokens[0] == "WITH":
            name = f"{name} WITH {tokens.pop(1)}"
            tokens.pop(0)
        return name in licences

    return either()


def problems(packages, licences):
    for package in packages:
        name = f"{package['name']} {package['version']}"
        if not package["license"]:
            yield f"{name} names no licence"
        elif not allowed(package["license"], licences):
            yield f"{name} has the licence {package['license']}, which .deny.toml does not allow"
        source = package["source"]
        if source and not source.startswith("registry+"):
            yield f"{name} comes from {source}, not from the registry"
        if source is None:
            wild = [d["name"] for d in package["dependencies"] if d["req"] == "*"]
            yield from (f"{name} takes any version of {other}" for other in wild)


def shipped(everything):
    """The packages that the program is compiled of, without those of tests."""
    nodes = {node["id"]: node for node in everything["resolve"]["nodes"]}
    reached, waiting = set(), [everything["resolve"]["root"]]
    while waiting:
        identifier = waiting.pop()
        if identifier not in reached:
            reached.add(identifier)
            for dependency in nodes[identifier]["deps"]:
                if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                    waiting.append(dependency["pkg"])
    reached.discard(everything["resolve"]["root"])
    return [package for package in everything["packages"] if package["id"] in reached]


def listed(packages):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["name", "version", "licence"])
    writer.writerows(sorted([p["name"], p["version"], p["license"] or ""] for p in packages))
    return text.getvalue()


def self_test():
    licences = {"MIT", "Apache-2.0 WITH LLVM-exception", "ISC"}
    for expression, expected in [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT/GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(GPL-3.0-only OR MIT) AND ISC", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("Apache-2.0", False),
        ("GPL-3.0-only OR MIT AND ISC", True),
        ("MIT OR ISC AND GPL-3.0-only", True),
    ]:
        assert allowed(expression, licences) == expected, expression


def main():
    self_test()
    path = Path(sys.argv[-1])
    licences = set(tomllib.loads(Path(".deny.toml").read_text())["licenses"]["allow"])
    found = list(problems(metadata()["packages"], licences))
    dependencies = listed(shipped(metadata("--filter-platform", PLATFORM)))
    if "--write" in sys.argv:
        path.write_text(dependencies)
    elif not path.is_file() or path.read_text() != dependencies:
        found.append(f"{path} is not up to date: write it anew with --write")
    for problem in found:
        print(problem)
    print(f"{dependencies.count(chr(10)) - 1} dependencies, {len(found)} problems")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
