-- The samples that everything after this reads: all that passed every rule, without duplicates.
SELECT p.*
FROM passed AS p
LEFT JOIN duplicates AS d ON p.source_file = d.source_file AND p.source_row = d.source_row
WHERE d.source_row IS NULL
