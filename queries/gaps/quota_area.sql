-- Province and districts against the quota: their tests, and their communes that reach it.
WITH areas AS (
    SELECT 'province' AS level, province_code AS area_code, * FROM quota
    UNION ALL
    SELECT 'district' AS level, district_code AS area_code, * FROM quota WHERE district_code IS NOT NULL
),
sums AS (
    SELECT
        level,
        area_code,
        family,
        legal,
        quota,
        MIN(CASE WHEN level = 'district' THEN district_name END) AS district_name,
        SUM(tests_ok) AS tests_ok,
        SUM(tests_failed) AS tests_failed,
        SUM(counted) AS counted,
        COUNT(*) AS communes,
        SUM(CASE WHEN quota_met THEN 1 ELSE 0 END) AS communes_met,
        SUM(CASE WHEN counted = 0 THEN 1 ELSE 0 END) AS communes_zero,
        SUM(shortfall) AS shortfall
    FROM areas
    GROUP BY level, area_code, family, legal, quota
)
SELECT
    s.level, s.area_code, s.district_name, s.family, s.legal, s.quota,
    s.tests_ok, s.tests_failed, s.counted, s.counted >= s.quota AS quota_met,
    s.communes, s.communes_met, s.communes_zero, s.shortfall,
    p.simulated
FROM sums AS s
CROSS JOIN parameters AS p
ORDER BY s.level, s.area_code, s.family
