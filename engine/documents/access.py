"""Who may read a paper: whoever may read what it is about. The papers of one matter, made now if they are called for and missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from engine.documents.calling import of_alert, of_case, of_proceeding
from engine.documents.kinds import About
from engine.documents.making import Called, make_all
from engine.documents.reading import PaperRow, papers_about
from engine.documents.record import Matter
from engine.rights import Action
from engine.storage.connect import Connection

_CALLED: Mapping[str, Callable[[Connection, str], list[Called]]] = {"proceeding": of_proceeding, "alert": of_alert}
_ACTIONS: Mapping[str, Action] = {"proceeding": "proceeding.read", "alert": "alert.read", "fact": "finding.read"}


class Right(msgspec.Struct, frozen=True):
    """What somebody must be allowed, where, and whom it concerns."""

    action: Action
    unit: str | None
    concerned: tuple[str | None, ...]


def right_to(found: Matter) -> Right:
    row = found.row
    concerned = (
        tuple(row["data"].get("to", ())) if found.about.what == "alert" else (row.get("person"), row.get("owner"))
    )
    return Right(_ACTIONS[found.about.what], found.unit, concerned)


def papers(connection: Connection, about: About, at: datetime) -> list[PaperRow]:
    """In the order they were made; what the record calls for and nobody made yet is made now."""
    called = _CALLED.get(about.what)
    if called is not None:
        make_all(connection, called(connection, about.id), at)
    return papers_about(connection, about)


def papers_of_case(connection: Connection, case: str, at: datetime) -> list[PaperRow]:
    """Its proposals of supervision."""
    called = of_case(connection, case)
    make_all(connection, called, at)
    return [row for one in called for row in papers_about(connection, one.about)]
