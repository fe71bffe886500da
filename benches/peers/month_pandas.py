"""A month in pandas."""

import numpy as np
import pandas as pd

import month_method as method


class Month:
    def __init__(self, folder):
        codes = pd.read_csv(folder / "communes.csv", dtype=str)["commune_code"]
        s = pd.read_parquet(folder / "samples.parquet")
        for name in ("access_type", "technology", "operator", "commune_code", "status", "server_country"):
            s[name] = s[name].astype("category")
        ok = s["status"].isna() | (s["status"] == "ok")
        ceiling = s["technology"].astype(object).map(method.CEILINGS).fillna(method.CEILING).astype(float)
        keep = s["sample_id"].notna() & s["commune_code"].isin(codes)
        keep &= (s["measured_at"] >= method.PERIOD[0]) & (s["measured_at"] < method.PERIOD[1])
        keep &= s["access_type"].isin(["mobile", "fixed"])
        link = s["technology"].isin(["wifi", "ethernet"])
        keep &= s["technology"].isna() | s["technology"].isin(["2G", "3G", "4G", "5G"]) | link
        keep &= ~((s["access_type"] == "mobile") & link)
        keep &= s["status"].isna() | s["status"].isin(["ok", "failed"])
        keep &= s["server_country"].isna() | (s["server_country"] == "VN")
        speeds = s["download_mbps"], s["upload_mbps"]
        good = s[method.MEASURES].notna().any(axis=1)
        for speed in speeds:
            good &= speed.isna() | ((speed > 0) & (speed <= ceiling))
        good &= s["latency_ms"].isna() | ((s["latency_ms"] > 0) & (s["latency_ms"] <= method.SLOWEST))
        good &= s["jitter_ms"].isna() | ((s["jitter_ms"] >= 0) & (s["jitter_ms"] <= method.SLOWEST))
        s = s[keep & (~ok | good)].assign(is_ok=ok)
        repeated = s["sample_id"].duplicated(keep=False)
        text = lambda name: s.loc[repeated, name].astype(object).fillna("")
        order = pd.DataFrame({
            "sample_id": s.loc[repeated, "sample_id"], "measured_at": s.loc[repeated, "measured_at"],
            "access_type": text("access_type"), "technology": text("technology"),
            "operator": text("operator"), "commune_code": text("commune_code"),
            "is_ok": s.loc[repeated, "is_ok"], "device_id": text("device_id"),
            **{m: s.loc[repeated, m].fillna(-1e6) for m in method.MEASURES},
        })
        order = order.sort_values(list(order.columns))
        dropped = order.index[order["sample_id"].duplicated(keep="first")]
        s = s.drop(dropped).drop(columns=["sample_id", "status", "server_country"])
        local = s["measured_at"] + pd.Timedelta(hours=7)
        s["day"] = local.dt.day.astype("int8")
        peak = (local.dt.hour >= method.PEAK[0]) & (local.dt.hour < method.PEAK[1])
        s["day_part"] = pd.Categorical(np.where(peak, "peak", "off_peak"))
        s["cluster"] = pd.factorize(s.pop("device_id"))[0]
        s["province_code"] = pd.Categorical(["00"] * len(s))
        s["technology"] = s["technology"].cat.add_categories([""]).fillna("")
        self.tests = s.drop(columns="measured_at")
        done = self.tests[self.tests["is_ok"]]
        self.raw = done
        self.effective = {}
        for part in ("", "day_part"):
            keys = ["province_code", "commune_code", "operator", "access_type", "technology", *([part] if part else [])]
            known = done[done["cluster"] >= 0]
            grouped = known.groupby([*keys, "day", "cluster"], observed=True, sort=False)
            medians = grouped[method.MEASURES].median().reset_index()
            alone = done.loc[done["cluster"] < 0, [*keys, "day", "cluster", *method.MEASURES]]
            self.effective[part] = pd.concat([medians, alone], ignore_index=True)

    def families(self, rows):
        parts = {
            "mobile": rows["access_type"] == "mobile",
            "fixed": rows["access_type"] == "fixed",
            "mobile_5g": (rows["access_type"] == "mobile") & (rows["technology"] == "5G"),
        }
        return pd.concat([rows[where].assign(family=name) for name, where in parts.items()], ignore_index=True)

    def groups(self, table, keys):
        rows = self.families(self.tests) if "family" in keys else self.tests
        self.keys = keys
        marks = pd.DataFrame({key: rows[key] for key in keys})
        marks["tests_ok"] = rows["is_ok"].astype("int64")
        marks["tests_failed"] = 1 - marks["tests_ok"]
        marks["tests_without_device"] = (rows["is_ok"] & (rows["cluster"] < 0)).astype("int64")
        found = marks.groupby(keys, observed=True, sort=False).sum().reset_index()
        for key in keys:
            found[key] = found[key].astype(str)
        found = found.sort_values(keys, ignore_index=True)
        self.count = len(found)
        self.numbers = found[keys].assign(g=np.arange(self.count))
        return {name: found[name].to_numpy() for name in found.columns}

    def rows(self, series):
        rows = self.raw if series.suffix else self.effective["day_part" if "day_part" in self.keys else ""]
        rows = self.families(rows) if "family" in self.keys else rows
        for key in self.keys:
            rows = rows.assign(**{key: rows[key].astype("category")})
        # Numbers of groups, by way of the few combinations of keys.
        place = rows.groupby(self.keys, observed=True, sort=False).ngroup().to_numpy()
        first = rows[self.keys].iloc[np.unique(place, return_index=True)[1]].astype(str)
        numbers = first.merge(self.numbers, on=self.keys, how="left")["g"].to_numpy()
        return pd.DataFrame({
            "g": numbers[place], "cluster": rows["cluster"].to_numpy(),
            "goal": ((rows["access_type"] == method.GOAL_ACCESS) & (rows["technology"] == method.GOAL_TECHNOLOGY)).to_numpy(),
            **{m: rows[m].to_numpy() for m in method.MEASURES},
        })

    def estimates(self, table, series):
        self.values = values = self.rows(series)
        grouped = values.groupby("g")
        every = lambda found, fill=0: found.reindex(np.arange(self.count), fill_value=fill).to_numpy()
        points = {"samples": every(grouped.size()), "devices": every(
            values[values["cluster"] >= 0].drop_duplicates(["g", "cluster"]).groupby("g").size())}
        clusters = {}
        g = values["g"].to_numpy()
        alone = values["cluster"].to_numpy() < 0
        key = values["cluster"].to_numpy().astype("int64")
        key[alone] = key.max() + 1 + np.arange(alone.sum())
        for m in method.MEASURES:
            steps = (values[m] * 2_000_000).round().fillna(0).astype("int64")
            points["n", m] = every(grouped[m].count())
            points["sum", m] = every(steps.groupby(g).sum())
            found = grouped[m].quantile(list(series.levels.values())).unstack().reindex(np.arange(self.count))
            marks = {"g": g, "key": key, "b": values[m].notna().astype("int64"), "s": steps}
            for name, level in series.levels.items():
                points[name, m] = found[level].to_numpy()
                marks[name] = (values[m].to_numpy() <= points[name, m][g] + 1e-7).astype("int64")
            if series.benchmark(m):
                marks["share_b"] = (values[m].notna() & values["goal"]).astype("int64")
                marks["share_c"] = (values["goal"] & (values[m] >= method.GOAL)).astype("int64")
            sums = pd.DataFrame(marks).groupby(["g", "key"], sort=False).sum().reset_index()
            clusters[m] = self.sums(sums, points["n", m], points["sum", m], key.max() + 1 - alone.sum(), series, m)
        if not series.suffix:
            points["benchmark_n", "download_mbps"] = clusters["download_mbps"]["share"]["b"]
        return points, clusters

    def sums(self, sums, n, total, known_below, series, m):
        g, b = sums["g"].to_numpy(), sums["b"].to_numpy()
        known = sums["key"].to_numpy() < known_below
        add = lambda values: np.bincount(g, weights=values, minlength=self.count)
        with np.errstate(all="ignore"):
            u = sums["s"].to_numpy() * n[g] / np.where(total[g] == 0, np.nan, total[g]) - b
        u = np.nan_to_num(u)
        base = lambda b: {
            "devices": add((b > 0) & known).astype("int64"), "clusters": add(b > 0).astype("int64"),
            "b": add(b).astype("int64"), "bb": add(b * b).astype("int64"),
        }
        ones = lambda c, b: {"c": add(c), "cc": add(c * c), "cb": add(c * b)}
        found = {"all": base(b), "uu": add(u * u), "uuu": add(u * u * u)}
        for name in series.levels:
            found[f"{name}_ones"] = ones(sums[name].to_numpy(), b)
        if series.benchmark(m):
            b = sums["share_b"].to_numpy()
            found["share"], found["share_ones"] = base(b), ones(sums["share_c"].to_numpy(), b)
        return found

    def order(self, table, series, positions):
        found = {}
        for m in method.MEASURES:
            values = self.values[["g", m]].dropna().sort_values(["g", m])
            groups, column = values["g"].to_numpy(), values[m].to_numpy()
            for name in series.levels:
                ends = positions[m, name]
                found[m, name] = tuple(method.at(ranks, groups, column, self.count) for ranks in ends)
        return found
