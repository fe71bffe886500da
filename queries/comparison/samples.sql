-- What operators are compared on: every effective sample with a value, per indicator with
-- `compare = true` and family. The comparison itself is src/comparison/. Tests of an unknown
-- operator are left out; rows come in no particular order.
{%- for i in indicators if i.compare %}
SELECT
    '{{ i.name }}' AS indicator,
    e.family, e.commune_code, e.commune_valid_from, e.operator,
    COALESCE(e.technology, '') AS technology,
    e.cluster_no, e.tests, e.{{ i.name }} AS value
FROM effective_by_family AS e
CROSS JOIN parameters AS p
WHERE e.{{ i.name }} IS NOT NULL AND e.operator <> p.unknown_operator
{%- if not loop.last %}
UNION ALL
{%- endif %}
{%- endfor %}
