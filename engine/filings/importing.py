"""Many entries at once, each a filing of its own: all of them or none."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import msgspec

from engine.clock import Clock
from engine.errors import OperatorError
from engine.filings.desk import act
from engine.storage.connect import Connection
from rules.filing import Refused, Save, Submit
from rules.items import Item


def file_all(connection: Connection, items: Sequence[Item], who: str, clock: Clock, *, submit: bool = False) -> int:
    """How many were filed. Rights are asked before. OperatorError names the entry that the rules refuse; then nothing is written."""
    with connection.transaction():
        for item in items:
            id_ = secrets.token_hex(8)
            done = act(connection, id_, Save(item=msgspec.to_builtins(item)), who, clock)
            if submit and not isinstance(done, Refused):
                done = act(connection, id_, Submit(), who, clock)
            if isinstance(done, Refused):
                raise OperatorError(f"{item.code}: {done.code}: {done.message}")
    return len(items)
