-- Who is copied under which number, into which unit and to whom, and by how much earlier.
-- Numbers go on in time. The last two of a hundred are not over yet; four were late or silent; the others were prompt. Nearly half of all are in a fifth of the units.
CREATE TEMP TABLE life AS
SELECT case_id, kind, row_number() OVER (PARTITION BY kind ORDER BY case_id) - 1 AS place, count(*) OVER (PARTITION BY kind) AS of_all
FROM (SELECT case_id, CASE WHEN closed_at IS NULL THEN 'live' WHEN EXISTS (SELECT FROM alert a WHERE a.case_id = c.case_id) THEN 'troubled' ELSE 'prompt' END AS kind
      FROM case_file c) AS played;
CREATE TEMP TABLE copy AS
SELECT n, 'K' || lpad(n::text, 8, '0') AS name, life.case_id AS of, u, 'bureau-' || u AS unit, 'o-' || u || '-' || mod(n / 7, 10) AS holder,
       CASE WHEN drawn.kind = 'live' THEN 0 ELSE (130 * (1 - drawn.part))::int END * interval '7 days' AS back
FROM generate_series(1, current_setting('bench.cases')::int) AS n
CROSS JOIN LATERAL (SELECT n / (0.98 * current_setting('bench.cases')::int) AS part) AS elapsed
CROSS JOIN LATERAL (SELECT part, CASE WHEN part > 1 THEN 'live' WHEN mod(n, 25) = 0 THEN 'troubled' ELSE 'prompt' END AS kind,
                           floor(40 * power(abs(hashint4(n) % 10007) / 10007.0, 1.6))::int AS u) AS drawn
JOIN life ON life.kind = drawn.kind AND life.place = mod(n::bigint * 7919, life.of_all);
CREATE INDEX ON copy (of);
ANALYZE copy
