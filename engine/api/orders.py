"""A decision of a person about a finding, an alert or a proceeding, on its way to becoming a fact. The API and the command line give the same."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, LiteralString

import msgspec
from psycopg.rows import dict_row

from engine.api.acts import Act
from engine.api.permissions import demand, may
from engine.api.problems import ProblemError
from engine.explanation.reading import facts_of
from engine.intake.envelope import Envelope
from engine.rights import Action
from engine.storage.connect import Connection
from engine.storage.world import load_world
from rules.requests import ASKED, Terms, asked_of

_FINDING = "SELECT case_id, unit, person, key FROM finding WHERE id = %s"
_ALERT = "SELECT a.case_id, a.cause, a.level, a.data, coalesce(c.unit, a.data->>'unit') AS unit FROM alert a LEFT JOIN case_file c ON c.case_id = a.case_id WHERE a.id = %s"
_PROCEEDING = "SELECT case_id, unit, person, owner FROM proceeding WHERE proceeding_id = %s"
_CASE = "SELECT case_id, unit, holder FROM case_file WHERE case_id = %s"
_VOICE = "SELECT case_id, unit, what, number, owner, about FROM voice WHERE id = %s AND status <> 'withdrawn'"
_EARLIER = (
    "SELECT e.occurred_at FROM inbox i JOIN entry e ON e.stream_id = i.stream_id AND e.kind = 'fact'"
    " AND e.source = i.source AND e.message_id = i.message_id WHERE i.source = %s AND i.message_id = %s"
)


class Order(msgspec.Struct, frozen=True):
    """`concerned`: whom it is about, for rights that reach one's own things only."""

    type: str
    action: Action
    case: str
    unit: str | None
    concerned: tuple[str | None, ...]
    data: dict[str, Any]
    act: Act


def about_finding(db: Connection, id_: str, type_: str, act: Act) -> Order:
    """The finding goes by its full name: of two clocks of a case only the one that is meant."""
    row = _row(db, _FINDING, id_)
    data = {"finding": row["key"].removeprefix("finding:"), "person": row["person"], **act.data()}
    return Order(type_, "finding.decide", row["case_id"], row["unit"], (), data, act)


def about_alert(db: Connection, id_: str, type_: str, act: Act, action: Action = "alert.answer") -> Order:
    row = _row(db, _ALERT, id_)
    data = {"level": row["level"], "cause": row["cause"], **act.data()}
    return Order(type_, action, row["case_id"], row["unit"], tuple(row["data"].get("to", ())), data, act)


def about_case(db: Connection, id_: str, type_: str, action: Action, act: Act) -> Order:
    row = _row(db, _CASE, id_)
    return Order(type_, action, row["case_id"], row["unit"], (), act.data(), act)


def answering(db: Connection, id_: str, type_: str, action: Action, act: Act) -> Order:
    """An answer is for the oldest question to a unit that the person answers for; it may be another unit than the case's."""
    row = _row(db, _CASE, id_)
    asked = [unit for unit in _waiting(db, id_, type_, row["unit"]) if may(db, act.actor, action, unit=unit)]
    unit = next(iter(asked), row["unit"])
    return Order(type_, action, row["case_id"], unit, (), {"unit": unit, **act.data()}, act)


def _waiting(db: Connection, case: str, type_: str, unit: str) -> list[str]:
    """The units whose answer of this type a case waits for, in the order in which they were asked."""
    facts = next((facts for _, facts in facts_of(db, [case])), ())
    if not facts:
        return []
    world = load_world(db)
    terms = Terms(world, world.calendar(facts[-1].recorded_at), world.profile, unit)
    return [one.unit for one in asked_of(facts, terms) if one.answer is None and ASKED[one.asked.type] == type_]


def asking_about(db: Connection, id_: str, act: Act) -> Order:
    """An inquiry into a finding, which is named by it."""
    row = _row(db, _FINDING, id_)
    data = {"finding": row["key"].removeprefix("finding:"), **act.data()}
    return Order("inquiry.opened", "inquiry.open", row["case_id"], row["unit"], (), data, act)


_VOICES = {"complaint": "complaint", "rating": "rating", "rectification": "rating", "report": "report"}


def about_voice(db: Connection, id_: str, type_: str, action: Action, act: Act) -> Order:
    """A complaint or rating goes by the fact that filed it; whoever owns its phase may handle it, whoever it is about may appeal."""
    row = _row(db, _VOICE, id_)
    if _VOICES[type_.partition(".")[0]] != row["what"]:
        raise ProblemError(404, "not_found", f"{id_!r} is a {row['what']}", field="id")
    concerned = {"rating.appeal": (row["about"],), "voice.handle": (row["owner"],)}.get(action, ())
    named = {} if row["what"] == "report" else {row["what"]: row["number"]}  # a report has its stream to itself
    return Order(type_, action, row["case_id"], row["unit"], concerned, {**named, **act.data()}, act)


def about_proceeding(db: Connection, id_: str, type_: str, action: Action, act: Act) -> Order:
    row = _row(db, _PROCEEDING, id_)
    whose = {"person": row["person"]} if row["person"] else {"unit": row["unit"]}
    data = {**whose, "proceeding": id_, **act.data()}
    return Order(type_, action, row["case_id"], row["unit"], (row["person"], row["owner"]), data, act)


def envelope(db: Connection, order: Order, source: str, now: datetime, key: str | None = None) -> Envelope:
    """For the one door; 403 where the person has no right to it. A repeated key gives the very message of the first time."""
    demand(db, order.act.actor, order.action, unit=order.unit, concerned=order.concerned)
    message_id = f"command:{key or secrets.token_hex(16)}"
    earlier = first_said(db, source, message_id) if key else None
    data = {name: value for name, value in order.data.items() if value is not None}
    return Envelope(
        source=source,
        message_id=message_id,
        type=order.type,
        case=order.case,
        occurred_at=earlier or now,
        actor=order.act.actor,
        basis=order.act.basis,
        data=data,
        raw=msgspec.json.encode({"type": order.type, "case": order.case, "actor": order.act.actor, "data": data}),
    )


def first_said(db: Connection, source: str, message_id: str) -> datetime | None:
    """When a message that is sent again was said first."""
    row = db.execute(_EARLIER, (source, message_id)).fetchone()
    return row[0] if row else None


def _row(db: Connection, query: LiteralString, id_: str) -> dict[str, Any]:
    with db.cursor(row_factory=dict_row) as reading:
        row = reading.execute(query, (id_,)).fetchone()
    if row is None:
        raise ProblemError(404, "not_found", f"nothing here has the id {id_!r}", field="id")
    return row
