{%- set key = "commune_code, commune_valid_from, place_kind, place, operator" -%}
{%- macro same(a, b) -%}
{{ a }}.commune_code = {{ b }}.commune_code AND {{ a }}.commune_valid_from = {{ b }}.commune_valid_from
        AND {{ a }}.place_kind = {{ b }}.place_kind AND {{ a }}.place = {{ b }}.place AND {{ a }}.operator = {{ b }}.operator
{%- endmacro -%}
-- Places where coverage of an operator is suspected to be missing and ought to be checked in the
-- field: one row per place and operator with positive evidence. Absence of tests alone gives no row.
--
-- kinds     the kinds that count, in the order failures, fallback, signal, absence
-- tests to n_adj   all tests of the operator at the place that have a device; n_eff its device-days,
--           n_adj as in evidence.sql
-- kind to threshold  the first of the kinds with its numbers, as in coverage_evidence
-- severity  number of kinds, plus the largest excess of any: for a share, how far the lower bound lies
--           between its threshold (0) and 1; for the signal, 0.05 for each dB below the level, at most
--           0.95. So 2.31 is worse than 1.94, and 1.94 than 1.10.
WITH counted AS (
    SELECT
        *,
        CASE kind WHEN 'failures' THEN 1 WHEN 'fallback' THEN 2 WHEN 'signal' THEN 3 ELSE 4 END AS kind_no,
        COALESCE(technology, '') AS technology_order,
        CASE
            WHEN kind = 'absence' THEN 0.0
            WHEN kind = 'signal' AND threshold - value > 19.0 THEN 0.95
            WHEN kind = 'signal' THEN 0.05 * (threshold - value)
            ELSE (low - threshold) / (1.0 - threshold)
        END AS excess
    FROM coverage_evidence
    WHERE counts_as_evidence
),
kinds AS (
    SELECT
        {{ key }},
        MAX(CASE WHEN kind = 'failures' THEN 1 ELSE 0 END) AS failures,
        MAX(CASE WHEN kind = 'fallback' THEN 1 ELSE 0 END) AS fallback,
        MAX(CASE WHEN kind = 'signal' THEN 1 ELSE 0 END) AS signal,
        MAX(CASE WHEN kind = 'absence' THEN 1 ELSE 0 END) AS absence,
        MAX(excess) AS excess
    FROM counted
    GROUP BY {{ key }}
),
ranked AS (
    SELECT
        *,
        ROW_NUMBER() OVER (PARTITION BY {{ key }} ORDER BY kind_no, technology_order) AS nth
    FROM counted
),
first_kind AS (
    SELECT *
    FROM ranked
    WHERE nth = 1
),
place_days AS (
    SELECT
        d.commune_code, d.commune_valid_from, k.place_kind, k.place, d.operator, d.device_id, d.local_day,
        SUM(d.tests_ok) AS tests_ok,
        SUM(d.tests_failed) AS tests_failed
    FROM coverage_device_days AS d
    INNER JOIN coverage_places AS k ON d.hamlet_no = k.hamlet_no AND d.cell_y = k.cell_y AND d.cell_x = k.cell_x
    WHERE d.device_id <> ''
    GROUP BY d.commune_code, d.commune_valid_from, k.place_kind, k.place, d.operator, d.device_id, d.local_day
),
place_devices AS (
    SELECT
        {{ key }}, device_id,
        SUM(tests_ok) AS tests_ok,
        SUM(tests_failed) AS tests_failed,
        CAST(COUNT(*) AS BIGINT) AS device_days
    FROM place_days
    GROUP BY {{ key }}, device_id
),
spread AS (
    SELECT {{ key }}, COUNT(DISTINCT local_day) AS days
    FROM place_days
    GROUP BY {{ key }}
),
totals AS (
    SELECT
        {{ key }},
        SUM(tests_ok) AS tests_ok,
        SUM(tests_failed) AS tests_failed,
        COUNT(*) AS devices,
        SUM(device_days) AS n_eff,
        SUM(device_days * device_days) AS squares
    FROM place_devices
    GROUP BY {{ key }}
)
SELECT
    f.province_code,
    f.district_code,
    f.district_name,
    f.commune_code,
    f.commune_name,
    f.commune_valid_from,
    f.place,
    f.place_kind,
    f.latitude,
    f.longitude,
    'mobile' AS access_type,
    f.operator,
    CASE WHEN k.failures = 1 THEN 'failures' ELSE '' END
    || CASE WHEN k.fallback = 0 THEN '' WHEN k.failures = 1 THEN ', fallback' ELSE 'fallback' END
    || CASE WHEN k.signal = 0 THEN '' WHEN k.failures + k.fallback > 0 THEN ', signal' ELSE 'signal' END
    || CASE WHEN k.absence = 1 THEN ', absence' ELSE '' END AS kinds,
    t.tests_ok + t.tests_failed AS tests,
    t.tests_ok,
    t.tests_failed,
    t.devices,
    s.days,
    t.n_eff,
    1.0 * t.n_eff * t.n_eff / t.squares AS n_adj,
    f.kind,
    f.technology,
    f.n,
    f.value,
    f.low,
    f.high,
    f.threshold,
    k.failures + k.fallback + k.signal + k.absence + k.excess AS severity,
    p.simulated
FROM first_kind AS f
INNER JOIN kinds AS k ON {{ same("f", "k") }}
INNER JOIN totals AS t ON {{ same("f", "t") }}
INNER JOIN spread AS s ON {{ same("f", "s") }}
CROSS JOIN parameters AS p
ORDER BY f.commune_code, f.commune_valid_from, f.place_kind, f.place, f.operator
