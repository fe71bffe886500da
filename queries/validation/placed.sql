-- Where and whose each sample is: one row per imported row, with the commune of its day, the
-- operator, and what the rules compare with. Runs over one batch of rows at a time.
--
-- `placed_by` says what decided the commune:
--   position  the polygon that the position lies in, in the boundaries of the local day
--   snapped   a position outside all polygons, given to the nearest one within communes.snap_m metres
--   code      the commune code on the local day, since codes were reused on 01/07/2025
--   name      the commune name on the local day, in the province that the row names or else the
--             configured one, and in its district while there were districts
-- With boundaries on its day, a position decides, also where the row has a code or a name
-- (communes.prefer = "code": only where it has neither). A position that is too imprecise or
-- impossible decides nothing where there is a code or a name. A code goes before a name.
-- A sample before `restated_on` also gets the commune of that day: the one that its position lies in
-- (`restated_by` position), else the one that its commune went into as a whole (crosswalk), else none.
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
        p.restated_on,
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
    SELECT
        *,
        boundaries_on(local_day) AS boundaries_known,
        communes_named(
            CASE WHEN commune_code IS NULL THEN commune_name END,
            district_name, province_name, local_day
        ) AS named_communes,
        commune_named(
            CASE WHEN commune_code IS NULL THEN commune_name END,
            district_name, province_name, local_day
        ) AS named_code
    FROM dated
),
precise AS (
    SELECT
        *,
        COALESCE(commune_code, named_code) AS reported_code,
        COALESCE(
            latitude IS NOT NULL AND longitude IS NOT NULL AND position_in_range
            AND COALESCE(location_accuracy_m <= max_location_accuracy_m, TRUE),
            FALSE
        ) AS position_precise
    FROM bounded
),
decided AS (
    SELECT
        *,
        CASE
            WHEN prefer_position AND position_precise AND boundaries_known THEN 'position'
            WHEN commune_code IS NOT NULL THEN 'code'
            WHEN commune_name IS NOT NULL THEN 'name'
            WHEN latitude IS NOT NULL AND longitude IS NOT NULL THEN 'position'
        END AS decided_by
    FROM precise
),
around AS (
    SELECT
        *,
        commune_at(
            CASE WHEN position_precise OR decided_by = 'position' THEN latitude END,
            longitude, local_day
        ) AS around_code,
        commune_at(
            CASE WHEN position_precise AND local_day < restated_on THEN latitude END,
            longitude, restated_on
        ) AS restated_around_code
    FROM decided
),
positioned AS (
    SELECT
        *,
        COALESCE(
            around_code,
            commune_near(
                CASE
                    WHEN around_code IS NULL AND (position_precise OR decided_by = 'position')
                        THEN latitude
                END,
                longitude, local_day
            )
        ) AS position_code,
        COALESCE(
            restated_around_code,
            commune_near(
                CASE
                    WHEN restated_around_code IS NULL AND position_precise
                        AND local_day < restated_on
                        THEN latitude
                END,
                longitude, restated_on
            )
        ) AS restated_position_code
    FROM around
),
located AS (
    SELECT
        *,
        CASE
            WHEN decided_by = 'position' AND around_code IS NULL AND position_code IS NOT NULL
                THEN 'snapped'
            ELSE decided_by
        END AS placed_by,
        CASE
            WHEN decided_by = 'code' THEN commune_code
            WHEN decided_by = 'name' THEN named_code
            ELSE position_code
        END AS located_code
    FROM positioned
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
        r.commune_name AS located_name,
        r.district_code AS located_district_code,
        r.district_name AS located_district_name,
        r.province_code AS sample_province_code,
        r.province_name AS located_province_name,
        r.valid_from AS commune_valid_from
    FROM code_days AS k
    INNER JOIN register AS r ON k.located_code = r.commune_code
    WHERE k.local_day >= r.valid_from AND k.local_day < r.valid_to
)
SELECT
    l.*,
    c.located_name,
    c.located_district_code,
    c.located_district_name,
    c.sample_province_code,
    c.located_province_name,
    c.commune_valid_from,
    t.max_download_mbps,
    t.max_upload_mbps,
    p.period_from,
    p.period_to,
    p.province_code,
    p.home_country,
    p.max_latency_ms,
    l.position_precise AND l.boundaries_known AND l.reported_code IS NOT NULL
    AND COALESCE(l.position_code <> l.reported_code, TRUE) AS code_differs,
    CASE
        WHEN l.local_day IS NULL OR l.local_day >= l.restated_on THEN l.located_code
        ELSE COALESCE(l.restated_position_code, x.new_commune_code)
    END AS restated_commune_code,
    CASE
        WHEN l.local_day >= l.restated_on THEN NULL
        WHEN l.restated_position_code IS NOT NULL THEN 'position'
        WHEN l.local_day < l.restated_on AND x.new_commune_code IS NOT NULL THEN 'crosswalk'
    END AS restated_by,
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
LEFT JOIN crosswalk_whole AS x ON l.located_code = x.old_commune_code
LEFT JOIN ceilings AS t ON l.technology_key = t.technology_key
LEFT JOIN operator_names AS n ON l.operator_key = n.key
LEFT JOIN operator_codes AS w ON l.network_key = w.key
LEFT JOIN operator_codes AS s ON l.sim_key = s.key
LEFT JOIN operator_asns AS a ON l.asn = a.key
