-- Where and whose each sample is: one row per imported row, with the commune of its day, the
-- operator, and what the rules compare with. Runs over one batch of rows at a time.
--
-- With boundaries on its day, a row with a position is placed by the polygon it lies in, also when it
-- has a code (communes.prefer says which of the two decides); a position that is too imprecise or
-- impossible does not decide where there is a code. Otherwise the code places a row, by its local day,
-- since codes were reused on 01/07/2025.
-- A fixed line is known by name or ASN only: the SIM says nothing about it. A mobile test is known
-- by network code, then name, then ASN; an MVNO (by SIM or by name) stays its own.
WITH dated AS (
    SELECT
        i.*,
        local_date(i.measured_at) AS local_day,
        local_hour(i.measured_at) AS local_hour,
        COALESCE(i.status, 'ok') = 'ok' AS is_ok,
        p.prefer_position,
        p.max_location_accuracy_m,
        CASE
            WHEN i.latitude IS NOT NULL OR i.longitude IS NOT NULL
                THEN COALESCE(i.latitude >= -90 AND i.latitude <= 90, TRUE)
                AND COALESCE(i.longitude >= -180 AND i.longitude <= 180, TRUE)
                AND NOT COALESCE(i.latitude = 0 AND i.longitude = 0, FALSE)
        END AS position_in_range,
        COALESCE(i.technology, 'unknown') AS technology_key,
        fold_name(i.operator) AS operator_key,
        REPLACE(REPLACE(i.network_mcc_mnc, '-', ''), ' ', '') AS network_key,
        REPLACE(REPLACE(i.sim_mcc_mnc, '-', ''), ' ', '') AS sim_key
    FROM imported AS i
    CROSS JOIN parameters AS p
),
bounded AS (
    SELECT *, boundaries_on(local_day) AS boundaries_known
    FROM dated
),
decided AS (
    SELECT
        *,
        CASE
            WHEN commune_code IS NOT NULL AND NOT (
                prefer_position AND boundaries_known
                AND latitude IS NOT NULL AND longitude IS NOT NULL AND position_in_range
                AND COALESCE(location_accuracy_m <= max_location_accuracy_m, TRUE)
            ) THEN 'code'
            WHEN latitude IS NOT NULL AND longitude IS NOT NULL THEN 'position'
        END AS placed_by
    FROM bounded
),
located AS (
    SELECT
        *,
        CASE
            WHEN placed_by = 'code' THEN commune_code
            ELSE commune_at(
                CASE WHEN placed_by = 'position' THEN latitude END, longitude, local_day
            )
        END AS located_code
    FROM decided
),
code_days AS (
    SELECT DISTINCT located_code, local_day
    FROM located
    WHERE located_code IS NOT NULL AND local_day IS NOT NULL
),
communes_of_day AS (
    SELECT
        k.located_code,
        k.local_day,
        r.commune_name,
        r.district_code,
        r.district_name,
        r.province_code AS sample_province_code,
        r.province_name,
        r.valid_from AS commune_valid_from
    FROM code_days AS k
    INNER JOIN register AS r ON k.located_code = r.commune_code
    WHERE k.local_day >= r.valid_from AND k.local_day < r.valid_to
)
SELECT
    l.*,
    c.commune_name,
    c.district_code,
    c.district_name,
    c.sample_province_code,
    c.province_name,
    c.commune_valid_from,
    t.max_download_mbps,
    t.max_upload_mbps,
    p.period_from,
    p.period_to,
    p.province_code,
    p.home_country,
    p.max_latency_ms,
    l.placed_by = 'position' AND COALESCE(l.located_code <> l.commune_code, FALSE) AS code_differs,
    CASE
        WHEN l.local_day IS NULL OR l.local_day >= p.restated_on THEN l.located_code
        ELSE commune_at(l.latitude, l.longitude, p.restated_on)
    END AS restated_commune_code,
    CASE
        WHEN l.access_type = 'mobile' THEN COALESCE(
            CASE WHEN s.kind = 'mvno' THEN s.operator WHEN n.kind = 'mvno' THEN n.operator END,
            w.operator, n.operator, a.operator, p.unknown_operator
        )
        ELSE COALESCE(n.operator, a.operator, p.unknown_operator)
    END AS resolved_operator,
    CASE
        WHEN l.access_type = 'mobile' THEN COALESCE(
            CASE WHEN s.kind = 'mvno' THEN s.operator END, w.operator, n.operator, a.operator
        )
        ELSE COALESCE(n.operator, a.operator)
    END IS NULL AS operator_unknown,
    CASE
        WHEN l.access_type = 'mobile'
            THEN COALESCE(w.operator <> n.operator AND n.kind <> 'mvno', FALSE)
        ELSE COALESCE(n.operator <> a.operator, FALSE)
    END AS operator_conflict,
    l.access_type = 'mobile' AND COALESCE(l.network_key <> l.sim_key, FALSE)
    AND COALESCE(s.kind, '') = 'mvno' AS sim_mvno,
    l.access_type = 'mobile' AND COALESCE(l.network_key <> l.sim_key, FALSE)
    AND COALESCE(s.kind, '') <> 'mvno' AS sim_roaming
FROM located AS l
CROSS JOIN parameters AS p
LEFT JOIN communes_of_day AS c ON l.located_code = c.located_code AND l.local_day = c.local_day
LEFT JOIN ceilings AS t ON l.technology_key = t.technology_key
LEFT JOIN operator_names AS n ON l.operator_key = n.key
LEFT JOIN operator_codes AS w ON l.network_key = w.key
LEFT JOIN operator_codes AS s ON l.sim_key = s.key
LEFT JOIN operator_asns AS a ON l.asn = a.key
