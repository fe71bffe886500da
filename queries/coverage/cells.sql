-- The grid cells that need a name: those in which at least three devices tested.
SELECT cell_y, cell_x
FROM coverage_device_days
WHERE hamlet_no = 0 AND device_id <> ''
GROUP BY cell_y, cell_x
HAVING COUNT(DISTINCT device_id) >= 3
ORDER BY cell_y, cell_x
