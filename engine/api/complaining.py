"""A complaint that names no case, or a rewarded report, on its way to becoming a fact: the same from interface, command line and public form."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row
from pydantic import BaseModel, ConfigDict

from engine.api.acts import Code, PersonId, Text
from engine.api.orders import first_said
from engine.intake.envelope import Envelope
from engine.storage.connect import Connection
from engine.vault.following import code_of, letters
from rules.no_case import COMPLAINT, REPORT

_FOUND = "SELECT id, owner, phase, phase_until FROM voice WHERE case_id = %s AND number = %s"


class Complaint(BaseModel):
    """Whom and what it is about, in one's own words. `contact` is for the answer; it is kept encrypted, like the words."""

    model_config = ConfigDict(extra="forbid")
    text: Text
    unit: PersonId | None = None
    subject: Code | None = None
    against: PersonId | None = None
    contact: Text | None = None


class Report(Complaint):
    """A rewarded report (奖励举报). `contact`: who reports and how to reach him; without it the report is anonymous."""


def filed(db: Connection, said: Complaint, source: str, now: datetime, key: str | None = None) -> Envelope:
    """The number is the message's id; a repeated key gives the very message of the first time."""
    number = _number(source, key)
    reports = isinstance(said, Report)
    data = said.model_dump(exclude_none=True, exclude={"contact"})
    if said.contact is not None:
        data["reporter" if reports else "applicant_ref"] = said.contact
    earlier = first_said(db, source, number) if key else None
    type_, case = ("report.filed", f"{REPORT}{number}") if reports else ("complaint.filed", f"{COMPLAINT}{number}")
    return _envelope(type_, case, number, data, source, earlier or now)


def review_asked(number: str, text: str, source: str, now: datetime) -> Envelope:
    """Whoever complained asks for the answer to be looked at again."""
    data = {"complaint": number, "text": text}
    return _envelope("complaint.review_requested", f"{COMPLAINT}{number}", f"review:{number}", data, source, now)


def receipt(db: Connection, message: Envelope) -> dict[str, Any]:
    """What whoever filed it is given: the number and the code to follow it with, and by when somebody will act."""
    case, number = message.case, message.message_id
    with db.cursor(row_factory=dict_row) as reading:
        row = reading.execute(_FOUND, (case, number)).fetchone() or {}
    return {**row, "case": case, "number": number, "code": code_of(db, case), "page": "/public/follow"}


def _envelope(type_: str, case: str, id_: str, data: dict[str, Any], source: str, at: datetime) -> Envelope:
    raw = msgspec.json.encode({"type": type_, "case": case, "data": data})
    return Envelope(source=source, message_id=id_, type=type_, case=case, occurred_at=at, data=data, raw=raw)


def _number(source: str, key: str | None) -> str:
    """Not to be guessed from another; the same for the same key."""
    seed = hashlib.sha256(f"{len(source)}:{source}{key}".encode()).digest() if key else secrets.token_bytes(8)
    return f"TS-{letters(seed)}"
