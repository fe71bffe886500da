{%- set place = "commune_code, commune_valid_from, hamlet_no, cell_y, cell_x" -%}
{%- macro of(t) -%}
{{ t }}.commune_code, {{ t }}.commune_valid_from, {{ t }}.hamlet_no, {{ t }}.cell_y, {{ t }}.cell_x
{%- endmacro -%}
{%- macro same(a, b) -%}
{{ a }}.commune_code = {{ b }}.commune_code AND {{ a }}.commune_valid_from = {{ b }}.commune_valid_from
        AND {{ a }}.hamlet_no = {{ b }}.hamlet_no AND {{ a }}.cell_y = {{ b }}.cell_y AND {{ a }}.cell_x = {{ b }}.cell_x
{%- endmacro -%}
-- Signs of missing coverage: one row per place, operator and kind (and technology, for the signal),
-- wherever the minimum of the kind is met. See shares.sql, signals.sql and absences.sql.
--
-- n         tests of the kind: failed, on 2G or 3G, with a signal; for an absence those of the others
-- tests     all tests behind the value
-- devices, days  behind n
-- value     share, quantile in dBm, or probability
-- low, high Wilson score interval of a share at n_adj (Wilson 1927, 95 %)
-- threshold what the value is compared with
-- counts_as_evidence  the lower bound of a share is above its threshold; the quantile of the signal is
--           below its level; an absence only where another kind counts for the same operator at the
--           same place
WITH wilson AS (
    SELECT
        *,
        (value + z * z * 0.5 / n_adj) / (1.0 + z * z / n_adj) AS middle,
        z / (1.0 + z * z / n_adj) * SQRT(value * (1.0 - value) / n_adj + z * z * 0.25 / (n_adj * n_adj)) AS half
    FROM coverage_shares
),
positive AS (
    SELECT
        kind, {{ place }}, operator,
        CAST(NULL AS VARCHAR) AS technology,
        n, tests, devices, days, n_eff, n_adj, value,
        middle - half AS low,
        middle + half AS high,
        threshold,
        middle - half > threshold AS counts_as_evidence
    FROM wilson
    UNION ALL
    SELECT
        kind, {{ place }}, operator, technology,
        n, n AS tests, devices, days, n_eff, n_adj, value,
        CAST(NULL AS DOUBLE) AS low,
        CAST(NULL AS DOUBLE) AS high,
        threshold,
        value < threshold AS counts_as_evidence
    FROM coverage_signals
),
supported AS (
    SELECT DISTINCT {{ place }}, operator AS supported_operator
    FROM positive
    WHERE counts_as_evidence
),
evidence AS (
    SELECT *
    FROM positive
    UNION ALL
    SELECT
        a.kind, {{ of("a") }}, a.operator,
        CAST(NULL AS VARCHAR) AS technology,
        a.n, a.n AS tests, a.devices, a.days, a.n_eff, a.n_adj, a.value,
        CAST(NULL AS DOUBLE) AS low,
        CAST(NULL AS DOUBLE) AS high,
        a.threshold,
        s.supported_operator IS NOT NULL AS counts_as_evidence
    FROM coverage_absences AS a
    LEFT JOIN supported AS s ON {{ same("a", "s") }} AND a.operator = s.supported_operator
    WHERE a.value <= a.threshold
)
SELECT
    r.province_code,
    r.district_code,
    r.district_name,
    e.commune_code,
    r.commune_name,
    e.commune_valid_from,
    k.place,
    k.place_kind,
    k.latitude,
    k.longitude,
    e.operator,
    e.kind,
    e.technology,
    e.n,
    e.tests,
    e.devices,
    e.days,
    e.n_eff,
    e.n_adj,
    e.value,
    e.low,
    e.high,
    e.threshold,
    e.counts_as_evidence,
    p.simulated
FROM evidence AS e
INNER JOIN communes AS r ON e.commune_code = r.commune_code AND e.commune_valid_from = r.valid_from
INNER JOIN coverage_places AS k ON e.hamlet_no = k.hamlet_no AND e.cell_y = k.cell_y AND e.cell_x = k.cell_x
CROSS JOIN parameters AS p
ORDER BY
    e.commune_code, e.commune_valid_from, k.place_kind, k.place, e.operator, e.kind,
    COALESCE(e.technology, '')
