"""The tables of statistics as they should be: counts from accepted tests, the rest from samples.

Quantiles are taken from sorted lists (Hyndman and Fan 1996, type 7), sums are compensated.
"""

from rules import quoted

INDICATORS = ["download_mbps", "upload_mbps", "latency_ms", "jitter_ms"]
WITH_BENCHMARK = ["download_mbps"]
QUANTILES = {"median": 0.5, "p05": 0.05, "p10": 0.1, "p90": 0.9, "p95": 0.95}
PLACE = [
    "province_code",
    "district_code",
    "district_name",
    "commune_code",
    "commune_name",
    "commune_valid_from",
]
KEYS = {
    "province": ["province_code", "province_name", "access_type"],
    "operator": ["province_code", "province_name", "operator", "access_type"],
    "operator_technology": ["province_code", "operator", "access_type", "technology"],
    "district": ["province_code", "district_code", "district_name", "access_type"],
    "commune": PLACE + ["access_type"],
    "commune_operator": PLACE + ["operator", "access_type"],
    "commune_operator_technology": PLACE + ["operator", "access_type", "technology"],
}


def rows(db, sql):
    """The result as dictionaries."""
    result = db.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


class Expected:
    """Computes tables in a connection that holds `accepted` and tables of collapsed samples."""

    def __init__(self, db, settings):
        self.db, self.settings = db, settings
        db.execute("""
            CREATE MACRO quantile_of(v, p) AS (
                v[CAST(floor((len(v) - 1) * p) AS BIGINT) + 1]
                + ((len(v) - 1) * p - floor((len(v) - 1) * p))
                * (v[CAST(ceil((len(v) - 1) * p) AS BIGINT) + 1]
                    - v[CAST(floor((len(v) - 1) * p) AS BIGINT) + 1]))""")

    def counts(self, keys, where):
        key = ", ".join(keys)
        return rows(
            self.db,
            f"""
            SELECT {key}, count(*) FILTER (is_ok) AS tests_ok, count(*) FILTER (NOT is_ok) AS tests_failed,
                count(*) FILTER (is_ok AND device_id IS NULL) AS tests_without_device,
                count(DISTINCT device_id) FILTER (is_ok) AS devices
            FROM accepted WHERE {where} GROUP BY {key}""",
        )

    def values(self, source, keys, where, prefix=""):
        """Numbers, means and quantiles of the indicators by key."""
        key = ", ".join(keys)
        lists = ", ".join(
            f"list_sort(list({i}) FILTER ({i} IS NOT NULL)) AS {i}, fsum({i}) AS {i}_sum" for i in INDICATORS
        )
        shown = []
        for i in INDICATORS:
            shown.append(f"len({i}) AS {i}_{prefix}n, {i}_sum / len({i}) AS {i}_{prefix}mean")
            shown += [f"quantile_of({i}, {p}) AS {i}_{prefix}{name}" for name, p in QUANTILES.items()]
        found = rows(
            self.db,
            f"""
            SELECT {key}, samples_effective, {', '.join(shown)}
            FROM (SELECT {key}, count(*) AS samples_effective, {lists} FROM {source} WHERE {where} GROUP BY {key})""",
        )
        return {tuple(row[k] for k in keys): row for row in found}

    def shares(self, source, keys, where):
        """Per key and indicator with a benchmark: values that have one, and those that reach it."""
        found = {}
        key = ", ".join(keys)
        pairs = self.db.execute(f"SELECT DISTINCT access_type, technology FROM {source}").fetchall()
        for i in WITH_BENCHMARK:
            goals = [(a, t, self.settings.benchmark(i, a, t)) for a, t in pairs]
            cases = "".join(
                f" WHEN access_type = {quoted(a)} AND technology {'= ' + quoted(t) if t else 'IS NULL'} THEN {goal!r}"
                for a, t, goal in goals
                if goal is not None
            )
            goal = f"CASE WHEN FALSE THEN NULL{cases} END"
            counted = self.db.execute(f"""
                SELECT {key}, count({i}) FILTER ({goal} IS NOT NULL), count(*) FILTER ({i} >= {goal})
                FROM {source} WHERE {where} GROUP BY {key}""")
            found |= {(tuple(at), i): (has, reach) for *at, has, reach in counted.fetchall()}
        return found

    def table(self, source, keys, where, raw):
        """The rows of a table as they should be."""
        limits = self.settings.statistics
        publish = limits["publish_from"]
        values, shares = self.values(source, keys, where), self.shares(source, keys, where)
        single = self.values("(SELECT * FROM accepted WHERE is_ok)", keys, where, "raw_") if raw else {}
        table = self.counts(keys, where)
        for row in table:
            at = tuple(row[k] for k in keys)
            of = values.get(at, {})
            n = row["samples_effective"] = of.get("samples_effective", 0)
            row["tier"] = (
                "sufficient"
                if n >= limits["sufficient_from"]
                else "reference" if n >= publish else "count_only"
            )
            for i in INDICATORS:
                n = row[f"{i}_n"] = of.get(f"{i}_n") or 0
                for statistic in ["mean", *QUANTILES]:
                    row[f"{i}_{statistic}"] = of[f"{i}_{statistic}"] if n and n >= publish else None
                if i in WITH_BENCHMARK:
                    has, reach = shares.get((at, i), (0, 0))
                    row[f"{i}_benchmark_n"] = has
                    row[f"{i}_share_at_benchmark"] = reach / has if has and has >= publish else None
                if raw:
                    one = single.get(at, {})
                    row[f"{i}_raw_n"] = one.get(f"{i}_raw_n") or 0
                    for statistic in ("mean", "median"):
                        row[f"{i}_raw_{statistic}"] = (
                            one[f"{i}_raw_{statistic}"] if n and n >= publish else None
                        )
        return table
