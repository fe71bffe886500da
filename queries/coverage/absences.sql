{%- set place = "commune_code, commune_valid_from, hamlet_no, cell_y, cell_x" -%}
{%- macro of(t) -%}
{{ t }}.commune_code, {{ t }}.commune_valid_from, {{ t }}.hamlet_no, {{ t }}.cell_y, {{ t }}.cell_x
{%- endmacro -%}
{%- macro same(a, b) -%}
{{ a }}.commune_code = {{ b }}.commune_code AND {{ a }}.commune_valid_from = {{ b }}.commune_valid_from
        AND {{ a }}.hamlet_no = {{ b }}.hamlet_no AND {{ a }}.cell_y = {{ b }}.cell_y AND {{ a }}.cell_x = {{ b }}.cell_x
{%- endmacro -%}
-- Operators without a successful test at a place where others have some and where they themselves have
-- some in the neighbourhood. Read as the table `coverage_absences`.
--
-- value is the probability (1 - p)^n_adj that chance leaves the operator out: p is its share of the
-- effective samples (device-days with a successful test) of the neighbours, n_adj the size of the
-- others' samples here, as in shares.sql. Neighbours are the other places in the same cell and in the
-- eight around it (neighbours.sql); a hamlet lies in the cell of its centre. A successful test without a
-- device ends an absence, too.
WITH reached AS (
    SELECT
        {{ place }}, operator, device_id, local_day,
        SUM(tests_ok) AS tests_ok
    FROM coverage_device_days
    WHERE tests_ok > 0
    GROUP BY {{ place }}, operator, device_id, local_day
),
present AS (
    SELECT DISTINCT {{ place }}, operator AS present_operator
    FROM reached
),
reached_devices AS (
    SELECT {{ place }}, operator, device_id, SUM(tests_ok) AS tests_ok, CAST(COUNT(*) AS BIGINT) AS device_days
    FROM reached
    WHERE device_id <> ''
    GROUP BY {{ place }}, operator, device_id
),
reached_spread AS (
    SELECT {{ place }}, COUNT(DISTINCT device_id) AS devices, COUNT(DISTINCT local_day) AS days
    FROM reached
    WHERE device_id <> ''
    GROUP BY {{ place }}
),
reached_places AS (
    SELECT
        {{ place }},
        SUM(tests_ok) AS n,
        SUM(device_days) AS n_eff,
        SUM(device_days * device_days) AS squares
    FROM reached_devices
    GROUP BY {{ place }}
),
missing AS (
    SELECT
        {{ of("p") }}, o.operator, p.n, s.devices, s.days, p.n_eff,
        1.0 * p.n_eff * p.n_eff / p.squares AS n_adj,
        1.0 * o.operator_n_eff / (o.n_eff - p.n_eff) AS neighbour_share
    FROM reached_places AS p
    INNER JOIN reached_spread AS s ON {{ same("p", "s") }}
    INNER JOIN coverage_neighbours AS o ON p.cell_y = o.cell_y AND p.cell_x = o.cell_x
    LEFT JOIN present AS x ON {{ same("p", "x") }} AND o.operator = x.present_operator
    WHERE x.present_operator IS NULL
)
SELECT
    'absence' AS kind, {{ of("m") }}, m.operator,
    m.n, m.devices, m.days, m.n_eff, m.n_adj,
    POWER(1.0 - m.neighbour_share, m.n_adj) AS value,
    c.absence_probability AS threshold
FROM missing AS m
CROSS JOIN coverage_parameters AS c
-- As a difference: Polars refuses a single comparison of columns across a CROSS JOIN.
WHERE m.devices - c.absence_devices >= 0
