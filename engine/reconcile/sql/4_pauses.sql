-- Suspensions and extensions that have effect, from the facts alone: lawful by the item or by art. 45, with their own ends.
CREATE TEMPORARY TABLE road_pause ON COMMIT DROP AS
WITH asked AS (
  SELECT f.stream, f.id, f.at, f.occurred_on, f.clock, f.until, f.declared, f.answer_by, s.zone, s.calendar, s.stop_counts, s.restart_counts,
         s.deemed_next, s.roll, s.start_at, s.code_reason, r.kind, r.max, coalesce(f.clock, r.clock) AS touches, s.requires_term,
         coalesce(r.after_term, s.after_term) AS after_term, r.reason, s.of_type,
         coalesce(f.occurred_on, (f.at AT TIME ZONE s.zone)::date) AS stopped_on
  FROM road_fact f
  JOIN LATERAL (
    SELECT s.*, CASE f.type WHEN 'clock.suspended' THEN f.reason ELSE 'completion' END AS code_reason, f.type AS of_type
    FROM road_start s WHERE s.stream = f.stream AND s.why IS NULL AND s.start_at IS NOT NULL
  ) s ON true
  JOIN road_reason r ON r.code = s.item AND r.version = s.version AND r.reason = s.code_reason
  WHERE f.type = 'clock.suspended' OR (f.type = 'completion.requested' AND f.at >= s.start_at
    AND f.at < s.window_ends AND (f.answer_by IS NOT NULL OR NOT s.requires_term))
), planned AS (
  SELECT a.*, CASE
      WHEN a.of_type = 'completion.requested' THEN NULL
      WHEN a.until IS NOT NULL THEN a.until
      WHEN a.declared ->> 'unit' = 'working_days' THEN (SELECT e.day FROM road_day z JOIN road_day e ON e.calendar = z.calendar
        AND e.working AND e.nth = z.nth + (a.declared ->> 'amount')::int
        WHERE z.calendar = a.calendar AND z.day = CASE WHEN a.deemed_next THEN d.next ELSE d.day END)
      WHEN a.declared ->> 'unit' IN ('calendar_days', 'weeks') THEN (SELECT CASE a.roll WHEN 'next_working_day' THEN e.next
        WHEN 'previous_working_day' THEN e.previous ELSE e.day END FROM road_day e WHERE e.calendar = a.calendar
        AND e.day = CASE WHEN a.deemed_next THEN d.next ELSE d.day END
          + (a.declared ->> 'amount')::int * CASE a.declared ->> 'unit' WHEN 'weeks' THEN 7 ELSE 1 END)
    END AS planned_on
  FROM asked a JOIN road_day d ON d.calendar = a.calendar AND d.day = a.stopped_on
), ended AS (
  SELECT p.*, (p.planned_on::timestamp AT TIME ZONE p.zone) AS planned_at, e.at AS resumed_at,
         coalesce(e.occurred_on, (e.at AT TIME ZONE p.zone)::date) AS resumed_on
  FROM planned p LEFT JOIN LATERAL (
    SELECT f.at, f.occurred_on FROM road_fact f WHERE f.stream = p.stream AND f.at > p.at
    AND ((f.type = 'clock.resumed' AND coalesce(f.reason, p.code_reason) = p.code_reason)
      OR (f.type = 'completion.supplied' AND p.code_reason = 'completion' AND NOT coalesce(f.partial, false)))
    AND (p.of_type = 'clock.suspended' OR f.at < (p.answer_by + 1)::timestamp AT TIME ZONE p.zone)
    ORDER BY f.at LIMIT 1
  ) e ON true
)
SELECT stream, id, at AS begin_at, stopped_on, touches, kind, max, code_reason, of_type, after_term, declared, start_at,
       CASE WHEN resumed_at < coalesce(planned_at, 'infinity') THEN resumed_at ELSE planned_at END AS end_at,
       CASE WHEN resumed_at < coalesce(planned_at, 'infinity') THEN resumed_on ELSE planned_on END AS restarted_on,
       stopped_on + stop_counts::int AS first,
       CASE WHEN resumed_at < coalesce(planned_at, 'infinity') THEN resumed_on ELSE planned_on END - restart_counts::int AS last
FROM ended WHERE planned_at IS NULL OR planned_at > at;
CREATE INDEX ON road_pause (stream);
ANALYZE road_pause;

-- One extension: asked at most once, approved by the head, served.
CREATE TEMPORARY TABLE road_extension ON COMMIT DROP AS
SELECT s.stream, v.at AS served_at, q.clock AS asked_clock, coalesce(q.clock, s.extension_clock) AS clock, coalesce(a.by, q.by) AS by,
  s.extension_max AS max,
  CASE WHEN coalesce(a.approver, a.actor) IS NULL OR s.extension_approver = 'anyone' THEN true
       ELSE EXISTS (SELECT FROM road_post p, (SELECT coalesce(a.occurred_on, (a.at AT TIME ZONE s.zone)::date) AS day) AS d
         WHERE p.person = coalesce(a.approver, a.actor) AND p.unit = s.unit AND p.post = s.extension_approver
         AND p.since <= d.day AND (p.until IS NULL OR p.until >= d.day)) END AS competent
FROM road_start s
JOIN road_fact v ON v.stream = s.stream AND v.type = 'extension.served'
JOIN road_fact a ON a.stream = s.stream AND a.type = 'extension.approved' AND a.at <= v.at
LEFT JOIN road_fact q ON q.stream = s.stream AND q.type = 'extension.requested' AND q.at <= a.at
WHERE s.why IS NULL AND s.extension_allowed;

-- What this road does not judge.
UPDATE road_start s SET why = found.why FROM (
  SELECT stream, min(why) AS why FROM (
    SELECT stream, 'restart' AS why FROM road_pause WHERE kind = 'restart'
    UNION ALL SELECT stream, 'suspended_before_the_start' FROM road_pause WHERE begin_at < start_at
    UNION ALL SELECT stream, 'declared_in_months' FROM road_pause WHERE of_type = 'clock.suspended' AND declared IS NOT NULL
      AND declared ->> 'unit' NOT IN ('working_days', 'calendar_days', 'weeks')
    UNION ALL SELECT stream, 'term_that_resumes' FROM road_pause WHERE of_type = 'completion.requested' AND after_term = 'resume'
    UNION ALL SELECT stream, 'suspension_maximum' FROM road_pause WHERE of_type = 'clock.suspended' AND max IS NOT NULL
      GROUP BY stream, code_reason, max HAVING count(*) > max
    UNION ALL SELECT stream, 'several_notices' FROM road_fact WHERE type = 'completion.requested' GROUP BY stream HAVING count(*) > 1
    UNION ALL SELECT f.stream, 'notice_window' FROM road_fact f JOIN road_start t USING (stream)
      WHERE f.type = 'completion.requested' AND t.window_ends IS NULL AND t.start_at IS NOT NULL
    UNION ALL SELECT stream, 'several_extensions' FROM road_fact WHERE type LIKE 'extension.%%' GROUP BY stream, type HAVING count(*) > 1
    UNION ALL SELECT stream, 'approver' FROM road_extension WHERE NOT competent
    UNION ALL SELECT stream, 'same_instant' FROM road_fact
      WHERE type IN ('clock.suspended', 'clock.resumed', 'completion.requested', 'completion.supplied') GROUP BY stream, at HAVING count(*) > 1
  ) AS each GROUP BY stream
) AS found WHERE found.stream = s.stream AND s.why IS NULL;
