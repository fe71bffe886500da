-- Medians with their intervals month by month, for the province, its operators and its communes.
--
-- Values of earlier months are those of their bundles, or computed again by the communes of today
-- (`basis`, trend_months.sql). A month with a bundle that cannot be compared has rows for the province
-- without values. A commune is not compared in a month with samples that may be its own and could not
-- be restated (`part_not_restated`): those of an old commune that partly went into it, or of one that
-- the crosswalk does not know, in a district that a part of it was in.
{%- macro values(prefix) %}
        {{ prefix }}tests_ok, {{ prefix }}samples_effective, {{ prefix }}samples_adjusted, {{ prefix }}devices, {{ prefix }}tier
{%- for i in indicators %},
        {{ prefix }}{{ i.name }}_median, {{ prefix }}{{ i.name }}_median_low, {{ prefix }}{{ i.name }}_median_high
{%- endfor %}
{%- endmacro %}
{%- set nothing = "CAST(NULL AS VARCHAR)" %}
WITH this_month AS (
    SELECT month, CAST(0 AS BIGINT) AS months_back, 'published' AS basis FROM parameters
),
of_province AS (
    SELECT month, months_back, basis, family, {{ values("") }} FROM history_province
    UNION ALL
    SELECT m.month, m.months_back, m.basis, t.family, {{ values("t.") }}
    FROM province AS t CROSS JOIN this_month AS m
),
of_operators AS (
    SELECT month, months_back, basis, family, operator, {{ values("") }} FROM history_operator
    UNION ALL
    SELECT m.month, m.months_back, m.basis, t.family, t.operator, {{ values("t.") }}
    FROM operator AS t CROSS JOIN this_month AS m
),
of_communes AS (
    SELECT month, months_back, basis, family, commune_code, commune_name, commune_valid_from, {{ values("") }}
    FROM history_commune
    UNION ALL
    SELECT m.month, m.months_back, m.basis, t.family, t.commune_code, t.commune_name, t.commune_valid_from, {{ values("t.") }}
    FROM commune AS t CROSS JOIN this_month AS m
),
known_communes AS (
    SELECT DISTINCT old_commune_code AS known_code, 1 AS known FROM crosswalk
),
not_restated AS (
    SELECT u.month, u.commune_code AS old_code, COALESCE(u.district_code, '') AS old_district, k.known
    FROM history_unrestated AS u
    LEFT JOIN known_communes AS k ON u.commune_code = k.known_code
),
doubtful AS (
    SELECT n.month, x.new_commune_code
    FROM not_restated AS n
    INNER JOIN crosswalk AS x ON n.old_code = x.old_commune_code
    UNION ALL
    SELECT n.month, x.new_commune_code
    FROM not_restated AS n
    INNER JOIN crosswalk AS x ON n.old_district = x.old_district_code
    WHERE n.known IS NULL
),
doubts AS (
    SELECT month, new_commune_code, 'part_not_restated' AS reason
    FROM doubtful
    GROUP BY month, new_commune_code
),
judged_communes AS (
    SELECT c.*, d.reason
    FROM of_communes AS c
    LEFT JOIN doubts AS d ON c.month = d.month AND c.commune_code = d.new_commune_code
),
everything AS (
    SELECT
        'province' AS level, family, {{ nothing }} AS operator,
        {{ nothing }} AS commune_code, {{ nothing }} AS commune_name, CAST(NULL AS DATE) AS commune_valid_from,
        month, months_back, TRUE AS comparable, {{ nothing }} AS reason, basis, {{ values("") }}
    FROM of_province
    UNION ALL
    SELECT
        'operator' AS level, family, operator,
        {{ nothing }} AS commune_code, {{ nothing }} AS commune_name, CAST(NULL AS DATE) AS commune_valid_from,
        month, months_back, TRUE AS comparable, {{ nothing }} AS reason, basis, {{ values("") }}
    FROM of_operators
    UNION ALL
    SELECT
        'commune' AS level, family, {{ nothing }} AS operator,
        commune_code, commune_name, commune_valid_from,
        month, months_back, TRUE AS comparable, reason, basis, {{ values("") }}
    FROM judged_communes
    WHERE reason IS NULL
    UNION ALL
    SELECT
        'commune' AS level, family, {{ nothing }} AS operator,
        commune_code, commune_name, commune_valid_from,
        month, months_back, FALSE AS comparable, reason, basis,
        tests_ok, samples_effective, samples_adjusted, devices, 'count_only' AS tier
{%- for i in indicators %},
        CAST(NULL AS DOUBLE) AS {{ i.name }}_median, CAST(NULL AS DOUBLE) AS {{ i.name }}_median_low, CAST(NULL AS DOUBLE) AS {{ i.name }}_median_high
{%- endfor %}
    FROM judged_communes
    WHERE reason IS NOT NULL
    UNION ALL
    SELECT
        'province' AS level, f.family, {{ nothing }} AS operator,
        {{ nothing }} AS commune_code, {{ nothing }} AS commune_name, CAST(NULL AS DATE) AS commune_valid_from,
        h.month, h.months_back, FALSE AS comparable, h.reason, h.basis,
        CAST(NULL AS BIGINT) AS tests_ok, CAST(NULL AS BIGINT) AS samples_effective,
        CAST(NULL AS BIGINT) AS samples_adjusted, CAST(NULL AS BIGINT) AS devices, {{ nothing }} AS tier
{%- for i in indicators %},
        CAST(NULL AS DOUBLE) AS {{ i.name }}_median, CAST(NULL AS DOUBLE) AS {{ i.name }}_median_low, CAST(NULL AS DOUBLE) AS {{ i.name }}_median_high
{%- endfor %}
    FROM history_months AS h
    CROSS JOIN families AS f
    WHERE h.reason IS NOT NULL AND h.reason <> 'no_bundle'
)
SELECT
    e.level, e.family, e.operator, e.commune_code, e.commune_name, e.commune_valid_from,
    e.month, e.months_back, e.comparable, e.reason, e.basis, {{ values("e.") }},
    p.simulated
FROM everything AS e
CROSS JOIN parameters AS p
ORDER BY
    e.level, e.family, COALESCE(e.operator, ''), COALESCE(e.commune_code, ''), e.commune_valid_from, e.month
