"""Every channel with its state, for pages and commands: what it is for, whether it works, what waits. No secrets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

import msgspec

from engine.channels.book import book
from engine.channels.health import FAILURES
from engine.channels.opening import opened
from engine.channels.preferences import EMAIL
from engine.channels.secrets import SecretError
from engine.storage.connect import Connection
from notifications.channels.forms import ChannelForm

State = Literal["works", "not_used", "fails", "failing", "incomplete"]
_STATES = (
    "SELECT channel, failures, failing_since, last_ok_at, last_failed_at, last_answer, quiet_until > clock_timestamp()"
    " FROM channel_state"
)
_WAITING = "SELECT channel, count(*) FROM delivery WHERE status IN ('due', 'sending') GROUP BY channel"


class ChannelShown(msgspec.Struct, frozen=True, kw_only=True):
    """`failing`: the operators were told. `incomplete`: a secret is missing, `problem` names it."""

    id: str
    kind: str
    name: str
    units: tuple[str, ...]
    levels: tuple[str, ...]
    per_minute: int | None
    state: State
    failures: int = 0
    failing_since: datetime | None = None
    last_ok_at: datetime | None = None
    last_failed_at: datetime | None = None
    last_answer: str | None = None
    pausing: bool = False
    waiting: int = 0
    problem: str | None = None


def states(connection: Connection, *, mail: bool) -> list[ChannelShown]:
    """`mail`: whether the settings name a mail server."""
    known = {row[0]: row[1:] for row in connection.execute(_STATES).fetchall()}
    waiting: dict[str, int] = dict(connection.execute(_WAITING).fetchall())
    return [
        _shown(described, known.get(described["id"]), waiting.get(described["id"], 0))
        for described in _described(connection, mail=mail)
    ]


def missing_secret(form: ChannelForm) -> str | None:
    """The place where a secret of the channel ought to be."""
    try:
        opened(form)
    except SecretError as error:
        return str(error)
    return None


def _described(connection: Connection, *, mail: bool) -> Iterator[dict[str, Any]]:
    nothing: dict[str, Any] = {"name": "", "units": (), "levels": (), "per_minute": None, "problem": None}
    yield {**nothing, "id": "inapp", "kind": "inapp"}
    if mail:
        yield {**nothing, "id": EMAIL, "kind": EMAIL}
    for form in book(connection).values():
        own = {name: getattr(form, name) for name in ("id", "name", "units", "levels", "per_minute")}
        yield {**own, "kind": str(form.__struct_config__.tag), "problem": missing_secret(form)}


def _shown(described: dict[str, Any], row: tuple[Any, ...] | None, waiting: int) -> ChannelShown:
    failures, since, ok_at, failed_at, answer, pausing = row or (0, None, None, None, None, None)
    return ChannelShown(
        **described,
        state=_state(described["problem"], failures, used=described["id"] == "inapp" or bool(ok_at)),
        failures=failures,
        failing_since=since,
        last_ok_at=ok_at,
        last_failed_at=failed_at,
        last_answer=answer,
        pausing=bool(pausing),
        waiting=waiting,
    )


def _state(problem: str | None, failures: int, *, used: bool) -> State:
    if problem:
        return "incomplete"
    if failures:
        return "failing" if failures >= FAILURES else "fails"
    return "works" if used else "not_used"
