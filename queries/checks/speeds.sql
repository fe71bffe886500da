-- Median speeds of single successful tests per access type and operator, for the checks of a batch.
-- Only tests with both speeds count. The row without operator is the whole access type.
{%- for whole in [true, false] %}
{%- if not whole %}
UNION ALL
{%- endif %}
SELECT
    access_type,
    {% if whole %}CAST(NULL AS VARCHAR) AS {% endif %}operator,
    COUNT(*) AS tests,
    MEDIAN(download_mbps) AS download_median,
    MEDIAN(upload_mbps) AS upload_median
FROM accepted
WHERE is_ok AND download_mbps IS NOT NULL AND upload_mbps IS NOT NULL
GROUP BY access_type{% if not whole %}, operator{% endif %}
{%- endfor %}
