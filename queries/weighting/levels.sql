-- The weighted distribution: of each value of a group, the weight of the values up to it.
WITH weighed AS (
    SELECT v.group_no, v.value, SUM(c.units) AS units
    FROM weighting_values AS v
    INNER JOIN weighting_communes AS c
        ON v.group_no = c.group_no
        AND v.commune_code = c.commune_code
        AND v.commune_valid_from = c.commune_valid_from
    WHERE c.population IS NOT NULL
    GROUP BY v.group_no, v.value
)
SELECT
    group_no,
    value,
    CAST(SUM(units) OVER (PARTITION BY group_no ORDER BY value) AS DOUBLE) AS up_to
FROM weighed
