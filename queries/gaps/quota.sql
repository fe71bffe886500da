-- Every commune of the register in the period, also without a test, against the quota of accepted
-- successful tests per access type.
WITH counts AS (
    SELECT
        commune_code,
        commune_valid_from,
        access_type,
        SUM(CASE WHEN is_ok THEN 1 ELSE 0 END) AS tests_ok,
        SUM(CASE WHEN is_ok THEN 0 ELSE 1 END) AS tests_failed
    FROM accepted
    GROUP BY commune_code, commune_valid_from, access_type
)
SELECT
    c.province_code,
    c.district_code,
    c.district_name,
    c.commune_code,
    c.commune_name,
    c.valid_from AS commune_valid_from,
    t.access_type,
    COALESCE(n.tests_ok, 0) AS tests_ok,
    COALESCE(n.tests_failed, 0) AS tests_failed,
    p.quota,
    CASE WHEN COALESCE(n.tests_ok, 0) < p.quota THEN p.quota - COALESCE(n.tests_ok, 0) ELSE 0 END AS shortfall,
    COALESCE(n.tests_ok, 0) >= p.quota AS quota_met,
    p.simulated
FROM communes AS c
CROSS JOIN access_types AS t
CROSS JOIN parameters AS p
LEFT JOIN counts AS n
    ON c.commune_code = n.commune_code
    AND c.valid_from = n.commune_valid_from
    AND t.access_type = n.access_type
ORDER BY c.commune_code, c.valid_from, t.access_type
