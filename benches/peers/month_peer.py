"""One run of a peer: `month_peer.py duckdb|pandas|polars|read DIR` (see month.py)."""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import month_method as method


def read(folder):
    """Decodes every column, batch by batch."""
    file = pq.ParquetFile(folder / "samples.parquet")
    rows = 0
    for batch in file.iter_batches(batch_size=131_072):
        rows += batch.num_rows
    return rows


def main():
    name, folder = sys.argv[1], Path(sys.argv[2])
    if name == "read":
        print(read(folder))
        return
    out = folder / f"out-{name}"
    out.mkdir(exist_ok=True)
    engine = __import__(f"month_{name}")
    month = engine.Month(folder)
    for table, keys in method.TABLES.items():
        finish(month, table, keys, out)


def finish(month, table, keys, out):
    """One table: points and sums from the engine, formulas here, order statistics from the engine."""
    groups = month.groups(table, keys)
    series = [method.EFFECTIVE] + ([method.RAW] if table == "operator" else [])
    found = []
    for of in series:
        points, clusters = month.estimates(table, of)
        sizes = method.sizes(points, clusters, of)
        found.append((of, points, clusters, sizes, month.order(table, of, method.positions(sizes, of))))
    result = pa.table(method.table(groups, keys, found)).sort_by([(key, "ascending") for key in keys])
    if "technology" in keys:
        place, column = result.column_names.index("technology"), result["technology"]
        result = result.set_column(place, "technology", pc.if_else(pc.equal(column, ""), None, column))
    pq.write_table(result, out / f"{table}.parquet", compression="zstd")


if __name__ == "__main__":
    main()
