-- Accepted tests by what gives their commune on the day on which communes were redrawn: the position,
-- the crosswalk of communes that went whole into one, or nothing (`not_restated`).
WITH marked AS (
    SELECT COALESCE(restated_by, 'not_restated') AS restated_by FROM accepted
),
counts AS (
    SELECT restated_by, COUNT(*) AS tests FROM marked GROUP BY restated_by
)
SELECT c.restated_by, c.tests, p.simulated
FROM counts AS c
CROSS JOIN parameters AS p
ORDER BY c.restated_by
