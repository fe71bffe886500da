-- Open data of RTR-Netztest / NetMetr: one row per test, kbit/s, time in UTC.
--
-- A test over WLAN or LAN is a test of the fixed line. `open_uuid` names the device, `open_test_uuid`
-- the test. Columns may be text (a CSV turned into Parquet) or typed.
--
-- required: open_test_uuid any, time any, cat_technology any, download_kbit any
-- optional: open_uuid any, lat any, long any, loc_accuracy any, upload_kbit any, ping_ms any
-- optional: lte_rsrp any, network_mcc_mnc any, sim_mcc_mnc any, network_name any, asn any
-- optional: platform any, client_version any, country_location any
SELECT
    open_test_uuid AS sample_id,
    COALESCE(
        parse_time(time, '%Y-%m-%d %H:%M:%S', 'UTC'),
        parse_time(time, '%Y-%m-%dT%H:%M:%S', 'UTC'),
        parse_time(time, '%Y-%m-%dT%H:%M:%SZ', 'UTC'),
        parse_time(time, '%Y-%m-%d %H:%M', 'UTC')
    ) AS measured_at,
    time AS measured_at_raw,
    CASE
        WHEN UPPER(cat_technology) IN ('WLAN', 'WIFI', 'LAN', 'ETHERNET') THEN 'fixed'
        ELSE 'mobile'
    END AS access_type,
    CASE
        WHEN UPPER(cat_technology) IN ('WLAN', 'WIFI') THEN 'wifi'
        WHEN UPPER(cat_technology) IN ('LAN', 'ETHERNET') THEN 'ethernet'
        WHEN UPPER(cat_technology) IN ('2G', '3G', '4G', '5G') THEN UPPER(cat_technology)
        WHEN UPPER(cat_technology) = 'MOBILE' THEN NULL
        ELSE cat_technology
    END AS technology,
    network_name AS operator,
    network_mcc_mnc,
    sim_mcc_mnc,
    TRY_CAST(asn AS BIGINT) AS asn,
    asn AS asn_raw,
    TRY_CAST(lat AS DOUBLE) AS latitude,
    lat AS latitude_raw,
    TRY_CAST(long AS DOUBLE) AS longitude,
    long AS longitude_raw,
    TRY_CAST(loc_accuracy AS DOUBLE) AS location_accuracy_m,
    loc_accuracy AS location_accuracy_m_raw,
    TRY_CAST(download_kbit AS DOUBLE) / 1000.0 AS download_mbps,
    download_kbit AS download_mbps_raw,
    TRY_CAST(upload_kbit AS DOUBLE) / 1000.0 AS upload_mbps,
    upload_kbit AS upload_mbps_raw,
    TRY_CAST(ping_ms AS DOUBLE) AS latency_ms,
    ping_ms AS latency_ms_raw,
    TRY_CAST(lte_rsrp AS DOUBLE) AS signal_dbm,
    lte_rsrp AS signal_dbm_raw,
    open_uuid AS device_id,
    platform,
    client_version AS app_version
FROM raw
