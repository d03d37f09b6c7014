"""What the routes share: the database, the clock, the one door. Set once by `create_app`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
from fastapi import Depends, Request

from engine.api.gathering import Gathering
from engine.api.keys import Keys, Sender, presented, refusal
from engine.clock import Clock
from engine.storage.connect import Connection, Pool


class State(msgspec.Struct, frozen=True):
    """The parts of one process that requests need. `site`: the public address that certificates carry; empty where none is known."""

    pool: Pool
    clock: Clock
    group: Gathering
    keys: Keys
    site: str = ""


def state_of(request: Request) -> State:
    found: State = request.app.state.parts
    return found


def connected(request: Request) -> Iterator[Connection]:
    """A connection for the length of a request."""
    with state_of(request).pool.connection() as connection:
        yield connection


def reader(request: Request) -> Sender:
    """Whoever holds a key may read: the read side shows no personal data. 401 for everybody else."""
    keys = state_of(request).keys
    key = presented(request)
    sender = (keys.remembered(key) or keys.look_up(key)) if key else None
    if sender is None:
        raise refusal()
    return sender


Parts = Annotated[State, Depends(state_of)]
Database = Annotated[Connection, Depends(connected)]
Reader = Annotated[Sender, Depends(reader)]
