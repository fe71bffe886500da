-- Coverage gaps of two classes, never mixed: too few tests against the quota (`shortfall`), and a
-- published mean below its benchmark (`low_quality`, commune x operator x benchmark).
--
-- A benchmark of one technology is compared with the mean over that technology only.
WITH shortfalls AS (
    SELECT
        'shortfall' AS gap_class,
        province_code, district_code, district_name,
        commune_code, commune_name, commune_valid_from,
        access_type, tests_ok, quota, shortfall
    FROM quota
    WHERE NOT quota_met
),
low_by_technology AS (
{%- for i in indicators if i.benchmark %}
    SELECT
        s.province_code, s.district_code, s.district_name,
        s.commune_code, s.commune_name, s.commune_valid_from,
        s.access_type, s.operator, s.technology, '{{ i.name }}' AS indicator,
        b.value AS benchmark, s.{{ i.name }}_mean AS mean, s.{{ i.name }}_median AS median,
        s.samples_effective, s.tests_ok, s.tier
    FROM commune_operator_technology AS s
    INNER JOIN benchmarks AS b ON s.access_type = b.access_type AND s.technology = b.technology
    WHERE b.indicator = '{{ i.name }}' AND s.{{ i.name }}_mean {% if i.worse == "low" %}<{% else %}>{% endif %} b.value
    UNION ALL
    SELECT
        s.province_code, s.district_code, s.district_name,
        s.commune_code, s.commune_name, s.commune_valid_from,
        s.access_type, s.operator, b.technology, '{{ i.name }}' AS indicator,
        b.value AS benchmark, s.{{ i.name }}_mean AS mean, s.{{ i.name }}_median AS median,
        s.samples_effective, s.tests_ok, s.tier
    FROM commune_operator AS s
    INNER JOIN benchmarks AS b ON s.access_type = b.access_type
    WHERE b.indicator = '{{ i.name }}' AND b.technology IS NULL AND s.{{ i.name }}_mean {% if i.worse == "low" %}<{% else %}>{% endif %} b.value
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
),
everything AS (
    SELECT
        gap_class, province_code, district_code, district_name,
        commune_code, commune_name, commune_valid_from, access_type,
        CAST(NULL AS VARCHAR) AS operator,
        CAST(NULL AS VARCHAR) AS technology,
        CAST(NULL AS VARCHAR) AS indicator,
        CAST(NULL AS DOUBLE) AS benchmark,
        CAST(NULL AS DOUBLE) AS mean,
        CAST(NULL AS DOUBLE) AS median,
        CAST(NULL AS BIGINT) AS samples_effective,
        tests_ok, quota, shortfall,
        CAST(NULL AS VARCHAR) AS tier
    FROM shortfalls
    UNION ALL
    SELECT
        'low_quality' AS gap_class, province_code, district_code, district_name,
        commune_code, commune_name, commune_valid_from, access_type,
        operator, technology, indicator, benchmark, mean, median, samples_effective,
        tests_ok,
        CAST(NULL AS BIGINT) AS quota,
        CAST(NULL AS BIGINT) AS shortfall,
        tier
    FROM low_by_technology
)
SELECT e.*, p.simulated
FROM everything AS e
CROSS JOIN parameters AS p
ORDER BY
    e.gap_class, e.commune_code, e.commune_valid_from, e.access_type,
    COALESCE(e.operator, ''), COALESCE(e.technology, ''), COALESCE(e.indicator, '')
