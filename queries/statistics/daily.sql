-- Tests per day of the period and access type; days without a test are rows too.
WITH counts AS (
    SELECT
        local_day,
        access_type,
        SUM(CASE WHEN is_ok THEN 1 ELSE 0 END) AS tests_ok,
        SUM(CASE WHEN is_ok THEN 0 ELSE 1 END) AS tests_failed,
        COUNT(DISTINCT CASE WHEN is_ok THEN device_id END) AS devices
    FROM accepted
    GROUP BY local_day, access_type
)
SELECT
    d.local_day,
    t.access_type,
    COALESCE(c.tests_ok, 0) AS tests_ok,
    COALESCE(c.tests_failed, 0) AS tests_failed,
    COALESCE(c.devices, 0) AS devices,
    p.simulated
FROM days AS d
CROSS JOIN access_types AS t
CROSS JOIN parameters AS p
LEFT JOIN counts AS c ON d.local_day = c.local_day AND t.access_type = c.access_type
ORDER BY d.local_day, t.access_type
