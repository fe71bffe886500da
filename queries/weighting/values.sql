-- The values behind the weighted figures: one row per effective sample and group that it belongs to.
WITH samples AS (
{%- for operator in ["operator", "''"] %}
    SELECT
        province_code,
        province_name,
        family,
        {{ operator }} AS group_operator,
        commune_code,
        commune_valid_from,
        cluster_no
{%- for i in indicators if i.compare %},
        {{ i.name }}
{%- endfor %}
    FROM effective_by_family
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
)
{%- for i in indicators if i.compare %}
SELECT
    g.group_no,
    s.commune_code,
    s.commune_valid_from,
    s.cluster_no,
    s.{{ i.name }} AS value
FROM samples AS s
INNER JOIN weighting_groups AS g
    ON s.province_code = g.province_code
    AND s.province_name = g.province_name
    AND s.family = g.family
    AND s.group_operator = g.operator
WHERE g.indicator = '{{ i.name }}' AND s.{{ i.name }} IS NOT NULL
{%- if not loop.last %}
UNION ALL
{%- endif %}
{%- endfor %}
