-- Means of {{ table.name }}{{ series.suffix }} with what their intervals and tests need: one row per group and indicator.
--
-- `error` is the standard error over devices (linearised variance of a ratio, k / (k - 1) for k
-- clusters), widened like the design effect of the median where that rests on other groups
-- (sizes.sql); `skewness` is that of the mean (third moment of the same residuals), `t` Student's
-- 0.975 quantile with devices - 1 degrees of freedom.
WITH moments AS (
{%- for m in series.measures %}
    SELECT
        c.group_no,
        '{{ m.name }}' AS indicator,
        CAST(p.{{ m.name }}_sum AS DOUBLE) / (2000000.0 * p.{{ m.name }}_n) AS mean,
        CAST(p.{{ m.name }}_n AS DOUBLE) AS n,
        CAST(c.{{ m.name }}_clusters AS DOUBLE) AS k,
        c.{{ m.name }}_devices AS devices,
        c.{{ m.name }}_uu AS uu,
        c.{{ m.name }}_uuu AS uuu
    FROM {{ table.name }}{{ series.suffix }}_clusters AS c
    INNER JOIN {{ table.name }}{{ series.suffix }}_points AS p ON c.group_no = p.group_no
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
)
SELECT
    m.group_no,
    m.indicator,
    m.mean,
    m.mean * SQRT(s.widening * m.k / (m.k - 1.0) * m.uu) / m.n AS error,
    m.uuu / (m.uu * SQRT(m.uu)) AS skewness,
    m.devices,
    t.t
FROM moments AS m
INNER JOIN {{ table.name }}{{ series.suffix }}_sizes AS s
    ON m.group_no = s.group_no AND m.indicator = s.indicator
INNER JOIN student_t AS t ON m.devices = t.devices
WHERE s.statistic = 'median' AND m.uu > 0 AND m.k > 1
