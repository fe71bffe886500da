"""How tests are spread over devices, days, hours, communes and platforms: counted in plain Python."""

from collections import Counter
from math import ceil, floor

from report import compare_tables

FAMILIES = {
    "mobile": lambda access, technology: access == "mobile",
    "fixed": lambda access, technology: access == "fixed",
    "mobile_5g": lambda access, technology: access == "mobile" and technology == "5G",
}
PLATFORMS = {"android", "ios", "web", "windows", "macos", "linux"}
FIELDS = ["access_type", "technology", "operator", "device_id", "local_day", "local_hour"]
FIELDS += ["commune_code", "commune_valid_from", "platform"]


def quantile(values, p):
    """Hyndman and Fan 1996, type 7."""
    values, at = sorted(values), (len(values) - 1) * p
    low = values[floor(at)]
    return low + (at - floor(at)) * (values[ceil(at)] - low)


def check_bias(report, db, settings, bias, platforms):
    """Compares both tables with counts of the accepted tests."""
    found = db.execute(f"SELECT {', '.join(FIELDS)} FROM accepted WHERE is_ok").fetchall()
    tests = [dict(zip(FIELDS, row)) for row in found]
    publish = settings.statistics["publish_from"]
    days = (settings.until - settings.first).days
    cells, mixes = [], []
    for family, belongs in FAMILIES.items():
        of = [t for t in tests if belongs(t["access_type"], t["technology"])]
        cells.append({"family": family, "operator": None} | cell(of, publish, days))
        for operator in {t["operator"] for t in of}:
            own = [t for t in of if t["operator"] == operator]
            cells.append({"family": family, "operator": operator} | cell(own, publish, days))
        mixes += [{"family": family} | row for row in mix(of, publish)]
    for name, table, rows, keys in (
        ("bias", bias, cells, ["family", "operator"]),
        ("platforms", platforms, mixes, ["family", "platform"]),
    ):
        columns = [c for c in rows[0] if c not in keys] if rows else []
        compare_tables(report, name, table, rows, keys, columns, relative=1e-12)
        if table:
            report.equal(f"{name}: columns", set(table[0]), {*keys, *columns, "simulated"})


def cell(tests, publish, days):
    """One row of `bias`."""
    per_device = Counter(t["device_id"] for t in tests if t["device_id"] is not None)
    counts = sorted(per_device.values(), reverse=True)
    known = [t for t in tests if t["access_type"] == "fixed" and t["technology"] is not None]
    wifi = sum(t["technology"] == "wifi" for t in known)
    enough = sum(counts) >= publish
    return {
        "tests_ok": len(tests),
        "tests_without_device": len(tests) - sum(counts),
        "devices": len(counts),
        "tests_per_device_median": float(quantile(counts, 0.5)) if enough else None,
        "tests_per_device_p90": float(quantile(counts, 0.9)) if enough else None,
        "tests_per_device_max": counts[0] if enough else None,
        "most_active_share": sum(counts[: -(-len(counts) // 100)]) / sum(counts) if enough else None,
        "days_covered": len({t["local_day"] for t in tests}),
        "days_of_period": days,
        "hours_covered": len({t["local_hour"] for t in tests}),
        "communes_covered": len({(t["commune_code"], t["commune_valid_from"]) for t in tests}),
        "tests_link_known": len(known),
        "wifi_share": wifi / len(known) if len(known) >= publish else None,
    }


def mix(tests, publish):
    """The rows of `platforms` of one family."""

    def name(platform):
        if platform is None:
            return "unknown"
        return platform.lower() if platform.lower() in PLATFORMS else "other"

    by_name = {}
    for test in tests:
        by_name.setdefault(name(test["platform"]), []).append(test["device_id"])
    for platform, devices in by_name.items():
        yield {
            "platform": platform,
            "tests_ok": len(devices),
            "devices": len(set(devices) - {None}),
            "tests_share": len(devices) / len(tests) if len(tests) >= publish else None,
        }
