-- Which order statistics of {{ table.name }}{{ series.suffix }} enclose its quantiles: one row per group, indicator and statistic.
--
-- The ranks that cover a quantile for n_adj independent values (binomial, table `ranks`), moved from
-- n_adj to the n values at hand, counted from 1; an end beyond which no rank lies is open (NULL).
WITH published AS (
    SELECT s.group_no, s.indicator
    FROM {{ table.name }}{{ series.suffix }}_sizes AS s
    CROSS JOIN parameters AS p
    WHERE s.statistic = 'median' AND s.n_adj - p.publish_from >= 0
)
SELECT
    s.group_no,
    s.indicator,
    s.statistic,
    CAST(FLOOR(r.low * (s.n + 1.0) / (s.n_adj + 1.0)) AS BIGINT) AS low,
    CAST(CEIL(r.high * (s.n + 1.0) / (s.n_adj + 1.0)) AS BIGINT) AS high
FROM {{ table.name }}{{ series.suffix }}_sizes AS s
INNER JOIN published AS u ON s.group_no = u.group_no AND s.indicator = u.indicator
INNER JOIN ranks AS r ON s.statistic = r.statistic AND s.n_adj = r.n_adj
