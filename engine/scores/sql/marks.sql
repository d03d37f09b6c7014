-- Every mark of a period: what counts in which figure, for which unit and whom. The same as rules/marks.py works out in memory.
-- A figure's name is text in every part: of another type in one, and no condition on it would reach any.
-- `breaches`, `cards`, `voices`: whether a figure of theirs is wanted; the others are told apart by their names.
WITH concluded AS NOT MATERIALIZED (
  SELECT case_id, item, unit, CASE WHEN holder IS NULL THEN '{}' ELSE ARRAY[holder::text] END AS persons, closed_at, outcome_kind, view
  FROM case_file WHERE status = 'concluded' AND unit IS NOT NULL AND closed_at >= %(since)s AND closed_at < %(till)s
), at_window AS NOT MATERIALIZED (
  SELECT c.*, NOT EXISTS (
    SELECT FROM (SELECT jsonb_array_elements(view -> 'custody') UNION ALL SELECT jsonb_array_elements(view -> 'steps')) AS held(one)
    WHERE one ->> 'holder' <> ALL (%(windows)s::text[])) AS stayed
  FROM concluded c WHERE view -> 'custody' -> 0 ->> 'holder' = ANY (%(windows)s::text[])
), broken AS NOT MATERIALIZED (
  SELECT b.*, c.item, c.unit AS of_unit, ARRAY(SELECT p.person::text COLLATE "C" FROM breach_person p WHERE p.breach_id = b.id AND p.proposed ORDER BY 1) AS persons
  FROM breach b JOIN case_file c USING (case_id) WHERE b.legal_at >= %(since)s AND b.legal_at < %(till)s AND c.unit IS NOT NULL
)
SELECT 'concluded' AS figure, unit, persons, case_id, '' AS about, closed_at AS at, 1 AS amount, item FROM concluded
UNION ALL
SELECT 'on_time', unit, persons, case_id, '', closed_at, 1, item FROM concluded c
WHERE NOT EXISTS (SELECT FROM breach b WHERE b.case_id = c.case_id AND b.clock IN ('committed', 'statutory') AND b.status <> 'withdrawn')
UNION ALL
SELECT 'by_silence', unit, persons, case_id, '', closed_at, 1, item FROM concluded WHERE outcome_kind IN ('implied_consent', 'implied_refusal')
UNION ALL
SELECT 'limit_used', unit, persons, case_id, '', closed_at, 1000 * (view -> 'used' ->> 'amount')::int / (view -> 'used' ->> 'of')::int, item
FROM concluded WHERE view -> 'used' ->> 'of' IS NOT NULL
UNION ALL
SELECT 'window', unit, persons, case_id, '', closed_at, 1, item FROM at_window
UNION ALL
SELECT 'direct', unit, persons, case_id, '', closed_at, 1, item FROM at_window WHERE stayed
UNION ALL
SELECT 'suspensions', unit, persons, case_id, stop ->> 'fact', closed_at, 1, item FROM concluded, jsonb_array_elements(view -> 'suspensions') AS stop
UNION ALL
SELECT 'late', of_unit, persons, case_id, clock, legal_at, 1, item FROM broken b
WHERE status = 'standing' AND clock IN ('committed', 'statutory') AND NOT EXISTS (
  SELECT FROM breach e WHERE e.case_id = b.case_id AND e.status = 'standing' AND e.clock IN ('committed', 'statutory')
    AND (e.legal_at, e.clock) < (b.legal_at, b.clock))
UNION ALL
SELECT 'breaches_' || status, unit, persons, case_id, clock, legal_at, 1, item FROM broken WHERE %(breaches)s
UNION ALL
SELECT 'breaches_confirmed', unit, persons, case_id, clock, legal_at, 1, item FROM broken WHERE status = 'standing' AND confirmed_at IS NOT NULL
UNION ALL
SELECT (CASE a.level WHEN 'warning' THEN 'warnings' ELSE a.level END)::text, c.unit,
  CASE WHEN a.level = 'escalated' THEN '{}' ELSE ARRAY(SELECT t.addressee::text COLLATE "C" FROM alert_addressee t WHERE t.alert_id = a.id ORDER BY 1) END,
  a.case_id, a.key, a.fired_at, 1, c.item
FROM alert a JOIN case_file c USING (case_id)
WHERE %(cards)s AND a.fired_at >= %(since)s AND a.fired_at < %(till)s AND c.unit IS NOT NULL AND split_part(a.cause, ':', 1) IN ('limit', 'step')
  AND NOT EXISTS (  -- a breach that was withdrawn takes its card out of the count
    SELECT FROM breach b WHERE b.case_id = a.case_id AND b.status = 'withdrawn' AND b.legal_at = a.legal_at
      AND b.clock = CASE WHEN starts_with(a.cause, 'limit:') THEN substr(a.cause, 7) ELSE a.cause END)
UNION ALL
SELECT 'alerts_unanswered', c.unit, CASE WHEN f.person IS NULL THEN '{}' ELSE ARRAY[f.person::text] END, f.case_id, f.key, f.legal_at, 1, c.item
FROM finding f JOIN case_file c USING (case_id)
WHERE f.kind = 'alert_unanswered' AND f.status IN ('open', 'confirmed') AND f.legal_at >= %(since)s AND f.legal_at < %(till)s AND c.unit IS NOT NULL
UNION ALL
SELECT k.figure, v.unit, CASE WHEN k.figure = 'complaints_upheld' AND v.about IS NOT NULL THEN ARRAY[v.about::text] ELSE '{}' END, v.case_id, v.number, v.legal_at,
  CASE WHEN k.figure = 'ratings' THEN v.score ELSE 1 END, (SELECT c.item FROM case_file c WHERE c.case_id = v.case_id)
FROM voice v, LATERAL (VALUES
  ('complaints', v.what = 'complaint'),
  ('complaints_upheld', v.what = 'complaint' AND v.result IN ('upheld', 'partly_upheld')),
  ('ratings', v.what = 'rating' AND v.result IS DISTINCT FROM 'unfounded'),
  ('satisfied', v.what = 'rating' AND v.result IS DISTINCT FROM 'unfounded' AND v.score >= %(satisfied)s)) AS k(figure, counts)
WHERE %(voices)s AND k.counts AND v.status <> 'withdrawn' AND v.legal_at >= %(since)s AND v.legal_at < %(till)s AND v.unit IS NOT NULL
UNION ALL
SELECT 'measures', unit, CASE WHEN person IS NULL THEN '{}' ELSE ARRAY[person::text] END, case_id, proceeding_id, (data ->> 'decided_at')::timestamptz, decided_level,
  (SELECT c.item FROM case_file c WHERE c.case_id = proceeding.case_id)
FROM proceeding WHERE decided_level IS NOT NULL AND (data ->> 'decided_at')::timestamptz >= %(since)s AND (data ->> 'decided_at')::timestamptz < %(till)s
  AND (data ->> 'standing')::boolean AND unit IS NOT NULL
