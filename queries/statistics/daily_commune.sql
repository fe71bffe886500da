-- Tests per commune, day and family, and how many of them count against the quota (gaps/quota.sql); no row
-- where a commune has no successful test on a day.
WITH tests_of_days AS (
    SELECT family, commune_code, commune_valid_from, local_day, COUNT(*) AS tests_ok
    FROM accepted_by_family
    WHERE is_ok
    GROUP BY family, commune_code, commune_valid_from, local_day
),
samples_of_days AS (
    SELECT family, commune_code, commune_valid_from, local_day, COUNT(*) AS samples_effective
    FROM effective_by_family
    GROUP BY family, commune_code, commune_valid_from, local_day
)
SELECT
    t.commune_code,
    c.commune_name,
    t.commune_valid_from,
    t.family,
    t.local_day,
    t.tests_ok,
    CASE WHEN p.quota_collapsed THEN COALESCE(s.samples_effective, 0) ELSE t.tests_ok END AS counted,
    p.simulated
FROM tests_of_days AS t
CROSS JOIN parameters AS p
INNER JOIN communes AS c ON t.commune_code = c.commune_code AND t.commune_valid_from = c.valid_from
LEFT JOIN samples_of_days AS s
    ON t.family = s.family
    AND t.commune_code = s.commune_code
    AND t.commune_valid_from = s.commune_valid_from
    AND t.local_day = s.local_day
ORDER BY t.commune_code, t.commune_valid_from, t.family, t.local_day
