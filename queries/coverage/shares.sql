{%- set place = "commune_code, commune_valid_from, hamlet_no, cell_y, cell_x" -%}
{%- macro of(t) -%}
{{ t }}.commune_code, {{ t }}.commune_valid_from, {{ t }}.hamlet_no, {{ t }}.cell_y, {{ t }}.cell_x
{%- endmacro -%}
{%- macro same(a, b) -%}
{{ a }}.commune_code = {{ b }}.commune_code AND {{ a }}.commune_valid_from = {{ b }}.commune_valid_from
        AND {{ a }}.hamlet_no = {{ b }}.hamlet_no AND {{ a }}.cell_y = {{ b }}.cell_y AND {{ a }}.cell_x = {{ b }}.cell_x
{%- endmacro -%}
-- Shares of failed tests and of fallback to 2G or 3G (share_days.sql) by place and operator, wherever
-- the minimum of tests, devices and days is met. Read as the table `coverage_shares`.
--
-- A device on a local day is one effective sample (n_eff) with the share of its tests as value, in whole
-- millionths. Days of one device may tell the same thing over again: n_adj is
-- (sum of m)^2 / (sum of m^2) over the m days of each device (Kish 1965, the design effect of clusters
-- with correlation 1), so a phone that fails all month is a sample of one.
WITH share_devices AS (
    SELECT
        kind, {{ place }}, operator, device_id,
        SUM(n) AS n,
        SUM(tests) AS tests,
        CAST(COUNT(*) AS BIGINT) AS device_days,
        SUM(CAST(FLOOR(1000000.0 * n / tests + 0.5) AS BIGINT)) AS millionths
    FROM coverage_share_days
    GROUP BY kind, {{ place }}, operator, device_id
),
share_spread AS (
    SELECT kind, {{ place }}, operator, COUNT(DISTINCT local_day) AS days
    FROM coverage_share_days
    WHERE n > 0
    GROUP BY kind, {{ place }}, operator
),
share_totals AS (
    SELECT
        kind, {{ place }}, operator,
        SUM(n) AS n,
        SUM(tests) AS tests,
        SUM(CASE WHEN n > 0 THEN 1 ELSE 0 END) AS devices,
        SUM(device_days) AS n_eff,
        SUM(device_days * device_days) AS squares,
        SUM(millionths) AS millionths
    FROM share_devices
    GROUP BY kind, {{ place }}, operator
)
SELECT
    t.kind, {{ of("t") }}, t.operator,
    t.n, t.tests, t.devices, s.days, t.n_eff,
    1.0 * t.n_eff * t.n_eff / t.squares AS n_adj,
    t.millionths / (1000000.0 * t.n_eff) AS value,
    CASE WHEN t.kind = 'failures' THEN c.failures_share ELSE c.fallback_share END AS threshold,
    c.z
FROM share_totals AS t
INNER JOIN share_spread AS s ON t.kind = s.kind AND {{ same("t", "s") }} AND t.operator = s.operator
CROSS JOIN coverage_parameters AS c
WHERE
    t.n >= CASE WHEN t.kind = 'failures' THEN c.failures_tests ELSE c.fallback_tests END
    AND t.devices >= CASE WHEN t.kind = 'failures' THEN c.failures_devices ELSE c.fallback_devices END
    AND s.days >= CASE WHEN t.kind = 'failures' THEN c.failures_days ELSE c.fallback_days END
