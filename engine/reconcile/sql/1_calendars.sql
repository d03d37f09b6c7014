-- A day a row for each version of the calendar, with the running count of working days and the working days on either side.
CREATE TEMPORARY TABLE road_calendar ON COMMIT DROP AS
SELECT version, known_from, zone, week, place
FROM jsonb_to_recordset(%(calendars)s::jsonb) AS c(version text, known_from timestamptz, zone text, week jsonb, place int);

CREATE TEMPORARY TABLE road_day ON COMMIT DROP AS
WITH bounds AS (
  SELECT coalesce(min(occurred_at), %(now)s) - interval '1 year' AS first,
         greatest(max(occurred_at), %(now)s) + interval '6 years' AS last
  FROM entry WHERE kind = 'fact' AND stream_kind = 'case'
), arranged AS (
  SELECT version, day, working
  FROM jsonb_to_recordset(%(days)s::jsonb) AS d(version text, day date, working boolean)
), listed AS (
  SELECT c.version AS calendar, s::date AS day,
         coalesce(a.working, (c.week ->> (extract(isodow FROM s)::int - 1))::boolean) AS working
  FROM road_calendar c CROSS JOIN bounds b
  CROSS JOIN generate_series(b.first::date::timestamp, b.last::date::timestamp, interval '1 day') AS s
  LEFT JOIN arranged a ON a.version = c.version AND a.day = s::date
)
SELECT calendar, day, working,
       count(*) FILTER (WHERE working) OVER upto AS nth,
       min(day) FILTER (WHERE working) OVER downto AS next,
       max(day) FILTER (WHERE working) OVER upto AS previous
FROM listed
WINDOW upto AS (PARTITION BY calendar ORDER BY day), downto AS (PARTITION BY calendar ORDER BY day DESC);

CREATE UNIQUE INDEX ON road_day (calendar, day);
CREATE UNIQUE INDEX ON road_day (calendar, nth) WHERE working;
ANALYZE road_day;
