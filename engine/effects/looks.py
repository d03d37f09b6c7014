"""Many workflows look at the same time: their streams are advanced together, one transaction for all that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from workflows.contracts import Moment

MOST = 200

Look = Callable[[Sequence[str]], Mapping[str, Moment]]


class Looks:
    """While one batch is being advanced the next one gathers, so that a lonely look never waits and a wave is cheap."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._waiting: dict[str, list[asyncio.Future[Moment]]] = {}
        self._busy: asyncio.Task[None] | None = None

    async def at(self, stream_id: str) -> Moment:
        """The stream's next moment, concluded at the present one. Raises what the batch raised."""
        answer: asyncio.Future[Moment] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(stream_id, []).append(answer)
        if self._busy is None or self._busy.done():
            self._busy = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            chosen = list(self._waiting)[:MOST]
            batch = {stream_id: self._waiting.pop(stream_id) for stream_id in chosen}
            try:
                found = await asyncio.to_thread(self._look, chosen)
            except Exception as error:  # noqa: BLE001 - each waiting activity raises it, and Temporal tries it again
                _answer(batch, error)
            else:
                _answer(batch, found)


def _answer(batch: Mapping[str, list[asyncio.Future[Moment]]], found: Mapping[str, Moment] | Exception) -> None:
    for stream_id, answers in batch.items():
        for answer in answers:
            if answer.done():
                continue  # its activity was cancelled
            if isinstance(found, Exception):
                answer.set_exception(found)
            else:
                answer.set_result(found[stream_id])
