"""The world of the rules, built from configuration and kept until the configuration's number changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import msgspec

from engine.conditions import conditions_of
from engine.documents.template import Template
from engine.procedures.charts import charts_of
from engine.storage.connect import Connection
from notifications.channels.forms import ChannelForm
from rules.accountability import Accountability
from rules.calendar import Calendar, shipped
from rules.calendar_form import read
from rules.filing import FilingRules
from rules.formula import Formula, checked
from rules.items import Category, Item
from rules.practice import Practice
from rules.profile import DEFAULT, profile_from
from rules.world import Person, Source, Unit, World

Place = tuple[str, int, str]
Bodies = dict[str, list[dict[str, Any]]]

# Where no calendar is configured the shipped one of China counts, as it always did.
_ALWAYS = datetime(1900, 1, 1, tzinfo=UTC)
_built: dict[Place, World] = {}
_building = Lock()


def load_world(connection: Connection) -> World:
    """The world as configured now; one small query as long as nothing changed."""
    row = connection.execute("SELECT version FROM config_head").fetchone()
    version = str(row[0]) if row else "0"
    place = (connection.info.host, connection.info.port, connection.info.dbname)
    with _building:
        known = _built.get(place)
        if known is None or known.version != version:
            known = _built[place] = build(bodies_of(connection), version)
    return known


def build(bodies: Bodies, version: str) -> World:
    """A world from configuration bodies by kind. RuleError or msgspec.ValidationError if a body cannot be read."""
    settings = {body["id"]: body["value"] for body in bodies.get("setting", ())}
    items = _structs(bodies, "item")
    return World(
        profile=profile_from(settings.get("profile", DEFAULT)),
        practice=msgspec.convert(settings.get("practice", {}), Practice),
        filing=msgspec.convert(settings.get("filing", {}), FilingRules),
        categories=msgspec.convert(settings.get("categories", ()), tuple[Category, ...]),
        calendars=tuple(_calendars(bodies.get("calendar", []))) or ((_ALWAYS, shipped("CN")),),
        units=_structs(bodies, "unit"),
        people=_structs(bodies, "person"),
        items=items,
        conditions=conditions_of(items),
        charts=charts_of(items),
        sources=_structs(bodies, "source"),
        accountability=_structs(bodies, "accountability"),
        formulas=tuple(checked(formula) for formula in _structs(bodies, "evaluation")),
        leading_group_office=settings.get("leading_group_office"),
        inspectors=tuple(settings.get("inspectors", ())),
        version=version,
    )


SHAPES: dict[str, type[Any]] = {
    "unit": Unit, "person": Person, "item": Item, "source": Source, "accountability": Accountability, "evaluation": Formula
}  # fmt: skip


def check_body(kind: str, id_: str, body: dict[str, Any]) -> None:
    """Raises msgspec.ValidationError or RuleError for a body that no world could be built from."""
    if kind == "item":
        build({"item": [body]}, "")
    elif kind == "evaluation":
        build({"evaluation": [body]}, "")
    elif kind in SHAPES:
        msgspec.convert(body, SHAPES[kind])
    elif kind == "channel":
        msgspec.convert(body, ChannelForm)
    elif kind == "document":
        msgspec.convert(body, Template)
    elif kind == "calendar":
        read(body)
    else:
        build({"setting": [{"id": id_, "value": body["value"]}]}, "")


def bodies_of(connection: Connection) -> Bodies:
    """The last version of everything; of items, accountability rules and formulas the last of each version of their own."""
    rows = connection.execute(
        "SELECT kind, body || CASE WHEN kind = 'setting' THEN jsonb_build_object('id', id) ELSE '{}' END FROM ("
        " SELECT DISTINCT ON (kind, id, own) kind, id, body, retired FROM ("
        "  SELECT kind, id, version, body, retired,"
        "  CASE WHEN kind IN ('item', 'accountability', 'evaluation') THEN body->>'version' END AS own FROM config_entry) AS e"
        " ORDER BY kind, id, own, version DESC) AS latest WHERE NOT retired"
    ).fetchall()
    bodies: Bodies = {}
    for kind, body in rows:
        bodies.setdefault(kind, []).append(body)
    return bodies


def _structs(bodies: Bodies, kind: str) -> tuple[Any, ...]:
    return tuple(msgspec.convert(body, SHAPES[kind]) for body in bodies.get(kind, ()))


def _calendars(bodies: list[dict[str, Any]]) -> Iterator[tuple[datetime, Calendar]]:
    """Versions of a calendar; one may extend an earlier one by its version, or a shipped one by its name.

    Without `known_from` a version is not in force: a fact `calendar.imported` brings it there.
    """
    made: dict[str, Calendar] = {}
    for body in sorted((body for body in bodies if body.get("known_from")), key=_known_from):
        made[body["version"]] = Calendar.from_dict(body, made.get(body.get("extends", "")))
        yield _known_from(body), made[body["version"]]


def _known_from(body: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(body["known_from"])
