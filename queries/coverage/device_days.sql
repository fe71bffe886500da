-- What each device met at a place on a day, by operator and technology. Read as the table
-- `coverage_device_days`; it tells where phones were and is not kept. Tests without a device have the
-- device ''.
--
-- The signal is the median of the day: levels in dBm are never averaged over devices or days.
SELECT
    commune_code,
    commune_valid_from,
    hamlet_no,
    cell_y,
    cell_x,
    operator,
    device_id,
    local_day,
    technology_key,
    SUM(CASE WHEN is_ok THEN 1 ELSE 0 END) AS tests_ok,
    SUM(CASE WHEN is_ok THEN 0 ELSE 1 END) AS tests_failed,
    COUNT(signal_dbm) AS tests_signal,
    MEDIAN(signal_dbm) AS signal_dbm
FROM coverage_samples
GROUP BY
    commune_code, commune_valid_from, hamlet_no, cell_y, cell_x, operator, device_id, local_day,
    technology_key
