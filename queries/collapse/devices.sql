-- A number for each device of the month, in the order of its first test: it cannot be worked out
-- from the identifier, and it does not depend on the order of rows.
WITH first_tests AS (
    SELECT device_id, MIN(measured_at) AS first_at, MIN(sample_id) AS first_id
    FROM accepted
    WHERE device_id IS NOT NULL
    GROUP BY device_id
)
SELECT device_id, ROW_NUMBER() OVER (ORDER BY first_at, first_id) AS cluster_no
FROM first_tests
