-- The last day of each clock. Without suspension or extension two look-ups in the running count, otherwise day by day.
CREATE TEMPORARY TABLE road_term ON COMMIT DROP AS
WITH clocks AS (
  SELECT s.stream, k.clock, s.calendar, s.zone, s.roll, s.day_zero, s.month_end, s.minimum, s.why, s.start_at, s.silent AND s.silence_clock = k.clock AS decides,
         k.lasts, s.asked_at,
         CASE WHEN start_on IS NOT NULL THEN start_on
              ELSE (start_at AT TIME ZONE zone)::date
                + (cut_off IS NOT NULL AND to_char(start_at AT TIME ZONE zone, 'HH24:MI') >= cut_off)::int END AS received, s.deemed_next
  FROM road_start s, LATERAL (VALUES ('committed', s.committed), ('statutory', s.statutory)) AS k(clock, lasts)
  WHERE s.version IS NOT NULL AND s.start_at IS NOT NULL AND (NOT s.deemed OR s.window_ends <= %(now)s) AND k.lasts IS NOT NULL
), zeroed AS (
  SELECT c.*, CASE WHEN deemed_next THEN d.next ELSE d.day END AS zero, lasts ->> 'unit' AS unit, (lasts ->> 'amount')::int AS amount
  FROM clocks c LEFT JOIN road_day d ON d.calendar = c.calendar AND d.day = c.received
)
SELECT z.stream, z.clock, z.calendar, z.zone, z.decides, z.asked_at, z.unit = 'working_days' AS working,
  z.roll,
  zero - (day_zero = 'included')::int AS after,
  CASE unit WHEN 'weeks' THEN 7 * amount WHEN 'months' THEN (zero + make_interval(months => amount))::date - zero
            WHEN 'years' THEN (zero + make_interval(years => amount))::date - zero ELSE amount END AS days,
  EXISTS (SELECT FROM road_pause p WHERE p.stream = z.stream AND coalesce(p.touches, z.clock) = z.clock) AS paused,
  x.served_at, x.by AS more,
  coalesce(z.why, CASE
    WHEN unit IN ('working_hours', 'working_minutes') THEN 'limit_in_hours'
    WHEN unit = 'until_date' THEN 'limit_until_a_date'
    WHEN amount < 1 THEN 'no_amount'
    WHEN unit <> 'working_days' AND minimum > 0 THEN 'minimum_working_days'
    WHEN unit IN ('months', 'years') AND (month_end <> 'last_day' OR day_zero = 'included') THEN 'month_rule'
    WHEN x.by IS NOT NULL AND (x.by ->> 'unit' NOT IN ('working_days', 'calendar_days', 'weeks') OR x.max ->> 'unit' <> x.by ->> 'unit') THEN 'extension_unit'
  END) AS why
FROM zeroed z LEFT JOIN road_extension x ON z.why IS NULL AND x.stream = z.stream AND coalesce(x.clock, z.clock) = z.clock
  AND x.by IS NOT NULL AND (x.max IS NULL OR x.max ->> 'unit' <> x.by ->> 'unit' OR (x.by ->> 'amount')::int <= (x.max ->> 'amount')::int);

CREATE OR REPLACE FUNCTION pg_temp.road_count(stream_ text, clock_ text, calendar_ text, after_ date, working_ boolean, n int, until_ timestamptz)
RETURNS date LANGUAGE sql STABLE AS $$
  SELECT d.day FROM road_day d WHERE d.calendar = calendar_ AND d.day > after_ AND (d.working OR NOT working_)
  AND NOT EXISTS (SELECT FROM road_pause p WHERE p.stream = stream_ AND coalesce(p.touches, clock_) = clock_ AND p.begin_at < until_
    AND d.day BETWEEN p.first AND p.last)
  ORDER BY d.day OFFSET n - 1 LIMIT 1
$$;

CREATE OR REPLACE FUNCTION pg_temp.road_rolled(calendar_ text, day_ date, roll_ text) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT CASE roll_ WHEN 'next_working_day' THEN next WHEN 'previous_working_day' THEN previous ELSE day END
  FROM road_day WHERE calendar = calendar_ AND day = day_
