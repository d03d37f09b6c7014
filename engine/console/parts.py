"""What the console is given: the pool, the clock, the one door, the world. Nothing here is global."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg

from engine.clock import Clock
from engine.console.auth import FailureLimit
from engine.storage.connect import Pool
from rules.world import World


class Door(Protocol):
    """The one door (`GroupCommit`): a fact in, the future of its answer out."""

    def submit(self, envelope: Any) -> Future[Any]: ...


@dataclass(frozen=True)
class Console:
    """Parts that every page shares.

    `rehearse` decides envelopes on a connection whose transaction is then rolled back: the consequence of an action before it is taken.
    `site` is the address that signed certificates carry.
    `mail`: whether the settings name a mail server. `temporal_ui` is the address of Temporal's own pages, `mail_folder` the local catcher's; None where there is none.
    """

    pool: Pool
    clock: Clock
    door: Door
    rehearse: Callable[[psycopg.Connection[Any], Sequence[Any], Clock], list[Any]]
    world: Callable[[psycopg.Connection[Any]], World]
    simulated: bool = False
    mail: bool = False
    temporal_ui: str | None = None
    mail_folder: Path | None = None
    public_url: str | None = None
    site: str = ""
    login_limit: FailureLimit = field(default_factory=lambda: FailureLimit(8, 900))
    address_limit: FailureLimit = field(default_factory=lambda: FailureLimit(60, 900))
    complain_limit: FailureLimit = field(default_factory=lambda: FailureLimit(5, 900))
    follow_limit: FailureLimit = field(default_factory=lambda: FailureLimit(10, 900))
