"""What people decide, as POST on the thing decided about. Each becomes a fact and goes through the one door."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, LiteralString

import msgspec
from fastapi import APIRouter, Header, Path
from psycopg.rows import dict_row
from starlette.responses import Response

from engine.api import acts, answers
from engine.api.permissions import demand
from engine.api.problems import ProblemError
from engine.api.state import Database, Parts, Reader, State
from engine.intake.envelope import Envelope
from engine.rights import Action
from engine.storage.connect import Connection

router = APIRouter(prefix="/api/v1", tags=["decisions"])
Id = Annotated[str, Path(max_length=255, pattern=r"^[^\x00]+$")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", description="The same key again is the same decision", min_length=1, max_length=200
    ),
]
_FINDING = "SELECT case_id, unit, person, kind, clock, data FROM finding WHERE id = %s"
_ALERT = "SELECT case_id, cause, level, data FROM alert WHERE id = %s"
_PROCEEDING = "SELECT case_id, unit, person, owner FROM proceeding WHERE proceeding_id = %s"
_EARLIER = (
    "SELECT e.occurred_at FROM inbox i JOIN entry e ON e.stream_id = i.stream_id AND e.kind = 'fact'"
    " AND e.source = i.source AND e.message_id = i.message_id WHERE i.source = %s AND i.message_id = %s"
)


class Command(msgspec.Struct, frozen=True):
    """A decision about to become a fact. `concerned`: whom it is about, for rights that reach one's own things only."""

    type: str
    action: Action
    case: str
    unit: str | None
    concerned: tuple[str | None, ...]
    data: dict[str, Any]
    act: acts.Act
    source: str
    key: str | None


@router.post("/findings/{finding_id}/confirm", summary="Confirm a finding", response_model=None)
def confirm(
    finding_id: Id, act: acts.Confirmation, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    return _finding(finding_id, act, parts, db, ("finding.confirmed", sender.source, key))


@router.post("/findings/{finding_id}/dismiss", summary="Dismiss a finding", response_model=None)
def dismiss(
    finding_id: Id, act: acts.Dismissal, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    return _finding(finding_id, act, parts, db, ("finding.dismissed", sender.source, key))


@router.post("/alerts/{alert_id}/acknowledge", summary="Acknowledge an alert", response_model=None)
def acknowledge(
    alert_id: Id, act: acts.Acknowledgement, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    return _alert(alert_id, act, parts, db, ("alert.acknowledged", sender.source, key))


@router.post("/alerts/{alert_id}/answer", summary="Answer an alert", response_model=None)
def answer(
    alert_id: Id, act: acts.AlertAnswer, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    return _alert(alert_id, act, parts, db, ("alert.answered", sender.source, key))


@router.post(
    "/proceedings/{proceeding_id:path}/statement", summary="File a statement in a proceeding", response_model=None
)
def statement(
    proceeding_id: Id, act: acts.Statement, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    return _proceeding(proceeding_id, act, parts, db, ("statement.filed", "statement.file", sender.source, key))


@router.post("/proceedings/{proceeding_id:path}/decision", summary="Decide on the measure", response_model=None)
def decision(
    proceeding_id: Id, act: acts.Decision, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    return _proceeding(proceeding_id, act, parts, db, ("measure.decided", "measure.decide", sender.source, key))


def _finding(id_: str, act: acts.Act, parts: State, db: Connection, sent: tuple[str, str, str | None]) -> Response:
    row = _row(db, _FINDING, id_)
    data = {"finding": row["kind"], "person": row["person"], **act.data()}
    type_, source, key = sent
    return _submit(parts, db, Command(type_, "finding.decide", row["case_id"], row["unit"], (), data, act, source, key))


def _alert(id_: str, act: acts.Act, parts: State, db: Connection, sent: tuple[str, str, str | None]) -> Response:
    row = _row(db, _ALERT, id_)
    data = {"level": row["level"], "cause": row["cause"], **act.data()}
    type_, source, key = sent
    concerned = tuple(row["data"].get("to", ()))
    return _submit(parts, db, Command(type_, "alert.answer", row["case_id"], None, concerned, data, act, source, key))


def _proceeding(
    id_: str, act: acts.Act, parts: State, db: Connection, sent: tuple[str, Action, str, str | None]
) -> Response:
    row = _row(db, _PROCEEDING, id_)
    data = {"person": row["person"], **act.data()}
    type_, action, source, key = sent
    concerned = (row["person"], row["owner"])
    return _submit(parts, db, Command(type_, action, row["case_id"], row["unit"], concerned, data, act, source, key))


def _submit(parts: State, db: Connection, command: Command) -> Response:
    demand(db, command.act.actor, command.action, unit=command.unit, concerned=command.concerned)
    envelope = _envelope(parts, db, command)
    return answers.response(answers.of(envelope, parts.group.submit(envelope).result()))


def _envelope(parts: State, db: Connection, command: Command) -> Envelope:
    """A repeated key gives the very message of the first time, its instant included."""
    message_id = f"command:{command.key or secrets.token_hex(16)}"
    earlier = db.execute(_EARLIER, (command.source, message_id)).fetchone() if command.key else None
    data = {name: value for name, value in command.data.items() if value is not None}
    return Envelope(
        source=command.source,
        message_id=message_id,
        type=command.type,
        case=command.case,
        occurred_at=earlier[0] if earlier else parts.clock.now(),
        actor=command.act.actor,
        basis=command.act.basis,
        data=data,
        raw=msgspec.json.encode({"type": command.type, "case": command.case, "actor": command.act.actor, "data": data}),
    )


def _row(db: Connection, query: LiteralString, id_: str) -> dict[str, Any]:
    with db.cursor(row_factory=dict_row) as reading:
        row = reading.execute(query, (id_,)).fetchone()
    if row is None:
        raise ProblemError(404, "not_found", f"nothing here has the id {id_!r}", field="id")
    return row
