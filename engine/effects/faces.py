"""What Temporal's own pages show of cases and proceedings: numbers and codes, no personal data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from engine.storage.connect import Connection
from rules.calendar import Calendar
from workflows.contracts import Face, Proceeding

_INSTANT = timedelta(microseconds=1)


def case_faces(connection: Connection, stream_ids: Sequence[str]) -> dict[str, Face]:
    """By stream id. The stage is the present step, or the status where no step is open."""
    rows = connection.execute(
        "SELECT case_id, item, unit, coalesce(stage, status), due_on FROM case_file WHERE case_id = ANY(%s::text[])",
        ([stream_id.removeprefix("case:") for stream_id in stream_ids],),
    )
    return {
        f"case:{case}": Face(case, item or "", unit or "", stage, due_on.isoformat() if due_on else "")
        for case, item, unit, stage, due_on in rows
    }


def docket_faces(
    connection: Connection, stream_ids: Sequence[str], calendar: Calendar
) -> dict[str, dict[Proceeding, Face]]:
    """By docket: its proceedings. The stage is the phase, the due date the phase's last day; one whose measure must be undone is not over."""
    found: dict[str, dict[Proceeding, Face]] = {}
    rows = connection.execute(
        "SELECT stream_id, proceeding_id, coalesce(case_id, ''), coalesce(unit, ''), CASE WHEN phase = 'closed' AND restoration_due THEN 'restoration' ELSE phase END, phase_until"
        " FROM proceeding WHERE stream_id = ANY(%s::text[])",
        (list(stream_ids),),
    )
    for docket, id_, case, unit, phase, until in rows:
        face = Face(case, "", unit, phase, _last_day(until, calendar))
        found.setdefault(docket, {})[Proceeding(id_, docket)] = face
    return found


def filing_faces(connection: Connection, stream_ids: Sequence[str]) -> dict[str, Face]:
    """By stream id. The stage is the phase, the due date that of the first review still out."""
    rows = connection.execute(
        "SELECT stream_id, code, coalesce(unit, ''), phase, (SELECT min(r->>'due_on') FROM jsonb_array_elements(data->'reviews') AS r"
        " WHERE r->>'verdict' IS NULL AND phase = 'reviewing') FROM filing WHERE stream_id = ANY(%s::text[])",
        (list(stream_ids),),
    )
    return {id_: Face("", code, unit, phase, due_on or "") for id_, code, unit, phase, due_on in rows}


def _last_day(until: datetime | None, calendar: Calendar) -> str:
    return calendar.local_date(until - _INSTANT).isoformat() if until else ""
