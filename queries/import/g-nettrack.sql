-- Phone log of G-NetTrack Pro: one row per second, all columns text, `-` for missing, kbit/s.
--
-- Local time `YYYY.MM.DD_hh.mm.ss` in the zone of the log; change it below for other logs.
-- The log has no sample id: file and row make one. It has no device id either; every row counts.
-- A bit rate of 0 says that nothing was being transferred in that second, not that the speed was 0.
--
-- required: Timestamp any, Longitude any, Latitude any, Operatorname any, NetworkMode any
-- required: DL_bitrate any, UL_bitrate any
-- optional: RSRP any, PINGAVG any, PINGLOSS any
SELECT
    source_file || '#' || CAST(source_row AS VARCHAR) AS sample_id,
    parse_time(Timestamp, '%Y.%m.%d_%H.%M.%S', 'Europe/Dublin') AS measured_at,
    NULLIF(Timestamp, '-') AS measured_at_raw,
    'mobile' AS access_type,
    CASE
        WHEN NetworkMode = '5G' THEN '5G'
        WHEN NetworkMode IN ('LTE', 'LTE+') THEN '4G'
        WHEN NetworkMode IN ('UMTS', 'HSPA', 'HSDPA', 'HSUPA', 'HSPA+') THEN '3G'
        WHEN NetworkMode IN ('GPRS', 'EDGE', 'GSM') THEN '2G'
        ELSE NULLIF(NetworkMode, '-')
    END AS technology,
    NULLIF(Operatorname, '-') AS operator,
    TRY_CAST(NULLIF(Latitude, '-') AS DOUBLE) AS latitude,
    NULLIF(Latitude, '-') AS latitude_raw,
    TRY_CAST(NULLIF(Longitude, '-') AS DOUBLE) AS longitude,
    NULLIF(Longitude, '-') AS longitude_raw,
    NULLIF(TRY_CAST(NULLIF(DL_bitrate, '-') AS DOUBLE), 0.0) / 1000.0 AS download_mbps,
    NULLIF(NULLIF(DL_bitrate, '-'), '0') AS download_mbps_raw,
    NULLIF(TRY_CAST(NULLIF(UL_bitrate, '-') AS DOUBLE), 0.0) / 1000.0 AS upload_mbps,
    NULLIF(NULLIF(UL_bitrate, '-'), '0') AS upload_mbps_raw,
    TRY_CAST(NULLIF(PINGAVG, '-') AS DOUBLE) AS latency_ms,
    NULLIF(PINGAVG, '-') AS latency_ms_raw,
    TRY_CAST(NULLIF(PINGLOSS, '-') AS DOUBLE) / 100.0 AS packet_loss_ratio,
    NULLIF(PINGLOSS, '-') AS packet_loss_ratio_raw,
    TRY_CAST(NULLIF(RSRP, '-') AS DOUBLE) AS signal_dbm,
    NULLIF(RSRP, '-') AS signal_dbm_raw
FROM raw
