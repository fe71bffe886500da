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
        g.tests_without_device <= q.max_without_device_share * g.tests_ok AS dependence_known
{%- for m in series.measures %},
        COALESCE(p.{{ m.name }}_n, 0) AS {{ m.name }}_n,
        CAST(p.{{ m.name }}_sum AS DOUBLE) / (2000000.0 * p.{{ m.name }}_n) AS {{ m.name }}_mean,
        s.{{ m.name }}_n_adj,
        CASE
            WHEN g.tests_without_device <= q.max_without_device_share * g.tests_ok
                THEN s.{{ m.name }}_n_adj >= q.publish_from AND s.{{ m.name }}_devices >= q.publish_devices
            ELSE p.{{ m.name }}_n >= q.publish_from
        END AS {{ m.name }}_published,
        CASE
            WHEN g.tests_without_device <= q.max_without_device_share * g.tests_ok
                THEN s.{{ m.name }}_n_adj >= q.mean_from
            ELSE p.{{ m.name }}_n >= q.mean_from
        END AS {{ m.name }}_mean_published
{%- for quantile in series.quantiles %},
        p.{{ m.name }}_{{ quantile.name }}
{%- endfor %}
{%- if m.benchmark %},
        COALESCE(p.{{ m.name }}_benchmark_n, 0) AS {{ m.name }}_benchmark_n,
        s.{{ m.name }}_share_at_benchmark,
        CASE
            WHEN g.tests_without_device <= q.max_without_device_share * g.tests_ok
                THEN s.{{ m.name }}_share_n_adj >= q.publish_from AND s.{{ m.name }}_share_devices >= q.publish_devices
            ELSE p.{{ m.name }}_benchmark_n >= q.publish_from
        END AS {{ m.name }}_share_published
{%- endif %}
{%- for statistic in m.statistics %},
        b.{{ m.name }}_{{ statistic }}_low,
        b.{{ m.name }}_{{ statistic }}_high
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
    CASE WHEN f.dependence_known THEN COALESCE(f.{{ headline }}_n_adj, 0) END AS samples_adjusted,
    g.devices,
    CASE
        WHEN f.{{ headline }}_published AND f.dependence_known AND f.{{ headline }}_n_adj >= q.sufficient_from
            THEN 'sufficient'
        WHEN f.{{ headline }}_published THEN 'reference'
        ELSE 'count_only'
    END AS tier
{%- for series in table.series %}{% set f = "f" ~ series.suffix %}
{%- for m in series.measures %},
    {{ f }}.{{ m.name }}_n,
    CASE WHEN {{ f }}.dependence_known THEN COALESCE({{ f }}.{{ m.name }}_n_adj, 0) END AS {{ m.name }}_n_adj
{%- for statistic in m.statistics %}{% set shown = m.name ~ ("_share_published" if statistic == "share_at_benchmark" else "_published") %}
{%- if statistic == "share_at_benchmark" %},
    {{ f }}.{{ m.name }}_benchmark_n
{%- endif %}
{%- set condition = f ~ "." ~ shown ~ (" AND " ~ f ~ "." ~ m.name ~ "_mean_published" if statistic == "mean" else "") ~ (" AND f." ~ m.indicator ~ "_published" if series.suffix else "") %},
    CASE WHEN {{ condition }} THEN {{ f }}.{{ m.name }}_{{ statistic }} END AS {{ m.name }}_{{ statistic }},
    CASE WHEN {{ condition }} AND {{ f }}.dependence_known THEN {{ f }}.{{ m.name }}_{{ statistic }}_low END AS {{ m.name }}_{{ statistic }}_low,
    CASE WHEN {{ condition }} AND {{ f }}.dependence_known THEN {{ f }}.{{ m.name }}_{{ statistic }}_high END AS {{ m.name }}_{{ statistic }}_high
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
