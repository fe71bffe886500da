"""The inputs of the coverage queries as the configuration, the hamlets and the tests make them."""

from collections import defaultdict

from report import compare_tables
from rules import quoted
from tables import rows

# Half a millionth of a degree is more than rounding, and less than a step of the grid.
STEP = 5e-7


def check_inputs(report, db, folder, expected):
    """`expected`: evidence as coverage.py finds it, with limits, places and the days of devices."""
    limits, places = expected.limits, expected.places

    def compare(name, wanted, keys):
        found = rows(db, f"SELECT * FROM read_parquet({quoted(folder / f'coverage_{name}.parquet')})")
        columns = sorted({c for row in found + wanted for c in row} - set(keys))
        compare_tables(report, f"coverage_{name}", found, wanted, keys, columns, relative=1e-9)

    compare("parameters", [parameters(limits, places.side)], ["cell_microdegrees"])
    levels = limits["signal"]["levels"].items()
    compare("levels", [{"technology": t, "level_dbm": float(dbm)} for t, dbm in levels], ["technology"])
    hamlets = sorted(
        (code, name, at, radius) for code, those in places.hamlets.items() for name, at, radius in those
    )
    listed = [hamlet(number + 1, places, *h) for number, h in enumerate(hamlets)]
    compare("hamlets", listed, ["hamlet_no"])
    named = [
        (h["hamlet_no"], (h["cell_y"], h["cell_x"]), "hamlet", name, at)
        for h, (_, name, at, _) in zip(listed, hamlets)
    ]
    named += [(0, cell, "cell", *found) for cell, found in cells(expected).items()]
    columns = ("hamlet_no", "cell_y", "cell_x", "place_kind", "place", "latitude", "longitude")
    wanted = [dict(zip(columns, (number, *cell, kind, name, *at))) for number, cell, kind, name, at in named]
    compare("places", wanted, ["hamlet_no", "cell_y", "cell_x"])
    reach(report, db, folder, places, listed)


def parameters(limits, side):
    """The limits of each kind of evidence in one row."""
    row = {"z": 1.959963984540054, "cell_degrees": side / 1e6, "cell_microdegrees": side}
    for kind in ("failures", "fallback"):
        row |= {f"{kind}_{key}": limits[kind][key] for key in ("tests", "devices", "days", "share")}
    row |= {f"signal_{key}": limits["signal"][key] for key in ("samples", "devices", "quantile")}
    return row | {f"absence_{key}": limits["absence"][key] for key in ("devices", "probability")}


def hamlet(number, places, code, name, at, radius):
    """A hamlet, numbered in the order of commune and name."""
    latitude, longitude = places.metres(at[0])
    y, x = places.cell(*at)
    row = {"hamlet_no": number, "commune_code": code, "latitude": at[0], "longitude": at[1], "radius_m": radius}
    return row | {"metres_per_latitude": latitude, "metres_per_longitude": longitude, "cell_y": y, "cell_x": x}


def cells(expected):
    """Name and middle of the cells in which three devices tested outside hamlets."""
    devices, found = defaultdict(set), {}
    for (place, _), days in expected.days.items():
        if place[2] == "cell":
            cell = expected.cells[place]
            devices[cell] |= {device for device, _ in days if device is not None}
            found[cell] = place[3], expected.middles[place]
    return {cell: found[cell] for cell, those in devices.items() if len(those) >= 3}


def reach(report, db, folder, places, hamlets):
    """Every cell that the circle of a hamlet touches is sought, and none that is far from it."""
    path = folder / "coverage_hamlet_cells.parquet"
    given = {(r["hamlet_no"], r["grid_y"], r["grid_x"]) for r in rows(db, f"SELECT * FROM read_parquet({quoted(path)})")}
    wanted, allowed = set(), set()
    for h in hamlets:
        dy, dx = h["radius_m"] / h["metres_per_latitude"], h["radius_m"] / h["metres_per_longitude"]
        low = places.cell(h["latitude"] - dy, h["longitude"] - dx)
        high = places.cell(h["latitude"] + dy, h["longitude"] + dx)
        for y in range(low[0] - 1, high[0] + 2):
            for x in range(low[1] - 1, high[1] + 2):
                allowed.add((h["hamlet_no"], y, x))
                if touches(places, h, y, x):
                    wanted.add((h["hamlet_no"], y, x))
    report.check("coverage_hamlet_cells: every cell in reach", sorted(wanted - given))
    report.check("coverage_hamlet_cells: none out of reach", sorted(given - allowed))


def touches(places, h, y, x):
    """Whether a cell has a point in the circle: the one nearest to its centre."""
    side = places.side / 1e6
    near = []
    for at, index in ((h["latitude"], y), (h["longitude"], x)):
        near.append(min(max(at, index * side), (index + 1) * side - STEP) - at)
    north, east = near[0] * h["metres_per_latitude"], near[1] * h["metres_per_longitude"]
    return north * north + east * east <= h["radius_m"] ** 2
