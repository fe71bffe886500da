"""A month in Polars for Python."""

import numpy as np
import polars as pl

import month_method as method


class Month:
    def __init__(self, folder):
        codes = pl.read_csv(folder / "communes.csv", infer_schema_length=0)["commune_code"]
        ok = pl.col("status").fill_null("ok") == "ok"
        technology = pl.col("technology")
        ceiling = technology.replace_strict(method.CEILINGS, default=method.CEILING).fill_null(method.CEILING)
        within = lambda m, low, high: pl.col(m).is_null() | (low & (pl.col(m) <= high))
        good = pl.any_horizontal([pl.col(m).is_not_null() for m in method.MEASURES])
        for m in ("download_mbps", "upload_mbps"):
            good &= within(m, pl.col(m) > 0, ceiling)
        good &= within("latency_ms", pl.col("latency_ms") > 0, method.SLOWEST)
        good &= within("jitter_ms", pl.col("jitter_ms") >= 0, method.SLOWEST)
        link = technology.is_in(["wifi", "ethernet"]).fill_null(False)
        at = pl.col("measured_at").dt.replace_time_zone(None)
        period = [pl.lit(text).str.to_datetime(time_unit="us") for text in method.PERIOD]
        local = at + pl.duration(hours=7)
        passed = (
            pl.scan_parquet(folder / "samples.parquet")
            .filter(pl.col("sample_id").is_not_null() & (at >= period[0]) & (at < period[1]))
            .filter(pl.col("access_type").is_in(["mobile", "fixed"]) & pl.col("commune_code").is_in(codes.implode()))
            .filter(technology.is_null() | technology.is_in(["2G", "3G", "4G", "5G"]) | link)
            .filter(~((pl.col("access_type") == "mobile") & link))
            .filter(pl.col("status").is_null() | pl.col("status").is_in(["ok", "failed"]))
            .filter(pl.col("server_country").is_null() | (pl.col("server_country").str.to_uppercase() == "VN"))
            .filter(~ok | good)
            .with_columns(
                is_ok=ok, technology=technology.fill_null(""), province_code=pl.lit("00"),
                day=local.dt.day(),
                day_part=pl.when((local.dt.hour() >= method.PEAK[0]) & (local.dt.hour() < method.PEAK[1]))
                .then(pl.lit("peak")).otherwise(pl.lit("off_peak")),
            )
            .drop("status", "server_country")
            .collect()
        )
        repeated = passed["sample_id"].is_duplicated()
        order = ["sample_id", "measured_at", "access_type", "technology", "operator", "commune_code", "is_ok", "device_id", *method.MEASURES]
        first = (
            passed.filter(repeated)
            .with_columns(device_id=pl.col("device_id").fill_null(""), **{m: pl.col(m).fill_null(-1e6) for m in method.MEASURES})
            .with_columns(row=pl.int_range(pl.len()))
            .sort(order)["row", "sample_id"]
            .unique("sample_id", keep="first", maintain_order=True)["row"]
        )
        kept = passed.filter(repeated)[first]
        tests = pl.concat([passed.filter(~repeated), kept]).drop("sample_id", "measured_at")
        number = pl.col("device_id").rank("dense").cast(pl.Int64)
        self.tests = tests.with_columns(
            cluster=number, **{key: pl.col(key).cast(pl.Categorical) for key in (
                "access_type", "technology", "operator", "commune_code", "province_code", "day_part")},
        ).drop("device_id")
        self.effective = {}
        done = self.tests.filter("is_ok")
        for part in ("", "day_part"):
            keys = ["province_code", "commune_code", "operator", "access_type", "technology", *([part] if part else [])]
            medians = (
                done.filter(pl.col("cluster").is_not_null())
                .group_by([*keys, "day", "cluster"])
                .agg([pl.col(m).median() for m in method.MEASURES])
            )
            alone = done.filter(pl.col("cluster").is_null()).select(medians.columns)
            self.effective[part] = pl.concat([medians, alone])

    def families(self, rows):
        mobile = pl.col("access_type") == "mobile"
        parts = {"mobile": mobile, "fixed": ~mobile, "mobile_5g": mobile & (pl.col("technology") == "5G")}
        return pl.concat([rows.filter(where).with_columns(family=pl.lit(name)) for name, where in parts.items()])

    def groups(self, table, keys):
        rows = self.families(self.tests) if "family" in keys else self.tests
        self.keys = keys
        ok = pl.col("is_ok")
        found = rows.group_by(keys).agg(
            tests_ok=ok.sum().cast(pl.Int64), tests_failed=(~ok).sum().cast(pl.Int64),
            tests_without_device=(ok & pl.col("cluster").is_null()).sum().cast(pl.Int64),
        )
        found = found.with_columns([pl.col(key).cast(pl.String) for key in keys]).sort(keys)
        self.count = len(found)
        self.numbers = found.select(keys).with_columns(g=pl.int_range(self.count, dtype=pl.Int64))
        return {name: found[name].to_numpy() for name in found.columns}

    def estimates(self, table, series):
        rows = self.tests.filter("is_ok") if series.suffix else self.effective["day_part" if "day_part" in self.keys else ""]
        rows = self.families(rows) if "family" in self.keys else rows
        known = rows.select(self.keys).unique()
        numbers = known.with_columns([pl.col(k).cast(pl.String).alias(k + "_") for k in self.keys]).join(
            self.numbers.rename({k: k + "_" for k in self.keys}), on=[k + "_" for k in self.keys])
        goal = (pl.col("access_type") == method.GOAL_ACCESS) & (pl.col("technology") == method.GOAL_TECHNOLOGY)
        self.values = values = rows.join(numbers.select([*self.keys, "g"]), on=self.keys).select("g", "cluster", goal=goal, *method.MEASURES)
        parts = [pl.len().alias("samples"), pl.col("cluster").drop_nulls().n_unique().alias("devices")]
        for m in method.MEASURES:
            parts += [pl.col(m).count().alias(f"n_{m}"), (pl.col(m) * 2_000_000).round().cast(pl.Int64).sum().alias(f"sum_{m}")]
            parts += [pl.col(m).quantile(level, "linear").alias(f"{name}_{m}") for name, level in series.levels.items()]
        points = values.group_by("g").agg(parts)
        every = self.aligned(points)
        found = {"samples": every["samples"].astype(np.int64), "devices": every["devices"].astype(np.int64)}
        for m in method.MEASURES:
            found["n", m], found["sum", m] = every[f"n_{m}"].astype(np.int64), every[f"sum_{m}"]
            for name in series.levels:
                found[name, m] = np.where(found["n", m] > 0, every[f"{name}_{m}"], np.nan)
        clusters = self.clusters(values, points, series)
        if not series.suffix:
            found["benchmark_n", "download_mbps"] = clusters["download_mbps"]["share"]["b"]
        return found, clusters

    def clusters(self, values, points, series):
        marks, sums = [], []
        for m in method.MEASURES:
            marks += [pl.col(m).is_not_null().cast(pl.Int64).alias(f"b_{m}"),
                      (pl.col(m) * 2_000_000).round().cast(pl.Int64).fill_null(0).alias(f"s_{m}")]
            marks += [(pl.col(m) <= pl.col(f"{name}_{m}") + 1e-7).fill_null(False).cast(pl.Int64).alias(f"c_{name}_{m}") for name in series.levels]
            sums += [f"b_{m}", f"s_{m}", *[f"c_{name}_{m}" for name in series.levels]]
            if series.benchmark(m):
                marks += [(pl.col(m).is_not_null() & pl.col("goal")).cast(pl.Int64).alias("share_b"),
                          ((pl.col(m) >= method.GOAL) & pl.col("goal")).fill_null(False).cast(pl.Int64).alias("share_c")]
                sums += ["share_b", "share_c"]
        marked = values.join(points.drop("samples", "devices"), on="g").select("g", "cluster", *marks)
        known = marked.filter(pl.col("cluster").is_not_null()).group_by("g", "cluster").agg([pl.col(s).sum() for s in sums])
        alone = marked.filter(pl.col("cluster").is_null()).select(known.columns)
        rows = pl.concat([known, alone]).join(points.select("g", *[f"{p}_{m}" for m in method.MEASURES for p in ("n", "sum")]), on="g")
        known = pl.col("cluster").is_not_null()
        parts = []
        for m in method.MEASURES:
            b = pl.col(f"b_{m}")
            total = pl.when(pl.col(f"sum_{m}") != 0).then(pl.col(f"sum_{m}"))
            u = (pl.col(f"s_{m}").cast(pl.Float64) * pl.col(f"n_{m}") / total - b).fill_null(0.0)
            parts += base(b, known, m) + [(u * u).sum().alias(f"uu_{m}"), (u * u * u).sum().alias(f"uuu_{m}")]
            for name in series.levels:
                parts += ones(pl.col(f"c_{name}_{m}"), b, f"{name}_{m}")
            if series.benchmark(m):
                parts += base(pl.col("share_b"), known, "share") + ones(pl.col("share_c"), pl.col("share_b"), "share")
        every = self.aligned(rows.group_by("g").agg(parts))
        whole = lambda end: {part: every[f"{part}__{end}"].astype(np.int64) for part in ("devices", "clusters", "b", "bb")}
        of = lambda end: {part: every[f"{part}__{end}"] for part in ("c", "cc", "cb")}
        found = {}
        for m in method.MEASURES:
            found[m] = {"all": whole(m), "uu": every[f"uu_{m}"], "uuu": every[f"uuu_{m}"]}
            found[m] |= {f"{name}_ones": of(f"{name}_{m}") for name in series.levels}
            if series.benchmark(m):
                found[m] |= {"share": whole("share"), "share_ones": of("share")}
        return found

    def aligned(self, rows):
        every = {}
        for name in rows.columns:
            values = np.zeros(self.count)
            values[rows["g"].to_numpy()] = rows[name].fill_null(0).to_numpy()
            every[name] = values
        return every

    def order(self, table, series, positions):
        found = {}
        for m in method.MEASURES:
            values = self.values.select("g", m).drop_nulls().sort("g", m)
            groups, column = values["g"].to_numpy(), values[m].to_numpy()
            for name in series.levels:
                ends = positions[m, name]
                found[m, name] = tuple(method.at(ranks, groups, column, self.count) for ranks in ends)
        return found


def base(b, known, end):
    return [((b > 0) & known).sum().alias(f"devices__{end}"), (b > 0).sum().alias(f"clusters__{end}"),
            b.sum().alias(f"b__{end}"), (b * b).sum().alias(f"bb__{end}")]


def ones(c, b, end):
    return [c.sum().alias(f"c__{end}"), (c * c).sum().alias(f"cc__{end}"), (c * b).sum().alias(f"cb__{end}")]
