"""Who sends: by API key, or by a Standard Webhooks signature; and whether they may speak for the source they name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request

from engine.api.keys import Keys, Sender, presented, refusal
from engine.api.pace import Pace
from engine.api.problems import ProblemError
from engine.api.signatures import Signatures


class Senders:
    """`known_sources` gives the registered sources, read from the world in force."""

    def __init__(
        self, keys: Keys, signatures: Signatures, pace: Pace, known_sources: Callable[[], frozenset[str]]
    ) -> None:
        self._keys = keys
        self._signatures = signatures
        self._pace = pace
        self._known_sources = known_sources

    async def by_key(self, request: Request) -> Sender | None:
        """The sender by key; None where the request carries a signature instead. 401 for everything else."""
        key = presented(request)
        if key is None:
            if "webhook-signature" in request.headers:
                return None
            raise refusal()
        sender = self._keys.remembered(key) or await asyncio.to_thread(self._keys.look_up, key)
        if sender is None:
            raise refusal()
        return sender

    async def by_signature(self, request: Request, body: bytes) -> Sender:
        """The sender whose secret signed the body. 401 where nobody's did."""
        sender = await asyncio.to_thread(self._signatures.sender_of, request.headers, body)
        if sender is None:
            raise refusal()
        return sender

    def keep_pace(self, sender: Sender) -> None:
        """429 where the key sends faster than its pace."""
        seconds = self._pace.wait(sender.key)
        if seconds:
            raise ProblemError(
                429, "too_many_requests", f"this key sends too fast; wait {seconds} s", retry_after=seconds
            )

    async def check_source(self, sender: Sender, source: str) -> None:
        """403 where a key speaks for another source than its own."""
        if sender.source == source:
            return
        if source not in await asyncio.to_thread(self._known_sources):
            raise ProblemError(403, "unknown_source", f"source {source!r} is not registered", field="source")
        raise ProblemError(403, "wrong_source", f"this key belongs to another source than {source!r}", field="source")
