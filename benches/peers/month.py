#!/usr/bin/env python3
"""A month through the heavy stages, here and in DuckDB, pandas and Polars, in turn and compared.

    python3 -m venv VENV && VENV/bin/pip install duckdb pandas polars pyarrow numpy scipy
    cargo bench --bench month --no-run       # says where the program lies
    VENV/bin/python benches/peers/month.py --program target/release/deps/month-… --rows 10000000
        [--folder DIR] [--rounds 5] [--peers duckdb,pandas,polars,read] [--keep]

Every peer does the same: the rules of the contract on these columns, one row per id, the median per device,
place, operator, access type, technology and day, all nine tables with their quantiles, sums over devices,
adjusted sizes and intervals, written as Parquet. Answers are compared before any time counts: counts must
be equal, other numbers to 1e-9 relative. `read` decodes all columns and does nothing else. Each run is a
process of its own; memory is the largest resident set that the system saw (`ru_maxrss`).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent
TABLES = (
    "province",
    "province_technology",
    "operator",
    "operator_technology",
    "commune",
    "commune_operator",
    "commune_operator_technology",
    "operator_day_part",
)


def child(command):
    """Runs a command; gives its last line, wall seconds, CPU seconds and peak memory in MB."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        sys.exit(f"{command} failed with status {status}\n{output}")
    last = output.strip().splitlines()[-1] if output.strip() else ""
    return last, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def compare(ours, theirs):
    """What differs between two folders of tables."""
    problems, cells = [], 0
    for name in TABLES:
        a, b = pq.read_table(ours / f"{name}.parquet"), pq.read_table(theirs / f"{name}.parquet")
        if a.num_rows != b.num_rows:
            problems.append(f"{name}: {a.num_rows} rows, {b.num_rows} theirs")
            continue
        for column in b.column_names:
            for row, (x, y) in enumerate(zip(a[column].to_pylist(), b[column].to_pylist())):
                cells += 1
                close = isinstance(x, float) and isinstance(y, float)
                if x != y and not (close and abs(x - y) <= 1e-9 * max(abs(x), abs(y))):
                    problems.append(f"{name}.{column} row {row}: {x}, {y} theirs")
                    break
    return problems, cells


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", default="duckdb,pandas,polars,read")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="month-"))
    if not (folder / "samples.parquet").exists():
        child([options.program, "generate", str(folder), str(options.rows)])
    names = ["ispeed-report", *options.peers.split(",")]
    times, peaks, cpus = ({name: [] for name in names} for _ in range(3))
    for turn in range(options.rounds):
        for name in names:
            if name == "ispeed-report":
                command = [options.program, "run", str(folder)]
            else:
                command = [sys.executable, str(HERE / "month_peer.py"), name, str(folder)]
            last, seconds, cpu, peak = child(command)
            times[name].append(seconds)
            cpus[name].append(cpu)
            peaks[name].append(peak)
            print(f"{turn + 1} {name}: {seconds:.2f} s, CPU {cpu:.1f} s, {peak:.0f} MB {last}", flush=True)
            if turn == 0 and name not in ("ispeed-report", "read"):
                problems, cells = compare(folder / "out", folder / f"out-{name}")
                print(f"  {cells} cells compared, {len(problems)} differ", *problems[:10], sep="\n  ")
                if problems:
                    sys.exit(1)
    ours = statistics.median(times["ispeed-report"])
    print(f"\n{options.rows} rows, median of {options.rounds}, {os.cpu_count()} cores\n")
    print("| | seconds | times ours | CPU seconds | peak MB | of ours |\n|---|---|---|---|---|---|")
    for name in names:
        seconds, peak = statistics.median(times[name]), max(peaks[name])
        print(
            f"| {name} | {seconds:.2f} | {seconds / ours:.2f} | {statistics.median(cpus[name]):.1f} "
            f"| {peak:.0f} | {peak / max(peaks['ispeed-report']):.2f} |"
        )


if __name__ == "__main__":
    main()
