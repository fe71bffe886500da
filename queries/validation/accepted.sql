-- The samples that everything after this reads: all that passed every rule, without duplicates.
-- `day_part` tells the configured peak hours (local time) from the others.
SELECT
    p.*,
    1 AS tests,
    CASE WHEN p.local_hour >= q.peak_from AND p.local_hour < q.peak_to THEN 'peak' ELSE 'off_peak' END AS day_part
FROM passed AS p
CROSS JOIN parameters AS q
LEFT JOIN duplicates AS d ON p.source_file = d.source_file AND p.source_row = d.source_row
WHERE d.source_row IS NULL
