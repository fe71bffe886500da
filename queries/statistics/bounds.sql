-- 95 % intervals of {{ table.name }}{{ series.suffix }}: one row per group, indicator and statistic.
--
-- Quantile: the order statistics of order.sql. Share: Wilson (1927) at n_adj. Mean: Hall's (1992) cubic
-- transformation of Student's t, which takes out the skewness of the mean (means.sql).
WITH shares AS (
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
FROM {{ table.name }}{{ series.suffix }}_order
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
