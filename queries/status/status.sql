-- How far every commune has come to the quota of its families that are held to one, to the end of the day
-- `through`: what counts, and its squares by day, from which the program projects the end of the period.
WITH of_days AS (
    SELECT
        d.commune_code,
        d.commune_valid_from,
        d.family,
        CASE WHEN d.local_day <= s.through THEN d.counted ELSE 0 END AS counted
    FROM daily_commune AS d
    CROSS JOIN status_days AS s
),
until_now AS (
    SELECT commune_code, commune_valid_from, family, SUM(counted) AS counted, SUM(counted * counted) AS squares
    FROM of_days
    GROUP BY commune_code, commune_valid_from, family
),
legal_families AS (
    SELECT family, quota FROM families WHERE legal
)
SELECT
    c.district_code,
    c.district_name,
    c.commune_code,
    c.commune_name,
    c.valid_from AS commune_valid_from,
    f.family,
    CAST(f.quota AS BIGINT) AS quota,
    CAST(COALESCE(u.counted, 0) AS BIGINT) AS counted,
    CAST(COALESCE(u.squares, 0) AS BIGINT) AS squares
FROM communes AS c
CROSS JOIN legal_families AS f
LEFT JOIN until_now AS u
    ON c.commune_code = u.commune_code AND c.valid_from = u.commune_valid_from AND f.family = u.family
ORDER BY c.commune_code, c.valid_from, f.family
