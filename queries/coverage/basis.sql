-- What coverage is judged from, and with which limits: one row.
--
-- `tests` = `tests_without_position` + `tests_imprecise` + `tests_unknown_operator` + `tests_placed`;
-- of these, `tests_placed_without_device` show that a network is there but no more. The rest is the
-- configuration ([coverage]); `signal_levels` and `hamlets` are how many there are.
WITH sorted AS (
    SELECT
        a.latitude IS NULL OR a.longitude IS NULL AS without_position,
        COALESCE(a.location_accuracy_m > p.max_location_accuracy_m, FALSE) AS imprecise,
        a.operator_unknown
    FROM accepted AS a
    CROSS JOIN parameters AS p
    WHERE a.access_type = 'mobile'
),
counted AS (
    SELECT
        COUNT(*) AS tests,
        COALESCE(SUM(CASE WHEN without_position THEN 1 ELSE 0 END), 0) AS tests_without_position,
        COALESCE(SUM(CASE WHEN imprecise AND NOT without_position THEN 1 ELSE 0 END), 0) AS tests_imprecise,
        COALESCE(SUM(
            CASE WHEN operator_unknown AND NOT imprecise AND NOT without_position THEN 1 ELSE 0 END
        ), 0) AS tests_unknown_operator
    FROM sorted
),
placed AS (
    SELECT
        COALESCE(SUM(tests_ok + tests_failed), 0) AS tests_placed,
        COALESCE(SUM(CASE WHEN hamlet_no > 0 THEN tests_ok + tests_failed ELSE 0 END), 0) AS tests_in_hamlets,
        COALESCE(SUM(CASE WHEN device_id = '' THEN tests_ok + tests_failed ELSE 0 END), 0)
            AS tests_placed_without_device
    FROM coverage_device_days
),
levels AS (
    SELECT COUNT(*) AS signal_levels FROM coverage_levels
),
listed AS (
    SELECT COUNT(*) AS hamlets FROM coverage_hamlets
)
SELECT
    c.tests,
    c.tests_without_position,
    c.tests_imprecise,
    c.tests_unknown_operator,
    d.tests_placed,
    d.tests_in_hamlets,
    d.tests_placed_without_device,
    h.hamlets,
    s.cell_degrees,
    s.failures_tests,
    s.failures_devices,
    s.failures_days,
    s.failures_share,
    s.fallback_tests,
    s.fallback_devices,
    s.fallback_days,
    s.fallback_share,
    l.signal_levels,
    s.signal_quantile,
    s.signal_samples,
    s.signal_devices,
    s.absence_devices,
    s.absence_probability,
    p.simulated
FROM counted AS c
CROSS JOIN placed AS d
CROSS JOIN levels AS l
CROSS JOIN listed AS h
CROSS JOIN coverage_parameters AS s
CROSS JOIN parameters AS p
