-- Effective samples (device-days with a successful test) in a cell and the eight around it, of each
-- operator there and of all. Read as the table `coverage_neighbours`.
WITH reached AS (
    SELECT DISTINCT commune_code, commune_valid_from, hamlet_no, cell_y, cell_x, operator, device_id, local_day
    FROM coverage_device_days
    WHERE device_id <> '' AND tests_ok > 0
),
cell_operators AS (
    SELECT cell_y, cell_x, operator, CAST(COUNT(*) AS BIGINT) AS n_eff
    FROM reached
    GROUP BY cell_y, cell_x, operator
),
steps AS (
    SELECT -1 AS step
    UNION ALL
    SELECT 0 AS step
    UNION ALL
    SELECT 1 AS step
),
shifted AS (
    SELECT c.cell_y + v.step AS cell_y, c.cell_x + h.step AS cell_x, c.operator, c.n_eff
    FROM cell_operators AS c
    CROSS JOIN steps AS v
    CROSS JOIN steps AS h
),
around AS (
    SELECT cell_y, cell_x, SUM(n_eff) AS n_eff
    FROM shifted
    GROUP BY cell_y, cell_x
),
around_operators AS (
    SELECT cell_y, cell_x, operator, SUM(n_eff) AS operator_n_eff
    FROM shifted
    GROUP BY cell_y, cell_x, operator
)
SELECT o.cell_y, o.cell_x, o.operator, o.operator_n_eff, a.n_eff
FROM around_operators AS o
INNER JOIN around AS a ON o.cell_y = a.cell_y AND o.cell_x = a.cell_x
