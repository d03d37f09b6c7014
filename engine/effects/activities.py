"""The activities of the workflows, on a real database and real channels. Each may be done twice."""

from __future__ import annotations

import asyncio
from functools import partial

from temporalio import activity

from engine.effects.advancing import advance_cases, advance_docket, advance_filing
from engine.effects.delivering import Deliveries
from engine.effects.looks import Looks
from engine.effects.moments import Waking
from engine.storage.connect import Pool
from workflows.activities import Effects
from workflows.contracts import Moment, Proceeding


class EngineEffects(Effects):
    def __init__(self, pool: Pool, waking: Waking, deliveries: Deliveries) -> None:
        self._pool = pool
        self._waking = waking
        self._deliveries = deliveries
        self._looks = Looks(partial(advance_cases, pool, waking))

    @activity.defn(name="advance_case")
    async def advance_case(self, stream_id: str) -> Moment:
        return await self._looks.at(stream_id)

    @activity.defn(name="advance_proceeding")
    async def advance_proceeding(self, proceeding: Proceeding) -> Moment:
        return await asyncio.to_thread(advance_docket, self._pool, self._waking, proceeding)

    @activity.defn(name="advance_filing")
    async def advance_filing(self, stream_id: str) -> Moment:
        return await asyncio.to_thread(advance_filing, self._pool, self._waking, stream_id)

    @activity.defn(name="deliver")
    async def deliver(self, message_id: str) -> str:
        return await self._deliveries.deliver(message_id)

    @activity.defn(name="give_up")
    async def give_up(self, message_id: str) -> None:
        await self._deliveries.give_up(message_id)
