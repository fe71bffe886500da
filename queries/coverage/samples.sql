-- Mobile tests with a place: a hamlet of the list, or else a cell of the grid, always with the commune.
--
-- Read as the view `coverage_samples`. A test without a position, or with one less precise than
-- `max_location_accuracy_m`, has no place; one whose operator is not known speaks of no network.
-- Positions are rounded to 10^-6 degrees, so that the number of a cell is a quotient of whole numbers
-- rounded down. A hamlet takes the tests of its commune that it is the nearest to and that are within
-- its radius (plane distance at the latitude of the hamlet); between equals, the order of commune and
-- name decides. `hamlet_no` is 0 for a cell; a hamlet counts as a part of the cell of its centre.
WITH positioned AS (
    SELECT
        a.source_file, a.source_row, a.commune_code, a.commune_valid_from, a.operator, a.device_id, a.local_day,
        a.technology, a.is_ok, a.signal_dbm, a.latitude, a.longitude,
        CAST(FLOOR(a.latitude * 1000000.0 + 0.5) AS BIGINT) AS latitude_steps,
        CAST(FLOOR(a.longitude * 1000000.0 + 0.5) AS BIGINT) AS longitude_steps
    FROM accepted AS a
    CROSS JOIN parameters AS p
    WHERE
        a.access_type = 'mobile'
        AND NOT a.operator_unknown
        AND a.latitude IS NOT NULL
        AND a.longitude IS NOT NULL
        AND COALESCE(a.location_accuracy_m <= p.max_location_accuracy_m, TRUE)
),
gridded AS (
    SELECT
        s.*,
        CAST(FLOOR(1.0 * s.latitude_steps / c.cell_microdegrees) AS BIGINT) AS grid_y,
        CAST(FLOOR(1.0 * s.longitude_steps / c.cell_microdegrees) AS BIGINT) AS grid_x
    FROM positioned AS s
    CROSS JOIN coverage_parameters AS c
),
candidates AS (
    SELECT
        g.source_file,
        g.source_row,
        h.hamlet_no,
        h.cell_y,
        h.cell_x,
        h.radius_m,
        (g.latitude - h.latitude) * h.metres_per_latitude AS north_m,
        (g.longitude - h.longitude) * h.metres_per_longitude AS east_m
    FROM gridded AS g
    INNER JOIN coverage_hamlet_cells AS k ON g.grid_y = k.grid_y AND g.grid_x = k.grid_x
    INNER JOIN coverage_hamlets AS h ON k.hamlet_no = h.hamlet_no AND g.commune_code = h.commune_code
),
measured AS (
    SELECT *, north_m * north_m + east_m * east_m AS square_m
    FROM candidates
),
ranked AS (
    SELECT
        source_file, source_row, hamlet_no, cell_y, cell_x,
        ROW_NUMBER() OVER (PARTITION BY source_file, source_row ORDER BY square_m, hamlet_no) AS nearness
    FROM measured
    WHERE square_m <= radius_m * radius_m
),
nearest AS (
    SELECT source_file, source_row, hamlet_no, cell_y, cell_x
    FROM ranked
    WHERE nearness = 1
)
SELECT
    g.commune_code,
    g.commune_valid_from,
    COALESCE(n.hamlet_no, 0) AS hamlet_no,
    COALESCE(n.cell_y, g.grid_y) AS cell_y,
    COALESCE(n.cell_x, g.grid_x) AS cell_x,
    g.operator,
    COALESCE(g.device_id, '') AS device_id,
    g.local_day,
    COALESCE(g.technology, 'unknown') AS technology_key,
    g.is_ok,
    g.signal_dbm
FROM gridded AS g
LEFT JOIN nearest AS n ON g.source_file = n.source_file AND g.source_row = n.source_row
