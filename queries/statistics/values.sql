-- The values behind {{ table.name }}{{ series.suffix }}: one row per {% if series.suffix %}successful test{% else %}effective sample{% endif %}, by number of its group.
WITH keyed AS (
    SELECT
{%- for key in table.keys %}
        {% if key in nullable %}COALESCE({{ key }}, ''){% else %}{{ key }}{% endif %} AS group_{{ key }},
{%- endfor %}
        access_type AS benchmark_access_type,
        technology_key AS benchmark_technology_key,
        operator AS benchmark_operator,
        cluster_no
{%- for m in series.measures %},
        {{ m.expression }} AS {{ m.name }}
{%- endfor %}
    FROM {{ series.source }}
{%- if table.where %}
    WHERE {{ table.where }}
{%- endif %}
)
SELECT
    g.group_no,
    k.cluster_no
{%- for m in series.measures %},
    k.{{ m.name }}
{%- if m.benchmark %},
    COALESCE(o_{{ m.name }}.value, b_{{ m.name }}.value) AS {{ m.name }}_benchmark
{%- endif %}
{%- endfor %}
FROM keyed AS k
INNER JOIN {{ table.name }}_groups AS g
{%- for key in table.keys %}
    {% if loop.first %}ON{% else %}AND{% endif %} k.group_{{ key }} = g.{{ key }}
{%- endfor %}
{%- for m in series.measures if m.benchmark %}
LEFT JOIN benchmark_{{ m.name }} AS b_{{ m.name }}
    ON k.benchmark_access_type = b_{{ m.name }}.access_type
    AND k.benchmark_technology_key = b_{{ m.name }}.technology_key
LEFT JOIN benchmark_of_operator_{{ m.name }} AS o_{{ m.name }}
    ON k.benchmark_operator = o_{{ m.name }}.operator
    AND k.benchmark_access_type = o_{{ m.name }}.access_type
    AND k.benchmark_technology_key = o_{{ m.name }}.technology_key
{%- endfor %}
