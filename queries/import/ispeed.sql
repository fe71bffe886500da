-- Samples that already follow the input contract of ispeed-report (the canonical columns).
--
-- required: sample_id text, measured_at time, access_type text
-- one of: operator text, network_mcc_mnc text, sim_mcc_mnc text, asn integer
-- one of: commune_code text, commune_name text, latitude number
-- one of: commune_code text, commune_name text, longitude number
-- optional: district_name text, province_name text
-- optional: technology text, location_accuracy_m number, status text
-- optional: download_mbps number, upload_mbps number, latency_ms number, jitter_ms number
-- optional: packet_loss_ratio number, signal_dbm number
-- optional: device_id text, server_country text, platform text, app_version text
SELECT
    sample_id,
    measured_at,
    access_type,
    technology,
    operator,
    network_mcc_mnc,
    sim_mcc_mnc,
    asn,
    commune_code,
    commune_name,
    district_name,
    province_name,
    latitude,
    longitude,
    location_accuracy_m,
    status,
    download_mbps,
    upload_mbps,
    latency_ms,
    jitter_ms,
    packet_loss_ratio,
    signal_dbm,
    device_id,
    server_country,
    platform,
    app_version
FROM raw
