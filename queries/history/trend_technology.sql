-- Mean and median with their intervals month by month, for each technology in the province.
--
-- Values of earlier months are those of their bundles, or computed again by the communes of today
-- (`basis`, trend_months.sql). Bundles from before this table was made have no rows.
{%- macro values(prefix) %}
        {{ prefix }}tests_ok, {{ prefix }}samples_effective, {{ prefix }}samples_adjusted, {{ prefix }}devices, {{ prefix }}tier
{%- for i in indicators %}{% for statistic in ["mean", "median"] %},
        {{ prefix }}{{ i.name }}_{{ statistic }}, {{ prefix }}{{ i.name }}_{{ statistic }}_low, {{ prefix }}{{ i.name }}_{{ statistic }}_high
{%- endfor %}{% endfor %}
{%- endmacro %}
WITH everything AS (
    SELECT month, months_back, basis, access_type, technology, {{ values("") }}
    FROM history_province_technology
    UNION ALL
    SELECT p.month, CAST(0 AS BIGINT) AS months_back, 'published' AS basis, t.access_type, t.technology, {{ values("t.") }}
    FROM province_technology AS t
    CROSS JOIN parameters AS p
)
SELECT
    e.access_type, e.technology, e.month, e.months_back, e.basis, {{ values("e.") }},
    p.simulated
FROM everything AS e
CROSS JOIN parameters AS p
ORDER BY e.access_type, COALESCE(e.technology, ''), e.month
