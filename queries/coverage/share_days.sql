{%- set place = "commune_code, commune_valid_from, hamlet_no, cell_y, cell_x" -%}
{%- macro of(t) -%}
{{ t }}.commune_code, {{ t }}.commune_valid_from, {{ t }}.hamlet_no, {{ t }}.cell_y, {{ t }}.cell_x
{%- endmacro -%}
{%- macro same(a, b) -%}
{{ a }}.commune_code = {{ b }}.commune_code AND {{ a }}.commune_valid_from = {{ b }}.commune_valid_from
        AND {{ a }}.hamlet_no = {{ b }}.hamlet_no AND {{ a }}.cell_y = {{ b }}.cell_y AND {{ a }}.cell_x = {{ b }}.cell_x
{%- endmacro -%}
-- Tests that may be signs of missing coverage, by device and day: n among tests. Read as the table
-- `coverage_share_days`; it tells where phones were and is not kept.
--
-- failures  failed tests among all
-- fallback  successful tests on 2G or 3G among those of devices that had a successful test on 4G or
--           5G with the same operator at another place in the period; tests whose technology is not
--           known are left out
--
-- Tests without a device count for neither.
WITH device_days AS (
    SELECT
        {{ place }}, operator, device_id, local_day,
        SUM(tests_failed) AS failed,
        SUM(tests_ok + tests_failed) AS tests,
        SUM(CASE WHEN technology_key = '2G' OR technology_key = '3G' THEN tests_ok ELSE 0 END) AS older,
        SUM(CASE WHEN technology_key = '4G' OR technology_key = '5G' THEN tests_ok ELSE 0 END) AS newer
    FROM coverage_device_days
    WHERE device_id <> ''
    GROUP BY {{ place }}, operator, device_id, local_day
),
device_places AS (
    SELECT {{ place }}, operator, device_id, SUM(newer) AS newer
    FROM device_days
    GROUP BY {{ place }}, operator, device_id
),
device_range AS (
    SELECT operator, device_id, SUM(CASE WHEN newer > 0 THEN 1 ELSE 0 END) AS newer_places
    FROM device_places
    GROUP BY operator, device_id
),
capable AS (
    SELECT {{ of("p") }}, p.operator, p.device_id
    FROM device_places AS p
    INNER JOIN device_range AS r ON p.operator = r.operator AND p.device_id = r.device_id
    WHERE r.newer_places > CASE WHEN p.newer > 0 THEN 1 ELSE 0 END
)
SELECT 'failures' AS kind, {{ place }}, operator, device_id, local_day, failed AS n, tests
FROM device_days
UNION ALL
SELECT
    'fallback' AS kind, {{ of("d") }}, d.operator, d.device_id, d.local_day,
    d.older AS n, d.older + d.newer AS tests
FROM device_days AS d
INNER JOIN capable AS c
    ON {{ same("d", "c") }}
    AND d.operator = c.operator AND d.device_id = c.device_id
WHERE d.older + d.newer > 0
