-- Each case: its first facts, the calendar that decides now (an ended case keeps the one of its last line), its item.
CREATE TEMPORARY TABLE road_case ON COMMIT DROP AS
WITH seen AS (
  SELECT stream,
    (array_agg(item ORDER BY at, seq, id) FILTER (WHERE item IS NOT NULL))[1] AS item,
    min(at) FILTER (WHERE type IN ('application.accepted', 'case.opened')) AS opened_at,
    bool_or(with_deficits) AS with_deficits,
    bool_or(type IN ('fact.corrected', 'fact.retracted')) AS corrected,
    bool_or(type = 'case.voided') AS voided,
    bool_or(type = 'case.reopened') AS reopened,
    bool_or(type = 'applicant.defaulted') AS defaulted,
    min(at) FILTER (WHERE type IN ('decision.made', 'decision.served', 'application.withdrawn', 'application.returned',
      'case.forwarded', 'case.terminated', 'consent.revoked')) AS ended_at,
    max(at) FILTER (WHERE type IN ('clock.suspended', 'clock.resumed', 'completion.requested', 'completion.supplied',
      'extension.requested', 'extension.approved', 'extension.served')) AS asked_at
  FROM road_fact GROUP BY stream
), closed AS (
  SELECT DISTINCT ON (stream_id) stream_id AS stream, type = 'case_closed' AS closed FROM entry
  WHERE stream_kind = 'case' AND type IN ('case_closed', 'case_reopened') ORDER BY stream_id, version DESC
), last AS (
  SELECT stream_id AS stream, max(CASE WHEN kind = 'entry' THEN reported_at ELSE recorded_at END) AS at
  FROM entry WHERE stream_kind = 'case' GROUP BY stream_id
)
SELECT s.*, coalesce(c.closed, false) AS closed, k.version AS calendar, k.zone,
       w.next_at <= %(now)s AS in_flight,
       f.at AS receipt_at, f.occurred_on AS receipt_on, h.at AS handed_at, h.occurred_on AS handed_on, o.occurred_on AS opened_on
FROM seen s
LEFT JOIN closed c USING (stream) LEFT JOIN last l USING (stream) LEFT JOIN wake w ON w.stream_id = s.stream
LEFT JOIN LATERAL (
  SELECT version, zone FROM road_calendar
  WHERE place = coalesce((SELECT max(place) FROM road_calendar WHERE known_from <= CASE WHEN c.closed THEN l.at ELSE %(now)s END), 0)
) k ON true
LEFT JOIN LATERAL (
  SELECT at, occurred_on FROM road_fact WHERE stream = s.stream AND type IN ('application.handed_in', 'application.received')
  AND (s.opened_at IS NULL OR at <= s.opened_at) ORDER BY at, seq, type, id LIMIT 1
) f ON true
LEFT JOIN LATERAL (
  SELECT at, occurred_on FROM road_fact WHERE stream = s.stream AND type = 'application.handed_in'
  AND (s.opened_at IS NULL OR at <= s.opened_at) ORDER BY at, seq, id LIMIT 1
) h ON true
LEFT JOIN LATERAL (
  SELECT occurred_on FROM road_fact WHERE stream = s.stream AND type IN ('application.accepted', 'case.opened')
  ORDER BY at, seq, type DESC, id LIMIT 1
) o ON true;

-- When the clock starts (Licensing Law art. 32): at acceptance, at the hand-in, or, after silence on completeness, at receipt.
CREATE TEMPORARY TABLE road_start ON COMMIT DROP AS
WITH named AS (
  SELECT c.*, i.version, i.unit, i.committed, i.statutory, i.silent, i.silence_clock, i.day_zero, i.deemed_next, i.cut_off, i.roll, i.minimum,
         i.month_end, i.stop_counts, i.restart_counts, i.requires_term, i.after_term, i.most_notices, i.deficits_pause,
         i.notice_window, i.extension_allowed, i.extension_max, i.extension_clock, i.extension_approver,
         i.day_zero = 'excluded' AND i.cut_off IS NULL AND NOT i.deemed_next AS plain
  FROM road_case c LEFT JOIN LATERAL (
    SELECT i.* FROM road_item i, (SELECT CASE WHEN c.opened_at IS NOT NULL
        THEN coalesce(c.opened_on, (c.opened_at AT TIME ZONE c.zone)::date)
        ELSE coalesce(c.receipt_on, (c.receipt_at AT TIME ZONE c.zone)::date) END AS day) AS d
    WHERE i.code = c.item AND i.effective_from <= d.day AND (i.published_on IS NULL OR i.published_on <= d.day)
    ORDER BY i.effective_from DESC, i.version DESC LIMIT 1
  ) i ON true
), noticed AS (
  -- 00:00 after the last day of the time to ask for completion.
  SELECT n.*, CASE WHEN n.plain AND n.notice_window ->> 'unit' = 'working_days' THEN
    (SELECT (e.day + 1)::timestamp AT TIME ZONE n.zone FROM road_day z JOIN road_day e ON e.calendar = z.calendar AND e.working
      AND e.nth = z.nth + (n.notice_window ->> 'amount')::int
     WHERE z.calendar = n.calendar AND z.day = CASE WHEN n.receipt_at IS NULL THEN coalesce(n.opened_on, (n.opened_at AT TIME ZONE n.zone)::date)
       ELSE coalesce(n.receipt_on, (n.receipt_at AT TIME ZONE n.zone)::date) END) END AS window_ends
  FROM named n
), asked AS (
  SELECT n.*, EXISTS (SELECT FROM road_fact f WHERE f.stream = n.stream AND f.at >= n.receipt_at
      AND f.type IN ('completion.requested', 'acceptance.declined') AND (n.opened_at IS NULL OR f.at < n.opened_at)) AS asked_before
  FROM noticed n
), begun AS (
  SELECT a.*,
    CASE WHEN receipt_at IS NULL THEN opened_at WHEN opened_at IS NOT NULL AND handed_at IS NOT NULL THEN handed_at
         WHEN opened_at < window_ends THEN opened_at ELSE receipt_at END AS start_at,
    receipt_at IS NOT NULL AND NOT (opened_at IS NOT NULL AND (handed_at IS NOT NULL OR opened_at < window_ends)) AS deemed
  FROM asked a
)
SELECT b.*, CASE start_at WHEN handed_at THEN handed_on WHEN opened_at THEN opened_on WHEN receipt_at THEN receipt_on END AS start_on,
  CASE
    WHEN calendar IS NULL THEN 'no_calendar'
    WHEN corrected THEN 'corrected' WHEN voided THEN 'voided' WHEN reopened THEN 'reopened' WHEN defaulted THEN 'defaulted'
    WHEN version IS NULL THEN NULL
    WHEN with_deficits AND deficits_pause THEN 'deficits'
    WHEN asked_before THEN 'asked_before_acceptance'
    WHEN receipt_at IS NOT NULL AND window_ends IS NULL THEN 'notice_window'
    WHEN receipt_at IS NULL AND opened_at IS NULL AND EXISTS (SELECT FROM road_fact f WHERE f.stream = b.stream
      AND f.type = 'acceptance.declined') THEN 'declined'
    WHEN asked_at >= ended_at THEN 'moved_after_the_end'
    WHEN in_flight THEN 'in_flight'
  END AS why
FROM begun b;
CREATE UNIQUE INDEX ON road_start (stream);
ANALYZE road_start;
