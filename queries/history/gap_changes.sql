-- Gaps beside those of the last earlier month on the same side of the reform (`compared_month`).
--
-- opened          found now and not then
-- continuing      found then and now
-- closed          found then, and now the measurements clear it: the quota is met; the interval of the mean
--                 lies on the good side of the benchmark
-- not_confirmed   found then, neither found nor cleared now: too few samples, an uncertain mean, or no
--                 evidence any more of a place without coverage, since absence of evidence closes nothing
{%- set keys = ["gap_class", "commune_code", "commune_valid_from", "access_type", "operator", "technology", "indicator", "place"] %}
{%- macro same(a, b) %}
{%- for key in keys %}
        {% if loop.first %}ON{% else %}AND{% endif %} {{ a }}.{{ key }} = {{ b }}.{{ key }}
{%- endfor %}
{%- endmacro %}
WITH last_back AS (
    SELECT MIN(months_back) AS months_back FROM history_months WHERE basis = 'published'
),
compared AS (
    SELECT h.month AS compared_month, h.months_back
    FROM history_months AS h
    INNER JOIN last_back AS l ON h.months_back = l.months_back
),
all_before AS (
    SELECT
        g.gap_class, g.commune_code, g.commune_name, g.commune_valid_from, g.access_type, g.family,
        COALESCE(g.operator, '') AS operator,
        COALESCE(g.technology, '') AS technology,
        COALESCE(g.indicator, '') AS indicator,
        COALESCE(g.place, '') AS place,
        c.compared_month
    FROM history_gaps AS g
    INNER JOIN compared AS c ON g.months_back = c.months_back
    WHERE g.state = 'found'
),
found_before AS (
    SELECT {{ keys | join(", ") }}, commune_name, family, compared_month, 1 AS found_then
    FROM all_before
    GROUP BY {{ keys | join(", ") }}, commune_name, family, compared_month
),
all_now AS (
    SELECT
        gap_class, commune_code, commune_name, commune_valid_from, access_type, family,
        COALESCE(operator, '') AS operator,
        COALESCE(technology, '') AS technology,
        COALESCE(indicator, '') AS indicator,
        COALESCE(place, '') AS place
    FROM gaps
    WHERE state = 'found'
),
found_now AS (
    SELECT {{ keys | join(", ") }}, commune_name, family, 1 AS found_today
    FROM all_now
    GROUP BY {{ keys | join(", ") }}, commune_name, family
),
means_now AS (
    SELECT
        'low_quality' AS gap_class, commune_code, commune_valid_from, access_type, operator, technology, indicator,
        MAX(benchmark) AS benchmark,
        MAX(mean) AS mean,
        MAX(mean_low) AS mean_low,
        MAX(mean_high) AS mean_high,
        MIN(CASE WHEN side > 0 AND mean_low >= benchmark THEN 1 WHEN side < 0 AND mean_high <= benchmark THEN 1 ELSE 0 END) AS mean_cleared
    FROM gap_tests
    GROUP BY commune_code, commune_valid_from, access_type, operator, technology, indicator
),
quota_now AS (
    SELECT
        'shortfall' AS gap_class, commune_code, commune_valid_from, access_type,
        tests_ok, counted, quota, CASE WHEN quota_met THEN 1 ELSE 0 END AS quota_cleared
    FROM quota
    WHERE legal
),
still_there AS (
    SELECT
        CASE WHEN b.found_then = 1 THEN 'continuing' ELSE 'opened' END AS change,
        {% for key in keys %}n.{{ key }}, {% endfor %}n.commune_name, n.family, c.compared_month
    FROM found_now AS n
    CROSS JOIN compared AS c
    LEFT JOIN found_before AS b
{{- same("n", "b") }}
),
gone AS (
    SELECT
        'gone' AS change,
        {% for key in keys %}b.{{ key }}, {% endfor %}b.commune_name, b.family, b.compared_month
    FROM found_before AS b
    LEFT JOIN found_now AS n
{{- same("b", "n") }}
    WHERE n.found_today IS NULL
),
changes AS (
    SELECT * FROM still_there
    UNION ALL
    SELECT * FROM gone
)
SELECT
    g.gap_class,
    CASE
        WHEN g.change <> 'gone' THEN g.change
        WHEN q.quota_cleared = 1 OR m.mean_cleared = 1 THEN 'closed'
        ELSE 'not_confirmed'
    END AS change,
    g.commune_code, g.commune_name, g.commune_valid_from, g.access_type, g.family,
    NULLIF(g.operator, '') AS operator,
    NULLIF(g.technology, '') AS technology,
    NULLIF(g.indicator, '') AS indicator,
    NULLIF(g.place, '') AS place,
    g.compared_month,
    h.since AS found_since,
    m.benchmark, m.mean, m.mean_low, m.mean_high,
    q.tests_ok, q.counted, q.quota,
    p.simulated
FROM changes AS g
CROSS JOIN parameters AS p
LEFT JOIN earlier_gaps AS h
{{- same("g", "h") }}
LEFT JOIN quota_now AS q
    ON g.gap_class = q.gap_class
    AND g.commune_code = q.commune_code
    AND g.commune_valid_from = q.commune_valid_from
    AND g.access_type = q.access_type
LEFT JOIN means_now AS m
    ON g.gap_class = m.gap_class
    AND g.commune_code = m.commune_code
    AND g.commune_valid_from = m.commune_valid_from
    AND g.access_type = m.access_type
    AND g.operator = m.operator
    AND g.technology = m.technology
    AND g.indicator = m.indicator
ORDER BY
    g.gap_class, change, g.commune_code, g.commune_valid_from, g.access_type, g.operator, g.technology, g.indicator, g.place
