-- Means that are compared with a benchmark: one row per commune, operator and benchmark with an
-- interval for the mean.
--
-- `statistic` is the t of "the mean is not on the wrong side of the benchmark", bent against
-- skewness (Hall 1992) and turned so that a low value speaks for a mean on the wrong side. A benchmark
-- of one technology is compared with that technology only; unknown technology with none. What an
-- operator declared takes the place of the benchmark for all of the same access type and technology.
WITH cells AS (
    SELECT
        s.province_code, s.district_code, s.district_name,
        s.commune_code, s.commune_name, s.commune_valid_from,
        s.access_type, s.operator, s.technology,
        g.group_no, 'technology' AS grouping,
        s.tests_ok, s.samples_effective, s.tier
{%- for i in indicators if i.benchmark %},
        s.{{ i.name }}_n_adj, s.{{ i.name }}_mean, s.{{ i.name }}_mean_low, s.{{ i.name }}_mean_high, s.{{ i.name }}_median
{%- endfor %}
    FROM commune_operator_technology AS s
    INNER JOIN commune_operator_technology_groups AS g
        ON s.commune_code = g.commune_code
        AND s.commune_valid_from = g.commune_valid_from
        AND s.operator = g.operator
        AND s.access_type = g.access_type
        AND s.technology = g.technology
    UNION ALL
    SELECT
        s.province_code, s.district_code, s.district_name,
        s.commune_code, s.commune_name, s.commune_valid_from,
        f.access_type, s.operator, CAST(NULL AS VARCHAR) AS technology,
        g.group_no, 'access_type' AS grouping,
        s.tests_ok, s.samples_effective, s.tier
{%- for i in indicators if i.benchmark %},
        s.{{ i.name }}_n_adj, s.{{ i.name }}_mean, s.{{ i.name }}_mean_low, s.{{ i.name }}_mean_high, s.{{ i.name }}_median
{%- endfor %}
    FROM commune_operator AS s
    INNER JOIN families AS f ON s.family = f.family
    INNER JOIN commune_operator_groups AS g
        ON s.commune_code = g.commune_code
        AND s.commune_valid_from = g.commune_valid_from
        AND s.operator = g.operator
        AND s.family = g.family
    WHERE f.legal
),
means AS (
    SELECT *, 'technology' AS grouping FROM commune_operator_technology_means
    UNION ALL
    SELECT *, 'access_type' AS grouping FROM commune_operator_means
),
goals AS (
    SELECT
        indicator,
        access_type,
        family,
        COALESCE(technology, '') AS technology_key,
        CASE WHEN technology IS NULL THEN 'access_type' ELSE 'technology' END AS grouping,
        COALESCE(operator, '') AS operator_key,
        value
    FROM benchmarks
),
declared AS (
    SELECT * FROM goals WHERE operator_key <> ''
),
measured AS (
    SELECT operator FROM cells GROUP BY operator
),
general AS (
    SELECT g.indicator, g.access_type, g.family, g.technology_key, g.grouping, m.operator, g.value
    FROM goals AS g
    CROSS JOIN measured AS m
    WHERE g.operator_key = ''
),
applied AS (
    SELECT indicator, access_type, family, technology_key, grouping, operator_key AS operator, value
    FROM declared
    UNION ALL
    SELECT g.indicator, g.access_type, g.family, g.technology_key, g.grouping, g.operator, g.value
    FROM general AS g
    LEFT JOIN declared AS d
        ON g.indicator = d.indicator
        AND g.access_type = d.access_type
        AND g.technology_key = d.technology_key
        AND g.operator = d.operator_key
    WHERE d.value IS NULL
),
compared AS (
{%- for i in indicators if i.benchmark %}
    SELECT
        c.province_code, c.district_code, c.district_name,
        c.commune_code, c.commune_name, c.commune_valid_from,
        c.access_type, b.family, c.operator, c.technology, '{{ i.name }}' AS indicator,
        b.value AS benchmark,
        c.tests_ok, c.samples_effective, c.{{ i.name }}_n_adj AS n_adj, c.tier,
        c.{{ i.name }}_mean AS mean, c.{{ i.name }}_mean_low AS mean_low, c.{{ i.name }}_mean_high AS mean_high,
        c.{{ i.name }}_median AS median,
        m.devices,
        m.skewness,
        {% if i.worse == "low" %}{% else %}0.0 - {% endif %}(c.{{ i.name }}_mean - b.value) / m.error AS t,
        c.{{ i.name }}_mean {% if i.worse == "low" %}<{% else %}>{% endif %} b.value AS worse,
        c.{{ i.name }}_mean_{% if i.worse == "low" %}high < {% else %}low > {% endif %}b.value AND c.{{ i.name }}_median {% if i.worse == "low" %}<{% else %}>{% endif %} b.value AS clearly_worse,
        {% if i.worse == "low" %}1.0{% else %}0.0 - 1.0{% endif %} AS side
    FROM cells AS c
    INNER JOIN means AS m ON c.grouping = m.grouping AND c.group_no = m.group_no
    INNER JOIN applied AS b
        ON c.grouping = b.grouping
        AND c.operator = b.operator
        AND c.access_type = b.access_type
        AND COALESCE(c.technology, '') = b.technology_key
    WHERE m.indicator = '{{ i.name }}' AND b.indicator = '{{ i.name }}' AND c.{{ i.name }}_mean_low IS NOT NULL
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
)
SELECT
    ROW_NUMBER() OVER (
        ORDER BY commune_code, commune_valid_from, access_type, operator, technology, indicator
    ) AS test_no,
    *,
    t + side * skewness * (t * t + 0.5) / 3.0 + skewness * skewness * t * t * t / 27.0 AS statistic
FROM (
    SELECT
        province_code, district_code, district_name, commune_code, commune_name, commune_valid_from,
        access_type, family, operator, COALESCE(technology, '') AS technology, indicator, benchmark,
        tests_ok, samples_effective, n_adj, tier, mean, mean_low, mean_high, median, devices,
        skewness, t, worse, clearly_worse, side
    FROM compared
) AS ordered
ORDER BY test_no
