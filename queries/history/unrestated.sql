-- The old communes with samples that no commune of today is known for.
SELECT DISTINCT commune_code, district_code
FROM effective
WHERE restated_commune_code IS NULL
ORDER BY commune_code
