"""The input contract in DuckDB, written from its description: raw rows to accepted samples.

`Run` leaves these tables in its connection:

    raw        one row per row of the files, canonical types, with source_file and source_row
    placed     raw with local_day, local_hour, is_ok, the commune of the day, and the operator
    verdicts   source_file, source_row, rule: one row per rule that a row fails
    dropped    source_file, source_row, conflicting: duplicates
    accepted   placed without the rows of verdicts and dropped, with day_part and the commune restated
"""

import hashlib
import json
import tomllib
from collections import defaultdict
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from reference import Boundaries, Operators, Register, day, rows_of
from rules import MEASURES, quoted, rules

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent.parent / "src"
TEXT = [
    "sample_id",
    "access_type",
    "technology",
    "operator",
    "network_mcc_mnc",
    "sim_mcc_mnc",
    "commune_code",
    "commune_name",
    "district_name",
    "province_name",
]
TEXT += ["status", "device_id", "server_country", "platform", "app_version"]
NUMBERS = ["latitude", "longitude", "location_accuracy_m"]
BLANK = r"^[\s\x0b\x85\p{Z}]+|[\s\x0b\x85\p{Z}]+$"
KINDS = {"asn": pa.int64(), "local_day": pa.date32(), "latitude": pa.float64(), "longitude": pa.float64()}
UNKNOWN_OPERATOR = "Không xác định"


def arguments(parser):
    """The arguments that both programs take."""
    parser.add_argument(
        "--samples", nargs="+", required=True, metavar="PATH", help="Parquet files, folders or globs"
    )
    parser.add_argument("--bundle", required=True, type=Path, metavar="DIR")
    parser.add_argument("--register", type=Path, help="communes.csv")
    parser.add_argument("--operators", type=Path, help="operators.csv")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the configuration of the run (TOML)")
    parser.add_argument("--threads", type=int, default=2)


class Settings:
    """What the run was configured with: the manifest, and the configuration file over it."""

    def __init__(self, options):
        self.manifest = json.loads((options.bundle / "manifest.json").read_text("utf-8"))
        found = self.manifest["configuration"]
        self.differences = []
        folder = Path(".")
        if options.config:
            folder = options.config.resolve().parent
            with open(options.config, "rb") as file:
                self.merge(found, tomllib.load(file), "")
        self.province = found["province"]["code"]
        self.zone = found["period"]["zone"]
        self.first, self.until = (day(self.manifest["period"][key]) for key in ("from", "until"))
        self.naive_zone = found["samples"]["naive_zone"]
        self.profile = found["samples"]["profile"]
        self.limits = found["validation"]
        self.statistics, self.gaps = found["statistics"], found["gaps"]
        self.month = self.manifest["month"]
        self.restated_on = day(found["communes"]["restated_on"])
        self.prefer = found["communes"].get("prefer", "position")
        self.simulated = self.manifest["simulated"]
        communes = found["communes"]
        register = (
            folder / communes["register"] if communes["register"] else SOURCES / "communes/data/communes.csv"
        )
        self.register = Register(options.register or register)
        self.embedded = not communes["register"]
        operators = found["operators"]
        file = folder / operators["file"] if operators["file"] else SOURCES / "operators/data/operators.csv"
        self.operators = Operators(options.operators or file, operators["unknown_label"] or UNKNOWN_OPERATOR)
        self.benchmarks = [self.named(b) for b in found["benchmarks"] if self.in_force(b)]
        published = found.get("reconciliation", {}).get("file")
        self.reconciliation = folder / published if published and options.config else None
        inhabitants = self.statistics.get("population")
        self.population = folder / inhabitants if inhabitants and options.config else None
        sets = communes["boundaries"]
        files = [
            (
                folder / s["file"],
                s.get("code_property", "commune_code"),
                day(s["valid_from"]),
                day(s.get("valid_to")),
            )
            for s in sets
        ]
        self.boundaries = Boundaries(files, communes.get("snap_m", 200.0))

    def merge(self, found, given, path):
        """The file decides; what the manifest says otherwise is noted, except for paths and wording."""
        for key, value in given.items():
            name = f"{path}{key}"
            if isinstance(value, dict) and isinstance(found.get(key), dict):
                self.merge(found[key], value, f"{name}.")
                continue
            checked = name.split(".")[0] in ("province", "period", "validation", "statistics", "gaps")
            # Of a path, the manifest keeps the name of the file only.
            checked = checked and name != "statistics.population"
            if checked and found.get(key) != value:
                self.differences.append(
                    f"{name}: manifest has {found.get(key)!r}, configuration has {value!r}"
                )
            found[key] = value

    def in_force(self, benchmark):
        """Whether a benchmark holds on every day of the period."""
        first, until = day(benchmark.get("valid_from")), day(benchmark.get("valid_until"))
        return (first is None or first <= self.first) and (until is None or self.until <= until)

    def named(self, benchmark):
        """With the label of the operator that it names."""
        name = benchmark.get("operator")
        return benchmark | {"operator": self.operators.find("name", name) if name else None}

    def benchmark(self, indicator, access_type, technology, operator):
        """The value to reach: of the technology before that of any, of the operator before that of all."""
        known = {
            (b.get("technology"), b["operator"]): b["value"]
            for b in self.benchmarks
            if b["indicator"] == indicator and b["access_type"] == access_type
        }
        for key in ((technology, operator), (technology, None), (None, operator), (None, None)):
            if key in known:
                return known[key]
        return None


