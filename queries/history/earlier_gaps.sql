-- Gaps that were found in the bundles of earlier months on the same side of the reform.
--
-- `since` is the first month of the unbroken row of months with the finding that ends right before the
-- month of the report; NULL where that month has none. `months` counts the findings of the
-- `notify_window` - 1 months before the report.
WITH earlier AS (
    SELECT DISTINCT
        gap_class, commune_code, commune_valid_from, access_type,
        COALESCE(operator, '') AS operator,
        COALESCE(technology, '') AS technology,
        COALESCE(indicator, '') AS indicator,
        COALESCE(place, '') AS place,
        month,
        months_back
    FROM history_gaps
    WHERE state = 'found'
),
numbered AS (
    SELECT
        e.*,
        ROW_NUMBER() OVER (
            PARTITION BY gap_class, commune_code, commune_valid_from, access_type, operator, technology, indicator, place
            ORDER BY months_back
        ) AS finding_no,
        p.notify_window
    FROM earlier AS e
    CROSS JOIN parameters AS p
),
dated AS (
    SELECT
        *,
        CASE WHEN finding_no = months_back THEN month END AS month_of_row,
        CASE WHEN months_back < notify_window THEN 1 ELSE 0 END AS in_window
    FROM numbered
)
SELECT
    gap_class, commune_code, commune_valid_from, access_type, operator, technology, indicator, place,
    MIN(month_of_row) AS since,
    SUM(in_window) AS months
FROM dated
GROUP BY gap_class, commune_code, commune_valid_from, access_type, operator, technology, indicator, place
