-- The order of magnitude of the download speeds as they were read, per access type: those of accepted
-- successful tests and, apart, those that are rejected because they are above the ceiling of their
-- technology. A file in kbit/s read as Mbit/s has nearly all its rows there.
WITH rejected_rows AS (
    SELECT access_type, download_mbps, COALESCE(technology, 'unknown') AS technology_key
    FROM quarantine
    WHERE rules LIKE '%above_ceiling%' AND rules NOT LIKE '%outside_period%'
),
speeds AS (
    SELECT access_type, download_mbps, CAST(NULL AS DOUBLE) AS above
    FROM accepted
    WHERE is_ok AND download_mbps IS NOT NULL
    UNION ALL
    SELECT r.access_type, r.download_mbps, r.download_mbps AS above
    FROM rejected_rows AS r
    INNER JOIN ceilings AS c ON r.technology_key = c.technology_key
    WHERE r.download_mbps > c.max_download_mbps
)
SELECT
    access_type,
    COUNT(*) AS tests,
    MEDIAN(download_mbps) AS download_median,
    COUNT(above) AS tests_above,
    MEDIAN(above) AS above_median
FROM speeds
WHERE access_type IN ('mobile', 'fixed')
GROUP BY access_type
ORDER BY access_type
