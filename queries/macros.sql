-- Sums of floats that do not depend on the order of rows: whole numbers of 10^-3 and their
-- remainders of 10^-15 are added apart. Exact to 10^-15 while the sum stays below 9 * 10^15.

{%- macro exact_sum(x) -%}
(SUM(CAST(FLOOR(({{ x }}) * 1000) AS BIGINT)) + CAST(0.000000000001 AS DOUBLE) * SUM(CAST(ROUND((({{ x }}) * 1000 - FLOOR(({{ x }}) * 1000)) * 1000000000000) AS BIGINT))) * CAST(0.001 AS DOUBLE)
{%- endmacro -%}
