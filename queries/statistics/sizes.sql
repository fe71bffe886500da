-- Adjusted sizes of {{ table.name }}{{ series.suffix }}: one row per group, indicator and statistic.
--
-- n_adj = n / deff, never above n, in whole samples. deff compares the linearised variance over
-- devices with that of n independent values (Kish 1965; Woodruff 1952 for quantiles), with k / (k - 1)
-- for k clusters and the square of Student's t with devices - 1 degrees of freedom over the normal
-- quantile (Korn and Graubard 1998). Where no cluster has more than one value, n_adj = n. Where all
-- values are on one side, nothing is seen of the variance over devices, and deff is that of values alike
-- within each device (sum of b*b / n).
-- A variance over few devices is itself uncertain, and groups that are published because theirs came
-- out low would be misjudged. With fewer than `own_deff_devices`, deff is at least
-- 1 + (sum of b*b / n - 1) * correlation, with the correlation within devices over all groups of the
-- table (a generalised variance function, Wolter 2007, chapter 7).
{%- from "macros.sql" import exact_sum %}
WITH moments AS (
{%- for m in series.measures %}
{%- for q in series.quantiles %}
    SELECT
        group_no,
        '{{ m.name }}' AS indicator,
        '{{ q.name }}' AS statistic,
        {{ m.name }}_devices AS devices,
        CAST({{ m.name }}_clusters AS DOUBLE) AS clusters,
        CAST({{ m.name }}_b AS DOUBLE) AS n,
        CAST({{ m.name }}_bb AS DOUBLE) AS bb,
        CAST({{ m.name }}_{{ q.name }}_c AS DOUBLE) AS c,
        CAST({{ m.name }}_{{ q.name }}_cc AS DOUBLE) AS cc,
        CAST({{ m.name }}_{{ q.name }}_cb AS DOUBLE) AS cb
    FROM {{ table.name }}{{ series.suffix }}_clusters
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
{%- if m.benchmark %}
    UNION ALL
    SELECT
        group_no,
        '{{ m.name }}' AS indicator,
        'share_at_benchmark' AS statistic,
        {{ m.name }}_share_devices AS devices,
        CAST({{ m.name }}_share_clusters AS DOUBLE) AS clusters,
        CAST({{ m.name }}_share_b AS DOUBLE) AS n,
        CAST({{ m.name }}_share_bb AS DOUBLE) AS bb,
        CAST({{ m.name }}_share_c AS DOUBLE) AS c,
        CAST({{ m.name }}_share_cc AS DOUBLE) AS cc,
        CAST({{ m.name }}_share_cb AS DOUBLE) AS cb
    FROM {{ table.name }}{{ series.suffix }}_clusters
{%- endif %}
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
),
effects AS (
    SELECT
        m.*,
        m.c * (m.n - m.c) / (m.n * m.n) AS spread,
        CASE
            WHEN m.c > 0 AND m.c < m.n
                THEN (m.n * m.n * m.cc - 2.0 * m.n * m.c * m.cb + m.c * m.c * m.bb)
                / (m.n * m.c * (m.n - m.c)) * m.clusters / NULLIF(m.clusters - 1.0, 0)
            ELSE m.bb / m.n
        END AS own_deff
    FROM moments AS m
    WHERE m.n > 0
),
pooled AS (
    SELECT
        e.indicator,
        e.statistic,
        {{ exact_sum("e.spread * e.n * (e.own_deff - 1.0)") }}
        / NULLIF({{ exact_sum("e.spread * (e.bb - e.n)") }}, 0) AS correlation
    FROM effects AS e
    CROSS JOIN parameters AS p
    WHERE e.devices - p.publish_devices >= 0 AND e.bb > e.n AND e.c > 0 AND e.c < e.n
    GROUP BY e.indicator, e.statistic
),
smoothed AS (
    SELECT
        e.*,
        CASE
            WHEN e.devices < p.own_deff_devices
                AND 1.0 + (e.bb / e.n - 1.0) * o.correlation > e.own_deff
                THEN 1.0 + (e.bb / e.n - 1.0) * o.correlation
            ELSE e.own_deff
        END AS deff,
        CASE WHEN e.bb = e.n THEN 1.0 ELSE (t.t * t.t) / (p.z * p.z) END AS few_devices
    FROM effects AS e
    CROSS JOIN parameters AS p
    LEFT JOIN pooled AS o ON e.indicator = o.indicator AND e.statistic = o.statistic
    LEFT JOIN student_t AS t ON e.devices = t.devices
)
SELECT
    group_no,
    indicator,
    statistic,
    devices,
    CAST(n AS BIGINT) AS n,
    CAST(c AS BIGINT) AS ones,
    CASE
        WHEN bb = n THEN CAST(n AS BIGINT)
        ELSE CAST(
            FLOOR(CASE WHEN deff * few_devices > 1 THEN n / (deff * few_devices) ELSE n END) AS BIGINT
        )
    END AS n_adj,
    CASE WHEN own_deff > 0 THEN deff / own_deff ELSE 1.0 END AS widening
FROM smoothed
WHERE few_devices IS NOT NULL
