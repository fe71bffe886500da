-- Weights: one row per group and commune with samples; none where its population is not known.
--
-- A sample weighs as much as the population of its commune divided by the samples of the group there.
-- `weight` is scaled so that the mean over the samples of the group is 1; `units` is the same in
-- 10^-15 of the whole, as a whole number, so that sums of it are exact.
WITH counts AS (
    SELECT
        v.group_no,
        v.commune_code,
        v.commune_valid_from,
        CAST(COUNT(*) AS DOUBLE) AS samples,
        SUM(CAST(ROUND(v.value * 2000000) AS BIGINT)) AS steps
    FROM weighting_values AS v
    GROUP BY v.group_no, v.commune_code, v.commune_valid_from
),
known AS (
    SELECT c.*, CAST(p.population AS DOUBLE) AS population
    FROM counts AS c
    LEFT JOIN population AS p
        ON c.commune_code = p.commune_code AND c.commune_valid_from = p.commune_valid_from
),
totals AS (
    SELECT
        group_no,
        CAST(SUM(CAST(CASE WHEN population IS NOT NULL THEN samples END AS BIGINT)) AS DOUBLE) AS group_samples,
        CAST(SUM(CAST(population AS BIGINT)) AS DOUBLE) AS group_population
    FROM known
    GROUP BY group_no
)
SELECT
    k.group_no,
    k.commune_code,
    k.commune_valid_from,
    CAST(k.samples AS BIGINT) AS samples,
    CAST(k.steps AS BIGINT) AS steps,
    CAST(k.population AS BIGINT) AS population,
    t.group_samples,
    t.group_samples * k.population / (t.group_population * k.samples) AS weight,
    CAST(
        ROUND(CAST(1000000000000000 AS DOUBLE) * k.population / (t.group_population * k.samples)) AS BIGINT
    ) AS units
FROM known AS k
INNER JOIN totals AS t ON k.group_no = t.group_no
