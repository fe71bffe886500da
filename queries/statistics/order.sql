-- The values at the positions of {{ table.name }}{{ series.suffix }} (positions.sql): one row per group, indicator and statistic.
WITH positioned AS (
    SELECT group_no, indicator
    FROM {{ table.name }}{{ series.suffix }}_positions
    GROUP BY group_no, indicator
),
positions AS (
    SELECT group_no, indicator, statistic, 'low' AS side, low AS position
    FROM {{ table.name }}{{ series.suffix }}_positions
    UNION ALL
    SELECT group_no, indicator, statistic, 'high' AS side, high AS position
    FROM {{ table.name }}{{ series.suffix }}_positions
),
ordered AS (
{%- for m in series.measures %}
    SELECT
        v.group_no,
        '{{ m.name }}' AS indicator,
        v.{{ m.name }} AS value,
        ROW_NUMBER() OVER (PARTITION BY v.group_no ORDER BY v.{{ m.name }}) AS position
    FROM {{ table.name }}{{ series.suffix }}_values AS v
    INNER JOIN positioned AS u ON v.group_no = u.group_no
    WHERE u.indicator = '{{ m.name }}' AND v.{{ m.name }} IS NOT NULL
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
)
SELECT
    q.group_no,
    q.indicator,
    q.statistic,
    MAX(CASE WHEN q.side = 'low' THEN o.value END) AS low,
    MAX(CASE WHEN q.side = 'high' THEN o.value END) AS high
FROM positions AS q
INNER JOIN ordered AS o
    ON q.group_no = o.group_no AND q.indicator = o.indicator AND q.position = o.position
GROUP BY q.group_no, q.indicator, q.statistic
