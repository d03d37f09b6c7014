"""The watch over one stream: sleep until its next moment, look, show what was found, and never miss a word meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.alarm import Alarm
from workflows.contracts import Face, Moment
from workflows.details import show, text

LOOK_WITHIN = timedelta(seconds=30)
LOCALLY = timedelta(seconds=10)  # longer pauses are durable timers, so that no worker need keep the case in hand
# A database that is away for a day must find the case still waiting: tried for ever, a minute apart at most.
UNTIL_IT_WORKS = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))


class Vigil:
    """`look` concludes the stream at the present moment and answers its next one."""

    def __init__(self, moment: Moment, look: Callable[[], Awaitable[Moment]]) -> None:
        self._alarm = Alarm(moment)
        self._look = look
        self._face = moment.face
        workflow.set_current_details(text(self._face))

    @property
    def stage(self) -> str:
        return self._face.stage

    def nudge(self, moment: Moment) -> None:
        """A word from outside: an earlier moment wakes, a new face is shown at once, what was overtaken changes nothing."""
        if self._alarm.nudge(moment):
            self._show(moment.face)

    async def next(self) -> Moment:
        """The stream as it stands once its next moment has come."""
        await self._alarm.ring()
        now = await self._settled()
        self._alarm.reset(now)
        self._show(now.face)
        return now

    def _show(self, face: Face) -> None:
        show(self._face, face)
        self._face = face

    async def _settled(self) -> Moment:
        """Look until nobody spoke meanwhile: a workflow never ends, or continues as new, on what was read before a nudge."""
        while True:
            heard = self._alarm.heard
            now = await self._look()
            if heard == self._alarm.heard:
                return now
