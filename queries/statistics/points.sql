-- Point estimates of {{ table.name }}{{ series.suffix }}: one row per group.
--
-- Quantiles interpolate linearly between order statistics (Hyndman and Fan 1996, type 7).
-- A sum counts steps of 0.5 * 10^-6 and does not depend on the order of rows; it is exact while
-- values * 2 * 10^6 add up to less than 2^63.
SELECT
    group_no,
    COUNT(*) AS samples,
    COUNT(DISTINCT cluster_no) AS devices
{%- for m in series.measures %},
    COUNT({{ m.name }}) AS {{ m.name }}_n,
    SUM(CAST(ROUND({{ m.name }} * 2000000) AS BIGINT)) AS {{ m.name }}_sum,
    MEDIAN({{ m.name }}) AS {{ m.name }}_median
{%- for q in series.quantiles if q.name != "median" %},
    QUANTILE_CONT({{ m.name }}, {{ q.level }}) AS {{ m.name }}_{{ q.name }}
{%- endfor %}
{%- if m.benchmark %},
    COUNT(CASE WHEN {{ m.name }}_benchmark IS NOT NULL THEN {{ m.name }} END) AS {{ m.name }}_benchmark_n
{%- endif %}
{%- endfor %}
FROM {{ table.name }}{{ series.suffix }}_values
GROUP BY group_no
