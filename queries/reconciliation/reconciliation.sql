-- What was published elsewhere beside ours: per published figure their count and medians, ours over
-- single successful tests and over effective samples, and the differences (ours less theirs; shares of
-- theirs). Without a commune a figure is that of the province, without an operator that of all.
--
-- A figure that fits no commune or operator of ours stays, with 0 tests (`matched` is false). The tests
-- that were sorted out are those of reconciliation/reasons.sql. Medians of fewer than `publish_from`
-- effective samples, and what is computed from them, are not given.
WITH singles AS (
{%- for place in [true, false] %}
{%- for brand in [true, false] %}
    SELECT
        family,
        {% if place %}commune_code{% else %}''{% endif %} AS commune_key,
        {% if brand %}operator{% else %}''{% endif %} AS operator_key,
        COUNT(*) AS tests_ok,
        MEDIAN(download_mbps) AS download_median,
        MEDIAN(upload_mbps) AS upload_median
    FROM accepted_by_family
    WHERE is_ok
    GROUP BY family{% if place %}, commune_code{% endif %}{% if brand %}, operator{% endif %}
{%- if place or brand %}
    UNION ALL
{%- endif %}
{%- endfor %}
{%- endfor %}
),
samples AS (
{%- for place in [true, false] %}
{%- for brand in [true, false] %}
    SELECT
        family,
        {% if place %}commune_code{% else %}''{% endif %} AS commune_key,
        {% if brand %}operator{% else %}''{% endif %} AS operator_key,
        COUNT(*) AS samples_effective,
        COUNT(download_mbps) AS download_n,
        COUNT(upload_mbps) AS upload_n,
        MEDIAN(download_mbps) AS download_median,
        MEDIAN(upload_mbps) AS upload_median
    FROM effective_by_family
    GROUP BY family{% if place %}, commune_code{% endif %}{% if brand %}, operator{% endif %}
{%- if place or brand %}
    UNION ALL
{%- endif %}
{%- endfor %}
{%- endfor %}
),
sorted_out AS (
    SELECT
        line,
        SUM(CASE WHEN reason = 'failed' THEN tests ELSE 0 END) AS tests_failed,
        SUM(CASE WHEN reason = 'duplicate' THEN tests ELSE 0 END) AS tests_duplicate,
        SUM(CASE WHEN reason = 'rejected' AND rule IS NULL THEN tests ELSE 0 END) AS tests_rejected,
        SUM(CASE WHEN reason = 'collapsed' THEN tests ELSE 0 END) AS tests_collapsed
    FROM reconciliation_reasons
    GROUP BY line
),
ours AS (
    SELECT
        f.*,
        CAST(COALESCE(t.tests_ok, 0) AS BIGINT) AS tests_ok,
        COALESCE(s.samples_effective, 0) AS samples_effective
{%- for speed in ["download", "upload"] %},
        CASE WHEN s.{{ speed }}_n >= p.publish_from THEN t.{{ speed }}_median END AS {{ speed }}_mbps_raw_median,
        CASE WHEN s.{{ speed }}_n >= p.publish_from THEN s.{{ speed }}_median END AS {{ speed }}_mbps_median
{%- endfor %},
        p.simulated
    FROM published AS f
    CROSS JOIN parameters AS p
    LEFT JOIN singles AS t
        ON f.family = t.family AND f.commune_key = t.commune_key AND f.operator_key = t.operator_key
    LEFT JOIN samples AS s
        ON f.family = s.family AND f.commune_key = s.commune_key AND f.operator_key = s.operator_key
)
SELECT
    o.line,
    o.family,
    o.commune_code,
    o.commune_name,
    o.operator,
    o.matched,
    o.published_tests,
    o.tests_ok,
    o.samples_effective,
    o.tests_ok - o.published_tests AS tests_difference,
    1.0 * (o.tests_ok - o.published_tests) / NULLIF(o.published_tests, 0) AS tests_difference_share,
    COALESCE(x.tests_failed, 0) AS tests_failed,
    COALESCE(x.tests_duplicate, 0) AS tests_duplicate,
    COALESCE(x.tests_rejected, 0) AS tests_rejected,
    COALESCE(x.tests_collapsed, 0) AS tests_collapsed
{%- for speed in ["download", "upload"] %},
    o.published_{{ speed }}_mbps,
    o.{{ speed }}_mbps_raw_median,
    o.{{ speed }}_mbps_raw_median - o.published_{{ speed }}_mbps AS {{ speed }}_mbps_raw_difference,
    (o.{{ speed }}_mbps_raw_median - o.published_{{ speed }}_mbps)
    / NULLIF(o.published_{{ speed }}_mbps, 0) AS {{ speed }}_mbps_raw_difference_share,
    o.{{ speed }}_mbps_median,
    o.{{ speed }}_mbps_median - o.published_{{ speed }}_mbps AS {{ speed }}_mbps_difference,
    (o.{{ speed }}_mbps_median - o.published_{{ speed }}_mbps)
    / NULLIF(o.published_{{ speed }}_mbps, 0) AS {{ speed }}_mbps_difference_share
{%- endfor %},
    o.simulated
FROM ours AS o
LEFT JOIN sorted_out AS x ON o.line = x.line
ORDER BY o.line
