-- What devices add to the variance of the weighted figures: one row per group.
--
-- The values of one device are a cluster; a value without device is a cluster of its own. Of each
-- cluster: its weight b, the residual e of the share of the weight up to the median, and the residual u of
-- the mean (linearised, as a part of the mean). Their squares are added exactly (macros.sql).
{%- from "macros.sql" import exact_sum %}
WITH marked AS (
    SELECT
        v.group_no,
        v.cluster_no,
        v.commune_code,
        v.commune_valid_from,
        CASE WHEN v.value <= p.median + 0.0000001 THEN 1 ELSE 0 END AS mark,
        CAST(ROUND(v.value * 2000000) AS BIGINT) AS steps
    FROM weighting_values AS v
    INNER JOIN weighting_points AS p ON v.group_no = p.group_no
),
parts AS (
    SELECT
        group_no,
        cluster_no,
        commune_code,
        commune_valid_from,
        1 AS known,
        CAST(COUNT(*) AS DOUBLE) AS samples,
        SUM(mark) AS mark,
        SUM(steps) AS steps
    FROM marked
    WHERE cluster_no IS NOT NULL
    GROUP BY group_no, cluster_no, commune_code, commune_valid_from
    UNION ALL
    SELECT
        group_no,
        cluster_no,
        commune_code,
        commune_valid_from,
        0 AS known,
        CAST(1 AS DOUBLE) AS samples,
        mark,
        steps
    FROM marked
    WHERE cluster_no IS NULL
),
residuals AS (
    SELECT
        q.group_no,
        q.cluster_no,
        q.known,
        c.weight * q.samples AS b,
        c.weight * (q.mark - p.share * q.samples) AS e,
        c.weight * (q.steps / (CAST(2000000 AS DOUBLE) * NULLIF(p.mean, 0)) - q.samples) AS u
    FROM parts AS q
    INNER JOIN weighting_communes AS c
        ON q.group_no = c.group_no
        AND q.commune_code = c.commune_code
        AND q.commune_valid_from = c.commune_valid_from
    INNER JOIN weighting_points AS p ON q.group_no = p.group_no
    WHERE c.population IS NOT NULL
),
clusters AS (
    SELECT
        group_no,
        1 AS known,
        {{ exact_sum("b") }} AS b,
        {{ exact_sum("e") }} AS e,
        {{ exact_sum("u") }} AS u
    FROM residuals
    WHERE known = 1
    GROUP BY group_no, cluster_no
    UNION ALL
    SELECT group_no, 0 AS known, b, e, u
    FROM residuals
    WHERE known = 0
)
SELECT
    group_no,
    SUM(known) AS weighted_devices,
    CAST(COUNT(*) AS DOUBLE) AS clusters,
    {{ exact_sum("b * b") }} AS bb,
    {{ exact_sum("e * e") }} AS ee,
    {{ exact_sum("u * u") }} AS uu
FROM clusters
GROUP BY group_no
