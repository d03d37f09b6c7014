"""The channels of an installation as configured now."""

from __future__ import annotations

from threading import Lock

import msgspec

from engine.storage.connect import Connection
from notifications.channels.forms import ChannelForm
from rules.world import World

Book = dict[str, ChannelForm]
_LATEST = (
    "SELECT body FROM (SELECT DISTINCT ON (id) id, body, retired FROM config_entry WHERE kind = 'channel'"
    " ORDER BY id, version DESC) AS latest WHERE NOT retired ORDER BY id"
)
_read: dict[tuple[str, int, str], tuple[int, Book]] = {}
_reading = Lock()


def book(connection: Connection) -> Book:
    """By id; one small query as long as no configuration changed."""
    row = connection.execute("SELECT version FROM config_head").fetchone()
    version = row[0] if row else 0
    place = (connection.info.host, connection.info.port, connection.info.dbname)
    with _reading:
        known = _read.get(place)
        if known is None or known[0] != version:
            forms = [msgspec.convert(body, ChannelForm) for (body,) in connection.execute(_LATEST).fetchall()]
            known = _read[place] = version, {form.id: form for form in forms}
    return known[1]


def serves(form: ChannelForm, unit: str | None, world: World) -> bool:
    """Whether a unit, or one above it, is among those the channel serves."""
    if not form.units:
        return True
    seen: set[str] = set()
    while unit is not None and unit not in seen:
        if unit in form.units:
            return True
        seen.add(unit)
        unit = found.parent if (found := world.units.get(unit)) else None
    return False
