"""Whether the person in whose name a system acts may do so: the one table of rights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from engine.api.problems import ProblemError
from engine.rights import Action, Actor, Grant, Role, UnitTree, allowed
from engine.storage.connect import Connection
from engine.storage.world import load_world

_GRANTS = "SELECT roles, units FROM app_user WHERE coalesce(person, login) = %s AND active"


def demand(
    connection: Connection,
    person: str,
    action: Action,
    *,
    unit: str | None = None,
    concerned: Iterable[str | None] = (),
) -> None:
    """403 where the person has no role that carries the action on this thing."""
    if not may(connection, person, action, unit=unit, concerned=concerned):
        raise ProblemError(403, "forbidden", f"{person!r} has no role for {action} here", field="actor")


def may(
    connection: Connection, person: str, action: Action, *, unit: str | None, concerned: Iterable[str | None] = ()
) -> bool:
    """The same as a question."""
    tree = UnitTree({found.id: found.parent for found in load_world(connection).units.values()})
    return allowed(_actor(connection, person), action, tree, unit=unit, concerned=concerned)


def _actor(connection: Connection, person: str) -> Actor:
    rows = connection.execute(_GRANTS, (person,)).fetchall()
    known = get_args(Role)
    return Actor(
        person,
        tuple(
            Grant(role, unit) for roles, units in rows for role in roles if role in known for unit in units or [None]
        ),
    )
