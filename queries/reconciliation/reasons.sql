-- Why ours are other tests than the published ones: for each published figure the tests of its
-- commune, operator and family that were sorted out, by reason.
--
-- `failed`: accepted, but not successful. `collapsed`: repeats of a device that went into one effective
-- sample. `duplicate`: the sample_id of another row. `rejected`: rows that fail a rule, all of them
-- where `rule` is empty, and by rule; a row may fail several. Rows in another province belong to no
-- figure. A rejected row that cannot be placed counts in the figures of the whole province, one without
-- a known family nowhere.
WITH dropped AS (
    SELECT p.commune_code, p.operator, p.access_type, p.technology
    FROM passed AS p
    INNER JOIN duplicates AS d ON p.source_file = d.source_file AND p.source_row = d.source_row
),
refused AS (
    SELECT
        COALESCE(located_commune_code, '?') AS commune_code,
        COALESCE(resolved_operator, '?') AS operator,
        access_type,
        technology,
        CONCAT(',', rules, ',') AS failed_rules
    FROM quarantine
),
refused_by_family AS (
{%- for f in families %}
    SELECT '{{ f.name }}' AS family, commune_code, operator, failed_rules
    FROM refused
    WHERE ({{ f.where }}) AND failed_rules NOT LIKE '%,outside_province,%'
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
),
refused_cells AS (
    SELECT
        family,
        commune_code,
        operator,
        COUNT(*) AS all_rules
{%- for rule in rules %},
        SUM(CASE WHEN failed_rules LIKE '%,{{ rule.name }},%' THEN 1 ELSE 0 END) AS rule_{{ rule.name }}
{%- endfor %}
    FROM refused_by_family
    GROUP BY family, commune_code, operator
),
attributed AS (
    SELECT family, commune_code, operator, 'failed' AS reason, '' AS rule, 1 AS tests
    FROM accepted_by_family
    WHERE NOT is_ok
    UNION ALL
    SELECT family, commune_code, operator, 'collapsed' AS reason, '' AS rule, tests - 1 AS tests
    FROM effective_by_family
{%- for f in families %}
    UNION ALL
    SELECT '{{ f.name }}' AS family, commune_code, operator, 'duplicate' AS reason, '' AS rule, 1 AS tests
    FROM dropped
    WHERE {{ f.where }}
{%- endfor %}
    UNION ALL
    SELECT family, commune_code, operator, 'rejected' AS reason, '' AS rule, all_rules AS tests
    FROM refused_cells
{%- for rule in rules %}
    UNION ALL
    SELECT family, commune_code, operator, 'rejected' AS reason, '{{ rule.name }}' AS rule, rule_{{ rule.name }} AS tests
    FROM refused_cells
{%- endfor %}
),
cells AS (
    SELECT family, commune_code, operator, reason, rule, SUM(tests) AS tests
    FROM attributed
    GROUP BY family, commune_code, operator, reason, rule
),
levels AS (
{%- for place in [true, false] %}
{%- for brand in [true, false] %}
    SELECT
        family,
        {% if place %}commune_code{% else %}''{% endif %} AS commune_key,
        {% if brand %}operator{% else %}''{% endif %} AS operator_key,
        reason,
        rule,
        SUM(tests) AS tests
    FROM cells
    GROUP BY family{% if place %}, commune_code{% endif %}{% if brand %}, operator{% endif %}, reason, rule
{%- if place or brand %}
    UNION ALL
{%- endif %}
{%- endfor %}
{%- endfor %}
)
SELECT
    f.line,
    f.family,
    f.commune_code,
    f.commune_name,
    f.operator,
    l.reason,
    NULLIF(l.rule, '') AS rule,
    l.tests,
    p.simulated
FROM published AS f
CROSS JOIN parameters AS p
INNER JOIN levels AS l
    ON f.family = l.family
    AND f.commune_key = l.commune_key
    AND f.operator_key = l.operator_key
WHERE l.tests > 0
ORDER BY f.line, l.reason, COALESCE(l.rule, '')
