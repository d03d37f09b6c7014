"""Which papers the record calls for: bound to the phases of a proceeding, to red cards and to proposals of supervision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.documents.kinds import About
from engine.documents.making import Called, make_all
from engine.documents.record import proposals
from engine.storage.connect import Connection

# A proposal's paper exists while it can still change; from the decision on the decision's own stands for it.
_OF_PROCEEDINGS = """
SELECT 'proceeding' AS about, proceeding_id AS id, k.kind, k.cause FROM proceeding p, LATERAL (VALUES
  ('proceeding_notice', 'opened'),
  ('proposed_decision', CASE WHEN p.phase = 'proposed' AND p.proposed_level IS NOT NULL
    THEN concat_ws('/', p.proposed_level, p.grade, p.count_in_window) END),
  ('decision', CASE WHEN p.decided_level IS NOT NULL THEN p.data->>'decided_at' END),
  ('review_decision', CASE WHEN p.data->>'review_result' IS NOT NULL THEN p.data->>'reviewed_at' END)
) AS k(kind, cause) WHERE k.cause IS NOT NULL
"""
_OF_ALERTS = """
SELECT 'alert' AS about, a.id, 'red_card' AS kind, 'fired' AS cause FROM alert a LEFT JOIN case_file c USING (case_id)
WHERE a.level = 'red' AND a.case_id IS NOT NULL AND a.data ? 'to' AND NOT coalesce(c.backfilled, false)
"""
_MADE = "EXISTS (SELECT FROM supervision_document d WHERE d.about = w.about AND d.about_id = w.id AND d.kind = w.kind AND d.cause = w.cause)"
_CASES = "SELECT DISTINCT stream_id FROM entry WHERE type = 'supervision.proposed' AND kind = 'fact'"


def make_missing(connection: Connection, at: datetime, most: int = 200) -> int:
    """Makes what is called for and not there yet; returns how many."""
    query = f"SELECT w.about, w.id, w.kind, w.cause FROM ({_OF_PROCEEDINGS} UNION ALL {_OF_ALERTS}) AS w WHERE NOT {_MADE} LIMIT %s"  # noqa: S608
    called = [_called(row) for row in connection.execute(query.encode(), (most,)).fetchall()]
    cases = [row[0].removeprefix("case:") for row in connection.execute(_CASES).fetchall()]
    return make_all(connection, [*called, *(one for case in cases for one in of_case(connection, case))], at)


def of_proceeding(connection: Connection, proceeding_id: str) -> list[Called]:
    return _of(connection, _OF_PROCEEDINGS, proceeding_id)


def of_alert(connection: Connection, alert_id: str) -> list[Called]:
    return _of(connection, _OF_ALERTS, alert_id)


def of_case(connection: Connection, case: str) -> list[Called]:
    """Its proposals of supervision."""
    found = proposals(connection, case)
    return [Called(About("fact", id_), "supervision_proposal", "proposed") for id_, _ in found]


def _of(connection: Connection, source: str, id_: str) -> list[Called]:
    query = f"SELECT w.about, w.id, w.kind, w.cause FROM ({source}) AS w WHERE w.id = %s"  # noqa: S608 - both are ours
    return [_called(row) for row in connection.execute(query.encode(), (id_,)).fetchall()]


def _called(row: Sequence[str]) -> Called:
    about, id_, kind, cause = row
    return Called(About(about, id_), kind, cause)  # type: ignore[arg-type]
