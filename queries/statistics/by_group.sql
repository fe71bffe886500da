-- Statistics of {{ table.name }}: one row per {{ table.keys | join(", ") }}.
--
-- Counts are over single tests; means, medians, quantiles and shares over effective samples
-- (collapse/){% if table.raw %}, and beside them over single tests (`_raw`){% endif %}. Sizes and intervals: sizes.sql, bounds.sql.
-- An indicator is published from `publish_from` adjusted samples and `publish_devices` devices; its
-- mean from `mean_from`. Where too many tests carry no device, their dependence cannot be seen: values
-- are published from `publish_from` samples, without interval, and the tier is `reference` at most.{% if table.raw %}
-- What is published over single tests also needs to be over effective samples.{% endif %}
WITH
{%- for series in table.series %}
sizes{{ series.suffix }} AS (
    SELECT
        group_no
{%- for m in series.measures %},
        MAX(CASE WHEN indicator = '{{ m.name }}' AND statistic = 'median' THEN n_adj END) AS {{ m.name }}_n_adj,
        MAX(CASE WHEN indicator = '{{ m.name }}' AND statistic = 'median' THEN devices END) AS {{ m.name }}_devices
{%- if m.benchmark %},
        MAX(CASE WHEN indicator = '{{ m.name }}' AND statistic = 'share_at_benchmark' THEN n_adj END) AS {{ m.name }}_share_n_adj,
        MAX(CASE WHEN indicator = '{{ m.name }}' AND statistic = 'share_at_benchmark' THEN devices END) AS {{ m.name }}_share_devices,
        MAX(CASE WHEN indicator = '{{ m.name }}' AND statistic = 'share_at_benchmark' THEN CAST(ones AS DOUBLE) / n END) AS {{ m.name }}_share_at_benchmark
{%- endif %}
{%- endfor %}
    FROM {{ table.name }}{{ series.suffix }}_sizes
    GROUP BY group_no
),
bounds{{ series.suffix }} AS (
    SELECT
        group_no
{%- for m in series.measures %}{% for statistic in m.statistics %},
        MAX(CASE WHEN indicator = '{{ m.name }}' AND statistic = '{{ statistic }}' THEN low END) AS {{ m.name }}_{{ statistic }}_low,
        MAX(CASE WHEN indicator = '{{ m.name }}' AND statistic = '{{ statistic }}' THEN high END) AS {{ m.name }}_{{ statistic }}_high
{%- endfor %}{% endfor %}
    FROM {{ table.name }}{{ series.suffix }}_bounds
    GROUP BY group_no
),
found{{ series.suffix }} AS (
    SELECT
        g.group_no,
        p.samples,
        p.devices,
        tests_without_device <= max_without_device_share * tests_ok AS dependence_known{{ series.suffix }}
{%- for m in series.measures %},
        COALESCE({{ m.name }}_n, 0) AS {{ m.name }}_n,
        CAST({{ m.name }}_sum AS DOUBLE) / (2000000.0 * {{ m.name }}_n) AS {{ m.name }}_mean,
        {{ m.name }}_n_adj,
        CASE
            WHEN tests_without_device <= max_without_device_share * tests_ok
                THEN {{ m.name }}_n_adj >= publish_from AND {{ m.name }}_devices >= publish_devices
            ELSE {{ m.name }}_n >= publish_from
        END AS {{ m.name }}_published,
        CASE
            WHEN tests_without_device <= max_without_device_share * tests_ok
                THEN {{ m.name }}_n_adj >= mean_from
            ELSE {{ m.name }}_n >= mean_from
        END AS {{ m.name }}_mean_published
{%- for quantile in series.quantiles %},
        {{ m.name }}_{{ quantile.name }}
{%- endfor %}
{%- if m.benchmark %},
        COALESCE({{ m.name }}_benchmark_n, 0) AS {{ m.name }}_benchmark_n,
        {{ m.name }}_share_at_benchmark,
        CASE
            WHEN tests_without_device <= max_without_device_share * tests_ok
                THEN {{ m.name }}_share_n_adj >= publish_from AND {{ m.name }}_share_devices >= publish_devices
            ELSE {{ m.name }}_benchmark_n >= publish_from
        END AS {{ m.name }}_share_published
{%- endif %}
{%- for statistic in m.statistics %},
        {{ m.name }}_{{ statistic }}_low,
        {{ m.name }}_{{ statistic }}_high
{%- endfor %}
{%- endfor %}
    FROM {{ table.name }}_groups AS g
    CROSS JOIN parameters AS q
    LEFT JOIN {{ table.name }}{{ series.suffix }}_points AS p ON g.group_no = p.group_no
    LEFT JOIN sizes{{ series.suffix }} AS s ON g.group_no = s.group_no
    LEFT JOIN bounds{{ series.suffix }} AS b ON g.group_no = b.group_no
){% if not loop.last %},{% endif %}
{%- endfor %}
SELECT
{%- for key in table.keys %}
    {% if key in nullable %}NULLIF(g.{{ key }}, ''){% else %}g.{{ key }}{% endif %} AS {{ key }},
{%- endfor %}
    g.tests_ok,
    g.tests_failed,
    g.tests_without_device,
    COALESCE(f.samples, 0) AS samples_effective,
    CASE WHEN dependence_known THEN COALESCE({{ headline }}_n_adj, 0) END AS samples_adjusted,
    COALESCE(f.devices, 0) AS devices,
    CASE
        WHEN {{ headline }}_published AND dependence_known AND {{ headline }}_n_adj >= sufficient_from
            THEN 'sufficient'
        WHEN {{ headline }}_published THEN 'reference'
        ELSE 'count_only'
    END AS tier
{%- for series in table.series %}
{%- for m in series.measures %},
    {{ m.name }}_n,
    CASE WHEN dependence_known{{ series.suffix }} THEN COALESCE({{ m.name }}_n_adj, 0) END AS {{ m.name }}_n_adj
{%- for statistic in m.statistics %}{% set shown = m.name ~ ("_share_published" if statistic == "share_at_benchmark" else "_published") %}
{%- if statistic == "share_at_benchmark" %},
    {{ m.name }}_benchmark_n
{%- endif %}
{%- set condition = shown ~ (" AND " ~ m.name ~ "_mean_published" if statistic == "mean" else "") ~ (" AND " ~ m.indicator ~ "_published" if series.suffix else "") %},
    CASE WHEN {{ condition }} THEN {{ m.name }}_{{ statistic }} END AS {{ m.name }}_{{ statistic }},
    CASE WHEN {{ condition }} AND dependence_known{{ series.suffix }} THEN {{ m.name }}_{{ statistic }}_low END AS {{ m.name }}_{{ statistic }}_low,
    CASE WHEN {{ condition }} AND dependence_known{{ series.suffix }} THEN {{ m.name }}_{{ statistic }}_high END AS {{ m.name }}_{{ statistic }}_high
{%- endfor %}
{%- endfor %}
{%- endfor %},
    q.simulated
FROM {{ table.name }}_groups AS g
CROSS JOIN parameters AS q
{%- for series in table.series %}
LEFT JOIN found{{ series.suffix }} AS f{{ series.suffix }} ON g.group_no = f{{ series.suffix }}.group_no
{%- endfor %}
ORDER BY g.group_no
