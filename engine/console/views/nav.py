"""The menu of a person: the pages their roles know, with what waits on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.console.views import sql
from engine.rights import Action

if TYPE_CHECKING:
    from engine.console.visit import Visit

_ENTRIES: tuple[tuple[str, str, Action | None], ...] = (
    ("today", "/today", None),
    ("cases", "/cases", "case.read"),
    ("findings", "/findings", "finding.read"),
    ("proceedings", "/proceedings", "proceeding.read"),
    ("scores", "/scores", "score.read"),
    ("holds", "/holds", "case.read"),
    ("certificates", "/certificates", "case.read"),
    ("units", "/units", "catalogue.read"),
    ("items", "/items", "catalogue.read"),
    ("calendars", "/calendars", "catalogue.read"),
    ("parked", "/parked", "health.read"),
    ("messages", "/messages", None),
    ("mail", "/mail", "mail.read"),
    ("channels", "/channels", "channel.read"),
    ("reconciliation", "/reconciliation", "health.read"),
    ("help", "/help", None),
)


class Entry(msgspec.Struct, frozen=True):
    name: str
    address: str
    here: bool
    count: int = 0


def menu(visit: Visit) -> tuple[Entry, ...]:
    path = visit.request.url.path
    unread = sql.number(visit.db, "SELECT count(*) FROM message WHERE person = %s AND read_at IS NULL", (visit.person,))
    return tuple(
        Entry(name, address, path.startswith(address), unread if name == "messages" else 0)
        for name, address, action in _ENTRIES
        if (action is None or visit.knows(action)) and (name != "mail" or visit.console.mail_folder is not None)
    )
