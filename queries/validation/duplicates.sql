-- Rows to drop because an earlier row has the same sample_id. Sought among rows that pass every rule.
--
-- The first in time is kept; among equal times the one whose columns sort first, so that the order
-- of rows and files does not matter. `conflicting`: the content differs from the row that is kept.
WITH repeated AS (
    SELECT sample_id
    FROM passed
    GROUP BY sample_id
    HAVING COUNT(*) > 1
),
contents AS (
    SELECT
        p.sample_id,
        p.measured_at,
        p.source_file,
        p.source_row,
        COALESCE(p.access_type, '') AS access_type,
        COALESCE(p.technology, '') AS technology,
        COALESCE(p.reported_operator, '') AS reported_operator,
        COALESCE(p.network_mcc_mnc, '') AS network_mcc_mnc,
        COALESCE(p.sim_mcc_mnc, '') AS sim_mcc_mnc,
        COALESCE(p.reported_commune_code, '') AS reported_commune_code,
        COALESCE(p.reported_commune_name, '') AS reported_commune_name,
        COALESCE(p.reported_district_name, '') AS reported_district_name,
        COALESCE(p.reported_province_name, '') AS reported_province_name,
        COALESCE(p.status, '') AS status,
        COALESCE(p.device_id, '') AS device_id,
        COALESCE(p.server_country, '') AS server_country,
        COALESCE(p.platform, '') AS platform,
        COALESCE(p.app_version, '') AS app_version,
        COALESCE(p.asn, -1000000) AS asn,
        COALESCE(p.latitude, -1000000) AS latitude,
        COALESCE(p.longitude, -1000000) AS longitude,
        COALESCE(p.location_accuracy_m, -1000000) AS location_accuracy_m,
        COALESCE(p.download_mbps, -1000000) AS download_mbps,
        COALESCE(p.upload_mbps, -1000000) AS upload_mbps,
        COALESCE(p.latency_ms, -1000000) AS latency_ms,
        COALESCE(p.jitter_ms, -1000000) AS jitter_ms,
        COALESCE(p.packet_loss_ratio, -1000000) AS packet_loss_ratio,
        COALESCE(p.signal_dbm, -1000000) AS signal_dbm
    FROM passed AS p
    INNER JOIN repeated AS r ON p.sample_id = r.sample_id
),
ranked AS (
    SELECT
        *,
        ROW_NUMBER() OVER (
            PARTITION BY sample_id
            ORDER BY
                measured_at,
                access_type, technology, reported_operator, network_mcc_mnc, sim_mcc_mnc,
                reported_commune_code, reported_commune_name, reported_district_name,
                reported_province_name, status, device_id, server_country, platform, app_version,
                asn, latitude, longitude, location_accuracy_m, download_mbps,
                upload_mbps, latency_ms, jitter_ms, packet_loss_ratio, signal_dbm, source_file,
                source_row
        ) AS place
    FROM contents
),
kept AS (
    SELECT * FROM ranked WHERE place = 1
)
SELECT
    d.source_file,
    d.source_row,
    d.measured_at <> k.measured_at
    OR d.access_type <> k.access_type
    OR d.technology <> k.technology
    OR d.reported_operator <> k.reported_operator
    OR d.network_mcc_mnc <> k.network_mcc_mnc
    OR d.sim_mcc_mnc <> k.sim_mcc_mnc
    OR d.reported_commune_code <> k.reported_commune_code
    OR d.reported_commune_name <> k.reported_commune_name
    OR d.reported_district_name <> k.reported_district_name
    OR d.reported_province_name <> k.reported_province_name
    OR d.status <> k.status
    OR d.device_id <> k.device_id
    OR d.server_country <> k.server_country
    OR d.platform <> k.platform
    OR d.app_version <> k.app_version
    OR d.asn <> k.asn
    OR d.latitude <> k.latitude
    OR d.longitude <> k.longitude
    OR d.location_accuracy_m <> k.location_accuracy_m
    OR d.download_mbps <> k.download_mbps
    OR d.upload_mbps <> k.upload_mbps
    OR d.latency_ms <> k.latency_ms
    OR d.jitter_ms <> k.jitter_ms
    OR d.packet_loss_ratio <> k.packet_loss_ratio
    OR d.signal_dbm <> k.signal_dbm AS conflicting
FROM ranked AS d
INNER JOIN kept AS k ON d.sample_id = k.sample_id
WHERE d.place > 1
ORDER BY d.source_file, d.source_row
