-- Every commune of the register in the period, also without a test, against the quota of its family.
-- Tests count as they are or collapsed (`quota_collapsed`). Beside them stand tests that do not count:
-- failed ones, further rows with the sample_id of another, and rows of the period that fail a rule of the
-- contract, as far as those can be placed.
WITH counts AS (
    SELECT
        commune_code,
        commune_valid_from,
        family,
        SUM(CASE WHEN is_ok THEN 1 ELSE 0 END) AS tests_ok,
        SUM(CASE WHEN is_ok THEN 0 ELSE 1 END) AS tests_failed
    FROM accepted_by_family
    GROUP BY commune_code, commune_valid_from, family
),
collapsed AS (
    SELECT commune_code, commune_valid_from, family, COUNT(*) AS samples_effective
    FROM effective_by_family
    GROUP BY commune_code, commune_valid_from, family
),
repeated AS (
{%- for f in families %}
    SELECT '{{ f.name }}' AS family, p.commune_code, p.commune_valid_from
    FROM passed AS p
    INNER JOIN duplicates AS d ON p.source_file = d.source_file AND p.source_row = d.source_row
    WHERE {{ f.where }}
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
),
duplicate_counts AS (
    SELECT commune_code, commune_valid_from, family, COUNT(*) AS tests_duplicate
    FROM repeated
    GROUP BY commune_code, commune_valid_from, family
),
refused AS (
{%- for f in families %}
    SELECT '{{ f.name }}' AS family, located_commune_code, located_commune_valid_from
    FROM quarantine
    WHERE ({{ f.where }}) AND rules NOT LIKE '%outside_period%'
{%- if not loop.last %}
    UNION ALL
{%- endif %}
{%- endfor %}
),
rejected_counts AS (
    SELECT located_commune_code, located_commune_valid_from, family, COUNT(*) AS tests_rejected
    FROM refused
    WHERE located_commune_code IS NOT NULL AND located_commune_valid_from IS NOT NULL
    GROUP BY located_commune_code, located_commune_valid_from, family
),
communes_keyed AS (
    SELECT *, CAST(valid_from AS VARCHAR) AS valid_from_text FROM communes
),
counted AS (
    SELECT
        c.province_code,
        c.district_code,
        c.district_name,
        c.commune_code,
        c.commune_name,
        c.valid_from AS commune_valid_from,
        f.family,
        f.access_type,
        f.legal,
        COALESCE(n.tests_ok, 0) AS tests_ok,
        COALESCE(n.tests_failed, 0) AS tests_failed,
        COALESCE(u.tests_duplicate, 0) AS tests_duplicate,
        COALESCE(r.tests_rejected, 0) AS tests_rejected,
        COALESCE(e.samples_effective, 0) AS samples_effective,
        CASE WHEN p.quota_collapsed THEN COALESCE(e.samples_effective, 0) ELSE COALESCE(n.tests_ok, 0) END AS counted,
        f.quota,
        p.simulated
    FROM communes_keyed AS c
    CROSS JOIN families AS f
    CROSS JOIN parameters AS p
    LEFT JOIN counts AS n
        ON c.commune_code = n.commune_code
        AND c.valid_from = n.commune_valid_from
        AND f.family = n.family
    LEFT JOIN collapsed AS e
        ON c.commune_code = e.commune_code
        AND c.valid_from = e.commune_valid_from
        AND f.family = e.family
    LEFT JOIN duplicate_counts AS u
        ON c.commune_code = u.commune_code
        AND c.valid_from = u.commune_valid_from
        AND f.family = u.family
    LEFT JOIN rejected_counts AS r
        ON c.commune_code = r.located_commune_code
        AND c.valid_from_text = r.located_commune_valid_from
        AND f.family = r.family
)
SELECT
    province_code,
    district_code,
    district_name,
    commune_code,
    commune_name,
    commune_valid_from,
    family,
    access_type,
    legal,
    tests_ok,
    tests_failed,
    tests_duplicate,
    tests_rejected,
    samples_effective,
    counted,
    quota,
    CASE WHEN counted < quota THEN quota - counted ELSE 0 END AS shortfall,
    counted >= quota AS quota_met,
    simulated
FROM counted
ORDER BY commune_code, commune_valid_from, family
