-- What the facts give against what was told. An open suspension that began before the end leaves no date.
CREATE TEMPORARY TABLE road_compared ON COMMIT DROP AS
SELECT s.stream, k.clock,
  CASE WHEN s.version IS NULL AND NOT coalesce(t.stands, false) THEN 'no_item'
       WHEN d.stream IS NOT NULL THEN coalesce(d.why, CASE WHEN d.due_on IS NULL THEN 'beyond_the_calendar_table' END) ELSE s.why END AS why,
  CASE WHEN NOT o.stands_still THEN d.due_on END AS due_on,
  CASE WHEN NOT o.stands_still THEN (d.due_on + 1)::timestamp AT TIME ZONE d.zone END AS expires_at,
  CASE WHEN t.stands THEN t.due_on::date END AS told_on, CASE WHEN t.stands THEN t.expires_at::timestamptz END AS told_at
FROM road_start s CROSS JOIN LATERAL (VALUES ('committed', s.committed), ('statutory', s.statutory)) AS k(clock, lasts)
LEFT JOIN road_due d ON d.stream = s.stream AND d.clock = k.clock
LEFT JOIN road_told t ON t.stream = s.stream AND t.clock = k.clock
LEFT JOIN LATERAL (SELECT EXISTS (SELECT FROM road_pause p WHERE p.stream = s.stream AND coalesce(p.touches, k.clock) = k.clock
  AND p.end_at IS NULL AND p.begin_at < (d.due_on + 1)::timestamp AT TIME ZONE d.zone) AS stands_still) o ON true
WHERE d.stream IS NOT NULL OR t.stands OR (s.why IS NOT NULL AND k.lasts IS NOT NULL)
  OR (s.version IS NULL AND k.clock = 'committed');