$$;

-- `until_`: only suspensions that began before count; `more_`: the extension, counted on from where the limit itself ends.
CREATE OR REPLACE FUNCTION pg_temp.road_end(t road_term, until_ timestamptz, more_ jsonb) RETURNS date LANGUAGE plpgsql STABLE AS $$
DECLARE
  roll_ text := CASE WHEN more_ ->> 'unit' = 'working_days' OR (more_ IS NULL AND t.working) THEN 'next_working_day' ELSE t.roll END;
  ended date := pg_temp.road_count(t.stream, t.clock, t.calendar, t.after, t.working, t.days, until_);
  rolled date;
  pause record;
BEGIN
  IF more_ IS NOT NULL AND (more_ ->> 'amount')::int > 0 THEN
    ended := pg_temp.road_count(t.stream, t.clock, t.calendar, ended, more_ ->> 'unit' = 'working_days',
      (more_ ->> 'amount')::int * CASE more_ ->> 'unit' WHEN 'weeks' THEN 7 ELSE 1 END, until_);
  END IF;
  rolled := pg_temp.road_rolled(t.calendar, ended, roll_);
  -- Stopped when nothing was left to count, the limit ends on the restart day (time-limits.md 4).
  FOR pause IN SELECT p.* FROM road_pause p WHERE p.stream = t.stream AND coalesce(p.touches, t.clock) = t.clock
      AND p.begin_at < until_ AND p.end_at IS NOT NULL AND p.first > ended ORDER BY p.begin_at LOOP
    EXIT WHEN pause.stopped_on > rolled;
    ended := greatest(ended, pause.restarted_on);
    rolled := pg_temp.road_rolled(t.calendar, ended, roll_);
  END LOOP;
  RETURN rolled;
END $$;

CREATE TEMPORARY TABLE road_due ON COMMIT DROP AS
SELECT t.stream, t.clock, t.zone, t.decides, t.asked_at, t.why, CASE WHEN t.working THEN e.day ELSE r.day END AS due_on
FROM road_term t
LEFT JOIN road_day a ON a.calendar = t.calendar AND a.day = t.after
LEFT JOIN road_day e ON t.working AND e.calendar = t.calendar AND e.working AND e.nth = a.nth + t.days
LEFT JOIN road_day c ON NOT t.working AND c.calendar = t.calendar AND c.day = t.after + t.days
LEFT JOIN LATERAL (SELECT CASE t.roll WHEN 'next_working_day' THEN c.next WHEN 'previous_working_day' THEN c.previous ELSE c.day END AS day) r ON true
WHERE NOT t.paused AND t.more IS NULL;

INSERT INTO road_due
SELECT t.stream, t.clock, t.zone, t.decides, t.asked_at,
  coalesce(t.why, CASE WHEN t.served_at >= (b.day + 1)::timestamp AT TIME ZONE t.zone THEN 'moved_after_the_end' END), f.day
FROM road_term t
LEFT JOIN LATERAL (SELECT CASE WHEN t.why IS NULL AND t.more IS NOT NULL THEN pg_temp.road_end(t, t.served_at, NULL) END AS day) b ON true
LEFT JOIN LATERAL (SELECT CASE WHEN t.why IS NULL THEN pg_temp.road_end(t, 'infinity', t.more) END AS day) f ON true
WHERE t.paused OR t.more IS NOT NULL;
CREATE UNIQUE INDEX ON road_due (stream, clock);
ANALYZE road_due;

-- A case that silence may end takes no more suspension or extension from then on.
UPDATE road_due d SET why = 'moved_after_the_end' FROM road_due s
WHERE s.stream = d.stream AND s.decides AND d.why IS NULL
  AND ((s.why IS NOT NULL AND s.asked_at IS NOT NULL) OR s.asked_at >= (s.due_on + 1)::timestamp AT TIME ZONE s.zone);
