-- Each statement makes rows from those of the lives that were played: for `copy` see copies.sql.
-- Inboxes of people and channels: a message and a mail for everybody who was told of a card; older ones are read.
INSERT INTO message (id, person, subject, body, kind, level, case_id, created_at, read_at)
SELECT md5('m' || a.id || t.addressee), t.addressee, '示例事项', '示例：请按期办理。', 'alert', a.level, a.case_id, a.fired_at,
       CASE WHEN a.fired_at < now() - interval '3 days' THEN a.fired_at + interval '1 hour' END
FROM alert a JOIN alert_addressee t ON t.alert_id = a.id WHERE a.fired_at IS NOT NULL;

INSERT INTO delivery (id, channel, recipient, kind, status, notices, case_id, payload, locale, created_at, delivered_at, level)
SELECT md5(k.channel || a.id || t.addressee), k.channel, t.addressee, 'alert',
       CASE WHEN k.channel = 'email' AND hashtext(a.id) % 400 = 0 THEN 'given_up' WHEN a.fired_at > now() - interval '2 days' THEN 'sending' ELSE 'delivered' END,
       ARRAY[a.id], a.case_id, '{}', 'zh', a.fired_at, a.fired_at + interval '1 minute', a.level
FROM alert a JOIN alert_addressee t ON t.alert_id = a.id CROSS JOIN (VALUES ('inapp'), ('email')) AS k(channel) WHERE a.fired_at IS NOT NULL;

-- Every twelfth concluded case is rated, every two hundredth is complained about; few of them still wait for somebody.
INSERT INTO voice (id, stream_id, case_id, key, status, legal_at, recorded_at, changed_at, data, what, number, unit, about, subject, score, phase, result, owner, phase_until, opened_at)
SELECT md5(k.what || c.case_id), 'case:' || c.case_id, c.case_id, k.what || ':1', 'standing', c.closed_at, c.closed_at, c.closed_at, '{}', k.what, 'V-' || c.case_id, c.unit,
       c.holder, NULL, CASE WHEN k.what = 'rating' THEN 1 + abs(hashtext(c.case_id)) % 5 END,
       CASE WHEN c.closed_at > now() - interval '12 days' THEN CASE k.what WHEN 'rating' THEN 'rectification' ELSE 'filed' END ELSE 'settled' END,
       CASE WHEN k.what = 'complaint' THEN CASE abs(hashtext(c.case_id)) % 3 WHEN 0 THEN 'upheld' ELSE 'unfounded' END END,
       CASE WHEN c.closed_at > now() - interval '12 days' THEN 'head' || substr(c.unit, 7) END, c.closed_at + interval '15 days', c.closed_at
FROM case_file c CROSS JOIN (VALUES ('rating', 12), ('complaint', 200)) AS k(what, every)
WHERE c.status = 'concluded' AND abs(hashtext(c.case_id || k.what)) % k.every = 0;

INSERT INTO hold (id, stream_id, case_id, key, status, legal_at, recorded_at, changed_at, data, reason, owner, closed_at)
SELECT md5('h' || case_id), 'case:' || case_id, case_id, 'hold:precondition_unmet', CASE WHEN closed_at IS NULL THEN 'open' ELSE 'closed' END, expires_at, updated_at, updated_at, '{}',
       (ARRAY['precondition_unmet', 'provisional_date', 'source_behind'])[1 + abs(hashtext(case_id)) % 3], 'head' || substr(unit, 7), closed_at
FROM case_file WHERE abs(hashtext(case_id)) % 100 = 0;

-- What came in: two messages a case from the hall; a few wait, a few were settled by people.
INSERT INTO inbox (source, message_id, stream_id, case_id, type, body_hash, received_at, outcome)
SELECT CASE WHEN hashtext(case_id) % 3 = 0 THEN 'waves' ELSE 'hall' END, case_id || '/' || k, 'case:' || case_id, case_id, 'step.completed', '\x00', updated_at, 'recorded'
FROM case_file CROSS JOIN generate_series(1, 2) AS k;
INSERT INTO inbox (source, message_id, stream_id, case_id, type, body_hash, received_at, outcome)
SELECT 'console', 'c' || n, 'case:' || n, n::text, CASE WHEN n % 100 = 0 THEN 'fact.retracted' ELSE 'finding.confirmed' END, '\x00', now() - n * interval '1 minute', 'recorded' FROM generate_series(1, 20000) AS n;
INSERT INTO parked (source, message_id, stream_id, case_id, type, why, since)
SELECT 'hall', 'w' || n, 'case:w' || n, 'w' || n, 'step.completed', 'unknown_case', now() - n * interval '1 minute' FROM generate_series(1, 3000) AS n;
INSERT INTO quarantine (source, message_id, case_id, item, type, why, since, released_at)
SELECT 'hall', 'q' || n, 'q' || n, 'X-1', 'application.accepted', 'unpublished_item', now() - n * interval '1 hour', CASE WHEN n > 300 THEN now() END FROM generate_series(1, 3000) AS n;
INSERT INTO source_watermark (source, through, recorded_at) VALUES ('hall', now(), now());

INSERT INTO filing (id, stream_id, key, status, recorded_at, changed_at, data, code, unit, phase, author, version, round)
SELECT md5('f' || n), 'filing:f' || n, 'filing', 'standing', now() - n * interval '5 hours', now() - n * interval '5 hours',
       jsonb_build_object('id', 'f' || n, 'code', 'B-4-' || n % 40, 'unit', 'bureau-' || n % 40, 'phase', p.phase, 'round', 1, 'author', 'o-0-0', 'item', (SELECT body FROM config_entry WHERE kind = 'item' AND id = 'B-4-' || n % 40 LIMIT 1), 'note', '', 'approval_overdue', false, 'reviews', '[]'::jsonb),
       'B-4-' || n % 40, 'bureau-' || n % 40, p.phase, 'o-0-0', 1, 1
FROM generate_series(1, 4000) AS n, LATERAL (SELECT CASE WHEN n > 200 THEN 'published' ELSE (ARRAY['draft', 'reviewing', 'approving', 'returned'])[1 + n % 4] END AS phase) AS p;

INSERT INTO reconcile_run (id, started_by, repair, started_at, ended_at, found, repaired, checked, not_covered)
SELECT 'r' || n, 'scheduler', true, now() - n * interval '6 hours', now() - n * interval '6 hours', 0, 0, '{}', '{}' FROM generate_series(1, 4000) AS n;
INSERT INTO reconcile_finding (run_id, number, found_at, kind, place, stream_id, expected, found)
SELECT 'r' || 1 + n % 400, n, now() - n * interval '1 minute', 'row_differs', 'case_file', 'case:p0', '1', '2' FROM generate_series(1, 4000) AS n;

-- The ledger of the cases that are opened: twenty lines each.
INSERT INTO entry (stream_id, version, stream_kind, kind, type, key, schema, body, occurred_at, legal_at, recorded_at, actor, source, message_id, under, alg, prev_hash, hash)
SELECT 'case:' || case_id, k, 'case', CASE WHEN k % 3 = 0 THEN 'fact' ELSE 'entry' END, 'step_overdue', 'k' || k, 1, '{"data":{"step":"review"},"basis":"示例"}', updated_at, updated_at, updated_at, holder, 'hall', case_id || '/' || k, 'x', 'sha256', '\x00', '\x00'
FROM (SELECT * FROM case_file WHERE case_id LIKE 'K%' ORDER BY case_id LIMIT 5000) AS c, generate_series(1, 20) AS k
