"""Everything that is configured, as a catalogue again: what one installation exports another can provision."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.provisioning.folder import LISTS, CalendarVersion, Catalogue
from engine.storage.config import SETTINGS, Kind
from engine.storage.connect import Connection
from engine.storage.world import bodies_of

# Where each list's records stand among the configuration; calendars stand there as they are written.
KINDS: dict[str, Kind] = {
    "units": "unit", "people": "person", "items": "item", "sources": "source", "accountability": "accountability", "evaluation": "evaluation",
    "channels": "channel", "documents": "document",
}  # fmt: skip
_IDS = {"units": "id", "sources": "id", "calendars": "version", "channels": "id", "documents": "id"}
_BY = {
    "people": ("id", "unit", "post", "since"),
    "items": ("code", "version"),
    "accountability": ("unit", "version"),
    "evaluation": ("subject", "version"),
}


def catalogue_of(connection: Connection) -> Catalogue:
    """The last version of everything; of items and accountability rules every version of their own."""
    bodies = bodies_of(connection)
    settings = {body["id"]: body["value"] for body in bodies.get("setting", ()) if body["id"] in SETTINGS}
    calendars = tuple(
        CalendarVersion(body["version"], body["known_from"], body)
        for body in bodies.get("calendar", ())
        if body.get("known_from")
    )
    lists: dict[str, Any] = {
        name: tuple(msgspec.convert(body, LISTS[name]) for body in bodies.get(kind, ())) for name, kind in KINDS.items()
    }
    lists["items"] = tuple(sorted(lists["items"], key=lambda item: (item.code, item.version)))
    return Catalogue(**lists, calendars=calendars, **settings)


def written(catalogue: Catalogue) -> dict[str, Any]:
    """As it is read from YAML: empty parts left out."""
    body: dict[str, Any] = msgspec.to_builtins(catalogue)
    body["calendars"] = [version["form"] for version in body["calendars"]]
    return {name: value for name, value in body.items() if value not in (None, [], ())}


def merged(before: Catalogue, given: Catalogue) -> Catalogue:
    """What is given replaces what stands under the same name; settings that are not given stay."""
    changed: dict[str, Any] = {}
    for name in before.__struct_fields__:
        old, new = getattr(before, name), getattr(given, name)
        if name in _IDS or name in _BY:
            fields = _BY.get(name) or (_IDS[name],)
            changed[name] = tuple({**_named(old, fields), **_named(new, fields)}.values())
        else:
            changed[name] = old if new in (None, ()) else new
    return Catalogue(**changed)


def _named(records: tuple[Any, ...], fields: tuple[str, ...]) -> dict[tuple[Any, ...], Any]:
    return {tuple(getattr(record, field) for field in fields): record for record in records}
