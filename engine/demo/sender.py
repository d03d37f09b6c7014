"""The simulator's side of the HTTP interface: nothing that any other system could not do with a key."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

import httpx2
import msgspec

from engine.demo.events import Event, cloudevent
from engine.demo.routes import PATH

_WAITS = (0.2, 0.5, 1.0, 2.0, 3.0)
_AGAIN = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT})

Outcome = Literal["taken", "refused"]


class Sender:
    """Sends to one engine. A message is tried until the engine answers: restarts and outages only take time.

    `keys`: API key by source.
    """

    def __init__(
        self, client: httpx2.Client, keys: Mapping[str, str], wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._keys = keys
        self._wait = wait

    def now(self) -> datetime:
        """What the engine's clock shows."""
        return msgspec.convert(self._answer("GET", PATH).json()["now"], datetime)

    def send(self, event: Event) -> tuple[Outcome, str]:
        """Whether the engine took the message, and its words where it did not."""
        headers = {"X-API-Key": self._keys[event.source], "Content-Type": "application/cloudevents+json"}
        answer = self._answer("POST", "/api/v1/events", content=msgspec.json.encode(cloudevent(event)), headers=headers)
        return ("taken", "") if answer.is_success else ("refused", f"{answer.status_code} {answer.text[:300]}")

    def _answer(self, method: str, path: str, **more: Any) -> httpx2.Response:
        failures = 0
        while True:
            try:
                answer = self._client.request(method, path, **more)
            except httpx2.TransportError:
                answer = None
            if answer is not None and not _later(answer):
                return answer
            self._wait(_WAITS[min(failures, len(_WAITS) - 1)])
            failures += 1


def _later(answer: httpx2.Response) -> bool:
    return answer.is_server_error or answer.status_code in _AGAIN
