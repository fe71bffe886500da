-- Statistics of {{ table.name }}: one row per {{ table.keys | join(", ") }}.
--
-- Counts are over single tests; mean, median and quantiles over effective samples (collapse/).
-- Quantiles interpolate linearly between order statistics (Hyndman and Fan 1996, type 7).
-- A mean is a sum of integers on the grid of 0.5 * 10^-6, divided once: it does not depend on the
-- order of rows. The sum is exact while values * 2 * 10^6 add up to less than 2^63.
-- Statistics of fewer than `publish_from` values are not given.
WITH counts AS (
    SELECT
{%- for key in table.keys %}
        {% if key in nullable %}COALESCE({{ key }}, ''){% else %}{{ key }}{% endif %} AS {{ key }},
{%- endfor %}
        SUM(CASE WHEN is_ok THEN 1 ELSE 0 END) AS tests_ok,
        SUM(CASE WHEN is_ok THEN 0 ELSE 1 END) AS tests_failed,
        SUM(CASE WHEN is_ok AND device_id IS NULL THEN 1 ELSE 0 END) AS tests_without_device,
        COUNT(DISTINCT CASE WHEN is_ok THEN device_id END) AS devices
{%- if table.raw %}{% for i in indicators %},
        COUNT(CASE WHEN is_ok THEN {{ i.expression }} END) AS {{ i.name }}_raw_n,
        1.0 * SUM(CAST(ROUND((CASE WHEN is_ok THEN {{ i.expression }} END) * 1000000) AS BIGINT))
        / (1000000.0 * COUNT(CASE WHEN is_ok THEN {{ i.expression }} END)) AS {{ i.name }}_raw_mean,
        MEDIAN(CASE WHEN is_ok THEN {{ i.expression }} END) AS {{ i.name }}_raw_median
{%- endfor %}{% endif %}
    FROM accepted
{%- if table.where %}
    WHERE {{ table.where }}
{%- endif %}
    GROUP BY
{%- for key in table.keys %}
        {% if key in nullable %}COALESCE({{ key }}, ''){% else %}{{ key }}{% endif %}{% if not loop.last %},{% endif %}
{%- endfor %}
),
measures AS (
    SELECT
{%- for key in table.keys %}
        {% if key in nullable %}COALESCE(e.{{ key }}, ''){% else %}e.{{ key }}{% endif %} AS {{ key }},
{%- endfor %}
        COUNT(*) AS samples_effective
{%- for i in indicators %},
        COUNT(e.{{ i.name }}) AS {{ i.name }}_n,
        1.0 * SUM(CAST(ROUND(e.{{ i.name }} * 2000000) AS BIGINT))
        / (2000000.0 * COUNT(e.{{ i.name }})) AS {{ i.name }}_mean,
        MEDIAN(e.{{ i.name }}) AS {{ i.name }}_median,
        QUANTILE_CONT(e.{{ i.name }}, 0.05) AS {{ i.name }}_p05,
        QUANTILE_CONT(e.{{ i.name }}, 0.10) AS {{ i.name }}_p10,
        QUANTILE_CONT(e.{{ i.name }}, 0.90) AS {{ i.name }}_p90,
        QUANTILE_CONT(e.{{ i.name }}, 0.95) AS {{ i.name }}_p95
{%- if i.benchmark %},
        COUNT(CASE WHEN b_{{ i.name }}.value IS NOT NULL THEN e.{{ i.name }} END) AS {{ i.name }}_benchmark_n,
        SUM(CASE WHEN e.{{ i.name }} {% if i.worse == "low" %}>={% else %}<={% endif %} b_{{ i.name }}.value THEN 1 ELSE 0 END) AS {{ i.name }}_at_benchmark
{%- endif %}
{%- endfor %}
    FROM effective AS e
{%- for i in indicators if i.benchmark %}
    LEFT JOIN benchmark_{{ i.name }} AS b_{{ i.name }}
        ON e.access_type = b_{{ i.name }}.access_type
        AND e.technology_key = b_{{ i.name }}.technology_key
{%- endfor %}
{%- if table.where %}
    WHERE {{ table.where }}
{%- endif %}
    GROUP BY
{%- for key in table.keys %}
        {% if key in nullable %}COALESCE(e.{{ key }}, ''){% else %}e.{{ key }}{% endif %}{% if not loop.last %},{% endif %}
{%- endfor %}
)
SELECT
{%- for key in table.keys %}
    {% if key in nullable %}NULLIF(c.{{ key }}, ''){% else %}c.{{ key }}{% endif %} AS {{ key }},
{%- endfor %}
    c.tests_ok,
    c.tests_failed,
    c.tests_without_device,
    COALESCE(m.samples_effective, 0) AS samples_effective,
    c.devices,
    CASE
        WHEN COALESCE(m.samples_effective, 0) >= p.sufficient_from THEN 'sufficient'
        WHEN COALESCE(m.samples_effective, 0) >= p.publish_from THEN 'reference'
        ELSE 'count_only'
    END AS tier
{%- for i in indicators %},
    COALESCE(m.{{ i.name }}_n, 0) AS {{ i.name }}_n
{%- for statistic in statistics %},
    CASE WHEN m.{{ i.name }}_n >= p.publish_from THEN m.{{ i.name }}_{{ statistic }} END AS {{ i.name }}_{{ statistic }}
{%- endfor %}
{%- if i.benchmark %},
    COALESCE(m.{{ i.name }}_benchmark_n, 0) AS {{ i.name }}_benchmark_n,
    CASE
        WHEN m.{{ i.name }}_benchmark_n >= p.publish_from
            THEN 1.0 * m.{{ i.name }}_at_benchmark / m.{{ i.name }}_benchmark_n
    END AS {{ i.name }}_share_at_benchmark
{%- endif %}
{%- if table.raw %},
    c.{{ i.name }}_raw_n,
    CASE WHEN m.{{ i.name }}_n >= p.publish_from THEN c.{{ i.name }}_raw_mean END AS {{ i.name }}_raw_mean,
    CASE WHEN m.{{ i.name }}_n >= p.publish_from THEN c.{{ i.name }}_raw_median END AS {{ i.name }}_raw_median
{%- endif %}
{%- endfor %},
    p.simulated
FROM counts AS c
CROSS JOIN parameters AS p
LEFT JOIN measures AS m
{%- for key in table.keys %}
    {% if loop.first %}ON{% else %}AND{% endif %} c.{{ key }} = m.{{ key }}
{%- endfor %}
ORDER BY
{%- for key in table.keys %}
    {% if key in nullable %}COALESCE(c.{{ key }}, ''){% else %}c.{{ key }}{% endif %}{% if not loop.last %},{% endif %}
{%- endfor %}
