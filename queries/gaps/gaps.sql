-- Coverage gaps of three classes, never mixed:
--
-- `shortfall`     too few tests of a commune against the legal quota of its access type;
-- `low_quality`   a published mean of an operator in a commune below its benchmark. State `found`: the
--                 upper bound of the mean and the median are below, and the finding holds at the false
--                 discovery rate over all compared communes and operators (Benjamini and Hochberg
--                 1995). State `watch`: the mean is below, and that is not certain;
-- `suspected_no_coverage`   positive evidence in a place, for a check on the spot (coverage/).
--
-- `severity`: the missing part of the quota; the distance of the bound from the benchmark, relative to it;
-- the kinds of evidence and how far they exceed their limit. It says nothing across classes.
-- `kind`, `value`, `low`, `high` and `threshold` are those of the first kind of evidence of a place. `since` is the first month
-- of an unbroken row of findings in the bundles given as history; an operator is written to when it
-- was found in `notify_months` of the last `notify_window` months.
WITH shortfalls AS (
    SELECT
        'shortfall' AS gap_class,
        'found' AS state,
        province_code, district_code, district_name,
        commune_code, commune_name, commune_valid_from,
        access_type,
        family,
        '' AS operator,
        '' AS technology,
        '' AS indicator,
        '' AS place,
        'tests_below_quota' AS evidence,
        CAST(NULL AS DOUBLE) AS benchmark,
        CAST(NULL AS DOUBLE) AS mean,
        CAST(NULL AS DOUBLE) AS mean_low,
        CAST(NULL AS DOUBLE) AS mean_high,
        CAST(NULL AS DOUBLE) AS median,
        CAST(NULL AS DOUBLE) AS p_adjusted,
        tests_ok,
        quota,
        shortfall,
        samples_effective,
        CAST(NULL AS BIGINT) AS n_adj,
        CAST(NULL AS VARCHAR) AS tier,
        CAST(shortfall AS DOUBLE) / NULLIF(quota, 0) AS severity
    FROM quota
    WHERE legal AND NOT quota_met
),
low_means AS (
    SELECT
        'low_quality' AS gap_class,
        CASE WHEN t.clearly_worse AND v.p_adjusted <= p.false_discovery_rate THEN 'found' ELSE 'watch' END AS state,
        t.province_code, t.district_code, t.district_name,
        t.commune_code, t.commune_name, t.commune_valid_from,
        t.access_type,
        t.family,
        t.operator,
        t.technology,
        t.indicator,
        '' AS place,
        CASE WHEN t.clearly_worse THEN 'bound_and_median_below' ELSE 'mean_below' END AS evidence,
        t.benchmark,
        t.mean,
        t.mean_low,
        t.mean_high,
        t.median,
        v.p_adjusted,
        t.tests_ok,
        CAST(NULL AS BIGINT) AS quota,
        CAST(NULL AS BIGINT) AS shortfall,
        t.samples_effective,
        t.n_adj,
        t.tier,
        CASE
            WHEN NOT t.clearly_worse THEN 0.0
            WHEN t.side > 0 THEN 1.0 - t.mean_high / t.benchmark
            ELSE 1.0 - t.benchmark / t.mean_low
        END AS severity
    FROM gap_tests AS t
    CROSS JOIN parameters AS p
    INNER JOIN gap_p_values AS v ON t.test_no = v.test_no
    WHERE t.worse
),
suspected AS (
    SELECT
        'suspected_no_coverage' AS gap_class,
        'found' AS state,
        province_code, district_code, district_name,
        commune_code, commune_name, commune_valid_from,
        access_type,
        access_type AS family,
        operator,
        '' AS technology,
        '' AS indicator,
        place,
        kinds AS evidence,
        CAST(NULL AS DOUBLE) AS benchmark,
        CAST(NULL AS DOUBLE) AS mean,
        CAST(NULL AS DOUBLE) AS mean_low,
        CAST(NULL AS DOUBLE) AS mean_high,
        CAST(NULL AS DOUBLE) AS median,
        CAST(NULL AS DOUBLE) AS p_adjusted,
        CAST(tests_ok AS BIGINT) AS tests_ok,
        CAST(NULL AS BIGINT) AS quota,
        CAST(NULL AS BIGINT) AS shortfall,
        CAST(n_eff AS BIGINT) AS samples_effective,
        CAST(FLOOR(n_adj) AS BIGINT) AS n_adj,
        CAST(NULL AS VARCHAR) AS tier,
        CAST(severity AS DOUBLE) AS severity,
        kind,
        CAST(value AS DOUBLE) AS value,
        CAST(low AS DOUBLE) AS low,
        CAST(high AS DOUBLE) AS high,
        CAST(threshold AS DOUBLE) AS threshold
    FROM suspected_coverage
),
everything AS (
    SELECT
        *,
        CAST(NULL AS VARCHAR) AS kind,
        CAST(NULL AS DOUBLE) AS value,
        CAST(NULL AS DOUBLE) AS low,
        CAST(NULL AS DOUBLE) AS high,
        CAST(NULL AS DOUBLE) AS threshold
    FROM shortfalls
    UNION ALL
    SELECT
        *,
        CAST(NULL AS VARCHAR) AS kind,
        CAST(NULL AS DOUBLE) AS value,
        CAST(NULL AS DOUBLE) AS low,
        CAST(NULL AS DOUBLE) AS high,
        CAST(NULL AS DOUBLE) AS threshold
    FROM low_means
    UNION ALL
    SELECT * FROM suspected
),
dated AS (
    SELECT
        e.*,
        CASE WHEN e.state = 'found' THEN COALESCE(h.since, p.month) END AS since,
        CASE WHEN e.state = 'found' THEN COALESCE(h.months, 0) + 1 ELSE 0 END AS months_found,
        e.state = 'found' AND e.operator <> '' AND COALESCE(h.months, 0) + 1 >= p.notify_months AS notify,
        p.simulated
    FROM everything AS e
    CROSS JOIN parameters AS p
    LEFT JOIN earlier_gaps AS h
        ON e.gap_class = h.gap_class
        AND e.commune_code = h.commune_code
        AND e.commune_valid_from = h.commune_valid_from
        AND e.access_type = h.access_type
        AND e.operator = h.operator
        AND e.technology = h.technology
        AND e.indicator = h.indicator
        AND e.place = h.place
)
SELECT
    gap_class, state, province_code, district_code, district_name,
    commune_code, commune_name, commune_valid_from, access_type, family,
    NULLIF(operator, '') AS operator,
    NULLIF(technology, '') AS technology,
    NULLIF(indicator, '') AS indicator,
    NULLIF(place, '') AS place,
    evidence, benchmark, mean, mean_low, mean_high, median, p_adjusted,
    kind, value, low, high, threshold,
    tests_ok, quota, shortfall, samples_effective, n_adj, tier,
    since, months_found, notify, severity, simulated
FROM dated
ORDER BY
    gap_class, state, commune_code, commune_valid_from, access_type,
    COALESCE(operator, ''), COALESCE(technology, ''), COALESCE(indicator, ''), COALESCE(place, '')
