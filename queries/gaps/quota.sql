-- Every commune of the register in the period, also without a test, against the quota of its family.
-- Tests count as they are or collapsed (`quota_collapsed`); failed tests never count.
WITH counts AS (
    SELECT
        commune_code,
        commune_valid_from,
        family,
        SUM(CASE WHEN is_ok THEN 1 ELSE 0 END) AS tests_ok,
        SUM(CASE WHEN is_ok THEN 0 ELSE 1 END) AS tests_failed
    FROM accepted_by_family
    GROUP BY commune_code, commune_valid_from, family
),
collapsed AS (
    SELECT commune_code, commune_valid_from, family, COUNT(*) AS samples_effective
    FROM effective_by_family
    GROUP BY commune_code, commune_valid_from, family
),
counted AS (
    SELECT
        c.province_code,
        c.district_code,
        c.district_name,
        c.commune_code,
        c.commune_name,
        c.valid_from AS commune_valid_from,
        f.family,
        f.access_type,
        f.legal,
        COALESCE(n.tests_ok, 0) AS tests_ok,
        COALESCE(n.tests_failed, 0) AS tests_failed,
        COALESCE(e.samples_effective, 0) AS samples_effective,
        CASE WHEN p.quota_collapsed THEN COALESCE(e.samples_effective, 0) ELSE COALESCE(n.tests_ok, 0) END AS counted,
        f.quota,
        p.simulated
    FROM communes AS c
    CROSS JOIN families AS f
    CROSS JOIN parameters AS p
    LEFT JOIN counts AS n
        ON c.commune_code = n.commune_code
        AND c.valid_from = n.commune_valid_from
        AND f.family = n.family
    LEFT JOIN collapsed AS e
        ON c.commune_code = e.commune_code
        AND c.valid_from = e.commune_valid_from
        AND f.family = e.family
)
SELECT
    province_code,
    district_code,
    district_name,
    commune_code,
    commune_name,
    commune_valid_from,
    family,
    access_type,
    legal,
    tests_ok,
    tests_failed,
    samples_effective,
    counted,
    quota,
    CASE WHEN counted < quota THEN quota - counted ELSE 0 END AS shortfall,
    counted >= quota AS quota_met,
    simulated
FROM counted
ORDER BY commune_code, commune_valid_from, family
