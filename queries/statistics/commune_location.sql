-- One point per commune for maps without boundaries: the median of its samples' positions, else its seat.
-- To a hundredth of a degree, about 1 km; the devices behind the median decide whether it is published.
WITH positions AS (
    SELECT
        commune_code,
        commune_valid_from,
        ROUND(MEDIAN(latitude), 2) AS latitude,
        ROUND(MEDIAN(longitude), 2) AS longitude,
        COUNT(*) AS tests_ok,
        COUNT(DISTINCT device_id) AS devices
    FROM accepted
    WHERE latitude IS NOT NULL AND longitude IS NOT NULL
    GROUP BY commune_code, commune_valid_from
    HAVING COUNT(*) >= 30
)
SELECT
    c.commune_code,
    c.valid_from AS commune_valid_from,
    c.commune_name,
    COALESCE(s.latitude, c.seat_latitude) AS latitude,
    COALESCE(s.longitude, c.seat_longitude) AS longitude,
    COALESCE(s.tests_ok, 0) AS tests_ok,
    COALESCE(s.devices, 0) AS devices,
    p.simulated
FROM communes AS c
CROSS JOIN parameters AS p
LEFT JOIN positions AS s ON c.commune_code = s.commune_code AND c.valid_from = s.commune_valid_from
ORDER BY c.commune_code, c.valid_from
