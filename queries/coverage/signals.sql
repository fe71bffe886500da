{%- set place = "commune_code, commune_valid_from, hamlet_no, cell_y, cell_x" -%}
{%- macro of(t) -%}
{{ t }}.commune_code, {{ t }}.commune_valid_from, {{ t }}.hamlet_no, {{ t }}.cell_y, {{ t }}.cell_x
{%- endmacro -%}
{%- macro same(a, b) -%}
{{ a }}.commune_code = {{ b }}.commune_code AND {{ a }}.commune_valid_from = {{ b }}.commune_valid_from
        AND {{ a }}.hamlet_no = {{ b }}.hamlet_no AND {{ a }}.cell_y = {{ b }}.cell_y AND {{ a }}.cell_x = {{ b }}.cell_x
{%- endmacro -%}
-- The received signal by place, operator and technology, where a level is configured for the technology
-- and the minimum of effective samples and devices is met. Read as the table `coverage_signals`.
--
-- A quantile (Hyndman and Fan 1996, type 7) of the medians of device-days; dBm are never averaged over
-- devices or days. n_adj as in shares.sql.
WITH signal_devices AS (
    SELECT {{ place }}, operator, technology_key, device_id, CAST(COUNT(*) AS BIGINT) AS device_days
    FROM coverage_device_days
    WHERE device_id <> '' AND tests_signal > 0
    GROUP BY {{ place }}, operator, technology_key, device_id
),
signal_sizes AS (
    SELECT
        {{ place }}, operator, technology_key,
        SUM(device_days) AS n_eff,
        SUM(device_days * device_days) AS squares
    FROM signal_devices
    GROUP BY {{ place }}, operator, technology_key
),
signal_quantiles AS (
    SELECT
        {{ place }}, operator, technology_key,
        SUM(tests_signal) AS n,
        COUNT(DISTINCT device_id) AS devices,
        COUNT(DISTINCT local_day) AS days,
        MEDIAN(signal_dbm) AS median,
        QUANTILE_CONT(signal_dbm, 0.25) AS p25,
        QUANTILE_CONT(signal_dbm, 0.10) AS p10
    FROM coverage_device_days
    WHERE device_id <> '' AND tests_signal > 0
    GROUP BY {{ place }}, operator, technology_key
)
SELECT
    'signal' AS kind, {{ of("q") }}, q.operator, q.technology_key AS technology,
    q.n, q.devices, q.days, s.n_eff,
    1.0 * s.n_eff * s.n_eff / s.squares AS n_adj,
    CASE
        WHEN c.signal_quantile = 'p10' THEN q.p10
        WHEN c.signal_quantile = 'p25' THEN q.p25
        ELSE q.median
    END AS value,
    l.level_dbm AS threshold
FROM signal_quantiles AS q
INNER JOIN coverage_levels AS l ON q.technology_key = l.technology
INNER JOIN signal_sizes AS s
    ON {{ same("q", "s") }} AND q.operator = s.operator AND q.technology_key = s.technology_key
CROSS JOIN coverage_parameters AS c
WHERE s.n_eff - c.signal_samples >= 0 AND q.devices - c.signal_devices >= 0
