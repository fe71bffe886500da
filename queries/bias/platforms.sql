-- What the tests were made with: successful accepted tests and devices per family and platform.
--
-- `unknown` is a test that does not say, `other` any name but those below: what a sample says is free
-- text. Shares are of the tests of the family, and are not given below `publish_from` tests.
WITH named AS (
    SELECT
        family,
        device_id,
        CASE
            WHEN platform IS NULL THEN 'unknown'
            WHEN LOWER(platform) IN ('android', 'ios', 'web', 'windows', 'macos', 'linux') THEN LOWER(platform)
            ELSE 'other'
        END AS platform
    FROM accepted_by_family
    WHERE is_ok
),
counts AS (
    SELECT
        family,
        platform,
        COUNT(*) AS tests_ok,
        COUNT(DISTINCT device_id) AS devices
    FROM named
    GROUP BY family, platform
),
totals AS (
    SELECT family, SUM(tests_ok) AS tests_family
    FROM counts
    GROUP BY family
)
SELECT
    c.family,
    c.platform,
    c.tests_ok,
    c.devices,
    CASE WHEN t.tests_family >= p.publish_from THEN 1.0 * c.tests_ok / t.tests_family END AS tests_share,
    p.simulated
FROM counts AS c
CROSS JOIN parameters AS p
INNER JOIN totals AS t ON c.family = t.family
ORDER BY c.family, c.platform
