"""A complaint that names no case, on its way to becoming a fact. The interface, the command line and the public form give the same."""

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
from rules.complaint_stream import COMPLAINT

_FOUND = "SELECT id, owner, phase, phase_until FROM voice WHERE case_id = %s AND number = %s"


class Complaint(BaseModel):
    """Whom and what it is about, in one's own words. `contact` is for the answer; it is kept encrypted, like the words."""

    model_config = ConfigDict(extra="forbid")
    text: Text
    unit: PersonId | None = None
    subject: Code | None = None
    against: PersonId | None = None
    contact: Text | None = None


def filed(db: Connection, said: Complaint, source: str, now: datetime, key: str | None = None) -> Envelope:
    """The number is the message's id; a repeated key gives the very message of the first time."""
    number = _number(source, key)
    data = said.model_dump(exclude_none=True, exclude={"contact"})
    if said.contact is not None:
        data["applicant_ref"] = said.contact
    earlier = first_said(db, source, number) if key else None
    return _envelope("complaint.filed", number, number, data, source, earlier or now)


def review_asked(number: str, text: str, source: str, now: datetime) -> Envelope:
    """Whoever complained asks for the answer to be looked at again."""
    data = {"complaint": number, "text": text}
    return _envelope("complaint.review_requested", number, f"review:{number}", data, source, now)


def receipt(db: Connection, number: str) -> dict[str, Any]:
    """What whoever complained is given: the number and the code to follow it with, and by when it will be admitted."""
    case = f"{COMPLAINT}{number}"
    with db.cursor(row_factory=dict_row) as reading:
        row = reading.execute(_FOUND, (case, number)).fetchone() or {}
    return {**row, "case": case, "number": number, "code": code_of(db, case), "page": "/public/follow"}


def _envelope(type_: str, number: str, id_: str, data: dict[str, Any], source: str, at: datetime) -> Envelope:
    case = f"{COMPLAINT}{number}"
    raw = msgspec.json.encode({"type": type_, "case": case, "data": data})
    return Envelope(source=source, message_id=id_, type=type_, case=case, occurred_at=at, data=data, raw=raw)


def _number(source: str, key: str | None) -> str:
    """Not to be guessed from another; the same for the same key."""
    seed = hashlib.sha256(f"{len(source)}:{source}{key}".encode()).digest() if key else secrets.token_bytes(8)
    return f"TS-{letters(seed)}"
