-- The quota of the province month by month, as it was judged in the bundle of the month: by the communes,
-- the quota and the counting of then. Where the province had several parts, their sums.
WITH judged AS (
    SELECT month, months_back, basis, family, legal, quota, tests_ok, counted, communes, communes_met, communes_zero
    FROM history_quota_area
    WHERE level = 'province'
    UNION ALL
    SELECT
        p.month,
        CAST(0 AS BIGINT) AS months_back,
        'published' AS basis,
        q.family, q.legal, q.quota, q.tests_ok, q.counted, q.communes, q.communes_met, q.communes_zero
    FROM quota_area AS q
    CROSS JOIN parameters AS p
    WHERE q.level = 'province'
),
sums AS (
    SELECT
        month, months_back, basis, family, legal, quota,
        SUM(tests_ok) AS tests_ok,
        SUM(counted) AS counted,
        SUM(communes) AS communes,
        SUM(communes_met) AS communes_met,
        SUM(communes_zero) AS communes_zero
    FROM judged
    GROUP BY month, months_back, basis, family, legal, quota
)
SELECT
    s.family, s.month, s.months_back, s.basis, s.legal, s.quota, s.tests_ok, s.counted,
    s.communes, s.communes_met, s.communes_zero,
    p.simulated
FROM sums AS s
CROSS JOIN parameters AS p
ORDER BY s.family, s.month, s.quota
