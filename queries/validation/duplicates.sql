-- Rows to drop because an earlier row has the same sample_id. Sought among rows that pass every rule.
--
-- The first in time is kept; among equal times the one whose content sorts first, so that the order
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
        COALESCE(p.access_type, '') || '|' || COALESCE(p.technology, '')
        || '|' || COALESCE(p.reported_operator, '')
        || '|' || COALESCE(p.network_mcc_mnc, '') || '|' || COALESCE(p.sim_mcc_mnc, '')
        || '|' || COALESCE(CAST(p.asn AS VARCHAR), '')
        || '|' || COALESCE(p.reported_commune_code, '')
        || '|' || COALESCE(CAST(p.latitude AS VARCHAR), '')
        || '|' || COALESCE(CAST(p.longitude AS VARCHAR), '')
        || '|' || COALESCE(CAST(p.location_accuracy_m AS VARCHAR), '')
        || '|' || COALESCE(p.status, '')
        || '|' || COALESCE(CAST(p.download_mbps AS VARCHAR), '')
        || '|' || COALESCE(CAST(p.upload_mbps AS VARCHAR), '')
        || '|' || COALESCE(CAST(p.latency_ms AS VARCHAR), '')
        || '|' || COALESCE(CAST(p.jitter_ms AS VARCHAR), '')
        || '|' || COALESCE(CAST(p.packet_loss_ratio AS VARCHAR), '')
        || '|' || COALESCE(CAST(p.signal_dbm AS VARCHAR), '')
        || '|' || COALESCE(p.device_id, '') || '|' || COALESCE(p.server_country, '')
        || '|' || COALESCE(p.platform, '') || '|' || COALESCE(p.app_version, '') AS content
    FROM passed AS p
    INNER JOIN repeated AS r ON p.sample_id = r.sample_id
),
ranked AS (
    SELECT
        *,
        ROW_NUMBER() OVER (
            PARTITION BY sample_id ORDER BY measured_at, content, source_file, source_row
        ) AS place
    FROM contents
),
kept AS (
    SELECT sample_id, measured_at, content FROM ranked WHERE place = 1
)
SELECT
    d.source_file,
    d.source_row,
    d.content <> k.content OR d.measured_at <> k.measured_at AS conflicting
FROM ranked AS d
INNER JOIN kept AS k ON d.sample_id = k.sample_id
WHERE d.place > 1
ORDER BY d.source_file, d.source_row
