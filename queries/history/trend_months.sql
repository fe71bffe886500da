-- The months of the trend, up to 13, from the first that a bundle was given for.
--
-- `basis`: the values are those that the bundle of the month published, or were computed again by the
-- communes of today (restated). `reason`, where there are none:
--   no_bundle      no bundle was given
--   part_missing   the bundle of a province that is part of this one today is missing (`missing`)
--   other_period   the bundle covers other days
--   no_crosswalk   nothing is known of where its communes went
WITH months AS (
    SELECT month, months_back, basis, comparable, reason, missing FROM history_months
    UNION ALL
    SELECT
        month,
        CAST(0 AS BIGINT) AS months_back,
        'published' AS basis,
        TRUE AS comparable,
        CAST(NULL AS VARCHAR) AS reason,
        CAST(NULL AS VARCHAR) AS missing
    FROM parameters
)
SELECT m.month, m.months_back, m.basis, m.comparable, m.reason, m.missing, p.simulated
FROM months AS m
CROSS JOIN parameters AS p
ORDER BY m.month
