-- Effective samples: the median of a device's successful tests per commune, operator, access type,
-- technology and local day. A test without device is never collapsed.
{%- if day_part %}
-- Here the hours of the peak are collapsed apart from the others.
{%- endif %}
--
-- The median of values on the grid of 10^-6 lies on the grid of 0.5 * 10^-6; the file holds the float
-- nearest to that grid, so that sums are exact and a value equals a benchmark that it reaches.
-- `restated_commune_code` is given where all tests behind it agree.
WITH tests AS (
    SELECT a.*, d.cluster_no
    FROM accepted AS a
    LEFT JOIN devices AS d ON a.device_id = d.device_id
    WHERE a.is_ok
),
collapsed AS (
    SELECT
        province_code, province_name, district_code, district_name,
        commune_code, commune_name, commune_valid_from,
        operator, access_type, technology, local_day{% if day_part %}, day_part{% endif %}, cluster_no,
        CASE
            WHEN MIN(restated_commune_code) = MAX(restated_commune_code)
                AND COUNT(restated_commune_code) = COUNT(*)
                THEN MIN(restated_commune_code)
        END AS restated_commune_code,
        COUNT(*) AS tests
{%- for i in indicators %},
        MEDIAN({{ i.expression }}) AS {{ i.name }}
{%- endfor %}
{%- for c in carried %},
        MEDIAN({{ c }}) AS {{ c }}
{%- endfor %}
    FROM tests
    WHERE cluster_no IS NOT NULL
    GROUP BY
        province_code, province_name, district_code, district_name,
        commune_code, commune_name, commune_valid_from,
        operator, access_type, technology, local_day{% if day_part %}, day_part{% endif %}, cluster_no
),
uncollapsed AS (
    SELECT
        province_code, province_name, district_code, district_name,
        commune_code, commune_name, commune_valid_from,
        operator, access_type, technology, local_day{% if day_part %}, day_part{% endif %}, cluster_no,
        restated_commune_code,
        1 AS tests
{%- for i in indicators %},
        1.0 * ({{ i.expression }}) AS {{ i.name }}
{%- endfor %}
{%- for c in carried %},
        {{ c }}
{%- endfor %}
    FROM tests
    WHERE cluster_no IS NULL
),
both_kinds AS (
    SELECT * FROM collapsed
    UNION ALL
    SELECT * FROM uncollapsed
)
SELECT *
FROM both_kinds
ORDER BY
    commune_code, commune_valid_from, operator, access_type, technology, local_day{% if day_part %}, day_part{% endif %}, cluster_no,
    tests
{%- for i in indicators %}, {{ i.name }}{% endfor %}
{%- for c in carried %}, {{ c }}{% endfor %}, restated_commune_code
