"""The menu of a person: the pages their roles know, with what waits on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.console.views import sql
from engine.rights import Action

if TYPE_CHECKING:
    from engine.console.visit import Visit

# Group, name, address, and the rights one of which opens it.
_FILING: tuple[Action, ...] = ("catalogue.edit", "catalogue.review", "catalogue.approve")
_ENTRIES: tuple[tuple[str, str, str, Action | tuple[Action, ...] | None], ...] = (
    ("work", "today", "/today", None),
    ("work", "cases", "/cases", "case.read"),
    ("work", "findings", "/findings", "finding.read"),
    ("work", "proceedings", "/proceedings", "proceeding.read"),
    ("work", "voices", "/voices", "voice.read"),
    ("work", "holds", "/holds", "case.read"),
    ("work", "certificates", "/certificates", "case.read"),
    ("work", "messages", "/messages", None),
    ("register", "units", "/units", "catalogue.read"),
    ("register", "items", "/items", "catalogue.read"),
    ("register", "filings", "/filings", _FILING),
    ("register", "simulations", "/simulations", "rules.simulate"),
    ("register", "carriers", "/carriers", "catalogue.read"),
    ("register", "calendars", "/calendars", "catalogue.read"),
    ("reports", "scores", "/scores", "score.read"),
    ("operation", "parked", "/parked", "health.read"),
    ("operation", "mail", "/mail", "mail.read"),
    ("operation", "channels", "/channels", "channel.read"),
    ("operation", "reconciliation", "/reconciliation", "health.read"),
    ("operation", "help", "/help", None),
)


MOST_COUNTED = 100
# On every page: counted no further than anybody reads.
_UNREAD = (
    f"SELECT count(*) FROM (SELECT FROM message WHERE person = %s AND read_at IS NULL LIMIT {MOST_COUNTED}) AS unread"  # noqa: S608
)


class Entry(msgspec.Struct, frozen=True):
    name: str
    address: str
    here: bool
    count: int = 0

    @property
    def counted(self) -> str:
        return f"{MOST_COUNTED - 1}+" if self.count >= MOST_COUNTED else str(self.count)


class Group(msgspec.Struct, frozen=True):
    name: str
    entries: tuple[Entry, ...]


def menu(visit: Visit) -> tuple[Group, ...]:
    path = visit.request.url.path
    unread = sql.number(visit.db, _UNREAD, (visit.person,))
    found: dict[str, list[Entry]] = {}
    for group, name, address, action in _ENTRIES:
        if _opens(visit, action) and (name != "mail" or visit.console.mail_folder is not None):
            entry = Entry(name, address, path.startswith(address), unread if name == "messages" else 0)
            found.setdefault(group, []).append(entry)
    return tuple(Group(name, tuple(entries)) for name, entries in found.items())


def _opens(visit: Visit, action: Action | tuple[Action, ...] | None) -> bool:
    wanted = action if isinstance(action, tuple) else (action,)
    return any(one is None or visit.knows(one) for one in wanted)
