-- Effective samples: the median of a device's successful tests per commune, operator, access type,
-- technology and local day. A test without device is never collapsed.
{%- if day_part %}
-- Here the hours of the peak are collapsed apart from the others.
{%- endif %}
--
-- The median of values on the grid of 10^-6 lies on the grid of 0.5 * 10^-6; the file holds the float
-- nearest to that grid, so that sums are exact and a value equals a benchmark that it reaches.
-- `restated_commune_code` is given where all tests behind it agree.
{%- set placed = ["province_code", "province_name", "district_code", "district_name", "commune_code", "commune_name", "commune_valid_from"] %}
{%- set of = "new_" if restated else "" %}
{%- if restated %}
-- Here the commune is that of the day on which communes were redrawn (`restated_on`), where it is known
-- for a test; a test without it stays in the commune of its day.
{%- endif %}
WITH tests AS (
    SELECT
        a.*,
        d.cluster_no
{%- if restated %},
        CASE WHEN r.commune_name IS NOT NULL THEN a.restated_commune_code END AS new_restated_commune_code,
{%- for column in placed %}
        CASE WHEN r.commune_name IS NULL THEN a.{{ column }} ELSE {% if column == "commune_code" %}a.restated_commune_code{% elif column == "commune_valid_from" %}r.valid_from{% else %}r.{{ column }}{% endif %} END AS new_{{ column }}{% if not loop.last %},{% endif %}
{%- endfor %}
{%- endif %}
    FROM accepted AS a
    LEFT JOIN devices AS d ON a.device_id = d.device_id
{%- if restated %}
    LEFT JOIN restated_communes AS r ON a.restated_commune_code = r.commune_code
{%- endif %}
    WHERE a.is_ok
),
collapsed AS (
    SELECT
        {% for column in placed %}{{ of }}{{ column }}{% if restated %} AS {{ column }}{% endif %}{% if not loop.last %}, {% endif %}{% endfor %},
        operator, access_type, technology, local_day{% if day_part %}, day_part{% endif %}, cluster_no,
        CASE
            WHEN MIN({{ of }}restated_commune_code) = MAX({{ of }}restated_commune_code)
                AND COUNT({{ of }}restated_commune_code) = COUNT(*)
                THEN MIN({{ of }}restated_commune_code)
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
        {% for column in placed %}{{ of }}{{ column }}{% if not loop.last %}, {% endif %}{% endfor %},
        operator, access_type, technology, local_day{% if day_part %}, day_part{% endif %}, cluster_no
),
uncollapsed AS (
    SELECT
        {% for column in placed %}{{ of }}{{ column }}{% if restated %} AS {{ column }}{% endif %}{% if not loop.last %}, {% endif %}{% endfor %},
        operator, access_type, technology, local_day{% if day_part %}, day_part{% endif %}, cluster_no,
        {{ of }}restated_commune_code{% if restated %} AS restated_commune_code{% endif %},
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
