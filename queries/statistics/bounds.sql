-- 95 % intervals of {{ table.name }}{{ series.suffix }}: one row per group, indicator and statistic.
--
-- Quantile: the order statistics whose ranks cover it for n_adj independent values (binomial, table
-- `ranks`), moved from n_adj to the n values at hand; the end beyond which no rank lies is open.
-- Share: Wilson (1927) at n_adj. Mean: Hall's (1992) cubic transformation of Student's t, which
-- takes out the skewness of the mean (means.sql).
WITH published AS (
    SELECT s.group_no, s.indicator
    FROM {{ table.name }}{{ series.suffix }}_sizes AS s
    CROSS JOIN parameters AS p
    WHERE s.statistic = 'median' AND s.n_adj - p.publish_from >= 0
),
ranked AS (
    SELECT
        s.group_no,
        s.indicator,
        s.statistic,
        CAST(FLOOR(r.low * (s.n + 1.0) / (s.n_adj + 1.0)) AS BIGINT) AS low,
        CAST(CEIL(r.high * (s.n + 1.0) / (s.n_adj + 1.0)) AS BIGINT) AS high
    FROM {{ table.name }}{{ series.suffix }}_sizes AS s
    INNER JOIN published AS u ON s.group_no = u.group_no AND s.indicator = u.indicator
    INNER JOIN ranks AS r ON s.statistic = r.statistic AND s.n_adj = r.n_adj
),
positions AS (
    SELECT group_no, indicator, statistic, 'low' AS side, low AS position FROM ranked
    UNION ALL
    SELECT group_no, indicator, statistic, 'high' AS side, high AS position FROM ranked
),
ordered AS (
{%- for m in series.measures %}
    SELECT
        v.group_no,
        '{{ m.name }}' AS indicator,
        v.{{ m.name }} AS value,
        ROW_NUMBER() OVER (PARTITION BY v.group_no ORDER BY v.{{ m.name }}) AS position
    FROM {{ table.name }}{{ series.suffix }}_values AS v
    INNER JOIN published AS u ON v.group_no = u.group_no
    WHERE u.indicator = '{{ m.name }}' AND v.{{ m.name }} IS NOT NULL
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
),
quantiles AS (
    SELECT
        q.group_no,
        q.indicator,
        q.statistic,
        MAX(CASE WHEN q.side = 'low' THEN o.value END) AS low,
        MAX(CASE WHEN q.side = 'high' THEN o.value END) AS high
    FROM positions AS q
    INNER JOIN ordered AS o
        ON q.group_no = o.group_no AND q.indicator = o.indicator AND q.position = o.position
    GROUP BY q.group_no, q.indicator, q.statistic
),
shares AS (
    SELECT
        s.group_no,
        s.indicator,
        s.statistic,
        CAST(s.n_adj AS DOUBLE) AS m,
        CAST(s.ones AS DOUBLE) / s.n AS share,
        p.z * p.z AS zz
    FROM {{ table.name }}{{ series.suffix }}_sizes AS s
    CROSS JOIN parameters AS p
    WHERE s.statistic = 'share_at_benchmark' AND s.n_adj > 0
),
wilson AS (
    SELECT
        group_no,
        indicator,
        statistic,
        share,
        (share + zz / (2.0 * m)) / (1.0 + zz / m) AS centre,
        SQRT(zz * (share * (1.0 - share) / m + zz / (4.0 * m * m))) / (1.0 + zz / m) AS half
    FROM shares
),
bent AS (
    SELECT
        *,
        t - skewness / 6.0 AS above,
        0.0 - t - skewness / 6.0 AS below,
        CBRT(1.0 + skewness * (t - skewness / 6.0)) AS root_above,
        CBRT(1.0 + skewness * (0.0 - t - skewness / 6.0)) AS root_below
    FROM {{ table.name }}{{ series.suffix }}_means
)
SELECT group_no, indicator, statistic, low, high
FROM quantiles
UNION ALL
SELECT
    group_no,
    indicator,
    statistic,
    CASE WHEN share = 0 THEN 0.0 ELSE centre - half END AS low,
    CASE WHEN share = 1 THEN 1.0 ELSE centre + half END AS high
FROM wilson
UNION ALL
SELECT
    group_no,
    indicator,
    'mean' AS statistic,
    mean - error * 3.0 * above / (root_above * root_above + root_above + 1.0) AS low,
    mean - error * 3.0 * below / (root_below * root_below + root_below + 1.0) AS high
FROM bent
