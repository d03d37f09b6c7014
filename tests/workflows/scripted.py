"""Activities that answer what a test wrote down, for workflows on a real Temporal server."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from temporalio import activity

from workflows.activities import Effects
from workflows.contracts import NEVER, Face, Moment, Proceeding

FACE = Face("A1", "330-1", "planning", "review", "2026-03-09")


def moment(seconds: float | None, seq: int = 1, stage: str = "review", *, ended: bool = False) -> Moment:
    """A moment so many seconds from now; None: nothing is pending."""
    wake_at = NEVER if seconds is None else time.time() + seconds
    return Moment(seq, wake_at, replace(FACE, stage=stage), ended)


Answer = Callable[[], Moment]


def answers(seconds: float | None, seq: int = 1, stage: str = "review", *, ended: bool = False) -> Answer:
    """A moment so many seconds from when it is asked for."""
    return lambda: moment(seconds, seq, stage, ended=ended)


OVER = answers(None, stage="concluded", ended=True)


class Scripted(Effects):
    """Answers each look in turn, the last one for ever; a gate can hold the first look back."""

    def __init__(self, *script: Answer) -> None:
        self.script = script or (OVER,)
        self.looks: dict[str, list[float]] = defaultdict(list)
        self.gate = asyncio.Event()
        self.gate.set()
        self.attempts: list[str] = []
        self.mail = "delivered"

    def _answer(self, id_: str) -> Moment:
        self.looks[id_].append(time.time())
        return self.script[min(len(self.looks[id_]), len(self.script)) - 1]()

    @activity.defn(name="advance_case")
    async def advance_case(self, stream_id: str) -> Moment:
        answer = self._answer(stream_id)
        await self.gate.wait()
        return answer

    @activity.defn(name="advance_proceeding")
    async def advance_proceeding(self, proceeding: Proceeding) -> Moment:
        return self._answer(proceeding.id)

    @activity.defn(name="advance_filing")
    async def advance_filing(self, stream_id: str) -> Moment:
        return self._answer(stream_id)

    @activity.defn(name="deliver")
    async def deliver(self, message_id: str) -> str:
        self.attempts.append(message_id)
        if self.mail == "down":
            raise ConnectionError("the mail server is away")
        return self.mail

    @activity.defn(name="give_up")
    async def give_up(self, message_id: str) -> None:
        self.attempts.append(f"{message_id} given up")
