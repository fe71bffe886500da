-- Figures weighted by commune population beside the unweighted ones: one row per family, operator (null:
-- all of them) and compared indicator.
--
-- Median: Woodruff (1952). The variance of the weighted share up to the median, linearised over devices,
-- with k / (k - 1) for k clusters, is `deff` times that of a share of n independent values, and never
-- less than the design effect of weighting (Kish 1965) says; where all values are on one side, deff is
-- that of values alike within each device. A variance over few devices is itself uncertain (sizes.sql): when
-- n * n / sum(b * b), the devices that count, are fewer than `own_deff_devices`, deff is at least that of
-- the correlation within devices over all groups of the indicator. The ends of the interval are the values at
-- which the weighted distribution reaches one half less and plus t standard errors (Student's t with
-- devices - 1 degrees of freedom). Mean: linearised ratio over devices, widened alike, same t.
-- n_adj = n / (deff * t * t / (z * z)).
-- Published like the other statistics: from `publish_from` adjusted samples and `publish_devices`
-- devices, the mean from `mean_from`; without interval where too many tests carry no device.
{%- from "macros.sql" import exact_sum %}
WITH sizes AS (
    SELECT
        p.group_no,
        g.indicator,
        p.all_samples,
        p.all_communes,
        p.samples,
        p.communes,
        p.population,
        p.units,
        p.design_effect,
        p.median,
        p.mean,
        c.weighted_devices AS devices,
        t.t,
        p.share * (1.0 - p.share) AS spread,
        c.bb,
        ABS(p.mean) * SQRT(c.clusters / NULLIF(c.clusters - 1.0, 0) * c.uu) / p.samples AS error,
        CASE
            WHEN p.share < 1
                THEN c.clusters / NULLIF(c.clusters - 1.0, 0) * c.ee / (p.samples * p.share * (1.0 - p.share))
            ELSE c.bb / p.samples
        END AS own_deff
    FROM weighting_points AS p
    INNER JOIN weighting_groups AS g ON p.group_no = g.group_no
    LEFT JOIN weighting_clusters AS c ON p.group_no = c.group_no
    LEFT JOIN weighting_t AS t ON c.weighted_devices = t.devices
),
pooled AS (
    SELECT
        s.indicator,
        {{ exact_sum("s.spread * s.samples * (s.own_deff - s.design_effect)") }}
        / NULLIF({{ exact_sum("s.spread * (s.bb - s.samples * s.design_effect)") }}, 0) AS correlation
    FROM sizes AS s
    CROSS JOIN parameters AS p
    WHERE s.devices - p.publish_devices >= 0 AND s.spread > 0 AND s.bb / s.samples - s.design_effect > 0.000001
    GROUP BY s.indicator
),
floors AS (
    SELECT
        s.*,
        CASE
            WHEN s.samples * s.samples / s.bb < p.own_deff_devices
                THEN (s.bb / s.samples - s.design_effect) * COALESCE(o.correlation, 0)
            ELSE 0
        END AS above_weighting
    FROM sizes AS s
    CROSS JOIN parameters AS p
    LEFT JOIN pooled AS o ON s.indicator = o.indicator
),
effects AS (
    SELECT
        *,
        CASE
            WHEN above_weighting > 0 AND design_effect + above_weighting > own_deff
                THEN design_effect + above_weighting
            WHEN own_deff > design_effect THEN own_deff
            ELSE design_effect
        END AS deff
    FROM floors
),
adjusted AS (
    SELECT
        e.*,
        e.t * SQRT(e.deff / e.samples) * CAST(0.5 AS DOUBLE) AS half,
        e.t * e.error * SQRT(e.deff / NULLIF(e.own_deff, 0)) AS mean_half,
        CAST(FLOOR(e.samples * p.z * p.z / (e.deff * e.t * e.t)) AS BIGINT) AS n_adj
    FROM effects AS e
    CROSS JOIN parameters AS p
),
bounds AS (
    SELECT
        l.group_no,
        MIN(CASE WHEN a.half < 0.5 AND l.up_to >= (0.5 - a.half) * a.units THEN l.value END) AS low,
        MIN(CASE WHEN a.half < 0.5 AND l.up_to >= (0.5 + a.half) * a.units THEN l.value END) AS high
    FROM weighting_levels AS l
    INNER JOIN adjusted AS a ON l.group_no = a.group_no
    GROUP BY l.group_no
),
inhabitants AS (
    SELECT SUM(population) AS population
    FROM population
),
found AS (
    SELECT
        g.*,
        a.all_communes AS communes,
        COALESCE(a.all_samples, 0) - CAST(COALESCE(a.samples, 0) AS BIGINT) AS n_without_population,
        COALESCE(a.all_communes, 0) - COALESCE(a.communes, 0) AS communes_without_population,
        CAST(a.population AS DOUBLE) / i.population AS population_share,
        a.devices,
        a.design_effect,
        a.n_adj,
        a.median AS weighted_median,
        b.low AS weighted_median_low,
        b.high AS weighted_median_high,
        a.mean AS weighted_mean,
        a.mean - a.mean_half AS weighted_mean_low,
        a.mean + a.mean_half AS weighted_mean_high,
        g.tests_without_device <= q.max_without_device_share * g.tests_ok AS dependence_known,
        CASE
            WHEN g.tests_without_device <= q.max_without_device_share * g.tests_ok
                THEN a.n_adj >= q.publish_from AND a.devices >= q.publish_devices
            ELSE a.samples >= q.publish_from
        END AS published,
        CASE
            WHEN g.tests_without_device <= q.max_without_device_share * g.tests_ok
                THEN a.n_adj >= q.publish_from AND a.n_adj >= q.mean_from AND a.devices >= q.publish_devices
            ELSE a.samples >= q.publish_from AND a.samples >= q.mean_from
        END AS mean_published
    FROM weighting_groups AS g
    CROSS JOIN parameters AS q
    CROSS JOIN inhabitants AS i
    LEFT JOIN adjusted AS a ON g.group_no = a.group_no
    LEFT JOIN bounds AS b ON g.group_no = b.group_no
)
SELECT
    f.province_code,
    f.family,
    NULLIF(f.operator, '') AS operator,
    f.indicator,
    f.n,
    COALESCE(f.communes, 0) AS communes,
    f.n_without_population,
    f.communes_without_population,
    f.population_share,
    COALESCE(f.devices, 0) AS devices,
    f.median,
    f.median_low,
    f.median_high,
    CASE WHEN f.published THEN f.weighted_median END AS weighted_median,
    CASE WHEN f.published AND f.dependence_known THEN f.weighted_median_low END AS weighted_median_low,
    CASE WHEN f.published AND f.dependence_known THEN f.weighted_median_high END AS weighted_median_high,
    f.mean,
    f.mean_low,
    f.mean_high,
    CASE WHEN f.has_mean AND f.mean_published THEN f.weighted_mean END AS weighted_mean,
    CASE WHEN f.has_mean AND f.mean_published AND f.dependence_known THEN f.weighted_mean_low END AS weighted_mean_low,
    CASE WHEN f.has_mean AND f.mean_published AND f.dependence_known THEN f.weighted_mean_high END AS weighted_mean_high,
    f.design_effect,
    CASE WHEN f.dependence_known THEN COALESCE(f.n_adj, 0) END AS n_adj,
    p.simulated
FROM found AS f
CROSS JOIN parameters AS p
ORDER BY f.group_no
