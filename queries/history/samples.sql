-- Samples of a month before the reform, by the communes of today: those of the bundles of all parts of
-- the province together.
--
-- Devices are numbered in each bundle apart; here their numbers stay apart, too. A sample that no commune
-- of today is known for counts for province and operator only; one of a commune that went to another
-- province does not count.
{%- set tables = parts | default([0, 1]) %}
WITH united AS (
{%- for part in tables %}
    SELECT *, {{ part }} AS part_no FROM part_{{ part }}
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
),
own_communes AS (
    SELECT DISTINCT commune_code AS own_code, 1 AS own FROM communes
)
SELECT
    p.province_code,
    u.district_code,
    u.commune_code,
    u.commune_name,
    u.commune_valid_from,
    u.restated_commune_code,
    u.operator,
    u.access_type,
    u.technology,
    COALESCE(u.technology, 'unknown') AS technology_key,
    u.cluster_no * {{ tables | length }} + u.part_no AS cluster_no,
    u.tests
{%- for i in indicators %},
    u.{{ i.name }}
{%- endfor %}
FROM united AS u
CROSS JOIN parameters AS p
LEFT JOIN own_communes AS c ON u.commune_code = c.own_code
WHERE u.restated_commune_code IS NULL OR c.own = 1
