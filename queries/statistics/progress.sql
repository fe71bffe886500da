-- How far each commune had come to its quota at the end of each day, as a class: 0 without a counted test,
-- then one more from each of 25, 50, 75 and 100 % (1: below 25 %). Classes and no counts: the difference of
-- two days would tell of single devices. `devices` are those of the days so far; it decides whether a row is
-- published and does not leave the office.
WITH first_days AS (
    SELECT family, commune_code, commune_valid_from, device_id, MIN(local_day) AS local_day
    FROM accepted_by_family
    WHERE is_ok AND device_id IS NOT NULL
    GROUP BY family, commune_code, commune_valid_from, device_id
),
new_devices AS (
    SELECT family, commune_code, commune_valid_from, local_day, COUNT(*) AS devices
    FROM first_days
    GROUP BY family, commune_code, commune_valid_from, local_day
),
by_day AS (
    SELECT
        c.commune_code, c.commune_name, c.valid_from AS commune_valid_from, f.family, f.quota, d.local_day,
        COALESCE(t.tests_ok, 0) AS tests_ok,
        COALESCE(t.counted, 0) AS counted,
        COALESCE(n.devices, 0) AS devices
    FROM communes AS c
    CROSS JOIN families AS f
    CROSS JOIN days AS d
    LEFT JOIN daily_commune AS t
        ON c.commune_code = t.commune_code AND c.valid_from = t.commune_valid_from
        AND f.family = t.family AND d.local_day = t.local_day
    LEFT JOIN new_devices AS n
        ON c.commune_code = n.commune_code AND c.valid_from = n.commune_valid_from
        AND f.family = n.family AND d.local_day = n.local_day
),
sums AS (
    SELECT
        commune_code, commune_name, commune_valid_from, family, quota, local_day,
        SUM(tests_ok) OVER (PARTITION BY commune_code, commune_valid_from, family ORDER BY local_day) AS tests_ok,
        SUM(counted) OVER (PARTITION BY commune_code, commune_valid_from, family ORDER BY local_day) AS counted,
        SUM(devices) OVER (PARTITION BY commune_code, commune_valid_from, family ORDER BY local_day) AS devices
    FROM by_day
)
SELECT
    s.commune_code, s.commune_name, s.commune_valid_from, s.family, s.local_day,
    CAST(
        CASE WHEN s.counted > 0 THEN 1 ELSE 0 END
        + CASE WHEN s.counted > 0 AND 4 * s.counted >= s.quota THEN 1 ELSE 0 END
        + CASE WHEN s.counted > 0 AND 2 * s.counted >= s.quota THEN 1 ELSE 0 END
        + CASE WHEN s.counted > 0 AND 4 * s.counted >= 3 * s.quota THEN 1 ELSE 0 END
        + CASE WHEN s.counted > 0 AND s.counted >= s.quota THEN 1 ELSE 0 END
    AS BIGINT) AS reached,
    CAST(s.tests_ok AS BIGINT) AS tests_ok,
    CAST(s.devices AS BIGINT) AS devices,
    p.simulated
FROM sums AS s
CROSS JOIN parameters AS p
ORDER BY s.commune_code, s.commune_valid_from, s.family, s.local_day
