-- Every row with one boolean column per rule of rules.toml: TRUE where the row fails it.
SELECT
    *
{%- for rule in rules %},
    COALESCE({{ rule.when }}, FALSE) AS {{ rule.name }}
{%- endfor %}
FROM placed