def files_of(paths):
    """The Parquet files behind files, folders and globs."""
    files = []
    for given in paths:
        path = Path(given)
        if path.is_dir():
            files += sorted(p for p in path.rglob("*.parquet") if p.is_file())
        elif path.exists():
            files.append(path)
        else:
            root = Path(path.anchor or ".")
            files += sorted(root.glob(str(path.relative_to(path.anchor) if path.anchor else path)))
    return list(dict.fromkeys(p.resolve() for p in files))


class Run:
    """The samples of a bundle, judged again from the raw files."""

    def __init__(self, options, report):
        self.settings = Settings(options)
        self.report = report
        self.db = duckdb.connect(config={"threads": options.threads})
        self.db.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        self.ledger = json.loads((options.bundle / "internal/ledger.json").read_text("utf-8"))
        report.check("manifest: configuration as given", self.settings.differences)
        if self.settings.profile != "ispeed":
            raise SystemExit(f"profile {self.settings.profile}: only canonical samples can be recomputed")
        self.read(options.samples)
        self.place()
        self.judge()
        self.drop_duplicates()

    def names(self, paths):
        """Pairs each file with its name in the ledger, by its hash."""
        named = defaultdict(list)
        for entry in self.ledger["files"]:
            named[entry["sha256"]].append(entry["file"])
        pairs, unknown = [], []
        for path in files_of(paths):
            with open(path, "rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if named[sha256]:
                pairs.append((path, named[sha256].pop(0)))
            else:
                unknown.append(f"{path.name} is not in the ledger")
        unread = [f"{name} of the ledger is no sample file" for names in named.values() for name in names]
        self.report.check("ledger: files", unknown + unread)
        return pairs

    def read(self, paths):
        selects = [self.select(path, name) for path, name in self.names(paths)]
        self.db.execute("CREATE TABLE raw AS " + " UNION ALL ".join(selects))

    def select(self, path, name):
        source = f"read_parquet({quoted(path)}, file_row_number = true, hive_partitioning = false)"
        types = dict(
            self.db.execute(
                f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {source})"
            ).fetchall()
        )
        folders = dict(part.split("=", 1) for part in path.parent.parts if "=" in part)

        def column(key):
            if key in types:
                return f'"{key}"'
            value = folders.get(key)
            return "NULL" if value in (None, "__HIVE_DEFAULT_PARTITION__") else quoted(value)

        parts = [f"{quoted(name)} AS source_file", "file_row_number + 1 AS source_row"]
        parts.append(f"{self.instant(path, types)} AS measured_at")
        parts += [
            f"NULLIF(regexp_replace(CAST({column(c)} AS VARCHAR), {quoted(BLANK)}, '', 'g'), '') AS {c}"
            for c in TEXT
        ]
        parts.append(f"CAST({column('asn')} AS BIGINT) AS asn")
        parts += [f"CAST({column(c)} AS DOUBLE) AS {c}" for c in NUMBERS]
        # Measures lie on a grid of a millionth of their unit, as far as floats can tell.
        for c in MEASURES:
            x = f"CAST({column(c)} AS DOUBLE)"
            parts.append(
                f"CASE WHEN abs({x}) < 4503599627.370496 THEN round({x} * 1e6) / 1e6 ELSE {x} END AS {c}"
            )
        return f"SELECT {', '.join(parts)} FROM {source}"

    def instant(self, path, types):
        """The point in time as UTC without a mark."""
        kind = pq.read_schema(path).field("measured_at").type
        if kind.tz is None:
            zone = quoted(self.settings.naive_zone)
            return f"CAST(measured_at AS TIMESTAMP) AT TIME ZONE {zone} AT TIME ZONE 'UTC'"
        marked = types["measured_at"] == "TIMESTAMP WITH TIME ZONE"
        return "measured_at AT TIME ZONE 'UTC'" if marked else "CAST(measured_at AS TIMESTAMP)"

    def look_up(self, name, columns, answer, types, where="TRUE"):
        """A table of Python's answers for each distinct combination of columns."""
        asked = self.db.execute(f"SELECT DISTINCT {', '.join(columns)} FROM dated WHERE {where}").fetchall()
        arrays = {
            c: pa.array([row[i] for row in asked], KINDS.get(c, pa.string())) for i, c in enumerate(columns)
        }
        answers = [answer(*row) for row in asked]
        for i, (column, kind) in enumerate(types.items()):
            arrays[column] = pa.array([a[i] for a in answers], kind)
        table = pa.table(arrays)
        self.db.register("answers", table)
        self.db.execute(f"CREATE TABLE {name} AS SELECT * FROM answers")
        self.db.unregister("answers")

    def place(self):
        zone = quoted(self.settings.zone)
        self.db.execute(f"""
            CREATE TABLE dated AS
            SELECT *,
                CAST(measured_at AT TIME ZONE 'UTC' AT TIME ZONE {zone} AS DATE) AS local_day,
                hour(measured_at AT TIME ZONE 'UTC' AT TIME ZONE {zone}) AS local_hour,
                status IS NULL OR status = 'ok' AS is_ok,
                commune_code AS given_code, commune_name AS given_name,
                latitude IS NOT NULL AND longitude IS NOT NULL AS positioned,
                latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180
                    AND NOT (latitude = 0 AND longitude = 0)
                    AND COALESCE(location_accuracy_m <= {self.settings.limits['max_location_accuracy_m']!r}, TRUE)
                    AS precise
            FROM raw""")
        text, flag = pa.string(), pa.bool_()
        self.look_up(
            "known_operators",
            ["access_type", "operator", "network_mcc_mnc", "sim_mcc_mnc", "asn"],
            self.settings.operators.resolve,
            {
                "brand": text,
                "operator_unknown": flag,
                "operator_conflict": flag,
                "sim_mvno": flag,
                "sim_roaming": flag,
            },
        )
        self.look_up(
            "known_days", ["local_day"], lambda d: (self.settings.boundaries.known(d),), {"bounded": flag}
        )
        first = "precise AND bounded" if self.settings.prefer == "position" else "FALSE"
        self.db.execute(f"""
            CREATE OR REPLACE TABLE dated AS
            SELECT d.*, b.bounded, CASE WHEN {first} THEN 'position' WHEN given_code IS NOT NULL THEN 'code'
                WHEN given_name IS NOT NULL THEN 'name' WHEN positioned THEN 'position' END AS decided_by
            FROM dated AS d JOIN known_days AS b ON d.local_day IS NOT DISTINCT FROM b.local_day""")
        self.look_up(
            "known_names",
            ["commune_name", "district_name", "province_name", "local_day"],
            self.by_name,
            {"named_code": text, "named": pa.int64()},
            "given_code IS NULL AND given_name IS NOT NULL",
        )
        self.look_up(
            "known_positions",
            ["latitude", "longitude", "local_day"],
            self.settings.boundaries.place,
            {"position_code": text, "snapped": flag},
            "precise OR decided_by = 'position'",
        )
        same_name = " AND ".join(
            f"d.{c} IS NOT DISTINCT FROM n.{c}" for c in ("commune_name", "district_name", "province_name", "local_day")
        )
        self.db.execute(f"""
            CREATE OR REPLACE TABLE dated AS
            SELECT d.* EXCLUDE (commune_code, commune_name, district_name, province_name),
                d.district_name AS given_district, d.province_name AS given_province,
                n.named, COALESCE(d.given_code, n.named_code) AS reported_code, p.position_code,
                CASE WHEN decided_by = 'position' AND p.snapped THEN 'snapped' ELSE decided_by END AS placed_by,
                CASE decided_by WHEN 'code' THEN d.given_code WHEN 'name' THEN n.named_code
                    ELSE p.position_code END AS commune_code
            FROM dated AS d
            LEFT JOIN known_names AS n ON d.given_code IS NULL AND {same_name}
            LEFT JOIN known_positions AS p ON d.latitude = p.latitude AND d.longitude = p.longitude
                AND d.local_day IS NOT DISTINCT FROM p.local_day""")
        self.look_up(
            "known_communes",
            ["commune_code", "local_day"],
            self.commune,
            {f: pa.date32() if f == "commune_valid_from" else text for f in COMMUNE},
            "commune_code IS NOT NULL",
        )
        same = "d.{0} IS NOT DISTINCT FROM {1}.{0}".format
        keys = ["access_type", "operator", "network_mcc_mnc", "sim_mcc_mnc", "asn"]
        commune = ", ".join(f"c.{f}" for f in COMMUNE)
        peak = self.settings.statistics["peak_hours"]
        self.db.execute(f"""
            CREATE TABLE placed AS
            SELECT d.* EXCLUDE (commune_code, operator),
                d.operator AS given_operator, o.brand AS operator,
                CASE WHEN d.local_hour >= {peak[0]} AND d.local_hour < {peak[1]} THEN 'peak' ELSE 'off_peak' END
                    AS day_part,
                o.operator_unknown, o.operator_conflict, o.sim_mvno, o.sim_roaming, {commune}
            FROM dated AS d
            JOIN known_operators AS o ON {' AND '.join(same(k, 'o') for k in keys)}
            LEFT JOIN known_communes AS c ON d.commune_code = c.commune_code AND {same('local_day', 'c')}""")
        self.db.execute("DROP TABLE dated")
        counts = [self.db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("raw", "placed")]
        self.report.equal("every row is placed once", counts[1], counts[0])

    def commune(self, code, on):
        """Where a code lies on a day: the fields of COMMUNE."""
        found = self.settings.register.at(code, on) if code and on else None
        if found is None:
            return (code,) + (None,) * (len(COMMUNE) - 1)
        return tuple(found["valid_from" if field == "commune_valid_from" else field] for field in COMMUNE)

    def by_name(self, name, district, province, on):
        """The code that a name leads to, if it is one, and how many there are."""
        if on is None:
            return None, None
        found = self.settings.register.named(name, district, province, self.settings.province, on)
        return (min(found) if len(found) == 1 else None), len(found)

    def judge(self):
        self.db.execute("CREATE TABLE verdicts (source_file VARCHAR, source_row BIGINT, rule VARCHAR)")
        for rule, condition in rules(self.settings).items():
            self.db.execute(
                f"INSERT INTO verdicts SELECT source_file, source_row, {quoted(rule)} FROM placed WHERE {condition}"
            )
        self.db.execute("""
            CREATE VIEW passing AS SELECT * FROM placed AS p
            WHERE NOT EXISTS (SELECT 1 FROM verdicts AS v
                WHERE v.source_file = p.source_file AND v.source_row = p.source_row)""")

    def drop_duplicates(self):
        """The first in time stays; among equal times the one whose texts, then numbers, sort first."""
        texts = ["access_type", "technology", "given_operator", "network_mcc_mnc", "sim_mcc_mnc"]
        texts += ["given_code", "given_name", "given_district", "given_province", "status", "device_id", "server_country", "platform", "app_version"]
        content = [f"c_{c} := COALESCE({c}, '')" for c in texts]
        content += [f"c_{c} := COALESCE({c}, -1000000)" for c in ["asn"] + NUMBERS + MEASURES]
        self.db.execute(f"""
            CREATE TABLE dropped AS
            WITH ids AS (SELECT sample_id FROM passing GROUP BY 1 HAVING count(*) > 1),
            copies AS (
                SELECT sample_id, list_sort(list(struct_pack(
                    at := measured_at, content := struct_pack({', '.join(content)}), source_file, source_row))) AS sorted
                FROM passing SEMI JOIN ids USING (sample_id) GROUP BY sample_id)
            SELECT copy.source_file, copy.source_row,
                copy.at <> sorted[1].at OR copy.content <> sorted[1].content AS conflicting
            FROM (SELECT sorted, unnest(sorted[2:]) AS copy FROM copies)""")
        self.db.execute("""
            CREATE TABLE accepted AS SELECT * FROM passing AS p
            WHERE NOT EXISTS (SELECT 1 FROM dropped AS d
                WHERE d.source_file = p.source_file AND d.source_row = p.source_row)""")
        rows = self.db.execute(
            "SELECT DISTINCT latitude, longitude, local_day FROM accepted WHERE local_day < ? AND precise",
            [self.settings.restated_on or date(1, 1, 1)],
        ).fetchall()
        table = pa.table(
            {
                "latitude": pa.array([r[0] for r in rows], pa.float64()),
                "longitude": pa.array([r[1] for r in rows], pa.float64()),
                "restated": pa.array(
                    [self.settings.boundaries.place(r[0], r[1], self.settings.restated_on)[0] for r in rows],
                    pa.string(),
                ),
            }
        )
        self.db.register("answers", table)
        self.db.execute(f"""
            ALTER TABLE accepted ADD COLUMN restated_commune_code VARCHAR;
            UPDATE accepted SET restated_commune_code = commune_code
                WHERE local_day >= {quoted(self.settings.restated_on or '0001-01-01')};
            UPDATE accepted SET restated_commune_code = a.restated FROM (SELECT DISTINCT * FROM answers) AS a
                WHERE accepted.latitude = a.latitude AND accepted.longitude = a.longitude AND accepted.precise
                AND accepted.local_day < {quoted(self.settings.restated_on or '0001-01-01')}""")
        self.db.unregister("answers")
        self.restate_whole()

    def restate_whole(self):
        """Communes that went whole into one, where no position decides; and what decided."""
        before = f"local_day < {quoted(self.settings.restated_on or '0001-01-01')}"
        whole = []
        if self.settings.embedded and self.settings.restated_on == date(2025, 7, 1):
            pairs = rows_of(SOURCES / "communes/data/crosswalk_2025-07.csv")
            whole = [(r["old_commune_code"], r["new_commune_code"]) for r in pairs if r["whole"] == "true"]
        self.db.execute(f"""
            ALTER TABLE accepted ADD COLUMN restated_by VARCHAR;
            ALTER TABLE accepted ADD COLUMN tests INTEGER DEFAULT 1;
            UPDATE accepted SET restated_by = 'position' WHERE restated_commune_code IS NOT NULL AND {before};
            CREATE TABLE went_whole (old_code VARCHAR, new_code VARCHAR)""")
        if whole:
            self.db.register("pairs", pa.table(list(map(pa.array, zip(*whole))), names=["o", "n"]))
            self.db.execute("INSERT INTO went_whole SELECT * FROM pairs")
            self.db.unregister("pairs")
        self.db.execute(f"""
            UPDATE accepted SET restated_commune_code = w.new_code, restated_by = 'crosswalk'
            FROM went_whole AS w
            WHERE accepted.commune_code = w.old_code AND restated_commune_code IS NULL AND {before}""")


COMMUNE = ["commune_code", "commune_name", "district_code", "district_name", "province_code", "province_name"]
COMMUNE += ["commune_valid_from"]
