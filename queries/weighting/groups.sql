-- What is weighted: one row per family, operator ('' for all of them) and compared indicator, with the
-- unweighted figures of the tables `operator` and `province`. A level in dB or dBm has no mean.
WITH figures AS (
{%- for i in indicators if i.compare %}
{%- set has_mean = i.unit not in ["dB", "dBm"] %}
{%- for table in ["operator", "province"] %}
    SELECT
        province_code,
        province_name,
        family,
        {% if table == "operator" %}operator{% else %}'' AS operator{% endif %},
        '{{ i.name }}' AS indicator,
        tests_ok,
        tests_without_device,
        {{ i.name }}_n AS n,
        {{ i.name }}_median AS median,
        {{ i.name }}_median_low AS median_low,
        {{ i.name }}_median_high AS median_high,
{%- for end in ["mean", "mean_low", "mean_high"] %}
        {% if has_mean %}{{ i.name }}_{{ end }}{% else %}CAST(NULL AS DOUBLE){% endif %} AS {{ end }},
{%- endfor %}
        {{ has_mean }} AS has_mean
    FROM {{ table }}
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
)
SELECT
    ROW_NUMBER() OVER (ORDER BY province_code, province_name, family, operator, indicator) AS group_no,
    *
FROM figures
ORDER BY group_no
