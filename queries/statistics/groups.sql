-- The groups of {{ table.name }} by number, with the tests behind each.
WITH counts AS (
    SELECT
{%- for key in table.keys %}
        {% if key in nullable %}COALESCE({{ key }}, ''){% else %}{{ key }}{% endif %} AS {{ key }},
{%- endfor %}
        SUM(CASE WHEN is_ok THEN tests ELSE 0 END) AS tests_ok,
        SUM(CASE WHEN is_ok THEN 0 ELSE tests END) AS tests_failed,
        SUM(CASE WHEN is_ok AND device_id IS NULL THEN tests ELSE 0 END) AS tests_without_device
    FROM {{ table.tests }}
{%- if table.where %}
    WHERE {{ table.where }}
{%- endif %}
    GROUP BY
{%- for key in table.keys %}
        {% if key in nullable %}COALESCE({{ key }}, ''){% else %}{{ key }}{% endif %}{% if not loop.last %},{% endif %}
{%- endfor %}
)
SELECT
    ROW_NUMBER() OVER (ORDER BY {{ table.keys | join(", ") }}) AS group_no,
    *
FROM counts
ORDER BY group_no
