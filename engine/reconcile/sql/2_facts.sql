-- Facts as the ledger keeps them, and the configuration they are judged by.
CREATE TEMPORARY TABLE road_item ON COMMIT DROP AS
SELECT * FROM jsonb_to_recordset(%(items)s::jsonb) AS i(
  code text, version int, effective_from date, published_on date, unit text, committed jsonb, statutory jsonb, silent boolean,
  silence_clock text, deficits_pause boolean, most_notices int, day_zero text, deemed_next boolean, cut_off text, roll text,
  minimum int, month_end text, stop_counts boolean, restart_counts boolean, requires_term boolean, after_term text,
  notice_window jsonb, extension_allowed boolean, extension_max jsonb, extension_clock text, extension_approver text);

CREATE TEMPORARY TABLE road_reason ON COMMIT DROP AS
SELECT * FROM jsonb_to_recordset(%(reasons)s::jsonb) AS r(
  code text, version int, reason text, kind text, max int, clock text, after_term text);

CREATE TEMPORARY TABLE road_post ON COMMIT DROP AS
SELECT * FROM jsonb_to_recordset(%(posts)s::jsonb) AS p(person text, unit text, post text, since date, until date);

CREATE TEMPORARY TABLE road_fact ON COMMIT DROP AS
SELECT e.stream_id AS stream, e.type, e.message_id AS id, e.occurred_at AS at, b.occurred_on, coalesce(b.sequence, 0) AS seq, b.item,
       e.actor, d.reason, d.clock, d.until, d.declared, d.answer_by, d.partial, d.by, d.approver,
       d.deficits IS NOT NULL AND d.supply_by IS NOT NULL AS with_deficits
FROM entry e, json_to_record(e.body::json) AS b(data json, item text, occurred_on date, sequence int),
     json_to_record(CASE WHEN e.type = 'attributes.recorded' THEN '{}' ELSE coalesce(b.data, '{}') END) AS d(
       reason text, clock text, until date, declared jsonb, answer_by date, partial boolean, by jsonb, approver text,
       deficits json, supply_by text)
WHERE e.kind = 'fact' AND e.stream_kind = 'case';
CREATE INDEX ON road_fact (stream, type);
ANALYZE road_fact;

-- The limits as they were told last, each with what the ledger said before it fell away.
CREATE TEMPORARY TABLE road_told ON COMMIT DROP AS
SELECT DISTINCT ON (e.stream_id, e.key) e.stream_id AS stream, substr(e.key, 7) AS clock, e.type <> 'limit_withdrawn' AS stands,
       e.body::json ->> 'due_on' AS due_on, e.body::json ->> 'expires_at' AS expires_at
FROM entry e
WHERE e.kind = 'entry' AND e.stream_kind = 'case' AND e.key IN ('limit:committed', 'limit:statutory')
ORDER BY e.stream_id, e.key, e.version DESC;
