"""Whoever acts from the command line acts in somebody's name, with that person's rights."""

from __future__ import annotations

from collections.abc import Iterable

from engine.api.permissions import demand as demand_at_the_interface
from engine.api.problems import ProblemError
from engine.cli.texts import pick
from engine.errors import OperatorError
from engine.rights import Action
from engine.storage.connect import Connection


def demand(
    connection: Connection,
    person: str,
    action: Action,
    *,
    unit: str | None = None,
    concerned: Iterable[str | None] = (),
) -> None:
    """OperatorError where the person has no role that carries the action on a thing of this unit."""
    try:
        demand_at_the_interface(connection, person, action, unit=unit, concerned=concerned)
    except ProblemError as error:
        raise OperatorError(
            pick(f"{person} 无权做这件事（{action}），见 jiannuo user list", f"{error}; see jiannuo user list")
        ) from error
