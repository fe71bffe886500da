-- What communes report of their own campaign beside the tests measured there: mobile and fixed together,
-- as forms do not tell them apart. Measured are successful tests; `tests_located` also has those that
-- failed, were repeated or rejected, as far as they can be placed. Claims above `claim_factor` times
-- those are pointed out: they may be of tests that the samples do not hold.
WITH measured AS (
    SELECT
        commune_code,
        commune_name,
        commune_valid_from,
        SUM(CASE WHEN access_type = 'mobile' THEN tests_ok ELSE 0 END) AS tests_mobile,
        SUM(CASE WHEN access_type = 'fixed' THEN tests_ok ELSE 0 END) AS tests_fixed,
        SUM(tests_ok) AS tests_ok,
        SUM(tests_failed) AS tests_failed,
        SUM(tests_duplicate) AS tests_duplicate,
        SUM(tests_rejected) AS tests_rejected
    FROM quota
    WHERE legal
    GROUP BY commune_code, commune_name, commune_valid_from
),
located AS (
    SELECT *, tests_ok + tests_failed + tests_duplicate + tests_rejected AS tests_located
    FROM measured
)
SELECT
    m.commune_code,
    m.commune_name,
    m.commune_valid_from,
    CASE WHEN c.commune_code IS NULL THEN FALSE ELSE TRUE END AS submitted,
    c.claimed_installs,
    c.claimed_tests,
    m.tests_mobile,
    m.tests_fixed,
    m.tests_ok,
    m.tests_located,
    c.claimed_tests - m.tests_ok AS tests_difference,
    CASE
        WHEN CAST(c.claimed_tests AS DOUBLE) - c.claim_factor * CAST(m.tests_located AS DOUBLE) > 0 THEN TRUE
        ELSE FALSE
    END AS claims_exceed,
    c.claim_factor,
    p.simulated
FROM located AS m
CROSS JOIN parameters AS p
LEFT JOIN campaign_claims AS c
    ON m.commune_code = c.commune_code AND m.commune_valid_from = c.commune_valid_from
ORDER BY m.commune_code, m.commune_valid_from
