"""A source that sends each message until it is answered, whatever dies meanwhile: the same id, the same body."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import httpx2

from tests.chaos.lives import Life, Said
from tests.chaos.world import SOURCE

ALL, LAST = slice(None), slice(-1, None)
BOUND = 90.0  # seconds until one message must be answered
_PAUSE = 0.15
_ANSWERED_WITHIN = 5.0
_NOT_NOW = {429, 500, 502, 503, 504}


class Sender:
    def __init__(self, address: str, key: str) -> None:
        self._url = f"{address}/api/v1/events"
        self._headers = {"X-API-Key": key, "Content-Type": "application/cloudevents+json"}
        self.outcomes: Counter[str] = Counter()
        self.tries = 0

    async def tell(self, lives: Iterable[Life], which: slice = ALL) -> None:
        """Each life's messages, or some of them, in order and in their time; all lives side by side."""
        async with httpx2.AsyncClient(headers=self._headers, timeout=_ANSWERED_WITHIN) as client:
            await asyncio.gather(*(self._tell(client, life, which) for life in lives))

    async def _tell(self, client: httpx2.AsyncClient, life: Life, which: slice) -> None:
        for id_, said in list(zip(life.ids(), life.said, strict=True))[which]:
            await asyncio.sleep((said.sent_at - datetime.now(UTC)).total_seconds())
            answer = await self._until_answered(client, life, id_, said)
            outcome = str(answer.get("outcome"))
            self.outcomes[outcome] += 1
            assert outcome in {"recorded", "duplicate"}, f"{id_} {said.type}: {answer}"
            assert answer.get("first") in {None, "recorded"}, f"{id_} {said.type}: {answer}"

    async def _until_answered(self, client: httpx2.AsyncClient, life: Life, id_: str, said: Said) -> dict[str, Any]:
        body, deadline = json.dumps(_event(life, id_, said)), time.monotonic() + BOUND
        last = "never tried"
        while time.monotonic() < deadline:
            self.tries += 1
            try:
                answer = await client.post(self._url, content=body)
            except httpx2.TransportError as error:
                last = repr(error)
            else:
                if answer.status_code not in _NOT_NOW:
                    return dict(answer.json())
                last = f"{answer.status_code} {answer.text[:200]}"
            await asyncio.sleep(_PAUSE)
        raise AssertionError(f"{id_} {said.type} was not answered within {BOUND:.0f} s; last: {last}")


def _event(life: Life, id_: str, said: Said) -> dict[str, Any]:
    known = {"item": said.item, "actor": said.actor}
    return {
        "specversion": "1.0",
        "id": id_,
        "source": SOURCE,
        "type": f"cn.jiannuo.{said.type}",
        "subject": life.case,
        "time": said.at.isoformat(),
        "data": said.data,
        **{name: value for name, value in known.items() if value is not None},
    }
