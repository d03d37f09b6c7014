"""What people decide, as POST on the thing decided about. Each becomes a fact and goes through the one door."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path
from starlette.responses import Response

from engine.api import acts, answers, orders
from engine.api.orders import Order
from engine.api.state import Database, Parts, Reader, State
from engine.storage.connect import Connection

router = APIRouter(prefix="/api/v1", tags=["decisions"])
Id = Annotated[str, Path(max_length=255, pattern=r"^[^\x00]+$")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", description="The same key again is the same decision", min_length=1, max_length=200
    ),
]
Sent = tuple[str, str | None]


@router.post("/findings/{finding_id}/confirm", summary="Confirm a finding", response_model=None)
def confirm(
    finding_id: Id, act: acts.Confirmation, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    order = orders.about_finding(db, finding_id, "finding.confirmed", act)
    return submit(parts, db, order, (sender.source, key))


@router.post("/findings/{finding_id}/dismiss", summary="Dismiss a finding", response_model=None)
def dismiss(
    finding_id: Id, act: acts.Dismissal, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    order = orders.about_finding(db, finding_id, "finding.dismissed", act)
    return submit(parts, db, order, (sender.source, key))


@router.post("/findings/{finding_id}/excuse", summary="Excuse a finding (免责, 容错)", response_model=None)
def excuse(finding_id: Id, act: acts.Excuse, parts: Parts, db: Database, sender: Reader, key: Key = None) -> Response:
    order = orders.about_finding(db, finding_id, "finding.excused", act)
    return submit(parts, db, order, (sender.source, key))


@router.post("/findings/{finding_id}/withdraw", summary="Take a finding back", response_model=None)
def withdraw(
    finding_id: Id, act: acts.Withdrawal, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    order = orders.about_finding(db, finding_id, "finding.withdrawn", act)
    return submit(parts, db, order, (sender.source, key))


@router.post("/alerts/{alert_id}/acknowledge", summary="Acknowledge an alert", response_model=None)
def acknowledge(
    alert_id: Id, act: acts.Acknowledgement, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    order = orders.about_alert(db, alert_id, "alert.acknowledged", act)
    return submit(parts, db, order, (sender.source, key))


@router.post("/alerts/{alert_id}/answer", summary="Answer an alert", response_model=None)
def answer(
    alert_id: Id, act: acts.AlertAnswer, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    order = orders.about_alert(db, alert_id, "alert.answered", act)
    return submit(parts, db, order, (sender.source, key))


@router.post("/alerts/{alert_id}/close", summary="Close an alert", response_model=None)
def close(
    alert_id: Id, act: acts.AlertClosing, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    order = orders.about_alert(db, alert_id, "alert.closed", act, "alert.close")
    return submit(parts, db, order, (sender.source, key))


@router.post("/findings/{finding_id}/inquiry", summary="Ask the unit about a finding", response_model=None)
def inquire(finding_id: Id, act: acts.Inquiry, parts: Parts, db: Database, sender: Reader, key: Key = None) -> Response:
    return submit(parts, db, orders.asking_about(db, finding_id, act), (sender.source, key))


@router.post(
    "/proceedings/{proceeding_id:path}/statement", summary="File a statement in a proceeding", response_model=None
)
def statement(
    proceeding_id: Id, act: acts.Statement, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    order = orders.about_proceeding(db, proceeding_id, "statement.filed", "statement.file", act)
    return submit(parts, db, order, (sender.source, key))


@router.post("/proceedings/{proceeding_id:path}/decision", summary="Decide on the measure", response_model=None)
def decision(
    proceeding_id: Id, act: acts.Decision, parts: Parts, db: Database, sender: Reader, key: Key = None
) -> Response:
    order = orders.about_proceeding(db, proceeding_id, "measure.decided", "measure.decide", act)
    return submit(parts, db, order, (sender.source, key))


def submit(parts: State, db: Connection, order: Order, sent: Sent) -> Response:
    """`sent`: the source in whose name it comes, and the key that makes a repeat of it the same decision."""
    source, key = sent
    message = orders.envelope(db, order, source, parts.clock.now(), key)
    return answers.response(answers.of(message, parts.group.submit(message).result()))
