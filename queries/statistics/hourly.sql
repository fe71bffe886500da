-- Tests per hour of the local day and family; hours without a test are rows too.
WITH hours AS (
{%- for hour in range(24) %}
    SELECT CAST({{ hour }} AS BIGINT) AS local_hour FROM parameters
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
),
counts AS (
    SELECT
        family,
        local_hour,
        SUM(CASE WHEN is_ok THEN 1 ELSE 0 END) AS tests_ok,
        SUM(CASE WHEN is_ok THEN 0 ELSE 1 END) AS tests_failed,
        COUNT(DISTINCT CASE WHEN is_ok THEN device_id END) AS devices
    FROM accepted_by_family
    GROUP BY family, local_hour
)
SELECT
    f.family,
    h.local_hour,
    COALESCE(c.tests_ok, 0) AS tests_ok,
    COALESCE(c.tests_failed, 0) AS tests_failed,
    COALESCE(c.devices, 0) AS devices,
    p.simulated
FROM families AS f
CROSS JOIN hours AS h
CROSS JOIN parameters AS p
LEFT JOIN counts AS c ON f.family = c.family AND h.local_hour = c.local_hour
ORDER BY f.family, h.local_hour
