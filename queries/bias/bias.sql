-- Who measured: how the tests are spread over devices, days, hours and communes, per family and
-- operator. The row without operator is the whole family: a device counts there once, whatever
-- operators it used.
--
-- Successful accepted tests are counted. Devices are the numbered ones of the effective samples, whose
-- `tests` add up to the tests behind them. The most active 1 % of n devices are the n / 100, rounded
-- up, with most tests; among equals those with the lower number. Their share is taken of the tests that
-- carry a device. The Wi-Fi share is taken of the fixed tests that say how they were connected.
-- Shares and quantiles of fewer than `publish_from` tests are not given.
WITH of_operators AS (
    SELECT
        family,
        operator AS operator_key,
        cluster_no,
        SUM(tests) AS tests
    FROM effective_by_family
    WHERE cluster_no IS NOT NULL
    GROUP BY family, operator, cluster_no
),
of_devices AS (
    SELECT family, operator_key, cluster_no, tests FROM of_operators
    UNION ALL
    SELECT family, '' AS operator_key, cluster_no, SUM(tests) AS tests
    FROM of_operators
    GROUP BY family, cluster_no
),
spread AS (
    SELECT
        family,
        operator_key,
        COUNT(*) AS devices,
        SUM(tests) AS tests_with_device,
        MEDIAN(CAST(tests AS DOUBLE)) AS tests_per_device_median,
        QUANTILE_CONT(CAST(tests AS DOUBLE), 0.90) AS tests_per_device_p90,
        MAX(tests) AS tests_per_device_max
    FROM of_devices
    GROUP BY family, operator_key
),
by_activity AS (
    SELECT
        d.family,
        d.operator_key,
        d.tests,
        s.devices,
        ROW_NUMBER() OVER (
            PARTITION BY d.family, d.operator_key ORDER BY 0 - d.tests, d.cluster_no
        ) AS place
    FROM of_devices AS d
    INNER JOIN spread AS s ON d.family = s.family AND d.operator_key = s.operator_key
),
most_active AS (
    SELECT family, operator_key, SUM(tests) AS tests_most_active
    FROM by_activity
    WHERE 100.0 * (place - 1) < 1.0 * devices
    GROUP BY family, operator_key
),
counts AS (
{%- for whole in [false, true] %}
    SELECT
        family,
        {% if whole %}''{% else %}operator{% endif %} AS operator_key,
        SUM(tests) AS tests_ok,
        SUM(CASE WHEN cluster_no IS NULL THEN tests ELSE 0 END) AS tests_without_device,
        COUNT(DISTINCT local_day) AS days_covered,
        SUM(CASE WHEN access_type = 'fixed' AND technology IS NOT NULL THEN tests ELSE 0 END) AS tests_link_known,
        SUM(CASE WHEN access_type = 'fixed' AND technology = 'wifi' THEN tests ELSE 0 END) AS tests_wifi
    FROM effective_by_family
    GROUP BY family{% if not whole %}, operator{% endif %}
{%- if not whole %}
    UNION ALL
{%- endif %}
{%- endfor %}
),
hours AS (
    SELECT DISTINCT family, operator, local_hour
    FROM accepted_by_family
    WHERE is_ok
),
hours_counted AS (
    SELECT family, operator AS operator_key, COUNT(DISTINCT local_hour) AS hours_covered
    FROM hours
    GROUP BY family, operator
    UNION ALL
    SELECT family, '' AS operator_key, COUNT(DISTINCT local_hour) AS hours_covered
    FROM hours
    GROUP BY family
),
communes_of_operators AS (
    SELECT DISTINCT family, operator AS operator_key, commune_code, commune_valid_from
    FROM effective_by_family
),
communes_of_families AS (
    SELECT DISTINCT family, '' AS operator_key, commune_code, commune_valid_from
    FROM communes_of_operators
),
communes_listed AS (
    SELECT family, operator_key, commune_code FROM communes_of_operators
    UNION ALL
    SELECT family, operator_key, commune_code FROM communes_of_families
),
communes_counted AS (
    SELECT family, operator_key, COUNT(*) AS communes_covered
    FROM communes_listed
    GROUP BY family, operator_key
),
days_counted AS (
    SELECT COUNT(*) AS days_of_period FROM days
),
cells AS (
    SELECT family, '' AS operator_key FROM families
    UNION ALL
    SELECT DISTINCT family, operator AS operator_key FROM effective_by_family
)
SELECT
    c.family,
    NULLIF(c.operator_key, '') AS operator,
    COALESCE(n.tests_ok, 0) AS tests_ok,
    COALESCE(n.tests_without_device, 0) AS tests_without_device,
    COALESCE(s.devices, 0) AS devices,
    CASE WHEN s.tests_with_device >= p.publish_from THEN s.tests_per_device_median END AS tests_per_device_median,
    CASE WHEN s.tests_with_device >= p.publish_from THEN s.tests_per_device_p90 END AS tests_per_device_p90,
    CASE WHEN s.tests_with_device >= p.publish_from THEN s.tests_per_device_max END AS tests_per_device_max,
    CASE
        WHEN s.tests_with_device >= p.publish_from
            THEN 1.0 * m.tests_most_active / s.tests_with_device
    END AS most_active_share,
    COALESCE(n.days_covered, 0) AS days_covered,
    d.days_of_period,
    COALESCE(h.hours_covered, 0) AS hours_covered,
    COALESCE(u.communes_covered, 0) AS communes_covered,
    COALESCE(n.tests_link_known, 0) AS tests_link_known,
    CASE
        WHEN n.tests_link_known >= p.publish_from THEN 1.0 * n.tests_wifi / n.tests_link_known
    END AS wifi_share,
    p.simulated
FROM cells AS c
CROSS JOIN parameters AS p
CROSS JOIN days_counted AS d
LEFT JOIN counts AS n ON c.family = n.family AND c.operator_key = n.operator_key
LEFT JOIN spread AS s ON c.family = s.family AND c.operator_key = s.operator_key
LEFT JOIN most_active AS m ON c.family = m.family AND c.operator_key = m.operator_key
LEFT JOIN hours_counted AS h ON c.family = h.family AND c.operator_key = h.operator_key
LEFT JOIN communes_counted AS u ON c.family = u.family AND c.operator_key = u.operator_key
ORDER BY c.family, c.operator_key
