-- What devices add to the variance of {{ table.name }}{{ series.suffix }}: one row per group.
--
-- The values of one device are a cluster; a value without device is a cluster of its own. A share (of
-- the values up to a quantile, or on the good side of a benchmark) has c ones among the b values of a
-- cluster: sums of c, c*c, c*b and b*b give its linearised variance exactly (Woodruff 1952). A mean
-- has the residuals u = sum / mean - b, whose squares and cubes are added exactly (macros.sql).
{%- from "macros.sql" import exact_sum %}
WITH marked AS (
    SELECT
        v.group_no,
        v.cluster_no
{%- for m in series.measures %},
        CASE WHEN v.{{ m.name }} IS NOT NULL THEN 1 ELSE 0 END AS {{ m.name }}_b,
        COALESCE(CAST(ROUND(v.{{ m.name }} * 2000000) AS BIGINT), 0) AS {{ m.name }}_s
{%- for q in series.quantiles %},
        CASE WHEN v.{{ m.name }} <= p.{{ m.name }}_{{ q.name }} + 0.0000001 THEN 1 ELSE 0 END AS {{ m.name }}_{{ q.name }}_c
{%- endfor %}
{%- if m.benchmark %},
        CASE WHEN v.{{ m.name }} IS NOT NULL AND v.{{ m.name }}_benchmark IS NOT NULL THEN 1 ELSE 0 END AS {{ m.name }}_share_b,
        CASE WHEN v.{{ m.name }} {% if m.worse == "low" %}>={% else %}<={% endif %} v.{{ m.name }}_benchmark THEN 1 ELSE 0 END AS {{ m.name }}_share_c
{%- endif %}
{%- endfor %}
    FROM {{ table.name }}{{ series.suffix }}_values AS v
    INNER JOIN {{ table.name }}{{ series.suffix }}_points AS p ON v.group_no = p.group_no
),
clusters AS (
    SELECT
        group_no,
        1 AS known
{%- for m in series.measures %},
        SUM({{ m.name }}_b) AS {{ m.name }}_b,
        SUM({{ m.name }}_s) AS {{ m.name }}_s
{%- for q in series.quantiles %},
        SUM({{ m.name }}_{{ q.name }}_c) AS {{ m.name }}_{{ q.name }}_c
{%- endfor %}
{%- if m.benchmark %},
        SUM({{ m.name }}_share_b) AS {{ m.name }}_share_b,
        SUM({{ m.name }}_share_c) AS {{ m.name }}_share_c
{%- endif %}
{%- endfor %}
    FROM marked
    WHERE cluster_no IS NOT NULL
    GROUP BY group_no, cluster_no
    UNION ALL
    SELECT
        group_no,
        0 AS known
{%- for m in series.measures %},
        {{ m.name }}_b,
        {{ m.name }}_s
{%- for q in series.quantiles %},
        {{ m.name }}_{{ q.name }}_c
{%- endfor %}
{%- if m.benchmark %},
        {{ m.name }}_share_b,
        {{ m.name }}_share_c
{%- endif %}
{%- endfor %}
    FROM marked
    WHERE cluster_no IS NULL
),
residuals AS (
    SELECT
        c.*
{%- for m in series.measures %},
        CAST(c.{{ m.name }}_s AS DOUBLE) * p.{{ m.name }}_n / NULLIF(CAST(p.{{ m.name }}_sum AS DOUBLE), 0) - c.{{ m.name }}_b AS {{ m.name }}_u
{%- endfor %}
    FROM clusters AS c
    INNER JOIN {{ table.name }}{{ series.suffix }}_points AS p ON c.group_no = p.group_no
)
SELECT
    group_no
{%- for m in series.measures %},
    SUM(CASE WHEN {{ m.name }}_b > 0 THEN known ELSE 0 END) AS {{ m.name }}_devices,
    SUM(CASE WHEN {{ m.name }}_b > 0 THEN 1 ELSE 0 END) AS {{ m.name }}_clusters,
    SUM({{ m.name }}_b) AS {{ m.name }}_b,
    SUM({{ m.name }}_b * {{ m.name }}_b) AS {{ m.name }}_bb
{%- for q in series.quantiles %},
    SUM({{ m.name }}_{{ q.name }}_c) AS {{ m.name }}_{{ q.name }}_c,
    SUM({{ m.name }}_{{ q.name }}_c * {{ m.name }}_{{ q.name }}_c) AS {{ m.name }}_{{ q.name }}_cc,
    SUM({{ m.name }}_{{ q.name }}_c * {{ m.name }}_b) AS {{ m.name }}_{{ q.name }}_cb
{%- endfor %}
{%- if m.benchmark %},
    SUM(CASE WHEN {{ m.name }}_share_b > 0 THEN known ELSE 0 END) AS {{ m.name }}_share_devices,
    SUM(CASE WHEN {{ m.name }}_share_b > 0 THEN 1 ELSE 0 END) AS {{ m.name }}_share_clusters,
    SUM({{ m.name }}_share_b) AS {{ m.name }}_share_b,
    SUM({{ m.name }}_share_b * {{ m.name }}_share_b) AS {{ m.name }}_share_bb,
    SUM({{ m.name }}_share_c) AS {{ m.name }}_share_c,
    SUM({{ m.name }}_share_c * {{ m.name }}_share_c) AS {{ m.name }}_share_cc,
    SUM({{ m.name }}_share_c * {{ m.name }}_share_b) AS {{ m.name }}_share_cb
{%- endif %},
    {{ exact_sum(m.name ~ "_u * " ~ m.name ~ "_u") }} AS {{ m.name }}_uu,
    {{ exact_sum(m.name ~ "_u * " ~ m.name ~ "_u * " ~ m.name ~ "_u") }} AS {{ m.name }}_uuu
{%- endfor %}
FROM residuals
GROUP BY group_no
