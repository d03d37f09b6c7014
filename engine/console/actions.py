"""What a person does in the console becomes a fact at the one door; what it would do is shown before, by the same door, undone."""

from __future__ import annotations

from typing import Any

import msgspec
import psycopg

from engine.console.views import sql
from engine.console.views.proceedings import ProceedingRow, proceedings_of_case
from engine.console.visit import Visit
from engine.intake.envelope import Answer, Envelope

SOURCE = "console"
WAIT_SECONDS = 30.0
TAKEN = frozenset({"recorded", "duplicate"})


class Act(msgspec.Struct, frozen=True):
    """A fact to be signed by whoever is signed in. `token` is the form's; it is the message id."""

    type: str
    case: str
    data: dict[str, Any]
    token: str


class Refusal(msgspec.Struct, frozen=True):
    code: str
    message: str


def perform(visit: Visit, act: Act) -> Refusal | None:
    """Record the fact; None when it took effect (or had already), otherwise why it did not."""
    answer: Answer = visit.console.door.submit(envelope_of(visit, act)).result(timeout=WAIT_SECONDS)
    return _refusal(answer)


class Consequence(msgspec.Struct, frozen=True):
    """What an action would bring about: the refusal it would meet, or the proceedings as they would then stand."""

    refusal: Refusal | None
    proceedings: tuple[ProceedingRow, ...] = ()
    status: str | None = None


def rehearse(visit: Visit, act: Act) -> Consequence:
    """Decide the fact for real in a transaction that is then rolled back."""
    with visit.console.pool.connection() as db, db.transaction(force_rollback=True):
        answer = visit.console.rehearse(db, [envelope_of(visit, act)], visit.console.clock)[0]
        return _consequence(db, act, answer)


def _consequence(db: psycopg.Connection[Any], act: Act, answer: Answer) -> Consequence:
    refusal = _refusal(answer)
    if refusal:
        return Consequence(refusal)
    status = sql.row(db, _Status, "SELECT status FROM case_file WHERE case_id = %s", (act.case,))
    return Consequence(None, tuple(proceedings_of_case(db, act.case)), status.status if status else None)


class _Status(msgspec.Struct, frozen=True):
    status: str


def _refusal(answer: Answer) -> Refusal | None:
    if answer.outcome in TAKEN and answer.code is None:
        return None
    return Refusal(answer.code or answer.outcome, answer.message or "")


def envelope_of(visit: Visit, act: Act) -> Envelope:
    """The fact as it goes to the door."""
    now = visit.console.clock.now()
    body = {"type": act.type, "case": act.case, "actor": visit.person, "time": now.isoformat(), "data": act.data}
    return Envelope(
        source=SOURCE,
        message_id=act.token,
        type=act.type,
        case=act.case,
        occurred_at=now,
        actor=visit.person,
        data=act.data,
        raw=msgspec.json.encode(body),
    )
