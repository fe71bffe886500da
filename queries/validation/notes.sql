-- What the ledger counts among accepted samples.
SELECT
    COALESCE(SUM(CASE WHEN is_ok THEN 0 ELSE 1 END), 0) AS tests_failed,
    COALESCE(SUM(CASE WHEN device_id IS NULL THEN 1 ELSE 0 END), 0) AS without_device,
    COALESCE(SUM(CASE WHEN operator_unknown THEN 1 ELSE 0 END), 0) AS operator_unknown,
    COALESCE(SUM(CASE WHEN operator_conflict AND access_type = 'fixed' THEN 1 ELSE 0 END), 0) AS operator_conflict_fixed,
    COALESCE(SUM(CASE WHEN operator_conflict AND access_type = 'mobile' THEN 1 ELSE 0 END), 0) AS operator_conflict_mobile,
    COALESCE(SUM(CASE WHEN sim_mvno THEN 1 ELSE 0 END), 0) AS sim_mvno,
    COALESCE(SUM(CASE WHEN sim_roaming THEN 1 ELSE 0 END), 0) AS sim_roaming,
    COALESCE(SUM(CASE WHEN placed_by = 'position' THEN 1 ELSE 0 END), 0) AS position_placed,
    COALESCE(SUM(CASE WHEN placed_by = 'snapped' THEN 1 ELSE 0 END), 0) AS position_snapped,
    COALESCE(SUM(CASE WHEN placed_by = 'code' THEN 1 ELSE 0 END), 0) AS code_placed,
    COALESCE(SUM(CASE WHEN placed_by = 'name' THEN 1 ELSE 0 END), 0) AS name_placed,
    COALESCE(SUM(CASE WHEN code_differs THEN 1 ELSE 0 END), 0) AS code_position_differ
FROM accepted
