"""A month in DuckDB."""

import duckdb
import numpy as np
import pyarrow as pa

import month_method as method

FAMILY = " UNION ALL ".join(
    f"SELECT *, '{name}' AS family FROM {{}} WHERE {where}" for name, where in method.FAMILIES.items()
)
CEILING = "CASE technology " + " ".join(
    f"WHEN '{name}' THEN {value}" for name, value in method.CEILINGS.items()
) + f" ELSE {method.CEILING} END"


class Month:
    def __init__(self, folder):
        self.db = duckdb.connect()
        self.db.execute("SET preserve_insertion_order = false")
        self.db.execute("SET TimeZone = 'UTC'")
        samples = f"read_parquet('{folder}/samples.parquet')"
        communes = f"read_csv('{folder}/communes.csv', all_varchar = true)"
        speeds = " AND ".join(
            f"({m} IS NULL OR ({m} > 0 AND {m} <= ceiling))" for m in ("download_mbps", "upload_mbps")
        )
        self.db.execute(f"""
            CREATE TEMP TABLE passed AS
            SELECT sample_id, device_id, measured_at, access_type, technology, operator, s.commune_code,
                '00' AS province_code, COALESCE(status, 'ok') = 'ok' AS is_ok,
                CAST(measured_at + INTERVAL 7 HOUR AS DATE) AS local_day,
                CASE WHEN hour(measured_at + INTERVAL 7 HOUR) >= {method.PEAK[0]}
                    AND hour(measured_at + INTERVAL 7 HOUR) < {method.PEAK[1]} THEN 'peak' ELSE 'off_peak' END AS day_part,
                download_mbps, upload_mbps, latency_ms, jitter_ms
            FROM (SELECT *, {CEILING} AS ceiling FROM {samples}) AS s
            INNER JOIN {communes} AS c ON s.commune_code = c.commune_code
            WHERE sample_id IS NOT NULL
                AND measured_at >= TIMESTAMP '{method.PERIOD[0]}' AND measured_at < TIMESTAMP '{method.PERIOD[1]}'
                AND access_type IN ('mobile', 'fixed')
                AND (technology IS NULL OR technology IN ('2G', '3G', '4G', '5G', 'wifi', 'ethernet'))
                AND NOT (access_type = 'mobile' AND COALESCE(technology IN ('wifi', 'ethernet'), FALSE))
                AND (status IS NULL OR status IN ('ok', 'failed'))
                AND (server_country IS NULL OR upper(server_country) = 'VN')
                AND (COALESCE(status, 'ok') <> 'ok' OR (
                    {speeds}
                    AND (latency_ms IS NULL OR (latency_ms > 0 AND latency_ms <= {method.SLOWEST}))
                    AND (jitter_ms IS NULL OR (jitter_ms >= 0 AND jitter_ms <= {method.SLOWEST}))
                    AND COALESCE(download_mbps, upload_mbps, latency_ms, jitter_ms) IS NOT NULL))""")
        self.db.execute("""
            CREATE TEMP TABLE accepted AS
            WITH repeated AS (SELECT sample_id FROM passed GROUP BY sample_id HAVING count(*) > 1)
            SELECT * FROM passed ANTI JOIN repeated USING (sample_id)
            UNION ALL
            SELECT p.* FROM passed AS p SEMI JOIN repeated USING (sample_id)
            QUALIFY row_number() OVER (PARTITION BY sample_id ORDER BY measured_at, access_type,
                COALESCE(technology, ''), operator, commune_code, is_ok, COALESCE(device_id, ''),
                COALESCE(download_mbps, -1e6), COALESCE(upload_mbps, -1e6), COALESCE(latency_ms, -1e6),
                COALESCE(jitter_ms, -1e6)) = 1""")
        self.db.execute("DROP TABLE passed")
        self.db.execute("""
            CREATE TEMP TABLE tests AS
            SELECT a.* EXCLUDE (device_id, sample_id), d.cluster_no
            FROM accepted AS a
            LEFT JOIN (SELECT device_id, row_number() OVER () AS cluster_no
                FROM (SELECT DISTINCT device_id FROM accepted WHERE device_id IS NOT NULL)) AS d USING (device_id)""")
        self.db.execute("DROP TABLE accepted")
        for name, part in (("effective", ""), ("effective_day_part", ", day_part")):
            medians = ", ".join(f"median({m}) AS {m}" for m in method.MEASURES)
            raw = ", ".join(method.MEASURES)
            keys = f"province_code, commune_code, operator, access_type, technology{part}"
            self.db.execute(f"""
                CREATE TEMP TABLE {name} AS
                SELECT {keys}, cluster_no, {medians}
                FROM tests WHERE is_ok AND cluster_no IS NOT NULL
                GROUP BY {keys}, local_day, cluster_no
                UNION ALL
                SELECT {keys}, cluster_no, {raw} FROM tests WHERE is_ok AND cluster_no IS NULL""")
        for name in ("effective", "effective_day_part", "tests"):
            self.db.execute(f"CREATE TEMP VIEW {name}_by_family AS {FAMILY.replace('{}', name)}")

    def groups(self, table, keys):
        source = "tests_by_family" if "family" in keys else "tests"
        named = ", ".join(f"COALESCE({key}, '') AS {key}" for key in keys)
        self.keys, self.part = keys, "_day_part" if "day_part" in keys else ""
        self.db.execute(f"""
            CREATE OR REPLACE TEMP TABLE groups AS
            SELECT row_number() OVER (ORDER BY {", ".join(keys)}) - 1 AS g, *
            FROM (SELECT {named}, count(*) FILTER (WHERE is_ok) AS tests_ok,
                count(*) FILTER (WHERE NOT is_ok) AS tests_failed,
                count(*) FILTER (WHERE is_ok AND cluster_no IS NULL) AS tests_without_device
                FROM {source} GROUP BY ALL)""")
        found = self.db.execute("FROM groups ORDER BY g").fetchnumpy()
        self.count = len(found["g"])
        return {name: values.astype(np.int64) if name.startswith("tests") else values for name, values in found.items()}

    def estimates(self, table, series):
        samples = "tests" if series.suffix else f"effective{self.part}"
        source = f"{samples}_by_family" if "family" in self.keys else samples
        same = " AND ".join(f"COALESCE(v.{key}, '') = g.{key}" for key in self.keys)
        where = "WHERE v.is_ok" if series.suffix else ""
        self.db.execute(f"""
            CREATE OR REPLACE TEMP TABLE values_ AS
            SELECT g.g, v.cluster_no, {", ".join("v." + m for m in method.MEASURES)},
                v.access_type = '{method.GOAL_ACCESS}' AND COALESCE(v.technology = '{method.GOAL_TECHNOLOGY}', FALSE) AS has_goal
            FROM {source} AS v INNER JOIN groups AS g ON {same} {where}""")
        levels = list(series.levels.values())
        parts = []
        for m in method.MEASURES:
            parts.append(f"count({m}) AS n_{m}, sum(CAST(round({m} * 2000000) AS BIGINT)) AS sum_{m}")
            parts.append(f"quantile_cont({m}, {levels}) AS q_{m}")
        self.db.execute(f"""
            CREATE OR REPLACE TEMP TABLE points AS
            SELECT g, count(*) AS samples, count(DISTINCT cluster_no) AS devices, {", ".join(parts)}
            FROM values_ GROUP BY g""")
        points = self.aligned("SELECT g, samples, devices, " + ", ".join(
            [f"n_{m}, sum_{m}, " + ", ".join(f"q_{m}[{i + 1}] AS q{i}_{m}" for i in range(len(levels)))
             for m in method.MEASURES]) + " FROM points")
        found = {"samples": points["samples"].astype(np.int64), "devices": points["devices"].astype(np.int64)}
        for m in method.MEASURES:
            found["n", m] = points[f"n_{m}"].astype(np.int64)
            found["sum", m] = points[f"sum_{m}"]
            for i, name in enumerate(series.levels):
                found[name, m] = np.where(points[f"n_{m}"] > 0, points[f"q{i}_{m}"], np.nan)
        clusters = self.clusters(series)
        if not series.suffix:
            found["benchmark_n", "download_mbps"] = clusters["download_mbps"]["share"]["b"]
        return found, clusters

    def clusters(self, series):
        marks, sums, residuals, totals = [], [], [], []
        for m in method.MEASURES:
            marks.append(f"CASE WHEN v.{m} IS NULL THEN 0 ELSE 1 END AS b_{m}")
            marks.append(f"COALESCE(CAST(round(v.{m} * 2000000) AS BIGINT), 0) AS s_{m}")
            names = [f"b_{m}", f"s_{m}"]
            for i, name in enumerate(series.levels):
                marks.append(f"CASE WHEN v.{m} <= p.q_{m}[{i + 1}] + 1e-7 THEN 1 ELSE 0 END AS {name}_{m}")
                names.append(f"{name}_{m}")
            totals.append(f"""sum(CASE WHEN b_{m} > 0 THEN known ELSE 0 END) AS devices_{m},
                sum(CASE WHEN b_{m} > 0 THEN 1 ELSE 0 END) AS clusters_{m}, sum(b_{m}) AS b_{m}, sum(b_{m} * b_{m}) AS bb_{m},
                sum(u_{m} * u_{m}) AS uu_{m}, sum(u_{m} * u_{m} * u_{m}) AS uuu_{m}""")
            for name in series.levels:
                totals.append(f"""sum({name}_{m}) AS {name}_c_{m}, sum({name}_{m} * {name}_{m}) AS {name}_cc_{m},
                    sum({name}_{m} * b_{m}) AS {name}_cb_{m}""")
            if series.benchmark(m):
                marks.append(f"CASE WHEN v.{m} IS NOT NULL AND v.has_goal THEN 1 ELSE 0 END AS share_b")
                marks.append(f"CASE WHEN v.has_goal AND v.{m} >= {method.GOAL} THEN 1 ELSE 0 END AS share_c")
                names += ["share_b", "share_c"]
                totals.append("""sum(CASE WHEN share_b > 0 THEN known ELSE 0 END) AS share_devices,
                    sum(CASE WHEN share_b > 0 THEN 1 ELSE 0 END) AS share_clusters, sum(share_b) AS share_b_,
                    sum(share_b * share_b) AS share_bb, sum(share_c) AS share_c_, sum(share_c * share_c) AS share_cc,
                    sum(share_c * share_b) AS share_cb""")
            sums += names
            residuals.append(f"CAST(s_{m} AS DOUBLE) * p.n_{m} / NULLIF(CAST(p.sum_{m} AS DOUBLE), 0) - b_{m} AS u_{m}")
        marked = f"SELECT v.g, v.cluster_no, {', '.join(marks)} FROM values_ AS v INNER JOIN points AS p USING (g)"
        rows = self.aligned(f"""
            WITH marked AS ({marked}),
            clusters AS (
                SELECT g, 1 AS known, {", ".join(f"sum({name}) AS {name}" for name in sums)}
                FROM marked WHERE cluster_no IS NOT NULL GROUP BY g, cluster_no
                UNION ALL
                SELECT g, 0 AS known, {", ".join(sums)} FROM marked WHERE cluster_no IS NULL),
            residuals AS (SELECT c.*, {", ".join(residuals)} FROM clusters AS c INNER JOIN points AS p USING (g))
            SELECT g, {", ".join(totals)} FROM residuals GROUP BY g""")
        found = {}
        for m in method.MEASURES:
            found[m] = {"uu": rows[f"uu_{m}"], "uuu": rows[f"uuu_{m}"]}
            found[m]["all"] = {part: rows[f"{part}_{m}"].astype(np.int64) for part in ("devices", "clusters", "b", "bb")}
            for name in series.levels:
                found[m][f"{name}_ones"] = {part: rows[f"{name}_{part}_{m}"] for part in ("c", "cc", "cb")}
            if series.benchmark(m):
                found[m]["share"] = {
                    part: rows[f"share_{part}"].astype(np.int64)
                    for part in ("devices", "clusters", "bb")
                } | {"b": rows["share_b_"].astype(np.int64)}
                found[m]["share_ones"] = {"c": rows["share_c_"], "cc": rows["share_cc"], "cb": rows["share_cb"]}
        return found

    def aligned(self, sql):
        """The columns of a query, one value per group; 0 for a group that is not there."""
        rows = self.db.execute(sql).fetchnumpy()
        found = {}
        for name, values in rows.items():
            all_ = np.zeros(self.count)
            all_[rows["g"]] = np.ma.filled(values.astype(float), 0)
            found[name] = all_
        return found

    def order(self, table, series, positions):
        asked, names = {"g": np.arange(self.count)}, []
        for m in method.MEASURES:
            for name in series.levels:
                for end, ranks in zip(("low", "high"), positions[m, name]):
                    asked[f"{name}_{end}_{m}"] = ranks
                    names.append((m, name, end))
        self.db.register("asked", pa.table(asked))
        lists = ", ".join(f"list_sort(list({m}) FILTER (WHERE {m} IS NOT NULL)) AS l_{m}" for m in method.MEASURES)
        picks = ", ".join(f"l_{m}[{name}_{end}_{m}] AS {name}_{end}_{m}" for m, name, end in names)
        rows = self.db.execute(f"""
            SELECT g, {picks} FROM (SELECT g, {lists} FROM values_ GROUP BY g) INNER JOIN asked USING (g)""").fetchnumpy()
        found = {}
        for m in method.MEASURES:
            for name in series.levels:
                ends = []
                for end in ("low", "high"):
                    values = np.full(self.count, np.nan)
                    column = rows[f"{name}_{end}_{m}"]
                    values[rows["g"]] = np.ma.filled(column.astype(float), np.nan)
                    ends.append(np.where(asked[f"{name}_{end}_{m}"] > 0, values, np.nan))
                found[m, name] = tuple(ends)
        return found
