"""A lazy timer: an earlier word wakes the sleeper, a later one is found out when the old moment has come."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from temporalio import workflow

from workflows.contracts import NEVER, Moment


class Alarm:
    """The next moment as last told. `heard` counts the nudges, so that none is lost while an activity runs."""

    def __init__(self, moment: Moment) -> None:
        self.heard = 0
        self._moment = moment
        self._set_for = 0.0

    def nudge(self, moment: Moment) -> bool:
        """Whether it was news. Two relays may send in any order: the wake row's `seq` says which word is newer."""
        self.heard += 1
        if moment.seq <= self._moment.seq:
            return False
        self._moment = moment
        return True

    def reset(self, moment: Moment) -> None:
        """Take what the ledger says, read after every nudge heard so far had been written."""
        self._moment = moment

    async def ring(self) -> None:
        """Sleep until the moment has come, however often it is moved meanwhile."""
        while (left := self._moment.wake_at - workflow.time()) > 0:
            self._set_for = self._moment.wake_at
            with suppress(asyncio.TimeoutError):
                await workflow.wait_condition(self._moved_earlier, timeout=left if self._set_for < NEVER else None)

    def _moved_earlier(self) -> bool:
        return self._moment.wake_at < self._set_for
