-- Weighted point estimates: one row per group.
--
-- Median: the value at which half of the weight is reached; where it is reached exactly (within 10^-9),
-- half-way to the next value, so that equal weights give the unweighted median. `share` is the weight of
-- the values up to it. `design_effect`: n * sum(w * w) / sum(w)^2 (Kish 1965).
{%- from "macros.sql" import exact_sum %}
WITH sums AS (
    SELECT
        group_no,
        SUM(samples) AS all_samples,
        COUNT(*) AS all_communes,
        CAST(SUM(CASE WHEN population IS NOT NULL THEN samples ELSE 0 END) AS DOUBLE) AS samples,
        SUM(CASE WHEN population IS NOT NULL THEN 1 ELSE 0 END) AS communes,
        SUM(population) AS population,
        CAST(SUM(samples * units) AS DOUBLE) AS units,
        {{ exact_sum("weight * weight * samples / group_samples") }} AS design_effect,
        {{ exact_sum("weight * steps / (CAST(2000000 AS DOUBLE) * group_samples)") }} AS mean
    FROM weighting_communes
    GROUP BY group_no
),
halves AS (
    SELECT
        l.group_no,
        MIN(CASE WHEN 2.0 * l.up_to - s.units >= CAST(-0.000000001 AS DOUBLE) * s.units THEN l.value END) AS reached,
        MIN(CASE WHEN 2.0 * l.up_to - s.units > CAST(0.000000001 AS DOUBLE) * s.units THEN l.value END) AS passed
    FROM weighting_levels AS l
    INNER JOIN sums AS s ON l.group_no = s.group_no
    GROUP BY l.group_no
),
medians AS (
    SELECT group_no, (reached + passed) * CAST(0.5 AS DOUBLE) AS median
    FROM halves
),
marks AS (
    SELECT
        l.group_no,
        MAX(CASE WHEN l.value <= m.median + 0.0000001 THEN l.up_to END) AS up_to
    FROM weighting_levels AS l
    INNER JOIN medians AS m ON l.group_no = m.group_no
    GROUP BY l.group_no
)
SELECT
    s.*,
    m.median,
    CAST(k.up_to AS DOUBLE) / s.units AS share
FROM sums AS s
LEFT JOIN medians AS m ON s.group_no = m.group_no
LEFT JOIN marks AS k ON s.group_no = k.group_no
